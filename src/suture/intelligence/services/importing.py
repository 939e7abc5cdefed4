"""Take in feed files: each one a revision that is published whole, or refused whole with the reason."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

from django.db import connection
from django.db.models import Max

from suture.accounts.models import Person
from suture.accounts.services import new_uid, require
from suture.core.errors import FormatError, Problem, SutureError
from suture.core.versions import KEYS_VERSION
from suture.evidence.clock import now
from suture.formats.detect import Detected, Kind
from suture.intelligence.models import FeedRevision
from suture.intelligence.reading import PARSER_VERSION, READERS
from suture.intelligence.services import files
from suture.intelligence.services.files import FeedFile, Opened
from suture.intelligence.services.publishing import names_are_due, publish, refresh_names, sweep, withdraw
from suture.intelligence.services.results import Counts, FileResult, Outcome, Progress, Report, SourceResult, by_source
from suture.intelligence.services.revision import Refused, RevisionReading
from suture.intelligence.services.rows import Numbers
from suture.intelligence.services.store import Store, open_store
from suture.intelligence.services.turn import Turn

State = FeedRevision.State


def import_feeds(
    paths: Iterable[Path | str], *, by: Person, progress: Report | None = None, as_source: str = "",
    even_if_smaller: bool = False,
) -> list[SourceResult]:  # fmt: skip
    """Take in files and folders of feeds, told by their content; one result per source.

    A file that is the same as last time is skipped. Every other one becomes a revision of its own: people go on
    reading what was published before, and signing, until it is published whole. A file that is cut off, has shrunk by
    half, or is older than what we have, is refused whole.

    Args:
        paths: files and folders, in this order; inside a folder in natural order.
        as_source: the name records are filed under, instead of their own: for facts that are no feed's ('demo').
        even_if_smaller: take in a file although it has shrunk by half.

    Raises:
        NotAllowed: this person may not import feeds.
        NotFound: a path is not there.
        Conflict: another import is under way.
    """
    require(by, "feeds.import")
    if connection.in_atomic_block:
        raise SutureError("feeds are imported in transactions of their own, never inside another one")
    found = files.feed_files(paths)
    store = open_store()
    try:
        turn = Turn(store)
        turn.take()
        collecting = gc.isenabled()
        gc.disable()  # millions of tuples that form no cycles
        try:
            sweep(store, turn)
            refresh_names(store, turn)
            run = _Run(store, turn, by, as_source, even_if_smaller)
            run.report, run.total = progress, sum(file.size for file in found)
            results = [run.take_in(file) for file in found]
            refresh_names(store, turn)
            if any(result.outcome is Outcome.IMPORTED for result in results):
                store.settle()
        finally:
            if collecting:
                gc.enable()
            turn.give_back()
    finally:
        store.close()
    return by_source(results)


def sweep_unpublished() -> int:
    """Remove what a cut-off import left, and finish what it had yet to name; how many rows. Safe at any time."""
    if not (FeedRevision.objects.filter(state=State.IMPORTING).exists() or names_are_due()):
        return 0
    store = open_store()
    try:
        turn = Turn(store)
        if not turn.try_take():
            return 0  # those rows are not left over: somebody imports just now
        try:
            rows = sweep(store, turn)
            refresh_names(store, turn)
        finally:
            turn.give_back()
    finally:
        store.close()
    return rows


class _Run:
    """One call of `import_feeds`: what its files share."""

    def __init__(self, store: Store, turn: Turn, by: Person, as_source: str, even_if_smaller: bool) -> None:
        self._store, self._turn, self._by = store, turn, by
        self._as_source, self._even_if_smaller = as_source, even_if_smaller
        self._numbers: Numbers | None = None
        self._done = 0  # bytes of the files before this one
        self.report: Report | None = None
        self.total = 0

    def take_in(self, file: FeedFile) -> FileResult:
        """One file: skipped, refused, or made a revision."""
        started = time.perf_counter()
        try:
            result = self._take_in(file, started)
        finally:
            self._done += file.size
        self._tell(file, result.source, result.counts.records, 0)
        return result

    def _take_in(self, file: FeedFile, started: float) -> FileResult:
        try:
            with Opened(file) as opened:
                head = opened.read(files.HEAD)
        except FormatError as error:
            return _ended(file, "", Outcome.REFUSED, started, why=error.what)
        found = files.detect(head, file.name)
        if found.kind not in READERS and found.kind not in (Kind.KEV, Kind.EPSS):
            source, why = files.why_not(head, found)
            return _ended(file, source, Outcome.REFUSED if file.asked_for else Outcome.NOT_READ, started, why=why)
        fingerprint = files.sha256_of(file)
        before = self._last(file)
        if before is not None and _same(before, fingerprint):
            FeedRevision.objects.filter(pk=before.pk).update(checked_at=now())
            counts = Counts(records=before.counts["records"], unchanged=before.counts["records"])
            return _ended(file, before.source, Outcome.UNCHANGED, started, counts=counts, rev=before.rev)
        return self._revise(file, found, fingerprint, started)

    def _last(self, file: FeedFile) -> FeedRevision | None:
        published = FeedRevision.objects.filter(file_name=file.name[:300], state=State.PUBLISHED)
        if self._as_source:
            published = published.filter(source=self._as_source)
        return published.order_by("-rev").first()

    def _revise(self, file: FeedFile, found: Detected, fingerprint: str, started: float) -> FileResult:
        """One file as one revision: begun, filled, and published or withdrawn."""
        numbers = self._numbers = self._numbers or Numbers(self._store)
        revision = FeedRevision.objects.create(
            rev=(FeedRevision.objects.aggregate(last=Max("rev"))["last"] or 0) + 1,
            uid=new_uid(), source=self._as_source or found.kind.value, file_name=file.name[:300], sha256=fingerprint,
            parser_ver=PARSER_VERSION, keys_ver=KEYS_VERSION, started_at=now(),
            fetched_at=datetime.fromtimestamp(file.path.stat().st_mtime, UTC), first_assertion=numbers.next_assertion,
        )  # fmt: skip
        reading = RevisionReading(
            store=self._store, turn=self._turn, numbers=numbers, revision=revision, file=file, found=found,
            as_source=self._as_source, even_if_smaller=self._even_if_smaller, tell=self._tell,
        )  # fmt: skip
        try:
            reading.read()
            revision.last_assertion = numbers.next_assertion - 1
            publish(
                revision=revision, counts=reading.counts, merges=reading.merges, result=reading.result,
                standing=reading.standing, sources=reading.sources, turn=self._turn, by=self._by,
            )  # fmt: skip
        except (FormatError, Refused) as error:
            withdraw(self._store, self._turn, revision, State.REFUSED, str(error))
            problems = tuple(reading.problems) or error.problems
            return _ended(
                file, revision.source, Outcome.REFUSED, started, rev=revision.rev, why=str(error), problems=problems
            )
        return _ended(
            file, revision.source, Outcome.IMPORTED, started, counts=reading.counts, rev=revision.rev,
            problems=tuple(reading.problems),
        )  # fmt: skip

    def _tell(self, file: FeedFile, source: str, records: int, position: int) -> None:
        if self.report is not None:
            self.report(Progress(file.name, source, records, min(self._done + position, self.total), self.total))


def _same(before: FeedRevision, fingerprint: str) -> bool:
    """Whether an earlier edition had the same bytes, read by the same readers into the same keys."""
    return (before.sha256, before.parser_ver, before.keys_ver) == (fingerprint, PARSER_VERSION, KEYS_VERSION)


def _ended(
    file: FeedFile, source: str, outcome: Outcome, started: float, *, counts: Counts | None = None,
    rev: int | None = None, why: str = "", problems: Sequence[Problem] = (),
) -> FileResult:  # fmt: skip
    return FileResult(
        file=file.name, source=source, outcome=outcome, counts=counts or Counts(), rev=rev, why=why,
        seconds=time.perf_counter() - started, peak_mb=getrusage(RUSAGE_SELF).ru_maxrss / 1024,
        problems=tuple(problems),
    )  # fmt: skip
