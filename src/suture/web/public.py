"""Pages for anybody: policy, security.txt, keys, the report form, the private page of a report, advisories.

Nobody signs in here. The form carries no session and no authority, so it needs no CSRF token; a signed challenge that
is used once stands in its place. Its body is bounded before it is read (see `limits`).
"""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from suture.core import receipts
from suture.core.disclosure import EmbargoState
from suture.core.errors import NotFound
from suture.disclosure import attachments, doorkeeping
from suture.disclosure.keys import openpgp_certificate, receipt_public_key
from suture.disclosure.models import Embargo, Report
from suture.disclosure.queries import firm, policy_row, promises_on, public_advisories, report_behind
from suture.disclosure.security_txt import key_owner, signed_security_txt
from suture.disclosure.services import hear_finder, mark_read_by_finder, receive_report, waiting_for
from suture.evidence.clock import now
from suture.web.forms import Form, perform
from suture.web.frame import frame_of
from suture.web.limits import address_of_client
from suture.web.pages import page_of
from suture.web.public_forms import ReportForm, WordForm
from suture.web.public_words import STATES, WAITING, steps_of

FIELDS = (
    "what", "device", "device_version", "harm", "public", "exploited", "cvss", "proof", "name", "contact", "credit",
)  # fmt: skip


class InMemory(MemoryFileUploadHandler):
    """Files stay in memory until they are encrypted: no plain copy on a disk. The request is bounded already."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        self.activated = True


def _context(request: HttpRequest, **more: Any) -> dict[str, Any]:
    today = frame_of(request).today
    return {"firm": firm(), "row": policy_row(today), "policy": promises_on(today), **more}


@require_GET
def policy(request: HttpRequest) -> HttpResponse:
    """What whoever reports may rely on, as the firm approved it."""
    return render(request, "public/policy.html", _context(request))


@require_GET
def security_txt(request: HttpRequest) -> HttpResponse:
    """RFC 9116, signed."""
    return HttpResponse(signed_security_txt(frame_of(request).today), content_type="text/plain; charset=utf-8")


@require_GET
def openpgp(request: HttpRequest) -> HttpResponse:
    """The public OpenPGP key."""
    return _file("openpgp-key.asc", openpgp_certificate(key_owner(frame_of(request).today)).encode("ascii"),
                 "application/pgp-keys")  # fmt: skip


@require_GET
def receipt_key(request: HttpRequest) -> HttpResponse:
    """The public key that receipts are checked with."""
    return _file("receipt-key.pem", receipt_public_key(), "application/x-pem-file")


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The form: no account, one field is enough."""
    if request.method == "GET":
        return _form(request, ReportForm(), doorkeeping.new_challenge(), "", 200)
    files, given = _taken(request), request.POST
    form = ReportForm(given)
    challenge, answer = given.get("challenge", "")[:600], given.get("answer", "")[:40]
    if given.get("website"):
        form.add_error(None, _("A field that people do not see was filled in. If you are a person: reload the page."))
    if form.is_valid():
        got = perform(
            form,
            lambda: receive_report(
                telling=form.telling(), sender=form.sender(), files=files, challenge=challenge, answer=answer,
                address=address_of_client(request),
            ),
        )  # fmt: skip
        if got is not None:
            return redirect("public-follow", got.token)
    return _form(request, form, challenge or doorkeeping.new_challenge(), answer, 422)


def _form(request: HttpRequest, form: ReportForm, challenge: str, answer: str, status: int) -> HttpResponse:
    context = _context(
        request, form=form, fields=[form[name] for name in FIELDS], challenge=challenge, answer=answer,
        bits=doorkeeping.BITS, wait=doorkeeping.WAIT, most=attachments.MOST_FILES,
        largest=attachments.LARGEST_FILE >> 20, all=attachments.LARGEST_ALL >> 20,
    )  # fmt: skip
    return render(request, "public/report.html", context, status=status)


def _taken(request: HttpRequest) -> list[tuple[str, bytes]]:
    request.upload_handlers = [InMemory(request)]
    return [(file.name or "", file.read()) for file in request.FILES.getlist("files")]


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """The private page of a report: receipt, how far it is, messages both ways."""
    row = report_behind(token)
    form, status = WordForm(), 200
    if request.method == "POST":
        files = _taken(request)
        form = WordForm(request.POST)
        if form.is_valid():
            heard = perform(form, lambda: hear_finder(token=token, text=form.cleaned_data["text"], files=files))
            if heard is not None:
                return redirect("public-follow", token)
        status = 422
    return _followed(request, row, token, form, status)


def _followed(request: HttpRequest, row: Report, token: str, form: Form, status: int) -> HttpResponse:
    talk = list(row.messages.all())
    new = {m.pk for m in talk if not m.from_finder and m.read_at is None}
    if new:
        mark_read_by_finder(token)
    embargo = Embargo.objects.filter(case__reports__report=row, state=EmbargoState.ACTIVE).order_by("until").first()
    context = _context(
        request, report=row, token=token, form=form, talk=talk, new=new, fresh=not talk and row.state == "received",
        receipt=receipts.read(row.receipt) if row.receipt else None, says=STATES[row.at].says,
        waiting=WAITING[waiting_for(row)], steps=steps_of(row.at), until=embargo.until if embargo else None,
        advisories=public_advisories(now()).filter(case__reports__report=row),
    )  # fmt: skip
    return render(request, "public/follow.html", context, status=status)


@never_cache
@require_GET
def receipt(request: HttpRequest, token: str, form: str) -> HttpResponse:
    """The receipt's text, or its signature, as files."""
    row = report_behind(token)
    if not row.receipt or form not in ("txt", "sig"):
        raise NotFound("there is no such file")
    data = row.receipt.encode("utf-8") if form == "txt" else bytes(row.signature)
    return _file(f"{row.number}.{form}", data, "application/octet-stream")


@require_GET
def advisories(request: HttpRequest) -> HttpResponse:
    """What is public by now."""
    return render(request, "public/advisories.html", _context(request, rows=page_of(request, public_advisories(now()))))


@require_GET
def advisory(request: HttpRequest, number: str) -> HttpResponse:
    """One advisory; before its minute there is none."""
    row = public_advisories(now()).filter(number=number).first()
    if row is None:
        raise NotFound("there is no such advisory")
    return render(request, "public/advisory.html", {**_context(request), "row": row})


def _file(name: str, data: bytes, kind: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def follow_address(token: str) -> str:
    """The private link as an address below the installation's own."""
    return reverse("public-follow", args=[token])
