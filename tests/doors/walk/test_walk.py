"""The thread as people walk it: from a release and its SBOM to a signed decision, a draft report, VEX and proof.

In a real browser, against `suture serve` in a process of its own, on the engine under test.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.doors.walk import firm, story
from tests.doors.walk.firm import Days

pytestmark = pytest.mark.browser

# reporting.md §8, rows of Fri 2026-11-20 and Fri 2026-12-18
BY_THE_BOOK = Days(
    now=datetime(2026, 12, 18, 18, tzinfo=UTC), today=date(2026, 12, 18),
    learned=date(2026, 11, 20), day_30=date(2026, 12, 20), day_60=date(2027, 1, 19),
    initiated=date(2026, 12, 18), report_806=date(2027, 1, 5),
)  # fmt: skip


def test_a_known_vulnerability(house, at_browser, tmp_path):
    """Under a set clock."""
    (house.home / "suture.toml").write_text(f"clock = {BY_THE_BOOK.now.isoformat()}\n")
    house.serve()
    cast = story.people_arrive(house, at_browser, BY_THE_BOOK)
    story.a_device_with_three_releases(cast)
    story.sboms_are_handed_in(cast, tmp_path)
    story.the_world_is_told(cast, tmp_path)
    story.the_finding_gives_its_reason(cast)
    case = story.a_case_is_opened(cast)
    story.the_day_of_learning(cast, case)
    story.every_release_is_answered(cast, case)
    story.the_statement_is_written(cast)
    assessment = story.both_axes_are_judged(cast, case)
    story.there_is_no_verdict_before_policy_and_statement(cast, assessment)
    story.the_verdict_is_signed(cast, case, assessment)
    assert [line for somebody in cast for line in somebody.wrong] == []
