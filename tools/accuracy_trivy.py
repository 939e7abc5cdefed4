"""Trivy's closed world: its database fixtures as the only knowledge, and what its reports must name.

`benchmark/trivy-integration` holds database fixtures (`db/*.yaml`) and the reports Trivy must give (`goldens/`). The
fixtures are turned into OSV records and taken in as a feed; the packages of each report are scanned as an SBOM; and the
same pairs of package and vulnerability must come out. What a report does not tell cannot be compared: CANNOT says why.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from suture.core import versions

ECOSYSTEMS = {
    "npm": "npm", "maven": "Maven", "pip": "PyPI", "rubygems": "RubyGems", "go": "Go", "cargo": "crates.io",
    "composer": "Packagist", "nuget": "NuGet", "erlang": "Hex", "swift": "SwiftURL", "pub": "Pub",
    "conan": "ConanCenter",
}  # fmt: skip
DISTROS = (
    (re.compile(r"alpine (\d.*)").fullmatch, "Alpine:v{}"),
    (re.compile(r"debian (\d+)").fullmatch, "Debian:{}"),
    (re.compile(r"ubuntu (.+)").fullmatch, "Ubuntu:{}"),
    (re.compile(r"alma (\d+)").fullmatch, "AlmaLinux:{}"),
    (re.compile(r"rocky (\d+)").fullmatch, "Rocky Linux:{}"),
    (re.compile(r"Oracle Linux (\d+)").fullmatch, "oracle:{}"),
    (re.compile(r"amazon linux (\d+)").fullmatch, "amazon:{}"),
)
RED_HAT = {"857": "6", "858": "6", "596": "6", "869": "7", "870": "7"}  # db/cpe.yaml: numbers of CPE names
SKIPPED = {
    "vulnerability.yaml": "texts and scores, no versions", "data-source.yaml": "names of sources",
    "cpe.yaml": "read as a table above", "k8s.yaml": "Kubernetes components, which OSV has no ecosystem for",
    "cocoapods.yaml": "CocoaPods, which OSV has no ecosystem for",
    "mariner.yaml": "no report uses it", "opensuse.yaml": "no report uses it", "suse.yaml": "no report uses it",
    "photon.yaml": "no report uses it",
}  # fmt: skip

# (report, vulnerability): why it cannot be compared
SOURCE_UNTOLD = "the report does not name the source package, by which the distribution publishes"
CANNOT = {
    ("cocoapods", "CVE-2022-3215"): "CocoaPods: OSV has no such ecosystem, so both sides share no identity",
    ("debian-buster", "CVE-2019-18224"): SOURCE_UNTOLD,
    ("fluentd-multiple-lockfiles", "CVE-2019-18224"): SOURCE_UNTOLD,  # its SBOM does, and is compared
    ("distroless-base", "CVE-2019-1551"): SOURCE_UNTOLD,
    ("distroless-base", "CVE-2019-1563"): SOURCE_UNTOLD,
    ("ubuntu-1804-ignore-unfixed", "CVE-2019-5094"): SOURCE_UNTOLD,
    ("alpine-distroless", "CVE-2022-24765"): "Alpine's rolling branch: its package URL names the next release",
}
NOT_COMPARED = (
    "VEX filtering (gomod-vex): a VEX document is not yet read beside a scan; the unfiltered report is compared",
    "reports about misconfiguration, secrets, licences (dockerfile, helm, terraform, secrets): not what Suture does",
    "the Kubernetes bill of materials, and lock files themselves: Suture reads SBOMs, so packages come from the report",
)


class Case(NamedTuple):
    """One report: its packages as an SBOM, and what must come out: {(purl without qualifiers, vulnerability)}."""

    name: str
    sbom: bytes
    expected: frozenset[tuple[str, str]]


# ---- the fixtures' YAML: nested lists and maps of plain scalars, nothing else


def parse(text: str) -> Any:
    """Read the subset of YAML the fixtures are written in."""
    rows = []
    for line in text.splitlines():
        bare = re.sub(r"\s+#.*$", "", line).rstrip()
        if bare.strip() and not bare.lstrip().startswith("#"):
            rows.append((len(bare) - len(bare.lstrip()), bare.strip()))
    value, rest = _block(rows, 0, rows[0][0]) if rows else ([], 0)
    if rest != len(rows):
        raise ValueError(f"not the YAML of the fixtures: {rows[rest]}")
    return value


def _block(rows: list[tuple[int, str]], at: int, indent: int) -> tuple[Any, int]:
    if rows[at][1].startswith("- ") or rows[at][1] == "-":
        items: list[Any] = []
        while at < len(rows) and rows[at][0] == indent and rows[at][1].startswith("-"):
            inner = rows[at][1][1:].lstrip()
            if _pair(inner):
                shift = len(rows[at][1]) - len(inner)
                rows[at] = (indent + shift, inner)
                item, at = _block(rows, at, indent + shift)
            else:
                item, at = _scalar(inner), at + 1
            items.append(item)
        return items, at
    found: dict[str, Any] = {}
    while at < len(rows) and rows[at][0] == indent and (pair := _pair(rows[at][1])):
        key, value = pair
        at += 1
        if value:
            found[key] = _scalar(value)
        elif at < len(rows) and (rows[at][0] > indent or (rows[at][0] == indent and rows[at][1].startswith("-"))):
            found[key], at = _block(rows, at, rows[at][0])
        else:
            found[key] = None
    return found, at


def _pair(text: str) -> tuple[str, str] | None:
    match = re.fullmatch(r"""("[^"]*"|'[^']*'|[\w.@/-]+):(?:\s+(.*))?""", text)
    return (str(_scalar(match[1])), match[2] or "") if match else None


def _scalar(text: str) -> Any:
    if text in ("{}", "[]"):
        return {} if text == "{}" else []
    return text[1:-1] if text[:1] in "\"'" and text[:1] == text[-1:] and len(text) > 1 else text


# ---- fixtures as OSV records


def records(folder: Path) -> list[dict[str, Any]]:
    """The fixtures as OSV records, one for each vulnerability."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((folder / "db").glob("*.yaml")):
        if path.name in SKIPPED:
            continue
        for bucket in parse(path.read_text()):
            for package in bucket["pairs"]:
                for entry in package["pairs"]:
                    for vulnerability, affected in _affected(bucket["bucket"], package["bucket"], entry):
                        record = found.setdefault(
                            vulnerability,
                            {"schema_version": "1.6.0", "id": vulnerability, "modified": "2024-01-01T00:00:00Z",
                             "affected": []},
                        )  # fmt: skip
                        record["affected"].append(affected)
    return [found[one] for one in sorted(found)]


def _affected(bucket: str, name: str, entry: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    value = entry["value"] or {}
    kind = bucket.partition("::")[0]
    if kind in ECOSYSTEMS:
        for low, high, last in _library(ECOSYSTEMS[kind], value):
            yield entry["key"], _one(ECOSYSTEMS[kind], name, low, high, last)
        return
    if bucket == "Red Hat":
        for row in value["Entries"]:
            for major in sorted({RED_HAT[str(n)] for n in row["Affected"] if str(n) in RED_HAT}):
                for cve in row["Cves"]:
                    ecosystem = f"Red Hat:enterprise_linux:{major}"
                    yield cve.get("ID") or entry["key"], _one(ecosystem, name, "0", row.get("FixedVersion"), None)
        return
    for match, ecosystem in DISTROS:
        if told := match(bucket):
            yield entry["key"], _one(ecosystem.format(told[1]), name, "0", value.get("FixedVersion"), None)


def _one(ecosystem: str, name: str, low: str, high: str | None, last: str | None) -> dict[str, Any]:
    events = [{"introduced": low}]
    events += [{"fixed": high}] if high else [{"last_affected": last}] if last else []
    return {
        "package": {"ecosystem": ecosystem, "name": name}, "ranges": [{"type": "ECOSYSTEM", "events": events}],
    }  # fmt: skip


def _library(ecosystem: str, value: dict[str, Any]) -> Iterator[tuple[str, str | None, str | None]]:
    """(introduced, fixed, last affected) of what a library's advisory calls vulnerable, else of what it leaves out."""
    if value.get("VulnerableVersions"):
        yield from (_interval(text) for text in value["VulnerableVersions"])
        return
    patched = sorted(map(_interval, value["PatchedVersions"]), key=lambda one: versions.key("cargo", one[0] or "0"))
    low: str | None = "0"
    for begins, ends, _ in patched:
        if low is not None:
            yield low, begins, None
        low = ends


def _interval(text: str) -> tuple[str, str | None, str | None]:
    """'>= 2.0.0, <= 2.9' or Maven's '[2.0,2.9)' as (introduced, fixed, last affected)."""
    if maven := re.fullmatch(r"\[([^,]+),([^\])]+)([\])])", text):
        return (maven[1], maven[2], None) if maven[3] == ")" else (maven[1], None, maven[2])
    low, high, last = "0", None, None
    for part in text.split(","):
        sign, _, version = part.strip().replace(">=", ">= ").replace("<=", "<= ").partition(" ")
        sign, version = (sign[0], sign[1:]) if sign[:1] in "<>" and sign[1:2].isdigit() else (sign, version.strip())
        if sign == ">=":
            low = version
        elif sign == "<":
            high = version
        elif sign == "<=":
            last = version
        else:
            raise ValueError(f"not a range of the fixtures: {text}")
    return low, high, last


# ---- reports


def cases(folder: Path) -> Iterator[Case]:
    """Every report that names packages with vulnerabilities, and the SBOM fixture with its report."""
    for path in sorted((folder / "goldens").glob("*.json.golden")):
        name = path.name.removesuffix(".json.golden")
        report = json.loads(path.read_text())
        if "Results" not in report:
            continue
        purls: set[str] = set()
        expected: set[tuple[str, str]] = set()
        for result in report["Results"]:
            purls |= {p["Identifier"]["PURL"] for p in result.get("Packages") or () if p["Identifier"].get("PURL")}
            for one in result.get("Vulnerabilities") or ():
                purl = one["PkgIdentifier"].get("PURL", "")
                if purl and not _cannot(name, one["VulnerabilityID"]):
                    purls.add(purl)
                    expected.add((bare(purl), one["VulnerabilityID"]))
        if expected:
            yield Case(name, _sbom(sorted(purls)), frozenset(expected))
    given = folder / "sbom" / "fluentd-multiple-lockfiles-cyclonedx.json"
    report = json.loads((folder / "goldens" / "fluentd-multiple-lockfiles.json.golden").read_text())
    told = {
        (bare(one["PkgIdentifier"]["PURL"]), one["VulnerabilityID"])
        for result in report["Results"]
        for one in result.get("Vulnerabilities") or ()
    }
    yield Case("sbom/fluentd-multiple-lockfiles", given.read_bytes(), frozenset(told))
    for name in ("npm-cyclonedx", "pom-cyclonedx", "fluentd-multiple-lockfiles-short.cdx"):
        data = (folder / "goldens" / f"{name}.json.golden").read_bytes()
        document = json.loads(data)
        told = {
            (bare(affected["ref"]), one["id"]) for one in document["vulnerabilities"] for affected in one["affects"]
        }
        yield Case(f"goldens/{name}", data, frozenset(told))


def _cannot(report: str, vulnerability: str) -> bool:
    return (report, vulnerability) in CANNOT


def _sbom(purls: Sequence[str]) -> bytes:
    components = [
        {"type": "library", "bom-ref": f"c{n}", "name": purl.partition("@")[0].rpartition("/")[2], "purl": purl}
        for n, purl in enumerate(purls)
    ]
    document = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": components}
    return json.dumps(document).encode()


def bare(purl: str) -> str:
    """A package URL without qualifiers."""
    return purl.partition("?")[0]


def answered(case: Case, scan: Callable[[bytes], Any]) -> frozenset[tuple[str, str]]:
    """What the product reports of a case, definite matches alone."""
    purls = {c.get("bom-ref", ""): bare(c.get("purl", "")) for c in json.loads(case.sbom).get("components", ())}
    return frozenset(
        (purls[component["ref"]], finding.vulnerability)
        for finding in scan(case.sbom).findings
        if finding.result == "affected"
        for component in finding.components
        if purls.get(component["ref"])
    )


def compare(folder: Path, scan: Callable[[bytes], Any]) -> tuple[int, list[str]]:
    """(pairs compared, every difference in words). The fixtures must be the only knowledge."""
    wrong = []
    compared = 0
    for case in cases(folder):
        found = answered(case, scan)
        compared += len(case.expected)
        wrong += [f"{case.name}: not found: {purl} {one}" for purl, one in sorted(case.expected - found)]
        wrong += [f"{case.name}: found too much: {purl} {one}" for purl, one in sorted(found - case.expected)]
    return compared, wrong


def main(argv: Sequence[str]) -> int:
    """Take the fixtures into a temporary installation and print what came of it as JSON."""
    os.environ["SUTURE_HOME"] = tempfile.mkdtemp(prefix="suture-trivy-")
    os.environ["SUTURE_DATABASE_URL"] = "sqlite"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suture.config.settings")
    import django

    django.setup()
    from suture.accounts.services import local_operator
    from suture.cli.house import ready
    from suture.detection.scan import scan
    from suture.intelligence.services import import_feeds

    folder = Path(argv[0]) / "benchmark" / "trivy-integration"
    ready()
    feed = Path(os.environ["SUTURE_HOME"]) / "fixtures.jsonl"
    feed.write_text("".join(json.dumps(record) + "\n" for record in records(folder)))
    import_feeds([feed], by=local_operator())
    compared, wrong = compare(folder, scan)
    print(json.dumps({"compared": compared, "wrong": wrong}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
