"""Match corrections: the identity is wrong, portfolio-wide; what is not drawn stays listed, and comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings

from suture.accounts.models import Person
from suture.accounts.services import raise_wall
from suture.core.components import Package as PackageName
from suture.core.components import PackageKind
from suture.core.corrections import Named, unversioned
from suture.core.errors import InvalidValue, NotAllowed, NotFound
from suture.core.roles import Role
from suture.detection.models import CorrectedMatch, Finding, MatchCorrection
from suture.detection.queries import (
    corrected_counts,
    corrected_in,
    correction_by_uid,
    corrections_for,
    due_for_review,
    pairs_of,
)
from suture.detection.scan import scan
from suture.detection.services import (
    add_manual_finding,
    check_whole_portfolio,
    correct_match,
    lapse_corrections,
    rematch_stale,
    withdraw_correction,
)
from suture.evidence.clock import now
from suture.evidence.models import Entry
from suture.evidence.queries import verify_chain
from suture.intelligence.models import Vulnerability
from suture.inventory.models import Release
from tests.rooms.detection.conftest import Take
from tests.rooms.detection.world import (
    ANY,
    NPM_LODASH,
    OPENSSL,
    World,
    below,
    cyclonedx,
    lodash,
    openssl,
    says,
    standing,
)

pytestmark = pytest.mark.django_db
SOON = date.today() + timedelta(days=200)
DRIVER = {**openssl(), "name": "openssl-docs", "ref": "docs"}  # a manual with the CPE of the library
WHO = Named("openssl-docs", "cpe:2.3:a:openssl:openssl")


@pytest.fixture
def correct(ada: Person) -> Callable[..., MatchCorrection]:
    def _correct(**more: Any) -> MatchCorrection:
        given = {
            "component": WHO, "package": "a:openssl:openssl", "because": "a manual, not the library",
            "evidence": "its build recipe", "review_on": SOON, "by": ada,
        }  # fmt: skip
        return correct_match(**{**given, **more})

    return _correct


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("pkg:npm/lodash@4.17.20", "pkg:npm/lodash"),
        ("pkg:deb/debian/curl@7.88?arch=amd64&distro=debian-12#x", "pkg:deb/debian/curl"),
        ("PKG:npm/%40babel/core@7", "pkg:npm/%40babel/core"),
        ("cpe:2.3:a:openssl:openssl:3.0.13:*:*:*:*:*:*:*", "cpe:2.3:a:openssl:openssl"),
        ("cpe:/a:openssl:openssl:1.0.2k", "cpe:2.3:a:openssl:openssl"),
        ("not an identifier", "not an identifier"),
        ("cpe:cut off", "cpe:cut off"),
    ],
)
def test_an_identifier_without_its_version(given: str, expected: str) -> None:
    assert unversioned(given) == expected


def test_a_correction_holds_in_every_release_and_version(
    world: World, take: Take, make_release: Callable[..., Release], correct: Callable[..., MatchCorrection], ada: Person
) -> None:
    """#14: one word, portfolio-wide; #3: a component called otherwise with the same identifier is another matter."""
    world.publish(says("nvd", "CVE-2026-0001", (OPENSSL, below("3.0.15"))))
    old, new = make_release("4.1"), make_release("4.2")
    take(old, DRIVER)
    take(new, {**DRIVER, "cpe": openssl("3.0.11")["cpe"], "version": "3.0.11"}, openssl("3.0.12"))
    row = correct()
    assert standing(old) == {}
    (kept,) = standing(new).values()
    assert [c["name"] for c in kept.components] == ["openssl"], "the library itself stays"
    gone = Finding.objects.get(release=old)
    assert gone.gone_because == (
        "corrected: openssl-docs (cpe:2.3:a:openssl:openssl) is not a:openssl:openssl: a manual, not the library"
    )
    assert gone.history[-1]["what"] == "gone"
    assert [m.component for m in corrected_in(new, ada)] == ["openssl-docs 3.0.11"]
    assert corrected_in(old, ada)[0].says.startswith("3.0.13 lies in")
    assert corrected_counts([old, new], ada) == {old.pk: 1, new.pk: 1}
    listed = corrections_for(ada).get()
    assert (listed, listed.found, listed.releases) == (row, 2, 2)

    later = make_release("5.0")  # a release that came after, in another version, is matched under it
    take(later, {**DRIVER, "cpe": openssl("3.0.14")["cpe"], "version": "3.0.14"})
    assert standing(later) == {}
    world.publish(says("nvd", "CVE-2026-0002", (OPENSSL, below("3.0.16"))))  # and so is a record that came after
    rematch_stale()
    assert standing(later) == {}
    assert len(standing(new)) == 2
    assert corrected_counts([later], ada) == {later.pk: 2}
    assert check_whole_portfolio().counts["differed"] == 0
    answer = scan(cyclonedx(DRIVER))
    assert list(answer.findings) == [], "a scan answers as the release does"

    withdraw_correction(correction_uid=row.uid, by=ada, because="it ships the library after all")
    rematch_stale()
    back = standing(old)["CVE-2026-0001"]
    assert (back.pk, back.reopened_at is not None) == (gone.pk, True)
    assert back.history[-1]["why"] == "the correction of its match no longer stands"
    assert not CorrectedMatch.objects.exists()
    with pytest.raises(NotAllowed, match="ended already"):
        withdraw_correction(correction_uid=row.uid, by=ada, because="again")
    assert [e.did for e in Entry.objects.filter(did__startswith="match.").order_by("seq")] == [
        "match.corrected", "match.correction_withdrawn",
    ]  # fmt: skip
    assert verify_chain().intact


def test_one_record_alone_until_it_states_something_else(
    world: World, release: Release, take: Take, correct: Callable[..., MatchCorrection]
) -> None:
    """#2: one verdict on (record, component), remembered for all versions, re-opened only if the record changes."""
    record = says("nvd", "CVE-2026-0001", (OPENSSL, below("3.0.15")))
    world.publish(record, says("nvd", "CVE-2026-0002", (OPENSSL, below("3.0.15"))))
    take(release, DRIVER)
    row = correct(package="", source="nvd", record_id="CVE-2026-0001")
    assert set(standing(release)) == {"CVE-2026-0002"}
    assert row.stated == ["a:openssl:openssl: v < 3.0.15"]
    world.publish(replace(record, modified="2026-05-05", aliases=("GHSA-aaaa",)))  # another date, an alias
    rematch_stale()
    assert lapse_corrections() == 0
    assert set(standing(release)) == {"CVE-2026-0002"}
    world.publish(says("nvd", "CVE-2026-0001", (OPENSSL, below("3.0.16")), modified="2026-06-06"))
    rematch_stale()
    assert set(standing(release)) == {"CVE-2026-0001", "CVE-2026-0002"}, "at once, whether or not the loop ended it"
    assert lapse_corrections() == 1
    row.refresh_from_db()
    assert "states something else now: a:openssl:openssl: v < 3.0.16" in row.ended_because
    assert lapse_corrections() == 0, "idempotent"


def test_when_its_review_date_passes_everything_comes_back(
    world: World, release: Release, take: Take, correct: Callable[..., MatchCorrection], ada: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """#17: it does not live for ever, and what comes back comes back with its history."""
    world.publish(says("nvd", "CVE-2026-0001", (OPENSSL, below("3.0.15"))))
    take(release, DRIVER)
    row = correct()
    first = Finding.objects.get()
    assert due_for_review(ada, SOON - timedelta(days=1), now()) == []
    assert due_for_review(ada, SOON, now()) == [row]

    def clock(on: date) -> None:
        at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
        monkeypatch.setattr(django_settings, "SUTURE", django_settings.SUTURE.model_copy(update={"clock": at}))

    clock(SOON)
    assert lapse_corrections() == 0, "the review date is the last day it stands"
    clock(SOON + timedelta(days=1))
    assert lapse_corrections() == 1
    assert rematch_stale() == 1
    back = standing(release)["CVE-2026-0001"]
    assert (back.pk, back.first_seen) == (first.pk, first.first_seen)
    assert [line["what"] for line in back.history] == ["gone", "reopened"]
    assert due_for_review(ada, SOON, now() - timedelta(days=30)) == [row], "it lapsed, and somebody must look"
    again = correct(review_on=SOON + timedelta(days=300))
    assert due_for_review(ada, SOON, now() - timedelta(days=30)) == []
    assert again.pk != row.pk
    assert standing(release) == {}


def test_a_version_nobody_knows_is_corrected_as_well(
    world: World, release: Release, take: Take, correct: Callable[..., MatchCorrection]
) -> None:
    """Every version affected, and none stated: drawn without a place in the range join, and corrected all the same."""
    world.publish(says("osv", "GHSA-1", (NPM_LODASH, ANY)))
    take(release, {"ref": "l", "name": "lodash-theme", "purl": "pkg:npm/lodash"})
    (finding,) = standing(release).values()
    (pair,) = pairs_of(finding)
    assert pair.named == Named("lodash-theme", "pkg:npm/lodash")
    correct(component=pair.named, package=pair.package)
    assert standing(release) == {}


def test_one_product_has_several_names_and_is_corrected_once(
    world: World, release: Release, take: Take, correct: Callable[..., MatchCorrection]
) -> None:
    """The crosswalk leads from the CPE to the words of CVE records; who is not one is not the other."""
    words = PackageName(PackageKind.CNA, "loose", "openssl:openssl")
    world.publish(
        says("nvd", "CVE-2026-0001", (OPENSSL, below("3.0.15"))), says("cve", "CVE-2026-0002", (words, below("3.0.15")))
    )
    take(release, DRIVER)
    assert set(standing(release)) == {"CVE-2026-0001", "CVE-2026-0002"}
    row = correct()
    assert row.also == ["openssl:openssl"]
    assert standing(release) == {}


def test_what_a_person_may_correct_of_a_finding(world: World, release: Release, take: Take) -> None:
    world.publish(
        says("nvd", "CVE-2026-0001", (OPENSSL, below("3.0.15"))),
        says("osv", "GHSA-1", (NPM_LODASH, below("5")), aliases=["CVE-2026-0001"]),
    )
    take(release, openssl(), lodash())
    (finding,) = standing(release).values()
    assert [(p.component, p.package, p.source, p.record) for p in pairs_of(finding)] == [
        ("lodash 4.17.20", "npm/lodash", "osv", "GHSA-1"),
        ("openssl 3.0.13", "a:openssl:openssl", "nvd", "CVE-2026-0001"),
    ]


def test_a_person_s_own_statement_stays(
    world: World, release: Release, take: Take, correct: Callable[..., MatchCorrection], ada: Person
) -> None:
    """A correction speaks of matching; what somebody stated of the release is not taken back by it."""
    world.publish(says("nvd", "CVE-2026-0001", (OPENSSL, below("3.0.15"))))
    take(release, DRIVER)
    add_manual_finding(
        release=release, vulnerability=Vulnerability.objects.get(), because="seen in the laboratory", by=ada
    )
    correct()
    (finding,) = standing(release).values()
    assert (finding.reasons, len(finding.stated)) == ([], 1)


@pytest.mark.parametrize(
    ("changed", "says_"),
    [
        ({"because": " "}, "say why"),
        ({"evidence": ""}, "what shows it"),
        ({"review_on": date(2020, 1, 1)}, "in the future"),
        ({"package": ""}, "name the package"),
        ({"source": "nvd", "record_id": "CVE-2026-0001"}, "name the package"),
        ({"package": "a:nobody:nothing"}, "no source speaks of"),
        ({"package": "", "source": "nvd", "record_id": "CVE-1999-1"}, "has no record"),
        ({"component": Named("", "x")}, "name the component"),
    ],
)
def test_what_a_correction_needs(
    world: World, correct: Callable[..., MatchCorrection], changed: dict[str, Any], says_: str
) -> None:
    world.publish(says("nvd", "CVE-2026-0001", (OPENSSL, below("3.0.15"))))
    with pytest.raises(InvalidValue, match=says_):
        correct(**changed)
    assert not MatchCorrection.objects.exists()


def test_the_same_twice_and_who_may(
    world: World, correct: Callable[..., MatchCorrection], finn: Person, clara: Person, register: Any, ada: Person
) -> None:
    world.publish(says("nvd", "CVE-2026-0001", (OPENSSL, below("3.0.15"))))
    for nobody in (finn, clara):
        with pytest.raises(NotAllowed):
            correct(by=nobody)
    row = correct()
    with pytest.raises(InvalidValue, match="it stands already"):
        correct()
    with pytest.raises(NotAllowed):
        withdraw_correction(correction_uid=row.uid, by=clara, because="x")
    wall = raise_wall(name="embargo", admitted=[], by=register("Will Raise", Role.COORDINATOR), because="finder")
    Vulnerability.objects.update(wall=wall)
    with pytest.raises(NotFound):
        correct(package="", source="nvd", record_id="CVE-2026-0001")
    Vulnerability.objects.update(wall=None)
    alone = correct(package="", source="nvd", record_id="CVE-2026-0001")
    Vulnerability.objects.update(wall=wall)
    assert list(corrections_for(ada)) == [row]
    with pytest.raises(NotFound):
        correction_by_uid(alone.uid, ada)
