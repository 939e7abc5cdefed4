"""What a person does to a case: facts, days, answers, controls, steps. Each page is one form and one verb."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from suture.accounts.models import Person
from suture.accounts.queries import visible
from suture.assessment.guards import own_guards
from suture.assessment.models import Case, ComponentAnswer, DatedFact
from suture.assessment.queries import (
    answers_of,
    candidates_of,
    case_for,
    concerned_components,
    standing_facts,
    unanswered,
)
from suture.assessment.services import (
    answer_components,
    answer_impact,
    answer_not_present,
    choose_initiation,
    hand_over,
    open_case,
    record_fact,
    set_learned,
    set_reassessment,
    sign_long_term_control,
)
from suture.core.cases import CASE
from suture.core.errors import NotFound
from suture.core.facts import FactKind
from suture.core.vex import Justification, VexStatus
from suture.detection.models import Finding
from suture.evidence.clock import today as today_at
from suture.intelligence.models import Vulnerability
from suture.inventory.models import Release
from suture.inventory.queries import all_releases
from suture.reporting.queries import reporting_guards
from suture.reporting.services import take_step
from suture.web.case_forms import (
    ComponentsForm,
    HandOverForm,
    ImpactForm,
    OpenCaseForm,
    OptionalReasonForm,
    ReassessForm,
    SignForm,
)
from suture.web.fact_forms import GROUPS, CorrectionForm, FactForm, LongTermForm, SignedDayForm
from suture.web.frame import frame_of
from suture.web.pages import one, person_of, take_form, version_of

FORM, SIGN = "web/form.html", "web/sign.html"


def _context(case: Case, title: str, submit: str = "", **more: Any) -> dict[str, Any]:
    return {"place": "cases", "case": case, "title": title, "submit": submit, "back": f"/cases/{case.uid}/", **more}


def _to(case: Case) -> Any:
    return lambda _result: redirect("case", case.uid)


@require_http_methods(["GET", "POST"])
def open_new(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Open a case on a vulnerability: the releases with a finding, and those named."""
    person = person_of(request)
    vulnerability = one(visible(person, Vulnerability.objects.all()), uid=uid)
    found = set(Finding.objects.standing().filter(vulnerability=vulnerability).values_list("release__uid", flat=True))
    releases = all_releases().order_by("product__brand_name", "version")
    form = OpenCaseForm(releases, request.POST or None, initial={"releases": list(found)})
    return take_form(
        request, form,
        lambda: open_case(
            vulnerability=vulnerability, by=person, because=form.cleaned_data["because"],
            releases=list(form.cleaned_data["releases"]),
        ),
        lambda case: redirect("case", case.uid),
        FORM,
        {
            "place": "vulnerabilities", "title": _("Open a case on %(id)s") % {"id": vulnerability.preferred_id},
            "submit": _("Open the case"), "back": f"/vulnerabilities/{uid}/",
            "says": _("The earliest finding is written down at once as a possible day of learning, so the clocks run."),
        },
    )  # fmt: skip


# ---------------------------------------------------------------- facts and days


@require_http_methods(["GET", "POST"])
def new_fact(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Choose a kind of fact, then record one."""
    case = case_for(person_of(request), uid)
    chosen = request.GET.get("kind", "")
    if not chosen:
        return render(request, "web/fact_kinds.html", _context(case, _("Record a fact"), groups=GROUPS))
    try:
        kind = FactKind(chosen)
    except ValueError:
        raise NotFound(f"there is no kind of fact '{chosen}'") from None
    initial = {"happened_on": frame_of(request).today}
    form = FactForm(kind, request.POST or None, request.FILES or None, initial=initial)
    return take_form(
        request, form,
        lambda: record_fact(
            case_uid=uid, kind=kind, by=person_of(request), happened_on=form.cleaned_data["happened_on"],
            detail=form.detail(), evidence=form.cleaned_data["evidence"], attachment=_bytes(form),
        ),
        _to(case), FORM, _context(case, kind.label.capitalize(), _("Record it")),
    )  # fmt: skip


def _bytes(form: FactForm) -> bytes:
    given = form.cleaned_data.get("attachment")
    return given.read() if given else b""


@require_http_methods(["GET", "POST"])
def correct_fact(request: HttpRequest, uid: UUID, fact: UUID) -> HttpResponse:
    """Correct or withdraw a fact: a new row that supersedes."""
    person = person_of(request)
    case = case_for(person, uid)
    old: DatedFact = one(standing_facts(case), uid=fact)
    kind = FactKind(old.kind)
    initial = {"happened_on": old.happened_on, "evidence": old.evidence}
    for key, value in old.detail.items():
        many = list(value) if key == "content" else value.split(", ") if key == "audience" else value
        initial[f"detail_{key}"] = many
    form = CorrectionForm(kind, request.POST or None, request.FILES or None, initial=initial)

    def verb() -> DatedFact:
        given = form.cleaned_data
        return record_fact(
            case_uid=uid, kind=kind, by=person, happened_on=given["happened_on"], detail=form.detail(),
            evidence=given["evidence"], attachment=_bytes(form), supersedes_uid=fact, withdrawn=given["withdrawn"],
            because=given["because"], password=given["password"] or None,
        )  # fmt: skip

    return take_form(
        request, form, verb, _to(case), FORM,
        _context(
            case, _("Correct: %(label)s") % {"label": old.label}, _("Correct it"),
            says=_("The fact as first written stays on record, shown as corrected."),
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def learned(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Sign the day of learning: day 0 of day 30 and day 60."""
    case = case_for(person_of(request), uid)
    candidates = list(candidates_of(case))
    form = SignedDayForm(request.POST or None, initial={"on": candidates[0].happened_on if candidates else None})
    return take_form(
        request, form,
        lambda: set_learned(
            case_uid=uid, on=form.cleaned_data["on"], by=person_of(request), password=form.cleaned_data["password"],
            because=form.cleaned_data["because"], version=version_of(request),
        ),
        _to(case), SIGN,
        _context(
            case, _("Day of learning, %(number)s") % {"number": case.number}, signed_body="web/_candidates.html",
            candidates=candidates, meaning=FactKind.LEARNED.label,
            says=_("On this day the firm learned of the vulnerability; day 30 and day 60 count from it."),
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def initiated(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Sign the day the correction or removal was initiated."""
    case = case_for(person_of(request), uid)
    form = SignedDayForm(request.POST or None)
    return take_form(
        request, form,
        lambda: choose_initiation(
            case_uid=uid, on=form.cleaned_data["on"], by=person_of(request), password=form.cleaned_data["password"],
            because=form.cleaned_data["because"], version=version_of(request),
        ),
        _to(case), SIGN,
        _context(
            case, _("Day of initiation, %(number)s") % {"number": case.number},
            meaning=FactKind.INITIATION_CHOSEN.label,
            says=_("On this day the correction or removal was initiated; the 10 working days of 806 count from it."),
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def long_term(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Sign whether a compensating control is viable as the long-term solution."""
    case = case_for(person_of(request), uid)
    form = LongTermForm(request.POST or None)

    def verb() -> DatedFact:
        given = form.cleaned_data
        return sign_long_term_control(
            case_uid=uid, on=given["on"], by=person_of(request), password=given["password"], because=given["because"],
            viable=given["viable"] == "yes", acceptable=given["acceptable"] == "yes",
            adds_risk=given["adds_risk"] == "yes", version=version_of(request),
        )  # fmt: skip

    return take_form(
        request, form, verb, _to(case), SIGN,
        _context(
            case, _("Long-term control, %(number)s") % {"number": case.number},
            meaning=FactKind.LONG_TERM_CONTROL_SIGNED.label,
            says=_("The compensating control stands in place of a fix, with the residual risk as answered above."),
        ),
    )  # fmt: skip


# ---------------------------------------------------------------- answers


@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Answer for one or more releases; `?release=` preselects."""
    case = case_for(person_of(request), uid)
    concerned = [row.release for row in answers_of(case)]
    others = [r for r in unanswered(case).select_related("product") if r.pk not in {c.pk for c in concerned}]
    chosen = request.GET.getlist("release")
    form = ImpactForm([*concerned, *others], request.POST or None, initial={"releases": chosen})

    def verb() -> Any:
        given = form.cleaned_data
        return answer_impact(
            case_uid=uid, release_uids=given["releases"], status=VexStatus(given["status"]), by=person_of(request),
            evidence=given["evidence"], impact=given["impact"], action=given["action"],
            justification=Justification(given["justification"]) if given["justification"] else None,
            configuration=given["configuration"], review_on=given["review_on"], version=version_of(request),
        )  # fmt: skip

    return take_form(
        request, form, verb, _to(case), FORM,
        _context(
            case, _("Answer for releases, %(number)s") % {"number": case.number}, _("Answer"),
            says=_(
                "Every device and release gets a recorded answer, those in development too (guidance §X.B). "
                "Status and evidence only: harm and verdict are never given in bulk."
            ),
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def answer_parts(request: HttpRequest, uid: UUID, release: UUID) -> HttpResponse:
    """Answer for some components of a release."""
    case = case_for(person_of(request), uid)
    target = one(Release.objects.select_related("product"), uid=release)
    given_for = {
        (c.name, c.version): c.status for c in ComponentAnswer.objects.filter(answer__case=case, answer__release=target)
    }
    parts = [
        (c["ref"], f"{c['name']} {c['version']}".strip() + _said(given_for.get((c["name"], c["version"]), "")))
        for c in concerned_components(case, target)
    ]
    form = ComponentsForm(parts, request.POST or None)

    def verb() -> Any:
        given = form.cleaned_data
        return answer_components(
            case_uid=uid, release_uid=release, refs=given["components"], status=VexStatus(given["status"]),
            by=person_of(request), evidence=given["evidence"], impact=given["impact"], action=given["action"],
            justification=Justification(given["justification"]) if given["justification"] else None,
            review_on=given["review_on"], version=version_of(request),
        )  # fmt: skip

    return take_form(
        request, form, verb, _to(case), FORM,
        _context(
            case, _("Answer for components of %(release)s") % {"release": target.label}, _("Answer"),
            sub=case.vulnerability.label,
            says=_(
                "The release's status is the worst of its components; one nobody answered for stays under "
                "investigation. An answer for the release as a whole takes the place of these."
            ),
        ),
    )  # fmt: skip


def _said(status: str) -> str:
    return f": {status.replace('_', ' ')}" if status else ""


@require_POST
def not_present(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Answer in one batch for every release whose matched SBOM does not hold the component."""
    case = case_for(person_of(request), uid)
    answer_not_present(case_uid=case.uid, by=person_of(request))
    return redirect("case", uid)


# ---------------------------------------------------------------- steps


@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, uid: UUID, verb: str) -> HttpResponse:
    """Take the case through one step of its table."""
    person = person_of(request)
    case = case_for(person, uid)
    step = CASE.step(case.at, verb)
    form = (SignForm if step.signature else OptionalReasonForm)(request.POST or None)

    def take() -> Case:
        return take_step(
            case_uid=uid, verb=verb, by=person, because=form.cleaned_data["because"],
            password=form.cleaned_data.get("password"), version=version_of(request),
        )  # fmt: skip

    day = today_at(case.establishment.time_zone)
    missing = CASE.why_not(case.at, verb, {**own_guards(case, day), **reporting_guards(case, day)})
    return take_form(
        request, form, take, _to(case), SIGN if step.signature else FORM,
        _context(
            case, f"{step.label}: {case.number}", step.label, meaning=f"case {step.done}",
            says=_("Still missing: %(what)s") % {"what": "; ".join(missing)} if missing else "",
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def reassess(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Set the day by which the risk is assessed again."""
    case = case_for(person_of(request), uid)
    form = ReassessForm(request.POST or None, initial={"on": case.reassess_on})
    return take_form(
        request, form,
        lambda: set_reassessment(
            case_uid=uid, on=form.cleaned_data["on"], by=person_of(request), because=form.cleaned_data["because"]
        ),
        _to(case), FORM, _context(case, _("Date of re-assessment, %(number)s") % {"number": case.number}, _("Set it")),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def hand_on(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Give the case another owner."""
    case = case_for(person_of(request), uid)
    people = Person.objects.filter(is_active=True, kind=Person.Kind.HUMAN).exclude(pk=case.owner_id)
    if case.wall is not None:
        people = people.filter(walls=case.wall)
    form = HandOverForm(people.order_by("printed_name"), request.POST or None)
    return take_form(
        request, form,
        lambda: hand_over(
            case_uid=uid, to=form.cleaned_data["to"], by=person_of(request), because=form.cleaned_data["because"]
        ),
        _to(case), FORM, _context(case, _("Hand over %(number)s") % {"number": case.number}, _("Hand over")),
    )  # fmt: skip
