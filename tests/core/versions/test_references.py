"""Random pairs of versions, ordered as the ecosystems' own programs order them.

2,000 pairs each in the normal run, 100,000 in `make deep`. Half of the pairs are close relatives.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from random import Random

import packaging.version
import pytest

from suture.core.versions import key
from tests.core.versions.plausible import pair

Pair = tuple[str, str]
Sign = int  # -1, 0, 1


def sign_by_key(scheme: str, left: str, right: str) -> Sign:
    a, b = key(scheme, left), key(scheme, right)
    return (a > b) - (a < b)


def pairs(scheme: str, count: int) -> list[Pair]:
    random = Random(f"{scheme} {count}")
    return [pair(scheme, random) for _ in range(count)]


def by_packaging(asked: list[Pair], folder: Path) -> list[Sign]:
    """PyPA's `packaging`, the reference for PEP 440."""
    signs = []
    for left, right in asked:
        a, b = packaging.version.Version(left), packaging.version.Version(right)
        signs.append((a > b) - (a < b))
    return signs


def by_dpkg(asked: list[Pair], folder: Path) -> list[Sign]:
    """`dpkg --compare-versions`: one shell asks it for every pair whether our answer holds, so one start a pair."""
    if not shutil.which("dpkg"):
        pytest.skip("dpkg is not installed")
    word = {-1: "lt", 0: "eq", 1: "gt"}
    question = folder / "pairs"
    question.write_text("".join(f"{a} {word[sign_by_key('deb', a, b)]} {b}\n" for a, b in asked))
    script = 'while read -r a is b; do dpkg --compare-versions "$a" "$is" "$b" && echo y || echo n; done'
    with question.open() as lines:
        answers = subprocess.run(
            ["sh", "-c", script], stdin=lines, capture_output=True, text=True, check=True
        ).stdout.split()
    assert len(answers) == len(asked)
    other = {-1: 1, 0: 2, 1: -1}  # any sign but ours
    return [
        sign if answer == "y" else other[sign]
        for answer, sign in zip(answers, (sign_by_key("deb", a, b) for a, b in asked), strict=True)
    ]


def by_rpm(asked: list[Pair], folder: Path) -> list[Sign]:
    """rpm's own comparison of [epoch:]version[-release], all pairs in one process through its Lua."""
    if not shutil.which("rpm"):
        pytest.skip("rpm is not installed")
    question = folder / "pairs"
    question.write_text("".join(f"{a} {b}\n" for a, b in asked))
    lua = 'local a, b = line:match("(%S+) (%S+)"); print(rpm.vercmp(a, b) .. "\\n")'
    program = f'%{{lua: for line in io.lines("{question}") do {lua} end}}'
    answers = subprocess.run(["rpm", "--eval", program], capture_output=True, text=True, check=True).stdout.split()
    assert len(answers) == len(asked)
    return [int(answer) for answer in answers]


REFERENCES = [("pypi", by_packaging), ("deb", by_dpkg), ("rpm", by_rpm)]


@pytest.mark.parametrize(("scheme", "reference"), REFERENCES)
def test_random_pairs_agree(scheme: str, reference: Callable[[list[Pair], Path], list[Sign]], tmp_path: Path) -> None:
    agree_on(pairs(scheme, 2_000), scheme, reference, tmp_path)


@pytest.mark.deep
@pytest.mark.parametrize(("scheme", "reference"), REFERENCES)
def test_many_random_pairs_agree(
    scheme: str, reference: Callable[[list[Pair], Path], list[Sign]], tmp_path: Path
) -> None:
    agree_on(pairs(scheme, 100_000), scheme, reference, tmp_path)


def agree_on(asked: list[Pair], scheme: str, reference: Callable[[list[Pair], Path], list[Sign]], folder: Path) -> None:
    ours = [sign_by_key(scheme, left, right) for left, right in asked]
    theirs = reference(asked, folder)
    wrong = [(*two, a, b) for two, a, b in zip(asked, ours, theirs, strict=True) if a != b]
    assert not wrong, f"{len(wrong)} of {len(asked)} disagree (left, right, ours, theirs): {wrong[:10]}"
    assert min(ours.count(sign) for sign in (-1, 0, 1)) > len(asked) // 50, "the sample is too one-sided to prove much"
