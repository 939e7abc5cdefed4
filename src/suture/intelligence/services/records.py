"""Records of one file into rows of one revision: what is new, amended, unchanged; closed rows and opened rows."""

from __future__ import annotations

import json
import time
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from suture.accounts.models import Tlp
from suture.accounts.services import new_uid
from suture.core.errors import Problem
from suture.formats.detect import Kind
from suture.intelligence.models import OPEN, ORDINALS, Vulnerability
from suture.intelligence.reading import PackageRow, Prepared, Raw, read_batch
from suture.intelligence.services.grouping import Groups, Place
from suture.intelligence.services.results import PROBLEMS_KEPT, Counts
from suture.intelligence.services.store import LONGEST, Row, Store
from suture.intelligence.services.turn import Turn

AT_ONCE = 500  # records read before any is written
SOFTWARE_FLAW, CLEAR = Vulnerability.Kind.SOFTWARE_FLAW.value, Tlp.CLEAR.value
FEWEST, MOST = 200, 20_000  # rows of one write transaction: the number follows the time the last one took


class Numbers:
    """Numbers for new rows: packages and assertions by counting on, vulnerabilities in blocks (a person draws too)."""

    BLOCK = 2000

    def __init__(self, store: Store) -> None:
        self._store = store
        self.packages: dict[PackageRow, int] = {
            (kind, scheme, name, role): number
            for number, kind, scheme, name, role in store.rows("SELECT pkg_id, kind, scheme, name, role FROM package")
        }
        self._next_package = max(self.packages.values(), default=0) + 1
        last = store.rows("SELECT max(id) FROM assertion")[0][0]
        given = store.rows("SELECT max(last_assertion) FROM feed_rev")[0][0]
        self.next_assertion = max(last or 0, given or 0) + 1
        self._next, self._end = 0, 0

    def package(self, row: PackageRow, new: list[Row]) -> int:
        """The number of a package; a new one is appended to `new`."""
        number = self.packages.get(row)
        if number is None:
            number = self._next_package
            self._next_package += 1
            self.packages[row] = number
            new.append((number, *map(str, row)))
        return number

    def assertion(self) -> int:
        number = self.next_assertion
        self.next_assertion += 1
        return number

    def vulnerability(self) -> int:
        if self._next == self._end:
            with self._store.transaction():
                self._store.execute(
                    "UPDATE knowledge_state SET next_vulnerability = next_vulnerability + ? WHERE id = 1", [self.BLOCK]
                )
                self._end = self._store.rows("SELECT next_vulnerability FROM knowledge_state WHERE id = 1")[0][0]
            self._next = self._end - self.BLOCK
        self._next += 1
        return self._next - 1


class Standing(NamedTuple):
    """The record of the same source and id that stands."""

    id: int
    f: int
    modified: str
    aliases: list[str]


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
        self._kind = kind
        self._as_source = as_source
        self._edition = Edition([], frozenset())
        self._edition_known = False
        self._met = 0  # assertions of earlier editions of this file that were met again
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
        batch = read_batch(self._kind, fresh)
        for unreadable in batch.unreadable:
            self.counts.unreadable += 1
            self._note(unreadable.line, unreadable.why)
        records = batch.records
        if self._as_source:
            records = [record._replace(source=self._as_source) for record in records]
        if records:
            self.sources.update([record.source for record in records])
            self.newest = max(self.newest, *(record.modified[:19] for record in records))
        for some in self._slices(records):
            self._write(some, batch.packages)

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
                self._meet(number)
        return fresh

    def _meet(self, number: int) -> None:
        """Count an assertion of an earlier edition of this file as seen again."""
        spans = self._edition.spans
        place = bisect_right(spans, (number, OPEN)) - 1
        if place >= 0 and spans[place][0] <= number <= spans[place][1]:
            self._met += 1

    @property
    def met(self) -> int:
        return self._met

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

    def _write(self, records: list[Prepared], packages: list[PackageRow]) -> None:
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
                self._meet(old.id)
                if self._is_older(record, old):
                    self.counts.older += 1
                    continue
            chosen.append((record, old))
        if chosen:
            self._write_chosen(chosen, packages)

    def _is_older(self, record: Prepared, old: Standing) -> bool:
        """Whether what stands is newer; the same date from another file does not displace it either."""
        here, there = record.modified[:19], old.modified[:19]
        if not here or not there or here > there:
            return False
        spans = self._edition.spans
        place = bisect_right(spans, (old.id, OPEN)) - 1
        of_this_file = place >= 0 and spans[place][0] <= old.id <= spans[place][1]
        return here < there or (not of_this_file and old.f in self._edition.current)

    def _write_chosen(self, chosen: list[tuple[Prepared, Standing | None]], packages: list[PackageRow]) -> None:
        leaving = [
            (record.source, record.id)
            for record, old in chosen
            if old is not None and any(a.startswith("CVE-") and a not in record.aliases for a in old.aliases)
        ]
        self._groups.load([record for record, _ in chosen], leaving)
        rows = _Rows(self.rev, self._numbers, packages)
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


class _Rows:
    """The rows of one write transaction."""

    def __init__(self, rev: int, numbers: Numbers, packages: list[PackageRow]) -> None:
        self.rev, self._numbers, self._packages = rev, numbers, packages
        self.ranges: list[Row] = []
        self._new_packages: list[Row] = []
        self._vulnerabilities: list[Row] = []
        self._aliases: list[Row] = []
        self._assertions: list[Row] = []
        self._covers: list[Row] = []
        self._review: list[Row] = []
        self._closed: list[int] = []
        self._dropped: list[Row] = []  # claims that are made no more
        self._replaced: list[int] = []  # assertions of this very revision that a newer record of the file replaces
        self._unsaid: list[Row] = []  # their claims

    def add(self, record: Prepared, old: Standing | None, place: Place, *, left: bool) -> None:
        rev, number = self.rev, self._numbers.assertion()
        for group in place.new:
            names = (group.number, new_uid().hex, group.preferred_id, group.title[:500])
            self._vulnerabilities.append(
                (*names, False, Vulnerability.Kind.SOFTWARE_FLAW.value, "", Tlp.CLEAR.value, rev)
            )
        made_before: set[str] = set()
        if old is not None and old.f == rev:
            self._replaced.append(old.id)
            self._unsaid += [(name, record.source, record.id, rev) for name in (record.id, *old.aliases)]
        elif old is not None:
            before = {record.id, *old.aliases}
            now = {name for name, _ in place.claims}
            gone = before if left else before - now
            made_before = before - gone
            self._dropped += [(rev, name, record.source, record.id, OPEN) for name in gone]
            self._closed.append(old.id)
        self._aliases += [
            (name, record.source, record.id, rev, OPEN, group)
            for name, group in place.claims
            if name not in made_before
        ]
        self._assertions.append(
            (
                number, place.number, record.source, record.id, rev, OPEN, record.sha256, record.published,
                record.modified, record.withdrawn, record.disputed, record.stated, record.aliases_json, record.title,
                record.severities_json, record.weaknesses_json, record.summary, record.references_json, record.says,
            )
        )  # fmt: skip
        self._covers += [(number, group) for group in place.covers]
        base = number << ORDINALS
        named = self._number
        self.ranges += [(named(row.package), row.lo, row.hi, base + row.ordinal, rev, OPEN) for row in record.ranges]
        for ordinal, waiting in enumerate(record.review, record.accepted):
            package = None if waiting.package is None else named(waiting.package)
            self._review.append((base + ordinal, package, waiting.reason, waiting.raw, waiting.n, rev, OPEN))

    def _number(self, place: int) -> int:
        return self._numbers.package(self._packages[place], self._new_packages)

    def write(self, store: Store) -> None:
        store.insert("package", self._new_packages)
        store.insert("vulnerability", self._vulnerabilities)
        if self._closed:
            spans = [(self.rev, n << ORDINALS, (n + 1) << ORDINALS, OPEN) for n in self._closed]
            store.execute_many("UPDATE assertion SET t = ? WHERE id = ?", [(self.rev, n) for n in self._closed])
            store.execute_many("UPDATE rng SET t = ? WHERE stmt >= ? AND stmt < ? AND t = ?", spans)
            store.execute_many("UPDATE rng_review SET t = ? WHERE stmt >= ? AND stmt < ? AND t = ?", spans)
            store.execute_many(
                "UPDATE alias SET t = ? WHERE record_id = ? AND source = ? AND said_by = ? AND t = ?", self._dropped
            )
        for number in self._replaced:
            span = [number << ORDINALS, (number + 1) << ORDINALS]
            store.execute("DELETE FROM rng WHERE stmt >= ? AND stmt < ?", span)
            store.execute("DELETE FROM rng_review WHERE stmt >= ? AND stmt < ?", span)
            store.execute("DELETE FROM covers WHERE assertion = ?", [number])
            store.execute("DELETE FROM assertion WHERE id = ?", [number])
        store.execute_many(
            "DELETE FROM alias WHERE record_id = ? AND source = ? AND said_by = ? AND f = ?", self._unsaid
        )
        store.insert("alias", self._aliases)
        store.insert("assertion", self._assertions)
        store.insert("covers", self._covers)
        store.insert("rng", self.ranges)
        store.insert("rng_review", self._review)
