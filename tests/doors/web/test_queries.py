"""A list page asks the database a constant number of questions, however long the list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from suture.accounts.models import Person
from suture.accounts.services import new_uid
from suture.assessment.services import open_case
from suture.core.roles import Role
from suture.intelligence.models import Alias, Vulnerability
from suture.inventory.services import register_product, register_release
from suture.reporting.services import open_report806
from tests.rooms.casework import Work, found

pytestmark = pytest.mark.django_db

# path: the most questions it may ask; a page that needs more says why in the commit that raises the number.
LISTS = {
    "/": 75, "/?desk=all": 80, "/devices/": 12, "/vulnerabilities/": 20, "/cases/": 14, "/reports/": 14, "/people/": 10,
    "/policy/": 12, "/proof/": 24, "/sharing/": 16, "/sources": 14, "/search?q=pump": 18,
    "/field/": 22, "/field/consignees/": 14, "/field/units/": 12,
}  # fmt: skip


def _asked(client: Client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        answer = client.get(path)
    assert answer.status_code == 200
    return len(seen)


def _more(work: Work, register: Callable[..., Person], start: int, n: int) -> None:
    """More of everything: people, devices with releases, vulnerabilities with findings, cases, reports."""
    for k in range(start, start + n):
        register(f"p{k} Person", Role.VIEWER)
        device = register_product(
            establishment=work.site, by=work.rosa, brand_name=f"Pump {k}", common_name="pump", pathway="510(k)"
        )
        release = register_release(product=device, by=work.ada, version="1.0", units_distributed=5)
        vulnerability = Vulnerability.objects.create(
            id=100 + k, uid=new_uid(), preferred_id=f"CVE-2026-{k:05}", title=f"pump flaw {k}"
        )
        Alias.objects.create(
            record_id=vulnerability.preferred_id, source="cve", said_by=vulnerability.preferred_id, f=0, vuln=100 + k
        )
        for target in (release, work.releases["4.2"]):
            found(vulnerability, target, date(2026, 11, 20))
        case = open_case(vulnerability=vulnerability, by=work.ada, because="first match")
        open_report806(case_uid=case.uid, product=device, by=work.rosa)


def test_lists_ask_a_constant_number_of_questions(
    work: Work, as_person: Callable[[Person], Client], register: Callable[..., Person]
) -> None:
    """Two rows, then eight: the same number; and never more than the page's budget."""
    client = as_person(work.ada)
    release = f"/releases/{work.releases['4.2'].uid}/"
    budgets = {**LISTS, release: 45, f"{release}components": 43, f"{release}coverage": 46}
    _more(work, register, 0, 2)
    client.get("/")  # the session, the content types: what only the first page asks
    few = {path: _asked(client, path) for path in budgets}
    _more(work, register, 2, 6)
    many = {path: _asked(client, path) for path in budgets}
    assert {p: (few[p], many[p]) for p in budgets if many[p] > few[p]} == {}
    assert {p: n for p, n in many.items() if n > budgets[p]} == {}


def test_records_ask_a_bounded_number_of_questions(work: Work, as_person: Callable[[Person], Client]) -> None:
    """A case with every answer and a signed assessment; a vulnerability against all our devices."""
    case = work.assessed()
    client = as_person(work.ada)
    client.get("/")
    assert _asked(client, f"/cases/{case.uid}/") <= 110
    assert _asked(client, f"/vulnerabilities/{case.vulnerability.uid}/") <= 45
