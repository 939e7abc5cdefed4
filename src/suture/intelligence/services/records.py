"""Records of one file into one revision: what is new, amended, unchanged, older; each counted, none lost."""

from __future__ import annotations

import json
import time
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from msgspec import structs

from suture.core.errors import Problem
from suture.formats.detect import Kind
from suture.intelligence.models import OPEN, ORDINALS
from suture.intelligence.reading import Prepared, Raw, Reader
from suture.intelligence.services.grouping import Groups, Place
from suture.intelligence.services.results import PROBLEMS_KEPT, Counts
from suture.intelligence.services.rows import Numbers, Places, Rows, Standing
from suture.intelligence.services.store import LONGEST, Store
from suture.intelligence.services.turn import Turn

AT_ONCE = 500  # records read before any is written
FEWEST, MOST = 200, 20_000  # rows of one write transaction: the number follows the time the last one took


class Edition(NamedTuple):
    """What is known of the file's earlier editions: where their assertions lie, and which revisions read as we do."""

    spans: list[tuple[int, int]]  # (first, last) assertion of each earlier revision of this file, ascending
    current: frozenset[int]  # revisions made by the same readers and keys


class RecordImport:
    """The records of one file. `take` some, again and again; nothing is visible before the revision is published."""

    def __init__(
        self, *, store: Store, turn: Turn, numbers: Numbers, groups: Groups, rev: int, kind: Kind, as_source: str
    ) -> None:
        self._store, self._turn, self._numbers, self._groups = store, turn, numbers, groups
        self.rev = rev
        self._reader = Reader(kind)
        self._places = Places(numbers, self._reader.packages)
        self._as_source = as_source
        self._edition = Edition([], frozenset())
        self.met = 0  # assertions of earlier editions of this file that stand in it again
        self._budget = 2000
        self.counts = Counts()
        self.problems: list[Problem] = []
        self.sources: set[str] = set()
        self.newest = ""  # the latest change of a record of this file
        self.results: list[bytes] = []

    def take(self, raws: Sequence[Raw], edition: Edition | None) -> None:
        """Read raw records and write what changed. `edition` once the source is known."""
        if edition is not None:
            self._edition = edition
        self.counts.records += len(raws)
        fresh = self._fresh(raws)
        records, refused = self._reader.read(fresh)
        for unreadable in refused:
            self.counts.unreadable += 1
            self._note(unreadable.line, unreadable.why)
        if self._as_source:
            records = [structs.replace(record, source=self._as_source) for record in records]
        if records:
            self.sources.update([record.source for record in records])
            self.newest = max(self.newest, *(record.modified[:19] for record in records))
        for some in self._slices(records):
            self._write(some)

    def _note(self, line: int, what: str) -> None:
        if len(self.problems) < PROBLEMS_KEPT:
            self.problems.append(Problem(f"line {line}", what))

    def _fresh(self, raws: Sequence[Raw]) -> list[Raw]:
        """Those whose very bytes do not stand already, read by the same readers."""
        among, listed = self._store.among([raw.sha256 for raw in raws])
        known = {
            bytes(sha256): (number, f, source, modified)
            for sha256, number, f, source, modified in self._store.rows(
                f"SELECT sha256, id, f, source, modified FROM assertion WHERE sha256 {among} AND t = ?",  # noqa: S608
                [*listed, OPEN],
            )
        }
        if not known:
            return list(raws)
        fresh = []
        for raw in raws:
            found = known.get(raw.sha256)
            if found is None or (found[1] != self.rev and found[1] not in self._edition.current):
                fresh.append(raw)
                continue
            number, f, source, modified = found
            self.sources.add(source)
            self.newest = max(self.newest, modified[:19])
            if f == self.rev:
                self.counts.repeated += 1
                self._note(raw.line, "the same record once more; it was taken once")
            else:
                self.counts.unchanged += 1
                self.met += self._of_this_file(number)
        return fresh

    def _of_this_file(self, number: int) -> bool:
        """Whether an assertion came with an earlier edition of this file."""
        spans = self._edition.spans
        place = bisect_right(spans, (number, OPEN)) - 1
        return place >= 0 and spans[place][0] <= number <= spans[place][1]

    def _slices(self, records: list[Prepared]) -> Iterator[list[Prepared]]:
        """Records in portions that one short transaction can write, none of them twice in a portion."""
        some: list[Prepared] = []
        weight = 0
        ids: set[str] = set()
        for record in records:
            if record.id in ids:
                yield some
                some, weight, ids = [], 0, set()
            ids.add(record.id)
            some.append(record)
            weight += 4 + len(record.ranges) + len(record.review)
            if weight >= self._budget:
                yield some
                some, weight, ids = [], 0, set()
        if some:
            yield some

    def _standing(self, records: Iterable[Prepared]) -> dict[tuple[str, str], Standing]:
        among, listed = self._store.among([record.id for record in records])
        rows = self._store.rows(
            f"SELECT source, record_id, id, f, modified, aliases FROM assertion WHERE record_id {among} AND t = ?",  # noqa: S608
            [*listed, OPEN],
        )
        return {
            (source, record_id): Standing(
                number, f, modified, json.loads(aliases) if isinstance(aliases, str) else aliases
            )
            for source, record_id, number, f, modified, aliases in rows
        }

    def _write(self, records: list[Prepared]) -> None:
        standing = self._standing(records)
        chosen: list[tuple[Prepared, Standing | None]] = []
        for record in records:
            old = standing.get((record.source, record.id))
            if old is not None and old.f == self.rev:
                self.counts.repeated += 1
                if record.modified[:19] <= old.modified[:19]:
                    self._note(record.line, f"{record.id} stands in this file already; that one was taken")
                    continue
                self._note(record.line, f"{record.id} stands in this file already; this one is newer and was taken")
            elif old is not None:
                self.met += self._of_this_file(old.id)
                if self._is_older(record, old):
                    self.counts.older += 1
                    continue
            chosen.append((record, old))
        if chosen:
            self._write_chosen(chosen)

    def _is_older(self, record: Prepared, old: Standing) -> bool:
        """Whether what stands is newer; the same date from another file does not displace it either."""
        here, there = record.modified[:19], old.modified[:19]
        if not here or not there or here > there:
            return False
        return here < there or (not self._of_this_file(old.id) and old.f in self._edition.current)

    def _write_chosen(self, chosen: list[tuple[Prepared, Standing | None]]) -> None:
        leaving = {
            (record.source, record.id)
            for record, old in chosen
            if old is not None and any(a.startswith("CVE-") and a not in record.aliases for a in old.aliases)
        }
        self._groups.load([record for record, _ in chosen], leaving)
        rows = Rows(self.rev, self._numbers, self._places)
        for record, old in chosen:
            place = self._groups.place(record)
            if old is not None and old.f == self.rev:
                self._uncount(old)
            rows.add(record, old, place, left=(record.source, record.id) in leaving)
            self._count(record, old, place)
        rows.ranges.sort()
        started = time.perf_counter()
        with self._store.transaction():
            self._turn.beat()
            rows.write(self._store)
            lasted = time.perf_counter() - started
        # Half of what a transaction may last: the machine may be busier at the next one.
        self._budget = max(FEWEST, min(MOST, int(self._budget * min(2.0, max(0.3, LONGEST / 2 / max(lasted, 1e-3))))))

    def _count(self, record: Prepared, old: Standing | None, place: Place) -> None:
        counts = self.counts
        if old is None:
            counts.new += 1
        elif old.f != self.rev:
            counts.amended += 1
        counts.withdrawn += bool(record.withdrawn)
        counts.stated += record.stated
        counts.accepted += record.accepted
        counts.set_aside += record.set_aside
        for waiting in record.review:
            counts.review[waiting.reason] += waiting.n
        counts.vulnerabilities += len(place.new)
        counts.kept_apart += place.kept_apart
        self.results.append(record.result)

    def _uncount(self, old: Standing) -> None:
        """Take back what was counted of a record that a newer one of the same file replaces."""
        span = [old.id << ORDINALS, (old.id + 1) << ORDINALS]
        ((stated, withdrawn),) = self._store.rows("SELECT stated, withdrawn FROM assertion WHERE id = ?", [old.id])
        waiting = self._store.rows(
            "SELECT reason, sum(n) FROM rng_review WHERE stmt >= ? AND stmt < ? GROUP BY reason", span
        )
        for reason, n in waiting:
            self.counts.review[reason] -= int(n)
        self.counts.stated -= stated
        self.counts.accepted -= stated - sum(int(n) for _, n in waiting)
        self.counts.withdrawn -= bool(withdrawn)
