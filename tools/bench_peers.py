"""Other tools on the same candidates, run by the benchmark's own Python (`.bench-venv`); nothing of Suture is imported.

    .bench-venv/bin/python tools/bench_peers.py univers|vdb candidates.json        one JSON object on stdout
    .bench-venv/bin/python tools/bench_peers.py cve-bin-tool ranges.json           the same
    .bench-venv/bin/python tools/bench_peers.py scan SBOM affected.sqlite3     a list of [purl, version, vulnerability]

The files are those of `tools.bench_given`. What a tool cannot read is counted, not guessed at. `scan` is what
`suture scan` does, written with univers: read the SBOM, ask the knowledge for each package, decide, print.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Candidate = tuple[str, str, str, str, str, str]


def _bounds(one: Candidate) -> str:
    _, _, low, low_sign, high, high_sign = one
    return "|".join(
        f"{'' if sign == '=' else sign}{bound}" for sign, bound in ((low_sign, low), (high_sign, high)) if bound
    )


def univers() -> Callable[[Candidate], bool]:
    """`version in VersionRange.from_string(...)`, as VulnerableCode writes it."""
    from univers.version_range import RANGE_CLASS_BY_SCHEMES, VersionRange

    called = {
        "loose": "generic",
        "alpine": "apk",
    }
    by = {name: RANGE_CLASS_BY_SCHEMES.get(name) for name in (*RANGE_CLASS_BY_SCHEMES,)}

    def inside(one: Candidate) -> bool:
        scheme, version = one[:2]
        kind = called.get(scheme, scheme)
        found = VersionRange.from_string(f"vers:{kind}/{_bounds(one)}")
        return by[kind].version_class(version) in found

    return inside


def vdb() -> Callable[[Candidate], bool]:
    """`vers_compare` of appthreat-vulnerability-db (dep-scan)."""
    from vdb.lib.vers.range import vers_compare

    def inside(one: Candidate) -> bool:
        scheme, version = one[:2]
        return bool(vers_compare(version, f"vers:{scheme}/{_bounds(one)}"))

    return inside


def run(tool: str, path: Path) -> dict[str, Any]:
    candidates = [tuple(one) for one in json.loads(path.read_text())]
    inside = {"univers": univers, "vdb": vdb}[tool]()
    answers: list[bool | None] = []
    started, used = time.perf_counter(), time.process_time()
    for one in candidates:
        try:
            answers.append(inside(one))
        except Exception:  # whatever it raises, it has no answer
            answers.append(None)
    seconds, cpu = time.perf_counter() - started, time.process_time() - used
    return {
        "seconds": seconds, "cpu": cpu, "tests": len(answers), "inside": sum(1 for a in answers if a),
        "unreadable": sum(1 for a in answers if a is None), "answers": answers,
    }  # fmt: skip


def cve_bin_tool(path: Path) -> dict[str, Any]:
    """`CVEScanner.get_cves` for every product, over its own tables and index, filled with the same ranges."""
    import logging

    from cve_bin_tool.cve_scanner import CVEScanner
    from cve_bin_tool.cvedb import CVEDB
    from cve_bin_tool.util import ProductInfo

    logging.disable(logging.CRITICAL)
    given = json.loads(path.read_text())
    file = path.with_suffix(".db")
    file.unlink(missing_ok=True)
    with sqlite3.connect(file) as database:
        for name in ("cve_severity", "cve_range"):
            database.execute(CVEDB.TABLE_SCHEMAS[name])
        for statement in CVEDB.INDEXES.values():
            if "cve_range" in statement:
                database.execute(statement)
        database.executemany(
            "INSERT INTO cve_severity VALUES (?, 'HIGH', 'as stated', 7, 3, '', 'same', '2026-01-01')",
            sorted({(row[0],) for row in given["rows"]}),
        )
        database.executemany("INSERT INTO cve_range VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'same')", given["rows"])
    pairs: set[tuple[str, str]] = set()
    unreadable, scanner = 0, CVEScanner()
    scanner.dbname = str(file)
    started, used = time.perf_counter(), time.process_time()
    with scanner:
        for vendor, product, version, purl in given["asked"]:
            info = ProductInfo(vendor, product, version, "/", purl)
            try:
                scanner.get_cves(info, {"default": {}, "paths": {""}})
            except Exception:  # whatever it raises, it has no answer
                unreadable += 1
    seconds, cpu = time.perf_counter() - started, time.process_time() - used
    for info, found in scanner.all_cve_data.items():
        pairs |= {(info.purl, one.cve_number) for one in found["cves"]}
    return {
        "seconds": seconds, "cpu": cpu, "tests": len(given["asked"]), "ranges": len(given["rows"]),
        "unreadable": unreadable, "pairs": sorted(pairs),
    }  # fmt: skip


def scan(sbom: Path, knowledge: Path) -> list[tuple[str, str, str]]:
    """An SBOM against a table of VERS ranges by package, as users of univers write it."""
    from packageurl import PackageURL
    from univers.version_range import RANGE_CLASS_BY_SCHEMES, VersionRange

    found: set[tuple[str, str, str]] = set()
    with sqlite3.connect(f"file:{knowledge}?mode=ro", uri=True) as database:
        for component in json.loads(sbom.read_bytes())["components"]:
            purl = PackageURL.from_string(component["purl"])
            version = purl.version or ""
            if epoch := purl.qualifiers.get("epoch"):
                version = f"{epoch}:{version}"
            package = purl._replace(version=None, subpath=None).to_string()
            for vers, number in database.execute(
                "SELECT vers, vulnerability FROM affected WHERE package = ?", [package]
            ):
                try:
                    range_ = VersionRange.from_string(vers)
                    if RANGE_CLASS_BY_SCHEMES[range_.scheme].version_class(version) in range_:
                        found.add((component["purl"], version, number))
                except Exception:
                    pass
    return sorted(found)


if __name__ == "__main__":
    if sys.argv[1] == "scan":
        print(json.dumps(scan(Path(sys.argv[2]), Path(sys.argv[3])), indent=1))
    elif sys.argv[1] == "cve-bin-tool":
        print(json.dumps(cve_bin_tool(Path(sys.argv[2]))))
    else:
        print(json.dumps(run(sys.argv[1], Path(sys.argv[2]))))
