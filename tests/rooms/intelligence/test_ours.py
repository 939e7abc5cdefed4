"""A vulnerability of our own: no CVE, no component; numbered, walled, recorded."""

from __future__ import annotations

import json

import pytest

from suture.accounts.models import Tlp
from suture.accounts.services import raise_wall
from suture.core.errors import InvalidValue, NotAllowed, NotFound
from suture.core.roles import Role
from suture.evidence.clock import now
from suture.evidence.models import Entry
from suture.intelligence.models import Vulnerability
from suture.intelligence.queries import aliases_of, assertions_of, knowledge, vulnerability_by_any_id
from suture.intelligence.services import register_vulnerability
from suture.policy.services import set_up
from tests.rooms.intelligence.feeds import lines, osv

PORT = {
    "kind": Vulnerability.Kind.OPEN_PORT, "title": "Service port 2222 answers",
    "description": "A service shell listens on tcp/2222 in the field.", "because": "found in our own test",
}  # fmt: skip


def test_it_has_a_number_of_ours_and_a_line_of_evidence(world, ada, quinn):
    set_up(manufacturer="Northlake Medical", demo=False, by=quinn)
    row = register_vulnerability(by=ada, **PORT)
    assert row.preferred_id == f"NM-{now().year}-001"
    assert register_vulnerability(by=ada, **PORT).preferred_id == f"NM-{now().year}-002"
    assert row.ours
    assert vulnerability_by_any_id(row.preferred_id, ada) == row
    assert aliases_of(row, ada) == [row.preferred_id]
    assert assertions_of(row, ada) == []
    entry = Entry.objects.get(did="vulnerability.registered", record_uid=str(row.uid))
    assert entry.because == "found in our own test"
    assert json.loads(entry.facts)["kind"] == "open port"
    assert knowledge().empty, "what we say ourselves is no knowledge of the world"


def test_feeds_and_people_never_draw_the_same_number(tmp_path, take_in, ada):
    first = register_vulnerability(by=ada, **PORT)
    take_in(lines(tmp_path / "g.jsonl", [osv(f"GHSA-{n}") for n in range(30)]))
    second = register_vulnerability(by=ada, **PORT)
    take_in(lines(tmp_path / "h.jsonl", [osv(f"PYSEC-{n}") for n in range(30)]))
    assert Vulnerability.objects.count() == 62
    assert {first.pk, second.pk} == set(Vulnerability.objects.filter(ours=True).values_list("pk", flat=True))


def test_behind_a_wall_it_does_not_exist_for_anybody_else(world, ada, quinn, register):
    cora = register("Cora Wells", Role.COORDINATOR)
    wall = raise_wall(name="finder R-2026-0034", admitted=[], by=cora, because="embargo")
    row = register_vulnerability(by=cora, wall=wall, tlp=Tlp.AMBER_STRICT, **PORT)
    assert vulnerability_by_any_id(row.preferred_id, cora) == row
    for name in (row.preferred_id, str(row.uid)):
        with pytest.raises(NotFound, match="nothing is known"):
            vulnerability_by_any_id(name, quinn)
    for read in (assertions_of, aliases_of):
        with pytest.raises(NotFound):
            read(row, quinn)
    with pytest.raises(NotFound):
        register_vulnerability(by=ada, wall=wall, **PORT)


def test_somebody_without_a_fitting_role_may_not(world, finn):
    with pytest.raises(NotAllowed):
        register_vulnerability(by=finn, **PORT)
    assert not Vulnerability.objects.exists()


@pytest.mark.parametrize(
    ("change", "word"),
    [({"title": " "}, "title"), ({"kind": "bug"}, "kind of vulnerability"), ({"tlp": "TLP:PINK"}, "TLP label")],
)
def test_what_cannot_be_is_refused(world, ada, change, word):
    with pytest.raises(InvalidValue, match=word):
        register_vulnerability(by=ada, **{**PORT, **change})
