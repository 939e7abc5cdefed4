"""Between hits and findings: what a person corrected is set apart, counted and kept visible, and not drawn.

One call for a stored release and for a scan alike. It reads the corrections and nothing of the release.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from django.db.models import Q

from suture.core.corrections import Named, named
from suture.detection.kernel import chunks, joined, rows
from suture.detection.models import CorrectedMatch, MatchCorrection
from suture.detection.reasons import Where, spoken
from suture.evidence.clock import today
from suture.intelligence.models import ORDINALS, Assertion, Package
from suture.intelligence.queries import Statement, published_rev
from suture.inventory.models import Release

ZONE = "UTC"  # a correction knows no device and so no establishment
AnyHit = TypeVar("AnyHit", bound=tuple[Any, ...])  # (where, stmt, …)


class Apart(NamedTuple):
    """A hit that is not drawn, and the correction that says so."""

    correction: MatchCorrection
    where: Where
    statement: Statement


class _Standing(NamedTuple):
    by_package: Mapping[tuple[Named, str], MatchCorrection]
    by_record: Mapping[tuple[Named, str, str], MatchCorrection]


def set_apart(hits: Sequence[AnyHit], rev: int, moment: datetime | None = None) -> tuple[list[AnyHit], list[Apart]]:
    """Divide hits into those to draw and those a standing correction takes out. One query where there is none.

    Args:
        moment: as of which corrections stand; None is now.
    """
    rows_ = _made(moment)
    if not rows_:
        return list(hits), []
    about = {Named(row.name, row.identifier) for row in rows_}
    who = [named(hit[0].name, hit[0].given_as) for hit in hits]
    concerned = [place for place, one in enumerate(who) if one in about]
    present = {who[place] for place in concerned}
    standing = _standing([row for row in rows_ if Named(row.name, row.identifier) in present], rev, moment)
    said = spoken(hits[place][1] for place in concerned)
    apart: dict[int, Apart] = {}
    for place in concerned:
        where, stmt = hits[place][:2]
        if stmt not in said:
            continue
        statement = said[stmt]
        correction = standing.by_package.get((who[place], where.package)) or standing.by_record.get(
            (who[place], statement.source, statement.record_id)
        )
        if correction is not None:
            apart[place] = Apart(correction, where, statement)
    return [hit for place, hit in enumerate(hits) if place not in apart], list(apart.values())


def _made(moment: datetime | None) -> list[MatchCorrection]:
    """The corrections that stand by their dates, now or at a moment of the past."""
    made = MatchCorrection.objects.select_related("vulnerability")
    if moment is None:
        return list(made.filter(ended_at=None, review_on__gte=today(ZONE)))
    stood = Q(ended_at=None) | Q(ended_at__gt=moment)
    return list(made.filter(stood, made_at__lte=moment, review_on__gte=moment.date()))


def _standing(rows_: Sequence[MatchCorrection], rev: int, moment: datetime | None) -> _Standing:
    """Those of them that hold: one of a single record only while the record states what it stated."""
    kept = [row for row in rows_ if row.package]
    alone = [row for row in rows_ if not row.package]
    now = stated_by(((row.source, row.record) for row in alone), None if moment is None else rev) if alone else {}
    return _Standing(
        {(Named(row.name, row.identifier), package): row for row in kept for package in (*row.also, row.package)},
        {
            (Named(row.name, row.identifier), row.source, row.record): row
            for row in alone
            if now.get((row.source, row.record), []) == row.stated
        },
    )


_STATES = """
SELECT r.stmt, p.name FROM (SELECT id FROM assertion WHERE id IN ({assertions})) a
{join} rng r ON r.stmt >= (a.id << {bits}) AND r.stmt < ((a.id + 1) << {bits})
{join} package p ON p.pkg_id = r.pkg_id WHERE r.f <= %(rev)s AND r.t > %(rev)s"""


def stated_by(records: Iterable[tuple[str, str]], rev: int | None = None) -> dict[tuple[str, str], list[str]]:
    """What some records state now: each package with each range in words, in a fixed order. Two queries.

    It is what a correction of one record rests on: a new title or reference changes nothing, another range or
    another product does.
    """
    wanted = set(records)
    at = published_rev() if rev is None else rev
    matching = Assertion.objects.filter(record_id__in={record for _, record in wanted}, f__lte=at, t__gt=at)
    found = {row.pk: row for row in matching if (row.source, row.record_id) in wanted}
    stated: dict[tuple[str, str], set[str]] = {(row.source, row.record_id): set() for row in found.values()}
    for part in chunks(sorted(found)):
        numbers = ", ".join(map(str, part))
        for stmt, package in rows(joined(_STATES, bits=str(ORDINALS), assertions=numbers), {"rev": at}):
            row = found[stmt >> ORDINALS]
            stated[row.source, row.record_id].add(f"{package}: {row.said(stmt)}")
    return {key: sorted(lines) for key, lines in stated.items()}


def keep(release: Release, apart: Iterable[Apart]) -> None:
    """Write anew which matches of a release were corrected."""
    CorrectedMatch.objects.filter(release=release).delete()
    found: dict[tuple[Any, ...], CorrectedMatch] = {}
    for one in apart:
        component = f"{one.where.name} {one.where.version}".strip()
        for number in one.statement.vulnerabilities:
            key = (one.correction.pk, number, one.where.ref, one.statement.source, one.statement.record_id)
            found[key] = CorrectedMatch(
                release=release, correction=one.correction, vulnerability_id=number, component=component,
                ref=one.where.ref, source=one.statement.source, record=one.statement.record_id,
                says=f"{one.where.raw} lies in {one.statement.says or 'the stated range'}"[:1000],
            )  # fmt: skip
    CorrectedMatch.objects.bulk_create((found[key] for key in sorted(found)), batch_size=1000)


def why_corrected(apart: Iterable[Apart]) -> dict[int, str]:
    """For each vulnerability, why a match of it is not drawn: what its finding goes with."""
    said: dict[int, dict[str, None]] = defaultdict(dict)
    for one in apart:
        words = f"{one.correction.label}: {one.correction.because}"
        for number in one.statement.vulnerabilities:
            said[number][words] = None
    return {number: f"{CORRECTED}{'; '.join(sentences)}" for number, sentences in said.items()}


CORRECTED = "corrected: "


_WITH_SUCH = """
SELECT i.release_id FROM cv JOIN inst i ON i.cv_id = cv.cv_id JOIN inventory_component c ON c.id = i.component_id
WHERE cv.pkg_id IN ({packages}) AND c.name = %(name)s
UNION SELECT v.release_id FROM cv_review v JOIN inventory_component c ON c.id = v.component_id
WHERE v.pkg_id IN ({packages}) AND c.name = %(name)s"""


def of_portfolio(correction: MatchCorrection) -> set[int]:
    """The releases a correction may concern: those it took matches out of, and those with such a component."""
    names = [name for name in (correction.package, *correction.also) if name]
    packages = set(Package.objects.filter(name__in=names).values_list("pkg_id", flat=True))
    if correction.record:
        about = Q(source=correction.source, record_id=correction.record)
        for pk in Assertion.objects.filter(about).order_by("-pk").values_list("pk", flat=True)[:3]:
            first = pk << ORDINALS
            packages |= {
                row[0]
                for row in rows(
                    "SELECT DISTINCT pkg_id FROM rng WHERE stmt >= %(first)s AND stmt < %(last)s",
                    {"first": first, "last": first + (1 << ORDINALS)},
                )
            }
    found = set(CorrectedMatch.objects.filter(correction=correction).values_list("release_id", flat=True))
    if packages:
        numbers = ", ".join(str(int(number)) for number in sorted(packages))
        found |= {row[0] for row in rows(_WITH_SUCH.format(packages=numbers), {"name": correction.name})}
    return found
