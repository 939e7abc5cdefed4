"""Several match at once: a person's upload, the background loop, a second node. Nothing is doubled, nothing fails."""

from __future__ import annotations

from threading import Thread

from django.db import connection

from suture.accounts.services import local_operator
from suture.detection.models import ComponentVersion, Finding, Hit, MatchRun
from suture.detection.services import check_whole_portfolio, match_release, rematch_stale, take_in_sbom
from suture.evidence.queries import verify_chain
from suture.inventory.models import Product, Release
from suture.inventory.services import register_establishment, register_product, register_release
from tests.rooms.detection.world import NPM_LODASH, OPENSSL, World, below, cyclonedx, lodash, openssl, says, standing


def test_uploads_and_the_loop_at_once(committed_db: str) -> None:
    by, world = local_operator(), World()
    site = register_establishment(by=by, name="Northlake Medical", address="1 Lake Road", phone="+1 555 0100")
    device = register_product(
        establishment=site, by=by, brand_name="Aria P2", common_name="Infusion pump", pathway=Product.Pathway.K510
    )
    releases = [register_release(product=device, by=by, version=str(n)) for n in range(4)]
    world.publish(says("nvd", "CVE-1", (OPENSSL, below("3.0.15"))), says("ghsa", "GHSA-1", (NPM_LODASH, below("5"))))
    failed: list[Exception] = []

    def upload(release: Release) -> None:
        try:
            for version in ("3.0.13", "3.0.14"):
                data = cyclonedx(openssl(version), lodash())
                take_in_sbom(release=release, data=data, file_name="a.json", by=by)
                match_release(release.pk)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    def loop() -> None:
        try:
            for _ in range(5):
                rematch_stale()
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [Thread(target=upload, args=[release]) for release in releases] + [Thread(target=loop) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    rematch_stale()
    for release in releases:
        assert sorted(standing(release)) == ["CVE-1", "GHSA-1"]
    assert Finding.objects.count() == 8
    assert check_whole_portfolio().counts == {"hits": 2, "differed": 0}
    assert ComponentVersion.objects.filter(pkg_id__gt=0).count() == 2
    assert Hit.objects.filter(cv_id__in=ComponentVersion.objects.values("cv_id")).count() == 2
    assert MatchRun.objects.filter(release=None).count() == 1
    assert verify_chain().intact
