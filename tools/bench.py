"""`make bench`: the budgets of the architecture as ratios inside one run; a table, and JSON. Gates nothing.

    python -m tools.bench [--scale 1.0] [--only kernel,ingest,sbom,lists,field,house] [--json FILE] [--knowledge HOME]
                          [--postgres URL]

`--scale` shrinks the generated load. `--knowledge` names a home into which the feeds were taken in already; else the
run imports them. PostgreSQL is measured where an address is given, or SUTURE_TEST_DATABASE_URL names one; in a database
of its own, which is dropped again. Figures are kept in docs/explanation/performance.md.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from typing import Any

import msgspec
import psycopg

from suture.evidence.chain import GENESIS, entry_hash, verify_entries
from suture.formats.sbom import read_sbom
from tools import bench_ingest, bench_lists, bench_sbom
from tools.bench_table import DATA, Line, Table, process, process_spent, timed, worker

FEEDS = ("osv", "nvd", "cve5", "kev", "epss")
PEERS = Path(".bench-venv")
PARTS = ("kernel", "ingest", "sbom", "lists", "field", "house")


class Bench:
    """One run: its table, its folder, and what its parts share."""

    def __init__(self, said: argparse.Namespace, folder: Path) -> None:
        self.said, self.folder, self.table = said, folder, Table()
        self.raw: dict[str, Any] = {}
        self.knowledge: Path | None = Path(said.knowledge) if said.knowledge else None

    def home(self, name: str) -> dict[str, str]:
        home = self.folder / name
        home.mkdir()
        return {"SUTURE_HOME": str(home), "SUTURE_DATABASE_URL": "sqlite"}

    # ---- 1, 2, 5: the range join on generated load

    def kernel(self) -> None:
        scale, parquet = str(self.said.scale), self.folder / "parquet"
        lite = self.raw["sqlite"] = worker("tools.bench_kernel", scale, str(parquet), env=self.home("kernel"))
        shutil.rmtree(self.folder / "kernel")
        self._engine(lite, 12)
        duck = lite["duckdb"]
        for name, limit in (("loaded", 3.0), ("parquet", 12.0)):
            self.table.add(Line(part="1", what=f"DuckDB, {name}: full re-match, counted", ours=duck[name], limit=limit,
                                against="2 sorted searchsorted passes", theirs=duck[f"probes {name}"]))  # fmt: skip
        with self.database() as url:
            if url:
                env = {"SUTURE_HOME": str(self.folder), "SUTURE_DATABASE_URL": url}
                grown = self.raw["postgresql"] = worker("tools.bench_kernel", scale, env=env)
                self._engine(grown, None)
                self.table.add(Line(part="1", what="PostgreSQL: full re-match, per probe", against="SQLite, per probe",
                                    ours=grown["full"] / grown["probes"], theirs=lite["full"] / lite["probes"],
                                    limit=3.0, unit="probes"))  # fmt: skip
        hashes = {found[name] for found in (lite, self.raw.get("postgresql")) if found
                  for name in ("incremental", "full again")} | {duck["hash"]}  # fmt: skip
        engines = "SQLite, DuckDB" + (", PostgreSQL" if "postgresql" in self.raw else "")
        told = f"one result, {min(hashes)[:16]}…" if len(hashes) == 1 else "THE RESULTS DIFFER"
        self.table.say(f"incremental state and full re-match, {engines}: {told}")
        self.raw["one result"] = len(hashes) == 1

    def _engine(self, found: dict[str, Any], limit: float | None) -> None:
        name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[found["engine"]]
        add = self.table.add
        add(Line(part="1", what=f"{name}: full re-match, counted ({found['hits']:,} hits)", ours=found["full"],
                 against="2 sorted searchsorted passes", theirs=found["probes"], limit=limit))  # fmt: skip
        add(Line(part="1", what=f"{name}: writing all hits", ours=found["write"]))
        add(Line(part="1", what=f"{name}: loading ranges, versions, instances", ours=found["load"]))
        add(Line(part="2", what=f"{name}: 100 changed advisories → {found['touched releases']:,} releases",
                 ours=found["changed"], against="full re-match", theirs=found["full"], limit=1 / 30))  # fmt: skip
        add(Line(part="2", what=f"{name}: hits of the portfolio advanced", ours=found["advance"]))
        add(Line(part="5", what=f"{name}: as of a revision", ours=found["full"], against="the same without it",
                 theirs=found["without as-of"], limit=1.2))  # fmt: skip

    @contextmanager
    def database(self) -> Iterator[str]:
        """A PostgreSQL database of its own; '' where there is no server."""
        url = self.said.postgres or os.environ.get("SUTURE_TEST_DATABASE_URL", "")
        if not url.startswith("postgres"):
            self.table.say("PostgreSQL is left out: no address (--postgres URL, or SUTURE_TEST_DATABASE_URL)")
            yield ""
            return
        name = f"suture_bench_{os.getpid()}"
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
        try:
            yield url.rpartition("/")[0] + "/" + name
        finally:
            with psycopg.connect(url, autocommit=True) as server:
                server.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]

    # ---- 4: ingest of the real data

    def ingest(self) -> None:
        for one in bench_ingest.ratios(3):
            for what, took, limit in (("rows in memory", one.rows, 1.0 if one.kind == "cve5" else None),
                                      ("rows and words", one.words, None)):  # fmt: skip
                self.table.add(Line(part="4", what=f"{one.kind}: {one.records:,} records to {what}, CPU", ours=took,
                                    against="json.loads of the same bytes", theirs=one.plain, limit=limit))  # fmt: skip
        if self.knowledge is None:
            self.imported()

    def imported(self) -> Path:
        """A home with every feed in it; imported once."""
        if self.knowledge is not None:
            return self.knowledge
        env = self.home("knowledge")
        before, started = getrusage(RUSAGE_CHILDREN), time.perf_counter()
        command = [sys.executable, "-m", "suture", "feeds", "import", *(str(DATA / name) for name in FEEDS)]
        subprocess.run(command, env=os.environ | env, check=False, stdout=subprocess.DEVNULL)
        seconds, after = time.perf_counter() - started, getrusage(RUSAGE_CHILDREN)
        self.knowledge = Path(env["SUTURE_HOME"])
        size = (self.knowledge / "suture.sqlite3").stat().st_size / 1e6
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        self.table.add(Line(part="4", what="every feed into SQLite, whole process", ours=seconds, limit=90.0,
                            note=f"{cpu:.0f} s of CPU"))  # fmt: skip
        self.table.add(Line(part="4", what="its memory at most (largest of this run)", ours=after.ru_maxrss / 1024,
                            limit=1000, unit="MB"))  # fmt: skip
        self.table.add(Line(part="4", what="the database", ours=size, limit=1500, unit="MB"))
        return self.knowledge

    # ---- 3, 6: one SBOM, and the peers

    def sbom(self) -> None:
        home, file, given = self.folder / "one", self.folder / "sbom.json", self.folder / "given"
        given.mkdir()
        shutil.copytree(self.imported(), home)
        many = bench_sbom.write(DATA, file)
        env = {"SUTURE_HOME": str(home), "SUTURE_DATABASE_URL": "sqlite"}
        found = self.raw["sbom"] = worker("tools.bench_scan", str(file), str(given), env=env)
        self._stored("SQLite", found)
        with self.database() as url:
            if url:
                there = {"SUTURE_HOME": str(self.folder), "SUTURE_DATABASE_URL": url}
                self.raw["copied"] = worker("tools.bench_copy", str(home), env=there)
                grown = self.raw["sbom, PostgreSQL"] = worker("tools.bench_scan", str(file), env=there)
                self._stored("PostgreSQL", grown)
        command = [sys.executable, "-m", "suture", "scan", str(file), "--format", "json"]
        clock, cpu = process_spent(command, env)
        self.table.add(Line(part="3", what=f"suture scan of {many}, whole process", ours=clock, limit=1.5,
                            note=f"{cpu:.2f} s of CPU"))  # fmt: skip
        if self._peers():
            self._beside(found, file, given, cpu)
        else:
            self.table.say("univers, vdb and cve-bin-tool are left out: they could not be installed into .bench-venv")
        for name in ("answers", "pairs"):
            found.pop(name, None)

    def _stored(self, engine: str, found: dict[str, Any]) -> None:
        add, many = self.table.add, f"{found['components']} ({found['hits']:,} hits, {found['findings']:,} findings)"
        for what, name, limit in ((f"{engine}: stored SBOM of {many} matched anew", "match", 0.05),
                                  (f"{engine}: upload of it to answer", "upload", 1.0)):  # fmt: skip
            cpu = found[f"{name} cpu"] * 1000
            add(Line(part="3", what=what, ours=found[name], limit=limit, note=f"{cpu:.0f} ms of CPU, server included"))

    def _beside(self, found: dict[str, Any], file: Path, given: Path, cpu: float) -> None:
        """The peers on the same SBOM and the same ranges; CPU on both sides."""
        add = self.table.add
        for tool, package, limit in (("univers", "univers", 100.0), ("vdb", "appthreat-vulnerability-db", None)):
            said = self._told(tool, given / "candidates.json")
            differ = sum(1 for theirs, ours in zip(said.pop("answers"), found["answers"], strict=True)
                         if theirs is not None and theirs != ours)  # fmt: skip
            self.raw[tool] = said | {"differ": differ}
            what = f"range join of the SBOM, CPU ({found['candidates']:,} candidates)"
            add(Line(part="3" if limit else "6", what=what, ours=found["join cpu"],
                     against=f"{package} loop, {said['tests']:,} of them", theirs=said["cpu"], limit=limit,
                     at_least=True, note=f"inside: {said['inside']:,} there, {found['comparable inside']:,} here; "
                                         f"{said['unreadable']} it cannot read, {differ} answers differ"))  # fmt: skip
        ours = {tuple(pair) for pair in found["pairs"]}
        said = self._told("cve-bin-tool", given / "ranges.json")
        theirs = {tuple(pair) for pair in said.pop("pairs")}
        only = {"only ours": len(ours - theirs), "only theirs": len(theirs - ours)}
        self.raw["cve-bin-tool"] = said | only
        add(
            Line(
                part="6", what="range join of the SBOM, CPU", ours=found["join cpu"], theirs=said["cpu"],
                at_least=True, against=f"cve-bin-tool get_cves, {said['tests']} products", note=_both(ours, theirs),
            )
        )  # fmt: skip
        command = [
            str(PEERS / "bin/python"),
            "tools/bench_peers.py",
            "scan",
            str(file),
            str(given / "affected.sqlite3"),
        ]
        listed = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
        theirs = {(purl, number) for purl, _, number in listed}
        _, there = process_spent(command)
        only = {"only ours": len(ours - theirs), "only theirs": len(theirs - ours)}
        self.raw["univers scan"] = only | {"cpu": there}
        add(
            Line(
                part="3", what="suture scan, whole process, CPU", ours=cpu, at_least=True, limit=3.0, theirs=there,
                against="the same job with univers, whole process", note=_both(ours, theirs),
            )
        )  # fmt: skip

    def _told(self, tool: str, file: Path) -> dict[str, Any]:
        command = [str(PEERS / "bin/python"), "tools/bench_peers.py", tool, str(file)]
        env = os.environ | {"HOME": str(self.folder)}  # cve-bin-tool keeps a cache at home
        found: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=True, env=env).stdout)
        return found

    def _peers(self) -> bool:
        """The peers in an environment of their own, made once."""
        if not (PEERS / "made").exists():
            self.table.say("the peers are installed into .bench-venv; this takes some minutes, once")
            made = subprocess.run([sys.executable, "-m", "venv", str(PEERS)], check=False).returncode == 0
            wanted = ["univers", "appthreat-vulnerability-db", "cve-bin-tool"]
            if not made or subprocess.run([PEERS / "bin/pip", "install", "-q", *wanted], check=False).returncode:
                return False
            (PEERS / "made").touch()
        return True

    # ---- 5: lists

    def lists(self) -> None:
        most = max(10_000, int(1_000_000 * min(1.0, self.said.scale)))
        engines = [("SQLite", self.home("lists"))]
        with self.database() as url:
            if url:
                engines.append(("PostgreSQL", {"SUTURE_HOME": str(self.folder), "SUTURE_DATABASE_URL": url}))
            for name, env in engines:
                found = worker("tools.bench_lists", str(most), env=env)
                for what, (clock, cpu) in (found["pages"] | found["queries"]).items():
                    self.table.add(Line(part="5", what=f"{name}, {found['findings']:,} findings: {what}", ours=clock,
                                        limit=0.15 if what in bench_lists.BUDGETED else None,
                                        note=f"{cpu * 1000:.0f} ms of CPU, server included"))  # fmt: skip

    # ---- the field

    def field(self) -> None:
        most = max(10_000, int(1_000_000 * min(1.0, self.said.scale)))
        engines = [("SQLite", self.home("field"))]
        with self.database() as url:
            if url:
                home = self.home("field-postgresql")
                engines.append(("PostgreSQL", home | {"SUTURE_DATABASE_URL": url}))
            for name, env in engines:
                found = self.raw[f"field {name}"] = worker("tools.bench_field", str(most), env=env)
                for what, told in found["import"].items():
                    self.table.add(Line(part="field", ours=told["seconds"], limit=60.0, note=f"CPU {told['cpu']:.0f} s",
                                        what=f"{name}, CSV of {found['units']:,} units: {what}"))  # fmt: skip
                for what, seconds in found["queries"].items():
                    self.table.add(Line(part="field", what=f"{name}: {what}", ours=seconds, limit=5.0))
                for what, seconds in found["pages"].items():
                    self.table.add(Line(part="field", what=f"{name}: page, {what}", ours=seconds, limit=0.15))

    # ---- the house

    def house(self) -> None:
        help_ = process([sys.executable, "-m", "suture", "--help"])
        self.table.add(Line(part="", what="suture --help", ours=help_, against="python -c 'import typer'", limit=1.5,
                            theirs=process([sys.executable, "-c", "import typer"])))  # fmt: skip
        for count in (500, 50_000):
            data = _sbom(count)
            self.table.add(Line(part="", what=f"SBOM of {count:,} ({len(data) >> 20} MB) to components", limit=1.5,
                                ours=timed(lambda data=data: read_sbom(data)), against="msgspec's untyped parse",
                                theirs=timed(lambda data=data: msgspec.json.decode(data))))  # fmt: skip
        entries = list(_chain(100_000))
        self.table.add(Line(part="", what="verify 100,000 entries (a tenth of a million)", limit=6.0,
                            ours=timed(lambda: verify_entries(entries, None), 1)))  # fmt: skip


def _both(ours: set[tuple[str, str]], theirs: set[tuple[str, str]]) -> str:
    return f"pairs: {len(theirs & ours):,} alike, {len(ours - theirs):,} only ours, {len(theirs - ours):,} only theirs"


def _sbom(count: int) -> bytes:
    """A generated CycloneDX document."""
    return json.dumps({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "components": [
            {
                "type": "library", "bom-ref": f"c{n}", "name": f"part-{n}", "version": f"1.{n % 90}.{n % 7}",
                "purl": f"pkg:npm/part-{n}@1.{n % 90}.{n % 7}", "supplier": {"name": "Somebody"},
                "hashes": [{"alg": "SHA-256", "content": "a" * 64}], "licenses": [{"license": {"id": "MIT"}}],
                "properties": [{"name": f"p{i}", "value": "x" * 40} for i in range(6)],
            }
            for n in range(count)
        ],
    }).encode()  # fmt: skip


def _chain(length: int) -> Iterator[dict[str, object]]:
    previous = GENESIS
    for seq in range(1, length + 1):
        entry: dict[str, object] = {
            "seq": seq, "recorded_at": "2026-11-23T12:00:00.000+00:00", "happened_at": "2026-11-23T12:00:00.000+00:00",
            "actor_uid": "a" * 36, "actor_name": "Ada", "did": "thing.done", "record_kind": "thing",
            "record_uid": "u" * 36, "record_label": "Thing", "because": "because", "facts": '{"a":1}',
            "previous": previous,
        }  # fmt: skip
        entry["hash"] = previous = entry_hash(entry)
        yield entry


def main() -> int:
    """Measure, print, keep."""
    told = argparse.ArgumentParser(
        description="The benchmarks of the range join, ingest, one SBOM, lists and the house."
    )
    told.add_argument("--scale", type=float, default=1.0, help="of the generated load; 1.0 is the full one")
    told.add_argument("--only", default=",".join(PARTS), help="parts, with commas between them")
    told.add_argument("--json", type=Path, default=Path("bench.json"), help="where the figures are written")
    told.add_argument("--knowledge", default="", help="a SUTURE_HOME with every feed in it")
    told.add_argument("--postgres", default="", help="address of a server on which a database may be made")
    said = told.parse_args()
    with tempfile.TemporaryDirectory(prefix="suture-bench-") as folder:
        bench = Bench(said, Path(folder))
        for part in said.only.split(","):
            getattr(bench, part)()
        said.json.write_text(json.dumps(bench.table.plain(scale=said.scale, measured=bench.raw), indent=1) + "\n")
        said.json.with_suffix(".md").write_text(bench.table.markdown())
    return 0


if __name__ == "__main__":
    sys.exit(main())
