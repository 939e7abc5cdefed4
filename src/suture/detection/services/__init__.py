"""Verbs of detection: match a release, work off what is stale, take in an SBOM, state a finding."""

from suture.detection.moments import end_of, revision_at
from suture.detection.services.asof import AnswerThen, findings_as_of
from suture.detection.services.completeness import check_feeds
from suture.detection.services.corrections import correct_match, lapse_corrections, withdraw_correction
from suture.detection.services.crosswalk import confirm_pair, reject_pair, take_back_pair
from suture.detection.services.holding import decide_held, label_matches
from suture.detection.services.ledger import name_owner, name_source_owner
from suture.detection.services.matching import match_release
from suture.detection.services.profile import declare_absent, name_device, withdraw_absence, withdraw_name
from suture.detection.services.review import decide_review, decide_reviews, settle_reviews, take_back_review
from suture.detection.services.sboms import Taken, take_in_held, take_in_sbom
from suture.detection.services.staleness import check_whole_portfolio, rematch_stale, stale_releases
from suture.detection.services.statements import add_manual_finding, take_back_statement
from suture.detection.services.suggestions import look_for_suggestions
from suture.detection.services.texts import end_text_watch, judge_candidate, watch_text, watch_texts

__all__ = [
    "AnswerThen",
    "Taken",
    "add_manual_finding",
    "check_feeds",
    "check_whole_portfolio",
    "confirm_pair",
    "correct_match",
    "decide_held",
    "decide_review",
    "decide_reviews",
    "declare_absent",
    "end_of",
    "end_text_watch",
    "findings_as_of",
    "judge_candidate",
    "label_matches",
    "lapse_corrections",
    "look_for_suggestions",
    "match_release",
    "name_device",
    "name_owner",
    "name_source_owner",
    "reject_pair",
    "rematch_stale",
    "revision_at",
    "settle_reviews",
    "stale_releases",
    "take_back_pair",
    "take_back_review",
    "take_back_statement",
    "take_in_held",
    "take_in_sbom",
    "watch_text",
    "watch_texts",
    "withdraw_absence",
    "withdraw_correction",
    "withdraw_name",
]
