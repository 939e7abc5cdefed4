"""Every fact in the demo's feeds agrees with the real records; every sentence is ours."""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

FEEDS = Path(__file__).resolve().parents[2] / "src" / "suture" / "demo" / "feeds"
Json = dict[str, Any]

# No NVD record of that year lies in the set we check against: the first fixed versions are Alpine's.
STATED_BY_US = {"CVE-2022-0778": {"1.1.1n", "3.0.2"}, "CVE-2022-3602": {"3.0.7"}}


def ours(path: str) -> list[Json]:
    """The records of one of our feeds."""
    return [json.loads(line) for line in (FEEDS / path).read_text(encoding="utf-8").splitlines()]


def _speaking_of(path: Path, ids: frozenset[str]) -> Iterator[Json]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            if not ids.isdisjoint(re.findall(r"(?:CVE|GHSA|GO|PYSEC)-[\w-]+", line)):
                yield json.loads(line)


@cache
def real_nvd(data: Path) -> dict[str, Json]:
    """NVD's records of our ids."""
    ids = frozenset(record["id"] for record in ours("nvd/nvd.jsonl"))
    found: dict[str, Json] = {}
    for year in sorted({i.split("-")[1] for i in ids}):
        found |= {r["id"]: r for r in _speaking_of(data / "nvd" / f"cve-{year}.jsonl.gz", ids) if r["id"] in ids}
    return found


def _matches(record: Json) -> set[str]:
    """Each CPE match of a record with its bounds, as text."""
    keep = (
        "vulnerable",
        "criteria",
        "versionStartIncluding",
        "versionStartExcluding",
        "versionEndIncluding",
        "versionEndExcluding",
    )
    return {
        json.dumps({k: m[k] for k in keep if k in m}, sort_keys=True)
        for one in record.get("configurations", []) for node in one["nodes"] for m in node["cpeMatch"]
    }  # fmt: skip


def _vectors(record: Json) -> set[tuple[str, str]]:
    return {(m["cvssData"]["version"], m["cvssData"]["vectorString"]) for ms in record["metrics"].values() for m in ms}


@pytest.mark.data
def test_nvd_ranges_dates_and_scores(test_data: Path) -> None:
    """Ranges are a part of NVD's, AND nodes stay whole; dates and vectors are NVD's."""
    real = real_nvd(test_data)
    for record in ours("nvd/nvd.jsonl"):
        if record["id"] in STATED_BY_US:
            continue
        theirs = real[record["id"]]
        assert _matches(record) <= _matches(theirs), record["id"]
        assert record["published"] == theirs["published"]
        assert record["lastModified"] == theirs["lastModified"]
        assert _vectors(record) <= _vectors(theirs)
        for configuration in record["configurations"]:
            if configuration.get("operator") == "AND":
                assert len(configuration["nodes"]) in {len(c["nodes"]) for c in theirs["configurations"]}


@pytest.mark.data
def test_ranges_stated_by_us_end_where_a_distribution_fixed(test_data: Path) -> None:
    """OpenSSL 2022: our upper bounds are the versions in which Alpine shipped the fix."""
    fixed: dict[str, set[str]] = {cve: set() for cve in STATED_BY_US}
    with gzip.open(test_data / "distro" / "alpine-secdb.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            for cve in fixed:
                fixed[cve].update(re.findall(rf'"([^"]+)-r\d+": ?\[[^\]]*"{cve}"', line))
    for record in ours("nvd/nvd.jsonl"):
        if record["id"] in STATED_BY_US:
            uppers = {json.loads(m)["versionEndExcluding"] for m in _matches(record)}
            assert uppers == STATED_BY_US[record["id"]] <= fixed[record["id"]]


@pytest.mark.data
def test_overrides(test_data: Path) -> None:
    """CPE configurations where NVD has none, as the override states them."""
    mine = {record["id"]: record for record in ours("nvd/nvd-overrides.jsonl")}
    theirs = {r["id"]: r for r in _speaking_of(test_data / "nvd" / "anchore-overrides.jsonl.gz", frozenset(mine))}
    for cve, record in mine.items():
        assert _matches(record)
        assert _matches(record) <= _matches(theirs[cve])


@pytest.mark.data
def test_cve_records(test_data: Path) -> None:
    """Versions, CPEs and dates of the CNA's and of CISA's container."""
    mine = {record["cveMetadata"]["cveId"]: record for record in ours("cve5/cve.jsonl")}
    theirs = {
        r["cveMetadata"]["cveId"]: r
        for r in _speaking_of(test_data / "cve5" / "vulnrichment.jsonl.gz", frozenset(mine))
    }

    def stated(containers: list[Json]) -> set[str]:
        return {
            json.dumps([a.get("vendor"), a.get("product"), v], sort_keys=True)
            for c in containers for a in c.get("affected", []) for v in a.get("versions", [])
        }  # fmt: skip

    for cve, record in mine.items():
        real = theirs[cve]
        assert record["cveMetadata"]["datePublished"] == real["cveMetadata"]["datePublished"]
        assert record["cveMetadata"]["state"] == real["cveMetadata"]["state"] == "PUBLISHED"
        for kept, full in (
            ([record["containers"]["cna"]], [real["containers"]["cna"]]),
            (record["containers"].get("adp", []), real["containers"].get("adp", [])),
        ):
            assert stated(kept) <= stated(full), cve
        assert stated([record["containers"]["cna"]]), cve


@pytest.mark.data
@pytest.mark.parametrize("source", ["ghsa", "go", "pysec"])
def test_osv_records(test_data: Path, source: str) -> None:
    """Packages, events, aliases and severities of each ecosystem's advisory."""
    mine = {record["id"]: record for record in ours(f"osv/{source}.jsonl")}
    theirs = {r["id"]: r for r in _speaking_of(test_data / "osv" / f"{source}.jsonl.gz", frozenset(mine))}

    def stated(record: Json) -> set[str]:
        return {
            json.dumps([a["package"]["ecosystem"], a["package"]["name"], r["type"], r["events"]])
            for a in record["affected"] if "package" in a for r in a.get("ranges", [])
        }  # fmt: skip

    for id_, record in mine.items():
        assert stated(record), id_
        assert stated(record) <= stated(theirs[id_]), id_
        assert set(record["aliases"]) <= set(theirs[id_]["aliases"])
        assert record.get("severity") == theirs[id_].get("severity")
        assert record["modified"] == theirs[id_]["modified"]


@pytest.mark.data
def test_known_exploited(test_data: Path) -> None:
    """Each of our ids that the catalogue of August 2026 lists is listed, with its dates; no other is."""
    with gzip.open(test_data / "kev" / "known_exploited_vulnerabilities-2026-08.json.gz") as file:
        real = {v["cveID"]: v for v in json.load(file)["vulnerabilities"]}
    mine = {
        v["cveID"]: v
        for v in json.loads((FEEDS / "kev" / "known_exploited_vulnerabilities.json").read_text())["vulnerabilities"]
    }
    known = {record["id"] for record in ours("nvd/nvd.jsonl")}
    assert {cve for cve in known if cve in real} <= set(mine)
    for cve, entry in mine.items():
        for fact in ("dateAdded", "dueDate", "knownRansomwareCampaignUse", "vendorProject", "product"):
            assert entry[fact] == real[cve][fact], cve


@pytest.mark.data
def test_epss_scores(test_data: Path) -> None:
    """Score and percentile of 16 August 2026, to the last digit."""
    with (FEEDS / "epss" / "epss_scores-2026-08-16.csv").open(encoding="ascii") as file:
        mine = {row["cve"]: (row["epss"], row["percentile"]) for row in csv.DictReader(file)}
    with gzip.open(test_data / "epss" / "epss_scores-2026-08-16.csv.gz", "rt", encoding="ascii") as file:
        real = {row["cve"]: (row["epss"], row["percentile"]) for row in csv.DictReader(file) if row["cve"] in mine}
    assert mine == real
    assert len(mine) >= 80


@pytest.mark.data
def test_sentences_are_ours(test_data: Path) -> None:
    """No description of a source is repeated."""
    real = real_nvd(test_data)
    for record in ours("nvd/nvd.jsonl"):
        words = record["descriptions"][0]["value"]
        theirs = [d["value"] for d in real.get(record["id"], {}).get("descriptions", [])]
        assert words not in theirs
        assert len(words) < 140
