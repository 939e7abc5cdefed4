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


_SECTIONS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])
_LIST = msgspec.json.Decoder(list[object])
_ANY = msgspec.json.Decoder(object)
_ENCODER = msgspec.json.Encoder()
_AT_ONCE = 8  # members decoded together: few enough to be gone before the garbage collector has seen them twice


def sections(data: bytes, what: str) -> tuple[dict[str, msgspec.Raw], list[Problem]]:
    """The members of a JSON object, not yet decoded, and a problem for each key the object says twice.

    Raises:
        FormatError: not a JSON object.
    """
    found = decode(_SECTIONS, data, what)
    colons = sum(bytes(raw).count(b":") for raw in found.values()) + sum(1 + key.count(":") for key in found)
    if data.count(b":") == colons:
        return found, []
    return found, list(_repeated(data, "", 1))


def value(raw: bytes | msgspec.Raw, where: str) -> tuple[object, list[Problem]]:
    """Decode one member, and give a problem for each key that any object in it says twice."""
    text = bytes(raw)
    found = _ANY.decode(text)
    return found, [] if _is_whole(text, found) else list(_repeated(text, where, None))


def members(raw: bytes | msgspec.Raw, where: str) -> Iterator[tuple[object, list[Problem]]]:
    """As `value`, for each member of an array: a large array never lies decoded in memory as a whole.

    Raises:
        FormatError: not an array.
    """
    try:
        parts: list[msgspec.Raw] = decode(_ARRAY, bytes(raw), "an array")
    except FormatError as wrong:
        raise FormatError(f"{where} is no array", [Problem(where, "not an array")]) from wrong
    for start in range(0, len(parts), _AT_ONCE):
        some = parts[start : start + _AT_ONCE]
        text = b"[" + b",".join(some) + b"]"
        found = _LIST.decode(text)
        if _is_whole(text, found):
            yield from [(each, []) for each in found]
        else:
            yield from [value(part, f"{where}/{number}") for number, part in enumerate(some, start)]


def _is_whole(text: bytes, found: object) -> bool:
    """Whether decoding lost no key.

    What is decoded, written again, has as many colons as the original, unless a key was lost on the way, or a colon
    was written as an escape: only then is the slow look needed.
    """
    written = text.count(b":")
    if b"\\u003" in text:
        written += text.lower().count(b"\\u003a")
    return written == _ENCODER.encode(found).count(b":")


class _Pairs(list[tuple[str, object]]):
    """An object as its pairs, as written."""


def _repeated(text: bytes, where: str, depth: int | None) -> Iterator[Problem]:
    """A problem per key written twice in one object; `depth` 1 looks at the outermost object only."""
    waiting: list[tuple[str, object, int]] = [(where, json.loads(text, object_pairs_hook=_Pairs), 1)]
    while waiting:
        place, found, level = waiting.pop()
        if isinstance(found, _Pairs):
            seen: set[str] = set()
            for name, _ in found:
                if name in seen:
                    yield Problem(
                        f"{place}/{escaped(name)}", f"the key {name!r} is written twice", "keep one of the two"
                    )
                seen.add(name)
            if depth is None or level < depth:
                waiting += [(f"{place}/{escaped(name)}", inner, level + 1) for name, inner in found]
        elif isinstance(found, list):
            waiting += [(f"{place}/{number}", inner, level + 1) for number, inner in enumerate(found)]


def escaped(name: str) -> str:
    """A key as one step of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")
