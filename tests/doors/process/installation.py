"""A real installation in processes of its own: SUTURE_HOME, database, `suture serve`, as an operator would have it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.conftest import ROOT

PASSWORD = "a stitch in time saves nine"


@dataclass
class Installation:
    """One SUTURE_HOME and the engine under test. Every process of it is started as the command line starts it."""

    home: Path
    database_url: str
    port: int = 0
    server: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("SUTURE_", "DJANGO_", "PYTEST"))}
        return kept | {
            "SUTURE_HOME": str(self.home), "SUTURE_DATABASE_URL": self.database_url,
            "PYTHONPATH": str(ROOT / "src"), "SUTURE_TEST_DATA": os.environ.get("SUTURE_TEST_DATA", ""),
        }  # fmt: skip

    def suture(self, *arguments: str, check: bool = True, **more: Any) -> subprocess.CompletedProcess[str]:
        """Run one `suture` command to its end."""
        ran = subprocess.run(
            [sys.executable, "-m", "suture", *arguments], env=self.environment, capture_output=True, text=True,
            timeout=300, check=False, **more,
        )  # fmt: skip
        if check and ran.returncode not in (0, 10):
            raise AssertionError(
                f"suture {' '.join(arguments)} ended with {ran.returncode}\n{ran.stdout}\n{ran.stderr}"
            )
        return ran

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a `suture` command in a process group of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "suture", *arguments], env=self.environment, stdout=subprocess.DEVNULL,
            stderr=(self.home / "stderr.log").open("ab"), start_new_session=True,
        )  # fmt: skip

    def python(self, code: str) -> str:
        """Run code with the house open; gives its stdout."""
        opened = "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'suture.config.settings'; django.setup()\n"
        ran = subprocess.run(
            [sys.executable, "-c", opened + code],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def serve(self) -> None:
        """Start `suture serve` and wait until it answers."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.server = self.start("serve", "--port", str(self.port))
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.server.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2):
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("suture serve did not answer\n" + (self.home / "stderr.log").read_text())

    def kill(self, process: subprocess.Popen[bytes] | None = None) -> None:
        """kill -9 of the process and all its children."""
        process = process or self.server
        assert process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=20)

    def ask(
        self, method: str, path: str, body: bytes = b"", kind: str = "application/json", timeout: float = 20
    ) -> tuple[int, Any]:
        """One API request as Ada; gives status and decoded body. Raises OSError when the server is gone."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/suture/v1{path}", data=body or None, method=method
        )
        request.add_header("Authorization", "Basic " + b64encode(f"ada:{PASSWORD}".encode()).decode())
        if body:
            request.add_header("Content-Type", kind)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as refused:
            return refused.code, json.loads(refused.read() or b"null")

    def hand_in(self, release: str, sbom: bytes) -> tuple[int, Any]:
        """Upload an SBOM as a client of CI would."""
        line = uuid4().hex
        head = f'--{line}\r\nContent-Disposition: form-data; name="file"; filename="sbom.json"\r\n\r\n'.encode()
        return self.ask(
            "POST",
            f"/releases/{release}/sboms",
            head + sbom + f"\r\n--{line}--\r\n".encode(),
            f"multipart/form-data; boundary={line}",
        )

    def verify(self) -> dict[str, Any]:
        """`suture verify`, as JSON."""
        return json.loads(self.suture("verify", "--json", check=False).stdout)


SET_UP = f"""
from suture.accounts.services import register_person
from suture.core.roles import Role
from suture.inventory.services import register_establishment, register_product, register_release
from suture.policy.services import set_up
root = register_person(username="root", printed_name="Root", roles=[Role.ADMINISTRATOR], by=None, password={PASSWORD!r})
ada = register_person(
    username="ada", printed_name="Ada Lind", by=root, password={PASSWORD!r},
    roles=[Role.PSIRT, Role.ENGINEERING, Role.REGULATORY_AFFAIRS, Role.QUALITY])
site = register_establishment(
    by=ada, name="Works", address="1 Mill Road", phone="555-0100", time_zone="America/Chicago")
device = register_product(establishment=site, by=ada, brand_name="Pump", common_name="infusion pump", pathway="510(k)")
for version in ("1.0", "2.0", "3.0"):
    print(register_release(product=device, by=ada, version=version).uid)
"""


def sbom_of(names: list[str], serial: str) -> bytes:
    """A small CycloneDX document; `serial` makes it unique."""
    return json.dumps({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "serialNumber": f"urn:uuid:{serial}",
        "components": [
            {"type": "library", "bom-ref": name, "name": name, "version": "1.0.0", "purl": f"pkg:npm/{name}@1.0.0"}
            for name in names
        ],
    }).encode()  # fmt: skip
