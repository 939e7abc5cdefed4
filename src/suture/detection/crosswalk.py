"""Names of one product that are spelled differently: a table reviewed by hand. Nothing is matched by likeness.

NVD renames products and keeps older records under the older name; a CNA names its product by vendor and product words
without a CPE (the Linux kernel's own records are the largest case). A name belongs here only if its records mean the
same code with the same version numbers. A fork, a repackaged build or another edition does not.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from suture.core import cpe
from suture.core.components import Package, PackageKind
from suture.core.errors import InvalidValue


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

_GROUPS: dict[str, Same] = {name: same for same in SAME for name in same.cpes}
CROSSED = frozenset(words for same in SAME for words in same.words)  # words by which components are looked up


def also_called(package: Package) -> tuple[Package, ...]:
    """The other names under which records speak of the product that a CPE name means."""
    if package.kind is not PackageKind.CPE or package.name not in _GROUPS:
        return ()
    same = _GROUPS[package.name]
    cpes = [Package(PackageKind.CPE, package.scheme, name) for name in same.cpes if name != package.name]
    return (*cpes, *(Package(PackageKind.CNA, package.scheme, words) for words in same.words))


@lru_cache(maxsize=65_536)
def in_words(given_as: str, package: str) -> str:
    """Why an identifier stands for a package, as a sentence: it names it, or names what this table calls the same."""
    own = ""
    if given_as.startswith("cpe:"):
        try:
            own = cpe.parse(given_as).package
        except InvalidValue:  # cut where it was stored
            own = ""
    if own in _GROUPS and own != package:
        return f"{given_as} is {own}, in other records {package}: {_GROUPS[own].because}"
    if given_as.startswith("pkg:rpm/centos/") and package.startswith("rpm/redhat:"):
        return f"{given_as} is {package}: CentOS is rebuilt from Red Hat's sources, and Red Hat's data speak for it"
    return f"{given_as} is {package}"
