"""What several scenes do alike: begin a case, answer for every release, put both axes on record, sign."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from suture.accounts.models import Person
from suture.assessment.models import Assessment, Case
from suture.assessment.queries import unanswered
from suture.assessment.services import (
    answer_impact,
    assess_exploitability,
    assess_harm,
    open_case,
    propose_assessment,
    record_fact,
    sign_assessment,
    start_assessment,
)
from suture.core.exploitability import ExploitabilityMetrics
from suture.core.facts import Answer, FactKind
from suture.core.harm import HarmSeverity
from suture.core.risk import Outcome
from suture.core.roles import Role
from suture.core.vex import Justification, VexStatus
from suture.demo.people import PASSWORD
from suture.demo.stage import Stage
from suture.intelligence.models import Vulnerability
from suture.intelligence.queries import vulnerability_by_any_id
from suture.inventory.models import Release
from suture.reporting.services import take_step


class Attack(NamedTuple):
    """The six factors of exploitability, each with its reason."""

    letters: str  # 'AV:N AC:L PR:N UI:N E:P RC:C'
    why: Mapping[str, str]
    public_exploit: bool = False

    @property
    def metrics(self) -> ExploitabilityMetrics:
        """As the core reads them."""
        return ExploitabilityMetrics(**dict(part.split(":") for part in self.letters.split()))


class Harm(NamedTuple):
    """The severity of harm with its chain; `privacy` where only personal data is at stake."""

    severity: HarmSeverity | None
    function: str
    hazard: str
    situation: str
    harm: str
    rationale: str
    serious_probable: Answer = Answer.NO
    safety_affected: Answer = Answer.YES
    secrets_exposed: Answer = Answer.UNKNOWN
    multi_patient: Answer = Answer.UNKNOWN


def known(stage: Stage, any_id: str) -> Vulnerability:
    """A vulnerability of the feeds."""
    return vulnerability_by_any_id(any_id, stage["tomas"])


def begin(
    stage: Stage, vulnerability: Vulnerability, *, because: str, learned: int | None = None, source: str = "",
    releases: Iterable[Release] = (), owner: str = "tomas",
) -> Case:  # fmt: skip
    """Open a case and put on record how many days ago somebody here could first have known."""
    case = open_case(
        vulnerability=vulnerability, by=stage["tomas"], because=because, releases=list(releases), owner=stage[owner]
    )
    if learned is not None:
        record_fact(
            case_uid=case.uid, kind=FactKind.LEARNED_CANDIDATE, by=stage["tomas"], happened_on=stage.ago(learned),
            detail={"source": source}, evidence=source,
        )  # fmt: skip
    return case


def affected(stage: Stage, case: Case, *names: str, action: str, evidence: str) -> None:
    """Answer that releases are affected, and what their users should do."""
    answer_impact(
        case_uid=case.uid, release_uids=[r.uid for r in stage.releases(*names)], status=VexStatus.AFFECTED,
        by=stage["jana"], action=action, evidence=evidence,
    )  # fmt: skip


def not_affected(
    stage: Stage, case: Case, *names: str, justification: Justification, evidence: str, impact: str = ""
) -> None:
    """Answer that releases are not affected, and why."""
    answer_impact(
        case_uid=case.uid, release_uids=[r.uid for r in stage.releases(*names)], status=VexStatus.NOT_AFFECTED,
        by=stage["jana"], justification=justification, evidence=evidence, impact=impact,
    )  # fmt: skip


def rest_not_affected(
    stage: Stage, case: Case, *, impact: str, evidence: str,
    justification: Justification = Justification.COMPONENT_NOT_PRESENT,
) -> None:  # fmt: skip
    """Answer for every release that is left, those in development too (F §X.B.v): by review of what it is made of.

    Not by matching alone: the demo's handful of records is no watch over the world, so its silence shows nothing.
    """
    left = [release.uid for release in unanswered(case)]
    answer_impact(
        case_uid=case.uid, release_uids=left, status=VexStatus.NOT_AFFECTED, by=stage["jana"], impact=impact,
        justification=justification, evidence=evidence,
    )  # fmt: skip


def judge(
    stage: Stage, case: Case, device: str, attack: Attack, harm: Harm, physician: str, *, security: str = "tomas"
) -> Assessment:
    """Put both axes on record, each by its own people, and hand the assessment over to be signed."""
    row = start_assessment(case_uid=case.uid, product=stage.product(device), by=stage[security])
    assess_exploitability(
        assessment_uid=row.uid, by=stage[security], metrics=attack.metrics, rationale=attack.why,
        public_exploit=attack.public_exploit,
    )  # fmt: skip
    judge_harm(row, stage[physician], harm)
    return propose_assessment(assessment_uid=row.uid, by=stage[security], because="Both axes are judged.")


def judge_harm(row: Assessment, physician: Person, harm: Harm) -> None:
    """The physician's part alone."""
    assess_harm(
        assessment_uid=row.uid, by=physician, severity=harm.severity, function=harm.function, hazard=harm.hazard,
        situation=harm.situation, harm=harm.harm, rationale=harm.rationale, serious_probable=harm.serious_probable,
        safety_affected=harm.safety_affected, secrets_exposed=harm.secrets_exposed, multi_patient=harm.multi_patient,
        privacy_only=harm.severity is None,
    )  # fmt: skip


def signed(stage: Stage, row: Assessment, by: str, because: str, judgement: Outcome | None = None) -> None:
    """Sign an assessment with the demo's password."""
    sign_assessment(assessment_uid=row.uid, by=stage[by], password=PASSWORD, because=because, judgement=judgement)


def step(stage: Stage, case: Case, verb: str, by: str, because: str = "", *, role: Role | None = None) -> Case:
    """Take a case one step further; signed steps are signed."""
    return take_step(case_uid=case.uid, verb=verb, by=stage[by], because=because, password=PASSWORD, as_role=role)


def fact(stage: Stage, case: Case, kind: FactKind, days: int, by: str, evidence: str, **detail: str) -> None:
    """Record what was so some days ago, on a working day."""
    record_fact(
        case_uid=case.uid, kind=kind, by=stage[by], happened_on=stage.weekday(days), detail=detail, evidence=evidence
    )
