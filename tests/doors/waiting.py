"""A small house with something that waits for a person: a range nobody could read, and two names in one record."""

from __future__ import annotations

from dataclasses import replace

from suture.accounts.services import local_operator
from suture.core.components import Package, PackageKind
from suture.core.vulnerabilities import ReviewRange, ReviewReason
from suture.detection.services import rematch_stale, take_in_sbom
from suture.inventory.models import Release
from suture.inventory.services import register_establishment, register_product, register_release
from tests.rooms.detection.world import NPM_LODASH, OPENSSL, World, below, cyclonedx, says

LODASH_CPE = Package(PackageKind.CPE, "loose", "a:lodash:lodash")


def house() -> Release:
    """A release with openssl 3.0.13 and lodash 4.17.20, and the knowledge that waits."""
    by, world = local_operator(), World()
    site = register_establishment(by=by, name="Works", address="1 Mill Road", phone="555-0100")
    pump = register_product(establishment=site, by=by, brand_name="Pump", common_name="infusion pump", pathway="510(k)")
    release = register_release(product=pump, by=by, version="1.0")
    unread = replace(
        says("nvd", "CVE-2026-0001"), stated=1,
        review=(ReviewRange(OPENSSL, ReviewReason.FREE_TEXT, "versions before the blue one"),),
    )  # fmt: skip
    world.publish(
        unread, says("cve", "CVE-2026-0002", (NPM_LODASH, below("4.17.19")), (LODASH_CPE, below("4.17.19"))),
        says("nvd", "CVE-2026-0003", (LODASH_CPE, below("4.17.21"))),
    )  # fmt: skip
    data = cyclonedx(
        {"ref": "o", "name": "openssl", "version": "3.0.13", "cpe": "cpe:2.3:a:openssl:openssl:3.0.13"},
        {"ref": "l", "name": "lodash", "version": "4.17.20", "purl": "pkg:npm/lodash@4.17.20"},
    )
    take_in_sbom(release=release, data=data, file_name="pump.cdx.json", by=by)
    rematch_stale()
    return release
