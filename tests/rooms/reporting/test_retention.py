"""How long an 806.20 record is kept: two years beyond the expected life of the last device distributed."""

from __future__ import annotations

from datetime import date

import pytest

from suture.inventory.models import Product, Release
from suture.reporting.queries import keep_until
from suture.reporting.services import draft_record806, print_record806
from tests.rooms.casework import Work
from tests.rooms.reporting.test_uncontrolled import pages, squeezed

pytestmark = pytest.mark.django_db


def kept(work: Work):
    case = work.assessed()
    return draft_record806(case_uid=case.uid, product=work.pump, by=work.rosa, justification="j", follow_ups="f")


@pytest.mark.parametrize(
    ("last", "months", "until"),
    [
        (date(2026, 6, 30), 120, date(2038, 6, 30)),
        (date(2024, 2, 29), 12, date(2027, 2, 28)),
        (date(2025, 8, 31), 18, date(2029, 2, 28)),  # 18 months after 31 August is the end of February
        (None, 120, None),  # still distributed
        (date(2026, 6, 30), None, None),  # nobody stated the expected life
    ],
)
def test_expected_life_and_two_years(work: Work, last, months, until):
    """21 CFR 806.20(c); unknown stays unknown, and then nothing ends."""
    Release.objects.filter(product=work.pump, units_distributed__isnull=False).update(last_distributed_on=last)
    Product.objects.filter(pk=work.pump.pk).update(expected_life_months=months)
    row = kept(work)
    row.refresh_from_db()
    assert keep_until(row) == until


def test_the_record_says_how_long_it_is_kept(work: Work):
    Release.objects.filter(product=work.pump).update(last_distributed_on=date(2026, 6, 30))
    row = kept(work)
    assert "Keep until 2038-06-30 (21 CFR 806.20(c))" in squeezed(
        pages(print_record806(record_uid=row.uid, by=work.rosa))
    )
    Release.objects.filter(product=work.pump).update(last_distributed_on=None)
    assert "Keep for two years beyond the expected life of the device" in squeezed(
        pages(print_record806(record_uid=row.uid, by=work.rosa))
    )
