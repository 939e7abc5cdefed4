"""As of: any past day's answer again, from the rows valid then; its hash is that of the run on record (#12)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from suture.accounts.models import Person
from suture.core.corrections import named
from suture.core.errors import InvalidValue
from suture.detection.models import Gap, Hit, Instance, Matched, MatchRun
from suture.detection.services import correct_match, findings_as_of, match_release, rematch_stale
from suture.inventory.models import Release
from tests.rooms.detection.conftest import Take
from tests.rooms.detection.world import NPM_LODASH, OPENSSL, World, below, between, lodash, openssl, says

pytestmark = pytest.mark.django_db

FIRST = date(2026, 3, 2)


@pytest.fixture
def on(settings: Any) -> Iterator[Callable[[int], date]]:
    """Move the clock to noon of a day, counted from the first."""
    kept = settings.SUTURE.clock

    def move(days: int) -> date:
        day = FIRST + timedelta(days=days)
        settings.SUTURE.clock = datetime(day.year, day.month, day.day, 18, tzinfo=UTC)
        return day

    yield move
    settings.SUTURE.clock = kept


def found(release: Release, day: date, person: Person) -> list[str]:
    return [one.vulnerability.preferred_id for one in findings_as_of(release, day, person).findings]


@pytest.fixture
def story(world: World, make_release: Callable[..., Release], take: Take, on: Callable[[int], date]) -> Release:
    """Day 1 knowledge and an SBOM, day 2 more knowledge, day 3 a withdrawal, day 4 another SBOM."""
    on(1)
    npm = says("ghsa", "GHSA-1", (NPM_LODASH, below("4.17.21")))
    world.publish(npm, says("nvd", "CVE-1", (OPENSSL, below("3.0.15"))))
    release = make_release("1.0")
    take(release, lodash(), openssl())
    on(2)
    withdrawn = says("nvd", "CVE-2", (OPENSSL, between("3.0.0", "3.0.14")))
    world.publish(withdrawn)
    rematch_stale()
    on(3)
    world.withdraw(withdrawn)
    rematch_stale()
    on(4)
    take(release, openssl("3.0.15"), lodash())
    on(6)
    release.refresh_from_db()
    return release


def test_each_day_has_the_answer_of_its_run(story: Release, ada: Person) -> None:
    """Hash for hash: what was matched on that day is what its rows give today."""
    answers = {
        1: ["CVE-1", "GHSA-1"],
        2: ["CVE-1", "CVE-2", "GHSA-1"],
        3: ["CVE-1", "GHSA-1"],
        4: ["GHSA-1"],
        5: ["GHSA-1"],
    }
    for days, expected in answers.items():
        then = findings_as_of(story, FIRST + timedelta(days=days), ada)
        assert [one.vulnerability.preferred_id for one in then.findings] == expected, days
        assert then.run is not None
        assert then.agrees is True, then.says
    runs = list(MatchRun.objects.filter(release=story).values_list("result_sha256", flat=True))
    assert len(runs) == 4
    assert len(set(runs)) == 3  # the withdrawal gave the first day's answer again


def test_before_anything_was_known_it_is_not_assessed(story: Release, ada: Person) -> None:
    then = findings_as_of(story, FIRST, ada)
    assert (then.assessed, then.findings, then.agrees) == (False, [], None)
    assert "the release had no SBOM" in then.says


def test_a_day_to_come_has_no_answer(story: Release, ada: Person) -> None:
    with pytest.raises(InvalidValue, match="has not come yet"):
        findings_as_of(story, FIRST + timedelta(days=7), ada)


def test_nothing_is_left_of_the_question(story: Release, ada: Person) -> None:
    """The past is matched inside a transaction that is rolled back: places, hits and the release's SBOM stay."""

    def state() -> list[Any]:
        rows = [list(model.objects.order_by("pk").values()) for model in (Instance, Hit, Gap, Matched, MatchRun)]
        return [*rows, Release.objects.values_list("sbom", "portfolio_rev").get(pk=story.pk)]

    before = state()
    findings_as_of(story, FIRST + timedelta(days=2), ada)
    assert state() == before


def test_a_correction_counts_from_the_day_it_was_made(story: Release, ada: Person, on: Callable[[int], date]) -> None:
    """A later correction of an identity does not rewrite what we answered before it."""
    correct_match(
        component=named("lodash", "pkg:npm/lodash@4.17.20"), package="npm/lodash", because="another lodash",
        evidence="its file", review_on=FIRST + timedelta(days=90), by=ada,
    )  # fmt: skip
    match_release(story.pk)
    assert found(story, FIRST + timedelta(days=5), ada) == ["GHSA-1"]
    assert found(story, FIRST + timedelta(days=6), ada) == []
