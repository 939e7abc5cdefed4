"""What a device's profile decides, through the rooms: PMA, HDE, class III 510(k), 524B, investigational, unknown."""

from __future__ import annotations

import json
from datetime import date

import pytest

from suture.core.facts import Answer, FactKind
from suture.core.harm import HarmSeverity
from suture.core.reportability import Duty806
from suture.core.rules import RULES
from suture.inventory.models import Product
from suture.reporting.queries import position
from suture.reporting.services import decide
from tests.rooms.casework import DAY_0, LOCAL, Work
from tests.rooms.reporting.test_uncontrolled import fixed, join_isao, planned, searched, share, told

pytestmark = pytest.mark.django_db
K = FactKind
YES, NO = Answer.YES, Answer.NO

# Profile, and what becomes of which rule: fired, open, or silent.
PROFILES = [
    ("510(k)", {}, {"R17": "silent", "R20": "fired", "R1": "silent"}),
    ("class III 510(k)", {"device_class": 3}, {"R17": "silent", "R20": "fired"}),
    ("PMA", {"pathway": "PMA", "device_class": 3}, {"R17": "fired", "R20": "silent", "R18": "open", "R19": "open"}),
    ("HDE", {"pathway": "HDE"}, {"R17": "fired", "R18": "silent"}),
    ("De Novo", {"pathway": "De Novo"}, {"R17": "silent"}),
    ("preamendments class III", {"pathway": "preamendment", "device_class": 3}, {"R17": "silent"}),
    ("investigational", {"pathway": "investigational"}, {"R1": "fired", "R10": "silent", "R9": "fired"}),
    ("pathway not recorded", {"pathway": ""}, {"R1": "open", "R17": "open", "R20": "open"}),
    ("submitted on 29 March 2023", {"last_submission_date": date(2023, 3, 29)}, {"R23": "fired"}),
    ("submitted the day before", {"last_submission_date": date(2023, 3, 28)}, {"R23": "silent"}),
    ("last submission unknown", {"last_submission_date": None}, {"R23": "open"}),
    ("one of three tests unknown", {"cyber_can_connect": None}, {"R23": "open"}),
    ("cannot connect", {"cyber_can_connect": False}, {"R23": "silent"}),
    ("tracking order", {"tracking_order": True}, {"R22": "fired"}),
    ("tracking order unknown", {"tracking_order": None}, {"R22": "open"}),
]


@pytest.fixture
def case(work: Work):
    case = work.open()
    work.answer(case, "4.1", "4.2")
    work.sign(work.assess(case))
    told(work, case, DAY_0)
    planned(work, case, DAY_0)
    return case


def becomes(case) -> dict[str, str]:
    decided = position(case, DAY_0).owed[0].decided
    return {
        r.id: "fired" if r.id in decided.fired_ids else "open" if r.id in decided.open_ids else "silent" for r in RULES
    }


@pytest.mark.parametrize(("name", "profile", "rules"), PROFILES, ids=[p[0] for p in PROFILES])
def test_the_profile_decides(work: Work, case, name, profile, rules):
    Product.objects.filter(pk=work.pump.pk).update(**profile)
    found = becomes(case)
    assert {rule: found[rule] for rule in rules} == rules


def test_the_holder_of_an_hde_sends_the_mdr_to_the_irb_too(work: Work, case):
    """21 CFR 814.126(a)."""
    Product.objects.filter(pk=work.pump.pk).update(pathway="HDE")
    work.fact(case, K.ADVERSE_EVENT_LINKED, DAY_0, seriousness="death", event="E-1")
    fired = {f.rule: f.outcome for f in position(case, DAY_0).owed[0].decided.fired}
    assert "IRB of record" in fired["R2"]


def test_524b_asks_for_an_update_out_of_cycle_where_the_inherent_risk_is_uncontrolled(work: Work, case):
    outcome = next(f.outcome for f in position(case, DAY_0).owed[0].decided.fired if f.rule == "R23")
    assert "out of cycle" in outcome


def test_privacy_alone_is_controlled_and_keeps_its_flag(work: Work):
    """R6; a million records do not make it patient harm (F §IV.F)."""
    case = work.open()
    work.answer(case, "4.1", "4.2")
    work.sign(work.assess(case, severity=None, privacy_only=True, safety_affected=NO, secrets_exposed=NO))
    decided = position(case, DAY_0).owed[0].decided
    assert {"R6", "R7"} <= set(decided.fired_ids)
    assert decided.duty_806 is Duty806.RECORD


NEVER = (
    "no report required",
    "no report is required",
    "not required to report",
    "no reporting required",
    "not reportable.",
)


def every_sentence(work: Work, case) -> str:
    decision = decide(case_uid=case.uid, by=work.rosa, because="as it stands")
    at = position(case, DAY_0)
    return (json.dumps([decision.devices, decision.conditions]) + at.enforcement.sentence).lower()


@pytest.mark.parametrize("how", ["controlled", "not enforced", "contingent", "due", "privacy"])
def test_no_sentence_says_that_no_report_is_required_and_every_rule_says_what_it_is(work: Work, how: str):
    case = work.open()
    work.answer(case, "4.1", "4.2")
    if how == "privacy":
        work.sign(work.assess(case, severity=None, privacy_only=True, safety_affected=NO, secrets_exposed=NO))
    elif how == "controlled":
        work.sign(work.assess(case, metrics=LOCAL, severity=HarmSeverity.NEGLIGIBLE))
    else:
        if how != "due":
            join_isao(work)
        work.sign(work.assess(case))
        told(work, case, DAY_0)
        share(work, case, DAY_0) if how != "due" else None
        planned(work, case, DAY_0)
        searched(work, case, DAY_0)
        if how == "not enforced":
            fixed(work, case, DAY_0)
    said = every_sentence(work, case)
    assert not [words for words in NEVER if words in said]
    for device in case.decisions.get().devices:
        for rule in (*device["fired"], *device["open"]):
            assert rule["kind_label"] in ("statute", "regulation", "FDA guidance (non-binding)")
            assert rule["citation"]
