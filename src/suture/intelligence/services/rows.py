"""The numbers and the rows of one short write transaction of an import."""

from __future__ import annotations

from itertools import islice
from typing import NamedTuple

from suture.accounts.models import Tlp
from suture.accounts.services import new_uid
from suture.intelligence.models import OPEN, ORDINALS, Vulnerability
from suture.intelligence.reading import PackageRow, Prepared
from suture.intelligence.services.grouping import Place
from suture.intelligence.services.store import Row, Store

SOFTWARE_FLAW, CLEAR = Vulnerability.Kind.SOFTWARE_FLAW.value, Tlp.CLEAR.value


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


class Places(dict[int, int]):
    """The numbers of the packages of one file, by their places in the reader's list of them."""

    def __init__(self, numbers: Numbers, packages: dict[PackageRow, int]) -> None:
        self._numbers, self._packages = numbers, packages
        self._rows: list[PackageRow] = []
        self.new: list[Row] = []  # packages that are stored nowhere yet

    def __missing__(self, place: int) -> int:
        if place >= len(self._rows):
            met = list(islice(reversed(self._packages), len(self._packages) - len(self._rows)))
            self._rows += reversed(met)
        number = self[place] = self._numbers.package(self._rows[place], self.new)
        return number


class Standing(NamedTuple):
    """The record of the same source and id that stands."""

    id: int
    f: int
    modified: str
    aliases: list[str]


class Rows:
    """The rows of one write transaction."""

    def __init__(self, rev: int, numbers: Numbers, places: Places) -> None:
        self.rev, self._numbers, self._places = rev, numbers, places
        self.ranges: list[Row] = []
        self._vulnerabilities: list[Row] = []
        self._aliases: list[Row] = []
        self._assertions: list[Row] = []
        self._covers: list[Row] = []
        self._review: list[Row] = []
        self._configurations: list[Row] = []
        self._platforms: list[Row] = []
        self._closed: list[int] = []
        self._dropped: list[Row] = []  # claims that are made no more
        self._replaced: list[int] = []  # assertions of this very revision that a newer record of the file replaces
        self._unsaid: list[Row] = []  # their claims

    def add(self, record: Prepared, old: Standing | None, place: Place, *, left: bool) -> None:
        rev, number, words = self.rev, self._numbers.assertion(), record.words
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
                record.modified, record.withdrawn, record.disputed, record.stated, record.aliases_json, words.title,
                words.severities_json, words.weaknesses_json, words.summary, words.references_json, record.says,
                record.by_vendor,
            )
        )  # fmt: skip
        self._covers += [(number, group) for group in place.covers]
        base = number << ORDINALS
        named = self._places
        self.ranges += [(named[place], lo, hi, base + line, rev, OPEN) for place, lo, hi, line in record.ranges]
        if record.conditions:
            self._configurations.append((number, record.conditions))
            self._platforms += [(number, place, named[package], lo, hi) for package, lo, hi, place in record.platforms]
        for ordinal, waiting in enumerate(record.review, record.accepted):
            package = None if waiting.package is None else named[waiting.package]
            self._review.append((base + ordinal, package, waiting.reason, waiting.raw, waiting.n, rev, OPEN))

    def write(self, store: Store) -> None:
        new, self._places.new = self._places.new, []
        store.insert("package", new)
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
            for table in ("covers", "configuration", "platform_rng"):
                store.execute(f"DELETE FROM {table} WHERE assertion = ?", [number])  # noqa: S608 (constants)
            store.execute("DELETE FROM assertion WHERE id = ?", [number])
        store.execute_many(
            "DELETE FROM alias WHERE record_id = ? AND source = ? AND said_by = ? AND f = ?", self._unsaid
        )
        store.insert("alias", self._aliases)
        store.insert("assertion", self._assertions)
        store.insert("covers", self._covers)
        store.insert("rng", self.ranges)
        store.insert("rng_review", self._review)
        store.insert("configuration", self._configurations)
        store.insert("platform_rng", self._platforms)
