"""Every case has a day 0 from its first hour: a finding, an earlier case, or the day somebody opened it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from suture.accounts.services import new_uid
from suture.assessment.models import Case
from suture.assessment.queries import facts_of_case
from suture.assessment.services import set_learned
from suture.core.clocks import CYBER_COMMUNICATE
from suture.core.facts import FactKind
from suture.core.milestones import learned_on
from suture.detection.models import Finding
from suture.intelligence.models import Vulnerability
from suture.inventory.models import Establishment
from suture.reporting.queries import position
from tests.house import PASSWORD
from tests.rooms.casework import DAY_0, Work

pytestmark = pytest.mark.django_db


def test_a_case_without_a_finding_runs_from_the_day_it_was_opened(work: Work):
    """A hard-coded password nobody matched: whoever opens the case has learned of it."""
    work.vulnerability = Vulnerability.objects.create(
        id=2, uid=new_uid(), preferred_id="NL-2026-004", title="Service password", ours=True
    )
    work.tick(DAY_0 + timedelta(days=3))
    case = work.open(releases=[work.releases["4.2"]])
    assert learned_on(facts_of_case(case)) == DAY_0 + timedelta(days=3)
    clock = next(c for c in position(case, DAY_0 + timedelta(days=3)).clocks if c.name == CYBER_COMMUNICATE.name)
    assert clock.due_on == DAY_0 + timedelta(days=33)


def test_a_finding_of_a_later_day_does_not_come_before_the_opening(work: Work):
    """Opened on word of a researcher; the SBOM that matches came in later."""
    Finding.objects.all().delete()
    case = work.open(releases=[work.releases["4.2"]])
    assert learned_on(facts_of_case(case)) == DAY_0


def test_a_new_case_after_a_closed_one_keeps_the_day_the_firm_learned(work: Work):
    first = work.open()
    work.tick(DAY_0 + timedelta(days=2))
    earlier = DAY_0 - timedelta(days=10)
    work.fact(first, FactKind.LEARNED_CANDIDATE, earlier, source="a complaint")
    Case.objects.update(state="closed")
    work.tick(DAY_0 + timedelta(days=90))
    second = work.open()
    assert learned_on(facts_of_case(second)) == earlier
    sources = {row.detail["source"] for row in second.dated_facts.all()}
    assert f"learned in {first.number}" in sources
    later = set_learned(
        case_uid=second.uid, on=DAY_0 + timedelta(days=80), by=work.ada, password=PASSWORD, because="a new exploit"
    )
    assert learned_on(facts_of_case(second)) == later.happened_on


@pytest.mark.parametrize(
    ("zone", "seen", "zero"),
    [
        ("America/Chicago", "2026-11-20T05:59:00+00:00", "2026-11-19"),
        ("America/Chicago", "2026-11-20T06:00:00+00:00", "2026-11-20"),
        ("Europe/Berlin", "2026-11-19T22:59:00+00:00", "2026-11-19"),
        ("Europe/Berlin", "2026-11-19T23:00:00+00:00", "2026-11-20"),
        ("Europe/Berlin", "2026-10-24T22:00:00+00:00", "2026-10-25"),  # the night the clocks go back
        ("America/Chicago", "2026-11-01T05:00:00+00:00", "2026-11-01"),
        ("Europe/Berlin", "2026-11-20T00:00:00+00:00", "2026-11-20"),
    ],
)
def test_the_first_match_is_a_day_at_the_responsible_site(work: Work, zone: str, seen: str, zero: str):
    Establishment.objects.update(time_zone=zone)
    Finding.objects.update(first_seen=datetime.fromisoformat(seen).astimezone(UTC))
    case = work.open()
    assert learned_on(facts_of_case(case)) == date.fromisoformat(zero)
    day_30 = next(c for c in position(case, DAY_0 + timedelta(days=1)).clocks if c.name == CYBER_COMMUNICATE.name)
    assert day_30.due_on == date.fromisoformat(zero) + timedelta(days=30)
