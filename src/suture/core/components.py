"""What an SBOM says a release consists of, and what stands for a package in the matching engine."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class PackageKind(StrEnum):
    """Which naming system a package name belongs to. Names of two systems are never compared."""

    PURL = "purl"  # ecosystem packages: 'npm/lodash', 'rpm/almalinux-8/openssl'
    CPE = "cpe"  # 'a:openssl:openssl' (part, vendor, product of a CPE 2.3 name)
    CNA = "cna"  # 'openssl:openssl' (vendor and product words of a CVE record); matches nothing without a crosswalk


class Package(NamedTuple):
    """The identity a range or a component version hangs on.

    `scheme` names the version order (see `suture.core.versions.SCHEMES`) and is part of the identity:
    keys of two schemes are never compared (engine.md §3).
    """

    kind: PackageKind
    scheme: str
    name: str


class Identity(NamedTuple):
    """One way in which a component can be looked up: a package and the version as written."""

    package: Package
    version: str  # '' when the SBOM gives none
    given_as: str  # the purl or CPE as written, for the reason a person reads


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One component of a release, as its SBOM states it. Absent text is '', never None."""

    ref: str  # bom-ref or SPDXID; unique inside one document
    name: str
    version: str = ""
    supplier: str = ""
    kind: str = "library"  # CycloneDX component type, or SPDX primaryPackagePurpose in its words
    purls: tuple[str, ...] = ()
    cpes: tuple[str, ...] = ()
    hashes: tuple[tuple[str, str], ...] = ()  # (algorithm, hex digest)
    licences: tuple[str, ...] = ()
    parent: str = ""  # ref of the component that contains it; '' at the top
    support_level: str = (
        ""  # FDA premarket guidance (2026) §V.A.4: actively maintained, no longer maintained, abandoned
    )
    end_of_support: str = ""  # ISO 8601 date as written
    patched: tuple[str, ...] = ()  # ids of vulnerabilities that its patches resolve, as its maker says
    source: str = ""  # source package it was built from and its version, 'openssl 1:1.0.2k-16.el7'; '' if not told


@dataclass(frozen=True, slots=True, kw_only=True)
class Sbom:
    """A software bill of materials, read. The document itself is kept by its SHA-256 elsewhere."""

    format: str  # 'CycloneDX' or 'SPDX'
    spec_version: str  # '1.6', '2.3'
    serial: str  # serialNumber or documentNamespace; '' if absent
    created: str  # timestamp as written; '' if absent
    author: str
    root: Component | None  # metadata.component, or what the document DESCRIBES; a component too if identified
    components: tuple[Component, ...]
    depends_on: tuple[tuple[str, str], ...]  # (ref, ref it depends on)
    skipped: int  # components noted as problems and left out; never silently
