"""The coverage ledger: who watches each component, who answers for a hole, words watched, and feeds that lack records.

What users asked for: #11 (CVEs without CPE), #29 (a partial mirror reports success), #30 (stale by accident), #31.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from suture.accounts.models import Person
from suture.core.components import Package, PackageKind
from suture.core.errors import InvalidValue, NotAllowed
from suture.core.vulnerabilities import Record
from suture.detection.models import Cause, FeedCheck, Finding, TextCandidate, TextWatch
from suture.detection.queries import Watched, candidates_for, counts_by_release, coverage, first_unowned_hole, ledger
from suture.detection.scan import scan
from suture.detection.services import (
    check_feeds,
    end_text_watch,
    judge_candidate,
    name_owner,
    name_source_owner,
    rematch_stale,
    watch_text,
    watch_texts,
)
from suture.detection.services.completeness import breach_of
from suture.detection.services.texts import excerpt, pattern
from suture.detection.watching import WATCHERS, leading, space_of, watching
from suture.evidence.clock import now
from suture.evidence.models import Entry
from suture.intelligence.models import EpssScore, FeedRevision
from suture.inventory.models import Release
from tests.rooms.detection.conftest import Take
from tests.rooms.detection.world import NPM_LODASH, OPENSSL, World, below, cyclonedx, lodash, openssl, says

VXWORKS = {"ref": "rtos", "name": "VxWorks", "version": "6.9", "supplier": {"name": "Wind River Labs"}}
WORDS = Package(PackageKind.CNA, "loose", "wind river:vxworks")


def text(record_id: str, details: str, title: str = "", **more: object) -> Record:
    """A record that names no product by CPE or package URL."""
    return replace(says("cve", record_id), title=title, details=details, **more)  # type: ignore[arg-type]


@pytest.fixture
def pump(world: World, release: Release, take: Take) -> Release:
    """Release 4.2: lodash and OpenSSL are watched, the RTOS has no identifier."""
    world.publish(says("ghsa", "GHSA-1", (NPM_LODASH, below("4.17.21"))))
    world.publish(says("nvd", "CVE-2026-1", (OPENSSL, below("3.0.15"))))
    take(release, lodash(), openssl(), VXWORKS)
    release.refresh_from_db()
    return release


# ---- who watches what


@pytest.mark.parametrize(
    ("kind", "name", "space"),
    [
        ("purl", "npm/lodash", "npm"),
        ("purl", "rpm/almalinux:8/zlib", "rpm/almalinux"),
        ("purl", "apk/alpine:3.18/busybox", "apk/alpine"),
        ("cpe", "a:openssl:openssl", "cpe"),
        ("cna", "linux:linux", "cna"),
    ],
)
def test_a_package_is_looked_up_in_one_space(kind: str, name: str, space: str) -> None:
    assert space_of(kind, name) == space
    assert space in WATCHERS


def test_watchers_are_those_that_were_taken_in() -> None:
    assert watching(["npm", "cpe"], {"ghsa", "nvd", "rocky"}) == ("ghsa", "nvd")
    assert watching(["no such space"], {"ghsa"}) == ()
    assert watching(["cna"], {"cve", "csaf cisa", "demo nvd", "ghsa"}) == ("csaf cisa", "cve")
    assert watching(["cpe"], {"demo nvd"}) == ("demo nvd",)
    assert leading(["cpe"], {"nvd", "nvd-override"}) == {"nvd"}
    assert leading(None, {"nvd", "rocky"}) == {"nvd", "rocky"}  # not known on what it rests: on all of them


def test_the_ledger_names_every_component_with_who_watches_it_since_when(pump: Release) -> None:
    day = now().date().isoformat()
    rows = {row.name: row for row in ledger(pump)}
    assert (rows["lodash"].state, rows["lodash"].sources, rows["lodash"].since) == (Watched.MONITORED, ("ghsa",), day)
    assert (rows["openssl"].sources, rows["openssl"].cause) == (("nvd",), "")
    assert rows["VxWorks"].state is Watched.NOT_MONITORABLE
    assert rows["VxWorks"].cause in (Cause.NO_IDENTIFIER, Cause.NEVER_NAMED)  # no identifier, and the name says nothing
    assert rows["VxWorks"].since == ""
    assert ledger(pump)[0].name == "VxWorks"  # holes first


# ---- owners


def test_a_hole_gets_an_owner_with_reason_and_day(pump: Release, ada: Person, quinn: Person) -> None:
    assert str(first_unowned_hole().component) == "VxWorks 6.9"
    day = now().date() + timedelta(days=90)
    name_owner(
        release=pump, components=[("VxWorks", "Wind River Labs")], owner=quinn, because="reads the supplier's notices",
        by=ada, review_on=day,
    )  # fmt: skip
    row = ledger(pump)[0]
    assert (row.owner, row.because, row.review_on) == (quinn.printed_name, "reads the supplier's notices", day)
    assert coverage(pump).unowned == 0
    assert first_unowned_hole() is None
    entry = Entry.objects.order_by("-seq")[0]
    assert (entry.did, entry.record_label) == ("coverage.owner_named", "VxWorks (Wind River Labs) in Aria P2 4.2")


def test_an_owner_stays_when_the_next_sbom_arrives(pump: Release, take: Take, ada: Person) -> None:
    name_owner(release=pump, components=None, owner=ada, because="asks the supplier", by=ada)
    take(pump, lodash(), openssl("3.0.14"), VXWORKS | {"version": "7.0", "ref": "other"})
    assert ledger(pump)[0].owner == ada.printed_name


def test_naming_another_owner_says_who_it_was(pump: Release, ada: Person, quinn: Person) -> None:
    first = name_owner(release=pump, components=None, owner=ada, because="for now", by=ada)
    second = name_owner(
        release=pump, components=[("VxWorks", "Wind River Labs")], owner=quinn, because="took over", by=ada
    )
    assert [row.uid for row in first] == [row.uid for row in second]
    assert f'"before":"{ada.printed_name}"' in Entry.objects.order_by("-seq")[0].facts


def test_owners_are_refused_where_there_is_no_hole_no_reason_or_no_right(
    pump: Release, ada: Person, finn: Person
) -> None:
    with pytest.raises(InvalidValue, match="not among the holes"):
        name_owner(release=pump, components=[("lodash", "")], owner=ada, because="x", by=ada)
    with pytest.raises(InvalidValue, match="say why"):
        name_owner(release=pump, components=None, owner=ada, because=" ", by=ada)
    with pytest.raises(InvalidValue, match="has passed"):
        name_owner(
            release=pump, components=None, owner=ada, because="x", by=ada, review_on=now().date() - timedelta(days=1)
        )
    with pytest.raises(NotAllowed):
        name_owner(release=pump, components=None, owner=ada, because="x", by=finn)
    with pytest.raises(InvalidValue, match="no source is called"):
        name_source_owner(source="nobody", owner=ada, because="x", by=ada)


# ---- words watched


@pytest.mark.parametrize(
    ("words", "said", "holds"),
    [
        ("VxWorks", "A flaw in VXWORKS 7 allows", True),
        ("VxWorks", "VxWorks's network stack", True),
        ("VxWorks", "VxWorksX is another thing", False),
        ("Wind River", "by Wind\n  River Systems", True),
        ("Wind River", "River Wind", False),
        ("C++ runtime", "in the C++ runtime.", True),
        ("μC/OS", "Weston μC/OS-II stack", True),
        ("ble", "a trouble with Bluetooth", False),
    ],
)
def test_words_are_whole_in_order_and_without_case(words: str, said: str, holds: bool) -> None:
    assert bool(pattern(words)(said)) is holds


def test_the_excerpt_shows_the_words_in_their_sentence() -> None:
    said = excerpt("VxWorks", "x" * 500 + " VxWorks 7 \n fails " + "y" * 500)
    assert "VxWorks 7 fails" in said
    assert said.startswith("… ")
    assert len(said) <= 400


def test_a_watched_word_in_a_text_without_a_product_is_a_candidate_never_a_finding(
    world: World, pump: Release, ada: Person
) -> None:
    world.publish(text("CVE-2026-7", "The IP stack of Wind River VxWorks overflows."))  # known before the watch began
    watch_text(release=pump, of="component", name="VxWorks", words="VxWorks", because="no identifier", by=ada)
    assert watch_texts() == 1
    world.publish(
        text("CVE-2026-8", "Another one.", title="VxWorks 7 again"),
        text("CVE-2026-9", "Nothing of ours."),
        says("nvd", "CVE-2026-1", (OPENSSL, below("3.0.16"))),
    )
    assert watch_texts() == 1
    assert watch_texts() == 0
    found = candidates_for(ada, [pump.pk])
    assert {one.vulnerability.preferred_id for one in found} == {"CVE-2026-7", "CVE-2026-8"}
    rematch_stale()
    assert not Finding.objects.filter(vulnerability__preferred_id__in=["CVE-2026-7", "CVE-2026-8"]).exists()
    seen = coverage(pump)
    assert (seen.text_watched, seen.not_monitorable, seen.unowned) == (1, 0, 0)
    assert "1 text-watched" in seen.says
    assert ledger(pump)[0].words == ("VxWorks",)


def test_the_words_of_a_cna_count_as_text(world: World, pump: Release, ada: Person) -> None:
    """A CVE record names vendor and product without a CPE: those words are looked through too."""
    world.publish(replace(says("cve", "CVE-2026-7", (WORDS, below("7.0"))), details="A stack overflow."))
    watch_text(release=pump, of="supplier", name="Wind River Labs", words="Wind River VxWorks", because="", by=ada)
    assert watch_texts() == 1


def test_a_text_that_names_a_product_is_no_candidate(world: World, pump: Release, ada: Person) -> None:
    """Identity is settled there: matching by CPE or package URL answers."""
    world.publish(replace(says("nvd", "CVE-2026-7", (OPENSSL, below("1.0"))), details="Also used by VxWorks."))
    watch_text(release=pump, of="component", name="VxWorks", words="VxWorks", because="", by=ada)
    assert watch_texts() == 0


def test_a_cnas_words_that_matching_looks_up_are_no_candidate(world: World, pump: Release, ada: Person) -> None:
    """The crosswalk calls openssl:openssl the product: the range answers, and there is nothing to judge."""
    words = Package(PackageKind.CNA, "loose", "openssl:openssl")
    world.publish(replace(says("cve", "CVE-2026-7", (words, below("1.0"))), details="A flaw in OpenSSL."))
    rematch_stale()
    watch_text(release=pump, of="component", name="openssl", words="OpenSSL", because="", by=ada)
    assert watch_texts() == 0


def test_a_candidate_goes_when_its_record_names_a_product_later(world: World, pump: Release, ada: Person) -> None:
    world.publish(text("CVE-2026-7", "VxWorks fails."))
    watch_text(release=pump, of="component", name="VxWorks", words="VxWorks", because="", by=ada)
    watch_texts()
    vxworks = Package(PackageKind.CPE, "loose", "o:windriver:vxworks")
    world.publish(says("nvd", "CVE-2026-7", (vxworks, below("7.0"))))
    watch_texts()
    assert TextCandidate.objects.get().state == TextCandidate.State.IDENTIFIED


def test_a_verdict_on_a_candidate_holds_until_the_text_changes(world: World, pump: Release, ada: Person) -> None:
    record = text("CVE-2026-7", "VxWorks 5 fails.")
    world.publish(record)
    watch_text(release=pump, of="component", name="VxWorks", words="VxWorks", because="", by=ada)
    watch_texts()
    judge_candidate(candidate_uid=str(TextCandidate.objects.get().uid), concerns=False, because="we ship 6.9", by=ada)
    world.publish(replace(record, modified="2026-05-05"))  # the same words again
    watch_texts()
    assert not candidates_for(ada).exists()
    world.publish(replace(record, details="VxWorks 5 and 6 fail.", modified="2026-05-06"))
    assert watch_texts() == 1
    again = candidates_for(ada).get()
    assert "we ship 6.9" in again.because
    judge_candidate(candidate_uid=str(again.uid), concerns=True, because="6.9 is affected", by=ada)
    finding = Finding.objects.get(vulnerability__preferred_id="CVE-2026-7")
    assert [one["ref"] for one in finding.components] == ["rtos"]
    with pytest.raises(InvalidValue, match="has judged it already"):
        judge_candidate(candidate_uid=str(again.uid), concerns=True, because="x", by=ada)


def test_a_watch_that_ended_finds_nothing_more(world: World, pump: Release, ada: Person, finn: Person) -> None:
    watch = watch_text(release=pump, of="component", name="VxWorks", words="VxWorks", because="", by=ada)
    with pytest.raises(InvalidValue, match="watched already"):
        watch_text(release=pump, of="component", name="VxWorks", words=" vxworks ", because="", by=ada)
    end_text_watch(watch_uid=str(watch.uid), because="it has a CPE now", by=ada)
    world.publish(text("CVE-2026-7", "VxWorks fails."))
    assert watch_texts() == 0
    assert coverage(pump).text_watched == 0
    with pytest.raises(NotAllowed):
        watch_text(release=pump, of="component", name="VxWorks", words="VxWorks", because="", by=finn)
    for words in ("ab", "  ", "123", "--- 1"):
        with pytest.raises(InvalidValue, match="watch words"):
            watch_text(release=pump, of="component", name="VxWorks", words=words, because="", by=ada)
    with pytest.raises(InvalidValue, match="has no component called"):
        watch_text(release=pump, of="component", name="QNX", words="QNX", because="", by=ada)


def test_words_that_are_too_common_are_counted_not_lost(
    world: World, pump: Release, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("suture.detection.services.texts.MOST", 2)
    world.publish(*(text(f"CVE-2026-{n}", "VxWorks fails.") for n in range(10, 15)))
    watch_text(release=pump, of="component", name="VxWorks", words="VxWorks", because="", by=ada)
    assert watch_texts() == 2
    assert TextWatch.objects.get().left_out == 3


# ---- feeds that lack records


@pytest.mark.parametrize(
    ("have", "most", "years", "says"),
    [
        (100, 100, {}, ""),
        (98, 100, {}, "it holds 98 records and once held 100"),
        (5000, 5000, {"2022": [2079, 25000], "2023": [28000, 29000]}, "it holds 2,079 of 25,000 CVEs of 2022"),
    ],
)
def test_a_source_that_lacks_records_is_named(have: int, most: int, years: dict[str, list[int]], says: str) -> None:
    assert breach_of(have, most, years) == says


def test_nothing_found_is_no_answer_while_a_leading_source_is_incomplete(
    world: World, release: Release, take: Take
) -> None:
    """#29: '0 vulnerabilities' from a half-empty mirror."""
    world.publish(says("nvd", "CVE-2026-1", (OPENSSL, below("3.0.15"))))
    take(release, openssl("3.0.15"))
    release.refresh_from_db()
    assert check_feeds() == 1
    assert coverage(release).verdict.assessed  # nothing found, and nothing known to be missing
    EpssScore.objects.bulk_create(
        EpssScore(id=f"CVE-2022-{n}", f=world.rev, score=0.1, percentile=0.1, day="2026-11-01")
        for n in range(1000, 1200)
    )
    assert check_feeds() == 0  # the same revision is not looked at twice
    world.publish(says("nvd", "CVE-2022-1000", (OPENSSL, below("1.0"))))
    assert check_feeds() == 1
    assert FeedCheck.objects.get(source="nvd").years == {"2022": [1, 200]}
    rematch_stale()
    seen = coverage(release)
    assert not seen.verdict.assessed
    assert "nvd is incomplete: it holds 1 of 200 CVEs of 2022" in seen.says
    assert seen.monitored == 0


@pytest.mark.parametrize(("version", "assessed"), [("3.0.15", False), ("3.0.13", True)])
def test_a_scan_that_finds_nothing_says_so_too(world: World, version: str, assessed: bool) -> None:
    world.publish(says("nvd", "CVE-2026-1", (OPENSSL, below("3.0.15"))))
    FeedCheck.objects.create(source="nvd", rev=world.rev, at=now(), records=1, most=9, breach="it lacks most of 2022")
    found = scan(cyclonedx(openssl(version)))
    assert found.assessed is assessed
    assert "incomplete sources: nvd" in found.says
    assert found.knowledge["incomplete"] == ["nvd"]


def test_an_incomplete_source_undoes_no_finding(world: World, pump: Release, ada: Person) -> None:
    FeedCheck.objects.create(source="nvd", rev=world.rev, at=now(), records=1, most=9, breach="it lacks most of 2022")
    verdict = coverage(pump).verdict
    assert verdict.assessed
    assert verdict.causes[0] == (Cause.INCOMPLETE_SOURCE, "nvd is incomplete: it lacks most of 2022")
    assert counts_by_release([pump], ada)[pump.pk].verdict.assessed


@pytest.mark.parametrize(("late", "assessed"), [("nvd", False), ("ghsa", True)])
def test_only_a_source_the_release_rests_on_counts(
    world: World, release: Release, take: Take, late: str, assessed: bool, ada: Person
) -> None:
    world.publish(says("ghsa", "GHSA-1", (NPM_LODASH, below("4.17.21"))))
    world.publish(says("nvd", "CVE-2026-1", (OPENSSL, below("3.0.15"))))
    take(release, openssl("3.0.15"))
    release.refresh_from_db()
    FeedRevision.objects.filter(source=late).update(dated=(now() - timedelta(days=90)).isoformat())
    assert coverage(release).verdict.assessed is assessed
    assert counts_by_release([release], ada)[release.pk].verdict.assessed is assessed
    assert f"late: {late}" in coverage(release).verdict.says


def test_a_source_has_an_owner(world: World, pump: Release, ada: Person, quinn: Person) -> None:
    row = name_source_owner(source="nvd", owner=quinn, because="mends the mirror", by=ada)
    assert row.label == "source nvd"
    assert name_source_owner(source="nvd", owner=ada, because="took over", by=ada).uid == row.uid
    assert row.since == now().date()
