"""The list of vulnerabilities found: sorted by any column, filtered, behind walls, in three queries a page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suture.accounts.models import Person, Wall
from suture.detection.queries import Order, vulnerabilities_found
from suture.detection.services import rematch_stale
from suture.intelligence.models import Vulnerability
from suture.inventory.models import Release
from tests.rooms.detection.conftest import Take
from tests.rooms.detection.world import NPM_LODASH, OPENSSL, World, below, lodash, openssl, says

pytestmark = pytest.mark.django_db


@pytest.fixture
def listed(world: World, make_release: Callable[..., Release], take: Take) -> World:
    """CVE-2 stands in two releases, CVE-1 and CVE-3 in one; CVE-3 is known to be exploited."""
    world.publish(
        says("nvd", "CVE-1", (NPM_LODASH, below("4.17.21"))), says("nvd", "CVE-2", (OPENSSL, below("3.0.15"))),
        says("nvd", "CVE-3", (NPM_LODASH, below("4.17.21"))),
    )  # fmt: skip
    world.exploited("CVE-3")
    take(make_release("1.0"), lodash(), openssl())
    take(make_release("1.1"), openssl("3.0.14"))
    rematch_stale()
    return world


def names(found: object) -> list[tuple[str, int]]:
    return [(row.preferred_id, row.releases) for row in found]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (Order.RELEASES, [("CVE-2", 2), ("CVE-1", 1), ("CVE-3", 1)]),
        (Order.ID, [("CVE-1", 1), ("CVE-2", 2), ("CVE-3", 1)]),
        (Order.EXPLOITED, [("CVE-3", 1), ("CVE-2", 2), ("CVE-1", 1)]),
    ],
)
def test_sorted_by_any_column(listed: World, ada: Person, order: Order, expected: list[tuple[str, int]]) -> None:
    found = vulnerabilities_found(ada).sorted_by(order, listed.rev)
    assert names(found) == expected
    assert names(found[1:2]) == expected[1:2]
    assert found.count() == len(found) == 3


def test_filters(listed: World, ada: Person) -> None:
    found = vulnerabilities_found(ada)
    assert names(found.exploited(listed.rev)) == [("CVE-3", 1)]
    assert names(found.saying("cve-2")) == [("CVE-2", 2)]
    assert found.saying("100%_!").count() == 0
    assert names(found.saying("cve").exploited(listed.rev)) == [("CVE-3", 1)]


def test_what_stands_behind_a_wall_is_neither_listed_nor_counted(listed: World, ada: Person, finn: Person) -> None:
    wall = Wall.objects.create(uid="00000000-0000-7000-8000-000000000077", name="Embargo")
    wall.admitted.add(finn)
    Vulnerability.objects.filter(preferred_id="CVE-2").update(wall=wall)
    for order in Order:
        assert [name for name, _ in names(vulnerabilities_found(ada).sorted_by(order, listed.rev))] != []
        assert "CVE-2" not in dict(names(vulnerabilities_found(ada).sorted_by(order, listed.rev)))
        assert "CVE-2" in dict(names(vulnerabilities_found(finn).sorted_by(order, listed.rev)))
    assert (vulnerabilities_found(ada).count(), vulnerabilities_found(finn).count()) == (2, 3)


@pytest.mark.parametrize("order", list(Order))
def test_a_page_takes_three_queries(listed: World, ada: Person, order: Order) -> None:
    """The walls, the page's numbers, its rows; however many findings there are."""
    found = vulnerabilities_found(ada).sorted_by(order, listed.rev)
    with CaptureQueriesContext(connection) as asked:
        assert len(found[0:2]) == 2
    assert len(asked) == 3
