"""One table for all benchmarks: what was measured, against what, the ratio, the budget; printed, and kept as JSON."""

from __future__ import annotations

import gc
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from typing import Any

DATA = Path(os.environ.get("SUTURE_TEST_DATA", "../shared/data"))
HEAD = ("part", "what", "ours", "against", "theirs", "ratio", "budget", "")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One measured figure. `limit` bounds the ratio where `theirs` is given, the seconds otherwise; None: no budget."""

    part: str  # '1 full match'
    what: str
    ours: float  # seconds, unless `unit` says otherwise
    against: str = ""
    theirs: float | None = None
    limit: float | None = None
    at_least: bool = False  # the ratio is theirs : ours, and shall be `limit` or more
    unit: str = "s"
    note: str = ""

    @property
    def ratio(self) -> float | None:
        if self.theirs is None or not self.ours:
            return None
        return self.theirs / self.ours if self.at_least else self.ours / self.theirs

    @property
    def kept(self) -> bool | None:
        """Whether the budget is kept; None where there is none."""
        if self.limit is None:
            return None
        measured = self.ours if self.theirs is None else (self.ratio or 0.0)
        return measured >= self.limit if self.at_least else measured <= self.limit

    @property
    def budget(self) -> str:
        if self.limit is None:
            return ""
        sign = "≥" if self.at_least else "≤"
        return f"{sign} {self.limit:g}×" if self.theirs is not None else f"{sign} {_amount(self.limit, self.unit)}"

    def cells(self) -> tuple[str, ...]:
        theirs = "" if self.theirs is None else _amount(self.theirs, self.unit)
        ratio = "" if self.ratio is None else f"{self.ratio:,.3g}×"
        kept = {None: "", True: "kept", False: "NOT KEPT"}[self.kept]
        return self.part, self.what, _amount(self.ours, self.unit), self.against, theirs, ratio, self.budget, kept


def _amount(value: float, unit: str) -> str:
    if unit != "s":
        return f"{value:,.0f} {unit}"
    return f"{value * 1000:,.3g} ms" if value < 0.9995 else f"{value:,.3g} s"


class Table:
    """The lines of one run, printed as they come."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def add(self, line: Line) -> None:
        self.lines.append(line)
        part, what, ours, against, theirs, ratio, budget, kept = line.cells()
        note = f"   ({line.note})" if line.note else ""
        print(
            f"{part:<4}{what:<52}{ours:>11}  {against:<40}{theirs:>11}{ratio:>9}  {budget:<9}{kept}{note}", flush=True
        )

    def say(self, sentence: str) -> None:
        """A sentence between the lines: what was left out, and why."""
        print(f"    {sentence}", flush=True)

    def markdown(self) -> str:
        rows = [HEAD, tuple("---" for _ in HEAD), *(line.cells() for line in self.lines)]
        return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"

    def plain(self, **more: Any) -> dict[str, Any]:
        lines = [asdict(one) | {"ratio": one.ratio, "kept": one.kept} for one in self.lines]
        machine = {"cores": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()[0]}
        return {"at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine, **more, "lines": lines}


def timed(work: Callable[[], object], times: int = 3) -> float:
    """Median seconds of several runs."""
    took = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        took.append(time.perf_counter() - started)
    return statistics.median(took)


def spent(work: Callable[[], object], times: int = 3, server: Callable[[], float] = lambda: 0.0) -> tuple[float, float]:
    """Seconds by the clock (the median) and of CPU (the mean), of this process and of its database's together.

    Args:
        server: the CPU the database's process has used so far; its clock may tick coarsely, hence the mean.
    """
    took, used = [], time.process_time() + server()
    for _ in range(times):
        started = time.perf_counter()
        work()
        took.append(time.perf_counter() - started)
    return statistics.median(took), (time.process_time() + server() - used) / times


def paired(ours: Callable[[], object], theirs: Callable[[], object], times: int = 5) -> tuple[float, float]:
    """The medians of two works run in turns, without the garbage collector: what else the machine does hits both."""
    took: tuple[list[float], list[float]] = ([], [])
    collecting = gc.isenabled()
    for _ in range(times):
        for work, times_ in zip((ours, theirs), took, strict=True):
            gc.collect()
            gc.disable()
            times_.append(timed(work, 1))
            if collecting:
                gc.enable()
    return statistics.median(took[0]), statistics.median(took[1])


def process(command: Sequence[str], env: dict[str, str] | None = None, times: int = 5) -> float:
    """Median seconds of a whole process, by the clock; see `process_spent`."""
    return process_spent(command, env, times)[0]


def process_spent(command: Sequence[str], env: dict[str, str] | None = None, times: int = 5) -> tuple[float, float]:
    """Median seconds of a whole process, by the clock and of CPU.

    Raises:
        RuntimeError: it failed; its last words.
    """

    clock, cpu = [], []
    for _ in range(times):
        before, started = getrusage(RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run(command, capture_output=True, env=os.environ | (env or {}), check=False)
        clock.append(time.perf_counter() - started)
        after = getrusage(RUSAGE_CHILDREN)
        cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        if done.returncode not in (0, 10):
            raise RuntimeError(done.stderr.decode()[-400:])
    return statistics.median(clock), statistics.median(cpu)


def worker(module: str, *arguments: str, env: dict[str, str]) -> dict[str, Any]:
    """Run one part in a process of its own and give the JSON it prints last.

    Raises:
        RuntimeError: it failed; what it said stands on stderr.
    """
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, env=os.environ | env, check=False)
    if done.returncode:
        raise RuntimeError(f"{module} failed with {done.returncode}")
    found: dict[str, Any] = json.loads(done.stdout.decode().strip().splitlines()[-1])
    return found
