"""Take in a list of units: preview every row, then write all of it or nothing.

The same list twice changes nothing, since rows are compared by content; a blank cell says nothing. A row that is older
than what we know of its unit is shown and left out. One entry of evidence holds the hash of input and result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from suture.accounts.models import Person
from suture.accounts.services import new_uid, require
from suture.core.errors import FormatError, InvalidValue, Problem
from suture.evidence.clock import now
from suture.evidence.services import record
from suture.formats.field_file import Field, Listing, mapping_of
from suture.inventory.field.counting import recount
from suture.inventory.field.queries import limits_of
from suture.inventory.field.reading import Lookup, NewPlace, Problems, latest_day, staged_rows
from suture.inventory.field.staging import CHANGED, NEW, OLDER, SAME, Change, Stage, staging
from suture.inventory.models import Consignee, FieldReport, Release, Site, Unit

SHOWN = 50  # changes and places a preview lists


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Who told us, when it was true, and whether places nobody entered yet may be added."""

    source: Unit.Source
    from_whom: str = ""
    as_of: date | None = None  # for rows that do not say when the unit was last known
    new_places: bool = False
    file_name: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownChange:
    """One changed unit in words: what was known, what the list says."""

    row: int
    serial: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a list would do, or did. With problems nothing is written."""

    rows: int
    new: int
    changed: int
    same: int
    older: int
    problems: tuple[Problem, ...]
    problem_count: int
    changes: tuple[ShownChange, ...]
    new_consignees: tuple[str, ...]
    new_sites: tuple[str, ...]
    mapping: Mapping[Field, int]
    unread: tuple[str, ...]  # columns nobody asked for
    report: FieldReport | None = None

    @property
    def can_apply(self) -> bool:
        return not self.problem_count and bool(self.new or self.changed)


def take_in_units(
    *, listing: Listing, told: Told, by: Person, apply: bool, mapping: Mapping[Field, int] | None = None
) -> Outcome:
    """Read a list of units; with `apply`, write it unless any row has a problem.

    Args:
        mapping: which column says what; None: by the columns' names.

    Raises:
        FormatError: it cannot be read at all, or no column says which unit a row is about.
        NotAllowed: this person may not, or may not retire units and the list does.
    """
    require(by, "field.import")
    chosen = dict(mapping_of(listing.header) if mapping is None else mapping)
    _usable(chosen, listing)
    latest = latest_day()
    if told.as_of and told.as_of > latest:
        raise InvalidValue(f"{told.as_of} is in the future; a list cannot have been true then")
    lookup, problems = Lookup(by, new_places=told.new_places), Problems()
    with staging() as stage:
        stage.fill(staged_rows(listing, chosen, lookup, problems, told.as_of, latest))
        for later, earlier, serial in stage.twice(100):
            problems.add(later, Field.SERIAL, f"'{serial}' stands in row {earlier} too", "keep one of the two")
        if not apply or problems.many:
            return _outcome(stage, problems, lookup, chosen, listing, by)
        with transaction.atomic():
            stage.lock()
            found = _outcome(stage, problems, lookup, chosen, listing, by)
            if not found.can_apply:
                return found
            if stage.retires():
                require(by, "unit.retire")
            report = _write(stage, found, told, lookup, by)
    return Outcome(**{name: getattr(found, name) for name in Outcome.__slots__ if name != "report"}, report=report)


def _usable(mapping: Mapping[Field, int], listing: Listing) -> None:
    """A list says at least which unit each row is about.

    Raises:
        FormatError: what is missing.
    """
    problems = []
    if not {Field.SERIAL, Field.UDI} & set(mapping):
        problems.append(Problem("row 1", "no column holds serial numbers", "name one 'serial', or choose it"))
    if not {Field.PRODUCT, Field.DI, Field.UDI} & set(mapping):
        problems.append(Problem("row 1", "no column holds device or UDI-DI", "name one 'product' or 'udi_di'"))
    if problems:
        raise FormatError(f"the columns are: {', '.join(listing.header)[:500]}; some that are needed are not", problems)


def _outcome(
    stage: Stage, problems: Problems, lookup: Lookup, mapping: Mapping[Field, int], listing: Listing, by: Person
) -> Outcome:
    stage.compare()
    for line in stage.behind_walls(limits_of(by).consignees, 100):
        problems.add(line, Field.SERIAL, "this unit is not yours to record", "ask the disclosure coordinator")
    for line in stage.new_without_site(100):
        problems.add(line, Field.CONSIGNEE, "a new unit, and nobody says where it is", "give its consignee and site")
    many = stage.many()
    new = list((lookup.new or {}).values())
    return Outcome(
        rows=sum(many.values()) + problems.many, new=many.get(NEW, 0), changed=many.get(CHANGED, 0),
        same=many.get(SAME, 0), older=many.get(OLDER, 0), problems=tuple(problems.kept), problem_count=problems.many,
        changes=tuple(_in_words(stage.changes(SHOWN), new)),
        new_consignees=tuple(sorted({p.consignee_name for p in new if p.consignee is None})),
        new_sites=tuple(sorted(f"{p.consignee_name or p.reference}, {p.site}" for p in new)), mapping=mapping,
        unread=tuple(name for place, name in enumerate(listing.header) if name and place not in mapping.values()),
    )  # fmt: skip


def _in_words(changes: list[Change], new: list[NewPlace]) -> list[ShownChange]:
    """Changes with the names of releases and sites. Two queries."""
    both = [side for change in changes for side in (change.before, change.after)]
    releases = {r.pk: r.version for r in Release.objects.filter(pk__in={s[0] for s in both if s[0]})}
    sites = {s.pk: s.label for s in Site.objects.select_related("consignee").filter(pk__in={s[1] for s in both})}
    sites |= {place.stand_in: f"{place.consignee_name or place.reference}, {place.site}" for place in new}

    def says(side: tuple[Any, ...]) -> str:
        release, site, state, seen = side
        version = releases.get(release, "release not known")
        known = f"last known {str(seen)[:10]}" if seen else "never confirmed"
        return f"{version} · {Unit.State(state).label} · {sites.get(site, '')} · {known}"

    return [
        ShownChange(row=c.line, serial=c.serial, before=says(c.before), after=says(c.after)) for c in changes
    ]  # fmt: skip


def _write(stage: Stage, found: Outcome, told: Told, lookup: Lookup, by: Person) -> FieldReport:
    if lookup.new:
        stage.settle_sites(_made(list(lookup.new.values())))
    sites = stage.sites_touched()
    report = FieldReport.objects.create(
        uid=new_uid(), source=told.source, from_whom=told.from_whom[:200], file_name=told.file_name[:300],
        sha256=told.sha256, rows_read=found.rows, added=found.new, changed=found.changed,
        result_sha256=stage.digest(), recorded_at=now(), recorded_by=by,
    )  # fmt: skip
    stage.write(report=report.pk, source=int(told.source))
    recount(sites)
    record(
        by=by, did="field.imported", to=report, because=told.from_whom,
        facts={
            "source": told.source.label, "file": told.file_name, "sha256": told.sha256, "rows": found.rows,
            "added": found.new, "changed": found.changed, "unchanged": found.same, "older": found.older,
            "new consignees": len(found.new_consignees), "new sites": len(found.new_sites),
            "as of": told.as_of, "result_sha256": report.result_sha256,
        },
    )  # fmt: skip
    return report


def _made(places: list[NewPlace]) -> dict[int, int]:
    """Make the consignees and sites a list named; their numbers by stand-in."""
    firms: dict[str, Consignee] = {}
    for place in places:
        if place.consignee is None:
            firms.setdefault(
                place.reference.casefold(),
                Consignee(uid=new_uid(), kind=place.kind, reference=place.reference, name=place.consignee_name,
                          country=place.country),
            )  # fmt: skip
    Consignee.objects.bulk_create(firms.values(), batch_size=500)
    rows = [
        Site(uid=new_uid(), consignee_id=place.consignee or firms[place.reference.casefold()].pk, name=place.site,
             country=place.country)
        for place in places
    ]  # fmt: skip
    Site.objects.bulk_create(rows, batch_size=500)
    return {place.stand_in: row.pk for place, row in zip(places, rows, strict=True)}
