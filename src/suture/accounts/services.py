"""People are registered, admitted to walls, and sign. `require` stands at the head of every verb in the house."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from suture.accounts.models import Person, Signature, Wall
from suture.accounts.queries import sees
from suture.core.errors import InvalidValue, NotAllowed, NotFound
from suture.core.ids import uuid7
from suture.core.roles import Role, may, who
from suture.evidence.clock import now
from suture.evidence.models import Entry
from suture.evidence.services import Recorded, record

WRONG_PASSWORDS = 5  # at signing, within the window below; then signing rests (21 CFR 11.300(d))
WRONG_WINDOW = timedelta(minutes=15)


def new_uid() -> UUID:
    """A fresh UUIDv7 (RFC 9562) for a record that may leave the house."""
    return uuid7(int(now().timestamp() * 1000), secrets.token_bytes(10))


def require(person: Person, verb: str, row: Any = None) -> None:
    """Let the verb go on, or say why not.

    Raises:
        NotFound: the row stands behind a wall this person is not admitted to; it does not exist for them.
        NotAllowed: the person may no longer act, or none of their roles may do this.
    """
    if row is not None and not sees(person, getattr(row, "wall", None)):
        raise NotFound("there is no such record")
    if not person.is_active:
        raise NotAllowed(f"{person.printed_name} may no longer act in Suture")
    if person.kind == Person.Kind.SYSTEM or may(person.roles, verb):
        return
    allowed = ", ".join(sorted(role.label for role in who(verb))) or "nobody"
    raise NotAllowed(f"{person.printed_name} may not do this ({verb}); it belongs to: {allowed}")


def register_person(
    *, username: str, printed_name: str, roles: Collection[Role], by: Person | None, password: str | None = None,
    title: str = "", email: str = "", phone: str = "", kind: str = Person.Kind.HUMAN,
) -> Person:  # fmt: skip
    """Register somebody. `by` is None only for the first people of an installation, who register themselves.

    Raises:
        InvalidValue: the name is taken, or the password too weak.
    """
    with transaction.atomic():
        if by is not None:
            require(by, "person.add")
        elif Person.objects.filter(kind=Person.Kind.HUMAN).exists():
            raise NotAllowed("people are registered by an administrator")
        if Person.objects.filter(username=username).exists():
            raise InvalidValue(f"'{username}' is taken; a user name is never given twice (21 CFR 11.100(a))")
        person = Person(
            uid=new_uid(), kind=kind, username=username, printed_name=printed_name, title=title, email=email,
            phone=phone, role_names=sorted(role.value for role in roles),
        )  # fmt: skip
        person.password = make_password(password if password is None else _strong(password, person))
        person.save()
        record(by=by or person, did="person.registered", to=person, facts={"roles": person.role_names, "kind": kind})
    return person


def renew_password(*, username: str, password: str, by: Person, because: str) -> Person:
    """Give somebody a new password, e.g. after they lost the old one. Their sessions end with the old one.

    Raises:
        NotFound: nobody is called so, or it is not a person who signs in.
        InvalidValue: the password is too weak.

    Source: 21 CFR 11.300(c): loss management of passwords.
    """
    with transaction.atomic():
        person = Person.objects.select_for_update().filter(username=username, kind=Person.Kind.HUMAN).first()
        if person is None:
            raise NotFound(f"nobody who signs in is called '{username}'")
        require(by, "person.renew_password")
        person.password = make_password(_strong(password, person))
        person.save(update_fields=["password"])
        record(by=by, did="person.password_renewed", to=person, because=because)
    return person


def _strong(password: str, person: Person) -> str:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise InvalidValue(" ".join(error.messages)) from error
    return password


def local_operator() -> Person:
    """The named local operator as whom the command line acts. Imports and reads; never signs."""
    return _standing("operator", "Local operator", Person.Kind.OPERATOR, [Role.OPERATOR])


def system() -> Person:
    """Suture itself, for what the background loop does. Never signs."""
    return _standing("system", "Suture", Person.Kind.SYSTEM, [])


def _standing(username: str, printed_name: str, kind: str, roles: list[Role]) -> Person:
    found = Person.objects.filter(username=username).first()
    if found is not None:
        return found
    with transaction.atomic():
        person, made = Person.objects.get_or_create(
            username=username,
            defaults={
                "uid": new_uid(), "kind": kind, "printed_name": printed_name,
                "role_names": sorted(role.value for role in roles), "password": make_password(None),
            },
        )  # fmt: skip
        if made:
            record(by=person, did="person.registered", to=person, facts={"kind": kind})
    return person


def raise_wall(*, name: str, admitted: Collection[Person], by: Person, because: str) -> Wall:
    """Make a wall and admit people to it; the one who raises it is always inside."""
    with transaction.atomic():
        require(by, "wall.manage")
        wall = Wall.objects.create(uid=new_uid(), name=name)
        wall.admitted.set({by, *admitted})
        record(
            by=by, did="wall.raised", to=wall, because=because,
            facts={"admitted": sorted(str(p.uid) for p in {by, *admitted})},
        )  # fmt: skip
    return wall


def admit(*, wall: Wall, people: Collection[Person], by: Person, because: str) -> Wall:
    """Admit more people to a wall: who judges harm, who answers for a release. Only who is inside may.

    Raises:
        InvalidValue: nobody named, or no reason.
        NotFound: the one who admits stands outside; for them there is no such wall.
    """
    if not people or not because.strip():
        raise InvalidValue("name who is admitted, and why they need to know")
    with transaction.atomic():
        require(by, "wall.manage")
        if not sees(by, wall):
            raise NotFound("there is no such wall")
        wall.admitted.add(*people)
        record(
            by=by, did="wall.admitted", to=wall, because=because, facts={"admitted": sorted(str(p.uid) for p in people)}
        )
    return wall


def reauthenticate(person: Person, password: str) -> None:
    """Ask who is signing once more. Call it before the verb's own transaction: a failure is recorded whatever follows.

    Raises:
        NotAllowed: wrong password, a person who cannot sign, or too many wrong passwords of late.

    Source: 21 CFR 11.200(a), 11.300(d).
    """
    if person.kind != Person.Kind.HUMAN or not person.is_active:
        raise NotAllowed(f"{person.printed_name} does not sign; a signature belongs to one human being (21 CFR 11.100)")
    since = (now() - WRONG_WINDOW).isoformat(timespec="milliseconds")
    wrong = Entry.objects.filter(did="signature.refused", actor_uid=str(person.uid), recorded_at__gt=since).count()
    if wrong >= WRONG_PASSWORDS:
        raise NotAllowed(
            "too many wrong passwords; signing rests for a quarter of an hour, and the attempt is on record"
        )
    if check_password(password, person.password):
        return
    with transaction.atomic():
        record(by=person, did="signature.refused", to=person, because="wrong password at signing")
    raise NotAllowed("the password is not right; nothing was signed")


def sign(*, by: Person, to: Recorded, digest: str, meaning: str, as_role: Role, because: str = "") -> Signature:
    """Bind a signature to one version of a record. The verb has called `reauthenticate` before its transaction.

    Raises:
        NotAllowed: the signer does not hold the role they sign as.
    """
    if by.kind != Person.Kind.HUMAN:
        raise NotAllowed(f"{by.printed_name} does not sign")
    if as_role not in by.roles:
        raise NotAllowed(f"{by.printed_name} does not hold the role '{as_role.label}' and cannot sign in it")
    signature = Signature.objects.create(
        uid=new_uid(), signer=by, printed_name=by.printed_name, as_role=as_role.value, meaning=meaning, signed_at=now(),
        signed_kind=to.record_kind, signed_uid=to.uid, signed_label=to.label[:300], digest=digest,
    )  # fmt: skip
    record(
        by=by, did="signature.given", to=to, because=because,
        facts={"meaning": meaning, "as": as_role.value, "digest": digest, "signature": signature.uid},
    )  # fmt: skip
    return signature
