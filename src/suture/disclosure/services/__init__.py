"""Verbs of disclosure. Doors import them from here."""

from suture.disclosure.services.linking import link_to_case, open_case_of_report
from suture.disclosure.services.moving import close_as_duplicate, guards_of, move_report
from suture.disclosure.services.receiving import Received, Sender, Telling, receive_report, take_in_report
from suture.disclosure.services.talking import (
    acknowledge_report,
    answer_finder,
    hear_finder,
    mark_read,
    mark_read_by_finder,
    note_attachment_opened,
    waiting_for,
)

__all__ = [
    "Received",
    "Sender",
    "Telling",
    "acknowledge_report",
    "answer_finder",
    "close_as_duplicate",
    "guards_of",
    "hear_finder",
    "link_to_case",
    "mark_read",
    "mark_read_by_finder",
    "move_report",
    "note_attachment_opened",
    "open_case_of_report",
    "receive_report",
    "take_in_report",
    "waiting_for",
]
