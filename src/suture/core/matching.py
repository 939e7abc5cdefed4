"""A match carries its reasons: the analyst, the auditor and the test read the same sentence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MatchClass(StrEnum):
    """What the engine can say of one vulnerability in one release. 'Nothing' is not among them."""

    AFFECTED = "affected"  # identity exact, version inside a stated range
    CONDITIONAL = "conditional"  # and a platform condition that can be neither confirmed nor ruled out
    POSSIBLE = "possible"  # identity exact, but the version is missing or cannot be ordered
    NOT_ASSESSED = "not assessed"  # we did not, or could not, look


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One sentence of why. `source` and `record` name the statement it rests on; '' where none does."""

    kind: str  # 'identifier', 'version', 'condition' (it holds), 'doubt' (nobody knows), 'cause'
    says: str  # "3.0.13 lies in 3.0.0 ≤ v < 3.0.15"
    source: str = ""
    record: str = ""
    dated: str = ""  # ISO date of that record's last change


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One component and one vulnerability, with why they meet."""

    component_ref: str
    component: str  # 'openssl 3.0.13'
    vulnerability: str  # preferred id of the alias group
    result: MatchClass
    reasons: tuple[Reason, ...]
