"""The assessment of one device in a case: both axes, the controls, a preview of the verdict, the signatures."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suture.accounts.queries import signatures_on
from suture.assessment.models import Assessment
from suture.assessment.queries import assessment_for, case_for, controls_on
from suture.assessment.services import (
    assess_exploitability,
    assess_harm,
    propose_assessment,
    record_dissent,
    return_assessment,
    sign_assessment,
    start_assessment,
)
from suture.assessment.verdicts import metrics_of, place, policy_for_verdict
from suture.core import exploitability as exploitability_rules
from suture.core import risk as risk_rules
from suture.core.cases import ASSESSMENT, AssessmentState
from suture.core.errors import NotAllowed, SutureError
from suture.core.exploitability import FACTORS
from suture.core.facts import Answer
from suture.core.harm import HarmSeverity
from suture.core.risk import Outcome
from suture.evidence.canonical import digest
from suture.inventory.models import Product
from suture.policy.models import PolicyKind
from suture.web.case_forms import (
    DissentForm,
    ExploitabilityForm,
    HarmForm,
    JudgeForm,
    OptionalReasonForm,
    ReasonForm,
    SignForm,
)
from suture.web.drawings import Matrix, draw_matrix
from suture.web.frame import frame_of
from suture.web.pages import may_do, one, person_of, take_form, version_of

FORM, SIGN = "web/form.html", "web/sign.html"


def _context(row: Assessment, title: str, submit: str = "", **more: Any) -> dict[str, Any]:
    back = f"/assessments/{row.uid}/"
    return {
        "place": "cases",
        "assessment": row,
        "case": row.case,
        "title": title,
        "submit": submit,
        "back": back,
        **more,
    }


def _to(row: Assessment) -> Any:
    return lambda _result: redirect("assessment", row.uid)


@require_POST
def start(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Begin a version of the assessment of a device."""
    case = case_for(person_of(request), uid)
    product = one(Product.objects.all(), uid=request.POST.get("product") or None)
    row = start_assessment(case_uid=case.uid, product=product, by=person_of(request))
    return redirect("assessment", row.uid)


@require_GET
def assessment(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One assessment: what is judged, what is missing, what the verdict would be, who signed."""
    row = assessment_for(person_of(request), uid)
    matrix, preview = preview_of(row, request)
    return render(
        request,
        "web/assessment.html",
        {
            "place": "cases", "assessment": row, "case": row.case, "matrix": matrix, "preview": preview,
            "controls": controls_on(row.case, row.product), "factors": _factors(row),
            "signatures": signatures_on(row.record_kind, row.uid, digest(row.content())),
            "states": [(s.value, s.value.replace("_", " ")) for s in AssessmentState],
            "steps": {step.verb for step in ASSESSMENT.leaving(row.at)},
            "may_exploitability": may_do(request, "exploitability.assess"), "may_harm": may_do(request, "harm.assess"),
            "may_propose": may_do(request, "assessment.propose"), "may_sign": may_do(request, "assessment.sign"),
        },
    )  # fmt: skip


def preview_of(row: Assessment, request: HttpRequest) -> tuple[Matrix | None, dict[str, Any]]:
    """The matrix with the points as they would be signed, or the sentence that says why there is none yet."""
    try:
        policy = policy_for_verdict(PolicyKind.RISK_MATRIX, frame_of(request).today)
    except NotAllowed as none:
        return None, {"says": str(none)}
    table = risk_rules.from_json(row.risk_policy.body if row.risk_policy else policy.body)
    if not row.exploitability or not row.harm:
        missing = [w for w, there in ((_("exploitability"), row.exploitability), (_("harm"), row.harm)) if not there]
        return draw_matrix(table), {
            "says": _("not judged yet: %(what)s") % {"what": ", ".join(missing)},
            "policy": policy,
        }
    try:
        placed = place(row, frame_of(request).today)
    except SutureError as none:
        return draw_matrix(table), {"says": str(none), "policy": policy}
    inherent, residual = placed.inherent, placed.residual
    points = [
        (v.exploitability, v.harm) if v.exploitability is not None and v.harm is not None else None
        for v in (inherent, residual)
    ]
    drawn = draw_matrix(risk_rules.from_json(placed.risk_policy.body), *points)
    return drawn, {
        "inherent": inherent, "residual": residual, "policy": placed.risk_policy, "controls": placed.controls,
        "level": placed.exploitability,
    }  # fmt: skip


def _factors(row: Assessment) -> list[dict[str, str]]:
    metrics, why = row.exploitability.get("metrics", {}), row.exploitability.get("rationale", {})
    return [
        {
            "name": exploitability_rules.FACTOR_NAMES[n].capitalize(), "value": metrics.get(n, ""),
            "why": why.get(n, ""),
        }
        for n in FACTORS
    ]  # fmt: skip


@require_http_methods(["GET", "POST"])
def exploitability(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Six questions with their rationale; the level builds up beside them."""
    row = assessment_for(person_of(request), uid)
    said = row.exploitability
    initial: dict[str, Any] = {f"m_{n}": v for n, v in said.get("metrics", {}).items()}
    initial |= {f"r_{n}": v for n, v in said.get("rationale", {}).items()}
    initial |= {k: said.get(k) for k in ("vector", "public_exploit", "exploited") if said.get(k)}
    form = ExploitabilityForm(request.POST or None, initial=initial)

    def verb() -> Assessment:
        given = form.cleaned_data
        return assess_exploitability(
            assessment_uid=uid, by=person_of(request), metrics=form.metrics(), rationale=form.rationale(),
            vector=given["vector"], public_exploit=given["public_exploit"], exploited=given["exploited"],
        )  # fmt: skip

    level = _level(form, request) if form.is_bound and form.is_valid() else _level_of(row, request)
    return take_form(
        request, form, verb, _to(row), "web/exploitability.html",
        _context(row, _("Exploitability, %(label)s") % {"label": (row.release or row.product).label}, level=level),
    )  # fmt: skip


def _level_of(row: Assessment, request: HttpRequest) -> Any:
    """The level as recorded so far; None while nothing is."""
    if not row.exploitability:
        return None
    try:
        policy = policy_for_verdict(PolicyKind.EXPLOITABILITY, frame_of(request).today)
    except NotAllowed:
        return None
    return exploitability_rules.evaluate_exploitability(
        metrics_of(row), exploitability_rules.from_json(policy.body),
        known_exploited=bool(row.exploitability.get("known_exploited")),
        public_exploit=bool(row.exploitability.get("public_exploit")),
    )  # fmt: skip


@require_POST
def exploitability_preview(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The level as answered so far; a fragment that the form asks for while it is filled. Nothing is saved."""
    assessment_for(person_of(request), uid)
    form = ExploitabilityForm(request.POST)
    return render(request, "web/_level_so_far.html", {"level": _level(form, request) if form.is_valid() else None})


def _level(form: ExploitabilityForm, request: HttpRequest) -> Any:
    try:
        policy = policy_for_verdict(PolicyKind.EXPLOITABILITY, frame_of(request).today)
    except NotAllowed:
        return None
    return exploitability_rules.evaluate_exploitability(
        form.metrics(), exploitability_rules.from_json(policy.body),
        known_exploited=bool(form.cleaned_data["exploited"]), public_exploit=form.cleaned_data["public_exploit"],
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def harm(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Severity of harm through a named hazard and essential performance."""
    row = assessment_for(person_of(request), uid)
    statement = row.product.statements.order_by("-version").first()
    functions = statement.functions if statement else []
    initial = {**row.harm, "privacy_only": bool(row.harm.get("privacy"))} if row.harm else {}
    form = HarmForm([f["name"] for f in functions], request.POST or None, initial=initial)

    def verb() -> Assessment:
        given = dict(form.cleaned_data)
        severity = given.pop("severity")
        for key in ("multi_patient", "serious_probable", "safety_affected", "secrets_exposed"):
            given[key] = Answer(given[key])
        return assess_harm(
            assessment_uid=uid, by=person_of(request), severity=HarmSeverity(severity) if severity else None, **given
        )

    return take_form(
        request, form, verb, _to(row), "web/harm.html",
        _context(
            row, _("Severity of harm, %(label)s") % {"label": (row.release or row.product).label}, functions=functions
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def dissent(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Put a different view of the harm on record."""
    row = assessment_for(person_of(request), uid)
    form = DissentForm(request.POST or None)
    return take_form(
        request, form,
        lambda: record_dissent(
            assessment_uid=uid, by=person_of(request), severity=HarmSeverity(form.cleaned_data["severity"]),
            because=form.cleaned_data["because"],
        ),
        _to(row), FORM, _context(row, _("A different view of the harm"), _("Put it on record")),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Hand the assessment over to be signed."""
    row = assessment_for(person_of(request), uid)
    form = OptionalReasonForm(request.POST or None)
    return take_form(
        request, form,
        lambda: propose_assessment(
            assessment_uid=uid, by=person_of(request), because=form.cleaned_data["because"]
        ),
        _to(row), FORM,
        _context(
            row, _("Hand over to be signed"), _("Hand over"),
            says=_(
                "It is placed on the matrix of the policies in force and then not edited; whoever reads it signs it or "
                "sends it back."
            ),
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def send_back(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Send an assessment in review back."""
    row = assessment_for(person_of(request), uid)
    form = ReasonForm(request.POST or None)
    return take_form(
        request, form,
        lambda: return_assessment(assessment_uid=uid, by=person_of(request), because=form.cleaned_data["because"]),
        _to(row), FORM, _context(row, _("Send it back"), _("Send it back")),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Sign the verdict; in a judgement cell with one's judgement."""
    row = assessment_for(person_of(request), uid)
    judged = row.cell == Outcome.JUDGEMENT.word
    initial = {"judgement": row.judgement, "because": row.judgement_because} if row.judgement else None
    form = (JudgeForm if judged else SignForm)(request.POST or None, initial=initial)

    def verb() -> Assessment:
        given = form.cleaned_data
        return sign_assessment(
            assessment_uid=uid, by=person_of(request), password=given["password"], because=given["because"],
            judgement=Outcome.from_word(given["judgement"]) if judged else None,
            version=version_of(request),
        )  # fmt: skip

    matrix, preview = preview_of(row, request)
    meaning = _("judgement of the risk of patient harm") if judged else _("approval: %(w)s") % {"w": row.cell}
    return take_form(
        request, form, verb, lambda _row: redirect("case", row.case.uid), SIGN,
        _context(
            row, row.label, meaning=meaning, signed_body="web/_assessment_body.html", matrix=matrix, preview=preview,
            factors=_factors(row),
            says=_("I have read both axes and the controls, and this is the risk of patient harm of this device."),
        ),
    )  # fmt: skip
