"""R1 to R25: the reporting rules as a table of small functions, one per rule, each with its citation.

The parameters of a function are the inputs of its rule, by the names of `ReportFacts`; so what a rule read and
what is recorded as read cannot differ. A rule that *imposes* a duty is not held back by an unknown release from
it (`unless`); a rule that *releases* from a duty fires only when everything it needs is a recorded yes.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass

from suture.core.authority import Authority
from suture.core.facts import Answer, both, either, negated
from suture.core.report_facts import ReportFacts
from suture.core.risk import Outcome

A = Answer
When = Callable[..., Answer]
Then = Callable[[ReportFacts], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row: if, then, on whose authority; `when` decides, `outcome` says what follows for these facts."""

    id: str
    if_: str
    then: str
    citation: str
    kind: Authority
    inputs: tuple[str, ...]
    when: When
    outcome: Then

    def decide(self, facts: ReportFacts) -> Answer:
        """Yes: it fires. No: it does not. Unknown or not yet due: it is open."""
        return self.when(**{name: facts.answer(name) for name in self.inputs})


_TABLE: list[Rule] = []


def rule(
    id: str, kind: Authority, citation: str, *, if_: str, then: str, outcome: Then | None = None
) -> Callable[[When], When]:
    """Put a function into the table; its parameters become the rule's inputs."""

    def enter(when: When) -> When:
        _TABLE.append(
            Rule(
                id=id,
                if_=if_,
                then=then,
                citation=citation,
                kind=kind,
                inputs=tuple(inspect.signature(when).parameters),
                when=when,
                outcome=outcome or (lambda _: then),
            )
        )
        return when

    return enter


def unless(release: Answer) -> Answer:
    """Read a release from a duty: only a recorded yes lifts the duty; unknown does not."""
    return A.NO if release is A.YES else A.YES


F = "FDA postmarket cybersecurity guidance (28 Dec 2016)"
STATUTE, REGULATION, GUIDANCE = Authority.STATUTE, Authority.REGULATION, Authority.GUIDANCE


@rule(
    "R1",
    GUIDANCE,
    f"{F} §III",
    if_="the device is investigational",
    then="the postmarket guidance does not apply (its principles may); the rules for investigational devices do",
)
def investigational_device(investigational: A) -> A:
    """An investigational device is outside the guidance's scope."""
    return investigational


def _mdr(days: str) -> Then:
    def says(facts: ReportFacts) -> str:
        irb = "; the holder of an HDE also sends it to the IRB of record (21 CFR 814.126(a))"
        return f"a medical device report is due: {days}" + (irb if facts.hde is A.YES else "")

    return says


@rule(
    "R2",
    REGULATION,
    "21 CFR 803.50(a)(1)",
    if_="the device may have caused or contributed to a death or serious injury",
    then="a medical device report is due: within 30 calendar days of any employee becoming aware",
    outcome=_mdr("within 30 calendar days of any employee becoming aware"),
)
def death_or_injury(death_or_serious_injury: A, qualified_person_objects: A) -> A:
    """From any source; user error counts as contributing (803.3(c)). Only a recorded R5 conclusion lifts it."""
    return both(death_or_serious_injury, unless(qualified_person_objects))


@rule(
    "R3",
    REGULATION,
    "21 CFR 803.50(a)(2)",
    if_="the device malfunctioned, and a recurrence would be likely to cause or contribute to death or serious injury",
    then="a medical device report is due: within 30 calendar days of any employee becoming aware",
    outcome=_mdr("within 30 calendar days of any employee becoming aware"),
)
def dangerous_malfunction(malfunction: A, likely_on_recurrence: A, qualified_person_objects: A) -> A:
    """Both parts are needed: a vulnerability that merely exists is not a malfunction."""
    return both(malfunction, likely_on_recurrence, unless(qualified_person_objects))


@rule(
    "R4",
    REGULATION,
    "21 CFR 803.53",
    if_="R2 or R3, and remedial action is necessary to prevent an unreasonable risk of substantial harm to the public "
    "health, or FDA asked in writing",
    then="a medical device report is due: within 5 work days",
    outcome=_mdr("within 5 work days of awareness by a responsible person, or of FDA's written request"),
)
def five_day_report(
    death_or_serious_injury: A,
    malfunction: A,
    likely_on_recurrence: A,
    qualified_person_objects: A,
    remedial_action_needed: A,
    fda_written_request: A,
) -> A:
    """The shorter clock beside the longer one."""
    reportable = either(
        death_or_injury(death_or_serious_injury, qualified_person_objects),
        dangerous_malfunction(malfunction, likely_on_recurrence, qualified_person_objects),
    )
    return both(reportable, either(remedial_action_needed, fda_written_request))


@rule(
    "R5",
    REGULATION,
    "21 CFR 803.20(c)(2)",
    if_="a person qualified to make a medical judgment reasonably concludes that the event is not reportable",
    then="no medical device report for this event; the conclusion and its grounds stay in the MDR event file",
)
def qualified_conclusion(qualified_person_objects: A) -> A:
    """A recorded conclusion by a physician, nurse, risk manager or biomedical engineer; never a default."""
    return qualified_person_objects


@rule(
    "R6",
    GUIDANCE,
    f"{F} §IV.F, §VII.A",
    if_="a recorded finding says that only confidentiality of personal data is affected; no secrets are exposed",
    then="controlled; a change for it alone is a routine update; review HIPAA and other law (privacy flag)",
)
def privacy_only_finding(privacy_only: A, safety_affected: A, secrets_exposed: A, investigational: A) -> A:
    """Never read off a CVSS vector; exposed passwords, keys or session data are not privacy alone."""
    return both(privacy_only, negated(safety_affected), negated(secrets_exposed), negated(investigational))


@rule(
    "R7",
    GUIDANCE,
    f"{F} §VII.A; 21 CFR 806.1(b)(1); FD&C Act §519(g)(1)",
    if_="the residual risk is controlled, and R8 does not apply",
    then="a change made solely to strengthen cybersecurity is a routine update, an enhancement: generally not "
    "reportable under 806; keep a record as in 806.20 with the justification",
)
def controlled_risk(controlled: A, serious_harm_probable: A, investigational: A) -> A:
    """A release from reporting: needs R8's question answered with no."""
    return both(controlled, negated(serious_harm_probable), negated(investigational))


@rule(
    "R8",
    GUIDANCE,
    f"{F} §IV.C",
    if_="there is a reasonable probability that use or exposure causes serious adverse health consequences or death",
    then="never a routine update; an analysis under 806 is mandatory",
)
def serious_consequences(serious_harm_probable: A) -> A:
    """Beats R7. With a verdict 'controlled' it is a contradiction that is refused until resolved."""
    return serious_harm_probable


def _due(facts: ReportFacts) -> str:
    if facts.due_806 is None:
        return "an 806 report is due within 10 working days of initiating the correction or removal"
    return f"an 806 report is due by {facts.due_806.isoformat()}, 10 working days after initiation"


@rule(
    "R9",
    REGULATION,
    "21 CFR 806.10(a), (b)",
    if_="the risk is uncontrolled, and a correction or removal is initiated",
    then="an 806 report is due within 10 working days of initiating the correction or removal",
    outcome=_due,
)
def report_of_correction(uncontrolled: A, initiated: A) -> A:
    """The clock starts with initiation: not with learning, not with completion."""
    return both(uncontrolled, initiated)


@rule(
    "R10",
    GUIDANCE,
    f"{F} §VII.B",
    if_="R9, and all four conditions of the enforcement policy are true",
    then="FDA does not intend to enforce reporting under 806 while the conditions hold; the duty itself stays; keep a "
    "record as in 806.20 and watch the conditions",
)
def enforcement_policy(
    uncontrolled: A,
    initiated: A,
    condition_1: A,
    condition_2: A,
    condition_3: A,
    condition_4: A,
    investigational: A,
) -> A:
    """While a condition is not yet due the rule is open and the 806 date contingent."""
    return both(uncontrolled, initiated, condition_1, condition_2, condition_3, condition_4, negated(investigational))


def _late(facts: ReportFacts) -> str:
    late = f"; it is {facts.days_late} {'day' if facts.days_late == 1 else 'days'} late" if facts.days_late else ""
    return f"a condition of the enforcement policy is false: {_due(facts)}{late}"


@rule(
    "R11",
    REGULATION,
    f"{F} §VII.B; 21 CFR 806.10(b)",
    if_="R9, and a condition of the enforcement policy is or becomes false",
    then="the 806 report is due on its original date; late if that has passed",
    outcome=_late,
)
def condition_failed(
    uncontrolled: A, initiated: A, condition_1: A, condition_2: A, condition_3: A, condition_4: A
) -> A:
    """The original date counts, not the day on which the condition failed."""
    failed = either(negated(condition_1), negated(condition_2), negated(condition_3), negated(condition_4))
    return both(uncontrolled, initiated, failed)


@rule(
    "R12",
    REGULATION,
    "21 CFR 806.10(f)",
    if_="the correction or removal itself was reported under 803 or 1004",
    then="no separate report under 806",
)
def already_reported(reported_elsewhere: A) -> A:
    """An MDR about the event alone does not count; it must have reported the correction or removal."""
    return reported_elsewhere


@rule(
    "R13",
    REGULATION,
    "21 CFR 806.1(b)(2)–(4), 806.20",
    if_="the action is a stock recovery, a market withdrawal or routine servicing",
    then="exempt from reporting under 806; keep a record as in 806.20",
)
def exempt_action(stock_recovery: A, market_withdrawal: A, routine_servicing: A) -> A:
    """Identical repairs of several units, unexpected repairs and early replacement are not routine servicing."""
    return either(stock_recovery, market_withdrawal, routine_servicing)


@rule(
    "R14",
    GUIDANCE,
    f"{F} §VII.B, first condition",
    if_="the risk is uncontrolled, and a serious adverse event or death is known to be associated",
    then="the enforcement policy (R10) is not available",
)
def serious_event_known(uncontrolled: A, condition_1: A) -> A:
    """Participation in an ISAO does not matter any more."""
    return both(uncontrolled, negated(condition_1))


@rule(
    "R15",
    GUIDANCE,
    f"{F} §VII.B, fourth condition, and §IX",
    if_="the risk is uncontrolled, and the firm was no active ISAO participant at notification, or the ISAO was not "
    "given the customer communication upon notification",
    then="the enforcement policy (R10) is not available",
)
def isao_missing(uncontrolled: A, participant: A, isao_given: A) -> A:
    """Both are judged on the day customers were notified."""
    return both(uncontrolled, either(negated(participant), negated(isao_given)))


@rule(
    "R16",
    GUIDANCE,
    f"{F} §VII.B",
    if_="the risk is uncontrolled, and there is no remediation",
    then="escalate to regulatory affairs and management: the device may be violative and subject to enforcement; "
    "consider stopping use, and a recall",
)
def no_remediation(uncontrolled: A, remediation_exists: A) -> A:
    """Telling customers without a way to acceptable risk is incomplete remediation (§IV.G)."""
    return both(uncontrolled, negated(remediation_exists))


@rule(
    "R17",
    GUIDANCE,
    f"{F} §VII, §VIII; 21 CFR 814.84; 814.126(b)(1) for an HDE",
    if_="the device has a PMA or HDE, and there is new vulnerability information, a change or a control",
    then="include it in the periodic report with its 11 items, whether controlled or uncontrolled",
)
def periodic_report(pma: A, hde: A, new_vulnerability_information: A, device_changed: A) -> A:
    """Keyed on PMA or HDE, never on class III: a class III 510(k) device has no such report."""
    return both(either(pma, hde), either(new_vulnerability_information, device_changed))


@rule(
    "R18",
    REGULATION,
    "21 CFR 814.39(a)",
    if_="the device has a PMA, and the change affects safety or effectiveness",
    then="a PMA supplement before the change is made",
)
def pma_supplement(pma: A, device_changed: A, change_affects_safety: A) -> A:
    """A software fix is not among the changes a special supplement lists (814.39(d)(2))."""
    return both(pma, device_changed, change_affects_safety)


@rule(
    "R19",
    REGULATION,
    "21 CFR 814.39(b)",
    if_="the device has a PMA, and the change does not affect safety or effectiveness",
    then="no supplement; the change goes into the periodic report",
)
def pma_periodic_change(pma: A, device_changed: A, change_affects_safety: A) -> A:
    """Needs a recorded 'does not affect'."""
    return both(pma, device_changed, negated(change_affects_safety))


@rule(
    "R20",
    REGULATION,
    "21 CFR 807.81(a)(3); FDA guidance Deciding When to Submit a 510(k) for a Software Change (25 Oct 2017)",
    if_="the device has a 510(k), and it is changed",
    then="go through the software-change questions and file the answer: new 510(k), or documentation",
)
def software_change(cleared_510k: A, device_changed: A) -> A:
    """A fix of an uncontrolled risk asks for care at question 3: the cleared device did not mitigate it."""
    return both(cleared_510k, device_changed)


@rule(
    "R21",
    REGULATION,
    "21 CFR 806.10(d)",
    if_="the 806 report is submitted, and the action is extended to additional lots, batches or versions",
    then="an amendment is due within 10 working days of initiating the extension, under the original report number",
)
def amendment(report_806_submitted: A, extended: A) -> A:
    """Further versions of the same device count as extension, another device as a new report (Suture's reading)."""
    return both(report_806_submitted, extended)


@rule(
    "R22",
    REGULATION,
    "21 CFR 821.25",
    if_="FDA issued a tracking order for the device",
    then="tracking duties apply; on FDA's request 3 working days (device not yet with a patient) or 10 (patient data)",
)
def tracked_device(tracking_order: A) -> A:
    """Class or implantation alone does not make a device tracked; the order does."""
    return tracking_order


def _cycle(facts: ReportFacts) -> str:
    regular = (
        "make updates available on a reasonably justified regular cycle if it is a known unacceptable vulnerability"
    )
    at_once = "make an update available as soon as possible, out of cycle: it could cause uncontrolled risk"
    verdicts = {facts.verdict, facts.inherent_verdict}
    if Outcome.UNCONTROLLED in verdicts:
        return at_once
    return regular if verdicts == {Outcome.CONTROLLED} else f"the verdict decides: {at_once}; else {regular}"


@rule(
    "R23",
    STATUTE,
    "FD&C Act §524B(b)(2), (c)",
    if_="the device is a cyber device (all three tests), and a submission for it was made on or after 29 March 2023",
    then="known unacceptable vulnerability: a reasonably justified regular cycle; critical vulnerability that could "
    "cause uncontrolled risk: as soon as possible, out of cycle",
    outcome=_cycle,
)
def cyber_device(sponsor_software: A, can_connect: A, can_be_threatened: A, submitted_since_524b: A) -> A:
    """The ability to connect counts, intended or not. Inherent uncontrolled risk is taken as 'could cause'."""
    return both(sponsor_software, can_connect, can_be_threatened, submitted_since_524b)


@rule(
    "R24",
    REGULATION,
    "21 CFR 7",
    if_="FDA classifies the action as a recall",
    then="record class, recall number and event id; status reports, effectiveness checks, termination",
)
def recall(recall_classified: A) -> A:
    """The class is FDA's to give, never the firm's."""
    return recall_classified


@rule(
    "R25",
    REGULATION,
    "21 CFR 820.35(a); ISO 13485:2016 8.2.2",
    if_="a complaint alleges a security deficiency",
    then="a complaint record and an MDR evaluation, in parallel with the case",
)
def security_complaint(complaint_alleges_security: A) -> A:
    """The complaint process is not replaced by the vulnerability case."""
    return complaint_alleges_security


RULES: tuple[Rule, ...] = tuple(_TABLE)
