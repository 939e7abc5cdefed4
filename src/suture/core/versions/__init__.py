"""Version order as bytes: `key(scheme, version)`, and the half-open interval of keys a range of versions is.

Comparing two keys of one scheme byte by byte compares the versions, in Python, in every database and in files.
Keys of two schemes are never compared. A text without a place in its scheme's order raises `Unorderable`.
The rules of each scheme, with their sources, stand in its module; see also docs/reference/versions.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from suture.core.versions import (
    alpine,
    alpm,
    composer,
    conan,
    cran,
    deb,
    gem,
    gentoo,
    hackage,
    instants,
    lexicographic,
    loose,
    maven,
    nuget,
    openssl,
    pub,
    pypi,
    rpm,
    semver,
)
from suture.core.versions.encoding import HI, LO, LONGEST_KEY, LONGEST_TEXT, TooLong, Unorderable, after, quoted
from suture.core.versions.loose import looks_like_a_commit

__all__ = [
    "HI",
    "KEYS_VERSION",
    "LO",
    "LONGEST_KEY",
    "LONGEST_TEXT",
    "SCHEMES",
    "TooLong",
    "Unorderable",
    "after",
    "bounds",
    "is_series",
    "key",
    "looks_like_a_commit",
]

KEYS_VERSION = 2  # raised whenever any encoder gives any version another key: stored keys are then rebuilt


class _Scheme(NamedTuple):
    encode: Callable[[str], bytes]
    series: Callable[[Sequence[str]], tuple[bytes, bytes]]  # the interval of '6.1.*', given its numbers
    above: Callable[[str], bytes] | None = None  # the bound above a version, where it is not that above its key
    any_text: bool = False  # a version needs no digit


_SCHEMES: dict[str, _Scheme] = {
    "semver": _Scheme(semver.semver, semver.series),
    "npm": _Scheme(semver.npm, semver.series),
    "golang": _Scheme(semver.golang, semver.series),
    "cargo": _Scheme(semver.cargo, semver.series),
    "hex": _Scheme(semver.hex_, semver.series),
    "pypi": _Scheme(pypi.pypi, pypi.series),
    "deb": _Scheme(deb.deb, deb.series),
    "rpm": _Scheme(rpm.rpm, rpm.series),
    "maven": _Scheme(maven.maven, maven.series),
    "gem": _Scheme(gem.gem, gem.series),
    "nuget": _Scheme(nuget.nuget, nuget.series),
    "alpine": _Scheme(alpine.alpine, alpine.series),
    "composer": _Scheme(composer.composer, composer.series),
    "pub": _Scheme(pub.pub, pub.series),
    "cran": _Scheme(cran.cran, cran.series),
    "hackage": _Scheme(hackage.hackage, hackage.series),
    "conan": _Scheme(conan.conan, conan.series),
    "alpm": _Scheme(alpm.alpm, alpm.series, above=alpm.above),
    "gentoo": _Scheme(gentoo.gentoo, gentoo.series),
    "openssl": _Scheme(openssl.openssl, openssl.series),
    "datetime": _Scheme(instants.instant, instants.series),
    "lexicographic": _Scheme(lexicographic.lexicographic, lexicographic.series, any_text=True),
    "loose": _Scheme(loose.loose, loose.series),
}

SCHEMES: frozenset[str] = frozenset(_SCHEMES)  # as VERS or the package URL's type names them; 'loose' is ours

_series_of = re.compile(r"v?([0-9]+(?:\.[0-9]+)*)\.(?:[*x]\.)*[*x]", re.IGNORECASE | re.ASCII).fullmatch
_has_digit = re.compile(r"[0-9]").search
_DIGITS = frozenset("0123456789")


@lru_cache(maxsize=1 << 17)
def key(scheme: str, version: str) -> bytes:
    """Give the bytes that stand for a version in its scheme's order. White space around it is read over.

    Raises:
        Unorderable: the scheme has no place for this text (`-`, `*`, `n/a`, prose, another scheme's version).
        TooLong: more than 512 characters, or a key of more than 512 bytes.
    """
    found = _SCHEMES.get(scheme)
    if found is None:
        raise Unorderable(f"no version order is named {quoted(scheme)}")
    if len(version) > LONGEST_TEXT:
        raise TooLong(f"a version of {len(version)} characters is longer than any real one")
    if version and version[-1] in _DIGITS and version[0] in _DIGITS:  # most are: nothing to look for
        made = found.encode(version)
    else:
        written = version.strip()
        if not (found.any_text or _has_digit(written)):
            raise Unorderable(f"{quoted(version)} has no digit, so it has no place in an order")
        if written[-1:] in ("*", "x", "X") and is_series(written):
            raise Unorderable(f"{quoted(version)} is a series of versions, not one")
        made = found.encode(written)
    if len(made) > LONGEST_KEY:
        raise TooLong(f"the key of {quoted(version)} is longer than {LONGEST_KEY} bytes")
    return made


def is_series(version: str) -> bool:
    """Whether this is written as a series of versions with a common beginning: `6.1.*`, `5.x`."""
    if "0" <= version[-1:] <= "9":  # nearly all
        return False
    return (
        len(version) <= LONGEST_TEXT and version.rstrip()[-1:] in ("*", "x", "X") and bool(_series_of(version.strip()))
    )


def bounds(
    scheme: str,
    low: str | None,
    high: str | None,
    *,
    low_open: bool = False,
    high_closed: bool = False,
    wildcard: bool = False,
) -> tuple[bytes, bytes]:
    """Give the half-open interval of keys, `[lo, hi)`, that a range of versions is.

    Args:
        low, high: the bounds as written; None is unbounded.
        low_open: True for `> low`, False for `>= low`.
        high_closed: True for `<= high`, False for `< high`.
        wildcard: bounds may be series. `>= 6.1.*` begins with the first version of the series (its pre-releases
            included), `> 6.1.*` after its last; `<= 6.1.*` and also `< 6.1.*` end after its last: CVE records use
            an asterisk for "as far as this series goes".

    Returns:
        (lo, hi). `lo >= hi` is possible and means that the range holds nothing: the caller must not let it pass
        in silence (`suture.core.ranges` is the one place that reads ranges, and does not).

    Raises:
        Unorderable: as `key`.
    """
    if low is not None and low == high and high_closed and not low_open and not is_series(low):
        lo = key(scheme, low)  # one version, as nearly all ranges of some feeds are
        return lo, _above(scheme, low, lo)
    if low is None:
        lo = LO
    elif wildcard and is_series(low):
        lo = _series(scheme, low)[1 if low_open else 0]
    else:
        lo = key(scheme, low)
        if low_open:
            lo = _above(scheme, low, lo)
    if high is None:
        hi = HI
    elif wildcard and is_series(high):
        hi = _series(scheme, high)[1]
    else:
        hi = key(scheme, high)
        if high_closed:
            hi = _above(scheme, high, hi)
    return lo, hi


def _above(scheme: str, version: str, its_key: bytes) -> bytes:
    """The bound above everything that equals a version."""
    above = _SCHEMES[scheme].above
    return above(version.strip()) if above else after(its_key)


def _series(scheme: str, version: str) -> tuple[bytes, bytes]:
    found = _SCHEMES.get(scheme)
    written = _series_of(version.strip())
    if found is None or written is None:
        raise Unorderable(f"no series of versions can be made of {quoted(version)} in {quoted(scheme)}")
    lo, hi = found.series(written[1].split("."))
    if len(hi) > LONGEST_KEY:
        raise TooLong(f"the key of {quoted(version)} is longer than {LONGEST_KEY} bytes")
    return lo, hi
