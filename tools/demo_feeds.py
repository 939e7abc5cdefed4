"""Write the demo's feeds: `SUTURE_TEST_DATA=… python -m tools.demo_feeds`.

Minimal records in each source's own form: identifiers, dates, ranges and scores as published, and a sentence of our own
in place of the source's text. What to take, and the sentences, stand in demo_vulnerabilities.txt. The files are
committed; a test compares every fact in them with the real records.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "src" / "suture" / "demo" / "feeds"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of the table: which vulnerability, what to take from which source, and our words."""

    id: str
    take: tuple[tuple[str, str], ...]  # (source, product or package)
    words: str

    def of(self, source: str) -> list[str]:
        """What to keep of a source; [] when it is not asked."""
        kept = [parts for s, parts in self.take if s == source]
        if source not in ("nvd", "over"):
            return kept
        return [part for parts in kept for part in re.split(r"(?<!\\)/(?=[a-z])", parts)]


def wanted() -> list[Wanted]:
    """The table."""
    found = []
    for line in (ROOT / "tools" / "demo_vulnerabilities.txt").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        id_, take, words = (cell.strip() for cell in line.split(" | "))
        pieces = re.split(r" (?=(?:nvd|over|cve|ghsa|go|pysec|own):)", take)
        found.append(Wanted(id_, tuple((s, p) for s, _, p in (piece.partition(":") for piece in pieces)), words))
    return found


def data_root() -> Path:
    """The folder of real records."""
    return Path(os.environ.get("SUTURE_TEST_DATA", ROOT.parent / "shared" / "data"))


def _lines(path: Path, ids: set[str]) -> Iterator[Json]:
    """The records of a packed file that speak of a wanted vulnerability."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            if ids.intersection(re.findall(r"CVE-\d{4}-\d{4,}", line)):
                yield json.loads(line)


def _criteria(match: Json) -> str:
    return ":".join(match["criteria"].split(":")[3:5])


def _configurations(real: list[Json], products: list[str]) -> list[Json]:
    """The configurations that name one of our products, reduced to them; AND nodes stay together."""
    kept = []
    for configuration in real:
        nodes = []
        for node in configuration["nodes"]:
            matches = [
                {k: v for k, v in m.items() if k != "matchCriteriaId"}
                for m in node["cpeMatch"]
                if _criteria(m) in products
            ]
            if matches:
                nodes.append({"operator": node["operator"], "negate": node.get("negate", False), "cpeMatch": matches})
        if not nodes or (configuration.get("operator") == "AND" and len(nodes) < len(configuration["nodes"])):
            continue
        kept.append(({"operator": "AND"} if configuration.get("operator") == "AND" else {}) | {"nodes": nodes})
    return kept


def _metrics(real: Json) -> Json:
    """Vectors and scores, with who gave them."""
    kept: Json = {}
    for name, given in real.items():
        kept[name] = [
            {
                "source": m["source"],
                "type": m.get("type", "Primary"),
                "cvssData": {
                    k: m["cvssData"][k]
                    for k in ("version", "vectorString", "baseScore", "baseSeverity")
                    if k in m["cvssData"]
                },
            }
            for m in given
        ]
    return kept


def nvd_record(want: Wanted, real: Json) -> Json:
    """One record in the form of NVD API 2.0."""
    kept: Json = {
        "id": want.id,
        **{k: real[k] for k in ("sourceIdentifier", "published", "lastModified", "vulnStatus") if k in real},
        "descriptions": [{"lang": "en", "value": want.words}],
        "metrics": _metrics(real.get("metrics", {})),
        "weaknesses": [
            {
                "source": w["source"],
                "type": w["type"],
                "description": [d for d in w["description"] if d["lang"] == "en"],
            }
            for w in real.get("weaknesses", [])
        ],
        "configurations": _configurations(real.get("configurations", []), want.of("nvd")),
        "references": [{"url": f"https://nvd.nist.gov/vuln/detail/{want.id}"}],
    }
    return kept


def own_record(want: Wanted, osv: Json) -> Json:
    """The same form for a vulnerability NVD's copy lacks: ranges from the table, dates and score from its advisory."""
    matches = []
    for text in want.of("own"):
        product, low, high = re.fullmatch(r"([a-z:]+)>=([^<]+)<(.+)", text).groups()  # type: ignore[union-attr]
        matches.append(
            {
                "vulnerable": True, "criteria": f"cpe:2.3:a:{product}:*:*:*:*:*:*:*:*",
                "versionStartIncluding": low, "versionEndExcluding": high,
            }
        )  # fmt: skip
    vectors = [s["score"] for s in osv.get("severity", []) if s["type"] == "CVSS_V3"]
    return {
        "id": want.id,
        "sourceIdentifier": "openssl-security@openssl.org",
        "published": osv["published"],
        "lastModified": osv["modified"],
        "vulnStatus": "Analyzed",
        "descriptions": [{"lang": "en", "value": want.words}],
        "metrics": {
            "cvssMetricV31": [
                {
                    "source": "security-advisories@github.com", "type": "Secondary",
                    "cvssData": {"version": "3.1", "vectorString": v},
                }
                for v in vectors
            ]
        },
        "weaknesses": [],
        "configurations": [{"nodes": [{"operator": "OR", "negate": False, "cpeMatch": matches}]}],
        "references": [{"url": f"https://nvd.nist.gov/vuln/detail/{want.id}"}],
    }  # fmt: skip


def override_record(want: Wanted, real: Json) -> Json:
    """One override: the CPE configurations somebody else gave where NVD has none."""
    return {
        "id": want.id,
        "cna": real.get("cna", ""),
        "reason": "NVD has not analysed this record.",
        "configurations": _configurations(real["configurations"], want.of("over")),
    }


def _affected(real: list[Json], products: list[str]) -> list[Json]:
    keep = ("vendor", "product", "packageName", "collectionURL", "cpes", "versions", "defaultStatus", "platforms")
    return [{k: a[k] for k in keep if k in a} for a in real if a.get("product") in products]


def _cve_metrics(real: list[Json]) -> list[Json]:
    kept = []
    for metric in real:
        for name in ("cvssV4_0", "cvssV3_1", "cvssV3_0", "cvssV2_0"):
            if name in metric:
                facts = {k: metric[name][k] for k in ("version", "vectorString", "baseScore", "baseSeverity")}
                kept.append({"format": "CVSS", name: facts})
        if metric.get("other", {}).get("type") == "ssvc":
            content = metric["other"]["content"]
            names = ("id", "role", "options", "version", "timestamp")
            kept.append({"other": {"type": "ssvc", "content": {k: content[k] for k in names if k in content}}})
    return kept


def cve_record(want: Wanted, real: Json) -> Json:
    """One record in CVE JSON 5: the CNA's container, and CISA's where it states versions or scores."""
    meta, cna = real["cveMetadata"], real["containers"]["cna"]
    dates = {
        k: cna["providerMetadata"][k] for k in ("orgId", "shortName", "dateUpdated") if k in cna["providerMetadata"]
    }
    containers: Json = {
        "cna": {
            "providerMetadata": dates,
            "title": want.words.rstrip("."),
            "descriptions": [{"lang": "en", "value": want.words}],
            "affected": _affected(cna["affected"], want.of("cve")),
            "references": [{"url": f"https://www.cve.org/CVERecord?id={want.id}"}],
        }
    }
    if metrics := _cve_metrics(cna.get("metrics", [])):
        containers["cna"]["metrics"] = metrics
    for adp in real["containers"].get("adp", []):
        if adp["providerMetadata"].get("shortName") != "CISA-ADP":
            continue
        names = [p.lower() for p in want.of("cve")] + want.of("cve")
        kept: Json = {
            "providerMetadata": {k: adp["providerMetadata"][k] for k in ("orgId", "shortName", "dateUpdated")},
            "title": "CISA ADP Vulnrichment",
            "metrics": _cve_metrics(adp.get("metrics", [])),
        }
        if affected := _affected(adp.get("affected", []), names):
            kept["affected"] = affected
        containers.setdefault("adp", []).append(kept)
    names = ("cveId", "assignerOrgId", "assignerShortName", "state", "datePublished", "dateUpdated")
    return {
        "dataType": "CVE_RECORD",
        "dataVersion": real["dataVersion"],
        "cveMetadata": {k: meta[k] for k in names if k in meta},
        "containers": containers,
    }


def osv_record(want: Wanted, real: Json, packages: list[str]) -> Json:
    """One OSV record: its packages of ours, their ranges, aliases and severity."""
    affected = []
    for entry in real["affected"]:
        if entry.get("package", {}).get("name") in packages:
            ranges = [{"type": r["type"], "events": r["events"]} for r in entry.get("ranges", []) if r["type"] != "GIT"]
            affected.append({"package": {k: entry["package"][k] for k in ("ecosystem", "name")}, "ranges": ranges})
    kept: Json = {
        "schema_version": "1.6.0",
        "id": real["id"],
        "modified": real["modified"],
        "published": real["published"],
        "aliases": [a for a in real.get("aliases", []) if a.startswith(("CVE-", "GHSA-"))],
        "summary": want.words.rstrip("."),
        "details": want.words,
        "affected": affected,
        "references": [{"type": "ADVISORY", "url": f"https://osv.dev/vulnerability/{real['id']}"}],
    }
    if real.get("severity"):
        kept["severity"] = real["severity"]
    if cwes := (real.get("database_specific") or {}).get("cwe_ids"):
        kept["database_specific"] = {"cwe_ids": cwes}
    return kept


def kev_catalogue(ids: dict[str, Wanted], real: Json) -> Json:
    """The catalogue's entries of our vulnerabilities: dates and flags as published, words ours."""
    entries = [
        {
            "cveID": v["cveID"], "vendorProject": v["vendorProject"], "product": v["product"],
            "vulnerabilityName": ids[v["cveID"]].words.split(":")[0], "dateAdded": v["dateAdded"],
            "shortDescription": ids[v["cveID"]].words,
            "requiredAction": "Apply the maker's update or stop using the product.",
            "dueDate": v["dueDate"], "knownRansomwareCampaignUse": v["knownRansomwareCampaignUse"],
            "notes": "", "cwes": v.get("cwes", []),
        }
        for v in real["vulnerabilities"] if v["cveID"] in ids
    ]  # fmt: skip
    head = {k: real[k] for k in ("catalogVersion", "dateReleased")}
    return {
        "title": "Known exploited vulnerabilities, those of the demo",
        **head,
        "count": len(entries),
        "vulnerabilities": entries,
    }


def _write_lines(path: str, records: list[Json]) -> None:
    target = OUT / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(
        "".join(json.dumps(r, ensure_ascii=False, separators=(",", ":")) + "\n" for r in records), encoding="utf-8"
    )
    print(f"{path}: {len(records)} records")


def main() -> None:
    """Write every feed."""
    table = {want.id: want for want in wanted()}
    data, ids = data_root(), set(table)

    nvd: dict[str, Json] = {}
    for year in sorted({i.split("-")[1] for i in ids}):
        nvd |= {r["id"]: r for r in _lines(data / "nvd" / f"cve-{year}.jsonl.gz", ids) if r["id"] in ids}
    overrides = {r["id"]: r for r in _lines(data / "nvd" / "anchore-overrides.jsonl.gz", ids)}
    cves = {r["cveMetadata"]["cveId"]: r for r in _lines(data / "cve5" / "vulnrichment.jsonl.gz", ids)}
    osv: dict[tuple[str, str], Json] = {}
    for source in ("ghsa", "go", "pysec"):
        for record in _lines(data / "osv" / f"{source}.jsonl.gz", ids):
            for alias in record.get("aliases", []):
                osv.setdefault((source, alias), record)

    records = [nvd_record(w, nvd[w.id]) for w in table.values() if w.of("nvd")]
    records += [own_record(w, osv["ghsa", w.id]) for w in table.values() if w.of("own")]
    _write_lines("nvd/nvd.jsonl", sorted(records, key=lambda r: str(r["id"])))
    _write_lines(
        "nvd/nvd-overrides.jsonl", [override_record(w, overrides[w.id]) for w in table.values() if w.of("over")]
    )
    _write_lines("cve5/cve.jsonl", [cve_record(w, cves[w.id]) for w in table.values() if w.of("cve")])
    for source in ("ghsa", "go", "pysec"):
        chosen = [(w, osv[source, w.id], [p for s, p in w.take if s == source]) for w in table.values() if w.of(source)]
        _write_lines(f"osv/{source}.jsonl", [osv_record(*row) for row in chosen])

    with gzip.open(data / "kev" / "known_exploited_vulnerabilities-2026-08.json.gz") as file:
        catalogue = kev_catalogue(table, json.load(file))
    (OUT / "kev").mkdir(exist_ok=True)
    (OUT / "kev" / "known_exploited_vulnerabilities.json").write_text(
        json.dumps(catalogue, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    print(f"kev: {catalogue['count']} entries")

    (OUT / "epss").mkdir(exist_ok=True)
    with gzip.open(data / "epss" / "epss_scores-2026-08-16.csv.gz", "rt", encoding="ascii") as file:
        rows = [row for row in csv.reader(file) if row[0] in ids]
    with (OUT / "epss" / "epss_scores-2026-08-16.csv").open("w", encoding="ascii", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["cve", "epss", "percentile"])
        writer.writerows(sorted(rows))
    print(f"epss: {len(rows)} rows")


if __name__ == "__main__":
    main()
