"""What every page carries: the rail, whose installation this is, the clock, and the state of monitoring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from suture.demo.people import CAST, PASSWORD, Character
from suture.evidence.clock import is_moved, now, today
from suture.inventory.models import Establishment
from suture.policy.queries import installation
from suture.web.dates import short
from suture.web.sources import monitoring

FALLBACK_ZONE = "UTC"  # before the first establishment is registered


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the rail."""

    name: str
    label: str | Promise
    icon: str
    url_name: str
    count: int | None = None

    @property
    def url(self) -> str:
        return reverse(self.url_name)


RAIL: tuple[Place, ...] = (
    Place("today", _("Today"), "i-today", "today"),
    Place("intake", _("Intake"), "i-inbox", "intake"),
    Place("devices", _("Devices"), "i-device", "devices"),
    Place("vulnerabilities", _("Vulnerabilities"), "i-bug", "vulnerabilities"),
    Place("cases", _("Cases"), "i-case", "cases"),
    Place("campaigns", _("Campaigns"), "i-field", "campaigns"),
    Place("controls", _("Controls"), "i-lock", "control-library"),
    Place("reports", _("Reports"), "i-report", "reports"),
    Place("field", _("Field"), "i-field", "field"),
    Place("sharing", _("Sharing"), "i-share", "sharing"),
    Place("proof", _("Proof"), "i-proof", "proof"),
    Place("policy", _("Policy"), "i-rule", "policy"),
    Place("people", _("People"), "i-people", "people"),
)


def site_zone() -> str:
    """The time zone in which pages show dates: that of the first establishment."""
    zone = Establishment.objects.order_by("pk").values_list("time_zone", flat=True).first()
    return zone or FALLBACK_ZONE


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame's facts, read once for a page."""

    zone: str
    now: datetime
    today: date
    manufacturer: str
    demo: bool
    clock_moved: bool

    @property
    def cast(self) -> tuple[Character, ...]:
        """Whom to sign in as, on the demo's login page; nobody anywhere else."""
        return CAST if self.demo else ()

    @property
    def demo_password(self) -> str:
        return PASSWORD if self.demo else ""

    @property
    def when(self) -> str:
        """'Mon 23 Nov 2026, 12:06 CST', at the site."""
        there = self.now.astimezone(ZoneInfo(self.zone))
        return f"{short(there.date())}, {there:%H:%M} {there.tzname()}"


def frame_of(request: HttpRequest) -> Frame:
    """The frame's facts of this request, read on first use."""
    kept: Frame | None = getattr(request, "_frame", None)
    if kept is None:
        zone, whose = site_zone(), installation()
        kept = Frame(
            zone=zone, now=now(), today=today(zone), manufacturer=whose.manufacturer if whose else "",
            demo=bool(whose and whose.demo), clock_moved=is_moved(),
        )  # fmt: skip
        request._frame = kept  # type: ignore[attr-defined]
    return kept


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of every template: `frame`, and `today` and `zone` for the date filters."""
    known = getattr(request, "user", None) is not None and request.user.is_authenticated
    facts = frame_of(request)
    return {
        "rail": RAIL if known else (),
        "frame": facts,
        "today": facts.today,
        "zone": facts.zone,
        "monitoring": SimpleLazyObject(monitoring),  # not asked for by fragments and by the login page
        "look": request.COOKIES.get("look") if request.COOKIES.get("look") in ("light", "dark") else "light",
    }
