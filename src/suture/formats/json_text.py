"""JSON before it is decoded: is it text, is it small and flat enough, does any object say the same key twice."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from suture.core.errors import FormatError, Problem
from suture.formats.decoding import decode

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a document may be, so that no upload can exhaust the machine."""

    size: int = 128 * 1024 * 1024  # bytes
    depth: int = 100  # arrays and objects inside one another
    components: int = 200_000


LIMITS = Limits()

_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_ALL_BUT_BRACKETS_AND_QUOTES = bytes(sorted(set(range(256)) - set(b'[]{}"')))
_ONE_KIND = bytes.maketrans(b"{}", b"[]")


def checked(data: bytes, limits: Limits = LIMITS) -> bytes:
    """Give the document without its byte order mark, once size, encoding and nesting are within bounds.

    Raises:
        FormatError: too large, empty, not UTF-8, or nested deeper than the limit.
    """
    if len(data) > limits.size:
        raise FormatError(f"the file has {len(data):,} bytes; at most {limits.size:,} are read")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or (
        len(data) > 3 and 0 in (data[0], data[1]) and data[:2] != b"\0\0"
    ):
        raise FormatError("the file is UTF-16 text; save it as UTF-8")
    text = data.removeprefix(BOM)
    if not text or text.isspace():
        raise FormatError("the file is empty")
    if not text.isascii():
        try:
            text.decode("utf-8")
        except UnicodeDecodeError as wrong:
            line = text.count(b"\n", 0, wrong.start) + 1
            what = f"not UTF-8 text: byte {wrong.start} in line {line} begins no character"
            raise FormatError(what, [Problem(f"line {line}", what, "save the file as UTF-8")]) from wrong
    if is_deeper(text, limits.depth):
        raise FormatError(f"arrays and objects lie more than {limits.depth} deep in one another")
    return text


def is_deeper(data: bytes, limit: int) -> bool:
    """Say whether brackets nest deeper than the limit, without a decoder and without recursion.

    Escapes go first, then everything but brackets and quotes; two quotes that touch cancel out; what stands between
    the others is text. Each further pass takes away the innermost pairs, so the number of passes is the depth.
    Whether brackets of the right kind meet is the decoder's question.
    """
    if b"\\" in data:
        data = _ESCAPE.sub(b"", data)
    left = data.translate(_ONE_KIND, _ALL_BUT_BRACKETS_AND_QUOTES)
    size = -1
    while len(left) != size:
        size, left = len(left), left.replace(b'""', b"")
    left = b"".join(left.split(b'"')[::2])
    for _ in range(limit):
        size, left = len(left), left.replace(b"[]", b"")
        if len(left) == size:  # nothing left, or brackets without a partner: those open at once, then
            return left.count(b"[") > limit
    return bool(left)


_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])
_ANY = msgspec.json.Decoder(object)
_ENCODER = msgspec.json.Encoder()
_AT_ONCE = 8  # members decoded together: few enough to be gone before the garbage collector has seen them twice


class Document:
    """A JSON object that is decoded member by member, so that a large one never lies decoded in memory as a whole.

    What is decoded, written again, has as many colons as the text, unless a key was written twice and lost on the way,
    or a colon was written as an escape. So counting tells cheaply whether the slow search for such keys is needed.
    """

    def __init__(self, data: bytes, what: str) -> None:
        """Split an object into its members.

        Raises:
            FormatError: not a JSON object.
        """
        self.members: dict[str, msgspec.Raw] = decode(_MEMBERS, data, what)
        self._data = data
        self._waiting = dict.fromkeys(self.members)
        self._colons = sum(1 + key.count(":") for key in self.members)

    def __contains__(self, name: str) -> bool:
        return name in self.members

    def value(self, name: str) -> object:
        """One member, decoded; None when it is not there."""
        raw = self.members.get(name)
        return None if raw is None else self._decoded(name, raw)

    def each(self, name: str) -> Iterator[object]:
        """The values of one member that is an array, one after the other.

        Raises:
            FormatError: it is no array.
        """
        try:
            parts = decode(_ARRAY, bytes(self.members[name]), "an array")
        except FormatError as wrong:
            raise FormatError(f"/{name} is no array", [Problem(f"/{name}", "not an array")]) from wrong
        self._waiting.pop(name, None)
        for start in range(0, len(parts), _AT_ONCE):
            found = [_ANY.decode(part) for part in parts[start : start + _AT_ONCE]]
            self._colons += _ENCODER.encode(found).count(b":")
            yield from found

    def repeated(self) -> list[Problem]:
        """A problem per key that any object of the document says twice; members not yet looked at are now."""
        for name in list(self._waiting):
            self._decoded(name, self.members[name])
        return list(_repeated(self._data)) if _written(self._data) != self._colons else []

    def _decoded(self, name: str, raw: msgspec.Raw) -> object:
        found = _ANY.decode(raw)
        if name in self._waiting:
            del self._waiting[name]
            self._colons += _ENCODER.encode(found).count(b":")
        return found


def repeated_keys(data: bytes, decoded: object) -> list[Problem]:
    """A problem per key that any object of a decoded text says twice."""
    return list(_repeated(data)) if _written(data) != _ENCODER.encode(decoded).count(b":") else []


def _written(data: bytes) -> int:
    """How many colons a text has, escaped ones included."""
    return data.count(b":") + data.count(b"\\u003a") + data.count(b"\\u003A")


class _Pairs(list[tuple[str, object]]):
    """An object as its pairs, as written."""


def _repeated(data: bytes) -> Iterator[Problem]:
    waiting: list[tuple[str, object]] = [("", json.loads(data, object_pairs_hook=_Pairs))]
    while waiting:
        place, found = waiting.pop()
        if isinstance(found, _Pairs):
            seen: set[str] = set()
            for name, _ in found:
                if name in seen:
                    yield Problem(f"{place}/{escaped(name)}", f"the key {name!r} is written twice", "keep one")
                seen.add(name)
            waiting += [(f"{place}/{escaped(name)}", inner) for name, inner in reversed(found)]
        elif isinstance(found, list):
            waiting += [(f"{place}/{number}", inner) for number, inner in reversed(list(enumerate(found)))]


def escaped(name: str) -> str:
    """A key as one step of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")
