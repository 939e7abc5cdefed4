"""The range join: the one place of Suture where a component's version meets the range of a vulnerability.

`rng.pkg_id = cv.pkg_id AND cv.key >= rng.lo AND cv.key < rng.hi`, on bytes, the same SQL on SQLite and PostgreSQL
(engine.md §3). Nothing else in the house compares versions. Direction matters: for the whole portfolio the ranges
are scanned and the small, sorted table of component versions is probed; for one SBOM the ranges are probed. SQLite
takes the order of the tables as written when they are joined by CROSS JOIN; PostgreSQL's planner decides itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from django.db import connection

from suture.core.versions import HI, LO
from suture.intelligence.models import OPEN, ORDINALS

KERNEL_VERSION = 4  # raised whenever the same knowledge and portfolio give another result: releases match again
CHUNK = 5_000  # values in one IN list; SQLite allows 32,766, PostgreSQL 65,535

_WHERE = "r.pkg_id = cv.pkg_id AND cv.key >= r.lo AND cv.key < r.hi"
_AS_OF = "r.f <= %(rev)s AND r.t > %(rev)s"

# every range, probing the portfolio
FULL = f"SELECT cv.cv_id, r.stmt FROM rng r {{join}} {{table}} cv ON {_WHERE} WHERE {_AS_OF}"  # noqa: S608

# every distinct hit, in the order in which its fingerprint is taken
SORTED = f"SELECT DISTINCT cv_id, stmt FROM ({FULL}) h ORDER BY cv_id, stmt"  # noqa: S608

# hits of the ranges that came after one revision and up to another, and of those that went
CAME = f"""SELECT cv.cv_id, r.stmt FROM rng r {{join}} cv ON {_WHERE}
WHERE r.stmt >= %(first)s AND r.stmt < %(last)s AND r.f > %(since)s AND r.f <= %(rev)s"""  # noqa: S608
WENT = f"""SELECT cv.cv_id, r.stmt FROM rng r {{join}} cv ON {_WHERE}
WHERE r.t > %(since)s AND r.t <= %(rev)s AND r.t < {OPEN}"""  # noqa: S608

# some component versions, probing the ranges
SOME = f"""
SELECT cv.cv_id, r.stmt FROM {{chosen}} {{join}} {{table}} cv ON cv.cv_id = chosen.cv_id {{join}} rng r ON {_WHERE}
WHERE {_AS_OF}"""  # noqa: S608

# 'every version is affected': there a version that is missing or has no order does not matter
WHOLE = f"SELECT r.pkg_id, r.stmt FROM rng r WHERE r.pkg_id IN ({{packages}}) AND r.lo = %(lo)s AND r.hi = %(hi)s AND {_AS_OF}"  # noqa: S608, E501

# products that only join a configuration, of some assertions: the same join on the same kind of rows
PLATFORMS = """
SELECT cv.cv_id, r.assertion, r.number FROM {chosen} {join} {table} cv ON cv.cv_id = chosen.cv_id
{join} platform_rng r ON r.pkg_id = cv.pkg_id AND cv.key >= r.lo AND cv.key < r.hi WHERE {which}"""

WHOLE_PLATFORMS = "SELECT r.pkg_id, r.assertion, r.number FROM platform_rng r WHERE r.pkg_id IN ({packages}) AND r.lo = %(lo)s AND r.hi = %(hi)s AND {which}"  # noqa: E501

# packages whose ranges came or went
MOVED = f"""
SELECT r.pkg_id FROM rng r WHERE r.stmt >= %(first)s AND r.stmt < %(last)s AND r.f > %(since)s AND r.f <= %(rev)s
UNION SELECT r.pkg_id FROM rng r WHERE r.t > %(since)s AND r.t <= %(rev)s AND r.t < {OPEN}"""  # noqa: S608


class Change(NamedTuple):
    """What moved between two revisions: statements are numbered in the order of the assertions that make them."""

    since: int
    rev: int
    first_assertion: int
    last_assertion: int

    def values(self) -> dict[str, int]:
        return {
            "since": self.since, "rev": self.rev,
            "first": self.first_assertion << ORDINALS, "last": (self.last_assertion + 1) << ORDINALS,
        }  # fmt: skip


def joined(sql: str, **parts: str) -> str:
    """A statement of this module for the engine at hand."""
    return sql.format(join="CROSS JOIN" if connection.vendor == "sqlite" else "JOIN", **parts)


def rows(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Run one statement and give its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def chunks(values: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """The values in lists of at most `size`."""
    left = iter(values)
    while part := list(islice(left, size)):
        yield part


def all_hits(rev: int, table: str = "cv") -> list[tuple[int, int]]:
    """Every (component version, statement) of the portfolio at a revision: the full pass, the ranges scanned."""
    return rows(joined(FULL, table=table), {"rev": rev})


def hits_of(releases: Sequence[int], rev: int) -> list[tuple[int, int]]:
    """Every (component version, statement) of some releases at a revision: the ranges probed."""
    return rows(joined(SOME, chosen=chosen_of(releases), table="cv"), {"rev": rev})


def hits_in(table: str, rev: int) -> list[tuple[int, int]]:
    """As `hits_of`, for a table of one's own with the columns cv_id, pkg_id, key."""
    return rows(joined(SOME, chosen=chosen_in(table), table=table), {"rev": rev})


def chosen_of(releases: Sequence[int]) -> str:
    """The component versions of some releases, as a table of a statement."""
    numbers = ", ".join(str(int(release)) for release in releases)
    return f"(SELECT DISTINCT cv_id FROM inst WHERE release_id IN ({numbers})) chosen"  # noqa: S608


def chosen_in(table: str) -> str:
    """As `chosen_of`, for a table of one's own."""
    return f"(SELECT cv_id FROM {table}) chosen"  # noqa: S608


def platforms_met(chosen: str, table: str, assertions: Iterable[int]) -> list[tuple[int, int, int]]:
    """(component version, assertion, number) where a component is a product that some configuration joins."""
    found: list[tuple[int, int, int]] = []
    for part in chunks(sorted(set(assertions))):
        which = f"r.assertion IN ({', '.join(map(str, part))})"
        found += rows(joined(PLATFORMS, chosen=chosen, table=table, which=which), {})
    return found


def platforms_of(packages: Iterable[int], rev: int) -> list[tuple[int, int, int]]:
    """(package, assertion, number) of every configuration that names some packages as a platform, in any version."""
    found: list[tuple[int, int, int]] = []
    for part in chunks(sorted({package for package in packages if package > 0})):
        numbers = ", ".join(str(int(package)) for package in part)
        found += rows(
            "SELECT r.pkg_id, r.assertion, r.number FROM platform_rng r "  # noqa: S608
            "JOIN assertion a ON a.id = r.assertion "
            f"WHERE r.pkg_id IN ({numbers}) AND a.f <= %(rev)s AND a.t > %(rev)s",
            {"rev": rev},
        )
    return found


def whole_platforms(packages: Iterable[int], assertions: Iterable[int]) -> list[tuple[int, int, int]]:
    """(package, assertion, number) where a configuration joins a product in any version."""
    found: list[tuple[int, int, int]] = []
    wanted = sorted({package for package in packages if package > 0})
    if not wanted:
        return found
    numbers = ", ".join(map(str, wanted))
    for part in chunks(sorted(set(assertions))):
        which = f"r.assertion IN ({', '.join(map(str, part))})"
        found += rows(WHOLE_PLATFORMS.format(packages=numbers, which=which), {"lo": LO, "hi": HI})
    return found


def whole_ranges(packages: Iterable[int], rev: int) -> list[tuple[int, int]]:
    """(package, statement) where some source calls every version of the package affected."""
    found: list[tuple[int, int]] = []
    for part in chunks(sorted({package for package in packages if package > 0})):
        numbers = ", ".join(str(int(package)) for package in part)
        found += rows(WHOLE.format(packages=numbers), {"lo": LO, "hi": HI, "rev": rev})
    return found


def changed_packages(change: Change) -> list[int]:
    """The packages of which a change of the knowledge speaks."""
    return [row[0] for row in rows(MOVED, change.values())]
