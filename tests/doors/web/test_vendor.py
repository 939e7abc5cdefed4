"""The vendored front end is what its manifest says, and brings its licences."""

from __future__ import annotations

import json

from tools.vendor import VENDOR, differences


def test_every_file_is_in_the_manifest_with_its_hash() -> None:
    """Name, version, licence, bytes and SHA-256 of each file; nothing unlisted."""
    assert differences() == []


def test_every_package_brings_its_licence() -> None:
    """MIT, 0BSD and OFL ask that their text goes along."""
    rows = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))
    assert {row["licence"] for row in rows} == {"MIT", "0BSD", "OFL-1.1"}
    texts = {path.stem: path.read_text(encoding="utf-8") for path in (VENDOR / "licences").glob("*.txt")}
    assert set(texts) == {"tabler", "htmx", "inter", "jetbrains-mono"}
    assert all("Copyright" in text or "Permission" in text for text in texts.values())


def test_the_front_end_stays_small() -> None:
    """A page's own weight before compression; a new library is a decision, not an accident."""
    assert sum(path.stat().st_size for path in VENDOR.rglob("*")) < 1_300_000
