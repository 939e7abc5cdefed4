"""Which records speak of the same vulnerability: groups of ids, joined as sources claim aliases (union-find).

Two CVE ids are two vulnerabilities, whatever anybody claims: groups that hold different CVEs are never joined. A record
that names several CVEs is about each of them (`covers`); so is an erratum of a distribution.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

from suture.intelligence.models import OPEN
from suture.intelligence.queries import preference
from suture.intelligence.reading import Prepared
from suture.intelligence.services.store import Store


class NewGroup(NamedTuple):
    """A vulnerability nobody named before."""

    number: int
    preferred_id: str
    title: str


class Place(NamedTuple):
    """Where a record belongs."""

    number: int  # its own group
    claims: list[tuple[str, int]]  # ids it claims for a group
    covers: list[int]  # groups its ranges count for instead of its own
    new: list[NewGroup]
    kept_apart: int


class Groups:
    """The groups of one import. Reads claims as they are needed; what it joins takes effect when it is published."""

    def __init__(self, store: Store, draw: Callable[[], int]) -> None:
        self._store = store
        self._draw = draw  # the next number of a vulnerability
        self._joined: dict[int, int] = {}  # group -> the older group that takes it over
        self._gained: dict[int, str] = {}  # CVE of a group that had none before this import
        self._of: dict[str, int] = {}  # id -> group, of the records at hand
        self._cve: dict[int, str] = {}

    def load(self, records: Iterable[Prepared], leaving: Collection[tuple[str, str]]) -> None:
        """Get ready for these records. `leaving`: (source, id) of those that no longer claim the CVE they claimed."""
        ids = {other for record in records for other in (record.id, *record.aliases, *record.upstream)}
        among, listed = self._store.among(list(ids))
        self._of = {}
        held = self._store.rows(
            f"SELECT record_id, vuln, source, said_by FROM alias WHERE record_id {among} AND t = ?",  # noqa: S608
            [*listed, OPEN],
        )
        for record_id, number, source, said_by in held:
            if (source, said_by) not in leaving:
                group = self.find(number)
                self._of[record_id] = min(group, self._of.get(record_id, group))
        groups = list(set(self._of.values()))
        among, listed = self._store.among(groups)
        named = self._store.rows(f"SELECT id, preferred_id FROM vulnerability WHERE id {among}", listed)  # noqa: S608
        self._cve = {number: preferred for number, preferred in named if preferred.startswith("CVE-")}

    def find(self, group: int) -> int:
        """The group that a group belongs to by now."""
        while group in self._joined:
            group = self._joined[group]
        return group

    @property
    def merges(self) -> list[tuple[int, int]]:
        """(group, the group that takes it over), to take effect when the revision is published."""
        return [(group, self.find(group)) for group in self._joined]

    def place(self, record: Prepared) -> Place:
        """Give a record its group, and join what it claims to be the same."""
        new: list[NewGroup] = []
        cves = list(dict.fromkeys(other for other in (record.id, *record.aliases) if other.startswith("CVE-")))
        covered: Sequence[str] = record.upstream
        names = [record.id, *record.aliases]
        if len(cves) > 1:
            names = [record.id]
            if not covered and record.id not in cves:
                covered = cves
            cves = [record.id] if record.id in cves else []
        own = self._own_group(record, names, cves, new)
        claims: list[tuple[str, int]] = []
        apart = 0
        for name in dict.fromkeys(names):
            other = self._group(name)
            if other is None:
                self._of[name] = own
            elif other != own:
                if not self._same(own, other):
                    apart += 1
                    continue
                own = self._join(own, other)
            claims.append((name, own))
        covers = [self._covered(name, claims, new) for name in dict.fromkeys(covered)]
        return Place(own, claims, sorted(set(covers)), new, apart)

    def _own_group(self, record: Prepared, names: list[str], cves: list[str], new: list[NewGroup]) -> int:
        anchor = cves[0] if cves else record.id
        own = self._group(anchor)
        if own is None:
            for name in names:
                other = self._group(name)
                if other is not None and not (cves and self._cve_of(other)):
                    own = other
                    break
        if own is None:
            title = record.words.title or first_sentence(record.words.summary)
            own = self._begin(min(names, key=preference), title, new)
        if cves and not self._cve_of(own):
            self._gained[own] = cves[0]
        return own

    def _covered(self, name: str, claims: list[tuple[str, int]], new: list[NewGroup]) -> int:
        group = self._group(name)
        if group is None:
            group = self._begin(name, "", new)
            claims.append((name, group))
        return group

    def _begin(self, preferred_id: str, title: str, new: list[NewGroup]) -> int:
        number = self._draw()
        new.append(NewGroup(number, preferred_id, title))
        self._of[preferred_id] = number
        if preferred_id.startswith("CVE-"):
            self._gained[number] = preferred_id
        return number

    def _group(self, name: str) -> int | None:
        group = self._of.get(name)
        return None if group is None else self.find(group)

    def _cve_of(self, group: int) -> str:
        return self._gained.get(group) or self._cve.get(group, "")

    def _same(self, one: int, other: int) -> bool:
        cve, another = self._cve_of(one), self._cve_of(other)
        return not cve or not another or cve == another

    def _join(self, one: int, other: int) -> int:
        """The older of two groups takes the other over."""
        kept, taken = min(one, other), max(one, other)
        cve = self._cve_of(kept) or self._cve_of(taken)
        self._joined[taken] = kept
        if cve:
            self._gained[kept] = cve
        return kept


def first_sentence(text: str, limit: int = 160) -> str:
    """The beginning of a description, as a title where the source gives none."""
    line = text.split("\n", 1)[0].strip()
    end = line.find(". ")
    if 0 < end < limit:
        return line[: end + 1]
    return line if len(line) <= limit else line[: limit - 1].rsplit(" ", 1)[0] + "…"
