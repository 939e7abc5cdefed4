"""Who watches what: the sources that speak of an ecosystem, a distribution, or products by CPE.

A table, not a measurement: a source watches an ecosystem also while it has nothing to say of a package.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from suture.core.components import PackageKind
from suture.core.distros import DISTRO_TYPES

CPE, WORDS = "cpe", "cna"


class Watchers(NamedTuple):
    """`leading` sources publish what is new; where one of them lags, what is newer was not looked at.

    `further` ones add to what the leading say; their age undoes no answer.
    """

    leading: tuple[str, ...]
    further: tuple[str, ...] = ()


GITHUB = Watchers(("ghsa",), ("malicious",))

# Source names as `intelligence` gives them. What stands in no row has no watcher known by name.
WATCHERS: dict[str, Watchers] = {
    CPE: Watchers(("nvd", "cve"), ("nvd-override",)),
    WORDS: Watchers(("cve",)),
    "npm": GITHUB, "maven": GITHUB, "nuget": GITHUB, "gem": GITHUB, "hex": GITHUB, "swift": GITHUB, "pub": GITHUB,
    "githubactions": GITHUB,
    "pypi": Watchers(("ghsa", "pysec"), ("malicious",)),
    "golang": Watchers(("go", "ghsa")),
    "cargo": Watchers(("rustsec", "ghsa"), ("malicious",)),
    "composer": Watchers(("ghsa",), ("drupal",)),
    "bitnami": Watchers(("bitnami",)),
    "cran": Watchers(("r",)),
    "generic": Watchers((), ("oss-fuzz",)),
    "rpm/almalinux": Watchers(("almalinux",)),
    "rpm/rocky": Watchers(("rocky",)),
    "rpm/redhat": Watchers(("redhat",)),
    "apk/alpine": Watchers(("alpine",)),
    "deb/debian": Watchers(("debian",)),
    "deb/ubuntu": Watchers(("ubuntu",)),
}  # fmt: skip


def space_of(kind: str, name: str) -> str:
    """The space in which a package is looked up: 'npm', 'rpm/almalinux' (whatever its release), 'cpe', 'cna'."""
    if kind == PackageKind.CPE.value:
        return CPE
    if kind == PackageKind.CNA.value:
        return WORDS
    ecosystem, _, rest = name.partition("/")
    if ecosystem not in DISTRO_TYPES:
        return ecosystem
    return f"{ecosystem}/{rest.partition('/')[0].partition(':')[0]}"


def watching(spaces: Iterable[str], sources: Collection[str]) -> tuple[str, ...]:
    """The sources at hand that watch any of the spaces, by name; an extract for the demo counts as its source.

    Advisories of makers and coordinators (CSAF) name products by CPE and by words.
    """
    wanted = set(spaces)
    named = {one for space in wanted if space in WATCHERS for part in WATCHERS[space] for one in part}
    advised = not wanted.isdisjoint((CPE, WORDS))
    return tuple(
        sorted(
            source
            for source in sources
            if (plain := source.removeprefix("demo ")) in named or (advised and plain.startswith("csaf"))
        )
    )


def leading(spaces: Iterable[str] | None, sources: Collection[str]) -> frozenset[str]:
    """The sources at hand on which an answer for these spaces rests; every one where the spaces are not known."""
    if spaces is None:
        return frozenset(sources)
    wanted = {source for space in spaces if space in WATCHERS for source in WATCHERS[space].leading}
    return frozenset(source for source in sources if source.removeprefix("demo ") in wanted)
