"""One file read into the rows of one revision, and the judgement whether it may be the feed's next edition."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from hashlib import sha256
from itertools import islice

from suture.core.errors import FormatError, Problem, SutureError
from suture.formats import epss, kev
from suture.formats.detect import Detected, Kind, Layout
from suture.intelligence.models import FeedRevision
from suture.intelligence.reading import PARSER_VERSION, READERS, Raw
from suture.intelligence.services import files
from suture.intelligence.services.files import FeedFile, Lines, Opened
from suture.intelligence.services.grouping import Groups
from suture.intelligence.services.records import AT_ONCE, Edition, RecordImport
from suture.intelligence.services.results import Counts
from suture.intelligence.services.rows import Numbers
from suture.intelligence.services.scores import import_epss, import_kev
from suture.intelligence.services.store import Store
from suture.intelligence.services.turn import Turn

ONE_FILE = (Kind.KEV, Kind.EPSS)  # sources that are one file, whatever it is called on the day

_DAY = re.compile(r"(20[0-9]{2})-([01][0-9])-([0-3][0-9])")

Tell = Callable[[FeedFile, str, int, int], None]


class Refused(SutureError):
    """A file of a feed that is not taken in; the last good revision stays."""

    problems: tuple[Problem, ...] = ()


class RevisionReading:
    """One file being read. What it wrote is seen by nobody before it is published."""

    def __init__(
        self, *, store: Store, turn: Turn, numbers: Numbers, revision: FeedRevision, file: FeedFile, found: Detected,
        as_source: str, even_if_smaller: bool, tell: Tell,
    ) -> None:  # fmt: skip
        self._store, self._turn = store, turn
        self._revision, self._file, self._found = revision, file, found
        self._as_source, self._even_if_smaller, self._tell = as_source, even_if_smaller, tell
        self._groups = Groups(store, numbers.vulnerability)
        self._records = RecordImport(
            store=store, turn=turn, numbers=numbers, groups=self._groups, rev=revision.rev, kind=found.kind,
            as_source=as_source,
        )  # fmt: skip
        self.counts = self._records.counts
        self.problems = self._records.problems
        self.result = b""
        self.standing: dict[str, int] = {}

    @property
    def merges(self) -> list[tuple[int, int]]:
        return self._groups.merges

    @property
    def sources(self) -> set[str]:
        """Every source that a record of this file is of; most files have one."""
        return self._records.sources or {self._revision.source}

    def read(self) -> None:
        """Read the whole file.

        Raises:
            FormatError: it cannot be read to its end.
            Refused: it cannot be the feed's next edition; says why.
        """
        with Opened(self._file) as opened:
            if self._found.kind is Kind.KEV:
                self._catalogue(files.whole(opened))
            elif self._found.kind is Kind.EPSS:
                self._scores(files.whole(opened))
            elif self._found.layout is Layout.LINES:
                lines = Lines(opened)
                self._take(lines, opened)
                if lines.cut_off:
                    raise Refused("the file is cut off: its last record is not whole")
            elif self._found.layout is Layout.PAGE:
                self._revision.dated, records = files.page(self._found.kind, files.whole(opened))
                self._take(records, opened)
            else:
                self._take([(1, files.whole(opened))], opened)
        if wrong := self.counts.add_up():
            raise Refused(wrong)

    # ---- records

    def _take(self, records: Iterable[tuple[int, bytes]], opened: Opened) -> None:
        work, revision = self._records, self._revision
        # Records filed under another name have another fingerprint, or they would pass for the feed's own.
        salt = f"{self._as_source}\0".encode() if self._as_source else b""
        raws = (Raw(line, data, sha256(salt + data if salt else data).digest()) for line, data in records)
        edition: Edition | None = None
        while some := list(islice(raws, AT_ONCE)):
            if edition is None:
                revision.source = self._as_source or self._source_of(some)
                edition = self._edition()
            work.take(some, edition)
            self._tell(self._file, revision.source, work.counts.records, opened.position)
        revision.dated = revision.dated or work.newest
        self.counts.vanished = self._stood(edition) - work.met
        self.result = sha256(b"".join(work.results)).digest()
        self._judge()

    def _source_of(self, raws: list[Raw]) -> str:
        """The source of the first record that can be read."""
        for raw in raws:
            try:
                return READERS[self._found.kind](raw.data).source
            except FormatError:
                continue
        return self._found.kind.value

    def _edition(self) -> Edition:
        published = FeedRevision.objects.filter(state=FeedRevision.State.PUBLISHED)
        mine = published.filter(source=self._revision.source, file_name=self._revision.file_name, last_assertion__gt=0)
        alike = published.filter(parser_ver=PARSER_VERSION, keys_ver=self._revision.keys_ver)
        return Edition(
            sorted(mine.values_list("first_assertion", "last_assertion")),
            frozenset(alike.values_list("rev", flat=True)),
        )

    def _stood(self, edition: Edition | None) -> int:
        """How many records of the file's earlier editions stood when this one began."""
        rev = self._revision.rev
        return sum(
            self._store.rows(
                "SELECT count(*) FROM assertion WHERE id >= ? AND id <= ? AND f < ? AND t >= ?", [first, last, rev, rev]
            )[0][0]
            for first, last in (edition.spans if edition else ())
        )

    # ---- whole files

    def _catalogue(self, data: bytes) -> None:
        read = kev.read(data)
        self._revision.upstream_id, self._revision.dated = read.version[:120], read.released[:40]
        self.counts.records = len(read.entries)
        self._judge()
        counts, self.result = import_kev(self._store, self._turn, self._revision.rev, read.entries)
        self._took(counts, "kev", "exploited")

    def _scores(self, data: bytes) -> None:
        read = epss.read(data)
        in_name = _DAY.search(self._file.name)  # some mirrors cut the comment line that carries the date
        day = read.dated or (in_name[0] if in_name else "")
        self._revision.upstream_id, self._revision.dated = read.model[:120], day[:40]
        self.counts.records = len(read.scores)
        self._judge()
        counts, self.result = import_epss(self._store, self._turn, self._revision.rev, day[:10], read.scores)
        self._took(counts, "epss", "scored")

    def _took(self, counts: Counts, table: str, total: str) -> None:
        self.counts = counts
        rev = self._revision.rev
        standing = self._store.rows(f"SELECT count(*) FROM {table} WHERE f <= ? AND t > ?", [rev, rev])  # noqa: S608
        self.standing = {total: standing[0][0]}

    # ---- judgement

    def _judge(self) -> None:
        """Refuse what cannot be the feed's next edition.

        Raises:
            Refused: says why.
        """
        counts, revision = self.counts, self._revision
        if not counts.records:
            raise Refused("the file holds no record")
        if counts.unreadable * 2 > counts.records:
            raise Refused(f"{counts.unreadable:,} of {counts.records:,} records cannot be read")
        before = self._last_edition()
        if before is None:
            return
        had = before.counts["records"]
        if counts.records * 2 <= had and not self._even_if_smaller:
            raise Refused(
                f"the feed has shrunk from {had:,} records to {counts.records:,}: a mirror may be incomplete, "
                "so the last good revision stays"
            )
        if revision.dated and before.dated and revision.dated[:19] < before.dated[:19]:
            raise Refused(
                f"the feed is of {revision.dated[:10]}, older than what was taken in with revision {before.rev}, "
                f"of {before.dated[:10]}"
            )

    def _last_edition(self) -> FeedRevision | None:
        """The last published edition of the same file; of the same source, where a source is one file."""
        published = FeedRevision.objects.filter(source=self._revision.source, state=FeedRevision.State.PUBLISHED)
        if self._found.kind not in ONE_FILE:
            published = published.filter(file_name=self._revision.file_name)
        return published.order_by("-rev").first()
