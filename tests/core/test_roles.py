"""Who may do what: the table, and what it must never allow."""

from __future__ import annotations

import pytest

from suture.core.errors import InvalidValue
from suture.core.roles import SIGNED, VERBS, Role, may, named, needs_signature, who


@pytest.mark.parametrize(
    ("verb", "roles"),
    [
        ("harm.assess", {Role.CLINICAL_SAFETY}),  # severity of harm is a clinical judgement
        ("exploitability.assess", {Role.PSIRT}),
        ("decision.sign", {Role.REGULATORY_AFFAIRS}),
        ("report806.approve", {Role.REGULATORY_AFFAIRS}),
        ("person.add", {Role.ADMINISTRATOR}),
    ],
)
def test_who_may(verb, roles):
    """The verbs that belong to one role alone."""
    assert who(verb) == roles
    for role in Role:
        assert may([role], verb) is (role in roles)


def test_one_fitting_role_is_enough():
    """A person may hold several roles; none is no permission."""
    assert may([Role.VIEWER, Role.CLINICAL_SAFETY], "harm.assess")
    assert not may([], "harm.assess")


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.VIEWER, Role.ADMINISTRATOR])
def test_machine_viewer_and_administrator_sign_nothing(role):
    """The command line imports and reads; who gives rights decides nothing regulated."""
    assert not {verb for verb in SIGNED if may([role], verb)}


def test_the_operator_imports_and_reads():
    """The local command line does what a script needs, and nothing that judges."""
    assert {verb for verb in VERBS if may([Role.OPERATOR], verb)} == {
        "product.register", "product.describe", "release.register", "sbom.import", "feeds.import",
        "vex.export", "evidence.read", "person.renew_password", "crosswalk.suggest", "sbom.confirm",
        "field.describe", "field.import", "unit.record",
    }  # fmt: skip


def test_the_viewer_only_reads():
    """Reading evidence and taking a VEX along."""
    assert {verb for verb in VERBS if may([Role.VIEWER], verb)} == {"vex.export", "evidence.read"}


def test_every_verb_has_somebody_and_a_room():
    """No verb that nobody may do, and every signed verb exists."""
    assert all(VERBS.values())
    assert all(verb.count(".") == 1 for verb in VERBS)
    assert set(VERBS) >= SIGNED
    assert needs_signature("decision.sign")
    assert not needs_signature("case.open")


@pytest.mark.parametrize("verb", ["", "case", "case.opn", "Case.open"])
def test_a_misspelt_verb_is_an_error(verb):
    """It must never mean 'nobody' or 'everybody'."""
    for ask in (who, needs_signature, lambda verb: may(Role, verb)):
        with pytest.raises(InvalidValue, match="no verb"):
            ask(verb)


def test_roles_read_as_words():
    """For sentences such as 'can be signed by clinical safety or quality only'."""
    assert named([]) == ""
    assert named([Role.QUALITY]) == "quality"
    assert named([Role.QUALITY, Role.CLINICAL_SAFETY, Role.EXECUTIVE]) == (
        "clinical safety, quality or executive management"
    )
    assert all(role.label and role.does for role in Role)
