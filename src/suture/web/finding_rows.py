"""One row per vulnerability of a release: finding, our answer, the device's assessment, known exploitation.

The light columns of all findings decide the order and the filter; the heavy ones are read for the page shown.
A constant number of queries, whatever the release holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from suture.accounts.models import Person
from suture.assessment.models import Assessment, CaseRelease
from suture.assessment.queries import cases_for
from suture.core.cases import AssessmentState
from suture.core.risk import Outcome
from suture.core.vex import VexStatus
from suture.detection.models import Finding
from suture.detection.queries import Exploitation, exploitation_of, findings_of
from suture.evidence.clock import today
from suture.inventory.models import Release
from suture.web.words import status_badge, verdict_badge

NO_VERDICT_NEEDED = (VexStatus.NOT_AFFECTED.value, VexStatus.FIXED.value)
NEW = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Light:
    """What decides a finding's place in the list."""

    pk: int
    vulnerability: int
    result: str
    first_seen: datetime
    answer: CaseRelease | None
    assessment: Assessment | None
    exploited: bool
    lapsed: bool = False  # the answer's review date has passed

    @property
    def status(self) -> str:
        return self.answer.status if self.answer else ""

    @property
    def verdict(self) -> str:
        """'uncontrolled', 'controlled', 'judgement', '' for not assessed; 'none' where the status needs no verdict."""
        if self.status in NO_VERDICT_NEEDED:
            return "none"
        return self.assessment.outcome if self.assessment else ""

    @property
    def needs_judgement(self) -> bool:
        """Nobody has said yet what it means."""
        return self.lapsed or self.verdict == "" or self.status in ("", VexStatus.UNDER_INVESTIGATION.value)


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One row as shown."""

    light: Light
    finding: Finding
    exploitation: Exploitation | None


@dataclass(frozen=True, slots=True)
class Tally:
    """What the answer strip says; each number with the rows behind it."""

    all: int
    uncontrolled: int
    settled: int
    open: int
    exploited: int
    new: int


_ORDER = {Outcome.UNCONTROLLED.word: 0, "": 1, Outcome.CONTROLLED.word: 2, "none": 3}


def light_rows(release: Release, person: Person) -> list[Light]:
    """Every standing finding of a release with what we said of it, the gravest first."""
    rows = list(
        findings_of(release, person)
        .select_related(None)
        .order_by("-first_seen")
        .values_list("pk", "vulnerability_id", "result", "first_seen", "vulnerability__preferred_id")
    )
    answers = _answers(release, person)
    verdicts = _assessments(release, answers.values())
    numbers = [row[1] for row in rows]
    exploited = {number for number, e in exploitation_of(numbers).items() if e.kev_added}
    day = today(release.product.establishment.time_zone)
    late = {number for number, answer in answers.items() if answer.has_lapsed(day)}
    found = [
        (
            Light(
                pk, number, result, seen, answers.get(number), verdicts.get(number), number in exploited, number in late
            ),
            name,
        )
        for pk, number, result, seen, name in rows
    ]
    found.sort(
        key=lambda one: (
            _ORDER.get(one[0].verdict, 1), not one[0].exploited, -one[0].first_seen.timestamp(), one[1]
        )
    )  # fmt: skip
    return [light for light, _ in found]


def _answers(release: Release, person: Person) -> dict[int, CaseRelease]:
    rows = CaseRelease.objects.filter(release=release, case__in=cases_for(person)).select_related("case")
    found: dict[int, CaseRelease] = {}
    for row in rows.order_by("answered_at"):
        if row.status or row.case.vulnerability_id not in found:
            found[row.case.vulnerability_id] = row
    return found


def _assessments(release: Release, answers: Iterable[CaseRelease]) -> dict[int, Assessment]:
    cases = {a.case_id: a.case.vulnerability_id for a in answers}
    approved = Assessment.objects.filter(
        case__in=list(cases), product=release.product_id, state=AssessmentState.APPROVED
    )  # fmt: skip
    found: dict[int, Assessment] = {}
    for row in approved.order_by("release"):  # a release's own assessment speaks before its device's
        if row.release_id in (None, release.pk):
            number = cases[row.case_id]
            if row.release_id is not None or number not in found:
                found[number] = row
    return found


def tally(rows: Sequence[Light], today: date) -> Tally:
    """Count the rows by what the strip and the chips ask."""
    return Tally(
        all=len(rows),
        uncontrolled=sum(r.verdict == Outcome.UNCONTROLLED.word for r in rows),
        settled=sum(r.verdict in (Outcome.CONTROLLED.word, "none") for r in rows),
        open=sum(r.needs_judgement for r in rows),
        exploited=sum(r.exploited for r in rows),
        new=sum((today - r.first_seen.date()) <= NEW for r in rows),
    )


def chosen(rows: Sequence[Light], wanted: str, today: date) -> list[Light]:
    """The rows a filter keeps."""
    kept: Mapping[str, Callable[[Light], bool]] = {
        "judge": lambda r: r.needs_judgement,
        "exploited": lambda r: r.exploited,
        "new": lambda r: (today - r.first_seen.date()) <= NEW,
        "uncontrolled": lambda r: r.verdict == Outcome.UNCONTROLLED.word,
        "settled": lambda r: r.verdict in (Outcome.CONTROLLED.word, "none"),
    }
    keep = kept.get(wanted)
    return list(rows) if keep is None else [row for row in rows if keep(row)]


def filled(rows: Sequence[Light]) -> list[FindingRow]:
    """Read the heavy columns of these rows, in their order."""
    wanted: QuerySet[Finding] = Finding.objects.filter(pk__in=[row.pk for row in rows])
    found = {row.pk: row for row in wanted.select_related("vulnerability")}
    exploitation = exploitation_of([row.vulnerability for row in rows])
    return [FindingRow(row, found[row.pk], exploitation.get(row.vulnerability)) for row in rows]


EXPORT_HEADER = (
    "vulnerability", "title", "result", "components", "why", "exploitability", "harm", "verdict", "vex_status",
    "justification", "exploited_since", "epss", "case", "first_seen_utc",
)  # fmt: skip


def exported(rows: Sequence[FindingRow]) -> list[list[Any]]:
    """The same rows for a file: words as on the page, instants in UTC."""
    return [
        [
            row.finding.vulnerability.preferred_id, row.finding.vulnerability.title, row.light.result,
            ", ".join(f"{c['name']} {c['version']}".strip() for c in row.finding.components),
            "; ".join(row.finding.why),
            row.light.assessment.residual_exploitability if row.light.assessment else "",
            row.light.assessment.residual_harm if row.light.assessment else "",
            "not needed" if row.light.verdict == "none" else verdict_badge(row.light.verdict).word.lower(),
            status_badge(row.light.status).word.lower(),
            row.light.answer.justification if row.light.answer else "",
            row.exploitation.kev_added if row.exploitation else "",
            row.exploitation.epss if row.exploitation else "",
            row.light.answer.case.number if row.light.answer else "",
            row.light.first_seen.isoformat(timespec="seconds"),
        ]
        for row in rows
    ]  # fmt: skip
