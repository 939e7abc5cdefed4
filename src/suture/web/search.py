"""Search over what a person may see: vulnerability by any id, component, device and release, case number."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from suture.accounts.models import Person
from suture.accounts.queries import visible
from suture.assessment.queries import cases_for
from suture.core.errors import NotFound
from suture.disclosure.queries import reports_for
from suture.intelligence.models import Vulnerability
from suture.intelligence.queries import vulnerability_by_any_id
from suture.inventory.models import Component, Product, Release
from suture.web.pages import person_of

HITS = 20  # of each kind


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """One exact hit opens at once; else a list by kind."""
    person, words = person_of(request), request.GET.get("q", "").strip()
    if not words:
        return render(request, "web/search.html", {"words": ""})
    case = cases_for(person).filter(number__iexact=words).first()
    if case is not None:
        return redirect("case", case.uid)
    told = reports_for(person).filter(number__iexact=words).first()
    if told is not None:
        return redirect("intake-report", told.uid)
    exact = _vulnerability(words, person)
    if exact is not None:
        return redirect("vulnerability", exact.uid)
    groups = [
        (_("Cases"), _cases(words, person)),
        (_("Reports"), _reports(words, person)),
        (_("Devices"), _devices(words)),
        (_("Releases"), _releases(words)),
        (_("Vulnerabilities"), _vulnerabilities(words, person)),
        (_("Components"), _components(words)),
    ]
    return render(request, "web/search.html", {"words": words, "groups": [g for g in groups if g[1]]})


class Hit(NamedTuple):
    """One line of the result."""

    name: str
    address: str
    says: str


def _cases(words: str, person: Person) -> list[Hit]:
    by_vulnerability = Q(vulnerability__preferred_id__icontains=words) | Q(vulnerability__title__icontains=words)
    rows = cases_for(person).filter(Q(number__icontains=words) | by_vulnerability)
    return [Hit(c.number, reverse("case", args=[c.uid]), str(c.vulnerability)) for c in rows[:HITS]]


def _reports(words: str, person: Person) -> list[Hit]:
    rows = reports_for(person).filter(
        Q(number__icontains=words) | Q(what__icontains=words) | Q(device__icontains=words) | Q(origin__icontains=words)
    )
    return [Hit(r.number, reverse("intake-report", args=[r.uid]), r.what[:120]) for r in rows[:HITS]]


def _devices(words: str) -> list[Hit]:
    rows = Product.objects.filter(
        Q(brand_name__icontains=words) | Q(common_name__icontains=words) | Q(udi_di__icontains=words)
        | Q(marketing_number__iexact=words)
    )  # fmt: skip
    return [Hit(p.brand_name, reverse("device", args=[p.uid]), p.common_name) for p in rows[:HITS]]


def _releases(words: str) -> list[Hit]:
    rows = Release.objects.select_related("product").filter(
        Q(product__brand_name__icontains=words) | Q(version__icontains=words)
    )
    return [Hit(r.label, reverse("release", args=[r.uid]), r.state) for r in rows[:HITS]]


def _vulnerabilities(words: str, person: Person) -> list[Hit]:
    """Ours, and those found in a release of ours; any other is found by its exact id."""
    known = Vulnerability.objects.filter(Q(ours=True) | Q(findings__isnull=False), merged_into=None)
    rows = visible(person, known.filter(Q(preferred_id__icontains=words) | Q(title__icontains=words))).distinct()
    return [Hit(v.preferred_id, reverse("vulnerability", args=[v.uid]), v.title) for v in rows[:HITS]]


def _vulnerability(words: str, person: Person) -> Vulnerability | None:
    try:
        return vulnerability_by_any_id(words, person)
    except NotFound:
        return None


def _components(words: str) -> list[Hit]:
    """Components of current SBOMs by name, 'openssl 3.0.13' included."""
    name, _blank, version = words.partition(" ")
    rows = Component.objects.filter(sbom__current_for__isnull=False).select_related("sbom__release__product")
    wanted = Q(name__icontains=words)
    if version:
        wanted |= Q(name__icontains=name, version__startswith=version)
    return [
        Hit(
            str(c), f"{reverse('release-components', args=[c.sbom.release.uid])}?find={c.name}",
            f"{c.sbom.release.label}, {c.supplier or 'supplier not stated'}",
        )
        for c in rows.filter(wanted).order_by("name", "version")[:HITS]
        if c.sbom is not None  # the device itself stands in no SBOM; its product is found by name
    ]  # fmt: skip
