"""What holds on every page: a login, a strict policy against foreign script, refusals as pages, no inline style."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern

import suture.web
from suture.accounts.models import Person
from suture.core.roles import Role
from suture.web.urls import urlpatterns
from tests.house import PASSWORD
from tests.rooms.casework import Work

pytestmark = pytest.mark.django_db
TEMPLATES = sorted((Path(suture.web.__file__).parent / "templates").rglob("*.html"))
NOBODY = "01a1ff93-1773-767f-b08a-000000000000"
AsPerson = Callable[[Person], Client]
# Who may open these needs no account; of a report or an advisory that is not there, they know nothing.
OF_A_REPORT = {"public-follow", "public-receipt", "public-advisory"}
OUTSIDE = {
    "security-txt", "public-policy", "public-report", "public-openpgp", "public-receipt-key", "public-advisories",
    *OF_A_REPORT,
}  # fmt: skip


def address_of(pattern: URLPattern) -> str:
    """The address of a page, of a record that nobody has."""
    path = re.sub(r"<uuid:[a-z_]+>", NOBODY, str(pattern.pattern))
    path = re.sub(r"<int:[a-z_]+>", "1", path)
    return "/" + re.sub(r"<str:[a-z_]+>", "json", path)


@pytest.mark.parametrize("pattern", urlpatterns, ids=lambda p: p.name)
def test_nobody_gets_in_without_a_login(pattern: URLPattern, client: Client) -> None:
    """Every page but the two that load balancers ask, and the outside doors, leads to the login page, and back."""
    answer = client.get(address_of(pattern))
    if str(pattern.name).startswith("hospital-"):
        assert answer.status_code in (404, 405)  # the link is the key, and this one is not ours
    elif pattern.name in ("healthz", "readyz", *OUTSIDE):
        assert answer.status_code == (404 if pattern.name in OF_A_REPORT else 200)
    else:
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize("pattern", urlpatterns, ids=lambda p: p.name)
def test_an_unknown_record_is_a_page_never_a_failure(pattern: URLPattern, as_person: AsPerson, quinn: Person) -> None:
    """Whatever the address, an installation with nothing in it answers with a page, or says what is missing."""
    answer = as_person(quinn).get(address_of(pattern))
    assert answer.status_code in (200, 302, 404, 405), answer.content[:300]
    if NOBODY in address_of(pattern) and answer.status_code != 405:
        assert answer.status_code in (404, 302)


def test_an_empty_installation_teaches(as_person: AsPerson, quinn: Person) -> None:
    """The first page, the devices and the sources say what to do next instead of showing nothing."""
    client = as_person(quinn)
    assert b"Register an establishment" in client.get("/devices/").content
    assert b"suture feeds import" in client.get("/sources").content
    assert b"No source was ever taken in" in client.get("/").content


def test_the_policy_of_every_answer_is_strict(as_person: AsPerson, quinn: Person) -> None:
    """Nothing inline, nothing foreign; a page is not kept by a shared machine."""
    answer = as_person(quinn).get("/devices/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_no_template_has_inline_style_or_script(path: Path) -> None:
    """Geometry lives in SVG attributes, colour in the sheet, behaviour in keys.js and htmx."""
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=\"|javascript:|https?://(?!www\.w3\.org)", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))


# Names, citations and file formats are the same in every language.
NAMES = {
    "CFR", "CSV", "CycloneDX", "DI", "EPSS", "JSON", "KEV", "OpenVEX", "PDF", "Postmarket", "Suture", "UDI-DI", "VEX",
    "rev", "suture", "feeds", "import", "osv", "nvd", "cve", "kev", "epss", "product", "register", "help", "sbom",
    "pump", "cdx", "json", "release", "nbsp", "VII", "CVSS", "SHA-", "UTC", "TLP", "CLEAR",
}  # fmt: skip


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_every_sentence_goes_through_gettext(path: Path) -> None:
    """No word for people stands bare in a template."""
    text = path.read_text(encoding="utf-8")
    for gone in (
        r"\{#.*?#\}", r"\{% blocktranslate.*?endblocktranslate %\}", r"\{%.*?%\}", r"\{\{.*?\}\}", r"<pre.*?</pre>",
        r"<code>.*?</code>", r"<kbd>.*?</kbd>", r"<[^>]*>",
    ):  # fmt: skip
        text = re.sub(gone, " ", text, flags=re.DOTALL)
    assert [word for word in re.findall(r"[A-Za-z][A-Za-z-]+", text) if word not in NAMES] == []


# ---------------------------------------------------------------- refusals


def test_a_role_that_may_not_is_told_whose_it_is(work: Work, as_person: AsPerson, finn: Person) -> None:
    """403, with the roles it belongs to; nothing was changed."""
    case = work.open()
    answer = as_person(finn).post(f"/cases/{case.uid}/answers/not-present")
    assert answer.status_code == 403
    assert b"belongs to" in answer.content
    assert not case.answers.exclude(status="").exists()


def test_a_form_keeps_what_was_typed(work: Work, as_person: AsPerson) -> None:
    """A wrong password at signing: 422, the reason is still there, the password is not, nothing is signed."""
    case = work.open()
    answer = as_person(work.ada).post(
        f"/cases/{case.uid}/learned", {"on": "2026-11-20", "because": "first mail of the finder", "password": "no"}
    )
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "first mail of the finder" in text
    assert "password is not right" in text
    assert 'value="no"' not in text
    assert not case.dated_facts.filter(kind="learned").exists()


def test_somebody_else_was_faster(work: Work, as_person: AsPerson) -> None:
    """The form was opened at version 1; meanwhile the case moved on; the second act is refused and says so."""
    case = work.open()
    seen = case.version
    work.answer(case, "4.1")
    answer = as_person(work.ada).post(
        f"/cases/{case.uid}/learned?version={seen}",
        {"on": "2026-11-20", "because": "first match", "password": PASSWORD},
    )
    assert answer.status_code == 422
    assert b"was changed meanwhile" in answer.content


def test_an_unreadable_sbom_lists_its_problems(work: Work, as_person: AsPerson) -> None:
    """Nothing is imported; what is wrong and how to mend it stands there."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    release = work.releases["4.1"]
    file = SimpleUploadedFile("pump.cdx.json", b'{"bomFormat": "CycloneDX", "specVersion": ')
    answer = as_person(work.ada).post(f"/releases/{release.uid}/sbom", {"file": file})
    assert answer.status_code == 422
    release.refresh_from_db()
    assert release.sbom is None


def test_an_honest_404_and_a_moved_clock_banner(work: Work, as_person: AsPerson) -> None:
    """A page that is not there stays inside the frame; a clock that is set says so on every page."""
    answer = as_person(work.ada).get("/no/such/page")
    assert answer.status_code == 404
    assert b"There is no such page" in answer.content
    assert b"Moved clock" in answer.content


def test_light_and_dark_go_back_only_to_our_own_pages(as_person: AsPerson, ada: Person) -> None:
    """An open redirect would lend our address to others."""
    client = as_person(ada)
    assert client.post("/look", {"look": "dark", "next": "https://elsewhere.example/"})["Location"] == "/"
    assert client.post("/look", {"look": "dark", "next": "/devices/"})["Location"] == "/devices/"
    assert b'data-bs-theme="dark"' in client.get("/devices/").content
    client.post("/look", {"look": "<script>", "next": "/"})
    assert b'data-bs-theme="dark"' in client.get("/devices/").content


def test_signing_in_and_out(client: Client, register: Callable[..., Person]) -> None:
    """By user name; a wrong password says no more than that; nobody registers themselves."""
    register("Ada Byron", Role.PSIRT)
    wrong = client.post("/accounts/login/", {"login": "ada", "password": "wrong"})
    assert wrong.status_code == 200
    assert b"note-red" in wrong.content
    nobody = client.post("/accounts/login/", {"login": "no one", "password": "wrong"})
    assert b"Either there is no such user name, or the password is not right." in wrong.content
    assert b"Either there is no such user name, or the password is not right." in nobody.content
    right = client.post("/accounts/login/?next=/devices/", {"login": "ada", "password": PASSWORD})
    assert right["Location"] == "/devices/"
    assert client.get("/devices/").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/devices/").status_code == 302
    assert client.get("/accounts/signup/").status_code == 302
