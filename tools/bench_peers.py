"""Other tools on the same candidates, run by the benchmark's own Python (`.bench-venv`); nothing of Suture is imported.

    .bench-venv/bin/python tools/bench_peers.py univers|vdb CANDIDATES     one JSON object on stdout

CANDIDATES: [scheme, version, low, low sign, high, high sign], as `tools.bench_scan` writes them. What a tool cannot
read is counted, not guessed at.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Candidate = tuple[str, str, str, str, str, str]


def _bounds(one: Candidate) -> str:
    _, _, low, low_sign, high, high_sign = one
    return "|".join(
        f"{'' if sign == '=' else sign}{bound}" for sign, bound in ((low_sign, low), (high_sign, high)) if bound
    )


def univers() -> Callable[[Candidate], bool]:
    """`version in VersionRange.from_string(...)`, as VulnerableCode writes it."""
    from univers.version_range import RANGE_CLASS_BY_SCHEMES, VersionRange

    called = {
        "loose": "generic",
        "golang": "golang",
        "cargo": "cargo",
        "hex": "hex",
        "alpine": "alpine",
        "semver": "semver",
    }
    by = {name: RANGE_CLASS_BY_SCHEMES.get(name) for name in (*RANGE_CLASS_BY_SCHEMES,)}

    def inside(one: Candidate) -> bool:
        scheme, version = one[:2]
        kind = called.get(scheme, scheme)
        found = VersionRange.from_string(f"vers:{kind}/{_bounds(one)}")
        return by[kind].version_class(version) in found

    return inside


def vdb() -> Callable[[Candidate], bool]:
    """`vers_compare` of appthreat-vulnerability-db (dep-scan)."""
    from vdb.lib.vers.range import vers_compare

    def inside(one: Candidate) -> bool:
        scheme, version = one[:2]
        return bool(vers_compare(version, f"vers:{scheme}/{_bounds(one)}"))

    return inside


def run(tool: str, path: Path) -> dict[str, Any]:
    candidates = [tuple(one) for one in json.loads(path.read_text())]
    inside = {"univers": univers, "vdb": vdb}[tool]()
    answers: list[bool | None] = []
    started = time.perf_counter()
    for one in candidates:
        try:
            answers.append(inside(one))
        except Exception:  # whatever it raises, it has no answer
            answers.append(None)
    seconds = time.perf_counter() - started
    return {
        "seconds": seconds, "tests": len(answers), "inside": sum(1 for a in answers if a),
        "unreadable": sum(1 for a in answers if a is None), "answers": answers,
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1], Path(sys.argv[2]))))
