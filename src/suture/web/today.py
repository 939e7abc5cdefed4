"""Today: what lands on whose desk, one tab for each role; your own role opens first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from suture.accounts.models import Person
from suture.core.facts import Answer
from suture.core.roles import Role
from suture.desk.obligations import Obligation, Sort
from suture.desk.queries import figures, harm_questions, new_findings, obligations
from suture.detection.queries import counts_by_release, exploitation_of
from suture.inventory.queries import all_releases
from suture.sharing.queries import active_participant
from suture.web.exports import csv_response, json_response
from suture.web.frame import frame_of
from suture.web.links import address_of
from suture.web.pages import person_of

DESKS: tuple[tuple[Role, str | Promise], ...] = (
    (Role.REGULATORY_AFFAIRS, gettext_lazy("Regulatory affairs")),
    (Role.PSIRT, gettext_lazy("PSIRT")),
    (Role.CLINICAL_SAFETY, gettext_lazy("Clinical safety")),
    (Role.QUALITY, gettext_lazy("Quality")),
    (Role.ENGINEERING, gettext_lazy("Engineering")),
    (Role.FIELD_SERVICE, gettext_lazy("Field service")),
    (Role.COORDINATOR, gettext_lazy("Coordination")),
    (Role.EXECUTIVE, gettext_lazy("Executive")),
)
NEWEST = 60  # findings without a case that are grouped by vulnerability on the page


@dataclass(frozen=True, slots=True)
class Row:
    """One obligation with how its bar is filled."""

    owed: Obligation
    link: str
    used: str  # percent of the time gone, '' where there is no clock
    css: str


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one heading: overdue, this week, next 30 days, later, no date."""

    title: str
    rows: tuple[Row, ...]


def desk_of(person: Person, wanted: str) -> Role | None:
    """The desk asked for, else the person's own, else everybody's (None)."""
    roles = [role for role, _label in DESKS]
    if wanted == "all":
        return None
    found = next((role for role in roles if role.value == wanted), None)
    return found or next((role for role in roles if role in person.roles), None)


@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """What is owed, by days left; beside it what waits to be signed, and what nobody has looked at."""
    person, day = person_of(request), frame_of(request).today
    owed = obligations(person, day)
    desk = desk_of(person, request.GET.get("desk", ""))
    mine = [one for one in owed if desk is None or one.for_role(desk)]
    dated = [one for one in mine if one.sort is not Sort.SIGNATURE]
    context: dict[str, Any] = {
        "place": "today", "desk": desk.value if desk else "all", "numbers": figures(person, day, owed),
        "desks": [(role.value, label, sum(o.for_role(role) for o in owed)) for role, label in DESKS],
        "groups": groups_of(dated, day), "shown": len(dated), "all": sum(o.sort is not Sort.SIGNATURE for o in owed),
        "to_sign": [(one, address_of(*one.link)) for one in mine if one.sort is Sort.SIGNATURE],
        "says": sentence(dated, day), "unknown": unknowns(person, owed, day),
    }  # fmt: skip
    if desk in (Role.PSIRT, None, Role.ENGINEERING):
        context |= {"fresh": fresh_findings(person)}
    if desk in (Role.CLINICAL_SAFETY, None):
        context |= {"questions": [(q, address_of(*q.link)) for q in harm_questions(person)]}
    return render(request, "web/today.html", context)


def sentence(owed: Sequence[Obligation], day: date) -> str:
    """The page's answer in one line."""
    late = sum(one.is_overdue(day) for one in owed)
    left = [one.days_left(day) for one in owed]
    week = sum(n is not None and 0 <= n <= 7 for n in left)
    open_ended = sum(n is None for n in left)
    parts = []
    if late:
        parts.append(_("%(n)d overdue") % {"n": late})
    if week:
        parts.append(_("%(n)d due within a week") % {"n": week})
    if open_ended:
        parts.append(_("%(n)d as soon as possible") % {"n": open_ended})
    return (", ".join(parts) or _("nothing falls due within a week")).capitalize() + "."


def groups_of(owed: Sequence[Obligation], day: date) -> list[Group]:
    """Obligations under headings a person thinks in."""
    found: dict[str, list[Row]] = {}
    for one in owed:
        left = one.days_left(day)
        if left is None:
            title = _("As soon as possible")
        elif left < 0:
            title = _("Overdue")
        elif left <= 7:
            title = _("This week")
        else:
            title = _("Next 30 days") if left <= 30 else _("Later")
        found.setdefault(title, []).append(_row(one, left))
    order = [_("Overdue"), _("This week"), _("As soon as possible"), _("Next 30 days"), _("Later")]
    return [Group(title, tuple(found[title])) for title in order if title in found]


def _row(one: Obligation, left: int | None) -> Row:
    span = {"R10": 30 if "Tell" in one.what else 60, "R9": 14, "R21": 14, "R2, R3": 30, "R4": 7}.get(one.rule)
    used, css = "", ""
    if span is not None and left is not None and one.sort is Sort.CLOCK:
        used = f"{max(0, min(100, round((span - left) / span * 100)))}%"
        css = "late" if left < 0 else "soon" if left <= 3 else ""
        if one.contingent:
            css = "contingent"
    return Row(one, address_of(*one.link), used, css)


@dataclass(frozen=True, slots=True)
class Fresh:
    """New findings of one vulnerability that no case has taken up."""

    vulnerability: Any
    releases: tuple[str, ...]
    exploited: str
    since: Any


def fresh_findings(person: Person) -> list[Fresh]:
    """The newest findings without a case, grouped by vulnerability; known exploited ones first."""
    rows = list(new_findings(person)[: NEWEST * 4])
    known = exploitation_of([f.vulnerability_id for f in rows])
    grouped: dict[int, list[Any]] = {}
    for row in rows:
        grouped.setdefault(row.vulnerability_id, []).append(row)
    found = [
        Fresh(
            group[0].vulnerability, tuple(f.release.label for f in group),
            known[key].kev_added if key in known else "", group[0].first_seen,
        )
        for key, group in grouped.items()
    ]  # fmt: skip
    return sorted(found, key=lambda f: (not f.exploited, -len(f.releases)))[:12]


def unknowns(person: Person, owed: Sequence[Obligation], day: date) -> list[tuple[str, str, str]]:
    """What nobody has looked at: (sentence, address, why); never hidden, never green."""
    found = []
    if active_participant(day) is Answer.UNKNOWN:
        found.append(
            (
                _("Active participation in an ISAO is not assessed"),
                "/sharing/",
                _("Condition 4 of the enforcement policy leans on it."),
            )
        )
    releases = list(all_releases())
    counts = counts_by_release(releases, person)
    blind = [r for r in releases if r.sbom_id is None]
    if blind:
        found.append(
            (
                ngettext("%(n)d release without an SBOM", "%(n)d releases without an SBOM", len(blind))
                % {"n": len(blind)},
                "/devices/",
                ", ".join(r.label for r in blind[:4]),
            )
        )
    gaps = sum(c.gaps for c in counts.values())
    if gaps:
        worst = max(releases, key=lambda r: counts[r.pk].gaps)
        found.append(
            (
                _("%(n)d components nobody can watch") % {"n": gaps},
                f"/releases/{worst.uid}/coverage",
                _("Across %(r)d releases; most in %(w)s.")
                % {"r": sum(bool(c.gaps) for c in counts.values()), "w": worst.label},
            )
        )
    late = [one for one in owed if one.sort is Sort.SOURCE]
    if late:
        found.append(
            (
                ngettext("%(n)d source late or refused", "%(n)d sources late or refused", len(late)) % {"n": len(late)},
                "/sources",
                _("What is newer than they are was not looked at."),
            )
        )
    return found


EXPORT = (
    "due_on",
    "days_left",
    "what",
    "device",
    "because",
    "rule",
    "citation",
    "kind",
    "owner",
    "record",
    "contingent",
)


@require_GET
def obligations_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """The list as shown, for a file."""
    person, day = person_of(request), frame_of(request).today
    desk = desk_of(person, request.GET.get("desk", ""))
    rows = [
        [
            o.due_on.isoformat() if o.due_on else "", o.days_left(day), o.what, o.device, o.because, o.rule, o.citation,
            o.kind.value, o.owner, o.label, "yes" if o.contingent else "no",
        ]
        for o in obligations(person, day)
        if desk is None or o.for_role(desk)
    ]  # fmt: skip
    return (csv_response if form == "csv" else json_response)(f"obligations-{day.isoformat()}", EXPORT, rows)
