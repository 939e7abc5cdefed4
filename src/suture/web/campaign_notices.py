"""Notices of a campaign: written, read as the letter they are, approved, sent, followed copy by copy."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from suture.accounts.queries import signatures_on, visible
from suture.core.communications import DELIVERY_NEXT, NOTICE, Audience, Channel, DeliveryState, NoticeKind, NoticeState
from suture.core.errors import NotFound
from suture.core.facts import Answer
from suture.evidence.canonical import digest
from suture.evidence.clock import today as today_at
from suture.inventory.models import Consignee
from suture.remediation.models import Campaign, Delivery, Notice, NoticeVariant
from suture.remediation.models.notices import POINTS
from suture.remediation.queries.campaigns import campaign_for, campaigns_for, zone_of
from suture.remediation.queries.notices import deliveries_for, delivery_counts, letter_text
from suture.remediation.services import (
    approve_notice,
    blanks_of,
    note_delivery,
    notice_guards,
    remind,
    revise_notice,
    send_notice,
    write_notice,
    write_variant,
)
from suture.web.campaign_forms import (
    AUDIENCES,
    DeliveryForm,
    EndNoticeForm,
    NoticeForm,
    ReminderForm,
    SignReasonForm,
    VariantForm,
)
from suture.web.forms import Form
from suture.web.pages import may_do, one, page_of, person_of, take_form

FORM, SIGN = "web/form.html", "web/sign.html"


def notice_of(request: HttpRequest, uid: UUID) -> Notice:
    """One notice of a campaign this person may know of."""
    rows = Notice.objects.filter(campaign__in=campaigns_for(person_of(request)))
    return one(rows.select_related("campaign__case__establishment", "campaign__product", "campaign__target"), uid=uid)


@require_GET
def notice(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One notice: what it says, what it lacks, what became of its copies."""
    person = person_of(request)
    row = notice_of(request, uid)
    known = notice_guards(row)
    acts = [(s, not person.roles.isdisjoint(s.who), NOTICE.why_not(row.at, s.verb, known))
            for s in NOTICE.leaving(row.at) if s.verb != "supersede"]  # fmt: skip
    mine = deliveries_for(person, row.campaign).filter(notice=row).order_by("consignee__name", "pk")
    wanted = request.GET.get("state", "")
    return render(
        request, "web/notice.html",
        {
            "place": "campaigns", "notice": row, "campaign": row.campaign, "blanks": blanks_of(row), "acts": acts,
            "letters": [(v, letter_text(row, v)) for v in row.variants.order_by("audience")],
            "audiences": [a for a in Audience if not row.variants.filter(audience=a).exists()],
            "page": page_of(request, mine.filter(state=wanted) if wanted else mine),
            "copies": [(s, n) for s, n in delivery_counts(person, row.campaign).items() if n],
            "signatures": signatures_on(Notice.record_kind, row.uid, digest(row.content())),
            "can_write": may_do(request, "notice.write") and row.at is NoticeState.DRAFT,
            "can_send": may_do(request, "notice.send"), "can_note": may_do(request, "delivery.record"),
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Begin a notice."""
    person = person_of(request)
    row = campaign_for(person, uid)
    ends = row.purpose == Campaign.Purpose.END_OF_SUPPORT
    form: Form = (EndNoticeForm if ends else NoticeForm)(request.POST or None)

    def verb() -> Notice:
        given = form.cleaned_data
        return write_notice(
            campaign_uid=uid, by=person, names_action=Answer(given["names_action"]),
            contact_line=given["contact_line"],
            kind=NoticeKind.END_OF_SUPPORT if ends else NoticeKind.CUSTOMER,
            ends=form.ends() if isinstance(form, EndNoticeForm) else None,
            said=form.said() if isinstance(form, NoticeForm) else None,
        )  # fmt: skip

    return take_form(
        request, form, verb, lambda made: redirect("notice", made.uid), FORM, _context(row, _("Write a notice"))
    )


@require_http_methods(["GET", "POST"])
def words(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change the words of a draft."""
    person = person_of(request)
    row = notice_of(request, uid)
    common = {"names_action": row.names_action, "contact_line": row.contact_line}
    form: Form
    if row.kind == NoticeKind.END_OF_SUPPORT:
        form = EndNoticeForm(request.POST or None, initial={**row.end_of_support, **common})
    else:
        form = NoticeForm(request.POST or None, initial={**{n: getattr(row, n) for n in POINTS}, **common})

    def verb() -> Notice:
        given = form.cleaned_data
        said = {"names_action": given["names_action"], "contact_line": given["contact_line"]}
        if isinstance(form, EndNoticeForm):
            said["end_of_support"] = asdict(form.ends())
        else:
            said |= {name: given[name] for name in POINTS}
        return revise_notice(notice_uid=uid, by=person, **said)

    return take_form(
        request, form, verb, lambda _row: redirect("notice", uid), FORM,
        {**_context(row.campaign, _("The words of %(n)s") % {"n": row.number}), "back": f"/notices/{uid}/"},
    )  # fmt: skip


def _context(row: Campaign, title: str) -> dict[str, object]:
    return {
        "place": "campaigns", "title": f"{title}, {row.number}", "submit": _("Keep it"),
        "back": f"/campaigns/{row.uid}/",
        "says": _("The mandatory content of a customer communication (postmarket guidance §VII.B, a to d). What is "
                  "blank may wait; the notice cannot be approved or sent before it is written."),
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
def variant(request: HttpRequest, uid: UUID, audience: str) -> HttpResponse:
    """Write the words for one audience."""
    person = person_of(request)
    row = notice_of(request, uid)
    if audience not in AUDIENCES:
        raise NotFound("there is no such audience")
    whom = AUDIENCES[audience]
    known = row.variants.filter(audience=whom).first()
    initial = (
        known.content() if known else {"subject": f"{row.campaign.product.brand_name}: {row.campaign.action[:120]}"}
    )
    form = VariantForm(request.POST or None, initial=initial)
    return take_form(
        request, form, lambda: write_variant(notice_uid=uid, by=person, audience=whom, **form.cleaned_data),
        lambda _row: redirect("notice", uid), FORM,
        {
            "place": "campaigns", "title": _("%(n)s for %(whom)s") % {"n": row.number, "whom": whom.label},
            "submit": _("Keep it"), "back": f"/notices/{uid}/",
            "says": _("Only what differs for this reader. The points a to d follow in every letter."),
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def approve(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Approve by signature."""
    person = person_of(request)
    row = notice_of(request, uid)
    form = SignReasonForm(request.POST or None)
    missing = NOTICE.why_not(row.at, "approve", notice_guards(row)) if row.at is NoticeState.DRAFT else []
    return take_form(
        request, form, lambda: approve_notice(notice_uid=uid, by=person, **form.cleaned_data),
        lambda _row: redirect("notice", uid), SIGN,
        {
            "place": "campaigns", "title": _("Approve %(n)s") % {"n": row.number}, "back": f"/notices/{uid}/",
            "meaning": "approval of the notice",
            "says": _("Still missing: %(what)s") % {"what": "; ".join(missing)} if missing else "",
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def send(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Send it: promise every copy."""
    person = person_of(request)
    row = notice_of(request, uid)
    form = Form(request.POST or None)
    if request.method == "POST":
        form = Form(request.POST)
    return take_form(
        request, form, lambda: send_notice(notice_uid=uid, by=person), lambda _row: redirect("notice", uid), FORM,
        {
            "place": "campaigns", "title": _("Send %(n)s") % {"n": row.number}, "submit": _("Send it"),
            "back": f"/notices/{uid}/",
            "says": _("A copy of each variant is promised to every consignee. If it names an action, the case gets the "
                      "dated fact that a correction was initiated today: day 0 of the 806 clock."),
        },
    )  # fmt: skip


@require_GET
def letter(request: HttpRequest, uid: UUID, audience: str) -> HttpResponse:
    """The letter of one audience as text."""
    row = notice_of(request, uid)
    found = one(NoticeVariant.objects.filter(notice=row), audience=audience)
    response = HttpResponse(letter_text(row, found), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{row.number}-{audience}.txt"'
    return response


@require_http_methods(["GET", "POST"])
def reminder(request: HttpRequest, uid: UUID, consignee: UUID) -> HttpResponse:
    """Remind one consignee by another channel."""
    person = person_of(request)
    row = notice_of(request, uid)
    who = one(visible(person, Consignee.objects.all()), uid=consignee)
    form = ReminderForm(request.POST or None, initial={"on": today_at(zone_of(row.campaign))})

    def verb() -> Delivery:
        given = dict(form.cleaned_data)
        return remind(
            notice_uid=uid, consignee_uid=consignee, by=person, channel=Channel(given.pop("channel")), **given
        )

    return take_form(
        request, form, verb, lambda _row: redirect("campaign", row.campaign.uid), FORM,
        {
            "place": "campaigns", "title": _("Remind %(who)s of %(n)s") % {"who": who.name, "n": row.number},
            "submit": _("Log it"), "back": f"/campaigns/{row.campaign.uid}/",
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def delivery(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Note what became of a copy."""
    person = person_of(request)
    rows = visible(person, Delivery.objects.filter(notice__campaign__in=campaigns_for(person)), wall="consignee__wall")
    row = one(rows.select_related("notice", "consignee"), uid=uid)
    by_server = row.channel == Channel.MAIL and row.at is DeliveryState.PROMISED
    states = [s for s in DeliveryState if s in DELIVERY_NEXT[row.at]
              and not (by_server and s in (DeliveryState.ACCEPTED, DeliveryState.REFUSED))]  # fmt: skip
    form = DeliveryForm(states, request.POST or None)

    def verb() -> Delivery:
        return note_delivery(
            delivery_uid=uid, by=person, state=DeliveryState(form.cleaned_data["state"]), said=form.cleaned_data["said"]
        )

    return take_form(
        request, form, verb, lambda _row: redirect("notice", row.notice.uid), FORM,
        {
            "place": "campaigns", "title": row.label, "submit": _("Note it"), "back": f"/notices/{row.notice.uid}/",
            "says": _("It is now: %(state)s. That a mail was taken is for the mail server to say.")
            % {"state": row.at.label},
        },
    )  # fmt: skip
