"""Rows of remediation, by subject: the control library, plans, campaigns, notices, field service."""

from suture.remediation.models.campaigns import Campaign, DayChange, EffectivenessCheck, Tally, UnitTask
from suture.remediation.models.controls import ControlEntry, ControlUse
from suture.remediation.models.notices import Delivery, Notice, NoticeVariant
from suture.remediation.models.plans import Plan
from suture.remediation.models.portal import PortalCode, Question
from suture.remediation.models.servicing import ServiceOrder

__all__ = [
    "Campaign",
    "ControlEntry",
    "ControlUse",
    "DayChange",
    "Delivery",
    "EffectivenessCheck",
    "Notice",
    "NoticeVariant",
    "Plan",
    "PortalCode",
    "Question",
    "ServiceOrder",
    "Tally",
    "UnitTask",
]
