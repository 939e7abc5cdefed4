"""A case is opened, and moves from state to state: `move_case` is the only way."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from suture.accounts.models import Person, Tlp
from suture.accounts.services import new_uid, reauthenticate, require, sign
from suture.assessment.guards import own_guards
from suture.assessment.models import Case, CaseRelease, CaseStep
from suture.assessment.queries import answers_of, assessments_of, case_for, facts_of_case, in_force
from suture.assessment.services.facts import add_fact
from suture.assessment.services.taking import check_version, role_for, take_case, touch
from suture.core.calendar import local_date
from suture.core.cases import CASE, CaseGuard, CaseState
from suture.core.errors import InvalidValue, NotAllowed
from suture.core.facts import Answer, FactKind
from suture.core.ids import human_number
from suture.core.milestones import learned_on
from suture.core.roles import Role
from suture.core.workflow import Guard
from suture.detection.models import Finding
from suture.evidence.canonical import digest
from suture.evidence.clock import now, today
from suture.evidence.services import record
from suture.intelligence.models import Vulnerability
from suture.inventory.models import Establishment, Release
from suture.policy.services import next_number


def open_case(
    *, vulnerability: Vulnerability, by: Person, because: str, releases: Collection[Release] = (),
    establishment: Establishment | None = None, owner: Person | None = None, tlp: Tlp | None = None,
) -> Case:  # fmt: skip
    """Open a case: one vulnerability, the releases with a finding of it, and those named.

    The earliest finding of it is written down at once as a possible day of learning, so the clocks run from the
    first match even if nobody had opened it; without one they run from the opening, and never later than in an
    earlier case. The case stands behind the vulnerability's wall.

    Args:
        establishment: the responsible site; by default that of the first release's device.

    Raises:
        InvalidValue: no release is concerned; or another case of this vulnerability is open.
        NotAllowed: the person may not.
    """
    with transaction.atomic():
        require(by, "case.open", vulnerability)
        vulnerability = Vulnerability.objects.select_for_update(of=("self",)).get(pk=vulnerability.pk)
        findings = list(Finding.objects.filter(vulnerability=vulnerability).select_related("release__product"))
        concerned = _concerned(releases, findings)
        standing = vulnerability.cases.exclude(state=CaseState.CLOSED).first()
        if standing is not None:
            raise InvalidValue(f"{vulnerability.preferred_id} has an open case, {standing.number}; work there")
        site = establishment or concerned[0].product.establishment
        day = today(site.time_zone)
        case = Case.objects.create(
            uid=new_uid(), number=human_number("C", day, next_number(f"case-{day.year}")), vulnerability=vulnerability,
            establishment=site, owner=owner or by, wall=vulnerability.wall, tlp=tlp or _tlp_of(vulnerability),
            opened_at=now(), because=because,
        )  # fmt: skip
        CaseRelease.objects.bulk_create(CaseRelease(uid=new_uid(), case=case, release=r) for r in concerned)
        record(
            by=by, did="case.opened", to=case, because=because,
            facts={"vulnerability": vulnerability.preferred_id, "releases": [r.label for r in concerned]},
        )  # fmt: skip
        _propose_learned(case, findings, by)
    return case


def _concerned(releases: Iterable[Release], findings: Iterable[Finding]) -> list[Release]:
    found = {
        release.pk: release for release in [*releases, *(finding.release for finding in findings if finding.standing)]
    }
    if not found:
        raise InvalidValue("name at least one release the case concerns; there is no finding to take it from")
    rows = Release.objects.filter(pk__in=found).select_related("product__establishment")
    return sorted(rows, key=lambda r: (r.product.brand_name, r.version))


def _tlp_of(vulnerability: Vulnerability) -> str:
    """At least AMBER: what we make of it is for those who need it, however public the vulnerability is."""
    return vulnerability.tlp if vulnerability.tlp in (Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED) else Tlp.AMBER


def _propose_learned(case: Case, findings: Iterable[Finding], by: Person) -> None:
    """Put the first match on record as a possible day of learning, and what earlier cases of it were run from.

    Whoever opens a case has learned of it: where there is no match, the day of opening is the candidate.
    """
    first = min(findings, key=lambda finding: finding.first_seen, default=None)
    if first is not None:
        add_fact(
            case, FactKind.LEARNED_CANDIDATE, local_date(first.first_seen, case.establishment.time_zone), by,
            happened_at=first.first_seen,
            detail={"source": f"first match: {first.release.label}", "finding": str(first.uid)},
            evidence=f"finding of {case.vulnerability.preferred_id} in {first.release.label}, first seen "
            f"{first.first_seen:%Y-%m-%d %H:%M} UTC",
        )  # fmt: skip
    else:
        add_fact(
            case, FactKind.LEARNED_CANDIDATE, today(case.establishment.time_zone), by, happened_at=case.opened_at,
            detail={"source": "case opened"}, evidence=f"{case.number} opened by {by.printed_name}",
        )  # fmt: skip
    for earlier in case.vulnerability.cases.exclude(pk=case.pk).order_by("opened_at"):
        learned = learned_on(facts_of_case(earlier))
        if learned is not None:
            on = min(learned, today(case.establishment.time_zone))  # another site may have been a day ahead
            add_fact(
                case, FactKind.LEARNED_CANDIDATE, on, by, detail={"source": f"learned in {earlier.number}"},
                evidence=f"day 0 of {earlier.number}",
            )  # fmt: skip


def hand_over(*, case_uid: UUID | str, to: Person, by: Person, because: str) -> Case:
    """Give a case another owner."""
    with transaction.atomic():
        case = take_case(case_uid, by, "case.move")
        before, case.owner = case.owner, to
        touch(case, "owner")
        record(by=by, did="case.handed_over", to=case, because=because, facts={"from": before.uid, "to": to.uid})
    return case


def set_reassessment(*, case_uid: UUID | str, on: date, by: Person, because: str, version: int | None = None) -> Case:
    """Set the day by which the risk is assessed again.

    Raises:
        InvalidValue: the day has come already.

    Source: FDA 2016 §V.B, §VII: re-assess regularly, also what is no risk today.
    """
    with transaction.atomic():
        case = take_case(case_uid, by, "case.move", version)
        if on <= today(case.establishment.time_zone):
            raise InvalidValue("a date of re-assessment lies in the future")
        before, case.reassess_on = case.reassess_on, on
        touch(case, "reassess_on")
        record(by=by, did="case.reassessment_set", to=case, because=because, facts={"before": before, "on": on})
    return case


def move_case(
    *, case_uid: UUID | str, verb: str, by: Person, because: str = "", facts: Mapping[Guard, Answer] | None = None,
    password: str | None = None, as_role: Role | None = None, version: int | None = None,
) -> Case:  # fmt: skip
    """Take a case through one step of its table; there is no other way to change its state.

    Args:
        facts: guards a later room owns (decision started, reports filed …). What this room owns it reads itself.
        password: asked for where the table says that the step is signed.
        as_role: the role to sign in, for a person who holds several that may.

    Raises:
        NotAllowed: the table, the role, a guard or the missing signature forbids it; the sentence names everything.
        Conflict: somebody changed the case after `version`.
    """
    seen = case_for(by, case_uid)
    require(by, "case.move", seen)
    step = CASE.step(seen.at, verb)
    if step.signature:
        role_for(by, step.who, as_role)
        if password is None:
            raise NotAllowed(f"a case is {step.done} by signature: give your password")
        reauthenticate(by, password)
    with transaction.atomic():
        case = take_case(case_uid, by, "case.move", version, closed_too=True)
        if case.state != seen.state:  # somebody took a step between our look and our lock
            check_version(case, seen.version)
        known: dict[Guard, Answer] = {**(facts or {}), **own_guards(case, today(case.establishment.time_zone))}
        known[CaseGuard.REOPENING_REASON] = Answer.of(bool(because.strip()))
        before = case.at
        case.state = after = CASE.require(before, verb, roles=by.roles, facts=known, signed=step.signature)
        touch(case, "state")
        taken = CaseStep.objects.create(
            uid=new_uid(), case=case, verb=verb, from_state=before, to_state=after, at=now(), by=by, because=because,
            facts={guard.value: known.get(guard, Answer.UNKNOWN).value for guard in step.guard},
            basis=_basis(case), case_version=case.version,
        )  # fmt: skip
        if step.signature:
            sign(
                by=by, to=taken, digest=digest(taken.content()), meaning=f"case {step.done}",
                as_role=role_for(by, step.who, as_role), because=because,
            )  # fmt: skip
        record(
            by=by, did=f"case.{verb}", to=case, because=because,
            facts={"from": before, "to": after, "step": taken.uid, "facts": taken.facts},
        )  # fmt: skip
    return case


def _basis(case: Case) -> dict[str, Any]:
    """What a step rests on, by digest: every impact answer, every assessment in force."""
    answers = {
        str(a.release.uid): {
            "status": a.status,
            "justification": a.justification,
            "impact": a.impact,
            "action": a.action,
        }
        for a in answers_of(case)
    }
    assessments = {str(a.uid): digest(a.content()) for a in in_force(assessments_of(case)).values()}
    return {"verdict": case.verdict, "answers": digest(answers), "assessments": assessments}
