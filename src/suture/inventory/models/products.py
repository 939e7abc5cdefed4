"""Establishments, products with their regulatory profile, safety statements, releases."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from suture.accounts.models import Wall


class Establishment(models.Model):
    """A site of the manufacturer: its registration, its address, and the time zone in which its dates are dates."""

    record_kind: ClassVar[str] = "establishment"

    uid = models.UUIDField(unique=True, editable=False)
    name = models.CharField(max_length=200, unique=True)
    registration_number = models.CharField(max_length=7, blank=True)  # 7 digits (21 CFR 806.10(c)(1)); '' = none
    ever_registered = models.BooleanField(null=True)  # asked for when there is no registration (806.10(c)(4))
    address = models.CharField(max_length=400)
    phone = models.CharField(max_length=60)
    time_zone = models.CharField(max_length=60, default="America/New_York")  # IANA name

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(registration_number="") | Q(registration_number__regex=r"^[0-9]{7}$"),
                name="registration_is_seven_digits",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return self.name


class Product(models.Model):
    """A device, with what regulates it. Duties hang on these fields, so 'unknown' is a value of its own (None)."""

    class Pathway(models.TextChoices):
        K510 = "510(k)", "510(k)"
        DE_NOVO = "De Novo", "De Novo"
        PMA = "PMA", "PMA"
        HDE = "HDE", "HDE"
        EXEMPT = "exempt", "exempt from premarket review"
        PREAMENDMENT = "preamendment", "preamendments device"
        INVESTIGATIONAL = "investigational", "investigational (IDE)"
        NONE_YET = "in development", "in development, not yet submitted"

    class Environment(models.TextChoices):
        HOSPITAL = "hospital"
        HOME = "home"
        IMPLANT = "implant"
        AMBULANCE = "ambulance"
        MIXED = "hospital and home"

    record_kind: ClassVar[str] = "product"

    uid = models.UUIDField(unique=True, editable=False)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="products")
    brand_name = models.CharField(max_length=200, unique=True)
    common_name = models.CharField(max_length=200)
    device_class = models.PositiveSmallIntegerField(choices=[(1, "I"), (2, "II"), (3, "III")], null=True)
    pathway = models.CharField(max_length=20, choices=Pathway)
    marketing_number = models.CharField(max_length=20, blank=True)  # K…, DEN…, P…, H…
    marketing_date = models.DateField(null=True)
    last_submission_date = models.DateField(null=True)  # decides 524B (on or after 29 Mar 2023)
    product_code = models.CharField(max_length=3, blank=True)
    listing_number = models.CharField(max_length=20, blank=True)
    udi_di = models.CharField(max_length=60, blank=True)
    periodic_report_date = models.DateField(null=True)  # next 21 CFR 814.84 report, PMA and HDE only
    tracking_order = models.BooleanField(null=True)  # 21 CFR 821
    # the three tests of FD&C Act 524B(c), each yes, no or unknown
    cyber_has_software = models.BooleanField(null=True)
    cyber_can_connect = models.BooleanField(null=True)
    cyber_could_be_vulnerable = models.BooleanField(null=True)
    intended_use = models.TextField(blank=True)
    environment = models.CharField(max_length=20, choices=Environment, blank=True)
    expected_life_months = models.PositiveIntegerField(null=True)
    supported_until = models.DateField(null=True)
    security_support_until = models.DateField(null=True)
    responsible_name = models.CharField(max_length=200, blank=True)  # who conducts corrections (806.10(c)(2))
    responsible_title = models.CharField(max_length=200, blank=True)
    responsible_phone = models.CharField(max_length=60, blank=True)
    # who may see where the units of this product line are; none: everybody in the programme
    field_wall = models.ForeignKey(Wall, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("brand_name",)

    def __str__(self) -> str:
        return self.brand_name

    @property
    def label(self) -> str:
        return self.brand_name

    @property
    def is_cyber_device(self) -> bool | None:
        """FD&C Act 524B(c): all three tests; None while one of them is unknown and none is 'no'."""
        tests = (self.cyber_has_software, self.cyber_can_connect, self.cyber_could_be_vulnerable)
        if False in tests:
            return False
        return None if None in tests else True

    @property
    def owes_periodic_report(self) -> bool:
        """PMA and HDE devices (21 CFR 814.84, 814.126(b)(1)); not 'class III' as such."""
        return self.pathway in (self.Pathway.PMA, self.Pathway.HDE)


class SafetyStatement(models.Model):
    """Safety and essential performance of a device, approved before anything is assessed (F §V.C).

    One version each; a change is a new version. Signed, or it does not count outside the demo.
    """

    record_kind: ClassVar[str] = "safety statement"

    uid = models.UUIDField(unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="statements")
    version = models.PositiveIntegerField()
    functions = models.JSONField()  # [{"name", "limits", "if_compromised", "worst_harm": 1..5}]
    acceptance_criteria = models.TextField()
    approved = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["product", "version"], name="one_statement_version"),)
        ordering = ("product", "-version")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"Safety and essential performance of {self.product.brand_name}, version {self.version}"

    def content(self) -> dict[str, Any]:
        """What a signature binds."""
        return {
            "product": self.product.uid, "version": self.version, "functions": self.functions,
            "acceptance_criteria": self.acceptance_criteria,
        }  # fmt: skip


class Release(models.Model):
    """One version of a device's software, fielded or in development."""

    class State(models.TextChoices):
        IN_DEVELOPMENT = "in development"
        RELEASED = "released"
        SUPPORTED = "supported"
        LIMITED_SUPPORT = "limited support"
        END_OF_SUPPORT = "end of support"
        RETIRED = "retired"

    record_kind: ClassVar[str] = "release"

    uid = models.UUIDField(unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="releases")
    version = models.CharField(max_length=80)
    state = models.CharField(max_length=20, choices=State, default=State.IN_DEVELOPMENT)
    released_on = models.DateField(null=True)
    first_distributed_on = models.DateField(null=True)
    last_distributed_on = models.DateField(null=True)
    units_distributed = models.PositiveIntegerField(null=True)  # None: not known; never shown as 0
    authorisation = models.CharField(max_length=200, blank=True)  # under which submission, or why none was needed
    end_of_support = models.DateField(null=True)
    sbom = models.ForeignKey("SbomDocument", on_delete=models.PROTECT, null=True, related_name="current_for")
    portfolio_rev = models.PositiveBigIntegerField(default=0)  # moves with every change of its components

    class Meta:
        constraints = (models.UniqueConstraint(fields=["product", "version"], name="one_release_version"),)
        ordering = ("product__brand_name", "-released_on", "-version")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"{self.product.brand_name} {self.version}"
