"""What a component and an advisory are called so that both sides meet: identical `Package` values, nothing fuzzy.

Two tables decide: the naming rule of each ecosystem, and the words in which package URLs and OSV name a distribution.
A distribution's package never meets upstream ranges: its fixes are backported, so only its own data speak of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from suture.core import cpe, purl
from suture.core.components import Component, Identity, Package, PackageKind
from suture.core.cpe import Cpe
from suture.core.errors import InvalidValue
from suture.core.purl import Purl

PURL, CPE, CNA = PackageKind.PURL, PackageKind.CPE, PackageKind.CNA

NO_IDENTIFIER = "no package URL and no CPE"
UNKNOWN_TYPE = "unknown purl type"
DISTRO_UNKNOWN = "distro unknown"
CPE_SET_ASIDE = "CPE set aside: a distribution's package is judged by the distribution's own data"


class Identification(NamedTuple):
    """All ways in which a component can be looked up, and what stood in the way of others.

    No identity and at least one reason: the component is *not assessed*, and the reasons say why.
    An identity whose package name holds '?' matches nothing (its distribution is unknown) and is named in `reasons`.
    """

    identities: tuple[Identity, ...]
    reasons: tuple[str, ...]


def identities(component: Component) -> tuple[Identity, ...]:
    """Every identity of a component; see `identify` for the reasons of those it lacks."""
    return identify(component).identities


def identify(component: Component) -> Identification:
    """Give each package URL and each CPE of a component its identity, or a reason why it has none.

    The component's own version stands in where the identifier states none. A Debian or Alpine package that names its
    source package (qualifier `upstream`) has that identity too, for those distributions publish by source package.
    """
    found: list[Identity] = []
    reasons: list[str] = []
    distribution = False
    for text in component.purls:
        try:
            read = _renamed(purl.parse(text))
        except InvalidValue as wrong:
            reasons.append(str(wrong))
            continue
        named = package_of_purl(read)
        if named is None:
            reasons.append(f"{UNKNOWN_TYPE}: {text}")
            continue
        if read.type in DISTRO_TYPES:
            distribution = True
            if "?" in named.name:
                reasons.append(f"{DISTRO_UNKNOWN}: {text}")
        found.append(Identity(named, _version(read) or component.version, text))
        found.extend(_source_package(read, named, component.version, text))
    for text in component.cpes:
        try:
            name = cpe.parse(text)
        except InvalidValue as wrong:
            reasons.append(str(wrong))
            continue
        platform = package_of_cpe(name)
        if platform is None:
            reasons.append(f"CPE names no single product: {text}")
        elif distribution:
            reasons.append(f"{CPE_SET_ASIDE}: {text}")
        else:
            found.append(Identity(platform, name.version_text or _stated(component.version), text))
    if not component.purls and not component.cpes:
        reasons.append(NO_IDENTIFIER)
    return Identification(tuple(dict.fromkeys(found)), tuple(reasons))


def _stated(version: str) -> str:
    return "" if version in (cpe.ANY, cpe.NA) else version


# ---- ecosystems: type -> version order and naming rule


def _slashed(namespace: str, name: str) -> str:
    return f"{namespace}/{name}" if namespace else name


def _lower(namespace: str, name: str) -> str:
    return _slashed(namespace, name).lower()


def _pep503(namespace: str, name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()  # PEP 503, Normalized Names


def _maven(namespace: str, name: str) -> str:
    return f"{namespace}:{name}" if namespace else name


def _golang(namespace: str, name: str) -> str:
    # Module paths are compared without case: generators differ, and the Go proxy allows one case per path.
    path = _slashed(namespace, name).lower()
    return "stdlib" if path == "std" else path


class Ecosystem(NamedTuple):
    """How one ecosystem orders versions and writes names. `scheme` is one of `suture.core.versions.SCHEMES`."""

    scheme: str
    name: Callable[[str, str], str]


# npm and NuGet treat names without case today; RubyGems, Maven and Swift keep it. Composer, CRAN, Conan and the like
# have no order of their own here: 'loose'.
ECOSYSTEMS: dict[str, Ecosystem] = {
    "npm": Ecosystem("npm", _lower),
    "pypi": Ecosystem("pypi", _pep503),
    "maven": Ecosystem("maven", _maven),
    "golang": Ecosystem("golang", _golang),
    "cargo": Ecosystem("cargo", _lower),
    "hex": Ecosystem("hex", _lower),
    "gem": Ecosystem("gem", _slashed),
    "nuget": Ecosystem("nuget", _lower),
    "composer": Ecosystem("loose", _lower),
    "bitnami": Ecosystem("semver", _lower),
    "swift": Ecosystem("semver", _lower),
    "pub": Ecosystem("semver", _lower),
    "github": Ecosystem("loose", _lower),
    "githubactions": Ecosystem("loose", _lower),
}
_OTHER = Ecosystem("loose", _slashed)  # a type of the purl specification without a rule of its own

# OSV ecosystem (before the first colon) -> purl type. Source: OSV schema, "Defined ecosystems".
OSV_ECOSYSTEMS: dict[str, str] = {
    "npm": "npm",
    "PyPI": "pypi",
    "Maven": "maven",
    "Go": "golang",
    "crates.io": "cargo",
    "Hex": "hex",
    "RubyGems": "gem",
    "NuGet": "nuget",
    "Packagist": "composer",
    "Bitnami": "bitnami",
    "SwiftURL": "swift",
    "Pub": "pub",
    "GitHub Actions": "githubactions",
    "CRAN": "cran",
    "Hackage": "hackage",
    "Julia": "julia",
    "opam": "opam",
    "ConanCenter": "conan",
    "VSCode": "vscode-extension",
    "OSS-Fuzz": "generic",  # OSV itself gives these packages the URL pkg:generic/<project>
}

# ---- distributions: type -> version order; the words for each, and how fine its data tell releases apart

DISTRO_TYPES: dict[str, str] = {"rpm": "rpm", "deb": "deb", "apk": "alpine"}


class Distro(NamedTuple):
    """One distribution: its name here, the purl type of its packages, and how many numbers name a release."""

    name: str
    type: str
    numbers: int  # 1: '8.6' -> '8'; 2: '3.18.4' -> '3.18'; 0: rolling, no release


ALMALINUX = Distro("almalinux", "rpm", 1)
ROCKY = Distro("rocky", "rpm", 1)
REDHAT = Distro("redhat", "rpm", 1)
CENTOS = Distro("centos", "rpm", 1)
ORACLE = Distro("oracle", "rpm", 1)
AMAZON = Distro("amazon", "rpm", 1)
FEDORA = Distro("fedora", "rpm", 1)
SLES = Distro("sles", "rpm", 2)
LEAP = Distro("opensuse-leap", "rpm", 2)
PHOTON = Distro("photon", "rpm", 2)
MAGEIA = Distro("mageia", "rpm", 1)
DEBIAN = Distro("debian", "deb", 1)
UBUNTU = Distro("ubuntu", "deb", 2)
ALPINE = Distro("alpine", "apk", 2)
WOLFI = Distro("wolfi", "apk", 0)
CHAINGUARD = Distro("chainguard", "apk", 0)

# Every word by which purl namespaces, the qualifier `distro` and OSV call a distribution, in lower case.
DISTROS: dict[str, Distro] = {
    "almalinux": ALMALINUX, "alma": ALMALINUX, "alma-linux": ALMALINUX,
    "rocky": ROCKY, "rockylinux": ROCKY, "rocky-linux": ROCKY, "rocky linux": ROCKY,
    "redhat": REDHAT, "rhel": REDHAT, "red-hat": REDHAT, "red hat": REDHAT,
    "centos": CENTOS,
    "oracle": ORACLE, "ol": ORACLE, "oraclelinux": ORACLE, "oracle-linux": ORACLE,
    "amazon": AMAZON, "amzn": AMAZON, "amazonlinux": AMAZON,
    "fedora": FEDORA,
    "sles": SLES,
    "opensuse-leap": LEAP,
    "photon": PHOTON, "photon os": PHOTON,
    "mageia": MAGEIA,
    "debian": DEBIAN,
    "ubuntu": UBUNTU,
    "alpine": ALPINE,
    "wolfi": WOLFI,
    "chainguard": CHAINGUARD,
}  # fmt: skip

CODENAMES: dict[str, tuple[Distro, str]] = {
    "wheezy": (DEBIAN, "7"), "jessie": (DEBIAN, "8"), "stretch": (DEBIAN, "9"), "buster": (DEBIAN, "10"),
    "bullseye": (DEBIAN, "11"), "bookworm": (DEBIAN, "12"), "trixie": (DEBIAN, "13"), "forky": (DEBIAN, "14"),
    "trusty": (UBUNTU, "14.04"), "xenial": (UBUNTU, "16.04"), "bionic": (UBUNTU, "18.04"), "focal": (UBUNTU, "20.04"),
    "jammy": (UBUNTU, "22.04"), "noble": (UBUNTU, "24.04"),
}  # fmt: skip

# The release as the builder stamped it into the package's own version: '1.1.1k-4.el8', '2.28-10+deb10u1'.
_STAMPS: dict[Distro, re.Pattern[str]] = {
    **dict.fromkeys((ALMALINUX, ROCKY, REDHAT, CENTOS, ORACLE), re.compile(r"\.el(\d+)")),
    FEDORA: re.compile(r"\.fc(\d+)"),
    AMAZON: re.compile(r"\.amzn(\d+)"),
    DEBIAN: re.compile(r"[+~]deb(\d+)u"),
}

_RELEASE = re.compile(r"(?:(?P<word>[a-z]+(?:[- ][a-z]+)*)[- :])?v?(?P<release>\d+(?:\.\d+)*)")


def _release_of(distro: Distro, release: str) -> str:
    """A release as the distribution's own data name it: '8.6' -> '8' for AlmaLinux, '3.18.4' -> '3.18' for Alpine."""
    numbers = release.split(".")
    return ".".join(numbers[: distro.numbers]) if len(numbers) >= distro.numbers else ""


def _distro_of(read: Purl) -> tuple[Distro, str] | None:
    """The distribution and release a package URL names; None when it names none, or two that contradict each other."""
    vendor = DISTROS.get(read.namespace.lower())
    stated = (read.qualifier("distro") or read.qualifier("distro_name")).lower()
    if stated in CODENAMES:
        distro, release = CODENAMES[stated]
    elif match := _RELEASE.match(stated):
        named = DISTROS.get(match["word"]) if match["word"] else vendor
        if named is None:
            return None
        distro, release = named, match["release"]
    elif vendor is None:
        return None
    else:
        stamp = _STAMPS[vendor].search(read.version) if vendor in _STAMPS else None
        distro, release = vendor, stamp[1] if stamp else ""
    if distro.type != read.type or (vendor is not None and vendor is not distro):
        return None
    release = _release_of(distro, release)
    return (distro, release) if release or not distro.numbers else None


def _distro_package(distro: Distro, release: str, name: str) -> Package:
    place = f"{distro.name}:{release}" if release else distro.name
    name = name if distro.type == "rpm" else name.lower()
    return Package(PURL, DISTRO_TYPES[distro.type], f"{distro.type}/{place}/{name}")


# ---- the packages of both sides


def package_of_purl(read: Purl | str) -> Package | None:
    """The package a package URL stands for; None for a type the purl specification does not know.

    A distribution's package whose distribution or release is unknown gets a name with '?', which no record has.
    """
    read = _renamed(purl.parse(read) if isinstance(read, str) else read)
    if read.type in DISTRO_TYPES:
        known = _distro_of(read)
        if known is None:
            return Package(PURL, DISTRO_TYPES[read.type], f"{read.type}/{read.namespace or '?'}:?/{read.name}")
        return _distro_package(*known, read.name)
    if read.type not in purl.KNOWN_TYPES:
        return None
    ecosystem = ECOSYSTEMS.get(read.type, _OTHER)
    return Package(PURL, ecosystem.scheme, f"{read.type}/{ecosystem.name(read.namespace, read.name)}")


@lru_cache(maxsize=65_536)
def package_of_ecosystem(osv_ecosystem: str, name: str) -> Package | None:
    """The package an OSV record means by ecosystem and name; None for an ecosystem we cannot place.

    Source: OSV schema, "Defined ecosystems": a distribution's release stands after the first colon.
    """
    ecosystem, _, suffix = osv_ecosystem.partition(":")
    if not name:
        return None
    if kind := OSV_ECOSYSTEMS.get(ecosystem):
        rule = ECOSYSTEMS.get(kind, _OTHER)
        return Package(PURL, rule.scheme, f"{kind}/{rule.name('', name)}")
    distro = DISTROS.get(ecosystem.lower())
    if distro is None:
        return None
    if distro is REDHAT:  # 'Red Hat:enterprise_linux:8::baseos'; other products are not this distribution
        product, _, suffix = suffix.partition(":")
        if product != "enterprise_linux":
            return None
    match = re.match(r"v?(\d+(?:\.\d+)*)", suffix)  # 'Ubuntu:Pro:…' and 'Debian' alone name no release of ours
    release = _release_of(distro, match[1]) if match else ""
    return _distro_package(distro, release, name) if release or not distro.numbers else None


def package_of_cpe(name: Cpe | str) -> Package | None:
    """The package a CPE name stands for, 'a:openssl:openssl'; None when vendor or product is a pattern, ANY or NA."""
    name = cpe.parse(name) if isinstance(name, str) else name
    return Package(CPE, "loose", name.package) if name.nameable else None


@lru_cache(maxsize=65_536)
def package_of_words(vendor: str, product: str) -> Package | None:
    """The package a CVE record names by vendor and product words alone; it matches nothing without a crosswalk."""
    vendor, product = vendor.strip().lower(), product.strip().lower()
    if product in ("", "n/a", "unknown") or (vendor in ("", "n/a", "unknown") and not product):
        return None
    vendor = "" if vendor in ("n/a", "unknown") else vendor
    return Package(CNA, "loose", f"{vendor}:{product}")


def _renamed(read: Purl) -> Purl:
    """A package URL of the type 'alpine', which the specification later called 'apk'; older generators write it."""
    return read._replace(type="apk", namespace="alpine") if read.type == "alpine" else read


def _version(read: Purl) -> str:
    """The version as the ecosystem's data write it."""
    version = read.version
    if read.type == "rpm":  # the epoch stands in a qualifier, in advisories before the version
        epoch = read.qualifier("epoch")
        return f"{epoch}:{version}" if epoch and version and ":" not in version else version
    if read.type == "golang" and read.name in ("std", "stdlib", "toolchain"):
        return version.removeprefix("go")
    return version


def _source_package(read: Purl, binary: Package, version: str, text: str) -> tuple[Identity, ...]:
    """The identity of the source package, where a Debian or Alpine package names one other than itself."""
    upstream = read.qualifier("upstream")
    if read.type not in ("deb", "apk") or not upstream:
        return ()
    source, _, of_source = upstream.partition("@")
    named = package_of_purl(read._replace(name=source))
    if named is None or named == binary:
        return ()
    return (Identity(named, of_source or read.version or version, text),)
