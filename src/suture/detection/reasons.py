"""From hits to what a person reads: which vulnerability, in which components, and why: one sentence per statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from suture.core.matching import MatchClass, Reason
from suture.core.profile import is_device
from suture.detection.crosswalk import SHIPPED, Crosswalk
from suture.detection.kernel import chunks, rows
from suture.evidence.canonical import canonical, digest
from suture.intelligence.models import ORDINALS, Package
from suture.intelligence.queries import Statement, statements

KINDS = ("identifier", "version", "condition", "doubt", "cause")  # the order in which a person reads them
ITSELF = "the device itself (product profile)"
MOST = 24  # version sentences of one finding; what goes beyond is counted in one more


class Where(NamedTuple):
    """One component at one place of the range join."""

    ref: str
    name: str
    version: str
    given_as: str  # the purl or CPE
    package: str
    role: str  # intelligence.Package.Role
    raw: str  # the version as compared


class Hit(NamedTuple):
    """One component in one stated range. `doubts`: what keeps it from being certain; none, and it is definite."""

    where: Where
    stmt: int
    whole: bool = False  # the version is unknown, and every version is affected
    doubts: tuple[str, ...] = ()
    assured: tuple[str, ...] = ()  # the conditions that were looked at and hold


@dataclass(slots=True)
class Drawn:
    """One vulnerability as matching finds it in one release."""

    result: MatchClass = MatchClass.CONDITIONAL
    certain: set[str] = field(default_factory=set)  # refs of the components that are definitely affected
    components: dict[str, dict[str, str]] = field(default_factory=dict)
    reasons: dict[tuple[str, Reason], None] = field(default_factory=dict)  # (component ref, why), without doubles
    said: dict[tuple[str, str, str], None] = field(default_factory=dict)  # (range in words, source, record)

    def add(self, hit: Hit, statement: Statement, crosswalk: Crosswalk) -> None:
        """Take up one hit of one statement."""
        where = hit.where
        if not hit.doubts:
            self.certain.add(where.ref)
            self.result = MatchClass.AFFECTED
        self.components[where.ref] = {"ref": where.ref, "name": where.name, "version": where.version}
        said = (statement.source, statement.record_id, statement.dated)
        named = crosswalk.in_words(where.given_as, where.package)
        self._because("identifier", f"{ITSELF}: {named}" if is_device(where.ref) else named, where.ref)
        self._because("version", inside(hit, statement.says), where.ref, said)
        for kind, sentences in (("condition", hit.assured), ("doubt", hit.doubts)):
            for says in sentences:
                self._because(kind, says, where.ref, said)
        self.said[statement.says, statement.source, statement.record_id] = None

    def _because(self, kind: str, says: str, ref: str, said: tuple[str, str, str] = ("", "", "")) -> None:
        source, record, dated = said
        self.reasons[ref, Reason(kind=kind, says=says, source=source, record=record, dated=dated)] = None

    def tell(self, says: str, ref: str) -> None:
        """Add what else a person should know of one component; it decides nothing."""
        self._because("cause", says, ref)

    def settle(self) -> None:
        """Mark the components that are only conditionally concerned beside one that is definitely."""
        if self.certain:
            for ref, component in self.components.items():
                if ref not in self.certain:
                    component["result"] = MatchClass.CONDITIONAL.value

    def listed(self) -> list[dict[str, str]]:
        """The reasons for the record: in a fixed order, not more than a person reads."""
        ordered = sorted(
            self.reasons, key=lambda one: (KINDS.index(one[1].kind), one[0], one[1].source, one[1].record, one[1].says)
        )
        shown = [_plain(ref, reason) for ref, reason in ordered[: 2 * MOST]]
        if len(ordered) > 2 * MOST:
            more = len(ordered) - 2 * MOST
            shown.append(_plain("", Reason(kind="cause", says=f"and {more} more statements that say so")))
        return shown

    def found_in(self) -> list[dict[str, str]]:
        """The components concerned, in a fixed order."""
        return sorted(self.components.values(), key=lambda one: (one["name"], one["version"], one["ref"]))


def _plain(ref: str, reason: Reason) -> dict[str, str]:
    return {
        "kind": reason.kind, "says": reason.says, "source": reason.source, "record": reason.record,
        "dated": reason.dated, "component": ref,
    }  # fmt: skip


def spoken(stmts: Iterable[int]) -> dict[int, Statement]:
    """What some statements say. Two queries for 5,000 of them."""
    found: dict[int, Statement] = {}
    for part in chunks(sorted(set(stmts))):
        found |= statements(part)
    return found


_STATED = """
SELECT DISTINCT r.pkg_id, COALESCE(c.vuln, a.vuln) FROM rng r
JOIN assertion a ON a.id = r.stmt >> {bits} LEFT JOIN covers c ON c.assertion = a.id
WHERE r.pkg_id IN ({packages}) AND r.f <= %(rev)s AND r.t > %(rev)s"""


def stated_of(packages: Iterable[int], rev: int) -> dict[int, frozenset[int]]:
    """The vulnerabilities stated of any version of some packages, at a revision."""
    found: dict[int, set[int]] = defaultdict(set)
    for part in chunks(sorted({package for package in packages if package > 0})):
        numbers = ", ".join(str(int(package)) for package in part)
        for package, vulnerability in rows(_STATED.format(packages=numbers, bits=ORDINALS), {"rev": rev}):
            found[package].add(vulnerability)
    return {package: frozenset(numbers) for package, numbers in found.items()}


def draw(hits: Iterable[Hit], said: Mapping[int, Statement], crosswalk: Crosswalk = SHIPPED) -> dict[int, Drawn]:
    """Gather hits by vulnerability. One with a certain hit is *affected*; where every hit has doubts, *conditional*."""
    drawn: dict[int, Drawn] = defaultdict(Drawn)
    for hit in hits:
        statement = said[hit.stmt]
        for vulnerability in statement.vulnerabilities:
            drawn[vulnerability].add(hit, statement, crosswalk)
    for one in drawn.values():
        one.settle()
    return dict(drawn)


def inside(hit: Hit, said: str) -> str:
    """Where the version lies, as a sentence."""
    where = hit.where
    if hit.whole:
        unknown = f"the version '{where.raw}' has no order" if where.raw else "no version is stated"
        every = not said or said.startswith("any version")
        return f"{unknown}, and {'every version' if every else said} is affected"
    loosely = "" if where.role == Package.Role.NATIVE else ", compared in loose order"
    return f"{where.raw} lies in {said or 'the stated range'}{loosely}"


def result_hash(drawn: Iterable[Drawn], possible: Iterable[tuple[str, str, int]]) -> str:
    """SHA-256 of a result: what was found, where and why, and what is possible; the same on every engine."""
    found = sorted(canonical([one.result.value, one.found_in(), one.listed()]) for one in drawn)
    return digest({"found": found, "possible": sorted(possible)})
