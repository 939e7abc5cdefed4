"""A held sample of `make accuracy`, with only the records its pairs need; and Trivy's closed world, whole."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from tools import accuracy_adjustments
from tools.accuracy import MOST_ADJUSTED, reached
from tools.accuracy_labels import lines, match_labels
from tools.accuracy_trivy import compare, parse, records

from suture.accounts.services import local_operator
from suture.detection.scan import scan
from suture.intelligence.services import import_feeds

pytestmark = pytest.mark.data

IDS = re.compile(rb'"(?:CVE|GHSA|GO|PYSEC|RUSTSEC)-[^"]{4,40}"')
FEEDS = ("ghsa", "pysec", "go", "rustsec")


@pytest.fixture
def language(test_data: Path, tmp_path: Path, committed_db: str) -> Path:
    """Knowledge of the OSV records that name a vulnerability of a labelled language pair."""
    folder = test_data / "benchmark" / "match-labels"
    wanted = {
        f'"{one}"'.encode()
        for pair in map(json.loads, lines(folder / "pairs.jsonl.gz"))
        if pair["track"] == "language"
        for one in pair["ids"]
    }
    for feed in FEEDS:
        with gzip.open(test_data / "osv" / f"{feed}.jsonl.gz") as file:
            kept = b"".join(line for line in file if not wanted.isdisjoint(IDS.findall(line)))
        (tmp_path / f"{feed}.jsonl").write_bytes(kept)
    import_feeds(sorted(tmp_path.glob("*.jsonl")), by=local_operator())
    return folder


def test_the_language_track_keeps_its_gates(language: Path) -> None:
    """Adjusted recall and precision ≥ 0.97, raw recall ≥ 0.87 and precision ≥ 0.95, over all 1,131 pairs."""
    aside = {one.key for one in accuracy_adjustments.kept()}
    tracks = match_labels(language, scan, aside, ["language"])
    assert [str(one) for one in reached(tracks) if not one.kept] == []
    assert tracks[0].labels == 1131


def test_every_adjustment_stands(test_data: Path) -> None:
    """Each cites a record that contradicts its label, one per label, and at most 12 % of a track."""
    labels = accuracy_adjustments.labels(test_data)
    kept = accuracy_adjustments.kept()
    assert accuracy_adjustments.check(kept, labels, test_data) == []
    for track in {one.track for one in kept}:
        whole = sum(1 for pair in labels.values() if pair["track"] == track)
        assert sum(one.track == track for one in kept) <= MOST_ADJUSTED * whole


def test_an_adjustment_that_its_record_does_not_bear_out_falls(test_data: Path) -> None:
    one = next(a for a in accuracy_adjustments.kept() if a.kind == "outside")
    labels = accuracy_adjustments.labels(test_data)
    for wrong in (
        one._replace(kind="withdrawn"), one._replace(kind="other package"), one._replace(label="FP"),
        one._replace(record="GHSA-0000-0000-0000"), one._replace(kind="inside"),
    ):  # fmt: skip
        assert accuracy_adjustments.check([wrong], labels, test_data) != []


def test_trivys_closed_world_gives_the_same_packages_and_vulnerabilities(
    test_data: Path, tmp_path: Path, committed_db: str
) -> None:
    folder = test_data / "benchmark" / "trivy-integration"
    feed = tmp_path / "fixtures.jsonl"
    feed.write_text("".join(json.dumps(record) + "\n" for record in records(folder)))
    import_feeds([feed], by=local_operator())
    compared, wrong = compare(folder, scan)
    assert wrong == []
    assert compared >= 55


def test_the_fixtures_yaml_is_read() -> None:
    text = """
- bucket: "a::b"
  pairs:
    - bucket: x/y
      pairs:
        - key: "C: 1"
          value:
            P:
              - ">= 1"
              - 2 # why
        - key: D
          value: {}
"""
    assert parse(text) == [
        {"bucket": "a::b", "pairs": [{"bucket": "x/y", "pairs": [
            {"key": "C: 1", "value": {"P": [">= 1", "2"]}}, {"key": "D", "value": {}},
        ]}]},
    ]  # fmt: skip
