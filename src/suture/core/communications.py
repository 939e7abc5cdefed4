"""What a communication to customers about an uncontrolled risk must say: four points, a to d."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


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


def _said(text: str) -> bool:
    return bool(text.strip())
