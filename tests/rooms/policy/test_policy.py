"""Policies: proposed, approved by signature, in force from a day; numbers drawn without gaps."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction

from suture.core.errors import InvalidValue, NotAllowed, NotFound
from suture.core.risk import EXAMPLE_POLICY, to_json
from suture.policy.models import PolicyKind
from suture.policy.queries import is_signed, newest_policy, policy_in_force
from suture.policy.services import approve_policy, next_number, propose_policy, set_up
from tests.house import PASSWORD

pytestmark = pytest.mark.django_db
MATRIX = PolicyKind.RISK_MATRIX


def proposed(by):
    return propose_policy(kind=MATRIX, name="Ours", body=to_json(EXAMPLE_POLICY), by=by, because="first version")


def approved(policy, by, on):
    return approve_policy(policy_uid=policy.uid, by=by, password=PASSWORD, effective_from=on, because="review")


def test_nothing_is_in_force_before_an_approval(quinn):
    proposed(quinn)
    with pytest.raises(NotFound, match="no approved policy"):
        policy_in_force(MATRIX, date(2026, 11, 23))


def test_an_approved_version_holds_from_its_day_and_keeps_the_old_for_old_days(quinn):
    first, second = proposed(quinn), proposed(quinn)
    approved(first, quinn, date(2026, 1, 1))
    approved(second, quinn, date(2026, 7, 1))
    assert policy_in_force(MATRIX, date(2026, 6, 30)).version == 1
    assert policy_in_force(MATRIX, date(2026, 7, 1)).version == 2
    assert newest_policy(MATRIX).version == 2
    with pytest.raises(NotFound):
        policy_in_force(MATRIX, date(2025, 12, 31))


def test_approval_is_a_signature_on_this_content(quinn):
    policy = proposed(quinn)
    assert not is_signed(policy)
    policy = approved(policy, quinn, date(2026, 1, 1))
    assert is_signed(policy)
    policy.body = {"changed": True}
    assert not is_signed(policy)


def test_a_wrong_password_approves_nothing(quinn):
    policy = proposed(quinn)
    with pytest.raises(NotAllowed, match="password"):
        approve_policy(policy_uid=policy.uid, by=quinn, password="no", effective_from=date(2026, 1, 1), because="start")
    policy.refresh_from_db()
    assert policy.state == "draft"


def test_a_body_that_is_no_matrix_is_refused_with_the_reason(quinn):
    with pytest.raises(InvalidValue):
        propose_policy(kind=MATRIX, name="Broken", body={"table": {}}, by=quinn, because="try")


@pytest.mark.parametrize("who", ["ada", "finn"])
def test_others_may_not_approve(who, quinn, request):
    policy = proposed(quinn)
    with pytest.raises(NotAllowed, match="belongs to"):
        approve_policy(
            policy_uid=policy.uid, by=request.getfixturevalue(who), password=PASSWORD,
            effective_from=date(2026, 1, 1), because="start",
        )  # fmt: skip


def test_numbers_run_on_and_a_rolled_back_number_is_drawn_again(home):
    with transaction.atomic():
        assert [next_number("case-2026") for _ in range(3)] == [1, 2, 3]
    with pytest.raises(RuntimeError), transaction.atomic():
        assert next_number("case-2026") == 4
        raise RuntimeError
    with transaction.atomic():
        assert next_number("case-2026") == 4
        assert next_number("report806-C") == 1


def test_an_installation_is_set_up_once(quinn):
    set_up(manufacturer="Northlake Medical", demo=False, by=quinn)
    with pytest.raises(InvalidValue, match="already"):
        set_up(manufacturer="Another", demo=True, by=quinn)
