"""Filters of the templates: dates, counts, short hashes. `{% load suture %}`"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from suture.accounts.models import Person
from suture.core.exploitability import Exploitability
from suture.core.harm import HarmSeverity
from suture.core.roles import Role
from suture.detection.models import Finding
from suture.web import dates
from suture.web import words as words_of
from suture.web.links import address_of
from suture.web.pages import same_but

register = template.Library()


@register.filter
def due(day: date | None, today: date) -> SafeString | str:
    """'in 6 days (Sun 29 Nov)' with the ISO date behind it; '' for no date."""
    if day is None:
        return ""
    return format_html(
        '<time datetime="{0}" title="{0}"><b>{1}</b> ({2})</time>',
        day.isoformat(), dates.days_away(day, today), dates.short(day, today),
    )  # fmt: skip


@register.filter
def due_words(day: date | None, today: date) -> str:
    """'in 6 days', alone."""
    return "" if day is None else dates.days_away(day, today)


@register.filter
def day(value: date | None, today: date) -> SafeString | str:
    """'Fri 30 Oct' with the ISO date behind it."""
    if value is None:
        return ""
    return format_html('<time datetime="{0}" title="{0}">{1}</time>', value.isoformat(), dates.short(value, today))


@register.filter
def plain_day(value: date | None, today: date) -> SafeString | str:
    """'30 Oct', for narrow columns."""
    if value is None:
        return ""
    return format_html('<time datetime="{0}" title="{0}">{1}</time>', value.isoformat(), dates.plain(value, today))


@register.filter
def instant(value: datetime | str | None, zone: str) -> SafeString | str:
    """'30 Oct 2026, 09:12' at the site, UTC on hover. Takes the chain's ISO text too."""
    if not value:
        return ""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', at.isoformat(), dates.utc(at), dates.clock_time(at, zone)
    )


@register.filter
def match_why(row: object) -> list[str]:
    """Why a finding is one, the version's reason first: '3.0.13 lies in 3.0.0 ≤ v < 3.0.15'."""
    found = getattr(row, "found", None)
    finding = row if found is None else found.finding
    if not isinstance(finding, Finding) or not finding.standing:
        return list(found.why) if found is not None else []
    stated = [said["says"] for said in finding.stated]
    by_version = [reason["says"] for reason in finding.reasons if reason["kind"] == "version"]
    others = [reason["says"] for reason in finding.reasons if reason["kind"] != "version"]
    return [*stated, *by_version, *others]


@register.filter
def seen(at: datetime, zone: str) -> date:
    """The calendar date of an instant at the site."""
    return at.astimezone(ZoneInfo(zone)).date()


@register.filter
def did(verb: str) -> str:
    """'assessment.signed' as 'assessment signed'."""
    return verb.replace(".", " ").replace("_", " ")


@register.filter
def shorter(citation: str) -> str:
    """A citation for a narrow column: FDA's long title becomes 'Postmarket'."""
    return citation.replace("FDA postmarket cybersecurity guidance (28 Dec 2016)", "Postmarket")


@register.filter
def count(value: int | None) -> str:
    """'1,204'; a dash for what is not known, never 0."""
    return "–" if value is None else f"{value:,}"


@register.filter
def percent(value: float | None) -> str:
    """0.0563 as '5.6 %'."""
    return "" if value is None else f"{value * 100:.1f} %"


@register.filter
def tenth(value: int) -> str:
    """867 tenths of a percent as '86.7', for an SVG whose box is 100 wide."""
    return f"{value // 10}.{value % 10}"


@register.filter
def hours(value: float) -> str:
    """'31 h', from three days on '5 days'."""
    return f"{value:.0f} h" if value < 72 else f"{value / 24:.0f} days"


@register.filter
def percentile(value: float | None) -> str:
    """0.921 as '92nd'."""
    if value is None:
        return ""
    n = round(value * 100)
    return f"{n}{'th' if 10 <= n % 100 <= 20 else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"


@register.filter
def short_hash(value: str) -> str:
    """'9c41…e07a'."""
    return f"{value[:4]}…{value[-4:]}" if len(value) > 12 else value


@register.filter
def grouped_hash(value: str) -> str:
    """A hash in groups of eight, for reading aloud and for paper."""
    return " ".join(value[i : i + 8] for i in range(0, len(value), 8))


@register.filter
def words(value: object) -> str:
    """'vulnerable_code_not_present' as 'vulnerable code not present'."""
    return str(getattr(value, "value", value)).replace("_", " ")


@register.filter
def link(record: object) -> str:
    """The address of a row or of a (kind, uid) pair; '' where no page shows it."""
    if isinstance(record, tuple):
        return address_of(str(record[0]), str(record[1]))
    return address_of(getattr(record, "record_kind", ""), str(getattr(record, "uid", "")))


@register.filter
def entry_link(entry: object) -> str:
    """The address of what an evidence entry speaks of."""
    return address_of(getattr(entry, "record_kind", ""), str(getattr(entry, "record_uid", "")))


@register.filter
def unstopped(text: object) -> str:
    """A sentence that goes on: without the full stop at its end."""
    return str(text).rstrip(".")


@register.filter
def verdict_badge(word: object) -> words_of.Badge:
    """Class, word and icon of a verdict."""
    return words_of.verdict_badge(str(getattr(word, "word", word) or ""))


@register.filter
def status_badge(status: object) -> words_of.Badge:
    """Class, word and icon of a VEX status."""
    return words_of.status_badge(str(getattr(status, "value", status) or ""))


@register.filter
def authority_badge(kind: object) -> words_of.Badge:
    """Class and word of what a rule rests on."""
    return words_of.authority_badge(str(getattr(kind, "value", kind)))


@register.filter
def lamp_badge(answer: object) -> words_of.Badge:
    """Class and word of one condition."""
    return words_of.lamp_badge(str(getattr(answer, "value", answer) or ""))


@register.filter
def harm_level(value: object) -> HarmSeverity | None:
    """A severity of harm from its number or its word; None when not judged."""
    if value in (None, ""):
        return None
    return HarmSeverity.from_word(value) if isinstance(value, str) else HarmSeverity(int(str(int(value))))  # type: ignore[call-overload]


@register.filter
def exploit_level(value: object) -> Exploitability | None:
    """An exploitability from its word; None when not judged."""
    if value in (None, ""):
        return None
    return Exploitability.from_word(value) if isinstance(value, str) else Exploitability(value)  # type: ignore[arg-type]


@register.filter
def role_words(person: Person) -> str:
    """What somebody is here: their title, else their roles."""
    return person.title or ", ".join(role.label for role in sorted(person.roles)) or _("no role")


@register.filter
def role_label(name: str) -> str:
    """'clinical_safety' as 'clinical safety', as signatures keep it."""
    try:
        return Role(name).label
    except ValueError:  # a role we no longer have, on a signature we still have
        return name.replace("_", " ")


@register.filter
def get(mapping: dict[object, object], key: object) -> object:
    """One value of a mapping, by a key that is not a constant."""
    return mapping.get(key, "")


@register.simple_tag(takes_context=True)
def same(context: template.Context, **changes: object) -> str:
    """This address with some parameters changed: `{% same page=2 %}`, `{% same filter='' %}`."""
    return same_but(context["request"], **{key: str(value) for key, value in changes.items()})
