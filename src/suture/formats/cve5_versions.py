"""The versions of one `affected` entry of a CVE record (format 5), as the ranges that the entry calls affected.

Publishers repeat themselves: a version stands in many lists, and a list in many records. So each is told by its very
bytes, read once, and then shared. Source: CVE record format 5.x and its "Version Status" document: the first entry
that holds a version decides, else `defaultStatus` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import msgspec

from suture.core.versions import Unorderable, is_series, key, looks_like_a_commit
from suture.core.vulnerabilities import Bounds, ReviewReason, Saying, Sayings
from suture.formats.decoding import decode

_LIST_OF = "the versions of an affected product (CVE record, format 5)"


class Change(msgspec.Struct, gc=False):
    at: str
    status: str


class Version(msgspec.Struct, rename="camel", gc=False):
    version: str = ""
    status: str = "unknown"
    version_type: str = ""
    less_than: str | None = None
    less_than_or_equal: str | None = None
    changes: tuple[Change, ...] = ()


_LIST = msgspec.json.Decoder(list[Version])


@lru_cache(maxsize=1 << 16)
def sayings(versions: bytes, default: str, named: bool) -> Sayings:
    """What a list of versions states; nothing only if it says 'unaffected'. `named`: of a package that we can name.

    Raises:
        FormatError: it is no list of versions.
    """
    entries = decode(_LIST, versions, _LIST_OF)
    if entries and default != "affected" and default != "unknown":
        plain = _plainly(entries, named)
        if plain is not None:
            return Sayings(plain)
    spans = _spans(entries)
    said = tuple(_statements(spans, default))
    if not named:
        said = tuple([
            one if one.reason else Saying(ReviewReason.NO_IDENTITY, one.bounds, (), _review_text(one, spans, default))
            for one in said
        ])  # fmt: skip
    return Sayings(said)


# ---- most lists: versions that are affected, each by itself


def _plainly(entries: Sequence[Version], named: bool) -> list[Saying] | None:
    """The ranges of entries that all say 'affected', without changes; None where one is to be read otherwise."""
    said: list[Saying] = []
    for entry in entries:
        if entry.status != "affected" or entry.changes:
            return None
        if named and entry.less_than is None and entry.less_than_or_equal is None:
            version = entry.version
            if "." in version and version[0] in _DIGITS and version[-1] in _DIGITS:
                said.append(_exactly(version))  # neither a word, nor a commit, nor a series
                continue
        said += _said_of_one(entry.version, entry.less_than, entry.less_than_or_equal, entry.version_type, named)
    return said


@lru_cache(maxsize=1 << 16)
def _exactly(version: str) -> Saying:
    return Saying(None, _new(Bounds, (version, version, False, True)))


@lru_cache(maxsize=1 << 16)
def _said_of_one(
    version: str, less_than: str | None, less_than_or_equal: str | None, version_type: str, named: bool
) -> tuple[Saying, ...]:
    """What one entry that says 'affected' states, as `_statements` would give it of a list of that entry alone."""
    bounds = _bounds(version, less_than, less_than_or_equal, version_type == "git", False)
    if named and not isinstance(bounds, ReviewReason):
        return (Saying(None, bounds, (), "", _is_wild(bounds)),)
    said = _in_words("affected", version, less_than, less_than_or_equal, version_type)
    if not isinstance(bounds, ReviewReason):
        return (Saying(ReviewReason.NO_IDENTITY, bounds, (), said),)
    waiting = Saying(bounds, _EVERYTHING, (), said)
    if bounds is not ReviewReason.COMMITS or not looks_like_a_commit(version):
        return (waiting,)
    certain = Bounds.exactly(version)  # so much is certain without the history
    return waiting, Saying(None, certain) if named else Saying(ReviewReason.NO_IDENTITY, certain, (), said)


# ---- all others: each entry as intervals with a status


class Span(NamedTuple):
    """An interval of versions with the status one entry gives it, or the reason why it is none."""

    status: str
    bounds: Bounds | ReviewReason
    entry: Version


_DIGITS = frozenset("0123456789")
_new = tuple.__new__  # a named tuple's own maker is a Python function, and there are many to make
_UNSAID = frozenset({"", "-", "n/a", "na", "none", "unspecified", "unknown", "not specified"})
_ALL = frozenset({"*", "all", "all versions", "any"})
_NO_END = _UNSAID | _ALL
_FROM_START = _NO_END | {"0"}
_COMPARISON = re.compile(r"(>=|<=|=|>|<)\s*([^\s,<>=]+)")
_COMPARISONS = re.compile(rf"{_COMPARISON.pattern}(?:\s*,\s*{_COMPARISON.pattern})?")


def _spans(entries: Sequence[Version]) -> list[Span]:
    """The intervals of a list of entries: one for each, or with `changes` one per status."""
    spans = []
    for entry in entries:
        changes = bool(entry.changes)
        bounds = _bounds(entry.version, entry.less_than, entry.less_than_or_equal, entry.version_type == "git", changes)
        if not changes or isinstance(bounds, ReviewReason):
            spans.append(Span(entry.status, bounds, entry))
            continue
        status, low = entry.status, bounds
        for change in entry.changes:
            if _not_below(change.at, bounds.high):
                break  # 'unaffected from 10.2.11' of a range that ends before: it says nothing more of this range
            spans.append(Span(status, low._replace(high=change.at, high_closed=False), entry))
            status, low = change.status, bounds._replace(low=change.at, low_open=False)
        spans.append(Span(status, low, entry))
    return spans


def _not_below(at: str, high: str | None) -> bool:
    """Whether a change comes at the end of a range or after it, as far as the two can be ordered."""
    if high is None:
        return False
    try:
        return key("loose", at) >= key("loose", high)
    except Unorderable:
        return False


def _are_commits(written: str, less_than: str, less_than_or_equal: str, typed_git: bool) -> bool:
    """Say whether the bounds are commits.

    The type does not tell: CNAs write 'git' beside release numbers ('* <= 3.5'), and the kernel's
    'original_commit_for_fix' gives the mainline release of the fix ('6.10 <= *').
    """
    if (
        looks_like_a_commit(written)
        or (less_than and looks_like_a_commit(less_than))
        or (less_than_or_equal and looks_like_a_commit(less_than_or_equal))
    ):
        return True
    return typed_git and "." not in written and "." not in less_than and "." not in less_than_or_equal


def _bounds(
    written: str, less_than: str | None, less_than_or_equal: str | None, typed_git: bool, changes: bool
) -> Bounds | ReviewReason:
    """One entry's bounds."""
    if _are_commits(written, less_than or "", less_than_or_equal or "", typed_git):
        return ReviewReason.COMMITS
    low: str | None
    low_open = False
    if "." in written and written[0] in _DIGITS and written[-1] in _DIGITS:  # nearly all: no word
        low = version = word = written
    else:
        version = written.strip()
        word = version.lower()
        low = None if word in _FROM_START else version
        if word.startswith("next of "):  # '> X' of the 4.0 format, as converted
            low, low_open = version[8:].strip(), True
    if less_than is not None or less_than_or_equal is not None:
        closed = less_than is None
        high = ((less_than_or_equal if closed else less_than) or "").strip()
        if high.lower() in _NO_END:
            return Bounds(low, None, low_open)
        return Bounds(low, high, low_open, closed)
    if low_open:
        return Bounds(low, None, True)
    if word in _ALL or (word == "0" and changes):
        return Bounds(None, None)
    if word in _UNSAID:
        return ReviewReason.NO_VERSION
    if changes:  # a beginning without an end: the changes say where it ends
        return Bounds(version, None)
    return _compared(version) or Bounds.exactly(version)


def _compared(version: str) -> Bounds | None:
    """'>= 4.0.0, < 4.1.2' in the place of a version: some CNAs write comparisons there. None: it is no such text."""
    if version[:1] not in "<>=" or not _COMPARISONS.fullmatch(version):
        return None
    low: str | None = None
    high: str | None = None
    low_open = high_closed = False
    for sign, bound in _COMPARISON.findall(version):
        if sign == "=":
            return Bounds.exactly(bound) if version.count(",") == 0 else None
        if sign[0] == ">":
            if low is not None:
                return None
            low, low_open = bound, sign == ">"
        else:
            if high is not None:
                return None
            high, high_closed = bound, sign == "<="
    return Bounds(low, high, low_open, high_closed)


def _said(entry: Version) -> str:
    """An entry as one line a person can read."""
    changes = "".join([f" from {change.at} {change.status}" for change in entry.changes])
    return _in_words(
        entry.status, entry.version, entry.less_than, entry.less_than_or_equal, entry.version_type, changes
    )


def _in_words(
    status: str, version: str, less_than: str | None, less_than_or_equal: str | None, kind: str, changes: str = ""
) -> str:
    said = f"{status} {version}" if version and status else status or version
    if less_than is not None:
        said = f"{said} < {less_than}"
    if less_than_or_equal is not None:
        said = f"{said} <= {less_than_or_equal}"
    return f"{said}{changes} ({kind})" if kind else f"{said}{changes}"


# ---- what the spans of a list state together


def _statements(spans: Sequence[Span], default: str) -> Iterator[Saying]:
    """The affected ranges of an entry: listed ones without what an earlier entry says otherwise, then the default's."""
    others = [number for number, span in enumerate(spans) if span.status != "affected"]
    last_other = others[-1] if others else -1
    minus: list[Bounds] = []
    wild = listed = False
    unread: Span | None = None
    for number, span in enumerate(spans):
        status, bounds, entry = span
        if isinstance(bounds, ReviewReason):
            if status != "affected":
                unread = span
            if status != "unaffected":
                yield Saying(bounds, _EVERYTHING, (), _said(entry))
            if status == "affected" and bounds is ReviewReason.COMMITS and looks_like_a_commit(entry.version):
                yield Saying(None, Bounds.exactly(entry.version))  # so much is certain without the history
        elif status == "affected":
            listed = True
            # Under `defaultStatus: affected` the complement below holds it already, unless a later entry cuts it out.
            if default != "affected" or not others or number < last_other:
                yield Saying(None, bounds, tuple(minus), "", wild or _is_wild(bounds))
        else:
            minus.append(bounds)
            wild = wild or _is_wild(bounds)
            if status != "unaffected":
                yield Saying(ReviewReason.UNKNOWN_STATUS, _EVERYTHING, (), _said(entry))
    if default == "affected":
        yield from _complement(spans, minus, listed, unread, wild)
    elif default != "unaffected" and len(others) == len(spans) and all(s.status == "unaffected" for s in spans):
        yield Saying(ReviewReason.UNKNOWN_STATUS, _EVERYTHING, (), f"defaultStatus {default or 'unknown'}")
    elif default == "unknown" and listed:
        said = "defaultStatus unknown: the record leaves every version open that it does not list"
        yield Saying(ReviewReason.UNKNOWN_STATUS, _EVERYTHING, (), said)


def _review_text(one: Saying, spans: Sequence[Span], default: str) -> str:
    """The words of a range that nobody can be named for."""
    entry = next((span.entry for span in spans if span.bounds is one.bounds), None)
    return _said(entry) if entry is not None else f"defaultStatus {default}"


_EVERYTHING = Bounds(None, None)


def _complement(
    spans: Sequence[Span], minus: Sequence[Bounds], listed: bool, unread: Span | None, wild: bool
) -> Iterator[Saying]:
    """What `defaultStatus: affected` adds: every version without the stated exceptions."""
    if unread is not None and not minus:
        # Without its exceptions the range would hold every version: a person reads them.
        reason = unread.bounds if isinstance(unread.bounds, ReviewReason) else ReviewReason.UNREADABLE
        yield Saying(reason, _EVERYTHING, (), f"defaultStatus affected; {_said(unread.entry)}")
    elif minus or not spans:
        yield Saying(None, _EVERYTHING, tuple(minus), "", wild)
    elif listed:
        # Only affected versions are listed ('8.1.* < 8.1.28'), yet the default calls every other version affected as
        # well. Such records mean their list; the default waits for a person instead of condemning every release.
        yield Saying(
            ReviewReason.UNKNOWN_STATUS,
            _EVERYTHING,
            (),
            "defaultStatus affected, though only affected versions are listed",
        )


def _is_wild(bounds: Bounds) -> bool:
    return (bounds.low is not None and is_series(bounds.low)) or (bounds.high is not None and is_series(bounds.high))
