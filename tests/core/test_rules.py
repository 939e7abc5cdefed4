"""Every rule three times: it fires, one fact away it does not, and with that fact unknown it is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from itertools import product
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suture.core.authority import Authority
from suture.core.errors import Contradiction
from suture.core.facts import Answer
from suture.core.report_facts import SAYS, ReportFacts, submitted_since
from suture.core.reportability import Duty806, Fired, Open, decide
from suture.core.risk import Outcome
from suture.core.rules import RULES, Rule

Y, N, UNKNOWN, WAIT = Answer.YES, Answer.NO, Answer.UNKNOWN, Answer.NOT_YET_DUE
BY_ID: Mapping[str, Rule] = {rule.id: rule for rule in RULES}
CONDITIONS = {"condition_1": Y, "condition_2": Y, "condition_3": Y, "condition_4": Y}
OPEN_VERDICT: dict[str, Any] = {"verdict": None}


class RuleCase(NamedTuple):
    """Facts under which a rule fires; one fact away it does not; with that fact unknown it is open."""

    rule: str
    fires: dict[str, Any]
    away: dict[str, Any]
    unknown: dict[str, Any]


def case(rule: str, fires: dict[str, Any], turns: str, *, to: Any = N) -> RuleCase:
    """The usual case: the fact that turns it is an answer."""
    return RuleCase(rule, fires, {turns: to}, {turns: UNKNOWN})


CONTROLLED = {"verdict": Outcome.CONTROLLED, "serious_harm_probable": N, "investigational": N}
UNCONTROLLED = {"verdict": Outcome.UNCONTROLLED, "initiated": Y}
POLICY = UNCONTROLLED | CONDITIONS | {"investigational": N}
MALFUNCTION = {"malfunction": Y, "likely_on_recurrence": Y}
NOT_CONTROLLED = {"verdict": Outcome.UNCONTROLLED}
PMA_CHANGE = {"pma": Y, "device_changed": Y, "change_affects_safety": Y}
CYBER = {"sponsor_software": Y, "can_connect": Y, "can_be_threatened": Y, "submitted_since_524b": Y}

CASES = [
    case("R1", {"investigational": Y}, "investigational"),
    case("R2", {"death_or_serious_injury": Y}, "death_or_serious_injury"),
    case("R3", MALFUNCTION, "malfunction"),
    case("R3", MALFUNCTION, "likely_on_recurrence"),
    case(
        "R4",
        {"death_or_serious_injury": Y, "remedial_action_needed": Y, "fda_written_request": N},
        "remedial_action_needed",
    ),
    case(
        "R4",
        {"death_or_serious_injury": Y, "remedial_action_needed": N, "fda_written_request": Y},
        "fda_written_request",
    ),
    case("R4", MALFUNCTION | {"death_or_serious_injury": N, "fda_written_request": Y}, "malfunction"),
    case("R5", {"qualified_person_objects": Y}, "qualified_person_objects"),
    case("R6", {"privacy_only": Y, "safety_affected": N, "secrets_exposed": N, "investigational": N}, "privacy_only"),
    case(
        "R6",
        {"privacy_only": Y, "safety_affected": N, "secrets_exposed": N, "investigational": N},
        "secrets_exposed",
        to=Y,
    ),
    case(
        "R6",
        {"privacy_only": Y, "safety_affected": N, "secrets_exposed": N, "investigational": N},
        "safety_affected",
        to=Y,
    ),
    RuleCase("R7", CONTROLLED, {"verdict": Outcome.UNCONTROLLED}, OPEN_VERDICT),
    RuleCase("R7", CONTROLLED, {"verdict": Outcome.UNCONTROLLED}, {"verdict": Outcome.JUDGEMENT}),
    RuleCase("R7", CONTROLLED, {"investigational": Y}, {"serious_harm_probable": UNKNOWN}),
    case("R8", {"serious_harm_probable": Y}, "serious_harm_probable"),
    case("R9", UNCONTROLLED, "initiated"),
    RuleCase("R9", UNCONTROLLED, {"verdict": Outcome.CONTROLLED}, OPEN_VERDICT),
    *(case("R10", POLICY, condition) for condition in CONDITIONS),
    case("R10", POLICY, "initiated"),
    case("R10", POLICY, "investigational", to=Y),
    *(RuleCase("R11", POLICY | {c: N}, {c: Y}, {c: UNKNOWN}) for c in CONDITIONS),
    case("R11", POLICY | {"condition_4": N}, "initiated"),
    case("R12", {"reported_elsewhere": Y}, "reported_elsewhere"),
    *(
        case(
            "R13", dict.fromkeys(("stock_recovery", "market_withdrawal", "routine_servicing"), N) | {action: Y}, action
        )
        for action in ("stock_recovery", "market_withdrawal", "routine_servicing")
    ),
    case("R14", NOT_CONTROLLED | {"condition_1": N}, "condition_1", to=Y),
    RuleCase("R14", NOT_CONTROLLED | {"condition_1": N}, {"verdict": Outcome.CONTROLLED}, OPEN_VERDICT),
    case("R15", NOT_CONTROLLED | {"participant": N, "isao_given": Y}, "participant", to=Y),
    case("R15", NOT_CONTROLLED | {"participant": Y, "isao_given": N}, "isao_given", to=Y),
    case("R16", NOT_CONTROLLED | {"remediation_exists": N}, "remediation_exists", to=Y),
    case("R17", {"pma": Y, "hde": N, "device_changed": Y}, "pma"),
    case("R17", {"pma": N, "hde": Y, "device_changed": Y}, "hde"),
    case("R17", {"pma": Y, "new_vulnerability_information": Y, "device_changed": N}, "new_vulnerability_information"),
    case("R18", PMA_CHANGE, "change_affects_safety"),
    case("R18", PMA_CHANGE, "pma"),
    case("R19", PMA_CHANGE | {"change_affects_safety": N}, "change_affects_safety", to=Y),
    case("R19", PMA_CHANGE | {"change_affects_safety": N}, "device_changed"),
    case("R20", {"cleared_510k": Y, "device_changed": Y}, "cleared_510k"),
    case("R20", {"cleared_510k": Y, "device_changed": Y}, "device_changed"),
    case("R21", {"report_806_submitted": Y, "extended": Y}, "extended"),
    case("R22", {"tracking_order": Y}, "tracking_order"),
    *(case("R23", CYBER, test) for test in CYBER),
    case("R24", {"recall_classified": Y}, "recall_classified"),
    case("R25", {"complaint_alleges_security": Y}, "complaint_alleges_security"),
]
three_ways = pytest.mark.parametrize("each", CASES, ids=lambda each: f"{each.rule}-{'-'.join(each.away)}")


@three_ways
def test_the_rule_fires(each):
    """With its facts recorded it fires, with its citation and its inputs."""
    found = decide(ReportFacts(**each.fires)).of(each.rule)
    assert isinstance(found, Fired)
    rule = BY_ID[each.rule]
    assert (found.citation, found.kind, tuple(found.inputs)) == (rule.citation, rule.kind, rule.inputs)
    assert found.outcome
    assert all(SAYS[name] in found.because for name in rule.inputs)


@three_ways
def test_one_fact_away_the_rule_does_not_fire(each):
    """Neither fired nor open: it is decided."""
    assert decide(ReportFacts(**(each.fires | each.away))).of(each.rule) is None


@three_ways
def test_with_the_fact_unknown_the_rule_is_open(each):
    """Unknown is never false: the rule neither fires nor falls away, and it names what it waits for."""
    found = decide(ReportFacts(**(each.fires | each.unknown))).of(each.rule)
    assert isinstance(found, Open)
    assert found.unknown
    assert all(question == SAYS[name] for name, question in zip(found.unknown, found.questions, strict=True))


def test_every_rule_has_its_three_cases():
    """R1 to R25, in order, none left out, each with a case above and with all that a rule must carry."""
    assert [rule.id for rule in RULES] == [f"R{n}" for n in range(1, 26)]
    assert {each.rule for each in CASES} == set(BY_ID)
    for rule in RULES:
        assert rule.citation
        assert rule.if_
        assert rule.then
        assert isinstance(rule.kind, Authority)
        assert set(rule.inputs) <= set(SAYS)


def test_every_question_is_a_sentence_and_every_answer_is_asked_for():
    """No input without words, no words without a rule that reads the answer."""
    answers = {field.name for field in fields(ReportFacts)} - {"verdict", "inherent_verdict", "due_806", "days_late"}
    assert answers | {"controlled", "uncontrolled"} == set(SAYS)
    assert {name for rule in RULES for name in rule.inputs} == set(SAYS)


def test_nothing_known_decides_nothing():
    """With every fact unknown no rule fires, and every rule is open."""
    decision = decide(ReportFacts())
    assert decision.fired == ()
    assert decision.open_ids == tuple(BY_ID)
    assert decision.duty_806 is Duty806.UNDECIDED


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
@given(data=st.data())
@settings(max_examples=20)
def test_answering_an_unknown_never_contradicts_a_decided_rule(rule, data):
    """What was decided with a fact unknown stays decided when the fact becomes known, whatever it is.

    Except for the release in R2 to R4: a qualified person's conclusion, once recorded, lifts the duty.
    """
    answers = {name: data.draw(st.sampled_from([Y, N, UNKNOWN])) for name in rule.inputs}
    before = rule.when(**answers)
    for name in rule.inputs:
        if answers[name] is UNKNOWN and before is not UNKNOWN and name != "qualified_person_objects":
            assert {rule.when(**(answers | {name: known})) for known in (Y, N)} == {before}


# ------------------------------------------------------------------------------------- how rules play together


def test_r8_beats_r7():
    """A reasonable probability of serious consequences is never a routine update; 'controlled' beside it is refused."""
    facts = ReportFacts(verdict=Outcome.CONTROLLED, serious_harm_probable=Y, investigational=N)
    with pytest.raises(Contradiction, match="correct one of the two"):
        decide(facts)
    decision = decide(replace(facts, verdict=Outcome.UNCONTROLLED))
    assert "R8" in decision.fired_ids
    assert decision.of("R7") is None


@pytest.mark.parametrize("other", [{"verdict": Outcome.UNCONTROLLED}, {"serious_harm_probable": Y}])
def test_privacy_alone_contradicts_patient_harm(other):
    """A finding that only privacy is affected cannot stand beside uncontrolled risk of patient harm."""
    facts = {"privacy_only": Y, "safety_affected": N, "secrets_exposed": N, "investigational": N}
    with pytest.raises(Contradiction, match="only confidentiality"):
        decide(ReportFacts(**(facts | other)))


def test_a_qualified_conclusion_lifts_the_mdr_and_only_a_recorded_one():
    """803.20(c)(2): with it no MDR; while it is unknown the duty stands."""
    death = ReportFacts(death_or_serious_injury=Y)
    assert "R2" in decide(death).fired_ids
    lifted = decide(replace(death, qualified_person_objects=Y))
    assert lifted.of("R2") is None
    assert "R5" in lifted.fired_ids


def test_an_hde_holder_also_tells_the_irb():
    """21 CFR 814.126(a)."""
    plain = decide(ReportFacts(death_or_serious_injury=Y)).of("R2")
    hde = decide(ReportFacts(death_or_serious_injury=Y, hde=Y)).of("R2")
    assert isinstance(plain, Fired)
    assert isinstance(hde, Fired)
    assert "IRB" not in plain.outcome
    assert "IRB" in hde.outcome


def test_r10_speaks_of_enforcement_and_never_of_no_report():
    """The duty itself stays."""
    decision = decide(ReportFacts(**POLICY))
    found = decision.of("R10")
    assert isinstance(found, Fired)
    assert "FDA does not intend to enforce" in found.outcome
    assert "the duty itself stays" in found.outcome
    assert decision.duty_806 is Duty806.NOT_ENFORCED
    assert "does not intend to enforce" in decision.duty_806.says
    for text in (found.outcome, decision.duty_806.says, *(rule.then for rule in RULES)):
        assert "no report required" not in text.lower()
        assert "no report is required" not in text.lower()


def test_while_a_condition_is_not_yet_due_the_report_is_contingent():
    """R9 stands, R10 and R11 are open, nothing is asked of anybody but to wait or to act."""
    decision = decide(ReportFacts(**(POLICY | {"condition_3": WAIT})))
    assert "R9" in decision.fired_ids
    assert decision.duty_806 is Duty806.CONTINGENT
    for rule in ("R10", "R11"):
        found = decision.of(rule)
        assert isinstance(found, Open)
        assert (found.unknown, found.not_yet_due) == ((), ("condition_3",))


def test_an_unknown_condition_leaves_the_report_due():
    """What nobody knows cannot be relied on."""
    assert decide(ReportFacts(**(POLICY | {"condition_1": UNKNOWN}))).duty_806 is Duty806.DUE


def test_a_failed_condition_brings_the_original_date_back():
    """R11 names the date and how late it is."""
    facts = ReportFacts(**(POLICY | {"condition_1": N, "due_806": date(2026, 2, 9), "days_late": 12}))
    decision = decide(facts)
    found = decision.of("R11")
    assert isinstance(found, Fired)
    assert "2026-02-09" in found.outcome
    assert "12 days late" in found.outcome
    assert decision.duty_806 is Duty806.DUE
    assert "R14" in decision.fired_ids


@pytest.mark.parametrize(
    ("facts", "duty"),
    [
        ({"verdict": Outcome.UNCONTROLLED, "initiated": N}, Duty806.NOT_STARTED),
        ({"verdict": Outcome.UNCONTROLLED}, Duty806.UNDECIDED),
        ({"verdict": Outcome.JUDGEMENT, "initiated": Y}, Duty806.UNDECIDED),
        (CONTROLLED, Duty806.RECORD),
        (CONTROLLED | {"serious_harm_probable": UNKNOWN}, Duty806.UNDECIDED),
        (UNCONTROLLED | {"reported_elsewhere": Y}, Duty806.REPORTED_ELSEWHERE),
        (UNCONTROLLED | {"stock_recovery": Y}, Duty806.RECORD),
        (UNCONTROLLED | CONDITIONS | {"condition_2": N}, Duty806.DUE),
        (UNCONTROLLED, Duty806.DUE),
    ],
)
def test_where_the_806_report_stands(facts, duty):
    """One word over all rules, for the clock and the report."""
    assert decide(ReportFacts(**facts)).duty_806 is duty
    assert duty.says


@pytest.mark.parametrize(
    ("verdict", "inherent", "words"),
    [
        (Outcome.UNCONTROLLED, Outcome.UNCONTROLLED, "out of cycle"),
        (Outcome.CONTROLLED, Outcome.UNCONTROLLED, "out of cycle"),  # could cause uncontrolled risk
        (Outcome.CONTROLLED, Outcome.CONTROLLED, "regular cycle"),
        (Outcome.CONTROLLED, None, "the verdict decides"),
        (None, None, "the verdict decides"),
    ],
)
def test_a_cyber_devices_cycle(verdict, inherent, words):
    """524B(b)(2): known unacceptable on a regular cycle; critical as soon as possible out of cycle."""
    found = decide(ReportFacts(**CYBER, verdict=verdict, inherent_verdict=inherent)).of("R23")
    assert isinstance(found, Fired)
    assert words in found.outcome
    if words != "the verdict decides":
        assert "the verdict decides" not in found.outcome


@pytest.mark.parametrize(
    ("last", "answer"),
    [(None, UNKNOWN), (date(2023, 3, 28), N), (date(2023, 3, 29), Y), (date(2025, 1, 1), Y)],
)
def test_the_submission_date_decides_on_524b(last, answer):
    """On or after 29 March 2023; not known is unknown."""
    assert submitted_since(last) is answer


def test_a_class_iii_device_without_pma_has_no_periodic_report():
    """R17 is keyed on PMA or HDE, never on the class."""
    assert decide(ReportFacts(pma=N, hde=N, cleared_510k=Y, device_changed=Y)).of("R17") is None


def test_open_rules_ask_only_for_what_matters():
    """A known death makes the malfunction irrelevant to the five-day report."""
    found = decide(ReportFacts(death_or_serious_injury=Y)).of("R4")
    assert isinstance(found, Open)
    assert found.unknown == ("qualified_person_objects", "remedial_action_needed", "fda_written_request")


def test_every_combination_of_conditions_has_one_of_three_ends():
    """Not enforced only when all four are true; contingent only with some not yet due; else due. All 256."""
    for answers in product(Answer, repeat=4):
        facts = ReportFacts(**(POLICY | dict(zip(CONDITIONS, answers, strict=True))))
        duty = decide(facts).duty_806
        if set(answers) == {Y}:
            assert duty is Duty806.NOT_ENFORCED
        elif set(answers) <= {Y, WAIT}:
            assert duty is Duty806.CONTINGENT
        else:
            assert duty is Duty806.DUE
