"""Where a component is looked for under another name: a commit has no place among another name's releases."""

from __future__ import annotations

import pytest

from suture.core.components import Component, Identity, PackageKind
from suture.core.components import Package as PackageName
from suture.core.vulnerabilities import ReviewReason
from suture.detection.crosswalk import SHIPPED
from suture.detection.portfolio import names_a_commit, places

MODULE = PackageName(PackageKind.PURL, "golang", "golang/example.org/engine")
PRODUCT = PackageName(PackageKind.CPE, "loose", "a:example:engine")


class Reviewed:
    """A crosswalk that calls the two one product."""

    def identities(self, supplier: str, name: str, version: str) -> tuple[Identity, ...]:
        return ()

    def also_called(self, package: PackageName) -> tuple[PackageName, ...]:
        return (PRODUCT,) if package == MODULE else ()


@pytest.mark.parametrize(
    ("version", "commit"),
    [
        ("v1.4.1-0.20201022071705-85942c5703cf", True),  # after v1.4.0
        ("v0.0.0-20191109021931-daa7c04131f5", True),  # no tag before it
        ("v17.12.0-ce-rc1.0.20200309214505-aa6a9891b09c+incompatible", True),  # after a pre-release
        ("v1.4.1", False),
        ("v1.4.1-rc.1", False),
        ("v20.10.18+incompatible", False),
        ("20201022071705", False),
    ],
)
def test_a_go_pseudo_version_names_a_commit(version: str, commit: bool) -> None:
    """Go Modules Reference, "Pseudo-versions"."""
    assert bool(names_a_commit(version)) is commit


@pytest.mark.parametrize(("version", "possible"), [("v1.4.1", False), ("v1.4.1-0.20201022071705-85942c5703cf", True)])
def test_a_commit_is_possible_under_another_name_and_placed_under_its_own(version: str, possible: bool) -> None:
    component = Component(ref="c", name="engine", version=version, purls=(f"pkg:golang/example.org/engine@{version}",))
    found = places(component, crosswalk=Reviewed())  # type: ignore[arg-type]
    assert any(one.at.name == MODULE.name for one in found.placed)
    assert [one.reason for one in found.unplaced if one.at.name == PRODUCT.name] == [ReviewReason.COMMITS] * possible
    assert any(one.at.name == PRODUCT.name for one in found.placed) is not possible
    assert places(component, crosswalk=SHIPPED).unplaced == ()
