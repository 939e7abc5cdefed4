"""What one release of a device was judged to be, proposed for another, with what changed between them.

A proposal is read off rows, never stored: it is there while a release has a finding nobody answered, and the nearest
older one (else the nearest newer one) an answer that still holds. It carries the VEX status and its evidence. Harm and
verdict are never proposed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet

from suture.accounts.models import Person
from suture.accounts.queries import visible
from suture.assessment.models import CaseRelease
from suture.assessment.queries import cases_for
from suture.assessment.triggers import outdated_answers
from suture.core.calendar import local_date
from suture.core.cases import ENDED_CONTROLS, CaseState
from suture.core.vex import Justification, VexStatus
from suture.detection.kernel import chunks
from suture.detection.models import Finding
from suture.evidence.clock import now
from suture.intelligence.exploitation import exploitation_signals
from suture.intelligence.models import Vulnerability
from suture.inventory.models import Release


class Moved(NamedTuple):
    """A component concerned, in the release that was answered and in this one; '' where it is not."""

    name: str
    before: str
    after: str

    @property
    def says(self) -> str:
        if self.before == self.after:
            return f"{self.name} {self.before}, the same".replace("  ", " ")
        if not self.before:
            return f"{self.name} {self.after} is new"
        return f"{self.name} {self.before} is gone" if not self.after else f"{self.name} {self.before} → {self.after}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One answer of a release, and the finding of another one it could be adopted for."""

    finding: Finding  # with its release and vulnerability
    source: CaseRelease  # with its release and case
    moved: tuple[Moved, ...]
    configuration: str  # what of the configuration the older answer rests on; '' where it names nothing

    @property
    def unchanged(self) -> bool:
        """Whether the same components stand in the same versions, and no configuration has to be asked about."""
        return not self.configuration and all(one.before == one.after for one in self.moved)

    @property
    def key(self) -> str:
        return f"{self.finding.uid}:{self.source.uid}"

    def content(self) -> dict[str, Any]:
        """What a person confirms: the answer as given, and what changed since."""
        source = self.source
        return {
            "release": self.finding.release.uid, "vulnerability": self.finding.vulnerability.preferred_id,
            "source": source.uid, "status": source.status, "justification": source.justification,
            "impact": source.impact, "action": source.action, "evidence": source.evidence,
            "configuration": self.configuration, "moved": [list(one) for one in self.moved],
        }  # fmt: skip


def proposals(
    person: Person, *, release: Release | None = None, vulnerability: Vulnerability | None = None
) -> list[Proposal]:
    """Every judgement that another release of the same device proposes for a finding nobody answered yet.

    Not proposed: what lapsed, what was put in question by exploitation since, what rests on a control that ended, what
    says that the component is not present (it is, or there would be no finding), and 'affected' of a closed case (it
    needs a case that is open). A constant number of queries for 5,000 vulnerabilities.

    Source: #13: new releases inherit as proposed, with a diff of what changed; one click confirms a batch.
    """
    answers = _holding(person, release, vulnerability)
    if not answers:
        return []
    by_vulnerability: dict[int, list[CaseRelease]] = {}
    for answer in answers:
        by_vulnerability.setdefault(answer.case.vulnerability_id, []).append(answer)
    found: list[tuple[Finding, CaseRelease]] = []
    for finding in _unanswered(person, by_vulnerability, release):
        source = _nearest(finding, by_vulnerability[finding.vulnerability_id])
        if source is not None:
            found.append((finding, source))
    before = _components({(s.release_id, s.case.vulnerability_id) for _, s in found})
    made = [
        Proposal(
            finding=finding, source=source, configuration=source.configuration,
            moved=compared(before.get((source.release_id, finding.vulnerability_id), ()), finding.components),
        )
        for finding, source in found
    ]  # fmt: skip
    return sorted(made, key=lambda p: (p.finding.release.label, not p.unchanged, p.finding.vulnerability.preferred_id))


def compared(before: Iterable[Mapping[str, str]], after: Iterable[Mapping[str, str]]) -> tuple[Moved, ...]:
    """Which components concerned are the same, changed their version, came or went; by name."""
    old, new = _versions(before), _versions(after)
    found = []
    for name in sorted({*old, *new}):
        kept = old.get(name, set()) & new.get(name, set())
        gone, came = sorted(old.get(name, set()) - kept), sorted(new.get(name, set()) - kept)
        found += [Moved(name, version, version) for version in sorted(kept)]
        for place in range(max(len(gone), len(came))):
            found.append(
                Moved(name, gone[place] if place < len(gone) else "", came[place] if place < len(came) else "")
            )
    return tuple(found)


def _versions(components: Iterable[Mapping[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in components:
        found.setdefault(one["name"], set()).add(one["version"])
    return found


def _holding(person: Person, release: Release | None, vulnerability: Vulnerability | None) -> list[CaseRelease]:
    """Answers that may be inherited: given, still holding, and about what a newer release could share."""
    rows: QuerySet[CaseRelease] = (
        CaseRelease.objects.filter(case__in=cases_for(person))
        .exclude(status__in=["", VexStatus.UNDER_INVESTIGATION])
        .exclude(justification=Justification.COMPONENT_NOT_PRESENT)
        .exclude(ground__state__in=ENDED_CONTROLS)
        .exclude(status=VexStatus.AFFECTED, case__state=CaseState.CLOSED)
        .exclude(by_component__isnull=False)
    )
    if release is not None:
        rows = rows.filter(release__product=release.product_id).exclude(release=release)
    if vulnerability is not None:
        rows = rows.filter(case__vulnerability=vulnerability)
    answers = list(rows.select_related("case__establishment", "release__product", "answered_by", "owner"))
    holding = [a for a in answers if not a.has_lapsed(_day(a))]
    signals = exploitation_signals({a.case.vulnerability_id for a in holding if a.status == VexStatus.NOT_AFFECTED})
    doubted = {answer.pk for answer, _ in outdated_answers(holding, signals)}
    return [a for a in holding if a.pk not in doubted]


def _day(answer: CaseRelease) -> date:
    return local_date(now(), answer.case.establishment.time_zone)


def _unanswered(
    person: Person, answers: Mapping[int, Sequence[CaseRelease]], release: Release | None
) -> Iterable[Finding]:
    """Standing findings that nobody answered, in whatever case, of the devices and vulnerabilities of some answers."""
    products = {a.release.product_id for rows in answers.values() for a in rows}
    told = CaseRelease.objects.filter(
        release=OuterRef("release"), case__vulnerability=OuterRef("vulnerability")
    ).exclude(status__in=["", VexStatus.UNDER_INVESTIGATION])
    for part in chunks(sorted(answers)):
        rows: QuerySet[Finding] = Finding.objects.standing().filter(
            vulnerability__in=part, release__product__in=products
        )
        rows = visible(person, rows.exclude(release__state=Release.State.RETIRED), "vulnerability__wall")
        rows = rows.filter(~Exists(told))
        if release is not None:
            rows = rows.filter(release=release)
        yield from rows.select_related("release__product", "vulnerability")


def _nearest(finding: Finding, answers: Sequence[CaseRelease]) -> CaseRelease | None:
    """The answer of the same device's release that came last before this one; else of the first that came after."""
    same = [a for a in answers if a.release.product_id == finding.release.product_id]
    older = [a for a in same if _age(a.release) < _age(finding.release)]
    if older:
        return max(older, key=lambda a: (_age(a.release), a.answered_at or a.case.opened_at))
    return min(same, key=lambda a: _age(a.release), default=None)


def _age(release: Release) -> tuple[date, int]:
    """Where a release stands among those of its device: by the day it was released; one in development comes last."""
    return (release.released_on or date.max, release.pk)


def _components(pairs: set[tuple[int, int]]) -> dict[tuple[int, int], Sequence[Mapping[str, str]]]:
    found: dict[tuple[int, int], Sequence[Mapping[str, str]]] = {}
    for part in chunks(sorted(pairs)):
        rows = Finding.objects.filter(
            release__in={release for release, _ in part}, vulnerability__in={number for _, number in part}
        )
        for release, number, components in rows.values_list("release", "vulnerability", "components"):
            found[release, number] = components
    return found
