"""The demo's bills of materials: written from their tables, realistic, and honest about what they lack."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tools.demo_sboms import DEVICES, OUT, Device, written

from suture.core.components import Sbom
from suture.formats.sbom import read_sbom


def read(device: Device) -> Sbom:
    """Read a committed SBOM; it has no problem."""
    sbom, problems = read_sbom((OUT / device.file).read_bytes())
    assert not problems
    assert not sbom.skipped
    return sbom


@pytest.mark.parametrize("device", DEVICES, ids=lambda d: d.file)
def test_committed_files_are_what_the_tables_say(device: Device) -> None:
    """Running the tool again changes nothing."""
    assert (OUT / device.file).read_text(encoding="utf-8") == written(device)


def test_nothing_else_lies_there() -> None:
    """Each file belongs to a release."""
    assert {path.name for path in OUT.iterdir()} == {device.file for device in DEVICES}


@pytest.mark.parametrize("device", DEVICES, ids=lambda d: d.file)
def test_sizes_and_gaps(device: Device) -> None:
    """20 to 120 components; some have a purl, some a CPE, some neither, and some no version."""
    components = read(device).components
    assert 20 <= len(components) <= 120
    assert any(c.purls for c in components)
    assert any(c.cpes for c in components)
    assert any(not c.purls and not c.cpes for c in components)
    assert any(c.parent for c in components)


def test_formats_and_what_they_hold() -> None:
    """CycloneDX 1.6, one 1.4, one SPDX 2.3; ecosystems, nested modules, support ends, missing versions."""
    forms = [device.form for device in DEVICES]
    assert (forms.count("CycloneDX 1.4"), forms.count("SPDX 2.3")) == (1, 1)
    assert set(forms) == {"CycloneDX 1.6", "CycloneDX 1.4", "SPDX 2.3"}
    components = [c for device in DEVICES for c in read(device).components]
    types = {purl.split(":")[1].split("/")[0] for c in components for purl in c.purls}
    assert {"generic", "npm", "pypi", "maven", "golang"} <= types
    assert any(not c.version for c in components)
    assert any(c.end_of_support for c in components)
    assert any(c.support_level == "no longer maintained" for c in components)


def _texts(node: Any) -> list[str]:
    if isinstance(node, dict):
        return [text for value in node.values() for text in _texts(value)]
    if isinstance(node, list):
        return [text for value in node for text in _texts(value)]
    return [node] if isinstance(node, str) else []


def test_addresses_are_examples() -> None:
    """Any address in an SBOM is of a domain that belongs to nobody (RFC 2606)."""
    for device in DEVICES:
        for text in _texts(json.loads(Path(OUT / device.file).read_text(encoding="utf-8"))):
            if "://" in text:
                assert text.startswith("https://northlake.example/")
