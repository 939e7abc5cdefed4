"""Every real record is read, and every range it states is either a range or waits for review: the counts add up.

The normal run reads every seventh record; `make deep` reads all.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from suture.core.errors import FormatError
from suture.core.versions import SCHEMES
from suture.core.vulnerabilities import Record, ReviewReason
from suture.formats import alpine_secdb, cve5, epss, kev, nvd, nvd_feed, osv, redhat
from suture.formats.detect import HEAD, Kind, Layout, detect
from suture.formats.sbom import read_sbom

READERS: dict[Kind, Callable[[bytes], Record]] = {
    Kind.OSV: osv.read, Kind.NVD: nvd.read, Kind.NVD_OVERRIDE: nvd.read_override, Kind.CVE5: cve5.read,
    Kind.REDHAT: redhat.read, Kind.ALPINE: alpine_secdb.read,
}  # fmt: skip
FEEDS = ("osv", "nvd", "cve5", "distro")


def records(root: Path, every: int) -> Iterator[tuple[str, Record]]:
    for folder in FEEDS:
        for file in sorted((root / folder).glob("*.jsonl.gz")):
            data = gzip.decompress(file.read_bytes())
            found = detect(data[:HEAD], file.name)
            lines = data.splitlines()
            if found.kind is Kind.ALPINE:
                lines = alpine_secdb.split(lines)
            else:
                assert found.layout is Layout.LINES, file
            for line in lines[::every]:
                yield folder, READERS[found.kind](line)


def add_up(root: Path, every: int) -> Counter[str]:
    counts: Counter[str] = Counter()
    for folder, record in records(root, every):
        assert len(record.ranges) + len(record.review) == record.stated, record.id
        assert record.id
        assert record.source
        for stated in record.ranges:
            assert stated.package.scheme in SCHEMES, record.id
            assert stated.package.name, record.id
        counts[folder] += 1
        counts["ranges"] += len(record.ranges)
        counts.update(f"review: {waiting.reason}" for waiting in record.review)
    return counts


@pytest.mark.data
def test_every_seventh_record_adds_up(test_data: Path) -> None:
    counts = add_up(test_data, 7)
    assert counts["osv"] > 6_000
    assert counts["nvd"] > 30_000
    assert counts["cve5"] > 6_000
    assert counts["distro"] > 1_500
    assert counts["ranges"] > 150_000


@pytest.mark.data
@pytest.mark.deep
def test_every_record_adds_up(test_data: Path) -> None:
    """And nothing but a few known reasons is given: no record of a feed is unreadable as a whole."""
    counts = add_up(test_data, 1)
    assert (counts["osv"], counts["nvd"], counts["cve5"]) == (47_158, 249_089, 44_130)
    assert counts["distro"] == 3_336 + 7_714
    unreadable = counts[f"review: {ReviewReason.UNREADABLE}"]
    assert unreadable < counts["ranges"] / 10_000


@pytest.mark.data
def test_the_catalogues(test_data: Path) -> None:
    newest = kev.read(
        gzip.decompress((test_data / "kev" / "known_exploited_vulnerabilities-2026-08.json.gz").read_bytes())
    )
    assert (newest.version, len(newest.entries)) == ("2026.08.21", 1674)
    scores = epss.read(gzip.decompress((test_data / "epss" / "epss_scores-2026-08-16.csv.gz").read_bytes()))
    assert len(scores.scores) == 360_142


@pytest.mark.data
def test_a_page_of_the_api_as_nvd_gives_it(test_data: Path) -> None:
    data = gzip.decompress((test_data / "nvd" / "native-samples" / "nvd-api-2.0-2003.json.gz").read_bytes())
    assert detect(data[:HEAD], "x") == (Kind.NVD, Layout.PAGE)
    assert len(nvd.read_page(data)) == 1555


@pytest.mark.data
def test_both_forms_of_nvd_say_the_same(test_data: Path) -> None:
    """A whole year in the feed 1.1 and in API 2.0: the same ranges, the same waits, record by record."""
    folder = test_data / "nvd" / "native-samples"
    feed = gzip.decompress((folder / "nvd-feed-1.1-2003.json.gz").read_bytes())
    assert detect(feed[:HEAD], "x") == (Kind.NVD_FEED, Layout.PAGE)
    pages = gzip.decompress((folder / "nvd-api-2.0-2003.json.gz").read_bytes())
    api = {record.id: record for record in nvd.read_page(pages)}
    items = json.loads(feed)["CVE_Items"]
    for item in items:
        old = nvd_feed.read(json.dumps(item).encode())
        new = api[old.id]
        assert len(old.ranges) + len(old.review) == old.stated == new.stated, old.id
        assert Counter(old.ranges) == Counter(new.ranges), old.id
        assert Counter(old.review) == Counter(new.review), old.id
        assert old.published[:16] == new.published[:16]
    assert len(items) == 1553


def unpacked(file: Path) -> bytes:
    data = file.read_bytes()
    return gzip.decompress(data) if file.suffix == ".gz" else data


# Files in JSON that are no SBOM of a kind read here, or broken on purpose; the sentence each gets.
NOT_READ = {
    "cdx-1-3-syntax-err-2.json": "not JSON",
    "openvex_json_schema_0.2.0.json": "no SBOM",
    "security-tracker.fake.json": "no SBOM",
    "SPDXJSONExample-UTF-16.spdx.json": "the file is UTF-16",
    "grype-sbom-modified.spdx.json.gz": "not yet read: SPDX tag-value",  # whatever its name says
}


@pytest.mark.data
def test_every_real_sbom_is_read_or_says_what_it_is(test_data: Path) -> None:
    """CycloneDX JSON and SPDX 2 JSON are read; any other form gets a sentence that names it."""
    files = [file for file in sorted((test_data / "sbom").rglob("*")) if file.is_file() and ".jsonl" not in file.name]
    outcomes: Counter[str] = Counter()
    said: dict[str, str] = {}
    for file in files:
        try:
            found, problems = read_sbom(unpacked(file))
        except FormatError as refused:
            said[file.name] = str(refused)
        else:
            outcomes[found.format] += 1
            assert found.skipped <= len(problems)
    for name, sentence in said.items():
        assert sentence.startswith(NOT_READ.get(name, ("not yet read: ", "the file is UTF-16"))), (name, sentence)
    assert said.keys() >= NOT_READ.keys()
    assert outcomes["CycloneDX"] > 200
    assert outcomes["SPDX"] > 90


@pytest.mark.data
def test_the_packages_of_popular_containers(test_data: Path) -> None:
    """`{file, document}` per line; four generators, one of which writes its version after all packages."""
    with gzip.open(test_data / "sbom" / "popular-containers-spdx.jsonl.gz") as lines:
        some = [json.loads(line)["document"] for number, line in enumerate(lines) if number % 5 == 0]
    for document in some:
        found, _ = read_sbom(json.dumps(document).encode())
        assert len(found.components) + found.skipped + (
            found.root not in found.components and found.root is not None
        ) == len(document["packages"])
