"""List pages over a million generated findings, as a browser asks for them; one JSON object on stdout.

SUTURE_HOME=… [SUTURE_DATABASE_URL=…] python -m tools.bench_lists FINDINGS      needs an empty database
"""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suture.config.settings")

PAGES = {
    "vulnerabilities, by releases": "/vulnerabilities/",
    "vulnerabilities, by id": "/vulnerabilities/?sort=id",
    "vulnerabilities, by exploitation": "/vulnerabilities/?sort=exploited",
    "vulnerabilities, the last page": "/vulnerabilities/?page=400",
    "vulnerabilities, exploited alone": "/vulnerabilities/?show=exploited",
    "a release of 100 findings": "/releases/{release}/",
    "devices": "/devices/",
}


BUDGETED = frozenset(what for what in PAGES if what.startswith("vulnerabilities, by"))  # every column it sorts by


def run(most: int) -> dict[str, Any]:
    """Fill the tables, then ask for each page: the median of several."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    from suture.accounts.services import new_uid, register_person
    from suture.core.roles import Role
    from suture.detection.queries import Order, vulnerabilities_found
    from suture.inventory.models import Establishment, Product, Release
    from tools.bench_scan import server_cpu
    from tools.bench_table import spent

    settings.ALLOWED_HOSTS = ["*"]
    call_command("migrate", verbosity=0)
    rng = random.Random(7)
    place = Establishment.objects.create(uid=new_uid(), name="Bench", address="1 Way", phone="0")
    products = [
        Product.objects.create(
            uid=new_uid(), establishment=place, brand_name=f"Device {n}", common_name="pump", pathway="exempt"
        )
        for n in range(100)
    ]
    releases = Release.objects.bulk_create(
        (Release(uid=new_uid(), product=products[n % 100], version=f"{n}.0") for n in range(most // 100)), 500
    )
    vulnerabilities = max(100, most // 20)
    _fill(
        "vulnerability", ("id", "uid", "preferred_id", "title", "ours", "kind", "description", "tlp", "f"),
        ((n, new_uid(), f"CVE-2026-{n:06d}", f"A flaw, number {n}", False, "software flaw", "", "CLEAR", 1)
         for n in range(1, vulnerabilities + 1)),
    )  # fmt: skip
    _fill(
        "alias", ("record_id", "source", "said_by", "f", "t", "vuln"),
        ((f"CVE-2026-{n:06d}", "nvd", f"CVE-2026-{n:06d}", 1, 1 << 62, n) for n in range(1, vulnerabilities + 1)),
    )  # fmt: skip
    _fill(
        "kev", ("id", "f", "t", "added", "name", "action", "due", "ransomware"),
        ((f"CVE-2026-{n:06d}", 1, 1 << 62, "2026-03-01", "", "", "", False) for n in range(1, vulnerabilities, 40)),
    )  # fmt: skip
    _fill("detection_finding", FINDING, _findings([row.pk for row in releases], vulnerabilities, rng))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE knowledge_state SET published = 1")
        # on PostgreSQL as autovacuum leaves it
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
        cursor.execute("SELECT count(*) FROM detection_finding")
        findings = cursor.fetchone()[0]
    person = register_person(
        username="bench",
        printed_name="Bench",
        roles=[Role.ADMINISTRATOR, Role.PSIRT],
        by=None,
        password="bench bench bench",
    )
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    pages: dict[str, tuple[float, float]] = {}
    server = server_cpu()
    for what, path in PAGES.items():
        path = path.format(release=releases[0].uid)
        answer = client.get(path)
        if answer.status_code != 200:
            print(f"      {path}: {answer.status_code}", file=sys.stderr)
            continue
        pages[what] = spent(lambda path=path: client.get(path), 7, server)
    queries = {}
    for order in Order:
        found = vulnerabilities_found(person)
        queries[f"vulnerabilities by {order}, the queries alone"] = spent(
            lambda f=found, o=order: (one := f.sorted_by(o, 1)).count() and one[0:50], 7, server
        )
    return {
        "engine": connection.vendor, "findings": findings, "releases": len(releases), "pages": pages,
        "queries": queries,
    }  # fmt: skip


FINDING = (
    "uid", "release_id", "vulnerability_id", "result", "reasons", "components", "stated", "first_seen_rev",
    "first_seen", "gone_at", "gone_because", "reopened_at", "history", "match_label", "held_because",
)  # fmt: skip


def _findings(releases: list[int], vulnerabilities: int, rng: random.Random) -> Iterator[tuple[Any, ...]]:
    """100 different ones for each release; one in twenty is gone."""
    from suture.accounts.services import new_uid

    reasons = json.dumps([{"kind": "version", "says": "1.0 lies in v < 2.0", "source": "nvd", "record": "CVE-2026-1"}])
    components = json.dumps([{"ref": "c1", "name": "part", "version": "1.0"}])
    day = "2026-03-01 12:00:00"
    for release in releases:
        for number in rng.sample(range(1, vulnerabilities + 1), 100):
            gone = rng.random() < 0.05
            yield (new_uid(), release, number, "affected", reasons, components, "[]", 1, day, day if gone else None, "",
                   None, "[]", "", "")  # fmt: skip


def _fill(table: str, columns: tuple[str, ...], rows: Iterator[tuple[Any, ...]]) -> None:
    from django.db import connection, transaction

    named = ", ".join(columns)
    places = ", ".join(["%s"] * len(columns))
    while part := list(islice(rows, 20_000)):
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} ({named}) FROM STDIN") as sink:
                    for row in part:
                        sink.write_row(row)
                continue
            part = [tuple(v.hex if hasattr(v, "hex") and not isinstance(v, float) else v for v in row) for row in part]
            cursor.executemany(f"INSERT INTO {table} ({named}) VALUES ({places})", part)


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]))))
