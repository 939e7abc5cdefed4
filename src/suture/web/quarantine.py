"""An SBOM in quarantine: what it would take away; confirm it or reject it, with a reason."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from suture.detection.models import Finding
from suture.detection.services import take_in_held
from suture.inventory.models import HeldSbom
from suture.inventory.quarantine import loss_of, reject_sbom
from suture.web.pages import ask_why, may_do, one, person_of


def _held() -> QuerySet[HeldSbom]:
    return HeldSbom.objects.select_related("release__product", "document", "against", "held_by", "decided_by")


@require_GET
def held(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What the document would take away and bring, and what was decided."""
    row = one(_held(), uid=uid)
    loss = loss_of(row)
    standing = Finding.objects.standing().filter(release=row.release, vulnerability__wall=None).count()
    return render(
        request, "web/sbom_held.html",
        {
            "place": "devices", "held": row, "release": row.release, "loss": loss, "standing": standing,
            "waits": row.outcome == HeldSbom.Outcome.WAITING, "can_decide": may_do(request, "sbom.confirm"),
        },
    )  # fmt: skip


def _form(row: HeldSbom, title: str, submit: str, says: str) -> dict[str, Any]:
    return {"place": "devices", "title": title, "submit": submit, "says": says, "back": f"/sboms/held/{row.uid}/"}


@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Confirm it: it becomes the current SBOM and is matched at once."""
    row = one(_held(), uid=uid)
    return ask_why(
        request, lambda because: take_in_held(held_uid=uid, by=person_of(request), because=because),
        lambda _taken: redirect("release-sbom-read", row.release.uid),
        _form(
            row, _("Confirm the SBOM of %(release)s") % {"release": row.release.label}, _("Confirm and match it"),
            _("It becomes the current SBOM. Findings of components it does not list go, with that as the reason."),
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def reject(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Reject it: the current SBOM stays; the file is kept."""
    row = one(_held(), uid=uid)
    return ask_why(
        request, lambda because: reject_sbom(held_uid=uid, by=person_of(request), because=because),
        lambda _held: redirect("release", row.release.uid),
        _form(
            row, _("Reject the SBOM of %(release)s") % {"release": row.release.label}, _("Reject it"),
            _("The current SBOM and its findings stay as they are. The file is kept, shown as rejected."),
        ),
    )  # fmt: skip
