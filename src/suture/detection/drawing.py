"""From hits to findings, for a stored release and for a scan alike: conditions, then voices, then reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from suture.detection.conditions import Conditions, Platform, Release, Stated, conditions_of, devices_alone, settle
from suture.detection.crosswalk import SHIPPED, Crosswalk
from suture.detection.kernel import platforms_met, platforms_of, whole_platforms
from suture.detection.reasons import Drawn, Hit, Where, draw, spoken
from suture.detection.voices import by_whom, weigh
from suture.intelligence.models import ORDINALS


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """What is matched: one release, or one document.

    `chosen` and `table` name its component versions for the kernel; `wheres` gives the components at some of them.
    """

    chosen: str
    table: str
    wheres: Callable[[Iterable[int]], Mapping[int, Sequence[Where]]]
    unplaced: Mapping[int, Sequence[Where]]  # by package: components whose version has no place
    hardware: Mapping[int, Where]  # by package: the pieces of hardware it names
    stated: Sequence[Stated]
    packages: Mapping[str, frozenset[int]]  # by component ref
    crosswalk: Crosswalk = SHIPPED
    absent: Sequence[str] = ()  # products the device's profile says it has not


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What matching finds, by vulnerability, and what it ruled out: hits whose conditions do not hold."""

    drawn: dict[int, Drawn]
    ruled_out: list[Hit]


def draw_hits(hits: Sequence[Hit], portfolio: Portfolio, rev: int) -> Drawing:
    """Judge hits for the release as a whole, weigh the voices, and gather them by vulnerability.

    A constant number of queries for up to 5,000 assertions.
    """
    met = {hit.stmt >> ORDINALS for hit in hits}
    devices = _devices(portfolio, rev)
    conditions = conditions_of(met | set(devices))
    release = _release(portfolio, conditions)
    standing, ruled_out = settle(hits, conditions, release)
    standing += devices_alone(conditions, met, release, devices)
    said = by_whom(spoken(hit.stmt for hit in standing), conditions)
    weighed = weigh(standing, said, portfolio.packages, rev)
    return Drawing(drawn=draw(weighed, said, portfolio.crosswalk), ruled_out=ruled_out)


def _devices(portfolio: Portfolio, rev: int) -> dict[int, Where]:
    """The assertions whose configurations name a piece of hardware of the release, with the component it is."""
    return {assertion: portfolio.hardware[package] for package, assertion, _ in platforms_of(portfolio.hardware, rev)}


def _release(portfolio: Portfolio, conditions: Mapping[int, Conditions]) -> Release:
    joined = [assertion for assertion, known in conditions.items() if known.nodes]
    met = platforms_met(portfolio.chosen, portfolio.table, joined)
    wheres = portfolio.wheres({cv_id for cv_id, _, _ in met})
    platforms = [
        Platform(assertion, number, where.given_as)
        for cv_id, assertion, number in met
        for where in wheres.get(cv_id, ())
    ]
    platforms += [
        Platform(assertion, number, where.given_as)
        for package, assertion, number in whole_platforms(portfolio.unplaced, joined)
        for where in portfolio.unplaced[package]
    ]
    return Release(portfolio.stated, platforms, portfolio.absent, portfolio.crosswalk)
