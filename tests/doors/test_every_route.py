"""Who may do what, on every route: nobody signed in, the wrong role, whoever stands outside a wall.

Routes come from the URL table, operations from the API's document, verbs from the registry of roles; `routes.py` holds
a row for each, and one without a row fails here. What is planted behind a wall has words that stand nowhere else: an
outsider with every role finds none of them, and the same pages, files and counts as before it was there.
"""

from __future__ import annotations

import json
import re
import secrets
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.db import models, transaction
from django.db.models import Model
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver
from hypothesis import given, settings
from hypothesis import strategies as st

from suture.accounts.models import Person, Tlp, Wall
from suture.accounts.services import raise_wall, register_person
from suture.api.app import api
from suture.assessment.models import Case
from suture.assessment.services import open_case, record_fact
from suture.core.facts import FactKind
from suture.core.roles import VERBS, Role, who
from suture.detection.services import add_manual_finding
from suture.evidence.clock import today
from suture.evidence.models import Entry
from suture.intelligence.models import Vulnerability
from suture.intelligence.services import register_vulnerability
from suture.inventory.models import Product, Release, Unit
from suture.jobs.letters import Letter, promise_mail
from suture.web.proof import WALLED
from tests.doors.routes import ELSEWHERE, OPERATIONS, ROUTES, Row
from tests.house import PASSWORD

NOBODY = "01a1ff93-1773-767f-b08a-000000000000"
API = "/api/suture/v1"
LOGIN = "/accounts/login/"


def patterns(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, str]]:
    """Name and pattern of every route."""
    for one in resolver.url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield one.name or "", route
        else:
            yield from patterns(one, route)


PAGES = {name: route for name, route in patterns(get_resolver()) if not route.startswith("api/")}
DOOR = {name: route for name, route in patterns(get_resolver()) if route.startswith("api/")}


def test_every_route_operation_and_verb_has_its_row() -> None:
    """New ones say whom they are for before they are landed."""
    assert sorted(PAGES) == sorted(ROUTES)
    assert sorted(DOOR) == sorted(OPERATIONS)
    done = {verb for row in (*ROUTES.values(), *OPERATIONS.values()) for verb in row.verbs}
    assert done | set(ELSEWHERE) == set(VERBS)
    assert not done & set(ELSEWHERE)


def wall_path(model: type[Model], seen: frozenset[type[Model]] = frozenset()) -> str:
    """How a row of this model leads to a wall, or ''."""
    fields = [f for f in model._meta.get_fields() if isinstance(f, models.ForeignKey)]
    fields = [f for f in fields if f.name != "field_wall"]  # of the units of a product line, not of the product
    for one in fields:
        if one.related_model is Wall:
            return one.name
    for one in fields:
        to = one.related_model
        if isinstance(to, type) and to not in seen and to is not model:
            deeper = wall_path(to, seen | {model})
            if deeper:
                return f"{one.name}__{deeper}"
    return ""


def test_evidence_knows_every_record_that_can_stand_behind_a_wall() -> None:
    """`web.proof` hides the entries of walled records: whatever model leads to a wall is in its table."""
    can = {
        model.record_kind for model in apps.get_models()
        if hasattr(model, "record_kind") and hasattr(model, "uid") and wall_path(model)
    }  # fmt: skip
    known = {getattr(model, "record_kind", "") for model, _ in WALLED} | {Unit.record_kind}  # by a question of its own
    assert can - known == set()


# ---------------------------------------------------------------- the manufacturer, its people, its addresses
class _Form(HTMLParser):
    """What a browser would send if somebody filled in the page's largest form."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.data: dict[str, str] = {}
        self.largest: dict[str, str] = {}
        self.select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the first choice, today, and some words."""
        given = {key: value or "" for key, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self.data = {}
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and given.get("value"):
            self.data.setdefault(self.select, given["value"])
        elif tag == "textarea" and name:
            self.data[name] = "because it was tried"
        elif tag == "input" and name:
            kind = given.get("type", "text")
            plain = {"date": "2026-11-20", "password": PASSWORD, "number": "1", "email": "a@b.example", "text": "x"}
            if kind in ("radio", "checkbox"):
                self.data.setdefault(name, given.get("value", "on"))
            else:
                self.data[name] = given.get("value") or plain.get(kind, "")

    def handle_endtag(self, tag: str) -> None:
        """A select ends, or a form."""
        if tag == "select":
            self.select = ""
        elif tag == "form":
            self.largest = max(self.largest, {} if "look" in self.data else self.data, key=len)


def form_of(text: str) -> dict[str, str]:
    """The page's form, filled in."""
    return _Form(text).largest


def address(name: str, row: Row, about: Mapping[type[Model], str]) -> str:
    """A concrete address of a route."""
    given = {key: about.get(value, NOBODY) if isinstance(value, type) else value for key, value in row.more.items()}
    if row.about is not None:
        given["uid"] = about.get(row.about, NOBODY)
    if OPERATIONS.get(name) is row:
        name = f"suture-api:{name}"
    return reverse(name, kwargs=given)


@pytest.fixture(scope="module")
def root(said: list[str]) -> Person:
    """The demo manufacturer's administrator."""
    return next(p for p in Person.objects.order_by("pk") if Role.ADMINISTRATOR in p.roles)


@pytest.fixture(scope="module")
def somebody(root: Person) -> Callable[[frozenset[Role]], Person]:
    """Somebody with exactly these roles, outside every wall."""

    def _somebody(roles: frozenset[Role]) -> Person:
        name = "outside-" + "-".join(str(n) for n, role in enumerate(Role) if role in roles)
        return Person.objects.filter(username=name).first() or register_person(
            username=name, printed_name=f"Outside {name[8:]}", roles=roles, by=root, password=PASSWORD
        )

    return _somebody


def signed_in(person: Person) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture(scope="module")
def about(said: list[str]) -> dict[type[Model], str]:
    """A record of every kind that a route is about, before no wall where there is one."""
    found: dict[type[Model], str] = {}
    for row in (*ROUTES.values(), *OPERATIONS.values()):
        for model in (row.about, *(value for value in row.more.values() if isinstance(value, type))):
            if model is None or model in found:
                continue
            rows = model._default_manager.order_by("pk")  # type: ignore[attr-defined]
            if path := wall_path(model):
                rows = rows.filter(**{f"{path}__isnull": True})
            if (first := rows.first()) is not None:
                found[model] = str(first.uid)
    return found


@pytest.fixture(autouse=True)
def _nothing_stays(said: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every test gives the manufacturer back as it was; the clock stands, so that two looks can be compared."""
    stopped = django_settings.SUTURE.model_copy(update={"clock": datetime.now(UTC)})
    monkeypatch.setattr(django_settings, "SUTURE", stopped)
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# ---------------------------------------------------------------- nobody, and the wrong role
def test_nobody_signed_in_gets_nothing(about: dict[type[Model], str]) -> None:
    """Every page leads to the sign-in, every operation answers 401, and nothing is written."""
    client, entries = Client(raise_request_exception=False), Entry.objects.count()
    wrong = []
    for name, row in ROUTES.items():
        for method in ("get", "post"):
            answer = getattr(client, method)(address(name, row, about))
            closed = answer.status_code == 302 and str(answer["Location"]).startswith(LOGIN)
            if not (closed or row.open) or answer.status_code >= 500:
                wrong.append(f"{method} {name}: {answer.status_code}")
    for path, method, _operation, row in operations(about):
        answer = client.generic(method.upper(), path, b"{}", content_type="application/json")
        if answer.status_code != 401 and not row.open:
            wrong.append(f"{method} {path}: {answer.status_code}")
    assert wrong == []
    assert Entry.objects.count() == entries


def operations(about: Mapping[type[Model], str]) -> Iterator[tuple[str, str, dict[str, Any], Row]]:
    """Every operation of the API's document: a concrete path, its method, what it says of itself, its row."""
    schema = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    for path, methods in schema["paths"].items():
        names = [n for n, route in DOOR.items() if re.sub(r"<(\w+)>", r"{\1}", f"/{route}") == path]
        for method, operation in methods.items():
            name = max((n for n in names if operation["operationId"].endswith(f"_{n}")), key=len)
            yield address(name, OPERATIONS[name], about), method, {**operation, "all": schema}, OPERATIONS[name]


def body_of(operation: dict[str, Any], schema: Mapping[str, Any] | None = None) -> Any:
    """A body that the document would accept."""
    every = operation["all"]
    if schema is None:
        content = operation.get("requestBody", {}).get("content", {})
        if "application/json" not in content:
            return {}
        schema = content["application/json"]["schema"]
    if "$ref" in schema:
        return body_of(operation, every["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if "enum" in schema:
        return schema["enum"][0]
    for several in ("anyOf", "allOf", "oneOf"):
        if several in schema:
            return body_of(operation, schema[several][0])
    kind = schema.get("type")
    if kind == "object":
        return {key: body_of(operation, value) for key, value in schema.get("properties", {}).items()}
    if kind == "array":
        return [body_of(operation, schema["items"])]
    if kind in ("integer", "number"):
        return 1
    if kind == "boolean":
        return True
    return {"uuid": NOBODY, "date": "2030-01-01", "date-time": "2030-01-01T00:00:00Z"}.get(
        schema.get("format", ""), "x"
    )


def test_the_wrong_role_writes_nothing(
    about: dict[type[Model], str], somebody: Callable[[frozenset[Role]], Person]
) -> None:
    """Filled in as whoever may would fill it in, sent by somebody with every role but the right ones."""
    able = signed_in(somebody(frozenset(Role)))
    entries, wrong, said_so, asked = Entry.objects.count(), [], 0, 0
    for name, row in ROUTES.items():
        if not row.verbs:
            continue
        lacking = frozenset(Role) - frozenset().union(*(who(verb) for verb in row.verbs))
        path = address(name, row, about)
        page = able.get(path)
        data = form_of(page.content.decode()) if page.status_code == 200 else {"because": "x", "password": PASSWORD}
        before = Entry.objects.count()
        answer = signed_in(somebody(lacking)).post(path, data)
        if page.status_code == 200:
            asked += 1
            said_so += answer.status_code in (403, 405) or any(w in answer.content.decode() for w in FOR_THE_ROLE)
        if Entry.objects.exclude(did="person.registered").count() != entries_but_people(before):
            wrong.append(f"{name}: wrote {Entry.objects.order_by('-seq')[0].did}")
        if answer.status_code >= 500 or (answer.status_code == 302 and name not in REDIRECTS):
            wrong.append(f"{name}: {answer.status_code}")
    assert wrong == []
    assert said_so > asked * 0.6, "most were refused for the role, not for what was filled in"
    assert Entry.objects.count() >= entries


FOR_THE_ROLE = ("may not do this", "belongs to", "does not hold the role", "can be done by", "needs the role")
REDIRECTS = frozenset({"release-held"})  # where nothing waits, to the release


def entries_but_people(before: int) -> int:
    """How many entries stood, those of newly registered people apart."""
    return before - Entry.objects.filter(did="person.registered", seq__lte=before).count()


def test_the_wrong_role_writes_nothing_through_the_api(
    about: dict[type[Model], str], somebody: Callable[[frozenset[Role]], Person]
) -> None:
    """The same verbs by the other door."""
    wrong = []
    for path, method, operation, row in operations(about):
        if method == "get":
            continue
        lacking = somebody(frozenset(Role) - frozenset().union(*(who(verb) for verb in row.verbs)))
        before = Entry.objects.count()
        basic = "Basic " + b64encode(f"{lacking.username}:{PASSWORD}".encode()).decode()
        answer = Client().generic(
            method.upper(), path, json.dumps(body_of(operation)), content_type="application/json",
            headers={"Authorization": basic},
        )  # fmt: skip
        if answer.status_code < 400 or answer.status_code >= 500 or Entry.objects.count() != before:
            wrong.append(f"{method} {path}: {answer.status_code} {answer.content[:100]!r}")
    assert wrong == []


# ---------------------------------------------------------------- walls
CHANGING = re.compile(
    rb'(csrfmiddlewaretoken|challenge)" value="[^"]*"|nonce="[^"]*"|name="csrf-token" content="[^"]*"'
)


def looks(client: Client, about: Mapping[type[Model], str], search: tuple[str, ...]) -> dict[str, bytes]:
    """What an outsider gets from every page, file, search and operation."""
    paths = [address(name, row, about) for name, row in ROUTES.items() if not name.startswith(("account_", "proof"))]
    paths += [path for path, method, _operation, _row in operations(about) if method == "get"]
    paths += ["/?desk=all", "/cases/?show=all", "/vulnerabilities/?show=ours", "/outbox/?as=json", "/review/?scope=all"]
    paths += [f"/search?q={text}" for text in search]
    found = {}
    for path in paths:
        answer = client.get(path)
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        found[path] = str(answer.status_code).encode() + CHANGING.sub(b"", text)
    return found


def plant(by: Person, words: dict[str, str]) -> dict[type[Model], str]:
    """A vulnerability of a finder with finding, case, fact and mail, all behind a wall; gives what can be addressed."""
    owner = next(p for p in Person.objects.order_by("pk") if Role.COORDINATOR in p.roles)
    wall = raise_wall(name=words["wall"], admitted=[by], by=owner, because=words["because"])
    row = register_vulnerability(
        kind="hard-coded password", title=words["title"], description=words["text"], by=by, wall=wall,
        tlp=Tlp.AMBER_STRICT,
    )  # fmt: skip
    release = Release.objects.order_by("pk")[0]
    add_manual_finding(release=release, vulnerability=row, because=words["because"], by=by)
    case = open_case(vulnerability=row, by=by, because=words["because"])
    record_fact(
        case_uid=case.uid, kind=FactKind.EMPLOYEE_AWARE, by=by, happened_on=today("America/Chicago"),
        detail={}, evidence=words["evidence"],
    )  # fmt: skip
    with transaction.atomic():
        letter = Letter(to=(f"{words['mail']}@h.example",), subject=words["title"], text=words["text"])
        mail = promise_mail(letter=letter, key=words["mail"], cause=case, by=by, label=f"Notice {words['mail']}")
    return {Vulnerability: str(row.uid), Case: str(case.uid), type(mail): str(mail.uid)}


WORDS = ("wall", "because", "title", "text", "evidence", "mail")


@pytest.fixture
def insider(somebody: Callable[[frozenset[Role]], Person]) -> Person:
    """Who is admitted: every role, by another name than the outsider."""
    return somebody(frozenset(Role) - {Role.VIEWER})


def test_what_stands_behind_a_wall_changes_nothing_outside(
    about: dict[type[Model], str], somebody: Callable[[frozenset[Role]], Person], insider: Person
) -> None:
    """No word and no count, on any page, in any file, search or operation; and its address is nobody's."""
    outsider = signed_in(somebody(frozenset(Role)))
    words = {name: f"zq{secrets.token_hex(6)}" for name in WORDS}
    queries = (*words.values(), words["title"][:5], "notice", "V-2026", "C-2026")
    before = looks(outsider, about, queries)
    walled = plant(insider, words)
    after = looks(outsider, about, queries)
    leaks = [f"{path} shows {name}" for path, text in after.items() for name, word in words.items()
             if word.encode() in text.replace(f"q={word}".encode(), b"").replace(word.encode() + b'"', b"")
             and "/search" not in path]  # fmt: skip
    assert leaks == []
    assert [path for path in before if before[path] != after[path]] == []
    for path in ("/proof/", "/proof/entries.json", "/proof/entries.csv"):
        answer = outsider.get(path)
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        assert not [word for word in words.values() if word.encode() in text], path
    inside, reached = signed_in(insider), 0
    for name, row in ROUTES.items():
        if row.about in walled:
            path = address(name, row, {**about, **walled})
            for method in ("get", "post"):
                answer = getattr(outsider, method)(path)
                assert answer.status_code in (404, 405), f"{method} {name}: {answer.status_code}"
            reached += inside.get(path).status_code == 200
    assert reached > 10, "whoever is admitted reaches them"


@settings(max_examples=12)
@given(data=st.data())
def test_no_search_and_no_filter_tells_of_what_is_walled(
    about: dict[type[Model], str], somebody: Callable[[frozenset[Role]], Person], data: st.DataObject
) -> None:
    """Whatever part of its words is asked for, of whatever page, the outsider's answer is the one of before."""
    with transaction.atomic():
        roles = data.draw(st.sets(st.sampled_from(Role), min_size=1))
        outsider = signed_in(somebody(frozenset(roles)))
        words = {n: data.draw(st.text("abcdefghijkz0123456789", min_size=8, max_size=14)) + n for n in WORDS}
        asked = data.draw(st.sampled_from(sorted(words.values())))
        cut = data.draw(st.integers(3, len(asked)))
        paths = [
            f"/search?q={asked[:cut]}",
            f"/vulnerabilities/?q={asked[:cut]}",
            f"/cases/?q={asked[:cut]}",
            "/outbox/",
        ]
        before = [CHANGING.sub(b"", outsider.get(path).content) for path in paths]
        plant(somebody(frozenset(Role) - {Role.VIEWER}), words)
        after = [CHANGING.sub(b"", outsider.get(path).content) for path in paths]
        transaction.set_rollback(True)
    assert before == after


def test_a_device_line_is_no_wall_yet() -> None:
    """Nothing in the house tells people apart by product line. A field that did would need its rows here."""
    assert not [f.name for f in Product._meta.get_fields() if "line" in f.name]
