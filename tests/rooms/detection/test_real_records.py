"""From real feed files and SBOMs of devices to labelled answers: a slice of the benchmark, end to end.

The traps below are those a version order, an identity or an alias decides alone; every labelled pair of them must come
out right. The whole benchmark is `make accuracy`.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from suture.accounts.services import local_operator
from suture.core.components import Package, PackageKind
from suture.core.errors import FormatError
from suture.detection.scan import ScanResult, scan
from suture.detection.services import rematch_stale, take_in_sbom
from suture.intelligence.services import import_feeds
from suture.inventory.models import Product
from suture.inventory.services import register_establishment, register_product, register_release
from tests.rooms.detection.world import ANY, NPM_LODASH, OPENSSL, World, says, standing

pytestmark = pytest.mark.data

TRAPS = {
    "letter_release", "lower_bound", "gap_between_ranges", "wrong_ecosystem", "disputed", "name_collision",
    "alias_duplicate", "sources_conflict", "exclusive_bound", "withdrawn",
}  # fmt: skip
FEEDS = ("osv/ghsa*", "osv/pysec*", "osv/go*", "osv/rustsec*", "nvd/*", "cve5/*")
IDS = re.compile(rb"CVE-\d{4}-\d{4,7}|GHSA(?:-[0-9a-z]{4}){3}|PYSEC-\d{4}-\d+|GO-\d{4}-\d+|RUSTSEC-\d{4}-\d+")


def cases(folder: Path) -> list[dict[str, Any]]:
    """Pairs of these traps that need no data beyond the feeds named above."""
    listed = [json.loads(line) for line in (folder / "cases.jsonl").read_text().splitlines()]
    return [
        case
        for case in listed
        if case["trap"] in TRAPS
        and case["expected"] in ("affected", "not_affected")
        and case["source"]["record"] in ("nvd", "nvd-override", "cve5", "osv")
    ]


def sliced(data: Path, wanted: set[bytes], place: Path) -> Iterator[Path]:
    """Feed files that hold only the records which name a wanted id: of their own, or, in OSV, as an alias."""
    for pattern in FEEDS:
        for feed in sorted(data.glob(f"{pattern}.jsonl.gz")):
            head = 60 if feed.parent.name == "nvd" else None  # there the id comes first
            kept = place / feed.parent.name / feed.name.removesuffix(".gz")
            kept.parent.mkdir(exist_ok=True)
            with gzip.open(feed) as lines:
                body = b"".join(line for line in lines if not wanted.isdisjoint(IDS.findall(line[:head])))
            if body:
                kept.write_bytes(body)
                yield kept


@pytest.fixture
def known(test_data: Path, tmp_path: Path, committed_db: str) -> list[dict[str, Any]]:
    """Knowledge of the records the cases name; gives the cases."""
    folder = test_data / "benchmark" / "medical-devices"
    found = cases(folder)
    ids = {one.encode() for case in found for one in (case["vulnerability"], *case.get("aliases", ()))}
    import_feeds(sliced(test_data, ids, tmp_path), by=local_operator())
    return found


def reported(found: ScanResult, ref: str) -> set[str]:
    return {
        one
        for finding in found.findings
        if ref in {component["ref"] for component in finding.components}
        for one in (finding.vulnerability, *finding.aliases)
    }


def test_labelled_pairs_come_out_right(known: list[dict[str, Any]], test_data: Path) -> None:
    folder = test_data / "benchmark" / "medical-devices"
    by_sbom: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for case in known:
        by_sbom[case["release"]["sbom"]].append(case)
    wrong = []
    for sbom, listed in by_sbom.items():
        found = scan((folder / sbom).read_bytes())
        for case in listed:
            ids = {case["vulnerability"], *case.get("aliases", ())}
            if (not ids.isdisjoint(reported(found, case["release"]["bom_ref"]))) != (case["expected"] == "affected"):
                wrong.append((case["id"], case["expected"], case["vulnerability"], case["component"], case["why"]))
    assert not wrong
    assert len(known) > 150

    # a release answers what the scan answers, and a second look changes nothing
    name = max(by_sbom, key=lambda sbom: len(by_sbom[sbom]))
    by = local_operator()
    site = register_establishment(by=by, name="Northlake Medical", address="1 Lake Road", phone="+1 555 0100")
    device = register_product(
        establishment=site, by=by, brand_name="Aria P2", common_name="Infusion pump", pathway=Product.Pathway.K510
    )
    release = register_release(product=device, by=by, version="4.2")
    data = (folder / name).read_bytes()
    take_in_sbom(release=release, data=data, file_name=name, by=by)
    mine = {one: (f.components, f.reasons) for one, f in standing(release).items()}
    assert mine == {one.vulnerability: (one.components, one.reasons) for one in scan(data).findings}
    assert mine
    assert rematch_stale() == 0


def test_every_readable_sbom_is_scanned(world: World, test_data: Path) -> None:
    """Whatever generators write: an answer that is JSON and accounts for every component, or an error that says why."""
    busybox = Package(PackageKind.PURL, "alpine", "apk/alpine:3.18/busybox")
    world.publish(says("nvd", "CVE-1", (OPENSSL, ANY), (busybox, ANY)), says("ghsa", "GHSA-1", (NPM_LODASH, ANY)))
    read = 0
    for path in sorted((test_data / "sbom").rglob("*.json")):
        try:
            found = scan(path.read_bytes())
        except FormatError:
            continue
        read += 1
        plain = json.loads(json.dumps(found.plain()))
        assert plain["says"]
        assert len(found.not_assessed) <= found.document["components"]
    assert read > 200
