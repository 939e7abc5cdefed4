"""Verbs of the coverage ledger: who answers for a hole, and for a source that lags."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from suture.accounts.models import Person
from suture.accounts.services import new_uid, require
from suture.core.errors import InvalidValue
from suture.detection.models import FeedCheck, Gap, LedgerOwner
from suture.evidence.clock import now
from suture.evidence.services import record
from suture.intelligence.queries import sources_status
from suture.inventory.models import Release


def name_owner(
    *, release: Release, components: Iterable[tuple[str, str]] | None, owner: Person, because: str, by: Person,
    review_on: date | None = None,
) -> list[LedgerOwner]:  # fmt: skip
    """Say who answers for components of a release that nobody monitors.

    Args:
        components: (name, supplier) of each; None means every hole of the release that has no owner.
        review_on: when to look again; None sets no day.

    Raises:
        InvalidValue: no reason, an owner who may no longer act, a review day that has passed, or no such hole.
    """
    _sound(owner, because, review_on)
    with transaction.atomic():
        require(by, "coverage.own", release)
        holes = set(Gap.objects.filter(release=release).values_list("component__name", "component__supplier"))
        owned = set(LedgerOwner.objects.filter(release=release).values_list("name", "supplier"))
        wanted = holes - owned if components is None else set(components)
        if missing := sorted(name for name, supplier in wanted if (name, supplier) not in holes):
            raise InvalidValue(f"not among the holes of {release.label}: {', '.join(missing[:5])}")
        if not wanted:
            raise InvalidValue(f"every hole of {release.label} has an owner already")
        return [
            _name(owner, because, review_on, by, release=release, source="", name=name, supplier=supplier)
            for name, supplier in sorted(wanted)
        ]


def name_source_owner(
    *, source: str, owner: Person, because: str, by: Person, review_on: date | None = None
) -> LedgerOwner:
    """Say who brings a late or incomplete source in order.

    Raises:
        InvalidValue: no such source, no reason, an owner who may no longer act, or a review day that has passed.
    """
    _sound(owner, because, review_on)
    with transaction.atomic():
        require(by, "coverage.own")
        known = {one.source for one in sources_status()} | set(FeedCheck.objects.values_list("source", flat=True))
        if source not in known:
            raise InvalidValue(f"no source is called '{source}'; known: {', '.join(sorted(known)) or 'none'}")
        return _name(owner, because, review_on, by, release=None, source=source, name="", supplier="")


def _sound(owner: Person, because: str, review_on: date | None) -> None:
    if not because.strip():
        raise InvalidValue("say why this person answers for it, and what they do about it")
    if not owner.is_active or owner.kind != Person.Kind.HUMAN:
        raise InvalidValue(f"{owner.printed_name} cannot answer for anything: name a person who may act")
    if review_on is not None and review_on < now().date():
        raise InvalidValue("the day to look again has passed already")


def _name(
    owner: Person, because: str, review_on: date | None, by: Person, *, release: Release | None, source: str,
    name: str, supplier: str,
) -> LedgerOwner:  # fmt: skip
    before = LedgerOwner.objects.filter(release=release, source=source, name=name, supplier=supplier)
    row = before.select_for_update().select_related("owner").first()
    was = row.owner.printed_name if row else ""
    if row is None:
        row = LedgerOwner(uid=new_uid(), release=release, source=source, name=name, supplier=supplier)
    row.owner, row.because, row.since, row.review_on = owner, because, now().date(), review_on
    row.named_by = by.printed_name
    row.save()
    record(
        by=by, did="coverage.owner_named", to=row, because=because,
        facts={
            "owner": str(owner.uid), "name": owner.printed_name, "before": was, "source": source, "component": name,
            "supplier": supplier, "review_on": review_on.isoformat() if review_on else "",
        },
    )  # fmt: skip
    return row
