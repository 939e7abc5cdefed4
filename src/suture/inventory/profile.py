"""What a device is called in the world's records, and what it has not: verbs on the profile, and how matching reads it.

Every change moves the product's releases (`portfolio_rev`), so that they are matched again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from suture.accounts.models import Person
from suture.accounts.services import new_uid, require
from suture.core.components import Component as ComponentValue
from suture.core.errors import InvalidValue, NotAllowed, NotFound
from suture.core.profile import REF, absent_pattern, own_name
from suture.evidence.canonical import digest
from suture.evidence.clock import now
from suture.evidence.services import record
from suture.inventory.models import AbsentPlatform, DeviceName, Product, Release

AnyEntry = TypeVar("AnyEntry", DeviceName, AbsentPlatform)


def name_device(
    *, product: Product, cpe: str, because: str, evidence: str, by: Person, version: str = "",
    release: Release | None = None,
) -> DeviceName:  # fmt: skip
    """Say under which CPE name the world's records speak of a device itself.

    Args:
        version: where it is not the release's own version, e.g. of a firmware counted apart.
        release: this one alone; for it the name goes before one of the whole product.

    Raises:
        InvalidValue: no CPE name of one product, no reason, nothing that shows it, or the name stands already.
    """
    own = own_name(cpe, version)
    _say_why(because, evidence)
    with transaction.atomic():
        product = Product.objects.select_for_update().get(pk=product.pk)
        require(by, "product.describe", product)
        if release is not None and release.product_id != product.pk:
            raise InvalidValue(f"{release.label} is no release of {product.brand_name}")
        if _standing(DeviceName, product).filter(release=release, package=own.package).exists():
            raise InvalidValue(f"{own.package} is a name of {release or product} already; withdraw that first")
        row = DeviceName.objects.create(
            uid=new_uid(), product=product, release=release, cpe=own.cpe, package=own.package, version=version.strip(),
            because=because.strip(), evidence=evidence.strip(), made_by=by, made_at=now(),
        )  # fmt: skip
        _move(product)
        record(
            by=by, did="device name.added", to=row, because=because,
            facts={
                "product": product.uid, "release": release.uid if release else "", "cpe": own.cpe,
                "version": row.version, "evidence": row.evidence,
            },
        )  # fmt: skip
    return row


def declare_absent(*, product: Product, name: str, cpe: str, because: str, evidence: str, by: Person) -> AbsentPlatform:
    """Say that a device has not a platform or product, in any version: conditions that ask for it are then decided.

    Args:
        name: in words, e.g. 'Microsoft Windows'.
        cpe: the product, or all whose names begin so: cpe:2.3:o:microsoft:windows*

    Raises:
        InvalidValue: no such CPE name, no reason, nothing that shows it, or it stands already.
    """
    pattern = absent_pattern(cpe)
    _say_why(because, evidence)
    if not name.strip():
        raise InvalidValue("say in words what the device has not, e.g. Microsoft Windows")
    with transaction.atomic():
        product = Product.objects.select_for_update().get(pk=product.pk)
        require(by, "product.describe", product)
        if pattern in {row.pattern for row in _standing(AbsentPlatform, product)}:
            raise InvalidValue(f"that {product.brand_name} has no {pattern} stands already")
        row = AbsentPlatform.objects.create(
            uid=new_uid(), product=product, name=name.strip()[:200], cpe=cpe.strip(), because=because.strip(),
            evidence=evidence.strip(), made_by=by, made_at=now(),
        )  # fmt: skip
        _move(product)
        facts = {"product": product.uid, "cpe": row.cpe, "covers": pattern, "evidence": row.evidence}
        record(by=by, did="absent platform.declared", to=row, because=because, facts=facts)
    return row


def withdraw_name(*, uid: UUID | str, because: str, by: Person) -> DeviceName:
    """Say that a CPE name is not, or no longer, one of the device. What it found goes, with why."""
    return _end(DeviceName, uid, because, by, "device name.withdrawn")


def withdraw_absence(*, uid: UUID | str, because: str, by: Person) -> AbsentPlatform:
    """Take back that a device has not a platform: what it ruled out is conditional again."""
    return _end(AbsentPlatform, uid, because, by, "absent platform.withdrawn")


def _end(model: type[AnyEntry], uid: UUID | str, because: str, by: Person, did: str) -> AnyEntry:
    if not because.strip():
        raise InvalidValue("say why")
    with transaction.atomic():
        row = model._default_manager.select_for_update(of=("self",)).select_related("product").filter(uid=uid).first()
        if row is None:
            raise NotFound("the profile holds no such entry")
        require(by, "product.describe", row.product)
        if row.ended_at is not None:
            raise NotAllowed(f"{row.label} was withdrawn already")
        row.ended_at, row.ended_by, row.ended_because = now(), by, because.strip()
        row.save(update_fields=["ended_at", "ended_by", "ended_because"])
        _move(row.product)
        record(by=by, did=did, to=row, because=because, facts={"product": row.product.uid, "cpe": row.cpe})
    return row


def _say_why(because: str, evidence: str) -> None:
    missing = [what for what, text in (("why", because), ("what shows it", evidence)) if not text.strip()]
    if missing:
        raise InvalidValue(f"say {' and '.join(missing)}")


def _move(product: Product) -> None:
    """The releases of a product are matched again."""
    Release.objects.filter(product=product).update(portfolio_rev=F("portfolio_rev") + 1)


def _standing(model: type[AnyEntry], product: Product, moment: datetime | None = None) -> QuerySet[AnyEntry]:
    rows = model._default_manager.filter(product=product)
    if moment is None:
        return rows.filter(ended_at=None)
    return rows.filter(made_at__lte=moment).filter(Q(ended_at=None) | Q(ended_at__gt=moment))


# ---- how matching reads it


def names_of(release: Release, moment: datetime | None = None) -> list[DeviceName]:
    """The names under which a release's device is looked up, now or at a moment; its own go before the product's."""
    rows = _standing(DeviceName, release.product, moment).filter(Q(release=None) | Q(release=release))
    found = {row.package: row for row in sorted(rows, key=lambda one: (one.release_id is not None, one.pk))}
    return sorted(found.values(), key=lambda one: one.pk)


def device_of(release: Release, moment: datetime | None = None) -> tuple[ComponentValue, ...]:
    """The device itself, once per name, as a component of its release. One query."""
    return tuple(_as_component(release, row) for row in names_of(release, moment))


class Profile(NamedTuple):
    """What matching reads of a device's profile for one release."""

    components: tuple[ComponentValue, ...]  # the device itself, once per name
    absent: tuple[str, ...]  # what it has not, as patterns of CPE names: 'o:microsoft:windows*'

    @property
    def sha256(self) -> str:
        """What a match rests on beside the SBOM, as a hash; '' where the profile says nothing."""
        names = sorted((one.name, one.version, *one.cpes) for one in self.components)
        return digest({"names": names, "absent": sorted(self.absent)}) if names or self.absent else ""


def profile_of(release: Release, moment: datetime | None = None) -> Profile:
    """The profile of a release's device, now or at a moment. Two queries."""
    return Profile(
        device_of(release, moment), tuple(row.pattern for row in _standing(AbsentPlatform, release.product, moment))
    )


def _as_component(release: Release, row: DeviceName) -> ComponentValue:
    own = row.own
    return ComponentValue(
        ref=f"{REF}{row.uid}", name=release.product.brand_name, version=own.version_of(release.version), kind=own.kind,
        cpes=(own.cpe,),
    )  # fmt: skip


def entries_of(product: Product) -> tuple[Sequence[DeviceName], Sequence[AbsentPlatform]]:
    """What the profile says and said, standing entries first."""
    order = (F("ended_at").desc(nulls_first=True), "made_at", "pk")
    names = DeviceName.objects.filter(product=product).select_related("made_by", "ended_by", "release__product")
    absent = AbsentPlatform.objects.filter(product=product).select_related("made_by", "ended_by")
    return list(names.order_by(*order)), list(absent.order_by(*order))


def entry_by_uid(model: type[AnyEntry], uid: UUID | str) -> AnyEntry:
    """One entry of a profile.

    Raises:
        NotFound: there is none.
    """
    row = model._default_manager.select_related("product").filter(uid=uid).first()
    if row is None:
        raise NotFound("the profile holds no such entry")
    return row
