"""What becomes of one unit: confirmed, lent, sold on, lost, found again, retired. Each leaves a sighting."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction

from suture.accounts.models import Person
from suture.accounts.queries import sees
from suture.accounts.services import new_uid, require
from suture.core.errors import Conflict, InvalidValue, NotAllowed, NotFound
from suture.evidence.clock import now
from suture.evidence.services import record
from suture.inventory.field.counting import recount
from suture.inventory.field.reading import latest_day
from suture.inventory.models import FieldReport, Product, Release, Sighting, Site, Unit

KEEP = Release()  # a release that is not one: 'nothing was said of it', where None says 'not known which'


def add_unit(
    *, product: Product, serial: str, site: Site, by: Person, release: Release | None = None, lot: str = "",
    distributed_on: date | None = None, manufactured_on: date | None = None, seen_on: date | None = None,
    source: Unit.Source = Unit.Source.SHIPPING, from_whom: str = "", implanted: bool = False, home_use: bool = False,
) -> Unit:  # fmt: skip
    """Enter one unit. Many come as a list: `importing.take_in_units`.

    Raises:
        InvalidValue: the serial number is empty or taken, the release is another device's, a day is in the future.
    """
    with transaction.atomic():
        require(by, "unit.record", site)
        _fits(product, release)
        for day in (distributed_on, manufactured_on, seen_on):
            _past(day)
        if not serial.strip() or len(serial) > 60:
            raise InvalidValue("a serial number has 1 to 60 characters")
        if Unit.objects.filter(serial=serial.strip(), product=product).exists():
            raise InvalidValue(f"{product.brand_name} has a unit '{serial}' already")
        row = Unit.objects.create(
            uid=new_uid(), product=product, serial=serial.strip(), lot=lot[:60], site=site, release=release,
            distributed_on=distributed_on, manufactured_on=manufactured_on, last_known_on=seen_on, source=source,
            implanted=implanted, home_use=home_use,
        )  # fmt: skip
        _sighted(row, by=by, source=source, from_whom=from_whom, note="")
        recount([site.pk])
        record(by=by, did="unit.added", to=row, because=from_whom, facts={"product": product.uid, "site": site.uid})
    return row


def record_last_known(
    *, unit_uid: UUID | str, by: Person, seen_on: date, source: Unit.Source, from_whom: str,
    release: Release | None = KEEP, site: Site | None = None, note: str = "",
) -> Unit:  # fmt: skip
    """Record where a unit was and what ran on it, on which day, from whom. A lost unit that is there is fielded.

    Args:
        release: None where it is explicitly not known; left out, nothing was said of it.

    Raises:
        Conflict: something newer is known already.
        InvalidValue: the day is in the future, or the release is another device's.
    """
    with transaction.atomic():
        row = _locked(unit_uid, by, "unit.record", site)
        if row.state == Unit.State.RETIRED:
            raise NotAllowed(f"{row.label} is retired; take it back into the field first")
        state = Unit.State.FIELDED if row.state == Unit.State.LOST else Unit.State(row.state)
        return _moved(
            row, "unit.confirmed", by=by, seen_on=seen_on, source=source, from_whom=from_whom, release=release,
            site=site, state=state, note=note,
        )  # fmt: skip


def lend_unit(*, unit_uid: UUID | str, to: Site, by: Person, on: date, because: str) -> Unit:
    """Lend a unit: it stands at another site from now on, and goes back some day."""
    return _acted(unit_uid, by, "unit.lent", Unit.State.LENT, on, because, to)


def sell_unit(*, unit_uid: UUID | str, by: Person, on: date, because: str, to: Site | None = None) -> Unit:
    """Record that a unit was sold on; where the buyer is not known, it stays with whom we last knew it."""
    return _acted(unit_uid, by, "unit.sold_on", Unit.State.SOLD_ON, on, because, to)


def lose_unit(*, unit_uid: UUID | str, by: Person, on: date, because: str) -> Unit:
    """Record that nobody knows where a unit is. It still counts: what is lost may still be in use."""
    return _acted(unit_uid, by, "unit.lost", Unit.State.LOST, on, because, None)


def return_unit(*, unit_uid: UUID | str, by: Person, on: date, because: str, to: Site | None = None) -> Unit:
    """Record that a unit is back in the field: returned from a loan, found again, or retired by mistake."""
    return _acted(unit_uid, by, "unit.returned", Unit.State.FIELDED, on, because, to)


def retire_unit(*, unit_uid: UUID | str, by: Person, on: date, evidence: str) -> Unit:
    """Take a unit out of the field for good. It leaves the denominator of every campaign, so evidence is required.

    Raises:
        InvalidValue: no evidence.
    """
    if not evidence.strip():
        raise InvalidValue("say what shows that the unit is out of use: a certificate, a returned label, a photograph")
    with transaction.atomic():
        row = _locked(unit_uid, by, "unit.retire", None)
        return _moved(
            row, "unit.retired", by=by, seen_on=on, source=Unit.Source(row.source), from_whom="", release=KEEP,
            site=None, state=Unit.State.RETIRED, note=evidence,
        )  # fmt: skip


def _acted(
    unit_uid: UUID | str, by: Person, did: str, state: Unit.State, on: date, because: str, to: Site | None
) -> Unit:
    if not because.strip():
        raise InvalidValue("say who told us, and why")
    with transaction.atomic():
        row = _locked(unit_uid, by, "unit.record", to)
        if row.state == Unit.State.RETIRED:
            require(by, "unit.retire", row)
        return _moved(
            row, did, by=by, seen_on=on, source=Unit.Source.CONSIGNEE, from_whom=because, release=KEEP, site=to,
            state=state, note=because,
        )  # fmt: skip


def _locked(uid: UUID | str, by: Person, verb: str, to: Site | None) -> Unit:
    row = (
        Unit.objects.select_for_update(of=("self",))
        .select_related("product__field_wall", "site__consignee__wall")
        .filter(uid=uid)
        .first()
    )
    if row is None or not sees(by, row.product.field_wall):
        raise NotFound("there is no such record")
    require(by, verb, row)
    if to is not None:
        require(by, verb, to)
    return row


def _past(day: date | None) -> None:
    if day is not None and day > latest_day():
        raise InvalidValue(f"{day} is in the future")


def _fits(product: Product, release: Release | None) -> None:
    if release is not None and release is not KEEP and release.product_id != product.pk:
        raise InvalidValue(f"{release.label} is not a release of {product.brand_name}")


def _moved(
    row: Unit, did: str, *, by: Person, seen_on: date, source: Unit.Source, from_whom: str, release: Release | None,
    site: Site | None, state: Unit.State, note: str,
) -> Unit:  # fmt: skip
    _past(seen_on)
    _fits(row.product, release)
    if row.last_known_on and seen_on < row.last_known_on:
        raise Conflict(f"something newer is known of {row.label}, from {row.last_known_on}; look again, then repeat")
    was = {"site": row.site.uid, "state": Unit.State(row.state).label, "last known": row.last_known_on,
           "release": row.release.version if row.release else "not known"}  # fmt: skip
    touched = {row.site_id, site.pk if site else row.site_id}
    row.last_known_on, row.state, row.source = seen_on, state, source
    if release is not KEEP:
        row.release = release
    if site is not None:
        row.site = site
    row.save(update_fields=["last_known_on", "state", "source", "release", "site"])
    report = _sighted(row, by=by, source=source, from_whom=from_whom, note=note)
    recount(touched)
    record(
        by=by, did=did, to=row, because=note or from_whom,
        facts={
            "before": was, "seen on": seen_on, "from": from_whom, "report": report.uid, "site": row.site.uid,
            "state": state.label, "release": row.release.version if row.release else "not known",
        },
    )  # fmt: skip
    return row


def _sighted(row: Unit, *, by: Person, source: Unit.Source, from_whom: str, note: str) -> FieldReport:
    report = FieldReport.objects.create(
        uid=new_uid(), source=source, from_whom=from_whom[:200], changed=1, recorded_at=now(), recorded_by=by
    )
    Sighting.objects.create(
        unit=row, report=report, seen_on=row.last_known_on, release=row.release, site=row.site, state=row.state,
        note=note[:500],
    )  # fmt: skip
    return report
