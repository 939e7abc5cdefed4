"""Where a case stands towards FDA on a day: clocks, the four conditions, and what every rule says of every device."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from suture.assessment.acting import ActedOn, devices_acted_on, verdict_to_act_on
from suture.assessment.models import Case
from suture.assessment.queries import facts_of_case
from suture.core.cases import CaseState
from suture.core.clocks import CYBER_COMMUNICATE, CYBER_FIX, REPORT_806, Clock
from suture.core.enforcement import Enforcement
from suture.core.errors import Contradiction
from suture.core.facts import Answer, Facts
from suture.core.milestones import learned_on
from suture.core.report_facts import ReportFacts
from suture.core.reportability import Decision as Decided
from suture.core.reportability import Duty806
from suture.core.reportability import decide as decide_rules
from suture.core.risk import Outcome
from suture.inventory.models import Product
from suture.reporting.devices import Standing, clocks_of, gravest_enforcement, release_names, standings
from suture.reporting.gathering import clock_policies, facts_of
from suture.reporting.resting import AWAKE, Resting, resting
from suture.sharing.queries import memberships

# From gravest to mildest: a case stands where its gravest device stands.
GRAVITY = (
    Duty806.DUE, Duty806.CONTINGENT, Duty806.UNDECIDED, Duty806.NOT_STARTED, Duty806.NOT_ENFORCED,
    Duty806.REPORTED_ELSEWHERE, Duty806.RECORD,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What the rules say of one device on a day; or the contradiction that must be resolved first."""

    device: ActedOn
    facts: ReportFacts
    enforcement: Enforcement
    decided: Decided | None
    contradiction: str = ""

    @property
    def product(self) -> Product:
        return self.device.product

    @property
    def duty_806(self) -> Duty806:
        return self.decided.duty_806 if self.decided else Duty806.UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a case stands on a day: day 0, every clock, the four conditions, what is owed per device.

    `verdict` is the risk as signed and shown now; `acted_on` the one that counts for what is owed: uncontrolled stays
    uncontrolled when a control or a fix brings it down. `binding` are the clocks that bind as things stand: those of
    day 30, day 60 and 806 do until the risk is found controlled without that, or no device affected. Where devices
    differ, `clocks` and `enforcement` are those of the device that stands worst; `owed` has each device's own.
    """

    case: Case
    as_of: date
    facts: Facts
    learned_on: date | None
    verdict: Outcome | None
    acted_on: Outcome | None
    clocks: tuple[Clock, ...]
    binding: tuple[Clock, ...]
    enforcement: Enforcement
    owed: tuple[Owed, ...]

    @property
    def duty_806(self) -> Duty806:
        return gravest(one.duty_806 for one in self.owed)

    @property
    def policy_applies(self) -> bool:
        """Whether the four conditions are of any consequence: they concern uncontrolled risk alone."""
        return self.acted_on is Outcome.UNCONTROLLED


def gravest(duties: Iterable[Duty806]) -> Duty806:
    """The gravest of several devices' duties; undecided where there is none."""
    return min(duties, key=GRAVITY.index, default=Duty806.UNDECIDED)


def position(case: Case, today: date, facts: Facts | None = None) -> Position:
    """Where a case stands towards FDA on a day, computed from its dated facts and from nothing else.

    Raises:
        InvalidValue: `today` lies before a recorded fact; ask for what was known then with the facts of then.
    """
    return position_with(case, today, given_answers(case), facts)


def position_with(case: Case, today: date, given: Mapping[str, Any], facts: Facts | None = None) -> Position:
    """As `position`, with these answers of persons to what no record holds."""
    facts = facts_of_case(case) if facts is None else facts
    policy = clock_policies().of_case(facts, today)
    verdict = Outcome.from_word(case.verdict) if case.verdict else None
    devices = devices_acted_on(case, facts)
    names = release_names([d.product.pk for d in devices]) if len(devices) > 1 else {}
    standing = standings(facts, devices, names, memberships(), policy, today)
    rests = resting(case.decisions.select_related("case")).get(case.pk, AWAKE)
    clocks = clocks_of(standing, policy, today, rests.concluded_at)
    enforcement = gravest_enforcement(standing)
    acted_on = verdict_to_act_on(devices)
    return Position(
        case=case, as_of=today, facts=facts, learned_on=learned_on(facts), verdict=verdict, acted_on=acted_on,
        clocks=clocks, binding=tuple(c for c in clocks if binds(c, case, devices, enforcement, rests)),
        enforcement=enforcement,
        owed=tuple(_owed(one.device, one, given) for one in standing if one.device is not None),
    )  # fmt: skip


def binds(clock: Clock, case: Case, devices: Sequence[ActedOn], enforcement: Enforcement, rests: Resting) -> bool:
    """Whether a clock binds as the case stands, by the verdict that counts for what is owed: see `Position`.

    The 806 date rests while a signed decision says 'not enforced' and every condition holds; on a closed case it
    wakes when a condition is false. Events, extensions and FDA's requests bind on a closed case too.
    """
    if clock.due_on is None:
        return False
    if clock.name not in (CYBER_COMMUNICATE.name, CYBER_FIX.name, REPORT_806.name):
        return True
    acted_on = verdict_to_act_on(devices)
    if acted_on is Outcome.CONTROLLED or (case.at is CaseState.NOT_AFFECTED and not devices):
        return False
    if case.at is CaseState.CLOSED:
        uncontrolled = acted_on is Outcome.UNCONTROLLED
        return clock.name == REPORT_806.name and uncontrolled and enforcement.answer is Answer.NO
    held = rests.not_enforced and enforcement.answer is Answer.YES
    return clock.name != REPORT_806.name or not held


def _owed(device: ActedOn, standing: Standing, given: Mapping[str, Any]) -> Owed:
    """What the rules say of one device; a contradiction is told, not raised: a page must show it."""
    gathered = facts_of(device, standing.facts, standing.enforcement, given)
    said: dict[str, Any] = {"device": device, "facts": gathered, "enforcement": standing.enforcement}
    try:
        return Owed(decided=decide_rules(gathered), **said)
    except Contradiction as refused:
        return Owed(decided=None, contradiction=str(refused), **said)


def given_answers(case: Case) -> dict[str, Any]:
    """Answers persons gave at the newest decision; they carry over until somebody gives another."""
    last = case.decisions.order_by("-version").first()
    return dict(last.given) if last else {}
