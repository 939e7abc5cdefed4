"""Units of a campaign move: told, acknowledged, scheduled, reported, verified, declined, lost, retired.

Every verb takes many units, writes one line of evidence with the hash of what it was given and of what it did, and may
be repeated: units that are already there, or further, are left alone and counted. Who has the units may report on their
own; only who answers for the device verifies.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from suture.accounts.models import Person
from suture.assessment.services import add_fact
from suture.core.campaigns import UNIT, CampaignState, UnitGuard, UnitState
from suture.core.errors import InvalidValue, NotAllowed, NotFound
from suture.core.facts import Answer, FactKind, negated, not_in_future
from suture.core.servicing import ServiceRecord
from suture.evidence.canonical import digest
from suture.evidence.clock import today
from suture.evidence.services import record
from suture.remediation.models import Campaign, DayChange, Tally, UnitTask
from suture.remediation.queries.campaigns import zone_of
from suture.remediation.services.taking import Actor, HospitalContact, person_behind, take_campaign

U, G = UnitState, UnitGuard
MOST_NAMED = 5_000  # units named one by one in one call; for more, name the consignee or the site


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Which units are meant: some by name, or all of a consignee, a site or the whole campaign."""

    units: Collection[UUID] = ()
    site: UUID | None = None
    consignee: UUID | None = None
    everyone: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """What a verb did: how many units moved, and how many stood where it does not apply."""

    units: int
    left: Mapping[UnitState, int] = field(default_factory=dict)


def tell_units(*, campaign_uid: UUID | str, which: Which, by: Person, on: date | None = None) -> Moved:
    """Say that those who have the units were told: their copy of the notice arrived."""
    return _move_units(campaign_uid, which, "notify", by, on, {})


def acknowledge_units(*, campaign_uid: UUID | str, which: Which, by: Actor, on: date | None = None) -> Moved:
    """Say that whoever has the units acknowledged the notice."""
    return _move_units(campaign_uid, which, "acknowledge", by, on, {})


def schedule_units(
    *, campaign_uid: UUID | str, which: Which, by: Actor, planned_on: date, because: str = "", on: date | None = None
) -> Moved:
    """Say for when the action is planned: "cannot before … because …".

    Raises:
        InvalidValue: a day before the day it is said.
    """
    return _move_units(
        campaign_uid, which, "schedule", by, on, {G.DAY_GIVEN: Answer.YES}, planned_on=planned_on, note=because
    )


def report_installed(
    *, campaign_uid: UUID | str, which: Which, by: Actor, on: date | None = None, version_seen: str = ""
) -> Moved:
    """Take somebody's word that it is in place. Reported, not verified.

    Raises:
        NotAllowed: the version they saw is not the one the campaign installs; then it is not in place.
    """
    return _move_units(campaign_uid, which, "install", by, on, {}, version_seen=version_seen)


def verify_units(
    *, campaign_uid: UUID | str, which: Which, by: Person, version_seen: str = "", evidence: str = "",
    on: date | None = None,
) -> Moved:  # fmt: skip
    """Verify units that are reported as done: the version was seen, or, where none is installed, the evidence given.

    Raises:
        NotAllowed: a wrong version, or nobody says which was seen. Verified is nothing to assume.
    """
    return _move_units(campaign_uid, which, "verify", by, on, {}, version_seen=version_seen, note=evidence)


def send_back_units(
    *, campaign_uid: UUID | str, which: Which, by: Person, version_seen: str, on: date | None = None
) -> Moved:
    """Say that another version was found on units that were reported or verified; they are owed again."""
    return _move_units(campaign_uid, which, "send_back", by, on, {}, version_seen=version_seen)


def decline_units(*, campaign_uid: UUID | str, which: Which, by: Actor, because: str, on: date | None = None) -> Moved:
    """Say that whoever has the units will not do it, and why. They stay in the denominator."""
    known = {G.REASON_GIVEN: Answer.of(bool(because.strip()))}
    return _move_units(campaign_uid, which, "decline", by, on, known, note=because)


def lose_units(*, campaign_uid: UUID | str, which: Which, by: Person, attempts: str, on: date | None = None) -> Moved:
    """Say that nobody answers for the units, with the attempts that were made. They stay in the denominator."""
    known = {G.ATTEMPTS_LOGGED: Answer.of(bool(attempts.strip()))}
    return _move_units(campaign_uid, which, "lose", by, on, known, note=attempts)


def retire_units(*, campaign_uid: UUID | str, which: Which, by: Actor, evidence: str, on: date | None = None) -> Moved:
    """Say that units are out of use, with what shows it. Only so do they leave the denominator.

    Raises:
        NotAllowed: no evidence.
    """
    known = {G.RETIREMENT_SHOWN: Answer.of(bool(evidence.strip()))}
    return _move_units(campaign_uid, which, "retire", by, on, known, note=evidence)


def return_units(*, campaign_uid: UUID | str, which: Which, by: Person, because: str, on: date | None = None) -> Moved:
    """Say that units called retired are in use after all; they are affected again."""
    known = {G.REASON_GIVEN: Answer.of(bool(because.strip()))}
    return _move_units(campaign_uid, which, "return", by, on, known, note=because)


def _move_units(
    campaign_uid: UUID | str, which: Which, verb: str, by: Actor, on: date | None, known: Mapping[UnitGuard, Answer], *,
    version_seen: str = "", note: str = "", planned_on: date | None = None,
) -> Moved:  # fmt: skip
    with transaction.atomic():
        campaign = take_campaign(campaign_uid, by, "unit.move", step=verb)
        if campaign.at is not CampaignState.RUNNING:
            raise NotAllowed(f"{campaign.number} is {campaign.at.label}; its units move while it runs")
        today_there = today(zone_of(campaign))
        day = not_in_future(on or today_there, today_there, "the day it was so")
        if planned_on is not None and planned_on < day:
            raise InvalidValue("what is planned lies on the day it is said or later")
        given = {"verb": verb, "which": _spelled(which), "on": day, "version_seen": version_seen, "note": note,
                 "planned_on": planned_on}  # fmt: skip
        wanted = _chosen(campaign, which, by)
        step = next(s for s in UNIT.steps if s.verb == verb)
        facts = {**known, **_version_facts(campaign, verb, version_seen, note)}
        _require(verb, next(iter(step.from_states)), by, facts)
        # A day for all of a place is no word against what was declined one by one.
        from_states = step.from_states - ({U.DECLINED} if verb == "schedule" and not which.units else frozenset())
        moving = wanted.filter(state__in=from_states)
        before = _grouped(moving)
        left = dict(wanted.exclude(state__in=from_states).order_by().values_list("state").annotate(n=Count("pk")))
        moved = sum(n for *_, n in before)
        if moved:
            moving.update(**_changes(verb, step.to, day, version_seen, note, planned_on))
            _count(campaign, before, step.to, day)
            _first_change(campaign, verb, day, by, moved)
        record(
            by=by, did=f"units.{verb}", to=campaign, because=note[:500],
            facts={
                "input": digest(given), "result": digest({"moved": before}), "units": moved, "to": step.to, "on": day,
                "which": given["which"] if len(which.units) <= 20 else {"units": len(which.units)},
                "version_seen": version_seen,
            },
        )  # fmt: skip
    return Moved(moved, {UnitState(state): n for state, n in left.items()})


def _require(verb: str, state: UnitState, by: Actor, facts: Mapping[Any, Answer]) -> None:
    """Ask the table. Somebody outside was let in by `BY_CONSIGNEE`; here they have the roles of the step."""
    roles = by.roles if isinstance(by, Person) and by.kind != Person.Kind.SYSTEM else UNIT.step(state, verb).who
    UNIT.require(state, verb, roles=set(roles), facts=facts)


def _version_facts(campaign: Campaign, verb: str, seen: str, evidence: str) -> dict[UnitGuard, Answer]:
    if verb not in ("verify", "send_back", "install"):
        return {}
    if campaign.wanted:
        shows = ServiceRecord(version_found=seen).shows(campaign.wanted)
        if verb == "install" and shows is Answer.NO:
            raise NotAllowed(
                f"version {seen} is not {campaign.wanted}, which {campaign.number} installs; it is not in place"
            )
        return {
            G.RIGHT_VERSION: shows,
            G.WRONG_VERSION: negated(shows),
        }
    # no version is installed: what was seen is told in words
    return {G.RIGHT_VERSION: Answer.of(bool(evidence.strip()) or None), G.WRONG_VERSION: Answer.of(bool(seen.strip()))}


def _chosen(campaign: Campaign, which: Which, by: Actor) -> QuerySet[UnitTask]:
    """The tasks that are meant, and that this actor may reach.

    Raises:
        InvalidValue: nothing is named, or too much one by one.
        NotFound: a named unit is not in the campaign, or not this actor's.
    """
    rows = UnitTask.objects.filter(campaign=campaign)
    if isinstance(by, HospitalContact):
        rows = rows.filter(Q(site__consignee=by.consignee_pk) | Q(site__consignee__through=by.consignee_pk))
        if by.site_pk is not None:
            rows = rows.filter(site=by.site_pk)
    if which.units:
        if len(which.units) > MOST_NAMED:
            raise InvalidValue(f"at most {MOST_NAMED:,} units are named one by one; name the site or the consignee")
        rows = rows.filter(unit__uid__in=list(which.units))
        if rows.count() != len(set(which.units)):
            raise NotFound("one of these units is not in this campaign, or not yours")
        return rows
    if which.site is not None:
        return rows.filter(site__uid=which.site)
    if which.consignee is not None:
        return rows.filter(Q(site__consignee__uid=which.consignee) | Q(site__consignee__through__uid=which.consignee))
    if not which.everyone:
        raise InvalidValue("say which units are meant")
    return rows


def _spelled(which: Which) -> dict[str, Any]:
    return {
        "units": sorted(str(uid) for uid in which.units), "site": str(which.site or ""),
        "consignee": str(which.consignee or ""), "everyone": which.everyone,
    }  # fmt: skip


Group = tuple[int, int | None, str, int]  # consignee spoken to, site (None: homes), state, units


def _grouped(rows: QuerySet[UnitTask]) -> list[Group]:
    """How many there are by whom we speak to, site and state: what a move takes from the counters."""
    found = (
        rows.order_by()
        .annotate(spoken=Coalesce("site__consignee__through", "site__consignee"), home=F("site__consignee__through"))
        .values_list("spoken", "home", "site", "state")
        .annotate(n=Count("pk"))
    )
    groups: dict[tuple[int, int | None, str], int] = {}
    for spoken, home, site, state, n in found:
        key = (spoken, None if home is not None else site, state)
        groups[key] = groups.get(key, 0) + n
    return sorted(((*key, n) for key, n in groups.items()), key=lambda g: (g[0], g[1] or 0, g[2]))


def _changes(
    verb: str, to: UnitState, day: date, version_seen: str, note: str, planned_on: date | None
) -> dict[str, Any]:
    changes: dict[str, Any] = {"state": to, "since": day}
    if version_seen:
        changes["version_seen"] = version_seen.strip()
    if note:
        changes["note"] = note[:500]
    if verb == "schedule":
        changes["planned_on"] = planned_on
    if verb == "install":
        changes["done_on"] = day
    if verb == "verify":
        changes["verified_on"] = day
    if verb in ("send_back", "return"):
        changes |= {"done_on": None, "verified_on": None}
    return changes


def _count(campaign: Campaign, before: Iterable[Group], to: UnitState, day: date) -> None:
    """Move the counters with the units: per place, and per day."""
    by_state: dict[str, int] = {}
    for consignee, site, state, n in before:
        _add_to_tally(campaign, consignee, site, state, -n)
        _add_to_tally(campaign, consignee, site, to, n)
        by_state[state] = by_state.get(state, 0) - n
        by_state[to] = by_state.get(to, 0) + n
    for state, change in by_state.items():
        add_to_day(campaign, day, state, change)


def _add_to_tally(campaign: Campaign, consignee: int, site: int | None, state: str, n: int) -> None:
    rows = Tally.objects.filter(campaign=campaign, consignee=consignee, site=site, state=state)
    if not rows.update(units=F("units") + n):
        Tally.objects.create(campaign=campaign, consignee_id=consignee, site_id=site, state=state, units=n)


def add_to_day(campaign: Campaign, day: date, state: str, change: int) -> None:
    """Add to one day of the burn-up, in the transaction of the move. The campaign is locked: nobody adds beside."""
    if not change:
        return
    if not DayChange.objects.filter(campaign=campaign, on=day, state=state).update(change=F("change") + change):
        DayChange.objects.create(campaign=campaign, on=day, state=state, change=change)


def _first_change(campaign: Campaign, verb: str, day: date, by: Actor, moved: int) -> None:
    """The first unit that was changed may have initiated the correction (21 CFR 806): the case gets the dated fact.

    Only the first, and one that turns out to lie before it. Of an improvement too: whether it is a correction is for
    the rules to say, never for this verb.
    """
    if verb != "install" or campaign.case is None:
        return
    earlier = campaign.case.dated_facts.filter(kind=FactKind.FIRST_UNIT_CHANGED, happened_on__lte=day)
    if earlier.filter(superseded_by=None, withdrawn=False).exists():
        return
    add_fact(
        campaign.case, FactKind.FIRST_UNIT_CHANGED, day, person_behind(by),
        detail={"unit": f"{moved} units", "campaign": campaign.number},
        evidence=f"{campaign.number}: {moved} units reported as done by {by.printed_name}",
    )  # fmt: skip
