"""VERS, the version range specifier: `vers:npm/>=1.0.0|<2.0.0|3.1.4`.

Read as the specification writes it (package-url/vers-spec, "VERS specification", clauses 5.3 and 5.4): `parse` is
about the notation alone, `canonical` adds the rules of order, `intervals` gives the keys a range is. Types are those
whose order we have; `all` and `none` too. `generic` and `intdot` have no order here: the one is not specified yet,
the other reads a version only as far as it pleases.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from suture.core.errors import FormatError
from suture.core.ranges import subtract
from suture.core.versions import HI, LO, SCHEMES, Unorderable, bounds, key
from suture.core.versions.encoding import quoted

_NAMED_OTHERWISE = {"apk": "alpine", "dart": "pub"}  # VERS type -> the name of its order here
_WHOLE = "*"
_COMPARATORS = (">=", "<=", "!=", "<", ">")

_CANNOT_FOLLOW = {("=", "<"), (">", "="), (">", ">"), ("<", "<")}  # clause 5.4; `!=` may stand anywhere

_specifier = re.compile(r"vers:([a-z][a-z0-9.-]*)/(.*)", re.DOTALL).fullmatch
_triplet = re.compile(r"%(?:([0-9A-Fa-f]{2}))?")
_unescaped = re.compile(r"[><=!*|\s\x00-\x1f\x7f]|[^\x00-\x7f]").search


class Constraint(NamedTuple):
    """One part of a range: `=`, `!=`, `<`, `<=`, `>` or `>=`, and a version, decoded."""

    comparator: str
    version: str


class Vers(NamedTuple):
    """A range as written: its type in lower case, and its constraints in their order; none at all is every version."""

    type: str
    constraints: tuple[Constraint, ...]

    @property
    def scheme(self) -> str:
        """The version order the type stands for.

        Raises:
            Unorderable: we have none for it.
        """
        named = _NAMED_OTHERWISE.get(self.type, self.type)
        if named not in SCHEMES or named == "loose":
            raise Unorderable(f"VERS type {quoted(self.type)} has no version order here")
        return named


def parse(text: str) -> Vers:
    """Read the notation of a range; the order of its constraints is not judged.

    Raises:
        FormatError: with what is wrong.
    """
    found = _specifier(text)
    if not found:
        raise FormatError(f"{quoted(text)} is no VERS: write vers:type/constraints, the type in lower case")
    kind, written = found.groups()
    if kind == "invalid":
        raise FormatError("a VERS of the reserved type 'invalid' is invalid")
    if written == _WHOLE:
        return Vers(kind, ())
    if kind in ("all", "none"):
        raise FormatError(f"the only VERS of type '{kind}' is vers:{kind}/*")
    if not written:
        raise FormatError("a VERS states at least one constraint")
    if written.startswith("|") or written.endswith("|") or "||" in written:
        raise FormatError("a VERS has one pipe between two constraints, and none at either end")
    return Vers(kind, tuple(_one(kind, part) for part in written.split("|")))


def _one(kind: str, part: str) -> Constraint:
    comparator = next((sign for sign in _COMPARATORS if part.startswith(sign)), "")
    version = part.removeprefix(comparator)
    if not version:
        raise FormatError(f"the constraint {quoted(part)} names no version")
    if _unescaped(version):
        raise FormatError(f"in {quoted(part)} a sign is not percent-encoded, or not printable ASCII")
    if kind == "datetime" and "%3a" in version.lower():
        raise FormatError("in a VERS of type 'datetime' colons are not percent-encoded")
    return Constraint(comparator or "=", _triplet.sub(_decoded, version))


def _decoded(found: re.Match[str]) -> str:
    if found[1] is None:
        raise FormatError("a percent sign in a VERS begins two hexadecimal digits")
    character = chr(int(found[1], 16))
    if not " " <= character <= "~":
        raise FormatError("a VERS holds printable ASCII only, encoded or not")
    return character


def canonical(text: str) -> Vers:
    """Read a range, and hold it to the rules of order as well.

    Raises:
        FormatError: versions not in order or not unique, or comparators that cannot follow each other.
        Unorderable: the type, or a version, has no order here.
    """
    read = parse(text)
    if not read.constraints:
        return read
    keys = [key(read.scheme, one.version) for one in read.constraints] if len(read.constraints) > 1 else []
    if any(a >= b for a, b in pairwise(keys)):
        raise FormatError("the constraints of a VERS stand in the order of their versions, each version once")
    told = [one.comparator[0] for one in read.constraints if one.comparator != "!="]
    if any(pair in _CANNOT_FOLLOW for pair in pairwise(told)):
        raise FormatError("the comparators of a VERS say by turns from where and up to where")
    return read


def intervals(read: Vers) -> list[tuple[bytes, bytes]]:
    """The half-open intervals of keys that a range is; constraints may stand in any order.

    Sorted and disjoint. Constraints that others make superfluous are left out, as the specification simplifies them. A
    range that holds nothing gives an empty list: only `vers:none/*` says so on purpose.

    Raises:
        Unorderable: the type, or a version, has no order here.
    """
    if not read.constraints:
        return [] if read.type == "none" else [(LO, HI)]
    scheme = read.scheme
    exact = [bounds(scheme, v, v, high_closed=True) for c, v in read.constraints if c == "="]
    not_these = [bounds(scheme, v, v, high_closed=True) for c, v in read.constraints if c == "!="]
    sides = sorted(
        (
            (bounds(scheme, v, None, low_open=c == ">")[0], ">")
            if c[0] == ">"
            else (bounds(scheme, None, v, high_closed=c == "<=")[1], "<")
            for c, v in read.constraints
            if c[0] in "<>"
        )
    )
    found = exact + _spans(sides)
    if not_these and not found:
        found = [(LO, HI)]  # 'anything but these'
    return subtract(_joined(found), not_these)


def _spans(sides: list[tuple[bytes, str]]) -> list[tuple[bytes, bytes]]:
    spans: list[tuple[bytes, bytes]] = []
    low: bytes | None = LO
    for at, side in sides:
        if side == ">":
            low = at if low is None or low == LO else low
        elif low is not None:
            spans.append((low, at))
            low = None
        else:  # '<' behind '<': the greater one holds
            spans[-1] = (spans[-1][0], at)
    if low is not None and sides and low != LO:
        spans.append((low, HI))
    return spans


def _joined(spans: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    joined: list[tuple[bytes, bytes]] = []
    for lo, hi in sorted(spans):
        if joined and lo <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(hi, joined[-1][1]))
        else:
            joined.append((lo, hi))
    return joined
