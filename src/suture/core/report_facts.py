"""What the reporting rules ask about one case and one device: three-valued, so that unknown is never "no".

Each field is a sentence somebody can answer. The room that knows the answer fills it in; what nobody answered
stays unknown, and a rule that hangs on it is reported as open instead of being decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from suture.core.enforcement import Enforcement
from suture.core.facts import Answer
from suture.core.risk import Outcome

# Section 524B(b)(2) binds submissions made on or after this day: 90 days after 29 Dec 2022.
CYBER_DEVICE_SINCE = date(2023, 3, 29)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """Everything R1 to R25 read. Answers default to unknown; `verdict` is None until there is one.

    `verdict` is the residual risk as signed when the action was decided on. The risk that a later control or fix
    brings down again does not undo it: what was corrected was an uncontrolled risk, and R9 asks about that.
    """

    # the device
    investigational: Answer = Answer.UNKNOWN
    pma: Answer = Answer.UNKNOWN
    hde: Answer = Answer.UNKNOWN
    cleared_510k: Answer = Answer.UNKNOWN
    tracking_order: Answer = Answer.UNKNOWN
    sponsor_software: Answer = Answer.UNKNOWN
    can_connect: Answer = Answer.UNKNOWN
    can_be_threatened: Answer = Answer.UNKNOWN
    submitted_since_524b: Answer = Answer.UNKNOWN
    # what happened
    death_or_serious_injury: Answer = Answer.UNKNOWN
    malfunction: Answer = Answer.UNKNOWN
    likely_on_recurrence: Answer = Answer.UNKNOWN
    qualified_person_objects: Answer = Answer.UNKNOWN
    remedial_action_needed: Answer = Answer.UNKNOWN
    fda_written_request: Answer = Answer.UNKNOWN
    complaint_alleges_security: Answer = Answer.UNKNOWN
    # the risk
    verdict: Outcome | None = None  # residual risk; None or JUDGEMENT: not decided
    inherent_verdict: Outcome | None = None
    privacy_only: Answer = Answer.UNKNOWN
    safety_affected: Answer = Answer.UNKNOWN
    secrets_exposed: Answer = Answer.UNKNOWN
    serious_harm_probable: Answer = Answer.UNKNOWN
    # what we do about it
    remediation_exists: Answer = Answer.UNKNOWN
    new_vulnerability_information: Answer = Answer.UNKNOWN
    device_changed: Answer = Answer.UNKNOWN
    change_affects_safety: Answer = Answer.UNKNOWN
    initiated: Answer = Answer.UNKNOWN
    reported_elsewhere: Answer = Answer.UNKNOWN
    stock_recovery: Answer = Answer.UNKNOWN
    market_withdrawal: Answer = Answer.UNKNOWN
    routine_servicing: Answer = Answer.UNKNOWN
    report_806_submitted: Answer = Answer.UNKNOWN
    extended: Answer = Answer.UNKNOWN
    recall_classified: Answer = Answer.UNKNOWN
    # FDA's enforcement policy
    condition_1: Answer = Answer.UNKNOWN
    condition_2: Answer = Answer.UNKNOWN
    condition_3: Answer = Answer.UNKNOWN
    condition_4: Answer = Answer.UNKNOWN
    participant: Answer = Answer.UNKNOWN
    isao_given: Answer = Answer.UNKNOWN
    # dates the sentences name; they decide nothing
    due_806: date | None = None
    days_late: int = 0

    @property
    def controlled(self) -> Answer:
        """Whether the residual risk is controlled; a judgement that is not signed is unknown."""
        return _verdict_is(self.verdict, Outcome.CONTROLLED)

    @property
    def uncontrolled(self) -> Answer:
        """Whether the residual risk is uncontrolled; a judgement that is not signed is unknown."""
        return _verdict_is(self.verdict, Outcome.UNCONTROLLED)

    def answer(self, name: str) -> Answer:
        """One input of a rule by its name."""
        value = getattr(self, name)
        assert isinstance(value, Answer), name  # a rule reads answers only; a test runs every rule
        return value


def _verdict_is(verdict: Outcome | None, outcome: Outcome) -> Answer:
    if verdict is None or verdict is Outcome.JUDGEMENT:
        return Answer.UNKNOWN
    return Answer.of(verdict is outcome)


# Each answer as the sentence it answers.
SAYS: Mapping[str, str] = MappingProxyType(
    {
        "investigational": "the device is investigational",
        "pma": "the device is approved by a PMA",
        "hde": "the device is approved by an HDE",
        "cleared_510k": "the device is cleared by a 510(k)",
        "tracking_order": "FDA issued a tracking order for the device",
        "sponsor_software": "the device includes software validated, installed or authorized by the sponsor",
        "can_connect": "the device has the ability to connect to the internet",
        "can_be_threatened": "the device has technological characteristics vulnerable to cyber threats",
        "submitted_since_524b": "a submission for the device was made on or after 29 March 2023",
        "death_or_serious_injury": "the device may have caused or contributed to a death or serious injury",
        "malfunction": "the device malfunctioned",
        "likely_on_recurrence": "the malfunction would be likely to cause or contribute to a death or serious injury "
        "if it were to recur",
        "qualified_person_objects": "a person qualified to make a medical judgment reasonably concluded "
        "that the event is not reportable",
        "remedial_action_needed": "remedial action is necessary to prevent an unreasonable risk "
        "of substantial harm to the public health",
        "fda_written_request": "FDA asked in writing for 5-day reports",
        "complaint_alleges_security": "a complaint alleges a security deficiency",
        "privacy_only": "a recorded finding says that only confidentiality of personal data is affected",
        "safety_affected": "safety or essential performance is affected",
        "secrets_exposed": "passwords, keys or session data are exposed",
        "serious_harm_probable": "there is a reasonable probability that use or exposure will cause "
        "serious adverse health consequences or death",
        "remediation_exists": "the risk is remediated, or a remediation is under way",
        "new_vulnerability_information": "there is new information on a vulnerability of the device",
        "device_changed": "the device is changed, or a compensating control is introduced",
        "change_affects_safety": "the change affects the safety or effectiveness of the device",
        "initiated": "a correction or removal is initiated",
        "reported_elsewhere": "the correction or removal itself was reported under 21 CFR 803 or 1004",
        "stock_recovery": "the action is a stock recovery",
        "market_withdrawal": "the action is a market withdrawal",
        "routine_servicing": "the action is routine servicing",
        "report_806_submitted": "the 806 report is submitted",
        "extended": "the correction or removal is extended to additional lots, batches or versions",
        "recall_classified": "FDA classified the action as a recall",
        "condition_1": "no serious adverse event or death is known to be associated with the vulnerability",
        "condition_2": "customers were told, controls named and a plan made by day 30",
        "condition_3": "the fix was validated and distributed by day 60 with acceptable residual risk",
        "condition_4": "the firm is an active ISAO participant and gave the ISAO the communication",
        "participant": "the firm was an active ISAO participant when customers were notified",
        "isao_given": "the ISAO was given the customer communication upon notification",
        "controlled": "the residual risk of patient harm is controlled",
        "uncontrolled": "the residual risk of patient harm is uncontrolled",
    }
)


def with_enforcement(facts: ReportFacts, enforcement: Enforcement) -> ReportFacts:
    """Fill in what the four conditions say: their answers, participation, initiation and the 806 date.

    That a correction was initiated is taken from its dated fact; without one, what `facts` says of it stands.
    """
    one, two, three, four = (condition.answer for condition in enforcement.conditions)
    clock = enforcement.report_806
    return replace(
        facts,
        condition_1=one,
        condition_2=two,
        condition_3=three,
        condition_4=four,
        participant=enforcement.participant,
        isao_given=enforcement.isao_given,
        initiated=facts.initiated if clock.started_on is None else Answer.YES,
        due_806=clock.due_on,
        days_late=clock.days_late(enforcement.as_of),
    )


def submitted_since(last_submission: date | None) -> Answer:
    """Say whether the last submission for a device falls under section 524B; None, not known, is unknown.

    Source: FD&C Act §524B, effective 29 March 2023.
    """
    return Answer.of(None if last_submission is None else last_submission >= CYBER_DEVICE_SINCE)
