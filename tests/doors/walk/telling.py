"""Chapter five: what is told outside, and what proves it all."""

from __future__ import annotations

import json
import signal
from collections.abc import Mapping
from pathlib import Path

from tests.doors.walk.cast import Cast, at_release

IN_CYCLONEDX = {"affected": "exploitable", "not_affected": "not_affected", "fixed": "resolved"}


def the_vex_files_say_so(cast: Cast, vulnerability: str, folder: Path, answered: Mapping[str, str]) -> None:
    """Both dialects of each release, valid, with the status that was answered."""
    files = []
    for version, status in answered.items():
        at_release(cast.ada, version)
        for link in ("OpenVEX", "CycloneDX VEX"):
            files.append(cast.ada.downloads(link, folder))
        said, listed = (json.loads(file.read_text()) for file in files[-2:])
        assert [(s["vulnerability"]["name"], s["status"]) for s in said["statements"]] == [(vulnerability, status)]
        assert [(v["id"], v["analysis"]["state"]) for v in listed["vulnerabilities"]] == [
            (vulnerability, IN_CYCLONEDX[status])
        ]
    checked = cast.house.suture("check", *map(str, files), check=False)
    assert checked.returncode == 0, checked.stdout
    assert checked.stdout.count("no problems") == len(files)
    cast.ada.presses("Publish the VEX of today")
    assert "OpenVEX, version 1" in cast.ada.reads("Told outside")
    assert "CycloneDX VEX, version 1" in cast.ada.reads("Told outside")


def the_proof_is_intact(cast: Cast) -> None:
    """On the page and at the command line."""
    quinn = cast.quinn
    quinn.follows("Proof")
    quinn.presses("Verify now")
    assert "Unbroken" in quinn.reads()
    assert "intact" in quinn.reads()
    assert "assessment signed" in quinn.reads()
    verified = cast.house.suture("verify", check=False)
    assert verified.returncode == 0
    assert verified.stdout.startswith("intact: ")


def nothing_went_wrong(cast: Cast) -> None:
    """No page had anything for the console, broke its security policy or was an error; the server ends in peace."""
    server = cast.house.server
    assert server is not None
    server.send_signal(signal.SIGTERM)
    assert server.wait(timeout=30) == 0
    assert [line for somebody in cast for line in somebody.wrong] == []
    log = (cast.house.home / "stderr.log").read_text()
    assert "Traceback" not in log, log
