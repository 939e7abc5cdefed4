"""Known exploitation that arrives later, and a review date that passes, re-open what had been judged, by themselves."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q

from suture.accounts.services import new_uid, system
from suture.assessment.models import Case, CaseStep, ExploitationChange
from suture.assessment.queries import in_force, standing_facts
from suture.assessment.services.facts import add_fact
from suture.assessment.services.taking import touch
from suture.assessment.triggers import outdated_answers, unaware
from suture.core.calendar import local_date
from suture.core.cases import CASE, AssessmentState, CaseGuard, CaseState
from suture.core.facts import Answer, FactKind
from suture.core.vex import VexStatus
from suture.evidence.clock import now, today
from suture.evidence.services import record
from suture.intelligence.exploitation import Signal, exploitation_signals
from suture.inventory.models import Establishment

# Where a case rests on a judgement. One that is being worked on, or whose risk is uncontrolled already, stays where
# it is: taking it out of mitigation or of a fix would cost the patient time. It is shown on the desk all the same.
RESTING = (
    CaseState.ASSESSED, CaseState.NOT_AFFECTED, CaseState.CONTROLLED, CaseState.IMPROVING, CaseState.ACCEPTED,
    CaseState.CLOSED,
)  # fmt: skip


def reopen_exploited(limit: int = 50) -> int:
    """Find judgements older than what we know of exploitation, put the change on record, and re-open the case.

    Found from rows each time: kill it anywhere and the next round does the rest; each change is written once per
    case. A case whose answers and assessments are all newer than the news, or do not rest on exploitation, is left.

    Returns:
        how many changes were put on record, over at most `limit` cases.

    Source: FDA 2016 §VII (re-assess); the workflow's guard names known exploitation as a reason to reopen; #19.
    """
    exploited = _exploited()
    changed, cases = 0, 0
    for pk, signals in exploited:
        made = _reopen(pk, signals)
        changed += made
        cases += bool(made)
        if cases >= limit:
            break
    return changed


def reopen_expired(limit: int = 50) -> int:
    """Re-open cases that rest on an answer or an acceptance whose review date has passed; a step of the loop.

    The answers stay as they were given: what is asked is whether they still hold. Work is found from dates: a case
    that was taken up, or got a new day, is not found again. Dates are those of the case's establishment.

    Returns:
        how many cases were re-opened, at most `limit`.

    Source: #17 (an acceptance has a review date, expiry re-opens it); FDA 2016 §V.B (re-assess also what is no risk).
    """
    latest = max((today(zone) for zone in _zones()), default=None)
    if latest is None:
        return 0
    lapsed = Q(answers__review_on__lt=latest, answers__status=VexStatus.NOT_AFFECTED) | Q(reassess_on__lt=latest)
    rows = Case.objects.filter(lapsed, state__in=EXPIRING).distinct().order_by("pk").values_list("pk", flat=True)
    reopened = 0
    for pk in rows:
        reopened += _expire(pk)
        if reopened >= limit:
            break
    return reopened


EXPIRING = (CaseState.NOT_AFFECTED, CaseState.CONTROLLED, CaseState.IMPROVING, CaseState.ACCEPTED, CaseState.CLOSED)


def _zones() -> list[str]:
    """The zones of our sites, the one whose calendar is furthest ahead counted too: a day may have passed there."""
    return list(Establishment.objects.values_list("time_zone", flat=True).distinct())


def _expire(pk: int) -> bool:
    with transaction.atomic():
        case = Case.objects.select_for_update(of=("self",)).select_related("establishment").get(pk=pk)
        day = today(case.establishment.time_zone)
        why = []
        if case.reassess_on is not None and case.reassess_on < day:
            why.append(f"to be assessed again by {case.reassess_on.isoformat()}")
        for answer in case.answers.filter(status=VexStatus.NOT_AFFECTED, review_on__lt=day).select_related(
            "release__product"
        ):
            why.append(f"'not affected' for {answer.release.label} was to be reviewed by {answer.review_on}")
        if case.at not in EXPIRING or not why:
            return False
        _take_out(case, case.at, "; ".join(why))
    return True


def _exploited() -> list[tuple[int, list[Signal]]]:
    """The cases of exploited vulnerabilities with a signal nobody has put on record. A constant number of queries."""
    about = dict(Case.objects.order_by("pk").values_list("pk", "vulnerability_id"))
    signals = exploitation_signals(about.values())
    noted: dict[int, set[tuple[str, str]]] = {}
    for case, kind, mark in ExploitationChange.objects.values_list("case_id", "kind", "mark"):
        noted.setdefault(case, set()).add((kind, mark))
    found = []
    for pk, vulnerability in about.items():
        new = [s for s in signals.get(vulnerability, ()) if (s.kind.value, s.mark) not in noted.get(pk, ())]
        if new:
            found.append((pk, new))
    return found


def _reopen(pk: int, signals: Sequence[Signal]) -> int:
    with transaction.atomic():
        case = Case.objects.select_for_update(of=("self",)).select_related("establishment", "vulnerability").get(pk=pk)
        noted = set(case.exploitation_changes.values_list("kind", "mark"))
        put_in_question = {s: _judged_before(case, s) for s in signals if (s.kind.value, s.mark) not in noted}
        news = [(s, labels) for s, labels in put_in_question.items() if labels]
        if not news:
            return 0
        before = case.at
        because = "; ".join(s.says for s, _ in news)
        reopened = before in RESTING
        for signal, labels in news:
            row = ExploitationChange.objects.create(
                uid=new_uid(), case=case, kind=signal.kind.value, mark=signal.mark, says=signal.says[:500],
                rev=signal.rev, known_at=signal.known_at or now(), noticed_at=now(), judged_before=labels,
                reopened_from=before.value if reopened else "",
            )  # fmt: skip
            record(
                by=system(), did="exploitation.changed", to=row, because=signal.says,
                facts={
                    "case": case.number, "kind": signal.kind.value, "knowledge": signal.rev, "judged_before": labels,
                    "state": before.value, "reopened": reopened,
                },
                happened_at=signal.known_at,
            )  # fmt: skip
        _aware(case, news[0][0], because)
        if reopened:
            _take_out(case, before, because)
    return len(news)


def _judged_before(case: Case, signal: Signal) -> list[str]:
    """What was judged before we knew: answers that rest on it, and assessments signed without knowing of it."""
    answers = outdated_answers(
        case.answers.select_related("case", "release__product"), {case.vulnerability_id: [signal]}
    )
    labels = [f"{answer.release.label}: not affected" for answer, _ in answers]
    approved = case.assessments.filter(state=AssessmentState.APPROVED).select_related("product", "release")
    labels += [row.label for row in in_force(approved).values() if unaware(row, signal)]
    return sorted(labels)


def _aware(case: Case, signal: Signal, because: str) -> None:
    """Put the day we came to know on record as a possible day of learning; the earliest counts until one is signed."""
    on = local_date(signal.known_at or now(), case.establishment.time_zone)
    known = standing_facts(case).filter(kind=FactKind.LEARNED_CANDIDATE, happened_on=on, detail__source=signal.says)
    if not known.exists():
        add_fact(
            case, FactKind.LEARNED_CANDIDATE, on, system(), happened_at=signal.known_at,
            detail={"source": signal.says}, evidence=f"knowledge revision {signal.rev}", because=because,
        )  # fmt: skip


def _take_out(case: Case, before: CaseState, because: str) -> None:
    """Take the step *reopen* of the case's table. Suture itself takes it, so no role stands behind it."""
    facts = {CaseGuard.REOPENING_REASON: Answer.YES}
    step = CASE.step(before, "reopen")
    case.state = after = CASE.require(before, "reopen", roles=step.who, facts=facts)
    touch(case, "state")
    taken = CaseStep.objects.create(
        uid=new_uid(), case=case, verb="reopen", from_state=before, to_state=after, at=now(), by=system(),
        because=because, facts={guard.value: facts[guard].value for guard in facts}, case_version=case.version,
    )  # fmt: skip
    record(
        by=system(), did="case.reopen", to=case, because=because,
        facts={"from": before, "to": after, "step": taken.uid, "facts": taken.facts},
    )  # fmt: skip
