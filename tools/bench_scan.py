"""One SBOM of 500 components on real knowledge: stored match, upload to answer, the range join; what peers are given.

    SUTURE_HOME=… [SUTURE_DATABASE_URL=…] python -m tools.bench_scan SBOM [FOLDER]      one JSON object on stdout

Writes a device and releases into that home. Into FOLDER goes what other tools are given, see `bench_given`.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suture.config.settings")

_CANDIDATES = """
SELECT count(*) FROM (SELECT DISTINCT cv.cv_id, r.stmt FROM inst i JOIN cv ON cv.cv_id = i.cv_id
JOIN rng r ON r.pkg_id = cv.pkg_id WHERE i.release_id = %(release)s AND r.f <= %(rev)s AND r.t > %(rev)s) met"""


def run(sbom: Path, folder: Path | None) -> dict[str, Any]:
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
    from tools import bench_given
    from tools.bench_table import spent

    call_command("migrate", verbosity=0)
    gc.freeze()  # as the commands do once they are loaded
    by = local_operator()
    place = Establishment.objects.first() or Establishment.objects.create(
        uid="00000000-0000-7000-8000-000000000001", name="Bench", address="1 Way", phone="0"
    )
    name = f"Bench {time.time_ns()}"
    product = register_product(
        establishment=place, by=by, brand_name=name, common_name="pump", pathway=Product.Pathway.NONE_YET
    )
    document = json.loads(sbom.read_bytes())
    uploads: list[tuple[float, float]] = []
    server = server_cpu()
    release: Release | None = None
    for number in range(3):  # three releases, so that nothing of the second is known from the first but the keys
        release = register_release(product=product, by=by, version=f"{number}.0")
        data = json.dumps(document | {"serialNumber": f"urn:uuid:00000000-0000-4000-8000-{number:012d}"}).encode()
        work = partial(take_in_sbom, release=release, data=data, file_name="b.json", by=by)
        uploads.append(spent(work, 1, server))
    assert release is not None
    rev, number = published_rev(), release.pk
    found: dict[str, Any] = {"engine": connection.vendor, "components": len(document["components"])}
    found["upload"], found["upload cpu"] = sorted(uploads)[1]
    found["hits"] = len(kernel.hits_of([number], rev))
    found["join"], found["join cpu"] = spent(lambda: kernel.hits_of([number], rev), 9, server)
    match_release(number)
    found["match"], found["match cpu"] = spent(lambda: match_release(number), 15, server)
    found["findings"] = len(kernel.rows("SELECT 1 FROM detection_finding WHERE release_id = %(r)s", {"r": number}))
    with transaction.atomic():
        found["candidates"] = kernel.rows(_CANDIDATES, {"release": number, "rev": rev})[0][0]
        if folder is not None:
            found |= bench_given.give(number, rev, folder)
    return found


def server_cpu() -> Callable[[], float]:
    """The seconds of CPU that the database's own process has used for this connection: 0 for SQLite, which has none."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return lambda: 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    if not stat.exists():
        return lambda: 0.0  # on another machine: only our own side is counted
    tick = os.sysconf("SC_CLK_TCK")
    return lambda: sum(map(int, stat.read_text().rpartition(")")[2].split()[11:13])) / tick


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)))
