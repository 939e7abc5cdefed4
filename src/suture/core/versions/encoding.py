"""The bytes every version key is made of: numbers, texts, ends; and the errors of a version without order.

A key is built from tokens so that comparing two keys byte by byte compares the versions:

* a number `n` is one byte, 0x20 + n, up to 191; above that its length and then its big-endian bytes, so a longer
  number is always the greater one. First bytes 0x20 to 0xF8 are numbers, in every scheme;
* a text is its ASCII bytes and a 0x00, so a text sorts before every longer text it begins;
* bytes below 0x20 are the scheme's own structure: what ends a version, what marks a pre-release.

No key is the beginning of another (it is *prefix-free*): each ends in an end token no other token of its scheme
can be confused with. Therefore every bound of a range is a plain byte string, and every range is half-open.
"""

from __future__ import annotations

from suture.core.errors import InvalidValue

LONGEST_KEY = 512  # bytes; a longer one would not fit the indexes of every database we run on
LONGEST_TEXT = 512  # characters; nobody writes such a version, and digits beyond it cost time to read

LO = b""  # below every key
HI = b"\xff\xff"  # above every key and every bound made from one

# Above every continuation of a common beginning (numbers start at most with 0xF8, epochs of `loose` with 0xF9).
ABOVE_SERIES = b"\xfb"


class Unorderable(InvalidValue):
    """A text that has no place in the order of its scheme. It is never guessed at."""


class TooLong(Unorderable):
    """A version whose text or key is longer than any real version's."""


def quoted(version: str) -> str:
    """The version as an error may print it: quoted, and cut where it is absurdly long."""
    return repr(version if len(version) <= 80 else version[:77] + "...")


def after(key: bytes) -> bytes:
    """The smallest bound above every version that compares equal to `key`."""
    return key + b"\xff"


def number(n: int) -> bytes:
    """One natural number of any size. Prefix-free, and in the order of the numbers."""
    if n < 192:
        return _ONE_BYTE[n]
    length = (n.bit_length() + 7) >> 3
    if length <= 24:
        return bytes((0xDF + length,)) + n.to_bytes(length, "big")
    return b"\xf8" + length.to_bytes(2, "big") + n.to_bytes(length, "big")


def text(ascii_text: str) -> bytes:
    """One run of ASCII text, in byte order; a shorter text sorts before what it begins."""
    return ascii_text.encode("ascii") + b"\x00"


_ONE_BYTE = [bytes((0x20 + n,)) for n in range(192)]

# Most numbers of most versions: a look-up instead of int() and number(). Leading zeros are not in it.
PLAIN_NUMBERS: dict[str, bytes] = {str(n): number(n) for n in range(10_000)}
