"""Write the demo manufacturer's SBOMs from the tables in demo_components.txt: `python -m tools.demo_sboms`.

The devices are fictitious; the open-source and bought components in them are ordinary ones, in ordinary versions.
The files are committed; a test checks that this module still gives the same bytes.

A row reads: name | version | identity | supplier | licence. Identity is any of
  g            pkg:generic/<name>@<version>
  deb          pkg:deb/debian/<name>@<version>?distro=…
  npm:<name>   maven:<group>/<artifact>   pypi:<name>   go:<module>
  c:<vendor>:<product> (application)   o:<vendor>:<product> (operating system)
  -            nothing: it can be watched by name alone, or not at all
A version may carry its own spelling for the CPE after '=': `10.0.19044.4529`, or `-:sp1` for a service pack.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

OUT = Path(__file__).resolve().parent.parent / "src" / "suture" / "demo" / "sboms"
MAKER = "Northlake Medical"


def _tables() -> dict[str, str]:
    """The sections of demo_components.txt."""
    text = Path(__file__).with_name("demo_components.txt").read_text(encoding="utf-8")
    pieces = re.split(r"^\[([a-z0-9_]+)\]\n", text, flags=re.MULTILINE)[1:]
    return {name.upper(): rows.strip() + "\n" for name, rows in zip(pieces[::2], pieces[1::2], strict=True)}


TABLES = _tables()


# When support ends, as suppliers say it: name → (level, date)
SUPPORT = {
    "VxWorks": ("no longer maintained", "2023-12-31"),
    "Windows 7": ("no longer maintained", "2020-01-14"),
    "SMB 1.0 server": ("abandoned", "2020-01-14"),
    "SQL Server 2012 Express": ("no longer maintained", "2022-07-12"),
    "Windows 10 IoT Enterprise 2019 LTSC": ("actively maintained", "2029-01-09"),
    "Windows 10 IoT Enterprise 2021 LTSC": ("actively maintained", "2032-01-13"),
    "QNX OS for Medical": ("actively maintained", ""),
    "Photon microGUI": ("abandoned", ""),
    "bash": ("actively maintained", ""),
    "Treck TCP/IP": ("actively maintained", ""),
    "IPnet": ("no longer maintained", "2023-12-31"),
    "moment": ("no longer maintained", ""),
    "glibc": ("actively maintained", ""),
    "linux-yocto": ("actively maintained", "2026-12-31"),
}
BY_VERSION = {
    ("openssl", "1.0.1f"): ("abandoned", "2016-12-31"),
    ("openssl", "1.0.2k"): ("no longer maintained", "2019-12-31"),
    ("openssl", "1.1.1w"): ("no longer maintained", "2023-09-11"),
    ("openssl", "3.0.11"): ("actively maintained", "2026-09-07"),
    ("openssl", "3.0.13"): ("actively maintained", "2026-09-07"),
    ("openssl", "3.0.15"): ("actively maintained", "2026-09-07"),
    ("openssl", "3.2.1"): ("actively maintained", "2025-11-23"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One component as a table row gives it, and the module it belongs to."""

    ref: str
    name: str
    version: str
    purl: str
    cpes: tuple[str, ...]
    supplier: str
    licence: str
    kind: str
    module: str  # ref of the module that contains it; '' at the top

    @property
    def support(self) -> tuple[str, str]:
        """Level and end of support, as far as the supplier says."""
        if (self.name, self.version) in BY_VERSION:
            return BY_VERSION[self.name, self.version]
        if self.name in SUPPORT:
            return SUPPORT[self.name]
        return ("actively maintained", "") if self.supplier == MAKER else ("", "")


@dataclass(frozen=True, slots=True)
class Module:
    """A part of the device with its own image: top-level application, radio module, motor controller."""

    name: str
    version: str
    supplier: str
    kind: str
    table: str


def yocto(series: int, **changed: str) -> str:
    """The image of one Yocto series as table rows; `changed` gives other versions, '' leaves a package out."""
    rows = []
    for line in TABLES["YOCTO"].strip().splitlines():
        name, *versions, identity, licence = (cell.strip() for cell in line.split("|"))
        version = changed.get(
            name.removeprefix("lib") if name == "libcurl" else name.replace("-", "_"), versions[series]
        )
        if version:
            rows.append(f"{name} | {version} | {identity} | OpenEmbedded | {licence}")
    return "\n".join(rows)


def _cpe(part: str, name: str, version: str) -> str:
    stated, _, update = version.partition(":")
    words = [part, *name.replace("\\/", "\x00").split(":"), stated or "*", update or "*"]
    return "cpe:2.3:" + ":".join(words).replace("\x00", "\\/").replace("+", "\\+") + ":*:*:*:*:*:*"


def _purl(way: str, name: str, version: str, distro: str) -> str:
    at = f"@{version}" if version else ""
    if way == "g":
        return f"pkg:generic/{name.lower().replace(' ', '-')}{at}"
    kind, _, rest = way.partition(":")
    if kind == "deb":
        return f"pkg:deb/debian/{name}{at}?distro={distro}"
    if kind == "go":
        return f"pkg:golang/{rest}@v{version}"
    return f"pkg:{kind}/{rest}{at}"


def parts(module: str, table: str, prefix: str) -> list[Part]:
    """Read one table."""
    found = []
    for line in table.strip().splitlines():
        name, version, identity, supplier, licence = (cell.strip() for cell in line.split("|"))
        version, _, as_cpe = version.partition("=")
        ways = [] if identity == "-" else identity.split()
        purl = next((_purl(w, name, version, "debian-11") for w in ways if w[:2] not in ("c:", "o:")), "")
        cpes = tuple(
            _cpe("o" if w[0] == "o" else "a", w[2:], as_cpe or version.lower()) for w in ways if w[:2] in ("c:", "o:")
        )
        kind = "operating-system" if any(w[:2] == "o:" for w in ways) else "library"
        if supplier == MAKER:
            kind = "application"
        if name == "KW41Z":
            kind = "device"
        slug = "".join(c if c.isalnum() else "-" for c in name.lower()).strip("-")
        found.append(Part(f"{prefix}{slug}", name, version, purl, cpes, supplier, licence, kind, module))
    return found


@dataclass(frozen=True, slots=True)
class Device:
    """One SBOM: which file, of which release, in which format, with which modules."""

    file: str
    product: str
    version: str
    created: str
    modules: tuple[Module, ...]
    table: str = ""  # components at the top, in no module
    form: str = "CycloneDX 1.6"


def _node(part: Part, *, classic: bool) -> dict[str, Any]:
    node: dict[str, Any] = {"type": part.kind, "bom-ref": part.ref}
    if part.supplier and part.supplier not in ("unknown", "OpenEmbedded"):
        node["supplier"] = {"name": part.supplier}
    node["name"] = part.name
    if part.version or classic:
        node["version"] = part.version
    node["licenses"] = [
        {
            "license": {
                "name" if part.licence.startswith("LicenseRef") else "id": part.licence.replace("LicenseRef-", "")
            }
        }
    ]
    if part.cpes:
        node["cpe"] = part.cpes[0]
    if part.purl:
        node["purl"] = part.purl
    level, end = part.support
    properties = [{"name": "suture:support-level", "value": level}] if level else []
    properties += [{"name": "cdx:lifecycle:milestone:endOfSupport", "value": end}] if end else []
    if properties:
        node["properties"] = properties
    return node


def cyclonedx(device: Device) -> dict[str, Any]:
    """The SBOM in CycloneDX, modules holding their components."""
    spec = device.form.split()[1]
    classic = spec == "1.4"
    root = {
        "type": "firmware" if "Sorrel" not in device.product and "Halide" not in device.product else "application",
        "bom-ref": "device",
        "supplier": {"name": MAKER},
        "name": device.product,
        "version": device.version,
    }
    components: list[dict[str, Any]] = []
    dependencies: list[dict[str, Any]] = []
    tops = [_node(p, classic=classic) for p in parts("", device.table, "")]
    for i, module in enumerate(device.modules):
        ref = f"m{i}"
        inside = parts(ref, module.table, f"{ref}-")
        components.append(
            {
                "type": module.kind,
                "bom-ref": ref,
                "supplier": {"name": module.supplier},
                "name": module.name,
                "version": module.version,
                "components": [_node(p, classic=classic) for p in inside],
            }
        )
        dependencies.append({"ref": ref, "dependsOn": [p.ref for p in inside]})
    components += tops
    dependencies.insert(0, {"ref": "device", "dependsOn": [c["bom-ref"] for c in components]})
    tool: Any = [{"vendor": MAKER, "name": "release build"}]
    if not classic:
        tool = {"components": [{"type": "application", "name": "release build", "supplier": {"name": MAKER}}]}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": spec,
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, 'https://northlake.example/sbom/' + device.file)}",
        "version": 1,
        "metadata": {
            "timestamp": device.created,
            "tools": tool,
            "authors": [{"name": f"{MAKER}, release engineering"}],
            "component": root,
            "supplier": {"name": MAKER},
        },
        "components": components,
        "dependencies": dependencies,
    }


def spdx(device: Device) -> dict[str, Any]:
    """The SBOM in SPDX 2.3: packages, and CONTAINS for the modules."""
    packages: list[dict[str, Any]] = []
    relations: list[dict[str, str]] = []

    def package(
        ref: str, name: str, version: str, supplier: str, licence: str, purl: str, cpes: tuple[str, ...]
    ) -> None:
        node: dict[str, Any] = {"SPDXID": f"SPDXRef-{ref}", "name": name}
        if version:
            node["versionInfo"] = version
        node["supplier"] = f"Organization: {supplier}" if supplier else "NOASSERTION"
        node |= {
            "downloadLocation": "NOASSERTION",
            "filesAnalyzed": False,
            "licenseConcluded": "NOASSERTION",
            "licenseDeclared": "NOASSERTION" if licence.startswith("LicenseRef") or not licence else licence,
            "copyrightText": "NOASSERTION",
        }
        refs = [{"referenceCategory": "SECURITY", "referenceType": "cpe23Type", "referenceLocator": c} for c in cpes]
        if purl:
            refs.insert(0, {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl})
        if refs:
            node["externalRefs"] = refs
        packages.append(node)

    def relate(a: str, kind: str, b: str) -> None:
        relations.append({"spdxElementId": a, "relationshipType": kind, "relatedSpdxElement": b})

    package("device", device.product, device.version, MAKER, "", "", ())
    relate("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-device")
    for i, module in enumerate(device.modules):
        package(f"m{i}", module.name, module.version, module.supplier, "", "", ())
        relate("SPDXRef-device", "CONTAINS", f"SPDXRef-m{i}")
        for p in parts(f"m{i}", module.table, f"m{i}-"):
            package(p.ref, p.name, p.version, p.supplier, p.licence, p.purl, p.cpes)
            relate(f"SPDXRef-m{i}", "CONTAINS", f"SPDXRef-{p.ref}")
    for p in parts("", device.table, ""):
        package(p.ref, p.name, p.version, p.supplier, p.licence, p.purl, p.cpes)
        relate("SPDXRef-device", "CONTAINS", f"SPDXRef-{p.ref}")
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"{device.product} {device.version}",
        "documentNamespace": f"https://northlake.example/sbom/{uuid5(NAMESPACE_URL, device.file)}",
        "creationInfo": {"created": device.created, "creators": [f"Organization: {MAKER}", "Tool: release build"]},
        "packages": packages,
        "relationships": relations,
    }


def _pump(
    version: str, series: int, wifi: tuple[str, str], *, gateway: str, library: str, xnet: str, xcr: str, **changed: str
) -> tuple[Module, ...]:
    main = yocto(series, **changed) + "\n" + TABLES["PUMP"].format(gw=gateway, lib=library)
    return (
        Module("pump-main", f"{version}.0" if version.count(".") == 1 else version, MAKER, "firmware", main),
        Module("telemetry", "2.3.1", MAKER, "application", TABLES["PUMP_GO"].format(xnet=xnet, xcr=xcr)),
        Module("motion-controller", "1.9.4", MAKER, "firmware", TABLES["MOTION"]),
        Module("wifi-module-fw", wifi[0], "Corvane", "firmware", wifi[1]),
    )


def _vent(qnx: str, gas: str, app: str, tx: str, **versions: str) -> tuple[Module, ...]:
    return (
        Module("ventilator-main", app, MAKER, "firmware", qnx + TABLES["VENT"].format(app=app, **versions)),
        Module("gas-module", gas, MAKER, "firmware", TABLES["VENT_GAS"].format(tx=tx)),
    )


def _programmer(app: str, tls: str, **versions: str) -> tuple[Module, ...]:
    return (
        Module("programmer-main", app, MAKER, "firmware", TABLES["PROGRAMMER"].format(app=app, **versions) + tls),
        Module("telemetry-wand", "3.2", MAKER, "firmware", TABLES["WAND"]),
    )


def _imaging(app: str, windows: str, **v: str) -> tuple[Module, ...]:
    return (
        Module("workstation-image", app, MAKER, "operating-system", windows),
        Module("halide-desktop", app, MAKER, "application", TABLES["IMAGING"].format(app=app, **v)),
        Module("report-server", app, MAKER, "application", TABLES["IMAGING_JAVA"].format(**v)),
        *(
            [Module("lung-nodule-service", "1.2", MAKER, "application", TABLES["IMAGING_PY"].format(**v))]
            if "pillow" in v
            else []
        ),
        *([Module("report-view", app, MAKER, "application", TABLES["IMAGING_WEB"].format(**v))] if "el" in v else []),
    )


def _app(app: str, **v: str) -> tuple[Module, ...]:
    return (
        Module("sorrel-shared", app, MAKER, "application", TABLES["APP"].format(app=app, **v)),
        Module("sorrel-android", app, MAKER, "application", TABLES["APP_ANDROID"].format(**v)),
        Module("sorrel-ios", app, MAKER, "application", TABLES["APP_IOS"].format(**v)),
    )


_WIFI = {
    "1.5.0": ("1.5.0", TABLES["WIFI"] + TABLES["LWIP"]),
    "first": ("1.8.2", TABLES["WIFI"]),  # as the supplier declared it at first: without its operating system
    "1.8.2": ("1.8.2", TABLES["WIFI"] + TABLES["VXWORKS"]),
    "2.0.1": ("2.0.1", TABLES["WIFI"] + TABLES["LWIP"]),
}
_GO_OLD, _GO_NEW = {"xnet": "0.6.0", "xcr": "0.5.0"}, {"xnet": "0.23.0", "xcr": "0.21.0"}
_P42 = {"gateway": "4.2.0", "library": "7.1", "xnet": "0.14.0", "xcr": "0.12.0"}

DEVICES = (
    Device(
        "aria-p2-4.0.cdx.json",
        "Aria P2",
        "4.0",
        "2022-11-02T09:14:00Z",
        _pump("4.0", 0, _WIFI["1.5.0"], gateway="4.0.3", library="6.2", **_GO_OLD),
    ),
    Device(
        "aria-p2-4.1.cdx.json",
        "Aria P2",
        "4.1",
        "2024-02-27T10:40:00Z",
        _pump("4.1", 1, _WIFI["1.8.2"], gateway="4.1.1", library="6.8", **_GO_OLD),
    ),
    Device(
        "aria-p2-4.2-first.cdx.json",
        "Aria P2",
        "4.2",
        "2025-03-04T08:02:00Z",
        _pump("4.2", 1, _WIFI["first"], **_P42, openssl="3.0.15", curl="7.88.1"),
    ),
    Device(
        "aria-p2-4.2.cdx.json",
        "Aria P2",
        "4.2",
        "2025-03-04T08:02:00Z",
        _pump("4.2", 1, _WIFI["1.8.2"], **_P42, openssl="3.0.13", curl="7.88.1"),
    ),
    Device(
        "aria-p2-4.2.1.cdx.json",
        "Aria P2",
        "4.2.1",
        "2026-08-10T16:20:00Z",
        _pump(
            "4.2.1", 2, _WIFI["2.0.1"], gateway="4.2.1", library="7.3", **_GO_NEW, openssl="3.2.3", dropbear="2025.88"
        ),
    ),
    Device(
        "boreal-v20-2.0.cdx.json",
        "Boreal V20",
        "2.0",
        "2021-06-15T12:00:00Z",
        _vent(
            TABLES["VENT_QNX_OLD"],
            "1.4",
            "2.0.6",
            "6.1.7",
            ssl="1.1.1w",
            zlib="1.2.11",
            expat="2.2.9",
            sqlite="3.34.1",
            curl="7.74.0",
            ft="2.10.1",
        ),
    ),
    Device(
        "boreal-v20-2.1.spdx.json",
        "Boreal V20",
        "2.1",
        "2024-10-02T07:30:00Z",
        _vent(
            TABLES["VENT_QNX_NEW"],
            "1.6",
            "2.1.2",
            "6.4.1",
            ssl="3.0.15",
            zlib="1.3.1",
            expat="2.6.3",
            sqlite="3.46.1",
            curl="8.9.1",
            ft="2.13.3",
        ),
        form="SPDX 2.3",
    ),
    Device(
        "boreal-v20-2.2.cdx.json",
        "Boreal V20",
        "2.2",
        "2026-07-20T07:30:00Z",
        _vent(
            TABLES["VENT_QNX_NEW"],
            "1.7",
            "2.2.0",
            "6.4.3",
            ssl="3.5.1",
            zlib="1.3.1",
            expat="2.7.1",
            sqlite="3.50.4",
            curl="8.15.0",
            ft="2.13.3",
        ),
    ),
    Device(
        "meridian-7.1.cdx.json",
        "Meridian",
        "7.1",
        "2014-02-11T15:00:00Z",
        _programmer(
            "7.1.4",
            TABLES["PROGRAMMER_TLS_OLD"],
            linux="3.2.51",
            br="2013.11",
            bb="1.21.1",
            uclibc="1.0.0",
            zlib="1.2.8",
            qt="4.8.5",
            ft="2.5.2",
            expat="2.1.0",
            sqlite="3.8.2",
            bluez="4.101",
            db="2013.62",
        ),
        form="CycloneDX 1.4",
    ),
    Device(
        "meridian-7.3.cdx.json",
        "Meridian",
        "7.3",
        "2023-09-12T11:25:00Z",
        _programmer(
            "7.3.0",
            TABLES["PROGRAMMER_TLS_NEW"].format(wolf="5.5.4"),
            linux="5.10.162",
            br="2022.02.9",
            bb="1.35.0",
            uclibc="1.0.40",
            zlib="1.2.13",
            qt="5.15.8",
            ft="2.11.1",
            expat="2.5.0",
            sqlite="3.39.4",
            bluez="5.64",
            db="2022.83",
        ),
    ),
    Device(
        "meridian-7.4.cdx.json",
        "Meridian",
        "7.4",
        "2026-06-30T11:25:00Z",
        _programmer(
            "7.4.0",
            TABLES["PROGRAMMER_TLS_NEW"].format(wolf="5.8.2"),
            linux="6.12.30",
            br="2025.02.3",
            bb="1.37.0",
            uclibc="1.0.52",
            zlib="1.3.1",
            qt="6.8.3",
            ft="2.13.3",
            expat="2.7.1",
            sqlite="3.50.2",
            bluez="5.79",
            db="2025.88",
        ),
    ),
    Device(
        "halide-10.8.cdx.json",
        "Halide",
        "10.8",
        "2017-01-20T13:10:00Z",
        _imaging(
            "10.8.2",
            TABLES["WINDOWS_7"],
            dcmtk="3.6.3",
            ssl="1.0.2k",
            sslid="g c:openssl:openssl",
            sslby="OpenSSL",
            zlib="1.2.8",
            webp="1.0.0",
            expat="2.2.0",
            cm="6.40",
            vnc="1.2.1.7",
            log4j="2.8.2",
            jackson="2.8.6",
            yaml="1.17",
            text="1.1",
            netty="4.1.7.Final",
        ),
    ),
    Device(
        "halide-11.3.cdx.json",
        "Halide",
        "11.3",
        "2021-05-18T13:10:00Z",
        _imaging(
            "11.3.0",
            TABLES["WINDOWS_1809"],
            dcmtk="3.6.6",
            ssl="vendor build=vendor_build",
            sslid="c:openssl:openssl",
            sslby="Fennel Imaging",
            zlib="1.2.11",
            webp="1.2.0",
            expat="2.4.1",
            cm="7.00b",
            vnc="1.2.4.0",
            log4j="2.14.1",
            jackson="2.12.3",
            yaml="1.28",
            text="1.9",
            netty="4.1.63.Final",
            el="22.3.2",
            jq="3.4.1",
        ),
    ),
    Device(
        "halide-11.4.cdx.json",
        "Halide",
        "11.4",
        "2024-06-04T13:10:00Z",
        _imaging(
            "11.4.0",
            TABLES["WINDOWS_21H2"].format(build="4529"),
            dcmtk="3.6.8",
            ssl="3.2.1",
            sslid="g c:openssl:openssl",
            sslby="OpenSSL",
            zlib="1.3.1",
            webp="1.3.2",
            expat="2.6.2",
            cm="8.20",
            vnc="1.4.3.6",
            log4j="2.17.1",
            jackson="2.15.2",
            yaml="2.0",
            text="1.10.0",
            netty="4.1.108.Final",
            pillow="10.1.0",
            req="2.30.0",
            ul3="2.0.4",
            cert="2023.5.7",
            el="26.6.10",
            jq="3.7.1",
        ),
    ),
    Device(
        "halide-11.5.cdx.json",
        "Halide",
        "11.5",
        "2026-07-28T13:10:00Z",
        _imaging(
            "11.5.0",
            TABLES["WINDOWS_21H2"].format(build="7058"),
            dcmtk="3.6.9",
            ssl="3.2.3",
            sslid="g c:openssl:openssl",
            sslby="OpenSSL",
            zlib="1.3.1",
            webp="1.5.0",
            expat="2.7.1",
            cm="8.40",
            vnc="1.4.3.6",
            log4j="2.24.3",
            jackson="2.18.2",
            yaml="2.3",
            text="1.12.0",
            netty="4.1.118.Final",
            pillow="11.1.0",
            req="2.32.3",
            ul3="2.3.0",
            cert="2025.1.31",
            el="34.2.0",
            jq="3.7.1",
        ),
    ),
    Device(
        "sorrel-3.1.cdx.json",
        "Sorrel",
        "3.1",
        "2023-08-21T06:45:00Z",
        _app(
            "3.1.0",
            rn="0.71.8",
            axios="1.4.0",
            lodash="4.17.20",
            moment="2.29.1",
            ws="8.13.0",
            mini="1.2.5",
            okhttp="4.9.0",
            okio="2.10.0",
            gson="2.8.6",
            pbl="3.19.4",
            iosssl="3.0.5",
        ),
    ),
    Device(
        "sorrel-3.2.cdx.json",
        "Sorrel",
        "3.2",
        "2025-05-13T06:45:00Z",
        _app(
            "3.2.0",
            rn="0.73.6",
            axios="1.6.8",
            lodash="4.17.21",
            moment="2.29.4",
            ws="8.16.0",
            mini="1.2.8",
            okhttp="4.12.0",
            okio="3.6.0",
            gson="2.10.1",
            pbl="3.25.3",
            iosssl="3.0.13",
        ),
    ),
    Device(
        "sorrel-3.3.cdx.json",
        "Sorrel",
        "3.3",
        "2026-08-03T06:45:00Z",
        _app(
            "3.3.0",
            rn="0.76.9",
            axios="1.8.4",
            lodash="4.17.21",
            moment="2.30.1",
            ws="8.18.1",
            mini="1.2.8",
            okhttp="4.12.0",
            okio="3.10.2",
            gson="2.12.1",
            pbl="4.30.2",
            iosssl="3.0.15",
        ),
    ),
    Device(
        "tern-m7-3.0.cdx.json",
        "Tern M7",
        "3.0",
        "2020-04-07T09:00:00Z",
        (
            Module(
                "monitor-fw",
                "3.0.5",
                MAKER,
                "firmware",
                TABLES["MONITOR"].format(
                    app="3.0.5", mbed="2.16.5", treck="6.0.1.41", zlib="1.2.11", expat="2.2.9", ft="2.10.1"
                ),
            ),
        ),
    ),
    Device(
        "tern-m7-3.1.cdx.json",
        "Tern M7",
        "3.1",
        "2022-03-22T09:00:00Z",
        (
            Module(
                "monitor-fw",
                "3.1.2",
                MAKER,
                "firmware",
                TABLES["MONITOR"].format(
                    app="3.1.2", mbed="2.28.0", treck="6.0.1.68", zlib="1.2.11", expat="2.4.6", ft="2.11.1"
                ),
            ),
        ),
    ),
)


def written(device: Device) -> str:
    """The file's text."""
    document = spdx(device) if device.form.startswith("SPDX") else cyclonedx(device)
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write every SBOM."""
    OUT.mkdir(parents=True, exist_ok=True)
    for device in DEVICES:
        (OUT / device.file).write_text(written(device), encoding="utf-8")
        print(f"{device.file}: {written(device).count('bom-ref') + written(device).count('SPDXID') - 2} components")


if __name__ == "__main__":
    main()
