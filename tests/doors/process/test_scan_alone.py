"""`suture scan` loads few rooms; an empty home gets the tables of all of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.doors.process.installation import Installation


@pytest.mark.once
def test_a_scan_in_an_empty_home_brings_every_room_up_to_date(tmp_path: Path) -> None:
    home, sbom = tmp_path / "empty", tmp_path / "sbom.json"
    home.mkdir()
    part = {"type": "library", "name": "lodash", "version": "4.17.15", "purl": "pkg:npm/lodash@4.17.15"}
    sbom.write_text(json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [part]}))
    made = Installation(home, "sqlite")
    ran = made.suture("scan", str(sbom), "--format", "json")
    assert json.loads(ran.stdout)["says"].startswith("not assessed: no feed was ever taken in")
    checked = (
        "from django.core.management import call_command\ncall_command('migrate', check_unapplied=True, verbosity=0)"
    )
    made.python(checked)  # ends with an error where a table is missing
