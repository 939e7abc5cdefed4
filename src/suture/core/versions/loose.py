"""Versions in no ecosystem's order: those of CPE names and of vendors' own words.

No reference exists; this module is the definition. It follows libversion (Repology) in padding with zeros and knows
pre-release words by name; every other word is later than the version it stands behind, because vendors' words nearly
always are service packs, patches and letter releases. The rules, each with an example (all are tested):

* runs of digits are numbers, runs of letters words, everything else only separates: `1.0-2` equals `1.0.2`;
* zeros at the end and before a word have no meaning: `1.0` equals `1`, `2.0.0-rc1` equals `2.0-rc1`, `7.0 sp1` equals
  `7.0.0 sp1`; nor have leading zeros: `1.05` equals `1.5`;
* `dev snapshot nightly canary next unstable`, below `alpha`, `beta test`, `milestone gamma`, `pre preview prerelease
  ea`, `rc cr candidate`: these words are below the release, in this order; `a`, `b` and `m` mean alpha, beta,
  milestone only directly before a number: `1.0b2` < `1.0`, but `10.5.0.3 a` is a letter release; `ea` is early access
  only behind a separator: `21-ea` < `21`, but `12.1ea1` is a train;
* what stands behind a tilde is below what stands before it, as Debian and RPM have it: `2.0~20230101` < `2.0`;
* a word glued behind a closing parenthesis names a release train, never a pre-release: `15.2(3)ea1` > `15.2(3)`;
* `final`, `ga`, `rtm`, `gold`, `stable`, `lts`, `esr`, `fips` and `release` say nothing: `4.1.0.Final` equals `4.1.0`,
  `5.6.6-stable` equals `5.6.6`; nor do `v`, `ver`, `version`, `rel`, `firmware`, `fw`, `software`, `sw` in front, an
  `r` glued to the number in front (`r9.2`), and the name of an architecture at the end (`9.0.1-x64`); but
  `stable` before a number counts: `2.4.stable1` < `2.4.stable7`;
* words that mean the same are one: `service pack 2` is `sp 2`, `hotfix` is `hf`, `fix pack` `fp`, `cumulative update`
  `cu`, `maintenance pack` `mp`, `maintenance release` `mr`, `revision` `rev`; `patch`, `patch level` and `pl` are `p`;
  before a number `u` and `upd` are `update`, and `release` is `r`: `6.7 U3` equals `6.7 update 3`;
* any other word is later than the release and earlier than any further number: `1.0.2` < `1.0.2k` < `1.0.2za` <
  `1.0.2.0.1`, `5.9p1` < `5.9p15`, `7.0` < `7.0 update 45`, `1.0` < `1.0 (build 7)` < `1.0.1`; words in letter order;
* a month's name beside a year is a date: `smr-apr-2023-r1` > `smr-aug-2022-r1`, `16_jun_2002` equals `2002jun16`;
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
    **dict.fromkeys(("dev", "devel", "develop", "snapshot", "nightly", "canary", "next", "unstable"), 0),
    **dict.fromkeys(("alpha", "a"), 1),
    **dict.fromkeys(("beta", "b", "test"), 2),
    **dict.fromkeys(("milestone", "m", "gamma"), 3),
    **dict.fromkeys(("pre", "preview", "prerelease", "ea"), 4),
    **dict.fromkeys(("rc", "cr", "candidate"), 5),
}
_TILDE = b"\x02\x02"  # below every pre-release word of the same place
_SAY_NOTHING = frozenset({"final", "ga", "release", "rtm", "gold", "stable", "lts", "esr", "fips"})
_IN_FRONT = frozenset({"v", "ver", "version", "rel", "firmware", "fw", "software", "sw"})
_MEANS = {
    "servicepack": "sp", "fixpack": "fp", "hotfix": "hf", "cumulativeupdate": "cu", "maintenancepack": "mp",
    "maintenancerelease": "mr", "revision": "rev", "patch": "p", "patchlevel": "p", "pl": "p",
}  # fmt: skip
_MEANS_BEFORE_A_NUMBER = {"u": "update", "upd": "update", "release": "r", "stable": "stables"}  # Squid's '2.4.stable3'
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

_SPECIAL = frozenset({*_PROSE, *_MEANS, *_MEANS_BEFORE_A_NUMBER, *_SAY_NOTHING, *_IN_FRONT, *_MONTHS, "r"})
_ENDS = ("86", "64", "32", "bit", "hf", "86)", "64)", "32)", "bit)", "hf)")  # of an architecture's name
_FIRST_WORDS = ("service", "fix", "hot", "cumulative", "maintenance", "patch", "pre")  # of two that are one

_runs = re.compile(r"[0-9]+|[a-z]+|[^0-9a-z]+").findall
_numbers_only = re.compile(r"[0-9]+(?:\.[0-9]+)*").fullmatch
_has_digit = re.compile(r"[0-9]").search
_words = re.compile(r"[a-z]+").findall
_operator = re.compile(r"[<>=,;|&!?*\"/]|\.x(?:\.|$)").search  # '<= 4.1', '1.0, 1.1', '5.x'
_from_to = re.compile(r"[0-9]\s+-\s+v?[0-9]").search  # '1.0 - 1.5'
_name_in_front = re.compile(r"([a-z][^0-9]*[\s:])").match
_epoch = re.compile(r"([0-9]+):(?=[0-9])").match
_two_words = re.compile(
    r"(?<![a-z])(service|fix|hot|cumulative|maintenance|patch|pre)[\s_.-]+(pack|fix|update|release|level)(?![a-z])"
).sub
_architecture = re.compile(
    r"[\s_.(-]+(?:x86[_-]64|x86|x64|amd64|i[3-6]86|win32|win64|arm64|aarch64|armhf|32[_-]?bit|64[_-]?bit)\)?\Z"
).search
_named_commit = re.compile(r"commit[\s:_-]*[0-9a-f]{5,64}").fullmatch
_hex = re.compile(r"[0-9]*[a-f][0-9a-f]*").fullmatch
_number_with_letters = re.compile(r"[a-f]?[0-9]+(?:[a-f]|[ab][0-9]+)?").fullmatch


def loose(version: str) -> bytes:
    parts = version.split(".")
    if len(parts) == 3 and parts[2] != "0":  # most are: the same as below, sooner
        major, minor, patch = parts
        try:
            return _PLAIN[major] + _PLAIN[minor] + _PLAIN[patch] + _END
        except KeyError:
            pass
    while parts and parts[-1] == "0":
        parts.pop()
    try:
        return b"".join([_PLAIN[part] for part in parts]) + _END
    except KeyError:
        pass
    if _numbers_only(version):
        tokens = [_PLAIN.get(part) or _number(part) for part in parts]
        _leave_out_zeros(tokens)
        return b"".join(tokens) + _END
    return _worded(version.lower())


def looks_like_a_commit(version: str) -> bool:
    """Whether this is a commit hash, whole or cut to at least seven digits; `20240115a` and `1234567b2` are not."""
    if len(version) < 7 or "." in version:
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
    found = _epoch(version) if ":" in version else None
    runs = _runs(_said_shortly(version[found.end() :] if found else version))
    tokens: list[bytes] = []
    last = len(runs) - 1  # a date's year, once read, becomes a separator
    for i, run in enumerate(runs):
        token = _PLAIN.get(run)
        if token is not None:
            tokens.append(token)
        elif run[0].isdigit():
            tokens.append(_number(run))
        elif run[0].isalpha():
            behind = runs[i + 1] if i < last else ""
            word = run
            if word in _SPECIAL:
                if word in _PROSE:
                    raise Unorderable(f"{quoted(version)} is prose, not one version")
                word = _one_word(word, behind, runs[i + 2] if i + 1 < last else "")
                if word in _SAY_NOTHING or (not tokens and _says_nothing_in_front(word, behind)):
                    continue
                if word in _MONTHS and _is_dated(runs, i, tokens):
                    continue
            if tokens and tokens[-1] == _ZERO:
                _leave_out_zeros(tokens)
            tokens.append(_word(word, runs[i - 1] if i else "", behind))
        elif "~" in run and i < last and runs[i + 1] not in _PRE_RELEASE:
            _leave_out_zeros(tokens)
            tokens.append(_TILDE)
    _leave_out_zeros(tokens)
    tokens.append(_END)
    epoch = int(found[1]) if found else 0
    return (b"\xf9" + number(epoch) if epoch else b"") + b"".join(tokens)


def _said_shortly(version: str) -> str:
    """Two words that mean one as that one, and no architecture at the end."""
    if version.endswith(_ENDS):
        found = _architecture(version)
        if found and _has_digit(version, 0, found.start()):
            version = version[: found.start()]
    for word in _FIRST_WORDS:
        if word in version:
            return _two_words(r"\1\2", version)
    return version


def _one_word(run: str, behind: str, after: str) -> str:
    """The word that stands for all which mean the same."""
    if run in _MEANS_BEFORE_A_NUMBER:
        next_run = behind if behind[:1].isalnum() else after
        return _MEANS_BEFORE_A_NUMBER[run] if next_run[:1].isdigit() else run
    return _MEANS.get(run, run)


def _says_nothing_in_front(word: str, behind: str) -> bool:
    return word in _IN_FRONT or (word == "r" and behind[:1].isdigit())


def _is_dated(runs: list[str], i: int, tokens: list[bytes]) -> bool:
    """Whether a month's name stands beside a year; then the date is put in order: year, month, day."""
    month = _number(str(_MONTHS[runs[i]]))
    before = i - 1 if i and runs[i - 1][0].isdigit() else i - 2
    behind = i + 1 if i + 1 < len(runs) and runs[i + 1][0].isdigit() else i + 2
    if behind < len(runs) and _is_year(runs[behind]):
        day = [tokens.pop()] if before == 0 and len(runs[0]) < 3 and runs[0].isdigit() else []
        tokens += [_number(runs[behind]), month, *day]
        runs[behind] = "."
        return True
    if before >= 0 and _is_year(runs[before]):
        tokens.append(month)
        return True
    return False


def _is_year(run: str) -> bool:
    return len(run) == 4 and run[:2] in ("19", "20") and run.isdigit()


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
    glued = before[-1:].isdigit()
    if (
        rank is None
        or before.endswith(")")
        or (len(word) == 1 and not behind[:1].isdigit())
        or (word == "ea" and glued)
    ):
        return b"\x10" + text(word)
    return bytes((0x02, 0x03 + rank))


def series(numbers: Sequence[str]) -> tuple[bytes, bytes]:
    """All versions that begin with these numbers; `6.0.*` begins with the pre-releases of 6.0, which are those of 6."""
    tokens = [_number(n) for n in numbers]
    above = b"".join(tokens) + ABOVE_SERIES
    _leave_out_zeros(tokens)
    return b"".join(tokens), above
