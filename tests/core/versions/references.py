"""The ecosystems' own programs as judges: the sign of a comparison (-1, 0, 1) for many pairs of versions at once.

A judge gives None for a pair it refuses. One whose program is not installed skips the test and says what is missing;
`tools/services.sh` installs those that Debian packages.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import functools
import importlib
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import packaging.version
import pytest

from suture.core.versions import key

Pair = tuple[str, str]
Sign = int  # -1, 0, 1
Judge = Callable[[Sequence[Pair], Path], "list[Sign | None]"]


def sign(a: Any, b: Any) -> Sign:
    return (a > b) - (a < b)


def sign_by_key(scheme: str, left: str, right: str) -> Sign:
    return sign(key(scheme, left), key(scheme, right))


def by_packaging(asked: Sequence[Pair], folder: Path) -> list[Sign | None]:
    """PyPA's `packaging`, the reference for PEP 440."""
    version = functools.lru_cache(maxsize=None)(packaging.version.Version)
    return [sign(version(left), version(right)) for left, right in asked]


def by_dpkg(asked: Sequence[Pair], folder: Path) -> list[Sign | None]:
    """`dpkg --compare-versions`: one shell asks it for every pair whether our answer holds, so one start a pair."""
    _needs("dpkg")
    word = {-1: "lt", 0: "eq", 1: "gt"}
    script = 'while read -r a is b; do dpkg --compare-versions "$a" "$is" "$b" && echo y || echo n; done'
    ours = [sign_by_key("deb", a, b) for a, b in asked]
    lines = (f"{a} {word[our]} {b}\n" for (a, b), our in zip(asked, ours, strict=True))
    answers = _asked(["sh", "-c", script], lines, folder, stdin=True)
    other = {-1: 1, 0: 2, 1: -1}  # any sign but ours
    return [our if answer == "y" else other[our] for answer, our in zip(answers, ours, strict=True)]


def by_rpm(asked: Sequence[Pair], folder: Path) -> list[Sign | None]:
    """rpm's own comparison of [epoch:]version[-release], all pairs in one process through its Lua."""
    _needs("rpm")
    lua = 'local a, b = line:match("(%S+) (%S+)"); print(rpm.vercmp(a, b) .. "\\n")'
    program = f'%{{lua: for line in io.lines("{folder / "pairs"}") do {lua} end}}'
    return _signs(_asked(["rpm", "--eval", program], _spaced(asked), folder))


def by_ruby(asked: Sequence[Pair], folder: Path) -> list[Sign | None]:
    """Ruby's Gem::Version."""
    _needs("ruby")
    program = (
        "cut = Hash.new { |h, k| h[k] = Gem::Version.correct?(k) ? Gem::Version.new(k) : nil }\n"
        "STDIN.each_line { |line| a, b = line.split.map { |v| cut[v] }; puts(a && b ? a <=> b : '?') }"
    )
    return _signs(_asked(["ruby", "-e", program], _spaced(asked), folder, stdin=True))


def by_node(asked: Sequence[Pair], folder: Path) -> list[Sign | None]:
    """npm's own semver (node-semver) in its loose mode, which npm itself reads published versions in.

    It is given the zeros we read into `1` and `1.2`, and refuses numbers above 2**53.
    """
    _needs("node")
    places = ["semver", "/usr/share/nodejs/semver", "/usr/lib/node_modules/npm/node_modules/semver"]
    program = (
        "let semver = null;\n"
        f"for (const place of {places}) {{ try {{ semver = require(place); break }} catch (e) {{}} }}\n"
        "if (!semver) { console.log('none'); process.exit(0) }\n"
        "for (const line of require('fs').readFileSync(0, 'utf8').split('\\n')) { if (!line) continue\n"
        "const [a, b] = line.split(' ').map(v => semver.parse(v, {loose: true}))\n"
        "console.log(a && b ? a.compare(b) : '?') }"
    )
    short = re.compile(r"([=vV]?[0-9]+)(\.[0-9]+)?(?![0-9.])(?=[-+a-zA-Z]|$)")
    whole = [
        tuple(short.sub(lambda m: f"{m[1]}{m[2] or '.0'}.0", v, 1) if short.match(v) else v for v in two)
        for two in asked
    ]
    answers = _asked(["node", "-e", program], [f"{a} {b}\n" for a, b in whole], folder, stdin=True, counted=False)
    if answers == ["none"]:
        pytest.skip("npm's semver is not installed (Debian: node-semver)")
    assert len(answers) == len(asked)
    return _signs(answers)


def by_composer(asked: Sequence[Pair], folder: Path) -> list[Sign | None]:
    """Composer's own: VersionParser::normalize, then Constraint's comparison, which is PHP's and ends at 2**63."""
    _needs("php")
    program = """
        $load = '/usr/share/php/Composer/Semver/autoload.php';
        if (!file_exists($load)) { echo "none\\n"; exit; }
        require $load;
        $parser = new Composer\\Semver\\VersionParser;
        $compare = new Composer\\Semver\\Constraint\\Constraint('==', '1');
        while (($line = fgets(STDIN)) !== false) {
            [$a, $b] = explode(' ', trim($line));
            try { $a = $parser->normalize($a); $b = $parser->normalize($b); }
            catch (Exception $e) { echo "?\\n"; continue; }
            echo $compare->versionCompare($a, $b, '<') ? -1 : ($compare->versionCompare($a, $b, '>') ? 1 : 0), "\\n";
        }
    """
    answers = _asked(["php", "-r", program], _spaced(asked), folder, stdin=True, counted=False)
    if answers == ["none"]:
        pytest.skip("Composer's semver is not installed (Debian: php-composer-semver)")
    assert len(answers) == len(asked)
    beyond = re.compile("[0-9]{19}").search
    return [None if beyond(a) or beyond(b) else sign for (a, b), sign in zip(asked, _signs(answers), strict=True)]


def by_maven(asked: Sequence[Pair], folder: Path) -> list[Sign | None]:
    """Maven's ComparableVersion, through the program in its own archive, which compares each argument with the next."""
    _needs("java")
    archives = [Path("/usr/share/java", name) for name in ("maven3-artifact.jar", "commons-lang3.jar")]
    if not all(archive.exists() for archive in archives):
        pytest.skip("Maven's artifact library is not installed (Debian: libmaven3-core-java)")
    program = ["java", "-cp", ":".join(map(str, archives)), "org.apache.maven.artifact.versioning.ComparableVersion"]
    signs: list[Sign | None] = []
    said = re.compile(r"^   .* ([<=>]+) .*$", re.MULTILINE)
    for begin in range(0, len(asked), 5_000):
        some = asked[begin : begin + 5_000]
        told = subprocess.run([*program, *(v for two in some for v in two)], capture_output=True, text=True, check=True)
        found = said.findall(told.stdout)
        assert len(found) == 2 * len(some) - 1
        signs += [{"<": -1, "==": 0, ">": 1}[relation] for relation in found[::2]]
    return signs


def by_libalpm(asked: Sequence[Pair], folder: Path) -> list[Sign | None]:
    """pacman's `alpm_pkg_vercmp`, called in its library."""
    name = ctypes.util.find_library("alpm")
    if name is None:
        pytest.skip("libalpm is not installed (Debian: pacman-package-manager)")
    compare = ctypes.CDLL(name).alpm_pkg_vercmp
    return [sign(compare(a.encode(), b.encode()), 0) for a, b in asked]


def by_apk(asked: Sequence[Pair], folder: Path) -> list[Sign | None]:
    """`apk version -t`, one start a pair."""
    _needs("apk")
    script = 'while read -r a b; do apk version -t "$a" "$b"; done'
    answers = _asked(["sh", "-c", script], _spaced(asked), folder, stdin=True)
    return [{"<": -1, "=": 0, ">": 1}.get(answer) for answer in answers]


def by_conan(asked: Sequence[Pair], folder: Path) -> list[Sign | None]:
    """Conan's own Version. None where it compares a number with a text that begins with another number of digits:

    there it has `2 < 10 < 1a < 2`, so no order can agree with it.
    """
    version = _imported("conan.internal.model.version", "conan").Version
    numbers = re.compile(r"(?<![0-9A-Za-z_])[0-9]+")
    mixed = re.compile(r"(?:^|[.+-])[0-9]+[A-Za-z_]")

    def honest(a: str, b: str) -> bool:
        lengths = {len(n) for n in numbers.findall(a) + numbers.findall(b)}
        return not (mixed.search(a) or mixed.search(b)) or lengths <= {1}

    return [sign(version(a), version(b)) if honest(a, b) else None for a, b in asked]


def by_portage(asked: Sequence[Pair], folder: Path) -> list[Sign | None]:
    """Portage's `vercmp`."""
    compare = _imported("portage.versions", "portage").vercmp
    return [None if (found := compare(a, b)) is None else sign(found, 0) for a, b in asked]


def by_lists_of_numbers(asked: Sequence[Pair], folder: Path) -> list[Sign | None]:
    """What R and Haskell define a version to be: a list of numbers."""
    return [sign([int(n) for n in re.split("[.-]", a)], [int(n) for n in re.split("[.-]", b)]) for a, b in asked]


def by_openssl_number(asked: Sequence[Pair], folder: Path) -> list[Sign | None]:
    """OPENSSL_VERSION_NUMBER, 0xMNNFFPPS: the patch counts a to z, za to zz; status 0 is dev, f a release."""
    written = re.compile(r"(\d+)\.(\d+)\.(\d+)([a-z]*)(?:-(pre|alpha|beta)(\d))?(-dev)?(?:-fips)?")

    def counted(version: str) -> tuple[int, ...] | None:
        found = written.fullmatch(version)
        if not found or not re.fullmatch(r"z?[a-z]?", found[4]):
            return None
        patch = sum(ord(letter) - 96 for letter in found[4])
        status = 16 * (1 + (found[5] == "beta")) + int(found[6]) if found[5] else 0 if found[7] else 99
        return *map(int, found.group(1, 2, 3)), patch, status, 0 if found[7] else 1

    def compared(a: str, b: str) -> Sign | None:
        one, other = counted(a), counted(b)
        return None if one is None or other is None else sign(one, other)

    return [compared(a, b) for a, b in asked]


def by_datetime(asked: Sequence[Pair], folder: Path) -> list[Sign | None]:
    """Python's datetime, which knows fractions down to the microsecond."""

    def instant(version: str) -> datetime | None:
        fraction = re.search(r"\.([0-9]+)", version)
        if fraction:
            if len(fraction[1]) > 6:
                return None
            version = version.replace(fraction[0], "." + fraction[1].ljust(6, "0"))
        return datetime.fromisoformat(version.upper())

    read = [(instant(a), instant(b)) for a, b in asked]
    return [None if a is None or b is None else sign(a, b) for a, b in read]


def by_bytes(asked: Sequence[Pair], folder: Path) -> list[Sign | None]:
    return [sign(a.strip().encode(), b.strip().encode()) for a, b in asked]


def _needs(program: str) -> None:
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed")


def _imported(module: str, package: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError:
        pytest.skip(f"the Python package {package} is not installed")


def _spaced(asked: Sequence[Pair]) -> list[str]:
    return [f"{a} {b}\n" for a, b in asked]


def _asked(program: list[str], lines: Any, folder: Path, *, stdin: bool = False, counted: bool = True) -> list[str]:
    """Run a program over lines that lie in the file `pairs`; one word of answer a line."""
    question = folder / "pairs"
    written = list(lines)
    question.write_text("".join(written), encoding="utf-8")
    with question.open() as read:
        told = subprocess.run(program, stdin=read if stdin else None, capture_output=True, text=True, check=True)
    answers = told.stdout.split()
    assert not counted or len(answers) == len(written)
    return answers


def _signs(answers: Sequence[str]) -> list[Sign | None]:
    return [None if answer == "?" else int(answer) for answer in answers]


# (scheme, who judges)
JUDGES: list[tuple[str, Judge]] = [
    ("pypi", by_packaging),
    ("deb", by_dpkg),
    ("rpm", by_rpm),
    ("gem", by_ruby),
    ("npm", by_node),
    ("semver", by_node),
    ("composer", by_composer),
    ("maven", by_maven),
    ("alpm", by_libalpm),
    ("alpine", by_apk),
    ("conan", by_conan),
    ("gentoo", by_portage),
    ("cran", by_lists_of_numbers),
    ("hackage", by_lists_of_numbers),
    ("openssl", by_openssl_number),
    ("datetime", by_datetime),
    ("lexicographic", by_bytes),
]
