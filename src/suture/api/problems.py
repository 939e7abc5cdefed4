"""Errors as problem documents (RFC 9457). The same texts that pages and the command line show."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from suture.core.errors import Conflict, FormatError, NotAllowed, NotFound, SutureError

STATUS: tuple[tuple[type[Exception], int], ...] = (
    (NotAllowed, 403),
    (NotFound, 404),
    (ObjectDoesNotExist, 404),
    (Conflict, 409),
    (SutureError, 422),
)


class ProblemAt(Schema):
    """One thing wrong in a document."""

    where: str
    what: str
    mend: str


class ProblemOut(Schema):
    """A problem document, application/problem+json."""

    type: str
    title: str
    status: int
    detail: str
    problems: list[ProblemAt]


REFUSALS: dict[int, Any] = dict.fromkeys((400, 401, 403, 404, 409, 413, 422), ProblemOut)


def register(api: NinjaAPI) -> None:
    """Hang the handlers on an API."""

    def answer(
        request: HttpRequest, status: int, detail: str, problems: list[dict[str, str]] | None = None
    ) -> HttpResponse:
        body = {
            "type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail,
            "problems": problems or [],
        }  # fmt: skip
        response = api.create_response(request, body, status=status)
        response["Content-Type"] = "application/problem+json"
        return response

    @api.exception_handler(SutureError)
    def refused(request: HttpRequest, error: SutureError) -> HttpResponse:
        status = next(code for kind, code in STATUS if isinstance(error, kind))
        problems = error.problems[:200] if isinstance(error, FormatError) else ()
        listed = [{"where": p.where, "what": p.what, "mend": p.mend} for p in problems]
        return answer(request, status, str(error), listed)

    @api.exception_handler(ObjectDoesNotExist)
    def missing(request: HttpRequest, error: ObjectDoesNotExist) -> HttpResponse:
        return answer(request, 404, "there is no such record")

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        listed = [{"where": "/".join(map(str, e["loc"])), "what": e["msg"], "mend": ""} for e in error.errors]
        return answer(request, 422, "the request has fields that cannot be so", listed)

    @api.exception_handler(AuthenticationError)
    def stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        response = answer(request, 401, "sign in, or send user name and password (HTTP Basic)")
        response["WWW-Authenticate"] = 'Basic realm="Suture"'
        return response

    @api.exception_handler(HttpError)
    def other(request: HttpRequest, error: HttpError) -> HttpResponse:
        return answer(request, error.status_code, str(error))
