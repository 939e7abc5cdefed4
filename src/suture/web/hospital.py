"""The hospital portal: one link from the notice, your devices, what to do, your answer; on a phone, no account.

To read, the link is enough. To act, a code is mailed to the address the notice went to; who has it holds a cookie of
their own, apart from any account of staff, for these pages alone.
"""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from suture.core.campaigns import IN_PLACE, UnitState
from suture.core.errors import InvalidValue, NotAllowed, NotFound, SutureError
from suture.disclosure.queries import firm
from suture.evidence.clock import now
from suture.inventory.blobs import read_blob
from suture.inventory.models import Release
from suture.remediation.models import Delivery, Question, UnitTask
from suture.remediation.queries.campaigns import tasks_at
from suture.remediation.services import (
    Which,
    acknowledge_units,
    acting_for,
    decline_units,
    report_installed,
    retire_units,
    schedule_units,
)  # fmt: skip
from suture.remediation.services.portal import ask_question, delivery_behind, note_read, redeem_code, send_code
from suture.sharing.models import VexPublication
from suture.sharing.queries import vex_document
from suture.sharing.services import vex_bytes
from suture.web.pages import page_of

COOKIE, SALT, LASTS = "hospital", "suture.hospital.session", 8 * 3600
LARGEST_LIST = 1_000_000  # bytes of a CSV of serial numbers
OPEN_STATES = frozenset(UnitState) - IN_PLACE - {UnitState.RETIRED}


def units_of(delivery: Delivery) -> QuerySet[UnitTask]:
    """The units this link is about: those of its consignee, of the contact's site if it has one; never another's."""
    rows = tasks_at(delivery.notice.campaign, consignee=delivery.consignee)
    if delivery.contact is not None and delivery.contact.site is not None:
        rows = rows.filter(site=delivery.contact.site)
    return rows


def signed_in(request: HttpRequest, delivery: Delivery) -> bool:
    """Whether the code of this very contact was given here."""
    try:
        held = request.get_signed_cookie(COOKIE, salt=SALT, max_age=LASTS)
    except (KeyError, BadSignature):
        return False
    return delivery.contact is not None and held == str(delivery.contact.uid)


def _page(
    request: HttpRequest, token: str, delivery: Delivery, status: int = 200, refused: str = "", sent: bool = False
) -> HttpResponse:
    campaign, rows = delivery.notice.campaign, units_of(delivery)
    states = list(rows.order_by().values_list("state", flat=True))
    return render(
        request, "hospital/notice.html",
        {
            "firm": firm(), "token": token, "delivery": delivery, "notice": delivery.notice, "campaign": campaign,
            "variant": delivery.notice.variants.filter(audience=delivery.audience).first(),
            "page": page_of(request, rows),
            "all": len(states), "done": sum(UnitState(s) in IN_PLACE for s in states),
            "open": sum(UnitState(s) in OPEN_STATES for s in states), "can_act": signed_in(request, delivery),
            "refused": refused, "sent": sent, "now": now(),
            "releases": Release.objects.filter(units__tasks__in=rows).distinct().select_related("product", "sbom"),
            "questions": Question.objects.filter(campaign=campaign, contact=delivery.contact),
        },
        status=status,
    )  # fmt: skip


@require_GET
@never_cache
def notice(request: HttpRequest, token: str) -> HttpResponse:
    """The notice and this hospital's devices."""
    return _page(request, token, delivery_behind(token), sent="sent" in request.GET)


@require_POST
def code(request: HttpRequest, token: str) -> HttpResponse:
    """Have a code mailed."""
    delivery = delivery_behind(token)
    try:
        send_code(token=token)
    except NotAllowed as error:
        return _page(request, token, delivery, 422, str(error))
    return redirect(f"/hospital/n/{token}/?sent")


@require_POST
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Give the code; the cookie it brings is good for this portal alone."""
    delivery = delivery_behind(token)
    try:
        contact = redeem_code(token=token, code=request.POST.get("code", "")[:40])
    except NotAllowed as error:
        return _page(request, token, delivery, 422, str(error), sent=True)
    note_read(token=token)
    answer = redirect("hospital-notice", token)
    answer.set_signed_cookie(
        COOKIE, str(contact.uid), salt=SALT, max_age=LASTS, path="/hospital/", httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return answer


@require_POST
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Sign out."""
    answer = redirect("hospital-notice", token)
    answer.delete_cookie(COOKIE, path="/hospital/")
    return answer


def _allowed(request: HttpRequest, token: str) -> Delivery:
    delivery = delivery_behind(token)
    if not signed_in(request, delivery):
        raise NotAllowed(_("sign in by a code first; it is mailed to the address the notice went to"))
    return delivery


@require_POST
def units(request: HttpRequest, token: str) -> HttpResponse:
    """Tick units off: noted, done, planned, not possible, no longer in use; some, all, or by a list of serials."""
    delivery = delivery_behind(token)
    try:
        delivery = _allowed(request, token)
        _act(request, delivery)
    except SutureError as error:
        return _page(request, token, delivery, 403 if isinstance(error, NotAllowed) else 422, str(error))
    return redirect("hospital-notice", token)


def _act(request: HttpRequest, delivery: Delivery) -> None:
    given, campaign = request.POST, delivery.notice.campaign
    assert delivery.contact is not None  # the link has one
    rows = units_of(delivery)
    if "file" in request.FILES:
        wanted = _serials(request.FILES["file"], rows)
    elif given.get("all"):
        wanted = list(rows.values_list("unit__uid", flat=True))
    else:
        wanted = [UUID(text) for text in given.getlist("unit") if len(text) == 36]
    if not wanted:
        raise InvalidValue(_("tick the units you mean"))
    common: dict[str, Any] = {
        "campaign_uid": campaign.uid, "which": Which(units=wanted), "by": acting_for(delivery.contact)
    }  # fmt: skip
    because = given.get("because", "").strip()[:500]
    what = given.get("what", "")
    if what == "seen":
        acknowledge_units(**common)
    elif what == "done":
        report_installed(**common, version_seen=given.get("version", "").strip()[:80])
    elif what == "later":
        schedule_units(**common, planned_on=_day(given.get("on", "")), because=because)
    elif what == "cannot":
        decline_units(**common, because=because)
    elif what == "gone":
        retire_units(**common, evidence=because)
    else:
        raise InvalidValue(_("say what you did, or what hinders you"))


def _day(text: str) -> Any:
    from_text = text.strip()
    try:
        return now().date().fromisoformat(from_text)
    except ValueError:
        raise InvalidValue(_("say before which day it cannot be done, e.g. 2026-12-01")) from None


def _serials(file: Any, rows: QuerySet[UnitTask]) -> list[UUID]:
    """The units a list names by serial number, one a line, in the first column; every unknown one is said."""
    if file.size > LARGEST_LIST:
        raise InvalidValue(_("the list is too large; a million characters at most"))
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidValue(_("the list is no text in UTF-8; save it as CSV (UTF-8)")) from None
    named = [line[0].strip() for line in csv.reader(io.StringIO(text)) if line and line[0].strip()]
    if named and named[0].lower() in ("serial", "serial number"):
        named = named[1:]
    ours = dict(rows.filter(unit__implanted=False).values_list("unit__serial", "unit__uid"))
    unknown = [serial for serial in named if serial not in ours]
    if unknown:
        raise InvalidValue(
            _("not among your devices: %(which)s; nothing was changed") % {"which": ", ".join(unknown[:20])}
        )
    return [ours[serial] for serial in dict.fromkeys(named)]


@require_POST
def ask(request: HttpRequest, token: str) -> HttpResponse:
    """Ask us something."""
    delivery = delivery_behind(token)
    try:
        _allowed(request, token)
        ask_question(token=token, text=request.POST.get("text", ""))
    except SutureError as error:
        return _page(request, token, delivery, 403 if isinstance(error, NotAllowed) else 422, str(error))
    return redirect("hospital-notice", token)


@require_GET
@never_cache
def as_json(request: HttpRequest, token: str) -> JsonResponse:
    """The same for machines."""
    delivery = delivery_behind(token)
    campaign = delivery.notice.campaign
    return JsonResponse(
        {
            "notice": delivery.notice.number, "campaign": campaign.number, "action": campaign.action,
            "device": campaign.product.brand_name, "fix": campaign.wanted or None,
            "finish_by": campaign.finish_by, "ask": delivery.notice.contact_line,
            "units": [
                {
                    "uid": t.unit.uid, "serial": t.unit.shown_serial, "site": t.site.name,
                    "release": t.unit.release.version if t.unit.release else None, "state": t.state,
                    "planned_on": t.planned_on, "done_on": t.done_on, "verified_on": t.verified_on,
                }
                for t in units_of(delivery)
            ],
        }
    )  # fmt: skip


def _release(delivery: Delivery, uid: UUID) -> Release:
    row = Release.objects.filter(uid=uid, units__tasks__in=units_of(delivery)).select_related("product", "sbom").first()
    if row is None:
        raise NotFound(_("none of your devices carries this release"))
    return row


@require_GET
def vex(request: HttpRequest, token: str, release: UUID) -> HttpResponse:
    """What we say of the vulnerabilities of a release they have, without what is embargoed."""
    row = _release(_allowed(request, token), release)
    data = vex_bytes(vex_document(row, None), VexPublication.Dialect.OPENVEX)
    return _file(data, f"{row.label} vex.json")


@require_GET
def sbom(request: HttpRequest, token: str, release: UUID) -> HttpResponse:
    """The SBOM of a release they have, as the manufacturer keeps it."""
    row = _release(_allowed(request, token), release)
    if row.sbom is None:
        raise NotFound(_("there is no SBOM of this release yet"))
    return _file(read_blob(row.sbom.sha256), f"{row.label} sbom.json")


def _file(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name.replace(" ", "-").lower()}"'
    return response
