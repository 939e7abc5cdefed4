"""The stage: who plays, what day it is, and short ways to what stands on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from suture.accounts.models import Person
from suture.inventory.models import Product, Release
from suture.inventory.queries import product_named, release_named


@dataclass(frozen=True, slots=True)
class Stage:
    """What every scene needs. Days are told backwards from `today`, the date in Duluth."""

    people: Mapping[str, Person]
    today: date

    def __getitem__(self, username: str) -> Person:
        return self.people[username]

    def ago(self, days: int) -> date:
        """The day that many days before today."""
        return self.today - timedelta(days=days)

    def weekday(self, days: int) -> date:
        """That day, or the Friday before it where it was a weekend: letters go out on working days."""
        day = self.ago(days)
        return day - timedelta(days=max(0, day.weekday() - 4))

    def ahead(self, days: int) -> date:
        """The day that many days after today."""
        return self.today + timedelta(days=days)

    def product(self, name: str) -> Product:
        """A device by its brand name."""
        return product_named(name)

    def release(self, name: str) -> Release:
        """A release by its brand name and version."""
        return release_named(name)

    def releases(self, *names: str) -> list[Release]:
        """Several releases."""
        return [release_named(name) for name in names]
