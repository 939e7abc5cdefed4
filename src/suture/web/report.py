"""Reports: the 806.10 report beside its sources, what is missing in amber; the 806.20 record; their PDFs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suture.accounts.models import Signature
from suture.accounts.queries import signatures_on
from suture.assessment.queries import case_for
from suture.core.cases import REPORT_806, ReportState
from suture.core.reports806 import ITEMS, Item
from suture.evidence.canonical import digest
from suture.evidence.clock import today as today_at
from suture.inventory.blobs import read_blob
from suture.inventory.models import Product
from suture.reporting.models import Document, Report806
from suture.reporting.queries import (
    document_for,
    position,
    record_for,
    records_for,
    report_for,
    reports_for,
    signatures_holding,
)
from suture.reporting.services import (
    content_of,
    draft_record806,
    move_report806,
    open_report806,
    print_record806,
    print_report806,
    report_guards,
    sign_record806,
    store_receipt,
    submit_report806,
    write_report806,
)
from suture.reporting.sources import items_of, record_items_reviewed
from suture.web.case_forms import OptionalReasonForm, SignForm
from suture.web.pages import may_do, one, page_of, person_of, take_form
from suture.web.report_forms import ItemForm, ReceiptForm, RecordForm, SubmitForm

FORM, SIGN = "web/form.html", "web/sign.html"
# States as a bar above the draft; a state that is not among them (candidate, contingent, due) stands before these.
BAR = (ReportState.DRAFTED, ReportState.APPROVED, ReportState.SUBMITTED, ReportState.ACKNOWLEDGED, ReportState.CLOSED)
# Before it is called due it is written all the same, and the bar says so.
BEFORE = {
    ReportState.CANDIDATE: _l("being written: a candidate, not yet called due"),
    ReportState.CONTINGENT: _l("being written: contingent, held while the conditions hold"),
    ReportState.DUE: _l("being written: due"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One item with its values, each with the number of its source."""

    item: Item
    parts: tuple[tuple[str, str, int], ...]  # (label, text, number of its source)


def _with_sources(items: Sequence[Item]) -> tuple[list[Shown], list[tuple[int, str]]]:
    """Number the sources in the order they are first used, as a document does."""
    numbers: dict[str, int] = {}
    shown = []
    for item in items:
        parts = []
        for part in item.parts:
            source = part.source or _("the record")
            parts.append((part.label, part.text, numbers.setdefault(source, len(numbers) + 1)))
        shown.append(Shown(item, tuple(parts)))
    return shown, [(n, source) for source, n in numbers.items()]


@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    """Every 806 report and 806.20 record this person may know of."""
    person = person_of(request)
    return render(
        request, "web/reports.html",
        {"place": "reports", "page": page_of(request, reports_for(person)), "records": records_for(person)[:100]},
    )  # fmt: skip


@require_POST
def begin(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Begin the report of one device of a case, or go to the one there is."""
    case = case_for(person_of(request), uid)
    product = one(Product.objects.all(), uid=request.POST.get("product") or None)
    row = open_report806(case_uid=case.uid, product=product, by=person_of(request))
    return redirect("report", row.uid)


@require_GET
def report(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The 13 items beside their sources."""
    row = report_for(person_of(request), uid)
    items = items_of(row)
    shown, sources = _with_sources(items)
    clock = position(row.case, today_at(row.case.establishment.time_zone)).enforcement.report_806
    state = ReportState(row.state)
    known = report_guards(row, row.case)
    roles = person_of(request).roles
    steps = [
        (step, not roles.isdisjoint(step.who), REPORT_806.why_not(state, step.verb, known))
        for step in REPORT_806.leaving(state)
    ]
    return render(
        request, "web/report.html",
        {
            "place": "reports", "report": row, "case": row.case, "shown": shown, "sources": sources, "clock": clock,
            "complete": sum(item.complete for item in items), "total": len(items), "steps": steps,
            "missing": [i for i in items if not i.complete], "editable": state in _EDITABLE,
            "states": [(s.value, BEFORE.get(s, s.value)) for s in (BAR if state in BAR else (state, *BAR[1:]))],
            "may_write": may_do(request, "report806.draft"),
            "signatures": _signatures(row), "documents": _documents(row.uid),
        },
    )  # fmt: skip


_EDITABLE = (ReportState.CANDIDATE, ReportState.CONTINGENT, ReportState.DUE, ReportState.DRAFTED)


def _signatures(row: Report806) -> list[Signature]:
    return list(signatures_on(row.record_kind, row.uid, digest(content_of(row))))


def _documents(uid: UUID) -> list[Document]:
    return list(Document.objects.filter(of_uid=uid).order_by("-made_at")[:5])


@require_http_methods(["GET", "POST"])
def item(request: HttpRequest, uid: UUID, number: int) -> HttpResponse:
    """Write the texts of one item, or why something is missing and when it will follow."""
    row = report_for(person_of(request), uid)
    rule = ITEMS[min(max(number, 1), len(ITEMS)) - 1]
    form = ItemForm(rule, row.answers, request.POST if request.method == "POST" else None)
    context = {
        "place": "reports", "title": _("Item %(n)d: %(title)s") % {"n": rule.number, "title": rule.title},
        "submit": _("Save"), "back": f"/reports/{uid}/#i{rule.number}", "says": f"{rule.what} ({rule.citation}).",
    }  # fmt: skip
    return take_form(
        request, form,
        lambda: write_report806(
            report_uid=uid, by=person_of(request), answers=form.merged(row.answers), version=row.version
        ),
        lambda _row: redirect(f"/reports/{uid}/#i{rule.number}"), FORM, context,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, uid: UUID, verb: str) -> HttpResponse:
    """Take the report through one step of its table."""
    person = person_of(request)
    row = report_for(person, uid)
    step = REPORT_806.step(ReportState(row.state), verb)
    missing = REPORT_806.why_not(ReportState(row.state), verb, report_guards(row, row.case))
    context = {
        "place": "reports", "title": f"{step.label}: {row.label}", "submit": step.label, "back": f"/reports/{uid}/",
        "meaning": f"806 report {step.done}", "says": "; ".join(missing),
    }  # fmt: skip
    if verb == "submit":
        sent = SubmitForm(request.POST or None, initial={"on": today_at(row.case.establishment.time_zone)})
        return take_form(
            request, sent,
            lambda: submit_report806(report_uid=uid, by=person, **sent.cleaned_data),
            lambda _row: redirect("report", uid), FORM, context,
        )  # fmt: skip
    if verb == "acknowledge":
        kept = ReceiptForm(request.POST or None)
        return take_form(
            request, kept,
            lambda: store_receipt(report_uid=uid, by=person, receipt=kept.cleaned_data["receipt"]),
            lambda _row: redirect("report", uid), FORM, context,
        )  # fmt: skip
    form = (SignForm if step.signature else OptionalReasonForm)(request.POST or None)
    return take_form(
        request, form,
        lambda: move_report806(
            report_uid=uid, verb=verb, by=person, because=form.cleaned_data["because"],
            password=form.cleaned_data.get("password"), version=row.version,
        ),
        lambda _row: redirect("report", uid), SIGN if step.signature else FORM, context,
    )  # fmt: skip


@require_POST
def print_report(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Make the PDF of the report as it stands."""
    made = print_report806(report_uid=uid, by=person_of(request))
    return redirect("document", made.uid)


# ---------------------------------------------------------------- 806.20


@require_http_methods(["GET", "POST"])
def new_record(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Write the record of what is not reported, for one device of a case."""
    person = person_of(request)
    case = case_for(person, uid)
    product = one(Product.objects.all(), uid=request.GET.get("product") or None)
    last = case.records_806.filter(product=product).order_by("-version").first()
    initial = {"justification": last.justification, "follow_ups": last.follow_ups} if last else None
    form = RecordForm(request.POST or None, initial=initial)
    return take_form(
        request, form,
        lambda: draft_record806(case_uid=uid, product=product, by=person, **form.cleaned_data),
        lambda row: redirect("record-806", row.uid), FORM,
        {
            "place": "reports", "title": _("806.20 record: %(d)s, %(n)s") % {"d": product.brand_name, "n": case.number},
            "submit": _("Save as a new version"), "back": f"/cases/{uid}/",
            "says": _("Kept for what is not reported, and while FDA does not intend to enforce; the duty stays."),
        },
    )  # fmt: skip


@require_GET
def record(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The five items of an 806.20 record, with the designated person's review."""
    row = record_for(person_of(request), uid)
    signatures = list(signatures_holding(row))
    reviewed = "; ".join(str(s) for s in signatures)
    shown, sources = _with_sources(record_items_reviewed(row, reviewed))
    return render(
        request, "web/record806.html",
        {
            "place": "reports", "record": row, "case": row.case, "shown": shown, "sources": sources,
            "signatures": signatures, "documents": _documents(row.uid),
            "may_sign": may_do(request, "record806.sign"), "may_write": may_do(request, "record806.draft"),
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def sign_record(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Sign that the justification was reviewed and evaluated."""
    row = record_for(person_of(request), uid)
    form = SignForm(request.POST or None)
    return take_form(
        request, form,
        lambda: sign_record806(
            record_uid=uid, by=person_of(request), password=form.cleaned_data["password"],
            because=form.cleaned_data["because"],
        ),
        lambda _row: redirect("record-806", uid), SIGN,
        {
            "place": "reports", "title": row.label, "back": f"/records/{uid}/",
            "meaning": _("review and evaluation by the designated person"),
            "says": _("I reviewed and evaluated why this is not reported (21 CFR 806.20(b)(4))."),
        },
    )  # fmt: skip


@require_POST
def print_record(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Make the PDF of the record."""
    made = print_record806(record_uid=uid, by=person_of(request))
    return redirect("document", made.uid)


@require_GET
def document(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The bytes of a stored document, as kept by their hash."""
    row = document_for(person_of(request), uid)
    response = HttpResponse(read_blob(row.sha256), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{row.name}"'
    return response
