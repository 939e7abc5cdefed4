"""The firm's disclosure policy as its own versioned text, and the promises in it that clocks run on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from suture.core.errors import InvalidValue

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_TEXTS = ("scope", "safe_harbour", "what_happens", "credit")


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosurePolicy:
    """What whoever reports to us may rely on. Texts are plain paragraphs, an empty line between two."""

    email: str
    phone: str  # for danger now; '' where there is none
    languages: tuple[str, ...]  # language tags, the preferred one first
    scope: str
    safe_harbour: str
    what_happens: str
    credit: str
    acknowledge_working_days: int
    update_days: int  # calendar days between two words from us

    def __post_init__(self) -> None:
        if "@" not in self.email or any(c.isspace() for c in self.email):
            raise InvalidValue("a disclosure policy names an address for mail")
        if not self.languages or not all(_LANGUAGE.fullmatch(tag) for tag in self.languages):
            raise InvalidValue("name the languages of contact by their tags: en, es, de-CH")
        for name in _TEXTS:
            if not str(getattr(self, name)).strip():
                raise InvalidValue(f"a disclosure policy says something of: {name.replace('_', ' ')}")
        if not 1 <= self.acknowledge_working_days <= 30 or not 1 <= self.update_days <= 365:
            raise InvalidValue("promise an acknowledgement within 1 to 30 working days, and word every 1 to 365 days")


def to_json(policy: DisclosurePolicy) -> dict[str, Any]:
    """The policy as it is stored, hashed and signed."""
    return {**asdict(policy), "languages": list(policy.languages)}


def from_json(body: Mapping[str, Any]) -> DisclosurePolicy:
    """Read a stored policy.

    Raises:
        InvalidValue: something is missing, or of another kind.
    """
    names = {field.name for field in fields(DisclosurePolicy)}
    missing = sorted(names - set(body))
    if missing:
        raise InvalidValue(f"the disclosure policy lacks: {', '.join(missing)}")
    given = {name: body[name] for name in names}
    numbers = ("acknowledge_working_days", "update_days")
    for name, value in given.items():
        kind = int if name in numbers else list | tuple if name == "languages" else str
        if not isinstance(value, kind) or isinstance(value, bool):
            raise InvalidValue(f"the disclosure policy's '{name.replace('_', ' ')}' is of the wrong kind")
    return DisclosurePolicy(**{**given, "languages": tuple(str(tag) for tag in given["languages"])})


EXAMPLE = DisclosurePolicy(
    email="psirt@manufacturer.example",
    phone="",
    languages=("en",),
    scope="Every device of ours with software, in every release, also those we no longer sell; their apps, "
    "update servers and this web site.\n\nPlease do not test on a device that is connected to a patient or used in "
    "a hospital, and do not look at other people's data. Report it here when you come upon some.",
    safe_harbour="We take no legal action against whoever looks for weaknesses in good faith within this policy, and "
    "we say so to others who ask. We ask you to give us time to protect patients before details are public.",
    what_happens="You get a signed receipt at once. A person answers, examines what you sent, and tells you whether "
    "we can reproduce it. We judge what it means for patients, work on a fix or on something that protects until there "
    "is one, and agree with you on the day of publication. We tell FDA, CISA and our customers what they have to know.",
    credit="We name you in the advisory as you wish, or not at all. We pay no bounty.",
    acknowledge_working_days=2,
    update_days=14,
)
