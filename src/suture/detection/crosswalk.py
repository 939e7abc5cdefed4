"""Names of one product that are spelled differently: a reviewed table. Nothing is matched by likeness.

NVD renames products and keeps older records under the older name; a CNA names its product by vendor and product words
without a CPE (the Linux kernel's own records are the largest case). A name belongs here only if its records mean the
same code with the same version numbers. A fork, a repackaged build or another edition does not.

The table has two parts: the rows *shipped* with Suture (`SAME`, below), and the manufacturer's *own*, which a person
confirmed one by one (`models.CrosswalkDecision`). A `Crosswalk` holds both; it is read once per match and handed on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from typing import NamedTuple

from suture.core import cpe
from suture.core.components import Identity, Package, PackageKind
from suture.core.distro_words import why_looked_up
from suture.core.errors import InvalidValue
from suture.core.identity import package_of_purl, package_of_words
from suture.core.ranges import FALLBACK

SHIPPED_VERSION = 2  # raised whenever a row of `SAME` comes, goes or changes: releases match again


class Same(NamedTuple):
    """One product: its CPE names (part:vendor:product), the words of its CNA (vendor:product), and why they are one."""

    cpes: tuple[str, ...]
    words: tuple[str, ...]
    because: str


RENAMED = "NVD has used several names for this product"
BY_ITS_CNA = "its CNA names it by these words, without a CPE"

SAME: tuple[Same, ...] = (
    # kernels and real-time operating systems
    Same(
        ("o:linux:linux_kernel", "a:linux:linux_kernel"), ("linux:linux", "the linux kernel organization:linux"),
        BY_ITS_CNA,
    ),
    Same(("o:zephyrproject:zephyr", "o:zephyrproject-rtos:zephyr"), ("zephyrproject-rtos:zephyr",), BY_ITS_CNA),
    Same(
        ("o:amazon:freertos", "a:amazon:freertos", "o:freertos:freertos-kernel"), ("freertos:freertos-kernel",),
        RENAMED,
    ),
    Same(
        (
            "o:blackberry:qnx_neutrino_rtos", "o:blackberry:qnx_neutrino_real-time_operating_system",
            "a:qnx:neutrino_rtos",
        ),
        (), RENAMED,
    ),
    Same(("a:eclipse:threadx", "a:eclipse_foundation:threadx"), ("eclipse foundation:threadx",), BY_ITS_CNA),
    Same(
        (
            "o:contiki-ng:contiki-ng", "o:contiki-ng:contiki-ng.", "a:contiki-ng:contiki-ng",
            "o:contiki-ng_project:contiki-ng",
        ),
        ("contiki-ng:contiki-ng",), RENAMED,
    ),
    Same(("o:google:android",), ("google:android",), BY_ITS_CNA),
    # cryptography and transport
    Same(("a:openssl:openssl",), ("openssl:openssl",), BY_ITS_CNA),
    Same(("a:wolfssl:wolfssl",), ("wolfssl:wolfssl",), BY_ITS_CNA),
    Same(("a:arm:mbed_tls", "a:mbed-tls:mbedtls", "a:trustedfirmware:mbed_tls"), (), RENAMED),
    Same(("a:openbsd:openssh", "a:openssh:openssh"), (), RENAMED),
    Same(("a:dropbear_ssh_project:dropbear_ssh", "a:dropbear_project:dropbear"), (), RENAMED),
    Same(("a:haxx:curl", "a:curl:curl", "a:daniel_stenberg:curl"), ("curl:curl",), BY_ITS_CNA),
    Same(("a:haxx:libcurl", "a:curl:libcurl", "a:libcurl:libcurl"), (), RENAMED),
    Same(("a:openvpn:openvpn",), ("openvpn:openvpn",), BY_ITS_CNA),
    Same(("a:net-snmp:net-snmp",), ("net-snmp:net-snmp",), BY_ITS_CNA),
    Same(("a:w1.fi:wpa_supplicant", "a:wpa_supplicant:wpa_supplicant"), (), RENAMED),
    Same(("a:w1.fi:hostapd", "a:hostapd:hostapd"), (), RENAMED),
    Same(("a:thekelleys:dnsmasq", "a:the_kelleys:dnsmasq", "a:dnsmasq:dnsmasq"), (), RENAMED),
    Same(
        ("a:bluez:bluez", "a:bluez_project:bluez", "o:bluez_project:bluez"), ("bluez:bluez",), RENAMED,
    ),
    Same(("a:eclipse:mosquitto",), ("eclipse:mosquitto", "eclipse foundation:mosquitto"), BY_ITS_CNA),
    Same(("a:uvnc:ultravnc", "a:ultravnc:ultravnc"), (), RENAMED),
    # libraries and user space
    Same(("a:libexpat_project:libexpat", "a:libexpat:expat"), (), RENAMED),
    Same(("a:gnu:glibc",), ("the gnu c library:glibc",), BY_ITS_CNA),
    Same(("a:xmlsoft:libxml2", "a:libxml2:libxml2"), (), RENAMED),
    Same(("a:libpng:libpng", "a:greg_roelofs:libpng"), (), RENAMED),
    Same(("a:libtiff:libtiff", "a:remotesensing:libtiff", "a:simplesystems:libtiff"), (), RENAMED),
    Same(("a:libjpeg-turbo:libjpeg-turbo", "a:d.r.commander:libjpeg-turbo"), (), RENAMED),
    Same(("a:gstreamer_project:gstreamer", "a:gstreamer:gstreamer"), ("gstreamer:gstreamer",), RENAMED),
    Same(("a:systemd_project:systemd", "a:freedesktop:systemd"), (), RENAMED),
    Same(("a:sudo_project:sudo", "a:todd_miller:sudo", "a:gratisoft:sudo", "a:sudo:sudo"), (), RENAMED),
    Same(("a:git-scm:git", "a:git:git", "a:git_project:git"), ("git:git",), RENAMED),
    Same(("a:qt:qt", "a:digia:qt", "a:trolltech:qt"), (), RENAMED),
    Same(("a:webkitgtk:webkitgtk", "a:webkitgtk:webkitgtk+", "a:webkit:webkitgtk+"), (), RENAMED),
    Same(("a:offis:dcmtk", "a:dcmtk:dcmtk", "a:dicom:dcmtk"), ("offis:dcmtk",), RENAMED),
    # languages, servers, databases
    Same(
        (
            "a:python:python", "a:python_software_foundation:python", "a:python_software_foundation:cpython",
            "a:python:cpython",
        ),
        ("python software foundation:cpython",), BY_ITS_CNA,
    ),
    Same(("a:nodejs:node.js", "a:nodejs:nodejs", "a:joyent:node.js"), ("node.js:node.js",), RENAMED),
    Same(("a:f5:nginx", "a:nginx:nginx", "a:f5:nginx_open_source"), (), RENAMED),
    Same(("a:apache:http_server",), ("apache software foundation:apache http server",), BY_ITS_CNA),
    Same(("a:apache:tomcat",), ("apache software foundation:apache tomcat",), BY_ITS_CNA),
    Same(
        ("a:oracle:mysql", "a:mysql:mysql", "a:oracle:mysql_server"), ("oracle corporation:mysql server",), BY_ITS_CNA,
    ),
    Same(("a:mozilla:firefox",), ("mozilla:firefox",), BY_ITS_CNA),
    Same(("a:google:chrome",), ("google:chrome",), BY_ITS_CNA),
)  # fmt: skip

CPE, CNA = PackageKind.CPE, PackageKind.CNA

# Names that one product alone bears, in any spelling of case: a component with neither package URL nor CPE is looked up
# by them. A name that another ecosystem uses as well ('tar', 'semver', 'request') does not belong here.
NAMES: dict[str, str] = {
    "alsa-lib": "a:alsa-project:alsa", "barebox": "a:barebox:barebox", "bluez": "a:bluez:bluez",
    "busybox": "a:busybox:busybox", "civetweb": "a:civetweb_project:civetweb", "codemeter": "a:wibu:codemeter",
    "codemeter runtime": "a:wibu:codemeter", "contiki-ng": "o:contiki-ng:contiki-ng", "curl": "a:haxx:curl",
    "cyclonedds": "a:eclipse:cyclonedds", "dcmtk": "a:offis:dcmtk", "dnsmasq": "a:thekelleys:dnsmasq",
    "dropbear": "a:dropbear_ssh_project:dropbear_ssh", "dropbear ssh": "a:dropbear_ssh_project:dropbear_ssh",
    "expat": "a:libexpat_project:libexpat", "libexpat": "a:libexpat_project:libexpat", "ffmpeg": "a:ffmpeg:ffmpeg",
    "freertos": "o:amazon:freertos", "freetype": "a:freetype:freetype", "fftw": "a:fftw:fftw",
    "ghostscript": "a:artifex:ghostscript", "glibc": "a:gnu:glibc", "gnutls": "a:gnu:gnutls",
    "goahead": "a:embedthis:goahead", "gstreamer": "a:gstreamer_project:gstreamer", "hostapd": "a:w1.fi:hostapd",
    "imagemagick": "a:imagemagick:imagemagick", "jquery": "a:jquery:jquery", "libcurl": "a:haxx:libcurl",
    "libgcrypt": "a:gnupg:libgcrypt", "libjpeg-turbo": "a:libjpeg-turbo:libjpeg-turbo", "libpng": "a:libpng:libpng",
    "libssh2": "a:libssh2:libssh2", "libtiff": "a:libtiff:libtiff", "libxml2": "a:xmlsoft:libxml2",
    "libxslt": "a:xmlsoft:libxslt", "lighttpd": "a:lighttpd:lighttpd", "linux kernel": "o:linux:linux_kernel",
    "lwip": "a:lwip_project:lwip", "mbed tls": "a:arm:mbed_tls", "mbedtls": "a:arm:mbed_tls",
    "mosquitto": "a:eclipse:mosquitto", "net-snmp": "a:net-snmp:net-snmp", "nghttp2": "a:nghttp2:nghttp2",
    "nginx": "a:f5:nginx", "openssh": "a:openbsd:openssh", "openssl": "a:openssl:openssl",
    "openvpn": "a:openvpn:openvpn", "orthanc": "a:orthanc-server:orthanc", "pcre2": "a:pcre:pcre2",
    "poppler": "a:freedesktop:poppler", "postgresql": "a:postgresql:postgresql", "sqlite": "a:sqlite:sqlite",
    "systemd": "a:systemd_project:systemd", "threadx": "a:eclipse:threadx", "tinyxml2": "a:tinyxml2_project:tinyxml2",
    "u-boot": "a:denx:u-boot", "ultravnc": "a:uvnc:ultravnc", "vxworks": "o:windriver:vxworks",
    "wolfssl": "a:wolfssl:wolfssl", "wpa_supplicant": "a:w1.fi:wpa_supplicant",
    "wpa supplicant": "a:w1.fi:wpa_supplicant",
    "zephyr": "o:zephyrproject:zephyr", "zlib": "a:zlib:zlib",
}  # fmt: skip


def _shipped() -> dict[Package, Same]:
    found: dict[Package, Same] = {}
    for same in SAME:
        found |= {Package(CPE, FALLBACK, name): same for name in same.cpes}
        found |= {Package(CNA, FALLBACK, words): same for words in same.words}
    return found


_GROUPS = _shipped()


class Link(NamedTuple):
    """One entry of the manufacturer's own table that stands: two names, and why they are one, as a sentence's end."""

    one: Package
    other: Package
    says: str  # 'by the crosswalk, confirmed by Ada Lind on 2026-11-21: the same sources'


class Supplied(NamedTuple):
    """An identity given to components that carry neither package URL nor CPE, by their exact supplier and name."""

    supplier: str
    name: str
    package: Package
    says: str


def as_supplied(supplier: str, name: str) -> str:
    """How a component without any identifier is named in a reason: '"VxWorks" of Wind River'; '' without both."""
    supplier, name = " ".join(supplier.split()), " ".join(name.split())
    return f'"{name}" of {supplier}' if supplier and name else ""


def _as_named(name: str) -> str:
    return f'"{" ".join(name.split())}"'


class Crosswalk:
    """Which names mean the same product. Names are equal or they are not; a chain of entries is followed to its end."""

    def __init__(self, links: Iterable[Link] = (), supplied: Iterable[Supplied] = (), revision: int = 0) -> None:
        self.revision = revision  # of the manufacturer's own table: the number of its last decision
        self._links: dict[Package, list[tuple[Package, str]]] = {}
        for link in links:
            self._links.setdefault(link.one, []).append((link.other, link.says))
            self._links.setdefault(link.other, []).append((link.one, link.says))
        self._supplied: dict[str, list[Supplied]] = {}
        for given in supplied:
            self._supplied.setdefault(as_supplied(given.supplier, given.name).casefold(), []).append(given)
        self._ways: dict[Package, dict[Package, tuple[str, ...]]] = {}

    @property
    def version(self) -> str:
        """Both parts, for records: '1.42' is the shipped rows of version 1 and our own up to decision 42."""
        return f"{SHIPPED_VERSION}.{self.revision}"

    def also_called(self, package: Package) -> tuple[Package, ...]:
        """The other names under which records speak of the same product, the nearest first."""
        if package not in self._links and package not in _GROUPS:
            return ()
        return tuple(self._ways_from(package))

    def cpe_names(self, package: str) -> tuple[str, ...]:
        """Every CPE package name of the same product, itself first."""
        others = self.also_called(Package(CPE, FALLBACK, package))
        return (package, *(other.name for other in others if other.kind is CPE))

    def why(self, one: Package, other: Package) -> tuple[str, ...]:
        """The entries that make two names one, as sentences' ends; () where nothing does."""
        return self._ways_from(one).get(other, ())

    def identities(self, supplier: str, name: str, version: str, *, by_name: bool = True) -> tuple[Identity, ...]:
        """The identities of a component without any identifier: nothing but equal names counts.

        Those a person gave to this supplier and name; else the name itself where one product alone bears it
        (`NAMES`); and supplier and name as a CVE record writes them ('GE HealthCare', 'Venue Go').
        """
        given_as = as_supplied(supplier, name) or _as_named(name)
        found = self._supplied.get(given_as.casefold(), ())
        if found:
            return tuple(Identity(given.package, version, given_as) for given in found)
        known = NAMES.get(" ".join(name.split()).casefold())
        if known and by_name:
            return (Identity(Package(CPE, FALLBACK, known), version, given_as),)
        words = package_of_words(supplier, name) if supplier else None
        return () if words is None else (Identity(words, version, given_as),)

    def in_words(self, given_as: str, package: str) -> str:
        """Why an identifier stands for a package, as a sentence: it names it, or names what the crosswalk calls so."""
        for given in self._supplied.get(given_as.casefold(), ()):
            if given.package.name == package:
                return f"{given_as} is {package} {given.says}"
            ways = self._by_name(given.package, package)
            if ways:
                return f"{given_as} is {given.package.name} {given.says}; {_chain(given.package.name, package, ways)}"
        if given_as.startswith('"'):
            return _by_its_name(given_as, package, self.also_called)
        own = _package_of(given_as)
        if own is None or own.name == package:
            return f"{given_as} is {package}"
        ways = self._by_name(own, package)
        if not ways:
            because = why_looked_up(given_as, package)
            return f"{given_as} is {package}: {because}" if because else f"{given_as} is {package}"
        return _chain(given_as if self._is_own(ways) else f"{given_as} is {own.name}", package, ways)

    def speaks_of(self, words: Package) -> bool:
        """Whether components are looked up by these vendor and product words: only where the crosswalk names them."""
        given = (one.package for several in self._supplied.values() for one in several)
        return words in self._links or words in _GROUPS or words in given

    def _is_own(self, ways: tuple[str, ...]) -> bool:
        return all(way.startswith(BY_US) for way in ways)

    def _by_name(self, own: Package, name: str) -> tuple[str, ...]:
        return next((ways for other, ways in self._ways_from(own).items() if other.name == name), ())

    def _ways_from(self, package: Package) -> dict[Package, tuple[str, ...]]:
        """Every name that can be reached, with the entries on the shortest way there."""
        found = self._ways.get(package)
        if found is None:
            found, edge = {}, [package]
            while edge:
                step: list[Package] = []
                for at in edge:
                    for other, says in self._next(at):
                        if other != package and other not in found:
                            found[other] = (*found.get(at, ()), says)
                            step.append(other)
                edge = step
            self._ways[package] = found
        return found

    def _next(self, package: Package) -> Iterable[tuple[Package, str]]:
        yield from self._links.get(package, ())
        same = _GROUPS.get(package)
        if same is not None:
            for name in same.cpes:
                yield Package(CPE, FALLBACK, name), same.because
            for words in same.words:
                yield Package(CNA, FALLBACK, words), same.because


def _by_its_name(given_as: str, package: str, also_called: Callable[[Package], tuple[Package, ...]]) -> str:
    known = NAMES.get(given_as[1:].partition('"')[0].casefold())
    if known is None:
        return f"{given_as} is {package}: supplier and name as the record writes them"
    if known == package or any(other.name == package for other in also_called(Package(CPE, FALLBACK, known))):
        return f"{given_as} is {package}: one product alone bears this name"
    return f"{given_as} is {package}"


BY_US = "by the crosswalk"
SHIPPED = Crosswalk()  # without any entry of the manufacturer's own


def _chain(begins: str, package: str, ways: tuple[str, ...]) -> str:
    """'X is Y by the crosswalk, confirmed by …', or 'X is Y, in other records Z: NVD has used several names'."""
    if all(way.startswith(BY_US) for way in ways):
        return f"{begins} is {package} {'; and '.join(dict.fromkeys(ways))}"
    return f"{begins}, in other records {package}: {'; and '.join(dict.fromkeys(ways))}"


# A platform named as a whole, and what else is one of it: 'running on Windows' holds on every Windows.
_WINDOWS = "o:microsoft:windows"
_LINUX = "o:linux:linux_kernel"
LINUX_SYSTEMS = frozenset({
    "o:debian:debian_linux", "o:canonical:ubuntu_linux", "o:redhat:enterprise_linux", "o:centos:centos",
    "o:almalinux:almalinux", "o:rocky:rocky_linux", "o:alpinelinux:alpine_linux", "o:fedoraproject:fedora",
    "o:opensuse:leap", "o:suse:linux_enterprise_server", "o:oracle:linux", "o:amazon:linux_2",
    "o:yoctoproject:yocto", "o:openwrt:openwrt", "o:google:android", "o:windriver:linux",
})  # fmt: skip


def family_of(platform: str, named: Iterable[str]) -> bool:
    """Whether one of the names is of the family a platform stands for: windows_10_1809 is a Windows."""
    if platform == _WINDOWS:
        return any(name.startswith(f"{_WINDOWS}_") for name in named)
    return platform == _LINUX and not LINUX_SYSTEMS.isdisjoint(named)


def may_be(platform: str, systems: Collection[str]) -> bool:
    """Whether one of the systems a release names may be a platform it does not name in so many words.

    'Windows' may be Windows 10; a distribution has a kernel of some version; a kernel whose distribution nobody names
    may be of any that is not by another maker. Two distributions, or two Windows, are two systems.
    """
    if platform.startswith(_WINDOWS):
        others = (name for name in systems if name.startswith(f"{_WINDOWS}_"))
        return any(others) if platform == _WINDOWS else _WINDOWS in systems
    if platform == _LINUX:
        return not LINUX_SYSTEMS.isdisjoint(systems)
    distribution_named = not LINUX_SYSTEMS.isdisjoint(systems)
    return _LINUX in systems and not distribution_named and not platform.startswith(("o:microsoft:", "o:apple:"))


def is_known_system(package: str) -> bool:
    """Whether a CPE of part 'o' is an operating system whatever the SBOM calls it; firmware is filed there as well."""
    return package == _LINUX or package in LINUX_SYSTEMS or package.startswith(_WINDOWS)


@lru_cache(maxsize=65_536)
def _package_of(given_as: str) -> Package | None:
    """The package an identifier names by itself; None for one that names none, or was cut where it is stored."""
    try:
        if given_as.startswith("cpe:"):
            name = cpe.parse(given_as)
            return Package(CPE, FALLBACK, name.package) if name.nameable else None
        return package_of_purl(given_as) if given_as.startswith("pkg:") else None
    except InvalidValue:
        return None
