"""A campaign from its first notice to its end, with the numbers the issue gives and the dates the rules need."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from suture.accounts.models import Wall
from suture.accounts.services import new_uid
from suture.assessment.models import Case
from suture.assessment.queries import facts_of_case
from suture.core.campaigns import CheckResult, EffectivenessLevel, UnitState
from suture.core.communications import Channel, CustomerCommunication, DeliveryState
from suture.core.errors import InvalidValue, NotAllowed, NotFound
from suture.core.facts import Answer, FactKind
from suture.core.milestones import initiated_on, told_completely
from suture.core.promises import PromiseState
from suture.core.roles import Role
from suture.evidence.clock import now
from suture.evidence.models import Entry
from suture.inventory.models import Consignee, Contact, Release, Unit
from suture.inventory.services import register_release
from suture.jobs.models import Promise
from suture.remediation.models import Campaign, Delivery, ServiceOrder, UnitTask
from suture.remediation.queries import campaigns as q
from suture.remediation.queries.notices import letter_text, silent_since
from suture.remediation.services import (
    HospitalContact,
    Which,
    accept_residual,
    acknowledge_units,
    acting_for,
    add_new_units,
    approve_notice,
    check_effectiveness,
    close_campaign,
    decline_units,
    follow_deliveries,
    lose_units,
    note_delivery,
    open_campaign,
    open_service_order,
    record_service,
    remind,
    report_installed,
    retire_units,
    revise_notice,
    schedule_units,
    send_notice,
    verify_units,
    write_notice,
)
from tests.house import PASSWORD
from tests.rooms.casework import DAY_0, Work
from tests.rooms.remediation.fleet import WHOLE, at, drafted, home, hospitals, noticed, running, units

pytestmark = pytest.mark.django_db
U, K = UnitState, FactKind


@pytest.fixture
def fixed(work: Work, register: Any) -> Work:
    """The firm, with release 4.2.1 that carries the fix, an executive and a field engineer."""
    engineer = register("Enno Berg", Role.ENGINEERING)
    work.releases["4.2.1"] = register_release(product=work.pump, by=engineer, version="4.2.1", state="released")
    return work


@pytest.fixture
def case(fixed: Work) -> Case:
    """A case whose releases 4.1 and 4.2 are affected."""
    case = fixed.open()
    fixed.answer(case, "4.1", "4.2")
    return case


def uids(*rows: Unit) -> Which:
    return Which(units=[row.uid for row in rows])


def test_two_hundred_units_at_twelve_consignees(fixed: Work, case: Case, register: Any) -> None:
    """What must be true 7, through the verbs: every number, its counters, its end."""
    erik, emma = register("Erik Moss", Role.FIELD_SERVICE), register("Emma Boss", Role.EXECUTIVE)
    sites = hospitals(12)
    fleet = units(fixed.pump, fixed.releases["4.2"], sites, 200)
    campaign, _notice = running(fixed, case)
    cid = campaign.uid
    report_installed(campaign_uid=cid, which=uids(*fleet[:170]), by=erik)
    done = verify_units(campaign_uid=cid, which=uids(*fleet[:150]), by=erik, version_seen="4.2.1")
    assert (done.units, done.left) == (150, {})
    schedule_units(campaign_uid=cid, which=uids(*fleet[170:186]), by=erik, planned_on=DAY_0 + timedelta(days=9))
    lose_units(campaign_uid=cid, which=uids(*fleet[186:192]), by=erik, attempts="mail 2 Nov, phone 9 Nov: no answer")
    decline_units(campaign_uid=cid, which=uids(*fleet[192:196]), by=erik, because="replaced in spring")
    retire_units(campaign_uid=cid, which=uids(*fleet[196:]), by=erik, evidence="scrap note 77")
    counts = q.counts_of(campaign.tallies.all())
    assert (counts.total, counts.denominator) == (200, 196)
    assert [str(s) for s in (counts.installed_share, counts.verified_share, counts.unknown_share)] == [
        "86.7 %", "76.5 %", "3.1 %"
    ]  # fmt: skip
    assert q.consignees_in(campaign) == 12
    assert q.effectiveness_of(campaign).needed == 2  # level C: 10 % of 12, rounded up
    # a day for everybody is no word against those who declined
    all_of_them = schedule_units(
        campaign_uid=cid, which=Which(everyone=True), by=erik, planned_on=DAY_0 + timedelta(days=9)
    )
    assert (all_of_them.units, all_of_them.left[U.DECLINED]) == (16 + 6, 4)
    # the counters are what the units say, and the burn-up ends where they stand
    kept = {(t.consignee_id, t.site_id, t.state): t.units for t in campaign.tallies.filter(units__gt=0)}
    assert kept == q.recount(campaign)
    last = q.burn_up_of(campaign, DAY_0)[-1]
    assert (last.denominator, last.in_place, last.verified) == (196, 170, 150)
    # repeated, nothing changes; units that are further are left alone and counted
    again = report_installed(campaign_uid=cid, which=Which(everyone=True), by=erik)
    assert again.left == {U.VERIFIED: 150, U.INSTALLED: 20, U.RETIRED: 4}
    assert again.units == 26
    # it does not close with evidence that is not there, and quality cannot accept what remains
    with pytest.raises(NotAllowed, match="every unit is verified"):
        close_campaign(campaign_uid=cid, by=fixed.quinn, password=PASSWORD, because="done")
    with pytest.raises(NotAllowed):
        accept_residual(campaign_uid=cid, by=fixed.quinn, password=PASSWORD, because="enough")
    with pytest.raises(NotAllowed, match="why what remains is accepted"):
        accept_residual(campaign_uid=cid, by=emma, password=PASSWORD, because=" ")
    ended = accept_residual(campaign_uid=cid, by=emma, password=PASSWORD, because="Decommissioned next month.")
    assert ended.state == "residual_accepted"
    assert "46 of 196 units without verification" in ended.ended_because
    assert Entry.objects.filter(did="units.verify").count() == 1  # one line of evidence for 150 units


def test_a_campaign_closes_with_its_evidence(fixed: Work, case: Case, register: Any) -> None:
    """All verified or retired, and the checks met: then quality signs. One that had no effect holds it open."""
    erik = register("Erik Moss", Role.FIELD_SERVICE)
    sites = hospitals(2)
    units(fixed.pump, fixed.releases["4.1"], sites, 4)
    campaign, _notice = running(fixed, case, level=EffectivenessLevel.A)
    report_installed(campaign_uid=campaign.uid, which=Which(everyone=True), by=erik)
    verify_units(campaign_uid=campaign.uid, which=Which(everyone=True), by=erik, version_seen="4.2.1")
    results = [(sites[0], CheckResult.EFFECTIVE), (sites[1], CheckResult.NOT_EFFECTIVE)]
    for site, result in results:
        check_effectiveness(
            campaign_uid=campaign.uid, consignee_uid=site.consignee.uid, by=erik, channel=Channel.PHONE, result=result,
            evidence="spoke to biomedical engineering",
        )  # fmt: skip
    with pytest.raises(NotAllowed, match="effectiveness checks are met"):
        close_campaign(campaign_uid=campaign.uid, by=fixed.quinn, password=PASSWORD, because="done")
    check_effectiveness(
        campaign_uid=campaign.uid, consignee_uid=sites[1].consignee.uid, by=erik, channel=Channel.VISIT,
        result=CheckResult.EFFECTIVE, evidence="visited, pumps seen",
    )  # fmt: skip
    assert close_campaign(campaign_uid=campaign.uid, by=fixed.quinn, password=PASSWORD, because="ok").state == "closed"
    with pytest.raises(NotAllowed, match="its units move while it runs"):
        acknowledge_units(campaign_uid=campaign.uid, which=Which(everyone=True), by=erik)
    followed = [f.text("result") for f in facts_of_case(case).of(K.FOLLOWED_UP_END_USERS)]
    assert followed == ["planned", "not met", "met"]


def test_sending_is_blocked_while_a_point_is_blank(fixed: Work, case: Case) -> None:
    """FDA 2016 §VII.B: the mandatory content a to d; and an approved notice is never edited."""
    units(fixed.pump, fixed.releases["4.2"], hospitals(1), 1)
    campaign = drafted(fixed, case)
    notice = write_notice(campaign_uid=campaign.uid, by=fixed.rosa, said=CustomerCommunication(vulnerability="v"))
    for verb in (
        lambda: approve_notice(notice_uid=notice.uid, by=fixed.rosa, password=PASSWORD),
        lambda: send_notice(notice_uid=notice.uid, by=fixed.rosa),
    ):
        with pytest.raises(NotAllowed):
            verb()
    assert not Promise.objects.exists()
    whole = noticed(fixed, campaign)
    with pytest.raises(NotAllowed, match="not edited any more"):
        revise_notice(notice_uid=whole.uid, by=fixed.rosa, impact="less")
    with pytest.raises(NotAllowed, match="approve it before"):  # the campaign itself is a draft
        send_notice(notice_uid=whole.uid, by=fixed.rosa)
    text = letter_text(whole, whole.variants.get(audience="clinician"))
    assert all(point in text for point in (WHOLE.vulnerability, WHOLE.impact, WHOLE.efforts, WHOLE.controls))


def test_delivered_is_the_mail_servers_word(fixed: Work, case: Case, register: Any) -> None:
    """Promised, then what the server answered; the units of that hospital are told with it, and only they."""
    sites = hospitals(3)
    lonely = Contact.objects.get(consignee=sites[2].consignee)
    lonely.active = False
    lonely.save()
    units(fixed.pump, fixed.releases["4.2"], sites, 6)
    campaign, notice = running(fixed, case)
    states = notice.deliveries.order_by("consignee__name", "audience").values_list("consignee__name", "state")
    assert [s for _n, s in states] == ["promised"] * 4 + ["no_address"] * 2  # nobody is left out in silence
    assert q.counts_of(campaign.tallies.all())[U.AFFECTED] == 6
    assert follow_deliveries() == 0  # no answer yet: nothing moves
    facts = facts_of_case(case)
    assert [f.text("communication") for f in facts.of(K.CORRECTION_INITIATED)] == [notice.number]
    assert initiated_on(facts) == DAY_0  # the first notice that names an action
    assert not facts.of(K.CUSTOMERS_TOLD)  # nothing has arrived
    for promise in Promise.objects.filter(label__contains="Hospital 001"):
        promise.state, promise.settled_at, promise.last_answer = PromiseState.DELIVERED, now(), "250 2.0.0 queued"
        promise.save()
    for promise in Promise.objects.filter(label__contains="Hospital 002"):
        promise.state, promise.settled_at, promise.last_answer = PromiseState.REFUSED, now(), "550 no such user"
        promise.save()
    assert follow_deliveries() == 4
    assert follow_deliveries() == 0
    counts = q.counts_of(campaign.tallies.all())
    assert (counts[U.NOTIFIED], counts[U.AFFECTED]) == (2, 4)
    refused = Delivery.objects.filter(consignee__name="Hospital 002").first()
    assert refused is not None
    assert (refused.state, refused.said) == ("refused", "550 no such user")
    told = facts_of_case(case).of(K.CUSTOMERS_TOLD)
    assert len(told) == 1
    assert told_completely(told[0]) is Answer.YES
    # who has not answered within a week is reminded, by another channel; each reminder is logged
    erik = register("Erik Moss", Role.FIELD_SERVICE)
    fixed.tick(DAY_0 + timedelta(days=8))
    silent = silent_since(erik, campaign, DAY_0 + timedelta(days=8))
    assert [s.consignee.name for s in silent] == ["Hospital 003", "Hospital 001", "Hospital 002"]
    with pytest.raises(InvalidValue, match="another channel"):
        remind(notice_uid=notice.uid, consignee_uid=sites[1].consignee.uid, by=erik, channel=Channel.MAIL)
    call = remind(
        notice_uid=notice.uid, consignee_uid=sites[1].consignee.uid, by=erik, channel=Channel.PHONE, reached=True,
        said="Spoke to the ward.",
    )  # fmt: skip
    assert call.reminds is not None
    assert q.counts_of(campaign.tallies.all())[U.NOTIFIED] == 4
    with pytest.raises(NotAllowed, match="for the mail server to say"):
        mail = Delivery.objects.create(
            uid=new_uid(), notice=notice, consignee=sites[0].consignee, audience="patient", channel="mail",
            state="promised", made_on=DAY_0,
        )  # fmt: skip
        note_delivery(delivery_uid=mail.uid, by=erik, state=DeliveryState.ACCEPTED)


def test_a_hospital_acts_for_its_own_units_alone(fixed: Work, case: Case) -> None:
    """A contact acknowledges, schedules, ticks, declines, retires; never verifies, never anybody else's."""
    sites = hospitals(2)
    mine, *others = units(fixed.pump, fixed.releases["4.2"], sites, 4)
    site = next(s for s in sites if s.pk == mine.site_id)
    patient = home(site.consignee, 1)
    (at_home,) = units(fixed.pump, fixed.releases["4.2"], [patient], 1, start=90)
    campaign, notice = running(fixed, case)
    contact = acting_for(Contact.objects.get(consignee=site.consignee))
    cid = campaign.uid
    assert acknowledge_units(campaign_uid=cid, which=Which(everyone=True), by=contact).units == 3
    assert at(campaign, at_home.serial) == ["acknowledged"]  # reached through them
    report_installed(campaign_uid=cid, which=uids(mine), by=contact, version_seen="4.2.1")
    foreign = next(u for u in others if u.site_id != mine.site_id)
    with pytest.raises(NotFound):
        report_installed(campaign_uid=cid, which=uids(foreign), by=contact)
    with pytest.raises(NotFound):
        report_installed(campaign_uid=cid, which=uids(mine, foreign), by=contact)
    with pytest.raises(NotAllowed, match="those who answer for the device"):
        verify_units(campaign_uid=cid, which=uids(mine), by=contact, version_seen="4.2.1")  # type: ignore[arg-type]
    with pytest.raises(NotAllowed, match="it is not in place"):
        report_installed(campaign_uid=cid, which=uids(at_home), by=contact, version_seen="4.2")
    with pytest.raises(NotAllowed, match="the reason is given"):
        decline_units(campaign_uid=cid, which=uids(at_home), by=contact, because="")
    copy = notice.deliveries.filter(consignee=site.consignee).first()
    assert copy is not None
    note_delivery(delivery_uid=copy.uid, by=contact, state=DeliveryState.ACKNOWLEDGED)
    stranger = HospitalContact(new_uid(), "somebody else", foreign.site.consignee_id)
    with pytest.raises(NotFound):
        note_delivery(delivery_uid=copy.uid, by=stranger, state=DeliveryState.READ)
    # the home stands with its provider in the table; the first unit changed is on the case's record
    places = q.places_of(fixed.ada, campaign)
    assert {(p.consignee.pk, p.site is None) for p in places} >= {(site.consignee.pk, True)}
    changed = facts_of_case(case).of(K.FIRST_UNIT_CHANGED)
    assert [f.text("campaign") for f in changed] == [campaign.number]
    said = Entry.objects.filter(did="units.install").values_list("actor_name", flat=True)
    assert set(said) == {contact.printed_name}
    assert "hospital1.example" not in " ".join(Entry.objects.values_list("facts", flat=True))


def test_service_in_the_field(fixed: Work, case: Case, register: Any) -> None:
    """21 CFR 820.35(b): the record is whole or refused; the right version verifies, a wrong one stops it."""
    erik = register("Erik Moss", Role.FIELD_SERVICE)
    one, two = units(fixed.pump, fixed.releases["4.2"], hospitals(1), 2)
    campaign, _notice = running(fixed, case)
    order = open_service_order(campaign_uid=campaign.uid, unit_uid=one.uid, by=erik, assigned_to=erik)
    with pytest.raises(NotAllowed, match="is open already"):
        open_service_order(campaign_uid=campaign.uid, unit_uid=one.uid, by=erik)
    work = {"serviced_on": DAY_0, "serviced_by": "E. Moss", "service": "4.2.1 installed", "test_data": "self-test ok"}
    with pytest.raises(NotAllowed, match=r"test and inspection data.*820\.35\(b\)"):
        record_service(order_uid=order.uid, by=erik, version_found="4.2.1", **{**work, "test_data": ""})
    with pytest.raises(NotAllowed):  # nobody read the version off
        record_service(order_uid=order.uid, by=erik, version_found="", **work)
    wrong = record_service(order_uid=order.uid, by=erik, version_found="4.2", **work)
    assert wrong.state == "wrong_version"
    assert at(campaign, one.serial) == ["affected"]
    right = record_service(order_uid=order.uid, by=erik, version_found="4.2.1", **work)
    assert right.state == "done"
    assert at(campaign, one.serial) == ["verified"]
    # a unit a hospital called done, found on the old version: owed again
    report_installed(campaign_uid=campaign.uid, which=uids(two), by=erik)
    second = open_service_order(campaign_uid=campaign.uid, unit_uid=two.uid, by=erik)
    record_service(order_uid=second.uid, by=erik, version_found="4.1", **work)
    assert at(campaign, two.serial) == ["acknowledged"]
    assert ServiceOrder.objects.filter(state="wrong_version").count() == 1


def test_units_of_unknown_release_are_in_and_retired_ones_are_not(fixed: Work, case: Case) -> None:
    """Unknown is never "not affected"; what is retired is out; what comes later is taken in."""
    sites = hospitals(1)
    units(fixed.pump, fixed.releases["4.2"], sites, 2)
    units(fixed.pump, None, sites, 1, start=10)
    units(fixed.pump, fixed.releases["5.0"], sites, 1, start=20)
    Unit.objects.filter(serial="S00001").update(state=Unit.State.RETIRED)
    campaign = drafted(fixed, case)
    assert q.counts_of(campaign.tallies.all()).total == 2
    units(fixed.pump, fixed.releases["4.1"], sites, 3, start=30)
    assert add_new_units(campaign_uid=campaign.uid, by=fixed.rosa) == 3
    assert add_new_units(campaign_uid=campaign.uid, by=fixed.rosa) == 0
    assert UnitTask.objects.filter(campaign=campaign).count() == q.counts_of(campaign.tallies.all()).total == 5
    assert q.burn_up_of(campaign, DAY_0)[-1].denominator == 5
    with pytest.raises(InvalidValue, match="no unit"):
        drafted(fixed, case, product=fixed.programmer, target=None)


def test_what_stands_behind_a_wall_is_not_there(fixed: Work, case: Case, register: Any) -> None:
    """The case's wall, the field's wall and a consignee's wall each hide what they hide, with its numbers."""
    outsider = register("Stella Stern", Role.REGULATORY_AFFAIRS)
    wall = Wall.objects.create(uid=new_uid(), name="field of the pump")
    wall.admitted.add(fixed.rosa)
    units(fixed.pump, fixed.releases["4.2"], hospitals(2), 4)
    campaign = drafted(fixed, case)
    Consignee.objects.filter(reference="H-001").update(wall=wall)
    assert q.counts_of(q.tallies_for(outsider, campaign)).total == 2
    assert q.counts_of(q.tallies_for(fixed.rosa, campaign)).total == 4
    assert (q.sees_all(outsider, campaign), q.sees_all(fixed.rosa, campaign)) == (False, True)
    fixed.pump.field_wall = wall
    fixed.pump.save()
    assert not q.campaigns_for(outsider).exists()
    with pytest.raises(NotFound):
        acknowledge_units(campaign_uid=campaign.uid, which=Which(everyone=True), by=outsider)
    assert q.campaign_for(fixed.rosa, campaign.number) == campaign


def test_not_allowed(fixed: Work, case: Case, finn: Any) -> None:
    """Finn only found something; a future day and a foreign release are refused with a sentence."""
    units(fixed.pump, fixed.releases["4.2"], hospitals(1), 1)
    common = {"case_uid": case.uid, "product": fixed.pump, "title": "t", "action": "a", "level": EffectivenessLevel.E}
    for wrong, error in (
        ({"by": finn}, NotAllowed),
        ({"by": fixed.rosa, "on": DAY_0 + timedelta(days=1)}, InvalidValue),
        ({"by": fixed.rosa, "target": fixed.releases["7.1"]}, InvalidValue),
        ({"by": fixed.rosa, "level": EffectivenessLevel.B}, InvalidValue),
    ):
        with pytest.raises(error):
            open_campaign(**{**common, **wrong})  # type: ignore[arg-type]
    assert not Campaign.objects.exists()
    assert Release.objects.filter(version="4.2.1").exists()
    assert date(2026, 11, 20) == DAY_0
