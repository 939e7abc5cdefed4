"""The field at a million units: import from CSV, blast radius, pages; one JSON object on stdout.

SUTURE_HOME=… [SUTURE_DATABASE_URL=…] python -m tools.bench_field UNITS      needs an empty database

A file of generated units goes in as `suture field import` takes it; then the same file again, which changes nothing,
then one in which a hundredth of the rows moved. Seconds by the clock, and of this process's CPU.
"""

from __future__ import annotations

import csv
import json
import os
import random
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suture.config.settings")

DEVICES, RELEASES, CONSIGNEES = 20, 8, 2_000
HEADER = ("product", "serial", "lot", "release", "consignee", "site", "distributed_on", "last_known_on", "home_use")
PAGES = {
    "field": "/field/", "consignees": "/field/consignees/", "the largest consignee": "/field/consignees/{consignee}/",
    "a site": "/field/sites/{site}/", "units": "/field/units/",
    "units, not confirmed lately": "/field/units/?known=stale",
    "units of a release": "/field/units/?release={release}", "units by serial number": "/field/units/?serial=S00500",
    "units lost": "/field/units/?state=5", "units, deep in the list": "/field/units/?after={deep}",
    "a device": "/devices/{product}/",
}  # fmt: skip


def write(file: Path, many: int, moved: int = 0) -> None:
    """A list of units. Sites were visited on one day each; one unit in 50 says no release."""
    rng = random.Random(11)
    today = date(2026, 11, 1)
    visits = [today - timedelta(days=rng.randrange(900)) for _ in range(CONSIGNEES * 2)]
    with file.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.writer(opened)
        writer.writerow(HEADER)
        for n in range(many):
            place = int(CONSIGNEES * rng.random() ** 2)
            site = place * 2 + n % 2
            device = (site * 7 + n // 2 % 3) % DEVICES  # a site has three devices of ours, each in two releases
            release = "unknown" if n % 50 == 7 else f"{(site + rng.randrange(2)) % RELEASES}.0"
            seen = today if n < moved else visits[site]
            writer.writerow((
                f"Device {device}", f"S{n:08}", f"L{n // 500}", release, f"C-{place:05}", f"Ward {site % 2}",
                (visits[site] - timedelta(days=200)).isoformat(), seen.isoformat(), "yes" if n % 9 == 0 else "no",
            ))  # fmt: skip


def clocked(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """Seconds by the clock, seconds of CPU, and the result."""
    started, before = time.perf_counter(), time.process_time()
    result = work()
    return time.perf_counter() - started, time.process_time() - before, result


def run(most: int) -> dict[str, Any]:
    """Import, compare again, change, ask."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    from suture.accounts.services import new_uid, register_person
    from suture.core.roles import Role
    from suture.detection.queries.blast import blast_radius, consignees_reached
    from suture.formats.field_file import open_listing
    from suture.inventory.field.importing import Outcome, Told, take_in_units
    from suture.inventory.models import Consignee, Establishment, Product, Release, Site, Unit, UnitCount
    from tools.bench_table import timed

    settings.ALLOWED_HOSTS = ["*"]
    call_command("migrate", verbosity=0)
    place = Establishment.objects.create(uid=new_uid(), name="Bench", address="1 Way", phone="0")
    for n in range(DEVICES):
        product = Product.objects.create(
            uid=new_uid(), establishment=place, brand_name=f"Device {n}", common_name="pump", pathway="exempt"
        )
        Release.objects.bulk_create(
            Release(uid=new_uid(), product=product, version=f"{v}.0", released_on=date(2020 + v % 6, 1, 1))
            for v in range(RELEASES)
        )
    firms = Consignee.objects.bulk_create(
        Consignee(uid=new_uid(), kind="hospital", reference=f"C-{n:05}", name=f"Hospital {n:05}")
        for n in range(CONSIGNEES)
    )
    Site.objects.bulk_create(Site(uid=new_uid(), consignee=firm, name=f"Ward {w}") for firm in firms for w in range(2))
    person = register_person(
        username="bench", printed_name="Bench", roles=list(Role), by=None, password="a stitch in time saves nine"
    )
    folder = Path(str(settings.SUTURE.home))
    found: dict[str, Any] = {"engine": connection.vendor, "units": most, "import": {}, "queries": {}, "pages": {}}

    def take(file: Path, *, apply: bool = True) -> Outcome:
        with file.open("rb") as opened:
            listing = open_listing(opened, file.stat().st_size)
            told = Told(source=Unit.Source.SERVICE_SYSTEM, file_name=file.name)
            return take_in_units(listing=listing, told=told, by=person, apply=apply)

    first, second = folder / "units.csv", folder / "moved.csv"
    write(first, most)
    write(second, most, moved=most // 100)
    for name, file in (
        ("every unit new", first), ("the same file again", first), ("a hundredth of the rows changed", second)
    ):  # fmt: skip
        seconds, cpu, outcome = clocked(lambda file=file: take(file))
        assert not outcome.problem_count, outcome.problems[:3]
        found["import"][name] = {"seconds": seconds, "cpu": cpu, "new": outcome.new, "changed": outcome.changed}
        print(f"{name}: {seconds:.1f} s, CPU {cpu:.1f} s", file=sys.stderr, flush=True)
    found["memory"] = getrusage(RUSAGE_SELF).ru_maxrss / 1024
    found["counts"] = UnitCount.objects.count()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        found["database"] = (folder / "suture.sqlite3").stat().st_size / 1e6
    else:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    one = list(Release.objects.filter(version="0.0")[:1])
    every = list(Release.objects.all())
    today = date(2026, 11, 20)
    for name, releases in (("one release", one), ("every release of every device", every)):
        found["queries"][f"blast radius of {name}"] = timed(lambda r=releases: blast_radius(person, r, today), 3)
        found["queries"][f"its consignees, {name}"] = timed(lambda r=releases: consignees_reached(person, r, today), 3)
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    large = Consignee.objects.get(reference="C-00000")
    address = {
        "consignee": large.uid, "site": large.sites.first().uid, "release": one[0].uid, "deep": most * 9 // 10,
        "product": Product.objects.first().uid,
    }  # fmt: skip
    for name, path in PAGES.items():
        asked = path.format(**address)
        assert client.get(asked).status_code == 200, asked
        found["pages"][name] = timed(lambda asked=asked: client.get(asked).content, 3)
    return found


if __name__ == "__main__":
    json.dump(run(int(sys.argv[1])), sys.stdout)
