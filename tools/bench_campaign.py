"""A campaign over a million units: opened, moved, shown; one JSON object on stdout. CPU of this process, and wall time.

SUTURE_HOME=… [SUTURE_DATABASE_URL=…] python -m tools.bench_campaign UNITS      needs an empty database

On PostgreSQL the server's own work is in the wall time alone.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import date
from statistics import median
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suture.config.settings")

SITES = 2_000
TIMES = 5


def measured(work: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """What it gave, and how long it took: CPU seconds of this process, and wall."""
    cpu, wall = time.process_time(), time.perf_counter()
    got = work()
    return got, {"cpu": round(time.process_time() - cpu, 3), "wall": round(time.perf_counter() - wall, 3)}


def run(units: int) -> dict[str, Any]:
    """Fill the field, open a campaign over all of it, move it in bulk, and ask for its page."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    from suture.accounts.services import new_uid, register_person
    from suture.assessment.models import Case, CaseRelease
    from suture.core.campaigns import EffectivenessLevel
    from suture.core.communications import Audience, CustomerCommunication
    from suture.core.facts import Answer
    from suture.core.roles import Role
    from suture.evidence.clock import now
    from suture.intelligence.models import Vulnerability
    from suture.inventory.models import Consignee, Establishment, Product, Release, Site
    from suture.remediation import services as do

    settings.ALLOWED_HOSTS = ["*"]
    call_command("migrate", verbosity=0)
    secret = "bench bench bench"
    everything = [Role.ADMINISTRATOR, Role.PSIRT, Role.REGULATORY_AFFAIRS, Role.FIELD_SERVICE, Role.QUALITY]
    person = register_person(username="bench", printed_name="Bench", roles=everything, by=None, password=secret)
    place = Establishment.objects.create(uid=new_uid(), name="Bench", address="1 Way", phone="0", time_zone="UTC")
    product = Product.objects.create(
        uid=new_uid(), establishment=place, brand_name="Pump", common_name="pump", pathway="510(k)"
    )
    old, fixed = (Release.objects.create(uid=new_uid(), product=product, version=v) for v in ("1.0", "1.1"))
    vulnerability = Vulnerability.objects.create(id=1, uid=new_uid(), preferred_id="CVE-2026-1", title="A flaw")
    case = Case.objects.create(
        uid=new_uid(), number="C-2026-0001", vulnerability=vulnerability, establishment=place, owner=person,
        opened_at=now(),
    )  # fmt: skip
    CaseRelease.objects.create(
        uid=new_uid(), case=case, release=old, status="affected", action="Install 1.1", answered_by=person,
        answered_at=now(),
    )  # fmt: skip
    consignees = Consignee.objects.bulk_create(
        Consignee(uid=new_uid(), kind="hospital", reference=f"H{n}", name=f"Hospital {n:04}") for n in range(SITES)
    )
    sites = Site.objects.bulk_create(Site(uid=new_uid(), consignee=c, name="Main") for c in consignees)
    first, no = sites[0].pk, "FALSE"
    numbers, uid = {
        "sqlite": (f"WITH RECURSIVE s(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n < {units - 1}) ",
                   "lower(hex(randomblob(16)))"),
        "postgresql": (f"WITH s(n) AS (SELECT generate_series(0, {units - 1})) ", "gen_random_uuid()"),
    }[connection.vendor]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO inventory_unit (uid, product_id, serial, lot, release_id, site_id, state, source, implanted, "
            f"home_use) {numbers} SELECT {uid}, {product.pk}, 'S' || CAST(n AS text), '', {old.pk}, "
            f"{first} + n * {SITES} / {units}, 1, 1, {no}, {no} FROM s"
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    took: dict[str, dict[str, float]] = {}
    row, took["open the campaign"] = measured(
        lambda: do.open_campaign(
            case_uid=case.uid, product=product, by=person, title="1.1", action="Install 1.1", target=fixed,
            level=EffectivenessLevel.C,
        )
    )  # fmt: skip
    do.approve_campaign(campaign_uid=row.uid, by=person, password=secret)
    said = CustomerCommunication(
        vulnerability="v", impact="i", efforts="e", controls="c", working_on_fix="w", fix_announcement="f"
    )
    notice = do.write_notice(campaign_uid=row.uid, by=person, said=said, names_action=Answer.YES)
    do.write_variant(
        notice_uid=notice.uid, by=person, audience=Audience.HOSPITAL_IT, subject="s", opening="o", what_to_do="d"
    )
    do.approve_notice(notice_uid=notice.uid, by=person, password=secret)
    do.start_campaign(campaign_uid=row.uid, by=person)
    one = do.Which(site=sites[7].uid)
    _moved, took[f"one site of {units // SITES} units reported"] = measured(
        lambda: do.report_installed(campaign_uid=row.uid, which=one, by=person)
    )
    _moved, took["every unit acknowledged"] = measured(
        lambda: do.acknowledge_units(campaign_uid=row.uid, which=do.Which(everyone=True), by=person)
    )
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    for what, path in (
        ("page of the campaign", f"/campaigns/{row.uid}/"),
        ("page of one consignee", f"/campaigns/{row.uid}/places/{consignees[7].uid}/"),
        ("list of campaigns", "/campaigns/"),
    ):
        answers = [measured(lambda path=path: client.get(path)) for _ in range(TIMES + 1)][1:]
        assert all(answer.status_code == 200 for answer, _t in answers), path
        took[what] = {k: median(t[k] for _a, t in answers) for k in ("cpu", "wall")}
    return {"engine": connection.vendor, "units": units, "sites": SITES, "on": date.today().isoformat(), "took": took}


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1])), indent=1))
