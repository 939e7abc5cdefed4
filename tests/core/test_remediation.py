"""Controls of the library, plans, notices, service records, measures: the rules, each with its page."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from suture.core.communications import (
    DELIVERY_NEXT,
    NOTICE,
    CustomerCommunication,
    DeliveryState,
    EndOfSupport,
    NoticeGuard,
    NoticeState,
    missing,
    missing_at_end_of_support,
)
from suture.core.controls import CONTROL_ENTRY, EntryGuard, EntryState, entry_on
from suture.core.errors import InvalidValue, NotAllowed
from suture.core.facts import Answer
from suture.core.measures import Identified, Period, patched, time_to_implement, time_to_patch
from suture.core.plans import PLAN, PlanGuard, PlanState, RemediationKind, is_complete
from suture.core.roles import Role
from suture.core.servicing import ServiceRecord

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
DAY = date(2026, 11, 2)
WHOLE = CustomerCommunication(
    vulnerability="v", impact="i", efforts="e", controls="c", working_on_fix="w", fix_announcement="f"
)


@pytest.mark.parametrize(
    ("blank", "letter"),
    [
        ({"vulnerability": " "}, "a"),  # a: the vulnerability …
        ({"impact": ""}, "a"),  # … including an impact assessment
        ({"efforts": ""}, "b"),
        ({"controls": ""}, "c"),  # "if any": left out is not "none"
        ({"working_on_fix": ""}, "d"),
        ({"fix_announcement": ""}, "d"),
    ],
)
def test_each_blank_point_is_named(blank, letter):
    """FDA 2016 §VII.B, minimum content a to d of the communication within 30 days."""
    values = {name: getattr(WHOLE, name) for name in WHOLE.__dataclass_fields__}
    assert [line[0] for line in missing(CustomerCommunication(**{**values, **blank}))] == [letter]
    assert missing(WHOLE) == []


def test_no_controls_is_said_and_a_strategy_may_stand_for_a_fix():
    """§VII.B c: 'if any'; d: working on a fix, or a defense-in-depth strategy."""
    assert (
        missing(
            CustomerCommunication(
                vulnerability="v", impact="i", efforts="e", no_controls=True, defense_in_depth="d", fix_announcement="f"
            )
        )
        == []
    )


def test_a_notice_with_a_blank_is_neither_approved_nor_sent():
    """Sending is blocked while one of a to d is blank."""
    for verb, state in (("approve", NoticeState.DRAFT), ("send", NoticeState.APPROVED)):
        with pytest.raises(NotAllowed, match="all mandatory content is written"):
            NOTICE.require(
                state, verb, roles=[Role.REGULATORY_AFFAIRS], facts={NoticeGuard.CONTENT_COMPLETE: NO}, signed=True
            )


def test_a_notice_of_the_end_of_support_says_who_bears_what():
    """P26 §VI.A (end of support, transfer of risk); IMDRF N70. The list is ours."""
    assert len(missing_at_end_of_support(EndOfSupport())) == 6
    whole = EndOfSupport(
        device="Aria P1", last_day="30 Jun 2027", what_ends="patches", responsibility="network isolation",
        advice="replace it", still_done="we go on watching",
    )  # fmt: skip
    assert missing_at_end_of_support(whole) == []


def test_nothing_is_delivered_before_the_mail_server_answered():
    """A promise is no delivery: only acceptance, reading or an answer is."""
    assert {state for state in DeliveryState if state.arrived} == {
        DeliveryState.ACCEPTED, DeliveryState.READ, DeliveryState.ACKNOWLEDGED
    }  # fmt: skip
    assert DeliveryState.BOUNCED not in DELIVERY_NEXT[DeliveryState.PROMISED]
    assert set(DELIVERY_NEXT) == set(DeliveryState)


SAFE = {
    EntryGuard.EFFECT_VERIFIED: YES, EntryGuard.NEW_RISK_CHECKED: YES, EntryGuard.DEFINITION_MET: YES,
    EntryGuard.INSTRUCTIONS_WRITTEN: YES,
}  # fmt: skip


@pytest.mark.parametrize("guard", list(SAFE))
@pytest.mark.parametrize("answer", [NO, UNKNOWN])
def test_a_control_is_recommended_only_when_all_is_shown(guard, answer):
    """FDA 2016 §IV.A (definition), §VII.B (no more risk than the vulnerability): unknown does not open the step.

    "Disconnect from the network" is the example: it loses remote alarms, so somebody must have looked.
    """
    with pytest.raises(NotAllowed):
        CONTROL_ENTRY.require(
            EntryState.VERIFIED, "recommend", roles=[Role.PSIRT], facts={**SAFE, guard: answer}, signed=False
        )
    after = CONTROL_ENTRY.require(EntryState.VERIFIED, "recommend", roles=[Role.PSIRT], facts=SAFE)
    assert after is EntryState.RECOMMENDED


@pytest.mark.parametrize(
    ("state", "until", "expected"),
    [
        (EntryState.RECOMMENDED, DAY, EntryState.RECOMMENDED),  # the last day counts
        (EntryState.RECOMMENDED, DAY - timedelta(days=1), EntryState.EXPIRED),
        (EntryState.IN_USE, DAY - timedelta(days=1), EntryState.EXPIRED),
        (EntryState.PROPOSED, DAY - timedelta(days=1), EntryState.PROPOSED),  # nothing to run out
        (EntryState.RETIRED, DAY - timedelta(days=1), EntryState.RETIRED),
        (EntryState.IN_USE, None, EntryState.IN_USE),
    ],
)
def test_a_verification_runs_out_by_itself(state, until, expected):
    """Ours: a control verified for a time is expired the day after, whether a job ran or not."""
    assert entry_on(state, until, DAY) is expected


@pytest.mark.parametrize(
    ("kind", "residual", "complete"),
    [
        (RemediationKind.COMPLETE_FIX, YES, YES),
        (RemediationKind.COMPENSATING_CONTROLS, YES, YES),  # §IV.G (b): controls that adequately mitigate
        (RemediationKind.COMPLETE_FIX, UNKNOWN, UNKNOWN),
        (RemediationKind.NOTIFICATION_ONLY, YES, NO),  # §IV.G: incomplete remediation
    ],
)
def test_a_notification_alone_is_incomplete(kind, residual, complete):
    """FDA 2016 §IV.G: a notification without a strategy is incomplete remediation."""
    assert is_complete(kind, residual) is complete


def test_a_fix_is_validated_before_it_is_distributed():
    """FDA 2016 §VII.B, third condition: fixes, validates, distributes; and adds no greater risk."""
    with pytest.raises(NotAllowed):
        PLAN.after(PlanState.IN_DEVELOPMENT, "distribute")
    with pytest.raises(NotAllowed, match="no greater risk"):
        PLAN.require(
            PlanState.IN_DEVELOPMENT, "validate", roles=[Role.ENGINEERING],
            facts={PlanGuard.VERIFIED: YES, PlanGuard.VALIDATED: YES, PlanGuard.RELEASE_NAMED: YES},
        )  # fmt: skip


SERVICE = {
    "device": "Aria P2", "identifier": "(01)00844588003288(21)A1", "serviced_on": DAY, "serviced_by": "E. Moss",
    "service": "Release 4.2.1 installed", "test_data": "Self-test passed",
}  # fmt: skip


@pytest.mark.parametrize("name", list(SERVICE))
def test_a_service_record_holds_the_six(name):
    """21 CFR 820.35(b): device, UDI or UPC, date, who, the service, test and inspection data."""
    assert ServiceRecord(**SERVICE).missing() == []
    assert len(ServiceRecord(**{k: v for k, v in SERVICE.items() if k != name}).missing()) == 1


@pytest.mark.parametrize(
    ("found", "wanted", "answer"),
    [
        ("4.2.1", "4.2.1", YES),
        (" v4.2.1 ", "4.2.1", YES),
        ("4.2", "4.2.1", NO),
        ("4.2.1-rc1", "4.2.1", NO),
        ("", "4.2.1", UNKNOWN),  # nobody read it off: not shown
    ],
)
def test_a_wrong_version_shows_nothing(found, wanted, answer):
    """A wrong version stops 'verified'; one that nobody read is unknown, which does not open the step either."""
    assert ServiceRecord(version_found=found).shows(wanted) is answer
    with pytest.raises(InvalidValue):
        ServiceRecord(version_found=found).shows(" ")


JUNE = Period(date(2026, 6, 1), date(2026, 6, 30))
FOUND = (
    Identified(date(2026, 6, 1), date(2026, 6, 11)),  # 10 days
    Identified(date(2026, 6, 10), date(2026, 6, 30)),  # 20 days
    Identified(date(2026, 6, 20), date(2026, 7, 1)),  # patched after the period
    Identified(date(2026, 6, 21)),  # not patched
    Identified(None, date(2026, 6, 2)),  # nobody recorded when it was identified
    Identified(date(2026, 5, 31), date(2026, 6, 2)),  # another period
)


def test_the_first_two_measures():
    """P26 §V.A.6: percentage of identified vulnerabilities patched; duration from identification to patch."""
    assert patched(FOUND, JUNE) == (2, 4)
    mean = time_to_patch(FOUND, JUNE)
    assert (mean.days, mean.known, mean.unknown) == (15.0, 2, 2)
    assert str(time_to_patch((), JUNE)) == "not known"


def test_the_third_measure_says_how_much_it_knows():
    """P26 §V.A.6: duration from availability to complete implementation in the field, to the extent known."""
    mean = time_to_implement(
        {date(2026, 6, 3): 30, date(2026, 6, 13): 10, date(2026, 7, 9): 5}, date(2026, 6, 3), 100, JUNE
    )
    assert (mean.days, mean.known, mean.unknown) == (2.5, 40, 60)
    assert time_to_implement({}, None, 100, JUNE) == (time_to_implement({}, date(2026, 8, 1), 100, JUNE))
