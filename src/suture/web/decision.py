"""The regulatory decision of a case: answer what no record holds, decide, sign; the 806 report and record beside it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from suture.accounts.models import Person
from suture.assessment.models import Case
from suture.assessment.queries import case_for
from suture.core.facts import Answer
from suture.core.report_facts import SAYS
from suture.evidence.canonical import digest
from suture.evidence.clock import today as today_at
from suture.reporting.gathering import ASKED
from suture.reporting.models import Decision
from suture.reporting.queries import decision_for, given_answers, is_signed, position, signatures_holding
from suture.reporting.services import decide, sign_decision
from suture.web.case_forms import SignForm
from suture.web.forms import Form
from suture.web.pages import may_do, person_of, take_form, version_of

SAID = [("", gettext_lazy("not known")), ("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))]


class DecideForm(Form):
    """The questions that no record answers, as far as an open rule asks them; each answer with its reason."""

    def __init__(self, asked: list[str], given: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        for name in asked:
            before, says = given.get(name, {}), f"{SAYS[name][:1].upper()}{SAYS[name][1:]}"
            answer = forms.ChoiceField(label=says, choices=SAID, required=False, initial=before.get("answer", ""))
            reason = forms.CharField(
                label=f"{says}: {_('why')}", required=False, initial=before.get("because", ""),
                widget=forms.TextInput(attrs={"placeholder": _("why, when answered")}),
            )  # fmt: skip
            self.add(f"a_{name}", answer)
            self.add(f"b_{name}", reason)

    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Each question with its reason, for the template."""
        return [(self[f"a_{name}"], self[f"b_{name}"]) for name in self.asked]

    def answers(self) -> dict[str, tuple[Answer, str]]:
        """What a person said; silence is no answer."""
        return {
            name: (Answer(self.cleaned_data[f"a_{name}"]), self.cleaned_data[f"b_{name}"])
            for name in self.asked
            if self.cleaned_data[f"a_{name}"]
        }


def asked_of(case: Case, given: dict[str, Any]) -> list[str]:
    """The questions an open rule hangs on, and those answered before, in the order of the rules' facts."""
    at = position(case, today_at(case.establishment.time_zone))
    wanted = {
        name for one in at.owed if one.decided for rule in one.decided.open for name in rule.unknown if name in ASKED
    }
    return [name for name in ASKED if name in wanted or name in given]


@require_http_methods(["GET", "POST"])
def decide_case(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Answer what is asked and run the rules; the result is kept with every input."""
    person = person_of(request)
    case = case_for(person, uid)
    given = given_answers(case)
    form = DecideForm(asked_of(case, given), given, request.POST if request.method == "POST" else None)
    return take_form(
        request, form, lambda: _decide(form, uid, person, request), lambda row: redirect("decision", row.uid),
        "web/decide.html", {"place": "cases", "case": case, "back": f"/cases/{uid}/"},
    )  # fmt: skip


def _decide(form: DecideForm, uid: UUID, person: Person, request: HttpRequest) -> Decision:
    return decide(case_uid=uid, by=person, answers=form.answers() or None, version=version_of(request))


@require_GET
def decision(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One decision: per device every rule that fired and every one that is open, with inputs and citation."""
    row = decision_for(person_of(request), uid)
    newest = row.case.decisions.order_by("-version").first()
    return render(
        request,
        "web/decision.html",
        {
            "place": "cases", "decision": row, "case": row.case, "signatures": signatures_holding(row),
            "content_hash": digest(row.content()), "is_newest": newest is not None and newest.uid == row.uid,
            "signed": is_signed(row), "may_sign": may_do(request, "decision.sign"),
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Sign a decision as regulatory affairs."""
    row = decision_for(person_of(request), uid)
    form = SignForm(request.POST or None)
    return take_form(
        request, form,
        lambda: sign_decision(
            decision_uid=uid, by=person_of(request), password=form.cleaned_data["password"],
            because=form.cleaned_data["because"], version=version_of(request),
        ),
        lambda _row: redirect("decision", uid), "web/sign.html",
        {
            "place": "cases", "title": row.label, "back": f"/decisions/{uid}/", "decision": row,
            "signed_body": "web/_decision_body.html", "meaning": _("approval of the regulatory decision"),
            "says": _("I have read every rule that fired and every one that is open, with its inputs."),
        },
    )  # fmt: skip
