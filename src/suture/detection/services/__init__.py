"""Verbs of detection: match a release, work off what is stale, take in an SBOM, state a finding."""

from suture.detection.services.matching import match_release
from suture.detection.services.sboms import Taken, take_in_held, take_in_sbom
from suture.detection.services.staleness import check_whole_portfolio, rematch_stale, stale_releases
from suture.detection.services.statements import add_manual_finding, take_back_statement

__all__ = [
    "Taken",
    "add_manual_finding",
    "check_whole_portfolio",
    "match_release",
    "rematch_stale",
    "stale_releases",
    "take_back_statement",
    "take_in_held",
    "take_in_sbom",
]
