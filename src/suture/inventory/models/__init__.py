"""Rows of the inventory, by subject: products and their profile, SBOMs, the field."""

from suture.inventory.models.field import Consignee, Contact, DeviceIdentifier, Site
from suture.inventory.models.field_units import FieldReport, Sighting, Unit, UnitCount
from suture.inventory.models.products import Establishment, Product, Release, SafetyStatement
from suture.inventory.models.profile import AbsentPlatform, DeviceName, ProfileEntry
from suture.inventory.models.sboms import Component, HeldSbom, SbomDocument

__all__ = [
    "AbsentPlatform",
    "Component",
    "Consignee",
    "Contact",
    "DeviceIdentifier",
    "DeviceName",
    "Establishment",
    "FieldReport",
    "HeldSbom",
    "Product",
    "ProfileEntry",
    "Release",
    "SafetyStatement",
    "SbomDocument",
    "Sighting",
    "Site",
    "Unit",
    "UnitCount",
]
