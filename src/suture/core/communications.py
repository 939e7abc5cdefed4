"""What a communication to customers must say, to whom it goes in which words, and what became of each copy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from suture.core.roles import Role
from suture.core.workflow import Guard, Step, Workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerCommunication:
    """A communication to customers and user community, by what it says. Absent text is ''.

    `controls` may be left empty only with `no_controls`: that there are none is then said, not left out.
    """

    vulnerability: str = ""  # a: what it is
    impact: str = ""  # a: impact assessment, as now understood
    efforts: str = ""  # b: that efforts are under way, as expeditiously as possible
    controls: str = ""  # c: compensating controls, if any
    no_controls: bool = False  # c: the communication says that there are none
    working_on_fix: str = ""  # d: either this
    defense_in_depth: str = ""  # d: or this
    fix_announcement: str = ""  # d: and that the availability of a fix will be communicated


POINTS: Mapping[str, str] = MappingProxyType(
    {
        "a": "describe the vulnerability, with an impact assessment based on current understanding",
        "b": "say that efforts are under way to address the risk of patient harm as expeditiously as possible",
        "c": "describe compensating controls, or say that there are none",
        "d": "say that the firm works on a fix, or give a defense-in-depth strategy; and that the availability of a "
        "fix will be communicated",
    }
)


def content(communication: CustomerCommunication) -> str:
    """Give the letters of the points the communication makes: 'abcd' when it is complete."""
    c = communication
    made = {
        "a": _said(c.vulnerability) and _said(c.impact),
        "b": _said(c.efforts),
        "c": _said(c.controls) or c.no_controls,
        "d": (_said(c.working_on_fix) or _said(c.defense_in_depth)) and _said(c.fix_announcement),
    }
    return "".join(letter for letter, is_made in made.items() if is_made)


def missing(communication: CustomerCommunication) -> list[str]:
    """Say in sentences what the communication still has to say; an empty list means it may be sent.

    Source: FDA, Postmarket Management of Cybersecurity in Medical Devices (28 Dec 2016), §VII.B, minimum content.
    """
    made = content(communication)
    return [f"{letter}: {says}" for letter, says in POINTS.items() if letter not in made]


class Audience(StrEnum):
    """Whom a variant of a notice speaks to. Patients are reached through those who treat them; we hold no names."""

    CLINICIAN = "clinician"
    HOSPITAL_IT = "hospital_it"
    PATIENT = "patient"

    @property
    def label(self) -> str:
        """The audience as a person reads it."""
        return _AUDIENCES[self]


_AUDIENCES: Mapping[Audience, str] = {
    Audience.CLINICIAN: "clinicians",
    Audience.HOSPITAL_IT: "hospital IT and biomedical engineering",
    Audience.PATIENT: "patients, at home or with an implant",
}


class NoticeKind(StrEnum):
    """What a notice is for."""

    CUSTOMER = "customer_notice"
    FIX_AVAILABLE = "fix_available"
    END_OF_SUPPORT = "end_of_support"

    @property
    def label(self) -> str:
        """The kind as a person reads it."""
        return self.value.replace("_", " ")


@dataclass(frozen=True, slots=True, kw_only=True)
class EndOfSupport:
    """What a notice of the end of support must say. Absent text is ''.

    Our list. It follows FDA's premarket guidance (3 Feb 2026), §VI.A, labelling on end of support and transfer of risk,
    and IMDRF N70 on the stages of support.
    """

    device: str = ""
    last_day: str = ""
    what_ends: str = ""
    responsibility: str = ""  # what passes to the one who goes on using it
    advice: str = ""  # what to do instead, or to reduce the risk of going on
    still_done: str = ""  # what the firm goes on doing: it watches what is fielded


END_OF_SUPPORT_POINTS: Mapping[str, str] = MappingProxyType(
    {
        "device": "name the device and its versions",
        "last_day": "give the last day of support",
        "what_ends": "say what ends: updates, patches, service",
        "responsibility": "say which responsibility passes to whoever goes on using it",
        "advice": "say what to do: replace it, or reduce the risk of going on",
        "still_done": "say what the firm goes on doing, e.g. telling of vulnerabilities it learns of",
    }
)


def missing_at_end_of_support(notice: EndOfSupport) -> list[str]:
    """Say in sentences what a notice of the end of support still has to say; an empty list means it may be sent."""
    return [f"{says}" for name, says in END_OF_SUPPORT_POINTS.items() if not _said(getattr(notice, name))]


class NoticeState(StrEnum):
    """Where a notice stands. An approved one is never edited; another supersedes it."""

    DRAFT = "draft"
    APPROVED = "approved"
    SENT = "sent"
    SUPERSEDED = "superseded"


class NoticeGuard(Guard):
    """The facts that open a notice's steps."""

    CONTENT_COMPLETE = "content_complete"
    VARIANTS_WRITTEN = "variants_written"
    ACTION_SAID = "action_said"
    SUCCESSOR_EXISTS = "successor_exists"

    @property
    def says(self) -> str:
        """The fact as a sentence that is true when the guard is met."""
        return _NOTICE_GUARDS[self]


_NOTICE_GUARDS: Mapping[NoticeGuard, str] = {
    NoticeGuard.CONTENT_COMPLETE: "all mandatory content is written",
    NoticeGuard.VARIANTS_WRITTEN: "there is a variant for at least one audience, and each says what to do",
    NoticeGuard.ACTION_SAID: "it is said whether the notice names an action",
    NoticeGuard.SUCCESSOR_EXISTS: "a later notice takes its place",
}

N = NoticeState
NOTICE: Workflow[NoticeState] = Workflow(
    "customer notice",
    Step(
        "approve", {N.DRAFT}, N.APPROVED, {Role.REGULATORY_AFFAIRS}, True,
        (NoticeGuard.CONTENT_COMPLETE, NoticeGuard.VARIANTS_WRITTEN, NoticeGuard.ACTION_SAID), "approved",
    ),
    Step(
        "send", {N.APPROVED}, N.SENT, {Role.REGULATORY_AFFAIRS, Role.FIELD_SERVICE, Role.PSIRT}, False,
        (NoticeGuard.CONTENT_COMPLETE,), "sent",
    ),
    Step(
        "supersede", {N.DRAFT, N.APPROVED, N.SENT}, N.SUPERSEDED,
        {Role.REGULATORY_AFFAIRS, Role.FIELD_SERVICE, Role.PSIRT}, False, (NoticeGuard.SUCCESSOR_EXISTS,), "superseded",
    ),
    start=N.DRAFT,
)  # fmt: skip


class Channel(StrEnum):
    """By which way a notice or a reminder goes."""

    MAIL = "mail"
    LETTER = "letter"
    PHONE = "phone"
    VISIT = "visit"
    PORTAL = "portal"

    @property
    def label(self) -> str:
        """The channel as a person reads it."""
        return {"mail": "e-mail", "phone": "telephone", "portal": "hospital portal"}.get(self.value, self.value)


class DeliveryState(StrEnum):
    """What became of one copy. Delivered is only what the other side's mail server took, or a person confirms."""

    NO_ADDRESS = "no_address"
    PROMISED = "promised"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    BOUNCED = "bounced"
    NOT_REACHED = "not_reached"
    READ = "read"
    ACKNOWLEDGED = "acknowledged"

    @property
    def label(self) -> str:
        """The state as a person reads it."""
        return _DELIVERIES[self]

    @property
    def arrived(self) -> bool:
        """Whether it is shown that the copy reached the other side."""
        return self in (DeliveryState.ACCEPTED, DeliveryState.READ, DeliveryState.ACKNOWLEDGED)


D = DeliveryState
_DELIVERIES: Mapping[DeliveryState, str] = {
    D.NO_ADDRESS: "no address known",
    D.PROMISED: "promised, not delivered yet",
    D.ACCEPTED: "delivered: the mail server took it",
    D.REFUSED: "refused by the mail server",
    D.BOUNCED: "came back undelivered",
    D.NOT_REACHED: "tried: nobody was reached",
    D.READ: "read",
    D.ACKNOWLEDGED: "acknowledged",
}
# What may follow what. A bounce comes after the server took it; an answer may come by another way than the mail.
DELIVERY_NEXT: Mapping[DeliveryState, frozenset[DeliveryState]] = MappingProxyType(
    {
        D.NO_ADDRESS: frozenset({D.ACKNOWLEDGED}),
        D.PROMISED: frozenset({D.ACCEPTED, D.REFUSED, D.READ, D.ACKNOWLEDGED}),
        D.ACCEPTED: frozenset({D.BOUNCED, D.READ, D.ACKNOWLEDGED}),
        D.REFUSED: frozenset({D.READ, D.ACKNOWLEDGED}),
        D.BOUNCED: frozenset({D.READ, D.ACKNOWLEDGED}),
        D.NOT_REACHED: frozenset({D.ACCEPTED, D.READ, D.ACKNOWLEDGED}),
        D.READ: frozenset({D.ACKNOWLEDGED}),
        D.ACKNOWLEDGED: frozenset(),
    }
)


def _said(text: str) -> bool:
    return bool(text.strip())
