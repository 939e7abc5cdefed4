"""From hits to what a person reads: which vulnerability, in which components, and why: one sentence per statement."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

import msgspec

from suture.core.matching import MatchClass
from suture.core.profile import is_device
from suture.detection.crosswalk import SHIPPED, Crosswalk
from suture.detection.kernel import chunks, rows
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


# Why, as a plain tuple in the order in which reasons are listed: place in KINDS, component ref, source, record, says,
# dated. Thousands are made in one match, so it is no object of its own.
Why: TypeAlias = tuple[int, str, str, str, str, str]


class Because(msgspec.Struct, frozen=True, gc=False):
    """One reason as it is kept with a finding. Its fields stand in the order the result's hash has them."""

    component: str
    dated: str
    kind: str
    record: str
    says: str
    source: str

    def plain(self) -> dict[str, str]:
        return {
            "kind": self.kind, "says": self.says, "source": self.source, "record": self.record, "dated": self.dated,
            "component": self.component,
        }  # fmt: skip


@dataclass(slots=True)
class Drawn:
    """One vulnerability as matching finds it in one release."""

    result: MatchClass = MatchClass.CONDITIONAL
    certain: set[str] = field(default_factory=set)  # refs of the components that are definitely affected
    components: dict[str, dict[str, str]] = field(default_factory=dict)
    reasons: dict[Why, None] = field(default_factory=dict)  # without doubles
    said: dict[tuple[str, str, str], None] = field(default_factory=dict)  # (range in words, source, record)
    _because: list[Because] | None = None  # the reasons in order, once asked for
    _found_in: list[dict[str, str]] | None = None

    def add(self, hit: Hit, statement: Statement, identified: str) -> None:
        """Take up one hit of one statement.

        Args:
            identified: why the component's identifier stands for the package, as a sentence.
        """
        where = hit.where
        ref = where.ref
        if not hit.doubts:
            self.certain.add(ref)
            self.result = MatchClass.AFFECTED
        if ref not in self.components:
            self.components[ref] = {"ref": ref, "name": where.name, "version": where.version}
        source, record, says, dated = statement.source, statement.record_id, statement.says, statement.dated
        reasons = self.reasons
        named = f"{ITSELF}: {identified}" if is_device(ref) else identified
        reasons[_IDENTIFIER, ref, "", "", named, ""] = None
        reasons[_VERSION, ref, source, record, inside(hit, says), dated] = None
        for sentence in hit.assured:
            reasons[_CONDITION, ref, source, record, sentence, dated] = None
        for sentence in hit.doubts:
            reasons[_DOUBT, ref, source, record, sentence, dated] = None
        self.said[says, source, record] = None
        self._because = None

    def tell(self, says: str, ref: str) -> None:
        """Add what else a person should know of one component; it decides nothing."""
        self.reasons[_CAUSE, ref, "", "", says, ""] = None
        self._because = None

    def settle(self) -> None:
        """Mark the components that are only conditionally concerned beside one that is definitely."""
        if self.certain:
            for ref, component in self.components.items():
                if ref not in self.certain:
                    component["result"] = MatchClass.CONDITIONAL.value

    def because(self) -> list[Because]:
        """The reasons for the record: in a fixed order, not more than a person reads."""
        if self._because is None:
            ordered = sorted(self.reasons)
            self._because = [
                Because(ref, dated, KINDS[kind], record, says, source)
                for kind, ref, source, record, says, dated in ordered[: 2 * MOST]
            ]
            if more := len(ordered[2 * MOST :]):
                self._because.append(Because("", "", "cause", "", f"and {more} more statements that say so", ""))
        return self._because

    def listed(self) -> list[dict[str, str]]:
        """The same as JSON takes it."""
        return [one.plain() for one in self.because()]

    def found_in(self) -> list[dict[str, str]]:
        """The components concerned, in a fixed order. Asked for once it is settled."""
        if self._found_in is None:
            found = list(self.components.values())
            if len(found) > 1:
                found.sort(key=lambda one: (one["name"], one["version"], one["ref"]))
            self._found_in = found
        return self._found_in


_IDENTIFIER, _VERSION, _CONDITION, _DOUBT, _CAUSE = range(len(KINDS))


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
    identified: dict[tuple[str, str], str] = {}
    for hit in hits:
        statement, at = said[hit.stmt], (hit.where.given_as, hit.where.package)
        words = identified.get(at)
        if words is None:
            words = identified[at] = crosswalk.in_words(*at)
        for vulnerability in statement.vulnerabilities:
            drawn[vulnerability].add(hit, statement, words)
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


_canonical = msgspec.json.Encoder(order="sorted").encode  # of text alone: letter by letter `evidence.canonical`


def result_hash(drawn: Iterable[Drawn], possible: Iterable[tuple[str, str, int]]) -> str:
    """SHA-256 of a result: what was found, where and why, and what is possible; the same on every engine."""
    found = sorted(_canonical([one.result.value, one.found_in(), one.because()]) for one in drawn)
    whole = _canonical({"found": [one.decode() for one in found], "possible": sorted(possible)})
    return hashlib.sha256(whole).hexdigest()
