"""CVSS vectors of every version: the page's table, the library suites, and what is no vector."""

from __future__ import annotations

import gzip
import json
import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suture.core.cvss import parse
from suture.core.errors import InvalidValue, SutureError

# Vector, base, temporal, environmental: rubric reference §4, checked there by two independent implementations.
TABLE = [
    ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8, 9.8, 9.8),
    ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0, 10.0, 10.0),
    ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1, 6.1, 6.1),
    ("CVSS:3.1/AV:L/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:N", 6.0, 6.0, 6.0),
    ("CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:C/C:N/I:H/A:H", 8.7, 8.7, 8.7),
    ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0, 0.0, 0.0),
    ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O/RC:C", 9.8, 8.5, 8.5),
    ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/MAV:L", 9.8, 9.8, 8.4),
    ("CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:H/E:P/RL:W/RC:C/CR:L/IR:H/AR:H", 8.1, 7.4, 8.1),
    ("CVSS:3.0/AV:N/AC:H/PR:N/UI:N/S:C/C:H/I:H/A:H/E:F/RL:W/RC:C/CR:H/IR:H/AR:H", 9.0, 8.5, 8.5),
    ("CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:C/C:H/I:H/A:H/E:F/RL:W/RC:C/CR:H/IR:H/AR:H", 9.0, 8.5, 8.6),
    # the rubric's acceptance tests M1 to M6, by their vectors
    ("CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:H", 8.1, 8.1, 8.1),
    ("CVSS:3.1/AV:L/AC:H/PR:N/UI:N/S:U/C:N/I:H/A:N", 5.1, 5.1, 5.1),
    ("CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 6.8, 6.8, 6.8),
    ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:L/I:N/A:N", 4.3, 4.3, 4.3),
    ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:N/A:N", 6.5, 6.5, 6.5),
]


@pytest.mark.parametrize(("vector", "base", "temporal", "environmental"), TABLE)
def test_scores(vector, base, temporal, environmental):
    """All three scores; 3.0 and 3.1 differ where their formulas do."""
    read = parse(vector)
    assert (read.base, read.temporal, read.environmental) == (base, temporal, environmental)
    assert read.version == vector[5:8]
    assert read.score == environmental


@pytest.mark.parametrize(
    ("vector", "version", "score", "rating"),
    [
        ("AV:A/AC:M/Au:N/C:C/I:N/A:P/E:POC/RL:W/RC:UC", "2.0", 4.9, "medium"),
        ("(AV:N/AC:L/Au:N/C:C/I:C/A:C)", "2.0", 10.0, "high"),  # 2.0 knows no critical
        ("AV:L/AC:H/Au:M/C:N/I:N/A:N", "2.0", 0.0, "low"),  # nor none; and never -0.0
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", "3.1", 0.0, "none"),
        ("CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "3.1", 6.8, "medium"),
        ("CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:H", "3.1", 8.1, "high"),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", "4.0", 10.0, "critical"),
        ("CVSS:4.0/AV:P/AC:H/AT:P/PR:H/UI:A/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/E:P", "4.0", 5.9, "medium"),
    ],
)
def test_versions_and_ratings(vector, version, score, rating):
    """The prefix tells the version; what is scored takes everything into account that the vector states."""
    read = parse(vector)
    assert (read.version, read.score, read.rating) == (version, score, rating)
    assert str(read.base)[0] != "-"
    if version == "4.0":
        assert read.temporal is None
        assert read.environmental == score


def test_a_4_0_vector_has_a_base_score_without_threat_metrics():
    """CVSS-B and CVSS-BTE are two numbers; publishers give the first."""
    bare = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"
    assert parse(bare + "/E:U").base == parse(bare).base == parse(bare).score
    assert parse(bare + "/E:U").score < parse(bare).score


def test_metrics_are_what_the_vector_states():
    """'Not defined' is not stated; order does not matter; the vector is written in the standard's order."""
    read = parse("CVSS:3.1/AC:L/AV:N/PR:N/UI:N/S:U/C:H/I:H/A:H/E:X/RL:O")
    assert read.metrics == {
        "AV": "N", "AC": "L", "PR": "N", "UI": "N", "S": "U", "C": "H", "I": "H", "A": "H", "RL": "O",
    }  # fmt: skip
    assert read.vector == "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/RL:O"


@pytest.mark.parametrize(
    "text",
    [
        "", "/", "()", "nonsense", "CVSS:3.1", "CVSS:3.2/AV:N", "CVSS:4.1/AV:N", "CVSS:4.0/", "CVSS:3.1/AV",
        "CVSS:3.1/AV:N/AV:N", "AV:N:N/AC", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:Q",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/XX:O",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" + "/E:X" * 200, "9.8",
    ],
)  # fmt: skip
def test_what_is_no_vector_is_refused(text):
    """Unknown prefix, metric or value, one twice, one missing, one far too long."""
    with pytest.raises(InvalidValue, match="vector"):
        parse(text)


@given(
    st.text(max_size=60) | st.from_regex(r"(CVSS:[234]\.[01]/)?([A-Za-z]{1,3}:[A-Za-z]{0,2}/?){0,9}", fullmatch=True)
)
@settings(max_examples=200)
def test_any_text_is_a_vector_or_an_invalid_value(text):
    """Never another error."""
    with suppress(SutureError):
        assert 0.0 <= parse(text).score <= 10.0


@pytest.mark.data
def test_the_librarys_suites_agree(test_data):
    """Every line of `vector - (base, temporal, environmental)` for 2.0, 3.0, 3.1 and 4.0."""
    lines = 0
    for path in sorted((test_data / "conformance/cvss/redhat-cvss").glob("vectors_*.txt")):
        for line in path.read_text().splitlines():
            if not line.strip():
                continue
            vector, _, expected = line.partition(" - ")
            read = parse(vector)
            scores = [None if text == "None" else abs(float(text)) for text in re.findall(r"-?[\d.]+|None", expected)]
            three = [read.base, read.temporal, read.environmental]
            given_scores = [read.score] if read.version == "4.0" else three  # the suites give CVSS-BTE
            assert given_scores == scores, line
            lines += 1
    assert lines > 4600


# Published 4.0 scores that are neither CVSS-B nor CVSS-BTE of their vector: vector, published, CVSS-B, CVSS-BTE.
# The first two differ by 0.1; the others no metric of the vector explains.
PUBLISHED_OTHERWISE = {
    ("CVSS:4.0/AV:L/AC:H/AT:N/PR:H/UI:N/VC:N/VI:H/VA:L/SC:N/SI:N/SA:N", 5.6, 5.7, 5.7),
    ("CVSS:4.0/AV:L/AC:L/AT:P/PR:N/UI:A/VC:N/VI:H/VA:L/SC:N/SI:N/SA:N", 5.6, 5.7, 5.7),
    ("CVSS:4.0/AV:N/AC:L/AT:N/PR:H/UI:N/VC:N/VI:N/VA:N/SC:L/SI:N/SA:N", 2.0, 5.1, 5.1),
    ("CVSS:4.0/AV:N/AC:L/AT:N/PR:L/UI:A/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", 5.4, 0.0, 0.0),
    ("CVSS:4.0/AV:N/AC:L/AT:P/PR:L/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N/E:U", 0.3, 2.0, 0.4),
}


@pytest.mark.data
def test_the_scores_nvd_published(test_data):
    """Each distinct vector gives the score NVD published: of 2.0 and 3.x the base score, of 4.0 one of its two."""
    differing, read_lines = set(), 0
    with gzip.open(test_data / "conformance/cvss/nvd-vectors.jsonl.gz", "rt") as lines:
        for line in lines:
            record = json.loads(line)
            read = parse(record["vector"])
            assert read.version == record["version"]
            ours = {read.base, read.score} if read.version == "4.0" else {read.base}
            if record["baseScore"] not in ours:
                differing.add((read.vector, record["baseScore"], read.base, read.score))
            read_lines += 1
    assert read_lines == 1936
    assert differing == PUBLISHED_OTHERWISE
