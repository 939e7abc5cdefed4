"""A release: is anything uncontrolled, what is owed, what have we not looked at; findings, components, coverage."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suture.assessment.inheritance import proposals
from suture.assessment.models import CaseRelease
from suture.assessment.queries import cases_of_release
from suture.core.cases import CaseState
from suture.core.errors import InvalidValue, NotFound
from suture.detection.models import Finding, Gap
from suture.detection.queries import Hole, corrected_counts, corrected_in, ruled_out_count, ruled_out_in
from suture.detection.queries import coverage as coverage_of
from suture.detection.services import Taken, findings_as_of, take_in_sbom
from suture.inventory.models import Component, Product, Release, SbomDocument
from suture.inventory.quarantine import waiting_for
from suture.inventory.queries import components_of
from suture.inventory.services import register_release
from suture.sharing.models import VexPublication
from suture.sharing.queries import publications_of, vex_document
from suture.sharing.services import publish_vex, vex_bytes
from suture.web.device_forms import ReleaseForm, SbomForm
from suture.web.drawings import draw_ring
from suture.web.exports import csv_response, json_response
from suture.web.finding_rows import EXPORT_HEADER, NO_VERDICT_NEEDED, chosen, exported, filled, light_rows, tally
from suture.web.frame import frame_of
from suture.web.pages import may_do, one, page_of, person_of, take_form

FORM = "web/form.html"


def _releases() -> QuerySet[Release]:
    return Release.objects.select_related("product__establishment", "sbom")


def release_head(request: HttpRequest, release: Release, tab: str) -> dict[str, Any]:
    """What every tab shows: the answer to the page's question, above the fold."""
    person, today = person_of(request), frame_of(request).today
    lights = light_rows(release, person)
    covered = coverage_of(release)
    answers = {a.case_id: a for a in CaseRelease.objects.filter(release=release)}
    cases = [(c, answers[c.pk].status) for c in cases_of_release(person, release)]
    cases.sort(key=lambda pair: (pair[1] in NO_VERDICT_NEEDED, pair[0].state == CaseState.CLOSED))
    return {
        "place": "devices", "release": release, "tab": tab, "lights": lights, "tally": tally(lights, today),
        "coverage": covered, "arcs": draw_ring(covered.monitored, covered.text_watched, covered.not_monitorable),
        "ring": Ring(covered.components, covered.monitored, covered.text_watched, covered.not_monitorable),
        "cases": cases,
        "open_cases": [c for c, status in cases if c.state != CaseState.CLOSED and status not in NO_VERDICT_NEEDED],
        "waiting": sum(w.ranges for w in covered.waiting), "held": waiting_for(release),
        "excluded": ruled_out_count(release, person),
        "corrected": corrected_counts([release], person).get(release.pk, 0),
        "can_import": may_do(request, "sbom.import"), "can_publish": may_do(request, "vex.publish"),
        "siblings": Release.objects.filter(product=release.product).order_by("-released_on", "-version"),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ring:
    """The ring's numbers."""

    total: int
    monitored: int
    text_watched: int
    not_monitorable: int


@require_GET
def release(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Findings: one row per vulnerability."""
    row = one(_releases(), uid=uid)
    context = release_head(request, row, "findings")
    wanted = request.GET.get("show", "")
    page = page_of(request, chosen(context["lights"], wanted, frame_of(request).today))
    publications = list(publications_of(row))
    return render(
        request, "web/release.html",
        {**context, "page": page, "rows": filled(list(page.object_list)), "show": wanted, "publications": publications,
         "offered": len(proposals(person_of(request), release=row))},
    )  # fmt: skip


@require_GET
def as_of(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The findings of a past day, matched again from the rows valid then, beside the run on record."""
    row = one(_releases(), uid=uid)
    today = frame_of(request).today
    problem = ""
    try:
        day = date.fromisoformat(request.GET.get("day", "") or today.isoformat())
        then = findings_as_of(row, day, person_of(request))
    except (ValueError, InvalidValue) as wrong:
        day, then = today, None
        problem = str(wrong) if isinstance(wrong, InvalidValue) else _("Write a day as 2026-03-31.")
    page = page_of(request, then.findings if then else [])
    return render(
        request, "web/release_as_of.html",
        {**release_head(request, row, "findings"), "then": then, "day": day, "problem": problem, "page": page},
        status=422 if problem else 200,
    )  # fmt: skip


@require_GET
def findings_file(request: HttpRequest, uid: UUID, form: str) -> HttpResponseBase:
    """The findings as listed: same filter, same order."""
    row = one(_releases(), uid=uid)
    lights = chosen(light_rows(row, person_of(request)), request.GET.get("show", ""), frame_of(request).today)
    name = f"findings {row.label}".replace(" ", "-").lower()
    write = csv_response if form == "csv" else json_response
    return write(name, EXPORT_HEADER, exported(filled(lights)))


@dataclass(frozen=True, slots=True)
class ComponentRow:
    """One component with what watches it and what was found in it."""

    component: Component
    hole: Hole | None
    findings: int


@require_GET
def components(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Components of the current SBOM, with identity, support, and who watches them; the tree beside it."""
    row = one(_releases(), uid=uid)
    context = release_head(request, row, "components")
    words, watched = request.GET.get("find", "").strip(), request.GET.get("watched", "")
    found = components_of(row).order_by("name", "version", "ref")
    if words:
        found = found.filter(Q(name__icontains=words) | Q(version__icontains=words) | Q(supplier__icontains=words))
    holes = {hole.ref: hole for hole in context["coverage"].holes}
    by_words = [ref for ref, hole in holes.items() if hole.words]
    unwatched = Gap.objects.filter(release=row).values("component")
    if watched == "not-monitorable":
        found = found.filter(pk__in=unwatched).exclude(ref__in=by_words)
    elif watched == "monitored":
        found = found.exclude(pk__in=unwatched)
    elif watched == "text-watched":
        found = found.filter(ref__in=by_words)
    page = page_of(request, found)
    counts = _found_in(row)
    rows = [ComponentRow(c, holes.get(c.ref), counts[c.ref]) for c in page]
    return render(
        request, "web/components.html",
        {**context, "page": page, "rows": rows, "find": words, "watched": watched, "tree": _tree(row, counts)},
    )  # fmt: skip


def _found_in(release: Release) -> Counter[str]:
    """Standing findings per component ref; what stands behind a wall is left out for everybody."""
    counts: Counter[str] = Counter()
    listed = Finding.objects.standing().filter(release=release, vulnerability__wall=None)
    for named in listed.values_list("components", flat=True):
        counts.update({c["ref"] for c in named})
    return counts


@dataclass(slots=True)
class Branch:
    """One node of the tree."""

    label: str
    findings: int
    children: list[Branch]


def _tree(release: Release, counts: Counter[str], limit: int = 60) -> list[Branch]:
    """The way the components hang together, as far as the SBOM says: containers with their parts, most found first."""
    rows = list(components_of(release).values_list("ref", "name", "version", "parent"))
    nodes = {ref: Branch(f"{name} {version}".strip(), counts[ref], []) for ref, name, version, _parent in rows}
    roots: list[Branch] = []
    for ref, _name, _version, parent in rows:
        (nodes[parent].children if parent in nodes and parent != ref else roots).append(nodes[ref])
    return sorted(roots, key=lambda b: (-len(b.children), -b.findings, b.label))[:limit]


@require_GET
def corrected(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What is not drawn because somebody corrected the match: it stays visible, and counted."""
    row = one(_releases(), uid=uid)
    page = page_of(request, corrected_in(row, person_of(request)))
    return render(request, "web/release_corrected.html", {**release_head(request, row, "corrected"), "page": page})


@require_GET
def ruled_out(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What lies in a stated range and is no finding, because the record's own conditions exclude the release."""
    row = one(_releases(), uid=uid)
    page = page_of(request, ruled_out_in(row, person_of(request)))
    return render(request, "web/release_ruled_out.html", {**release_head(request, row, "ruled-out"), "page": page})


@require_http_methods(["GET", "POST"])
def register(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Register a release of a device."""
    product = one(Product.objects.all(), uid=uid)
    form = ReleaseForm(request.POST or None)
    return take_form(
        request, form,
        lambda: register_release(product=product, by=person_of(request), **form.cleaned_data),
        lambda row: redirect("release", row.uid), FORM,
        {
            "place": "devices", "title": _("Register a release of %(name)s") % {"name": product.brand_name},
            "submit": _("Register"), "back": f"/devices/{uid}/",
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def import_sbom(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Hand in an SBOM; it is read, kept by its hash, and matched at once."""
    row = one(_releases(), uid=uid)
    form = SbomForm(request.POST or None, request.FILES or None)

    def verb() -> Taken:
        file = form.cleaned_data["file"]
        return take_in_sbom(release=row, data=file.read(), file_name=file.name, by=person_of(request))

    def then(taken: Taken) -> HttpResponse:
        return redirect("sbom-held", taken.held.uid) if taken.held else redirect("release-sbom-read", uid)

    return take_form(request, form, verb, then, "web/sbom_form.html", {"place": "devices", "release": row})


@require_GET
def sbom_read(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What came of the current SBOM: components read, those skipped, every problem with its place."""
    row = one(_releases(), uid=uid)
    return render(
        request, "web/sbom_read.html",
        {"place": "devices", "release": row, "sbom": row.sbom, "coverage": coverage_of(row)},
    )  # fmt: skip


@require_GET
def sbom(request: HttpRequest, uid: UUID) -> HttpResponse:
    """An SBOM document stands with its release."""
    row = one(SbomDocument.objects.select_related("release"), uid=uid)
    return redirect("release-sbom-read", row.release.uid)


@require_GET
def vex(request: HttpRequest, uid: UUID, dialect: str) -> HttpResponse:
    """What we say of the release, as a VEX document: as this person may see it, not published."""
    row = one(_releases(), uid=uid)
    if dialect not in VexPublication.Dialect.values:
        known = ", ".join(VexPublication.Dialect.values)
        raise NotFound(f"there is no VEX document called {dialect!r}; there are: {known}")
    chosen_dialect = VexPublication.Dialect(dialect)
    document = vex_document(row, person_of(request))
    response = HttpResponse(vex_bytes(document, chosen_dialect), content_type="application/json")
    name = f"{row.label} {dialect} vex".replace(" ", "-").lower()
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response


@require_POST
def publish(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Publish the release's VEX in both dialects."""
    row = one(_releases(), uid=uid)
    for dialect in VexPublication.Dialect:
        publish_vex(release_uid=row.uid, dialect=dialect, by=person_of(request))
    return redirect("release", uid)
