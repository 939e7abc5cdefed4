"""A vulnerability of our own concerns a release because a person says so; matching does not take that back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from suture.accounts.models import Person
from suture.accounts.services import raise_wall
from suture.core.errors import InvalidValue, NotAllowed, NotFound
from suture.core.roles import Role
from suture.detection.models import Finding
from suture.detection.queries import (
    Answer,
    counts_by_release,
    finding_by_uid,
    findings_of,
    vulnerabilities_found,
    vulnerability_across_devices,
)
from suture.detection.scan import scan
from suture.detection.services import add_manual_finding, match_release, take_back_statement
from suture.evidence.models import Entry
from suture.intelligence.models import Vulnerability
from suture.intelligence.services import register_vulnerability
from suture.inventory.models import Release
from tests.rooms.detection.conftest import Take
from tests.rooms.detection.world import OPENSSL, World, below, cyclonedx, openssl, says, standing

WHY = "Port 23 answers on the maintenance interface (bench test 14)."


@pytest.fixture
def open_port(ada: Person) -> Vulnerability:
    return register_vulnerability(
        kind=Vulnerability.Kind.OPEN_PORT, title="Telnet on the maintenance port", description="", by=ada
    )


def test_a_stated_finding_stays_whatever_matching_says(
    world: World, release: Release, take: Take, ada: Person, open_port: Vulnerability
) -> None:
    world.publish(says("nvd", "CVE-2026-0001", (OPENSSL, below("3.0.15"))))
    take(release, openssl())
    finding = add_manual_finding(release=release, vulnerability=open_port, because=WHY, by=ada)
    assert finding.why == [WHY]
    assert finding.result == "affected"
    match_release(release.pk)
    take(release, openssl("3.0.16"))
    assert list(standing(release)) == [open_port.preferred_id]
    line = Entry.objects.get(did="finding.stated")
    assert (line.actor_name, line.because) == (ada.printed_name, WHY)


def test_a_statement_about_a_component_that_also_matches_keeps_both_reasons(
    world: World, release: Release, take: Take, ada: Person
) -> None:
    world.publish(says("nvd", "CVE-2026-0001", (OPENSSL, below("3.0.15"))))
    take(release, openssl())
    vulnerability = Vulnerability.objects.get(preferred_id="CVE-2026-0001")
    stated = add_manual_finding(
        release=release, vulnerability=vulnerability, components=["openssl"], because="A finder showed it.", by=ada
    )
    match_release(release.pk)
    finding = standing(release)["CVE-2026-0001"]
    assert finding.pk == stated.pk
    assert finding.why[0] == "A finder showed it."
    assert finding.why[-1] == "3.0.13 lies in v < 3.0.15"
    take(release, openssl("3.0.15"))
    assert standing(release)["CVE-2026-0001"].why == ["A finder showed it."]


def test_a_statement_is_taken_back_with_a_reason(
    world: World, release: Release, ada: Person, open_port: Vulnerability
) -> None:
    finding = add_manual_finding(release=release, vulnerability=open_port, because=WHY, by=ada)
    with pytest.raises(InvalidValue, match="say why"):
        take_back_statement(finding_uid=str(finding.uid), because=" ", by=ada)
    take_back_statement(finding_uid=str(finding.uid), because="The port is a test build's.", by=ada)
    gone = Finding.objects.get(pk=finding.pk)
    assert gone.gone_because == f"taken back by {ada.printed_name}: The port is a test build's."
    assert [line["what"] for line in gone.history] == ["stated", "taken back"]
    again = add_manual_finding(release=release, vulnerability=open_port, because=WHY, by=ada)
    assert (again.pk, again.standing) == (finding.pk, True)


def test_a_statement_needs_a_reason_and_components_of_the_release(
    world: World, release: Release, take: Take, ada: Person, open_port: Vulnerability
) -> None:
    take(release, openssl())
    with pytest.raises(InvalidValue, match="say why"):
        add_manual_finding(release=release, vulnerability=open_port, because="", by=ada)
    with pytest.raises(InvalidValue, match=r"not in the current SBOM of Aria P2 4\.2: nowhere"):
        add_manual_finding(release=release, vulnerability=open_port, components=["nowhere"], because=WHY, by=ada)


def test_not_allowed(world: World, release: Release, finn: Person, open_port: Vulnerability) -> None:
    with pytest.raises(NotAllowed):
        add_manual_finding(release=release, vulnerability=open_port, because=WHY, by=finn)


# ---- walls


def test_behind_a_wall_a_finding_does_not_exist_for_others(
    world: World, make_release: Callable[..., Release], take: Take, ada: Person, register: Callable[..., Person]
) -> None:
    cora, other = register("Cora Weld", Role.COORDINATOR), register("Olga Out", Role.PSIRT)
    wall = raise_wall(name="VU#1", admitted=[ada], by=cora, because="embargo")
    world.publish(says("nvd", "CVE-2026-0001", (OPENSSL, below("3.0.15"))))
    release = make_release()
    take(release, openssl())
    secret = register_vulnerability(
        kind=Vulnerability.Kind.HARD_CODED_PASSWORD, title="Service password", description="", by=ada, wall=wall
    )
    finding = add_manual_finding(release=release, vulnerability=secret, because=WHY, by=ada)
    assert findings_of(release, ada).count() == 2
    assert findings_of(release, other).count() == 1
    assert counts_by_release([release], ada)[release.pk].findings == 2
    assert counts_by_release([release], other)[release.pk].findings == 1
    assert vulnerabilities_found(ada).count() == 2
    assert vulnerabilities_found(other).count() == 1
    assert finding_by_uid(str(finding.uid), ada) == finding
    with pytest.raises(NotFound):
        finding_by_uid(str(finding.uid), other)
    with pytest.raises(NotFound):
        vulnerability_across_devices(secret, other)
    with pytest.raises(NotFound):
        add_manual_finding(release=release, vulnerability=secret, because=WHY, by=other)
    with pytest.raises(NotFound):
        take_back_statement(finding_uid=str(finding.uid), because=WHY, by=other)
    [row] = vulnerability_across_devices(secret, ada)
    assert row.answer is Answer.AFFECTED


def test_a_scan_respects_walls(world: World, ada: Person, register: Callable[..., Person]) -> None:
    cora = register("Cora Weld", Role.COORDINATOR)
    world.publish(says("nvd", "CVE-2026-0001", (OPENSSL, below("3.0.15"))))
    wall = raise_wall(name="VU#2", admitted=[ada], by=cora, because="embargo")
    Vulnerability.objects.update(wall=wall)
    assert scan(cyclonedx(openssl())).findings == []
    assert len(scan(cyclonedx(openssl()), person=ada).findings) == 1
