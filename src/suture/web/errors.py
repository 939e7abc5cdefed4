"""Refusals and failures as pages: what happened, what still holds, what to do."""

# ruff: noqa: E501 (tables: one entry on a line)

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from suture.core.errors import (
    Conflict,
    Contradiction,
    FormatError,
    InvalidValue,
    NotAllowed,
    NotFound,
    Problem,
    SutureError,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """How one kind of error reads: status, headline, and what to do."""

    status: int
    headline: str | Promise
    advice: str | Promise


ANSWERS: tuple[tuple[type[Exception], Answer], ...] = (
    (NotAllowed, Answer(403, _("This is not yours to do, or not now"), _("Nothing was changed. Ask one of the roles named above, or go back and look at what the record allows now."))),
    (NotFound, Answer(404, _("There is no such record here"), _("It may have another number, or stand behind a wall you are not admitted to."))),
    (ObjectDoesNotExist, Answer(404, _("There is no such record here"), _("It may have another number, or stand behind a wall you are not admitted to."))),
    (Conflict, Answer(409, _("Somebody else was faster"), _("Your change was not saved. Look at the record again, then repeat it if it still holds."))),
    (FormatError, Answer(422, _("This document cannot be read"), _("Nothing was imported. Mend the problems below and hand it in again."))),
    (InvalidValue, Answer(422, _("This cannot be so"), _("Nothing was changed. Go back: what you typed is still there."))),
    (Contradiction, Answer(422, _("Two recorded facts contradict each other"), _("Nothing was decided. Correct one of them first."))),
    (SutureError, Answer(500, _("Suture cannot go on"), _("Nothing was changed. An administrator should look at this."))),
)  # fmt: skip


def answer_to(error: Exception) -> Answer:
    """The answer that fits an error; the first of the table that matches."""
    return next(answer for kind, answer in ANSWERS if isinstance(error, kind))


def problem_page(request: HttpRequest, error: Exception) -> HttpResponse:
    """A page for one refusal, with every problem listed."""
    answer = answer_to(error)
    problems = error.problems if isinstance(error, FormatError) else ()
    says = _("there is no such record") if isinstance(error, ObjectDoesNotExist) else str(error)
    return problem(request, answer.status, answer.headline, says, answer.advice, problems)


def problem(
    request: HttpRequest,
    status: int,
    headline: str | Promise,
    says: str | Promise,
    advice: str | Promise,
    problems: tuple[Problem, ...] = (),
) -> HttpResponse:
    """Render the problem page inside the frame; without the frame for somebody who has not signed in."""
    known = getattr(request, "user", None) is not None and request.user.is_authenticated
    return render(
        request,
        "web/problem.html",
        {
            "base": "web/base.html" if known else "web/door.html",
            "status": status, "headline": headline, "says": says, "advice": advice, "problems": problems[:200],
            "more_problems": max(0, len(problems) - 200),
        },
        status=status,
    )  # fmt: skip


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: a request the browser would not send by itself."""
    return problem(request, 400, _("This request cannot be read"), _("the address or the form is malformed"), _("Go back and try again."))  # fmt: skip


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 of Django's own."""
    return problem(request, 403, _("This is not yours to do"), _("you have no access to this page"), _("Go back, or sign in as somebody else."))  # fmt: skip


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no page has this address."""
    return problem(request, 404, _("There is no such page"), _("nothing has this address"), _("Search above, or choose a page at the left."))  # fmt: skip


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form was open too long, or did not come from Suture."""
    return problem(request, 403, _("This form is no longer valid"), _("it was open too long, or was not sent from Suture's own page"), _("Nothing was changed. Go back, reload the page and send it again."))  # fmt: skip


def locked_out(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    """429: too many wrong passwords for this name from this address."""
    return problem(request, 429, _("Too many wrong passwords"), _("signing in rests for a quarter of an hour for this name from this address"), _("Wait, or ask an administrator."))  # fmt: skip


def failed(request: HttpRequest) -> HttpResponse:
    """500: our fault. Shown without the frame, since the database may be what failed."""
    return render(request, "web/failed.html", {}, status=500)
