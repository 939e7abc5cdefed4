"""From bytes to a typed structure, or to one `FormatError` that says where. Shared by every reader."""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

from suture.core.errors import FormatError, Problem

T = TypeVar("T")

_BYTE = re.compile(r" \(byte (\d+)\)$")
_PLACE = re.compile(r" - at `\$(.*)`$", re.DOTALL)
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")


def pointer(path: str) -> str:
    """A decoder's path as a JSON pointer (RFC 6901): '.affected[0].ranges' becomes '/affected/0/ranges'."""
    return "".join("/" + (name or index) for name, index in _STEP.findall(path))


def problem_of(error: msgspec.DecodeError, data: bytes) -> Problem:
    """What a decoder objected to, with the place as JSON pointer, or as line where the text is no JSON."""
    text = str(error)
    if at := _BYTE.search(text):
        return Problem(f"line {data.count(10, 0, int(at[1])) + 1}", text[: at.start()])
    if found := _PLACE.search(text):
        return Problem(pointer(found[1]), text[: found.start()])
    return Problem("", text)


def decode(decoder: msgspec.json.Decoder[T], data: bytes | msgspec.Raw, what: str) -> T:
    """Decode one document of the kind named by `what` ('an OSV record').

    Raises:
        FormatError: not JSON, not UTF-8, nested too deeply, or of another shape; nothing else is raised.
    """
    try:
        return decoder.decode(data)
    except msgspec.DecodeError as wrong:
        raise FormatError(f"not {what}: {wrong}", [problem_of(wrong, bytes(data))]) from wrong
    except UnicodeDecodeError as wrong:
        raise FormatError(f"not {what}: not UTF-8 text (byte {wrong.start})") from wrong
    except RecursionError as wrong:
        raise FormatError(f"not {what}: nested too deeply") from wrong
