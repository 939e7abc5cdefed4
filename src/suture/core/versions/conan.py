"""Conan packages (C and C++).

Order (Conan 2, "Versioning"; `conan.model.version`): items between dots, numbers as numbers and others as texts;
zeros at the end have no meaning; of two versions that agree as far as the shorter goes, the shorter is below; what
stands behind the first `-` makes a pre-release, below the version without; then what stands behind `+`, above the
version without. Both are compared item by item in the same way. An empty pre-release (`2-`) is below all others.

A number and a text are compared as texts by Conan, so `2` < `10` < `1a` < `2`: no order can have that. Here a text
that begins with a number stands directly above that number (`1.1.1` < `1.1.1k` < `1.1.2`, as Conan has it wherever
the numbers are equally long), and one that begins with a letter above all numbers.

Key: numbers; 0xFB and the rest of a text behind its number; 0xFA text; 0x03 the empty text; 0x02 the end; then 0x01
and the pre-release or 0x02; 0x01 or 0x02 and what stands behind `+`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from suture.core.versions.encoding import ABOVE_SERIES, PLAIN_NUMBERS, Unorderable, number, quoted, text

_END = b"\x02"
_EMPTY = b"\x03"
_TEXT, _REST = b"\xfa", b"\xfb"
_BEFORE, _NOT_BEFORE = b"\x01", b"\x02"
_NO_BUILD, _BUILD = b"\x01", b"\x02"
_RELEASE = _END + _NOT_BEFORE + _NO_BUILD
_ZERO = number(0)

_ITEMS = r"[0-9A-Za-z_]+(?:\.[0-9A-Za-z_]+)*"
_QUALIFIER = r"[0-9A-Za-z_][0-9A-Za-z_-]*(?:\.[0-9A-Za-z_][0-9A-Za-z_-]*)*"
_match = re.compile(rf"({_ITEMS})(?:-(?P<pre>(?:{_QUALIFIER})?))?(?:\+(?P<build>{_QUALIFIER}))?").fullmatch
_number = re.compile(r"[0-9]+(?:_[0-9]+)*").fullmatch
_numbered = re.compile(r"([0-9]+)(.*)").fullmatch


def conan(version: str) -> bytes:
    parts = version.split(".")
    if len(parts) == 3 and parts[2] != "0":  # most are: the same as below, sooner
        major, minor, patch = parts
        try:
            return PLAIN_NUMBERS[major] + PLAIN_NUMBERS[minor] + PLAIN_NUMBERS[patch] + _RELEASE
        except KeyError:
            pass
    while parts and parts[-1] == "0":
        parts.pop()
    try:
        return b"".join([PLAIN_NUMBERS[part] for part in parts]) + _RELEASE
    except KeyError:
        pass
    found = _match(version)
    if not found:
        raise Unorderable(f"{quoted(version)} is not a Conan version")
    main, pre, build = found.groups()
    key = _items(main) + (_NOT_BEFORE if pre is None else _BEFORE + _items(pre))
    return key + (_BUILD + _items(build) if build else _NO_BUILD)


def _items(dotted: str) -> bytes:
    tokens = [_item(item) for item in dotted.split(".")]
    _leave_out_zeros(tokens)
    tokens.append(_END)
    return b"".join(tokens)


def _item(item: str) -> bytes:
    if not item:
        return _EMPTY
    if _number(item):
        return number(int(item.replace("_", "")))
    found = _numbered(item)
    return number(int(found[1])) + _REST + text(found[2]) if found else _TEXT + text(item)


def _leave_out_zeros(tokens: list[bytes]) -> None:
    while tokens and tokens[-1] == _ZERO:
        tokens.pop()


def series(numbers: Sequence[str]) -> tuple[bytes, bytes]:
    """All versions that begin with these numbers, with their pre-releases; `6.0.*` begins with those of 6."""
    tokens = [number(int(n)) for n in numbers]
    above = b"".join(tokens) + ABOVE_SERIES
    _leave_out_zeros(tokens)
    return b"".join(tokens), above
