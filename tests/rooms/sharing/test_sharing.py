"""ISAO participation as dated evidence, what the ISAO was given, and the VEX of a release in both dialects."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from suture.accounts.models import Tlp
from suture.accounts.services import new_uid, raise_wall
from suture.core.errors import InvalidValue, NotAllowed
from suture.core.facts import Answer, FactKind
from suture.core.harm import HarmSeverity
from suture.core.isao import IsaoCriterion
from suture.core.roles import Role
from suture.core.vex import Justification, VexStatus
from suture.evidence.models import Entry
from suture.formats import cyclonedx_vex, openvex
from suture.intelligence.models import Vulnerability
from suture.inventory.blobs import read_blob
from suture.sharing.models import VexPublication
from suture.sharing.queries import (
    active_participant,
    membership_named,
    memberships,
    publications_of,
    submissions_of,
    vex_document,
)
from suture.sharing.services import log_submission, publish_vex, record_criterion, register_membership
from tests.rooms.casework import DAY_0, Work, found

pytestmark = pytest.mark.django_db
DIALECT = VexPublication.Dialect
YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


def shown(work: Work, isao: str, *criteria: IsaoCriterion, until=None) -> str:
    membership = register_membership(isao=isao, by=work.rosa)
    for criterion in criteria:
        record_criterion(
            membership_uid=membership.uid, criterion=criterion, holds=YES, since=DAY_0 - timedelta(days=30),
            until=until, by=work.rosa, evidence=f"EV {criterion}",
        )  # fmt: skip
    return str(membership.uid)


def test_active_participation_needs_all_four_each_valid_on_the_day(work: Work):
    """FDA 2016 §IX; unknown is never no."""
    assert active_participant(DAY_0) is UNKNOWN
    uid = shown(work, "Lakehead Health ISAO", *list(IsaoCriterion)[:3])
    assert active_participant(DAY_0) is UNKNOWN
    record_criterion(
        membership_uid=uid, criterion=IsaoCriterion.TRACEABLE, holds=YES, since=DAY_0, until=DAY_0 + timedelta(days=5),
        by=work.rosa, evidence="SOP-PS-09",
    )  # fmt: skip
    assert active_participant(DAY_0) is YES
    assert active_participant(DAY_0 + timedelta(days=6)) is NO, "it had lapsed"


def test_a_correction_supersedes_and_the_old_record_stays(work: Work):
    uid = shown(work, "Lakehead Health ISAO", *IsaoCriterion)
    wrong = membership_named("lakehead health isao").records.get(criterion="member")
    said = {"membership_uid": uid, "criterion": IsaoCriterion.MEMBER, "holds": NO, "since": DAY_0, "by": work.rosa}
    with pytest.raises(InvalidValue, match="reason"):
        record_criterion(evidence="left", supersedes_uid=wrong.uid, **said)
    record_criterion(evidence="left", supersedes_uid=wrong.uid, because="misread the invoice", **said)
    assert active_participant(DAY_0) is NO
    assert membership_named(uid).records.filter(criterion="member").count() == 2


@pytest.mark.parametrize("bad", [{"evidence": " "}, {"until": DAY_0 - timedelta(days=90)}])
def test_a_criterion_needs_evidence_and_a_sound_period(work: Work, bad):
    uid = shown(work, "Lakehead Health ISAO")
    with pytest.raises(InvalidValue):
        record_criterion(
            **{"membership_uid": uid, "criterion": IsaoCriterion.MEMBER, "holds": YES, "since": DAY_0, "by": work.rosa,
               "evidence": "EV", **bad}
        )  # fmt: skip


def test_what_the_isao_was_given_becomes_a_fact_of_the_case(work: Work):
    uid = shown(work, "Lakehead Health ISAO", *IsaoCriterion)
    case = work.open()
    log_submission(
        case_uid=case.uid, membership_uid=uid, what="letter N-19", communication="N-19", given_on=DAY_0, by=work.rosa,
        receipt="77120", attachment=b"letter",
    )  # fmt: skip
    fact = case.dated_facts.get(kind=FactKind.ISAO_GIVEN_COMMUNICATION)
    assert fact.detail == {"isao": "Lakehead Health ISAO", "communication": "N-19"}
    assert submissions_of(case).get().receipt == "77120"
    with pytest.raises(InvalidValue, match="future"):
        log_submission(
            case_uid=case.uid, membership_uid=uid, what="letter", given_on=DAY_0 + timedelta(days=1), by=work.rosa
        )


def test_tlp_red_is_not_given_to_an_isao(work: Work):
    uid = shown(work, "Lakehead Health ISAO")
    case = work.open(tlp=Tlp.RED)
    with pytest.raises(NotAllowed, match="named persons"):
        log_submission(case_uid=case.uid, membership_uid=uid, what="letter", given_on=DAY_0, by=work.rosa)
    assert not case.dated_facts.filter(kind=FactKind.ISAO_GIVEN_COMMUNICATION).exists()


# ---------------------------------------------------------------- VEX
def said_of(work: Work, release: str, person=None) -> dict[str, VexStatus]:
    return {s.vulnerability: s.status for s in vex_document(work.releases[release], person).statements}


def test_a_finding_nobody_answered_is_under_investigation(work: Work):
    assert said_of(work, "4.2") == {"CVE-2019-12255": VexStatus.UNDER_INVESTIGATION}
    case = work.open()
    assert said_of(work, "4.2") == {"CVE-2019-12255": VexStatus.UNDER_INVESTIGATION}
    work.answer(case, "4.2", status=VexStatus.NOT_AFFECTED, justification=Justification.VULNERABLE_CODE_NOT_PRESENT)
    assert said_of(work, "4.2") == {"CVE-2019-12255": VexStatus.NOT_AFFECTED}


def test_affected_says_what_to_do_also_where_the_risk_is_controlled(work: Work):
    """The VEX status and the risk are two things."""
    case = work.open()
    work.answer(case, "4.2")
    work.sign(work.assess(case, severity=HarmSeverity.NEGLIGIBLE))
    (statement,) = vex_document(work.releases["4.2"], None).statements
    assert statement.status is VexStatus.AFFECTED
    assert "Wi-Fi" in statement.action
    assert "controlled" in statement.notes
    assert statement.components == ("ipnet@6.7",)


@pytest.mark.parametrize(
    ("dialect", "read"), [(DIALECT.OPENVEX, openvex.read), (DIALECT.CYCLONEDX, cyclonedx_vex.read)]
)
def test_both_dialects_are_published_by_version_and_read_back(work: Work, dialect, read):
    case = work.open()
    work.answer(case, "4.2")
    first, new = publish_vex(release_uid=work.releases["4.2"].uid, dialect=dialect, by=work.ada)
    assert (first.version, new, first.counts) == (1, True, {"affected": 1})
    document = read(read_blob(first.sha256))
    assert [(s.vulnerability, s.status) for s in document.statements] == [("CVE-2019-12255", VexStatus.AFFECTED)]
    again, new = publish_vex(release_uid=work.releases["4.2"].uid, dialect=dialect, by=work.ada)
    assert (again.uid, new) == (first.uid, False), "nothing changed, nothing new"
    work.answer(case, "4.2", status=VexStatus.FIXED)
    assert publish_vex(release_uid=work.releases["4.2"].uid, dialect=dialect, by=work.ada)[0].version == 2
    assert [p.version for p in publications_of(work.releases["4.2"])] == [2, 1]


def test_a_release_without_anything_to_say_gets_no_document(work: Work):
    with pytest.raises(InvalidValue, match="nothing to state"):
        publish_vex(release_uid=work.releases["5.0"].uid, dialect=DIALECT.OPENVEX, by=work.ada)


def test_what_is_embargoed_stays_inside(work: Work, register):
    """Behind a wall, and TLP:RED or AMBER+STRICT, never leaves the house; a person inside sees it."""
    keeper = register("Olga Wirth", Role.COORDINATOR)
    wall = raise_wall(name="finder", admitted=[work.ada], by=keeper, because="embargo")
    for n, more in ((2, {"wall": wall}), (3, {"tlp": Tlp.RED}), (4, {"tlp": Tlp.AMBER_STRICT})):
        hidden = Vulnerability.objects.create(id=n, uid=new_uid(), preferred_id=f"NL-2026-00{n}", ours=True, **more)
        found(hidden, work.releases["4.2"], DAY_0)
    assert set(said_of(work, "4.2")) == {"CVE-2019-12255"}
    assert "NL-2026-002" in said_of(work, "4.2", work.ada)
    assert "NL-2026-002" not in said_of(work, "4.2", work.rosa)
    case = work.open(tlp=Tlp.RED)
    assert case.tlp == Tlp.RED
    assert said_of(work, "4.2") == {}, "an embargoed case keeps a public vulnerability silent"


def test_our_own_vulnerability_is_stated_by_its_own_id(work: Work):
    own = Vulnerability.objects.create(id=2, uid=new_uid(), preferred_id="NL-2026-004", ours=True, title="open port")
    found(own, work.releases["5.0"], DAY_0)
    published, _ = publish_vex(release_uid=work.releases["5.0"].uid, dialect=DIALECT.CYCLONEDX, by=work.ada)
    assert json.loads(read_blob(published.sha256))["vulnerabilities"][0]["id"] == "NL-2026-004"


def test_finn_may_do_nothing_in_sharing(work: Work, finn):
    uid, case = shown(work, "Lakehead Health ISAO"), work.open()
    before = Entry.objects.count()
    for attempt in (
        lambda: register_membership(isao="Other ISAO", by=finn),
        lambda: record_criterion(
            membership_uid=uid, criterion=IsaoCriterion.MEMBER, holds=YES, since=DAY_0, by=finn, evidence="EV"
        ),
        lambda: log_submission(case_uid=case.uid, membership_uid=uid, what="letter", given_on=DAY_0, by=finn),
        lambda: publish_vex(release_uid=work.releases["4.2"].uid, dialect=DIALECT.OPENVEX, by=finn),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert Entry.objects.count() == before


def test_memberships_are_read_with_their_standing_evidence_in_one_query(work: Work, django_assert_num_queries):
    """One without evidence is a membership all the same: its criteria are unknown, not absent."""
    shown(work, "Lakehead Health ISAO", *IsaoCriterion)
    shown(work, "Bare ISAO")
    wrong = membership_named("Lakehead Health ISAO").records.get(criterion="member")
    record_criterion(
        membership_uid=wrong.membership.uid, criterion=IsaoCriterion.MEMBER, holds=NO, since=DAY_0, by=work.rosa,
        evidence="left", supersedes_uid=wrong.uid, because="misread",
    )  # fmt: skip
    with django_assert_num_queries(1):
        bare, lakehead = memberships()
    assert (bare.isao, bare.evidence) == ("Bare ISAO", ())
    assert [e.holds for e in lakehead.evidence if e.criterion is IsaoCriterion.MEMBER] == [NO]
    assert len(lakehead.evidence) == 4
