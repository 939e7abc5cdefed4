"""The crosswalk: names that mean one product. Suggestions wait here with the record that carries both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suture.accounts.models import Person
from suture.accounts.queries import humans
from suture.detection.crosswalk import SHIPPED_VERSION
from suture.detection.crosswalk_names import read_name
from suture.detection.models import CrosswalkDecision
from suture.detection.queries.crosswalk import (
    Bare,
    Shipped,
    bare_names,
    history_of,
    names_of,
    shipped_rows,
    standing_decisions,
    suggestion_by_uid,
    suggestions_waiting,
)
from suture.detection.services import confirm_pair, look_for_suggestions, reject_pair, take_back_pair
from suture.evidence.clock import now
from suture.web.forms import BecauseField, DateField, Form
from suture.web.pages import ask_why, may_do, one, page_of, person_of, take_form

YEAR = timedelta(days=365)
PARTS = ("waiting", "confirmed", "rejected", "shipped", "names")
Confidence = CrosswalkDecision.Confidence


@require_GET
def crosswalk(request: HttpRequest) -> HttpResponse:
    """What waits, what was confirmed or rejected, and the rows shipped with Suture."""
    standing, waiting, shipped, bare = standing_decisions(), suggestions_waiting(), shipped_rows(), bare_names()
    by_verdict = {part: [row for row in standing if row.verdict == part] for part in ("confirmed", "rejected")}
    counts = {
        "waiting": waiting.count(), "confirmed": len(by_verdict["confirmed"]),
        "rejected": len(by_verdict["rejected"]), "shipped": len(shipped), "names": len(bare),
    }  # fmt: skip
    part = request.GET.get("part", "")
    if part not in PARTS:
        part = "waiting" if counts["waiting"] else "confirmed" if counts["confirmed"] else "shipped"
    words = request.GET.get("find", "").strip().casefold()
    rows: Mapping[str, Iterable[Any]] = {**by_verdict, "shipped": shipped, "names": bare}
    listed = [row for row in rows.get(part, ()) if words in _text(row).casefold()]
    found = suggestions_waiting(words) if part == "waiting" else listed
    return render(
        request, "web/crosswalk.html",
        {
            "place": "vulnerabilities", "part": part, "counts": counts, "find": words, "page": page_of(request, found),
            "shipped_version": SHIPPED_VERSION, "soon": now().date() + timedelta(days=30),
            "can_decide": may_do(request, "crosswalk.decide"), "can_look": may_do(request, "crosswalk.suggest"),
        },
    )  # fmt: skip


def _text(row: Any) -> str:
    if isinstance(row, Shipped):
        return " ".join((*row.cpes, *row.words))
    if isinstance(row, Bare):
        return f"{row.name} {row.cpe}"
    return f"{row.one_name} {row.other_name}"


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Look through our SBOMs and the knowledge for names that stand together."""
    found = look_for_suggestions(by=person_of(request))
    messages.success(
        request, _("%(n)d new suggestions. Nothing is matched by them before a person confirms.") % {"n": found.new}
    )
    return redirect("/crosswalk/?part=waiting")


class DecideForm(Form):
    """Whether two names are one product."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("Are they one product: the same code with the same version numbers?"),
        widget=forms.RadioSelect,
        choices=[
            ("confirmed", gettext_lazy("Yes: match every release by either name")),
            ("rejected", gettext_lazy("No: do not suggest it again")),
        ],
    )
    confidence = forms.ChoiceField(
        label=gettext_lazy("What it rests on"), choices=Confidence.choices, initial=Confidence.THIRD_PARTY
    )
    because = BecauseField(label=gettext_lazy("What shows it"))
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Who answers for it"), queryset=Person.objects.none(), to_field_name="uid"
    )
    review_on = DateField(
        label=gettext_lazy("Look again on"), help_text=gettext_lazy("It goes on holding until somebody does.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = humans()  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
def suggestion(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One suggestion with the records that carry both names; confirm or reject it."""
    person, row = person_of(request), suggestion_by_uid(uid)
    left, right = names_of(row)
    form = DecideForm(request.POST or None, initial={"owner": person.uid, "review_on": now().date() + YEAR})

    def verb() -> CrosswalkDecision:
        given = form.cleaned_data
        say = {"one": left, "other": right, "by": person, "because": given["because"]}
        say |= {"review_on": given["review_on"], "owner": given["owner"]}
        if given["verdict"] == CrosswalkDecision.Verdict.REJECTED:
            return reject_pair(**say)
        return confirm_pair(**say, confidence=given["confidence"])

    return take_form(
        request, form, verb, lambda _row: redirect("/crosswalk/?part=waiting"), "web/crosswalk_suggestion.html",
        {
            "place": "vulnerabilities", "row": row, "left": left, "right": right,
            "said": list(history_of(row.pair)), "can_decide": may_do(request, "crosswalk.decide"),
        },
    )  # fmt: skip


class AddForm(DecideForm):
    """An entry of one's own: both names are typed."""

    verdict = None  # type: ignore[assignment]  # an entry of one's own is confirmed
    left = forms.CharField(
        label=gettext_lazy("One name"),
        max_length=620,
        help_text=gettext_lazy(
            "pkg:npm/lodash, cpe:2.3:a:openssl:openssl, cna:vendor:product, or supplied:Supplier|component name"
        ),
    )
    right = forms.CharField(label=gettext_lazy("The other name"), max_length=620)
    field_order = ("left", "right", "confidence", "because", "owner", "review_on")


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """State that two names are one product, or give a supplier and name an identity."""
    person = person_of(request)
    start = {"owner": person.uid, "review_on": now().date() + YEAR, "left": request.GET.get("name", "")[:620]}
    form = AddForm(request.POST or None, initial=start)

    def verb() -> CrosswalkDecision:
        given = form.cleaned_data
        return confirm_pair(
            one=read_name(given["left"]), other=read_name(given["right"]), by=person, because=given["because"],
            confidence=given["confidence"], review_on=given["review_on"], owner=given["owner"],
        )  # fmt: skip

    return take_form(
        request, form, verb, lambda row: redirect("crosswalk-entry", row.uid), "web/form.html",
        {
            "place": "vulnerabilities", "title": _("Two names of one product"), "submit": _("Confirm"),
            "back": "/crosswalk/",
            "says": _(
                "Only the same code with the same version numbers: a fork, a repackaged build or another edition is "
                "another product. A distribution's package has no other name, for its fixes are backported."
            ),
        },
    )  # fmt: skip


@require_GET
def entry(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Everything that was said of two names."""
    row = one(CrosswalkDecision.objects.select_related("by", "owner"), uid=uid)
    said = list(history_of(row.pair))
    left, right = names_of(row)
    stands = said[0].verdict != CrosswalkDecision.Verdict.TAKEN_BACK
    return render(
        request, "web/crosswalk_entry.html",
        {
            "place": "vulnerabilities", "row": said[0], "left": left, "right": right, "said": said, "stands": stands,
            "can_decide": may_do(request, "crosswalk.decide"),
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def take_back(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take back what was said of two names."""
    person = person_of(request)
    row = one(CrosswalkDecision.objects.all(), uid=uid)
    left, right = names_of(row)
    return ask_why(
        request, lambda because: take_back_pair(one=left, other=right, by=person, because=because),
        lambda made: redirect("crosswalk-entry", made.uid),
        {
            "place": "vulnerabilities", "title": _("Take back what was said"), "sub": row.label,
            "submit": _("Take it back"), "back": f"/crosswalk/entries/{uid}/",
            "says": _("Releases that matched by it are matched again. What was said stays on record."),
        },
        _("Why it no longer holds"),
    )  # fmt: skip
