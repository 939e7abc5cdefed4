"""Campaigns: what each unit's way to the fix looks like, and the numbers that may be said of all of them.

Reported and verified stay apart: a hospital's tick makes a unit *installed*; only a look at the version by somebody
who answers for it makes it *verified*. A retired unit leaves the denominator, and only with evidence.
Source: FDA, Postmarket Management of Cybersecurity in Medical Devices (28 Dec 2016), §VII.B (follow up with end users,
footnote on 21 CFR 7.42(b)(3)); 21 CFR 7.42, 7.53 (status reports). The cutting into states is Suture's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from suture.core.errors import InvalidValue
from suture.core.facts import Answer
from suture.core.roles import Role
from suture.core.workflow import Guard, Step, Workflow

PSIRT, RA, QUALITY = Role.PSIRT, Role.REGULATORY_AFFAIRS, Role.QUALITY
FIELD, EXECUTIVE = Role.FIELD_SERVICE, Role.EXECUTIVE


class UnitState(StrEnum):
    """Where one unit stands in a campaign."""

    AFFECTED = "affected"
    NOTIFIED = "notified"
    ACKNOWLEDGED = "acknowledged"
    SCHEDULED = "scheduled"
    INSTALLED = "installed"
    VERIFIED = "verified"
    DECLINED = "declined"
    UNREACHABLE = "unreachable"
    RETIRED = "retired"

    @property
    def label(self) -> str:
        """The state as a person reads it."""
        return _STATES[self]


U = UnitState
_STATES: Mapping[UnitState, str] = {
    U.AFFECTED: "affected, not told yet",
    U.NOTIFIED: "told, no answer yet",
    U.ACKNOWLEDGED: "acknowledged",
    U.SCHEDULED: "scheduled",
    U.INSTALLED: "reported installed",
    U.VERIFIED: "verified",
    U.DECLINED: "declined",
    U.UNREACHABLE: "unreachable",
    U.RETIRED: "retired",
}

IN_PLACE = frozenset({U.INSTALLED, U.VERIFIED})
# Nobody has said how it stands there: not told, told without an answer, or out of reach.
NOT_KNOWN = frozenset({U.AFFECTED, U.NOTIFIED, U.UNREACHABLE})


class UnitGuard(Guard):
    """The facts that open a unit's steps."""

    DAY_GIVEN = "day_given"
    RIGHT_VERSION = "right_version"
    WRONG_VERSION = "wrong_version"
    REASON_GIVEN = "reason_given"
    ATTEMPTS_LOGGED = "attempts_logged"
    RETIREMENT_SHOWN = "retirement_shown"

    @property
    def says(self) -> str:
        """The fact as a sentence that is true when the guard is met."""
        return _UNIT_GUARDS[self]


_UNIT_GUARDS: Mapping[UnitGuard, str] = {
    UnitGuard.DAY_GIVEN: "a day is given",
    UnitGuard.RIGHT_VERSION: "the version seen on the unit is the one the campaign installs",
    UnitGuard.WRONG_VERSION: "another version than the campaign's was seen on the unit",
    UnitGuard.REASON_GIVEN: "the reason is given",
    UnitGuard.ATTEMPTS_LOGGED: "the attempts to reach them are given, by more than one channel",
    UnitGuard.RETIREMENT_SHOWN: "there is evidence that the unit is out of use",
}

_US = frozenset({FIELD, PSIRT, RA, QUALITY})
_WAITING = frozenset({U.AFFECTED, U.NOTIFIED, U.ACKNOWLEDGED, U.SCHEDULED, U.DECLINED, U.UNREACHABLE})

UNIT: Workflow[UnitState] = Workflow(
    "unit in a campaign",
    # verb, from, to, who, †, guard, participle
    Step("notify", {U.AFFECTED}, U.NOTIFIED, _US, False, (), "notified"),
    Step("acknowledge", {U.AFFECTED, U.NOTIFIED, U.UNREACHABLE}, U.ACKNOWLEDGED, _US),
    Step("schedule", _WAITING, U.SCHEDULED, _US, False, (UnitGuard.DAY_GIVEN,)),
    Step("install", _WAITING, U.INSTALLED, _US, False, (), "installed"),
    Step("verify", {U.INSTALLED}, U.VERIFIED, {FIELD, QUALITY}, False, (UnitGuard.RIGHT_VERSION,), "verified"),
    Step(
        "send_back", {U.INSTALLED, U.VERIFIED}, U.ACKNOWLEDGED, {FIELD, QUALITY, PSIRT}, False,
        (UnitGuard.WRONG_VERSION,), "sent back",
    ),
    Step("decline", _WAITING - {U.DECLINED}, U.DECLINED, _US, False, (UnitGuard.REASON_GIVEN,)),
    Step(
        "lose", _WAITING - {U.UNREACHABLE}, U.UNREACHABLE, _US, False, (UnitGuard.ATTEMPTS_LOGGED,),
        "called unreachable",
    ),
    Step("retire", frozenset(UnitState) - {U.RETIRED}, U.RETIRED, _US, False, (UnitGuard.RETIREMENT_SHOWN,)),
    Step("return", {U.RETIRED}, U.AFFECTED, {FIELD, QUALITY}, False, (UnitGuard.REASON_GIVEN,), "returned to service"),
    start=U.AFFECTED,
)  # fmt: skip

# What those who have the units may say of their own. Never "verified": that is for somebody who answers for the device.
BY_CONSIGNEE = frozenset({"acknowledge", "schedule", "install", "decline", "retire"})


class CampaignState(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    APPROVED = "approved"
    RUNNING = "running"
    CLOSED = "closed"
    ACCEPTED = "residual_accepted"

    @property
    def label(self) -> str:
        """The state as a person reads it."""
        return "closed, what remains accepted" if self is CampaignState.ACCEPTED else self.value

    @property
    def is_over(self) -> bool:
        """Whether nothing is asked of anybody any more."""
        return self in (CampaignState.CLOSED, CampaignState.ACCEPTED)


class CampaignGuard(Guard):
    """The facts that open a campaign's steps."""

    UNITS_KNOWN = "units_known"
    NOTICE_APPROVED = "notice_approved"
    ALL_IN_PLACE = "all_in_place"
    EFFECTIVENESS_MET = "effectiveness_met"
    RESIDUAL_REASON = "residual_reason"
    REOPENING_REASON = "reopening_reason"

    @property
    def says(self) -> str:
        """The fact as a sentence that is true when the guard is met."""
        return _CAMPAIGN_GUARDS[self]


_CAMPAIGN_GUARDS: Mapping[CampaignGuard, str] = {
    CampaignGuard.UNITS_KNOWN: "at least one unit is in it",
    CampaignGuard.NOTICE_APPROVED: "a notice is approved by signature",
    CampaignGuard.ALL_IN_PLACE: "every unit is verified, or retired with evidence",
    CampaignGuard.EFFECTIVENESS_MET: "the effectiveness checks are met",
    CampaignGuard.RESIDUAL_REASON: "it is said why what remains is accepted",
    CampaignGuard.REOPENING_REASON: "it is said why it goes on",
}

CA = CampaignState
CAMPAIGN: Workflow[CampaignState] = Workflow(
    "campaign",
    Step("approve", {CA.DRAFT}, CA.APPROVED, {RA, QUALITY}, True, (CampaignGuard.UNITS_KNOWN,), "approved"),
    Step("start", {CA.APPROVED}, CA.RUNNING, {RA, FIELD, PSIRT}, False, (CampaignGuard.NOTICE_APPROVED,), "started"),
    Step(
        "close", {CA.RUNNING}, CA.CLOSED, {RA, QUALITY}, True,
        (CampaignGuard.ALL_IN_PLACE, CampaignGuard.EFFECTIVENESS_MET),
    ),
    # The other way to an end: an executive signs for what remains.
    Step(
        "accept_residual", {CA.RUNNING}, CA.ACCEPTED, {EXECUTIVE}, True, (CampaignGuard.RESIDUAL_REASON,),
        "closed with what remains accepted",
    ),
    Step(
        "reopen", {CA.CLOSED, CA.ACCEPTED}, CA.RUNNING, {RA, QUALITY, PSIRT, FIELD}, False,
        (CampaignGuard.REOPENING_REASON,), "reopened",
    ),
    start=CA.DRAFT,
)  # fmt: skip


class Share(NamedTuple):
    """So many of so many. Of nothing it is not known; less than all is never 100 %, more than none never 0 %."""

    part: int
    whole: int

    @property
    def tenths(self) -> int | None:
        """Tenths of a percent, rounded half up; None of nothing."""
        if self.whole <= 0:
            return None
        rounded = (2000 * self.part + self.whole) // (2 * self.whole)
        if 0 < self.part < self.whole:
            return min(999, max(1, rounded))
        return rounded

    def __str__(self) -> str:
        tenths = self.tenths
        return "not known" if tenths is None else f"{tenths // 10}.{tenths % 10} %"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many units stand where; one campaign, one consignee or one site."""

    of: Mapping[UnitState, int]

    def __post_init__(self) -> None:
        if any(n < 0 for n in self.of.values()):
            raise InvalidValue("a count of units is never below 0")
        object.__setattr__(self, "of", MappingProxyType({s: self.of.get(s, 0) for s in UnitState}))

    def __getitem__(self, state: UnitState) -> int:
        return self.of[state]

    @property
    def total(self) -> int:
        """All units that were ever in it."""
        return sum(self.of.values())

    @property
    def denominator(self) -> int:
        """The units it is about: all but those retired with evidence."""
        return self.total - self[U.RETIRED]

    @property
    def in_place(self) -> int:
        """Units that have it, by anybody's word: reported or verified."""
        return sum(self[s] for s in IN_PLACE)

    @property
    def unknown(self) -> int:
        """Units of which nobody has said how they stand."""
        return sum(self[s] for s in NOT_KNOWN)

    @property
    def owed(self) -> int:
        """Units that still lack it, or its verification."""
        return self.denominator - self[U.VERIFIED]

    @property
    def installed_share(self) -> Share:
        """Reported or verified, of the denominator."""
        return Share(self.in_place, self.denominator)

    @property
    def verified_share(self) -> Share:
        """Verified, of the denominator."""
        return Share(self[U.VERIFIED], self.denominator)

    @property
    def unknown_share(self) -> Share:
        """Not known, of the denominator."""
        return Share(self.unknown, self.denominator)

    @property
    def all_in_place(self) -> Answer:
        """Whether every unit is verified or retired with evidence; a campaign without units answers nothing."""
        return Answer.UNKNOWN if not self.total else Answer.of(self.owed == 0)


class EffectivenessLevel(StrEnum):
    """How many consignees are asked whether the notice arrived and was acted on.

    Source: 21 CFR 7.42(b)(3). The percentages of levels A to D are *unverified, from memory* in our reference; they
    count consignees, never units.
    """

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"

    @property
    def says(self) -> str:
        """What the level asks for."""
        return _LEVELS[self]


_LEVELS: Mapping[EffectivenessLevel, str] = {
    EffectivenessLevel.A: "100 % of the consignees to be contacted",
    EffectivenessLevel.B: "a percentage of the consignees the firm sets, above 10 % and below 100 %",
    EffectivenessLevel.C: "10 % of the consignees to be contacted",
    EffectivenessLevel.D: "2 % of the consignees to be contacted",
    EffectivenessLevel.E: "no effectiveness checks",
}
_PERCENT = {EffectivenessLevel.A: 100, EffectivenessLevel.C: 10, EffectivenessLevel.D: 2, EffectivenessLevel.E: 0}


def consignees_to_check(level: EffectivenessLevel, consignees: int, percent: int | None = None) -> int:
    """Give how many consignees the level asks to check, rounded up.

    Args:
        percent: for level B only, the percentage the recall strategy names.

    Raises:
        InvalidValue: level B without a percentage between 11 and 99, or another level with one.

    Source: 21 CFR 7.42(b)(3).
    """
    if level is EffectivenessLevel.B:
        if percent is None or not 10 < percent < 100:
            raise InvalidValue("level B names its percentage of consignees: above 10 and below 100")
    elif percent is not None:
        raise InvalidValue(f"level {level} has its percentage in the rule; only level B names one")
    chosen = percent if percent is not None else _PERCENT[level]
    return -(-consignees * chosen // 100)


class CheckResult(StrEnum):
    """What a consignee said when asked whether the notice arrived and was acted on."""

    EFFECTIVE = "effective"
    NOT_EFFECTIVE = "not effective"
    NO_ANSWER = "no answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effectiveness:
    """How the checks of one campaign stand. Counts are consignees, each by its latest check."""

    level: EffectivenessLevel
    needed: int
    effective: int = 0
    not_effective: int = 0
    no_answer: int = 0

    @property
    def met(self) -> Answer:
        """Yes once enough consignees acted on it and none checked did not; a silent one does not count."""
        if self.not_effective:
            return Answer.NO
        return Answer.YES if self.effective >= self.needed else Answer.NOT_YET_DUE

    @property
    def left(self) -> int:
        """Consignees still to be found effective."""
        return max(0, self.needed - self.effective)


class Day(NamedTuple):
    """One day of the burn-up: units in it, reported or verified, verified."""

    on: date
    denominator: int
    in_place: int
    verified: int


def burn_up(changes: Iterable[tuple[date, UnitState, int]], until: date) -> tuple[Day, ...]:
    """Add changes up to a line: one point for every day something changed, and one for `until`.

    Args:
        changes: (day, state, how many more units stand there; negative for fewer), in any order.
        until: the last day to draw; what happened after it is left out.
    """
    by_day: dict[date, dict[UnitState, int]] = {}
    for on, state, change in changes:
        if on <= until:
            at = by_day.setdefault(on, {})
            at[state] = at.get(state, 0) + change
    standing = dict.fromkeys(UnitState, 0)
    days = []
    for on in sorted({*by_day, *([until] if by_day else [])}):
        for state, change in by_day.get(on, {}).items():
            standing[state] += change
        counts = Counts({s: max(0, n) for s, n in standing.items()})
        days.append(Day(on, counts.denominator, counts.in_place, counts[U.VERIFIED]))
    return tuple(days)


REMIND_AFTER = timedelta(days=7)  # ours: a consignee that has not answered is reminded by another channel
