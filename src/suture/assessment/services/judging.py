"""An assessment is started, and filled from both sides: exploitability by product security, harm by clinical safety."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from suture.accounts.models import Person
from suture.accounts.services import new_uid
from suture.assessment.models import Assessment
from suture.assessment.services.taking import take_assessment, take_case, touch
from suture.core.cases import AssessmentState
from suture.core.errors import InvalidValue, NotAllowed
from suture.core.exploitability import FACTORS, ExploitabilityMetrics
from suture.core.facts import Answer
from suture.core.harm import HarmSeverity
from suture.evidence.clock import now
from suture.evidence.services import record
from suture.intelligence.queries import epss_of, kev_of
from suture.inventory.models import Product, Release

A = AssessmentState


def start_assessment(
    *, case_uid: UUID | str, product: Product, by: Person, release: Release | None = None, because: str = "",
    version: int | None = None,
) -> Assessment:  # fmt: skip
    """Begin a version of the assessment of a device, or of one release of it where that differs.

    A later version starts from what the one before says; the one before stays in force until this one is signed.

    Raises:
        InvalidValue: the device is not concerned, the release is another's, or a version is being worked on already.
    """
    with transaction.atomic():
        case = take_case(case_uid, by, "assessment.propose", version)
        concerned = case.answers.filter(release__product=product)
        if not concerned.exists() or (release is not None and not concerned.filter(release=release).exists()):
            raise InvalidValue(f"{case.number} does not concern {(release or product).label}")
        earlier = case.assessments.filter(product=product, release=release)
        unfinished = earlier.filter(state__in=[A.DRAFT, A.IN_REVIEW]).first()
        if unfinished is not None:
            raise InvalidValue(f"{unfinished.label} is being worked on already")
        last = earlier.order_by("-version").first()
        row = Assessment.objects.create(
            uid=new_uid(), case=case, product=product, release=release, version=last.version + 1 if last else 1,
            exploitability=last.exploitability if last else {}, harm=last.harm if last else {}, made_at=now(),
        )  # fmt: skip
        touch(case)
        record(by=by, did="assessment.started", to=row, because=because, facts={"version": row.version})
    return row


def assess_exploitability(
    *, assessment_uid: UUID | str, by: Person, metrics: ExploitabilityMetrics, rationale: Mapping[str, str],
    vector: str = "", public_exploit: bool = False, exploited: str = "", version: int | None = None,
) -> Assessment:  # fmt: skip
    """Record the factors of exploitability, each with its rationale; what nobody knows stays unknown.

    An entry in CISA's KEV is read at once, kept with its date, and can only raise the level. EPSS is kept beside it
    as information.

    Args:
        rationale: why each factor is as it is, by its CVSS letter; needed for every factor that is given.
        vector: the CVSS vector the factors were read off, as published; '' where there is none.
        exploited: what shows that it is exploited in the field, beyond KEV; '' where nothing does.

    Raises:
        InvalidValue: a factor without rationale.

    Source: FDA 2016 §VI.A and Appendix B.i.
    """
    given = {name: getattr(metrics, name) for name in FACTORS}
    silent = [name for name, value in given.items() if value and not rationale.get(name, "").strip()]
    if silent:
        raise InvalidValue("say why for each factor that is given: " + ", ".join(silent))
    with transaction.atomic():
        row, case = take_assessment(assessment_uid, by, "exploitability.assess", version)
        _only_draft(row)
        kev, epss = kev_of(case.vulnerability), epss_of(case.vulnerability)
        row.exploitability = {
            "metrics": given, "rationale": {name: rationale.get(name, "") for name in FACTORS}, "vector": vector,
            "public_exploit": public_exploit, "exploited": exploited,
            "known_exploited": kev is not None or bool(exploited.strip()),
            "kev": None if kev is None else {"id": kev.id, "added": kev.added},
            "epss": None if epss is None else {"score": epss.score, "percentile": epss.percentile, "day": epss.day},
            "by": str(by.uid), "name": by.printed_name, "at": now().isoformat(timespec="seconds"),
        }  # fmt: skip
        row.save(update_fields=["exploitability"])
        touch(case)
        record(by=by, did="exploitability.assessed", to=row, facts=row.exploitability)
    return row


def assess_harm(
    *, assessment_uid: UUID | str, by: Person, severity: HarmSeverity | None, hazard: str, situation: str, harm: str,
    rationale: str, function: str = "", multi_patient: Answer = Answer.UNKNOWN,
    serious_probable: Answer = Answer.UNKNOWN, safety_affected: Answer = Answer.UNKNOWN,
    secrets_exposed: Answer = Answer.UNKNOWN, privacy_only: bool = False, version: int | None = None,
) -> Assessment:  # fmt: skip
    """Record the severity of patient harm, through hazard, hazardous situation and harm, by clinical safety.

    Args:
        severity: one of the five; None only where a recorded finding says that privacy alone is affected.
        function: the essential performance it would compromise, as the device's statement names it.
        serious_probable: is there a reasonable probability of serious adverse health consequences or death (F §IV.C)?
        privacy_only: the recorded finding that only confidentiality of personal data is affected; it needs a
            recorded 'no' for safety and for exposed passwords, keys or session data.

    Raises:
        InvalidValue: a link of the chain or the rationale is missing, or the statement names no such function.

    Source: FDA 2016 §VI.B, §IV.F; ISO 14971:2019 5.4 (clause from memory) for the chain.
    """
    if not rationale.strip():
        raise InvalidValue("say why the harm is as severe as that")
    if severity is None and not privacy_only:
        raise InvalidValue("the severity of harm is one of the five levels, unless privacy alone is affected")
    if severity is not None and privacy_only:
        raise InvalidValue("privacy alone is not patient harm and has no severity; say one or the other (F §IV.F)")
    if severity is not None and not (hazard.strip() and situation.strip() and harm.strip()):
        raise InvalidValue("name the hazard, the hazardous situation and the harm that follows from it")
    with transaction.atomic():
        row, case = take_assessment(assessment_uid, by, "harm.assess", version)
        _only_draft(row)
        _check_function(row.product, function)
        row.harm = {
            "severity": severity.value if severity else None, "hazard": hazard, "situation": situation, "harm": harm,
            "function": function, "rationale": rationale, "multi_patient": multi_patient,
            "serious_probable": serious_probable, "safety_affected": safety_affected,
            "secrets_exposed": secrets_exposed, "by": str(by.uid), "name": by.printed_name,
            "at": now().isoformat(timespec="seconds"),
            "privacy": {
                "by": str(by.uid), "rationale": rationale, "safety_affected": safety_affected,
                "secrets_exposed": secrets_exposed,
            } if privacy_only else None,
        }  # fmt: skip
        row.save(update_fields=["harm"])
        touch(case)
        record(by=by, did="harm.assessed", to=row, facts=row.harm)
    return row


def record_dissent(
    *, assessment_uid: UUID | str, by: Person, severity: HarmSeverity, because: str, version: int | None = None
) -> Assessment:
    """Put on record that clinical safety is not of one mind about the harm; signed with the rest, never dropped.

    Raises:
        InvalidValue: no reason.
        NotAllowed: the assessment is not being worked on.
    """
    with transaction.atomic():
        row, case = take_assessment(assessment_uid, by, "harm.assess", version)
        _only_draft(row, A.DRAFT, A.IN_REVIEW)
        if not because.strip():
            raise InvalidValue("a dissent needs its reason in words")
        word = {"by": str(by.uid), "name": by.printed_name, "severity": severity.value, "because": because,
                "at": now().isoformat(timespec="seconds")}  # fmt: skip
        row.dissent = [*row.dissent, word]
        row.judgement = row.judgement_because = ""  # what was signed before it was heard no longer holds
        row.save(update_fields=["dissent", "judgement", "judgement_because"])
        touch(case)
        record(by=by, did="harm.dissented", to=row, because=because, facts=word)
    return row


def _only_draft(row: Assessment, *states: AssessmentState) -> None:
    if row.at not in (states or (A.DRAFT,)):
        raise NotAllowed(
            f"{row.label} is {row.state.replace('_', ' ')} and is not edited; "
            + ("return it first" if row.at is A.IN_REVIEW else "start a new version")
        )


def _check_function(product: Product, function: str) -> None:
    if not function:
        return
    statement = product.statements.order_by("-version").first()
    names = [f["name"] for f in statement.functions] if statement else []
    if function not in names:
        raise InvalidValue(
            f"{product.brand_name} states no function '{function}'; its statement names: {', '.join(names) or 'none'}"
        )
