"""A build named by its commit: equality only, for commits have no order without their repository's history.

The Linux kernel's CNA states which commit introduced a flaw. A component built from that very commit is affected, and
that much needs no history. Commits are abbreviated; twelve digits are the kernel's rule and tell all its commits apart
(Documentation/process/submitting-patches: "at least the first 12 characters of the SHA-1 ID").
"""

from __future__ import annotations

from suture.core.versions import Unorderable, after, looks_like_a_commit

SCHEME = "git"  # the name under which keys of commits are kept; no order, so not one of `versions.SCHEMES`
DIGITS = 12


def key(commit: str) -> bytes:
    """The key of a commit: its first twelve hexadecimal digits and the end.

    Raises:
        Unorderable: it is no commit, or abbreviated to fewer than twelve digits.
    """
    written = commit.strip().lower().removeprefix("commit").lstrip(" :-_")
    if len(written) < DIGITS or not looks_like_a_commit(written):
        raise Unorderable(f"{commit[:60]!r} names no commit by {DIGITS} digits or more")
    return written[:DIGITS].encode("ascii") + b"\0"


def interval(commit: str) -> tuple[bytes, bytes]:
    """The interval `[lo, hi)` that holds one commit and nothing else.

    Raises:
        Unorderable: as `key`.
    """
    made = key(commit)
    return made, after(made)
