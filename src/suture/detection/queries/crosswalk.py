"""The crosswalk as it stands: the rows shipped with Suture, and what persons confirmed or rejected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from suture.core.errors import NotFound
from suture.detection.crosswalk import BY_US, NAMES, SAME, Crosswalk, Link, Supplied
from suture.detection.crosswalk_names import Named, NameKind
from suture.detection.crosswalk_seen import BARE_SEEN_IN, SEEN_IN
from suture.detection.models import CrosswalkDecision, CrosswalkSuggestion

CONFIRMED, REJECTED = CrosswalkDecision.Verdict.CONFIRMED, CrosswalkDecision.Verdict.REJECTED


def named(kind: str, name: str) -> Named:
    """A stored name."""
    return Named(NameKind(kind), name)


def names_of(row: CrosswalkDecision | CrosswalkSuggestion) -> tuple[Named, Named]:
    """Both names of a decision or a suggestion."""
    return named(row.one_kind, row.one_name), named(row.other_kind, row.other_name)


def standing_decisions(upto: int | None = None) -> list[CrosswalkDecision]:
    """The last decision on each pair of names, oldest first; `upto`: as of that decision. One query.

    What was taken back is not among them.
    """
    rows = CrosswalkDecision.objects.select_related("by", "owner").order_by("pk")
    if upto is not None:
        rows = rows.filter(pk__lte=upto)
    last = {row.pair: row for row in rows}
    return [row for row in last.values() if row.verdict != CrosswalkDecision.Verdict.TAKEN_BACK]


def crosswalk_now(upto: int | None = None) -> Crosswalk:
    """The crosswalk to match with: the shipped rows, and every entry a person confirmed. One query."""
    revision = 0
    last: dict[str, CrosswalkDecision] = {}
    rows = CrosswalkDecision.objects.select_related("by").order_by("pk")
    for row in rows if upto is None else rows.filter(pk__lte=upto):
        last[row.pair], revision = row, row.pk
    return crosswalk_of((row for row in last.values() if row.verdict == CONFIRMED), revision)


def crosswalk_of(confirmed: Iterable[CrosswalkDecision], revision: int) -> Crosswalk:
    """A crosswalk of some confirmed entries beside the shipped rows."""
    links: list[Link] = []
    given: list[Supplied] = []
    for row in confirmed:
        says = f"{BY_US}, confirmed by {row.by.printed_name} on {row.at.date().isoformat()}: {row.because}"
        one, other = names_of(row)
        first, second = one.package, other.package
        if first is not None and second is not None:
            links.append(Link(first, second, says))
        elif second is not None:
            given.append(Supplied(*one.supplier_and_name, second, says))
    return Crosswalk(links, given, revision)


def last_decision() -> int:
    """The revision of our own part: the number of its last decision; 0 before the first."""
    return CrosswalkDecision.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def history_of(pair: str) -> QuerySet[CrosswalkDecision]:
    """Everything ever said of a pair of names, the newest first."""
    return CrosswalkDecision.objects.filter(pair=pair).select_related("by", "owner").order_by("-pk")


def suggestions_waiting(words: str = "") -> QuerySet[CrosswalkSuggestion]:
    """Suggestions nobody has answered, those with most carriers first; `words`: those with a name that holds them."""
    answered = [row.pair for row in standing_decisions()]
    rows = CrosswalkSuggestion.objects.exclude(pair__in=answered)
    if words:
        rows = rows.filter(Q(one_name__icontains=words) | Q(other_name__icontains=words))
    return rows.order_by("-carriers", "one_name", "other_name")


def suggestion_by_uid(uid: UUID | str) -> CrosswalkSuggestion:
    """One suggestion.

    Raises:
        NotFound: there is none.
    """
    found = CrosswalkSuggestion.objects.filter(uid=uid).first()
    if found is None:
        raise NotFound("there is no such suggestion")
    return found


class Shipped(NamedTuple):
    """A row shipped with Suture."""

    cpes: tuple[str, ...]
    words: tuple[str, ...]
    because: str
    seen_in: Mapping[str, str]  # name -> a record that uses it


def shipped_rows() -> list[Shipped]:
    """The rows shipped with Suture, in the order of the table."""
    return [
        Shipped(same.cpes, same.words, same.because, {name: SEEN_IN[name] for name in (*same.cpes, *same.words)})
        for same in SAME
    ]


class Bare(NamedTuple):
    """A name one product alone bears, as shipped: a component with neither package URL nor CPE is looked up by it."""

    name: str
    cpe: str  # part:vendor:product
    seen_in: str  # a record that uses the CPE name, with its source; '' where none is known


def bare_names() -> list[Bare]:
    """The bare names shipped with Suture, by name."""
    seen = {**BARE_SEEN_IN, **SEEN_IN}
    return [Bare(name, cpe, seen.get(cpe, "")) for name, cpe in sorted(NAMES.items())]


def due_entries(until: date) -> list[CrosswalkDecision]:
    """Entries that stand and whose review date comes by a day, the earliest first. One query."""
    due = [row for row in standing_decisions() if row.review_on is not None and row.review_on <= until]
    return sorted(due, key=lambda row: (row.review_on or until, row.pk))
