"""A world to publish records into, and a device with releases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from suture.accounts.models import Person
from suture.accounts.services import local_operator
from suture.detection.services import take_in_sbom
from suture.inventory.models import Establishment, Product, Release
from suture.inventory.services import register_establishment, register_product, register_release
from tests.rooms.detection.world import World, cyclonedx

Take = Callable[..., Any]


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture
def operator(db: None) -> Person:
    return local_operator()


@pytest.fixture
def make_release(operator: Person) -> Callable[..., Release]:
    """A release of the device 'Aria P2', by version."""

    def _make(version: str = "4.2", device: str = "Aria P2", **more: Any) -> Release:
        site = Establishment.objects.first() or register_establishment(
            by=operator, name="Northlake Medical", address="1 Lake Road", phone="+1 555 0100"
        )
        product = Product.objects.filter(brand_name=device).first() or register_product(
            establishment=site, by=operator, brand_name=device, common_name="Infusion pump",
            pathway=Product.Pathway.K510,
        )  # fmt: skip
        return register_release(product=product, by=operator, version=version, **more)

    return _make


@pytest.fixture
def release(make_release: Callable[..., Release]) -> Release:
    return make_release()


@pytest.fixture
def take(operator: Person) -> Take:
    """Take an SBOM of these components into a release."""

    def _take(release: Release, *components: dict[str, Any], **more: Any) -> Any:
        return take_in_sbom(
            release=release, data=cyclonedx(*components), file_name="device.cdx.json", by=operator, **more
        )

    return _take
