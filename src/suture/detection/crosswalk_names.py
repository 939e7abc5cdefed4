"""The names a person may put into the crosswalk, how they are typed, and which two of them may be called one.

pkg:npm/lodash                    a package URL; version and qualifiers are read over
cpe:2.3:a:openssl:openssl         part, vendor and product of a CPE name
cna:openssl:openssl               vendor and product words of CVE records
supplied:Wind River|VxWorks       supplier and name of components that carry no identifier, exactly, case aside
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import quote

from suture.core import cpe
from suture.core.components import Package, PackageKind
from suture.core.distros import DISTRO_TYPES
from suture.core.errors import InvalidValue
from suture.core.identity import (
    ECOSYSTEMS,
    package_of_cpe,
    package_of_purl,
    package_of_words,
)
from suture.core.ranges import FALLBACK
from suture.detection.crosswalk import as_supplied

LONGEST = 600  # characters of a name, as the index of every database we run on must hold it
MEND = (
    "write pkg:npm/lodash, cpe:2.3:a:openssl:openssl, cna:vendor:product (the words of CVE records) or "
    "supplied:Supplier|component name"
)
BACKPORTED = (
    "a distribution's package is judged by the distribution's own data alone, for its fixes are backported; "
    "under another name it would meet ranges that do not know of them"
)


class NameKind(StrEnum):
    """What a name of the crosswalk is."""

    PURL = "purl"
    CPE = "cpe"
    CNA = "cna"
    SUPPLIED = "supplied"


class Named(NamedTuple):
    """One side of an entry. `name` of a supplied one is 'Supplier|name', as typed, white space tidied."""

    kind: NameKind
    name: str

    @property
    def package(self) -> Package | None:
        """The package of the range join; None for a supplier and name, which records do not speak of."""
        if self.kind is NameKind.SUPPLIED:
            return None
        if self.kind is NameKind.PURL:
            ecosystem = ECOSYSTEMS.get(self.name.partition("/")[0])
            return Package(PackageKind.PURL, ecosystem.scheme if ecosystem else FALLBACK, self.name)
        return Package(PackageKind(self.kind.value), FALLBACK, self.name)

    @property
    def supplier_and_name(self) -> tuple[str, str]:
        """Of a supplied one."""
        supplier, _, name = self.name.partition("|")
        return supplier, name

    @property
    def says(self) -> str:
        """As a person reads it inside a sentence."""
        return as_supplied(*self.supplier_and_name) if self.kind is NameKind.SUPPLIED else self.name

    @property
    def typed(self) -> str:
        """As a person types it."""
        before = {NameKind.PURL: "pkg:", NameKind.CPE: "cpe:2.3:", NameKind.CNA: "cna:", NameKind.SUPPLIED: "supplied:"}
        if self.kind is NameKind.PURL:
            return _as_purl(self.name)
        return before[self.kind] + self.name

    @property
    def key(self) -> str:
        """What two spellings of one name share: suppliers and names of components are compared without case."""
        return f"{self.kind.value}:{self.name.casefold() if self.kind is NameKind.SUPPLIED else self.name}"


def _as_purl(name: str) -> str:
    kind, _, rest = name.partition("/")
    return f"pkg:{kind}/{quote(rest.replace(':', '/', 1) if kind == 'maven' else rest, safe='/')}"


def of_package(package: Package) -> Named:
    """The name of a package."""
    return Named(NameKind(package.kind.value), package.name)


def supplied(supplier: str, name: str) -> Named | None:
    """The name of a component without identifiers; None where supplier or name is missing or holds a '|'."""
    supplier, name = " ".join(supplier.split()), " ".join(name.split())
    if not supplier or not name or "|" in supplier + name or len(supplier) + len(name) >= LONGEST:
        return None
    return Named(NameKind.SUPPLIED, f"{supplier}|{name}")


def read_name(text: str) -> Named:
    """Read a name as a person types it.

    Raises:
        InvalidValue: it is none of the four kinds, or names no single product.
    """
    given = text.strip()
    kind, _, rest = given.partition(":")
    found: Named | None = None
    if kind.lower() == "pkg":
        package = package_of_purl(given)
        found = of_package(package) if package else None
    elif kind.lower() == "cpe":
        platform = package_of_cpe(cpe.parse(given))
        if platform is None:
            raise InvalidValue(f"{given} names no single product: part, vendor and product must be plain names")
        found = of_package(platform)
    elif kind.lower() == "cna":
        vendor, _, product = rest.partition(":")
        words = package_of_words(vendor, product)
        found = of_package(words) if words else None
    elif kind.lower() == "supplied":
        supplier, _, name = rest.partition("|")
        found = supplied(supplier, name)
        if found is None:
            raise InvalidValue("give supplier and name both, e.g. supplied:Wind River|VxWorks")
    if found is None:
        raise InvalidValue(f"'{given[:200]}' is no name the crosswalk knows; {MEND}")
    if len(found.name) > LONGEST:
        raise InvalidValue(f"a name of {len(found.name)} characters is longer than any real one")
    return found


def pair(one: Named, other: Named) -> tuple[Named, Named]:
    """Two names in their order: a supplied one first, then package URL, CPE, words; else by name.

    Raises:
        InvalidValue: they are the same name, one is a distribution's package, or both are a supplier and name.
    """
    for named in (one, other):
        if named.kind is NameKind.PURL and named.name.partition("/")[0] in DISTRO_TYPES:
            raise InvalidValue(f"{named.name}: {BACKPORTED}")
    if one.key == other.key:
        raise InvalidValue(f"{one.says} is itself; give two names that are spelled differently")
    if one.kind is NameKind.SUPPLIED and other.kind is NameKind.SUPPLIED:
        raise InvalidValue("no record speaks of a supplier and name: one side must be a package URL, CPE or CNA words")
    order = (NameKind.SUPPLIED, NameKind.PURL, NameKind.CPE, NameKind.CNA)
    first, second = sorted((one, other), key=lambda named: (order.index(named.kind), named.key))
    return first, second


def pair_key(one: Named, other: Named) -> str:
    """SHA-256 over two names in their order: what decisions and suggestions about them share."""
    first, second = pair(one, other)
    return hashlib.sha256(f"{first.key}\n{second.key}".encode()).hexdigest()
