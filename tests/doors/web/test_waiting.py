"""What waits for a person, on the pages: ranges nobody could read, and names that may be one product."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from suture.accounts.models import Person
from suture.detection.models import CrosswalkDecision, CrosswalkSuggestion, Finding, ReviewDecision
from suture.detection.services import rematch_stale
from suture.evidence.clock import now
from suture.evidence.models import Entry
from suture.intelligence.models import ReviewedRange
from tests.doors.waiting import house

pytestmark = pytest.mark.django_db
AsPerson = Callable[[Person], Client]
LATER = "2030-01-01"


def standing() -> set[str]:
    rematch_stale()
    return set(Finding.objects.filter(gone_at=None).values_list("vulnerability__preferred_id", flat=True))


def test_from_the_coverage_page_to_a_verdict_and_back(as_person: AsPerson, ada: Person) -> None:
    """The ledger links to what waits; a person states versions; they match; taken back, they do not."""
    release, client = house(), as_person(ada)
    page = client.get(f"/releases/{release.uid}/coverage").content.decode()
    assert f"/review/?release={release.uid}&amp;beside=yes&amp;reason=free%20text" in page
    listed = client.get(f"/review/?release={release.uid}&beside=yes&reason=free text").content.decode()
    assert "versions before the blue one" in listed
    assert "openssl 3.0.13" in listed
    stmt = ReviewedRange.objects.get().stmt
    assert b"The versions are written as prose" in client.get(f"/review/{stmt}/").content
    given = {"verdict": "versions", "versions": "latest", "because": "the maker says so", "owner": str(ada.uid)}
    refused = client.post(f"/review/{stmt}/decide", given | {"review_on": LATER})
    assert refused.status_code == 422
    assert b"the maker says so" in refused.content
    right = given | {"versions": ">= 3.0.0, < 3.0.15\r\n1.1.1w", "review_on": LATER}
    assert client.post(f"/review/{stmt}/decide", right).status_code == 302
    assert ReviewDecision.objects.get().versions == [">= 3.0.0, < 3.0.15", "1.1.1w"]
    assert "CVE-2026-0001" in standing()
    assert b"3.0.0, &lt; 3.0.15" in client.get(f"/review/{stmt}/").content
    assert b"versions before the blue one" not in client.get("/review/").content
    assert b"versions before the blue one" in client.get("/review/?state=decided").content
    proof = client.get(f"/review/decisions/{ReviewDecision.objects.get().uid}/")
    assert (proof.status_code, proof["Location"]) == (302, f"/review/{stmt}/")
    assert client.post(f"/review/{stmt}/take-back", {"because": "misread"}).status_code == 302
    assert "CVE-2026-0001" not in standing()


def test_one_verdict_on_several_ranges(as_person: AsPerson, ada: Person, finn: Person) -> None:
    """One line of evidence with hashes; every range keeps a decision of its own; its review date comes up on Today."""
    house()
    client = as_person(ada)
    stmt = ReviewedRange.objects.get().stmt
    listed = client.get("/review/").content.decode()
    assert f'name="stmt" value="{stmt}"' in listed
    assert 'name="stmt"' not in as_person(finn).get("/review/").content.decode()
    path = f"/review/together?stmt={stmt}&stmt=x"
    assert "CVE-2026-0001 (a:openssl:openssl)" in client.get(path).content.decode()
    soon = (now().date() + timedelta(days=20)).isoformat()
    given = {"verdict": "not ours", "because": "a colour, not a version", "review_on": soon}
    assert client.post("/review/together", given).status_code == 422
    assert as_person(finn).post(path, given).status_code == 422
    assert client.post(path, given).url == "/review/"
    made = ReviewDecision.objects.get()
    (entry,) = Entry.objects.filter(did="reviews.not_ours")
    facts = json.loads(entry.facts)
    assert (facts["count"], facts["records"], len(facts["input"]), len(facts["result"])) == (
        1,
        [made.record_id],
        64,
        64,
    )
    assert b"versions before the blue one" not in client.get("/review/").content
    today = client.get("/?desk=psirt").content.decode()
    assert "Look again at what was said of a range nobody could read" in today
    assert client.get("/review/together?stmt=7").status_code == 404


def test_a_suggestion_is_confirmed_and_taken_back(as_person: AsPerson, ada: Person) -> None:
    house()
    client = as_person(ada)
    client.post("/crosswalk/look")
    assert b"1 new suggestions" in client.get("/crosswalk/").content
    row = CrosswalkSuggestion.objects.get()
    path = f"/crosswalk/suggestions/{row.uid}/"
    assert b"CVE-2026-0002" in client.get(path).content
    given = {"confidence": "third party", "because": "npm publishes it", "owner": str(ada.uid), "review_on": LATER}
    assert client.post(path, given | {"verdict": ""}).status_code == 422
    assert "CVE-2026-0003" not in standing()
    assert client.post(path, given | {"verdict": "confirmed"}).status_code == 302
    assert "CVE-2026-0003" in standing()
    entry = CrosswalkDecision.objects.get()
    assert b"npm publishes it" in client.get(f"/crosswalk/entries/{entry.uid}/").content
    assert client.post(f"/crosswalk/entries/{entry.uid}/take-back", {"because": "a fork"}).status_code == 302
    assert "CVE-2026-0003" not in standing()
    assert client.post(path, given | {"verdict": "rejected"}).status_code == 302
    assert b"a:lodash:lodash" in client.get("/crosswalk/?part=rejected").content


def test_an_entry_of_ones_own(as_person: AsPerson, ada: Person, finn: Person) -> None:
    client = as_person(ada)
    given = {
        "left": "supplied:Wind River|VxWorks", "right": "cpe:2.3:o:windriver:vxworks", "confidence": "maker",
        "because": "its maker's name", "owner": str(ada.uid), "review_on": LATER,
    }  # fmt: skip
    refused = client.post("/crosswalk/new", given | {"right": "pkg:deb/debian/vxworks"})
    assert b"backported" in refused.content
    assert client.post("/crosswalk/new", given).status_code == 302
    assert b"VxWorks" in client.get("/crosswalk/?part=confirmed").content
    other = as_person(finn)
    assert b"Add our own" not in other.get("/crosswalk/").content
    assert other.post("/crosswalk/new", given).status_code == 422
    assert other.post("/crosswalk/look").status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/review/7/", "/review/0/", f"/review/{10**40}/", "/review/?release=nobody", "/review/?page=x&scope=all",
        f"/review/?page={10**14}", "/review/?reason=%00", "/review/?scope=all&source=%25s&package=%27",
        "/review/7/decide", "/review/?scope=all&reason=%00",
        "/crosswalk/?part=none&page=9", "/crosswalk/?find=%00",
        "/crosswalk/suggestions/00000000-0000-7000-8000-000000000000/",
    ],
)  # fmt: skip
def test_no_address_makes_a_page_fail(as_person: AsPerson, ada: Person, path: str) -> None:
    house()
    assert as_person(ada).get(path).status_code in (200, 404, 422)
