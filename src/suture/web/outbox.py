"""The outbox: what was promised to somebody outside, what became of it, in the mail server's own words."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from suture.core.errors import NotFound
from suture.core.promises import FAILED, WAITING, PromiseState
from suture.jobs.clock import machine_now
from suture.jobs.letters import MAIL
from suture.jobs.mail import unready
from suture.jobs.models import Promise
from suture.jobs.queries import content, counts, promise_by_uid, promises, shut_channels
from suture.jobs.services import REPEATABLE, give_up, try_again
from suture.web.case_forms import ReasonForm
from suture.web.exports import csv_response, json_response
from suture.web.pages import may_do, page_of, person_of, take_form
from suture.web.words import Badge

BADGES = {
    PromiseState.PROMISED.value: Badge("", gettext_lazy("Promised")),  # type: ignore[arg-type]
    PromiseState.ATTEMPTING.value: Badge("x-inquiry", gettext_lazy("Attempting"), "i-eye"),  # type: ignore[arg-type]
    PromiseState.NO_ANSWER.value: Badge("x-unknown", gettext_lazy("No answer"), "i-q"),  # type: ignore[arg-type]
    PromiseState.DELIVERED.value: Badge("x-not", gettext_lazy("Delivered"), "i-check"),  # type: ignore[arg-type]
    PromiseState.REFUSED.value: Badge("v-uncontrolled", gettext_lazy("Refused"), "i-alert"),  # type: ignore[arg-type]
    PromiseState.GIVEN_UP.value: Badge("x-unknown", gettext_lazy("Given up"), "i-q"),  # type: ignore[arg-type]
}
COLUMNS = ("uid", "message", "kind", "to", "cause", "promised_at", "state", "attempts", "settled_at", "answer")


def stands(row: Promise) -> str:
    """What is known of a message this moment, as a sentence; never more than is known."""
    state = PromiseState(row.state)
    if state is PromiseState.ATTEMPTING:
        if row.lease_until is not None and row.lease_until <= machine_now():
            return _("the worker that was at it has fallen silent; what it did is being found out")
        return _("a worker is at it")
    if state is PromiseState.NO_ANSWER:
        return _("it may have arrived; it rests before it is sent again under the same name")
    if state is PromiseState.PROMISED:
        if row.kind == MAIL and (missing := unready(settings.SUTURE)):
            return missing
        return _("tried, and tried again later") if row.attempts else _("not tried yet")
    if state is PromiseState.DELIVERED:
        return _("the mail server took responsibility for it")
    if state is PromiseState.REFUSED:
        return _("a permanent answer; nobody tries again unless you say so")
    return row.given_up_because


def addressees(row: Promise) -> str:
    """To whom, as far as it is still known."""
    to = content(row).get("to") or [one["to"] for one in row.answers]
    return ", ".join(str(address) for address in to)


@require_GET
def outbox(request: HttpRequest, cause: UUID | None = None) -> HttpResponseBase:
    """Every message this person may know of; of one cause; one state; what is open or did not arrive first."""
    person = person_of(request)
    rows = promises(person)
    if cause is not None:
        rows = rows.filter(cause_uid=cause)
        if not rows.exists():
            raise NotFound("there is no such record")
    show = request.GET.get("show", "")
    if show == "failed":
        rows = rows.filter(state__in=sorted(FAILED), given_up_by=None)
    elif show == "open":
        rows = rows.filter(state__in=sorted({*WAITING, PromiseState.ATTEMPTING}))
    elif show in {state.value for state in PromiseState}:
        rows = rows.filter(state=show)
    if (form := request.GET.get("as")) in ("csv", "json"):
        table = (
            (r.uid, r.label, r.kind, addressees(r), r.cause_label, r.promised_at, r.state, r.attempts, r.settled_at,
             r.last_answer) for r in rows.iterator(chunk_size=500)
        )  # fmt: skip
        return csv_response("outbox", COLUMNS, table) if form == "csv" else json_response("outbox", COLUMNS, table)
    page = page_of(request, rows)
    found = counts(person)
    shown = [(row, BADGES[row.state], stands(row), addressees(row)) for row in page.object_list]
    return render(
        request, "web/outbox.html",
        {
            "place": "sharing", "page": page, "rows": shown, "counts": found, "show": show, "cause": cause,
            "failed": found["refused"] + found["given up"],
            "open": found["promised"] + found["attempting"] + found["no answer"],
            "states": [(state.value, BADGES[state.value].word, found[state.value]) for state in PromiseState],
            "missing": unready(settings.SUTURE), "shut": list(shut_channels()),
        },
    )  # fmt: skip


@require_GET
def message(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One message: what it says, to whom, every attempt, every answer."""
    row = promise_by_uid(person_of(request), uid)
    return render(
        request, "web/message.html",
        {
            "place": "sharing", "row": row, "badge": BADGES[row.state], "stands": stands(row),
            "letter": {} if row.forget else content(row),
            "to": addressees(row), "tries": row.tries.all(), "answers": row.answers,
            "can_repeat": row.state in REPEATABLE and row.payload and may_do(request, "promise.repeat"),
            "can_give_up": row.state in REPEATABLE and may_do(request, "promise.give_up"),
        },
    )  # fmt: skip


def _step(request: HttpRequest, uid: UUID, verb: Any, **words: str) -> HttpResponse:
    person = person_of(request)
    row = promise_by_uid(person, uid)
    form = ReasonForm(request.POST or None)
    return take_form(
        request, form, lambda: verb(promise=row, by=person, because=form.cleaned_data["because"]),
        lambda _row: redirect("message", uid), "web/form.html",
        {"place": "sharing", "sub": row.label, "back": f"/outbox/{uid}/", **words},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def repeat(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Have it tried again."""
    return _step(
        request, uid, try_again, title=_("Try again"), submit=_("Try again"),
        says=_("The worker tries at its next round. Who has the message already is not sent it again."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Give it up, with the reason."""
    return _step(
        request, uid, give_up, title=_("Give it up"), submit=_("Give it up"),
        says=_("Say how the addressee learns of it otherwise. What was owed to them is still owed."),
    )  # fmt: skip
