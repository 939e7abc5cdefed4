"""The measures M1 to M3, read off cases, plans and campaigns: per device and version, per period."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from suture.accounts.models import Person
from suture.assessment.models import CaseRelease, DatedFact
from suture.assessment.queries import cases_for
from suture.core.campaigns import Share, UnitState
from suture.core.facts import Fact, FactKind, Facts
from suture.core.measures import Identified, Mean, Period, patched, time_to_implement, time_to_patch
from suture.core.milestones import learned_on
from suture.core.vex import VexStatus
from suture.inventory.models import Release
from suture.remediation.models import UnitTask
from suture.remediation.queries.campaigns import campaigns_for


@dataclass(frozen=True, slots=True)
class Line:
    """The measures of one release, or, without one, of all together."""

    release: Release | None
    m1: Share
    m2: Mean
    m3: Mean


def measures(person: Person, period: Period, releases: Collection[Release] = ()) -> list[Line]:
    """The three measures, release by release, and all together first; over the cases this person may know of.

    A release counts a vulnerability where the case answers it as affected or, by now, fixed. A fix without a release
    in its record speaks for every release of its case.
    """
    answers = CaseRelease.objects.filter(
        case__in=cases_for(person), status__in=[VexStatus.AFFECTED, VexStatus.FIXED],
        **({"release__in": list(releases)} if releases else {}),
    ).select_related("release__product", "case")  # fmt: skip
    rows = list(answers)
    facts = _facts({row.case_id for row in rows})
    found: dict[int, list[Identified]] = {}
    known: dict[int, Release] = {}
    for row in rows:
        mine = facts.get(row.case_id, Facts())
        known[row.release_id] = row.release
        found.setdefault(row.release_id, []).append(Identified(learned_on(mine), _patched(mine)))
    third = _implemented(person, period)
    lines = [
        Line(release, patched(found[pk], period), time_to_patch(found[pk], period), third.get(pk, Mean(None, 0, 0)))
        for pk, release in known.items()
    ]
    everything = [one for many in found.values() for one in many]
    whole = Line(None, patched(everything, period), time_to_patch(everything, period), _together(third.values()))
    return [whole, *sorted(lines, key=lambda line: line.release.label if line.release else "")]


def _facts(cases: set[int]) -> dict[int, Facts]:
    kinds = (FactKind.LEARNED, FactKind.LEARNED_CANDIDATE, FactKind.FIX_DISTRIBUTED)
    collected: dict[int, list[Fact]] = {}
    standing = (
        DatedFact.objects.filter(case__in=cases, kind__in=kinds, superseded_by=None, withdrawn=False)
    )  # fmt: skip
    for row in standing:
        fact = Fact(FactKind(row.kind), row.happened_on, row.recorded_at.isoformat(), row.detail)
        collected.setdefault(row.case_id, []).append(fact)
    return {pk: Facts(rows) for pk, rows in collected.items()}


def _patched(facts: Facts) -> date | None:
    first = facts.first(FactKind.FIX_DISTRIBUTED)
    return first.on if first else None


def _implemented(person: Person, period: Period) -> dict[int, Mean]:
    """M3 by the release units ran when they came into a campaign; only campaigns whose fix was made available."""
    by_release: dict[int, list[Mean]] = {}
    running = campaigns_for(person).filter(plan__distributed_on__isnull=False)
    for campaign in running.select_related("plan"):
        tasks = UnitTask.objects.filter(campaign=campaign).exclude(state=UnitState.RETIRED)
        fleet = dict(tasks.order_by().values_list("unit__release").annotate(n=Count("pk")))
        days = tasks.filter(Q(done_on__isnull=False)).order_by().values_list("unit__release", "done_on")
        by_day: dict[int, dict[date, int]] = {}
        for release, day, n in days.annotate(n=Count("pk")):
            by_day.setdefault(release, {})[day] = n
        available = campaign.plan.distributed_on if campaign.plan else None
        for release, whole in fleet.items():
            mean = time_to_implement(by_day.get(release, {}), available, whole, period)
            by_release.setdefault(release, []).append(mean)
    return {release: _together(means) for release, means in by_release.items() if release is not None}


def _together(means: Iterable[Mean]) -> Mean:
    means = list(means)
    known, whole = sum(m.known for m in means), sum(m.whole for m in means)
    days = sum((m.days or 0) * m.known for m in means)
    return Mean(days / known if known else None, known, whole)
