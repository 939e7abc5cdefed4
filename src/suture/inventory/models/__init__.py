"""Rows of the inventory, by subject: products, SBOMs, the field."""

from suture.inventory.models.field import Consignee, Contact, DeviceIdentifier, Site
from suture.inventory.models.field_units import FieldReport, Sighting, Unit, UnitCount
from suture.inventory.models.products import Establishment, Product, Release, SafetyStatement
from suture.inventory.models.sboms import Component, HeldSbom, SbomDocument

__all__ = [
    "Component",
    "Consignee",
    "Contact",
    "DeviceIdentifier",
    "Establishment",
    "FieldReport",
    "HeldSbom",
    "Product",
    "Release",
    "SafetyStatement",
    "SbomDocument",
    "Sighting",
    "Site",
    "Unit",
    "UnitCount",
]
