"""Ranges nobody could read: what of ours they could concern, what a person says of them, and how long that holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suture.accounts.models import Person
from suture.accounts.services import raise_wall
from suture.core.components import Package, PackageKind
from suture.core.errors import Conflict, InvalidValue, NotAllowed, NotFound
from suture.core.roles import Role
from suture.core.vulnerabilities import Record, ReviewRange, ReviewReason
from suture.detection.crosswalk_names import read_name
from suture.detection.models import AwaitedName, Finding, Matched, ReviewDecision, ReviewSettled
from suture.detection.queries import Answer, coverage, vulnerability_across_devices
from suture.detection.queries.review import (
    Waiting,
    Wanted,
    filled,
    history_of,
    one_in_review,
    packages_of_ours,
    ranges_in_review,
)
from suture.detection.review import WHY
from suture.detection.scan import scan
from suture.detection.services import (
    check_whole_portfolio,
    confirm_pair,
    decide_review,
    match_release,
    rematch_stale,
    settle_reviews,
    take_back_review,
)
from suture.evidence.clock import now
from suture.evidence.models import Entry
from suture.intelligence.models import OPEN, KnowledgeState, Range, ReviewedRange, Vulnerability
from suture.intelligence.queries import assertions_of, standing
from suture.inventory.models import Release
from tests.rooms.detection.conftest import Take
from tests.rooms.detection.world import NPM_LODASH, OPENSSL, World, below, cyclonedx, says

pytestmark = pytest.mark.django_db

LATER = date(2030, 1, 1)
PUMP = Package(PackageKind.CNA, "loose", "acme:pump os")


def unread(
    source: str, record_id: str, package: Package | None = OPENSSL, raw: str = "all old versions",
    reason: ReviewReason = ReviewReason.FREE_TEXT, *ranges: Any, **more: Any,
) -> Record:  # fmt: skip
    """A record with one range that nobody can read."""
    record = says(source, record_id, *ranges, **more)
    review = (*record.review, ReviewRange(package, reason, raw))
    return replace(record, review=review, stated=record.stated + 1)


def openssl(version: str = "3.0.13", ref: str = "o") -> dict[str, Any]:
    return {"ref": ref, "name": "openssl", "version": version, "cpe": f"cpe:2.3:a:openssl:openssl:{version}"}


def listed(person: Person, **wanted: Any) -> list[Waiting]:
    return filled(ranges_in_review(Wanted(**wanted), person).rows, person)


def found(release: Release) -> dict[str, Finding]:
    rows = Finding.objects.filter(release=release, gone_at=None).select_related("vulnerability")
    return {row.vulnerability.preferred_id: row for row in rows}


def decide(row: Waiting, by: Person, verdict: str = "not ours", *versions: str, **more: Any) -> ReviewDecision:
    return decide_review(
        stmt=row.stmt, verdict=verdict, by=by, because="read with the maker", review_on=LATER, versions=versions, **more
    )


def test_every_reason_has_its_sentence() -> None:
    assert set(WHY) == {reason.value for reason in ReviewReason}


# ---- which of ours


def test_only_what_could_concern_us_is_listed_newest_first(
    world: World, make_release: Callable[..., Release], take: Take, ada: Person
) -> None:
    """Components are named with their release; what is stated of packages we do not ship stands under 'all'."""
    first, second = make_release("1.0"), make_release("1.1")
    take(first, openssl())
    take(second, openssl("3.0.14"), {"ref": "l", "name": "lodash", "version": "1.0.0.1", "purl": "pkg:npm/lodash"})
    world.publish(
        unread("nvd", "CVE-1", modified="2026-01-01"), unread("nvd", "CVE-2", PUMP, modified="2026-03-01"),
        unread("ghsa", "GHSA-3", NPM_LODASH, modified="2026-02-01"), unread("osv", "X-4", None),
    )  # fmt: skip
    rows = listed(ada)
    assert [row.record for row in rows] == ["GHSA-3", "CVE-1"]
    assert [(c.component, c.release.version) for c in rows[1].carriers] == [
        ("openssl 3.0.13", "1.0"), ("openssl 3.0.14", "1.1"),
    ]  # fmt: skip
    assert (rows[1].why, rows[1].raw, rows[1].vulnerabilities[0].preferred_id) == (
        "the versions are written as prose", "all old versions", "CVE-1",
    )  # fmt: skip
    assert {row.record for row in listed(ada, scope="all")} == {"CVE-1", "CVE-2", "GHSA-3", "X-4"}
    assert [row.record for row in listed(ada, release=first)] == ["CVE-1"]
    assert [row.record for row in listed(ada, source="ghsa")] == ["GHSA-3"]
    assert [row.record for row in listed(ada, package="a:openssl:openssl")] == ["CVE-1"]
    assert [row.record for row in listed(ada, reason="git commits")] == []
    counted = ranges_in_review(Wanted(), ada)
    assert (counted.total, counted.ranges, counted.by_source) == (2, 2, {"ghsa": 1, "nvd": 1})
    assert counted.by_package == {"npm/lodash": 1, "a:openssl:openssl": 1}
    assert ranges_in_review(Wanted(scope="all", reason="free text"), ada).total == 4


def test_a_component_compared_in_loose_order_alone_is_concerned_too(world: World, release: Release, take: Take) -> None:
    """'1.0.0.1' has no place in npm's order, so the component stands at the twin; the range waits at the native row."""
    world.publish(unread("ghsa", "GHSA-3", NPM_LODASH, "old", ReviewReason.NO_DIGIT, (NPM_LODASH, below("0.1"))))
    take(release, {"ref": "l", "name": "lodash", "version": "1.0.0.1", "purl": "pkg:npm/lodash@1.0.0.1"})
    assert [one.reason for one in coverage(release).waiting] == ["no digit"]


def test_awaited_and_crosswalk_names_are_ours(world: World, release: Release, take: Take, ada: Person) -> None:
    """A name no source had used, and the name a person gave to a component."""
    world.publish(says("nvd", "CVE-0", (NPM_LODASH, below("1"))))
    take(release, openssl(), {"ref": "p", "name": "Pump OS", "version": "2", "supplier": {"name": "Acme"}})
    confirm_pair(
        one=read_name("supplied:Acme|Pump OS"), other=read_name("cna:acme:pump os"), by=ada, because="its words",
        confidence="maker", review_on=LATER,
    )  # fmt: skip
    rematch_stale()
    assert AwaitedName.objects.filter(name="acme:pump os").exists()
    world.publish(unread("cve", "CVE-1", PUMP), unread("nvd", "CVE-2"))
    assert AwaitedName.objects.filter(name="acme:pump os").exists()  # not yet adopted
    assert {row.record for row in listed(ada)} == {"CVE-1", "CVE-2"}
    assert [c.component for row in listed(ada) if row.record == "CVE-1" for c in row.carriers] == ["Pump OS 2"]
    rematch_stale()
    assert {row.record for row in listed(ada)} == {"CVE-1", "CVE-2"}


def test_where_the_record_says_more_that_is_read_it_stands_apart(
    world: World, release: Release, take: Take, ada: Person
) -> None:
    """Commits beside version ranges of the same package: counted, one click away, not in front."""
    take(release, openssl())
    world.publish(
        unread("cve", "CVE-1", OPENSSL, "commit abc", ReviewReason.COMMITS, (OPENSSL, below("3.0.10"))),
        unread("nvd", "CVE-2"),
    )
    assert [row.record for row in listed(ada)] == ["CVE-2"]
    assert ranges_in_review(Wanted(), ada).left_out == 1
    assert {row.record for row in listed(ada, beside=True)} == {"CVE-1", "CVE-2"}


def test_what_is_behind_a_wall_is_not_listed(
    world: World, release: Release, take: Take, ada: Person, register: Callable[..., Person]
) -> None:
    take(release, openssl())
    world.publish(unread("nvd", "CVE-1"))
    (row,) = listed(ada)
    other = register("Petra Holm")
    wall = raise_wall(name="embargo", admitted=[], by=register("Cora Nash", Role.COORDINATOR), because="x")
    Vulnerability.objects.filter(preferred_id="CVE-1").update(wall=wall)
    assert listed(other) == []
    assert listed(ada, scope="all") == []
    with pytest.raises(NotFound):
        one_in_review(row.stmt, ada)


# ---- what a person says


def test_not_ours_is_remembered_and_leaves_the_ledger(world: World, release: Release, take: Take, ada: Person) -> None:
    take(release, openssl())
    world.publish(unread("nvd", "CVE-1"))
    rematch_stale()
    (row,) = listed(ada)
    vulnerability = row.vulnerabilities[0]
    assert coverage(release).waiting[0].ranges == 1
    assert len(scan(cyclonedx(openssl())).waiting) == 1
    assert vulnerability_across_devices(vulnerability, ada)[0].answer is Answer.NOT_ASSESSED
    decision = decide(row, ada)
    assert coverage(release).waiting == ()
    assert listed(ada) == []
    assert scan(cyclonedx(openssl())).waiting == []
    assert vulnerability_across_devices(vulnerability, ada)[0].answer is Answer.NOT_PRESENT
    (kept,) = listed(ada, state="decided")
    assert (kept.decision, kept.due) == (decision, False)
    entry = Entry.objects.get(did="review.not_ours")
    assert (entry.actor_name, entry.because) == ("Ada Lind", "read with the maker")
    assert rematch_stale() == 0


def test_versions_a_person_states_meet_components_in_the_range_join(
    world: World, make_release: Callable[..., Release], take: Take, ada: Person
) -> None:
    """The statement of a person: with its reason, its provenance, in the package's own order; releases match again."""
    old, new = make_release("1.0"), make_release("1.1")
    take(old, openssl("3.0.13"))
    take(new, openssl("3.0.16"))
    world.publish(unread("nvd", "CVE-1"))
    rematch_stale()
    assert found(old) == {}
    (row,) = listed(ada)
    decision = decide(row, ada, "versions", ">= 3.0.0, < 3.0.15")
    assert rematch_stale() == 2
    finding = found(old)["CVE-1"]
    assert finding.why[1] == ("3.0.13 lies in 3.0.0 ≤ v < 3.0.15 (as Ada Lind reads nvd CVE-1: read with the maker)")
    assert (finding.reasons[1]["source"], finding.reasons[1]["record"]) == (
        "manufacturer", f"CVE-1, review {decision.pk}",
    )  # fmt: skip
    assert found(new) == {}
    assert [a.source for a in assertions_of(row.vulnerabilities[0], ada)] == ["manufacturer", "nvd"]
    assert scan(cyclonedx(openssl("3.0.13"))).findings[0].fixed_in[0]["version"] == "3.0.15"
    assert check_whole_portfolio().counts["differed"] == 0
    assert rematch_stale() == 0
    take_back_review(stmt=row.stmt, by=ada, because="misread")
    assert rematch_stale() == 2
    assert found(old) == {}
    assert [one.record for one in listed(ada)] == ["CVE-1"]
    assert [one.verdict for one in history_of(listed(ada)[0])] == ["taken back", "versions"]
    with pytest.raises(Conflict):
        take_back_review(stmt=row.stmt, by=ada, because="again")


def test_every_version_needs_no_version(world: World, release: Release, take: Take, ada: Person) -> None:
    take(release, {"ref": "o", "name": "openssl", "version": "", "cpe": "cpe:2.3:a:openssl:openssl"})
    world.publish(unread("nvd", "CVE-1"))
    decide(listed(ada)[0], ada, "every version")
    rematch_stale()
    reason = found(release)["CVE-1"].reasons[1]
    assert (reason["says"], reason["source"]) == ("no version is stated, and every version is affected", "manufacturer")


def test_native_and_loose_order_both_hold_a_persons_range(
    world: World, make_release: Callable[..., Release], take: Take, ada: Person
) -> None:
    """A package URL's range stands in its own order and as a loose twin, like any other."""
    world.publish(unread("ghsa", "GHSA-1", NPM_LODASH))
    first, second = make_release("1.0"), make_release("1.1")
    take(first, {"ref": "a", "name": "lodash", "version": "4.17.20", "purl": "pkg:npm/lodash@4.17.20"})
    take(second, {"ref": "b", "name": "lodash", "version": "4.17.20.1", "purl": "pkg:npm/lodash@4.17.20.1"})
    decide(listed(ada)[0], ada, "versions", "< 4.17.21")
    rematch_stale()
    assert set(found(first)) == set(found(second)) == {"GHSA-1"}


def test_a_record_without_a_package_is_given_one(world: World, release: Release, take: Take, ada: Person) -> None:
    take(release, openssl())
    world.publish(
        unread("osv", "X-1", None, "a repository", ReviewReason.COMMITS), says("nvd", "CVE-9", (OPENSSL, below("1")))
    )
    (row,) = listed(ada, scope="all")
    with pytest.raises(InvalidValue, match="names no package"):
        decide(row, ada, "versions", "< 3.0.15")
    decide(row, ada, "versions", "< 3.0.15", of=read_name("cpe:2.3:a:openssl:openssl"))
    assert rematch_stale() == 1
    assert set(found(release)) == {"X-1"}


def test_a_record_of_several_vulnerabilities_counts_for_each(
    world: World, release: Release, take: Take, ada: Person
) -> None:
    take(release, openssl())
    world.publish(unread("alma", "ALSA-1", upstream=["CVE-1", "CVE-2"]))
    decide(listed(ada)[0], ada, "every version")
    rematch_stale()
    assert set(found(release)) == {"CVE-1", "CVE-2"}


@pytest.mark.parametrize(
    ("verdict", "versions"),
    [
        ("versions", ()), ("versions", ("latest",)), ("versions", (">= 3, < 2",)), ("versions", ("1.0 to 2.0",)),
        ("not ours", ("< 2",)), ("perhaps", ()), ("lapsed", ()),
    ],
)  # fmt: skip
def test_what_cannot_be_ordered_is_refused_and_changes_nothing(
    world: World, release: Release, take: Take, ada: Person, verdict: str, versions: tuple[str, ...]
) -> None:
    take(release, openssl())
    world.publish(unread("nvd", "CVE-1"))
    with pytest.raises(InvalidValue):
        decide(listed(ada)[0], ada, verdict, *versions)
    assert not ReviewDecision.objects.exists()
    assert not Range.objects.exists()


def test_not_allowed(world: World, release: Release, take: Take, ada: Person, finn: Person) -> None:
    take(release, openssl())
    world.publish(unread("nvd", "CVE-1"))
    (row,) = listed(ada)
    with pytest.raises(NotAllowed):
        decide(row, finn)
    decide(row, ada)
    with pytest.raises(NotAllowed):
        take_back_review(stmt=row.stmt, by=finn, because="x")


# ---- how long it holds


def test_a_record_taken_in_again_unchanged_keeps_its_decision(
    world: World, release: Release, take: Take, ada: Person
) -> None:
    """Other numbers, the same words: a reader of another version has read the same file."""
    take(release, openssl())
    record = unread("nvd", "CVE-1", modified="2026-01-01")
    world.publish(record)
    rematch_stale()
    (row,) = listed(ada)
    decision = decide(row, ada, "versions", "< 3.0.15")
    rematch_stale()
    world.publish(replace(record, modified="2026-05-05"))
    assert standing(ReviewedRange.objects.all()).get().stmt != row.stmt
    rematch_stale()
    assert ReviewSettled.objects.get().decision == decision
    assert listed(ada) == []
    assert set(found(release)) == {"CVE-1"}


def test_a_changed_record_waits_again_with_its_history(world: World, release: Release, take: Take, ada: Person) -> None:
    """What was stated goes on matching until a person decides anew: a true match is not dropped in silence."""
    take(release, openssl())
    world.publish(unread("nvd", "CVE-1"))
    rematch_stale()
    first = decide(listed(ada)[0], ada, "versions", "< 3.0.15")
    rematch_stale()
    world.publish(unread("nvd", "CVE-1", raw="all versions before the blue one"))
    rematch_stale()
    (row,) = listed(ada)
    assert (row.decision, row.before, row.raw) == (None, first, "all versions before the blue one")
    assert set(found(release)) == {"CVE-1"}
    decide(row, ada)
    rematch_stale()
    assert found(release) == {}
    assert listed(ada) == []
    assert [one.verdict for one in history_of(row)] == ["not ours", "lapsed", "versions"]


def test_a_record_that_can_be_read_by_now_lets_the_decision_lapse(
    world: World, release: Release, take: Take, ada: Person
) -> None:
    take(release, openssl())
    world.publish(unread("nvd", "CVE-1"))
    rematch_stale()
    decide(listed(ada)[0], ada, "versions", "< 3.0.15")
    rematch_stale()
    world.publish(says("nvd", "CVE-1", (OPENSSL, below("3.0.14"))))
    rematch_stale()
    assert ReviewDecision.objects.latest("pk").verdict == "lapsed"
    assert {r["source"] for r in found(release)["CVE-1"].reasons} == {"", "nvd"}
    assert Entry.objects.filter(did="review.lapsed").count() == 1
    assert settle_reviews() == 0


def test_with_another_order_of_versions_a_persons_range_is_keyed_anew(
    world: World, release: Release, take: Take, ada: Person
) -> None:
    """Feeds are taken in again when keys change; what a person stated is written anew before anything is matched."""
    take(release, openssl())
    world.publish(unread("nvd", "CVE-1"))
    rematch_stale()
    decide(listed(ada)[0], ada, "versions", ">= 3.0.0, < 3.0.15")
    kept = Range.objects.get()
    Range.objects.update(hi=bytes(kept.lo) + b"\xff")  # as if made by other rules
    Matched.objects.update(keys_ver=0)
    rematch_stale()
    assert bytes(Range.objects.get(t=OPEN).hi) == bytes(kept.hi)
    assert set(found(release)) == {"CVE-1"}
    assert settle_reviews() == 0


def test_two_ranges_of_one_record_are_two_questions(world: World, release: Release, take: Take, ada: Person) -> None:
    take(release, openssl())
    record = unread("nvd", "CVE-1")
    commits = ReviewRange(OPENSSL, ReviewReason.COMMITS, "abc")
    world.publish(replace(record, review=(*record.review, commits), stated=2))
    prose, git = sorted(listed(ada), key=lambda row: row.reason)
    decide(prose, ada, "versions", "< 3.0.15")
    decide(git, ada)
    rematch_stale()
    assert set(found(release)) == {"CVE-1"}
    assert listed(ada) == []


def test_from_the_day_to_look_again_it_waits_again(
    world: World, release: Release, take: Take, ada: Person, tick: Callable[[date], None]
) -> None:
    """What does not concern us is asked anew; versions that do go on matching meanwhile."""
    take(release, openssl())
    world.publish(unread("nvd", "CVE-1"), unread("nvd", "CVE-2"))
    one, two = sorted(listed(ada), key=lambda row: row.record)
    soon = now().date() + timedelta(days=30)
    decide_review(stmt=one.stmt, verdict="not ours", by=ada, because="x", review_on=soon)
    decide_review(stmt=two.stmt, verdict="every version", by=ada, because="x", review_on=soon)
    rematch_stale()
    assert listed(ada) == []
    tick(soon + timedelta(days=1))
    assert [(row.record, row.due) for row in sorted(listed(ada), key=lambda row: row.record)] == [
        ("CVE-1", True), ("CVE-2", True),
    ]  # fmt: skip
    match_release(release.pk)
    assert set(found(release)) == {"CVE-2"}


def test_while_feeds_are_taken_in_no_package_is_numbered(
    world: World, release: Release, take: Take, ada: Person
) -> None:
    """An import counts packages on; a statement that needs no new one is free to come meanwhile."""
    take(release, openssl(), {"ref": "l", "name": "lodash", "version": "4.17.20", "purl": "pkg:npm/lodash@4.17.20"})
    world.publish(unread("nvd", "CVE-1"), unread("ghsa", "GHSA-2", NPM_LODASH))
    cpe, npm = sorted(listed(ada), key=lambda row: row.record)
    KnowledgeState.objects.update(owner="host 1 abc")
    decide(cpe, ada, "versions", "< 3.0.15")
    with pytest.raises(Conflict, match="taken in just now"):
        decide(npm, ada, "versions", "< 4.17.21")


def test_the_number_of_queries_does_not_grow(world: World, release: Release, take: Take, ada: Person) -> None:
    take(release, openssl())

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            listed(ada)
        return len(seen)

    world.publish(unread("nvd", "CVE-1"))
    before = queries()
    world.publish(*(unread("nvd", f"CVE-{n}") for n in range(2, 30)))
    assert queries() == before
    assert packages_of_ours() == packages_of_ours(release)
