"""The life cycles of Suture's records as tables: case, assessment, control, 806 report, ISAO submission, release, SBOM.

Source: the life cycles follow FDA, Postmarket Management of Cybersecurity in Medical Devices (28 Dec 2016),
21 CFR 806 and 21 CFR 11.10(f); the cutting into states is Suture's own. A dagger in the docs marks a signature.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from suture.core.campaigns import CAMPAIGN, UNIT
from suture.core.communications import NOTICE
from suture.core.controls import CONTROL_ENTRY
from suture.core.plans import PLAN
from suture.core.roles import Role
from suture.core.servicing import WORK_ORDER
from suture.core.workflow import Guard, Step, Workflow

PSIRT, CLINICAL, RA, QUALITY = Role.PSIRT, Role.CLINICAL_SAFETY, Role.REGULATORY_AFFAIRS, Role.QUALITY
ENGINEERING, FIELD, COORDINATOR = Role.ENGINEERING, Role.FIELD_SERVICE, Role.COORDINATOR


class CaseState(StrEnum):
    """Where a case stands: one vulnerability and one set of devices."""

    OPEN = "open"
    ANALYSING = "analysing"
    ASSESSED = "assessed"
    NOT_AFFECTED = "not_affected"
    CONTROLLED = "controlled"
    UNCONTROLLED = "uncontrolled"
    IMPROVING = "improving"
    ACCEPTED = "accepted"
    MITIGATING = "mitigating"
    INTERIM_CONTROLLED = "interim_controlled"
    FIXING = "fixing"
    REMEDIATED = "remediated"
    FOLLOW_UP = "follow_up"
    CLOSED = "closed"
    REOPENED = "reopened"

    @property
    def label(self) -> str:
        """The state as a person reads it: 'interim controlled'."""
        return self.value.replace("_", " ")

    @property
    def needs_fix(self) -> bool:
        """True while the risk was found uncontrolled and is not remediated; an interim control does not end it."""
        return self in _NEEDS_FIX


_NEEDS_FIX = {CaseState.UNCONTROLLED, CaseState.MITIGATING, CaseState.INTERIM_CONTROLLED, CaseState.FIXING}


class CaseGuard(Guard):
    """The facts that open a case's steps. The room that owns the last of them takes the step."""

    LEARNED_SET = "learned_set"
    IMPACT_ANSWERED = "impact_answered"
    ASSESSMENT_SIGNED = "assessment_signed"
    NONE_AFFECTED = "none_affected"
    ALL_CONTROLLED = "all_controlled"
    ONE_UNCONTROLLED = "one_uncontrolled"
    RATIONALE_RECORDED = "rationale_recorded"
    PERIODIC_ITEM_SETTLED = "periodic_item_settled"
    REASSESS_DATE_SET = "reassess_date_set"
    DECISION_STARTED = "decision_started"
    CONTROLS_VERIFIED = "controls_verified"
    NO_CONTROL_FEASIBLE = "no_control_feasible"
    CUSTOMERS_TOLD = "customers_told"
    PLAN_WITH_RATIONALE = "plan_with_rationale"
    FIX_VALIDATED = "fix_validated"
    FIX_DISTRIBUTED = "fix_distributed"
    RESIDUAL_ACCEPTABLE = "residual_acceptable"
    FOLLOW_UP_PLANNED = "follow_up_planned"
    EFFECTIVENESS_MET = "effectiveness_met"
    REPORTS_FILED = "reports_filed"
    REOPENING_REASON = "reopening_reason"

    @property
    def says(self) -> str:
        """The fact as a sentence that is true when the guard is met."""
        return _CASE_GUARDS[self]


G = CaseGuard
_CASE_GUARDS = {
    G.LEARNED_SET: "the day of learning is set (one later than the first signal is signed)",
    G.IMPACT_ANSWERED: "every concerned device and release has an answer: affected, not affected and why, fixed",
    G.ASSESSMENT_SIGNED: "the assessment is signed",
    G.NONE_AFFECTED: "no device of the case is affected",
    G.ALL_CONTROLLED: "the risk is controlled for every device of the case, and was not acted on as uncontrolled",
    G.ONE_UNCONTROLLED: "the risk is, or was when it was acted on, uncontrolled for at least one device of the case",
    G.RATIONALE_RECORDED: "the rationale for not reporting is recorded and signed as 21 CFR 806.20 describes",
    G.PERIODIC_ITEM_SETTLED: "the periodic-report item is queued, or the device has no periodic report",
    G.REASSESS_DATE_SET: "a date of re-assessment is set",
    G.DECISION_STARTED: "the regulatory decision on 806 is started",
    G.CONTROLS_VERIFIED: "the interim compensating controls are verified and add no greater risk",
    G.NO_CONTROL_FEASIBLE: "no interim compensating control is feasible, with the reason recorded",
    G.CUSTOMERS_TOLD: "customers and user community are told, with all the content the guidance asks for",
    G.PLAN_WITH_RATIONALE: "the remediation plan is made, with the rationale for its timeline",
    G.FIX_VALIDATED: "the fix is validated, or a long-term control is signed as viable",
    G.FIX_DISTRIBUTED: "the deployable fix is distributed, or a long-term control is signed as viable",
    G.RESIDUAL_ACCEPTABLE: "the residual risk after it is signed as acceptable",
    G.FOLLOW_UP_PLANNED: "follow-up with end users is planned",
    G.EFFECTIVENESS_MET: "the effectiveness checks are met",
    G.REPORTS_FILED: "every report that is owed is filed",
    G.REOPENING_REASON: "a reason is recorded: new exploit, known exploitation, adverse event, failed control, version",
}

C = CaseState
_ANYWHERE = frozenset(CaseState) - {C.REOPENED}

CASE: Workflow[CaseState] = Workflow(
    "case",
    # verb, from, to, who, †, guard
    Step("start_analysis", {C.OPEN}, C.ANALYSING, {PSIRT}, False, (G.LEARNED_SET,), "taken into analysis"),
    Step(
        "finish_assessment",
        {C.ANALYSING},
        C.ASSESSED,
        {PSIRT, CLINICAL},
        True,
        (G.IMPACT_ANSWERED, G.ASSESSMENT_SIGNED),
        "assessed",
    ),
    Step("find_not_affected", {C.ASSESSED}, C.NOT_AFFECTED, {PSIRT}, True, (G.NONE_AFFECTED,), "found not affected"),
    Step(
        "find_controlled",
        {C.ASSESSED},
        C.CONTROLLED,
        {PSIRT, CLINICAL},
        True,
        (G.ALL_CONTROLLED,),
        "found controlled",
    ),
    Step(
        "find_uncontrolled",
        {C.ASSESSED},
        C.UNCONTROLLED,
        {PSIRT, CLINICAL},
        True,
        (G.ONE_UNCONTROLLED,),
        "found uncontrolled",
    ),
    Step(
        "improve",
        {C.CONTROLLED},
        C.IMPROVING,
        {PSIRT, ENGINEERING},
        False,
        (G.ALL_CONTROLLED, G.RATIONALE_RECORDED, G.PERIODIC_ITEM_SETTLED, G.REASSESS_DATE_SET),
        "improved by a routine update",
    ),
    Step(
        "accept",
        {C.CONTROLLED, C.IMPROVING},
        C.ACCEPTED,
        {RA, QUALITY},
        True,
        (G.ALL_CONTROLLED, G.RATIONALE_RECORDED, G.PERIODIC_ITEM_SETTLED, G.REASSESS_DATE_SET),
    ),
    Step(
        "close",
        {C.CONTROLLED, C.IMPROVING, C.ACCEPTED},
        C.CLOSED,
        {RA, QUALITY},
        True,
        (G.ALL_CONTROLLED, G.RATIONALE_RECORDED, G.PERIODIC_ITEM_SETTLED, G.REASSESS_DATE_SET),
    ),
    Step("close", {C.NOT_AFFECTED}, C.CLOSED, {PSIRT, QUALITY}, True, (G.NONE_AFFECTED,)),
    Step("mitigate", {C.UNCONTROLLED}, C.MITIGATING, {RA, PSIRT}, True, (G.DECISION_STARTED,)),
    Step(
        "control_interim",
        {C.MITIGATING},
        C.INTERIM_CONTROLLED,
        {PSIRT, CLINICAL},
        False,
        (G.CONTROLS_VERIFIED, G.CUSTOMERS_TOLD, G.PLAN_WITH_RATIONALE),
        "called interim controlled",
    ),
    Step("fix", {C.INTERIM_CONTROLLED}, C.FIXING, {ENGINEERING, PSIRT}),
    # Ours: a case in which no interim control is feasible would otherwise have no way to its fix.
    Step(
        "fix",
        {C.MITIGATING},
        C.FIXING,
        {ENGINEERING, PSIRT},
        False,
        (G.NO_CONTROL_FEASIBLE, G.CUSTOMERS_TOLD, G.PLAN_WITH_RATIONALE),
    ),
    Step(
        "remediate",
        {C.FIXING},
        C.REMEDIATED,
        {PSIRT, CLINICAL},
        True,
        (G.FIX_VALIDATED, G.FIX_DISTRIBUTED, G.RESIDUAL_ACCEPTABLE),
    ),
    Step("follow_up", {C.REMEDIATED}, C.FOLLOW_UP, {PSIRT, FIELD}, False, (G.FOLLOW_UP_PLANNED,), "followed up"),
    Step(
        "close",
        {C.FOLLOW_UP},
        C.CLOSED,
        {RA, QUALITY},
        True,
        (G.EFFECTIVENESS_MET, G.REPORTS_FILED, G.PERIODIC_ITEM_SETTLED),
    ),
    Step("reopen", _ANYWHERE, C.REOPENED, {PSIRT, CLINICAL, RA, QUALITY}, False, (G.REOPENING_REASON,)),
    Step("start_analysis", {C.REOPENED}, C.ANALYSING, {PSIRT}, False, (G.LEARNED_SET,), "taken into analysis"),
    start=C.OPEN,
)


class AssessmentState(StrEnum):
    """Where one version of an assessment stands. An approved one is never edited; a new one supersedes it."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    SUPERSEDED = "superseded"


class AssessmentGuard(Guard):
    """The facts that open an assessment's steps."""

    EXPLOITABILITY_JUDGED = "exploitability_judged"
    HARM_JUDGED = "harm_judged"
    STATEMENT_APPROVED = "statement_approved"
    POLICY_APPROVED = "policy_approved"
    VERDICT_BINARY = "verdict_binary"
    SUCCESSOR_EXISTS = "successor_exists"

    @property
    def says(self) -> str:
        """The fact as a sentence that is true when the guard is met."""
        return _ASSESSMENT_GUARDS[self]


A = AssessmentGuard
_ASSESSMENT_GUARDS = {
    A.EXPLOITABILITY_JUDGED: "exploitability is judged by product security",
    A.HARM_JUDGED: "the severity of harm is judged by clinical safety",
    A.STATEMENT_APPROVED: "the device's statement of safety and essential performance is approved by signature",
    A.POLICY_APPROVED: "the risk matrix and the exploitability mapping are approved by signature",
    A.VERDICT_BINARY: "the verdict is controlled or uncontrolled; a judgement cell waits for two signatures",
    A.SUCCESSOR_EXISTS: "a later version of the assessment is approved",
}

AS = AssessmentState
ASSESSMENT: Workflow[AssessmentState] = Workflow(
    "assessment",
    Step(
        "propose",
        {AS.DRAFT},
        AS.IN_REVIEW,
        {PSIRT, CLINICAL},
        False,
        (A.EXPLOITABILITY_JUDGED, A.HARM_JUDGED),
    ),
    Step("return", {AS.IN_REVIEW}, AS.DRAFT, {PSIRT, CLINICAL}),
    Step(
        "sign",
        {AS.IN_REVIEW},
        AS.APPROVED,
        {PSIRT, CLINICAL},
        True,
        (A.EXPLOITABILITY_JUDGED, A.HARM_JUDGED, A.STATEMENT_APPROVED, A.POLICY_APPROVED, A.VERDICT_BINARY),
    ),
    Step("supersede", {AS.APPROVED}, AS.SUPERSEDED, {PSIRT, CLINICAL}, False, (A.SUCCESSOR_EXISTS,)),
    start=AS.DRAFT,
)


class ControlState(StrEnum):
    """Where a control stands. Only one that is verified and in use counts towards residual risk."""

    PROPOSED = "proposed"
    VERIFIED = "verified"
    RECOMMENDED = "recommended"
    IN_USE = "in_use"
    RETIRED = "retired"
    FAILED = "failed"
    EXPIRED = "expired"


ENDED_CONTROLS = frozenset({ControlState.RETIRED, ControlState.FAILED, ControlState.EXPIRED})


class ControlGuard(Guard):
    """The facts that open a control's steps."""

    EFFECT_VERIFIED = "effect_verified"
    NO_GREATER_RISK = "no_greater_risk"
    INSTRUCTIONS_WRITTEN = "instructions_written"
    USE_CONFIRMED = "use_confirmed"

    @property
    def says(self) -> str:
        """The fact as a sentence that is true when the guard is met."""
        return _CONTROL_GUARDS[self]


K = ControlGuard
_CONTROL_GUARDS = {
    K.EFFECT_VERIFIED: "its effect is verified, with evidence that the device still works",
    K.NO_GREATER_RISK: "it adds no greater risk to safety and essential performance than the vulnerability",
    K.INSTRUCTIONS_WRITTEN: "its instructions say who employs it, where, how, and the skill it needs",
    K.USE_CONFIRMED: "its use is confirmed",
}

CS = ControlState
CONTROL: Workflow[ControlState] = Workflow(
    "control",
    Step(
        "verify",
        {CS.PROPOSED},
        CS.VERIFIED,
        {ENGINEERING, CLINICAL},
        False,
        (K.EFFECT_VERIFIED, K.NO_GREATER_RISK),
        "verified",
    ),
    Step("recommend", {CS.VERIFIED}, CS.RECOMMENDED, {PSIRT}, False, (K.INSTRUCTIONS_WRITTEN,)),
    Step("confirm_in_use", {CS.RECOMMENDED}, CS.IN_USE, {FIELD, PSIRT}, False, (K.USE_CONFIRMED,), "confirmed in use"),
    Step("fail", {CS.PROPOSED, CS.VERIFIED, CS.RECOMMENDED, CS.IN_USE}, CS.FAILED, {PSIRT, CLINICAL, FIELD}),
    Step("retire", {CS.PROPOSED, CS.VERIFIED, CS.RECOMMENDED, CS.IN_USE}, CS.RETIRED, {PSIRT, ENGINEERING}),
    Step("expire", {CS.VERIFIED, CS.RECOMMENDED, CS.IN_USE}, CS.EXPIRED, {PSIRT, CLINICAL, ENGINEERING, QUALITY}),
    start=CS.PROPOSED,
)


class ReportState(StrEnum):
    """Where a correction or removal stands with respect to 21 CFR 806."""

    CANDIDATE = "candidate"
    NOT_REQUIRED = "not_required"
    CONTINGENT = "contingent"
    DUE = "due"
    DRAFTED = "drafted"
    APPROVED = "approved"
    SUBMITTED = "submitted"
    ACKNOWLEDGED = "acknowledged"
    AMENDED = "amended"
    CLOSED = "closed"


class ReportGuard(Guard):
    """The facts that open an 806 report's steps."""

    JUSTIFICATION_SIGNED = "justification_signed"
    DISCRETION_CLAIMED = "discretion_claimed"
    CONDITIONS_HOLD = "conditions_hold"
    CONDITION_FAILED = "condition_failed"
    CORRECTION_INITIATED = "correction_initiated"
    ITEMS_ANSWERED = "items_answered"
    NUMBER_GIVEN = "number_given"
    RECEIPT_STORED = "receipt_stored"
    EXTENSION_INITIATED = "extension_initiated"
    FOLLOW_UPS_DONE = "follow_ups_done"
    NOT_OWED = "not_owed"
    NOT_SENT = "not_sent"

    @property
    def says(self) -> str:
        """The fact as a sentence that is true when the guard is met."""
        return _REPORT_GUARDS[self]


R = ReportGuard
_REPORT_GUARDS = {
    R.JUSTIFICATION_SIGNED: "the 806.20 record with its justification is signed by the designated person",
    R.DISCRETION_CLAIMED: "FDA's enforcement policy is claimed by signature and no condition is false",
    R.CONDITIONS_HOLD: "all four conditions of the enforcement policy are true",
    R.CONDITION_FAILED: "a condition of the enforcement policy is false or unknown",
    R.CORRECTION_INITIATED: "a correction or removal is recorded as initiated",
    R.ITEMS_ANSWERED: "each of the 13 items is answered or says why not and when it will be",
    R.NUMBER_GIVEN: "the report has its number",
    R.RECEIPT_STORED: "FDA's acknowledgement is stored",
    R.EXTENSION_INITIATED: "an extension to further lots or versions is recorded as initiated",
    R.FOLLOW_UPS_DONE: "nothing that was promised for later is missing",
    R.NOT_OWED: "by the rules the action is not reportable under 806, or was reported under 803 or 1004",
    R.NOT_SENT: "it was not sent to FDA",
}

P = ReportState
REPORT_806: Workflow[ReportState] = Workflow(
    "806 report",
    Step(
        "record_not_required",
        {P.CANDIDATE},
        P.NOT_REQUIRED,
        {RA, QUALITY},
        True,
        (R.NOT_OWED, R.JUSTIFICATION_SIGNED),
        "recorded as not required",
    ),
    Step("claim_discretion", {P.CANDIDATE}, P.CONTINGENT, {RA}, True, (R.DISCRETION_CLAIMED,), "held as contingent"),
    Step("call_due", {P.CANDIDATE}, P.DUE, {RA, QUALITY}, False, (R.CORRECTION_INITIATED,), "called due"),
    Step("fall_due", {P.CONTINGENT}, P.DUE, {RA, QUALITY, PSIRT}, False, (R.CONDITION_FAILED,), "called due"),
    # Ours: FDA does not intend to enforce while the conditions hold; the file may rest, and wakes when one fails.
    Step("close", {P.CONTINGENT}, P.CLOSED, {RA, QUALITY}, True, (R.CONDITIONS_HOLD, R.JUSTIFICATION_SIGNED)),
    # a claim may be given up at any time: nothing stands in the way of a report
    Step(
        "reconsider",
        {P.NOT_REQUIRED, P.CONTINGENT, P.CLOSED},
        P.CANDIDATE,
        {RA, QUALITY},
        False,
        (R.NOT_SENT,),
        "reconsidered",
    ),
    Step("draft", {P.DUE}, P.DRAFTED, {RA, QUALITY}, done="drafted"),
    Step("approve", {P.DRAFTED}, P.APPROVED, {RA}, True, (R.ITEMS_ANSWERED,)),
    Step("return", {P.APPROVED}, P.DRAFTED, {RA}, done="returned for correction"),
    # the number holds the date of the report, so it is given when the report is sent (21 CFR 806.10(c)(1))
    Step("submit", {P.APPROVED}, P.SUBMITTED, {RA}, False, (R.NUMBER_GIVEN,), "submitted"),
    Step("acknowledge", {P.SUBMITTED}, P.ACKNOWLEDGED, {RA}, False, (R.RECEIPT_STORED,)),
    # an extension may begin when the file is closed already; a file that was never sent has nothing to amend
    Step(
        "amend",
        {P.SUBMITTED, P.ACKNOWLEDGED, P.CLOSED},
        P.AMENDED,
        {RA},
        True,
        (R.NUMBER_GIVEN, R.EXTENSION_INITIATED),
    ),
    Step("acknowledge", {P.AMENDED}, P.ACKNOWLEDGED, {RA}, False, (R.RECEIPT_STORED,)),
    Step("close", {P.ACKNOWLEDGED}, P.CLOSED, {RA, QUALITY}, True, (R.FOLLOW_UPS_DONE,)),
    start=P.CANDIDATE,
)


class IsaoState(StrEnum):
    """Where one submission to an ISAO stands."""

    PREPARED = "prepared"
    APPROVED = "approved"
    SENT = "sent"
    CONFIRMED = "confirmed"


class IsaoGuard(Guard):
    """The facts that open an ISAO submission's steps."""

    MARKING_CHECKED = "marking_checked"
    RECEIPT_STORED = "receipt_stored"

    @property
    def says(self) -> str:
        """The fact as a sentence that is true when the guard is met."""
        return _ISAO_GUARDS[self]


_ISAO_GUARDS = {
    IsaoGuard.MARKING_CHECKED: "its TLP marking is checked",
    IsaoGuard.RECEIPT_STORED: "the ISAO's receipt is stored",
}

ISAO_SUBMISSION: Workflow[IsaoState] = Workflow(
    "submission to an ISAO",
    Step(
        "approve",
        {IsaoState.PREPARED},
        IsaoState.APPROVED,
        {RA, COORDINATOR},
        True,
        (IsaoGuard.MARKING_CHECKED,),
    ),
    Step("send", {IsaoState.APPROVED}, IsaoState.SENT, {COORDINATOR, RA, PSIRT}, done="sent"),
    Step("confirm", {IsaoState.SENT}, IsaoState.CONFIRMED, {COORDINATOR, RA}, False, (IsaoGuard.RECEIPT_STORED,)),
    start=IsaoState.PREPARED,
)


class ReleaseState(StrEnum):
    """Where a release stands in its support life (IMDRF N70 for the support stages)."""

    PLANNED = "planned"
    BUILDING = "building"
    RELEASED = "released"
    SUPPORTED = "supported"
    LIMITED_SUPPORT = "limited_support"
    END_OF_SUPPORT = "end_of_support"
    RETIRED = "retired"


L = ReleaseState
RELEASE: Workflow[ReleaseState] = Workflow(
    "release",
    Step("build", {L.PLANNED}, L.BUILDING, {ENGINEERING, QUALITY}, done="built"),
    Step("release", {L.BUILDING}, L.RELEASED, {ENGINEERING, QUALITY}),
    Step("support", {L.RELEASED}, L.SUPPORTED, {ENGINEERING, QUALITY}),
    Step("limit_support", {L.SUPPORTED}, L.LIMITED_SUPPORT, {QUALITY}, done="given limited support"),
    Step("end_support", {L.SUPPORTED, L.LIMITED_SUPPORT}, L.END_OF_SUPPORT, {QUALITY}, done="taken out of support"),
    Step("retire", {L.PLANNED, L.BUILDING, L.END_OF_SUPPORT}, L.RETIRED, {QUALITY}),
    start=L.PLANNED,
)


class SbomState(StrEnum):
    """Where an imported SBOM stands. The document itself never changes; a later one supersedes it."""

    IMPORTED = "imported"
    CHECKED = "checked"
    APPROVED = "approved"
    SUPERSEDED = "superseded"


B = SbomState
SBOM: Workflow[SbomState] = Workflow(
    "SBOM",
    Step("check", {B.IMPORTED}, B.CHECKED, {PSIRT, ENGINEERING, QUALITY, Role.OPERATOR}),
    Step("approve", {B.CHECKED}, B.APPROVED, {PSIRT, ENGINEERING, QUALITY}, True),
    Step(
        "supersede",
        {B.IMPORTED, B.CHECKED, B.APPROVED},
        B.SUPERSEDED,
        {PSIRT, ENGINEERING, QUALITY, Role.OPERATOR},
    ),
    start=B.IMPORTED,
)

WORKFLOWS: tuple[Workflow[Any], ...] = (
    CASE, ASSESSMENT, CONTROL, REPORT_806, ISAO_SUBMISSION, RELEASE, SBOM, CONTROL_ENTRY, PLAN, CAMPAIGN, UNIT, NOTICE,
    WORK_ORDER,
)  # fmt: skip
