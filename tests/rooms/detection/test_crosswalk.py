"""Identity settled once: names that are one product by the shipped rows, by a person's word, and never by likeness."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suture.accounts.models import Person
from suture.core.components import Component, Package, PackageKind
from suture.core.errors import Conflict, InvalidValue, NotAllowed
from suture.core.vulnerabilities import Bounds
from suture.detection.crosswalk import SAME, SHIPPED, SHIPPED_VERSION, Crosswalk, Link, Supplied
from suture.detection.crosswalk_names import Named, NameKind, pair_key, read_name
from suture.detection.crosswalk_seen import SEEN_IN
from suture.detection.models import CrosswalkDecision, CrosswalkSuggestion, Finding, Matched, MatchRun
from suture.detection.portfolio import places
from suture.detection.queries import coverage
from suture.detection.queries.crosswalk import crosswalk_now, history_of, suggestions_waiting
from suture.detection.scan import scan
from suture.detection.services import (
    check_whole_portfolio,
    confirm_pair,
    look_for_suggestions,
    rematch_stale,
    stale_releases,
    take_back_pair,
)
from suture.detection.services import reject_pair as reject
from suture.evidence.models import Entry
from suture.inventory.models import Release
from tests.rooms.detection.conftest import Take
from tests.rooms.detection.world import NPM_LODASH, OPENSSL, World, below, cyclonedx, says

pytestmark = pytest.mark.django_db

LODASH_CPE = Package(PackageKind.CPE, "loose", "a:lodash:lodash")
LODASH_WORDS = Package(PackageKind.CNA, "loose", "openjs:lodash")
LATER = date(2030, 1, 1)


def confirm(one: str, other: str, by: Person, because: str = "the same sources") -> CrosswalkDecision:
    return confirm_pair(
        one=read_name(one), other=read_name(other), by=by, because=because, confidence="examined", review_on=LATER
    )


def lodash(version: str = "4.17.20", ref: str = "c") -> dict[str, Any]:
    return {"ref": ref, "name": "lodash", "version": version, "purl": f"pkg:npm/lodash@{version}"}


def found(release: Release) -> dict[str, Finding]:
    rows = Finding.objects.filter(release=release, gone_at=None).select_related("vulnerability")
    return {row.vulnerability.preferred_id: row for row in rows}


@pytest.mark.parametrize(
    ("typed", "kind", "name"),
    [
        ("pkg:npm/lodash@4.17.20", NameKind.PURL, "npm/lodash"),
        ("pkg:npm/%40angular/core", NameKind.PURL, "npm/@angular/core"),
        ("pkg:maven/org.apache.logging.log4j/log4j-core", NameKind.PURL, "maven/org.apache.logging.log4j:log4j-core"),
        ("pkg:golang/github.com/Gorilla/mux", NameKind.PURL, "golang/github.com/gorilla/mux"),
        ("cpe:2.3:a:openssl:openssl:3.0.13:*:*:*:*:*:*:*", NameKind.CPE, "a:openssl:openssl"),
        ("cpe:/a:openssl:openssl", NameKind.CPE, "a:openssl:openssl"),
        ("cna:OpenSSL:OpenSSL", NameKind.CNA, "openssl:openssl"),
        ("supplied: Wind  River | VxWorks ", NameKind.SUPPLIED, "Wind River|VxWorks"),
    ],
)
def test_names_as_a_person_types_them(typed: str, kind: NameKind, name: str) -> None:
    read = read_name(typed)
    assert read == Named(kind, name)
    assert read_name(read.typed) == read


@pytest.mark.parametrize(
    "typed", ["lodash", "", "pkg:", "pkg:unheardof/x", "cpe:2.3:a:*:openssl", "cna::", "supplied:Wind River", "urn:x"]
)
def test_what_names_nothing_is_refused(typed: str) -> None:
    with pytest.raises(InvalidValue):
        read_name(typed)


def test_every_shipped_name_stands_in_one_row_only() -> None:
    """A name in two rows would join two products."""
    names = [name for same in SAME for name in (*same.cpes, *same.words)]
    assert len(names) == len(set(names))
    assert set(SEEN_IN) == set(names)  # each with a record that uses it


def test_a_confirmed_entry_takes_part_for_every_release(
    world: World, make_release: Callable[..., Release], take: Take, ada: Person
) -> None:
    """Purl ↔ CPE: releases that carry one of the names are matched again, the reason says who confirmed it and why."""
    first, second, other = make_release("1.0"), make_release("1.1"), make_release("2.0")
    world.publish(
        says("nvd", "CVE-1", (LODASH_CPE, below("4.17.21"))), says("nvd", "CVE-2", (OPENSSL, below("3.0.15")))
    )
    take(first, lodash())
    take(second, lodash("4.17.21"))
    take(other, {"ref": "o", "name": "openssl", "version": "3.0.13", "cpe": "cpe:2.3:a:openssl:openssl:3.0.13"})
    assert "CVE-1" not in found(first)
    decision = confirm("pkg:npm/lodash", "cpe:2.3:a:lodash:lodash", ada)
    assert stale_releases().count() == 3
    before = Matched.objects.get(release=other).result_sha256
    assert rematch_stale() == 2  # the third carries neither name and is only marked as current
    assert not stale_releases().exists()
    assert Matched.objects.get(release=other).result_sha256 == before
    finding = found(first)["CVE-1"]
    assert finding.why[0] == (
        f"pkg:npm/lodash@4.17.20 is a:lodash:lodash by the crosswalk, confirmed by Ada Lind on "
        f"{decision.at.date().isoformat()}: the same sources"
    )
    assert found(second) == {}
    run = MatchRun.objects.filter(release=first).latest("pk")
    assert run.crosswalk == f"{SHIPPED_VERSION}.{decision.pk}" == crosswalk_now().version
    assert Entry.objects.get(did="crosswalk.confirmed").actor_name == "Ada Lind"
    assert check_whole_portfolio().counts["differed"] == 0


def test_it_works_the_other_way_and_through_a_chain(world: World, release: Release, take: Take, ada: Person) -> None:
    """A CPE component meets ranges of the package URL in its own order; a chain of entries is followed to its end."""
    world.publish(
        says("ghsa", "GHSA-1", (NPM_LODASH, below("4.17.21"))), says("cve", "CVE-3", (LODASH_WORDS, below("4.17.21")))
    )
    take(release, {"ref": "c", "name": "lodash", "version": "4.17.20", "cpe": "cpe:2.3:a:lodash:lodash:4.17.20"})
    confirm("cpe:2.3:a:lodash:lodash", "pkg:npm/lodash", ada, "npm is where it is published")
    confirm("pkg:npm/lodash", "cna:OpenJS:lodash", ada, "its CNA")
    rematch_stale()
    assert set(found(release)) == {"GHSA-1", "CVE-3"}
    because = found(release)["CVE-3"].why[0]
    assert "npm is where it is published; and by the crosswalk" in because
    assert because.endswith(": its CNA")


def test_an_entry_reaches_the_names_the_shipped_rows_give(
    world: World, release: Release, take: Take, ada: Person
) -> None:
    """pkg:generic/openssl ↔ a:openssl:openssl, whose CNA speaks of 'openssl:openssl'."""
    words = Package(PackageKind.CNA, "loose", "openssl:openssl")
    world.publish(says("cve", "CVE-4", (words, below("3.0.15"))))
    take(release, {"ref": "c", "name": "openssl", "version": "3.0.13", "purl": "pkg:generic/openssl@3.0.13"})
    assert found(release) == {}
    confirm("pkg:generic/openssl", "cpe:2.3:a:openssl:openssl", ada)
    rematch_stale()
    assert set(found(release)) == {"CVE-4"}


def test_supplier_and_name_are_given_an_identity_once(
    world: World, make_release: Callable[..., Release], take: Take, ada: Person
) -> None:
    """A component with neither purl nor CPE: by its exact supplier and name, case aside, in every release."""
    crosswind = Package(PackageKind.CPE, "loose", "o:acme:crosswind")
    world.publish(says("nvd", "CVE-5", (crosswind, Bounds("6.5", "6.9.4.12"))))
    first, second = make_release("1.0"), make_release("1.1")
    bare = {"ref": "os", "name": "Crosswind", "version": "6.9"}
    take(first, {**bare, "supplier": {"name": "Acme"}})
    take(second, {**bare, "supplier": {"name": "ACME"}}, {**bare, "ref": "x", "supplier": {"name": "Ac"}})
    assert [hole.cause for hole in coverage(first).holes] == ["no identifier"]
    decision = confirm("supplied:Acme|Crosswind", "cpe:2.3:o:acme:crosswind", ada, "the kernel's own name")
    assert rematch_stale() == 2
    assert found(first)["CVE-5"].why[0] == (
        f'"Crosswind" of Acme is o:acme:crosswind by the crosswalk, confirmed by Ada Lind on '
        f"{decision.at.date().isoformat()}: the kernel's own name"
    )
    assert [c["ref"] for c in found(second)["CVE-5"].components] == ["os"]
    assert coverage(first).holes == ()
    assert [hole.ref for hole in coverage(second).holes] == ["x"]


def test_a_bare_name_among_a_distributions_packages_may_be_one_of_them(
    world: World, make_release: Callable[..., Release], take: Take
) -> None:
    """Upstream ranges never in silence: 'openssl 3.0.2' beside Debian's operating system may be Debian's build."""
    world.publish(says("nvd", "CVE-8", (OPENSSL, below("3.0.15"))))
    bare = {"ref": "o", "name": "OpenSSL", "version": "3.0.2"}
    debian = {"ref": "os", "type": "operating-system", "name": "debian", "version": "12"}
    first, second = make_release("1.0"), make_release("1.1")
    take(first, bare)
    take(second, bare, debian)
    assert found(first)["CVE-8"].why[0] == '"OpenSSL" is a:openssl:openssl: one product alone bears this name'
    assert found(second) == {}
    assert "o" in [hole.ref for hole in coverage(second).holes]


def test_words_that_a_record_uses_later_are_found(world: World, release: Release, take: Take) -> None:
    """Supplier and name as a CVE record writes them: equal words, and matched again once somebody uses them."""
    world.publish(says("nvd", "CVE-6", (OPENSSL, below("2"))))
    take(release, {"ref": "v", "name": "Crosswind", "version": "R3.3", "supplier": {"name": "Acme"}})
    assert [hole.cause for hole in coverage(release).holes] == ["no identifier"]
    words = Package(PackageKind.CNA, "loose", "acme:crosswind")
    world.publish(says("cve", "CVE-7", (words, Bounds("R3", "R3.3", False, True))))
    rematch_stale()
    assert (
        found(release)["CVE-7"].why[0]
        == '"Crosswind" of Acme is acme:crosswind: supplier and name as the record writes them'
    )
    assert coverage(release).holes == ()


def test_a_component_with_an_identifier_keeps_to_it() -> None:
    """What a person gave to supplier and name is for components without any identifier."""
    given_ = Supplied("ACME", "thing", OPENSSL, "by the crosswalk, …")
    named = Component(ref="c", name="thing", supplier="acme", version="1", purls=("pkg:npm/thing@1",))
    assert [p.name for p in places(named, crosswalk=Crosswalk(supplied=[given_])).names] == ["npm/thing"]
    bare = Component(ref="c", name="thing", supplier="acme", version="1")
    assert [p.name for p in places(bare, crosswalk=Crosswalk(supplied=[given_])).names] == ["a:openssl:openssl"]


@pytest.mark.parametrize("purl", ["pkg:deb/debian/openssl", "pkg:rpm/redhat/openssl", "pkg:apk/alpine/openssl"])
def test_a_distributions_package_has_no_other_name(ada: Person, purl: str) -> None:
    """Its fixes are backported: upstream ranges never in silence."""
    with pytest.raises(InvalidValue, match="backported"):
        confirm(purl, "cpe:2.3:a:openssl:openssl", ada)


def test_taken_back_the_finding_goes_and_the_history_stays(
    world: World, release: Release, take: Take, ada: Person
) -> None:
    world.publish(says("nvd", "CVE-1", (LODASH_CPE, below("4.17.21"))))
    take(release, lodash())
    one, other = read_name("pkg:npm/lodash"), read_name("cpe:2.3:a:lodash:lodash")
    confirm(one.typed, other.typed, ada)
    rematch_stale()
    assert set(found(release)) == {"CVE-1"}
    take_back_pair(one=one, other=other, by=ada, because="another product of the same name")
    rematch_stale()
    assert found(release) == {}
    assert [row.verdict for row in history_of(pair_key(one, other))] == ["taken back", "confirmed"]
    with pytest.raises(Conflict):
        take_back_pair(one=one, other=other, by=ada, because="again")


def test_contradictions_are_refused(ada: Person) -> None:
    confirm("pkg:npm/a", "cpe:2.3:a:a:a", ada)
    with pytest.raises(Conflict, match="already"):
        confirm("pkg:npm/a", "cpe:2.3:a:a:a", ada)
    with pytest.raises(Conflict, match="take that back first"):
        confirm("pkg:npm/b", "cpe:2.3:a:a:a", ada)
        reject(one=read_name("pkg:npm/a"), other=read_name("pkg:npm/b"), by=ada, because="a fork", review_on=LATER)
    reject(one=read_name("pkg:npm/a"), other=read_name("pkg:npm/c"), by=ada, because="a fork", review_on=LATER)
    with pytest.raises(Conflict, match=r"rejected on .*: a fork"):
        confirm("pkg:npm/c", "cpe:2.3:a:a:a", ada)
    with pytest.raises(Conflict, match="shipped"):
        confirm("cpe:2.3:a:haxx:curl", "cpe:2.3:a:curl:curl", ada)
    with pytest.raises(InvalidValue):
        confirm("pkg:npm/a", "pkg:npm/a", ada)
    with pytest.raises(InvalidValue, match="say why"):
        confirm("pkg:npm/x", "cpe:2.3:a:x:x", ada, because=" ")


def test_not_allowed(finn: Person) -> None:
    with pytest.raises(NotAllowed):
        confirm("pkg:npm/a", "cpe:2.3:a:a:a", finn)
    with pytest.raises(NotAllowed):
        reject(one=read_name("pkg:npm/a"), other=read_name("cpe:2.3:a:a:a"), by=finn, because="x", review_on=LATER)
    with pytest.raises(NotAllowed):
        look_for_suggestions(by=finn)


def test_as_of_an_earlier_decision(ada: Person) -> None:
    first = confirm("pkg:npm/a", "cpe:2.3:a:a:a", ada)
    confirm("pkg:npm/b", "cpe:2.3:a:b:b", ada)
    b = read_name("pkg:npm/b").package
    assert b is not None
    assert crosswalk_now().also_called(b) != ()
    assert crosswalk_now(upto=first.pk).also_called(b) == ()


def test_a_scan_uses_it_and_one_query_loads_it(world: World, ada: Person) -> None:
    world.publish(says("nvd", "CVE-1", (LODASH_CPE, below("4.17.21"))))
    confirm("pkg:npm/lodash", "cpe:2.3:a:lodash:lodash", ada)
    result = scan(cyclonedx(lodash()))
    assert [one.vulnerability for one in result.findings] == ["CVE-1"]
    assert "confirmed by Ada Lind" in result.findings[0].reasons[0]["says"]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        crosswalk_now()
    assert len(queries) == 1


# ---- suggestions


def test_nothing_is_matched_before_a_person_confirms(world: World, release: Release, take: Take, ada: Person) -> None:
    """A CVE record that states the same ranges of both names is a suggestion, with the record; no more."""
    world.publish(
        says("cve", "CVE-7", (NPM_LODASH, below("4.17.19")), (LODASH_CPE, below("4.17.19"))),
        says("nvd", "CVE-1", (LODASH_CPE, below("4.17.21"))),
    )
    take(release, lodash())
    assert look_for_suggestions(by=ada).new == 1
    (waiting,) = suggestions_waiting()
    assert (waiting.one_name, waiting.other_name) == ("npm/lodash", "a:lodash:lodash")
    assert waiting.provenance == [{"source": "cve", "record": "CVE-7", "says": "states the same of both: v < 4.17.19"}]
    rematch_stale()
    assert found(release) == {}
    decision = confirm("pkg:npm/lodash", "cpe:2.3:a:lodash:lodash", ada)
    assert decision.provenance == waiting.provenance
    rematch_stale()
    assert set(found(release)) == {"CVE-1"}
    assert not suggestions_waiting().exists()
    assert look_for_suggestions(by=ada).new == 0


def test_rejecting_is_remembered(world: World, release: Release, take: Take, ada: Person) -> None:
    world.publish(says("cve", "CVE-7", (NPM_LODASH, below("4.17.19")), (LODASH_CPE, below("4.17.19"))))
    take(release, lodash())
    look_for_suggestions(by=ada)
    one, other = read_name("pkg:npm/lodash"), read_name("cpe:2.3:a:lodash:lodash")
    reject(one=one, other=other, by=ada, because="a fork", review_on=LATER)
    look_for_suggestions(by=ada)
    assert not suggestions_waiting().exists()
    take_back_pair(one=one, other=other, by=ada, because="it is not")
    assert suggestions_waiting().count() == 1


def test_likeness_suggests_nothing(world: World, release: Release, take: Take, ada: Person) -> None:
    """Two records that each use one of two like names carry nothing together; nor do differing ranges of one record."""
    world.publish(
        says("ghsa", "GHSA-1", (NPM_LODASH, below("4.17.19"))),
        says("nvd", "CVE-1", (LODASH_CPE, below("4.17.19"))),
        says("cve", "CVE-8", (NPM_LODASH, below("4.17.19")), (LODASH_CPE, below("9"))),
    )
    take(release, lodash())
    assert look_for_suggestions(by=ada) == (0, 0, 0, 0)


def test_our_own_sboms_suggest(world: World, make_release: Callable[..., Release], take: Take, ada: Person) -> None:
    """A component with both names; a bare one whose supplier and name another carries with an identity."""
    world.publish(says("nvd", "CVE-1", (OPENSSL, below("3"))))
    take(make_release("1.0"), {**lodash(), "cpe": "cpe:2.3:a:lodash:lodash:4.17.20:*:*:*:*:*:*:*"})
    acme = {"name": "rtos", "version": "2.1", "supplier": {"name": "ACME"}}
    take(make_release("1.1"), {**acme, "ref": "a", "cpe": "cpe:2.3:o:acme:rtos:2.1"})
    take(make_release("1.2"), {**acme, "ref": "b", "supplier": {"name": "acme"}})
    look_for_suggestions(by=ada)
    listed = {(row.one_name, row.other_name): row.provenance[0]["record"] for row in suggestions_waiting()}
    assert listed == {("npm/lodash", "a:lodash:lodash"): "Aria P2 1.0", ("acme|rtos", "o:acme:rtos"): "Aria P2 1.1"}


def test_cve_records_and_advisories_in_files_suggest(
    world: World, release: Release, take: Take, ada: Person, tmp_path: Path
) -> None:
    """An `affected` entry with vendor, product and CPE; a CSAF product with CPE and package URL; never a guess."""
    take(release, lodash(), {"ref": "o", "name": "zed", "version": "1", "cpe": "cpe:2.3:a:zed:zed:1"})
    affected = [
        {"vendor": "Zed Inc.", "product": "Zed", "cpes": ["cpe:2.3:a:zed:zed:*:*:*:*:*:*:*:*"], "versions": []},
        {"vendor": "Many", "product": "Suite", "cpes": ["cpe:2.3:a:zed:zed", "cpe:2.3:a:zed:other"], "versions": []},
        {"vendor": "Foreign", "product": "Thing", "cpes": ["cpe:2.3:a:foreign:thing"], "versions": []},
    ]
    record = {
        "dataType": "CVE_RECORD",
        "cveMetadata": {"cveId": "CVE-9"},
        "containers": {"cna": {"affected": affected}},
    }
    (tmp_path / "cve.jsonl").write_text(json.dumps(record) + "\n" + '{"cveMetadata": 7}\n')
    helper = {"cpe": "cpe:2.3:a:lodash:lodash:4.17.20", "purl": "pkg:npm/lodash@4.17.20"}
    tree = {"branches": [{"branches": [{"product": {"product_id": "1", "product_identification_helper": helper}}]}]}
    document = {"csaf_version": "2.0", "publisher": {"name": "OpenJS"}, "tracking": {"id": "OJS-1"}}
    (tmp_path / "advisory.json").write_text(json.dumps({"document": document, "product_tree": tree}))
    looked = look_for_suggestions(by=ada, paths=[tmp_path])
    assert (looked.new, looked.unreadable) == (2, 1)
    listed = {(row.one_name, row.other_name): row.provenance[0] for row in suggestions_waiting()}
    assert listed["a:zed:zed", "zed inc.:zed"]["record"] == "CVE-9"
    assert listed["npm/lodash", "a:lodash:lodash"] == {
        "source": "csaf OpenJS", "record": "OJS-1", "says": "pkg:npm/lodash@4.17.20, cpe:2.3:a:lodash:lodash:4.17.20",
    }  # fmt: skip
    assert CrosswalkSuggestion.objects.count() == 2


def test_the_crosswalks_that_accuracy_is_measured_with_can_be_confirmed(ada: Person) -> None:
    """Every entry names two things that may be one, says why, and where both stand; none is listed twice."""
    for file in sorted((Path(__file__).parents[3] / "docs" / "accuracy").glob("crosswalk*.jsonl")):
        entries = [json.loads(line) for line in file.read_text().splitlines()]
        assert len({pair_key(read_name(one["one"]), read_name(one["other"])) for one in entries}) == len(entries) > 10
        for entry in entries:
            assert entry["carried_by"], entry
            confirm(entry["one"], entry["other"], ada, entry["because"])


# ---- law


NAMES = (NPM_LODASH, LODASH_CPE, LODASH_WORDS, OPENSSL, Package(PackageKind.PURL, "pypi", "pypi/lodash"))
links = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda p: p[0] != p[1]), max_size=4)


@pytest.fixture
def settled(world: World) -> World:
    bounds = [Bounds(low, high) for low in (None, "1.0", "2.0.0") for high in (None, "1.0.1", "3.0")]
    world.publish(
        *(says("nvd", f"CVE-{p}-{n}", (name, one)) for p, name in enumerate(NAMES) for n, one in enumerate(bounds))
    )
    return world


VERSIONS = ("1.0", "1.0.1", "2.0.0-rc.1", "2.1", "3.0.0.1", "main", "")
IDENTIFIERS = {"purl": "pkg:npm/lodash@{}", "cpe": "cpe:2.3:a:openssl:openssl:{}:*:*:*:*:*:*:*"}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    version=st.sampled_from(VERSIONS), confirmed=links, further=links,
    fields=st.sets(st.sampled_from(sorted(IDENTIFIERS)), min_size=1),
    more=st.sets(st.sampled_from(sorted(IDENTIFIERS))),
)  # fmt: skip
def test_a_correct_identifier_never_removes_a_true_match(
    settled: World, monkeypatch: pytest.MonkeyPatch, version: str, confirmed: list[Any], further: list[Any],
    fields: set[str], more: set[str],
) -> None:  # fmt: skip
    """However many entries are confirmed, and whichever identifiers a component gains: what matched before still does.

    One thing is meant to take matches away and is no such identifier: a distribution's package URL, which says whose
    data speak (see test_a_distribution_package_is_judged_by_its_distribution_alone).
    """

    def answer(names: set[str], entries: list[Any]) -> tuple[set[str], int]:
        walk = Crosswalk([Link(one, other, "by the crosswalk, …") for one, other in entries])
        monkeypatch.setattr("suture.detection.scan.crosswalk_now", lambda: walk)
        filled = {name: IDENTIFIERS[name].format(version.replace("-", "\\-") or "*") for name in sorted(names)}
        result = scan(cyclonedx({"ref": "c", "name": "c", "version": version, **filled}))
        return {one.vulnerability for one in result.findings}, sum(p["vulnerabilities"] for p in result.possible)

    before, possible = answer(fields, confirmed)
    after, still = answer(fields | more, confirmed + further)
    assert before <= after
    assert still >= possible  # and what was possible is not less so


def test_supplier_and_name_give_what_the_identifier_itself_would(world: World) -> None:
    """#10: a name suppresses nothing, and an unknown vendor string matches nothing by likeness."""
    (words,) = SHIPPED.identities("Acme", "Crosswind", "6.9")  # as a record would write them, and nothing else
    assert words.package == Package(PackageKind.CNA, "loose", "acme:crosswind")
    assert SHIPPED.identities("", "Crosswind", "6.9") == ()
    (named,) = SHIPPED.identities("", "VxWorks", "6.9")  # one product alone bears this name
    assert named.package == Package(PackageKind.CPE, "loose", "o:windriver:vxworks")
    assert SHIPPED.also_called(Package(PackageKind.CPE, "loose", "a:openssl:openss1")) == ()
