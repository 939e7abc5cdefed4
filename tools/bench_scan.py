"""One SBOM of 500 components on real knowledge: stored match, upload to answer, the range join; what peers are given.

    SUTURE_HOME=… python -m tools.bench_scan SBOM CANDIDATES      one JSON object on stdout

Writes a device and a release into that home. CANDIDATES is written: each component's version with every range it is
compared with, in words that other tools can read.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suture.config.settings")

_SAID = re.compile(r"(?:(?P<low>\S+) (?P<open>[<≤]) )?v (?P<sign>[<≤=≥>]) (?P<bound>\S+)").fullmatch


def run(sbom: Path, candidates: Path) -> dict[str, Any]:
    """Seconds by name; the median of several."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    from suture.accounts.services import local_operator
    from suture.detection import kernel
    from suture.detection.services import match_release, take_in_sbom
    from suture.intelligence.queries import published_rev
    from suture.inventory.models import Establishment, Product, Release
    from suture.inventory.services import register_product, register_release
    from tools.bench_table import timed

    call_command("migrate", verbosity=0)
    by = local_operator()
    place = Establishment.objects.first() or Establishment.objects.create(
        uid="00000000-0000-7000-8000-000000000001", name="Bench", address="1 Way", phone="0"
    )
    name = f"Bench {time.time_ns()}"
    product = register_product(
        establishment=place, by=by, brand_name=name, common_name="pump", pathway=Product.Pathway.NONE_YET
    )
    document = json.loads(sbom.read_bytes())
    uploads: list[float] = []
    release: Release | None = None
    for number in range(3):  # three releases, so that nothing of the second is known from the first but the keys
        release = register_release(product=product, by=by, version=f"{number}.0")
        data = json.dumps(document | {"serialNumber": f"urn:uuid:00000000-0000-4000-8000-{number:012d}"}).encode()
        uploads.append(timed(lambda r=release, d=data: take_in_sbom(release=r, data=d, file_name="b.json", by=by), 1))
    assert release is not None
    rev, number = published_rev(), release.pk
    found: dict[str, Any] = {"engine": connection.vendor, "components": len(document["components"])}
    found["upload"] = sorted(uploads)[1]
    found["hits"] = len(kernel.hits_of([number], rev))
    found["join"] = timed(lambda: kernel.hits_of([number], rev), 9)
    found["match"] = timed(lambda: match_release(number), 5)
    with transaction.atomic():
        rows = kernel.rows(
            "SELECT DISTINCT p.kind, p.scheme, p.name, p.role, cv.raw, r.stmt "
            "FROM inst i JOIN cv ON cv.cv_id = i.cv_id "
            "JOIN package p ON p.pkg_id = cv.pkg_id JOIN rng r ON r.pkg_id = cv.pkg_id "
            "WHERE i.release_id = %(release)s AND r.f <= %(rev)s AND r.t > %(rev)s",
            {"release": number, "rev": rev},
        )
    found["candidates"] = len(rows)
    written = _written(rows)
    found["answers"] = [_inside(*one) for one in written]
    found["comparable inside"] = sum(found["answers"])
    candidates.write_text(json.dumps(written))
    return found


def _inside(scheme: str, version: str, low: str, low_sign: str, high: str, high_sign: str) -> bool:
    """Our own answer for one candidate, by keys."""
    from suture.core.versions import bounds, key

    if low_sign == "=":
        low, high, low_sign, high_sign = low, low, ">=", "<="
    lo, hi = bounds(
        scheme, low or None, high or None, low_open=low_sign == ">", high_closed=high_sign == "<=", wildcard=True
    )
    return lo <= key(scheme, version) < hi


def _written(rows: list[tuple[Any, ...]]) -> list[tuple[str, str, str, str, str, str]]:
    """Candidates as (scheme, version, low, low sign, high, high sign): native order, ranges without exceptions."""
    from suture.detection.reasons import spoken

    wanted = [row for row in rows if row[3] == "native"]
    said = spoken(row[5] for row in wanted)
    found = []
    for _, scheme, _, _, raw, stmt in wanted:
        read = _SAID(said[stmt].says) if stmt in said else None
        if read is None:
            continue
        low, high, low_sign, high_sign = read["low"] or "", "", {"≤": ">=", "<": ">"}.get(read["open"] or "", ""), ""
        if read["sign"] in "<≤":
            high, high_sign = read["bound"], "<" if read["sign"] == "<" else "<="
        elif read["sign"] == "=":
            low, low_sign = read["bound"], "="
        else:
            low, low_sign = read["bound"], ">" if read["sign"] == ">" else ">="
        found.append((scheme, raw, low, low_sign, high, high_sign))
    return found


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]), Path(sys.argv[2]))))
