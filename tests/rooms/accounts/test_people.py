"""People: who may, who sees, who signs (21 CFR 11.10, 11.50, 11.70, 11.100, 11.200, 11.300)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from suture.accounts import services
from suture.accounts.models import Person, Wall
from suture.accounts.queries import sees, signatures_on, visible
from suture.accounts.services import (
    local_operator,
    raise_wall,
    reauthenticate,
    register_person,
    renew_password,
    require,
    sign,
    system,
)  # fmt: skip
from suture.core.errors import InvalidValue, NotAllowed, NotFound
from suture.core.roles import VERBS, Role
from suture.evidence.models import Entry
from tests.house import PASSWORD

pytestmark = pytest.mark.django_db


def test_the_first_person_registers_themselves_and_the_next_does_not(home):
    register_person(username="root", printed_name="Root", roles=[Role.ADMINISTRATOR], by=None, password=PASSWORD)
    with pytest.raises(NotAllowed, match="by an administrator"):
        register_person(username="eve", printed_name="Eve", roles=[Role.ADMINISTRATOR], by=None, password=PASSWORD)


def test_only_an_administrator_registers_people(ada):
    with pytest.raises(NotAllowed, match="belongs to"):
        register_person(username="bob", printed_name="Bob", roles=[Role.PSIRT], by=ada, password=PASSWORD)
    assert not Person.objects.filter(username="bob").exists()


def test_a_user_name_is_never_given_twice(ada, register):
    """21 CFR 11.100(a): unique to one individual, never reused or reassigned."""
    with pytest.raises(InvalidValue, match="never given twice"):
        register("Ada Other", Role.PSIRT)


@pytest.mark.parametrize("weak", ["short", "elevenchars", "administrator"])
def test_weak_passwords_are_refused_with_the_reason(register, weak):
    root = register("Anyone At All")
    admin = Person.objects.get(username="root")
    with pytest.raises(InvalidValue, match="password"):
        register_person(username="bob", printed_name="Bob", roles=[], by=admin, password=weak)
    assert root.is_active


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_a_person_without_roles_may_do_nothing_that_changes_a_record(verb, finn):
    with pytest.raises(NotAllowed, match="belongs to"):
        require(finn, verb)


def test_a_person_who_left_may_do_nothing(ada):
    ada.is_active = False
    with pytest.raises(NotAllowed, match="no longer"):
        require(ada, "case.open")


def test_what_stands_behind_a_wall_does_not_exist_for_others(ada, rosa, register):
    keeper = register("Wilma Wall", Role.COORDINATOR, Role.PSIRT)
    wall = raise_wall(name="Embargo 1", admitted=[ada], by=keeper, because="coordinated disclosure")

    class Row:
        pass

    Row.wall = wall
    require(ada, "case.open", Row)
    with pytest.raises(NotFound, match="no such record"):
        require(rosa, "case.open", Row)
    assert sees(ada, wall)
    assert sees(keeper, wall)
    assert not sees(rosa, wall)
    assert sees(rosa, None)
    assert sees(system(), wall)


def test_visible_filters_in_the_query(ada, rosa, register):
    keeper = register("Wilma Wall", Role.COORDINATOR, Role.PSIRT)
    wall = raise_wall(name="Embargo 1", admitted=[ada], by=keeper, because="coordinated disclosure")
    admitted = visible(ada, Wall.objects.filter(pk=wall.pk), wall="pk")
    assert list(admitted) == [wall]
    assert not visible(rosa, Wall.objects.filter(pk=wall.pk), wall="pk").exists()


def test_a_signature_binds_name_time_meaning_and_version(ada):
    """21 CFR 11.50(a), 11.70: another version of the record has no signature."""
    with transaction.atomic():
        sign(by=ada, to=ada, digest="a" * 64, meaning="review", as_role=Role.PSIRT)
    signature = signatures_on("person", ada.uid, "a" * 64).get()
    assert (signature.printed_name, signature.meaning) == ("Ada Lind", "review")
    assert signature.signed_at.utcoffset() == timedelta(0)
    assert not signatures_on("person", ada.uid, "b" * 64).exists()
    assert Entry.objects.filter(did="signature.given", actor_uid=str(ada.uid)).count() == 1


def test_nobody_signs_in_a_role_they_do_not_hold(ada):
    with pytest.raises(NotAllowed, match="does not hold the role"), transaction.atomic():
        sign(by=ada, to=ada, digest="a" * 64, meaning="approval", as_role=Role.CLINICAL_SAFETY)


@pytest.mark.parametrize("who", [local_operator, system])
def test_the_command_line_and_the_system_never_sign(home, who):
    person = who()
    with pytest.raises(NotAllowed, match="does not sign"):
        reauthenticate(person, "anything")
    with pytest.raises(NotAllowed, match="does not sign"), transaction.atomic():
        sign(by=person, to=person, digest="a" * 64, meaning="approval", as_role=Role.OPERATOR)


def test_a_wrong_password_signs_nothing_and_is_on_record(ada):
    with pytest.raises(NotAllowed, match="password is not right"):
        reauthenticate(ada, "wrong")
    assert Entry.objects.filter(did="signature.refused", actor_uid=str(ada.uid)).count() == 1
    reauthenticate(ada, PASSWORD)


def test_signing_rests_after_too_many_wrong_passwords(ada, monkeypatch):
    """21 CFR 11.300(d): attempts at unauthorised use are detected; the right password does not help within the rest."""
    for _ in range(services.WRONG_PASSWORDS):
        with pytest.raises(NotAllowed):
            reauthenticate(ada, "wrong")
    with pytest.raises(NotAllowed, match="signing rests"):
        reauthenticate(ada, PASSWORD)
    later = services.now() + services.WRONG_WINDOW + timedelta(seconds=1)
    monkeypatch.setattr(services, "now", lambda: later)
    reauthenticate(ada, PASSWORD)


def test_the_standing_actors_are_made_once(home):
    assert local_operator().pk == local_operator().pk
    assert system().pk == system().pk


def test_a_lost_password_is_renewed_on_record_and_the_old_one_is_dead(ada):
    """21 CFR 11.300(c)."""
    renew_password(username="ada", password="another stitch in time", by=local_operator(), because="lost")
    ada.refresh_from_db()
    reauthenticate(ada, "another stitch in time")
    with pytest.raises(NotAllowed, match="not right"):
        reauthenticate(ada, PASSWORD)
    assert Entry.objects.filter(did="person.password_renewed", record_uid=str(ada.uid)).count() == 1


def test_nobody_renews_a_password_without_the_role(ada, finn):
    with pytest.raises(NotAllowed, match="belongs to"):
        renew_password(username="ada", password="another stitch in time", by=finn, because="mischief")
    with pytest.raises(NotFound):
        renew_password(username="operator", password="another stitch in time", by=local_operator(), because="x")
