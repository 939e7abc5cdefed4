"""An assessment is proposed and signed: by one person where the matrix decides, by two where it does not."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction

from suture.accounts.models import Person
from suture.accounts.queries import signatures_on
from suture.accounts.services import reauthenticate, require, sign
from suture.assessment.models import Assessment, Case
from suture.assessment.queries import assessment_for, verdict_of
from suture.assessment.services.taking import role_for, take_assessment, touch
from suture.assessment.verdicts import Placed, place, statement_for_verdict
from suture.core.cases import ASSESSMENT, AssessmentGuard, AssessmentState
from suture.core.errors import Conflict, Contradiction, InvalidValue, NotAllowed
from suture.core.facts import Answer
from suture.core.risk import JUDGES, Judgement, Outcome, RiskVerdict
from suture.core.roles import Role
from suture.evidence.canonical import digest
from suture.evidence.clock import now, today
from suture.evidence.services import record

A, G = AssessmentState, AssessmentGuard


def propose_assessment(
    *, assessment_uid: UUID | str, by: Person, because: str = "", version: int | None = None
) -> Assessment:
    """Place the inputs on the matrix of the policies in force and hand the assessment over to be signed.

    Raises:
        NotAllowed: one of the two axes is not judged yet, or a policy or the device's statement is not approved.
    """
    with transaction.atomic():
        row, case = take_assessment(assessment_uid, by, "assessment.propose", version)
        shown = {G.EXPLOITABILITY_JUDGED: Answer.of(bool(row.exploitability)), G.HARM_JUDGED: Answer.of(bool(row.harm))}
        row.state = ASSESSMENT.require(row.at, "propose", roles=by.roles, facts=shown)
        placed = place(row, _day(case))
        row.statement = statement_for_verdict(row.product)
        row.risk_policy, row.exploitability_policy = placed.risk_policy, placed.exploitability_policy
        row.result = placed.as_data(row.statement)
        _write_axes(row, placed)
        row.save()
        touch(case)
        record(by=by, did="assessment.proposed", to=row, because=because, facts=row.result)
    return row


def return_assessment(
    *, assessment_uid: UUID | str, by: Person, because: str, version: int | None = None
) -> Assessment:
    """Send an assessment in review back to be changed; a first signature under a judgement no longer holds.

    Raises:
        InvalidValue: no reason.
        NotAllowed: it is not in review.
    """
    with transaction.atomic():
        row, case = take_assessment(assessment_uid, by, "assessment.propose", version)
        if not because.strip():
            raise InvalidValue("say why it goes back")
        row.state = ASSESSMENT.require(row.at, "return", roles=by.roles, facts={})
        row.judgement = row.judgement_because = ""
        row.save(update_fields=["state", "judgement", "judgement_because"])
        touch(case)
        record(by=by, did="assessment.returned", to=row, because=because)
    return row


def sign_assessment(
    *, assessment_uid: UUID | str, by: Person, password: str, because: str, judgement: Outcome | None = None,
    as_role: Role | None = None, version: int | None = None,
) -> Assessment:  # fmt: skip
    """Sign the verdict for one device and make it the record.

    Where the matrix decides, one signature approves. In a judgement cell the first person's judgement and reason
    become part of what is signed, and the assessment waits until a second person of the other role (product
    security, clinical safety) signs the same. The signature binds the digest of every input and the result.

    Args:
        judgement: controlled or uncontrolled, in a judgement cell; None where the matrix decides.
        because: the reason; in a judgement cell the first signer's reason is signed by both.

    Raises:
        NotAllowed: not in review, no judgement given, the same person or role a second time, or a wrong password.
        Contradiction: the two judgements differ, or 'controlled' beside a reasonable probability of serious harm.
        Conflict: somebody changed the case, an answer, a control or a policy since it was proposed, or CISA listed
            the vulnerability as known to be exploited.
    """
    require(by, "assessment.sign", assessment_for(by, assessment_uid).case)
    reauthenticate(by, password)
    with transaction.atomic():
        row, case = take_assessment(assessment_uid, by, "assessment.sign", version)
        ASSESSMENT.step(row.at, "sign")
        role = role_for(by, JUDGES, as_role)
        cell = _unchanged(row, case).residual
        if cell.binary:
            verdict = cell.judged(judgement)
            _refuse_contradiction(row, verdict.outcome)
            _sign(row, by, role, f"approval: {verdict.outcome.word}", because)
        else:
            _take_judgement(row, judgement, because)
            _refuse_contradiction(row, Outcome.from_word(row.judgement))
            _sign(row, by, role, f"judgement: {row.judgement}", because)
            if not _both_signed(row):
                row.save(update_fields=["judgement", "judgement_because"])
                touch(case)
                return row
            verdict = cell.judged(Outcome.from_word(row.judgement), _judgements(row), because=row.judgement_because)
        _approve(row, case, verdict, by, because)
    return row


def _approve(row: Assessment, case: Case, verdict: RiskVerdict, by: Person, because: str) -> None:
    shown = {
        G.EXPLOITABILITY_JUDGED: Answer.of(bool(row.exploitability)), G.HARM_JUDGED: Answer.of(bool(row.harm)),
        G.STATEMENT_APPROVED: Answer.YES, G.POLICY_APPROVED: Answer.YES, G.VERDICT_BINARY: Answer.of(verdict.binary),
    }  # fmt: skip
    before = case.assessments.filter(product=row.product, release=row.release, state=A.APPROVED).first()
    row.state = ASSESSMENT.require(row.at, "sign", roles=by.roles, facts=shown, signed=True)
    row.outcome, row.approved_at = verdict.outcome.word, now()
    if before is not None:
        before.state = ASSESSMENT.require(
            before.at, "supersede", roles=by.roles, facts={G.SUCCESSOR_EXISTS: Answer.YES}
        )
        before.save(update_fields=["state"])
        record(by=by, did="assessment.superseded", to=before, facts={"by": row.uid})
    row.save()
    worst = verdict_of(case)
    case.verdict = worst.word if worst else ""
    touch(case, "verdict")
    record(
        by=by, did="assessment.signed", to=row, because=because,
        facts={
            "outcome": row.outcome, "because": verdict.because, "digest": digest(row.content()),
            "risk_policy": row.result["policies"]["risk"], "case": case.number, "case_verdict": case.verdict,
        },
    )  # fmt: skip


def _unchanged(row: Assessment, case: Case) -> Placed:
    """Place the inputs again, and refuse to sign what is no longer what was proposed."""
    placed = place(row, _day(case))
    statement = statement_for_verdict(row.product)
    if digest(placed.as_data(statement)) != digest(row.result):
        raise Conflict(
            f"{row.label}: a control, an answer, a policy, the device's statement or what is known of exploitation "
            "changed since it was proposed; "
            "return it and propose it again"
        )
    return placed


def _take_judgement(row: Assessment, judgement: Outcome | None, because: str) -> None:
    if judgement is None:
        raise NotAllowed("this cell of the matrix is a judgement: say controlled or uncontrolled, and why")
    if judgement is Outcome.JUDGEMENT:
        raise InvalidValue("a judgement ends in controlled or uncontrolled")
    if not row.judgement:
        if not because.strip():
            raise InvalidValue("a judgement needs its reason in words")
        row.judgement, row.judgement_because = judgement.word, because.strip()
    elif row.judgement != judgement.word:
        raise Contradiction(
            f"the first signature says {row.judgement}, yours says {judgement.word}; nothing was signed: "
            "return the assessment and agree, or record a dissent"
        )


def _refuse_contradiction(row: Assessment, outcome: Outcome) -> None:
    """R8 beats R7: a reasonable probability of serious consequences is never a controlled risk (F §IV.C)."""
    if outcome is Outcome.CONTROLLED and row.harm.get("serious_probable") == Answer.YES:
        raise Contradiction(
            "the verdict would be controlled, yet a reasonable probability of serious adverse health consequences or "
            "death is recorded; correct one of the two before it is signed"
        )


def _sign(row: Assessment, by: Person, role: Role, meaning: str, because: str) -> None:
    bound = digest(row.content())
    for given in signatures_on(row.record_kind, row.uid, bound):
        if given.signer_id == by.pk:
            raise NotAllowed(f"{by.printed_name} has signed this already; the second signature is another person's")
        if given.as_role == role:
            raise NotAllowed(f"{role.label} has signed this already; the second signature is the other role's")
    sign(by=by, to=row, digest=bound, meaning=meaning, as_role=role, because=because)


def _judgements(row: Assessment) -> list[Judgement]:
    held = signatures_on(row.record_kind, row.uid, digest(row.content()))
    return [Judgement(str(s.signer.uid), Role(s.as_role)) for s in held]


def _both_signed(row: Assessment) -> bool:
    return {judged.role for judged in _judgements(row)} >= set(JUDGES)


def _write_axes(row: Assessment, placed: Placed) -> None:
    first, left = placed.inherent, placed.residual
    row.inherent_exploitability = first.exploitability.word if first.exploitability else ""
    row.residual_exploitability = left.exploitability.word if left.exploitability else ""
    row.inherent_harm, row.residual_harm = first.harm, left.harm
    row.cell = left.outcome.word
    row.judgement = row.judgement_because = row.outcome = ""


def _day(case: Case) -> date:
    return today(case.establishment.time_zone)
