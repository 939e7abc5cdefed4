"""Where the world's knowledge meets our releases. How matching works: docs/explanation/matching.md.

`cv`, `inst`, `cv_review`, `gap` and `hit` are derived: they can be rebuilt from SBOM documents and knowledge at any
time. A `Finding` is a record: it is never deleted, it goes and comes back with its history.
"""

from suture.detection.models.corrections import CorrectedMatch, MatchCorrection
from suture.detection.models.crosswalk import CrosswalkDecision, CrosswalkSuggestion
from suture.detection.models.findings import Finding, FindingQuerySet, RuledOut
from suture.detection.models.ledger import FeedCheck, LedgerOwner, TextCandidate, TextWatch
from suture.detection.models.portfolio import (
    UNHEARD,
    AwaitedName,
    Cause,
    ComponentVersion,
    Gap,
    Hit,
    Instance,
    UnplacedVersion,
)
from suture.detection.models.review import ReviewDecision, ReviewSettled
from suture.detection.models.runs import Matched, MatchRun

__all__ = [
    "UNHEARD",
    "AwaitedName",
    "Cause",
    "ComponentVersion",
    "CorrectedMatch",
    "CrosswalkDecision",
    "CrosswalkSuggestion",
    "FeedCheck",
    "Finding",
    "FindingQuerySet",
    "Gap",
    "Hit",
    "Instance",
    "LedgerOwner",
    "MatchCorrection",
    "MatchRun",
    "Matched",
    "ReviewDecision",
    "ReviewSettled",
    "RuledOut",
    "TextCandidate",
    "TextWatch",
    "UnplacedVersion",
]
