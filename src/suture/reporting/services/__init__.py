"""Verbs of reporting. Doors import them from here."""

from suture.reporting.services.decisions import decide, sign_decision
from suture.reporting.services.documents import print_record806, print_report806
from suture.reporting.services.records import draft_record806, sign_record806
from suture.reporting.services.reports import (
    content_of,
    move_report806,
    open_report806,
    report_guards,
    store_receipt,
    submit_report806,
    write_report806,
)
from suture.reporting.services.steps import take_step

__all__ = [
    "content_of",
    "decide",
    "draft_record806",
    "move_report806",
    "open_report806",
    "print_record806",
    "print_report806",
    "report_guards",
    "sign_decision",
    "sign_record806",
    "store_receipt",
    "submit_report806",
    "take_step",
    "write_report806",
]
