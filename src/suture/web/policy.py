"""Policy: the firm's own rules, as drafts, examples and approved versions; approve by signature."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suture.accounts.queries import signatures_on
from suture.core import exploitability, risk
from suture.core.errors import NotFound
from suture.evidence.canonical import digest
from suture.policy.models import PolicyKind, PolicyVersion
from suture.policy.queries import newest_policy, policy_in_force
from suture.policy.services import approve_policy, propose_examples, propose_policy, set_up
from suture.web.drawings import draw_matrix
from suture.web.forms import BecauseField, DateField, Form, SignatureMixin
from suture.web.frame import frame_of
from suture.web.pages import may_do, one, person_of, take_form
from suture.web.policy_forms import KINDS


class ApprovePolicyForm(Form, SignatureMixin):
    """From which day, why, and the password."""

    effective_from = DateField(
        label=gettext_lazy("In force from"),
        help_text=gettext_lazy("Open cases keep the version they were decided under."),
    )
    because = BecauseField()
    field_order = ("effective_from", "because", "password")


@require_GET
def policy(request: HttpRequest) -> HttpResponse:
    """Every kind of policy, with the version in force and the versions before."""
    today = frame_of(request).today
    versions = list(PolicyVersion.objects.order_by("kind", "-version"))
    kinds = []
    for kind in PolicyKind:
        mine = [v for v in versions if v.kind == kind]
        try:
            holds: PolicyVersion | None = policy_in_force(kind, today)
        except NotFound:
            holds = None
        kinds.append({"kind": kind, "versions": mine, "in_force": holds, "shown": holds or (mine[0] if mine else None)})
    return render(
        request, "web/policy.html",
        {
            "place": "policy", "kinds": kinds, "can_approve": may_do(request, "policy.approve"),
            "can_propose": may_do(request, "policy.propose"), "none_yet": not versions,
        },
    )  # fmt: skip


@require_GET
def policy_version(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One version, as a person reads it, with its signatures."""
    row = one(PolicyVersion.objects.all(), uid=uid)
    return render(
        request,
        "web/policy_version.html",
        {
            "place": "policy", "policy": row, "content_hash": digest(row.content()),
            "signatures": signatures_on(PolicyVersion.record_kind, row.uid, digest(row.content())),
            "can_approve": may_do(request, "policy.approve"), **_drawn(row),
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def approve(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Approve a draft by signature."""
    row = one(PolicyVersion.objects.all(), uid=uid)
    form = ApprovePolicyForm(request.POST or None, initial={"effective_from": frame_of(request).today})
    return take_form(
        request, form,
        lambda: approve_policy(
            policy_uid=str(uid), by=person_of(request), password=form.cleaned_data["password"],
            effective_from=form.cleaned_data["effective_from"], because=form.cleaned_data["because"],
        ),
        lambda _row: redirect("policy-version", uid),
        "web/sign.html",
        {
            "place": "policy", "title": row.label, "meaning": _("approval"), "back": f"/policy/{uid}/",
            "says": _("This is our policy, and we decide under it from that day on."),
            "signed_body": "web/_policy_body.html", "policy": row, **_drawn(row),
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, kind: str) -> HttpResponse:
    """Write a new version as a draft, starting from the newest one, or from the shipped example."""
    if kind not in PolicyKind.values:
        raise NotFound(f"there is no policy called {kind!r}; there are: {', '.join(PolicyKind.values)}")
    chosen = PolicyKind(kind)
    form_class, example = KINDS[chosen]
    newest = newest_policy(chosen)
    form = form_class(newest.body if newest else example, request.POST or None)
    number = newest.version + 1 if newest else 1
    return take_form(
        request, form,
        lambda: propose_policy(
            kind=chosen, name=form.cleaned_data["name"], body=form.body(str(number)), by=person_of(request),
            because=form.cleaned_data["because"],
        ),
        lambda row: redirect("policy-version", row.uid),
        "web/policy_form.html",
        {
            "place": "policy", "kind": chosen, "back": reverse("policy"),
            "title": _("%(kind)s, version %(n)d") % {"kind": chosen.label, "n": number},
        },
    )  # fmt: skip


@require_POST
def examples(request: HttpRequest) -> HttpResponse:
    """Propose what Suture ships to start from, as drafts marked as examples."""
    propose_examples(by=person_of(request))
    return redirect("policy")


class SetUpForm(Form):
    """Whose installation this is; said once."""

    manufacturer = forms.CharField(
        label=gettext_lazy("Manufacturer"),
        max_length=200,
        help_text=gettext_lazy("The firm's name, as it stands on reports. It is said once."),
    )


@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Say whose installation this is."""
    form = SetUpForm(request.POST or None)
    return take_form(
        request, form,
        lambda: set_up(manufacturer=form.cleaned_data["manufacturer"], demo=False, by=person_of(request)),
        lambda _row: redirect("policy"), "web/form.html",
        {
            "place": "policy", "title": _("Whose installation is this?"), "submit": _("Set it up"), "back": "/",
            "says": _("Then: approve the policies, register an establishment and devices, take in feeds and SBOMs."),
        },
    )  # fmt: skip


def _drawn(row: PolicyVersion) -> dict[str, Any]:
    """The policy as its table, when it is one we can draw."""
    if row.kind == PolicyKind.RISK_MATRIX:
        return {"matrix": draw_matrix(risk.from_json(row.body))}
    if row.kind == PolicyKind.EXPLOITABILITY:
        mapping = exploitability.from_json(row.body)
        factors = [
            {"name": exploitability.FACTOR_NAMES[name].capitalize(), "points": list(mapping.points[name].items())}
            for name in exploitability.FACTORS
        ]
        return {"mapping": mapping, "factors": factors}
    return {"body_items": sorted(row.body.items())}
