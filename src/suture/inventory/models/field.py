"""Who has our devices: consignees, their sites, whom to reach there; and the identifiers our devices carry.

A consignee is any person or firm that has received, purchased or used a device (21 CFR 806.2(c)). No row here holds a
patient's name: a patient at home is a consignee of their own kind, reached through the provider that knows the name,
under that provider's reference.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from suture.accounts.models import Tlp, Wall
from suture.inventory.models.products import Product


class Consignee(models.Model):
    """A customer or user of our devices, with the number our order system gives it."""

    class Kind(models.TextChoices):
        HOSPITAL = "hospital"
        CLINIC = "clinic"
        DISTRIBUTOR = "distributor"
        HOME_CARE = "home care", "home-care provider"
        USER_AT_HOME = "user at home", "user at home, reached through a provider"

    record_kind: ClassVar[str] = "consignee"

    uid = models.UUIDField(unique=True, editable=False)
    kind = models.CharField(max_length=20, choices=Kind)
    reference = models.CharField(max_length=60, unique=True)  # our customer number; what files name it by
    name = models.CharField(max_length=200)  # of a user at home: the provider's reference, never a patient's name
    through = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="users_at_home")
    address = models.CharField(max_length=400, blank=True)  # 806.10(c)(11) asks for address and phone
    country = models.CharField(max_length=2, blank=True)  # ISO 3166-1 alpha-2; '' = not known
    phone = models.CharField(max_length=60, blank=True)
    active = models.BooleanField(default=True)
    wall = models.ForeignKey(Wall, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    tlp = models.CharField(max_length=20, choices=Tlp, default=Tlp.AMBER)

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            models.CheckConstraint(condition=~Q(reference="") & ~Q(name=""), name="consignee_has_reference_and_name"),
            models.CheckConstraint(
                condition=Q(kind="user at home", through__isnull=False) | (~Q(kind="user at home") & Q(through=None)),
                name="user_at_home_is_reached_through_a_provider",
            ),
            models.CheckConstraint(condition=Q(through=None) | ~Q(through=F("id")), name="nobody_reaches_through_self"),
            models.CheckConstraint(
                condition=Q(country="") | Q(country__regex=r"^[A-Z]{2}$"), name="consignee_country_is_two_letters"
            ),
        )
        indexes = (models.Index(fields=["name", "id"], name="consignees_by_name"),)

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return self.name


class Site(models.Model):
    """A place of a consignee where units stand. It lies behind its consignee's wall."""

    record_kind: ClassVar[str] = "site"

    uid = models.UUIDField(unique=True, editable=False)
    consignee = models.ForeignKey(Consignee, on_delete=models.PROTECT, related_name="sites", db_index=False)
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=400, blank=True)
    country = models.CharField(max_length=2, blank=True)
    time_zone = models.CharField(max_length=60, blank=True)  # IANA name; '' = not known
    home_use = models.BooleanField(default=False)  # devices are used in patients' homes from here
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(fields=["consignee", "name"], name="one_site_name_per_consignee"),
            models.CheckConstraint(condition=~Q(name=""), name="site_has_a_name"),
            models.CheckConstraint(
                condition=Q(country="") | Q(country__regex=r"^[A-Z]{2}$"), name="site_country_is_two_letters"
            ),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"{self.consignee.name}, {self.name}"

    @property
    def wall(self) -> Wall | None:
        """Its consignee's."""
        return self.consignee.wall


class Contact(models.Model):
    """Somebody at a consignee whom we may write to or ring. Personal data: can be blanked; evidence holds none."""

    class Role(models.TextChoices):
        CLINICAL = "clinical", "clinical (ward, physician, nurse manager)"
        BIOMED = "biomed", "biomedical engineering"
        IT = "it", "hospital IT and security"
        RECALL = "recall", "recall coordinator"
        PURCHASING = "purchasing"
        HOME_CARE = "home care", "home-care coordinator"
        OTHER = "other"

    class Channel(models.TextChoices):
        MAIL = "e-mail"
        PHONE = "phone"
        LETTER = "letter"
        PORTAL = "portal"

    record_kind: ClassVar[str] = "contact"

    uid = models.UUIDField(unique=True, editable=False)
    consignee = models.ForeignKey(Consignee, on_delete=models.PROTECT, related_name="contacts")
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, null=True, blank=True, related_name="contacts"
    )  # null: all
    role = models.CharField(max_length=20, choices=Role)
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=10, default="en")  # BCP 47
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.MAIL)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("consignee", "role", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(active=False) | ~Q(email="") | ~Q(phone="") | Q(channel="letter"),
                name="active_contact_can_be_reached",
            ),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The role, never the name: labels go into evidence, which is never blanked."""
        return f"{self.get_role_display()} at {self.consignee.name}"

    @property
    def wall(self) -> Wall | None:
        """Its consignee's."""
        return self.consignee.wall


class DeviceIdentifier(models.Model):
    """A UDI-DI: the fixed part of the unique device identifier of one model or package of a product (21 CFR 801.3)."""

    class Agency(models.TextChoices):
        GS1 = "GS1"
        HIBCC = "HIBCC"
        ICCBBA = "ICCBBA"
        OTHER = "other", "other, or not told"

    record_kind: ClassVar[str] = "device identifier"

    uid = models.UUIDField(unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="identifiers")
    di = models.CharField(max_length=60, unique=True)
    agency = models.CharField(max_length=10, choices=Agency)
    about = models.CharField(max_length=200, blank=True)  # which model or package

    class Meta:
        ordering = ("di",)
        constraints = (models.CheckConstraint(condition=~Q(di=""), name="device_identifier_is_not_empty"),)

    def __str__(self) -> str:
        return self.di

    @property
    def label(self) -> str:
        return f"{self.agency} {self.di}"
