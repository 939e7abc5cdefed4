"""How right the matching is: labelled pairs scored, gates kept. Exit 1 when a gate is missed or a true match was lost.

    python -m tools.accuracy [DATA] [--home FOLDER] [--only TRACK ...] [--keep]

DATA is the folder of the test data (default: SUTURE_TEST_DATA, else ../shared/data). Its feeds are taken into a
temporary installation first, unless --home names one that holds them. What went wrong, pair by pair, is written to
test-results/accuracy-wrong.jsonl. --keep writes the result into docs/accuracy, and docs/explanation/accuracy.md;
every true match of the kept result must be found again by the next run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from tools import accuracy_adjustments, accuracy_page
from tools.accuracy_labels import OPEN_LABELS, Tally, Track, match_labels, medical_devices

ROOT = Path(__file__).resolve().parent.parent
KEPT = accuracy_page.KEPT
CROSSWALK = KEPT.with_name("crosswalk.jsonl")
DEVICES_CROSSWALK = KEPT.with_name("crosswalk-devices.jsonl")
WRONG = ROOT / "test-results" / "accuracy-wrong.jsonl"
FEEDS = ("osv", "nvd", "cve5", "kev", "epss", "distro", "csaf/cisa-icsma")
TRACKS = ("language", "cpe", "distro", "medical-devices", "trivy")


class Gate(NamedTuple):
    """What a track must reach; a rate between 0 and 1, or a count."""

    track: str
    what: str
    least: float
    is_count: bool = False


GATES = (
    Gate("language", "adjusted recall", 0.97),
    Gate("language", "adjusted precision", 0.97),
    Gate("language", "raw recall", 0.87),
    Gate("language", "raw precision", 0.95),
    Gate("cpe", "raw precision", 0.90),
    Gate("cpe", "reported pairs", 30, True),
    Gate("distro", "adjusted recall", 0.93),
    Gate("distro", "adjusted precision", 0.95),
    Gate("medical-devices", "raw recall", 0.97),
    Gate("medical-devices", "raw precision", 0.97),
    Gate("medical-devices", "conditional shown as such", 0.90),
    Gate("medical-devices", "not_assessable shown as such", 0.90),
)
EVERY_CATEGORY = 0.90  # recall and precision of each category of medical-devices
MOST_ADJUSTED = 0.12  # of the labels of a track


class Reached(NamedTuple):
    """A gate and what was reached; None: nothing to count."""

    gate: Gate
    value: float | None

    @property
    def kept(self) -> bool:
        return self.value is not None and self.value >= self.gate.least

    def __str__(self) -> str:
        shown = "—" if self.value is None else f"{self.value:.0f}" if self.gate.is_count else percent(self.value)
        least = f"{self.gate.least:.0f}" if self.gate.is_count else percent(self.gate.least)
        return f"{'ok    ' if self.kept else 'MISSED'} {self.gate.track}: {self.gate.what} {shown} (at least {least})"


def percent(rate: float | None) -> str:
    return "—" if rate is None else f"{100 * rate:.1f} %"


def reached(tracks: Sequence[Track]) -> list[Reached]:
    """Every gate of the tracks that were scored."""
    found = []
    for track in tracks:
        found += [Reached(gate, _value(track, gate.what)) for gate in GATES if gate.track == track.name]
        if track.set_aside:
            room = 1 - track.set_aside / track.labels
            found.append(Reached(Gate(track.name, "labels left as they are", 1 - MOST_ADJUSTED), room))
        if track.name == "medical-devices":
            for cell in sorted(name for name in track.raw if name.startswith("category ")):
                for what in ("recall", "precision"):
                    value = getattr(track.raw[cell], what)
                    found.append(Reached(Gate(track.name, f"{cell}, {what}", EVERY_CATEGORY), value))
    return found


def _value(track: Track, what: str) -> float | None:
    whole = track.raw["all"]
    if what == "reported pairs":
        return whole.n["hit"] + whole.n["alarm"]
    if what.endswith(" shown as such"):
        return whole.share_open(what.split()[0])
    line, _, rate = what.partition(" ")
    value: float | None = getattr(track.adjusted if line == "adjusted" else whole, rate)
    return value


def table(tracks: Sequence[Track]) -> str:
    """The table a person reads."""
    out = []
    for track in tracks:
        out.append(f"{track.name}: {track.labels} labels")
        out.append(_row("raw", track.raw["all"]))
        if track.set_aside:
            out.append(_row(f"adjusted ({track.set_aside} set aside)", track.adjusted))
        out += [_row(name, track.raw[name]) for name in sorted(track.raw) if name != "all"]
        out.append("")
    return "\n".join(out)


def _row(name: str, tally: Tally) -> str:
    n = tally.n
    asked = "".join(
        f"   {label} {n[f'open {label}']}/{n[f'asked {label}']}" for label in OPEN_LABELS if n[f"asked {label}"]
    )
    return (
        f"  {name:<34} recall {percent(tally.recall):>8} ({n['hit']}/{n['hit'] + n['miss']})   precision "
        f"{percent(tally.precision):>8} ({n['alarm']} false alarms, {n['quiet']} rightly quiet)   "
        f"misses left open {n['miss left open']}{asked}"
    )


def lost(kept: dict[str, Any], tracks: Sequence[Track]) -> list[str]:
    """The true matches of the kept result that this run no longer gives."""
    found = []
    for track in tracks:
        for one in kept.get("confirmed", {}).get(track.name, ()):
            if one not in track.confirmed:
                found.append(f"{track.name}: {track.known.get(one, f'a pair that is no longer labelled ({one})')}")
    return found


def answered(one: dict[str, Any]) -> str:
    """How a pair was answered, in words."""
    return "affected" if one["reported"] else one["open"] or "nothing said"


def _trivy(data: Path) -> dict[str, Any]:
    """Trivy's closed world, in a process of its own: its fixtures must be the only knowledge."""
    run = subprocess.run(
        [sys.executable, "-m", "tools.accuracy_trivy", str(data)], stdout=subprocess.PIPE, check=True, cwd=ROOT
    )
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return found


def as_json(tracks: Sequence[Track], gates: Sequence[Reached], at: str, knowledge: dict[str, Any]) -> dict[str, Any]:
    """The result as it is kept."""
    return {
        "dated": at,
        "knowledge": knowledge,
        "gates": [
            {"track": r.gate.track, "what": r.gate.what, "least": r.gate.least,
             "reached": None if r.value is None else round(r.value, 4), "kept": r.kept}
            for r in gates
        ],
        "tracks": {
            track.name: {
                "labels": track.labels, "set aside": track.set_aside, "raw": track.raw["all"].plain(),
                "adjusted": track.adjusted.plain(),
                "cells": {name: track.raw[name].plain() for name in sorted(track.raw) if name != "all"},
            }
            for track in tracks
        },
        "otherwise": {  # pair by pair, where a label is answered otherwise and the pairs are few
            track.name: [
                [one["id"], one["vulnerability"], one["category"], one["trap"], one["expected"], answered(one)]
                for one in track.wrong
            ]
            for track in tracks
            if track.name == "medical-devices"
        },
        "confirmed": {track.name: sorted(track.confirmed) for track in tracks},
    }  # fmt: skip


def _prepare(data: Path, home: str) -> dict[str, Any]:
    """Open an installation that knows the feeds of DATA, and say what it knows."""
    os.environ["SUTURE_HOME"] = home or tempfile.mkdtemp(prefix="suture-accuracy-")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suture.config.settings")
    import django

    django.setup()
    from suture.accounts.services import local_operator
    from suture.cli.house import ready
    from suture.core.versions import KEYS_VERSION
    from suture.detection.kernel import KERNEL_VERSION
    from suture.intelligence.queries import knowledge
    from suture.intelligence.services import import_feeds

    ready()
    if not home:
        started = time.perf_counter()
        for result in import_feeds([data / name for name in FEEDS if (data / name).is_dir()], by=local_operator()):
            counts = result.counts
            print(
                f"  {result.source:<16} {result.outcome:<10} {counts.records:>8,} records {counts.accepted:>9,} ranges "
                f"{sum(counts.review.values()):>8,} in review  {result.why}",
                file=sys.stderr,
            )
        print(f"  knowledge taken in: {time.perf_counter() - started:.0f} s", file=sys.stderr)
    known = knowledge()
    if known.empty or known.only_demo:
        sys.exit("this installation has no knowledge: take in feeds first (suture feeds import …)")
    return {
        "sources": list(known.sources), "ranges": known.ranges, "in review": known.waiting,
        "keys": KEYS_VERSION, "matcher": KERNEL_VERSION,
    }  # fmt: skip


@contextmanager
def reviewed_names(listed: Path) -> Iterator[None]:
    """A crosswalk of docs/accuracy, as a person would confirm it; the installation is left as it was.

    For each package of the inventories, the CPE names that some record carries together with it, or that its project
    releases under the same number, where a look at the project says that both are the same code. For each device, the
    names under which one vulnerability is described twice, and a supplier's product as a record names it.
    """
    from django.db import transaction

    from suture.accounts.services import new_uid
    from suture.core.errors import Conflict
    from suture.core.roles import Role
    from suture.detection.crosswalk_names import read_name
    from suture.detection.services import confirm_pair

    with transaction.atomic():
        from suture.accounts.models import Person

        person = Person.objects.create(
            uid=new_uid(),
            username="accuracy",
            printed_name="Reviewer of the measurement",
            role_names=[Role.PSIRT.value],
        )
        for line in listed.read_text().splitlines():
            entry = json.loads(line)
            with suppress(Conflict):  # it is so already: the name has come into the table that is shipped
                confirm_pair(
                    one=read_name(entry["one"]), other=read_name(entry["other"]), by=person, because=entry["because"],
                    confidence="examined", review_on=date.today() + timedelta(days=365),
                    provenance=[{"source": "", "record": one, "says": ""} for one in entry["carried_by"]],
                )  # fmt: skip
        yield
        transaction.set_rollback(True)


def main(argv: Sequence[str] | None = None) -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("data", nargs="?", default=os.environ.get("SUTURE_TEST_DATA", "../shared/data"), type=Path)
    asked.add_argument("--home", default="", help="an installation that holds the knowledge (a SUTURE_HOME)")
    asked.add_argument("--only", action="append", choices=TRACKS, help="score this track; may be repeated")
    asked.add_argument("--keep", action="store_true", help="keep the result in docs/accuracy")
    said = asked.parse_args(argv)
    known = _prepare(said.data, said.home)
    from suture.detection.scan import scan

    only = set(said.only or TRACKS)
    adjustments = accuracy_adjustments.kept()
    tracks: list[Track] = []
    labels, aside = said.data / "benchmark" / "match-labels", {one.key for one in adjustments}
    if plain := [name for name in ("language", "distro") if name in only]:
        tracks += match_labels(labels, scan, aside, plain)
    if "cpe" in only:
        with reviewed_names(CROSSWALK):
            tracks += match_labels(labels, scan, aside, ["cpe"])
    if "medical-devices" in only:
        devices = said.data / "benchmark" / "medical-devices"
        alone = medical_devices(devices, scan)
        with reviewed_names(DEVICES_CROSSWALK):
            tracks.append(medical_devices(devices, scan))
        tracks[-1].raw[accuracy_page.WITHOUT] = alone.raw["all"]
    trivy = _trivy(said.data) if "trivy" in only else None
    print(f"sources: {', '.join(known['sources'])}; {known['ranges']:,} ranges, {known['in review']:,} in review\n")
    print(table(tracks))
    gates = reached(tracks)
    if trivy is not None:
        agreed = trivy["compared"] and 1 - len(trivy["wrong"]) / trivy["compared"]
        gates.append(Reached(Gate("trivy", f"as its reports say, of {trivy['compared']} pairs", 1.0), agreed))
        print("".join(f"trivy: {one}\n" for one in trivy["wrong"]))
    print("\n".join(str(one) for one in gates))
    WRONG.parent.mkdir(exist_ok=True)
    WRONG.write_text("".join(json.dumps(one) + "\n" for track in tracks for one in track.wrong))
    print(f"\nwhat went wrong, pair by pair: {WRONG.relative_to(ROOT)} ({sum(len(t.wrong) for t in tracks)})")
    gone = lost(json.loads(KEPT.read_text()) if KEPT.exists() else {}, tracks)
    for one in gone:
        print(f"LOST  {one}")
    fallen = accuracy_adjustments.check(adjustments, accuracy_adjustments.labels(said.data), said.data)
    for one in fallen:
        print(f"ADJUSTMENT DOES NOT STAND  {one}")
    if said.keep:
        result = as_json(tracks, gates, date.today().isoformat(), known)
        KEPT.write_text(json.dumps(result, indent=1) + "\n")
        accuracy_page.write(result, adjustments, accuracy_page.notes_on(result))
        print(f"kept: {KEPT.relative_to(ROOT)}")
    return 1 if gone or fallen or not all(one.kept for one in gates) else 0


if __name__ == "__main__":
    sys.exit(main())
