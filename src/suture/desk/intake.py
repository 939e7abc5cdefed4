"""What intake and coordination put on somebody's desk: acknowledgements, messages, MDR evaluations, embargoes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from suture.accounts.models import Person
from suture.core.authority import Authority
from suture.core.calendar import local_date
from suture.core.clocks import MDR_30, start
from suture.core.roles import Role
from suture.desk.obligations import CLINICAL, GUIDANCE, PSIRT, QUALITY, RA, Link, Obligation, Sort
from suture.disclosure.queries import (
    complaints_to_evaluate,
    embargoes_for,
    embargoes_over,
    promises_on,
    silent_parties,
    unread_reports,
    waiting_for_acknowledgement,
    watched_sources,
)
from suture.evidence.clock import now

COORDINATOR = Role.COORDINATOR
_BOTH = frozenset({COORDINATOR, PSIRT})


def intake_obligations(person: Person, today: date) -> Iterator[Obligation]:
    """Everything owed to whoever told us something, and by whoever is to look."""
    yield from _acknowledgements(person, today)
    yield from _messages(person)
    yield from _evaluations(person)
    yield from _embargoes(person)
    yield from _looks()


def _acknowledgements(person: Person, today: date) -> Iterator[Obligation]:
    for report in waiting_for_acknowledgement(person):
        days = promises_on(report.received_at.date()).acknowledge_working_days
        yield Obligation(
            sort=Sort.INTAKE, what="Acknowledge the report", device=report.device or "no device named",
            because=f"{report.get_source_display()}, received {report.received_at:%Y-%m-%d %H:%M} UTC; we promise an "
            f"answer within {days} working days",
            rule="", citation="disclosure policy", kind=Authority.POLICY, owner="", roles=_BOTH,
            link=Link(report.record_kind, str(report.uid)), label=report.number, due_on=report.answer_by,
        )  # fmt: skip


def _messages(person: Person) -> Iterator[Obligation]:
    for report in unread_reports(person):
        yield Obligation(
            sort=Sort.INTAKE, what="Read what the finder wrote", device=report.device or "no device named",
            because="a message nobody here has opened", rule="", citation="disclosure policy", kind=Authority.POLICY,
            owner="", roles=_BOTH, link=Link(report.record_kind, str(report.uid)), label=report.number,
        )  # fmt: skip


def _evaluations(person: Person) -> Iterator[Obligation]:
    """R25: the complaint record and the MDR evaluation run beside the vulnerability's case; 30 days from awareness."""
    for report in complaints_to_evaluate(person):
        clock = start(MDR_30, local_date(report.received_at, report.zone))
        has_record = getattr(report, "complaint", None) is not None
        yield Obligation(
            sort=Sort.INTAKE,
            what="Evaluate the complaint for MDR" if has_record else "Open the complaint record and evaluate it",
            device=report.device or "no device named",
            because=f"{report.origin or report.number}: were it reportable, the report would be due that day, counted "
            "from the day it reached us",
            rule="R25", citation="21 CFR 820.35(a), 803.20(c)(2)", kind=Authority.REGULATION, owner="",
            roles=frozenset({QUALITY, RA, CLINICAL}), link=Link(report.record_kind, str(report.uid)),
            label=report.number, due_on=clock.due_on, last_working_day=clock.last_working_day_before,
        )  # fmt: skip


def _embargoes(person: Person) -> Iterator[Obligation]:
    over = {one.pk for one in embargoes_over(person, now())}
    for embargo in embargoes_for(person).filter(state__in=["active", "revise"], until__isnull=False):
        if embargo.pk not in over and embargo.until is not None and embargo.until <= now():
            continue
        case = embargo.case
        minute = f"{embargo.until:%Y-%m-%d %H:%M} UTC"
        what = "Publish: the embargo is over, and no advisory is approved" if embargo.pk in over else "Embargo ends"
        yield Obligation(
            sort=Sort.INTAKE, what=what, device=case.vulnerability.title or case.vulnerability.preferred_id,
            because=f"agreed with the parties: {minute}", rule="", citation=f"{GUIDANCE} §VII", kind=Authority.GUIDANCE,
            owner="", roles=_BOTH, link=Link("coordination", str(case.uid)), label=case.number,
            due_on=local_date(embargo.until, case.establishment.time_zone) if embargo.until else None,
        )  # fmt: skip
    silent: dict[int, list[str]] = {}
    rows = list(silent_parties(person))
    for row in rows:
        silent.setdefault(row.case_id, []).append(row.name)
    for key, names in silent.items():
        case = next(row.case for row in rows if row.case_id == key)
        yield Obligation(
            sort=Sort.INTAKE, what=f"Ask again: no answer yet from {', '.join(names[:4])}", device="", rule="",
            because="told, and silent since", citation="ISO/IEC 30111:2019", kind=Authority.STANDARD,
            owner=case.owner.printed_name, roles=frozenset({COORDINATOR}), link=Link("coordination", str(case.uid)),
            label=case.number,
        )  # fmt: skip


def _looks() -> Iterator[Obligation]:
    """Sources without a feed that nobody has looked through in time (FD&C Act §524B(b)(1): monitor)."""
    for one in watched_sources(now()):
        if one.status.late:
            said = f"last looked through {one.looked_at:%Y-%m-%d}" if one.looked_at else "never looked through yet"
            yield Obligation(
                sort=Sort.SOURCE, what=f"Look through {one.row.name}", device="every device it speaks of", rule="",
                because=f"{said}; every {one.row.every_days} days", citation="FD&C Act §524B(b)(1)",
                kind=Authority.STATUTE, owner=one.row.owner.printed_name, roles=frozenset({PSIRT, QUALITY}),
                link=Link("source", one.row.name), label=one.row.name,
            )  # fmt: skip
