"""The vulnerabilities found in our releases, as a list of any length: one page costs what one page shows.

Counting and ordering run over one index of the standing findings (`findings_of_vulnerability`) and join nothing; how
many there are and the first rows come from one pass over it. The rows of a page are read afterwards by their numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from django.db import connection

from suture.accounts.models import Person, Wall
from suture.detection.models import Finding
from suture.intelligence.models import Vulnerability

_FINDING, _VULNERABILITY = Finding._meta.db_table, Vulnerability._meta.db_table

_KEV = (
    "SELECT a.vuln FROM kev k JOIN alias a ON a.record_id = k.id "
    "WHERE k.f <= %(rev)s AND k.t > %(rev)s AND a.f <= %(rev)s AND a.t > %(rev)s"
)


AHEAD = 100  # rows that are read with the count: the first page is among them


class Order(StrEnum):
    """By which column the list is sorted."""

    RELEASES = "releases"  # in most releases first
    ID = "id"
    EXPLOITED = "exploited"  # in CISA's catalogue first, then by releases


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Every vulnerability with a standing finding that a person may see. `[a:b]` gives rows with `releases`."""

    person: Person
    rev: int = 0  # of the knowledge; needed for exploitation
    exploited_only: bool = False
    words: str = ""  # in id or title
    order: Order = Order.RELEASES
    _first: list[tuple[int, int, int]] = field(default_factory=list, compare=False)  # (id, releases, all) of the first

    def exploited(self, rev: int) -> Found:
        """Only those in CISA's catalogue at a revision."""
        return replace(self, rev=rev, exploited_only=True, _first=[])

    def saying(self, words: str) -> Found:
        """Only those with these words in id or title."""
        return replace(self, words=words, _first=[])

    def sorted_by(self, order: Order, rev: int) -> Found:
        return replace(self, order=order, rev=rev, _first=[])

    def count(self) -> int:
        if not self._first:
            self._first.extend(self._sorted(0, AHEAD))
        return self._first[0][2] if self._first else 0

    __len__ = count

    def __iter__(self) -> Iterator[Vulnerability]:
        return iter(self[0 : 1 << 31])

    def __getitem__(self, wanted: slice) -> Sequence[Vulnerability]:
        start, stop = wanted.start or 0, wanted.stop or 1 << 31
        known = self._first and (stop <= AHEAD or len(self._first) < AHEAD)
        numbered = self._first[start:stop] if known else self._sorted(start, stop - start)
        counted = {number: releases for number, releases, _ in numbered}
        rows = Vulnerability.objects.in_bulk(list(counted))
        found = [rows[number] for number in counted]
        for row, many in zip(found, counted.values(), strict=True):
            row.releases = many  # type: ignore[attr-defined]
        return found

    def _sorted(self, start: int, limit: int) -> list[tuple[int, int, int]]:
        """(vulnerability, in how many releases, how many vulnerabilities there are in all) of a part of the list."""
        where, values = self._where()
        values |= {"limit": limit, "start": start, "rev": self.rev}
        grouped = f"SELECT f.vulnerability_id AS id, count(*) AS n FROM {_FINDING} f WHERE {where} GROUP BY f.vulnerability_id"  # noqa: S608, E501
        if self.order is Order.ID:  # in the order of an index, as far as the page goes
            many = f"count(*) FROM ({grouped}) g"
            if connection.vendor == "sqlite":  # which skips from one number to the next; PostgreSQL would sort them all
                many = f"count(DISTINCT f.vulnerability_id) FROM {_FINDING} f WHERE {where}"
            standing = f"SELECT count(*) FROM {_FINDING} f WHERE f.vulnerability_id = v.id AND f.gone_at IS NULL"  # noqa: S608
            shown = (
                f"SELECT v.id, ({standing}), (SELECT {many}) "  # noqa: S608
                f"FROM {_VULNERABILITY} v WHERE EXISTS (SELECT 1 FROM {_FINDING} f WHERE f.vulnerability_id = v.id "
                f"AND {where}) ORDER BY v.preferred_id"
            )
        else:
            listed = f"CASE WHEN g.id IN ({_KEV}) THEN 0 ELSE 1 END, " if self.order is Order.EXPLOITED else ""
            shown = (
                f"WITH g AS MATERIALIZED ({grouped}) SELECT g.id, g.n, (SELECT count(*) FROM g) FROM g "  # noqa: S608
                f"ORDER BY {listed}g.n DESC, g.id"
            )
        return _rows(f"{shown} LIMIT %(limit)s OFFSET %(start)s", values)

    def _where(self) -> tuple[str, dict[str, Any]]:
        """What counts: standing findings, of vulnerabilities before no wall or one this person is admitted to."""
        where, values = ["f.gone_at IS NULL"], dict[str, Any]()
        if self.person.kind != Person.Kind.SYSTEM:
            hidden = Vulnerability.objects.filter(wall__isnull=False).exclude(
                wall__in=Wall.objects.filter(admitted=self.person)
            )
            numbers = ", ".join(str(int(number)) for number in hidden.values_list("pk", flat=True))
            if numbers:
                where.append(f"f.vulnerability_id NOT IN ({numbers})")
        if self.exploited_only:
            where.append(f"f.vulnerability_id IN ({_KEV})")
            values["rev"] = self.rev
        if self.words:
            said = "LOWER(v.preferred_id) LIKE %(words)s ESCAPE '!' OR LOWER(v.title) LIKE %(words)s ESCAPE '!'"
            where.append(f"f.vulnerability_id IN (SELECT v.id FROM {_VULNERABILITY} v WHERE {said})")  # noqa: S608
            escaped = self.words.lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")
            values["words"] = f"%{escaped}%"
        return " AND ".join(where), values


def _rows(sql: str, values: dict[str, Any]) -> list[tuple[int, int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[int, int, int]] = cursor.fetchall()
    return found
