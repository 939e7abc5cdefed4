"""Match an SBOM without storing it: the command line's `scan`. Same places, same range join, same reasons as a release.

Nothing regulated is written: the component versions lie in a temporary table of the connection.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from django.db import connection

from suture.accounts.models import Person
from suture.accounts.queries import visible
from suture.core.components import Component, Sbom
from suture.detection.conditions import stated_by
from suture.detection.correcting import set_apart
from suture.detection.drawing import Portfolio, draw_hits
from suture.detection.kernel import chosen_in, chunks, hits_in, rows, whole_ranges
from suture.detection.patched import tell_patches
from suture.detection.portfolio import (
    Name,
    Places,
    Unplaced,
    every_name,
    hole,
    namespace,
    native,
    package_ids,
    places_of,
    watched_namespaces,
)
from suture.detection.queries import Exploitation, exploitation_of
from suture.detection.queries.crosswalk import crosswalk_now
from suture.detection.queries.ledger import breaches
from suture.detection.queries.review import UNSETTLED
from suture.detection.reasons import Drawn, Hit, Where, stated_of
from suture.detection.ruled_out import Ruled, ruled
from suture.detection.watching import leading, space_of
from suture.evidence.clock import now
from suture.formats.sbom import read_sbom
from suture.intelligence.models import ORDINALS, Vulnerability
from suture.intelligence.queries import aliases_by_vulnerability, keyed_otherwise, knowledge, sources_status

_TABLE = "scanned_cv"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanFinding:
    """One vulnerability (alias group) in the SBOM: where, why, and what the sources say would mend it."""

    vulnerability: str
    aliases: list[str]
    title: str
    result: str  # core.matching.MatchClass
    components: list[dict[str, str]]  # ref, name, version
    sources: list[str]
    reasons: list[dict[str, str]]  # kind, says, source, record, dated, component
    fixed_in: list[dict[str, str]]  # version, source, record: as stated, never computed
    exploited: dict[str, Any] | None  # CISA KEV: added, ransomware; None: not listed, which is not 'not exploited'
    epss: dict[str, float] | None  # score, percentile


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanResult:
    """The answer of a scan. `says` is its first line and its truth: with no knowledge, nothing was assessed."""

    says: str
    assessed: bool
    document: dict[str, Any]
    knowledge: dict[str, Any]
    findings: list[ScanFinding] = field(default_factory=list)
    possible: list[dict[str, Any]] = field(default_factory=list)  # version unknown: one row per component
    not_assessed: list[dict[str, str]] = field(default_factory=list)  # components nobody could look up, and why
    ruled_out: list[dict[str, str]] = field(default_factory=list)  # in range, and the record's conditions do not hold
    waiting: list[dict[str, Any]] = field(default_factory=list)  # ranges in review that could concern a component
    problems: list[dict[str, str]] = field(default_factory=list)  # of the document

    def plain(self) -> dict[str, Any]:
        """As JSON takes it."""
        return _shallow(self) | {"findings": [_shallow(one) for one in self.findings]}


def _shallow(one: ScanResult | ScanFinding) -> dict[str, Any]:
    """The fields of a value by name, not copied: everything in them is plain already."""
    return {each.name: getattr(one, each.name) for each in fields(one)}


def scan(data: bytes, rev: int | None = None, person: Person | None = None) -> ScanResult:
    """Match an SBOM with the knowledge of a revision; None is the published one.

    Args:
        person: whose walls to respect; None sees nothing that stands behind a wall.

    Raises:
        FormatError: the document cannot be read at all.
    """
    sbom, problems = read_sbom(data)
    known = knowledge()
    at = known.rev if rev is None else rev
    late = [one.source for one in sources_status(now()) if one.late]
    lacking = {source: says for source, says in breaches().items() if source in known.sources}
    result: dict[str, Any] = {
        "document": _document(sbom),
        "knowledge": {
            "rev": at,
            "sources": list(known.sources),
            "late": late,
            "incomplete": sorted(lacking),
            "ranges": known.ranges,
        },
        "problems": [asdict(problem) for problem in problems],
    }
    if known.empty or known.only_demo:
        why = "no feed was ever taken in" if known.empty else "the only knowledge is what the demo brings along"
        says = f"not assessed: {why}; take in feeds first (suture feeds import). Nothing below says 'not affected'."
        return ScanResult(says=says, assessed=False, not_assessed=_nothing(sbom, why), **result)
    found = _Scan(sbom, at, person)
    says = found.says(late, sorted(lacking), known.sources)
    if again := keyed_otherwise():
        many = f"{again[0]} and {len(again) - 1} more" if len(again) > 1 else again[0]
        says = (
            "not assessed: this edition of Suture orders versions anew, and what lies here was keyed before; take the "
            f"feeds in again ({many}). What is found below stands, and more may be missing. {says}"
        )
    return ScanResult(says=says, assessed=not says.startswith("not assessed"), **found.parts(), **result)


def _document(sbom: Sbom) -> dict[str, Any]:
    return {
        "format": sbom.format, "spec_version": sbom.spec_version, "serial": sbom.serial, "created": sbom.created,
        "components": len(sbom.components), "skipped": sbom.skipped,
    }  # fmt: skip


def _where(component: Component, given_as: str, at: Name, raw: str) -> Where:
    return Where(component.ref, component.name, component.version, given_as, at.name, at.role, raw)


def _nothing(sbom: Sbom, why: str) -> list[dict[str, str]]:
    return [{"ref": c.ref, "component": _label(c), "cause": "no knowledge", "says": why} for c in sbom.components]


def _label(component: Component) -> str:
    return f"{component.name} {component.version}".strip()


class _Scan:
    """One scan: a constant number of queries for up to 5,000 names."""

    def __init__(self, sbom: Sbom, rev: int, person: Person | None) -> None:
        self.rev = rev
        self.components = sbom.components
        self.crosswalk = crosswalk_now()
        self.found = places_of(sbom.components, self.crosswalk)
        self.known = package_ids({name for one in self.found for name in every_name(one)})
        self.unplaced = [
            (component, lost)
            for component, one in zip(self.components, self.found, strict=True)
            for lost in one.unplaced
            if lost.at in self.known
        ]
        drawn = self._match()
        excluded = ruled(self.excluded, drawn)
        self.vulnerabilities = self._seen({*drawn, *(one.vulnerability for one in excluded)}, person)
        seen = self.vulnerabilities
        self.ruled_out = [_ruled(one, seen) for one in excluded if one.vulnerability in seen]
        self.drawn = {number: one for number, one in drawn.items() if number in self.vulnerabilities}

    def _match(self) -> dict[int, Drawn]:
        wheres: dict[tuple[int, bytes, str], list[Where]] = defaultdict(list)
        for component, one in zip(self.components, self.found, strict=True):
            for place in one.placed:
                if place.at in self.known:
                    where = _where(component, place.given_as, place.at, place.raw)
                    wheres[self.known[place.at], place.key, place.raw].append(where)
        unplaced: dict[int, list[Where]] = defaultdict(list)
        for component, lost in self.unplaced:
            unplaced[self.known[lost.at]].append(_where(component, lost.given_as, lost.at, lost.raw))
        places_ = list(wheres)
        with _temporary(places_):
            hits = [Hit(where, stmt) for number, stmt in hits_in(_TABLE, self.rev) for where in wheres[places_[number]]]
            hits += [
                Hit(where, stmt, True)
                for package, stmt in whole_ranges(unplaced, self.rev)
                for where in unplaced[package]
            ]
            hits, _ = set_apart(hits, self.rev)
            drawing = draw_hits(hits, self._portfolio(wheres, places_, unplaced), self.rev)
        drawn, self.excluded = drawing.drawn, drawing.ruled_out
        tell_patches(drawn, {one.ref: one.patched for one in self.components if one.patched}, self.rev)
        return drawn

    def _portfolio(
        self,
        wheres: Mapping[tuple[int, bytes, str], Sequence[Where]],
        places_: Sequence[tuple[int, bytes, str]],
        unplaced: Mapping[int, Sequence[Where]],
    ) -> Portfolio:
        hardware = {
            package: one[0]
            for package, one in [*unplaced.items(), *((at, some) for (at, _, _), some in wheres.items())]
            if one[0].package.startswith("h:")
        }
        return Portfolio(
            chosen=chosen_in(_TABLE), table=_TABLE,
            wheres=lambda numbers: {number: wheres[places_[number]] for number in numbers},
            unplaced=unplaced, hardware=hardware,
            stated=[one for c, at in zip(self.components, self.found, strict=True) for one in stated_by(c.kind, at)],
            packages={
                component.ref: frozenset(self.known[name] for name in every_name(one) if name in self.known)
                for component, one in zip(self.components, self.found, strict=True)
            },
            crosswalk=self.crosswalk,
        )  # fmt: skip

    def _seen(self, drawn: Iterable[int], person: Person | None) -> dict[int, Vulnerability]:
        seen: dict[int, Vulnerability] = {}
        for part in chunks(drawn):
            rows_ = Vulnerability.objects.filter(pk__in=part)
            rows_ = rows_.filter(wall=None) if person is None else visible(person, rows_)
            seen |= {row.pk: row for row in rows_}
        return seen

    def parts(self) -> dict[str, Any]:
        return {
            "findings": self._findings(),
            "possible": self.possible,
            "not_assessed": self.holes,
            "ruled_out": self.ruled_out,
            "waiting": _waiting(self.components, self.found, self.known, self.rev),
        }

    def says(self, late: Sequence[str], lacking: Sequence[str], sources: Sequence[str]) -> str:
        """The first line. 'Nothing found' is no answer while a source it rests on is late or incomplete."""
        rests_on = leading({space_of(p.kind.value, p.name) for one in self.found for p in one.names}, sources)
        self.possible = self._possible()
        self.holes = self._holes()
        total = len(self.components)
        said = [
            f"{len(self.drawn)} vulnerabilities in {total} components; {total - len(self.holes)} components were "
            f"looked at, {len(self.holes)} could not be"
        ]
        if not total:
            said = ["not assessed: the document lists no component"]
        elif len(self.holes) == total and not self.drawn and not self.possible:
            said = [f"not assessed: none of its {total} components could be looked up"]
        elif not self.drawn and not rests_on.isdisjoint((*late, *lacking)):
            said[0] = f"not assessed: nothing was found, and not everything was looked at; {said[0]}"
        if self.possible:
            said.append(f"{len(self.possible)} are of unknown version")
        if self.ruled_out:
            many = len({one["vulnerability"] for one in self.ruled_out})
            said.append(f"{many} ruled out by their records' conditions")
        if late:
            said.append(f"late sources: {', '.join(late)}")
        if lacking:
            said.append(f"incomplete sources: {', '.join(lacking)}")
        return "; ".join(said)

    def _findings(self) -> list[ScanFinding]:
        aliases: dict[int, list[str]] = {}
        for part in chunks(self.drawn):
            aliases |= aliases_by_vulnerability(part, self.rev)
        exploited = exploitation_of(self.drawn)
        found = [
            _finding(self.vulnerabilities[number], one, aliases.get(number, []), exploited[number])
            for number, one in self.drawn.items()
        ]
        return sorted(found, key=_most_urgent_first)

    def _possible(self) -> list[dict[str, Any]]:
        """One row per component and identifier, however many vulnerabilities are possible."""
        stated = stated_of({self.known[lost.at] for _, lost in self.unplaced}, self.rev)
        together: dict[tuple[str, str], set[int]] = defaultdict(set)
        first: dict[tuple[str, str], tuple[Component, Unplaced]] = {}
        for component, lost in self.unplaced:
            together[component.ref, lost.given_as] |= stated.get(self.known[lost.at], frozenset())
            first.setdefault((component.ref, lost.given_as), (component, lost))
        listed = [
            {
                "ref": ref, "component": _label(first[ref, given][0]), "given_as": given,
                "version": first[ref, given][1].raw, "reason": first[ref, given][1].reason.value,
                "vulnerabilities": len(many),
            }
            for (ref, given), many in together.items()
            if many
        ]  # fmt: skip
        return sorted(listed, key=lambda one: (-one["vulnerabilities"], one["component"], one["ref"]))

    def _holes(self) -> list[dict[str, str]]:
        watched = watched_namespaces(namespace(package) for one in self.found for package in one.names)
        listed = []
        for component, one in zip(self.components, self.found, strict=True):
            lacking = hole(one, self.known, watched)
            if lacking is not None:
                name, cause = _label(component), lacking.cause.value
                listed.append({"ref": component.ref, "component": name, "cause": cause, "says": lacking.says})
        return listed


@contextmanager
def _temporary(places_: Sequence[tuple[int, bytes, str]]) -> Iterator[None]:
    """The component versions, numbered by their place in the list, in a temporary table of the connection."""
    blob = "BLOB" if connection.vendor == "sqlite" else "BYTEA"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {_TABLE} (cv_id INTEGER PRIMARY KEY, pkg_id BIGINT, key {blob})")
        try:
            cursor.executemany(
                f"INSERT INTO {_TABLE} (cv_id, pkg_id, key) VALUES (%s, %s, %s)",  # noqa: S608 (a constant name)
                [(number, pkg_id, key) for number, (pkg_id, key, _) in enumerate(places_)],
            )
            yield
        finally:
            cursor.execute(f"DROP TABLE {_TABLE}")


def _finding(vulnerability: Vulnerability, one: Drawn, aliases: Sequence[str], known: Exploitation) -> ScanFinding:
    reasons = one.listed()
    mended = {
        (version, source, record): None for words, source, record in one.said if (version := fixed_in(words))
    }  # fmt: skip
    return ScanFinding(
        vulnerability=vulnerability.preferred_id,
        aliases=[alias for alias in aliases if alias != vulnerability.preferred_id],
        title=vulnerability.title,
        result=one.result.value,
        components=one.found_in(),
        sources=sorted({source for _, source, _ in one.said}),
        reasons=reasons,
        fixed_in=[{"version": v, "source": s, "record": r} for v, s, r in sorted(mended)],
        exploited={"added": known.kev_added, "ransomware": known.ransomware} if known.kev_added else None,
        epss=None if known.epss is None else {"score": known.epss, "percentile": known.percentile or 0.0},
    )


def _ruled(one: Ruled, vulnerabilities: Mapping[int, Vulnerability]) -> dict[str, str]:
    return {
        "vulnerability": vulnerabilities[one.vulnerability].preferred_id, "ref": one.where.ref,
        "component": one.component, "says": one.says, "because": one.because, "source": one.source,
        "record": one.record,
    }  # fmt: skip


def _most_urgent_first(one: ScanFinding) -> tuple[bool, float, str]:
    return one.exploited is None, -(one.epss["score"] if one.epss else 0.0), one.vulnerability


_BELOW = re.compile(r"v < (?P<version>(?:(?! \(as )[^,])+)").search


def fixed_in(words: str) -> str:
    """The first version a stated range no longer holds, as stated: '3.0.15' of '3.0.0 ≤ v < 3.0.15'; '' if none is."""
    found = _BELOW(words)
    return found["version"] if found else ""


_WAITING = """
SELECT w.pkg_id, w.reason, w.n, v.preferred_id FROM rng_review w
JOIN assertion a ON a.id = w.stmt >> {bits} LEFT JOIN covers c ON c.assertion = a.id
JOIN vulnerability v ON v.id = COALESCE(c.vuln, a.vuln)
WHERE w.pkg_id IN ({packages}) AND w.f <= %(rev)s AND w.t > %(rev)s AND v.wall_id IS NULL AND {unsettled}"""


def _waiting(
    components: Sequence[Component], found: Sequence[Places], known: Mapping[Name, int], rev: int
) -> list[dict[str, Any]]:
    """Ranges nobody could read yet, of packages the SBOM names; one row per package and reason."""
    refs: dict[int, list[str]] = defaultdict(list)
    names: dict[int, str] = {}
    for component, one in zip(components, found, strict=True):
        for package in (package for called in one.called for package in called):
            number = known.get(native(package))
            if number is not None:
                refs[number].append(component.ref)
                names[number] = package.name
    counted: dict[tuple[int, str], tuple[int, set[str]]] = {}
    for part in chunks(sorted(refs)):
        numbers = ", ".join(str(int(package)) for package in part)
        for package, reason, n, vulnerability in rows(
            _WAITING.format(packages=numbers, bits=ORDINALS, unsettled=UNSETTLED), {"rev": rev, "today": now().date()}
        ):
            many, ids = counted.get((package, reason), (0, set()))
            counted[package, reason] = (many + n, ids | {vulnerability})
    listed = [
        {
            "package": names[package], "reason": reason, "ranges": many, "vulnerabilities": sorted(ids),
            "refs": sorted(refs[package]),
        }
        for (package, reason), (many, ids) in counted.items()
    ]  # fmt: skip
    return sorted(listed, key=lambda one: (-one["ranges"], one["package"], one["reason"]))
