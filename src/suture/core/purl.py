"""Package URLs (purl): reading them, and nothing else. The one module that knows `packageurl`."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from packageurl import PackageURL

from suture.core.errors import InvalidValue

MEND = "write pkg:type/name@version, e.g. pkg:generic/openssl@3.0.13"

# The types of the purl specification (package-url/purl-spec, types/, August 2026), and some that widely used
# generators write although the list does not hold them. A type outside is named to the person, never guessed at.
KNOWN_TYPES = frozenset({
    "alpm", "apk", "bazel", "bitbucket", "bitnami", "brew", "cargo", "chrome-extension", "cocoapods", "composer",
    "conan", "conda", "cpan", "cran", "deb", "docker", "gem", "generic", "git", "github", "gitlab", "githubactions",
    "golang", "hackage", "hex", "huggingface", "julia", "luarocks", "maven", "mlflow", "npm", "nuget", "oci", "opam",
    "otp", "pub", "pypi", "qpkg", "rpm", "swid", "swift", "vcpkg", "vscode-extension", "yocto",
})  # fmt: skip


class Purl(NamedTuple):
    """A package URL in its parts, percent-decoded and in the case its type prescribes. Absent text is ''."""

    type: str
    namespace: str
    name: str
    version: str
    qualifiers: tuple[tuple[str, str], ...] = ()
    subpath: str = ""

    def qualifier(self, key: str) -> str:
        """The value of one qualifier; '' when it is not there."""
        return next((value for name, value in self.qualifiers if name == key), "")

    def __str__(self) -> str:
        """The canonical string."""
        return PackageURL(
            self.type, self.namespace, self.name, self.version, dict(self.qualifiers), self.subpath
        ).to_string()


@lru_cache(maxsize=65_536)
def parse(text: str) -> Purl:
    """Read a package URL.

    Raises:
        InvalidValue: the text is no package URL; the sentence says how to write one.

    Source: package-url/purl-spec, now ECMA-427.
    """
    given = text.strip()
    if given[:4].lower() == "pkg:":  # schemes have no case (RFC 3986, 3.1)
        given = "pkg:" + given[4:]
    try:
        found = PackageURL.from_string(given)
    except ValueError as wrong:
        raise InvalidValue(f"not a package URL: {text!r}; {MEND}") from wrong
    qualifiers = found.qualifiers if isinstance(found.qualifiers, dict) else {}
    return Purl(
        found.type,
        found.namespace or "",
        found.name,
        found.version or "",
        tuple(qualifiers.items()),
        found.subpath or "",
    )
