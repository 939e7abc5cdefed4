"""Labels that a record contradicts: kept as facts of our own in docs/accuracy/adjustments.jsonl, and checked here.

    python -m tools.accuracy_adjustments propose [DATA]     # from test-results/accuracy-wrong.jsonl, to be looked at
    python -m tools.accuracy_adjustments check [DATA]

An adjustment sets one label aside in the *adjusted* line, which stands beside the raw one; it changes no label and no
rule of the product. It cites the record that contradicts the label, or the package type inferred for it:

* outside: labelled affected; the record names the package, and no standing record holds the version
* other package: labelled affected; the vulnerability's records name other packages, none the pair's
* withdrawn: labelled affected; the record was withdrawn
* inside: labelled not affected; the record stands, names the package, and holds the version
* distribution: Red Hat's own record of the vulnerability says otherwise of the package's source; the fact's words are
  looked up in the record, and a build it names is compared with the pair's

Ranges are evaluated here from the bare record, after the OSV specification, and versions compared by univers where it
is installed, else by packaging (PyPI) and the product's own keys.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from packageurl import PackageURL

from suture.core import versions

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "docs" / "accuracy" / "adjustments.jsonl"
WRONG = ROOT / "test-results" / "accuracy-wrong.jsonl"
FIELDS = ("track", "image", "purl", "package", "version", "vulnerability", "label", "kind", "record", "fact")

# The product's schemes and univers' version classes, by the ecosystem's name in OSV.
SCHEMES = {"npm": "npm", "Go": "golang", "Maven": "maven", "NuGet": "nuget", "PyPI": "pypi", "RubyGems": "gem",
           "crates.io": "cargo"}  # fmt: skip
UNIVERS = {"npm": "SemverVersion", "Go": "GolangVersion", "Maven": "MavenVersion", "NuGet": "NugetVersion",
           "PyPI": "PypiVersion", "RubyGems": "RubygemsVersion"}  # fmt: skip


class Adjustment(NamedTuple):
    """One label set aside. `purl` is the pair's, with the type inferred for it."""

    track: str
    image: str
    purl: str
    package: str
    version: str
    vulnerability: str
    label: str
    kind: str
    record: str
    fact: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.image, self.purl, self.vulnerability


def kept(path: Path = KEPT) -> list[Adjustment]:
    """The adjustments of this repository."""
    if not path.exists():
        return []
    return [Adjustment(**json.loads(line)) for line in path.read_text().splitlines()]


# ---- records, bare


class Records:
    """OSV records of the data folder that carry one of some ids."""

    def __init__(self, data: Path, ids: Iterable[str]) -> None:
        self.by_id: dict[str, list[dict[str, Any]]] = defaultdict(list)
        wanted = set(ids)
        mention = re.compile(rb'"(?:CVE|GHSA|GO|PYSEC|RUSTSEC)-[^"]{4,40}"')
        encoded = {f'"{one}"'.encode() for one in wanted}
        for path in sorted((data / "osv").glob("*.jsonl.gz")):
            if path.name.startswith(("oss-fuzz", "malicious", "almalinux", "rocky")):
                continue
            with gzip.open(path) as file:
                for line in file:
                    if encoded.isdisjoint(mention.findall(line)):
                        continue
                    record = json.loads(line)
                    names = {record["id"], *(record.get("aliases") or ()), *(record.get("upstream") or ())}
                    for one in names & wanted:
                        self.by_id[one].append(record)

    def of(self, ids: Iterable[str]) -> list[dict[str, Any]]:
        """The records of a vulnerability that speak of packages, without the application catalogue Bitnami."""
        found = {record["id"]: record for one in ids for record in self.by_id.get(one, ())}
        return [record for name, record in sorted(found.items()) if not name.startswith("BIT-")]


def withdrawn(record: dict[str, Any]) -> bool:
    """Withdrawn, by its field or by what GitHub writes at the head of the text."""
    head = f"{record.get('summary', '')}\n{record.get('details', '')[:300]}".lower()
    return bool(record.get("withdrawn")) or "advisory has been withdrawn" in head or "withdrawn advisory" in head


def named(record: dict[str, Any], ecosystem: str, name: str) -> list[dict[str, Any]]:
    """What a record says of one package."""
    return [
        one for one in record.get("affected") or ()
        if one.get("package", {}).get("ecosystem") == ecosystem and _same(ecosystem, one["package"]["name"], name)
    ]  # fmt: skip


def _same(ecosystem: str, a: str, b: str) -> bool:
    if ecosystem == "PyPI":
        return re.sub(r"[-_.]+", "-", a).lower() == re.sub(r"[-_.]+", "-", b).lower()
    return a == b if ecosystem in ("Maven", "RubyGems") else a.lower() == b.lower()


def holds(affected: Sequence[dict[str, Any]], ecosystem: str, version: str) -> bool:
    """Whether a version is affected: enumerated, or in a range. Source: OSV schema, "Evaluation"."""
    below = less(ecosystem)
    for one in affected:
        if version in (one.get("versions") or ()):
            return True
        for stated in one.get("ranges") or ():
            if stated["type"] != "GIT" and _in_range(stated["events"], version, below):
                return True
    return False


def _in_range(events: Sequence[dict[str, str]], version: str, below: Callable[[str, str], bool]) -> bool:
    inside = False
    for event in events:  # the files at hand write them in ascending order
        if "introduced" in event and (event["introduced"] == "0" or not below(version, event["introduced"])):
            inside = True
        if "fixed" in event and not below(version, event["fixed"]):
            inside = False
        if "last_affected" in event and below(event["last_affected"], version):
            inside = False
    return inside


@cache
def less(ecosystem: str) -> Callable[[str, str], bool]:
    """The order of an ecosystem's versions."""
    try:
        from univers import versions as univers

        order: Any = getattr(univers, UNIVERS[ecosystem])
        return lambda a, b: order(_plain(ecosystem, a)) < order(_plain(ecosystem, b))
    except ImportError:
        pass
    if ecosystem == "PyPI":
        from packaging.version import Version

        return lambda a, b: Version(a) < Version(b)
    scheme = SCHEMES[ecosystem]
    return lambda a, b: versions.key(scheme, _plain(ecosystem, a)) < versions.key(scheme, _plain(ecosystem, b))


def _plain(ecosystem: str, version: str) -> str:
    return version.removeprefix("go").removeprefix("v") if ecosystem == "Go" else version


# ---- the check


def subject(purl: str, ecosystem: str) -> tuple[str, str]:
    """(name as OSV writes it, version) of a pair."""
    read = PackageURL.from_string(purl)
    joint = ":" if ecosystem == "Maven" else "/"
    name = f"{read.namespace}{joint}{read.name}" if read.namespace else read.name
    return name, _plain(ecosystem, read.version or "")


class RedHat:
    """Red Hat's records of some CVEs, asked whether they hold what a fact tells: 'Enterprise Linux 8: git Will not fix'
    or 'Enterprise Linux 8: fixed in git-0:2.27.0-1.el8, 2.18.4-2.el8 is before it'."""

    FACT = re.compile(r"Enterprise Linux (\d+): (.+)").search
    STATE = re.compile(r"(\S+) (Not affected|Will not fix|Affected|Fix deferred|Out of support scope)").fullmatch
    FIXED = re.compile(
        r"fixed in (?P<name>\S+?)-(?P<fixed>\d+:[^-]+-\S+), (?P<own>\S+) is (?P<no>not )?before it"
    ).fullmatch

    def __init__(self, data: Path, ids: Iterable[str]) -> None:
        self.by_id: dict[str, dict[str, Any]] = {}
        wanted = set(ids)
        path = data / "distro" / "redhat-cve.jsonl.gz"
        if wanted and path.exists():
            with gzip.open(path) as file:
                for line in file:
                    record = json.loads(line)
                    if record["name"] in wanted:
                        self.by_id[record["name"]] = record

    def wrong_with(self, one: Adjustment) -> str:
        """Why the record does not contradict the label as told; '' when it does."""
        record, told = self.by_id.get(one.record), self.FACT(one.fact)
        if record is None or told is None:
            return f"no record {one.record} of Red Hat, or no fact it could be asked for"
        product = re.compile(rf"Red Hat Enterprise Linux(?: \w+)? {told[1]}\b").match
        for part in told[2].split("; "):
            if state := self.STATE(part):
                stands = any(
                    product(row["product_name"]) and row["package_name"] == state[1] and row["fix_state"] == state[2]
                    for row in record.get("package_state") or ()
                )
                fits = (state[2] == "Not affected") == (one.label == "TP")
            elif fixed := self.FIXED(part):
                package = f"{fixed['name']}-{fixed['fixed']}"
                stands = any(
                    product(row["product_name"]) and row.get("package") == package
                    for row in record.get("affected_release") or ()
                )
                own, bound = (versions.key("rpm", _epoch(text)) for text in (fixed["own"], fixed["fixed"]))
                fits = (own < bound) == (not fixed["no"]) == (one.label == "FP")
            else:
                return f"'{part}' is no fact that can be looked up"
            if not stands:
                return f"the record does not say '{part}'"
            if not fits:
                return f"'{part}' does not contradict the label"
        return ""


def _epoch(version: str) -> str:
    return version if ":" in version else f"0:{version}"


def wrong_with(one: Adjustment, pair: dict[str, Any], records: Records, redhat: RedHat) -> str:
    """Why an adjustment does not stand; '' when its record says what it claims."""
    if one.label != pair["label"]:
        return f"the label is {pair['label']}"
    if one.kind == "distribution":
        return redhat.wrong_with(one)
    about = records.of({pair["vulnerability"], *pair["ids"]})
    cited = next((record for record in about if record["id"] == one.record), None)
    if cited is None:
        return f"no record {one.record} of this vulnerability"
    name, version = subject(pair["purl"], pair["ecosystem"])
    mine = named(cited, pair["ecosystem"], name)
    if one.kind == "inside":
        stands = one.label == "FP" and not withdrawn(cited) and holds(mine, pair["ecosystem"], version)
        return "" if stands else "the record does not hold the version"
    if one.label != "TP":
        return f"'{one.kind}' contradicts only a label of affected"
    for record in about:
        if not withdrawn(record) and holds(named(record, pair["ecosystem"], name), pair["ecosystem"], version):
            return f"{record['id']} holds the version"
    if one.kind == "outside":
        return "" if mine else "the record does not name the package"
    if one.kind == "withdrawn":
        return "" if withdrawn(cited) else "the record stands"
    return "the record names the package" if mine else ""


def check(
    adjustments: Sequence[Adjustment], pairs: dict[tuple[str, str, str], dict[str, Any]], data: Path
) -> list[str]:
    """Every adjustment that does not stand, in words."""
    ids = {each for one in adjustments if one.key in pairs for each in pairs[one.key]["ids"]}
    records = Records(data, ids | {one.vulnerability for one in adjustments})
    redhat = RedHat(data, {one.record for one in adjustments if one.kind == "distribution"})
    found = []
    for one in adjustments:
        pair = pairs.get(one.key)
        why = "no such label" if pair is None else wrong_with(one, pair, records, redhat)
        if why:
            found.append(f"{one.purl} {one.vulnerability}: {why}")
    double = len(adjustments) - len({one.key for one in adjustments})
    return [*found, *([f"{double} labels are set aside twice"] if double else [])]


def labels(data: Path) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Every labelled pair by its key."""
    with gzip.open(data / "benchmark" / "match-labels" / "pairs.jsonl.gz") as file:
        pairs = [json.loads(line) for line in file]
    return {(pair["image"], pair["purl"], pair["vulnerability"]): pair for pair in pairs}


# ---- proposals


def propose(pair: dict[str, Any], records: Records) -> Adjustment | None:
    """The adjustment a wrong pair would have, where a record contradicts its label; None: it is ours to mend."""
    name, version = subject(pair["purl"], pair["ecosystem"])
    about = records.of({pair["vulnerability"], *pair["ids"]})
    naming = [record for record in about if named(record, pair["ecosystem"], name)]
    for kind, cited in _candidates(pair["label"], about, naming):
        fact = _fact(kind, cited, pair["ecosystem"], name, version)
        one = Adjustment(
            **{key: pair.get(key, "") for key in FIELDS} | {"kind": kind, "record": cited["id"], "fact": fact}
        )
        if not wrong_with(one, pair, records, RedHat(Path(), ())):
            return one
    return None


def _candidates(label: str, about: list[Any], naming: list[Any]) -> list[tuple[str, Any]]:
    if label == "FP":
        return [("inside", record) for record in naming]
    gone = [("withdrawn", record) for record in naming if withdrawn(record)]
    return gone + [("outside", record) for record in naming] + [("other package", record) for record in about]


def _fact(kind: str, record: dict[str, Any], ecosystem: str, name: str, version: str) -> str:
    if kind == "withdrawn":
        return f"{record['id']} was withdrawn, so it says nothing of {name} {version}"
    if kind == "other package":
        others = dict.fromkeys(one["package"]["name"] for one in record.get("affected") or () if "package" in one)
        return f"{record['id']} is about {', '.join(list(others)[:3])}; no record of the vulnerability names {name}"
    said = "; ".join(
        " ".join(f"{what} {at}" for event in stated["events"] for what, at in event.items())
        for one in named(record, ecosystem, name)
        for stated in one.get("ranges") or ()
        if stated["type"] != "GIT"
    )
    return f"{record['id']} states {name}: {said}; {version} lies {kind}"


def main(argv: Sequence[str]) -> int:
    what, data = argv[0], Path(argv[1] if len(argv) > 1 else os.environ.get("SUTURE_TEST_DATA", "../shared/data"))
    if what == "check":
        found = check(kept(), labels(data), data)
        print("\n".join(found) or f"{len(kept())} adjustments stand")
        return 1 if found else 0
    have = {one.key for one in kept()}
    wrong = [json.loads(line) for line in WRONG.read_text().splitlines()]
    wrong = [
        pair
        for pair in wrong
        if pair["track"] == "language" and (pair["image"], pair["purl"], pair["vulnerability"]) not in have
    ]
    records = Records(data, {each for pair in wrong for each in (pair["vulnerability"], *pair["ids"])})
    for pair in wrong:
        one = propose(pair, records)
        if one is None:
            print(f"ours to mend: {pair['label']} {pair['purl']} {pair['vulnerability']}", file=sys.stderr)
        else:
            print(json.dumps(one._asdict()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
