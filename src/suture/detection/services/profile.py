"""Change what matching reads of a device's profile, and match its releases again while the person waits."""

from __future__ import annotations

from uuid import UUID

from suture.accounts.models import Person
from suture.core.errors import InvalidValue
from suture.core.profile import own_name
from suture.detection.crosswalk import is_known_system
from suture.detection.services.matching import match_release
from suture.inventory import profile
from suture.inventory.models import AbsentPlatform, DeviceName, Product, Release
from suture.inventory.queries import all_releases

AT_ONCE = 40  # releases that are matched again while the person waits; the background loop does the others


def name_device(
    *, product: Product, cpe: str, because: str, evidence: str, by: Person, version: str = "",
    release: Release | None = None,
) -> DeviceName:  # fmt: skip
    """Give a device a CPE name of its own; its releases are matched again. See `inventory.profile.name_device`.

    Raises:
        InvalidValue: also for another maker's operating system without its version, which is not the release's.
    """
    own = own_name(cpe, version)
    if is_known_system(own.package) and not own.version:
        raise InvalidValue(
            f"{own.package} is an operating system with versions of its own, not the release's: list it in the SBOM, "
            "or say which version it is"
        )
    row = profile.name_device(
        product=product, cpe=cpe, because=because, evidence=evidence, by=by, version=version, release=release
    )
    _match_again(product, by)
    return row


def declare_absent(*, product: Product, name: str, cpe: str, because: str, evidence: str, by: Person) -> AbsentPlatform:
    """Say what a device has not; its releases are matched again. See `inventory.profile.declare_absent`."""
    row = profile.declare_absent(product=product, name=name, cpe=cpe, because=because, evidence=evidence, by=by)
    _match_again(product, by)
    return row


def withdraw_name(*, uid: UUID | str, because: str, by: Person) -> DeviceName:
    """End a CPE name of a device; its releases are matched again."""
    row = profile.withdraw_name(uid=uid, because=because, by=by)
    _match_again(row.product, by)
    return row


def withdraw_absence(*, uid: UUID | str, because: str, by: Person) -> AbsentPlatform:
    """Take back what a device has not; its releases are matched again."""
    row = profile.withdraw_absence(uid=uid, because=because, by=by)
    _match_again(row.product, by)
    return row


def _match_again(product: Product, by: Person) -> None:
    # A transaction each: cut off between two, the others are stale, and the next round matches them.
    for number in all_releases().filter(product=product).order_by("-pk").values_list("pk", flat=True)[:AT_ONCE]:
        match_release(number, by)
