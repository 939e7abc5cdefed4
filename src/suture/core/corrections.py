"""Which components a match correction speaks of: a name as the SBOM gives it, and an identifier without its version.

The name is part of it on purpose. A generator that puts Oracle's CPE on a Go driver is wrong about components called
like the driver; a component called MySQL with the same CPE is another matter. Nothing is fuzzy: both must be equal.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from suture.core import cpe, purl
from suture.core.errors import InvalidValue


class Named(NamedTuple):
    """A component as a correction names it, in whatever version."""

    name: str
    identifier: str  # 'pkg:npm/ace', 'cpe:2.3:a:vmware:ace'

    @property
    def label(self) -> str:
        return f"{self.name} ({self.identifier})"


def named(name: str, given_as: str) -> Named:
    """The component behind one place of the range join."""
    return Named(name, unversioned(given_as))


@lru_cache(maxsize=65_536)
def unversioned(given_as: str) -> str:
    """An identifier without version, qualifiers and subpath (purl) or all but part, vendor and product (CPE).

    Text that is neither is its own identifier, as given.
    """
    text = given_as.strip()
    try:
        if text[:4].lower() == "cpe:":
            return f"cpe:2.3:{cpe.parse(text).package}"
        if text[:4].lower() == "pkg:":
            return str(purl.parse(text)._replace(version="", qualifiers=(), subpath=""))
    except InvalidValue:
        return text
    return text
