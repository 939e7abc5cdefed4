"""Verbs of disclosure. Doors import them from here."""

from suture.disclosure.services.coordinating import (
    add_participant,
    approve_advisory,
    move_embargo,
    move_participant,
    write_advisory,
)
from suture.disclosure.services.linking import link_to_case, open_case_of_report
from suture.disclosure.services.moving import close_as_duplicate, guards_of, move_report
from suture.disclosure.services.quality import (
    evaluate_mdr,
    missing_items,
    name_references,
    needs_complaint,
    record_complaint,
    record_service,
)
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
from suture.disclosure.services.watching import note_look, watch_source

__all__ = [
    "Received",
    "Sender",
    "Telling",
    "acknowledge_report",
    "add_participant",
    "answer_finder",
    "approve_advisory",
    "close_as_duplicate",
    "evaluate_mdr",
    "guards_of",
    "hear_finder",
    "link_to_case",
    "mark_read",
    "mark_read_by_finder",
    "missing_items",
    "move_embargo",
    "move_participant",
    "move_report",
    "name_references",
    "needs_complaint",
    "note_attachment_opened",
    "note_look",
    "open_case_of_report",
    "receive_report",
    "record_complaint",
    "record_service",
    "take_in_report",
    "waiting_for",
    "watch_source",
    "write_advisory",
]
