"""The page of the measured accuracy is what the kept result says."""

from __future__ import annotations

from tools.accuracy_adjustments import kept
from tools.accuracy_page import PAGE, from_kept, notes_on, page


def test_the_accuracy_page_is_the_kept_result() -> None:
    """`python -m tools.accuracy_page` writes it anew."""
    result = from_kept()
    assert PAGE.read_text() == page(result, kept(), notes_on(result))
