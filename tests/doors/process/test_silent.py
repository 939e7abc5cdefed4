"""Connections that a browser opens in advance and leaves silent keep nobody waiting."""

from __future__ import annotations

import contextlib
import socket
import urllib.request

import pytest

from suture.cli.serve import THREADS
from tests.doors.process.installation import Installation


@pytest.mark.once
def test_silent_connections_hold_no_thread(installation: Installation) -> None:
    installation.serve()
    there = ("127.0.0.1", installation.port)
    with contextlib.ExitStack() as open_ones:
        for _ in range(3 * THREADS):
            open_ones.enter_context(socket.create_connection(there, timeout=10))
        # A thread that reads a silent connection would be gone for the server's timeout of 30 s.
        with urllib.request.urlopen(f"http://127.0.0.1:{installation.port}/healthz", timeout=20) as answer:
            assert answer.status == 200
        late = open_ones.enter_context(socket.create_connection(there, timeout=20))
        late.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert late.recv(64).startswith(b"HTTP/1.1 200")
