"""Whether a hit holds for the release as a whole: configurations of several products, attributes of CPE names.

A hit says that one component lies in one stated range. Where its record calls the product vulnerable only together
with others, or only in one edition, the release has to have those too: true, false, or unknown, and unknown is shown
as *conditional*, never dropped (engine.md §3).

What counts as known to be absent: a product the release names in another version; an operating system, where the
release names its operating system and it is another; a piece of hardware, where the release names hardware of the same
vendor and it is another. A program that nobody names is unknown: no SBOM is known to be complete.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from suture.core import cpe
from suture.core.configurations import Node, Product, Truth, all_of, evaluate, from_plain
from suture.core.errors import InvalidValue
from suture.core.profile import covers, is_device
from suture.detection.crosswalk import SHIPPED, Crosswalk, family_of, is_known_system, may_be
from suture.detection.kernel import chunks, rows
from suture.detection.portfolio import Places
from suture.detection.reasons import Hit, Where
from suture.intelligence.models import ORDINALS

LINE = (1 << ORDINALS) - 1


class Stated(NamedTuple):
    """One product a release names: its CPE package, and whether its version could be placed in an order."""

    package: str  # 'o:linux:linux_kernel'
    placed: bool
    system: bool  # it is an operating system: a CPE of part 'o' that is no firmware
    itself: bool = False  # it is a name of the device itself, not of something in it


def stated_by(kind: str, found: Places) -> list[Stated]:
    """The CPE products a component names. `kind` is the component's: a firmware is no operating system."""
    placed = {one.at.name for one in found.placed if one.at.kind == "cpe"}
    return [
        Stated(package.name, package.name in placed, is_system(kind, package.name))
        for package in found.names
        if package.kind == "cpe"
    ]


def is_system(kind: str, package: str) -> bool:
    """Whether a component is an operating system, and no device's firmware (which CPE files under 'o' as well).

    What neither the SBOM nor its name tells to be one is taken for none: a platform is then unknown, not absent.
    """
    return package.startswith("o:") and (kind == "operating-system" or is_known_system(package))


@dataclass(frozen=True, slots=True)
class Conditions:
    """The conditions of one assertion, as stored."""

    nodes: tuple[Node, ...] = ()
    attributes: Mapping[int, Mapping[str, str]] = field(default_factory=dict)  # by line of `says`
    platforms: Mapping[int, Mapping[str, str]] = field(default_factory=dict)  # by number of the platform
    added: tuple[int, str] | None = None  # the first line that another than the record's issuer added, and who

    def joined(self, line: int) -> tuple[Node, ...]:
        """The configurations in which one of the assertion's ranges stands."""
        return tuple(node for node in self.nodes if any(p.vulnerable and p.number == line for p in node.products()))


_CONDITIONS = "SELECT assertion, conditions FROM configuration WHERE assertion IN ({assertions})"


def conditions_of(assertions: Iterable[int]) -> dict[int, Conditions]:
    """The conditions of those assertions that have any. One query for 5,000 of them."""
    found: dict[int, Conditions] = {}
    for part in chunks(sorted(set(assertions))):
        numbers = ", ".join(map(str, part))  # as text: binding thousands costs more than the query
        found |= {number: _read(text) for number, text in rows(_CONDITIONS.format(assertions=numbers), {})}
    return found


def _read(text: str) -> Conditions:
    stored: dict[str, Any] = json.loads(text)
    return Conditions(
        tuple(from_plain(node) for node in stored.get("nodes", ())),
        {int(line): demanded for line, demanded in stored.get("attributes", {}).items()},
        {int(number): demanded for number, demanded in stored.get("platforms", {}).items()},
        tuple(stored["added"]) if "added" in stored else None,
    )


class Platform(NamedTuple):
    """A component in the range of a product that only joins a configuration."""

    assertion: int
    number: int
    given_as: str


# Values of a CPE's target software, and the platform each stands for. Source: NVD CPE dictionary, as used in records.
TARGETS = {
    "windows": "o:microsoft:windows", "linux": "o:linux:linux_kernel", "linux_kernel": "o:linux:linux_kernel",
    "android": "o:google:android", "macos": "o:apple:macos", "mac_os_x": "o:apple:mac_os_x", "mac_os": "o:apple:macos",
    "iphone_os": "o:apple:iphone_os", "ipad_os": "o:apple:ipados", "ipados": "o:apple:ipados",
}  # fmt: skip


class Release:
    """What a release names, for the questions a configuration asks of it."""

    def __init__(
        self,
        stated: Iterable[Stated],
        platforms: Iterable[Platform],
        absent: Iterable[str] = (),
        crosswalk: Crosswalk = SHIPPED,
    ) -> None:
        self._called = crosswalk.cpe_names
        self._stated: dict[str, bool] = {}  # by name: every component of that name has a version in an order
        self._systems: set[str] = set()
        self._hardware: dict[bool, set[str]] = {False: set(), True: set()}  # vendors, by whether of the device itself
        for one in stated:
            for name in self._called(one.package):
                self._stated[name] = self._stated.get(name, True) and one.placed
                if name.startswith("h:"):
                    self._hardware[one.itself].add(name.split(":")[1])
            if one.system:
                self._systems.add(one.package)
        self._absent = tuple(absent)
        self._platforms: dict[tuple[int, int], list[str]] = defaultdict(list)
        for met in platforms:
            self._platforms[met.assertion, met.number].append(met.given_as)

    def names(self, package: str) -> bool:
        """Whether it names the product at all, in whatever version."""
        return not self._stated.keys().isdisjoint(self._called(package))

    def declared_absent(self, package: str) -> bool:
        """Whether the device's profile says that it has not the product, under any of its names."""
        return any(covers(pattern, name) for name in self._called(package) for pattern in self._absent)

    def never_runs_on(self, target: str) -> bool:
        """Whether the profile says so of a target software, as CPE names write it ('windows')."""
        return self.declared_absent(TARGETS[target]) if target in TARGETS else False

    def runs_on(self, assertion: int, product: Product, demanded: Mapping[str, str], *, itself: bool = False) -> Truth:
        """Whether the release has a product that only joins a configuration."""
        met = self._platforms.get((assertion, product.number)) if product.number is not None else None
        if met:
            return _best(fits(given_as, demanded) for given_as in met)
        return self.lacks(product, itself=itself)

    def lacks(self, product: Product, *, itself: bool = False) -> Truth:
        """False where a product that is not in the stated range is known to be absent, else unknown.

        Args:
            itself: asked for a name of the device itself. What hardware the device is says which it is not; it says
                nothing of a module in it by the same maker.
        """
        package = product.package
        if not package:
            return None
        if product.words == "any version" and not product.vulnerable and family_of(package, self._stated):
            return True
        for name in self._called(package):
            if name in self._stated:
                return False if self._stated[name] and product.number is not None else None
        if self.declared_absent(package):
            return False
        part, vendor, _ = package.split(":", 2)
        if part == "o" and self._systems and not package.endswith("_firmware"):
            return None if may_be(package, self._systems) else False
        if part == "h" and (vendor in self._hardware[False] or (itself and vendor in self._hardware[True])):
            return False
        return None


def _best(answers: Iterable[Truth]) -> Truth:
    """True beats unknown beats false."""
    found = list(answers)
    return True if True in found else None if None in found else False


def fits(given_as: str, demanded: Mapping[str, str], raw: str = "") -> Truth:
    """Whether a component is of the edition, for the target, with the service pack a criterion demands.

    Not said: unknown. `raw` is the version as compared, where some write the service pack.

    Source: NISTIR 7696, CPE name matching, table 6-2, attribute by attribute.
    """
    if not demanded:
        return True
    try:
        name = cpe.parse(given_as) if given_as.startswith("cpe:") else None
    except InvalidValue:
        name = None
    own = dict(name.attributes) if name is not None else {}
    if "update" in demanded:
        said = demanded["update"] in raw.lower().replace("_", " ").split()
        own["update"] = demanded["update"] if said else name.update if name is not None else cpe.ANY
    return all_of(_attribute(own.get(attribute, cpe.ANY), value) for attribute, value in demanded.items())


def _attribute(own: str, demanded: str) -> Truth:
    if own == demanded:
        return True
    return None if own == cpe.ANY or "*" in demanded or "?" in demanded else False


def settle(hits: Sequence[Hit], conditions: Mapping[int, Conditions], release: Release) -> tuple[list[Hit], list[Hit]]:
    """Judge every hit for the release as a whole.

    Returns:
        (the hits that hold or may hold, each with its doubts; those that are ruled out, with why as their doubts).
    """
    met: dict[int, set[int]] = defaultdict(set)
    for hit in hits:
        met[hit.stmt >> ORDINALS].add(hit.stmt & LINE)
    standing: list[Hit] = []
    ruled_out: list[Hit] = []
    for hit in hits:
        assertion, line = hit.stmt >> ORDINALS, hit.stmt & LINE
        known = conditions.get(assertion)
        if known is None:
            standing.append(hit)
            continue
        answer, doubts, assured = _judge(hit, assertion, line, known, met[assertion], release)
        judged = hit._replace(doubts=(*hit.doubts, *doubts), assured=assured)
        (standing if answer is not False else ruled_out).append(judged)
    return standing, ruled_out


def _judge(
    hit: Hit, assertion: int, line: int, known: Conditions, met: set[int], release: Release
) -> tuple[Truth, tuple[str, ...], tuple[str, ...]]:
    demanded = known.attributes.get(line, {})
    edition = fits(hit.where.given_as, demanded, hit.where.raw)
    said = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in demanded.items())
    if edition is False:
        return False, (f"it concerns {said} alone, which {hit.where.given_as} is not",), ()
    target = demanded.get("target_sw", "")
    if edition is None and fits(hit.where.given_as, {"target_sw": target}) is None and release.never_runs_on(target):
        return False, (f"it concerns {said} alone, and the product profile says that the device never runs on it",), ()
    doubts = (f"it concerns {said} alone, and {hit.where.given_as} does not say",) if edition is None else ()
    nodes = known.joined(line)
    if not nodes:
        return edition, doubts, ()

    itself = is_device(hit.where.ref)

    def truth(product: Product) -> Truth:
        if not product.vulnerable:
            demanded = known.platforms.get(product.number or 0, {})
            return release.runs_on(assertion, product, demanded, itself=itself)
        if product.number == line or product.number in met:
            return True
        return release.lacks(product, itself=itself)

    answers = [(node, evaluate(node, truth)) for node in nodes]
    holds = [node for node, answer in answers if answer]
    open_ones = [node for node, answer in answers if answer is None]
    if holds:
        return edition, doubts, (f"together with {_others(holds[0], line, truth, wanted=True)}",)
    if open_ones:
        others = _others(open_ones[0], line, truth, wanted=None)
        return None, (*doubts, f"only together with {others}, which the release does not state"), ()
    others = _others(nodes[0], line, truth, wanted=False)
    profile = any(release.declared_absent(product.package) for product in nodes[0].products() if product.package)
    says = f"only together with {others}, which this release has not"
    return False, (f"{says}, as the product profile says" if profile else says,), ()


MOST_NAMED = 4


def _others(node: Node, line: int, truth: Any, *, wanted: Truth) -> str:
    """The products of a configuration beside the one that was hit, for a sentence."""
    own = next((part for part in node.parts if isinstance(part, Node) and _holds(part, line)), None)
    others = [
        product
        for part in node.parts
        if part is not own
        for product in (part.products() if isinstance(part, Node) else (part,))
        if not (product.vulnerable and product.number == line)
    ]
    chosen = [product for product in others if truth(product) is wanted] or others
    names = list(dict.fromkeys(_named(product) for product in chosen))
    more = f" or {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return " or ".join(names[:MOST_NAMED]) + more


def _holds(node: Node, line: int) -> bool:
    return any(product.vulnerable and product.number == line for product in node.products())


def _named(product: Product) -> str:
    name = product.package or product.words
    return name if product.words in ("", "any version") or not product.package else f"{name} ({product.words})"


def devices_alone(
    conditions: Mapping[int, Conditions], hit: Iterable[int], release: Release, devices: Mapping[int, Where]
) -> list[Hit]:
    """Where a release names the device, and the record concerns a firmware of it that the release does not name.

    Where the record concerns every version of that firmware, the device alone is enough.

    Args:
        conditions: of the assertions whose configurations name a piece of hardware of the release.
        hit: the assertions of which the release has a vulnerable product already.
        devices: by assertion, the hardware as the release names it.
    """
    found: list[Hit] = []
    done = set(hit)
    for assertion, known in conditions.items():
        if assertion in done or assertion not in devices:
            continue
        for node in known.nodes:
            vulnerable = [p for p in node.products() if p.vulnerable and p.number is not None]
            if not vulnerable or any(not p.package.startswith("o:") or release.names(p.package) for p in vulnerable):
                continue
            platforms = known.platforms

            def truth(product: Product, assertion: int = assertion, platforms: Any = platforms) -> Truth:
                if product.vulnerable:
                    return True if product.words == "any version" else None
                itself = is_device(devices[assertion].ref)
                return release.runs_on(assertion, product, platforms.get(product.number or 0, {}), itself=itself)

            answer = evaluate(node, truth)
            if answer is False:
                continue
            firmware = vulnerable[0]
            stmt = assertion << ORDINALS | (firmware.number or 0)
            if answer:
                every = (
                    f"every version of {firmware.package} on this device is concerned, so the device alone is enough"
                )
                found.append(Hit(devices[assertion], stmt, True, (), (every,)))
            else:
                lacks = (
                    f"it concerns {_named(firmware)} of this device, and the release states no firmware of that name"
                )
                found.append(Hit(devices[assertion], stmt, True, (lacks,)))
            break
    return found
