"""Any text, byte by byte: VERS `lexicographic`.

Order (VERS types): the bytes of the text in UTF-8, without normalisation; a text is below every longer one it begins.
The one scheme in which a version needs no digit. Refused: control characters, and what is no text in UTF-8.

Key: the bytes; 0x00 the end.
"""

from __future__ import annotations

from collections.abc import Sequence

from suture.core.versions.encoding import Unorderable, quoted

_END = b"\x00"


def lexicographic(version: str) -> bytes:
    try:
        made = version.encode("utf-8")
    except UnicodeEncodeError as wrong:
        raise Unorderable(f"{quoted(version)} is no text in UTF-8") from wrong
    if not made or version in "-*" or min(made) < 0x20:
        raise Unorderable(f"{quoted(version)} is no version")
    return made + _END


def series(numbers: Sequence[str]) -> tuple[bytes, bytes]:
    """There are none: `1.10` stands before `1.2` here, so no beginning in numbers holds together."""
    raise Unorderable("texts in the order of their bytes have no series")
