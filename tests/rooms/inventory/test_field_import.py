"""Lists of units: nothing half-saved, the same twice changes nothing, changes shown as changes, unknown kept apart."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook

from suture.accounts.services import raise_wall
from suture.core.errors import FormatError, NotAllowed
from suture.core.roles import Role
from suture.evidence.models import Entry
from suture.formats.field_file import open_listing
from suture.inventory.field.counting import counts_differ
from suture.inventory.field.importing import Outcome, Told, take_in_units
from suture.inventory.field.places import add_consignee, add_site, change_consignee
from suture.inventory.field.queries import tally_of, visible_counts, visible_units
from suture.inventory.models import FieldReport, Sighting, Unit
from tests.rooms.casework import Work

pytestmark = pytest.mark.django_db
HEADER = "Product,Serial number,Version,Customer,Customer name,Customer type,Site,Last seen,Status,Note"
LINES = (
    "Aria P2,S1,4.1,C-1,Lakeside General,hospital,ICU,2026-05-01,,",
    "Aria P2,S2,4.2,C-1,,,ICU,2026-05-01,,",
    "Aria P2,S3,unknown,C-2,Birch Home Care,home care,Depot,,,",
    "Aria P2,S4,4.2,C-2,,,Depot,2024-01-01,retired,certificate of destruction 17",
)


@pytest.fixture
def work(work: Work, tick: Any) -> Work:
    tick(date(2026, 11, 20))
    return work


def take(text: str | bytes, by: Any, *, apply: bool = True, new_places: bool = True, **more: Any) -> Outcome:
    data = text.encode() if isinstance(text, str) else text
    told = Told(source=Unit.Source.SERVICE_SYSTEM, new_places=new_places, **more)
    return take_in_units(listing=open_listing(io.BytesIO(data), len(data)), told=told, by=by, apply=apply)


def whole(*lines: str) -> str:
    return "\n".join([HEADER, *(lines or LINES)])


def test_preview_saves_nothing_and_applying_saves_everything_once(work: Work):
    before = Entry.objects.count()
    seen = take(whole(), work.rosa, apply=False)
    assert (seen.rows, seen.new, seen.problem_count, seen.can_apply) == (4, 4, 0, True)
    assert seen.new_consignees == ("Birch Home Care", "Lakeside General")
    assert not Unit.objects.exists()
    assert Entry.objects.count() == before

    done = take(whole(), work.rosa, sha256="ab" * 32)
    assert done.report is not None
    assert (done.report.added, done.report.changed, Unit.objects.count(), Sighting.objects.count()) == (4, 0, 4, 4)
    entry = Entry.objects.latest("seq")
    assert entry.did == "field.imported"
    assert done.report.result_sha256 in entry.facts
    assert "ab" * 32 in entry.facts
    tally = tally_of(visible_counts(work.rosa), date(2025, 11, 1))
    assert (tally.units, tally.unknown_release, tally.never, tally.stale, tally.retired) == (3, 1, 1, 0, 1)

    again = take(whole(), work.rosa)  # the same list twice changes nothing
    assert (again.new, again.changed, again.same, again.report) == (0, 0, 4, None)
    assert FieldReport.objects.count() == 1
    assert Entry.objects.latest("seq") == entry
    assert counts_differ() == 0


def test_changes_are_shown_and_older_news_is_left_out(work: Work):
    take(whole(), work.rosa)
    text = whole(
        "Aria P2,S1,4.2,C-1,,,ICU,2026-06-01,,", "Aria P2,S2,4.1,C-1,,,ICU,2026-04-01,,",
        "Aria P2,S3,,,,,,2026-06-01,,", "Aria P2,S5,4.2,C-1,,,Ward 3,2026-06-01,lent,",
    )  # fmt: skip
    seen = take(text, work.rosa, apply=False)
    assert (seen.new, seen.changed, seen.same, seen.older) == (1, 2, 0, 1)
    assert [(c.row, c.serial, c.before, c.after) for c in seen.changes] == [
        (2, "S1", "4.1 · fielded · Lakeside General, ICU · last known 2026-05-01",
         "4.2 · fielded · Lakeside General, ICU · last known 2026-06-01"),
        (4, "S3", "release not known · fielded · Birch Home Care, Depot · never confirmed",
         "release not known · fielded · Birch Home Care, Depot · last known 2026-06-01"),
    ]  # fmt: skip
    take(text, work.rosa)
    first = Unit.objects.get(serial="S1")
    assert first.release == work.releases["4.2"]
    assert Unit.objects.get(serial="S2").release == work.releases["4.2"]  # older news left out
    assert [s.release.version for s in first.sightings.order_by("pk")] == ["4.1", "4.2"]  # history kept
    assert Unit.objects.get(serial="S5").state == Unit.State.LENT
    assert counts_differ() == 0


PROBLEMS = (
    ("Aria P9,S1,4.1,C-1,,,ICU,,,", "row 2, product", "no device is called 'Aria P9'"),
    ("Aria P2,,4.1,C-1,,,ICU,,,", "row 2, serial", "empty"),
    ("Aria P2,S1,9.9,C-1,,,ICU,,,", "row 2, release", "no release '9.9'"),
    ("Aria P2,S1,4.1,C-9,,,ICU,,,", "row 2, site", "its name or its kind is missing"),
    ("Aria P2,S1,4.1,,,,,,,", "row 2, consignee", "nobody says where it is"),
    ("Aria P2,S1,4.1,C-1,L,hospital,ICU,2030-01-01,,", "row 2, last_known_on", "in the future"),
    ("Aria P2,S1,4.1,C-1,L,hospital,ICU,31.12.2024,,", "row 2, last_known_on", "no date"),
    ("Aria P2,S1,4.1,C-1,L,hospital,ICU,,vanished,", "row 2, state", "no state of a unit"),
    ("Aria P2,S1,4.1,C-1,L,hospital,ICU,,retired,", "row 2, evidence", "without evidence"),
    (f"Aria P2,{'S' * 61},4.1,C-1,L,hospital,ICU,,,", "row 2, serial", "longer than 60"),
)


@pytest.mark.parametrize(("line", "where", "what"), PROBLEMS)
def test_one_bad_row_keeps_all_of_it_out(work: Work, line: str, where: str, what: str):
    found = take(whole(line, "Aria P2,OK,4.1,C-1,Lakeside General,hospital,ICU,,,"), work.rosa)
    assert [p.where for p in found.problems] == [where]
    assert what in found.problems[0].what
    assert not Unit.objects.exists()


def test_a_serial_twice_in_one_list_is_a_problem(work: Work):
    found = take(whole(LINES[0], LINES[0]), work.rosa)
    assert found.problems[0].where == "row 3, serial"
    assert "row 2" in found.problems[0].what


def test_without_leave_to_add_places_an_unknown_one_is_a_problem(work: Work):
    found = take(whole(), work.rosa, new_places=False)
    assert found.problem_count == 4
    assert "no consignee has the number 'C-1'" in found.problems[0].what


def test_a_workbook_is_read_like_the_same_csv(work: Work):
    book = Workbook()
    for row in (HEADER.split(","), *(line.split(",") for line in LINES)):
        book.active.append([date.fromisoformat(c) if c[:4] in ("2026", "2024") else c or None for c in row])
    file = io.BytesIO()
    book.save(file)
    assert take(file.getvalue(), work.rosa).new == 4
    assert take(whole(), work.rosa).same == 4


def test_a_whole_udi_fills_the_columns_that_say_nothing(work: Work):
    text = "udi,customer,customer name,customer type,site\n(01)09506000130019(21)U1(10)L7,C-1,Lakeside,hospital,ICU\n"
    take(text, work.rosa)
    unit = Unit.objects.get()
    assert (unit.product, unit.serial, unit.lot) == (work.pump, "U1", "L7")


def test_who_may_import_and_who_may_retire(work: Work, finn: Any):
    with pytest.raises(NotAllowed):
        take(whole(), finn)
    with pytest.raises(NotAllowed, match=r"unit\.retire"):
        take(whole(), work.ada)  # product security imports; what leaves the denominator is not theirs
    assert not Unit.objects.exists()
    assert take(whole(*LINES[:3]), work.ada).new == 3


def test_units_behind_a_wall_are_neither_seen_nor_changed(work: Work, register: Any):
    otto = register("Olaf Lind", Role.COORDINATOR)
    wall = raise_wall(name="Lakeside", admitted=[work.rosa], by=otto, because="an incident there")
    take(whole(), work.rosa)
    lakeside = Unit.objects.get(serial="S1").site.consignee
    change_consignee(consignee_uid=lakeside.uid, by=work.rosa, because="an incident", wall=wall)
    assert {u.serial for u in visible_units(work.rosa)} == {"S1", "S2", "S3", "S4"}
    assert {u.serial for u in visible_units(work.ada)} == {"S3", "S4"}
    assert tally_of(visible_counts(work.ada), date(2025, 11, 1)).units == 1
    found = take(whole(LINES[0].replace("2026-05-01", "2026-07-01")), work.ada)
    assert found.problem_count == 1
    found = take("product,serial,last seen\nAria P2,S1,2026-07-01\n", work.ada)
    assert found.problems[0].what == "this unit is not yours to record"
    assert Unit.objects.get(serial="S1").last_known_on == date(2026, 5, 1)


@pytest.mark.parametrize(
    ("data", "about"),
    [
        (b"", "empty"), (b"\xd0\xcf\x11\xe0junk", "old Excel"), (b"PK\x03\x04junk", "not an Excel"),
        ("serial;größe\nS1;x\n".encode("latin-1"), "not UTF-8"), (b"colour,size\nred,1\n", "needed"),
        (b'product,serial\nAria P2,"S1\n' + b"x" * 200_000, "not CSV"),
        (b"," * 200 + b"\n1\n", "at most 100"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(work: Work, data: bytes, about: str):
    with pytest.raises(FormatError, match=about):
        take(data, work.rosa)
    assert not Unit.objects.exists()


def test_a_site_of_an_entered_consignee_is_found_by_name(work: Work):
    firm = add_consignee(by=work.rosa, kind="clinic", reference="K-7", name="Elm Clinic")
    add_site(consignee_uid=firm.uid, by=work.rosa, name="Recovery", time_zone="America/Chicago")
    found = take("device,sn,account,location\nAria P2,E1,k-7,recovery\n", work.rosa, new_places=False)
    assert found.new == 1
    assert Unit.objects.get().site.name == "Recovery"
