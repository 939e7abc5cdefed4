"""Text inside an IRI: percent-encoding as UTF-8 and back (RFC 3986, 2.1)."""

from __future__ import annotations

import re

from suture.core.errors import InvalidValue

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_CODES = re.compile(rb"%([0-9A-Fa-f]{2})")


def quoted(text: str, keep: str = "") -> str:
    """Text with every character encoded that is not unreserved or in `keep`."""
    kept = _UNRESERVED | frozenset(keep.encode())
    return "".join(chr(byte) if byte in kept else f"%{byte:02X}" for byte in text.encode("utf-8"))


def unquoted(text: str) -> str:
    """The text that was encoded.

    Raises:
        InvalidValue: the codes make no UTF-8 text.
    """
    try:
        return _CODES.sub(lambda code: bytes([int(code[1], 16)]), text.encode("utf-8")).decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise InvalidValue(f"not percent-encoded UTF-8: {text!r}") from wrong
