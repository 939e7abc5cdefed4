"""Forms in Suture's look, and the one way from a form to a verb.

A form checks only what can be checked without the rooms (a date is a date). What a verb refuses is shown above the
form, which keeps what was typed; nothing is lost by a wrong password.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django import forms
from django.utils.translation import gettext_lazy as _

from suture.core.errors import Conflict, Contradiction, FormatError, InvalidValue, NotAllowed, Problem

Result = TypeVar("Result")

# What a person can mend at the form itself. NotFound is not among them: that is another page.
MENDABLE = (InvalidValue, NotAllowed, Conflict, Contradiction, FormatError)

UNKNOWN = [("", _("not known")), ("yes", _("yes")), ("no", _("no"))]


class Form(forms.Form):
    """A form with Suture's classes on its widgets; errors are tied to their fields for screen readers."""

    use_required_attribute = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.problems: tuple[Problem, ...] = ()
        for field in self.fields.values():
            _dress(field)

    def add(self, name: str, field: forms.Field) -> None:
        """Add a field that depends on a record; before anything is cleaned."""
        _dress(field)
        self.fields[name] = field

    def full_clean(self) -> None:
        """Clean, and mark what is wrong where it stands."""
        super().full_clean()
        for name in self.errors:
            if name in self.fields:
                attrs = self.fields[name].widget.attrs
                attrs["class"] = f"{attrs.get('class', '')} is-wrong"


def _dress(field: forms.Field) -> None:
    widget = field.widget
    if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
        css = "form-check-input"
    elif isinstance(widget, forms.Select):
        css = "form-select"
    else:
        css = "form-control"
        widget.attrs.setdefault("autocomplete", "off")  # a browser's memory is no place for a record's words
    widget.attrs["class"] = f"{widget.attrs.get('class', '')} {css}".strip()


def plain(choices: Iterable[tuple[str, Any]]) -> list[tuple[str, str]]:
    """Choices as a sentence begins, after their values: 'In development', not 'In Development'."""
    return [(str(value), str(value)[:1].upper() + str(value)[1:]) for value, _label in choices]


def labelled(choices: Iterable[tuple[Any, Any]]) -> list[tuple[Any, str]]:
    """Choices under their own labels, as a sentence begins."""
    return [(value, str(label)[:1].upper() + str(label)[1:]) for value, label in choices]


class DateField(forms.DateField):
    """A calendar date, ISO in the form, picked by the browser's own control."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class TextField(forms.CharField):
    """Several lines."""

    def __init__(self, *, rows: int = 3, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**kwargs)


class YesNoField(forms.ChoiceField):
    """Yes, no or not known: never two states. Cleans to True, False or None."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(choices=UNKNOWN, **kwargs)

    def clean(self, value: Any) -> bool | None:
        """'yes', 'no' or '' as True, False or None."""
        return {"yes": True, "no": False}.get(super().clean(value))


class BecauseField(TextField):
    """Why; goes into evidence as written."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Why"))
        kwargs.setdefault("help_text", _("One sentence a colleague will understand in five years."))
        kwargs.setdefault("rows", 2)
        super().__init__(**kwargs)


class WhyForm(Form):
    """The reason, and nothing else."""

    because = BecauseField()

    def __init__(self, *args: Any, label: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["because"].label = label or self.fields["because"].label


class SignatureMixin(forms.Form):
    """What a signature asks again: the password. Printed name and meaning stand beside it (21 CFR 11.50, 11.200)."""

    password = forms.CharField(
        label=_("Your password"), strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip


def perform(form: Form, verb: Callable[[], Result]) -> Result | None:
    """Call a verb; put what it refuses above the form. None says that the form is to be shown again (422)."""
    try:
        return verb()
    except MENDABLE as error:
        for line in str(error).splitlines() or [type(error).__name__]:
            form.add_error(None, line[:1].upper() + line[1:])
        if isinstance(error, FormatError):
            form.problems = error.problems
        return None
