"""Versions as people write them, for each scheme, made from a random source: the samples of the property tests."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from suture.core.versions import Unorderable, key

_NUMBERS = (
    "0",
    "0",
    "0",
    "1",
    "1",
    "2",
    "3",
    "9",
    "10",
    "11",
    "99",
    "191",
    "192",
    "255",
    "256",
    "2024",
    "65536",
    "20240115",
)
_BIG = ("00", "01", "007", "4294967296", "18446744073709551616", "9" * 60)


def _number(r: Random) -> str:
    return r.choice(_BIG) if r.random() < 0.04 else r.choice(_NUMBERS)


def _numbers(r: Random, most: int, least: int = 1) -> str:
    return ".".join(_number(r) for _ in range(r.randint(least, most)))


def _maybe(r: Random, chance: float, made: Callable[[], str]) -> str:
    return made() if r.random() < chance else ""


def _pre_release(r: Random) -> str:
    words = ("alpha", "beta", "rc", "rc1", "0", "1", "10", "x-y", "RC", "a", "b2", "--", "SNAPSHOT")
    return ".".join(r.choice(words) for _ in range(r.randint(1, 3)))


def _semver(r: Random) -> str:
    return (
        _maybe(r, 0.1, lambda: "v")
        + _numbers(r, 3, r.choice((1, 3)))
        + _maybe(r, 0.4, lambda: "-" + _pre_release(r))
        + _maybe(r, 0.1, lambda: "+build.5")
    )


def _nuget(r: Random) -> str:
    return _numbers(r, 4) + _maybe(r, 0.4, lambda: "-" + _pre_release(r)) + _maybe(r, 0.1, lambda: "+abc")


def _pypi(r: Random) -> str:
    separator = r.choice(("", ".", "-", "_"))
    return (
        _maybe(r, 0.1, lambda: r.choice("012") + "!")
        + _numbers(r, 4)
        + _maybe(
            r,
            0.4,
            lambda: (
                separator
                + r.choice(("a", "b", "c", "rc", "alpha", "beta", "pre", "preview"))
                + r.choice(("", "0", "1", "12"))
            ),
        )
        + _maybe(r, 0.2, lambda: r.choice((".post", "-", "rev", "r")) + _number(r))
        + _maybe(r, 0.2, lambda: r.choice((".dev", "dev", "-dev")) + r.choice(("", "0", "1", "7")))
        + _maybe(r, 0.15, lambda: "+" + r.choice(("ubuntu", "1", "abc.1", "abc", "1.abc", "5-2", "ABC")))
    )


def _characters(r: Random, alphabet: str, most: int) -> str:
    return "".join(r.choice(alphabet) for _ in range(r.randint(0, most)))


def _deb(r: Random) -> str:
    upstream = (
        _number(r)
        + "".join(
            r.choice(("", ".", "~", "+", ".", "a", "rc", "~rc", "+dfsg", "-", "z")) + _number(r)
            for _ in range(r.randint(0, 4))
        )
        + _characters(r, "abz~+.019", 2)
    )
    return (
        _maybe(r, 0.15, lambda: r.choice("0123") + ":")
        + upstream
        + _maybe(r, 0.6, lambda: "-" + _number(r) + r.choice(("", "ubuntu1", "+deb12u2", "~bpo1", "+b1", ".1", "a")))
    )


def _rpm(r: Random) -> str:
    upstream = (
        _number(r)
        + "".join(
            r.choice((".", ".", "~", "^", "_", "+", "rc", "a", ".el", "~rc", "^git", "..", "")) + _number(r)
            for _ in range(r.randint(0, 4))
        )
        + _characters(r, "abZ~^._019", 2)
    )
    return (
        _maybe(r, 0.15, lambda: r.choice("0123") + ":")
        + upstream
        + _maybe(
            r, 0.5, lambda: "-" + _number(r) + r.choice(("", ".el9", ".el9_3.1", ".fc40", "~1", "^2", ".module+el8"))
        )
    )


def _maven(r: Random) -> str:
    words = (
        "alpha",
        "beta",
        "milestone",
        "rc",
        "cr",
        "snapshot",
        "sp",
        "final",
        "ga",
        "RELEASE",
        "jre",
        "foo",
        "a",
        "b",
        "m",
    )
    return _numbers(r, 4) + "".join(
        r.choice((".", "-", "")) + r.choice(words) + r.choice(("", "1", "-2", ".3", "10"))
        for _ in range(r.choice((0, 0, 1, 1, 2)))
    )


def maven_as_published(r: Random) -> str:
    """A Maven version as Maven Central has them: numbers and at most one qualifier, in one of its usual spellings."""
    numbers = r.choice(("1", "2", "10")) + "".join(
        "." + r.choice(("0", "0", "1", "10")) for _ in range(r.choice((0, 1, 2, 2, 3)))
    )
    return numbers + r.choice(
        (
            *(
                "",
                "",
                "",
                ".Final",
                ".RELEASE",
                ".GA",
                "-SNAPSHOT",
                "-jre",
                "-android",
                "-1",
                "-2",
                "-10",
                ".SP1",
                "-sp2",
            ),
            *("-alpha-1", "-alpha1", "-beta-2", "-beta2", "-rc1", "-rc-2", "-RC2", "-M1", "-m2", "-b01", "-b12"),
            *("-alpha-1-SNAPSHOT", "-rc1-SNAPSHOT", "-20240115", "-redhat-1", "-incubating"),
        )
    )


def _gem(r: Random) -> str:
    return _numbers(r, 4) + "".join(
        r.choice((".", "-", "")) + r.choice(("a", "beta", "rc", "pre", "rc1", "b.2")) + r.choice(("", ".1", ".0"))
        for _ in range(r.choice((0, 0, 1, 2)))
    )


def _alpine(r: Random) -> str:
    return (
        _numbers(r, 4)
        + _maybe(r, 0.2, lambda: r.choice("abz"))
        + _maybe(
            r,
            0.4,
            lambda: (
                "_"
                + r.choice(("alpha", "beta", "pre", "rc", "cvs", "svn", "git", "hg", "p"))
                + r.choice(("", "1", "20240101"))
            ),
        )
        + _maybe(r, 0.6, lambda: "-r" + r.choice(("0", "1", "12")))
    )


def _loose(r: Random) -> str:
    words = (
        "alpha",
        "beta",
        "rc",
        "b",
        "a",
        "p",
        "sp",
        "update",
        "build",
        "k",
        "za",
        "final",
        "release",
        "dev",
        "ea",
        "r",
    )
    return (
        _maybe(r, 0.05, lambda: r.choice("12") + ":")
        + _maybe(r, 0.1, lambda: "v")
        + _numbers(r, 4)
        + "".join(
            r.choice((".", "-", " ", "", "_", "(")) + r.choice(words) + r.choice(("", "1", "-2", " 15", "0"))
            for _ in range(r.choice((0, 0, 1, 1, 2)))
        )
    )


def _composer(r: Random) -> str:
    if r.random() < 0.1:
        return r.choice(("20240115", "2024-01-15", "2024.01.15", "20240115.1", "201506", "2010-01-02-12-30")) + _maybe(
            r, 0.3, lambda: r.choice(("-alpha", "p1", "-dev"))
        )
    if r.random() < 0.05:
        return _numbers(r, 3) + r.choice((".x-dev", "-dev", ".*-dev"))
    words = ("alpha", "beta", "RC", "a", "b", "rc", "patch", "pl", "p", "stable", "BETA")
    return (
        _maybe(r, 0.2, lambda: "v")
        + r.choice(("0", "1", "2", "10", "99", "2024", "01"))
        + "".join("." + _number(r) for _ in range(r.randint(0, 3)))
        + _maybe(
            r,
            0.5,
            lambda: r.choice(("-", ".", "", "_")) + r.choice(words) + r.choice(("", "1", ".2", "-3", "1.2", "0")),
        )
        + _maybe(r, 0.1, lambda: "-dev")
        + _maybe(r, 0.05, lambda: "+build.5")
        + _maybe(r, 0.03, lambda: "@beta")
    )


def _pub(r: Random) -> str:
    return (
        _numbers(r, 3, 3)
        + _maybe(r, 0.4, lambda: "-" + _pre_release(r))
        + _maybe(r, 0.3, lambda: "+" + _pre_release(r))
    )


def _cran(r: Random) -> str:
    return r.choice((".", "-")).join(_numbers(r, 3) for _ in range(r.randint(1, 2)))


def _openssl(r: Random) -> str:
    return (
        r.choice(("0.9.7", "0.9.8", "1.0.0", "1.0.1", "1.0.2", "1.1.0", "1.1.1", "3.0.0", "3.0.13", "3.2.1", "3.10.0"))
        + _maybe(r, 0.5, lambda: r.choice(("", "z")) + r.choice("abcdhkxyz"))
        + _maybe(r, 0.3, lambda: r.choice(("-pre", "-alpha", "-beta")) + r.choice(("1", "2", "9")))
        + _maybe(r, 0.1, lambda: "-dev")
        + _maybe(r, 0.1, lambda: "-fips")
    )


def _gentoo(r: Random) -> str:
    suffixes = ("_alpha", "_beta", "_pre", "_rc", "_p")
    return (
        _numbers(r, 4)
        + _maybe(r, 0.1, lambda: "." + r.choice(("01", "010", "001", "0010", "05")))
        + _maybe(r, 0.2, lambda: r.choice("abz"))
        + "".join(
            r.choice(suffixes) + r.choice(("", "0", "1", "12", "20240101")) for _ in range(r.choice((0, 0, 1, 2)))
        )
        + _maybe(r, 0.4, lambda: "-r" + r.choice(("0", "1", "12")))
    )


def _alpm(r: Random) -> str:
    separators = (".", ".", ".", "_", "+", "..", "", "a", "rc", ".r", "alpha")
    return (
        _maybe(r, 0.15, lambda: r.choice("012") + ":")
        + _number(r)
        + "".join(r.choice(separators) + _number(r) for _ in range(r.randint(0, 3)))
        + _maybe(r, 0.2, lambda: r.choice(("a", "b", "alpha", "rc", ".b", ".a")))
        + "-"
        + r.choice(("1", "2", "10", "1.1", "01"))
    )


def _conan(r: Random) -> str:
    items = ("0", "0", "1", "2", "9", "1a", "1k", "2b", "cci", "20200203", "a", "rc1")
    qualifier = ("alpha", "1", "0", "pre1.0", "b.2", "rc-1", "x.1")
    return (
        ".".join((r.choice(("0", "1", "2", "cci")), *(r.choice(items) for _ in range(r.randint(0, 3)))))
        + _maybe(r, 0.3, lambda: "-" + r.choice((*qualifier, "")))
        + _maybe(r, 0.2, lambda: "+" + r.choice(qualifier))
    )


def _datetime(r: Random) -> str:
    fraction = _maybe(r, 0.4, lambda: "." + r.choice(("0", "5", "50", "123", "090", "000001", "999999")))
    return (
        f"{r.choice((1999, 2000, 2023, 2024)):04}-{r.randint(1, 12):02}-{r.choice((1, 2, 15, 28)):02}"
        f"T{r.choice((0, 1, 12, 23)):02}:{r.choice((0, 30, 59)):02}:{r.choice((0, 59)):02}{fraction}"
        + r.choice(("Z", "z", "+00:00", "+02:00", "-05:00", "+05:30", "-11:00"))
    )


def _lexicographic(r: Random) -> str:
    return (
        _numbers(r, 3) + _characters(r, "abzAZ-_ ~\N{LATIN SMALL LETTER E WITH ACUTE}\N{EURO SIGN}", 3) + r.choice("a1")
    )


_MAKERS: dict[str, Callable[[Random], str]] = {
    **dict.fromkeys(("semver", "npm", "golang", "cargo", "hex"), _semver),
    "nuget": _nuget,
    "pypi": _pypi,
    "deb": _deb,
    "rpm": _rpm,
    "maven": _maven,
    "gem": _gem,
    "alpine": _alpine,
    "composer": _composer,
    "pub": _pub,
    "cran": _cran,
    "hackage": lambda r: _numbers(r, 4),
    "openssl": _openssl,
    "gentoo": _gentoo,
    "alpm": _alpm,
    "conan": _conan,
    "datetime": _datetime,
    "lexicographic": _lexicographic,
    "loose": _loose,
}


def version(scheme: str, r: Random) -> str:
    """One version that the scheme orders."""
    while True:
        made = _MAKERS[scheme](r)
        if orderable(scheme, made):
            return made


def pair(scheme: str, r: Random) -> tuple[str, str]:
    """Two versions, in half of the cases close relatives: one is the other with a character changed, cut or added."""
    first = version(scheme, r)
    if r.random() < 0.5:
        return first, version(scheme, r)
    for _ in range(8):
        at = r.randrange(len(first) + 1)
        second = (
            first[:at] + r.choice(("", "0", "1", ".", "~", "a", "-", ".0", "rc1")) + first[at + r.choice((0, 0, 1)) :]
        )
        if orderable(scheme, second):
            return (first, second) if r.random() < 0.5 else (second, first)
    return first, version(scheme, r)


def orderable(scheme: str, text: str) -> bool:
    try:
        key(scheme, text)
    except Unorderable:
        return False
    return True
