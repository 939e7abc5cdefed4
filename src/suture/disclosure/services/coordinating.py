"""A coordinated case: its parties and what each has said, the embargo they keep, the advisory that ends it."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction

from suture.accounts.models import Person, Tlp
from suture.accounts.services import new_uid, require
from suture.assessment.services import take_case
from suture.core.disclosure import EMBARGO, PARTICIPANT, EmbargoGuard, EmbargoState, ParticipantState, minute_of
from suture.core.errors import InvalidValue, NotAllowed, NotFound
from suture.core.facts import Answer
from suture.core.ids import human_number
from suture.disclosure.models import Advisory, Embargo, Participant
from suture.evidence.canonical import digest
from suture.evidence.clock import now
from suture.evidence.services import record
from suture.policy.services import next_number


def add_participant(
    *, case_uid: UUID | str, kind: str, name: str, by: Person, contact: str = "", tlp: str = Tlp.AMBER, note: str = ""
) -> Participant:
    """Name a party of a case. It is told by `move_participant`; until it answers, it stands as 'no answer yet'.

    Args:
        tlp: under which label it gets what it gets; never wider than the case's own.

    Raises:
        InvalidValue: no name, no such kind, or it is in the case already.
        NotAllowed: the label is wider than the case's.
    """
    if not name.strip() or kind not in Participant.Kind.values or tlp not in Tlp.values:
        raise InvalidValue("name the party, and say what kind of party it is and under which TLP label it is told")
    with transaction.atomic():
        case = take_case(case_uid, by, "coordination.manage", closed_too=True)
        if Participant.objects.filter(case=case, name__iexact=name.strip()).exists():
            raise InvalidValue(f"{name.strip()} is a party of {case.number} already")
        if _width(tlp) > _width(case.tlp):
            raise NotAllowed(f"{case.number} is {case.tlp}; a party is not told under the wider {tlp}")
        row = Participant.objects.create(
            uid=new_uid(), case=case, kind=kind, name=name.strip()[:200], contact=contact.strip()[:300], tlp=tlp,
            note=note.strip(), state=PARTICIPANT.start, since=now(),
        )  # fmt: skip
        record(by=by, did="party.added", to=row, facts={"kind": kind, "tlp": tlp, "case": case.number})
    return row


_ORDER = (Tlp.RED, Tlp.AMBER_STRICT, Tlp.AMBER, Tlp.GREEN, Tlp.CLEAR)


def _width(label: str) -> int:
    return _ORDER.index(Tlp(label))


def move_participant(*, participant_uid: UUID | str, verb: str, by: Person, because: str = "") -> Participant:
    """Take one party through one step of its table.

    Raises:
        NotFound: there is none, or its case stands behind a wall.
        NotAllowed: the table or the role forbids it.
    """
    with transaction.atomic():
        row = Participant.objects.select_for_update(of=("self",)).select_related("case__wall").filter(
            uid=participant_uid
        ).first()  # fmt: skip
        if row is None:
            raise NotFound("there is no such record")
        require(by, "coordination.manage", row)
        before = row.at
        row.state = after = PARTICIPANT.require(before, verb, roles=by.roles, facts={})
        row.since = now()
        if after is ParticipantState.NO_ANSWER_YET:
            row.told_at = row.since
        if because.strip():
            row.note = because.strip()
        row.save(update_fields=["state", "since", "told_at", "note"])
        record(by=by, did=f"party.{verb}", to=row, because=because, facts={"from": before, "to": after})
    return row


def move_embargo(
    *, case_uid: UUID | str, verb: str, by: Person, until: datetime | None = None, because: str = ""
) -> Embargo:
    """Take a case's embargo through one step of its table; the first step proposes it.

    Args:
        until: the minute of publication, for `propose` and `propose_revision`; for `settle_revision` the minute that
            was settled, None: the proposed one. The old one stays in force until then.

    Raises:
        InvalidValue: not a full minute, or no offset.
        NotAllowed: the table, the role or a guard forbids it.
    """
    until = None if until is None else minute_of(until).astimezone(UTC)
    with transaction.atomic():
        case = take_case(case_uid, by, "coordination.manage", closed_too=True)
        row = Embargo.objects.select_for_update().filter(case=case).first()
        if row is None:
            row = Embargo(uid=new_uid(), case=case, state=EMBARGO.start)
        before, at = row.at, now()
        facts = {
            EmbargoGuard.MINUTE_GIVEN: Answer.of(until is not None and until > at),
            EmbargoGuard.REASON_GIVEN: Answer.of(bool(because.strip())),
        }
        after = EMBARGO.require(before, verb, roles=by.roles, facts=facts)
        stated = {"from": before, "to": after, "until_before": row.until, "proposed_before": row.proposed}
        if verb in ("propose", "propose_revision"):
            row.proposed = until
        elif verb == "agree":
            row.until, row.proposed = row.proposed, None
        elif verb == "settle_revision":
            row.until, row.proposed = until or row.proposed or row.until, None
        elif after is EmbargoState.EXITED:
            row.ended_at = at
        elif verb == "reject":
            row.proposed = None
        row.state, row.because = after, because.strip()
        row.save()
        record(
            by=by, did=f"embargo.{verb}", to=row, because=because,
            facts={**stated, "until": row.until, "proposed": row.proposed},
        )  # fmt: skip
    return row


def write_advisory(
    *, case_uid: UUID | str, title: str, affected: str, text: str, remedy: str, by: Person, credit: str = "",
    cve: str = "", because: str = "",
) -> Advisory:  # fmt: skip
    """Write the advisory of a case, or write it anew. A new text of an approved one waits for approval again.

    Raises:
        InvalidValue: title, affected products, description or remedy is missing.

    Source: ISO/IEC 29147:2018 names what an advisory holds (standards.md §4; the list is unverified, from memory).
    """
    given = {"title": title, "affected": affected, "text": text, "remedy": remedy}
    missing = [name for name, value in given.items() if not value.strip()]
    if missing:
        raise InvalidValue(f"an advisory says something of: {', '.join(missing)}")
    with transaction.atomic():
        case = take_case(case_uid, by, "advisory.write", closed_too=True)
        row = Advisory.objects.select_for_update().filter(case=case).first()
        at = now()
        if row is None:
            number = human_number("ADV", at.date(), next_number(f"advisory-{at.year}"))
            row = Advisory(uid=new_uid(), number=number, case=case)
        row.title, row.affected, row.text, row.remedy = (
            title.strip()[:300],
            affected.strip(),
            text.strip(),
            remedy.strip(),
        )
        row.credit, row.cve, row.approved_at, row.revised_at = credit.strip()[:400], cve.strip()[:30], None, at
        row.save()
        record(by=by, did="advisory.written", to=row, because=because, facts={"text": digest(_content(row))})
    return row


def approve_advisory(*, case_uid: UUID | str, by: Person, because: str) -> Advisory:
    """Release an advisory: the public reads it at once, or from the minute the embargo ends, whoever is at work then.

    Raises:
        NotFound: none is written.
        NotAllowed: an embargo is proposed and not settled yet; or the person may not.
    """
    with transaction.atomic():
        case = take_case(case_uid, by, "coordination.manage", closed_too=True)
        row = Advisory.objects.select_for_update().filter(case=case).first()
        if row is None:
            raise NotFound(f"no advisory is written for {case.number}")
        embargo = Embargo.objects.filter(case=case).first()
        if embargo is not None and embargo.at is EmbargoState.PROPOSED:
            raise NotAllowed("an embargo is proposed; agree it or reject it first, or nobody knows the minute")
        row.approved_at = now()
        row.save(update_fields=["approved_at"])
        record(
            by=by, did="advisory.approved", to=row, because=because,
            facts={"text": digest(_content(row)), "until": embargo.until if embargo else None},
        )  # fmt: skip
    return row


def _content(row: Advisory) -> dict[str, str]:
    return {name: getattr(row, name) for name in ("number", "title", "affected", "text", "remedy", "credit", "cve")}
