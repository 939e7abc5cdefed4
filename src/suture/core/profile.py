"""The device itself as the world names it: its own CPE names, and platforms its maker says it has not.

An SBOM lists what is inside a device. Vulnerability records also name the device: its firmware ('o'), the hardware it
runs on ('h'), or an application sold as such ('a'). Those names stand in the product's profile and are matched like a
component's. A platform declared absent settles the other question of such records: 'running on'.

Source: NIST IR 7695, CPE Naming 2.3, §5.3.3 (parts) and §6.2; engine.md §3, "CPE applicability".
"""

from __future__ import annotations

from typing import NamedTuple

from suture.core import cpe
from suture.core.errors import InvalidValue

KINDS = {"h": "device", "o": "firmware", "a": "application"}  # by CPE part, in CycloneDX's words of component types
REF = "device itself:"  # begins the reference of the device among the components of its release
SHORTEST_PATTERN = 3  # characters of a product's name before its '*'


class OwnName(NamedTuple):
    """A CPE name of the device itself, read."""

    cpe: str  # as given
    package: str  # 'o:northlake:boreal_v20_firmware'
    kind: str  # of KINDS
    version: str  # that of the row, else that of the CPE; '' = the release's own

    def version_of(self, release: str) -> str:
        """The version a release states of this name. A piece of hardware is named as it is: it has none of its own."""
        return self.version or ("" if self.kind == KINDS["h"] else release)


def own_name(text: str, version: str = "") -> OwnName:
    """Read a CPE name of the device itself.

    Args:
        version: where it is not the release's own; what the CPE states must not differ from it.

    Raises:
        InvalidValue: no CPE, none that names one product, or two versions.
    """
    given, stated = text.strip(), version.strip()
    name = cpe.parse(given)
    if not name.nameable:
        raise InvalidValue(
            f"{given} names no single product: part, vendor and product have to be written out, "
            "e.g. cpe:2.3:o:northlake:boreal_v20_firmware:*:*:*:*:*:*:*:*"
        )
    if name.version_text and stated and name.version_text != stated.lower():
        raise InvalidValue(
            f"{given} states version {name.version_text}, and the version given is {stated}; write one of them"
        )
    return OwnName(given, name.package, KINDS[name.part], stated or name.version_text)


def absent_pattern(text: str) -> str:
    """Read what a device has not, in any version: 'o:microsoft:windows*' stands for every name that begins so.

    Raises:
        InvalidValue: no CPE; part or vendor left open; a version, which would leave the other versions open; or a
            wildcard anywhere but at the end of a product's name of three letters or more.
    """
    given = text.strip()
    name = cpe.parse(given)
    begins = name.product.rstrip("*") if name.wild else name.product
    if name._replace(product=begins).wild_name or not name._replace(product=begins).nameable:
        raise InvalidValue(f"{given} names no product; {MEND_ABSENT}")
    if name.wild and (not name.product.endswith("*") or len(begins) < SHORTEST_PATTERN):
        raise InvalidValue(f"{given}: a '*' stands at the end of a product's name of three letters or more only")
    if name.version != cpe.ANY or name.update != cpe.ANY or name.attributes:
        raise InvalidValue(f"{given} says more than which product; leave the rest open ('*'): absent is every version")
    return f"{name._replace(product=begins).package}{'*' if name.wild else ''}"


MEND_ABSENT = "write cpe:2.3:part:vendor:product, e.g. cpe:2.3:o:microsoft:windows* for every Windows"


def covers(pattern: str, package: str) -> bool:
    """Whether a declared absence speaks of a product."""
    return package.startswith(pattern[:-1]) if pattern.endswith("*") else package == pattern


def is_device(ref: str) -> bool:
    """Whether a component reference means the device itself."""
    return ref.startswith(REF)
