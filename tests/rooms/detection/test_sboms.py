"""One call of all doors: import, match, answer; and an SBOM that would make half a device disappear."""

from __future__ import annotations

import pytest

from suture.accounts.models import Person
from suture.core.errors import FormatError, NotAllowed
from suture.detection.models import Finding
from suture.detection.services import SuspiciousSbom, take_in_sbom
from suture.evidence.models import Entry
from suture.evidence.queries import verify_chain
from suture.inventory.blobs import read_blob
from suture.inventory.models import Release
from tests.rooms.detection.conftest import Take
from tests.rooms.detection.world import OPENSSL, World, below, cyclonedx, lodash, openssl, says, standing


def test_an_sbom_that_lost_half_its_components_waits_for_a_word(
    world: World, release: Release, take: Take, operator: Person
) -> None:
    """#15: an empty or different SBOM must not close findings behind anybody's back."""
    world.publish(says("nvd", "CVE-2026-0001", (OPENSSL, below("3.0.15"))))
    take(release, openssl(), *(lodash(f"4.17.{n}", f"l{n}") for n in range(4)))
    fewer = cyclonedx(lodash())
    with pytest.raises(SuspiciousSbom, match=r"lists 1 components, the current .* lists 5; nothing") as refused:
        take_in_sbom(release=release, data=fewer, file_name="fewer.json", by=operator)
    assert "confirm" in str(refused.value)
    release.refresh_from_db()
    assert release.sboms.count() == 1
    assert len(standing(release)) == 1
    line = Entry.objects.get(did="sbom.refused")
    assert read_blob(line.facts.split('"sha256":"')[1][:64]) == fewer  # quarantined, not lost
    take_in_sbom(release=release, data=fewer, file_name="fewer.json", by=operator, confirmed=True)
    assert standing(release) == {}
    assert Finding.objects.get(release=release).gone_because == "no longer in the SBOM: openssl 3.0.13"
    assert verify_chain().intact


def test_half_of_the_components_is_enough(world: World, release: Release, take: Take) -> None:
    take(release, openssl(), lodash())
    assert take(release, lodash()).new


def test_the_same_bytes_twice_change_nothing(world: World, release: Release, take: Take) -> None:
    world.publish(says("nvd", "CVE-2026-0001", (OPENSSL, below("3.0.15"))))
    first = take(release, openssl())
    entries = Entry.objects.count()
    again = take(release, openssl())
    assert (first.new, again.new) == (True, False)
    assert again.document == first.document
    assert Entry.objects.count() == entries


def test_what_cannot_be_read_leaves_everything_as_it_was(
    world: World, release: Release, take: Take, operator: Person
) -> None:
    take(release, openssl())
    for data in (b"", b"{", b'{"bomFormat": "CycloneDX"}', b"\xff\xfe{\x00}\x00", b"PK\x03\x04"):
        with pytest.raises(FormatError):
            take_in_sbom(release=release, data=data, file_name="broken", by=operator)
    release.refresh_from_db()
    assert release.sboms.count() == 1


def test_not_allowed(world: World, release: Release, finn: Person) -> None:
    with pytest.raises(NotAllowed):
        take_in_sbom(release=release, data=cyclonedx(openssl()), file_name="a.json", by=finn)
    assert release.sboms.count() == 0


def test_the_answer_is_complete_when_it_comes(world: World, release: Release, take: Take) -> None:
    world.publish(says("nvd", "CVE-2026-0001", (OPENSSL, below("3.0.15"))))
    taken = take(release, openssl(), {"ref": "b", "name": "bare", "version": "1"})
    assert (taken.findings, taken.matched.components, taken.matched.gaps) == (1, 2, 1)
    assert taken.says == "Aria P2 4.2: 1 finding; 1 of 2 components monitored; not: 1 no identifier"
