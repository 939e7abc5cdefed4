"""Stated ranges that wait for a person: which of them could concern a component of ours, and what was said of them."""

from __future__ import annotations

from suture.detection.models import ReviewDecision


def last_decision() -> int:
    """The number of the last decision on a range in review; 0 before the first."""
    return ReviewDecision.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
