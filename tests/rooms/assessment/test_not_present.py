"""Releases whose SBOM was matched and does not hold the component are answered in one batch; the others are not."""

from __future__ import annotations

import pytest

from suture.accounts.services import local_operator
from suture.assessment.queries import releases_without_component, unanswered
from suture.assessment.services import answer_not_present
from suture.core.errors import InvalidValue
from suture.detection.services import take_in_sbom
from suture.evidence.queries import entries_about
from tests.rooms.casework import Work
from tests.rooms.detection.world import NPM_LODASH, World, below, cyclonedx, says

pytestmark = pytest.mark.django_db


def lodash(version: str) -> dict:
    return {"type": "library", "name": "lodash", "version": version, "purl": f"pkg:npm/lodash@{version}"}


@pytest.fixture
def matched(work: Work) -> Work:
    """4.1 holds an affected lodash, 4.2 a fixed one, 5.0 one without version, and 7.1 has no SBOM."""
    world = World()
    world.publish(says("ghsa", "GHSA-aaaa-bbbb-cccc", (NPM_LODASH, below("4.17.21"))))
    for name, component in (("4.1", lodash("4.17.20")), ("4.2", lodash("4.17.21")), ("5.0", lodash(""))):
        take_in_sbom(
            release=work.releases[name], data=cyclonedx(component), file_name="s.cdx.json", by=local_operator()
        )
    finding = work.releases["4.1"].findings.exclude(vulnerability=work.vulnerability).get()
    work.vulnerability = finding.vulnerability
    return work


def test_only_what_was_looked_at_and_not_found_is_answered_in_one_batch(matched: Work):
    case = matched.open()
    assert [r.label for r in releases_without_component(case)] == ["Aria P2 4.2"]
    (row,) = answer_not_present(case_uid=case.uid, by=matched.ada)
    assert (row.status, row.justification) == ("not_affected", "component_not_present")
    sbom = matched.releases["4.2"].sboms.get()
    assert sbom.sha256[:12] in row.evidence
    assert entries_about("case", case.uid).filter(did="impact.answered").count() == 1
    assert {r.label for r in unanswered(case)} == {"Aria P2 4.1", "Aria P2 5.0", "Meridian 7.1"}
    with pytest.raises(InvalidValue, match="no unanswered release"):
        answer_not_present(case_uid=case.uid, by=matched.ada)


def test_a_vulnerability_of_our_own_has_no_component_to_look_for(work: Work):
    work.vulnerability.ours = True
    work.vulnerability.save()
    case = work.open()
    assert releases_without_component(case) == []
