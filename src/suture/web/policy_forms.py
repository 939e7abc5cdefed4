"""Forms that write a new version of a policy: the matrix, the exploitability mapping, searches and closures.

Each starts from what holds now, or from the example Suture ships. What makes sense is the rules' to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from suture.core import disclosure_policy, exploitability, risk
from suture.core.exploitability import FACTOR_NAMES, FACTORS, Exploitability
from suture.core.harm import HarmSeverity
from suture.core.risk import Outcome
from suture.policy.models import PolicyKind
from suture.web.case_forms import QUESTIONS
from suture.web.forms import BecauseField, Form, TextField

LEVELS = [(level.word, level.label) for level in Exploitability]
OUTCOMES = [(outcome.word, outcome.label) for outcome in Outcome]
MOST_POINTS = 1000


class PolicyForm(Form):
    """What every kind asks: a name and the reason; `body()` gives the content a signature will bind."""

    name = forms.CharField(label=_("Name"), max_length=200, help_text=_("As it will stand beside every verdict."))
    because = BecauseField(label=_("Why, and what is different"))

    def grid(self) -> list[tuple[Any, list[tuple[Any, Any]]]]:
        """Rows of fields, for the kinds that are a table: (heading, [(caption, field)])."""
        return []

    def rest(self) -> list[Any]:
        """The fields that stand in no table."""
        inside = {field.name for _heading, row in self.grid() for _caption, field in row}
        return [field for field in self if field.name not in inside]

    def body(self, version: str) -> dict[str, Any]:
        """The content, as it is stored, hashed and signed: the fields themselves, unless a kind has another shape."""
        return {key: value for key, value in self.cleaned_data.items() if key not in ("name", "because")}


class MatrixForm(PolicyForm):
    """Fifteen cells, each controlled, uncontrolled, or a judgement that two people sign."""

    def __init__(self, start: Mapping[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = risk.from_json(start)
        for level in Exploitability:
            for harm in HarmSeverity:
                field = forms.ChoiceField(label="", choices=OUTCOMES, initial=now.cell(level, harm).word)
                field.widget.attrs["aria-label"] = f"{level.label} exploitability, {harm.label} harm"
                self.add(f"{level.word}_{harm.word}", field)

    def grid(self) -> list[tuple[Any, list[tuple[Any, Any]]]]:
        """The most exploitable on top, as the matrix is drawn."""
        return [
            (level.label, [(harm.label, self[f"{level.word}_{harm.word}"]) for harm in HarmSeverity])
            for level in reversed(Exploitability)
        ]

    def body(self, version: str) -> dict[str, Any]:
        """The table, row by row."""
        given = self.cleaned_data
        table = {
            level.word: [given[f"{level.word}_{harm.word}"] for harm in HarmSeverity]
            for level in reversed(Exploitability)
        }
        return {"version": version, "label": given["name"], "table": table}


class MappingForm(PolicyForm):
    """Points for each factor, and from how many points a level begins."""

    medium_from = forms.IntegerField(label=_("Medium from, points"), min_value=1, max_value=MOST_POINTS)
    high_from = forms.IntegerField(label=_("High from, points"), min_value=2, max_value=MOST_POINTS)
    known_exploited_floor = forms.ChoiceField(label=_("Known to be exploited: at least"), choices=LEVELS)
    public_exploit_floor = forms.ChoiceField(label=_("A public exploit exists: at least"), choices=LEVELS)

    def __init__(self, start: Mapping[str, Any], *args: Any, **kwargs: Any) -> None:
        now = exploitability.from_json(start)
        kwargs["initial"] = {
            "medium_from": now.medium_from, "high_from": now.high_from,
            "known_exploited_floor": now.known_exploited_floor.word,
            "public_exploit_floor": now.public_exploit_floor.word,
        } | dict(kwargs.get("initial") or {})  # fmt: skip
        super().__init__(*args, **kwargs)
        for name, values in FACTORS.items():
            for value in values:
                field = forms.IntegerField(
                    label="", min_value=0, max_value=MOST_POINTS, initial=now.points[name][value]
                )
                field.widget.attrs["aria-label"] = f"{FACTOR_NAMES[name]}: {_says(name, value)}"
                self.add(f"p_{name}_{value}", field)

    def grid(self) -> list[tuple[Any, list[tuple[Any, Any]]]]:
        """A row for each factor, easiest for an attacker first."""
        return [
            (FACTOR_NAMES[name].capitalize(), [(_says(name, value), self[f"p_{name}_{value}"]) for value in values])
            for name, values in FACTORS.items()
        ]

    def body(self, version: str) -> dict[str, Any]:
        """Points, thresholds and floors."""
        given = self.cleaned_data
        points = {name: {value: given[f"p_{name}_{value}"] for value in values} for name, values in FACTORS.items()}
        plain = ("medium_from", "high_from", "known_exploited_floor", "public_exploit_floor")
        return {"version": version, "label": given["name"], "points": points, **{key: given[key] for key in plain}}


def _says(name: str, value: str) -> str:
    """'Network' for AV:N, in the words the assessment asks in."""
    return str(dict(QUESTIONS[name][1])[value]).split(":", maxsplit=1)[0]


class DaysField(TextField):
    """Dates, one on a line."""

    def clean(self, value: Any) -> list[str]:
        """ISO dates in order, each once."""
        days = set()
        for line in super().clean(value).split():
            try:
                days.add(date.fromisoformat(line).isoformat())
            except ValueError:
                raise forms.ValidationError(
                    _("'%(line)s' is not a date like 2026-12-24"), params={"line": line}
                ) from None
        return sorted(days)


class ClocksForm(PolicyForm):
    """How long a search is good for, days of grace, and the days the plant is closed."""

    search_valid_days = forms.IntegerField(
        label=_("A search for adverse events is good for, days"),
        min_value=1,
        max_value=365,
    )
    isao_grace_days = forms.IntegerField(
        label=_("Days of grace for giving the ISAO what customers got"),
        min_value=0,
        max_value=60,
    )
    closures = DaysField(
        label=_("Days the plant is closed"), required=False,
        help_text=_("One date on a line; they are no working days. Federal holidays count by themselves."),
    )  # fmt: skip

    def __init__(self, start: Mapping[str, Any], *args: Any, **kwargs: Any) -> None:
        now = {**start, "closures": "\n".join(start.get("closures", []))}
        kwargs["initial"] = now | dict(kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)

    def body(self, version: str) -> dict[str, Any]:
        """The three numbers as the clocks read them."""
        return {key: self.cleaned_data[key] for key in ("search_valid_days", "isao_grace_days", "closures")}


class DisclosureForm(PolicyForm):
    """What whoever reports to us may rely on: texts, languages, and two promises in days."""

    email = forms.EmailField(label=_("Address for mail"))
    phone = forms.CharField(label=_("Telephone, for danger now"), max_length=60, required=False)
    languages = forms.CharField(
        label=_("Languages of contact"), max_length=120, help_text=_("Tags, the preferred one first: en, es")
    )
    scope = TextField(label=_("Scope"), rows=6)
    safe_harbour = TextField(label=_("Safe harbour"), rows=5)
    what_happens = TextField(label=_("What happens, and when"), rows=5)
    credit = TextField(label=_("Credit"), rows=2)
    acknowledge_working_days = forms.IntegerField(
        label=_("We acknowledge within, working days"), min_value=1, max_value=30
    )
    update_days = forms.IntegerField(label=_("We write at least every, days"), min_value=1, max_value=365)

    def __init__(self, start: Mapping[str, Any], *args: Any, **kwargs: Any) -> None:
        now = {**start, "languages": ", ".join(start.get("languages", []))}
        kwargs["initial"] = now | dict(kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)

    def body(self, version: str) -> dict[str, Any]:
        """The texts and the promises."""
        given = super().body(version)
        given["languages"] = [tag.strip() for tag in given["languages"].split(",") if tag.strip()]
        return given


# kind: (form, what to start from when there is no version yet)
KINDS: Mapping[PolicyKind, tuple[type[PolicyForm], Mapping[str, Any]]] = {
    PolicyKind.RISK_MATRIX: (MatrixForm, risk.to_json(risk.EXAMPLE_POLICY)),
    PolicyKind.EXPLOITABILITY: (MappingForm, exploitability.to_json(exploitability.EXAMPLE_EXPLOITABILITY)),
    PolicyKind.CLOCKS: (ClocksForm, {"search_valid_days": 30, "isao_grace_days": 0, "closures": []}),
    PolicyKind.DISCLOSURE: (DisclosureForm, disclosure_policy.to_json(disclosure_policy.EXAMPLE)),
}
