"""A judgement may narrow to named components; the release's status is the worst of them, and VEX tells them apart."""

from __future__ import annotations

import json

import pytest

from suture.accounts.models import Person
from suture.assessment.inheritance import proposals
from suture.assessment.models import Case
from suture.assessment.services import answer_components, restate_answers
from suture.core.errors import InvalidValue, NotAllowed
from suture.core.vex import Justification, VexStatus, worst
from suture.evidence.models import Entry
from suture.evidence.queries import verify_chain
from suture.formats import cyclonedx_vex, openvex
from suture.sharing.models import VexPublication
from suture.sharing.queries import vex_document
from suture.sharing.services import vex_bytes
from tests.rooms.casework import Work

pytestmark = pytest.mark.django_db
V, J = VexStatus, Justification
A, N, F, U = V.AFFECTED, V.NOT_AFFECTED, V.FIXED, V.UNDER_INVESTIGATION
PARTS = [
    {"ref": "r1", "name": "ipnet", "version": "6.7"},
    {"ref": "r2", "name": "ipcom", "version": "6.5"},
    {"ref": "r3", "name": "ipnet", "version": "6.8"},
]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((), U), ((N,), N), ((N, N), N), ((N, F), F), ((N, U), U), ((F, U), U), ((A, U), A), ((N, F, U, A), A),
        ((F,), F),
    ],
)  # fmt: skip
def test_worst(given: tuple[VexStatus, ...], expected: VexStatus) -> None:
    assert worst(given) is expected


@pytest.fixture
def case(work: Work) -> Case:
    finding = work.vulnerability.findings.get(release=work.releases["4.2"])
    finding.components = PARTS
    finding.save()
    return work.open()


def answer(work: Work, case: Case, *refs: str, status: VexStatus = N, **more: object) -> str:
    said = {"impact": "not loaded"} if status is N else {"action": "Switch it off."} if status is A else {}
    given = {"evidence": "TR-9", "by": work.ada, "release_uid": work.releases["4.2"].uid, **said, **more}
    return answer_components(case_uid=case.uid, refs=refs, status=status, **given).status  # type: ignore[arg-type]


def test_the_status_of_the_release_is_the_worst_of_its_components(work: Work, case: Case) -> None:
    """Those nobody answered for stay under investigation; one affected component makes the release affected."""
    assert answer(work, case, "r1") == "under_investigation"
    assert answer(work, case, "r2", "r3", justification=J.VULNERABLE_CODE_NOT_IN_EXECUTE_PATH, impact="") == (
        "not_affected"
    )
    row = case.answers.get(release=work.releases["4.2"])
    assert (row.justification, row.impact) == ("", "not loaded")
    assert row.review_on is not None
    assert answer(work, case, "r3", status=A) == "affected"
    row.refresh_from_db()
    assert row.action == "Switch it off."
    assert proposals(work.ada) == [], "an answer by components is judged anew for a newer release"
    assert answer(work, case, "r3", status=F) == "fixed"
    facts = Entry.objects.filter(did="impact.answered").last().facts
    assert '"components":["ipnet 6.8"]' in facts
    work.answer(case, "4.2", status=N, impact="none of them is reachable")
    row.refresh_from_db()
    assert (row.status, row.by_component.count()) == ("not_affected", 0), "the release as a whole, answered anew"
    assert verify_chain().intact


def test_vex_has_one_statement_for_each_distinct_judgement(work: Work, case: Case) -> None:
    """#22: one analysis cannot say two things; #16: read what was written, and nothing is lost."""
    answer(work, case, "r1", "r2")
    answer(work, case, "r3", status=A)
    document = vex_document(work.releases["4.2"], None)
    assert [(s.status, s.components) for s in document.statements] == [
        (A, ("ipnet@6.8",)), (N, ("ipnet@6.7", "ipcom@6.5")),
    ]  # fmt: skip
    for dialect, reader in (
        (VexPublication.Dialect.OPENVEX, openvex),
        (VexPublication.Dialect.CYCLONEDX, cyclonedx_vex),
    ):
        assert reader.read(vex_bytes(document, dialect)).statements == document.statements
    written = json.loads(vex_bytes(document, VexPublication.Dialect.CYCLONEDX))
    assert [[one["ref"] for one in v["affects"]] for v in written["vulnerabilities"]] == [
        ["ipnet@6.8"], ["ipnet@6.7", "ipcom@6.5"],
    ], "neither speaks of the release as a whole"  # fmt: skip


def test_an_upload_that_numbers_components_anew_loses_no_answer(work: Work, case: Case) -> None:
    """#15: kept by name and version; a version that is new is under investigation until somebody answers."""
    answer(work, case, "r1", "r2", "r3")
    finding = work.vulnerability.findings.get(release=work.releases["4.2"])
    finding.components = [{**one, "ref": f"other-{n}"} for n, one in enumerate(PARTS)]
    finding.save()
    assert restate_answers() == 0
    finding.components = [*finding.components, {"ref": "x", "name": "ipnet", "version": "6.9"}]
    finding.save()
    assert restate_answers() == 1
    assert restate_answers() == 0, "idempotent"
    row = case.answers.get(release=work.releases["4.2"])
    assert (row.status, row.by_component.count()) == ("under_investigation", 3)
    assert [s.status for s in vex_document(work.releases["4.2"], None).statements] == [N, U]
    finding.components = finding.components[:1]
    finding.save()
    assert restate_answers() == 1
    row.refresh_from_db()
    assert row.status == "not_affected"


@pytest.mark.parametrize(
    "wrong",
    [
        {"refs": ()}, {"refs": ("nothing",)}, {"refs": ("r1",), "evidence": " "},
        {"refs": ("r1",), "impact": "", "justification": None}, {"refs": ("r1",), "status": A, "action": ""},
    ],
)  # fmt: skip
def test_what_it_needs(work: Work, case: Case, wrong: dict[str, object]) -> None:
    refs = wrong.pop("refs")
    with pytest.raises(InvalidValue):
        answer(work, case, *refs, **wrong)  # type: ignore[misc,arg-type]


def test_not_allowed(work: Work, case: Case, clara: Person) -> None:
    with pytest.raises(NotAllowed):
        answer(work, case, "r1", by=clara)
