"""What a product's profile says for matching: CPE names of the device itself, and what it has not."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from suture.accounts.models import Person
from suture.core.profile import OwnName, absent_pattern, own_name
from suture.inventory.models.products import Product, Release


class ProfileEntry(models.Model):
    """What the manufacturer says of a device for matching, with why and what shows it. It is ended, never changed."""

    uid = models.UUIDField(unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="%(class)ss")
    cpe = models.CharField(max_length=1000)  # as given
    because = models.TextField()
    evidence = models.TextField()  # what shows it: a link, a document, a test
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    ended_because = models.TextField(blank=True)

    class Meta:
        abstract = True
        ordering = ("product", "made_at", "pk")


class DeviceName(ProfileEntry):
    """A CPE name of the device itself: its hardware, its firmware, or the application it is sold as."""

    record_kind: ClassVar[str] = "device name"

    release = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, related_name="+")  # None: of each
    package = models.CharField(max_length=1000)  # 'o:northlake:boreal_v20_firmware'
    version = models.CharField(max_length=80, blank=True)  # '' = the release's own

    class Meta(ProfileEntry.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=["product", "package"], condition=Q(ended_at=None, release=None), name="one_device_name"
            ),
            models.UniqueConstraint(
                fields=["release", "package"], condition=Q(ended_at=None) & ~Q(release=None), name="one_name_of_release"
            ),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"{self.package} of {self.release.label if self.release else self.product.brand_name}"[:300]

    @property
    def own(self) -> OwnName:
        """The name, read."""
        return own_name(self.cpe, self.version)


class AbsentPlatform(ProfileEntry):
    """A platform or product the device has not, in any version: 'never runs on Windows', 'no Bluetooth module'."""

    record_kind: ClassVar[str] = "absent platform"

    name = models.CharField(max_length=200)  # in words: 'Microsoft Windows'

    class Meta(ProfileEntry.Meta):
        constraints = (
            models.UniqueConstraint(fields=["product", "cpe"], condition=Q(ended_at=None), name="one_absent_platform"),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"no {self.name} in {self.product.brand_name}"

    @property
    def pattern(self) -> str:
        """As matching reads it: 'o:microsoft:windows*'."""
        return absent_pattern(self.cpe)
