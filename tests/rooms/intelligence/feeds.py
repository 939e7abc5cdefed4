"""Small feeds of our own making: each shows one rule. Ids and packages are invented, their shapes are the sources'."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any


def osv(
    record_id: str, *, package: str = "stitch", ecosystem: str = "PyPI", until: str | Sequence[str] = "1.2",
    aliases: Iterable[str] = (), related: Iterable[str] = (), modified: str = "2026-03-01T00:00:00Z",
    withdrawn: str | None = None, summary: str = "", details: str = "", ranges: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """An OSV record: one package, affected below `until` (several: several ranges)."""
    ends = [until] if isinstance(until, str) else list(until)
    made: dict[str, Any] = {
        "schema_version": "1.6.0", "id": record_id, "modified": modified, "published": "2026-01-01T00:00:00Z",
        "aliases": list(aliases), "related": list(related), "summary": summary, "details": details,
        "affected": [
            {
                "package": {"ecosystem": ecosystem, "name": package},
                "ranges": ranges
                if ranges is not None
                else [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": end}]} for end in ends],
            }
        ],
    }  # fmt: skip
    if withdrawn:
        made["withdrawn"] = withdrawn
    return made


def nvd(
    cve: str, *matches: dict[str, Any], modified: str = "2026-03-01T00:00:00.000", details: str = "", **more: Any
) -> dict[str, Any]:
    """An NVD record: one OR node of CPE matches."""
    nodes = [{"operator": "OR", "negate": False, "cpeMatch": list(matches)}]
    return {
        "id": cve, "sourceIdentifier": "cve@mitre.org", "published": "2026-01-01T00:00:00.000",
        "lastModified": modified, "vulnStatus": "Analyzed", "descriptions": [{"lang": "en", "value": details or cve}],
        "configurations": [{"nodes": nodes}] if matches else [],
        **more,
    }  # fmt: skip


def match(product: str, version: str = "*", **bounds: str) -> dict[str, Any]:
    """One CPE match: `versionEndExcluding="1.2"` and the like."""
    criteria = f"cpe:2.3:a:northlake:{product}:{version}:*:*:*:*:*:*:*"
    return {"vulnerable": True, "criteria": criteria, **bounds}


def cve5(cve: str, *versions: dict[str, Any], product: str = "stitch", default: str = "unaffected") -> dict[str, Any]:
    """A CVE record of one product, by vendor and product words."""
    return {
        "dataType": "CVE_RECORD", "dataVersion": "5.1",
        "cveMetadata": {
            "cveId": cve, "state": "PUBLISHED", "datePublished": "2026-01-01T00:00:00Z",
            "dateUpdated": "2026-03-01T00:00:00Z",
        },
        "containers": {
            "cna": {
                "providerMetadata": {"shortName": "northlake"}, "title": f"A hole in {product}",
                "descriptions": [{"lang": "en", "value": f"{product} has a hole."}],
                "affected": [
                    {"vendor": "Northlake", "product": product, "defaultStatus": default, "versions": list(versions)}
                ],
            }
        },
    }  # fmt: skip


def kev(*entries: tuple[str, str], released: str) -> dict[str, Any]:
    """The catalogue: (CVE, date added)."""
    return {
        "title": "catalogue", "catalogVersion": released[:10].replace("-", "."), "dateReleased": released,
        "count": len(entries),
        "vulnerabilities": [
            {
                "cveID": cve, "dateAdded": added, "vulnerabilityName": f"{cve} in a product",
                "requiredAction": "Apply updates.", "dueDate": "2026-12-31", "knownRansomwareCampaignUse": "Unknown",
            }
            for cve, added in entries
        ],
    }  # fmt: skip


def epss(scores: dict[str, tuple[float, float]], day: str) -> str:
    lines = [f"#model_version:v2026.01.01,score_date:{day}T00:00:00+0000", "cve,epss,percentile"]
    return "\n".join([*lines, *(f"{cve},{score},{rank}" for cve, (score, rank) in scores.items())]) + "\n"


def lines(place: Path, records: Iterable[dict[str, Any]]) -> Path:
    """A file of one JSON document per line; packed where its name says so."""
    text = "".join(json.dumps(record) + "\n" for record in records).encode()
    place.write_bytes(gzip.compress(text, mtime=0) if place.suffix == ".gz" else text)
    return place


def document(place: Path, value: Any) -> Path:
    """A file that is one JSON document."""
    place.write_text(json.dumps(value), encoding="utf-8")
    return place


def many(count: int, *, prefix: str = "GHSA-many", until: str = "2.0", ranges: int = 3) -> list[dict[str, Any]]:
    """Enough records for an import to last a while."""
    return [
        osv(f"{prefix}-{n:06}", package=f"part-{n % 700}", until=[f"{until}.{i}" for i in range(ranges)])
        for n in range(count)
    ]  # fmt: skip
