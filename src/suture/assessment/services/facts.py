"""Dated facts: recorded, corrected, and, where a day needs it, signed. Rows are only ever added."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from uuid import UUID

from django.db import transaction

from suture.accounts.models import Person
from suture.accounts.services import new_uid, reauthenticate, require, sign
from suture.assessment.models import Case, DatedFact
from suture.assessment.queries import facts_of_case, standing_facts
from suture.assessment.services.taking import role_for, take_case, touch
from suture.core.calendar import local_date
from suture.core.clocks import moved_later
from suture.core.conditions import serious_event_known
from suture.core.errors import InvalidValue, NotAllowed, NotFound
from suture.core.facts import FactKind, Facts, not_in_future
from suture.core.milestones import initiated_on, learned_on
from suture.core.roles import who
from suture.evidence.canonical import digest
from suture.evidence.clock import now, today
from suture.evidence.services import record
from suture.inventory.blobs import keep_blob

K = FactKind

# These choose a day or an outcome against what the records say by themselves: verbs that ask for a signature.
SIGNED_KINDS = frozenset({K.LEARNED, K.INITIATION_CHOSEN, K.LONG_TERM_CONTROL_SIGNED})

# Who may record a kind, where that is not simply everybody in the programme.
OWN_VERB: Mapping[FactKind, str] = MappingProxyType(
    {
        K.REPORT_806_SUBMITTED: "report806.record_submission",
        K.AMENDMENT_806_SUBMITTED: "report806.record_submission",
        K.ISAO_GIVEN_COMMUNICATION: "isao.record",
    }
)

# What a rule reads off a kind's detail: the key, and the only words it understands.
_WORDS: Mapping[FactKind, Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        K.ADVERSE_EVENT_SEARCH: {"result": frozenset({"none", "hit"})},
        K.ADVERSE_EVENT_LINKED: {"seriousness": frozenset({"death", "serious", "other"})},
        K.CUSTOMERS_TOLD: {"names_action": frozenset({"yes", "no", "unknown"})},
        K.CONTROLS_IDENTIFIED: {"adds_risk": frozenset({"yes", "no", "unknown"})},
        K.FIX_VALIDATED: {"adds_risk": frozenset({"yes", "no", "unknown"})},
        K.RESIDUAL_ACCEPTABLE_AFTER_FIX: {"acceptable": frozenset({"yes", "no", "unknown"})},
        K.FDA_TRACKING_REQUEST: {"level": frozenset({"device", "patient"})},
        K.RECALL_CLASSIFIED: {"class": frozenset({"I", "II", "III"})},
    }
)


def record_fact(
    *, case_uid: UUID | str, kind: FactKind, by: Person, happened_on: date | None = None,
    happened_at: datetime | None = None, detail: Mapping[str, str] | None = None, evidence: str = "",
    attachment: bytes = b"", supersedes_uid: UUID | str | None = None, withdrawn: bool = False, because: str = "",
    password: str | None = None,
) -> DatedFact:  # fmt: skip
    """Record what was so on a day: an event, a notice, an initiation, a search.

    Args:
        happened_on: the day, in the zone of the case's establishment; or give the instant, `happened_at`.
        detail: text to text, keys as `FactKind` names them.
        supersedes_uid: the fact this one corrects; the old row stays and is shown as corrected.
        withdrawn: what it corrects was never so. Needs a reason.
        password: given to sign a correction that moves the day any clock starts from to a later one, or takes away
            a known serious event.

    Raises:
        InvalidValue: a day in the future, no day, a detail the rules cannot read, or a correction of another fact.
        NotAllowed: the kind is signed, the person may not, or the correction releases from a duty and is not signed.
    """
    if kind in SIGNED_KINDS:
        raise NotAllowed(f"'{kind.label}' is signed; it has a verb of its own")
    if password is not None:
        require(by, "case.set_learned")
        reauthenticate(by, password)
    blob = keep_blob(attachment) if attachment else ""
    with transaction.atomic():
        case = take_case(case_uid, by, OWN_VERB.get(kind, "case.record_fact"), closed_too=True)
        before = facts_of_case(case)
        old = _corrected(case, supersedes_uid, kind, withdrawn, because)
        fact = add_fact(
            case, kind, old.happened_on if old and withdrawn else _day(case, happened_on, happened_at), by,
            happened_at=happened_at, detail=detail, evidence=evidence, blob=blob, supersedes=old, withdrawn=withdrawn,
            because=because,
        )  # fmt: skip
        if old is not None and (released := _released(case, before, facts_of_case(case))):
            if password is None:
                raise NotAllowed(f"this correction {released}; it needs a signature")
            sign(
                by=by, to=fact, digest=digest(fact.content()), meaning=f"correction that {released}",
                as_role=role_for(by, who("case.set_learned")), because=because,
            )  # fmt: skip
        touch(case)
    return fact


def _released(case: Case, before: Facts, after: Facts) -> str:
    """Say what a correction would release from: a clock that starts later or not at all, a known serious event."""
    moved = moved_later(before, after, today=today(case.establishment.time_zone))
    if moved:
        return f"moves day 0 of '{moved}' to a later day, or takes it away"
    if serious_event_known(before) and not serious_event_known(after):
        return "takes away a known serious adverse event or death"
    return ""


def add_fact(
    case: Case, kind: FactKind, on: date, by: Person, *, happened_at: datetime | None = None,
    detail: Mapping[str, str] | None = None, evidence: str = "", blob: str = "", supersedes: DatedFact | None = None,
    withdrawn: bool = False, because: str = "",
) -> DatedFact:  # fmt: skip
    """Write one fact of a case the caller has taken; for verbs, here and in later rooms, that a fact is part of.

    Raises:
        InvalidValue: the day lies in the future at the establishment, or a detail is none the rules can read.
    """
    not_in_future(on, today(case.establishment.time_zone), f"the day of '{kind.label}'")
    fact = DatedFact.objects.create(
        uid=new_uid(), case=case, kind=kind, happened_on=on, happened_at=happened_at, recorded_at=now(),
        detail=_readable(kind, detail or {}), evidence=evidence, blob=blob, by=by, supersedes=supersedes,
        withdrawn=withdrawn,
    )  # fmt: skip
    did = "fact.recorded" if supersedes is None else "fact.withdrawn" if withdrawn else "fact.corrected"
    record(by=by, did=did, to=fact, because=because, facts=fact.content(), happened_at=happened_at)
    return fact


def set_learned(
    *, case_uid: UUID | str, on: date, by: Person, password: str, because: str, version: int | None = None
) -> DatedFact:
    """Sign the day the firm learned of the vulnerability: day 0 of day 30 and day 60.

    Until somebody signs, the earliest candidate counts and the clocks run. The candidates stay on record as the
    alternatives; one that is written down later and lies earlier counts again.

    Raises:
        InvalidValue: a day in the future, or no reason.
        NotAllowed: the person may not, or the password is wrong.

    Source: FDA 2016 §VII.B does not define learning; that a later day 0 is signed is Suture's policy.
    """
    return _signed_fact(K.LEARNED, case_uid, on, by, password, because, version, {}, verb="case.set_learned")


def choose_initiation(
    *, case_uid: UUID | str, on: date, by: Person, password: str, because: str, version: int | None = None
) -> DatedFact:
    """Sign the day the correction or removal was initiated: day 0 of the 806 clock.

    By default it is the first notice that names an action, the first unit changed, or the first correction recorded.

    Raises:
        InvalidValue: a day in the future, no reason, or nothing that could have been an initiation is recorded.
        NotAllowed: the person may not, or the password is wrong.

    Source: 21 CFR 806.10(b) says "initiating" and does not define it; the default is Suture's policy.
    """
    return _signed_fact(K.INITIATION_CHOSEN, case_uid, on, by, password, because, version, {}, verb="case.set_learned")


def sign_long_term_control(
    *, case_uid: UUID | str, on: date, by: Person, password: str, because: str, viable: bool, acceptable: bool,
    adds_risk: bool, version: int | None = None,
) -> DatedFact:  # fmt: skip
    """Sign whether a compensating control is viable as the long-term solution, with the residual risk it leaves.

    Raises:
        InvalidValue: a day in the future, or no reason.
        NotAllowed: the person may not, or the password is wrong.

    Source: FDA 2016 §VII.B, third condition: a compensating control may be a long-term solution if it brings the
    risk to an acceptable level and adds no greater one.
    """
    detail = {
        "viable": "yes" if viable else "no",
        "acceptable": "yes" if acceptable else "no",
        "adds_risk": "yes" if adds_risk else "no",
    }
    return _signed_fact(
        K.LONG_TERM_CONTROL_SIGNED, case_uid, on, by, password, because, version, detail, verb="assessment.sign"
    )


def _signed_fact(
    kind: FactKind, case_uid: UUID | str, on: date, by: Person, password: str, because: str, version: int | None,
    detail: Mapping[str, str], *, verb: str,
) -> DatedFact:  # fmt: skip
    if not because.strip():
        raise InvalidValue(f"'{kind.label}' needs its reason in words")
    require(by, verb)  # before the password is asked: nobody re-authenticates for what they may not do
    reauthenticate(by, password)
    with transaction.atomic():
        case = take_case(case_uid, by, verb, version)
        facts = facts_of_case(case)
        before = {K.LEARNED: learned_on, K.INITIATION_CHOSEN: initiated_on}.get(kind)
        without = before(facts) if before else None
        if kind is K.INITIATION_CHOSEN and without is None:
            raise InvalidValue(
                "nothing is recorded yet that could have initiated a correction or removal; record it first"
            )
        old = standing_facts(case).filter(kind=kind).last()
        fact = add_fact(
            case, kind, on, by,
            detail={
                **detail, "because": because, "signed_by": str(by.uid),
                **({"instead_of": without.isoformat()} if without else {}),
            },
            evidence=because, supersedes=old, because=because,
        )  # fmt: skip
        sign(
            by=by, to=fact, digest=digest(fact.content()), meaning=kind.label, as_role=role_for(by, who(verb)),
            because=because,
        )  # fmt: skip
        touch(case)
    return fact


def _day(case: Case, on: date | None, at: datetime | None) -> date:
    if at is not None:
        return local_date(at, case.establishment.time_zone)
    if on is None:
        raise InvalidValue("say on which day it was so, or at which instant")
    return on


def _corrected(case: Case, uid: UUID | str | None, kind: FactKind, withdrawn: bool, because: str) -> DatedFact | None:
    if uid is None:
        if withdrawn:
            raise InvalidValue("say which fact is withdrawn")
        return None
    old = standing_facts(case).filter(uid=uid).first()
    if old is None:
        raise NotFound("the fact to be corrected is not on this case, or was corrected already")
    if old.kind != kind:
        raise InvalidValue(f"'{kind.label}' cannot correct '{FactKind(old.kind).label}'; withdraw that and record this")
    if not because.strip():
        raise InvalidValue("a correction needs its reason in words")
    return old


def _readable(kind: FactKind, detail: Mapping[str, str]) -> dict[str, str]:
    """Pass a detail through; refuse a word the rules would not understand and so would silently read as unknown."""
    if not all(isinstance(key, str) and isinstance(value, str) for key, value in detail.items()):
        raise InvalidValue("the detail of a fact is text to text")
    for key, words in _WORDS.get(kind, {}).items():
        if key in detail and detail[key] not in words:
            raise InvalidValue(f"'{key}' of '{kind.label}' is one of {', '.join(sorted(words))}, not '{detail[key]}'")
    if kind is K.CUSTOMERS_TOLD and set(detail.get("content", "")) - set("abcd"):
        raise InvalidValue("'content' lists which of the four points a, b, c, d the communication has, e.g. 'abd'")
    return dict(detail)
