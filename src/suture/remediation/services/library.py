"""The control library: proposed, verified, checked for new risk, recommended, taken into a case, and its ends."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from django.db import transaction

from suture.accounts.models import Person
from suture.accounts.services import new_uid, require
from suture.assessment.models import Control
from suture.assessment.services import confirm_in_use, end_control, propose_control
from suture.core.cases import ENDED_CONTROLS, ControlState
from suture.core.controls import CONTROL_ENTRY, ControlKind, EntryGuard, EntryState, entry_on
from suture.core.controls import Control as ControlValue
from suture.core.errors import InvalidValue, NotAllowed, NotFound
from suture.core.exploitability import Exploitability
from suture.core.facts import Answer, negated, not_in_future
from suture.core.harm import HarmSeverity
from suture.evidence.clock import now, today
from suture.evidence.services import record
from suture.inventory.models import Product
from suture.remediation.models import ControlEntry, ControlUse
from suture.remediation.queries.library import house_zone

G = EntryGuard


def propose_entry(
    *, by: Person, name: str, purpose: str, external_to_design: Answer = Answer.UNKNOWN,
    field_configurable: Answer = Answer.UNKNOWN, employed_by_user: Answer = Answer.UNKNOWN, employed_by: str = "",
    where: str = "", instructions: str = "", skill: str = "", loses: str = "",
) -> ControlEntry:  # fmt: skip
    """Write a compensating control into the library: what it does, who employs it, and what is lost by it.

    Raises:
        InvalidValue: no name, no purpose, or a name that is taken.

    Source: FDA 2016 §IV.A.
    """
    with transaction.atomic():
        require(by, "control_entry.propose")
        if not name.strip() or not purpose.strip():
            raise InvalidValue("a control of the library has a name, and says what it does against an attack")
        if ControlEntry.objects.filter(name=name).exists():
            raise InvalidValue(f"the library has a control '{name}' already")
        row = ControlEntry.objects.create(
            uid=new_uid(), name=name, purpose=purpose, external_to_design=external_to_design,
            field_configurable=field_configurable, employed_by_user=employed_by_user, employed_by=employed_by,
            where=where, instructions=instructions, skill=skill, loses=loses, proposed_by=by, proposed_at=now(),
        )  # fmt: skip
        record(by=by, did="control_entry.proposed", to=row, facts=row.content())
    return row


def check_new_risk(
    *, entry_uid: UUID | str, by: Person, adds_risk: Answer, because: str, loses: str, on: date | None = None
) -> ControlEntry:
    """Record clinical safety's answer: which function goes with the control, and is that a greater risk?

    A control that adds a greater risk stays in the library with its answer, so that nobody proposes it again unseen.

    Raises:
        InvalidValue: no reason, or nothing said of what is lost ("nothing" is an answer).

    Source: FDA 2016 §VII.B: controls do not introduce more risk to safety and essential performance; §X.D.
    """
    with transaction.atomic():
        row = _take(entry_uid, by, "control_entry.check_risk")
        if not because.strip() or not loses.strip():
            raise InvalidValue("say which function is lost with the control ('none' is an answer), and why it adds or "
                               "does not add risk")  # fmt: skip
        day = not_in_future(on or today(house_zone()), today(house_zone()), "the day of the check")
        row.adds_risk, row.adds_risk_because, row.loses = adds_risk, because, loses
        row.checked_by, row.checked_on = by, day
        row.save()
        record(by=by, did="control_entry.risk_checked", to=row, because=because, facts=row.content())
    return row


def verify_entry(
    *, entry_uid: UUID | str, by: Person, evidence: str, on: date, holds_until: date | None = None,
    products: Collection[Product] = (),
) -> ControlEntry:  # fmt: skip
    """Record that its effect is verified, on which devices, and until when that holds.

    Raises:
        InvalidValue: no evidence, a day in the future, or one that is over before it began.
    """
    with transaction.atomic():
        row = _take(entry_uid, by, "control_entry.verify")
        day = today(house_zone())
        not_in_future(on, day, "the day of verification")
        if not evidence.strip():
            raise InvalidValue("a verification names its evidence")
        if holds_until is not None and holds_until < day:
            raise InvalidValue("a verification holds until today or a later day")
        row.verified_by, row.verified_on, row.verified_evidence, row.holds_until = by, on, evidence, holds_until
        row.proven_on.add(*products)
        return _move(row, by, "verify", "control_entry.verified", evidence, {G.EFFECT_VERIFIED: Answer.YES})


def recommend_entry(*, entry_uid: UUID | str, by: Person, because: str = "") -> ControlEntry:
    """Recommend an entry for cases.

    Raises:
        NotAllowed: it is not verified, its new risk is not checked or is greater, it is no compensating control by
            FDA's definition, or its instructions are not whole.
    """
    with transaction.atomic():
        row = _take(entry_uid, by, "control_entry.move")
        return _move(row, by, "recommend", "control_entry.recommended", because, _known(row))


def end_entry(*, entry_uid: UUID | str, by: Person, becomes: EntryState, because: str) -> ControlEntry:
    """Say that an entry failed, or expired, or retire it. Uses of a failed or expired one end with it, in every case.

    Raises:
        InvalidValue: no reason, or a state that is no end.
        NotAllowed: it is called expired before its last day has passed.
    """
    verbs = {EntryState.FAILED: "fail", EntryState.EXPIRED: "expire", EntryState.RETIRED: "retire"}
    if becomes not in verbs:
        raise InvalidValue("a control of the library ends as failed, expired or retired")
    with transaction.atomic():
        row = _take(entry_uid, by, "control_entry.move")
        row.ended_because = because
        passed = row.holds_until is not None and row.holds_until < today(house_zone())
        known = {G.REASON_GIVEN: Answer.of(bool(because.strip())), G.DAY_PASSED: Answer.of(passed)}
        _move(row, by, verbs[becomes], f"control_entry.{becomes.value}", because, known)
        if becomes is not EntryState.RETIRED:  # what is retired is offered no more; where it is in use it still works
            _end_uses(row, by, ControlState(becomes.value), because)
    return row


def _end_uses(row: ControlEntry, by: Person, becomes: ControlState, because: str) -> None:
    for use in row.uses.select_related("control"):
        if use.control.state in ENDED_CONTROLS or (
            use.control.state == ControlState.PROPOSED and becomes is ControlState.EXPIRED
        ):
            continue
        end_control(control_uid=use.control.uid, by=by, becomes=becomes, because=f"{row.name}: {because}")


def take_from_library(
    *, entry_uid: UUID | str, case_uid: UUID | str, by: Person, product: Product | None = None,
    lowers_exploitability_to: Exploitability | None = None, lowers_harm_to: HarmSeverity | None = None,
    version: int | None = None,
) -> Control:  # fmt: skip
    """Propose an entry of the library as a control of a case, with its words as they stand.

    The case's control goes its own way from there: what it does to *this* vulnerability is verified for the case.

    Raises:
        NotAllowed: the entry is not recommended, or its verification has run out.
    """
    with transaction.atomic():
        row = _take(entry_uid, by, "control.propose")
        at = entry_on(row.at, row.holds_until, today(house_zone()))
        if at not in (EntryState.RECOMMENDED, EntryState.IN_USE):
            raise NotAllowed(f"'{row.name}' is {at.label}; only a recommended control is taken into a case")
        control = propose_control(
            case_uid=case_uid, by=by, name=row.name, kind=ControlKind.COMPENSATING, product=product,
            external_to_design=Answer(row.external_to_design), field_configurable=Answer(row.field_configurable),
            employed_by_user=Answer(row.employed_by_user), employed_by=row.employed_by, where=row.where,
            instructions=row.instructions, skill=row.skill, lowers_exploitability_to=lowers_exploitability_to,
            lowers_harm_to=lowers_harm_to, version=version,
        )  # fmt: skip
        ControlUse.objects.create(entry=row, control=control, taken_at=now())
        record(by=by, did="control_entry.taken", to=row, facts={"case": control.case.number, "control": control.uid})
    return control


def confirm_use(
    *, control_uid: UUID | str, by: Person, on: date, where: str, evidence: str, version: int | None = None
) -> Control:
    """Confirm that a case's control is in use; its entry of the library, if it has one, is then in use too."""
    with transaction.atomic():
        control = confirm_in_use(control_uid=control_uid, by=by, on=on, where=where, evidence=evidence, version=version)
        use = ControlUse.objects.select_related("entry").filter(control=control).first()
        if use is not None and use.entry.at is EntryState.RECOMMENDED:
            row = ControlEntry.objects.select_for_update().get(pk=use.entry_id)
            _move(row, by, "use", "control_entry.used", evidence, {G.USE_CONFIRMED: Answer.YES})
    return control


def _take(uid: UUID | str, by: Person, verb: str) -> ControlEntry:
    row = ControlEntry.objects.select_for_update().filter(uid=uid).first()
    if row is None:
        raise NotFound("there is no such record")
    require(by, verb, row)
    return row


def _known(row: ControlEntry) -> dict[EntryGuard, Answer]:
    value = ControlValue(
        name=row.name, kind=ControlKind.COMPENSATING, external_to_design=Answer(row.external_to_design),
        field_configurable=Answer(row.field_configurable), employed_by_user=Answer(row.employed_by_user),
    )  # fmt: skip
    written = all(text.strip() for text in (row.employed_by, row.where, row.instructions, row.skill))
    lapsed = entry_on(row.at, row.holds_until, today(house_zone())) is EntryState.EXPIRED
    return {
        G.EFFECT_VERIFIED: Answer.of(row.verified_on is not None and not lapsed),
        G.NEW_RISK_CHECKED: negated(Answer(row.adds_risk)) if row.checked_on else Answer.UNKNOWN,
        G.DEFINITION_MET: value.is_compensating,
        G.INSTRUCTIONS_WRITTEN: Answer.of(written),
    }


def _move(
    row: ControlEntry, by: Person, verb: str, did: str, because: str, known: Mapping[EntryGuard, Answer]
) -> ControlEntry:
    row.state = CONTROL_ENTRY.require(row.at, verb, roles=by.roles, facts=known)
    row.save()
    record(by=by, did=did, to=row, because=because, facts=row.content())
    return row
