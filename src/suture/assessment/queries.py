"""Reads of cases: lists, dated facts, impact answers, verdicts. All that a person asks for passes their walls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from suture.accounts.models import Person
from suture.accounts.queries import visible
from suture.assessment.models import Assessment, Case, CaseRelease, CaseStep, Control, DatedFact
from suture.core.cases import ENDED_CONTROLS, AssessmentState, CaseState
from suture.core.controls import Control as ControlValue
from suture.core.controls import ControlKind
from suture.core.errors import NotFound
from suture.core.exploitability import Exploitability
from suture.core.facts import Answer, Fact, FactKind, Facts
from suture.core.harm import HarmSeverity
from suture.core.risk import Outcome
from suture.core.vex import VexStatus
from suture.detection.models import Finding
from suture.detection.queries import Answer as Looked
from suture.detection.queries import vulnerability_across_devices
from suture.evidence.clock import today
from suture.intelligence.models import Vulnerability
from suture.intelligence.queries import standing_group
from suture.inventory.models import Product, Release
from suture.inventory.queries import all_releases

_INSIDE = Person(kind=Person.Kind.SYSTEM)  # whoever holds a case has passed the wall of its vulnerability
_UNDECIDED = (CaseState.OPEN, CaseState.ANALYSING, CaseState.ASSESSED, CaseState.REOPENED)
_UNFINISHED = (AssessmentState.DRAFT, AssessmentState.IN_REVIEW)


def cases_for(person: Person) -> QuerySet[Case]:
    """Every case this person may know of, newest first."""
    rows = Case.objects.select_related("vulnerability", "establishment", "owner", "wall")
    return visible(person, visible(person, rows), wall="vulnerability__wall")


def open_cases(person: Person) -> QuerySet[Case]:
    """Cases that are not closed, with how many releases are affected, unanswered and concerned in all."""
    affected = Count("answers", filter=Q(answers__status=VexStatus.AFFECTED))
    return (
        cases_for(person)
        .exclude(state=CaseState.CLOSED)
        .annotate(concerned=Count("answers"), affected=affected)
        .order_by("-opened_at")
    )


def case_for(person: Person, uid: UUID | str) -> Case:
    """One case by uid or number.

    Raises:
        NotFound: there is none, or it stands behind a wall.
    """
    by_number = Q(number=str(uid).upper())
    try:
        wanted = by_number | Q(uid=UUID(str(uid)))
    except ValueError:
        wanted = by_number
    case = cases_for(person).filter(wanted).first()
    if case is None:
        raise NotFound(f"there is no case '{uid}'")
    return case


def cases_of_vulnerability(person: Person, vulnerability: Vulnerability) -> QuerySet[Case]:
    """The cases of one vulnerability, newest first."""
    return cases_for(person).filter(vulnerability=vulnerability)


def cases_of_release(person: Person, release: Release) -> QuerySet[Case]:
    """The cases that concern a release, newest first."""
    return cases_for(person).filter(answers__release=release)


# ---------------------------------------------------------------- dated facts
def standing_facts(case: Case) -> QuerySet[DatedFact]:
    """The facts that stand: not corrected and not withdrawn, in the order they were written."""
    return case.dated_facts.filter(superseded_by=None, withdrawn=False).order_by("recorded_at", "pk")


def as_fact(row: DatedFact) -> Fact:
    """A stored fact as the core's value; the instant of recording in a spelling whose text order is time order."""
    at = row.recorded_at.astimezone(UTC).isoformat(timespec="microseconds")
    return Fact(FactKind(row.kind), row.happened_on, at, row.detail)


def facts_of_case(case: Case) -> Facts:
    """All dated facts of a case that stand, as the core reads them."""
    return Facts(as_fact(row) for row in standing_facts(case))


def facts_of_cases(cases: Iterable[Case]) -> dict[int, Facts]:
    """The standing facts of many cases in one query, by the case's key."""
    found: dict[int, list[Fact]] = {case.pk: [] for case in cases}
    for row in DatedFact.objects.filter(case__in=found, superseded_by=None, withdrawn=False):
        found[row.case_id].append(as_fact(row))
    return {key: Facts(rows) for key, rows in found.items()}


# ---------------------------------------------------------------- impact
def unanswered(case: Case) -> QuerySet[Release]:
    """Releases of any device, those in development included, without an answer for the case's vulnerability.

    'Under investigation' is honest, and no answer yet; nor is one whose review date has passed. An answer in another
    case of the same vulnerability counts.
    Source: FDA 2016 §X.B.v (all devices, also those not yet marketed).
    """
    day = today(case.establishment.time_zone)
    answers = (
        CaseRelease.objects.filter(case__vulnerability=case.vulnerability_id, release=OuterRef("pk"))
        .exclude(status__in=["", VexStatus.UNDER_INVESTIGATION])
        .exclude(review_on__lt=day)
    )
    return all_releases().filter(~Exists(answers)).order_by("product__brand_name", "version")


def releases_without_component(case: Case) -> list[Release]:
    """Unanswered releases whose SBOM was matched against what the world knows, and shows nothing of the vulnerability.

    What was not looked at, or could not be, is not among them: no SBOM, stale knowledge, an unknown version. Empty
    for a vulnerability of our own without stated ranges: there is no component an SBOM could show or not show.
    """
    open_ones = {release.pk for release in unanswered(case)}
    rows = vulnerability_across_devices(case.vulnerability, _INSIDE)
    return [row.release for row in rows if row.answer is Looked.NOT_PRESENT and row.release.pk in open_ones]


def answers_of(case: Case) -> QuerySet[CaseRelease]:
    """The case's impact answers, by device and release."""
    return case.answers.select_related("release", "release__product", "answered_by", "ground")


def concerned_components(case: Case, release: Release) -> list[dict[str, str]]:
    """The components in which a release's standing finding of the case's vulnerability sits: ref, name, version."""
    about = standing_group(case.vulnerability)
    rows = Finding.objects.standing().filter(release=release, vulnerability__in=[about.pk, case.vulnerability_id])
    return [one for components in rows.values_list("components", flat=True) for one in components]


def answers_for_releases(
    person: Person, vulnerability: Vulnerability, releases: Iterable[Release]
) -> dict[int, CaseRelease]:
    """The newest answer for one vulnerability by release, for pages that show it against all our devices."""
    rows = CaseRelease.objects.filter(
        case__in=cases_of_vulnerability(person, vulnerability), release__in=list(releases)
    ).exclude(status="")
    rows = rows.select_related("case").prefetch_related("by_component")
    return {row.release_id: row for row in rows.order_by("answered_at")}


def affected_products(case: Case) -> list[Product]:
    """The devices with at least one affected release."""
    return list(
        Product.objects.filter(releases__impact_answers__case=case, releases__impact_answers__status=VexStatus.AFFECTED)
        .distinct()
        .select_related("establishment")
        .order_by("brand_name")
    )


# ---------------------------------------------------------------- assessments
def assessments_of(case: Case) -> QuerySet[Assessment]:
    """Every version of every assessment of a case, newest version first."""
    return case.assessments.select_related("product", "release", "risk_policy", "exploitability_policy", "statement")


def assessment_for(person: Person, uid: UUID | str) -> Assessment:
    """One assessment.

    Raises:
        NotFound: there is none, or it stands behind a wall.
    """
    rows = Assessment.objects.filter(case__in=cases_for(person)).select_related(
        "case", "case__vulnerability", "case__establishment", "case__wall", "product", "release",
        "risk_policy", "exploitability_policy", "statement",
    )  # fmt: skip
    row = rows.filter(uid=uid).first()
    if row is None:
        raise NotFound("there is no such record")
    return row


def in_force(assessments: Iterable[Assessment]) -> dict[tuple[int, int | None], Assessment]:
    """The approved assessment of each device, and of each release that has its own: by (product, release or None)."""
    return {(a.product_id, a.release_id): a for a in assessments if a.at is AssessmentState.APPROVED}


def signed_outcome(row: Assessment) -> Outcome:
    """The outcome as it was signed: read from the words the signature binds, not from the column beside them."""
    return Outcome.from_word(row.judgement or row.result["residual"]["outcome"])


def counts_compensating(row: Assessment) -> bool:
    """Whether a compensating control counts towards what the assessment says: then the risk is controlled for now."""
    return any(c["counted"] and c["kind"] == ControlKind.COMPENSATING.value for c in row.result.get("controls", ()))


def still_says(row: Assessment, release: Release, controls: Iterable[Control]) -> Outcome | None:
    """What a signed assessment still says of a release; None where it does not speak of it any more.

    'Controlled' is gone when a control that counted towards it failed or was retired, and for a release that was not
    at issue when it was proposed. 'Uncontrolled' stays until another assessment is signed.
    """
    outcome = signed_outcome(row)
    if outcome is Outcome.UNCONTROLLED:
        return outcome
    ended = {str(c.uid) for c in controls if c.state in ENDED_CONTROLS}
    if any(c["counted"] and c["uid"] in ended for c in row.result.get("controls", ())):
        return None
    seen = row.result.get("releases")
    return outcome if seen is None or str(release.uid) in seen else None


def is_settled(case: Case) -> bool:
    """Whether every affected release has an approved assessment, its device's or its own, and none is being changed."""
    rows = list(case.assessments.all())
    return not any(a.at in _UNFINISHED for a in rows) and None not in _outcomes(case, rows)


def _outcomes(case: Case, assessments: Sequence[Assessment]) -> list[Outcome | None]:
    """The outcome for each affected release; None where nothing is approved yet, or what was says it no longer."""
    approved = in_force(assessments)
    affected = case.answers.filter(status=VexStatus.AFFECTED).select_related("release")
    controls = list(case.controls.all())
    found = []
    for answer in affected:
        product = answer.release.product_id
        row = approved.get((product, answer.release_id)) or approved.get((product, None))
        found.append(still_says(row, answer.release, controls) if row else None)
    return found


def verdict_of(case: Case) -> Outcome | None:
    """The case's verdict, which is its worst device's: uncontrolled while one of them is; None while one is open.

    Source: a case covers several devices, and FDA 2016 §IV.B speaks of the risk of *the device*.
    """
    outcomes = _outcomes(case, list(case.assessments.all()))
    if Outcome.UNCONTROLLED in outcomes:
        return Outcome.UNCONTROLLED
    if not outcomes or None in outcomes:
        return None
    return Outcome.CONTROLLED


def verdict_after_answers(case: Case) -> str:
    """The verdict to show once an impact answer changed: '' as soon as an affected device has no signed assessment.

    An uncontrolled verdict that was decided stays on record when its releases are fixed: only a new signature
    changes it. Nor does a controlled one turn into 'not assessed' because its last affected release is fixed.
    """
    outcomes = _outcomes(case, list(case.assessments.all()))
    worst = verdict_of(case)
    if worst is not None:
        return worst.word
    if case.at in _UNDECIDED or (None in outcomes and case.verdict == Outcome.CONTROLLED.word):
        return ""
    return case.verdict


# ---------------------------------------------------------------- controls, steps
def as_control(row: Control) -> ControlValue:
    """A stored control as the core's value: its state says what is verified and what is in use."""
    from_state = {
        "verified": Answer.of(row.state in ("verified", "recommended", "in_use") or None),
        "in_use": Answer.of(row.state == "in_use" or None),
    }
    if row.state in ("failed", "retired"):
        from_state = {"verified": Answer.NO, "in_use": Answer.NO}
    return ControlValue(
        name=row.name, kind=ControlKind(row.kind), adds_risk=Answer(row.adds_risk),
        external_to_design=Answer(row.external_to_design), field_configurable=Answer(row.field_configurable),
        employed_by_user=Answer(row.employed_by_user), employed_by=row.employed_by, where=row.where,
        instructions=row.instructions, skill=row.skill,
        lowers_exploitability_to=(
            Exploitability.from_word(row.lowers_exploitability_to) if row.lowers_exploitability_to else None
        ),
        lowers_harm_to=HarmSeverity.from_word(row.lowers_harm_to) if row.lowers_harm_to else None,
        **from_state,
    )  # fmt: skip


def controls_on(case: Case, product: Product | None = None) -> list[Control]:
    """A case's controls that are not ended; with a device, those that are for it or for every device."""
    rows = case.controls.exclude(state__in=["failed", "retired"]).select_related("product", "verified_by", "in_use_by")
    return [row for row in rows if product is None or row.product_id in (None, product.pk)]


def steps_of(case: Case) -> QuerySet[CaseStep]:
    """The steps a case took, oldest first."""
    return case.steps.select_related("by").order_by("at", "pk")


def candidates_of(case: Case) -> QuerySet[DatedFact]:
    """The days that could be the day of learning, earliest first: the alternatives to a signed choice."""
    return standing_facts(case).filter(kind=FactKind.LEARNED_CANDIDATE).select_related("by").order_by("happened_on")
