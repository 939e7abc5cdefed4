"""Reasons as they are listed, kept and hashed."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from suture.core.matching import MatchClass
from suture.detection.reasons import Drawn, Hit, Where, draw, result_hash
from suture.evidence.canonical import canonical, digest
from suture.intelligence.queries import Statement

words = st.text(max_size=20)
wheres = st.builds(Where, ref=words, name=words, version=words, given_as=words, package=words, role=words, raw=words)
hits = st.lists(st.builds(Hit, where=wheres, stmt=st.integers(0, 3), doubts=st.tuples(words) | st.just(())), max_size=6)


@settings(max_examples=60)
@given(hits, words, st.lists(st.tuples(words, words, st.integers(0, 9)), max_size=3))
def test_the_hash_of_a_result_is_that_of_its_canonical_spelling(
    found: list[Hit], said: str, possible: list[tuple[str, str, int]]
) -> None:
    """The spelling of evidence.canonical, whatever writes it faster."""
    statements = {number: Statement("nvd", "CVE-2026-1", said, "2026-01-01", (number,), False) for number in range(4)}
    drawn = draw(found, statements).values()
    spelled = sorted(canonical([one.result.value, one.found_in(), one.listed()]) for one in drawn)
    assert result_hash(drawn, possible) == digest({"found": spelled, "possible": sorted(possible)})


def test_more_reasons_than_a_person_reads_are_counted() -> None:
    where = Where("c1", "part", "1.0", "pkg:npm/part@1.0", "npm/part", "native", "1.0")
    statements = {n: Statement("nvd", f"CVE-2026-{n:03}", "v < 2.0", "", (1,), False) for n in range(60)}
    one: Drawn = draw([Hit(where, n) for n in range(60)], statements)[1]
    assert one.result is MatchClass.AFFECTED
    assert len(one.listed()) == 49
    assert one.listed()[-1]["says"] == "and 13 more statements that say so"
    one.tell("a patch is listed", "c1")
    assert one.listed()[-1]["says"] == "and 14 more statements that say so"
