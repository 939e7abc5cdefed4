"""Which packages an `affected` entry of a CVE record means: registry package, CPE names, or vendor and product words.

Source: CVE record format 5.x, `product`: packageURL, collectionURL with packageName, cpes, vendor and product.
"""

from __future__ import annotations

import re
from functools import lru_cache

from suture.core import cpe
from suture.core.components import Package
from suture.core.errors import InvalidValue
from suture.core.identity import package_of_cpe, package_of_ecosystem, package_of_purl, package_of_words

# Host of `collectionURL` -> OSV ecosystem, and what a package name must hold to be a full name there.
_REGISTRIES = {
    "registry.npmjs.org": ("npm", ""),
    "npmjs.com": ("npm", ""),
    "npmjs.org": ("npm", ""),
    "pypi.org": ("PyPI", ""),
    "pypi.python.org": ("PyPI", ""),
    "repo.maven.apache.org": ("Maven", ":"),
    "repo1.maven.org": ("Maven", ":"),
    "central.sonatype.com": ("Maven", ":"),
    "mvnrepository.com": ("Maven", ":"),
    "crates.io": ("crates.io", ""),
    "rubygems.org": ("RubyGems", ""),
    "nuget.org": ("NuGet", ""),
    "packagist.org": ("Packagist", "/"),
    "pkg.go.dev": ("Go", "/"),
    "proxy.golang.org": ("Go", "/"),
    "hex.pm": ("Hex", ""),
}
_HOST = re.compile(r"https?://(?:www\.)?([^/:?#]+)", re.IGNORECASE)
_RPM_COLLECTIONS = ("access.redhat.com", "packages.fedoraproject.org")


@lru_cache(maxsize=1 << 15)
def _package_of_cpe(text: str) -> Package | None:
    try:
        return package_of_cpe(text)
    except InvalidValue:
        return None


@lru_cache(maxsize=1 << 15)
def packages_of(
    vendor: str, product: str, name: str, collection: str, package_url: str, cpes: tuple[str, ...]
) -> tuple[Package, ...]:
    """The packages one entry names, best identity first: registry package, then CPE names, then vendor and product.

    A distribution's entry (Red Hat) gives its platform as CPE and its package by name: there the package alone is
    meant, and only where the platform is the distribution itself.
    """
    if not (collection or package_url or cpes):
        words = package_of_words(vendor, product)
        return (words,) if words else ()
    host = _HOST.match(collection)
    where = host[1].lower() if host else ""
    if name and where in _RPM_COLLECTIONS:
        return tuple(dict.fromkeys(found for text in cpes if (found := _of_enterprise_linux(text, name))))
    named: list[Package | None] = []
    if package_url:
        try:
            named.append(package_of_purl(package_url))
        except InvalidValue:
            named.append(None)
    ecosystem, needs = _REGISTRIES.get(where, ("", ""))
    if ecosystem and name and needs in name:
        named.append(package_of_ecosystem(ecosystem, name))
    named += [_package_of_cpe(text) for text in cpes]
    known = tuple(dict.fromkeys(package for package in named if package is not None))
    if known:
        return known
    words = package_of_words(vendor, product)
    return (words,) if words else ()


def _of_enterprise_linux(text: str, name: str) -> Package | None:
    try:
        platform = cpe.parse(text)
    except InvalidValue:
        return None
    if (platform.vendor, platform.product) != ("redhat", "enterprise_linux"):
        return None
    return package_of_ecosystem(f"Red Hat:enterprise_linux:{platform.version}", name)
