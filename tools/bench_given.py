"""What other tools are given of the same knowledge and the same SBOM, in their own forms.

A folder with `candidates.json` (each component version with every range it is compared with), `affected.sqlite3` (by
package, ranges as VERS strings, the way VulnerableCode keeps them) and `ranges.json` (rows of cve-bin-tool's tables).
Only ranges that every tool can be told: in the package's own order, one interval or one version each.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from packageurl import PackageURL

from suture.core.versions import bounds, key
from suture.detection import kernel
from suture.detection.reasons import spoken
from suture.intelligence.models import Vulnerability

_SAID = re.compile(r"(?:(?P<low>\S+) (?P<open>[<≤]) )?v (?P<sign>[<≤=≥>]) (?P<bound>\S+)").fullmatch
CALLED = {"loose": "generic", "alpine": "apk"}  # VERS names of our schemes where they differ

_MET = """
SELECT DISTINCT i.given_as, p.scheme, p.name, cv.raw, r.stmt FROM inst i JOIN cv ON cv.cv_id = i.cv_id
JOIN package p ON p.pkg_id = cv.pkg_id JOIN rng r ON r.pkg_id = cv.pkg_id
WHERE i.release_id = %(release)s AND r.f <= %(rev)s AND r.t > %(rev)s AND p.kind = 'purl' AND p.role = 'native'"""


class Told(NamedTuple):
    """One component and one range: the version, its bounds with their signs, and whom it concerns."""

    purl: str
    package: str
    stmt: int
    scheme: str
    version: str
    low: str
    low_sign: str  # '>=', '>', '=' (then the version is `low`), ''
    high: str
    high_sign: str
    vulnerabilities: tuple[str, ...]

    @property
    def candidate(self) -> tuple[str, str, str, str, str, str]:
        return self.scheme, self.version, self.low, self.low_sign, self.high, self.high_sign

    @property
    def vers(self) -> str:
        parts = ((self.low_sign, self.low), (self.high_sign, self.high))
        said = "|".join(f"{'' if sign == '=' else sign}{bound}" for sign, bound in parts if bound)
        return f"vers:{CALLED.get(self.scheme, self.scheme)}/{said}"

    def inside(self) -> bool:
        """Our own answer, by keys."""
        low, high, low_sign, high_sign = self.low, self.high, self.low_sign, self.high_sign
        if low_sign == "=":
            low, high, low_sign, high_sign = low, low, ">=", "<="
        lo, hi = bounds(self.scheme, low or None, high or None, low_open=low_sign == ">",
                        high_closed=high_sign == "<=", wildcard=True)  # fmt: skip
        return lo <= key(self.scheme, self.version) < hi


def give(release: int, rev: int, folder: Path) -> dict[str, Any]:
    """Write the folder; what we answer, for comparison."""
    told = _told(kernel.rows(_MET, {"release": release, "rev": rev}))
    alone = list({(one.package, one.version, one.stmt): one for one in told}.values())
    (folder / "candidates.json").write_text(json.dumps([one.candidate for one in alone]))
    _affected(told, folder / "affected.sqlite3")
    (folder / "ranges.json").write_text(json.dumps(_ranges(told)))
    answers = [one.inside() for one in alone]
    pairs = {(one.purl, number) for one in told if one.inside() for number in one.vulnerabilities}
    return {"answers": answers, "comparable inside": sum(answers), "pairs": sorted(pairs)}


def _told(rows: Iterable[tuple[Any, ...]]) -> list[Told]:
    met = list(rows)
    said = spoken(row[4] for row in met)
    names = {number for one in said.values() for number in one.vulnerabilities}
    called: dict[int, str] = {}
    for part in kernel.chunks(sorted(names)):
        called |= dict(Vulnerability.objects.filter(pk__in=part).values_list("pk", "preferred_id"))
    found = []
    for purl, scheme, package, raw, stmt in met:
        read = _SAID(said[stmt].says) if stmt in said else None
        if read is None:
            continue
        low, high, low_sign, high_sign = read["low"] or "", "", {"≤": ">=", "<": ">"}.get(read["open"] or "", ""), ""
        if read["sign"] in "<≤":
            high, high_sign = read["bound"], "<" if read["sign"] == "<" else "<="
        elif read["sign"] == "=":
            low, low_sign = read["bound"], "="
        else:
            low, low_sign = read["bound"], ">" if read["sign"] == ">" else ">="
        whom = tuple(called[number] for number in said[stmt].vulnerabilities if number in called)
        found.append(Told(purl, package, stmt, scheme, raw, low, low_sign, high, high_sign, whom))
    return found


def without_version(purl: str) -> str:
    """A package URL by which a tool looks a package up: everything but the version."""
    return PackageURL.from_string(purl)._replace(version=None, subpath=None).to_string()


def _affected(told: Iterable[Told], file: Path) -> None:
    rows = {(without_version(one.purl), one.vers, number) for one in told for number in one.vulnerabilities}
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE affected (package TEXT, vers TEXT, vulnerability TEXT)")
        database.executemany("INSERT INTO affected VALUES (?, ?, ?)", sorted(rows))
        database.execute("CREATE INDEX affected_package ON affected (package)")


def _ranges(told: Iterable[Told]) -> dict[str, list[Any]]:
    """Rows (number, vendor, product, version, four bounds) and products to ask for (vendor, product, version, purl)."""
    rows, asked = set(), set()
    for one in told:
        vendor, _, product = one.package.rpartition("/")
        asked.add((vendor, product, one.version, one.purl))
        bound = {f"{where}{sign}": value for where, sign, value in
                 (("low", one.low_sign, one.low), ("high", one.high_sign, one.high))}  # fmt: skip
        four = tuple(bound.get(name, "") for name in ("low>=", "low>", "high<=", "high<"))
        exact = one.low if one.low_sign == "=" else "*"
        rows |= {(number, vendor, product, exact, *four) for number in one.vulnerabilities}
    return {"rows": sorted(rows), "asked": sorted(asked)}
