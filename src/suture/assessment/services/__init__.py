"""Verbs of assessment. Doors and later rooms import them from here."""

from suture.assessment.services.adopting import adopt_judgements
from suture.assessment.services.cases import hand_over, move_case, open_case, set_reassessment
from suture.assessment.services.controls import (
    confirm_in_use,
    end_control,
    propose_control,
    recommend_control,
    verify_control,
)
from suture.assessment.services.facts import (
    SIGNED_KINDS,
    add_fact,
    choose_initiation,
    record_fact,
    set_learned,
    sign_long_term_control,
)
from suture.assessment.services.impact import answer_impact, answer_not_present
from suture.assessment.services.judging import assess_exploitability, assess_harm, record_dissent, start_assessment
from suture.assessment.services.narrowing import answer_components, restate_answers
from suture.assessment.services.reopening import reopen_expired, reopen_exploited
from suture.assessment.services.signing import propose_assessment, return_assessment, sign_assessment
from suture.assessment.services.taking import role_for, take_case, touch

__all__ = [
    "SIGNED_KINDS",
    "add_fact",
    "adopt_judgements",
    "answer_components",
    "answer_impact",
    "answer_not_present",
    "assess_exploitability",
    "assess_harm",
    "choose_initiation",
    "confirm_in_use",
    "end_control",
    "hand_over",
    "move_case",
    "open_case",
    "propose_assessment",
    "propose_control",
    "recommend_control",
    "record_dissent",
    "record_fact",
    "reopen_expired",
    "reopen_exploited",
    "restate_answers",
    "return_assessment",
    "role_for",
    "set_learned",
    "set_reassessment",
    "sign_assessment",
    "sign_long_term_control",
    "start_assessment",
    "take_case",
    "touch",
    "verify_control",
]
