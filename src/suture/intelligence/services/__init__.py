"""Verbs of intelligence: take in feeds, sweep what a cut-off import left, register a vulnerability of our own."""

from suture.intelligence.services.importing import import_feeds, sweep_unpublished
from suture.intelligence.services.ours import register_vulnerability
from suture.intelligence.services.results import Counts, FileResult, Outcome, Progress, SourceResult
from suture.intelligence.services.stated import MANUFACTURER, rekey_ranges, state_ranges, take_back_ranges

__all__ = [
    "MANUFACTURER",
    "Counts",
    "FileResult",
    "Outcome",
    "Progress",
    "SourceResult",
    "import_feeds",
    "register_vulnerability",
    "rekey_ranges",
    "state_ranges",
    "sweep_unpublished",
    "take_back_ranges",
]
