"""`suture demo`: the fictitious manufacturer, loaded once and served."""

from __future__ import annotations

import time
from typing import Annotated

import typer
from django.conf import settings

from suture.cli.progress import say
from suture.cli.serve import Host, Port, serve_forever
from suture.demo import WELCOME, load

demo = typer.Typer(rich_markup_mode=None, add_completion=False)


@demo.command(help="Load the fictitious manufacturer, once, and serve it.")
def _demo(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    load_only: Annotated[bool, typer.Option("--load-only", help="Load, and do not serve.")] = False,
) -> None:
    started = time.perf_counter()
    load(say)
    say(f"Demo data ready in {time.perf_counter() - started:.1f} s, in {settings.SUTURE.home}")
    if load_only:
        return
    for line in ("", *WELCOME):
        say(line)
    serve_forever(host, port, with_worker=True)
