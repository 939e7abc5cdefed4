"""From strings to the range join and back: (version, range) pairs decided by the ecosystems' own programs.

The ranges go through `core.ranges` into a table, the versions through `key` into another, and a database joins them as
matching does. 50,000 pairs and more in `make deep`, a sample in the normal run. The judges see strings only.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

import packaging.specifiers
import packaging.version
import pytest

from suture.core.components import Package, PackageKind
from suture.core.ranges import NeedsReview, intervals
from suture.core.versions import bounds, key
from suture.core.vulnerabilities import Bounds, ReviewReason, StatedRange
from tests.core.versions.plausible import maven_as_published, pair, version
from tests.core.versions.references import (
    Judge,
    Pair,
    Sign,
    by_composer,
    by_libalpm,
    by_maven,
    by_node,
    by_packaging,
    by_rpm,
    by_ruby,
)

JUDGES = [
    ("pypi", by_packaging), ("npm", by_node), ("gem", by_ruby), ("rpm", by_rpm), ("composer", by_composer),
    ("alpm", by_libalpm), ("maven", by_maven),
]  # fmt: skip
judges = pytest.mark.parametrize(("scheme", "judge"), JUDGES, ids=lambda one: getattr(one, "__name__", one))

VERSIONS, RANGES = 20, 20  # of one package: 400 pairs


class Case(NamedTuple):
    """One package: versions, and ranges with exceptions."""

    package: int
    versions: list[str]
    ranges: list[StatedRange]


def plausible(scheme: str, r: Random) -> str:
    if scheme == "maven":
        return maven_as_published(r)
    # 19 digits and more are where PHP and JavaScript end.
    return next(v for v in iter(lambda: version(scheme, r), None) if "9" * 19 not in v and "18446744" not in v)


def some_range(scheme: str, r: Random, known: list[str]) -> StatedRange:
    def bound() -> str:
        return r.choice(known) if r.random() < 0.5 else plausible(scheme, r)

    def stated() -> Bounds:
        kind = r.randrange(6)
        if kind == 0:
            return Bounds(None, bound(), high_closed=r.random() < 0.5)
        if kind == 1:
            return Bounds(bound(), None, low_open=r.random() < 0.5)
        if kind == 2:
            return Bounds.exactly(bound())
        return Bounds(bound(), bound(), r.random() < 0.5, r.random() < 0.5)

    minus = tuple(stated() for _ in range(r.choice((0, 0, 0, 1, 2))))
    return StatedRange(Package(PackageKind.PURL, scheme, "p"), Bounds(None, None) if minus else stated(), minus)


def cases(scheme: str, count: int) -> list[Case]:
    r = Random(f"{scheme} join")
    made = []
    for number in range(count):
        known = [plausible(scheme, r) for _ in range(VERSIONS if scheme == "maven" else VERSIONS // 2)]
        known += [v for v in (pair(scheme, r)[0] for _ in range(VERSIONS // 2)) if scheme != "maven"]
        known = [v for v in dict.fromkeys(known) if "9" * 19 not in v and "18446744" not in v]
        made.append(Case(number, known, [some_range(scheme, r, known) for _ in range(RANGES)]))
    return made


def joined(asked: list[Case]) -> tuple[set[tuple[int, int, str]], dict[tuple[int, int], ReviewReason]]:
    """What the range join finds: (package, range, version); and the ranges that went to review instead, with why."""
    found: set[tuple[int, int, str]] = set()
    reviewed: dict[tuple[int, int], ReviewReason] = {}
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE rng (pkg_id, lo BLOB, hi BLOB, stmt)")
    database.execute("CREATE TABLE cv (pkg_id, key BLOB, raw)")
    for case in asked:
        for number, stated in enumerate(case.ranges):
            try:
                rows = intervals(stated)
            except NeedsReview as refused:
                reviewed[case.package, number] = refused.reason
                continue
            database.executemany("INSERT INTO rng VALUES (?, ?, ?, ?)", [(case.package, *row, number) for row in rows])
        scheme = case.ranges[0].package.scheme
        keyed = [(case.package, key(scheme, raw), raw) for raw in case.versions]
        database.executemany("INSERT INTO cv VALUES (?, ?, ?)", keyed)
    sql = (
        "SELECT r.pkg_id, r.stmt, c.raw FROM rng r JOIN cv c ON c.pkg_id = r.pkg_id AND c.key >= r.lo AND c.key < r.hi"
    )
    found.update(database.execute(sql))
    database.close()
    return found, reviewed


def questions(case: Case) -> Iterator[Pair]:
    limits = {
        limit for stated in case.ranges for b in (stated.bounds, *stated.minus) for limit in b[:2] if limit is not None
    }
    yield from ((v, limit) for v in case.versions for limit in sorted(limits))


def holds(signs: dict[Pair, Sign | None], v: str, b: Bounds) -> bool | None:
    """Whether a range holds a version, from the judge's comparisons alone; None where it gave none."""
    inside = True
    from_the_first = b.low == "0" and not b.low_open and b.high != "0"  # OSV and CVE records: pre-releases of 0 too
    if b.low is not None and not from_the_first:
        sign = signs[v, b.low]
        if sign is None:
            return None
        inside &= sign > 0 or (sign == 0 and not b.low_open)
    if b.high is not None:
        sign = signs[v, b.high]
        if sign is None:
            return None
        inside &= sign < 0 or (sign == 0 and b.high_closed)
    return inside


@judges
def test_the_range_join_says_what_the_strings_say(scheme: str, judge: Judge, tmp_path: Path) -> None:
    assert judged(scheme, judge, 2, tmp_path) > 500


@pytest.mark.deep
@judges
def test_the_range_join_says_what_the_strings_say_fifty_thousand_times(
    scheme: str, judge: Judge, tmp_path: Path
) -> None:
    assert judged(scheme, judge, 150, tmp_path) > 25_000  # of each; more than 50,000 in all


def judged(scheme: str, judge: Judge, packages: int, folder: Path) -> int:
    asked = cases(scheme, packages)
    pairs = list(dict.fromkeys(two for case in asked for two in questions(case)))
    signs = dict(zip(pairs, judge(pairs, folder), strict=True))
    found, reviewed = joined(asked)
    assert set(reviewed.values()) <= {ReviewReason.EMPTY, ReviewReason.INVERTED}
    wrong, compared = [], 0
    for case in asked:
        for number, stated in enumerate(case.ranges):
            if stated.minus and (case.package, number) in reviewed:
                continue  # an exception that cannot be: a person looks at it, and nothing is claimed
            for v in case.versions:
                parts = [holds(signs, v, b) for b in (stated.bounds, *stated.minus)]
                if None in parts:
                    continue
                compared += 1
                expected = parts[0] and not any(parts[1:])
                if expected != ((case.package, number, v) in found):
                    wrong.append((v, stated.bounds, stated.minus, expected, (case.package, number) in reviewed))
    assert not wrong, f"{len(wrong)} of {compared} differ (version, range, exceptions, expected, reviewed): {wrong[:5]}"
    return compared


@pytest.mark.parametrize("count", [1_000, pytest.param(50_000, marks=pytest.mark.deep)])
def test_series_are_those_of_pep_440(count: int) -> None:
    """`==6.1.*` as PyPA's SpecifierSet reads it."""
    r = Random(f"series {count}")
    for _ in range(count):
        begin = ".".join(str(r.choice((0, 0, 1, 2, 10))) for _ in range(r.randint(1, 3)))
        v = version("pypi", r)
        lo, hi = bounds("pypi", f"{begin}.*", f"{begin}.*", high_closed=True, wildcard=True)
        expected = packaging.specifiers.SpecifierSet(f"=={begin}.*").contains(v, prereleases=True)
        assert (lo <= key("pypi", v) < hi) == expected, (begin, v)
