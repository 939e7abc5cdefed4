"""One case, several devices: which dated facts speak of which device, and the clocks of all of them together.

Another device is another report, and each needs its own fix: what was sent or distributed for one meets nothing for
the others. A case stands where its gravest device stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from suture.assessment.acting import ActedOn
from suture.core.clocks import Clock, case_clocks
from suture.core.enforcement import Enforcement, evaluate_enforcement
from suture.core.facts import Answer, Fact, FactKind, Facts
from suture.core.isao import IsaoMembership
from suture.core.risk import Outcome
from suture.inventory.models import Release
from suture.reporting.gathering import ClockPolicy

Names = Mapping[int, frozenset[str]]  # by product: how its releases are called

_OF_A_RELEASE = (FactKind.FIX_VALIDATED, FactKind.FIX_DISTRIBUTED)
_GRAVEST = (Answer.NO, Answer.UNKNOWN, Answer.NOT_YET_DUE, Answer.YES)


@dataclass(frozen=True, slots=True)
class Standing:
    """One device of a case on a day: the facts that speak of it, and the four conditions over them."""

    device: ActedOn | None  # None: the case concerns no device to decide on
    facts: Facts
    enforcement: Enforcement


def release_names(products: Collection[int]) -> Names:
    """How the releases of these products are called: by version, and by device and version. One query."""
    found: dict[int, set[str]] = {key: set() for key in products}
    for release in Release.objects.filter(product__in=products).select_related("product"):
        found[release.product_id] |= {release.version.casefold(), release.label.casefold()}
    return {key: frozenset(names) for key, names in found.items()}


def standings(
    facts: Facts, devices: Sequence[ActedOn], names: Names, ours: Sequence[IsaoMembership], policy: ClockPolicy,
    today: date,
) -> list[Standing]:  # fmt: skip
    """Each device of a case with its own facts and conditions; one without device where there is none to decide on."""
    found = []
    for device in devices or (None,):
        mine = facts if device is None else _about(facts, device, devices, names)
        four = evaluate_enforcement(
            mine, ours, today=today, search_valid_days=policy.search_valid_days, calendar=policy.calendar,
            isao_grace_days=policy.isao_grace_days,
        )  # fmt: skip
        found.append(Standing(device, mine, four))
    return found


def gravest_enforcement(standing: Sequence[Standing]) -> Enforcement:
    """The four conditions of the device for which they stand worst, of those whose risk is not controlled."""
    return min(_at_stake(standing), key=lambda one: _GRAVEST.index(one.enforcement.answer)).enforcement


def clocks_of(
    standing: Sequence[Standing], policy: ClockPolicy, today: date, concluded_at: str = ""
) -> tuple[Clock, ...]:
    """Every clock of a case; where devices differ, the one that is met last, or not at all, counts."""
    each = [
        case_clocks(
            one.facts, today=today, calendar=policy.calendar, concluded_at=concluded_at,
            contingent_806=one.enforcement.report_806.contingent,
        )
        for one in _at_stake(standing)
    ]  # fmt: skip
    return tuple(max(same, key=_urgency) for same in zip(*each, strict=True))


def _urgency(clock: Clock) -> tuple[bool, bool, bool, int]:
    due = 0 if clock.due_on is None else -clock.due_on.toordinal()
    met = 0 if clock.met_on is None else clock.met_on.toordinal()
    return (clock.due_on is not None, clock.met_on is None, not clock.contingent, met or due)


def _at_stake(standing: Sequence[Standing]) -> list[Standing]:
    """The devices whose risk is not controlled; all, where every one is."""
    return [s for s in standing if s.device is None or s.device.outcome is not Outcome.CONTROLLED] or list(standing)


def _about(facts: Facts, device: ActedOn, devices: Iterable[ActedOn], names: Names) -> Facts:
    others = [one.product for one in devices if one.product.pk != device.product.pk]
    theirs = frozenset().union(*(names.get(p.pk, frozenset()) for p in others)) - names.get(device.product.pk, set())
    uids = {str(p.uid) for p in others}
    return Facts(fact for fact in facts if not _anothers(fact, uids, theirs))


def _anothers(fact: Fact, uids: Collection[str], releases: Collection[str]) -> bool:
    """Whether a fact names another device, or a release that is another's alone; one that names none speaks of all."""
    if fact.text("product") in uids:
        return True
    return fact.kind in _OF_A_RELEASE and fact.text("release").strip().casefold() in releases
