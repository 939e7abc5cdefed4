"""Chapter four: the 806 clock, the signed decision, the draft of the report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pypdf import PdfReader

from suture.core.reports806 import ITEMS
from tests.doors.process.installation import PASSWORD
from tests.doors.walk.cast import DEVICE, Cast
from tests.doors.walk.learning import clock, shows_clock

WHY_LATER = "Distributors still send their lists"

# What each item must say of the device and its case (21 CFR 806.10(c)(1) to (13)); a walk adds its own.
ITEM_SAYS = {
    1: "1234567-(date of submission)-(next number)-C",
    2: "Missing: telephone number of the representative",
    3: "imaging workstation",
    4: "510(k) K999004",
    5: "09506000130033",
    6: "The submitter is the manufacturer",
    7: "Letter N-19",
    8: "Missing: illness or injuries",
    9: "212 devices distributed",
    10: "96 months",
    11: WHY_LATER,
    12: "Missing: copies of all communications",
    13: "reason and date for item 2",
}


def a_correction_is_initiated(cast: Cast, case: str) -> None:
    """The 806 clock waits for its own fact; then it runs ten working days from that day."""
    rosa, days = cast.rosa, cast.days
    rosa.opens(case)
    assert "Not started" in clock(rosa, "806 report")
    rosa.follows("Record a correction as initiated")
    rosa.fills({
        "On which day was it so": days.initiated, "What was begun": "Letter N-19: block outgoing traffic.",
        "What shows it": "N-19, sent to every consignee",
    })  # fmt: skip
    rosa.presses("Record it")
    shows_clock(rosa, "806 report", days.initiated, days.report_806)
    assert "10 working days" in clock(rosa, "806 report")
    for name, due in (("Tell customers", days.day_30), ("Fix, validate", days.day_60)):
        shows_clock(rosa, name, days.learned, due)
    rosa.follows("Today")
    for due in (days.report_806, days.day_30):
        assert rosa.section("What we owe, by days left").get_by_title(due.isoformat()).count() >= 1


def a_plan_is_recorded(cast: Cast, case: str) -> None:
    """One dated fact among its kind."""
    rosa, days = cast.rosa, cast.days
    rosa.opens(case)
    rosa.follows("Record a fact")
    rosa.follows("Remediation plan made")
    rosa.fills({"On which day was it so": days.initiated, "Rationale for its timeline": "61 of 88 tests remain"})
    rosa.presses("Record it")
    assert "remediation plan made" in rosa.reads("Dated facts")


def what_is_owed_is_decided_and_signed(cast: Cast, case: str) -> None:
    """The rules run over what is recorded; regulatory affairs signs what they say, unknowns and all."""
    rosa = cast.rosa
    rosa.opens(case)
    rosa.follows("Decide what is owed")
    rosa.presses("Run the rules and keep the result")
    rules = rosa.reads("Rules")
    assert "R9" in rules
    assert "21 CFR 806.10" in rules
    assert "Open." in rules
    rosa.follows("Sign")
    rosa.fills({"Why": "As the rules say; the report is drafted today.", "Your password": "not the password"})
    assert "nothing was signed" in rosa.is_refused("Sign")
    rosa.fills({"Your password": PASSWORD})
    rosa.presses("Sign")
    assert "Rosa Luz" in rosa.reads("Signatures")


def the_report_is_drafted(cast: Cast, case: str, folder: Path) -> Path:
    """The 13 items beside their sources; one gap is explained. Gives the PDF."""
    rosa, days = cast.rosa, cast.days
    rosa.opens(case)
    rosa.presses(f"Draft the 806.10 report, {DEVICE}")
    assert days.report_806.isoformat() in rosa.page.content()
    assert "Missing: the list of consignees" in rosa.reads()
    item = rosa.page.locator("section.item").filter(has_text="Consignees, dates, numbers")
    with rosa.page.expect_navigation():
        item.get_by_role("link", name="complete, or say when it follows").click()
    rosa.fills({"Why something is not available yet": WHY_LATER, "Will be submitted on": days.day_60})
    rosa.presses("Save")
    assert WHY_LATER in rosa.reads()
    rosa.presses("PDF")
    return rosa.saves_shown(folder)


def the_pdf_has_its_thirteen_items(file: Path, cast: Cast, says: Mapping[int, str], lacking: set[int]) -> None:
    """Page by page: every item by number and title, with its text or with what is missing; the marks on each page."""
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(file).pages]
    for n, page in enumerate(pages, 1):
        assert "DRAFT, not submitted" in page, f"page {n} does not say that it is a draft"
        assert f"Page {n} of {len(pages)}" in page
        assert ("The clock of this installation is set by hand" in page) == (cast.days.now is not None)
    text = " ".join(pages)
    starts = [text.index(f"{item.number}. {item.title}") for item in ITEMS]
    assert starts == sorted(starts)
    found = {
        item.number: text[start + len(f"{item.number}. {item.title}") : end].replace(item.citation, "").strip()
        for item, start, end in zip(ITEMS, starts, [*starts[1:], len(text)], strict=True)
    }
    for number, words in says.items():
        assert words in found[number], f"item {number}: {found[number]}"
    assert all(found.values())
    assert {n for n, says in found.items() if "Missing:" in says} == lacking, found


# What each item must say of this device and case (21 CFR 806.10(c)(1)-(13)).
