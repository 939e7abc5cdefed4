"""Real records: a slice of every feed in `make test`, all of them in `make deep`."""

from __future__ import annotations

import gzip
from itertools import islice
from pathlib import Path

import pytest

from suture.intelligence.queries import knowledge, published_rev, vulnerability_by_any_id
from suture.intelligence.services import Outcome, SourceResult, import_feeds

FEEDS = ("osv", "nvd", "cve5", "distro", "kev", "epss")
RECORDS = {  # as the data's README counts them; NVD: years and overrides
    "nvd": 216_905, "nvd-override": 32_184, "cve": 44_130, "ghsa": 19_121, "pysec": 3_181, "go": 4_291, "rustsec": 712,
    "bitnami": 7_444, "almalinux": 5_680, "rocky": 1_477, "psf": 132, "drupal": 492, "r": 14, "oss-fuzz": 4_026,
    "malicious": 588, "epss": 360_142, "redhat": 3_336, "alpine": 7_714,
}  # fmt: skip


def everything_is_accounted_for(results: list[SourceResult], sql) -> None:
    """Counts against the tables: each record, each stated range."""
    for result in results:
        assert result.counts.add_up() == "", result.source
    rev = published_rev()
    ((assertions, stated),) = sql("SELECT count(*), sum(stated) FROM assertion WHERE f <= %s AND t > %s", rev, rev)
    ((waiting,),) = sql("SELECT sum(n) FROM rng_review WHERE f <= %s AND t > %s", rev, rev)
    ((said,),) = sql(
        "SELECT sum(length(says) - length(replace(says, %s, '')) + 1) FROM assertion WHERE says <> '' "
        "AND f <= %s AND t > %s", "\n", rev, rev,
    )  # fmt: skip
    known = knowledge()
    assert (known.assertions, known.ranges, known.waiting) == (assertions, said, waiting)
    assert said + waiting == stated
    assert sql("SELECT count(*) FROM rng WHERE lo >= hi") == [(0,)], "a range is silently empty"
    # every accepted range has at least one interval, unless the same record states the same interval twice
    ((unsaid,),) = sql(
        "SELECT count(*) FROM assertion a WHERE says <> '' AND NOT EXISTS "
        "(SELECT 1 FROM rng r WHERE r.stmt >= a.id << 20 AND r.stmt < (a.id + 1) << 20)"
    )
    assert unsaid == 0


@pytest.mark.data
def test_a_slice_of_every_real_feed(tmp_path, test_data: Path, world, ada, sql):
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    for name in FEEDS[:4]:
        for file in sorted((test_data / name).glob("*.jsonl.gz")):
            with gzip.open(file) as whole:
                (mirror / file.name.removesuffix(".gz")).write_bytes(b"".join(islice(whole, 60)))
    for file in sorted((test_data / "kev").iterdir()):
        (mirror / file.name).write_bytes(file.read_bytes())
    with gzip.open(test_data / "epss" / "epss_scores-2026-08-16.csv.gz") as whole:
        (mirror / "epss_scores-2026-08-16.csv").write_bytes(b"".join(islice(whole, 2000)))
    results = import_feeds([mirror], by=ada)
    assert {r.source for r in results} == {*RECORDS, "kev"}
    assert not any(r.failed for r in results)
    everything_is_accounted_for(results, sql)
    assert {r.outcome for r in import_feeds([mirror], by=ada)} == {Outcome.UNCHANGED}


@pytest.mark.data
def test_the_advisories_for_medical_devices(test_data: Path, world, ada, sql):
    """A folder as the publisher lays it out, with a signature and a hash beside each document."""
    results = {r.source: r for r in import_feeds([test_data / "csaf" / "cisa-icsma"], by=ada)}
    assert not any(r.failed for r in results.values())
    counts = results["csaf-cisa"].counts
    assert (counts.records, counts.new, counts.unreadable) == (286, 286, 0)
    assert counts.stated == counts.accepted + sum(counts.review.values())
    assert counts.accepted > 5 * sum(counts.review.values())
    everything_is_accounted_for(list(results.values()), sql)
    assert [r.source for r in results.values()] == ["csaf-cisa"], "a hash or signature beside its document is no feed"
    about = vulnerability_by_any_id("CVE-2023-40150", ada)
    assert about == vulnerability_by_any_id("ICSMA-23-248-01/CVE-2023-40150", ada)


@pytest.mark.data
@pytest.mark.deep
def test_all_real_feeds(test_data: Path, world, ada, sql):
    results = {r.source: r for r in import_feeds([test_data / name for name in FEEDS], by=ada)}
    assert not any(r.failed for r in results.values())
    for source, records in RECORDS.items():
        counts = results[source].counts
        assert counts.unreadable == 0
        # a whole year of NVD lies there a second time, in its native form: those records are older or the same
        again = counts.older if source == "nvd" else 0
        assert counts.records - again == records, source
    everything_is_accounted_for(list(results.values()), sql)
    assert vulnerability_by_any_id("GHSA-jfh8-c2jp-5v3q", ada).preferred_id == "CVE-2021-44228"
    second = import_feeds([test_data / name for name in FEEDS], by=ada)
    assert not any(r.changed for r in second)
