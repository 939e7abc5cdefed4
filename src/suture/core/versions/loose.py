"""Versions in no ecosystem's order: those of CPE names and of vendors' own words.

No reference exists; this module is the definition. It follows libversion (Repology) in padding with zeros and knows
pre-release words by name; every other word is later than the version it stands behind, because vendors' words nearly
always are service packs, patches and letter releases. The rules, each with an example (all are tested):

* runs of digits are numbers, runs of letters words, everything else only separates: `1.0-2` equals `1.0.2`;
* zeros at the end and before a word have no meaning: `1.0` equals `1`, `2.0.0-rc1` equals `2.0-rc1`, `7.0 sp1` equals
  `7.0.0 sp1`; nor have leading zeros: `1.05` equals `1.5`;
* `dev snapshot nightly canary next`, below `alpha`, `beta`, `milestone gamma`, `pre preview prerelease ea`,
  `rc cr candidate`: these words are below the release, in this order; `a`, `b` and `m` mean alpha, beta, milestone
  only directly before a number: `1.0b2` < `1.0`, but `10.5.0.3 a` is a letter release;
* a word glued behind a closing parenthesis names a release train, never a pre-release: `15.2(3)ea1` > `15.2(3)`;
* `final`, `ga` and `release` say nothing: `4.1.0.Final` equals `4.1.0`; nor do `v`, `ver`, `version` and `firmware`
  in front;
* any other word is later than the release and earlier than any further number: `1.0.2` < `1.0.2k` < `1.0.2za` <
  `1.0.2.0.1`, `5.9p1` < `5.9p15`, `7.0` < `7.0 update 45`, `1.0` < `1.0 (build 7)` < `1.0.1`; words in letter order;
* a month's name before a year is a date: `smr-apr-2023-r1` > `smr-aug-2022-r1`;
* digits and a colon in front are an epoch, above everything of a smaller one: `2:1.0` > `1:9.9` > `9.9`.

Refused, because no order would be honest: no digit; operators and lists (`<= 4.1`, `1.0, 1.1`, `1.0 - 1.5`);
words of prose (`before`, `through`, `and`); a name in front (`OpenBSD 6.9`: its bounds would say nothing of `6.9`);
wildcards; commit hashes; anything beyond ASCII.

Key: 0x02 pre-release word and its rank, 0x05 the end, 0x10 other word, 0x1F zero, other numbers; in front 0xF9 and the
epoch, where there is one. Zeros without meaning are left out, so the end is above pre-releases and below all else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from suture.core.versions.encoding import (
    ABOVE_SERIES,
    PLAIN_NUMBERS,
    Unorderable,
    number,
    quoted,
    text,
)

_END, _ZERO = b"\x05", b"\x1f"
_PLAIN = {**PLAIN_NUMBERS, "0": _ZERO}

_PRE_RELEASE = {  # rank among pre-releases
    **dict.fromkeys(("dev", "snapshot", "nightly", "canary", "next"), 0),
    **dict.fromkeys(("alpha", "a"), 1),
    **dict.fromkeys(("beta", "b"), 2),
    **dict.fromkeys(("milestone", "m", "gamma"), 3),
    **dict.fromkeys(("pre", "preview", "prerelease", "ea"), 4),
    **dict.fromkeys(("rc", "cr", "candidate"), 5),
}
_SAY_NOTHING = frozenset({"final", "ga", "release"})
_IN_FRONT = frozenset({"v", "ver", "version", "firmware"})
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january"),
            ("feb", "february"),
            ("mar", "march"),
            ("apr", "april"),
            ("may",),
            ("jun", "june"),
            ("jul", "july"),
            ("aug", "august"),
            ("sep", "sept", "september"),
            ("oct", "october"),
            ("nov", "november"),
            ("dec", "december"),
        ),
        start=1,
    )
    for name in names
}
_MAY_STAND_IN_FRONT = frozenset(
    {*_IN_FRONT, *_SAY_NOTHING, *_PRE_RELEASE, *_MONTHS, "build", "update", "patch", "rev", "revision", "fix", "hotfix"}
    | {"smr"}  # Samsung's monthly releases, 'SMR Aug-2023 Release 1'
)
# fmt: off
_PROSE = frozenset({
    "above", "affected", "all", "and", "any", "before", "below", "between", "current", "earlier", "except", "fixed",
    "from", "greater", "higher", "in", "including", "later", "latest", "less", "lower", "newer", "not", "older",
    "only", "or", "other", "prior", "series", "since", "starting", "than", "through", "thru", "till", "to",
    "unaffected", "unknown", "until", "unspecified", "versions", "vulnerable", "with",
})
# fmt: on

_runs = re.compile(r"[0-9]+|[a-z]+|[^0-9a-z]+").findall
_words = re.compile(r"[a-z]+").findall
_operator = re.compile(r"[<>=,;|&!?*\"/]|\.x(?:\.|$)").search  # '<= 4.1', '1.0, 1.1', '5.x'
_from_to = re.compile(r"[0-9]\s+-\s+v?[0-9]").search  # '1.0 - 1.5'
_name_in_front = re.compile(r"([a-z][^0-9]*[\s:])").match
_epoch = re.compile(r"([0-9]+):(?=[0-9])").match
_named_commit = re.compile(r"commit[\s:_-]*[0-9a-f]{5,64}").fullmatch
_hex = re.compile(r"[0-9]*[a-f][0-9a-f]*").fullmatch
_number_with_letters = re.compile(r"[a-f]?[0-9]+(?:[a-f]|[ab][0-9]+)?").fullmatch


def loose(version: str) -> bytes:
    parts = version.split(".")
    while parts and parts[-1] == "0":
        parts.pop()
    try:
        return b"".join([_PLAIN[part] for part in parts]) + _END
    except KeyError:
        pass
    return _worded(version.lower())


def looks_like_a_commit(version: str) -> bool:
    """Whether this is a commit hash, whole or cut to at least seven digits; `20240115a` and `1234567b2` are not."""
    if len(version) < 7:
        return False
    version = version.lower()
    if _hex(version):
        return len(version) in (40, 64) or not _number_with_letters(version)
    return version.startswith("commit") and bool(_named_commit(version))


def _worded(version: str) -> bytes:
    if not version.isascii() or _operator(version):
        raise Unorderable(f"{quoted(version)} is not one version: operators, lists and wildcards have no order")
    if looks_like_a_commit(version):
        raise Unorderable(f"{quoted(version)} looks like a commit, and commits have no order")
    if not version.isprintable() or " " in version or ":" in version:
        _refuse_prose(version)
    found = _epoch(version)
    runs = _runs(version[found.end() :] if found else version)
    tokens: list[bytes] = []
    for i, run in enumerate(runs):
        token = _PLAIN.get(run)
        if token is not None:
            tokens.append(token)
        elif run[0].isdigit():
            tokens.append(_number(run))
        elif run[0].isalpha():
            if run in _PROSE:
                raise Unorderable(f"{quoted(version)} is prose, not one version")
            if run in _SAY_NOTHING or (run in _IN_FRONT and not tokens):
                continue
            if run in _MONTHS and i + 2 < len(runs) and len(runs[i + 2]) == 4 and runs[i + 2].isdigit():
                tokens.append(_number(runs[i + 2]))  # the year goes first, and the month takes its place
                runs[i + 2] = str(_MONTHS[run])
                continue
            if tokens and tokens[-1] == _ZERO:
                _leave_out_zeros(tokens)
            tokens.append(_word(run, runs[i - 1] if i else "", runs[i + 1] if i + 1 < len(runs) else ""))
    _leave_out_zeros(tokens)
    tokens.append(_END)
    epoch = int(found[1]) if found else 0
    return (b"\xf9" + number(epoch) if epoch else b"") + b"".join(tokens)


def _refuse_prose(version: str) -> None:
    """Refuse what several words make of a version: a span, a sentence, a product's name and its version."""
    if _from_to(version) or len(version.split()) > 5:
        raise Unorderable(f"{quoted(version)} is not one version")
    found = _name_in_front(version)
    if found and any(len(word) > 2 and word not in _MAY_STAND_IN_FRONT for word in _words(found[1])):
        raise Unorderable(f"{quoted(version)} begins with a name, so it is not a version alone")


def _number(digits: str) -> bytes:
    n = int(digits)
    return number(n) if n else _ZERO


def _leave_out_zeros(tokens: list[bytes]) -> None:
    while tokens and tokens[-1] == _ZERO:
        tokens.pop()


def _word(word: str, before: str, behind: str) -> bytes:
    rank = _PRE_RELEASE.get(word)
    if rank is None or before.endswith(")") or (len(word) == 1 and not behind[:1].isdigit()):
        return b"\x10" + text(word)
    return bytes((0x02, 0x03 + rank))


def series(numbers: Sequence[str]) -> tuple[bytes, bytes]:
    """All versions that begin with these numbers; `6.0.*` begins with the pre-releases of 6.0, which are those of 6."""
    tokens = [_number(n) for n in numbers]
    above = b"".join(tokens) + ABOVE_SERIES
    _leave_out_zeros(tokens)
    return b"".join(tokens), above
