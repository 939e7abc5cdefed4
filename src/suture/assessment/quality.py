"""How often our own matches are right, on our own devices: every human verdict is a label, per source and matcher.

Read off answers and corrections; nothing is stored. It says nothing of what matching missed: recall needs somebody who
knows what is there, and is measured on labelled inventories.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from suture.accounts.models import Person
from suture.accounts.queries import visible
from suture.assessment.models import CaseRelease
from suture.assessment.queries import cases_for
from suture.core.labels import MatchLabel, label_of
from suture.detection.models import CorrectedMatch, Finding, MatchRun

RIGHT, WRONG = MatchLabel.RIGHT, MatchLabel.WRONG


class Labelled(NamedTuple):
    """One match a person spoke of."""

    label: MatchLabel
    source: str
    matcher: int  # kernel version of the run that had found it; 0: not known
    release: str
    release_uid: str
    vulnerability: str
    vulnerability_uid: str
    why: str  # the answer, or the correction


@dataclass(frozen=True, slots=True)
class Quality:
    """How many matches of a source, by one version of the matcher, persons called right and wrong."""

    source: str
    matcher: int
    right: int
    wrong: int

    @property
    def precision(self) -> float:
        """Share of the labelled matches that are right."""
        return self.right / (self.right + self.wrong)


def labelled_matches(person: Person) -> list[Labelled]:
    """Every match with a label, once for each source that stated it. A constant number of queries."""
    answers = list(
        CaseRelease.objects.filter(case__in=cases_for(person))
        .exclude(status="")
        .select_related("case", "release__product")
        .prefetch_related("by_component")
    )
    about = {(a.release_id, a.case.vulnerability_id): a for a in answers if _label(a) is not None}
    findings = Finding.objects.filter(
        release__in={release for release, _ in about}, vulnerability__in={number for _, number in about}
    ).select_related("vulnerability", "release__product")
    corrected = visible(person, CorrectedMatch.objects.all(), "vulnerability__wall")
    dropped = list(corrected.select_related("correction", "vulnerability", "release__product"))
    runs = _runs({release for release, _ in about} | {row.release_id for row in dropped})
    found: dict[tuple[int, int, str], Labelled] = {}
    for finding in findings:
        answer = about.get((finding.release_id, finding.vulnerability_id))
        label = _label(answer) if answer else None
        if answer is None or label is None:
            continue
        says = answer.status.replace("_", " ")
        why = f"{answer.case.number}: {says}" + (
            f", {answer.justification.replace('_', ' ')}" if answer.justification else ""
        )
        matcher = _at(runs.get(finding.release_id, ()), answer.answered_at)
        for source in sorted({r["source"] for r in finding.reasons if r["source"]}):
            found[finding.release_id, finding.vulnerability_id, source] = Labelled(
                label, source, matcher, finding.release.label, str(finding.release.uid),
                finding.vulnerability.preferred_id, str(finding.vulnerability.uid), why,
            )  # fmt: skip
    for row in dropped:
        matcher = _at(runs.get(row.release_id, ()), row.correction.made_at)
        found[row.release_id, row.vulnerability_id, row.source] = Labelled(
            WRONG, row.source, matcher, row.release.label, str(row.release.uid), row.vulnerability.preferred_id,
            str(row.vulnerability.uid), f"corrected: {row.correction.because}",
        )  # fmt: skip
    return sorted(found.values(), key=lambda one: (one.label is RIGHT, one.source, one.vulnerability, one.release))


def match_quality(labelled: Iterable[Labelled]) -> list[Quality]:
    """Counts per source and matcher version, the largest first."""
    counts: dict[tuple[str, int], list[int]] = {}
    for one in labelled:
        counts.setdefault((one.source, one.matcher), [0, 0])[one.label is WRONG] += 1
    rows = [Quality(source, matcher, right, wrong) for (source, matcher), (right, wrong) in counts.items()]
    return sorted(rows, key=lambda row: (-row.right - row.wrong, row.source, row.matcher))


def _label(answer: CaseRelease) -> MatchLabel | None:
    parts = list(answer.by_component.all())
    if not parts:
        return label_of(answer.status, answer.justification)
    labels = {label_of(one.status, one.justification) for one in parts}
    if RIGHT in labels:
        return RIGHT
    return WRONG if labels == {WRONG} else None


def _runs(releases: set[int]) -> Mapping[int, list[tuple[datetime, int]]]:
    """Each release's runs of the matcher, oldest first."""
    found: dict[int, list[tuple[datetime, int]]] = {}
    rows = MatchRun.objects.filter(release__in=releases).order_by("at", "pk").values_list("release", "at", "kernel_ver")
    for release, at, version in rows:
        found.setdefault(release, []).append((at, version))
    return found


def _at(runs: Iterable[tuple[datetime, int]], at: datetime | None) -> int:
    """The version of the matcher whose run a person looked at."""
    listed = list(runs)
    if not listed or at is None:
        return 0
    place = bisect_right([when for when, _ in listed], at)
    return listed[max(place - 1, 0)][1]
