"""Counts of units by site, product, release, state and month, brought up to date in the change's own transaction."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from suture.inventory.models import Site

ALL_FROM = 500  # sites; beyond, counting everything anew is the shorter way

_MONTH = {
    "sqlite": "substr(last_known_on, 1, 7) || '-01'",
    "postgresql": "date_trunc('month', last_known_on)::date",
}
_COUNT = """
INSERT INTO inventory_unitcount (site_id, product_id, release_id, state, known_month, home_use, units)
SELECT site_id, product_id, release_id, state, {month}, home_use, COUNT(*)
FROM inventory_unit {where} GROUP BY site_id, product_id, release_id, state, {month}, home_use
"""


def recount(sites: Collection[int] | None = None) -> None:
    """Count the units of these sites anew; None: of all.

    The sites are locked first, so that two people who change units of one site at once are counted one after the other.
    """
    month = _MONTH[connection.vendor]
    if sites is None or len(sites) > ALL_FROM:
        where = ""
    else:
        list(Site.objects.select_for_update().filter(pk__in=sites).order_by("pk").values_list("pk", flat=True))
        where = f"WHERE site_id IN ({','.join(str(int(pk)) for pk in sorted(sites)) or 'NULL'})"
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM inventory_unitcount {where}")  # noqa: S608 (numbers)
        cursor.execute(_COUNT.format(month=month, where=where))


def counts_differ() -> int:
    """How many groups of units are counted otherwise than they are: 0, or the counts need `recount()`."""
    month = _MONTH[connection.vendor]
    columns = "site_id, product_id, release_id, state, known_month, home_use, units"
    counted = f"SELECT {columns} FROM inventory_unitcount"  # noqa: S608
    really = (
        f"SELECT site_id, product_id, release_id, state, {month}, home_use, COUNT(*) FROM inventory_unit "  # noqa: S608
        f"GROUP BY site_id, product_id, release_id, state, {month}, home_use"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT COUNT(*) FROM (SELECT * FROM ({counted} EXCEPT {really}) AS more "  # noqa: S608
            f"UNION ALL SELECT * FROM ({really} EXCEPT {counted}) AS fewer) AS differing"
        )
        return int(cursor.fetchone()[0])
