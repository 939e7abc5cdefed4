"""Who keeps which kind of promise. Add a kind: one deliverer, one line here."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings

from suture.inventory.blobs import read_blob
from suture.jobs.delivery import Deliverer, deliver_due
from suture.jobs.letters import MAIL
from suture.jobs.mail import Mail

ME = uuid4().hex  # this process; a restarted worker is another


def deliverers() -> dict[str, Deliverer]:
    """Each kind of promise and what keeps it, by the settings of this installation."""
    return {MAIL: Mail(settings.SUTURE, read_blob)}


def keep_promises() -> int:
    """The step of the background loop: deliver what is due."""
    return deliver_due(deliverers(), worker=ME)
