"""Rows turned into the facts the reporting rules read. What nobody recorded stays unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from suture.assessment.acting import ActedOn
from suture.core.calendar import FEDERAL, WorkCalendar
from suture.core.enforcement import Enforcement
from suture.core.facts import Answer, FactKind, Facts
from suture.core.milestones import fixed_on, initiated, initiated_on, learned_on, reasoned_plan, safe_controls
from suture.core.report_facts import ReportFacts, submitted_since, with_enforcement
from suture.core.risk import Outcome
from suture.inventory.models import Product
from suture.policy.models import PolicyKind, PolicyVersion
from suture.policy.queries import is_signed

K = FactKind
YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN

SEARCH_VALID_DAYS = 30  # ours, until the firm approves a policy of its own: how old a search of complaints may be

# Questions that no row answers: a person does, with a reason, when deciding.
ASKED: Mapping[str, str] = MappingProxyType(
    {
        "malfunction": "events",
        "likely_on_recurrence": "events",
        "qualified_person_objects": "events",
        "remedial_action_needed": "events",
        "fda_written_request": "events",
        "complaint_alleges_security": "events",
        "device_changed": "action",
        "change_affects_safety": "action",
        "reported_elsewhere": "action",
        "stock_recovery": "action",
        "market_withdrawal": "action",
        "routine_servicing": "action",
        "recall_classified": "action",
    }
)


# An answer that releases from a duty was given for what was known then; these facts, written later, ask it anew.
_RELEASES: Mapping[str, Answer] = MappingProxyType(
    {
        "malfunction": NO, "likely_on_recurrence": NO, "qualified_person_objects": YES, "remedial_action_needed": NO,
        "fda_written_request": NO, "complaint_alleges_security": NO, "device_changed": NO, "change_affects_safety": NO,
        "reported_elsewhere": YES, "stock_recovery": YES, "market_withdrawal": YES, "routine_servicing": YES,
        "recall_classified": NO,
    }
)  # fmt: skip
_ASK_ANEW: Mapping[str, tuple[FactKind, ...]] = MappingProxyType(
    {
        "events": (
            K.ADVERSE_EVENT_LINKED, K.EMPLOYEE_AWARE, K.REMEDIAL_ACTION_NEEDED, K.FDA_WRITTEN_REQUEST,
            K.MDR_INFORMATION_RECEIVED,
        ),
        "action": (
            K.CORRECTION_INITIATED, K.REMOVAL_INITIATED, K.EXTENSION_INITIATED, K.FIRST_UNIT_CHANGED, K.FIX_VALIDATED,
            K.FIX_DISTRIBUTED,
        ),
    }
)  # fmt: skip


class ClockPolicy(NamedTuple):
    """The firm's approved numbers: days a search stays valid, days of grace for the ISAO, and its closures."""

    search_valid_days: int
    isao_grace_days: int
    calendar: WorkCalendar


STRICT = ClockPolicy(SEARCH_VALID_DAYS, 0, FEDERAL)


@dataclass(frozen=True, slots=True)
class ClockPolicies:
    """Every approved version of the policy on searches, grace and closures, by the day from which it is in force."""

    versions: tuple[tuple[date, ClockPolicy], ...]

    def on(self, day: date) -> ClockPolicy:
        """The version in force on a day; the strict numbers, without grace or closures, where there is none."""
        return next((policy for since, policy in reversed(self.versions) if since <= day), STRICT)

    def of_case(self, facts: Facts, today: date) -> ClockPolicy:
        """What counts for one case: how old a search may be is today's number; grace and closures, which lengthen, are
        those in force when the firm learned of the vulnerability, so that no later policy moves a running clock."""
        then = self.on(learned_on(facts) or today)
        return then._replace(search_valid_days=self.on(today).search_valid_days)


def clock_policies() -> ClockPolicies:
    """The firm's approved versions whose signature holds, oldest first."""
    rows = PolicyVersion.objects.filter(kind=PolicyKind.CLOCKS, state=PolicyVersion.State.APPROVED)
    return ClockPolicies(
        tuple(
            (row.effective_from, _read(row.body))
            for row in rows.order_by("effective_from", "version")
            if row.effective_from is not None and is_signed(row)
        )
    )


def _read(body: Mapping[str, Any]) -> ClockPolicy:
    closures = [date.fromisoformat(day) for day in body.get("closures", [])]
    return ClockPolicy(
        int(body.get("search_valid_days", SEARCH_VALID_DAYS)),
        int(body.get("isao_grace_days", 0)),
        WorkCalendar.with_closures(closures) if closures else FEDERAL,
    )


def facts_of(
    device: ActedOn, facts: Facts, enforcement: Enforcement, given: Mapping[str, Any] = MappingProxyType({})
) -> ReportFacts:
    """Everything R1 to R25 read, for one device of a case on the day of `enforcement`.

    The risk is the one the action was taken on, with the harm record of that assessment; see `assessment.acting`.

    What the firm itself does (initiated, submitted, extended, remediated) is no while its own record holds nothing
    of it; everything about the world is unknown until somebody recorded it.

    Args:
        facts: those of the case that speak of this device.
        given: answers of persons to what no row answers, by name (`ASKED`), or `name@product uid` for one device. One
            that releases from a duty counts for what was known when it was given; a later event or action asks anew.
    """
    product = device.product
    answers: dict[str, Any] = {name: _given(given, name, product, facts) for name in ASKED}
    answers |= {name: answer for name, answer in _from_rows(facts).items() if answer is not UNKNOWN}
    found = ReportFacts(
        **_device(product),
        **_risk(device),
        **answers,
        death_or_serious_injury=_death_or_injury(facts, enforcement.conditions[0].answer),
        remediation_exists=Answer.of(has_remediation(facts)),
        initiated=initiated(facts),
        report_806_submitted=Answer.of(facts.first(K.REPORT_806_SUBMITTED) is not None),
        extended=Answer.of(facts.first(K.EXTENSION_INITIATED) is not None),
    )
    return with_enforcement(found, enforcement)


def _device(product: Product) -> dict[str, Any]:
    def came_by(pathway: Product.Pathway) -> Answer:
        return Answer.of(product.pathway == pathway if product.pathway else None)

    return {
        "investigational": came_by(Product.Pathway.INVESTIGATIONAL),
        "pma": came_by(Product.Pathway.PMA),
        "hde": came_by(Product.Pathway.HDE),
        "cleared_510k": came_by(Product.Pathway.K510),
        "tracking_order": Answer.of(product.tracking_order),
        "sponsor_software": Answer.of(product.cyber_has_software),
        "can_connect": Answer.of(product.cyber_can_connect),
        "can_be_threatened": Answer.of(product.cyber_could_be_vulnerable),
        "submitted_since_524b": submitted_since(product.last_submission_date),
    }


def _risk(device: ActedOn) -> dict[str, Any]:
    """The device's verdict (its worst release's) and what its harm record says. Nothing signed: nothing known."""
    if not device.rows:
        return {}
    harms = [a.harm for a in device.rows]
    if device.outcome is None:  # part of the device is not assessed: what was found grave stays, nothing else is known
        grave = {name: _worst(harms, key) for name, key in _GRAVE.items()}
        return {name: answer for name, answer in grave.items() if answer is YES}
    return {
        "verdict": device.outcome,
        "inherent_verdict": max(Outcome.from_word(a.result["inherent"]["outcome"]) for a in device.rows),
        "privacy_only": Answer.of(all(h.get("privacy") for h in harms)),
        **{name: _worst(harms, key) for name, key in _GRAVE.items()},
    }


# Inputs of the rules that make a risk graver, by their keys in the harm record.
_GRAVE: Mapping[str, str] = MappingProxyType(
    {
        "safety_affected": "safety_affected",
        "secrets_exposed": "secrets_exposed",
        "serious_harm_probable": "serious_probable",
    }
)


def _worst(harms: list[dict[str, Any]], key: str) -> Answer:
    answers = {Answer(h.get(key, UNKNOWN)) for h in harms}
    return YES if YES in answers else UNKNOWN if UNKNOWN in answers else NO


def _death_or_injury(facts: Facts, none_known: Answer) -> Answer:
    """Yes on one linked event; no only while condition 1 is true: searched of late, and nothing left unexplained.

    A hit is not yet an event, an event without seriousness not yet an answer, and an old search no answer any more.
    """
    linked = {fact.text("seriousness") for fact in facts.of(K.ADVERSE_EVENT_LINKED)}
    if linked & {"death", "serious"}:
        return YES
    return NO if none_known is YES else UNKNOWN


def has_remediation(facts: Facts) -> bool:
    """Whether anything leads to acceptable risk. Telling customers alone does not (F §IV.G, incomplete remediation)."""
    plan = any(reasoned_plan(fact) is YES for fact in facts.of(K.PLAN_MADE))
    controls = any(safe_controls(fact) is YES for fact in facts.of(K.CONTROLS_IDENTIFIED))
    return plan or controls or fixed_on(facts) is not None


def _from_rows(facts: Facts) -> dict[str, Answer]:
    """Answers to asked questions that a dated fact settles already."""
    settled = {
        "remedial_action_needed": facts.first(K.REMEDIAL_ACTION_NEEDED),
        "fda_written_request": facts.first(K.FDA_WRITTEN_REQUEST),
        "recall_classified": facts.first(K.RECALL_CLASSIFIED),
        "device_changed": facts.first(K.CONTROLS_IDENTIFIED, K.FIX_VALIDATED, K.FIX_DISTRIBUTED, K.FIRST_UNIT_CHANGED),
    }
    answers = {name: YES for name, fact in settled.items() if fact is not None}
    if initiated_on(facts) is None:
        answers.setdefault("recall_classified", NO)  # nothing was done yet that FDA could classify
    answers["new_vulnerability_information"] = YES  # the case itself is that
    return answers


def _given(given: Mapping[str, Any], name: str, product: Product, facts: Facts) -> Answer:
    said = given.get(f"{name}@{product.uid}") or given.get(name)
    if not said:
        return UNKNOWN
    answer = Answer(said["answer"])
    asking = facts.of(*_ASK_ANEW[ASKED[name]])
    if ASKED[name] == "events":
        asking += tuple(fact for fact in facts.of(K.ADVERSE_EVENT_SEARCH) if fact.text("result") == "hit")
    later = any(_instant(fact.recorded_at) > _instant(said["at"]) for fact in asking)
    return UNKNOWN if later and answer is _RELEASES[name] else answer


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
