"""What lands on whose desk, over all rooms, in a constant number of queries however many cases there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from suture.accounts.models import Person
from suture.accounts.queries import visible
from suture.assessment.acting import ActedOn, acted_on, verdict_to_act_on
from suture.assessment.inheritance import Proposal, proposals
from suture.assessment.models import Assessment, Case, CaseRelease, DatedFact
from suture.assessment.queries import cases_for, facts_of_cases
from suture.assessment.triggers import outdated, outdated_answers
from suture.core.authority import Authority
from suture.core.calendar import local_date
from suture.core.cases import AssessmentState, CaseState
from suture.core.clocks import CYBER_COMMUNICATE, ClockState, start
from suture.core.enforcement import Enforcement
from suture.core.facts import FactKind, Facts
from suture.core.milestones import learned_on
from suture.core.risk import Outcome
from suture.core.roles import Role
from suture.core.vex import VexStatus
from suture.desk.intake import intake_obligations
from suture.desk.obligations import CLINICAL, GUIDANCE, PSIRT, QUALITY, RA, Link, Obligation, Sort, by_day, of_clock
from suture.desk.signatures import decisions_for, signatures_waiting
from suture.detection.models import CrosswalkDecision, Finding, ReviewDecision
from suture.detection.queries import breaches, candidates_for, due_for_review, first_unowned_hole, owners_of_sources
from suture.detection.queries.crosswalk import due_entries
from suture.detection.queries.review import due_decisions
from suture.evidence.clock import now
from suture.intelligence.exploitation import Signal, exploitation_signals
from suture.intelligence.queries import sources_status
from suture.inventory.models import Product
from suture.inventory.quarantine import held_sboms
from suture.inventory.queries import all_releases
from suture.jobs.models import Promise
from suture.jobs.queries import failed
from suture.remediation.queries.questions import questions_for
from suture.reporting.devices import clocks_of, gravest_enforcement, release_names, standings
from suture.reporting.gathering import clock_policies, has_remediation
from suture.reporting.models import Decision
from suture.reporting.position import binds
from suture.reporting.resting import AWAKE, resting
from suture.sharing.queries import memberships

REVIEW_AHEAD = timedelta(days=30)  # a review date shows this long before it comes
_WAITING = (ClockState.RUNNING, ClockState.DUE_TODAY, ClockState.OVERDUE)
# What may be recorded of a closed case, and starts or wakes a clock.
_WAKING = (
    FactKind.EMPLOYEE_AWARE, FactKind.ADVERSE_EVENT_LINKED, FactKind.REMEDIAL_ACTION_NEEDED,
    FactKind.FDA_WRITTEN_REQUEST, FactKind.MDR_INFORMATION_RECEIVED, FactKind.EXTENSION_INITIATED,
    FactKind.FDA_TRACKING_REQUEST,
)  # fmt: skip
_HIT = Q(kind=FactKind.ADVERSE_EVENT_SEARCH, detail__result="hit")
_TO_ANSWER = (CaseState.OPEN, CaseState.ANALYSING, CaseState.REOPENED)


@dataclass(frozen=True, slots=True)
class _Known:
    """What every obligation of a case reads, fetched once for all cases."""

    case: Case
    facts: Facts
    affected: tuple[Product, ...]
    devices: str
    answered: frozenset[int]
    acting: tuple[ActedOn, ...]

    @property
    def acted_on(self) -> Outcome | None:
        """The verdict that counts for what is owed, not the one shown now."""
        return verdict_to_act_on(self.acting)

    @property
    def link(self) -> Link:
        return Link("case", str(self.case.uid))


def obligations(person: Person, today: date) -> list[Obligation]:
    """Everything owed over all rooms that this person may know of, earliest day first.

    Day 30, day 60, 806 (firm, contingent, overdue), MDR and tracking clocks; searches of complaints; remediation
    that does not exist; re-assessments; periodic reports; signatures waiting; releases without an answer; late feeds.
    """
    known = _known(person)
    decisions = decisions_for(person)
    signals = exploitation_signals(cases_for(person).values_list("vulnerability_id", flat=True))
    found = [
        *_clocks(known, today, decisions),
        *_reassessments(person),
        *_outdated(person, signals),
        *_exploited(person, signals),
        *_periodic(known),
        *_unanswered(known),
        *_unopened(person),
        *signatures_waiting(person, decisions),
        *_late_sources(),
        *_holes(person),
        *_held_sboms(),
        *_corrections(person, today),
        *_reviews(person, today),
        *_words(person, today),
        *_proposed(person),
        *_held_findings(person),
        *_undelivered(person),
        *intake_obligations(person, today),
        *_questions(person),
    ]
    return sorted(found, key=by_day)


def obligations_for_role(person: Person, today: date, role: Role) -> list[Obligation]:
    """The part of the obligations that lands on one role's desk."""
    return [one for one in obligations(person, today) if one.for_role(role)]


def obligations_of_case(person: Person, case: Case, today: date) -> list[Obligation]:
    """The obligations of one case; for its page."""
    known = _known(person, only=case)
    decisions = [row for row in decisions_for(person) if row.case_id == case.pk]
    found = [*_clocks(known, today, decisions), *_periodic(known), *_unanswered(known)]
    return sorted(found, key=by_day)


def _known(person: Person, only: Case | None = None) -> list[_Known]:
    woken = DatedFact.objects.filter(case=OuterRef("pk")).filter(Q(kind__in=_WAKING) | _HIT)
    rows = cases_for(person).filter(~Q(state=CaseState.CLOSED) | Exists(woken)).prefetch_related(
        "answers__release__product", "assessments", "controls"
    )  # fmt: skip
    cases = list(rows if only is None else rows.filter(pk=only.pk))
    facts = facts_of_cases(cases)
    answered: dict[int, set[int]] = {}
    pairs = CaseRelease.objects.filter(case__vulnerability__in=[c.vulnerability_id for c in cases]).exclude(
        status__in=["", VexStatus.UNDER_INVESTIGATION]
    )
    for vulnerability, release in pairs.values_list("case__vulnerability", "release"):
        answered.setdefault(vulnerability, set()).add(release)
    found = []
    for case in cases:
        answers = list(case.answers.all())
        affected = {a.release.product_id: a.release.product for a in answers if a.status == VexStatus.AFFECTED}
        named = affected or {a.release.product_id: a.release.product for a in answers}
        devices = ", ".join(sorted(p.brand_name for p in named.values()))
        on = acted_on(case, facts[case.pk], answers, list(case.assessments.all()), list(case.controls.all()))
        found.append(
            _Known(case, facts[case.pk], tuple(affected.values()), devices,
                   frozenset(answered.get(case.vulnerability_id, ())), tuple(on))
        )  # fmt: skip
    return found


def _clocks(known: Sequence[_Known], today: date, decisions: Sequence[Decision]) -> Iterator[Obligation]:
    """Every clock that binds and is not met; the search that keeps condition 1 true; remediation that is missing."""
    policies, ours = clock_policies(), memberships()
    rests = resting(decisions)
    names = release_names({d.product.pk for one in known if len(one.acting) > 1 for d in one.acting})
    for one in known:
        day = max([today, *(fact.on for fact in one.facts)])  # a site ahead of us may have tomorrow's facts
        policy, rest = policies.of_case(one.facts, day), rests.get(one.case.pk, AWAKE)
        standing = standings(one.facts, one.acting, names, ours, policy, day)
        four = gravest_enforcement(standing)
        for clock in clocks_of(standing, policy, day, rest.concluded_at):
            if binds(clock, one.case, one.acting, four, rest) and clock.state(day) in _WAITING:
                yield of_clock(
                    clock, device=one.devices, owner=one.case.owner.printed_name, link=one.link, label=one.case.number
                )
        if one.acted_on is Outcome.UNCONTROLLED and one.case.at is not CaseState.CLOSED:
            yield from _while_uncontrolled(one, four, policy.search_valid_days)


def _while_uncontrolled(one: _Known, four: Enforcement, valid: int) -> Iterator[Obligation]:
    owner, label = one.case.owner.printed_name, one.case.number
    learned = learned_on(one.facts)
    searches = [f.on for f in one.facts.of(FactKind.ADVERSE_EVENT_SEARCH) if learned is None or f.on >= learned]
    counts = f"a search counts for {valid} days" if searches else "no search since the day of learning is recorded yet"
    yield Obligation(
        sort=Sort.SEARCH, what="Search complaints and MDRs", device=one.devices, rule="R10", owner=owner, label=label,
        because=f"condition 1 is {four.conditions[0].state}; {counts}",
        citation="search interval of the firm", kind=Authority.POLICY, roles=frozenset({QUALITY, RA}), link=one.link,
        due_on=searches[-1] + timedelta(days=valid) if searches else None,  # the first has no date of its own
    )  # fmt: skip
    if not has_remediation(one.facts):
        yield Obligation(
            sort=Sort.REMEDIATION, what="Escalate: uncontrolled risk without remediation", rule="R16",
            device=one.devices,
            because="no plan, no interim control and no fix is recorded; the device may be violative", owner=owner,
            citation=f"{GUIDANCE} §VII.B", kind=Authority.GUIDANCE, roles=frozenset({RA, Role.EXECUTIVE, PSIRT}),
            link=one.link, label=label,
        )  # fmt: skip


def _reassessments(person: Person) -> Iterator[Obligation]:
    """Closed cases too: what is no risk today is assessed again (F §V.B)."""
    for case in cases_for(person).filter(reassess_on__isnull=False).prefetch_related("answers__release__product"):
        devices = sorted({a.release.product.brand_name for a in case.answers.all()})
        yield Obligation(
            sort=Sort.REASSESSMENT, what="Assess the risk again", device=", ".join(devices), rule="",
            because="the day set when it was decided", citation=f"{GUIDANCE} §V.B, §VII", kind=Authority.GUIDANCE,
            owner=case.owner.printed_name, roles=frozenset({PSIRT, CLINICAL}), link=Link("case", str(case.uid)),
            label=case.number, due_on=case.reassess_on,
        )  # fmt: skip


def _outdated(person: Person, signals: Mapping[int, Sequence[Signal]]) -> Iterator[Obligation]:
    """Signed verdicts that no longer rest on what they were signed on."""
    approved = Assessment.objects.filter(case__in=cases_for(person), state=AssessmentState.APPROVED)
    rows = approved.exclude(case__state=CaseState.CLOSED).select_related("case__owner", "product", "release")
    for row, why in outdated(rows, signals):
        yield Obligation(
            sort=Sort.REASSESSMENT, what="Assess the risk again", device=(row.release or row.product).label, rule="",
            because="; ".join(why), citation=f"{GUIDANCE} §VII", kind=Authority.GUIDANCE,
            owner=row.case.owner.printed_name, roles=frozenset({PSIRT, CLINICAL}),
            link=Link(row.record_kind, str(row.uid)), label=row.case.number,
        )  # fmt: skip


def _exploited(person: Person, signals: Mapping[int, Sequence[Signal]]) -> Iterator[Obligation]:
    """'Not affected' answers given before we knew that the vulnerability is exploited; one row per case."""
    rows = CaseRelease.objects.filter(case__in=cases_for(person), case__vulnerability__in=list(signals))
    found: dict[int, list[CaseRelease]] = {}
    came: dict[int, dict[str, None]] = {}
    for answer, since in outdated_answers(rows.select_related("case__owner", "release__product"), signals):
        found.setdefault(answer.case_id, []).append(answer)
        came.setdefault(answer.case_id, {}).update({one.says: None for one in since})
    for key, answers in found.items():
        case, names = answers[0].case, sorted(a.release.label for a in answers)
        yield Obligation(
            sort=Sort.REASSESSMENT,
            what=f"Judge again: not affected in {_releases(len(names))}, said before it was exploited",
            device=", ".join(names[:4]) + (" …" if len(names) > 4 else ""), rule="", because="; ".join(came[key]),
            citation=f"{GUIDANCE} §VII", kind=Authority.GUIDANCE, owner=case.owner.printed_name,
            roles=frozenset({PSIRT}), link=Link("case", str(case.uid)), label=case.number,
        )  # fmt: skip


def _periodic(known: Iterable[_Known]) -> Iterator[Obligation]:
    for one in known:
        for product in one.affected if one.case.at is not CaseState.CLOSED else ():
            if product.owes_periodic_report:
                yield Obligation(
                    sort=Sort.PERIODIC_REPORT, what="Include it in the periodic report", device=product.brand_name,
                    because="new vulnerability information on a PMA or HDE device, controlled or not", rule="R17",
                    citation="21 CFR 814.84", kind=Authority.REGULATION, owner=one.case.owner.printed_name,
                    roles=frozenset({RA}), link=one.link, label=one.case.number, due_on=product.periodic_report_date,
                )  # fmt: skip


def _unanswered(known: Sequence[_Known]) -> Iterator[Obligation]:
    releases = list(all_releases()) if known else []
    for one in known:
        if one.case.at not in _TO_ANSWER:
            continue
        waiting = [r.label for r in releases if r.pk not in one.answered]
        if waiting:
            yield Obligation(
                sort=Sort.ANSWER, what=f"Answer for {len(waiting)} of {len(releases)} releases", rule="",
                device=", ".join(waiting[:4]) + (" …" if len(waiting) > 4 else ""), owner=one.case.owner.printed_name,
                because="every device and release needs an answer, those in development too", link=one.link,
                citation=f"{GUIDANCE} §X.B.v", kind=Authority.GUIDANCE, roles=frozenset({PSIRT, Role.ENGINEERING}),
                label=one.case.number,
            )  # fmt: skip


def _unopened(person: Person) -> Iterator[Obligation]:
    """The oldest finding that no case has taken up: its clocks run although nobody opened it. One row for them all."""
    rows = new_findings(person).select_related("release__product__establishment", "vulnerability")
    oldest = rows.order_by("first_seen", "pk").first()
    if oldest is None:
        return
    matched = local_date(oldest.first_seen, oldest.release.product.establishment.time_zone)
    clock = start(CYBER_COMMUNICATE, matched)
    yield Obligation(
        sort=Sort.ANSWER, what="Open a case, or judge the finding", device=oldest.release.label, rule="R10",
        because=f"first matched on {matched.isoformat()}, and in no case: that day counts as learned until a later one "
        "is signed",
        citation=clock.citation, kind=clock.kind, owner="", roles=frozenset({PSIRT}), due_on=clock.due_on,
        last_working_day=clock.last_working_day_before, label=oldest.vulnerability.preferred_id,
        link=Link("vulnerability", str(oldest.vulnerability.uid)),
    )  # fmt: skip


def _late_sources() -> Iterator[Obligation]:
    """Sources that are late, refused or incomplete, with who answers for them (FD&C Act §524B(b)(1): monitor)."""
    lacking, owners = breaches(), owners_of_sources()
    for source in sources_status():
        thin = lacking.get(source.source, "")
        if source.late or source.refused or thin:
            late = f"{source.age:.0f} h old, {source.budget:.0f} h allowed" if source.late else ""
            what = "Bring {} up to date" if source.late or source.refused else "Complete {}"
            owner = owners.get(source.source)
            yield Obligation(
                sort=Sort.SOURCE, what=what.format(source.source), device="every release that rests on it",
                because="; ".join(said for said in (source.refused or late, thin) if said), rule="",
                citation="FD&C Act §524B(b)(1)", kind=Authority.STATUTE,
                owner=owner.owner.printed_name if owner else "", roles=frozenset({PSIRT, Role.ADMINISTRATOR}),
                link=Link("source", source.source), label=source.source,
            )  # fmt: skip


def _holes(person: Person) -> Iterator[Obligation]:
    """Components nobody monitors and nobody answers for; and texts that hold our words. One row for each of the two."""
    hole = first_unowned_hole()
    if hole is not None:
        yield Obligation(
            sort=Sort.COVERAGE, what="Name who answers for what nobody monitors", device=hole.release.label, rule="",
            because=f"{hole.component}: {hole.cause}; more may follow", citation="FD&C Act §524B(b)(1)",
            kind=Authority.STATUTE, owner="", roles=frozenset({PSIRT, Role.ENGINEERING}),
            link=Link("coverage", str(hole.release.uid)), label=str(hole.component),
        )  # fmt: skip
    candidate = candidates_for(person).first()
    if candidate is not None:
        release = candidate.watch.release
        yield Obligation(
            sort=Sort.COVERAGE, what="Judge texts that hold our words", device=release.label, rule="",
            because=f"{candidate.vulnerability.preferred_id} names no product, and holds “{candidate.watch.words}”",
            citation="FD&C Act §524B(b)(1)", kind=Authority.STATUTE, owner="", roles=frozenset({PSIRT}),
            link=Link("coverage", str(release.uid)), label=candidate.vulnerability.preferred_id,
        )  # fmt: skip


def _held_sboms() -> Iterator[Obligation]:
    for held in held_sboms():
        yield Obligation(
            sort=Sort.QUARANTINE, what="Confirm or reject the SBOM in quarantine", device=held.release.label, rule="",
            because="; ".join(held.why), citation="FD&C Act §524B(b)(3)", kind=Authority.STATUTE, owner="",
            roles=frozenset({PSIRT, Role.ENGINEERING, QUALITY}), link=Link(held.record_kind, str(held.uid)),
            label=held.document.file_name,
        )  # fmt: skip


def _corrections(person: Person, today: date) -> Iterator[Obligation]:
    """Match corrections to look at again: their day comes within a month, or they lapsed within the last one."""
    for row in due_for_review(person, today + REVIEW_AHEAD, now() - REVIEW_AHEAD):
        because = f"it lapsed: {row.ended_because}" if row.ended_at else f"corrected: {row.because}"
        yield Obligation(
            sort=Sort.REVIEW, what=f"Review the match correction of {row.name}", device="every device that holds it",
            because=because, rule="", citation="review date of the correction", kind=Authority.POLICY,
            owner=row.owner.printed_name, roles=frozenset({PSIRT}), link=Link(row.record_kind, str(row.uid)),
            label=row.meant, due_on=row.review_on,
        )  # fmt: skip


def _words(person: Person, today: date) -> Iterator[Obligation]:
    """What persons said of ranges in review and of names, to be looked at again within a month.

    One row per owner and day: a verdict on hundreds of ranges at once is looked at again at once.
    """
    kinds: tuple[tuple[Sequence[ReviewDecision | CrosswalkDecision], str, str], ...] = (
        (due_decisions(person, today + REVIEW_AHEAD), "range in review", "what was said of a range nobody could read"),
        (due_entries(today + REVIEW_AHEAD), "crosswalk entry", "what was said of two names"),
    )
    for rows, kind, about in kinds:
        together: dict[tuple[str, date | None], list[ReviewDecision | CrosswalkDecision]] = {}
        for row in rows:
            together.setdefault((row.owner.printed_name, row.review_on), []).append(row)
        for (owner, day), several in together.items():
            more = f" and {len(several) - 1} more" if len(several) > 1 else ""
            yield Obligation(
                sort=Sort.REVIEW, what=f"Look again at {about}{more}", device="every device that it concerns",
                because=f"{several[0].verdict}: {several[0].because}", rule="", citation="review date of the verdict",
                kind=Authority.POLICY, owner=owner, roles=frozenset({PSIRT}), link=Link(kind, str(several[0].uid)),
                label=several[0].label, due_on=day,
            )  # fmt: skip


def _reviews(person: Person, today: date) -> Iterator[Obligation]:
    """'Not affected' answers whose review date comes within a month or has passed; one row per case."""
    rows = CaseRelease.objects.filter(
        case__in=cases_for(person), status=VexStatus.NOT_AFFECTED, review_on__lte=today + REVIEW_AHEAD
    )
    found: dict[int, list[CaseRelease]] = {}
    for row in rows.select_related("case__owner", "case__vulnerability", "release__product", "owner"):
        found.setdefault(row.case_id, []).append(row)
    for answers in found.values():
        case, names = answers[0].case, sorted(a.release.label for a in answers)
        first = min(answers, key=lambda a: (a.review_on or date.max, a.pk))
        yield Obligation(
            sort=Sort.REVIEW, what=f"Review: not affected in {_releases(len(names))}", rule="",
            device=", ".join(names[:4]) + (" …" if len(names) > 4 else ""),
            because=f"{case.vulnerability.preferred_id}: the day set when it was answered",
            citation="review date of the answer", kind=Authority.POLICY,
            owner=(first.owner or case.owner).printed_name, roles=frozenset({PSIRT}),
            link=Link("case", str(case.uid)), label=case.number, due_on=first.review_on,
        )  # fmt: skip


def _proposed(person: Person) -> Iterator[Obligation]:
    """Judgements that other releases of the device propose; one row per release, to confirm in one batch."""
    found: dict[int, list[Proposal]] = {}
    for one in proposals(person):
        found.setdefault(one.finding.release_id, []).append(one)
    for made in found.values():
        release, same = made[0].finding.release, sum(one.unchanged for one in made)
        others = ", ".join(sorted({one.source.release.version for one in made}))
        yield Obligation(
            sort=Sort.PROPOSED, what=f"Confirm what is proposed from {others}: {_judgements(len(made))}", rule="",
            device=release.label, because=f"found here too, not answered; {same} of {len(made)} with nothing changed",
            citation=f"{GUIDANCE} §X.B.v", kind=Authority.GUIDANCE, owner="", roles=frozenset({PSIRT}),
            link=Link("proposed judgements", str(release.uid)), label=release.label,
        )  # fmt: skip


def _releases(n: int) -> str:
    return f"{n} release{'' if n == 1 else 's'}"


def _judgements(n: int) -> str:
    return f"{n} judgement{'' if n == 1 else 's'}"


def _held_findings(person: Person) -> Iterator[Obligation]:
    """Confirmed matches that a new revision or matcher would drop; one row per release."""
    rows = visible(person, Finding.objects.standing().exclude(held_because=""), "vulnerability__wall")
    found: dict[int, list[Finding]] = {}
    for row in rows.select_related("release__product", "vulnerability").order_by("vulnerability__preferred_id"):
        found.setdefault(row.release_id, []).append(row)
    for held in found.values():
        release, names = held[0].release, [f.vulnerability.preferred_id for f in held]
        yield Obligation(
            sort=Sort.HELD, what=f"Decide on confirmed findings that would be dropped: {len(held)}", rule="",
            device=release.label, because=f"{names[0]}: {held[0].held_because}", citation="FD&C Act §524B(b)(1)",
            kind=Authority.STATUTE, owner="", roles=frozenset({PSIRT}), label=release.label,
            link=Link("held findings", str(release.uid)),
        )  # fmt: skip


def _questions(person: Person) -> Iterator[Obligation]:
    """What hospitals asked and nobody has answered."""
    for row in questions_for(person).filter(answered_at=None):
        yield Obligation(
            sort=Sort.QUESTION, what="Answer a hospital's question", rule="", device=row.campaign.product.brand_name,
            because=row.text[:200], label=row.label, citation="a customer asked about a notice of ours",
            kind=Authority.POLICY, owner="", roles=frozenset({Role.FIELD_SERVICE, PSIRT, CLINICAL}),
            link=Link("hospital question", str(row.uid)),
        )  # fmt: skip


def _undelivered(person: Person) -> Iterator[Obligation]:
    """Messages that did not arrive, until a person sees to them; one row per cause."""
    found: dict[str, list[Promise]] = {}
    for row in failed(person):
        found.setdefault(str(row.cause_uid), []).append(row)
    for cause, rows in found.items():
        only = {Role(row.only_for) for row in rows if row.only_for}
        yield Obligation(
            sort=Sort.UNDELIVERED, what=f"See to messages that did not arrive: {len(rows)}", rule="", device="",
            because=f"{rows[0].label}: {rows[0].last_answer or rows[0].given_up_because}", label=rows[0].cause_label,
            citation="who was to be told has not been told", kind=Authority.POLICY, owner=str(rows[0].promised_by),
            roles=frozenset(only or {PSIRT, RA, Role.COORDINATOR, Role.FIELD_SERVICE}),
            link=Link("undelivered", cause),
        )  # fmt: skip


# ---------------------------------------------------------------- by role
def new_findings(person: Person, since: datetime | None = None) -> QuerySet[Finding]:
    """Findings that stand and that no case has taken up, newest first; with `since`, only those first seen after it."""
    taken = CaseRelease.objects.filter(case__vulnerability=OuterRef("vulnerability"), release=OuterRef("release"))
    rows: QuerySet[Finding] = (
        Finding.objects.standing().filter(~Exists(taken)).select_related("release__product", "vulnerability")
    )
    rows = visible(person, rows, wall="vulnerability__wall")
    return (rows if since is None else rows.filter(first_seen__gt=since)).order_by("-first_seen", "pk")


@dataclass(frozen=True, slots=True)
class HarmQuestion:
    """A question to clinical safety as one sentence, and where to answer it."""

    sentence: str
    case: Case
    product: Product
    link: Link


def harm_questions(person: Person) -> list[HarmQuestion]:
    """Devices with an affected release whose severity of harm nobody has judged yet, as one sentence each."""
    cases = (
        cases_for(person)
        .exclude(state=CaseState.CLOSED)
        .prefetch_related("answers__release__product", "assessments")
        .order_by("opened_at")
    )
    found = []
    for case in cases:
        affected: dict[int, list[CaseRelease]] = {}
        for answer in case.answers.all():
            if answer.status == VexStatus.AFFECTED:
                affected.setdefault(answer.release.product_id, []).append(answer)
        judged = {a.product_id for a in case.assessments.all() if a.harm}
        drafts = {a.product_id: a for a in case.assessments.all() if not a.harm}
        for product_id, answers in affected.items():
            if product_id in judged:
                continue
            product = answers[0].release.product
            versions = " and ".join(sorted(a.release.version for a in answers))
            draft = drafts.get(product_id)
            link = Link("assessment", str(draft.uid)) if draft else Link("case", str(case.uid))
            what = case.vulnerability.title or case.vulnerability.preferred_id
            sentence = (
                f"If an attacker could use “{what}” in {product.brand_name} {versions}, what happens to the patient?"
            )
            found.append(HarmQuestion(sentence, case, product, link))
    return found


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers on top of Today. `units` is None where a release's units are not known: never shown as 0."""

    uncontrolled: int
    overdue: int
    waiting_signatures: int
    units: int | None


def figures(person: Person, today: date, owed: Sequence[Obligation] | None = None) -> Figures:
    """How many cases are uncontrolled, what is overdue, what waits to be signed, how many units are exposed."""
    owed = obligations(person, today) if owed is None else owed
    cases = cases_for(person).filter(verdict=Outcome.UNCONTROLLED.word).exclude(
        state__in=[CaseState.CLOSED, CaseState.REMEDIATED, CaseState.FOLLOW_UP]
    )  # fmt: skip
    rows = CaseRelease.objects.filter(case__in=cases, status=VexStatus.AFFECTED).values_list(
        "release", "release__units_distributed"
    )
    units = dict(rows)
    return Figures(
        uncontrolled=cases.count(),
        overdue=sum(one.is_overdue(today) for one in owed),
        waiting_signatures=sum(one.sort is Sort.SIGNATURE for one in owed),
        units=None if None in units.values() else sum(n for n in units.values() if n is not None),
    )
