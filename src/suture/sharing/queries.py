"""Reads of sharing: are we an active ISAO participant, what was the ISAO given, what does a release's VEX say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from uuid import UUID, uuid5

from django.db.models import Q, QuerySet

from suture.accounts.models import Person, Tlp
from suture.accounts.queries import visible
from suture.assessment.models import Case, CaseRelease
from suture.assessment.queries import cases_for
from suture.core import isao as isao_rules
from suture.core.errors import NotFound
from suture.core.facts import Answer
from suture.core.isao import CriterionEvidence, IsaoCriterion
from suture.core.vex import Justification, VexDocument, VexProduct, VexStatement, VexStatus
from suture.detection.models import Finding
from suture.evidence.clock import now, today
from suture.intelligence.models import Vulnerability
from suture.intelligence.queries import aliases_by_vulnerability
from suture.inventory.models import Component, Release
from suture.policy.queries import installation
from suture.sharing.models import CriterionRecord, IsaoMembership, IsaoSubmission, VexPublication

_STAYS_INSIDE = (Tlp.AMBER_STRICT, Tlp.RED)  # TLP 2.0: AMBER+STRICT for the organisation alone, RED for named persons


# ---------------------------------------------------------------- ISAO
def standing_records() -> QuerySet[CriterionRecord]:
    """Evidence of the criteria that nobody corrected."""
    return CriterionRecord.objects.filter(superseded_by=None).select_related("membership", "by")


def memberships() -> list[isao_rules.IsaoMembership]:
    """Our ISAO memberships with their standing evidence, as the core reads them; one query."""
    rows = IsaoMembership.objects.filter(records__superseded_by=None).order_by(
        "isao", "records__criterion", "records__since", "records__pk"
    )
    found: dict[str, list[CriterionEvidence]] = {}
    for isao, criterion, holds, since, until, evidence in rows.values_list(
        "isao", "records__criterion", "records__holds", "records__since", "records__until", "records__evidence"
    ):
        shown = found.setdefault(isao, [])
        if criterion is not None:  # a membership without evidence
            shown.append(
                CriterionEvidence(
                    criterion=IsaoCriterion(criterion), holds=Answer(holds), since=since, until=until,
                    evidence=evidence,
                )
            )  # fmt: skip
    return [isao_rules.IsaoMembership(name, tuple(evidence)) for name, evidence in found.items()]


def active_participant(on: date) -> Answer:
    """Whether we actively participated in at least one ISAO on a day: all four criteria, each valid on it.

    Unknown where nothing is recorded; no where what is recorded had lapsed.
    Source: FDA 2016 §IX.
    """
    return isao_rules.active_participant(memberships(), on)


def membership_named(isao: str) -> IsaoMembership:
    """One membership by the ISAO's name or its uid.

    Raises:
        NotFound: there is none.
    """
    wanted = Q(isao__iexact=isao)
    with suppress(ValueError):
        wanted |= Q(uid=UUID(isao))
    row = IsaoMembership.objects.filter(wanted).first()
    if row is None:
        raise NotFound(f"no membership in an ISAO called '{isao}' is recorded")
    return row


def submissions_of(case: Case) -> QuerySet[IsaoSubmission]:
    """What an ISAO was given about a case, newest first."""
    return case.isao_submissions.select_related("membership", "by")


def submissions_for(person: Person) -> QuerySet[IsaoSubmission]:
    """Everything an ISAO was given, as far as this person may know of it, newest first."""
    return IsaoSubmission.objects.filter(case__in=cases_for(person)).select_related("membership", "case", "by")


# ---------------------------------------------------------------- VEX
def publications_of(release: Release) -> QuerySet[VexPublication]:
    """The VEX documents of a release, newest version first in each dialect."""
    return release.vex_documents.select_related("by").order_by("dialect", "-version")


def vex_document(
    release: Release, person: Person | None, *, version: int = 1, issued: datetime | None = None
) -> VexDocument:
    """What we say of a release: one statement per vulnerability we answered for, or have a finding of.

    A finding without an answer is *under investigation*. 'Affected' says what users should do, whether or not the
    risk is controlled: the VEX status and the risk are two things.

    Args:
        person: for whose eyes; None: for outside, without whatever is embargoed, TLP:AMBER+STRICT or TLP:RED.

    Source: CISA, Minimum Requirements for VEX (April 2023).
    """
    answers = _answers(release, person)
    findings = {f.vulnerability_id: f for f in _findings(release, person)}
    about = {**{a.case.vulnerability_id: a.case.vulnerability for a in answers.values()},
             **{f.vulnerability_id: f.vulnerability for f in findings.values()}}  # fmt: skip
    aliases = _aliases(about.values())
    purls = _purls(release)
    statements = [
        statement
        for key, v in about.items()
        for statement in _statements(v, answers.get(key), findings.get(key), aliases.get(key, ()), purls)
    ]
    here = installation()
    return VexDocument(
        id=f"urn:uuid:{uuid5(release.uid, 'vex')}",
        version=version,
        issued=_instant(issued or now()),
        author=here.manufacturer if here else release.product.establishment.name,
        product=VexProduct(
            name=release.product.brand_name, version=release.version, uid=str(release.uid),
            manufacturer=here.manufacturer if here else release.product.establishment.name,
        ),
        statements=tuple(sorted(statements, key=lambda s: (s.vulnerability, s.status, s.components))),
    )  # fmt: skip


def _answers(release: Release, person: Person | None) -> dict[int, CaseRelease]:
    """The newest answer per vulnerability."""
    rows = (
        CaseRelease.objects.filter(release=release)
        .exclude(status="")
        .select_related("case__vulnerability", "release__product__establishment")
    )
    if person is None:
        rows = rows.filter(case__wall=None, case__vulnerability__wall=None).exclude(
            Q(case__vulnerability__tlp__in=_STAYS_INSIDE) | Q(case__tlp__in=_STAYS_INSIDE)
        )
    else:
        rows = visible(person, visible(person, rows, wall="case__wall"), wall="case__vulnerability__wall")
    return {row.case.vulnerability_id: row for row in rows.order_by("answered_at", "pk")}


def _findings(release: Release, person: Person | None) -> QuerySet[Finding]:
    rows: QuerySet[Finding] = Finding.objects.standing().filter(release=release).select_related("vulnerability")
    if person is None:
        # An embargoed case keeps its vulnerability silent outside, even where the finding itself is not walled.
        quiet = Case.objects.filter(Q(wall__isnull=False) | Q(tlp__in=_STAYS_INSIDE)).values("vulnerability")
        return rows.filter(vulnerability__wall=None).exclude(
            Q(vulnerability__tlp__in=_STAYS_INSIDE) | Q(vulnerability__in=quiet)
        )
    return visible(person, rows, wall="vulnerability__wall")


def _aliases(vulnerabilities: Iterable[Vulnerability]) -> dict[int, tuple[str, ...]]:
    names = {v.pk: v.preferred_id for v in vulnerabilities}
    found = aliases_by_vulnerability(names)
    return {key: tuple(sorted(set(ids) - {names[key]})) for key, ids in found.items()}


def _purls(release: Release) -> dict[str, str]:
    if release.sbom_id is None:
        return {}
    rows = Component.objects.filter(sbom=release.sbom_id).values_list("ref", "purls")
    return {ref: purls[0] for ref, purls in rows if purls}


def _statements(
    vulnerability: Vulnerability, answer: CaseRelease | None, finding: Finding | None, aliases: tuple[str, ...],
    purls: dict[str, str],
) -> list[VexStatement]:  # fmt: skip
    """One statement; or one per distinct judgement, where the answer narrows to components (#22)."""
    given = {(one.name, one.version): one for one in answer.by_component.all()} if answer else {}
    if answer is None or not given or finding is None:
        return [_statement(vulnerability, answer, finding, aliases, purls)]
    told: dict[tuple[str, ...], list[str]] = {}
    since: dict[tuple[str, ...], datetime] = {}
    for component in finding.components:
        one = given.get((component["name"], component["version"]))
        said = (one.status, one.justification, one.impact, one.action) if one else (_OPEN, "", "", "")
        told.setdefault(said, []).append(_component(component, purls))
        since[said] = max(since.get(said, finding.first_seen), one.answered_at if one else finding.first_seen)
    return [
        VexStatement(
            vulnerability=vulnerability.preferred_id, aliases=aliases, components=tuple(components),
            status=VexStatus(status), justification=Justification(justification) if justification else None,
            impact=impact, action=action, since=_instant(since[status, justification, impact, action]),
            notes=_notes(answer) if status == answer.status else "",
        )
        for (status, justification, impact, action), components in told.items()
    ]  # fmt: skip


_OPEN = VexStatus.UNDER_INVESTIGATION.value


def _component(component: Mapping[str, str], purls: Mapping[str, str]) -> str:
    return purls.get(component["ref"]) or f"{component['name']}@{component['version']}".rstrip("@")


def _statement(
    vulnerability: Vulnerability, answer: CaseRelease | None, finding: Finding | None, aliases: tuple[str, ...],
    purls: dict[str, str],
) -> VexStatement:  # fmt: skip
    parts = finding.components if finding else []
    components = tuple(_component(one, purls) for one in parts)
    if answer is None:
        since = finding.first_seen if finding else now()
        return VexStatement(
            vulnerability=vulnerability.preferred_id, aliases=aliases, components=components,
            status=VexStatus.UNDER_INVESTIGATION, since=_instant(since), notes="not yet assessed for this release",
        )  # fmt: skip
    return VexStatement(
        vulnerability=vulnerability.preferred_id, aliases=aliases, components=components,
        status=VexStatus(answer.status),
        justification=Justification(answer.justification) if answer.justification else None,
        impact=answer.impact, action=answer.action, since=_instant(answer.answered_at or now()),
        notes=_notes(answer),
    )  # fmt: skip


def _notes(answer: CaseRelease) -> str:
    """What stands beside a status: that the risk is controlled, or that the answer is being looked at again."""
    if answer.status == VexStatus.AFFECTED and answer.case.verdict == "controlled":
        return "the risk of patient harm is assessed as controlled"
    if answer.has_lapsed(today(answer.release.product.establishment.time_zone)):
        return f"to be reviewed by {answer.review_on}; the review is not done yet"
    return ""


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
