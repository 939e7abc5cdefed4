"""New releases inherit judgements as proposals, with what changed; one batch, one line of evidence; status only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suture.accounts.models import Person
from suture.assessment.inheritance import compared, proposals
from suture.assessment.models import Case, CaseRelease
from suture.assessment.queries import unanswered
from suture.assessment.services import adopt_judgements, move_case, reopen_expired, set_learned
from suture.core.errors import Conflict, InvalidValue, NotAllowed
from suture.core.harm import HarmSeverity
from suture.core.vex import Justification, VexStatus
from suture.desk.obligations import Sort
from suture.desk.queries import obligations
from suture.evidence.models import Entry
from suture.evidence.queries import verify_chain
from suture.sharing.queries import vex_document
from tests.house import PASSWORD
from tests.rooms.casework import DAY_0, NEAR, Work, found

pytestmark = pytest.mark.django_db
V = VexStatus


def part(name: str, version: str) -> dict[str, str]:
    return {"ref": f"{name}-{version}", "name": name, "version": version}


@pytest.fixture
def case(work: Work) -> Case:
    """Answered for 4.1 only: not affected, because the module is not loaded."""
    made = work.open()
    work.answer(made, "4.1", status=V.NOT_AFFECTED, impact="the module is not loaded", review_on=date(2027, 5, 1))
    return made


def adopt(work: Work, **more: object) -> list[CaseRelease]:
    given = {"keys": [p.key for p in proposals(work.ada)], "by": work.ada, "because": "built from the same recipe"}
    return adopt_judgements(**{**given, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ([("a", "1")], [("a", "1")], ["a 1, the same"]),
        ([("a", "1")], [("a", "2")], ["a 1 → 2"]),
        ([("a", "1"), ("b", "1")], [("a", "1")], ["a 1, the same", "b 1 is gone"]),
        ([], [("a", "1")], ["a 1 is new"]),
        ([("a", "1"), ("a", "2")], [("a", "2"), ("a", "3")], ["a 2, the same", "a 1 → 3"]),
        ([("a", "")], [("a", "")], ["a, the same"]),
    ],
)
def test_what_changed(before: list[tuple[str, str]], after: list[tuple[str, str]], says: list[str]) -> None:
    moved = compared([part(*one) for one in before], [part(*one) for one in after])
    assert [one.says.replace(" ,", ",") for one in moved] == says


def test_a_newer_release_inherits_status_and_evidence_and_nothing_else(work: Work, case: Case) -> None:
    (offer,) = proposals(work.ada)
    assert (offer.finding.release.label, offer.source.release.label) == ("Aria P2 4.2", "Aria P2 4.1")
    assert offer.unchanged
    (owed,) = [o for o in obligations(work.ada, DAY_0) if o.sort is Sort.PROPOSED]
    assert owed.what == "Confirm what is proposed from 4.1: 1 judgement"
    assert (owed.device, owed.link.kind) == ("Aria P2 4.2", "proposed judgements")
    before = Entry.objects.count()
    (row,) = adopt(work)
    assert (row.status, row.impact, row.inherited_from) == ("not_affected", "the module is not loaded", offer.source)
    assert row.evidence == "adopted from Aria P2 4.1 (C-2026-0001): built from the same recipe\nTR-1188"
    assert (row.owner, row.review_on) == (work.ada, DAY_0 + timedelta(days=365))
    assert Entry.objects.count() == before + 1, "one line, whatever the number"
    line = Entry.objects.get(did="judgements.adopted")
    assert '"input":' in line.facts
    assert '"result":' in line.facts
    assert not case.assessments.exists(), "harm and verdict are never adopted"
    assert proposals(work.ada) == []
    assert verify_chain().intact


def test_what_changed_is_shown_and_a_configuration_is_asked_about(work: Work, case: Case) -> None:
    newer = work.vulnerability.findings.get(release=work.releases["4.2"])
    newer.components = [part("ipnet", "6.9"), part("ipcom", "1")]
    newer.save()
    (offer,) = proposals(work.ada)
    assert not offer.unchanged
    assert [m.says for m in offer.moved] == ["ipcom 1 is new", "ipnet 6.7 → 6.9"]
    work.answer(case, "4.1", status=V.NOT_AFFECTED, impact="off", configuration="TCP urgent data is disabled")
    newer.components = [part("ipnet", "6.7")]
    newer.save()
    (offer,) = proposals(work.ada)
    assert (offer.unchanged, offer.configuration) == (False, "TCP urgent data is disabled")
    adopt(work)
    assert case.answers.get(release=newer.release).configuration == "TCP urgent data is disabled"


def test_the_nearest_older_release_of_the_same_device_speaks(work: Work, case: Case) -> None:
    """Not a sister product's answer, and not an older one where a nearer one was answered otherwise."""
    for name in ("5.0", "7.1"):
        found(work.vulnerability, work.releases[name], DAY_0)
    work.answer(case, "4.2", action="Switch it off.")
    offers = {p.finding.release.version: p.source for p in proposals(work.ada)}
    assert {version: (s.release.version, s.status) for version, s in offers.items()} == {"5.0": ("4.2", "affected")}
    (row,) = adopt(work)
    assert (row.status, row.action) == ("affected", "Switch it off.")
    assert row.review_on is None


@pytest.mark.parametrize(
    "said",
    [
        {"status": V.UNDER_INVESTIGATION},
        {"status": V.NOT_AFFECTED, "justification": Justification.COMPONENT_NOT_PRESENT},
    ],
)
def test_what_is_not_proposed(work: Work, said: dict[str, object]) -> None:
    case = work.open()
    work.answer(case, "4.1", **said)
    assert proposals(work.ada) == []


def test_what_lapsed_is_not_proposed_and_asks_again(work: Work, case: Case, tick: Callable[[date], None]) -> None:
    """#17: it shows on Today a month ahead, stands as it was given, and no longer counts as an answer."""
    tick(date(2027, 4, 10))
    (owed,) = [o for o in obligations(work.ada, date(2027, 4, 10)) if o.sort is Sort.REVIEW]
    assert (owed.what, owed.due_on) == ("Review: not affected in 1 release", date(2027, 5, 1))
    tick(date(2027, 5, 1))
    assert work.releases["4.1"] not in unanswered(case)
    tick(date(2027, 5, 2))
    assert proposals(work.ada) == []
    assert work.releases["4.1"] in unanswered(case)
    (statement,) = [s for s in vex_document(work.releases["4.1"], None).statements if s.status is V.NOT_AFFECTED]
    assert statement.notes == "to be reviewed by 2027-05-01; the review is not done yet"
    work.answer(case, "4.1", status=V.NOT_AFFECTED, impact="looked again")
    assert work.releases["4.1"] not in unanswered(case)
    assert case.answers.get(release=work.releases["4.1"]).review_on == date(2028, 5, 1)


def test_a_review_date_that_passes_reopens_the_case(work: Work, case: Case, tick: Callable[[date], None]) -> None:
    work.answer_rest(case)
    set_learned(case_uid=case.uid, on=DAY_0, by=work.ada, password=PASSWORD, because="first match")
    move_case(case_uid=case.uid, verb="start_analysis", by=work.ada)
    for verb in ("finish_assessment", "find_not_affected", "close"):
        move_case(case_uid=case.uid, verb=verb, by=work.ada, password=PASSWORD)
    tick(date(2027, 5, 1))
    assert reopen_expired() == 0
    tick(date(2027, 5, 3))
    assert reopen_expired() == 1
    assert reopen_expired() == 0, "idempotent"
    case.refresh_from_db()
    assert case.state == "reopened"
    assert case.steps.last().because == "'not affected' for Aria P2 4.1 was to be reviewed by 2027-05-01"
    assert case.answers.get(release=work.releases["4.1"]).status == "not_affected"


def test_a_closed_case_lends_its_answer(work: Work, case: Case) -> None:
    """A release that came after the case was closed gets its status from it; the case stays closed."""
    newer = work.vulnerability.findings.get(release=work.releases["4.2"])
    newer.gone_at = newer.first_seen
    newer.save()
    work.answer_rest(case)
    set_learned(case_uid=case.uid, on=DAY_0, by=work.ada, password=PASSWORD, because="first match")
    move_case(case_uid=case.uid, verb="start_analysis", by=work.ada)
    for verb in ("finish_assessment", "find_not_affected", "close"):
        move_case(case_uid=case.uid, verb=verb, by=work.ada, password=PASSWORD)
    case.answers.filter(release=work.releases["5.0"]).update(status="")
    found(work.vulnerability, work.releases["5.0"], DAY_0)
    (row,) = adopt(work)
    assert (row.case, row.release.version, row.status) == (case, "5.0", "not_affected")
    case.refresh_from_db()
    assert case.state == "closed"


def test_what_a_batch_needs(work: Work, case: Case, clara: Person, otto: Person) -> None:
    for more, error in (
        ({"because": " "}, InvalidValue), ({"keys": []}, InvalidValue), ({"by": clara}, NotAllowed),
        ({"keys": ["no:such"]}, Conflict), ({"review_on": DAY_0}, InvalidValue),
    ):  # fmt: skip
        with pytest.raises(error):
            adopt(work, **more)
    assert not case.answers.exclude(inherited_from=None).exists()
    assert len(adopt(work, by=otto)) == 1
    with pytest.raises(Conflict, match="no longer proposed"):
        adopt(work, keys=["x:y"])


def test_a_constant_number_of_questions(work: Work, case: Case) -> None:
    with CaptureQueriesContext(connection) as few:
        proposals(work.ada)
    for name in ("5.0", "7.1"):
        found(work.vulnerability, work.releases[name], DAY_0)
    with CaptureQueriesContext(connection) as many:
        assert len(proposals(work.ada)) == 2
    assert len(many) == len(few)


def test_an_adopted_affected_waits_for_its_own_verdict(work: Work) -> None:
    """VEX status only: a verdict signed for 4.1 says nothing of a release that came later."""
    case = work.open()
    work.answer(case, "4.1", "4.2")
    work.sign(work.assess(case, metrics=NEAR, severity=HarmSeverity.NEGLIGIBLE))
    case.refresh_from_db()
    assert case.verdict == "controlled"
    found(work.vulnerability, work.releases["5.0"], DAY_0)
    (row,) = adopt(work)
    assert (row.release.version, row.status) == ("5.0", "affected")
    case.refresh_from_db()
    assert case.verdict == "", "the newer release waits for a verdict of its own"
