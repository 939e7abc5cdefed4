"""Policies are proposed, then approved by signature; numbers are drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max

from suture.accounts.models import Person
from suture.accounts.services import new_uid, reauthenticate, require, sign
from suture.core import disclosure_policy, exploitability, risk
from suture.core.errors import InvalidValue, NotAllowed
from suture.core.roles import Role
from suture.evidence.canonical import digest
from suture.evidence.services import record
from suture.policy.models import Counter, Installation, PolicyKind, PolicyVersion

_READ: Mapping[str, Callable[[Mapping[str, Any]], object]] = {
    PolicyKind.RISK_MATRIX: risk.from_json,
    PolicyKind.EXPLOITABILITY: exploitability.from_json,
    PolicyKind.DISCLOSURE: disclosure_policy.from_json,
}


def propose_policy(
    *, kind: PolicyKind, name: str, body: dict[str, Any], by: Person, because: str, example: bool = False
) -> PolicyVersion:
    """Write a new version as a draft.

    Raises:
        InvalidValue: the body cannot be read as a policy of this kind; says what is wrong.
    """
    with transaction.atomic():
        require(by, "policy.propose")
        if kind in _READ:
            _READ[kind](body)
        last = PolicyVersion.objects.filter(kind=kind).aggregate(last=Max("version"))["last"] or 0
        policy = PolicyVersion.objects.create(
            uid=new_uid(), kind=kind, version=last + 1, name=name, body=body, example=example
        )
        record(
            by=by,
            did="policy.proposed",
            to=policy,
            because=because,
            facts={"digest": digest(policy.content()), "example": example},
        )
    return policy


# What Suture ships to start from: labelled examples, not FDA's (ADR 0004).
EXAMPLES: tuple[tuple[PolicyKind, str, dict[str, Any]], ...] = (
    (PolicyKind.RISK_MATRIX, "Risk matrix, the shipped example", risk.to_json(risk.EXAMPLE_POLICY)),
    (
        PolicyKind.EXPLOITABILITY,
        "Exploitability mapping, the shipped example",
        exploitability.to_json(exploitability.EXAMPLE_EXPLOITABILITY),
    ),
    (
        PolicyKind.DISCLOSURE,
        "Disclosure policy, the shipped example",
        disclosure_policy.to_json(disclosure_policy.EXAMPLE),
    ),
)


def propose_examples(*, by: Person) -> list[PolicyVersion]:
    """Propose what Suture ships to start from, as drafts marked *example, not FDA's*."""
    return [
        propose_policy(
            kind=kind, name=name, body=body, by=by, because="shipped with Suture to start from", example=True
        )
        for kind, name, body in EXAMPLES
    ]


def approve_policy(*, policy_uid: str, by: Person, password: str, effective_from: date, because: str) -> PolicyVersion:
    """Approve a draft by signature; it holds from a day on, and the one before is superseded from then.

    Raises:
        NotAllowed: it is not a draft, or this person may not approve.
    """
    reauthenticate(by, password)
    with transaction.atomic():
        policy = PolicyVersion.objects.select_for_update().get(uid=policy_uid)
        require(by, "policy.approve", policy)
        if policy.state != PolicyVersion.State.DRAFT:
            raise NotAllowed(f"{policy.label} is {policy.state}; only a draft can be approved")
        policy.state, policy.effective_from = PolicyVersion.State.APPROVED, effective_from
        policy.save(update_fields=["state", "effective_from"])
        role = Role.QUALITY if Role.QUALITY in by.roles else sorted(by.roles)[0]
        sign(by=by, to=policy, digest=digest(policy.content()), meaning="approval", as_role=role, because=because)
        record(by=by, did="policy.approved", to=policy, because=because, facts={"effective_from": effective_from})
    return policy


def next_number(sequence: str) -> int:
    """Draw the next number of a sequence, starting at 1, in the caller's transaction: no gap if it rolls back."""
    counter, _ = Counter.objects.select_for_update().get_or_create(name=sequence)
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last


def set_up(*, manufacturer: str, demo: bool, by: Person) -> Installation:
    """Say whose installation this is, once.

    Raises:
        InvalidValue: it is set up already.
    """
    with transaction.atomic():
        require(by, "installation.set_up")
        if Installation.objects.exists():
            raise InvalidValue("this installation is set up already")
        row = Installation.objects.create(pk=1, manufacturer=manufacturer, demo=demo)
        record(by=by, did="installation.set_up", to=by, facts={"manufacturer": manufacturer, "demo": demo})
    return row
