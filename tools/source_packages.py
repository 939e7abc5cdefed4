"""Gather from real data which source package an installed package is built from, for `suture.core.source_packages`.

    python -m tools.source_packages DATA      # prints the tables

Evidence, never likeness of names: (1) an erratum of AlmaLinux or Rocky and the advisory of Red Hat with the same number
name the same build, and only one source package of that advisory has it; (2) a published SBOM names the source package
(purl qualifier `upstream`, SPDX `sourceInfo`). A package for which the evidence disagrees is left out.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

Evidence = dict[tuple[str, str], Counter[str]]  # (el8 or alpine, package) -> source packages

_NEVR = re.compile(r"([\w.+-]+)-((?:\d+:)?[^-:/\s]+-[^-:/\s]+)").fullmatch
_UPSTREAM = re.compile(r'pkg:rpm/[^/"\s]+/([^@"\s]+)@([^?"\s]+)\?[^"\s]*?upstream=([^&"\s]+)').findall
_ORIGIN = re.compile(r'pkg:(?:apk|alpine)/[^@"\s]*?([^/@"\s]+)@[^?"\s]+\?[^"\s]*?upstream=([^&"\s]+)').findall
_SOURCE = re.compile(r"(.+)-[^-]+-[^-]+?\.(?:no)?src\.rpm").fullmatch
_BUILT_FROM = re.compile(r"built package from: (\S+) ").match
_MAJOR = re.compile(r"[.+_]el(\d+)").search


def lines(path: Path) -> Iterator[dict[str, object]]:
    with gzip.open(path) as file:
        for line in file:
            yield json.loads(line)


def build(version: str) -> str:
    """Version and release without epoch, and without what AlmaLinux adds to a build of its own."""
    return re.sub(r"\.alma(\.\d+)?$", "", version.rpartition(":")[2])


def of_errata(data: Path, found: Evidence) -> None:
    advisories: dict[str, dict[str, str]] = defaultdict(dict)
    for record in lines(data / "distro" / "redhat-cve.jsonl.gz"):
        for row in record.get("affected_release") or ():
            if match := _NEVR(row.get("package") or ""):
                advisories[row["advisory"].partition("-")[2]][match[1]] = build(match[2])
    for name in ("almalinux", "rocky"):
        for record in lines(data / "osv" / f"{name}.jsonl.gz"):
            sources = advisories.get(record["id"].partition("-")[2], {})
            for affected in record.get("affected") or () if sources else ():
                major = "el" + affected["package"]["ecosystem"].partition(":")[2].partition(".")[0]
                for event in (event for each in affected.get("ranges", ()) for event in each["events"]):
                    same = [source for source, made in sources.items() if made == build(event.get("fixed", ""))]
                    if len(same) == 1:
                        found[major, affected["package"]["name"]][same[0]] += 1


def of_sboms(data: Path, found: Evidence) -> None:
    for path in sorted((data / "sbom" / "redhat-trustify").rglob("*.json*")):
        text = (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()).decode(
            "utf-8", "replace"
        )
        of_purls(text, found)
    with gzip.open(data / "sbom" / "popular-containers-spdx.jsonl.gz", "rt") as file:
        for line in file:
            of_purls(line, found)
            alpine = "pkg:apk/alpine/" in line or "pkg:alpine/" in line
            for package in json.loads(line)["document"].get("packages") or ():
                source, major = _BUILT_FROM(package.get("sourceInfo") or ""), _MAJOR(package.get("versionInfo") or "")
                if source and (major or alpine):
                    found[f"el{major[1]}" if major else "alpine", package["name"]][source[1]] += 1


def of_purls(text: str, found: Evidence) -> None:
    for name, upstream in _ORIGIN(text):
        found["alpine", unquote(name)][unquote(upstream).partition("@")[0]] += 1
    for name, version, upstream in _UPSTREAM(text):
        source, major = _SOURCE(unquote(upstream)), _MAJOR(unquote(version))
        if source and major:
            found[f"el{major[1]}", unquote(name)][source[1]] += 1


def main() -> None:
    data = Path(sys.argv[1])
    found: Evidence = defaultdict(Counter)
    of_errata(data, found)
    of_sboms(data, found)
    built: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for (major, package), sources in found.items():
        source = next(iter(sources))
        if len(sources) == 1 and source != package and not source.startswith("eap"):  # JBoss EAP is another product
            built[major][source].add(package)
    for place in sorted(built):
        words = [word for source in sorted(built[place]) for word in (f"{source}:", *sorted(built[place][source]))]
        text = textwrap.fill(" ".join(words), 116, break_long_words=False, break_on_hyphens=False)
        print(f'    "{place}": """\n{text}\n""",')


if __name__ == "__main__":
    main()
