"""Embedded platforms and Windows: how their generators name components, what of it is understood, and what is not.

What is understood is looked up under an exact name. What is not is said, with what to write instead; nothing is guessed
from a name. Sources: OpenEmbedded's `oe.cve_check.get_cpe_ids`, meta-cyclonedx, the purl type definition `yocto`,
Buildroot's `generate-cyclonedx` and cyclonedx-buildroot, Zephyr's `west spdx`; for products without a generator of
their own, the names that NVD and the product's CNA use.
"""

from __future__ import annotations

from typing import NamedTuple

from suture.core.components import Component
from suture.core.cpe import ANY, Cpe
from suture.core.distros import system_of
from suture.core.purl import Purl


class Platform(NamedTuple):
    """One platform. Every example is tested."""

    name: str
    understood: tuple[tuple[str, str], ...]  # (identifier as written, package it is looked up under)
    not_understood: tuple[tuple[str, str], ...]  # (identifier as written, why)
    says: str  # what to write, so that sources can be asked
    called: tuple[str, ...] = ()  # names of a component without identifiers that get this advice, in lower case


_VENDOR = "its vendor is ANY, so it names no single product"
_RECIPE = "no source speaks of recipes"
_BARE = "no identifier: a name alone counts only where the crosswalk knows one product that bears it"
_ANY_PURL = "no record has this name until the crosswalk joins it to one"

PLATFORMS: tuple[Platform, ...] = (
    Platform(
        "Yocto, OpenEmbedded",
        (
            ("cpe:2.3:*:openssl:openssl:3.0.8:*:*:*:*:*:*:*", "a:openssl:openssl"),
            ("cpe:2.3:*:linux:linux_kernel:6.1.20:*:*:*:*:*:*:*", "o:linux:linux_kernel"),
            ("cpe:2.3:a:haxx:curl:8.4.0:*:*:*:*:*:*:*", "a:haxx:curl"),
        ),
        (
            ("cpe:2.3:*:*:zlib:1.3.1:*:*:*:*:*:*:*", _VENDOR),
            ("pkg:yocto/core/zlib@1.3.1", _RECIPE),
            ("pkg:yocto/zlib@1.3.1", _RECIPE),
        ),
        "set CVE_PRODUCT to 'vendor:product' in the recipe (or a .bbappend), so that its CPE names the vendor",
    ),
    Platform(
        "Buildroot",
        (("cpe:2.3:a:zlib:zlib:1.3.1:*:*:*:*:*:*:*", "a:zlib:zlib"),),
        (("pkg:generic/zlib@1.3.1", _ANY_PURL),),
        "set <PKG>_CPE_ID_VENDOR and <PKG>_CPE_ID_PRODUCT (or _CPE_ID_VALID) in the package, so that it carries a CPE",
    ),
    Platform(
        "Zephyr",
        (
            ("cpe:2.3:o:zephyrproject:zephyr:3.6.0:-:*:*:*:*:*:*", "o:zephyrproject:zephyr"),
            ("pkg:github/zephyrproject-rtos/zephyr@v3.6.0", "github/zephyrproject-rtos/zephyr"),
        ),
        (("zephyr-sources", _BARE),),
        "`west spdx` writes tag-value: convert it to SPDX 2.3 JSON; name the kernel cpe:2.3:o:zephyrproject:zephyr:…",
        ("zephyr", "zephyr rtos", "zephyr-sources"),
    ),
    Platform(
        "FreeRTOS",
        (
            ("cpe:2.3:o:amazon:freertos:10.4.1:*:*:*:*:*:*:*", "o:amazon:freertos"),
            ("pkg:github/FreeRTOS/FreeRTOS-Kernel@V10.4.1", "github/freertos/freertos-kernel"),
        ),
        (("FreeRTOS", _BARE),),
        "name the kernel cpe:2.3:o:amazon:freertos:…, and libraries such as FreeRTOS+TCP by CPEs of their own",
        ("freertos", "freertos-kernel", "amazon freertos"),
    ),
    Platform(
        "ThreadX, Azure RTOS",
        (
            ("cpe:2.3:a:eclipse:threadx:6.4.0:*:*:*:*:*:*:*", "a:eclipse:threadx"),
            ("cpe:2.3:o:microsoft:azure_rtos_threadx:6.2.0:*:*:*:*:*:*:*", "o:microsoft:azure_rtos_threadx"),
            ("pkg:github/eclipse-threadx/threadx@6.4.2", "github/eclipse-threadx/threadx"),
        ),
        (("ThreadX", _BARE),),
        "name it cpe:2.3:a:eclipse:threadx:… (from 6.4), or cpe:2.3:o:microsoft:azure_rtos_threadx:… before",
        ("threadx", "azure rtos", "azure rtos threadx", "eclipse threadx"),
    ),
    Platform(
        "VxWorks",
        (("cpe:2.3:o:windriver:vxworks:6.9.4.12:*:*:*:*:*:*:*", "o:windriver:vxworks"),),
        (("VxWorks", _BARE),),
        "name it cpe:2.3:o:windriver:vxworks:…, with the service pack in the version (6.9.4.12)",
        ("vxworks", "wind river vxworks"),
    ),
    Platform(
        "QNX",
        (
            ("cpe:2.3:o:blackberry:qnx_neutrino_rtos:6.5.0:sp1:*:*:*:*:*:*", "o:blackberry:qnx_neutrino_rtos"),
            ("cpe:2.3:o:blackberry:qnx_os_for_medical:1.1:*:*:*:*:*:*:*", "o:blackberry:qnx_os_for_medical"),
        ),
        (("QNX", _BARE),),
        "name it cpe:2.3:o:blackberry:qnx_os_for_medical:… or cpe:2.3:o:blackberry:qnx_neutrino_rtos:…",
        ("qnx", "qnx neutrino", "qnx neutrino rtos", "qnx os for medical"),
    ),
    Platform(
        "Windows",
        (
            ("cpe:2.3:o:microsoft:windows_10_1809:10.0.17763.6054:*:*:*:*:*:*:*", "o:microsoft:windows_10_1809"),
            ("cpe:2.3:o:microsoft:windows_11_23h2:10.0.22631.3880:*:*:*:*:*:*:*", "o:microsoft:windows_11_23h2"),
            ("cpe:2.3:o:microsoft:windows_xp:-:sp3:*:*:*:*:x86:*", "o:microsoft:windows_xp"),
        ),
        (("Windows 10 IoT Enterprise LTSC 2019", _BARE),),
        "name release and build, cpe:2.3:o:microsoft:windows_10_1809:10.0.17763.6054; LTSC 2019 is 1809, 2021 is 21H2",
        ("windows", "windows 10", "windows 11", "windows 7", "windows embedded standard 7", "microsoft windows",
         "windows 10 iot enterprise ltsc 2019", "windows 10 iot enterprise ltsc 2021", "windows server 2019"),
    ),
)  # fmt: skip

NOT_UNDERSTOOD = "not understood"
_YOCTO = PLATFORMS[0]
_BY_NAME = {called: platform for platform in PLATFORMS for called in platform.called}


def of_purl(read: Purl) -> str:
    """Why a package URL of an embedded platform is not looked up, and what to write; '' for any other."""
    return f"{NOT_UNDERSTOOD}: {read}: {_RECIPE}; {_YOCTO.says}" if read.type == "yocto" else ""


def of_cpe(name: Cpe) -> str:
    """What to write instead of a CPE whose vendor is ANY; '' for any other."""
    return _YOCTO.says if name.vendor == ANY and name.product != ANY else ""


def of_nothing(component: Component) -> str:
    """What to write for a component without any identifier; '' where nothing is known of its name."""
    if component.kind == "operating-system" and (system := system_of(component)):
        named = f"{system.distro.name} {system.release}".strip()
        return f"as the operating system it says that packages beside it are of {named}; it is no package itself"
    found = _BY_NAME.get(component.name.strip().lower())
    return f"{found.name}: {found.says}" if found else ""
