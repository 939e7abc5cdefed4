"""Forms of an 806 report and of an 806.20 record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from suture.core.reports806 import ItemRule
from suture.web.forms import DateField, Form, TextField

CONSIGNEE_COLUMNS = ("name", "address", "phone", "dates", "number")
BY_NATURE = ("report_number",)  # given on submission, never typed


class ItemForm(Form):
    """The values of one item as text, and what is pending about it."""

    def __init__(self, rule: ItemRule, answers: Mapping[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule = rule
        said, pending = answers.get("values", {}), answers.get("pending", {}).get(str(rule.number), {})
        for key, label in rule.parts.items():
            if key not in BY_NATURE:
                name, given = label[:1].upper() + label[1:], said.get(key, "")
                text = TextField(label=name, required=False, initial=given, rows=2)
                text.help_text = _("Leave empty to use what the record holds.")
                self.add(f"v_{key}", text)
        if rule.number == 11:
            lines = TextField(
                label=_("Consignees"), required=False, rows=10, initial=_as_lines(answers.get("consignees"))
            )
            lines.help_text = _("One on each line: name | address | telephone | dates of distribution | number")
            self.add("consignees", lines)
        why = forms.CharField(
            label=_("Why something is not available yet"), required=False, initial=pending.get("why", ""),
            help_text=_("Goes into item 13."),
        )  # fmt: skip
        self.add("why", why)
        self.add("by", DateField(label=_("Will be submitted on"), required=False, initial=pending.get("by") or None))

    def clean_consignees(self) -> list[dict[str, Any]] | None:
        """Lines as rows; None while nobody compiled the list."""
        text = self.cleaned_data["consignees"].strip()
        if not text:
            return None
        found: list[dict[str, Any]] = []
        for n, line in enumerate(text.splitlines(), 1):
            if not line.strip():
                continue
            cells = [cell.strip() for cell in line.split("|")]
            if len(cells) > len(CONSIGNEE_COLUMNS):
                raise ValidationError(_now("line %(n)d has more than five columns") % {"n": n})
            row: dict[str, Any] = dict(zip(CONSIGNEE_COLUMNS, cells, strict=False))
            number = row.pop("number", "")
            if number and not number.isdigit():
                raise ValidationError(_now("line %(n)d: the number of devices is a whole number") % {"n": n})
            found.append({**row, "number": int(number) if number else None})
        return found

    def merged(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """What the room is to keep: this item's texts over those of the others."""
        values = dict(answers.get("values", {}))
        for key in self.rule.parts:
            text = self.cleaned_data.get(f"v_{key}", "").strip()
            values.pop(key, None)
            if text:
                values[key] = text
        pending = {**answers.get("pending", {})}
        pending.pop(str(self.rule.number), None)
        why, by = self.cleaned_data["why"].strip(), self.cleaned_data["by"]
        if why or by:
            pending[str(self.rule.number)] = {"why": why, "by": by.isoformat() if by else ""}
        written: dict[str, Any] = {"values": values, "pending": pending}
        if self.rule.number == 11:
            written["consignees"] = self.cleaned_data["consignees"]
        return written


def _as_lines(listed: Any) -> str:
    if not listed:
        return ""
    return "\n".join(
        " | ".join("" if one.get(key) is None else str(one.get(key, "")) for key in CONSIGNEE_COLUMNS) for one in listed
    )


class SubmitForm(Form):
    """That an approved report was sent."""

    on = DateField(label=_("Sent on"))
    receipt = forms.CharField(
        label=_("Receipt"),
        required=False,
        max_length=200,
        help_text=_("eSubmitter or e-mail; the number is given on this day and never reused."),
    )
    because = forms.CharField(label=_("Note"), required=False, max_length=400)


class ReceiptForm(Form):
    """FDA's acknowledgement."""

    receipt = forms.CharField(label=_("FDA's acknowledgement"), max_length=200)


class RecordForm(Form):
    """Why it is not reported, and what was concluded."""

    justification = TextField(
        label=_("Justification for not reporting"),
        rows=6,
        help_text=_(
            "Never 'no report required' where the enforcement policy is relied on: FDA does not intend to enforce "
            "while the conditions hold."
        ),
    )
    follow_ups = TextField(label=_("Conclusions and any follow-ups"), rows=4)
