"""The tables of states: what they allow, what they refuse, and that nothing ever leaves them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suture.core.cases import (
    ASSESSMENT,
    CASE,
    CONTROL,
    REPORT_806,
    WORKFLOWS,
    AssessmentGuard,
    AssessmentState,
    CaseGuard,
    CaseState,
    ControlState,
    ReportState,
)
from suture.core.errors import InvalidValue, NotAllowed
from suture.core.facts import Answer
from suture.core.roles import Role
from suture.core.workflow import Step, Workflow

C, G = CaseState, CaseGuard
everyone = pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.name)

# The case's life cycle, row by row: from, to, signature.
CASE_ROWS = {
    ("open", "analysing", False),
    ("analysing", "assessed", True),
    ("assessed", "not_affected", True),
    ("assessed", "controlled", True),
    ("assessed", "uncontrolled", True),
    ("controlled", "improving", False),
    ("controlled", "accepted", True),
    ("controlled", "closed", True),
    ("uncontrolled", "mitigating", True),
    ("mitigating", "interim_controlled", False),
    ("interim_controlled", "fixing", False),
    ("fixing", "remediated", True),
    ("remediated", "follow_up", False),
    ("follow_up", "closed", True),
    ("reopened", "analysing", False),
}
# Rows the life cycle needs so that no state is a dead end.
CASE_ROWS_OF_OURS = {
    ("improving", "accepted", True),
    ("improving", "closed", True),
    ("accepted", "closed", True),
    ("not_affected", "closed", True),
    ("mitigating", "fixing", False),  # no interim control is feasible
}


def test_the_case_is_the_life_cycle_row_by_row():
    """Every row of the life cycle, ours beside it, and 'any → reopened'."""
    rows = {(a.value, step.to.value, step.signature) for step in CASE.steps for a in step.from_states}
    reopening = {(state.value, "reopened", False) for state in C if state is not C.REOPENED}
    assert rows == CASE_ROWS | CASE_ROWS_OF_OURS | reopening


@everyone
def test_every_state_can_be_reached(workflow):
    """No state stands in the enumeration alone."""
    assert workflow.reachable() == set(workflow.states)


@everyone
def test_no_table_lets_an_operator_or_viewer_sign(workflow):
    """No machine signs; nobody who only reads moves anything."""
    for step in workflow.steps:
        assert Role.VIEWER not in step.who
        assert not (step.signature and step.who & {Role.OPERATOR, Role.ADMINISTRATOR})


@everyone
@given(data=st.data())
@settings(max_examples=25)
def test_a_workflow_never_leaves_its_table(workflow, data):
    """Whatever verbs are tried, in whatever order, the state is one of the table's, or the step is refused."""
    verbs = sorted({step.verb for step in workflow.steps} | {"", "fly"})
    state = workflow.start
    for verb in data.draw(st.lists(st.sampled_from(verbs), max_size=12)):
        known = {step.verb for step in workflow.leaving(state)}
        if verb in known:
            state = workflow.after(state, verb)
            assert state in workflow.reachable()
        else:
            with pytest.raises(NotAllowed):
                workflow.after(state, verb)


@everyone
def test_allowed_is_what_the_table_says(workflow):
    """For each state and each role: exactly the rows that leave it and name the role."""
    for state in workflow.states:
        for role in Role:
            rows = [step for step in workflow.steps if state in step.from_states and role in step.who]
            assert list(workflow.allowed(state, [role])) == rows
        assert workflow.allowed(state, []) == ()


@everyone
def test_every_guard_is_a_sentence(workflow):
    """What holds a step back is told in words."""
    for step in workflow.steps:
        for state in step.from_states:
            sentences = workflow.why_not(state, step.verb, {})
            assert len(sentences) == len(step.guard)
            assert all(text.startswith("it is not recorded that ") and len(text) > 35 for text in sentences)


@everyone
def test_the_diagram_has_every_row(workflow):
    """One line per state and step, and the ends."""
    lines = workflow.diagram().splitlines()
    rows = sum(len(step.from_states) for step in workflow.steps)
    assert lines[0] == "stateDiagram-v2"
    assert len(lines) == 2 + rows + len(workflow.ends)


def test_refusals_say_what_is_possible_instead():
    """The sentence is for the person who can act."""
    with pytest.raises(
        NotAllowed, match=r"^a case that is open cannot be closed; it can be taken into analysis, reopened$"
    ):
        CASE.after(C.OPEN, "close")
    with pytest.raises(NotAllowed, match=r"^a control that is retired cannot be verified; it is at its end$"):
        CONTROL.after(ControlState.RETIRED, "verify")
    with pytest.raises(
        NotAllowed, match=r"^an 806 report that is candidate cannot become submitted; it can be recorded"
    ):
        REPORT_806.step_to(ReportState.CANDIDATE, ReportState.SUBMITTED)


def test_unknown_does_not_open_a_step():
    """A guard that nobody answered holds the step back, as does 'not yet due'."""
    step = ("control_interim", C.MITIGATING)
    facts = {G.CONTROLS_VERIFIED: Answer.YES, G.CUSTOMERS_TOLD: Answer.NOT_YET_DUE}
    assert CASE.why_not(step[1], step[0], facts) == [
        "it is not yet so that customers and user community are told, with all the content the guidance asks for",
        "it is not recorded that the remediation plan is made, with the rationale for its timeline",
    ]
    assert CASE.why_not(step[1], step[0], dict.fromkeys(G, Answer.YES)) == []


def test_require_asks_for_table_role_facts_and_signature():
    """One call for all four; everything missing is named at once."""
    facts = {AssessmentGuard.HARM_JUDGED: Answer.NO}
    with pytest.raises(NotAllowed, match=r"can be signed by product security .PSIRT. or clinical safety only"):
        ASSESSMENT.require(AssessmentState.IN_REVIEW, "sign", roles=[Role.QUALITY], facts={})
    with pytest.raises(NotAllowed) as refused:
        ASSESSMENT.require(AssessmentState.IN_REVIEW, "sign", roles=[Role.PSIRT], facts=facts)
    text = str(refused.value)
    assert text.startswith("an assessment cannot be signed yet: it is not recorded that exploitability")
    assert "it is not so that the severity of harm is judged" in text
    assert text.endswith("it needs a signature")
    done = dict.fromkeys(AssessmentGuard, Answer.YES)
    signed = ASSESSMENT.require(AssessmentState.IN_REVIEW, "sign", roles=[Role.PSIRT], facts=done, signed=True)
    assert signed is AssessmentState.APPROVED


def test_an_interim_control_does_not_end_the_case():
    """FDA 2016 §VII.B: the 60-day fix is still owed; the state counts as open, and only a fix leads on."""
    assert C.INTERIM_CONTROLLED.needs_fix
    assert {step.to for step in CASE.leaving(C.INTERIM_CONTROLLED)} == {C.FIXING, C.REOPENED}
    assert not C.REMEDIATED.needs_fix


def test_a_contingent_report_falls_due():
    """When a condition fails; FDA's policy is no way around the report."""
    assert REPORT_806.after(ReportState.CONTINGENT, "fall_due") is ReportState.DUE


def test_a_table_that_answers_twice_is_refused():
    """Two rows may not leave one state by the same verb, nor to the same state."""
    one = Step("go", {C.OPEN}, C.CLOSED, {Role.PSIRT})
    for other in (Step("go", {C.OPEN}, C.FIXING, {Role.PSIRT}), Step("run", {C.OPEN}, C.CLOSED, {Role.PSIRT})):
        with pytest.raises(InvalidValue, match="two steps leave"):
            Workflow("case", one, other, start=C.OPEN)
    with pytest.raises(InvalidValue, match="needs a state"):
        Step("go", set(), C.CLOSED, {Role.PSIRT})
