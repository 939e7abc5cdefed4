"""Whether each source holds what it ought to: counts per year against a yardstick, and totals that never fall.

A mirror that is half empty reports success; without this, a release would say '0 vulnerabilities' and be believed.
"""

from __future__ import annotations

from django.db import connection, transaction

from suture.detection.models import FeedCheck
from suture.evidence.clock import now
from suture.intelligence.models import OPEN
from suture.intelligence.queries import published_rev

BY_YEAR = ("nvd", "cve")  # sources that mean to hold every CVE record of a year
LEAST = 0.90  # of a year's CVEs; ours: editions differ by days, a missing part of a year does not hide in a tenth
FEW = 100  # CVEs of a year below which a share says nothing
FALL = 0.99  # of the most records a source ever had; records are withdrawn by a mark, not by vanishing
SHOWN = 3  # years named in a sentence

_TOTALS = f"SELECT source, count(*) FROM assertion WHERE t = {OPEN} GROUP BY source"  # noqa: S608 (a constant)
_HELD = (
    "SELECT substr(record_id, 5, 4), count(DISTINCT record_id) FROM assertion "  # noqa: S608 (a constant)
    f"WHERE source = %s AND t = {OPEN} AND record_id LIKE 'CVE-%%' GROUP BY 1"
)
_SCORED = f"SELECT substr(id, 5, 4), count(*) FROM epss WHERE t = {OPEN} GROUP BY 1"  # noqa: S608 (a constant)


def check_feeds() -> int:
    """Compare what each source holds with what it ought to. Gives how many sources were looked at; 0: nothing moved.

    The yardstick of a CVE year are the CVEs that FIRST scores (EPSS scores every published CVE, and no rejected one);
    where no scores were ever taken in, a year cannot be checked, and the row says nothing of it.
    """
    rev = published_rev()
    if not FeedCheck.objects.exclude(rev=rev).exists() and (FeedCheck.objects.exists() or rev == 0):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS)
        totals = {source: int(n) for source, n in cursor.fetchall()}
        cursor.execute(_SCORED)
        scored = {year: int(n) for year, n in cursor.fetchall() if year.isdigit()}
        held: dict[str, dict[str, int]] = {}
        for source in BY_YEAR:
            if source in totals and scored:
                cursor.execute(_HELD, [source])
                held[source] = {year: int(n) for year, n in cursor.fetchall()}
    with transaction.atomic():
        before = {row.source: row for row in FeedCheck.objects.select_for_update()}
        for source in sorted({*totals, *before}):
            have = totals.get(source, 0)
            most = max(have, before[source].most if source in before else 0)
            years = {
                year: [held[source].get(year, 0), expected]
                for year, expected in sorted(scored.items())
                if source in held and expected >= FEW
            }
            FeedCheck.objects.update_or_create(
                source=source,
                defaults={
                    "rev": rev, "at": now(), "records": have, "most": most, "years": years,
                    "breach": breach_of(have, most, years),
                },
            )  # fmt: skip
    return len(totals)


def breach_of(have: int, most: int, years: dict[str, list[int]]) -> str:
    """What a source lacks, as a sentence; '' when nothing that can be checked is missing."""
    said = []
    if have < FALL * most:
        said.append(f"it holds {have:,} records and once held {most:,}")
    thin = [(year, held, expected) for year, (held, expected) in years.items() if held < LEAST * expected]
    if thin:
        worst = sorted(thin, key=lambda one: one[1] / one[2])[:SHOWN]
        named = ", ".join(f"{held:,} of {expected:,} CVEs of {year}" for year, held, expected in worst)
        more = f", and {len(thin) - SHOWN} more years" if len(thin) > SHOWN else ""
        said.append(f"it holds {named}{more}")
    return "; ".join(said)[:500]
