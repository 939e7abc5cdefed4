"""What hospitals asked: one question, and our answer by mail."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from suture.remediation.queries.questions import questions_for
from suture.remediation.services.portal import answer_question
from suture.web.forms import Form, TextField
from suture.web.pages import one, person_of, take_form


class AnswerForm(Form):
    """Words a hospital reads."""

    text = TextField(label=gettext_lazy("Our answer"), help_text=gettext_lazy("It goes to them by mail, as written."))


@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Read a question and answer it."""
    person = person_of(request)
    row = one(questions_for(person), uid=uid)
    form = AnswerForm(request.POST or None, initial={"text": row.answer})
    return take_form(
        request, form, lambda: answer_question(question_uid=uid, by=person, text=form.cleaned_data["text"]),
        lambda _row: redirect("question", uid), "web/form.html",
        {
            "place": "sharing", "title": _("Question of %(who)s") % {"who": row.contact.label},
            "sub": row.campaign.label, "says": row.text, "submit": _("Send the answer"), "back": "/",
        },
    )  # fmt: skip
