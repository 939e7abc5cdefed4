"""Operating-system distributions: their names, their releases, and where a document says which one it means.

A distribution's package is judged by that distribution's own data, release by release, for its fixes are backported.
So nothing is looked up before both are known; what does not name them is *distro unknown*.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from suture.core import purl
from suture.core.components import Component
from suture.core.errors import InvalidValue
from suture.core.purl import Purl
from suture.core.rpm_modules import Module, in_document, labelled, tag_of

DISTRO_TYPES: dict[str, str] = {"rpm": "rpm", "deb": "deb", "apk": "alpine"}  # purl type -> order of its versions


class Distro(NamedTuple):
    """One distribution: its name here, the purl type of its packages, and how many numbers name a release."""

    name: str
    type: str
    numbers: int  # 1: '8.6' -> '8'; 2: '3.18.4' -> '3.18'; 0: rolling, no release
    data: str = ""  # the distribution whose data speak for it; '' for its own
    any_release: bool = False  # its data say also what is so in every release


class System(NamedTuple):
    """A release of a distribution."""

    distro: Distro
    release: str  # as its data name it; '' for a rolling one


ALMALINUX = Distro("almalinux", "rpm", 1)
ROCKY = Distro("rocky", "rpm", 1)
REDHAT = Distro("redhat", "rpm", 1)
CENTOS = Distro("centos", "rpm", 1, "redhat")  # rebuilt from Red Hat's sources; it publishes no data of its own
ORACLE = Distro("oracle", "rpm", 1)
AMAZON = Distro("amazon", "rpm", 1)
FEDORA = Distro("fedora", "rpm", 1)
SLES = Distro("sles", "rpm", 2)
LEAP = Distro("opensuse-leap", "rpm", 2)
PHOTON = Distro("photon", "rpm", 2)
MAGEIA = Distro("mageia", "rpm", 1)
DEBIAN = Distro("debian", "deb", 1)
UBUNTU = Distro("ubuntu", "deb", 2)
ALPINE = Distro("alpine", "apk", 2, any_release=True)
WOLFI = Distro("wolfi", "apk", 0)
CHAINGUARD = Distro("chainguard", "apk", 0)

# Every word by which purl namespaces, the qualifier `distro`, OSV and os-release call a distribution, in lower case.
DISTROS: dict[str, Distro] = {
    "almalinux": ALMALINUX, "alma": ALMALINUX, "alma-linux": ALMALINUX,
    "rocky": ROCKY, "rockylinux": ROCKY, "rocky-linux": ROCKY, "rocky linux": ROCKY,
    "redhat": REDHAT, "rhel": REDHAT, "red-hat": REDHAT, "red hat": REDHAT, "red hat enterprise linux": REDHAT,
    "centos": CENTOS, "centos linux": CENTOS,
    "oracle": ORACLE, "ol": ORACLE, "oraclelinux": ORACLE, "oracle-linux": ORACLE, "oracle linux server": ORACLE,
    "amazon": AMAZON, "amzn": AMAZON, "amazonlinux": AMAZON, "amazon linux": AMAZON,
    "fedora": FEDORA, "fedora linux": FEDORA,
    "sles": SLES, "suse linux enterprise server": SLES,
    "opensuse-leap": LEAP, "opensuse.leap": LEAP, "opensuse leap": LEAP,
    "photon": PHOTON, "photon os": PHOTON, "vmware photon os": PHOTON,
    "mageia": MAGEIA,
    "debian": DEBIAN, "debian gnu/linux": DEBIAN,
    "ubuntu": UBUNTU,
    "alpine": ALPINE, "alpine linux": ALPINE,
    "wolfi": WOLFI,
    "chainguard": CHAINGUARD,
}  # fmt: skip

CODENAMES: dict[str, tuple[Distro, str]] = {
    "wheezy": (DEBIAN, "7"), "jessie": (DEBIAN, "8"), "stretch": (DEBIAN, "9"), "buster": (DEBIAN, "10"),
    "bullseye": (DEBIAN, "11"), "bookworm": (DEBIAN, "12"), "trixie": (DEBIAN, "13"), "forky": (DEBIAN, "14"),
    "trusty": (UBUNTU, "14.04"), "xenial": (UBUNTU, "16.04"), "bionic": (UBUNTU, "18.04"), "focal": (UBUNTU, "20.04"),
    "jammy": (UBUNTU, "22.04"), "noble": (UBUNTU, "24.04"),
}  # fmt: skip

# The release as the builder stamped it into the package's own version: '1.1.1k-4.el8', '2.28-10+deb10u1'. A module
# carries it after 'module', with a sign of its own: '16.20.2-2.module+el8.8.0+19857+6d2a104d', '.module_el8.5.0+…'.
_STAMPS: dict[Distro, re.Pattern[str]] = {
    **dict.fromkeys((ALMALINUX, ROCKY, REDHAT, CENTOS, ORACLE), re.compile(r"[.+_]el(\d+)")),
    FEDORA: re.compile(r"\.fc(\d+)"),
    AMAZON: re.compile(r"\.amzn(\d+)"),
    DEBIAN: re.compile(r"[+~]deb(\d+)u"),
}

_RELEASE = re.compile(r"(?:(?P<word>[a-z]+(?:[- ][a-z]+)*)[- :])?v?(?P<release>\d+(?:\.\d+)*(?:_alpha\d*)?)")
_NUMBERS = re.compile(r"v?(\d+(?:\.\d+)*)")


def release_of(distro: Distro, release: str) -> str:
    """A release as the distribution's own data name it: '8.6' -> '8' for AlmaLinux, '3.18.4' -> '3.18' for Alpine.

    '' where the text names it less finely than the data do.
    """
    release = release.strip()
    if distro is ALPINE and (release == "edge" or "_alpha" in release):
        return "edge"  # os-release of the rolling branch names the release to come: '3.21.0_alpha20240923'
    found = _NUMBERS.match(release)
    numbers = found[1].split(".") if found else []
    return ".".join(numbers[: distro.numbers]) if len(numbers) >= distro.numbers else ""


class Stated(NamedTuple):
    """What a package URL says of its distribution. `distro` None: nothing; `release` '': not stated."""

    distro: Distro | None
    release: str
    contradicts: bool = False  # it names two, one we do not know, or one whose packages are of another type


def stated_by(read: Purl) -> Stated:
    """The distribution and the release that a package URL itself names: namespace, qualifiers, or a stamp."""
    vendor = DISTROS.get(read.namespace.lower())
    stated = (read.qualifier("distro") or read.qualifier("distro_name")).lower()
    distro, release = vendor, ""
    if stated in CODENAMES:
        distro, release = CODENAMES[stated]
    elif stated in DISTROS and not DISTROS[stated].numbers:
        distro = DISTROS[stated]
    elif stated in ("edge", "alpine-edge") and read.type == "apk":
        distro, release = ALPINE, "edge"
    elif match := _RELEASE.match(stated):
        named = DISTROS.get(match["word"]) if match["word"] else vendor
        if named is None:
            return Stated(None, "", contradicts=bool(match["word"]))
        distro, release = named, release_of(named, match["release"])
    if distro is None:
        return Stated(None, "", contradicts=bool(read.namespace))  # of a distribution we do not know
    if distro.type != read.type or (vendor is not None and vendor is not distro):
        return Stated(None, "", contradicts=True)
    if not release and distro in _STAMPS and (stamp := _STAMPS[distro].search(read.version)):
        release = release_of(distro, stamp[1])
    return Stated(distro, release)


# ---- what a whole document says


@dataclass(frozen=True, slots=True)
class Context:
    """What an SBOM as a whole says that a single component does not; made once per document by `context_of`.

    An operating-system component speaks for what it contains, and for its siblings with all they contain; the nearest
    one counts. Where two different ones stand equally near, neither does.
    """

    parents: Mapping[str, str] = field(default_factory=dict)  # ref -> ref of the component that contains it
    systems: Mapping[str, tuple[System, ...]] = field(default_factory=dict)  # ref, '' for the top -> who speaks there
    modules: Mapping[str, Module] = field(default_factory=dict)  # mark of a module's build -> module and stream

    def system_for(self, component: Component, kind: str) -> System | None:
        """The distribution release that speaks for a component's packages of one purl type; None when none does."""
        place, seen = component.ref, 0
        while True:
            near = {system for system in self.systems.get(place, ()) if system.distro.type == kind}
            if near:
                return near.pop() if len(near) == 1 else None
            if not place or seen > len(self.parents):
                return None
            place, seen = self.parents.get(place, ""), seen + 1

    def module_of(self, read: Purl) -> Module | None:
        """The module an RPM package came with: by its own label, else by that of another of the same build."""
        tag = tag_of(read.version)
        return labelled(read) or self.modules.get(tag) if tag else None


NOWHERE = Context()  # of a component by itself


def context_of(components: Iterable[Component]) -> Context:
    """Gather what the components of one document say about all of them. Linear; most documents hold one system."""
    parents: dict[str, str] = {}
    systems: dict[str, list[System]] = {}
    modular: list[Purl] = []
    for component in components:
        modular += _modular(component)
        if component.parent:
            parents[component.ref] = component.parent
        if component.kind == "operating-system" and (system := system_of(component)):
            systems.setdefault(component.parent, []).append(system)
            systems.setdefault(component.ref, []).append(system)
    if not systems and not modular:
        return NOWHERE
    return Context(parents, {place: tuple(found) for place, found in systems.items()}, in_document(modular))


def _modular(component: Component) -> list[Purl]:
    """The package URLs of a component that came with a module."""
    found = []
    for text in component.purls:
        if "module" in text and text.startswith("pkg:rpm/"):
            try:
                found.append(purl.parse(text))
            except InvalidValue:
                continue  # `identify` says so
    return found


def system_of(component: Component) -> System | None:
    """The distribution release an operating-system component stands for, by its name and version; None for others.

    Generators write the id of os-release ('debian', '12') or its name ('Debian GNU/Linux'), some with the release.
    """
    name = component.name.strip().lower()
    distro = DISTROS.get(name)
    version = component.version
    if distro is None and (match := re.fullmatch(r"(.*?)[- ]v?(\d+(?:\.\d+)*)(?: .*)?", name)):
        distro, version = DISTROS.get(match[1]), version if _NUMBERS.match(version) else match[2]
    if distro is None:
        return None
    release = release_of(distro, version)
    return System(distro, release) if release or not distro.numbers else None
