"""A range of versions as a person writes it: '>= 1.0, < 2.3', '<= 4.1', '= 3.0.13', '3.0.13'. Nothing is guessed."""

from __future__ import annotations

import re

from suture.core.errors import InvalidValue
from suture.core.vulnerabilities import Bounds

MEND = "write one range per line, e.g. '>= 1.0, < 2.3', '< 4.1', '<= 4.1' or '3.0.13'"

_ONE = re.compile(r"(>=|<=|>|<|=)?\s*([^\s,<>=]+)")


def read_versions(text: str) -> Bounds:
    """Read one range: at most one lower and one upper bound, or one version.

    Raises:
        InvalidValue: anything else, with how to write it. Whether the bounds have a place in an order, and lie the
            right way round, is for `core.ranges` to say.
    """
    low: str | None = None
    high: str | None = None
    low_open = high_closed = False
    parts = [part.strip() for part in text.split(",")]
    for part in parts:
        found = _ONE.fullmatch(part)
        if found is None:
            raise InvalidValue(f"'{text.strip()[:200]}' is no range of versions; {MEND}")
        sign, version = found[1] or "=", found[2]
        if sign == "=" and len(parts) == 1:
            return Bounds.exactly(version)
        if sign[0] == ">" and low is None:
            low, low_open = version, sign == ">"
        elif sign[0] == "<" and high is None:
            high, high_closed = version, sign == "<="
        else:
            raise InvalidValue(
                f"'{text.strip()[:200]}' names two bounds of one kind, or a version among bounds; {MEND}"
            )
    return Bounds(low, high, low_open, high_closed)
