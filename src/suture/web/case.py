"""Cases: the list, and the one page that says controlled or not, why, who signed, what is due when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from suture.accounts.models import Signature
from suture.assessment.guards import own_guards
from suture.assessment.models import Assessment, Case, CaseRelease, CaseStep
from suture.assessment.queries import (
    answers_of,
    assessments_of,
    case_for,
    cases_for,
    controls_on,
    open_cases,
    releases_without_component,
    standing_facts,
    steps_of,
    unanswered,
)
from suture.core import risk as risk_rules
from suture.core.calendar import local_date
from suture.core.cases import CASE, AssessmentState, CaseGuard, CaseState
from suture.core.clocks import CYBER_COMMUNICATE, CYBER_FIX, REPORT_806, ClockState
from suture.core.exploitability import Exploitability
from suture.core.facts import Answer, FactKind, Facts
from suture.core.harm import HarmSeverity
from suture.core.milestones import communicated_on, fixed_on, initiated_on, learned_on
from suture.core.risk import Outcome
from suture.core.vex import VexStatus
from suture.core.workflow import Step
from suture.detection.queries.blast import blast_radius
from suture.evidence.canonical import digest
from suture.evidence.clock import today as today_at
from suture.inventory.models import Product, Release
from suture.remediation.queries.campaigns import campaigns_of_case
from suture.reporting.queries import decisions_of, position, reporting_guards, signatures_holding
from suture.web.dates import short
from suture.web.drawings import Matrix, Risk, draw_clocks, draw_matrix
from suture.web.duties import duties_of
from suture.web.exports import csv_response, json_response
from suture.web.field import REACHED, reached_lines
from suture.web.pages import may_do, page_of, person_of

K = FactKind
DONE, NOW, NEXT = "done", "now", "next"


@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """Every case this person may know of: the open ones, or all."""
    person = person_of(request)
    wanted = request.GET.get("show", "open")
    rows = open_cases(person) if wanted == "open" else cases_for(person)
    if wanted == "uncontrolled":
        rows = rows.filter(verdict=Outcome.UNCONTROLLED.word).exclude(state=CaseState.CLOSED)
    page = page_of(request, rows.prefetch_related("answers__release__product"))
    listed = [(row, _devices_named(row)) for row in page]
    return render(request, "web/cases.html", {"place": "cases", "page": page, "listed": listed, "show": wanted})


def _devices_named(row: Case) -> tuple[str, list[str]]:
    """The affected releases of a case; while none is, the concerned devices: ('affected' or 'concerned', names)."""
    answers = list(row.answers.all())
    affected = [a.release.label for a in answers if a.status == VexStatus.AFFECTED]
    if affected:
        return "affected", affected
    return "concerned", sorted({a.release.product.brand_name for a in answers})


@dataclass(frozen=True, slots=True)
class SpineStep:
    """One station of the spine."""

    name: str
    state: str
    on: date | None = None
    says: str = ""
    signatures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeviceRisk:
    """One device of the case: its assessments, and the one that speaks now."""

    product: Product
    answers: tuple[CaseRelease, ...]
    current: Assessment | None  # approved if there is one, else the one being worked on
    working: Assessment | None
    matrix: Matrix | None
    signatures: tuple[Signature, ...]

    @property
    def affected(self) -> bool:
        return any(a.status == "affected" for a in self.answers)


@dataclass(frozen=True, slots=True)
class Act:
    """One step of the workflow table for this person: allowed, or not yet and why."""

    step: Step[CaseState]
    allowed: bool
    why_not: tuple[str, ...]


def _concerned(answers: Sequence[CaseRelease]) -> list[Release]:
    """Releases that count as concerned: affected, or not answered yet."""
    return [a.release for a in answers if a.status == VexStatus.AFFECTED or not a.is_answered]


@require_GET
def field_file(request: HttpRequest, uid: UUID, form: str) -> HttpResponseBase:
    """The case's blast radius as a file: each consignee with its units (21 CFR 806.10(c)(11))."""
    row = case_for(person_of(request), uid)
    write = csv_response if form == "csv" else json_response
    return write(f"field-{row.number}".lower(), REACHED, reached_lines(request, _concerned(list(answers_of(row)))))


@require_GET
def case(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One case: verdict, spine, matrix, clocks, conditions, what is owed, what can be done now."""
    person = person_of(request)
    row = case_for(person, uid)
    day = today_at(row.establishment.time_zone)
    fact_rows = list(standing_facts(row).select_related("by").order_by("happened_on", "recorded_at"))
    answers = list(answers_of(row))
    at = position(row, day)
    facts = at.facts
    decision = decisions_of(row).first()
    signed = _signatures(row, fact_rows)
    devices = _devices(row, answers, signed)
    open_elsewhere = list(unanswered(row).select_related("product"))
    acts = _acts(row, request, day, facts)
    return render(
        request,
        "web/case.html",
        {
            "place": "cases", "case": row, "day": day, "devices": devices,
            "chips": [d for d in devices if d.affected] or devices,
            "answers": [a for a in answers if not a.is_answered or a.status == VexStatus.AFFECTED],
            "settled": [a for a in answers if a.is_answered and a.status != VexStatus.AFFECTED],
            "concerned": {a.release_id for a in answers},
            "shown": _shown(devices, request.GET.get("device", "")), "facts": fact_rows, "at": at,
            "axis": draw_clocks([c for c in at.clocks if c.due_on or c.name in FIRST_CLOCKS], day, at.binding),
            "verdict_says": _verdict_says(devices, request.GET.get("device", "")),
            "spine": _spine(row, facts, answers, signed), "acts": acts,
            "duties": (duties := duties_of(at)), "open_duties": sum(d.is_open for d in duties),
            "next_due": min(
                (c.due_on for c in at.binding if c.due_on and c.state(day) in RUNNING), default=None
            ),
            "decision": decision, "decision_signatures": signatures_holding(decision) if decision else [],
            "reports": list(row.reports_806.select_related("product")),
            "records": list(row.records_806.select_related("product")),
            "blast": blast_radius(person, _concerned(answers), day),
            "blast_file": reverse("case-field", args=[row.uid, "csv"]),
            "controls": controls_on(row), "open_elsewhere": open_elsewhere,
            "absent": releases_without_component(row) if may_do(request, "impact.answer") else [],
            "plans": list(row.plans.all()[:3]), "campaigns": list(campaigns_of_case(person, row)),
            "steps": list(steps_of(row)), "learned": learned_on(facts),
            "begun": initiated_on(facts),
            "signed_learned": any(f.kind == K.LEARNED for f in fact_rows), "signatures": signed,
            "may": {verb: may_do(request, verb) for verb in MAY},
        },
    )  # fmt: skip


MAY = (
    "case.record_fact", "case.set_learned", "impact.answer", "assessment.propose", "control.propose",
    "control.verify", "control.confirm_in_use", "assessment.sign", "isao.record", "case.move", "decision.sign",
    "report806.draft", "record806.draft", "plan.write", "campaign.open",
)  # fmt: skip
FIRST_CLOCKS = (CYBER_COMMUNICATE.name, CYBER_FIX.name, REPORT_806.name)
RUNNING = (ClockState.RUNNING, ClockState.DUE_TODAY, ClockState.OVERDUE)


def _signatures(row: Case, fact_rows: Sequence[Any]) -> list[Signature]:
    """Every signature on the case's records that still holds, oldest first, in one query."""
    records: dict[str, tuple[str, str]] = {}
    for record in [*fact_rows, *steps_of(row), *assessments_of(row)]:
        records[str(record.uid)] = (record.record_kind, digest(record.content()))
    found = Signature.objects.filter(signed_uid__in=list(records)).order_by("signed_at")
    return [s for s in found if records[str(s.signed_uid)] == (s.signed_kind, s.digest)]


def _devices(row: Case, answers: list[CaseRelease], signed: list[Signature]) -> list[DeviceRisk]:
    """The concerned devices with their newest assessment, drawn on the matrix of its own policy."""
    versions = list(assessments_of(row))
    products = {a.release.product_id: a.release.product for a in answers}
    found = []
    for key, product in products.items():
        mine = [v for v in versions if v.product_id == key]
        approved = next((v for v in mine if v.at is AssessmentState.APPROVED), None)
        working = next((v for v in mine if v.at in (AssessmentState.DRAFT, AssessmentState.IN_REVIEW)), None)
        current = approved or working
        matrix = None
        if current is not None and current.risk_policy is not None:
            matrix = draw_matrix(risk_rules.from_json(current.risk_policy.body), *_points(current))
        found.append(
            DeviceRisk(
                product, tuple(a for a in answers if a.release.product_id == key), current, working, matrix,
                tuple(s for s in signed if current is not None and s.signed_uid == current.uid),
            )
        )  # fmt: skip
    order = {Outcome.UNCONTROLLED.word: 0, "": 1, Outcome.CONTROLLED.word: 2}
    return sorted(found, key=lambda d: (not d.affected, order.get(d.current.outcome if d.current else "", 1)))


def _points(row: Assessment) -> list[Risk | None]:
    pairs: list[Risk | None] = []
    for level, harm in (
        (row.inherent_exploitability, row.inherent_harm),
        (row.residual_exploitability, row.residual_harm),
    ):
        if level and harm:
            pairs.append((Exploitability.from_word(level), HarmSeverity(harm)))
        else:
            pairs.append(None)
    return pairs


def _verdict_says(devices: list[DeviceRisk], wanted: str) -> str:
    """Why, in one line: both axes, the judgement's reason, the harm; '' while nothing is signed."""
    shown = _shown(devices, wanted)
    row = shown.current if shown else None
    if row is None or row.approved_at is None:
        return ""
    parts = [row.result.get("residual", {}).get("because", ""), row.harm.get("harm", "")]
    if row.judgement_because and row.judgement_because not in parts[0]:
        parts.insert(1, row.judgement_because)
    return ". ".join(part.rstrip(". ")[:1].upper() + part.rstrip(". ")[1:] for part in parts if part) + "."


def _shown(devices: list[DeviceRisk], wanted: str) -> DeviceRisk | None:
    """The device whose matrix is shown: the one asked for, else the gravest."""
    return next((d for d in devices if str(d.product.uid) == wanted), devices[0] if devices else None)


def _acts(row: Case, request: HttpRequest, day: date, facts: Facts) -> list[Act]:
    """The rows of the workflow table that leave this state, as this person may take them."""
    roles = person_of(request).roles
    known = {**own_guards(row, day, facts), **reporting_guards(row, day)}
    known[CaseGuard.REOPENING_REASON] = Answer.YES  # its form asks for it
    return [
        Act(step, not roles.isdisjoint(step.who), tuple(CASE.why_not(row.at, step.verb, known)))
        for step in CASE.leaving(row.at)
    ]


class Station(NamedTuple):
    """One station before it is known whether it is past, now or next."""

    name: str
    on: date | None
    says: str = ""
    step: CaseStep | None = None


def _spine(row: Case, facts: Facts, answers: list[CaseRelease], signed: list[Signature]) -> list[SpineStep]:
    """The course of the case: signal, learned, answered, assessed, decided, told, fixed, closed."""
    signers: dict[Any, list[str]] = {}
    for s in signed:
        signers.setdefault(s.signed_uid, []).append(f"{s.printed_name}, {s.meaning}")
    found, current = [], False
    for station in _stations(row, facts, answers):
        state = DONE if station.on is not None else NEXT
        if station.on is None and not current:
            state, current = NOW, True
        names = tuple(signers.get(station.step.uid, ())) if station.step else ()
        found.append(SpineStep(station.name, state, station.on, station.says, names))
    return found


def _stations(row: Case, facts: Facts, answers: list[CaseRelease]) -> list[Station]:
    zone = row.establishment.time_zone
    steps = {s.to_state: s for s in steps_of(row)}
    decided = next((steps[s] for s in ("uncontrolled", "controlled", "not_affected") if s in steps), None)
    assessed, closed = steps.get("assessed"), steps.get("closed")
    signal = facts.first(K.LEARNED_CANDIDATE)
    stations = [
        Station(
            _("Signal"), signal.on if signal else local_date(row.opened_at, zone),
            signal.text("source") if signal else _("case opened"),
        ),
        Station(_("Learned"), learned_on(facts), _("Day 0 of day 30 and day 60")),
        _answered(answers, zone),
        Station(_("Assessed"), _on(assessed, zone), "", assessed),
        Station(_("Decided"), _on(decided, zone), _became(decided), decided),
    ]  # fmt: skip
    told, fixed = _told(facts, zone), Station(_("Fixed"), fixed_on(facts), "")
    if row.verdict != Outcome.CONTROLLED.word and row.at is not CaseState.NOT_AFFECTED:
        stations += [told, fixed]
    else:  # a controlled risk owes neither; what was done all the same is shown
        stations += [one for one in (told, fixed) if one.on is not None]
    says = "" if closed else _("when every guard is met and quality signs")
    return [*stations, Station(_("Closed"), _on(closed, zone), says, closed)]


def _on(step: CaseStep | None, zone: str) -> date | None:
    return local_date(step.at, zone) if step else None


def _became(decided: CaseStep | None) -> str:
    return CaseState(decided.to_state).label.capitalize() if decided else ""


def _answered(answers: list[CaseRelease], zone: str) -> Station:
    """Done when every concerned release has an answer, on the day of the last one."""
    days = [local_date(a.answered_at, zone) for a in answers if a.answered_at]
    done = bool(answers) and all(a.is_answered for a in answers)
    affected = sum(a.status == VexStatus.AFFECTED for a in answers)
    says = _("%(n)d of %(all)d concerned releases affected") % {"n": affected, "all": len(answers)}
    return Station(_("Answered"), max(days, default=None) if done else None, says)


def _told(facts: Facts, zone: str) -> Station:
    """Done with the first notice; whether controls and plan came with it is said beside."""
    notice, begun = facts.first(K.CUSTOMERS_TOLD), initiated_on(facts)
    if notice is None:
        return Station(_("Told"), None)
    complete = communicated_on(facts) is not None
    says = _("customers, with controls and plan.") if complete else _("customers; controls or plan still missing.")
    if begun is not None:
        says += " " + _("Correction initiated %(day)s.") % {"day": short(begun, today_at(zone))}
    return Station(_("Told"), notice.on, says)
