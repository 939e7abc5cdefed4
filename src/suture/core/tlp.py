"""Traffic Light Protocol 2.0: who may be given what. Asked before anything leaves, in queries and in exports."""

from __future__ import annotations

from enum import IntEnum, StrEnum

from suture.core.errors import InvalidValue


class Circle(IntEnum):
    """How far something travels; each circle holds those before it."""

    NAMED = 0  # named persons only
    OURSELVES = 1  # the firm
    CLIENTS = 2  # the firm and its clients who need to know: hospitals, an ISAO under its agreement
    COMMUNITY = 3  # peers: other makers, CERTs
    WORLD = 4  # anybody


class Label(StrEnum):
    """The five labels as written."""

    RED = "TLP:RED"
    AMBER_STRICT = "TLP:AMBER+STRICT"
    AMBER = "TLP:AMBER"
    GREEN = "TLP:GREEN"
    CLEAR = "TLP:CLEAR"


_WIDEST = {
    Label.RED: Circle.NAMED, Label.AMBER_STRICT: Circle.OURSELVES, Label.AMBER: Circle.CLIENTS,
    Label.GREEN: Circle.COMMUNITY, Label.CLEAR: Circle.WORLD,
}  # fmt: skip


def may_reach(label: str, circle: Circle) -> bool:
    """Whether what carries a label may be given to a circle.

    Raises:
        InvalidValue: no label of TLP 2.0; a misspelt one must never mean "anybody".

    Source: FIRST, Traffic Light Protocol 2.0 (August 2022). Its text was not at hand; unverified, from memory.
    """
    try:
        widest = _WIDEST[Label(label)]
    except ValueError:
        raise InvalidValue(f"'{label}' is no label of TLP 2.0; there are: {', '.join(Label)}") from None
    return circle <= widest
