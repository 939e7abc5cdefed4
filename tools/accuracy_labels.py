"""Score what the product says of labelled pairs: `benchmark/medical-devices` and `benchmark/match-labels`.

A pair counts as reported when a scan of its SBOM gives the vulnerability, or an alias of it, as a *definite* match of
its component. A match without a label counts neither way. How to score stands in the README of each set of labels.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

AFFECTED, NOT_AFFECTED = "affected", "not_affected"
LABELLED = ("language", "cpe", "distro")  # the tracks of match-labels
OPEN_LABELS = ("conditional", "not_assessable")
DEFINITE = "affected"  # core.matching.MatchClass; every other class is a question to a person

Scan = Callable[[bytes], Any]  # detection.scan.scan


class Seen:
    """A scan's answer, asked by component and vulnerability."""

    def __init__(self, result: Any) -> None:
        self.definite: dict[str, set[str]] = defaultdict(set)
        self.asking: dict[str, dict[str, str]] = defaultdict(dict)
        self.says: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.lost = {one["ref"]: "possible" for one in result.possible}
        self.lost |= {one["ref"]: "not assessed" for one in result.not_assessed if one["ref"] not in self.lost}
        for finding in result.findings:
            ids = {finding.vulnerability, *finding.aliases}
            for component in finding.components:
                ref = component["ref"]
                if component.get("result", finding.result) == DEFINITE:
                    self.definite[ref] |= ids
                else:
                    self.asking[ref] |= dict.fromkeys(ids, finding.result)
                for one in ids:
                    self.says[ref, one] += [r["says"] for r in finding.reasons if r["component"] in (ref, "")]
        for row in result.waiting:
            for ref in row["refs"]:
                for one in row["vulnerabilities"]:
                    self.asking[ref].setdefault(one, f"in review: {row['reason']}")

    def reported(self, ref: str, ids: set[str]) -> bool:
        return not self.definite[ref].isdisjoint(ids)

    def open(self, ref: str, ids: set[str]) -> str:
        """How a pair is neither a definite match nor dropped: conditional, in review, possible; '' when it is not."""
        if self.reported(ref, ids):
            return ""
        return next((how for one, how in self.asking[ref].items() if one in ids), self.lost.get(ref, ""))

    def why(self, ref: str, ids: set[str]) -> list[str]:
        """What the product says of the pair, at most four sentences."""
        return list(dict.fromkeys(said for one in sorted(ids) for said in self.says.get((ref, one), ())))[:4]


def as_expected(expected: str, reported: bool, opened: str) -> bool:
    """Whether a pair is answered as it is labelled. A condition is not shown where the component was not looked up."""
    if expected not in OPEN_LABELS:
        return (expected == AFFECTED) == reported
    return bool(opened) and not (expected == "conditional" and opened == "not assessed")


@dataclass
class Tally:
    """Counts of one cell. Names: hit, miss, alarm (reported, not affected), quiet, asked and open (of open labels)."""

    n: Counter[str] = field(default_factory=Counter)

    def add(self, expected: str, reported: bool, opened: str) -> None:
        """Count one pair. `opened` is how it was left open, '' when it was not."""
        if expected == AFFECTED:
            self.n["hit" if reported else "miss"] += 1
            self.n["miss left open"] += not reported and bool(opened)
        elif expected == NOT_AFFECTED:
            self.n["alarm" if reported else "quiet"] += 1
        else:
            self.n["asked"] += 1
            self.n[f"asked {expected}"] += 1
            shown = as_expected(expected, reported, opened)
            self.n["open"] += shown
            self.n[f"open {expected}"] += shown

    @property
    def recall(self) -> float | None:
        return _rate(self.n["hit"], self.n["hit"] + self.n["miss"])

    @property
    def precision(self) -> float | None:
        return _rate(self.n["hit"], self.n["hit"] + self.n["alarm"])

    def share_open(self, label: str) -> float | None:
        return _rate(self.n[f"open {label}"], self.n[f"asked {label}"])

    def plain(self) -> dict[str, Any]:
        rates = {"recall": self.recall, "precision": self.precision}
        return {**{k: self.n[k] for k in sorted(self.n) if self.n[k]}, **{k: _short(v) for k, v in rates.items()}}


def _rate(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


@dataclass
class Track:
    """One track: cells by name ('all' is the whole), what was confirmed, and every pair that went wrong."""

    name: str
    raw: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    adjusted: Tally = field(default_factory=Tally)
    set_aside: int = 0
    labels: int = 0
    confirmed: dict[str, str] = field(default_factory=dict)  # fingerprint -> the pair in words
    known: dict[str, str] = field(default_factory=dict)  # every pair labelled affected, by fingerprint
    wrong: list[dict[str, Any]] = field(default_factory=list)

    def count(
        self,
        pair: dict[str, Any],
        expected: str,
        reported: bool,
        opened: str,
        cells: Iterable[str],
        aside: bool = False,
    ) -> None:
        self.labels += 1
        for cell in ("all", *cells):
            self.raw[cell].add(expected, reported, opened)
        if aside:
            self.set_aside += 1
        else:
            self.adjusted.add(expected, reported, opened)
        if expected == AFFECTED:
            self.known[fingerprint(pair["words"])] = pair["words"]
            if reported:
                self.confirmed[fingerprint(pair["words"])] = pair["words"]


def fingerprint(words: str) -> str:
    """Twelve hexadecimal digits that stand for a pair in the kept result."""
    return sha256(words.encode()).hexdigest()[:12]


def medical_devices(folder: Path, scan: Scan) -> Track:
    """Score `benchmark/medical-devices`: whole SBOMs, cells by category and trap."""
    track = Track("medical-devices")
    cases = [json.loads(line) for line in (folder / "cases.jsonl").read_text().splitlines()]
    sboms = sorted({case["release"]["sbom"] for case in cases})
    seen = {sbom: Seen(scan((folder / sbom).read_bytes())) for sbom in sboms}
    for case in cases:
        ref, ids = case["release"]["bom_ref"], {case["vulnerability"], *case.get("aliases", ())}
        found, expected = seen[case["release"]["sbom"]], case["expected"]
        reported, opened = found.reported(ref, ids), found.open(ref, ids)
        pair = {**case, "words": f"{case['id']} {case['vulnerability']}"}
        track.count(pair, expected, reported, opened, (f"category {case['category']}", f"trap {case['trap']}"))
        if not as_expected(expected, reported, opened):
            track.wrong.append({
                "track": track.name, **case, "reported": reported, "open": opened, "says": found.why(ref, ids),
            })  # fmt: skip
    return track


def match_labels(
    folder: Path, scan: Scan, aside: set[tuple[str, str, str]], names: Sequence[str] = LABELLED
) -> list[Track]:
    """Score `benchmark/match-labels`, a track each: language, cpe, distro.

    Args:
        aside: (image, purl, vulnerability) of labels that an adjustment sets aside in the adjusted line.
        names: the tracks to score.
    """
    tracks = {name: Track(name) for name in names}
    scanned = dict(_inventories(folder / "inventories.cdx.jsonl.gz", scan))
    for line in lines(folder / "pairs.jsonl.gz"):
        pair = json.loads(line)
        if pair["track"] not in tracks:
            continue
        refs, found = scanned[pair["image"]]
        ids = {pair["vulnerability"], *pair["ids"]}
        mine = refs.get(pair["purl"], ())
        reported = any(found.reported(ref, ids) for ref in mine)
        opened = "" if reported else next((how for ref in mine if (how := found.open(ref, ids))), "")
        expected = AFFECTED if pair["label"] == "TP" else NOT_AFFECTED
        track, key = tracks[pair["track"]], (pair["image"], pair["purl"], pair["vulnerability"])
        words = f"{pair['image'].rpartition('@')[2][:19]} {pair['purl']} {pair['vulnerability']}"
        track.count({**pair, "words": words}, expected, reported, opened, (pair["ecosystem"],), key in aside)
        if (expected == AFFECTED) != reported:
            says = [said for ref in mine for said in found.why(ref, ids)]
            track.wrong.append({**pair, "reported": reported, "open": opened, "says": says, "set aside": key in aside})
    return list(tracks.values())


def _inventories(path: Path, scan: Scan) -> Iterator[tuple[str, tuple[dict[str, list[str]], Seen]]]:
    """By image: the refs of each purl, and the scan of the inventory."""
    for line in lines(path):
        document = json.loads(line)
        image = document["metadata"]["component"]
        refs: dict[str, list[str]] = defaultdict(list)
        for component in document["components"]:
            refs[component["purl"]].append(component["bom-ref"])
        yield f"{image['name']}@{image['version']}", (dict(refs), Seen(scan(line)))


def lines(path: Path) -> Iterator[bytes]:
    """The lines of a packed file."""
    with gzip.open(path) as file:
        yield from file
