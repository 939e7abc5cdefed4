"""Proof: can this history be trusted, and what happened to a record, by whom, when and why."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from suture.accounts.models import Person, Signature, Wall
from suture.assessment.models import Assessment, Case, CaseRelease, CaseStep, Control, DatedFact, ExploitationChange
from suture.core.errors import NotFound
from suture.detection.models import Finding, MatchCorrection, TextCandidate
from suture.disclosure.models import (
    Advisory,
    Attachment,
    Complaint,
    Embargo,
    Finder,
    Message,
    Participant,
    ServiceRecord,
)  # fmt: skip
from suture.disclosure.models import Report as IntakeReport
from suture.evidence.chain import FIELDS, Verdict
from suture.evidence.head import read_head
from suture.evidence.models import Entry
from suture.evidence.queries import entries_about, verify_chain
from suture.intelligence.models import Vulnerability
from suture.inventory.models import Consignee, Contact, Product, Site, Unit
from suture.jobs.models import Promise
from suture.remediation.models import Campaign, Delivery, EffectivenessCheck, Notice, Plan, Question, ServiceOrder
from suture.reporting.models import Decision, Document, Record806, Report806
from suture.sharing.models import IsaoSubmission
from suture.web.exports import csv_response
from suture.web.frame import frame_of
from suture.web.pages import day_in, number_in, person_of

ENTRIES_ON_A_PAGE = 50
EXPORT_LIMIT = 100_000

# Rows that can stand behind a wall, and the path to it.
WALLED: tuple[tuple[type[Model], str], ...] = (
    (Vulnerability, "wall"), (Case, "wall"), (DatedFact, "case__wall"), (Control, "case__wall"),
    (CaseRelease, "case__wall"), (Assessment, "case__wall"), (CaseStep, "case__wall"), (Decision, "case__wall"),
    (Report806, "case__wall"), (Record806, "case__wall"), (Document, "case__wall"), (IsaoSubmission, "case__wall"),
    (Finding, "vulnerability__wall"), (Wall, "pk"), (IntakeReport, "wall"), (Finder, "report__wall"),
    (Complaint, "report__wall"), (ServiceRecord, "report__wall"), (Participant, "case__wall"),
    (Embargo, "case__wall"), (Advisory, "case__wall"), (Promise, "wall"),
    (Attachment, "report__wall"), (Message, "report__wall"), (ExploitationChange, "case__wall"),
    (MatchCorrection, "vulnerability__wall"), (TextCandidate, "vulnerability__wall"),
    (Consignee, "wall"), (Site, "consignee__wall"),
    (Contact, "consignee__wall"), (Plan, "case__wall"), (Campaign, "case__wall"),
    (Campaign, "case__vulnerability__wall"), (Campaign, "product__field_wall"),
    (EffectivenessCheck, "campaign__case__wall"), (EffectivenessCheck, "consignee__wall"),
    (Notice, "campaign__case__wall"), (Notice, "campaign__product__field_wall"),
    (Delivery, "notice__campaign__case__wall"), (Delivery, "consignee__wall"),
    (Question, "campaign__case__wall"), (Question, "contact__consignee__wall"),
    (ServiceOrder, "campaign__case__wall"), (ServiceOrder, "unit__product__field_wall"),
)  # fmt: skip


# Everything that hangs on a case, and the path to it: an inspector asks for the case, and means all of it.
OF_A_CASE: tuple[tuple[type[Model], str], ...] = (
    (DatedFact, "case__uid"), (CaseRelease, "case__uid"), (Control, "case__uid"), (Assessment, "case__uid"),
    (CaseStep, "case__uid"), (Decision, "case__uid"), (Report806, "case__uid"), (Record806, "case__uid"),
    (Document, "case__uid"), (IsaoSubmission, "case__uid"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as a person reads it."""

    entry: Entry
    changes: tuple[tuple[str, str, str], ...]  # (field, before, after); before '' where nothing was
    facts: tuple[tuple[str, str], ...]


def seen_by(person: Person, entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """Entries whose record this person may know of. Only what stands behind a wall is looked up."""
    if person.kind == Person.Kind.SYSTEM:
        return entries
    admitted = Wall.objects.filter(admitted=person)
    first, *rest = (
        model._default_manager.filter(**{f"{path}__isnull": False}).exclude(**{f"{path}__in": admitted})
        .order_by().values_list("uid", flat=True)
        for model, path in WALLED
    )  # fmt: skip
    private = Promise.objects.exclude(only_for="").exclude(only_for__in=[role.value for role in person.roles])
    rest.append(private.order_by().values_list("uid", flat=True))
    hidden = [str(uid) for uid in first.union(*rest, all=True)]  # one question, however many kinds there are
    hidden += _hidden_units(admitted)
    return entries.exclude(record_uid__in=hidden) if hidden else entries


def _hidden_units(admitted: QuerySet[Wall]) -> list[str]:
    """Units behind a wall: of a product line or a consignee. Only those that evidence names are looked up."""
    behind = Q(product__field_wall__isnull=False) & ~Q(product__field_wall__in=admitted)
    behind |= Q(site__consignee__wall__isnull=False) & ~Q(site__consignee__wall__in=admitted)
    walled = Product.objects.exclude(field_wall=None).exists() or Consignee.objects.exclude(wall=None).exists()
    if not walled:
        return []
    named = list(Entry.objects.filter(record_kind=Unit.record_kind).values_list("record_uid", flat=True).distinct())
    return [
        str(uid)
        for start in range(0, len(named), 5000)
        for uid in Unit.objects.filter(behind, uid__in=named[start : start + 5000]).values_list("uid", flat=True)
    ]


def line_of(entry: Entry) -> Line:
    """Read an entry's facts: what changed from what to what, and what else was decided on."""
    facts = json.loads(entry.facts or "{}")
    before, after = facts.get("before"), facts.get("after")
    changes: list[tuple[str, str, str]] = []
    if isinstance(before, dict) and isinstance(after, dict):
        changes = [(key, _text(before.get(key)), _text(value)) for key, value in after.items()]
    elif "from" in facts and "to" in facts:
        changes = [("state", _text(facts["from"]), _text(facts["to"]))]
    skipped = (
        "before",
        "after",
        "from",
        "to",
        "digest",
        "basis",
        "sha256",
        "uid",
        "signature",
        "step",
        "by",
        "at",
        "case",
    )
    told = {k: v for k, v in facts.items() if k not in skipped and v not in ("", None, [], {}) and not _is_uid(v)}
    rest = [(k, _text(v)) for k, v in told.items()]
    return Line(entry, tuple(changes), tuple(rest))


def _text(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        value = [f"{key.replace('_', ' ')}: {_text(one)}" for key, one in value.items() if one not in ("", None)]
    if isinstance(value, list):
        value = ", ".join(_text(one) for one in value if not _is_uid(one))
    spelled = str(value)
    return spelled if len(spelled) <= 90 else f"{spelled[:88]}…"


def _is_uid(value: Any) -> bool:
    """A uid says nothing to a reader; the label beside it does."""
    return isinstance(value, str) and len(value) == 36 and value.count("-") == 4


def _page(entries: QuerySet[Entry], request: HttpRequest) -> tuple[Sequence[Entry], int | None]:
    """A page by cursor (`before=seq`), newest first; counting a million entries would help nobody."""
    before = number_in(request, "before")
    if before is not None:
        entries = entries.filter(seq__lt=before)
    rows = list(entries.order_by("-seq")[: ENTRIES_ON_A_PAGE + 1])
    return rows[:ENTRIES_ON_A_PAGE], rows[ENTRIES_ON_A_PAGE - 1].seq if len(rows) > ENTRIES_ON_A_PAGE else None


def _head_says() -> tuple[bool | None, str]:
    """Whether the head kept outside the database is in it: (None where none was kept)."""
    head = read_head()
    if head is None:
        return None, "none kept yet"
    found = Entry.objects.filter(seq=head.seq).values_list("hash", flat=True).first()
    if found == head.hash:
        return True, f"entry {head.seq:,} agrees"
    return False, f"entry {head.seq:,} {'is missing' if found is None else 'differs'}"


@require_http_methods(["GET", "POST"])
def proof(request: HttpRequest) -> HttpResponse:
    """The chain's state and its latest entries; POST verifies every entry now."""
    verdict: Verdict | None = verify_chain() if request.method == "POST" else None
    entries = _filtered(request, seen_by(person_of(request), Entry.objects.all()))
    rows, older = _page(entries, request)
    newest = Entry.objects.order_by("-seq").first()
    agrees, head_says = _head_says()
    return render(
        request,
        "web/proof.html",
        {
            "place": "proof", "verdict": verdict, "lines": [line_of(e) for e in rows], "older": older,
            "newest": newest, "oldest": Entry.objects.order_by("seq").first(), "head_agrees": agrees,
            "head_says": head_says, "signatures": Signature.objects.count(), "q": request.GET.get("did", ""),
        },
    )  # fmt: skip


def _filtered(request: HttpRequest, entries: QuerySet[Entry]) -> QuerySet[Entry]:
    words = request.GET.get("did", "").strip()
    if words:
        entries = entries.filter(
            Q(did__icontains=words) | Q(record_label__icontains=words) | Q(actor_name__icontains=words)
        )
    return entries


def _end_of(day: date, zone: str) -> str:
    """The instant a day ends at a place, spelled as the chain spells instants."""
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
    return midnight.astimezone(UTC).isoformat(timespec="milliseconds")


def _belonging(kind: str, uid: UUID) -> list[UUID]:
    """The uids whose entries tell a record's story: its own, and for a case those of everything that hangs on it."""
    if kind != Case.record_kind:
        return [uid]
    found = [uid]
    for model, path in OF_A_CASE:
        found += model._default_manager.filter(**{path: uid}).values_list("uid", flat=True)
    return found


@require_GET
def record(request: HttpRequest, kind: str, uid: UUID) -> HttpResponse:
    """Everything recorded about one record; `?asof=` shows what was known by the end of a day."""
    belonging = _belonging(kind, uid)
    entries = seen_by(person_of(request), Entry.objects.filter(record_uid__in=[str(one) for one in belonging]))
    first = seen_by(person_of(request), entries_about(kind, str(uid))).first()
    if first is None:
        raise NotFound("nothing is recorded about such a record")
    day = day_in(request, "asof")
    if day is not None:
        entries = entries.filter(recorded_at__lt=_end_of(day, frame_of(request).zone))
    shown = list(entries.order_by("-seq")[:500])
    if request.GET.get("as") == "json":
        return _as_json(reversed(shown), f"{kind}-{uid}")
    return render(
        request,
        "web/proof_record.html",
        {
            "place": "proof", "kind": kind, "uid": uid, "lines": [line_of(e) for e in shown], "day": day,
            "label": first.record_label, "first": first, "earliest": first.recorded_at[:10],
            "total": entries.count(),
            "signatures": Signature.objects.filter(signed_uid__in=belonging).order_by("signed_at"),
            "many": len(belonging) > 1,
        },
    )  # fmt: skip


@require_GET
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """The entries of the list, as they are stored and hashed: JSON for a verifier, CSV for people."""
    entries = _filtered(request, seen_by(person_of(request), Entry.objects.all())).order_by("seq")[:EXPORT_LIMIT]
    if form == "json":
        return _as_json(entries, "evidence")
    names = [*FIELDS, "hash"]
    return csv_response("evidence", names, ([getattr(e, n) for n in names] for e in entries))


def _as_json(entries: Iterable[Entry], name: str) -> JsonResponse:
    rows = [{field: getattr(e, field) for field in (*FIELDS, "hash")} for e in entries]
    response = JsonResponse({"entries": rows}, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response
