"""Every page at 1440 px into docs/screenshots, from the demo manufacturer served for the purpose.

    make screenshots        (or: python -m tools.screenshots [name …] to renew some)

The clock of the demonstration is set to one day, so that two runs give the same dates. Pictures are WebP, and a long
page is cut at 1500 px: what matters stands above the fold.
"""

from __future__ import annotations

import base64
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "screenshots"
WIDTH, HEIGHT, TALLEST = 1440, 900, 1500
LARGEST = 150_000  # bytes
CLOCK = "2026-11-23T18:06:00+00:00"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


@dataclass(frozen=True)
class Shot:
    """One picture: who looks at what.

    `path` may hold steps: a link to follow from a page ('/cases/ > C-2026-0001'), or './as-of' beside the page reached.
    """

    name: str
    who: str
    path: str
    dark: bool = False


SHOTS = (
    Shot("login", "", "/accounts/login/"),
    Shot("today", "ingrid", "/"),
    Shot("today-psirt", "tomas", "/?desk=psirt"),
    Shot("today-clinical", "maren", "/?desk=clinical_safety"),
    Shot("today-executive", "ingrid", "/?desk=executive"),
    Shot("devices", "tomas", "/devices/"),
    Shot("device", "tomas", "/devices/ > Aria P2"),
    Shot("release", "tomas", "/devices/ > 4.2"),
    Shot("release-components", "tomas", "/devices/ > 4.2 > Components*"),
    Shot("release-coverage", "tomas", "/devices/ > 4.2 > Coverage"),
    Shot("release-not-assessed", "tomas", "/devices/ > 2.6"),
    Shot("release-as-of", "tomas", "/devices/ > 4.2 > ./as-of?day=2026-11-23"),
    Shot("release-proposals", "tomas", "/devices/ > 4.2 > ./proposals"),
    Shot("vulnerabilities", "tomas", "/vulnerabilities/"),
    Shot("vulnerability", "tomas", "/vulnerabilities/?find=CVE-2024-5535 > CVE-2024-5535"),
    Shot("vulnerability-dark", "tomas", "/vulnerabilities/?find=CVE-2024-5535 > CVE-2024-5535", dark=True),
    Shot("cases", "tomas", "/cases/"),
    Shot("case", "ingrid", "/cases/ > C-2026-0001"),
    Shot("case-dark", "ingrid", "/cases/ > C-2026-0001", dark=True),
    Shot("assessment", "maren", "/cases/ > C-2026-0001 > Read the reasons"),
    Shot("decision", "ingrid", "/cases/ > C-2026-0001 > Decision 1 on C-2026-0001"),
    Shot("report", "ingrid", "/reports/ > Draft"),
    Shot("sign", "ingrid", "/cases/ > C-2026-0001 > Sign*day of learning"),
    Shot("review", "tomas", "/review/"),
    Shot("crosswalk", "tomas", "/crosswalk/"),
    Shot("corrections", "tomas", "/corrections/"),
    Shot("match-quality", "ruth", "/proof/match-quality"),
    Shot("sharing", "tomas", "/sharing/"),
    Shot("proof", "ruth", "/proof/"),
    Shot("proof-record", "ruth", "/cases/ > C-2026-0001 > Proof"),
    Shot("policy", "ruth", "/policy/ > 1"),
    Shot("people", "noor", "/people/"),
    Shot("sources", "tomas", "/sources"),
    Shot("search", "tomas", "/search?q=openssl"),
    Shot("intake", "owen", "/intake/"),
    Shot("field", "tomas", "/field/"),
    Shot("campaigns", "tomas", "/campaigns/"),
    Shot("control-library", "tomas", "/controls/library/"),
    Shot("measures", "tomas", "/measures/"),
    Shot("outbox", "tomas", "/outbox/"),
    Shot("security-policy", "", "/security/"),
    Shot("security-report", "", "/security/report"),
)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def demo() -> Iterator[str]:
    """`suture demo` in a home of its own, with its clock set; ends when the pictures are taken."""
    with tempfile.TemporaryDirectory(prefix="suture-shots-") as home:
        port = _free_port()
        environment = {**os.environ, "SUTURE_HOME": home, "SUTURE_CLOCK": CLOCK, "PYTHONPATH": str(ROOT / "src")}
        server = subprocess.Popen(
            [sys.executable, "-m", "suture", "demo", "--port", str(port)], env=environment, start_new_session=True
        )
        base = f"http://127.0.0.1:{port}"
        try:
            _wait(base, server)
            yield base
        finally:
            server.terminate()
            with suppress(subprocess.TimeoutExpired):
                server.wait(timeout=15)


def _wait(base: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 300
    while time.monotonic() < until:
        if server.poll() is not None:
            raise SystemExit("the demo did not start")
        with suppress(OSError):
            urllib.request.urlopen(f"{base}/readyz", timeout=2).read()
            return
        time.sleep(0.5)
    raise SystemExit("the demo did not answer within five minutes")


def password() -> str:
    """The demo's password, read off its source: the demo needs Django, this tool does not."""
    source = (ROOT / "src" / "suture" / "demo" / "people.py").read_text(encoding="utf-8")
    found = re.search(r'^PASSWORD = "([^"]+)"', source, re.MULTILINE)
    if found is None:
        raise SystemExit("the demo's password is not where it was")
    return found[1]


def walk(page: Any, base: str, path: str) -> None:
    """Open a page and follow links by what they say; a star stands for any words."""
    start, *links = [part.strip() for part in path.split(" > ")]
    page.goto(base + start)
    for says in links:
        if says.startswith("./"):
            page.goto(urljoin(page.url, says))
        elif "*" in says:
            name: Any = re.compile("^" + ".*".join(re.escape(part) for part in says.split("*")))
            page.get_by_role("link", name=name).first.click()
        else:
            page.get_by_role("link", name=says, exact=True).first.click()
        page.wait_for_load_state()


def keep(page: Any, name: str) -> int:
    """Take the picture as WebP, at most `TALLEST` high and `LARGEST` bytes; gives its size."""
    height = min(TALLEST, page.evaluate("document.documentElement.scrollHeight"))
    session = page.context.new_cdp_session(page)
    clip = {"x": 0, "y": 0, "width": WIDTH, "height": height, "scale": 1}
    data = b""
    for quality in (75, 65, 55, 45, 35):
        shot = session.send(
            "Page.captureScreenshot",
            {"format": "webp", "quality": quality, "clip": clip, "captureBeyondViewport": True},
        )
        data = base64.b64decode(shot["data"])
        if len(data) <= LARGEST:
            break
    (TARGET / f"{name}.webp").write_bytes(data)
    return len(data)


def main() -> None:
    """Take the pictures asked for, or all of them."""
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("SUTURE_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("no Chromium (Debian: apt-get install chromium)")
    wanted = [shot for shot in SHOTS if not sys.argv[1:] or shot.name in sys.argv[1:]]
    TARGET.mkdir(parents=True, exist_ok=True)
    with demo() as base, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
        for shot in wanted:
            context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
            if shot.dark:
                context.add_cookies([{"name": "look", "value": "dark", "url": base}])
            page = context.new_page()
            if shot.who:
                page.goto(f"{base}/accounts/login/")
                page.fill("[name=login]", shot.who)
                page.fill("[name=password]", password())
                page.click("button[type=submit]")
            walk(page, base, shot.path)
            page.wait_for_timeout(200)  # the fonts
            print(f"{shot.name:24} {keep(page, shot.name) / 1000:6.0f} kB", file=sys.stderr)
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
