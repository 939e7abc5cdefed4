"""Devices: what we ship, with what regulates it; register, describe, state what must stay safe, approve."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from suture.accounts.queries import signatures_on
from suture.evidence.queries import entries_about
from suture.inventory.field.queries import fresh_since
from suture.inventory.models import Establishment, Product, Release, SafetyStatement
from suture.inventory.profile import entries_of
from suture.inventory.services import (
    approve_statement,
    describe_product,
    register_establishment,
    register_product,
    state_safety,
)
from suture.web.device_forms import (
    ApproveForm,
    DescribeForm,
    EstablishmentForm,
    FunctionForm,
    ProductForm,
    StatementForm,
)
from suture.web.field import devices_in_field
from suture.web.frame import frame_of
from suture.web.pages import may_do, one, person_of, take_form

FUNCTION_ROWS = 6
FORM = "web/form.html"


def _products() -> QuerySet[Product]:
    newest = Release.objects.select_related("sbom").order_by("-released_on", "-version")
    return (
        Product.objects.select_related("establishment")
        .annotate(distributed=Sum("releases__units_distributed"), release_count=Count("releases"))
        .prefetch_related(Prefetch("releases", queryset=newest, to_attr="newest_first"))
    )


@require_GET
def devices(request: HttpRequest) -> HttpResponse:
    """Every device, with its releases."""
    rows = list(_products())
    return render(
        request,
        "web/devices.html",
        {
            "place": "devices", "products": rows, "can_register": may_do(request, "product.register"),
            "has_establishment": bool(rows) or Establishment.objects.exists(),
        },
    )  # fmt: skip


@require_GET
def device(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One device: profile, statement, releases."""
    product = one(_products(), uid=uid)
    statement = product.statements.order_by("-version").first()
    names, absent = entries_of(product)
    return render(
        request,
        "web/device.html",
        {
            "place": "devices", "product": product, "statement": statement, "names": names, "absent": absent,
            "releases": getattr(product, "newest_first", ()), "since": (since := fresh_since(frame_of(request).today)),
            "in_field": next(iter(devices_in_field(request, since, product)), None),
            "signatures": signatures_on(SafetyStatement.record_kind, statement.uid) if statement else [],
            "entries": entries_about(Product.record_kind, str(product.uid)).reverse()[:5],
            "can_describe": may_do(request, "product.describe"),
            "can_state": may_do(request, "statement.propose"), "can_release": may_do(request, "release.register"),
            "can_approve": may_do(request, "statement.approve"),
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def register_site(request: HttpRequest) -> HttpResponse:
    """Register an establishment."""
    form = EstablishmentForm(request.POST or None)
    return take_form(
        request, form,
        lambda: register_establishment(by=person_of(request), **form.cleaned_data),
        lambda row: redirect("device-new"),
        FORM,
        {"place": "devices", "title": _("Register an establishment"), "submit": _("Register"), "back": "/devices/"},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Register a device with its profile."""
    form = ProductForm(request.POST or None)
    return take_form(
        request, form,
        lambda: register_product(by=person_of(request), **form.cleaned_data),
        lambda row: redirect("device", row.uid),
        FORM,
        {"place": "devices", "title": _("Register a device"), "submit": _("Register"), "back": "/devices/"},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def describe(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change a device's profile; the values before stay in the proof."""
    product = one(Product.objects.all(), uid=uid)
    names = [n for n in DescribeForm.base_fields if n not in ("because", "establishment")]
    initial = {n: _as_field(getattr(product, n)) for n in names}
    form = DescribeForm(request.POST or None, initial=initial)

    def change() -> Product:
        changed = {n: form.cleaned_data[n] for n in names if form.cleaned_data[n] != getattr(product, n)}
        return describe_product(
            product_uid=str(uid), by=person_of(request), because=form.cleaned_data["because"], **changed
        )

    return take_form(
        request, form, change, lambda row: redirect("device", uid), FORM,
        {
            "place": "devices", "title": _("Describe %(name)s") % {"name": product.brand_name},
            "submit": _("Save"), "back": f"/devices/{uid}/",
        },
    )  # fmt: skip


def _as_field(value: Any) -> Any:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


@require_http_methods(["GET", "POST"])
def state(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Draft a new version of the statement of safety and essential performance, from the last one."""
    product = one(Product.objects.all(), uid=uid)
    last = product.statements.order_by("-version").first()
    given = last.functions if last else []
    functions = [
        FunctionForm(request.POST or None, prefix=f"f{i}", initial=given[i] if i < len(given) else None)
        for i in range(FUNCTION_ROWS)
    ]
    form = StatementForm(
        request.POST or None, initial={"acceptance_criteria": last.acceptance_criteria if last else ""}
    )

    def draft() -> SafetyStatement:
        values = [f.value() for f in functions if f.is_valid()]
        return state_safety(
            product=product, functions=[v for v in values if v], by=person_of(request),
            acceptance_criteria=form.cleaned_data["acceptance_criteria"],
        )  # fmt: skip

    return take_form(
        request, form, draft, lambda row: redirect("device", uid), "web/statement_form.html",
        {"place": "devices", "product": product, "functions": functions},
    )  # fmt: skip


@require_GET
def statement(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A statement stands on its device's page."""
    row = one(SafetyStatement.objects.select_related("product"), uid=uid)
    return redirect("device", row.product.uid)


@require_http_methods(["GET", "POST"])
def approve(request: HttpRequest, uid: UUID, version: UUID) -> HttpResponse:
    """Approve a statement by signature of clinical safety."""
    row = one(SafetyStatement.objects.select_related("product"), uid=version, product__uid=uid)
    form = ApproveForm(request.POST or None)
    return take_form(
        request, form,
        lambda: approve_statement(
            statement_uid=str(row.uid), by=person_of(request), password=form.cleaned_data["password"],
            because=form.cleaned_data["because"],
        ),
        lambda _row: redirect("device", uid),
        "web/sign.html",
        {
            "place": "devices", "record": row, "meaning": _("approval"), "title": row.label, "back": f"/devices/{uid}/",
            "says": _("The functions and their limits are complete, and the harm stated for each is right."),
        },
    )  # fmt: skip
