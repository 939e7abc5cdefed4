"""Random pairs of versions, ordered as the ecosystems' own programs order them.

2,000 pairs each in the normal run, 100,000 in `make deep`. Half of the pairs are close relatives.
"""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest

from tests.core.versions.plausible import maven_as_published, pair
from tests.core.versions.references import JUDGES, Judge, Pair, sign_by_key

judges = pytest.mark.parametrize(("scheme", "judge"), JUDGES, ids=lambda one: getattr(one, "__name__", one))

# Maven's comparator is not transitive, so no order agrees with it on everything: of versions as projects write them, at
# most one pair in two thousand may differ (docs/reference/versions.md).
ALLOWED = {"maven": 0.0005}


def pairs(scheme: str, count: int) -> list[Pair]:
    random = Random(f"{scheme} {count}")
    if scheme == "maven":
        return [two_as_published(random) for _ in range(count)]
    return [pair(scheme, random) for _ in range(count)]


def two_as_published(random: Random) -> Pair:
    """Two Maven versions; one in ten pairs is one version in two spellings."""
    first = maven_as_published(random)
    if random.random() < 0.9:
        return first, maven_as_published(random)
    numbers = re.match("[0-9.]*[0-9]", first)
    assert numbers
    return first, f"{numbers[0]}.0{first[numbers.end() :]}"


@judges
def test_random_pairs_agree(scheme: str, judge: Judge, tmp_path: Path) -> None:
    agree_on(2_000, scheme, judge, tmp_path)


@pytest.mark.deep
@judges
def test_many_random_pairs_agree(scheme: str, judge: Judge, tmp_path: Path) -> None:
    agree_on(100_000, scheme, judge, tmp_path)


def agree_on(count: int, scheme: str, judge: Judge, folder: Path) -> None:
    asked = pairs(scheme, count)
    theirs = judge(asked, folder)
    ours = [sign_by_key(scheme, left, right) for left, right in asked]
    wrong = [(*two, a, b) for two, a, b in zip(asked, ours, theirs, strict=True) if b is not None and a != b]
    judged = [a for a, b in zip(ours, theirs, strict=True) if b is not None]
    allowed = round(len(judged) * ALLOWED.get(scheme, 0))
    assert len(wrong) <= allowed, f"{len(wrong)} of {len(asked)} disagree (left, right, ours, theirs): {wrong[:10]}"
    assert len(judged) > count // 2, "the judge refuses too many to prove much"
    assert min(judged.count(sign) for sign in (-1, 0, 1)) > count // 100, "the sample is too one-sided to prove much"
