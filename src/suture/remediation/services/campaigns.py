"""Campaigns: opened over a case in one INSERT … SELECT, approved, started, closed with evidence or by an executive."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db import connection, transaction
from django.db.models import CharField, DateField, Q, QuerySet, Sum, Value

from suture.accounts.models import Person
from suture.accounts.services import new_uid, reauthenticate, require, sign
from suture.assessment.models import Case
from suture.assessment.services import add_fact, role_for, take_case
from suture.core.campaigns import (
    CAMPAIGN,
    CampaignGuard,
    CampaignState,
    EffectivenessLevel,
    UnitState,
    consignees_to_check,
)
from suture.core.communications import NoticeState
from suture.core.errors import InvalidValue
from suture.core.facts import Answer, FactKind, not_in_future
from suture.core.ids import human_number
from suture.core.roles import who
from suture.core.vex import VexStatus
from suture.evidence.canonical import digest
from suture.evidence.clock import now, today
from suture.evidence.services import record
from suture.inventory.models import Product, Release, Unit
from suture.policy.services import next_number
from suture.remediation.models import Campaign, DayChange, Plan, Tally, UnitTask
from suture.remediation.queries.campaigns import counts_of, effectiveness_of, zone_of
from suture.remediation.queries.library import house_zone
from suture.remediation.services.taking import require_campaign, take_campaign, touch_campaign

G, P = CampaignGuard, Campaign.Purpose


def open_campaign(
    *, case_uid: UUID | str, product: Product, by: Person, title: str, action: str, level: EffectivenessLevel,
    purpose: str = P.CORRECTION, level_percent: int | None = None, target: Release | None = None,
    plan: Plan | None = None, releases: Collection[Release] = (), unknown_too: bool = True,
    finish_by: date | None = None, on: date | None = None,
) -> Campaign:  # fmt: skip
    """Open a campaign over a case: every unit of the product that runs an affected release, and each whose release
    nobody knows, for unknown is never "not affected". Units that are retired are left out; lost ones are in.

    Args:
        releases: by default those the case answers as affected.
        unknown_too: False leaves out units whose release is not known; their number then stays in the evidence.

    Raises:
        InvalidValue: nothing to do, no title, a target of another product, a percentage that is none, or no unit.
        NotFound: the product's field stands behind a wall.
    """
    if not title.strip() or not action.strip():
        raise InvalidValue("a campaign has a title, and says what is done on each unit")
    if target is not None and target.product_id != product.pk:
        raise InvalidValue(f"{target.label} is no release of {product.brand_name}")
    consignees_to_check(level, 1, level_percent)
    with transaction.atomic():
        case = take_case(case_uid, by, "campaign.open")
        if plan is not None and plan.case_id != case.pk:
            raise InvalidValue(f"{plan.label} is another case's plan")
        affected = list(releases) or _affected(case, product)
        if not affected and not unknown_too:
            raise InvalidValue(f"{case.number} answers no release of {product.brand_name} as affected")
        row = _new(
            by, product, title, action, purpose, level, level_percent, target, finish_by, on, case=case, plan=plan
        )
        require_campaign(by, "campaign.open", row)
        chosen = Q(release__in=affected) | (Q(release=None) if unknown_too else Q(pk__in=[]))
        _fill(row, chosen, by, {"releases": [r.label for r in affected], "unknown_too": unknown_too})
    return row


def open_end_of_support(
    *, product: Product, by: Person, title: str, action: str, releases: Collection[Release],
    level: EffectivenessLevel = EffectivenessLevel.A, finish_by: date | None = None, on: date | None = None,
) -> Campaign:  # fmt: skip
    """Open the campaign that tells every user that support ends, and what passes to them with it.

    It changes nothing in what is watched: units of these releases go on being matched and counted.

    Raises:
        InvalidValue: no release, a release of another product, or no unit.
    """
    if not releases or any(r.product_id != product.pk for r in releases):
        raise InvalidValue(f"name the releases of {product.brand_name} whose support ends")
    with transaction.atomic():
        require(by, "campaign.open", product)
        row = _new(by, product, title, action, P.END_OF_SUPPORT, level, None, None, finish_by, on)
        require_campaign(by, "campaign.open", row)
        _fill(row, Q(release__in=list(releases)), by, {"releases": [r.label for r in releases]})
    return row


def approve_campaign(
    *, campaign_uid: UUID | str, by: Person, password: str, because: str = "", on: date | None = None,
    version: int | None = None,
) -> Campaign:  # fmt: skip
    """Approve a campaign by signature: what is done, to which units, checked at which level."""
    require(by, "campaign.approve")
    reauthenticate(by, password)
    with transaction.atomic():
        row = take_campaign(campaign_uid, by, "campaign.approve", version=version)
        row.approved_on = _day(row, on)
        known = {G.UNITS_KNOWN: Answer.of(row.tallies.exists())}
        _move(row, "approve", by, because, known, "approved_on", signed=True)
        _sign(row, by, "approval of the campaign", "campaign.approve", because)
    return row


def start_campaign(
    *, campaign_uid: UUID | str, by: Person, because: str = "", on: date | None = None, version: int | None = None
) -> Campaign:
    """Start a campaign once a notice is approved. The case learns at which level its end users are followed up."""
    with transaction.atomic():
        row = take_campaign(campaign_uid, by, "campaign.move", version=version)
        row.started_on = _day(row, on)
        approved = row.notices.filter(state__in=[NoticeState.APPROVED, NoticeState.SENT]).exists()
        _move(row, "start", by, because, {G.NOTICE_APPROVED: Answer.of(approved)}, "started_on")
        if row.case is not None:
            add_fact(
                row.case, FactKind.FOLLOWED_UP_END_USERS, row.started_on, by,
                detail={"level": row.level, "result": "planned", "campaign": row.number},
                evidence=f"{row.number}: effectiveness checks at level {row.level} planned",
            )  # fmt: skip
    return row


def close_campaign(
    *, campaign_uid: UUID | str, by: Person, password: str, because: str, on: date | None = None,
    version: int | None = None,
) -> Campaign:  # fmt: skip
    """Close a campaign with its evidence: every unit verified or retired with evidence, and the checks met.

    Raises:
        NotAllowed: with one sentence naming everything that is missing.
    """
    require(by, "campaign.close")
    reauthenticate(by, password)
    with transaction.atomic():
        row = take_campaign(campaign_uid, by, "campaign.close", version=version)
        row.ended_on, row.ended_because = _day(row, on), because
        counts, checks = counts_of(row.tallies.all()), effectiveness_of(row)
        known = {G.ALL_IN_PLACE: counts.all_in_place, G.EFFECTIVENESS_MET: checks.met}
        _move(row, "close", by, because, known, "ended_on", "ended_because", signed=True)
        _sign(row, by, "closing with evidence", "campaign.close", because)
    return row


def accept_residual(
    *, campaign_uid: UUID | str, by: Person, password: str, because: str, on: date | None = None,
    version: int | None = None,
) -> Campaign:  # fmt: skip
    """Close a campaign although units remain: an executive signs for them, with the reason and the numbers as they are.

    Raises:
        NotAllowed: the person is no executive, gives no reason, or the password is wrong.
    """
    require(by, "campaign.accept_residual")
    reauthenticate(by, password)
    with transaction.atomic():
        row = take_campaign(campaign_uid, by, "campaign.accept_residual", version=version)
        counts = counts_of(row.tallies.all())
        row.ended_on = _day(row, on)
        row.ended_because = (
            f"{because.strip()} ({counts.owed} of {counts.denominator} units without verification, "
            f"{counts.unknown} of them not known)" if because.strip() else ""
        )  # fmt: skip
        known = {G.RESIDUAL_REASON: Answer.of(bool(because.strip()))}
        _move(row, "accept_residual", by, because, known, "ended_on", "ended_because", signed=True)
        _sign(row, by, "acceptance of what remains", "campaign.accept_residual", because)
    return row


def reopen_campaign(*, campaign_uid: UUID | str, by: Person, because: str, version: int | None = None) -> Campaign:
    """Open a closed campaign again: a unit came back, or a fix proved wrong."""
    with transaction.atomic():
        row = take_campaign(campaign_uid, by, "campaign.move", version=version)
        row.ended_on = None
        known = {G.REOPENING_REASON: Answer.of(bool(because.strip()))}
        _move(row, "reopen", by, because, known, "ended_on")
    return row


def add_new_units(*, campaign_uid: UUID | str, by: Person, on: date | None = None) -> int:
    """Take in units that came to the field, or turned out to run an affected release, since the campaign was opened.

    Gives how many; run twice, nothing changes. A unit that left the affected releases stays where it stands.
    """
    with transaction.atomic():
        row = take_campaign(campaign_uid, by, "campaign.open")
        if row.case is None:
            raise InvalidValue(f"{row.number} is about no case; open another campaign for further releases")
        chosen = Q(release__in=_affected(row.case, row.product)) | Q(release=None)
        seen = Q(pk__in=UnitTask.objects.filter(campaign=row).values("unit"))
        day = _day(row, on)
        fresh = Unit.objects.filter(chosen, product=row.product).exclude(seen).exclude(state=Unit.State.RETIRED)
        count = fresh.count()
        if count:
            _insert(row, fresh, day)
            _count_afresh(row)
            _shift_day(row, day, count)
            touch_campaign(row)
            record(by=by, did="campaign.extended", to=row, facts={"units": count, "on": day})
    return count


def _affected(case: Case, product: Product) -> list[Release]:
    answers = case.answers.filter(status=VexStatus.AFFECTED, release__product=product).select_related(
        "release__product"
    )
    return [answer.release for answer in answers]


def _new(
    by: Person, product: Product, title: str, action: str, purpose: str, level: EffectivenessLevel,
    percent: int | None, target: Release | None, finish_by: date | None, on: date | None, *, case: Case | None = None,
    plan: Plan | None = None,
) -> Campaign:  # fmt: skip
    zone = case.establishment.time_zone if case else house_zone()
    day = not_in_future(on or today(zone), today(zone), "the day the campaign is opened")
    return Campaign.objects.create(
        uid=new_uid(), number=human_number("CP", day, next_number(f"campaign-{day.year}")), purpose=purpose,
        title=title, action=action, case=case, product=product, plan=plan, target=target, level=level,
        level_percent=percent, opened_by=by, opened_at=now(), opened_on=day, finish_by=finish_by,
        **({"tlp": case.tlp} if case else {}),
    )  # fmt: skip


def _fill(row: Campaign, chosen: Q, by: Person, facts: dict[str, object]) -> None:
    units = Unit.objects.filter(chosen, product=row.product).exclude(state=Unit.State.RETIRED)
    _insert(row, units, row.opened_on)
    _count_afresh(row)
    total = row.tallies.aggregate(n=Sum("units"))["n"] or 0
    if not total:
        raise InvalidValue(f"no unit of {row.product.brand_name} in the field runs one of these releases")
    DayChange.objects.create(campaign=row, on=row.opened_on, state=UnitState.AFFECTED, change=total)
    record(
        by=by, did="campaign.opened", to=row, because=row.action,
        facts={**row.content(), **facts, "units": total, "input": digest(facts), "result": digest({"units": total})},
    )  # fmt: skip


def _insert(row: Campaign, units: QuerySet[Unit], day: date) -> None:
    """A million rows by one statement: the units of a query, each *affected* as of a day."""
    rows = units.order_by("pk").values_list(
        Value(row.pk), "pk", "site_id", Value(UnitState.AFFECTED.value, output_field=CharField()),
        Value(day, output_field=DateField()), Value("", output_field=CharField()), Value("", output_field=CharField()),
    )  # fmt: skip
    select, params = rows.query.sql_with_params()
    into = "remediation_unittask (campaign_id, unit_id, site_id, state, since, version_seen, note)"
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {into} {select}", params)


_COUNT = """
INSERT INTO remediation_tally (campaign_id, consignee_id, site_id, state, units)
SELECT %s, spoken, site_id, state, SUM(n) FROM (
  SELECT COALESCE(c.through_id, s.consignee_id) AS spoken,
         CASE WHEN c.through_id IS NULL THEN t.site_id END AS site_id, t.state AS state, t.n AS n
  FROM (SELECT site_id, state, COUNT(*) AS n FROM remediation_unittask WHERE campaign_id = %s GROUP BY site_id, state) t
  JOIN inventory_site s ON s.id = t.site_id JOIN inventory_consignee c ON c.id = s.consignee_id
) AS counted GROUP BY spoken, site_id, state
"""


def _count_afresh(row: Campaign) -> None:
    """Count every unit of a campaign again into its counters."""
    Tally.objects.filter(campaign=row).delete()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [row.pk, row.pk])


def _shift_day(row: Campaign, day: date, count: int) -> None:
    standing, _made = DayChange.objects.get_or_create(
        campaign=row, on=day, state=UnitState.AFFECTED, defaults={"change": 0}
    )
    standing.change += count
    standing.save(update_fields=["change"])


def _day(row: Campaign, on: date | None) -> date:
    there = today(zone_of(row))
    return not_in_future(on or there, there, "the day it was so")


def _move(
    row: Campaign, verb: str, by: Person, because: str, known: dict[CampaignGuard, Answer], *fields: str,
    signed: bool = False,
) -> None:  # fmt: skip
    before = row.state
    row.state = CAMPAIGN.require(CampaignState(row.state), verb, roles=by.roles, facts=known, signed=signed)
    touch_campaign(row, "state", *fields)
    record(
        by=by, did=f"campaign.{verb}", to=row, because=because,
        facts={"from": before, "to": row.state, "facts": {g.value: a.value for g, a in known.items()},
               "ended_because": row.ended_because},
    )  # fmt: skip


def _sign(row: Campaign, by: Person, meaning: str, verb: str, because: str) -> None:
    sign(by=by, to=row, digest=digest(row.content()), meaning=meaning, as_role=role_for(by, who(verb)), because=because)
