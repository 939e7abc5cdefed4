"""The thread as people walk it: from a release and its SBOM to a signed decision, a draft report, VEX and proof.

In a real browser, against `suture serve` in a process of its own, on the engine under test.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.doors.walk import chain, firm, judging, learning, owing, shipping, telling
from tests.doors.walk.cast import people_arrive
from tests.doors.walk.firm import Days

pytestmark = pytest.mark.browser

# reporting.md §8: day 30 and 60 of the row of Fri 2026-11-20, ten working days of the row of Fri 2026-12-18
BY_THE_BOOK = Days(
    now=datetime(2026, 12, 18, 18, tzinfo=UTC), today=date(2026, 12, 18),
    learned=date(2026, 11, 20), day_30=date(2026, 12, 20), day_60=date(2027, 1, 19),
    initiated=date(2026, 12, 18), report_806=date(2027, 1, 5),
)  # fmt: skip


def test_a_vulnerability_the_world_knows(house, at_browser, tmp_path):
    """Found by matching. The clock of the installation is set, and every page and document says so."""
    days = BY_THE_BOOK
    (house.home / "suture.toml").write_text(f"clock = {days.now.isoformat()}\n")
    house.serve()
    cast = people_arrive(house, at_browser, days)
    shipping.a_device_with_three_releases(cast)
    shipping.sboms_are_handed_in(cast, tmp_path)
    shipping.the_world_is_told(cast, tmp_path)
    shipping.the_finding_gives_its_reason(cast)

    case = learning.a_case_is_opened(cast)
    learning.the_day_of_learning(cast, case)
    learning.every_release_is_answered(cast, case)

    judging.the_statement_is_written(cast)
    assessment = judging.both_axes_are_judged(cast, case)
    judging.there_is_no_verdict_before_policy_and_statement(cast, assessment)
    judging.the_verdict_is_signed(cast, case, assessment)

    owing.a_correction_is_initiated(cast, case)
    owing.what_is_owed_is_decided_and_signed(cast, case)
    report = owing.the_report_is_drafted(cast, case, tmp_path)
    owing.the_pdf_has_its_thirteen_items(
        report, cast, owing.ITEM_SAYS | {9: "212 devices distributed"}, lacking={2, 7, 8, 11, 12, 13}
    )
    telling.the_vex_files_say_so(cast, firm.CVE, tmp_path, {"7.3": "affected", "7.4": "not_affected"})
    telling.the_proof_is_intact(cast)
    telling.nothing_went_wrong(cast)
    chain.nobody_changes_history(house)


@pytest.mark.once
def test_a_vulnerability_of_our_own(house, at_browser, tmp_path):
    """Without CVE, component, SBOM or feed: it goes the same way. Under the real clock."""
    today = firm.today()
    days = firm.by_the_table(today - timedelta(days=24), today - timedelta(days=3), today)
    house.serve()
    cast = people_arrive(house, at_browser, days)
    shipping.a_device_with_three_releases(cast)
    judging.the_statement_is_written(cast)
    judging.everything_is_approved(cast)

    number, case = learning.a_vulnerability_of_our_own(cast)
    learning.the_day_of_learning(cast, case)
    learning.answers_from_the_page_of_the_vulnerability(cast, case)

    assessment = judging.both_axes_are_judged(cast, case)
    judging.a_control_that_nobody_uses_yet(cast, case, assessment)
    judging.the_verdict_is_signed(cast, case, assessment)

    owing.a_correction_is_initiated(cast, case)
    owing.a_plan_is_recorded(cast, case)
    owing.what_is_owed_is_decided_and_signed(cast, case)
    report = owing.the_report_is_drafted(cast, case, tmp_path)
    owing.the_pdf_has_its_thirteen_items(
        report, cast, owing.ITEM_SAYS | {7: "61 of 88 tests remain", 9: "308 devices distributed"},
        lacking={2, 8, 11, 12, 13},
    )  # fmt: skip
    telling.the_vex_files_say_so(cast, number, tmp_path, {"7.3": "affected", "7.4": "affected", "8.0": "fixed"})
    telling.the_proof_is_intact(cast)
    telling.nothing_went_wrong(cast)
