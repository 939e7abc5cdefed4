"""What an import came to: values for the table, the API and the exit code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, NamedTuple

from suture.core.errors import Problem

PROBLEMS_KEPT = 50  # of a file: the first ones, with their place


class Outcome(StrEnum):
    """What became of one file."""

    IMPORTED = "imported"
    UNCHANGED = "unchanged"  # the same bytes as last time, read by the same readers
    REFUSED = "refused"  # a feed we read, but not this file: cut off, shrunk, older than what we have
    NOT_READ = "not yet read"  # no feed, or a format without a reader


@dataclass(slots=True)
class Counts:
    """What was counted in one file. `records` = new + amended + unchanged + older + repeated + unreadable."""

    records: int = 0
    new: int = 0
    amended: int = 0
    unchanged: int = 0
    older: int = 0  # than the record of the same id that stands: not taken
    repeated: int = 0  # the same id once more in the file: the first one stands
    unreadable: int = 0
    vanished: int = 0  # stood in the file's last edition and is not in this one: kept, for mirrors may be partial
    withdrawn: int = 0  # records among new and amended that are withdrawn or rejected
    stated: int = 0  # affected ranges of new and amended records that stand
    accepted: int = 0
    set_aside: int = 0  # ranges of withdrawn records
    review: Counter[str] = field(default_factory=Counter)
    merged: int = 0  # alias groups that became one
    kept_apart: int = 0  # claims that two CVEs are the same: not followed
    ranges_opened: int = 0  # stated ranges that came to stand, and that closed: what the totals move by
    ranges_closed: int = 0
    waiting_opened: int = 0
    waiting_closed: int = 0
    assertions_closed: int = 0
    vulnerabilities: int = 0

    def add_up(self) -> str:
        """'' when every record and every stated range is accounted for; else the sum that does not hold."""
        parts = self.new + self.amended + self.unchanged + self.older + self.repeated + self.unreadable
        if parts != self.records:
            return f"{self.records:,} records were read, and {parts:,} accounted for"
        waiting = sum(self.review.values())
        if self.accepted + waiting != self.stated:
            return f"{self.stated:,} ranges are stated, and {self.accepted:,} accepted + {waiting:,} in review"
        return ""

    def as_json(self) -> dict[str, Any]:
        """As stored with the revision."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {**values, "review": dict(self.review)}

    def add(self, other: Counts) -> None:
        """Count another file's in."""
        for each in fields(self):
            if each.name == "review":
                self.review.update(other.review)
            else:
                setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class FileResult:
    """One file: what became of it, and the revision that holds it. `source` is '' where no record named one."""

    file: str
    source: str
    outcome: Outcome
    counts: Counts
    seconds: float
    peak_mb: float  # of the whole process, so far
    rev: int | None = None
    why: str = ""
    problems: tuple[Problem, ...] = ()  # the first fifty


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceResult:
    """One line of the table an import ends with: all files of one source."""

    source: str
    files: tuple[FileResult, ...]
    counts: Counts
    seconds: float
    peak_mb: float

    @property
    def outcome(self) -> Outcome:
        """The gravest of its files': refused, imported, not yet read, unchanged."""
        found = {file.outcome for file in self.files}
        order = (Outcome.REFUSED, Outcome.IMPORTED, Outcome.UNCHANGED, Outcome.NOT_READ)
        return next(outcome for outcome in order if outcome in found)

    @property
    def failed(self) -> bool:
        """Whether a file of a feed we read was refused: the exit code is then not zero."""
        return any(file.outcome is Outcome.REFUSED for file in self.files)

    @property
    def changed(self) -> bool:
        """Whether anything known changed."""
        return bool(self.counts.new or self.counts.amended)

    @property
    def why(self) -> str:
        """Why files were refused or not read, each with its name."""
        return "; ".join(f"{file.file}: {file.why}" for file in self.files if file.why)


class Progress(NamedTuple):
    """How far an import is, for a bar on stderr: bytes of the files as they lie there."""

    file: str
    source: str
    records: int
    done: int
    total: int


Report = Callable[[Progress], None]


def by_source(files: Iterable[FileResult]) -> list[SourceResult]:
    """Files of one source together, in the order in which sources first came."""
    grouped: dict[str, list[FileResult]] = {}
    for file in files:
        grouped.setdefault(file.source or "other", []).append(file)
    found = []
    for source, group in grouped.items():
        total = Counts()
        for file in group:
            total.add(file.counts)
        found.append(
            SourceResult(
                source=source, files=tuple(group), counts=total, seconds=sum(file.seconds for file in group),
                peak_mb=max(file.peak_mb for file in group),
            )
        )  # fmt: skip
    return found
