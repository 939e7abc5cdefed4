"""Every human verdict is a label of the match; a confirmed match does not go in silence; precision is a query."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from suture.accounts.models import Person
from suture.assessment.models import Case
from suture.assessment.quality import labelled_matches, match_quality
from suture.assessment.services import answer_components, answer_impact, open_case
from suture.core.errors import InvalidValue, NotAllowed
from suture.core.labels import MatchLabel, label_of
from suture.core.vex import Justification, VexStatus
from suture.desk.obligations import Sort
from suture.desk.queries import obligations
from suture.detection.models import Finding, Matched, MatchRun
from suture.detection.queries import pairs_of
from suture.detection.services import correct_match, decide_held, rematch_stale, take_in_sbom
from suture.evidence.models import Entry
from suture.evidence.queries import verify_chain
from suture.inventory.models import Release
from tests.rooms.casework import Work
from tests.rooms.detection.world import NPM_LODASH, OPENSSL, World, below, cyclonedx, lodash, openssl, says, standing

pytestmark = pytest.mark.django_db
V, J = VexStatus, Justification
CVE = says("nvd", "CVE-2026-0001", (OPENSSL, below("3.0.15")))


@pytest.mark.parametrize(
    ("status", "justification", "label"),
    [
        (V.AFFECTED, "", "true positive"),
        (V.NOT_AFFECTED, J.COMPONENT_NOT_PRESENT, "false positive"),
        (V.NOT_AFFECTED, J.VULNERABLE_CODE_NOT_IN_EXECUTE_PATH, "true positive"),
        (V.NOT_AFFECTED, J.VULNERABLE_CODE_CANNOT_BE_CONTROLLED_BY_ADVERSARY, "true positive"),
        (V.NOT_AFFECTED, J.INLINE_MITIGATIONS_ALREADY_EXIST, "true positive"),
        (V.NOT_AFFECTED, J.VULNERABLE_CODE_NOT_PRESENT, None),  # compiled out, or a backport: says nothing of the match
        (V.NOT_AFFECTED, "", None),
        (V.FIXED, "", None),
        (V.UNDER_INVESTIGATION, "", None),
        ("", "", None),
    ],
)
def test_what_an_answer_says_of_the_match(status: str, justification: str, label: str | None) -> None:
    assert label_of(status, justification) == label


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture
def release(work: Work) -> Release:
    return work.releases["5.0"]


@pytest.fixture
def take(release: Release, otto: Person) -> Callable[..., Any]:
    def _take(*components: dict[str, Any]) -> Any:
        return take_in_sbom(release=release, data=cyclonedx(*components), file_name="a.cdx.json", by=otto)

    return _take


@pytest.fixture
def case(work: Work, world: World, release: Release, take: Callable[..., Any]) -> Case:
    """OpenSSL 3.0.13 in 5.0, confirmed: it is there, and never reached."""
    world.publish(CVE)
    take(openssl(), lodash())
    made = open_case(vulnerability=standing(release)["CVE-2026-0001"].vulnerability, by=work.ada, because="match")
    said(work, made, release, J.VULNERABLE_CODE_NOT_IN_EXECUTE_PATH)
    return made


def said(work: Work, case: Case, release: Release, justification: Justification) -> None:
    answer_impact(
        case_uid=case.uid, release_uids=[release.uid], status=V.NOT_AFFECTED, by=work.ada, evidence="call graph",
        justification=justification,
    )  # fmt: skip


def narrowed(world: World) -> None:
    """A new revision says that 3.0.13 is not concerned."""
    world.publish(says("nvd", "CVE-2026-0001", (OPENSSL, below("3.0.1")), modified="2026-05-05"))
    rematch_stale()


def test_a_confirmed_match_is_held_when_a_new_revision_would_drop_it(
    work: Work, world: World, release: Release, case: Case
) -> None:
    narrowed(world)
    finding = standing(release)["CVE-2026-0001"]
    assert finding.held_because == (
        "would be dropped because CVE-2026-0001 as nvd states it now of 2026-05-05 does not concern this version"
    )
    assert finding.history[-1]["what"] == "held"
    assert finding.reasons, "it stands with the reasons it had"
    runs = MatchRun.objects.count()
    Matched.objects.update(kernel_ver=0)
    rematch_stale()
    assert MatchRun.objects.count() == runs, "held already: nothing happened"
    (owed,) = [o for o in obligations(work.ada, date(2026, 11, 20)) if o.sort is Sort.HELD]
    assert (owed.what, owed.device) == ("Decide on confirmed findings that would be dropped: 1", "Aria P2 5.0")

    decide_held(finding_uids=[finding.uid], keep=False, by=work.ada, because="the maker says 3.0.13 was never affected")
    finding.refresh_from_db()
    assert finding.gone_because.endswith("confirmed by Ada Lind: the maker says 3.0.13 was never affected")
    assert [line["what"] for line in finding.history] == ["held", "gone"]
    Matched.objects.update(kernel_ver=0)
    rematch_stale()
    assert standing(release) == {}
    assert Entry.objects.filter(did="findings.let_go").count() == 1
    assert verify_chain().intact


def test_it_may_be_kept_by_a_person_s_word(work: Work, world: World, release: Release, case: Case) -> None:
    narrowed(world)
    finding = standing(release)["CVE-2026-0001"]
    decide_held(finding_uids=[finding.uid], keep=True, by=work.ada, because="we saw it in our build")
    Matched.objects.update(kernel_ver=0)
    rematch_stale()
    kept = standing(release)["CVE-2026-0001"]
    assert (kept.held_because, kept.reasons, kept.stated[0]["says"]) == ("", [], "we saw it in our build")


def test_it_is_no_longer_held_when_it_matches_again(work: Work, world: World, release: Release, case: Case) -> None:
    narrowed(world)
    world.publish(CVE)
    rematch_stale()
    finding = standing(release)["CVE-2026-0001"]
    assert (finding.held_because, finding.history[-1]["what"]) == ("", "no longer held")


def test_a_component_that_left_takes_its_finding_with_it(
    work: Work, world: World, release: Release, case: Case, take: Callable[..., Any]
) -> None:
    """That is a fact of the device, not of the matcher; held or not."""
    narrowed(world)
    take(openssl("3.0.14"), lodash())
    assert standing(release) == {}
    assert Finding.objects.get(release=release).gone_because == "no longer in the SBOM: openssl 3.0.13"


@pytest.mark.parametrize("justification", [J.COMPONENT_NOT_PRESENT, J.VULNERABLE_CODE_NOT_PRESENT])
def test_what_nobody_confirmed_goes_as_before(
    work: Work, world: World, release: Release, case: Case, justification: Justification
) -> None:
    said(work, case, release, justification)
    narrowed(world)
    assert standing(release) == {}


def test_a_correction_is_a_person_s_word_too(work: Work, world: World, release: Release, case: Case) -> None:
    (pair,) = pairs_of(standing(release)["CVE-2026-0001"])
    correct_match(
        component=pair.named, package=pair.package, because="a manual", evidence="recipe", by=work.ada,
        review_on=date(2026, 11, 20) + timedelta(days=300),
    )  # fmt: skip
    assert standing(release) == {}


def test_one_component_confirmed_holds_the_finding(work: Work, world: World, release: Release, case: Case) -> None:
    said(work, case, release, J.COMPONENT_NOT_PRESENT)
    answer_components(
        case_uid=case.uid, release_uid=release.uid, refs=["openssl"], status=V.AFFECTED, by=work.ada,
        evidence="TR-1", action="Switch it off.",
    )  # fmt: skip
    narrowed(world)
    assert standing(release)["CVE-2026-0001"].held_because


def test_what_a_decision_needs(work: Work, world: World, release: Release, case: Case, clara: Person) -> None:
    finding = standing(release)["CVE-2026-0001"]
    with pytest.raises(NotAllowed, match="not held"):
        decide_held(finding_uids=[finding.uid], keep=False, by=work.ada, because="x")
    narrowed(world)
    with pytest.raises(NotAllowed):
        decide_held(finding_uids=[finding.uid], keep=False, by=clara, because="x")
    with pytest.raises(InvalidValue):
        decide_held(finding_uids=[finding.uid], keep=False, by=work.ada, because=" ")
    assert standing(release)["CVE-2026-0001"].held_because


def test_precision_per_source_and_matcher(
    work: Work, world: World, release: Release, case: Case, take: Callable[..., Any], clara: Person
) -> None:
    """One label per source that stated it; a correction counts as wrong; what says nothing does not count."""
    version = MatchRun.objects.filter(release=release).latest("pk").kernel_ver
    assert [(q.source, q.matcher, q.right, q.wrong) for q in match_quality(labelled_matches(work.ada))] == [
        ("nvd", version, 1, 0)
    ]
    world.publish(
        says("osv", "GHSA-1", (NPM_LODASH, below("5"))), says("nvd", "CVE-2026-0002", (NPM_LODASH, below("5")))
    )
    rematch_stale()
    (pair,) = pairs_of(standing(release)["GHSA-1"])
    correct_match(
        component=pair.named, source="osv", record_id="GHSA-1", because="a theme", evidence="page", by=work.ada,
        review_on=date(2026, 11, 20) + timedelta(days=300),
    )  # fmt: skip
    other = open_case(vulnerability=standing(release)["CVE-2026-0002"].vulnerability, by=work.ada, because="match")
    said(work, other, release, J.COMPONENT_NOT_PRESENT)
    labelled = labelled_matches(work.ada)
    rows = {q.source: (q.right, q.wrong, q.precision) for q in match_quality(labelled)}
    assert rows == {"nvd": (1, 1, 0.5), "osv": (0, 1, 0.0)}
    assert [(one.label, one.vulnerability) for one in labelled] == [
        (MatchLabel.WRONG, "CVE-2026-0002"), (MatchLabel.WRONG, "GHSA-1"), (MatchLabel.RIGHT, "CVE-2026-0001"),
    ]  # fmt: skip
    said(work, other, release, J.VULNERABLE_CODE_NOT_PRESENT)
    assert {q.source: (q.right, q.wrong) for q in match_quality(labelled_matches(clara))} == {
        "nvd": (1, 0),
        "osv": (0, 1),
    }
