"""What a component and an advisory are called so that both sides meet: identical `Package` values, nothing fuzzy.

The naming rule of each ecosystem decides, and for distributions the words of `suture.core.distros`.
A distribution's package never meets upstream ranges: its fixes are backported, so only its own data speak of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from suture.core import cpe, embedded, purl
from suture.core.components import Component, Identity, Package, PackageKind
from suture.core.cpe import Cpe
from suture.core.distros import DISTRO_TYPES, DISTROS, NOWHERE, REDHAT, Context, Distro, System, release_of, stated_by
from suture.core.errors import InvalidValue
from suture.core.purl import Purl
from suture.core.rpm_modules import Module, same_source
from suture.core.source_packages import source_of

PURL, CPE, CNA = PackageKind.PURL, PackageKind.CPE, PackageKind.CNA

NO_IDENTIFIER = "no package URL and no CPE"
UNKNOWN_TYPE = "unknown purl type"
DISTRO_UNKNOWN = "distro unknown"
ANY_RELEASE = "*"
CPE_SET_ASIDE = "CPE set aside: a distribution's package is judged by the distribution's own data"


class Identification(NamedTuple):
    """All ways in which a component can be looked up, and what stood in the way of others.

    No identity and at least one reason: the component is *not assessed*, and the reasons say why.
    An identity whose package name holds '?' matches nothing (its distribution is unknown) and is named in `reasons`.
    """

    identities: tuple[Identity, ...]
    reasons: tuple[str, ...]


def identities(component: Component, context: Context = NOWHERE) -> tuple[Identity, ...]:
    """Every identity of a component; see `identify` for the reasons of those it lacks."""
    return identify(component, context).identities


def identify(component: Component, context: Context = NOWHERE) -> Identification:
    """Give each package URL and each CPE of a component its identity, or a reason why it has none.

    `context` is what the component's document says as a whole: its operating system tells the distribution and the
    release of packages whose URL does not. The component's own version stands in where the identifier states none.
    A distribution's package that names its source package (qualifier `upstream`) has that identity too, for Debian,
    Alpine and Red Hat publish by source package.
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
        if read.type in DISTRO_TYPES:
            distribution = True
            of_system, unknown = _of_distribution(read, component, context, text)
            found += of_system
            reasons += unknown
            continue
        if unasked := embedded.of_purl(read):
            reasons.append(unasked)
            continue
        named = package_of_purl(read)
        if named is None:
            reasons.append(f"{UNKNOWN_TYPE}: {text}")
        else:
            found.append(Identity(named, _version(read) or component.version, text))
    for text in component.cpes:
        try:
            name = cpe.parse(text)
        except InvalidValue as wrong:
            reasons.append(str(wrong))
            continue
        platforms = _of_any_part(name)
        if not platforms:
            reasons.append("; ".join(filter(None, (f"CPE names no single product: {text}", embedded.of_cpe(name)))))
        elif distribution:
            reasons.append(f"{CPE_SET_ASIDE}: {text}")
        else:
            version = name.version_text or _stated(component.version)
            found += [Identity(platform, version, text) for platform in platforms]
    if not component.purls and not component.cpes:
        reasons.append("; ".join(filter(None, (NO_IDENTIFIER, embedded.of_nothing(component)))))
    return Identification(tuple(dict.fromkeys(found)), tuple(reasons))


def _of_any_part(name: Cpe) -> list[Package]:
    """The package of a CPE; of one whose part is ANY, as Yocto writes it, the application and the operating system."""
    parts = ("a", "o") if name.part == cpe.ANY else (name.part,)
    return [package for part in parts if (package := package_of_cpe(name._replace(part=part)))]


def _stated(version: str) -> str:
    return "" if version in (cpe.ANY, cpe.NA) else version


# ---- ecosystems: type -> version order and naming rule


def _slashed(namespace: str, name: str) -> str:
    return f"{namespace}/{name}" if namespace else name


def _lower(namespace: str, name: str) -> str:
    return _slashed(namespace, name).lower()


def _pep503(namespace: str, name: str) -> str:
    return re.sub(r"[-_.]+", "-", _slashed(namespace, name)).lower()  # PEP 503; a namespace is kept, not dropped


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


# npm and NuGet treat names without case today; RubyGems, Maven, Swift, CRAN and Hackage keep it. A CPE is always
# ordered by 'loose', OpenSSL's too: CPE ranges and the versions of components named by CPE come from many hands.
ECOSYSTEMS: dict[str, Ecosystem] = {
    "npm": Ecosystem("npm", _lower),
    "pypi": Ecosystem("pypi", _pep503),
    "maven": Ecosystem("maven", _maven),
    "golang": Ecosystem("golang", _golang),
    "cargo": Ecosystem("cargo", _lower),
    "hex": Ecosystem("hex", _lower),
    "gem": Ecosystem("gem", _slashed),
    "nuget": Ecosystem("nuget", _lower),
    "composer": Ecosystem("composer", _lower),
    "bitnami": Ecosystem("semver", _lower),
    "swift": Ecosystem("semver", _lower),
    "pub": Ecosystem("pub", _lower),
    "cran": Ecosystem("cran", _slashed),
    "hackage": Ecosystem("hackage", _slashed),
    "conan": Ecosystem("conan", _slashed),
    "alpm": Ecosystem("alpm", _lower),  # 'arch/pacman'
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

# ---- the packages of both sides


def package_of_purl(read: Purl | str, system: System | None = None) -> Package | None:
    """The package a package URL stands for; None for a type the purl specification does not know.

    A distribution's package whose distribution or release is unknown gets a name with '?', which no record has.
    `system` is what the document says of both, for a URL that does not.
    """
    read = _renamed(purl.parse(read) if isinstance(read, str) else read)
    if read.type in DISTRO_TYPES:
        known = _system_of(read, system)
        return _distro_package(known, read.name) if known else _unknown(read)
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
    # 'Ubuntu:Pro:…' and 'Debian' alone name no release of ours
    release = release_of(distro, suffix)
    return _distro_package(System(distro, release), name) if release or not distro.numbers else None


def package_of_release(distro: Distro, release: str, name: str) -> Package | None:
    """The package of a distribution's own data, the release as they write it; None for a release we cannot place."""
    read = release_of(distro, release)
    return _distro_package(System(distro, read), name) if read or not distro.numbers else None


def package_of_any_release(distro: Distro, name: str) -> Package:
    """What a distribution says of a package in whichever release: for a component that tells the one, not the other."""
    return _distro_package(System(distro, ANY_RELEASE), name)


def _distro_package(system: System, name: str) -> Package:
    distro, release = system
    speaks = distro.data or distro.name
    place = f"{speaks}:{release}" if release else speaks
    name = name if distro.type == "rpm" else name.lower()
    return Package(PURL, DISTRO_TYPES[distro.type], f"{distro.type}/{place}/{name}")


def _system_of(read: Purl, system: System | None) -> System | None:
    """The distribution release of a package URL: what it says itself, completed by its document; None when unknown."""
    said = stated_by(read)
    if said.contradicts:
        return None
    if said.distro is not None and (said.release or not said.distro.numbers):
        return System(said.distro, said.release)
    return system if system is not None and said.distro in (None, system.distro) else None


def package_of_cpe(name: Cpe | str) -> Package | None:
    """The package a CPE name stands for, 'a:openssl:openssl'; None when vendor or product is a pattern, ANY or NA."""
    if isinstance(name, str) and (plain := cpe.package_of(name)):
        return Package(CPE, "loose", plain)
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


def _of_distribution(read: Purl, component: Component, context: Context, text: str) -> tuple[list[Identity], list[str]]:
    """The identities of a distribution's package, and why there is none that its data would know.

    Where the distribution is known and its release is not, what its data say of every release still holds.
    """
    system = context.system_for(component, read.type)
    known = _system_of(read, system)
    reasons = [] if known else [f"{DISTRO_UNKNOWN}: {text}"]
    if known is None and (said := stated_by(read)).distro is not None and said.distro.any_release:
        known = System(said.distro, ANY_RELEASE)
    if known is None:
        return [Identity(_unknown(read), _version(read) or component.version, text)], reasons
    named = _distro_package(known, read.name)
    module = context.module_of(read) if named.name.startswith("rpm/redhat:") else None
    if module is not None:
        return _of_module(read, named, module, text, component.source), reasons
    own = Identity(named, _version(read) or component.version, text)
    return [own, *_of_source(read, known, own, component.source)], reasons


def _unknown(read: Purl) -> Package:
    """A name that no record has: the distribution or its release is unknown."""
    return Package(PURL, DISTRO_TYPES[read.type], f"{read.type}/{read.namespace or '?'}:?/{read.name}")


def known_source(place: str, name: str) -> str:
    """The source package that the table knows for a package of 'redhat:8' or 'alpine:3.18'; '' for none."""
    distro, _, release = place.partition(":")
    return source_of(distro if distro == "alpine" else f"el{release}" if distro in _REBUILT else "", name)


_REBUILT = frozenset({"redhat", "almalinux", "rocky"})  # they build the same source packages


def _of_module(read: Purl, binary: Package, module: Module, text: str, told: str) -> list[Identity]:
    """The identities of a package of Red Hat's that came with a module: its stream, and the package inside it.

    A module is mended as a whole, so its build stands in for the version; what will not be mended is named one by one.
    """
    place = binary.name.rpartition("/")[0]
    stream = f"{place}/{module.name}:{module.stream}"
    found = [Identity(binary._replace(name=stream), module.build, text)]
    upstream = _SOURCE_RPM(read.qualifier("upstream"))
    source = upstream["name"] if upstream else told.partition(" ")[0]
    if source or same_source(read, module):
        source = source or module.name
        found.append(Identity(binary._replace(name=f"{stream}/{source}"), _version(read), text))
    return found


_SOURCE_RPM = re.compile(r"(?P<name>.+)-(?P<version>[^-]+-[^-]+?)(?:\.(?:no)?src\.rpm)?").fullmatch


def _of_source(read: Purl, system: System, own: Identity, told: str) -> tuple[Identity, ...]:
    """The identity of the source package that the qualifier `upstream` names, where it is another than the package.

    `told` is what the SBOM says elsewhere, 'openssl 1:1.0.2k-16.el7', for a URL without the qualifier. Debian, Alpine
    and Red Hat publish by source package; RPM names it as a file, 'openssl-1.1.1k-4.el8.src.rpm'. Where a package of
    Enterprise Linux or Alpine names none, a table does (`source_packages`).
    """
    upstream = read.qualifier("upstream")
    match = _SOURCE_RPM(upstream) if read.type == "rpm" else None
    if match:
        source, of_source = match["name"], match["version"]
    elif upstream and read.type != "rpm":
        source, _, of_source = upstream.partition("@")
    else:
        source, _, of_source = told.partition(" ")
    source = source or known_source(*own.package.name.split("/", 2)[1:])
    named = _distro_package(system, source)
    if not source or named == own.package:
        return ()
    version = _version(read._replace(version=of_source)) if of_source else own.version
    return (Identity(named, version, own.given_as),)
