"""The words in which whoever reported something reads how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from suture.core.disclosure import ReportState


class Words(NamedTuple):
    """A state as a headline and as a sentence."""

    title: str | Promise
    says: str | Promise


R = ReportState
STATES: Mapping[ReportState, Words] = {
    R.RECEIVED: Words(_("Received"), _("We have your report.")),
    R.VALIDATING: Words(_("Validating"), _("We examine what you sent.")),
    R.VALID: Words(_("Valid"), _("We can reproduce it, or believe it as it stands.")),
    R.ACCEPTED: Words(_("Accepted"), _("We work on it.")),
    R.FIXING: Words(_("Fixing"), _("We build a fix, or something that protects until there is one.")),
    R.DATE_AGREED: Words(_("Date agreed"), _("The day of publication is agreed.")),
    R.PUBLISHED: Words(_("Published"), _("It is public.")),
    R.CLOSED: Words(_("Closed"), _("Your report is closed.")),
    R.INVALID: Words(_("Not confirmed"), _("We could not confirm it; our message says why. Tell us what we missed.")),
    R.DECLINED: Words(_("Not acted on"), _("We decided not to act on it; our message says why.")),
    R.DEFERRED: Words(_("Deferred"), _("We put it off; our message says why and until when.")),
}
PATH = (R.RECEIVED, R.VALIDATING, R.VALID, R.ACCEPTED, R.FIXING, R.DATE_AGREED, R.PUBLISHED, R.CLOSED)
_ASIDE = {R.INVALID: 1, R.DECLINED: 2, R.DEFERRED: 2}  # after how many of the path they leave it

WAITING: Mapping[str, str | Promise] = {
    "us": _("It is our turn now."),
    "finder": _("We asked you something: it is your turn now."),
    "fix": _("We are waiting for the fix to be tested."),
    "date": _("We are waiting for the agreed day."),
    "nobody": _("Nothing is waited for."),
}


class Step(NamedTuple):
    """One line of the list."""

    title: str | Promise
    says: str | Promise
    state: str  # done, now, next


def steps_of(state: ReportState) -> list[Step]:
    """The way of a report, with what is done, what is now, and what may follow."""
    if state in _ASIDE:
        done = [Step(*STATES[one], "done") for one in PATH[: _ASIDE[state] + 1]]
        return [*done, Step(*STATES[state], "now"), Step(*STATES[R.CLOSED], "next")]
    at = PATH.index(state)
    found = [
        Step(*STATES[one], "done" if i < at else "now" if i == at else "next") for i, one in enumerate(PATH)
    ]  # fmt: skip
    return [found[0], found[-1]] if state is R.CLOSED else found
