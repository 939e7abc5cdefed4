"""Small things every page view does: show a form, take it, page a list, refuse an address of the wrong kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date

from suture.accounts.models import Person
from suture.core.errors import NotFound, SutureError
from suture.core.roles import may
from suture.web.forms import Form, WhyForm, perform

Row = TypeVar("Row", bound=Model)

ROWS_ON_A_PAGE = 50


def person_of(request: HttpRequest) -> Person:
    """Who is at the page; the middleware has seen to it that somebody is."""
    person = getattr(request, "person", None)
    if not isinstance(person, Person):
        raise SutureError("a page was asked for without a person; this is Suture's own mistake")
    return person


def may_do(request: HttpRequest, verb: str) -> bool:
    """Whether to show a button at all. The verb asks again; this only spares a click."""
    return may(person_of(request).roles, verb)


def one(rows: QuerySet[Row], **wanted: Any) -> Row:
    """One row, or the page that says there is none.

    Raises:
        NotFound: no such row, or it stands behind a wall (then `rows` does not hold it).
    """
    try:
        row = rows.filter(**wanted).first()
    except ValidationError:  # an address that holds no uid
        row = None
    if row is None:
        raise NotFound("there is no such record")
    return row


def take_form(
    request: HttpRequest,
    form: Form,
    verb: Callable[[], Any],
    then: Callable[[Any], HttpResponse],
    template: str,
    context: Mapping[str, Any],
) -> HttpResponse:
    """GET shows the form; POST: form → one verb → redirect. What is refused comes back as 422 with what was typed."""
    status = 200
    if request.method == "POST":
        if form.is_valid():
            result = perform(form, verb)
            if not form.errors:
                return then(result)
        status = 422
    return render(request, template, {**context, "form": form}, status=status)


def ask_why(
    request: HttpRequest,
    verb: Callable[[str], Any],
    then: Callable[[Any], HttpResponse],
    context: Mapping[str, Any],
    label: Any = "",
) -> HttpResponse:
    """A page that asks for the reason of one act, and does it. `label`: what the reason is called, if not 'Why'."""
    form = WhyForm(request.POST or None, label=label)
    return take_form(request, form, lambda: verb(form.cleaned_data["because"]), then, "web/form.html", context)


def version_of(request: HttpRequest) -> int | None:
    """The version of the record the person looked at; it stands in the link to the form (`?version=17`)."""
    return number_in(request, "version")


def number_in(request: HttpRequest, key: str) -> int | None:
    """A whole number in the address; None where there is none, or one that no row could have."""
    given = request.GET.get(key, "")
    return int(given) if re.fullmatch(r"[0-9]{1,15}", given) else None


def day_in(request: HttpRequest, key: str) -> date | None:
    """A date in the address; None where there is none, or no such day."""
    try:
        return parse_date(request.GET.get(key, ""))
    except ValueError:
        return None


def page_of(request: HttpRequest, rows: Any, size: int = ROWS_ON_A_PAGE) -> Page[Any]:
    """One page of a list; the number stands in the address."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def same_but(request: HttpRequest, **changes: str) -> str:
    """This address with some parameters changed; '' takes one out. The address holds filter, sort and page."""
    kept = {key: value for key, value in request.GET.items() if key != "page"}
    kept.update(changes)
    query = urlencode({key: value for key, value in kept.items() if value})
    return f"?{query}" if query else request.path
