"""An edition of Suture that orders versions anew: nothing is dropped, nothing is claimed, until feeds are read again.

engine.md, section 3: keys are made when a record is read, and changing an encoder means reading it again.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from suture.accounts.services import local_operator
from suture.core import ranges, versions
from suture.core.versions import pypi
from suture.detection.models import Matched
from suture.detection.queries.coverage import coverage
from suture.detection.scan import scan
from suture.detection.services import check_whole_portfolio, rematch_stale, take_in_sbom
from suture.intelligence import placing
from suture.intelligence.models import OPEN, Package, Range
from suture.intelligence.queries import keyed_otherwise
from suture.intelligence.services import Outcome, import_feeds
from suture.inventory.models import Product
from suture.inventory.services import register_establishment, register_product, register_release
from tests.rooms.detection.world import cyclonedx, standing
from tests.rooms.intelligence.feeds import lines, osv

KNOW_THE_KEYS = (
    "suture.core.versions", "suture.intelligence.queries", "suture.intelligence.services.importing",
    "suture.detection.services.matching", "suture.detection.services.staleness", "suture.detection.queries.coverage",
)  # fmt: skip
SBOM = cyclonedx({"name": "stitch", "version": "1.1", "purl": "pkg:pypi/stitch@1.1"})


def forget() -> None:
    """What is remembered of another order of versions."""
    for remembered in (versions.key, ranges._interval, placing.placed):
        remembered.cache_clear()


@pytest.fixture
def todays_edition() -> Iterator[Callable[[], None]]:
    """Begins with Suture as it was, when PyPI's keys had another first byte; called, it becomes today's."""
    patched = pytest.MonkeyPatch()
    before = versions._SCHEMES["pypi"]._replace(encode=lambda version: b"\x7f" + pypi.pypi(version))
    patched.setitem(versions._SCHEMES, "pypi", before)
    earlier = versions.KEYS_VERSION - 1
    for module in KNOW_THE_KEYS:
        patched.setattr(sys.modules[module], "KEYS_VERSION", earlier)
    forget()

    def become() -> None:
        patched.undo()
        forget()

    yield become
    become()


def test_a_changed_order_of_versions(committed_db: str, tmp_path: Path, todays_edition: Callable[[], None]) -> None:
    by = local_operator()
    site = register_establishment(by=by, name="Northlake Medical", address="1 Lake Road", phone="+1 555 0100")
    device = register_product(
        establishment=site, by=by, brand_name="Aria P2", common_name="Infusion pump", pathway=Product.Pathway.K510
    )
    old, new = (register_release(product=device, by=by, version=version) for version in ("1", "2"))
    feed = lines(tmp_path / "pysec.jsonl", [osv("PYSEC-1", until="1.2"), osv("PYSEC-2", until="1.0")])
    assert import_feeds([feed], by=by)[0].outcome is Outcome.IMPORTED
    take_in_sbom(release=old, data=SBOM, file_name="a.cdx.json", by=by)
    (finding,) = standing(old).values()
    assert coverage(old).verdict.assessed
    assert keyed_otherwise() == []

    todays_edition()
    assert keyed_otherwise() == ["pysec.jsonl"]
    # Nothing is claimed: what stood is told as such, and what is new was not looked at.
    assert rematch_stale() == 0
    take_in_sbom(release=new, data=SBOM, file_name="a.cdx.json", by=by)
    take_in_sbom(release=old, data=SBOM, file_name="a.cdx.json", by=by)
    for release in (old, new):
        assert not coverage(release).verdict.assessed
        assert "pysec.jsonl" in coverage(release).verdict.says
    assert "pysec.jsonl" in scan(SBOM).says
    assert not scan(SBOM).assessed
    # Nothing is dropped.
    assert standing(old) == {"PYSEC-1": finding}

    # The same file, taken in again, is read anew: every range has today's keys, and the join is right again.
    again = import_feeds([feed], by=by)[0]
    assert (again.outcome, again.counts.amended) == (Outcome.IMPORTED, 2)
    assert keyed_otherwise() == []
    keys = {versions.key("pypi", version) for version in ("1.0", "1.2")}
    natives = Range.objects.filter(t=OPEN, pkg_id__in=_packages("pypi"))
    assert {bytes(row.hi) for row in natives} == keys
    assert rematch_stale() == 2
    for release in (old, new):
        assert list(standing(release)) == ["PYSEC-1"]
        assert coverage(release).verdict.assessed
    assert standing(old) == {"PYSEC-1": finding}
    assert set(Matched.objects.values_list("keys_ver", flat=True)) == {versions.KEYS_VERSION}
    assert check_whole_portfolio().counts["differed"] == 0


def _packages(scheme: str) -> list[int]:
    return [package.pkg_id for package in Package.objects.filter(scheme=scheme)]
