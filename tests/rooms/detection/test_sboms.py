"""One call of all doors: import, match, answer; and an SBOM that would make half a device disappear."""

from __future__ import annotations

import pytest

from suture.accounts.models import Person
from suture.core.errors import FormatError, InvalidValue, NotAllowed
from suture.detection.models import Finding
from suture.detection.services import rematch_stale, take_in_held, take_in_sbom
from suture.evidence.models import Entry
from suture.evidence.queries import verify_chain
from suture.inventory.blobs import read_blob
from suture.inventory.models import HeldSbom, Release
from suture.inventory.quarantine import loss_of, reject_sbom
from tests.rooms.detection.conftest import Take
from tests.rooms.detection.world import OPENSSL, World, below, cyclonedx, lodash, openssl, says, standing


def test_an_sbom_that_lost_half_its_components_waits_for_a_word(
    world: World, release: Release, take: Take, operator: Person
) -> None:
    """#15: an empty or different SBOM must not close findings behind anybody's back."""
    world.publish(says("nvd", "CVE-2026-0001", (OPENSSL, below("3.0.15"))))
    take(release, openssl(), *(lodash(f"4.17.{n}", f"l{n}") for n in range(4)))
    fewer = cyclonedx(lodash())
    taken = take_in_sbom(release=release, data=fewer, file_name="fewer.json", by=operator)
    held = taken.held
    assert held is not None
    assert "held in quarantine, nothing was changed: it lists 1 component, the current SBOM 5" in taken.says
    assert taken.findings == 1
    release.refresh_from_db()
    assert release.sbom_id == held.against_id
    assert (held.outcome, held.document.components_read, len(held.document.components.all())) == ("", 1, 1)
    assert loss_of(held).lost[-1] == "openssl 3.0.13"
    assert read_blob(held.document.sha256) == fewer
    assert rematch_stale() == 0, "what waits is not matched"
    world.publish(says("nvd", "CVE-2026-0002", (OPENSSL, below("3.0.16"))))
    rematch_stale()
    assert set(standing(release)) == {"CVE-2026-0001", "CVE-2026-0002"}, "findings do not go meanwhile, and come"
    again = take_in_sbom(release=release, data=fewer, file_name="fewer.json", by=operator)
    assert (again.new, again.held) == (False, held)
    assert HeldSbom.objects.count() == 1

    taken = take_in_held(held_uid=held.uid, by=operator, because="the other modules are built apart now")
    assert (taken.held, taken.findings) == (None, 0)
    assert standing(release) == {}
    assert {f.gone_because for f in Finding.objects.filter(release=release)} == {
        "no longer in the SBOM: openssl 3.0.13"
    }
    assert [e.did for e in Entry.objects.filter(did__startswith="sbom.").order_by("seq")] == [
        "sbom.imported", "sbom.held", "sbom.confirmed", "sbom.imported",
    ]  # fmt: skip
    with pytest.raises(NotAllowed, match="decided already"):
        reject_sbom(held_uid=held.uid, by=operator, because="no")
    assert verify_chain().intact


def test_a_rejected_one_changes_nothing_and_may_come_again(
    world: World, release: Release, take: Take, operator: Person, ada: Person, finn: Person
) -> None:
    world.publish(says("nvd", "CVE-2026-0001", (OPENSSL, below("3.0.15"))))
    first = take(release, openssl(), lodash())
    held = take(release, lodash("4.17.21")).held
    for by, because, error in ((finn, "no", NotAllowed), (ada, "  ", InvalidValue)):
        for verb in (reject_sbom, take_in_held):
            with pytest.raises(error):
                verb(held_uid=held.uid, by=by, because=because)
    held = reject_sbom(held_uid=held.uid, by=ada, because="built from the wrong folder")
    assert (held.outcome, held.decided_by, held.because) == ("rejected", ada, "built from the wrong folder")
    release.refresh_from_db()
    assert release.sbom == first.document
    assert len(standing(release)) == 1
    assert take(release, lodash("4.17.21")).held != held, "the same bytes again wait again"


def test_a_later_upload_takes_the_place_of_one_that_waits(world: World, release: Release, take: Take) -> None:
    take(release, openssl(), lodash())
    first, second = take(release, lodash("4.17.21")).held, take(release, lodash("4.17.22")).held
    first.refresh_from_db()
    assert (first.outcome, second.outcome) == ("superseded", "")
    assert take(release, openssl("3.0.14"), lodash()).held is None
    second.refresh_from_db()
    assert second.outcome == "superseded"
    with pytest.raises(NotAllowed):
        take_in_held(held_uid=second.uid, by=second.held_by, because="right after all")


def test_identifiers_count_as_much_as_components(world: World, release: Release, take: Take) -> None:
    """An SBOM with every component and no identifier is as blind as an empty one."""
    take(release, openssl(), lodash())
    held = take(release, {"ref": "o", "name": "openssl", "version": "3.0.13"}, lodash()).held
    assert held.why == ["1 of its components carry a purl or CPE, in the current SBOM 2 do"]
    assert take(release, openssl(), {"ref": "l", "name": "lodash"}, lodash("4")).held is None


def test_whoever_hands_it_in_may_say_that_it_is_right(
    world: World, release: Release, take: Take, operator: Person
) -> None:
    take(release, openssl(), lodash())
    taken = take(release, lodash(), confirmed=True)
    assert (taken.held, taken.matched.components) == (None, 1)
    assert HeldSbom.objects.get().outcome == "confirmed"


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
