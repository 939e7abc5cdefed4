"""The page docs/explanation/accuracy.md, made from the kept result: run by `python -m tools.accuracy --keep`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tools.accuracy_adjustments import Adjustment, kept
from tools.accuracy_trivy import CANNOT, NOT_COMPARED

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "docs" / "accuracy" / "result.json"
EXPLAINED = KEPT.with_name("explained.jsonl")
PAGE = ROOT / "docs" / "explanation" / "accuracy.md"

HEAD = """# How right the matching is

Made by `make accuracy KEEP=1` on {dated}; do not edit. The same figures for machines:
[result.json](../accuracy/result.json). A later `make accuracy` fails when a gate is missed, or when a true match that
was found here is not found again.

Knowledge: {sources}; {ranges:,} stated ranges, {waiting:,} more wait for a person. Matcher {matcher}, version keys
{keys}.

A pair (component, vulnerability) counts as *reported* when a scan of its SBOM gives a **definite** match. *Recall*:
reported pairs among those labelled affected. *Precision*: pairs labelled affected among those reported and labelled.
A match nobody labelled counts neither way. *Conditional*, *possible* and *in review* are questions to a person: never
counted as reported.
"""


SAYS = {
    "language": "Whole inventories of images, against OSV's records of language packages.",
    "cpe": (
        "Vulnerabilities that only NVD describes: components carry a package URL alone, so names are settled first. "
        "The run's crosswalk is [crosswalk.jsonl](../accuracy/crosswalk.jsonl): names that a record carries together, "
        "or that a project releases under one number, each with why. It was fixed before scoring, but for one entry "
        "(curl as libcurl) that was added when the first run's misses showed it lacking. Still missed are packages "
        "whose inferred type is not the product (TypeScript's declarations for Node.js, a JSON library that ends in "
        "'go'), and a Go pseudo-version, which is *possible*."
    ),
    "distro": "Packages of distributions, against the distributions' own data.",
    "medical-devices": "Fictitious devices with real components, built around traps.",
}

WITHOUT = "without the reviewed names"  # the line of a track scored a second time, without its crosswalk
REVIEWED = (
    "Where the records of a component use other words than its SBOM, a person of the manufacturer has settled the "
    "names first: [crosswalk-devices.jsonl](../accuracy/crosswalk-devices.jsonl). It was made for every component of "
    "the SBOMs by one rule, after a run without it had shown that names were lacking, and was not changed after it was "
    "scored: names under which two records describe one vulnerability, and a supplier's product as a record names it. "
    "No entry rests on a label. The line *without the reviewed names* is the same run without it."
)


def page(result: dict[str, Any], adjustments: Sequence[Adjustment], notes: Sequence[str] = ()) -> str:
    """The page as Markdown."""
    known = result["knowledge"]
    out = [
        HEAD.format(
            dated=result["dated"], sources=", ".join(known["sources"]), ranges=known["ranges"],
            waiting=known["in review"], matcher=known["matcher"], keys=known["keys"],
        )
    ]  # fmt: skip
    out += ["## Gates", "", *_table(("track", "what", "at least", "reached", ""), map(_gate, result["gates"])), ""]
    for name, track in result["tracks"].items():
        reviewed = REVIEWED if WITHOUT in track["cells"] else ""
        out += [f"## {name}", "", f"{track['labels']:,} labels. {SAYS.get(name, '')} {reviewed}".strip(), ""]
        lines = [("raw", track["raw"])]
        if track["set aside"]:
            lines.append((f"adjusted ({track['set aside']} labels set aside)", track["adjusted"]))
        lines += list(track["cells"].items())
        out += [
            *_table(("", "recall", "", "precision", "false alarms", "rightly quiet"), (_cell(*one) for one in lines)),
            "",
        ]
        if otherwise := result.get("otherwise", {}).get(name):
            head = ("case", "vulnerability", "category", "trap", "labelled", "answered", "why")
            told = explained()
            rows = [(*one, told.get(one[0], "not yet looked into")) for one in otherwise]
            out += ["Every pair answered otherwise than labelled:", "", *_table(head, rows), ""]
        asked = [(n, c) for n, c in lines if c.get("asked")]
        if asked:
            out += [
                "Pairs that ask for a person (labelled conditional or not assessable), and how many are shown so:", "",
                *_table(("", "conditional", "not assessable"), (_open(*one) for one in asked)), "",
            ]  # fmt: skip
    out += _adjusted(adjustments)
    out += _trivy()
    out += list(notes)
    return "\n".join(out).rstrip() + "\n"


def explained() -> dict[str, str]:
    """Why a pair is answered otherwise, by the case's id; written by a person in docs/accuracy/explained.jsonl."""
    return {one["case"]: one["why"] for one in map(json.loads, EXPLAINED.read_text().splitlines())}


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *(f"| {' | '.join(row)} |" for row in rows)]


def _rate(value: float | None) -> str:
    return "—" if value is None else f"{100 * value:.1f} %"


def _gate(gate: dict[str, Any]) -> tuple[str, ...]:
    show = (lambda v: "—" if v is None else f"{v:.0f}") if gate["least"] > 1 else _rate
    return (
        gate["track"],
        gate["what"],
        show(gate["least"]),
        show(gate["reached"]),
        "kept" if gate["kept"] else "**missed**",
    )


def _cell(name: str, cell: dict[str, Any]) -> tuple[str, ...]:
    hit, miss = cell.get("hit", 0), cell.get("miss", 0)
    return (
        name, _rate(cell["recall"]), f"{hit}/{hit + miss}", _rate(cell["precision"]), str(cell.get("alarm", 0)),
        str(cell.get("quiet", 0)),
    )  # fmt: skip


def _open(name: str, cell: dict[str, Any]) -> tuple[str, ...]:
    shown = [
        f"{cell.get(f'open {label}', 0)}/{cell[f'asked {label}']}" if cell.get(f"asked {label}") else ""
        for label in ("conditional", "not_assessable")
    ]
    return name, *shown


WORDS = {
    "outside": "labelled affected, but the cited record names the package and does not hold the version",
    "other package": "labelled affected, but the vulnerability's records name other packages, not the one inferred",
    "withdrawn": "labelled affected, but the cited record was withdrawn",
    "inside": "labelled not affected, but the cited record names the package and holds the version",
    "distribution": "the distribution's own record says otherwise",
}


def _adjusted(adjustments: Sequence[Adjustment]) -> list[str]:
    if not adjustments:
        return []
    counted = Counter((one.track, one.kind) for one in adjustments)
    return [
        "## Labels set aside in the adjusted line",
        "",
        "Each cites the record that contradicts the label, or the package type inferred for it; one per label, at most",
        "12 % of a track. They stand in [adjustments.jsonl](../accuracy/adjustments.jsonl), and every run checks them",
        "against the bare records with a reader of its own (`python -m tools.accuracy_adjustments check`; with univers",
        "for the order of versions where it is installed). Neither the raw line nor the product knows them.",
        "",
        *_table(
            ("track", "why", "labels"),
            ((track, WORDS[kind], str(many)) for (track, kind), many in sorted(counted.items())),
        ),
        "",
    ]


def _trivy() -> list[str]:
    return [
        "## trivy",
        "",
        "Its database fixtures as the only knowledge, its reports' packages as SBOMs: the same pairs",
        "must come out ([tools/accuracy_trivy.py](../../tools/accuracy_trivy.py)). Not compared, and why:",
        "",
        *(f"* {report}, {one}: {why}" for (report, one), why in CANNOT.items()),
        *(f"* {what}" for what in NOT_COMPARED),
        "",
    ]


NO_CSAF = (
    "CISA's advisories on medical devices (CSAF) are not read yet: cases that rest on them alone are answered by what "
    "NVD and the CVE records say."
)


def notes_on(result: dict[str, Any]) -> list[str]:
    """What has to be said beside the figures."""
    return [] if "csaf" in " ".join(result["knowledge"]["sources"]) else [NO_CSAF]


def write(result: dict[str, Any], adjustments: Sequence[Adjustment], notes: Sequence[str] = ()) -> None:
    PAGE.write_text(page(result, adjustments, notes))


def from_kept(path: Path = KEPT) -> dict[str, Any]:
    """The kept result."""
    found: dict[str, Any] = json.loads(path.read_text())
    return found


if __name__ == "__main__":
    write(from_kept(KEPT), kept(), notes_on(from_kept(KEPT)))
