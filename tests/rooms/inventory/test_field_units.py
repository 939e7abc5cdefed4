"""What becomes of a unit, whom we may reach, and what a vulnerability reaches: with denominators and unknowns."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from suture.accounts.services import raise_wall
from suture.core.errors import Conflict, InvalidValue, NotAllowed, NotFound
from suture.core.roles import Role
from suture.detection.queries.blast import blast_radius, consignees_reached, units_reached
from suture.evidence.models import Entry
from suture.inventory.field.counting import counts_differ
from suture.inventory.field.places import (
    add_consignee,
    add_contact,
    add_identifier,
    add_site,
    blank_contact,
    change_contact,
)
from suture.inventory.field.queries import fresh_since, places_without_contact, unit_named
from suture.inventory.field.units import (
    add_unit,
    lend_unit,
    lose_unit,
    record_last_known,
    retire_unit,
    return_unit,
    sell_unit,
)
from suture.inventory.models import Consignee, FieldReport, Sighting, Site, Unit
from tests.rooms.casework import Work

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
TOLD = {"source": Unit.Source.CONSIGNEE, "from_whom": "biomed, by mail"}


@pytest.fixture
def ward(work: Work, tick: Any) -> Site:
    tick(TODAY)
    firm = add_consignee(by=work.rosa, kind="hospital", reference="C-1", name="Lakeside General", country="US")
    return add_site(consignee_uid=firm.uid, by=work.rosa, name="Ward", time_zone="America/Chicago")


def a_unit(work: Work, ward: Site, serial: str = "S1", release: str = "4.2", **more: Any) -> Unit:
    return add_unit(
        product=work.pump, serial=serial, site=ward, by=work.rosa,
        release=work.releases[release] if release else None, **more,
    )  # fmt: skip


def test_the_life_of_a_unit_is_kept_line_by_line(work: Work, ward: Site):
    pool = add_site(consignee_uid=ward.consignee.uid, by=work.rosa, name="Pool")
    unit = a_unit(work, ward, distributed_on=date(2025, 1, 2))
    say = {"unit_uid": unit.uid, "by": work.rosa}
    record_last_known(**say, seen_on=date(2026, 3, 1), release=work.releases["4.1"], **TOLD)
    lend_unit(**say, to=pool, on=date(2026, 3, 2), because="ward is rebuilt")
    return_unit(**say, on=date(2026, 3, 9), because="back", to=ward)
    lose_unit(**say, on=date(2026, 4, 1), because="not found at the stocktaking")
    found = record_last_known(**say, seen_on=date(2026, 5, 1), **TOLD)
    assert found.state == Unit.State.FIELDED  # it was there
    assert found.release == work.releases["4.1"]  # nothing was said of it
    sell_unit(**say, on=date(2026, 6, 1), because="sold to a clinic we do not know")
    retire_unit(**say, on=date(2026, 7, 1), evidence="certificate 17")
    told = [(s.get_state_display(), s.site.name) for s in Sighting.objects.order_by("pk")]
    assert told == [
        ("fielded", "Ward"), ("fielded", "Ward"), ("lent", "Pool"), ("fielded", "Ward"), ("lost", "Ward"),
        ("fielded", "Ward"), ("sold on", "Ward"), ("retired", "Ward"),
    ]  # fmt: skip
    assert Sighting.objects.latest("pk").note == "certificate 17"
    assert Entry.objects.latest("seq").did == "unit.retired"
    with pytest.raises(NotAllowed):
        record_last_known(**say, seen_on=date(2026, 8, 1), **TOLD)
    assert counts_differ() == 0


def test_what_cannot_be_is_refused_in_a_sentence(work: Work, ward: Site, finn: Any):
    unit = a_unit(work, ward, seen_on=date(2026, 5, 1))
    with pytest.raises(Conflict, match="something newer"):
        record_last_known(unit_uid=unit.uid, by=work.rosa, seen_on=date(2026, 4, 1), **TOLD)
    with pytest.raises(InvalidValue, match="in the future"):
        record_last_known(unit_uid=unit.uid, by=work.rosa, seen_on=date(2027, 4, 1), **TOLD)
    with pytest.raises(InvalidValue, match="out of use"):
        retire_unit(unit_uid=unit.uid, by=work.rosa, on=TODAY, evidence=" ")
    with pytest.raises(InvalidValue, match="already"):
        a_unit(work, ward)
    for verb in (
        lambda: record_last_known(unit_uid=unit.uid, by=finn, seen_on=TODAY, **TOLD),
        lambda: retire_unit(unit_uid=unit.uid, by=work.ada, on=TODAY, evidence="gone"),
        lambda: add_consignee(by=finn, kind="hospital", reference="C-9", name="X"),
    ):
        with pytest.raises(NotAllowed):
            verb()
    assert FieldReport.objects.count() == 1


def test_the_database_keeps_what_it_can(work: Work, ward: Site):
    a_unit(work, ward)
    for change in ("UPDATE {t} SET id = id", "DELETE FROM {t}"):
        for table in ("inventory_sighting", "inventory_fieldreport"):
            with (
                pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor,
            ):  # fmt: skip
                cursor.execute(change.format(t=table))
    with pytest.raises(IntegrityError), transaction.atomic():
        Unit.objects.update(state=9)
    with pytest.raises(IntegrityError), transaction.atomic():
        Consignee.objects.update(kind="user at home")  # reached through nobody


def test_users_at_home_are_reached_through_a_provider_and_no_name_is_in_the_proof(work: Work, ward: Site):
    provider = add_consignee(by=work.rosa, kind="home care", reference="C-2", name="Birchway Home Care")
    add_consignee(by=work.rosa, kind="user at home", reference="H-1", name="BW-0417", through=provider)
    with pytest.raises(InvalidValue):
        add_consignee(by=work.rosa, kind="user at home", reference="H-2", name="BW-0418")
    contact = add_contact(
        consignee_uid=provider.uid, by=work.rosa, role="home care", name="Jo Ash", email="j@b.example"
    )
    change_contact(contact_uid=contact.uid, by=work.rosa, because="new number", phone="555-0100")
    blank_contact(contact_uid=contact.uid, by=work.rosa, because="asked us to")
    contact.refresh_from_db()
    assert (contact.name, contact.email, contact.phone, contact.active) == ("", "", "", False)
    facts = " ".join(Entry.objects.filter(did__startswith="contact.").values_list("facts", flat=True))
    assert "Ash" not in facts
    assert "555-0100" not in facts
    a_unit(work, ward)
    assert [c.name for c in places_without_contact(work.rosa)] == ["Lakeside General"]


def test_an_implanted_unit_keeps_its_serial_out_of_labels(work: Work, ward: Site):
    """Privacy of serial numbers of implanted devices: 21 CFR 806.40."""
    unit = a_unit(work, ward, serial="SECRET-9", implanted=True)
    assert "SECRET" not in unit.label
    assert "SECRET" not in str(list(Entry.objects.values_list("record_label", "facts")))


def test_an_identifier_tells_its_agency_by_its_form(work: Work):
    assert add_identifier(product=work.pump, di="(01)51022222233336", by=work.rosa).agency == "GS1"
    assert add_identifier(product=work.pump, di="our own 7", by=work.rosa).agency == "other"


def test_blast_radius_counts_the_unknown_apart_and_the_stale_by_name(work: Work, ward: Site):
    since = fresh_since(TODAY)
    assert since == date(2025, 11, 1)  # 365 days before, then the first of that month
    other = add_consignee(by=work.rosa, kind="clinic", reference="C-3", name="Elm Clinic")
    clinic = add_site(consignee_uid=other.uid, by=work.rosa, name="Main site")
    a_unit(work, ward, "S1", "4.2", seen_on=date(2026, 5, 1))
    a_unit(work, ward, "S2", "4.2", seen_on=date(2025, 10, 31))
    a_unit(work, clinic, "S3", "4.2", home_use=True)
    a_unit(work, clinic, "S4", "", seen_on=date(2026, 5, 1))
    a_unit(work, ward, "S5", "4.1", seen_on=date(2026, 5, 1))
    retire_unit(unit_uid=a_unit(work, ward, "S6", "4.2").uid, by=work.rosa, on=TODAY, evidence="photograph")
    lose_unit(unit_uid=a_unit(work, ward, "S7", "4.2").uid, by=work.rosa, on=TODAY, because="nobody finds it")
    releases = [work.releases["4.2"]]
    found = blast_radius(work.rosa, releases, TODAY)
    whole = found.concerned
    assert (whole.units, whole.stale, whole.never, whole.lost, whole.retired, whole.home) == (4, 1, 1, 1, 1, 1)
    assert found.possible.units == 1
    assert found.all_units == 6
    assert (found.sites, found.consignees) == (2, 2)
    assert found.share == 4 / 6
    reached = {r.consignee.name: (r.concerned, r.unknown) for r in consignees_reached(work.rosa, releases, TODAY)}
    assert reached == {"Lakeside General": (3, 0), "Elm Clinic": (1, 1)}
    assert [u.serial for u in units_reached(work.rosa, releases)] == ["S1", "S2", "S3", "S4", "S7"]
    assert blast_radius(work.rosa, [], TODAY).listed is False


def test_a_product_line_behind_a_wall_is_counted_for_nobody_outside(work: Work, ward: Site, register: Any):
    unit = a_unit(work, ward)
    olaf = register("Olaf Lind", Role.COORDINATOR)
    work.pump.field_wall = raise_wall(name="pumps", admitted=[work.rosa], by=olaf, because="line of its own")
    work.pump.save(update_fields=["field_wall"])
    assert unit_named(work.rosa, unit.uid).serial == "S1"
    assert blast_radius(work.rosa, [work.releases["4.2"]], TODAY).concerned.units == 1
    assert blast_radius(work.ada, [work.releases["4.2"]], TODAY).concerned.units == 0
    for verb in (
        lambda: unit_named(work.ada, unit.uid),
        lambda: record_last_known(unit_uid=unit.uid, by=work.ada, seen_on=TODAY, **TOLD),
    ):
        with pytest.raises(NotFound):
            verb()
