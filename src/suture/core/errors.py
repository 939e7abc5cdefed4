"""One family of errors. Each text is a sentence for the person who can act on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a document: where it is, what it is, how to mend it.

    `where` is a JSON pointer (RFC 6901), or `line N` where the text cannot be parsed at all.
    The page, the API and the command line print problems alike.
    """

    where: str
    what: str
    mend: str = ""


class SutureError(Exception):
    """Anything Suture refuses to do, said so that the reader can act on it."""


class InvalidValue(SutureError, ValueError):
    """A value that cannot be: an argument, a field, a date in the future."""


class NotAllowed(SutureError):
    """This person may not do this, or this state does not permit it."""


class NotFound(SutureError):
    """Nothing of that name exists, or this person may not know of it."""


class Conflict(SutureError):
    """Somebody else changed the record meanwhile; look again, then repeat."""


class Contradiction(SutureError):
    """Two recorded facts cannot both be true; nothing is decided until one is corrected."""


class FormatError(SutureError):
    """A document that cannot be read. Carries every problem found, never only the first."""

    def __init__(self, what: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(what)
        self.what = what
        self.problems: tuple[Problem, ...] = tuple(problems) or (Problem("", what),)
