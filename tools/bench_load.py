"""The generated load of the benchmarks: a manufacturer's portfolio and ten years of advisories, as columns of numbers.

Sizes at scale 1: 40,000 packages, 300,000 vulnerabilities, 3,000,000 ranges (the head package has about 1.3 % of
them), 200,000 distinct component versions, 10,000 SBOMs of 500 components. The same seed gives the same load.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from django.db import connection

from suture.core.versions import HI, LO, key
from suture.intelligence.models import OPEN, ORDINALS

PACKAGES, VULNERABILITIES, RANGES, VERSIONS, SBOMS, COMPONENTS = 40_000, 300_000, 3_000_000, 200_000, 10_000, 500
REVISIONS = 100  # the ranges came with these feed revisions; a few have gone again
POOL = 20_000  # distinct version keys that packages share
PORTION = 200_000  # rows handed to the database at a time


class Load(NamedTuple):
    """Ranges sorted by (package, lo); versions by (package, key). `lo`, `hi` and `key` are places in `keys`."""

    keys: list[bytes]  # in order; the first is LO, the last HI
    pkg: Any
    lo: Any
    hi: Any
    stmt: Any
    f: Any
    t: Any
    cv_pkg: Any
    cv_key: Any
    inst_cv: Any
    inst_release: Any

    @property
    def rev(self) -> int:
        return REVISIONS


def _pool(rng: Any) -> list[bytes]:
    """Keys as feeds have them: 60 % plain releases (four bytes), the rest longer."""
    found: set[bytes] = set()
    while len(found) < POOL:
        a, b, c, d = (int(n) for n in rng.integers(0, (30, 60, 40, 400)))
        written = f"{a}.{b}.{c}" if rng.random() < 0.6 else f"{a}.{b}.{c}+dfsg-{d}~rc{c}"
        found.add(key("deb", written))
    return [LO, *sorted(found), HI]


def _zipf(rng: Any, count: int, of: int, softened: float) -> Any:
    weight = 1.0 / (np.arange(of) + softened)
    edges = np.cumsum(weight / weight.sum())
    return np.minimum(np.searchsorted(edges, rng.random(count)), of - 1)


def make(scale: float = 1.0, seed: int = 7) -> Load:
    """Generate the load at a scale; the number of packages shrinks with the rest, so densities stay."""
    rng = np.random.default_rng(seed)
    packages, vulns = max(40, int(PACKAGES * scale)), max(100, int(VULNERABILITIES * scale))
    ranges, versions = int(RANGES * scale), int(VERSIONS * scale)
    keys = _pool(rng)
    pkg = _zipf(rng, ranges, packages, 9.0) + 1
    lo = rng.integers(1, POOL, ranges)
    hi = np.minimum(lo + 1 + rng.exponential(POOL * 0.11, ranges).astype(np.int64), POOL + 1)
    whole = rng.random(ranges) < 0.3  # 'before 1.2.3'
    hi[whole] = 1 + (lo[whole] // 5)
    lo[whole] = 0
    vuln = np.sort(rng.integers(1, vulns + 1, ranges))
    first = np.searchsorted(vuln, np.arange(1, vulns + 2))
    stmt = (vuln << ORDINALS) + (np.arange(ranges) - first[vuln - 1])
    f = 1 + vuln * REVISIONS // (vulns + 1)
    t = np.full(ranges, OPEN, dtype=np.int64)
    gone = rng.random(ranges) < 0.02
    t[gone] = np.minimum(f[gone] + 1 + rng.integers(0, REVISIONS, int(gone.sum())), REVISIONS)
    t[t <= f] = OPEN
    order = np.lexsort((stmt, hi, lo, pkg))
    popular = _zipf(rng, versions, packages, 300.0).astype(np.int64)  # most products use few famous packages …
    anywhere = rng.integers(0, packages, versions)  # … and many that nobody knows
    held = np.where(rng.random(versions) < 0.3, popular, anywhere) + 1
    cv = np.unique(held * (POOL + 2) + rng.integers(1, POOL + 1, versions))
    sboms = max(5, int(SBOMS * scale))
    rank = rng.permutation(len(cv))
    inst_release = np.repeat(np.arange(1, sboms + 1), COMPONENTS)
    inst_cv = rank[_zipf(rng, len(inst_release), len(cv), 200.0)] + 1
    pairs = np.unique(inst_cv * (sboms + 1) + inst_release)
    return Load(
        keys, pkg[order], lo[order], hi[order], stmt[order], f[order], t[order], cv // (POOL + 2), cv % (POOL + 2),
        pairs // (sboms + 1), pairs % (sboms + 1),
    )  # fmt: skip


def ranges_of(load: Load) -> Iterator[list[tuple[Any, ...]]]:
    """Rows of `rng`, in the order of its key, in portions."""
    keys = load.keys
    for start in range(0, len(load.pkg), PORTION):
        part = slice(start, start + PORTION)
        lo, hi = [keys[i] for i in load.lo[part].tolist()], [keys[i] for i in load.hi[part].tolist()]
        columns = (
            load.pkg[part].tolist(),
            lo,
            hi,
            load.stmt[part].tolist(),
            load.f[part].tolist(),
            load.t[part].tolist(),
        )
        yield list(zip(*columns, strict=True))


def versions_of(load: Load) -> list[tuple[int, int, bytes, str]]:
    """Rows of `cv`: number, package, key, spelling."""
    keys = load.keys
    pairs = zip(load.cv_pkg.tolist(), load.cv_key.tolist(), strict=True)
    return [(number, pkg, keys[k], str(k)) for number, (pkg, k) in enumerate(pairs, 1)]


def instances_of(load: Load) -> Iterator[list[tuple[int, int, int, str]]]:
    """Rows of `inst`, in the order of its key, in portions."""
    for start in range(0, len(load.inst_cv), PORTION):
        part = slice(start, start + PORTION)
        cv, release = load.inst_cv[part].tolist(), load.inst_release[part].tolist()
        yield [(a, b, n, "") for n, (a, b) in enumerate(zip(cv, release, strict=True), start + 1)]


TABLES = {
    "rng": ("pkg_id", "lo", "hi", "stmt", "f", "t"),
    "cv": ("cv_id", "pkg_id", "key", "raw"),
    "inst": ("cv_id", "release_id", "component_id", "given_as"),
}
TYPES = {
    "rng": ("int8", "bytea", "bytea", "int8", "int8", "int8"),
    "cv": ("int8", "int8", "bytea", "text"),
    "inst": ("int8", "int8", "int8", "text"),
}


def store(load: Load) -> None:
    """Write the load into the tables of the product. Rows it does not measure (releases, records) are left out."""
    portions = {"rng": ranges_of(load), "cv": iter([versions_of(load)]), "inst": instances_of(load)}
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        raw: Any = cursor.connection if sqlite else connection.connection
        if sqlite:
            raw.execute("PRAGMA foreign_keys=OFF")
            raw.execute("PRAGMA synchronous=OFF")
            raw.execute("DROP INDEX rng_stmt")
        for table, parts in portions.items():
            names = ", ".join(TABLES[table])
            for part in parts:
                if sqlite:
                    raw.execute("BEGIN IMMEDIATE")
                    places = ", ".join("?" * len(TABLES[table]))
                    raw.executemany(f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({places})", part)
                    raw.execute("COMMIT")
                else:
                    raw.execute("SET session_replication_role = replica")
                    with (
                        raw.cursor() as copier,
                        copier.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)") as copy,
                    ):
                        copy.set_types(TYPES[table])
                        for row in part:
                            copy.write_row(row)
        if sqlite:
            raw.execute("CREATE INDEX rng_stmt ON rng (stmt)")
            raw.execute("PRAGMA analysis_limit=400")
            raw.execute("ANALYZE")
            raw.execute("PRAGMA synchronous=NORMAL")
        else:
            for table in portions:
                raw.execute(f"VACUUM ANALYZE {table}")


def probes(load: Load) -> Any:
    """The work below which no join can fall: 2 × 3M sorted `searchsorted` probes, as a function to time."""
    stretch = len(load.keys)
    cv = load.cv_pkg * stretch + load.cv_key
    lo, hi = np.sort(load.pkg * stretch + load.lo), np.sort(load.pkg * stretch + load.hi)
    return lambda: (np.searchsorted(cv, lo), np.searchsorted(cv, hi))


def expected(load: Load, rev: int) -> int:
    """How many hits there are, counted without any database."""
    stretch = len(load.keys)
    cv = load.cv_pkg * stretch + load.cv_key
    stands = (load.f <= rev) & (load.t > rev)
    lo, hi = load.pkg[stands] * stretch + load.lo[stands], load.pkg[stands] * stretch + load.hi[stands]
    return int((np.searchsorted(cv, hi) - np.searchsorted(cv, lo)).sum())
