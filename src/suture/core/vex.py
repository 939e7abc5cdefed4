"""VEX: what we tell others about one release and one vulnerability."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from suture.core.errors import InvalidValue


class VexStatus(StrEnum):
    """The four statuses of CISA, Minimum Requirements for VEX (April 2023)."""

    NOT_AFFECTED = "not_affected"
    AFFECTED = "affected"
    FIXED = "fixed"
    UNDER_INVESTIGATION = "under_investigation"


_GRAVEST_FIRST = (
    VexStatus.AFFECTED, VexStatus.UNDER_INVESTIGATION, VexStatus.FIXED, VexStatus.NOT_AFFECTED,
)  # fmt: skip


def worst(statuses: Iterable[VexStatus]) -> VexStatus:
    """The status of a release, from those of its components: the worst. Without any, nothing is known of it.

    One affected component makes the release affected; else one nobody answered for keeps it under investigation;
    it is not affected only where every component is (what-users-ask #20: a judgement never covers what it did not see).
    """
    given = set(statuses)
    return next((status for status in _GRAVEST_FIRST if status in given), VexStatus.UNDER_INVESTIGATION)


class Justification(StrEnum):
    """Why a product is not affected: the closed list (CISA VEX status justifications, June 2022)."""

    COMPONENT_NOT_PRESENT = "component_not_present"
    VULNERABLE_CODE_NOT_PRESENT = "vulnerable_code_not_present"
    VULNERABLE_CODE_NOT_IN_EXECUTE_PATH = "vulnerable_code_not_in_execute_path"
    VULNERABLE_CODE_CANNOT_BE_CONTROLLED_BY_ADVERSARY = "vulnerable_code_cannot_be_controlled_by_adversary"
    INLINE_MITIGATIONS_ALREADY_EXIST = "inline_mitigations_already_exist"  # built in; never a compensating control


@dataclass(frozen=True, slots=True, kw_only=True)
class VexProduct:
    """The release a statement speaks of."""

    name: str  # 'Aria P2'
    version: str  # '4.2'
    uid: str
    manufacturer: str
    purl: str = ""
    cpe: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VexStatement:
    """One release, one vulnerability, one status, and what that status obliges us to say."""

    vulnerability: str
    aliases: tuple[str, ...] = ()
    components: tuple[str, ...] = ()  # purl, or 'name@version' where the component has none
    status: VexStatus
    justification: Justification | None = None
    impact: str = ""
    action: str = ""
    since: str = ""  # ISO instant, UTC
    notes: str = ""

    def __post_init__(self) -> None:
        # CISA, Minimum Requirements for VEX (April 2023): each status brings its own duty.
        if self.status is VexStatus.NOT_AFFECTED and not (self.justification or self.impact):
            raise InvalidValue("a 'not affected' statement needs a justification or an impact statement")
        if self.status is VexStatus.AFFECTED and not self.action:
            raise InvalidValue("an 'affected' statement needs an action for the user")
        if self.justification and self.status is not VexStatus.NOT_AFFECTED:
            raise InvalidValue("a justification says why a product is not affected; this status is another")


@dataclass(frozen=True, slots=True, kw_only=True)
class VexDocument:
    """All statements about one release at one moment."""

    id: str  # 'urn:uuid:…' or an https IRI
    version: int
    issued: str  # ISO instant, UTC
    author: str
    product: VexProduct
    statements: tuple[VexStatement, ...]
