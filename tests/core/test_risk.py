"""The matrix cell by cell, its order, judgement, privacy, and which controls count."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suture.core import risk
from suture.core.controls import Control, ControlKind, counted
from suture.core.errors import InvalidValue, NotAllowed
from suture.core.exploitability import Exploitability
from suture.core.facts import Answer
from suture.core.harm import HarmSeverity
from suture.core.risk import (
    EXAMPLE_POLICY,
    Judgement,
    Outcome,
    PrivacyFinding,
    RiskPolicy,
    assess,
    evaluate_privacy,
    evaluate_risk,
    worst,
)
from suture.core.roles import Role

C, J, U = Outcome.CONTROLLED, Outcome.JUDGEMENT, Outcome.UNCONTROLLED
LOW, MEDIUM, HIGH = Exploitability.LOW, Exploitability.MEDIUM, Exploitability.HIGH
NEGLIGIBLE, MINOR, SERIOUS, CRITICAL, CATASTROPHIC = HarmSeverity
Y, N, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
BOTH = (Judgement("ada", Role.PSIRT), Judgement("cleo", Role.CLINICAL_SAFETY))

# The printed example, read from the page: exploitability down, severity of harm across.
PRINTED = """
High    C J U U U
Medium  C J J U U
Low     C C J J J
"""
CELLS = [
    (Exploitability.from_word(row.split()[0]), harm, letter)
    for row in PRINTED.strip().splitlines()
    for harm, letter in zip(HarmSeverity, row.split()[1:], strict=True)
]


@pytest.mark.parametrize(("exploitability", "harm", "letter"), CELLS)
def test_all_fifteen_cells(exploitability, harm, letter):
    """The example policy is the printed figure, cell by cell."""
    verdict = evaluate_risk(exploitability, harm, EXAMPLE_POLICY)
    assert verdict.outcome.name[0] == letter
    assert verdict.policy_version == "example-1"
    assert verdict.because == f"{exploitability.label} exploitability, {harm.label} harm"


def test_fifteen_cells_are_all_there_are():
    """Three levels and five severities."""
    assert len({(e, h) for e, h, _ in CELLS}) == len(list(product(Exploitability, HarmSeverity))) == 15


def test_the_example_is_labelled_and_not_approved():
    """FDA fixes no cut-off; nobody signed this one."""
    assert EXAMPLE_POLICY.label == "Suture example, not FDA's"
    with pytest.raises(NotAllowed, match="not approved by signature"):
        risk.require_approved(EXAMPLE_POLICY)
    risk.require_approved(RiskPolicy(version="1", table=EXAMPLE_POLICY.table, approved=True))


@given(exploitability=st.sampled_from(Exploitability), harm=st.sampled_from(HarmSeverity))
@settings(max_examples=30)
def test_more_exploitable_or_more_harmful_is_never_safer(exploitability, harm):
    """Monotone in both directions."""
    rows = [evaluate_risk(e, harm, EXAMPLE_POLICY).outcome for e in Exploitability if e >= exploitability]
    columns = [evaluate_risk(exploitability, h, EXAMPLE_POLICY).outcome for h in HarmSeverity if h >= harm]
    assert rows == sorted(rows)
    assert columns == sorted(columns)


tables = st.fixed_dictionaries({}, optional={e: st.tuples(*[st.sampled_from(Outcome)] * 5) for e in Exploitability})


@given(tables)
@settings(max_examples=150)
def test_a_policy_is_accepted_exactly_when_it_is_monotone(table):
    """Whatever table is entered: either more risk is never safer anywhere, or it is refused."""
    full = {e: table.get(e, (U,) * 5) for e in Exploitability}
    monotone = all(
        full[e1][h1] <= full[e2][h2]
        for e1, e2 in product(Exploitability, repeat=2)
        for h1, h2 in product(range(5), repeat=2)
        if e1 <= e2 and h1 <= h2
    )
    if monotone:
        policy = RiskPolicy(version="1", table=table)
        assert all(policy.cell(e, h) is full[e][h - 1] for e in Exploitability for h in HarmSeverity)
        assert risk.from_json(risk.to_json(policy)) == policy
    else:
        with pytest.raises(InvalidValue, match="is safer than"):
            RiskPolicy(version="1", table=table)


def test_outside_the_table_is_uncontrolled():
    """A row nobody approved."""
    policy = RiskPolicy(version="1", table={LOW: (C, C, J, J, J)})
    assert {policy.cell(e, h) for e in (MEDIUM, HIGH) for h in HarmSeverity} == {U}


def test_serious_is_below_critical():
    """The trap in the words: SSVC's critical is another."""
    assert NEGLIGIBLE < MINOR < SERIOUS < CRITICAL < CATASTROPHIC
    assert SERIOUS.description == "Injury or impairment requiring professional medical intervention"
    assert CRITICAL.description == "Permanent impairment or life-threatening injury"
    assert CATASTROPHIC.description == "Patient death"
    assert HarmSeverity.from_word("Critical") is CRITICAL
    assert [level.label for level in HarmSeverity] == ["Negligible", "Minor", "Serious", "Critical", "Catastrophic"]
    with pytest.raises(InvalidValue, match="the five are"):
        HarmSeverity.from_word("severe")


@pytest.mark.parametrize(
    "spoil",
    [
        {"version": ""},
        {"version": None},
        {"table": None},
        {"table": {"low": ["controlled"] * 4}},
        {"table": {"low": "CCJJJ"}},
        {"table": {"extreme": ["uncontrolled"] * 5}},
        {"table": {"low": ["fine"] * 5}},
        {"table": {"low": ["uncontrolled"] * 5, "high": ["controlled"] * 5}},
        {"label": 5},
    ],
)
def test_a_stored_policy_is_checked_when_read(spoil):
    """Missing, misspelt or inverted."""
    with pytest.raises(InvalidValue):
        risk.from_json(risk.to_json(EXAMPLE_POLICY) | spoil)


# ------------------------------------------------------------------------------------------------ judgement


def judgement_cell():
    return evaluate_risk(LOW, CRITICAL, EXAMPLE_POLICY)


@pytest.mark.parametrize(
    "signatures",
    [
        (),
        BOTH[:1],
        BOTH[1:],
        (Judgement("ada", Role.PSIRT), Judgement("bo", Role.PSIRT)),
        (Judgement("ada", Role.PSIRT), Judgement("ada", Role.CLINICAL_SAFETY)),  # one person in two roles
        (Judgement("ada", Role.PSIRT), Judgement("rosa", Role.REGULATORY_AFFAIRS)),
    ],
)
def test_a_judgement_needs_two_people_of_two_roles(signatures):
    """Product security and clinical safety, each by somebody else."""
    with pytest.raises(NotAllowed, match="two signatures by two people"):
        judgement_cell().judged(C, signatures, because="the port is behind a locked cover")


def test_a_judgement_cell_never_decides_alone():
    """Without a judgement, or with one that decides nothing, or without a reason."""
    with pytest.raises(NotAllowed, match="must be signed"):
        judgement_cell().judged(None, BOTH)
    with pytest.raises(InvalidValue, match="ends in"):
        judgement_cell().judged(J, BOTH, because="hm")
    with pytest.raises(InvalidValue, match="reason"):
        judgement_cell().judged(C, BOTH, because=" ")


@pytest.mark.parametrize("outcome", [C, U])
def test_a_signed_judgement_is_binary(outcome):
    """And carries who judged and why."""
    verdict = judgement_cell().judged(outcome, BOTH, because="locked cover")
    assert verdict.binary
    assert verdict.outcome is outcome
    assert verdict.judged_by == BOTH
    assert verdict.because.endswith(f"judged {outcome.label.lower()}: locked cover")


def test_a_cell_that_decides_cannot_be_overruled():
    """Change the assessment or the policy, not the verdict."""
    verdict = evaluate_risk(HIGH, CATASTROPHIC, EXAMPLE_POLICY)
    assert verdict.judged(None) == verdict.judged(U) == verdict
    with pytest.raises(NotAllowed, match="not the verdict"):
        verdict.judged(C, BOTH, because="no")


def test_a_case_is_uncontrolled_while_one_device_is():
    """The worst of the devices."""
    verdicts = [evaluate_risk(e, h, EXAMPLE_POLICY) for e, h in ((LOW, MINOR), (LOW, SERIOUS), (HIGH, SERIOUS))]
    assert worst(verdicts) is U
    assert worst(verdicts[:2]) is J
    assert worst(verdicts[:1]) is C
    assert worst([]) is None


# ------------------------------------------------------------------------------------------------ privacy


def test_privacy_alone_is_controlled_with_a_flag():
    """A million records or ten: not patient harm (§IV.F); the flag stays."""
    finding = PrivacyFinding(by="ada", rationale="1,000,000 names", safety_affected=N, secrets_exposed=N)
    verdict = evaluate_privacy(finding, EXAMPLE_POLICY)
    assert (verdict.outcome, verdict.privacy, verdict.harm) == (C, True, None)


@pytest.mark.parametrize(
    "finding",
    [
        PrivacyFinding(by="ada", rationale="r"),  # nobody said
        PrivacyFinding(by="ada", rationale="r", safety_affected=N, secrets_exposed=Y),
        PrivacyFinding(by="ada", rationale="r", safety_affected=N),
        PrivacyFinding(by="ada", rationale="r", safety_affected=Y, secrets_exposed=N),
        PrivacyFinding(by="ada", rationale=" ", safety_affected=N, secrets_exposed=N),
    ],
)
def test_privacy_alone_needs_recorded_answers(finding):
    """Exposed passwords, keys or session data are not privacy alone; unknown is not no."""
    with pytest.raises(NotAllowed):
        evaluate_privacy(finding, EXAMPLE_POLICY)


# ------------------------------------------------------------------------------------------------ controls


def compensating(**but: object) -> Control:
    facts: dict[str, object] = {
        "name": "take it off the hospital network", "kind": ControlKind.COMPENSATING, "verified": Y, "adds_risk": N,
        "in_use": Y, "external_to_design": Y, "field_configurable": Y, "employed_by_user": Y,
        "lowers_exploitability_to": LOW,
    }  # fmt: skip
    return Control(**(facts | but))


def test_a_control_that_is_verified_and_in_use_counts():
    """High × minor is a judgement; with the control low × minor is controlled."""
    assessed = assess(HIGH, MINOR, [compensating()], EXAMPLE_POLICY)
    assert assessed.inherent.outcome is J
    assert assessed.residual.outcome is C
    assert assessed.counted == ("take it off the hospital network",)
    assert assessed.not_counted == ()


@pytest.mark.parametrize(
    "field", ["verified", "adds_risk", "in_use", "external_to_design", "field_configurable", "employed_by_user"]
)
@pytest.mark.parametrize("unknown", [True, False])
def test_one_answer_away_a_control_does_not_count(field, unknown):
    """Not verified, more risk, not confirmed in use, not a compensating control; unknown counts as little as no."""
    wrong = UNKNOWN if unknown else (Y if field == "adds_risk" else N)
    control = compensating(**{field: wrong})
    assert counted([control]) == ()
    assessed = assess(HIGH, MINOR, [control], EXAMPLE_POLICY)
    assert assessed.residual == assessed.inherent
    ((name, reasons),) = assessed.not_counted
    assert name == control.name
    assert reasons


def test_a_design_control_need_not_be_compensating():
    """Built into the release: verified, adding no risk, and present is enough."""
    control = Control(
        name="signed firmware only", kind=ControlKind.DESIGN, verified=Y, adds_risk=N, in_use=Y, lowers_harm_to=MINOR
    )
    assert assess(LOW, CRITICAL, [control], EXAMPLE_POLICY).residual.outcome is C
    with pytest.raises(InvalidValue, match="name"):
        Control(name=" ", kind=ControlKind.DESIGN)


controls = st.builds(
    Control,
    name=st.just("c"),
    kind=st.sampled_from(ControlKind),
    **{
        f: st.sampled_from([Y, N, UNKNOWN])
        for f in ("verified", "adds_risk", "in_use", "external_to_design", "field_configurable", "employed_by_user")
    },
    lowers_exploitability_to=st.none() | st.sampled_from(Exploitability),
    lowers_harm_to=st.none() | st.sampled_from(HarmSeverity),
)


@given(st.sampled_from(Exploitability), st.sampled_from(HarmSeverity), st.lists(controls, max_size=4))
@settings(max_examples=100)
def test_residual_is_never_above_inherent_and_equal_without_counted_controls(e, h, given_controls):
    """Controls can only lower, and only those that count."""
    assessed = assess(e, h, given_controls, EXAMPLE_POLICY)
    assert assessed.residual.outcome <= assessed.inherent.outcome
    if not counted(given_controls):
        assert assessed.residual == assessed.inherent
