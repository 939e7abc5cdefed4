"""Refresh the vendored front end: fetch the pinned npm packages, copy out the files we serve, write the manifest.

    python tools/vendor.py          fetch and rewrite src/suture/web/static/vendor
    python tools/vendor.py --check  only compare the files with the manifest (what the test does)

Needs npm for fetching. Users never need it: the files are in the repository.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "src" / "suture" / "web" / "static" / "vendor"


@dataclass(frozen=True)
class Package:
    """One npm package, and which of its files we serve: (path inside the package, our file name)."""

    name: str
    version: str
    licence: str
    home: str
    files: tuple[tuple[str, str], ...]


PACKAGES = (
    Package(
        "@tabler/core", "1.6.1", "MIT", "https://tabler.io",
        (("dist/css/tabler.min.css", "tabler.min.css"),),
    ),
    Package(
        "htmx.org", "2.0.11", "0BSD", "https://htmx.org",
        (("dist/htmx.min.js", "htmx.min.js"), ("LICENSE", "licences/htmx.txt")),
    ),
    Package(
        "inter-ui", "4.1.1", "OFL-1.1", "https://rsms.me/inter",
        (("variable/InterVariable.woff2", "inter.woff2"), ("LICENSE.txt", "licences/inter.txt")),
    ),
    Package(
        "@fontsource-variable/jetbrains-mono", "5.3.0", "OFL-1.1", "https://www.jetbrains.com/lp/mono",
        (
            ("files/jetbrains-mono-latin-wght-normal.woff2", "jetbrains-mono-latin.woff2"),
            ("files/jetbrains-mono-latin-ext-wght-normal.woff2", "jetbrains-mono-latin-ext.woff2"),
            ("LICENSE", "licences/jetbrains-mono.txt"),
        ),
    ),
)  # fmt: skip


def sha256(path: Path) -> str:
    """The file's SHA-256 in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def fetch(package: Package, into: Path) -> None:
    """Copy a package's served files into the vendor folder."""
    name = subprocess.run(
        ["npm", "pack", "--silent", f"{package.name}@{package.version}"],
        cwd=into, check=True, capture_output=True, text=True,
    ).stdout.strip().splitlines()[-1]  # fmt: skip
    with tarfile.open(into / name) as archive:
        for inside, ours in package.files:
            member = archive.extractfile(f"package/{inside}")
            if member is None:
                raise SystemExit(f"{package.name}: {inside} is not a file")
            target = VENDOR / ours
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(member.read())


def write_manifest() -> None:
    """One manifest: each file with package, version, licence, bytes and SHA-256."""
    rows = [
        {
            "file": ours, "package": p.name, "version": p.version, "licence": p.licence, "home": p.home,
            "bytes": (VENDOR / ours).stat().st_size, "sha256": sha256(VENDOR / ours),
        }
        for p in PACKAGES
        for _, ours in p.files
    ]  # fmt: skip
    (VENDOR / "manifest.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def differences() -> list[str]:
    """What in the folder is not as the manifest says; empty when all is well."""
    rows = {row["file"]: row for row in json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))}
    there = {str(p.relative_to(VENDOR)): p for p in VENDOR.rglob("*") if p.is_file() and p.name != "manifest.json"}
    unlisted = {"licences/tabler.txt"}  # Tabler's package brings no licence file; its text stands there by hand
    found = [f"{name}: in the manifest, not in the folder" for name in rows if name not in there]
    for name, path in there.items():
        if name in unlisted:
            continue
        if name not in rows:
            found.append(f"{name}: in the folder, not in the manifest")
        elif sha256(path) != rows[name]["sha256"] or path.stat().st_size != rows[name]["bytes"]:
            found.append(f"{name}: differs from the manifest")
    return found


def main() -> None:
    """Fetch and write, or check."""
    if "--check" not in sys.argv:
        with tempfile.TemporaryDirectory() as folder:
            for package in PACKAGES:
                fetch(package, Path(folder))
        write_manifest()
    for line in differences():
        print(line, file=sys.stderr)
    sys.exit(1 if differences() else 0)


if __name__ == "__main__":
    main()
