"""Laws: the incremental state is the full one, both directions agree, more identifiers never hide a match."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from suture.core.components import Package, PackageKind
from suture.core.vulnerabilities import Bounds, Record
from suture.detection.delta import sha256_of, state_sha256, streamed
from suture.detection.kernel import SORTED, all_hits, hits_of, joined
from suture.detection.models import (
    AwaitedName,
    ComponentVersion,
    Finding,
    Gap,
    Hit,
    Instance,
    Matched,
    UnplacedVersion,
)
from suture.detection.scan import scan
from suture.detection.services import check_whole_portfolio, match_release, rematch_stale
from suture.inventory.models import Release
from tests.rooms.detection.conftest import Take
from tests.rooms.detection.world import NPM_LODASH, OPENSSL, World, cyclonedx, says

PURL, CPE = PackageKind.PURL, PackageKind.CPE
ZLIB = Package(CPE, "loose", "a:zlib:zlib")
PACKAGES = (NPM_LODASH, OPENSSL, ZLIB)
VERSIONS = ("1.0", "1.0.1", "1.2.11", "2.0.0-rc.1", "2.0.0", "2.1", "3.0.13", "1.0.2k", "2.0.0.1", "", "-", "main")
NUMBERS = tuple(version for version in VERSIONS if version[:1].isdigit())

ranges = st.builds(
    lambda package, ends, closed: (package, Bounds(*ends, False, closed)),
    st.sampled_from(PACKAGES),
    st.tuples(st.none() | st.sampled_from(NUMBERS), st.none() | st.sampled_from(NUMBERS)),
    st.booleans(),
)
records = st.builds(
    lambda source, number, stated, alias, withdrawn: says(
        source, f"{'CVE' if source == 'nvd' else 'GHSA'}-{number}", *stated, withdrawn="2026-01-01" * withdrawn,
        aliases=[f"CVE-{number}"] if alias and source == "ghsa" else [],
    ),
    st.sampled_from(("nvd", "ghsa")), st.integers(1, 4), st.lists(ranges, max_size=3), st.booleans(),
    st.sampled_from((False, False, False, True)),
)  # fmt: skip


def component(package: Package, version: str, number: int) -> dict[str, Any]:
    part = {"ref": f"c{number}", "name": package.name, "version": version}
    if package.kind is PURL:
        return {**part, "purl": f"pkg:npm/lodash@{version}" if version else "pkg:npm/lodash"}
    written = version.replace("-", "\\-") if len(version) > 1 else version or "*"
    return {**part, "cpe": f"cpe:2.3:{package.name}:{written}:*:*:*:*:*:*:*"}


parts = st.lists(st.tuples(st.sampled_from(PACKAGES), st.sampled_from(VERSIONS)), min_size=1, max_size=5)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("publish"), st.lists(records, min_size=1, max_size=3)),
        st.tuples(st.just("take"), st.tuples(st.integers(0, 1), parts)),
        st.tuples(st.just("rematch"), st.none()),
    ),
    min_size=2,
    max_size=8,
)


def answer(releases: list[Release]) -> dict[str, Any]:
    """Everything the engine says of some releases, but for when it first said so."""
    standing = Finding.objects.filter(release__in=releases, gone_at=None).select_related("vulnerability")
    possible = UnplacedVersion.objects.filter(release__in=releases, possible__gt=0)
    return {
        "findings": sorted(
            (f.release_id, f.vulnerability.preferred_id, f.result, str(f.components), str(f.reasons)) for f in standing
        ),
        "possible": sorted(possible.values_list("release_id", "component__ref", "possible")),
        "gaps": sorted(Gap.objects.filter(release__in=releases).values_list("release_id", "component__ref", "cause")),
        "hashes": dict(Matched.objects.filter(release__in=releases).values_list("release_id", "result_sha256")),
    }


# A failing story is short as it is; shrinking it over a database takes minutes.
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)  # fmt: skip
@given(story=steps)
def test_the_incremental_state_is_the_full_one(
    db: None, make_release: Callable[..., Release], take: Take, story: list[tuple[str, Any]]
) -> None:
    """However knowledge and SBOMs come and go: what was worked off step by step is what one fresh match gives."""
    with transaction.atomic():
        world, releases, number = World(), [make_release("1.0"), make_release("1.1")], count()
        for what, given_ in story:
            if what == "publish":
                last: dict[tuple[str, str], Record] = {(record.source, record.id): record for record in given_}
                world.publish(*last.values())
            elif what == "take":
                which, listed = given_
                made = [component(package, version, next(number)) for package, version in listed]
                take(releases[which], *made, confirmed=True)
            else:
                rematch_stale()
        rematch_stale()
        grown = answer(releases)
        ComponentVersion.objects.exclude(cv_id__in=Instance.objects.values("cv_id")).delete()
        Hit.objects.exclude(cv_id__in=ComponentVersion.objects.values("cv_id")).delete()
        joined_anew = streamed(joined(SORTED, table="cv"), {"rev": world.rev})
        assert state_sha256() == sha256_of(joined_anew)
        assert check_whole_portfolio().counts["differed"] == 0
        rev = world.rev
        assert set(hits_of([release.pk for release in releases], rev)) == set(all_hits(rev))
        for derived in (Instance, ComponentVersion, AwaitedName, UnplacedVersion, Gap, Hit, Matched):
            derived.objects.all().delete()
        for release in releases:
            match_release(release.pk)
        assert answer(releases) == grown
        transaction.set_rollback(True)


@pytest.fixture
def settled(world: World) -> World:
    """One vulnerability for each of many ranges of three packages."""
    bounds = [Bounds(low, high) for low in (None, *NUMBERS) for high in (None, *NUMBERS)]
    world.publish(
        *(
            says("nvd", f"CVE-{place}-{n}", (package, bound))
            for place, package in enumerate(PACKAGES)
            for n, bound in enumerate(bounds)
        )
    )
    return world


IDENTIFIERS = {
    "purl": "pkg:npm/lodash@{}",
    "cpe": "cpe:2.3:a:openssl:openssl:{}:*:*:*:*:*:*:*",
}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(version=st.sampled_from(VERSIONS), first=st.sampled_from(sorted(IDENTIFIERS)))
def test_a_further_correct_identifier_never_removes_a_match(settled: World, version: str, first: str) -> None:
    """#10: monotone. (A distribution's package URL is another matter: it says whose data speak, see matching.md.)"""

    def found(*fields: str) -> set[str]:
        filled = {field: IDENTIFIERS[field].format(version.replace("-", "\\-") or "*") for field in fields}
        result = scan(cyclonedx({"ref": "c", "name": "c", "version": version, **filled}))
        return {one.vulnerability for one in result.findings}

    assert found(first) <= found("purl", "cpe")


def test_a_rematch_is_idempotent(world: World, make_release: Callable[..., Release], take: Take) -> None:
    release = make_release()
    world.publish(says("nvd", "CVE-1", (OPENSSL, Bounds(None, "3.0.15"))))
    take(release, component(OPENSSL, "3.0.13", 1), component(OPENSSL, "", 2))
    before = answer([release]), Finding.objects.values_list("history", "first_seen").get()
    for _ in range(2):
        match_release(release.pk)
    assert (answer([release]), Finding.objects.values_list("history", "first_seen").get()) == before
