"""Ranges in review: what a decision on one is remembered by, and why each waits, in a sentence. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from suture.core.vulnerabilities import ReviewReason

CUT = 1_000  # characters of a range's text that are kept; what goes beyond is told by the record's own hash

WHY: Mapping[str, str] = {
    ReviewReason.SEVERAL_NODES: "the record says it of this product together with others only (AND, 'running on')",
    ReviewReason.COMMITS: "the range is given in commits, which have no order",
    ReviewReason.NO_VERSION: "the record names the product but no version ('-', 'n/a', 'unspecified')",
    ReviewReason.NO_DIGIT: "a bound is a word without a number ('publication', 'latest')",
    ReviewReason.FREE_TEXT: "the versions are written as prose",
    ReviewReason.UNORDERABLE: "a bound has no place in the package's order of versions, nor in the loose one",
    ReviewReason.INVERTED: "the lower bound lies above the upper one",
    ReviewReason.EMPTY: "as stated, the range holds no version at all",
    ReviewReason.WILDCARD: "a wildcard stands where no bound can be made of it",
    ReviewReason.NEGATED: "the record says it of everything but this product",
    ReviewReason.UNKNOWN_STATUS: "the source itself says that it does not know whether these versions are affected",
    ReviewReason.NO_IDENTITY: "the record names no package, CPE or product, so it can be laid beside no component",
    ReviewReason.UNKNOWN_ECOSYSTEM: "the record names a package of an ecosystem that Suture cannot place",
    ReviewReason.TOO_LONG: "a version or name is longer than any real one",
    ReviewReason.UNREADABLE: "it could not be read",
}


def why(reason: str) -> str:
    """Why a range waits, as a sentence's end; the reason itself, for one that has no sentence yet."""
    return WHY.get(reason, reason)


def subject_of(source: str, record_id: str, kind: str, name: str) -> str:
    """SHA-256 of what a decision is about: one source's record and one package of it ('' where it names none)."""
    return sha256("\0".join((source, record_id, kind, name)).encode()).hexdigest()


def key_of(subject: str, reason: str, n: int, raw: str, record_sha256: bytes | memoryview) -> str:
    """SHA-256 of the same and its words: it stays while the record says the same of the package.

    Where the words were cut, the whole record stands for them: nothing beyond the cut changes unseen.
    """
    words = f"{subject}\0{reason}\0{n}\0{raw}".encode()
    return sha256(words + (b"\0" + bytes(record_sha256) if len(raw) >= CUT else b"")).hexdigest()
