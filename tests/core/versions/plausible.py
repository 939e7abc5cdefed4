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


_MAKERS: dict[str, Callable[[Random], str]] = {
    **dict.fromkeys(("semver", "npm", "golang", "cargo", "hex"), _semver),
    "nuget": _nuget,
    "pypi": _pypi,
    "deb": _deb,
    "rpm": _rpm,
    "maven": _maven,
    "gem": _gem,
    "alpine": _alpine,
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
