"""Units in the field: each one, what was last known of it and by whom, and counts of them.

Sized for 1,000,000 units and more: integer keys, small columns, one covering index for counting.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from suture.accounts.models import Person, Wall
from suture.inventory.models.field import DeviceIdentifier, Site
from suture.inventory.models.products import Product, Release


class Unit(models.Model):
    """One device with its serial number, and where, in what state and with what software it was last known to be.

    The history stands in `Sighting`; the columns here repeat the latest one, so that a million can be counted.
    """

    class State(models.IntegerChoices):
        FIELDED = 1, "fielded"
        LENT = 2, "lent"
        SOLD_ON = 3, "sold on"
        RETIRED = 4, "retired"
        LOST = 5, "lost"  # where it is, nobody knows; it still counts

    class Source(models.IntegerChoices):
        """Who or what told us."""

        SHIPPING = 1, "our shipping records"
        SERVICE_SYSTEM = 2, "a service system"
        SERVICE_VISIT = 3, "a service visit"
        CONSIGNEE = 4, "the consignee"
        DEVICE = 5, "the device itself"
        OTHER = 6, "another source"

    record_kind: ClassVar[str] = "unit"

    uid = models.UUIDField(unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="units", db_index=False)
    identifier = models.ForeignKey(
        DeviceIdentifier, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    serial = models.CharField(max_length=60)
    lot = models.CharField(max_length=60, blank=True)
    manufactured_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    distributed_on = models.DateField(null=True)
    release = models.ForeignKey(
        Release, on_delete=models.PROTECT, null=True, related_name="units", db_index=False
    )  # None: not known which; counted apart, never dropped
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="units", db_index=False)
    state = models.PositiveSmallIntegerField(choices=State, default=State.FIELDED)
    source = models.PositiveSmallIntegerField(choices=Source, default=Source.SHIPPING)
    last_known_on = models.DateField(null=True)  # None: never confirmed since it was distributed
    implanted = models.BooleanField(default=False)  # its serial number is a patient's privacy (21 CFR 806.40)
    home_use = models.BooleanField(default=False)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["serial", "product"], name="one_serial_per_product"),
            models.CheckConstraint(condition=~Q(serial=""), name="unit_has_a_serial"),
            models.CheckConstraint(condition=Q(state__gte=1, state__lte=5), name="unit_state_is_known"),
        )
        indexes = (
            models.Index(
                fields=["site", "product", "release", "state", "last_known_on", "home_use"], name="units_counted"
            ),
            models.Index(fields=["product", "id"], name="units_of_product"),
            models.Index(fields=["release", "id"], name="units_of_release"),
            models.Index(fields=["last_known_on", "id"], name="units_by_last_known"),
            models.Index(fields=["state", "id"], name="units_out_of_the_ordinary", condition=~Q(state=1)),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """With its serial number, except of an implanted unit: labels go into evidence and papers (21 CFR 806.40)."""
        return f"{self.product.brand_name} {self.shown_serial}"

    @property
    def shown_serial(self) -> str:
        """The serial number as it may leave the house: of an implanted unit, a handle of our own instead."""
        return f"implanted, unit {str(self.uid)[-12:]}" if self.implanted else self.serial

    @property
    def wall(self) -> Wall | None:
        """Its site's. The product line's is asked for in the queries."""
        return self.site.wall

    @property
    def in_denominator(self) -> bool:
        """Whether it counts among the units in the field. Only retirement, with evidence, takes a unit out."""
        return self.state != Unit.State.RETIRED


class FieldReport(models.Model):
    """One message about units: a file, an upload of a service system, or a person's entry. Append-only."""

    record_kind: ClassVar[str] = "field report"

    uid = models.UUIDField(unique=True, editable=False)
    source = models.PositiveSmallIntegerField(choices=Unit.Source)
    from_whom = models.CharField(max_length=200, blank=True)
    file_name = models.CharField(max_length=300, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)  # of the input; '' for a single entry by hand
    rows_read = models.PositiveIntegerField(default=1)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    result_sha256 = models.CharField(max_length=64, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"{self.file_name or self.get_source_display()} ({self.rows_read} units)"


class Sighting(models.Model):
    """What was known of one unit at one time: where, in what state, with which release. Append-only."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="sightings")
    report = models.ForeignKey(FieldReport, on_delete=models.PROTECT, related_name="sightings", db_index=False)
    seen_on = models.DateField(null=True)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.PositiveSmallIntegerField(choices=Unit.State)
    note = models.CharField(max_length=500, blank=True)  # for what is retired: the evidence

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(condition=~Q(state=4) | ~Q(note=""), name="retirement_names_its_evidence"),
        )

    def __str__(self) -> str:
        return f"{self.get_state_display()} on {self.seen_on}"


class UnitCount(models.Model):
    """How many units stand at one site, of one product, release and state, last known in one month. Derived.

    Kept by `inventory.field.counting`, so that pages and the blast radius never walk a million rows. The month is its
    first day; freshness is asked for by month, so that these counts answer it exactly.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="counts", db_index=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+", db_index=False)
    release = models.ForeignKey(Release, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    state = models.PositiveSmallIntegerField(choices=Unit.State)
    known_month = models.DateField(null=True)
    home_use = models.BooleanField()
    units = models.PositiveIntegerField()

    class Meta:
        indexes = (
            models.Index(fields=["site", "product", "release"], name="counts_of_site"),
            models.Index(fields=["product", "release", "site"], name="counts_of_release"),
        )

    def __str__(self) -> str:
        return f"{self.units} units"
