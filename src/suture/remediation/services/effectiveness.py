"""Effectiveness checks: consignees are asked whether the notice arrived and was acted on."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction

from suture.accounts.models import Person
from suture.accounts.services import new_uid
from suture.assessment.services import add_fact
from suture.core.campaigns import CampaignState, CheckResult
from suture.core.communications import Channel
from suture.core.errors import InvalidValue, NotAllowed, NotFound
from suture.core.facts import Answer, FactKind, not_in_future
from suture.evidence.clock import now, today
from suture.evidence.services import record
from suture.remediation.models import EffectivenessCheck
from suture.remediation.queries.campaigns import effectiveness_of, tallies_for, zone_of
from suture.remediation.services.taking import take_campaign


def check_effectiveness(
    *, campaign_uid: UUID | str, consignee_uid: UUID | str, by: Person, channel: Channel, result: CheckResult,
    evidence: str, on: date | None = None,
) -> EffectivenessCheck:  # fmt: skip
    """Record what one consignee said when asked. When the checks are met, or one is not, the case gets the dated fact.

    Raises:
        InvalidValue: no evidence, or a day in the future.
        NotFound: the consignee has no unit in the campaign.
        NotAllowed: the campaign does not run.

    Source: 21 CFR 7.42(b)(3); FDA 2016 §VII.B: follow up with end users.
    """
    if not evidence.strip():
        raise InvalidValue("say who was asked, and what was answered")
    with transaction.atomic():
        campaign = take_campaign(campaign_uid, by, "effectiveness.check")
        if campaign.at is not CampaignState.RUNNING:
            raise NotAllowed(f"{campaign.number} is {campaign.at.label}; checks are made while it runs")
        held = tallies_for(by, campaign).filter(consignee__uid=consignee_uid).select_related("consignee").first()
        if held is None:
            raise NotFound("this consignee has no unit in the campaign")
        there = today(zone_of(campaign))
        day = not_in_future(on or there, there, "the day of the check")
        met_before = effectiveness_of(campaign).met
        row = EffectivenessCheck.objects.create(
            uid=new_uid(), campaign=campaign, consignee=held.consignee, channel=channel, result=result, asked_on=day,
            evidence=evidence, recorded_at=now(), by=by,
        )  # fmt: skip
        record(
            by=by, did="effectiveness.checked", to=row, because=evidence,
            facts={"campaign": campaign.number, "result": result, "channel": channel, "on": day},
        )  # fmt: skip
        now_met = effectiveness_of(campaign).met
        if campaign.case is not None and now_met is not met_before and now_met in (Answer.YES, Answer.NO):
            add_fact(
                campaign.case, FactKind.FOLLOWED_UP_END_USERS, day, by,
                detail={"level": campaign.level, "campaign": campaign.number,
                        "result": "met" if now_met is Answer.YES else "not met"},
                evidence=f"{campaign.number}: {row.label}: {evidence}",
            )  # fmt: skip
    return row
