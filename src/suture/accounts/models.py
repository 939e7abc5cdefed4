"""People, walls, signatures."""

from __future__ import annotations

from typing import ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from suture.core.roles import Role


class Tlp(models.TextChoices):
    """Traffic Light Protocol 2.0 (FIRST, August 2022)."""

    CLEAR = "TLP:CLEAR"
    GREEN = "TLP:GREEN"
    AMBER = "TLP:AMBER"
    AMBER_STRICT = "TLP:AMBER+STRICT"
    RED = "TLP:RED"


class Person(AbstractBaseUser):
    """Someone who acts in Suture. Never deleted and never renamed to another human being (21 CFR 11.100(a))."""

    class Kind(models.TextChoices):
        HUMAN = "human", "a person"
        OPERATOR = "operator", "the named local operator at the command line"
        SYSTEM = "system", "Suture itself"

    record_kind: ClassVar[str] = "person"

    uid = models.UUIDField(unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.HUMAN)
    username = models.CharField(max_length=80, unique=True)
    printed_name = models.CharField(max_length=200)
    title = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=60, blank=True)
    role_names = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "username"
    objects: ClassVar[BaseUserManager[Self]] = BaseUserManager()

    def __str__(self) -> str:
        return self.printed_name

    @property
    def label(self) -> str:
        return self.printed_name

    @property
    def roles(self) -> frozenset[Role]:
        """What this person is, in the programme's words."""
        return frozenset(Role(name) for name in self.role_names)


class Wall(models.Model):
    """Who is admitted to what is embargoed. A row behind a wall does not exist for anybody else."""

    record_kind: ClassVar[str] = "wall"

    uid = models.UUIDField(unique=True, editable=False)
    name = models.CharField(max_length=200, unique=True)
    admitted = models.ManyToManyField(Person, related_name="walls")

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return self.name


class Signature(models.Model):
    """An electronic signature: printed name, time, meaning, bound to one version of one record (21 CFR 11.50, 11.70).

    Append-only. It holds while the record's digest is the signed one; a changed record has no signature.
    """

    record_kind: ClassVar[str] = "signature"

    uid = models.UUIDField(unique=True, editable=False)
    signer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="signatures")
    printed_name = models.CharField(max_length=200)
    as_role = models.CharField(max_length=40)
    meaning = models.CharField(max_length=200)
    signed_at = models.DateTimeField()
    signed_kind = models.CharField(max_length=60)
    signed_uid = models.UUIDField()
    signed_label = models.CharField(max_length=300)
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = (models.Index(fields=["signed_kind", "signed_uid"], name="signatures_of_record"),)

    def __str__(self) -> str:
        return f"{self.printed_name}, {self.meaning}, {self.signed_at:%Y-%m-%d %H:%M} UTC"

    @property
    def label(self) -> str:
        return str(self)
