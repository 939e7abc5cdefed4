"""What whoever has no account may fill in: a few words are enough."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from suture.core.facts import Answer
from suture.disclosure.services import Sender, Telling
from suture.disclosure.services.receiving import LONGEST_TEXT
from suture.web.forms import Form, TextField


class ReportForm(Form):
    """The report; everything but the first field is optional."""

    what = TextField(
        label=_("What did you find?"), rows=6, max_length=LONGEST_TEXT, strip=False,
        help_text=_("What you did, what happened, what you expected. Please leave out patient data."),
    )  # fmt: skip
    device = forms.CharField(
        label=_("Which device?"), max_length=300, required=False,
        help_text=_("The name on the label is enough."),
    )  # fmt: skip
    device_version = forms.CharField(label=_("Its release or serial number"), max_length=120, required=False)
    harm = forms.ChoiceField(
        label=_("Could a patient be hurt?"), required=False, widget=forms.RadioSelect,
        choices=[("yes", _("Yes, I think so")), ("no", _("No")), ("unknown", _("I do not know"))], initial="unknown",
    )  # fmt: skip
    public = forms.BooleanField(label=_("It is public, or will be soon"), required=False)
    exploited = forms.BooleanField(label=_("Somebody is using it against devices now"), required=False)
    cvss = forms.CharField(
        label=_("CVSS vector"), max_length=400, required=False, help_text=_("If you made one. Any version.")
    )
    proof = TextField(
        label=_("How can we see it ourselves?"), rows=4, max_length=LONGEST_TEXT, required=False, strip=False
    )
    name = forms.CharField(label=_("Your name"), max_length=200, required=False)
    contact = forms.CharField(
        label=_("How can we reach you?"), max_length=300, required=False,
        help_text=_("A mail address is best. Without it, your private link is the only way: you stay anonymous."),
    )  # fmt: skip
    credit = forms.CharField(
        label=_("How shall we name you in the advisory?"), max_length=200, required=False,
        help_text=_("Leave it empty to be named nowhere."),
    )  # fmt: skip

    def telling(self) -> Telling:
        """What is told."""
        given: dict[str, Any] = self.cleaned_data
        plain = ("what", "device", "device_version", "cvss", "proof", "public", "exploited")
        return Telling(harm=Answer(given["harm"] or "unknown"), **{key: given[key] for key in plain})

    def sender(self) -> Sender:
        """Who tells it."""
        return Sender(**{key: self.cleaned_data[key] for key in ("name", "contact", "credit")})


class WordForm(Form):
    """A message of the finder."""

    text = TextField(label=_("Write to us"), rows=4, max_length=LONGEST_TEXT)
