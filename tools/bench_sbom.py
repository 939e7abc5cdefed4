"""An SBOM of 500 distinct components that real inventories hold, for the benchmarks of one SBOM."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

COMPONENTS = 500


def write(data: Path, file: Path) -> int:
    """Gather distinct package URLs of the labelled inventories, evenly over their kinds. Gives how many there are."""
    by_kind: dict[str, dict[str, dict[str, object]]] = {}
    with gzip.open(data / "benchmark/match-labels/inventories.cdx.jsonl.gz") as lines:
        for line in lines:
            for component in json.loads(line).get("components", ()):
                if purl := component.get("purl", ""):
                    by_kind.setdefault(purl.partition("/")[0], {}).setdefault(purl, component)
    kept: list[dict[str, object]] = []
    turns = [iter(found.values()) for found in by_kind.values()]
    while turns and len(kept) < COMPONENTS:
        for turn in list(turns):
            component = next(turn, None)
            if component is None:
                turns.remove(turn)
            elif len(kept) < COMPONENTS:
                kept.append({**component, "bom-ref": f"c{len(kept)}"})
    file.write_text(json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": kept}))
    return len(kept)
