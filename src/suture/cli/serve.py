"""`suture serve`, `worker`, `migrate`: the processes of an installation."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import Annotated, Any

import typer
from cheroot.wsgi import Server
from django.conf import settings

from suture.cli.house import bring_up_to_date
from suture.cli.progress import say
from suture.config.wsgi import application
from suture.core.errors import InvalidValue
from suture.worker.loop import run_off, run_until

THREADS = 8
LARGEST_BODY = 130 * 1024 * 1024  # bytes, as DATA_UPLOAD_MAX_MEMORY_SIZE

serve = typer.Typer(rich_markup_mode=None, add_completion=False)
worker = typer.Typer(rich_markup_mode=None, add_completion=False)
migrate = typer.Typer(rich_markup_mode=None, add_completion=False)

Host = Annotated[str, typer.Option(help="Address to listen on; keep 127.0.0.1 behind a proxy that speaks TLS.")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")]


@serve.command(help="Serve the pages and the API on one address, with the background worker as a child process.")
def _serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    no_worker: Annotated[bool, typer.Option("--no-worker", help="Leave the background steps to another node.")] = False,
) -> None:
    serve_forever(host, port, with_worker=not no_worker)


@worker.command(help="Run the background steps in staircase order, again and again. `suture serve` runs one already.")
def _worker(
    every: Annotated[float, typer.Option(min=0.2, help="Seconds between rounds.")] = 5.0,
    once: Annotated[bool, typer.Option("--once", help="Work off what waits, match every release, and end.")] = False,
    child_of: Annotated[int, typer.Option(hidden=True)] = 0,
) -> None:
    if once:
        say(f"{run_off():,} releases matched. Nothing waits.")
        return
    run_until(lambda: bool(child_of) and os.getppid() != child_of, every=every)


@migrate.command(help="Bring the database to this version's tables. Safe to repeat.")
def _migrate() -> None:
    bring_up_to_date()
    say(f"The database in {settings.SUTURE.home} is up to date.")


class PatientServer(Server):
    """Lets a new connection wait for its first byte beside the idle ones, not in a thread.

    Browsers open connections in advance and leave them silent. Cheroot would keep a thread reading each of them until
    its timeout: a few open tabs, and everybody waits.
    """

    def process_conn(self, conn: Any) -> None:
        if getattr(conn, "seen", False):
            super().process_conn(conn)
        else:
            conn.seen = True
            self.put_conn(conn)


def serve_forever(host: str, port: int, *, with_worker: bool) -> None:
    """Listen until interrupted. The worker is a child process that ends with its parent, however that ends."""
    server = PatientServer(
        (host, port), application, numthreads=THREADS, request_queue_size=64, timeout=30, server_name="suture"
    )
    server.max_request_body_size = LARGEST_BODY
    server.max_request_header_size = 64 * 1024
    try:
        server.prepare()
    except OSError as error:
        raise InvalidValue(f"cannot listen on {host}:{port}: {error.strerror or error}; choose another port") from error
    child = None
    if with_worker:
        child = subprocess.Popen(  # noqa: S603 (our own command)
            [sys.executable, "-m", "suture", "worker", "--child-of", str(os.getpid())], stdin=subprocess.DEVNULL
        )
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    say(f"Suture listens on http://{host}:{port} (Ctrl-C ends it)")
    try:
        server.serve()
    except KeyboardInterrupt:
        say("Ending …")
    finally:
        server.stop()
        if child is not None:
            child.terminate()
            child.wait(timeout=10)
