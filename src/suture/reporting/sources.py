"""The items of an 806 report and of an 806.20 record, read from the firm's rows; each value says where it came from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from suture.assessment.acting import devices_acted_on
from suture.assessment.models import Case, DatedFact
from suture.assessment.queries import as_fact, facts_of_case, standing_facts
from suture.core.conditions import serious_event_known, unlinked_events
from suture.core.errors import InvalidValue
from suture.core.facts import FactKind, Facts
from suture.core.reports806 import (
    KEYS,
    NOT_REGISTERED,
    Consignee,
    Given,
    Item,
    Pending,
    Report806Facts,
    build_record,
    build_report,
)
from suture.core.vex import VexStatus
from suture.inventory.models import Product, Release
from suture.policy.queries import installation
from suture.reporting.models import Record806, Report806

K = FactKind
NOT_WRITTEN_BY_HAND = frozenset({"report_number", "reviewed_by"})


def items_of(report: Report806) -> list[Item]:
    """The 13 items of a report as the record stands now, or as they were sent (21 CFR 806.10(c))."""
    values = _values(report)
    number = report.number or number_pattern(report)
    values["report_number"] = Given(number, "number sequence" if report.number else "given on submission")
    return build_report(_facts(values, report.answers))


def frozen(report: Report806) -> dict[str, Any]:
    """What a report that is sent keeps: a report does not change when the record goes on."""
    return {
        "values": {key: [value.text, value.source] for key, value in _values(report).items()},
        "registration": report.product.establishment.registration_number,
    }


def registration_of(report: Report806) -> str:
    """The registration number of the responsible establishment, as it was when the report was sent."""
    sent: dict[str, Any] = report.answers.get("sent", {})
    return str(sent.get("registration", report.product.establishment.registration_number))


def _values(report: Report806) -> dict[str, Given]:
    sent = report.answers.get("sent")
    if sent is not None:
        return {key: Given(text, source) for key, (text, source) in sent["values"].items()}
    return _device(report.product) | _submitter(report.product) | _story(report.case, report.product)


def number_pattern(report: Report806) -> str:
    """How the number will read: date and sequence are given on submission."""
    registration = report.product.establishment.registration_number or NOT_REGISTERED
    return f"{registration}-(date of submission)-(next number)-{report.type}"


def record_items(case: Case, product: Product, justification: str, follow_ups: str) -> list[Item]:
    """The five items of a record of what is not reported (21 CFR 806.20(b)), before its review is signed."""
    return build_record(_facts(_record_values(case, product, justification, follow_ups), {}))


def record_items_reviewed(record: Record806, reviewed_by: str) -> list[Item]:
    """The five items as kept, with the designated person's review once it is signed."""
    values = {key: Given(text, source) for key, (text, source) in record.items[0]["values"].items()}
    if reviewed_by:
        values["reviewed_by"] = Given(reviewed_by, "signature")
    return build_record(_facts(values, {}))


def record_values(case: Case, product: Product, justification: str, follow_ups: str) -> dict[str, list[str]]:
    """The values of a record as plain data, to be kept: a record does not change when the device's data do."""
    return {k: [v.text, v.source] for k, v in _record_values(case, product, justification, follow_ups).items()}


def _record_values(case: Case, product: Product, justification: str, follow_ups: str) -> dict[str, Given]:
    values = _device(product) | _story(case, product)
    wanted = {
        "brand_name", "common_name", "intended_use", "device_identifier", "lot_or_serial", "events", "actions_taken",
        "actions_expected", "communications_made", "communications",
    }  # fmt: skip
    kept = {key: value for key, value in values.items() if key in wanted}
    source = f"Device {product.brand_name}"
    if product.device_class:
        kept["classification"] = Given(f"class {'I' * product.device_class}", source)
    if product.product_code:
        kept["product_code"] = Given(product.product_code, source)
    kept["justification"] = Given(justification, case.number)
    kept["conclusions"] = Given(follow_ups, case.number)
    return kept


def check_answers(answers: dict[str, Any]) -> dict[str, Any]:
    """Pass a person's texts for a report through.

    `{"values": {key: text}, "consignees": [...] or None, "pending": {"10": {"why", "by"}}}`.

    Raises:
        InvalidValue: an unknown key, a value nobody may write by hand, or a date that is none.
    """
    strangers = set(answers) - {"values", "consignees", "pending"}
    values = answers.get("values", {})
    wrong = strangers | (set(values) - KEYS) | (set(values) & NOT_WRITTEN_BY_HAND)
    if wrong:
        raise InvalidValue("a report has no such text to write: " + ", ".join(sorted(wrong)))
    _facts({}, answers)
    return answers


def _facts(values: dict[str, Given], answers: dict[str, Any]) -> Report806Facts:
    by_hand = {key: Given(said, "written for this report") for key, said in answers.get("values", {}).items() if said}
    listed = answers.get("consignees")
    try:
        pending = {
            int(item): Pending(said.get("why", ""), date.fromisoformat(said["by"]) if said.get("by") else None)
            for item, said in answers.get("pending", {}).items()
        }
        consignees = None if listed is None else tuple(Consignee(**one) for one in listed)
    except (TypeError, ValueError) as error:
        raise InvalidValue(f"a date, an item's number or a consignee cannot be read: {error}") from error
    return Report806Facts(
        values={key: value for key, value in {**values, **by_hand}.items() if value.text.strip()},
        consignees=consignees, consignees_source="list written for this report" if consignees is not None else "",
        pending=pending,
    )  # fmt: skip


def _submitter(product: Product) -> dict[str, Given]:
    site = product.establishment
    at, here = f"Establishment {site.name}", installation()
    source = f"Device {product.brand_name}"
    values = {
        "manufacturer_name": Given(here.manufacturer if here else site.name, at),
        "manufacturer_address": Given(site.address, at),
        "manufacturer_phone": Given(site.phone, at),
        "representative_name": Given(product.responsible_name, source),
        "representative_title": Given(product.responsible_title, source),
        "representative_address": Given(site.address if product.responsible_name else "", at),
        "representative_phone": Given(product.responsible_phone, source),
        "other_manufacturer": Given("The submitter is the manufacturer; see item 2", at),
    }
    if site.ever_registered is not None:
        values["ever_registered"] = Given("yes" if site.ever_registered else "no", at)
    return values


def _device(product: Product) -> dict[str, Given]:
    source = f"Device {product.brand_name}"
    number = product.marketing_number or ("" if product.pathway != Product.Pathway.PREAMENDMENT else "no number")
    months = product.expected_life_months
    return {
        "brand_name": Given(product.brand_name, source),
        "common_name": Given(product.common_name, source),
        "intended_use": Given(product.intended_use, source),
        "marketing_status": Given(f"{product.get_pathway_display()} {number}".strip() if number else "", source),
        "listing_number": Given(product.listing_number, source),
        "device_identifier": Given(product.udi_di, source),
        "expected_life": Given(f"{months} months" if months else "", source),
    }


def _story(case: Case, product: Product) -> dict[str, Given]:
    """What happened and what was done, from the case's dated facts and the affected releases."""
    rows = list(standing_facts(case).order_by("happened_on", "recorded_at"))
    values = _releases(_subject(case, product))
    values["events"] = Given(_events(case, rows), f"{case.number}, dated facts")
    values["actions_taken"] = Given(_taken(rows), f"{case.number}, dated facts")
    values["actions_expected"] = Given(_told(rows, K.PLAN_MADE, "plan", "rationale"), f"{case.number}, plan")
    values["injuries"] = Given(_injuries(rows), f"{case.number}, searches and linked events")
    numbers = (_told(rows, kind, "number") for kind in (K.MDR_SUBMITTED, K.MDR_5DAY_SUBMITTED))
    values["mdr_numbers"] = Given("\n".join(filter(None, numbers)), f"{case.number}, MDR")
    notices = [row for row in rows if row.kind == K.CUSTOMERS_TOLD]
    source = f"{case.number}, customers told"
    values["communications_made"] = Given("\n".join(_notice(row) for row in notices), source)
    values["communications"] = Given(_copies(notices), source)
    return values


def _subject(case: Case, product: Product) -> list[Release]:
    """The releases subject to the action: affected now, or at issue when it was assessed and fixed since."""
    assessed = [d for d in devices_acted_on(case, facts_of_case(case)) if d.product.pk == product.pk]
    at_issue = {uid for device in assessed for row in device.rows for uid in row.result.get("releases", ())}
    answers = case.answers.filter(release__product=product).select_related("release")
    return [
        a.release for a in answers
        if a.status == VexStatus.AFFECTED or (a.status == VexStatus.FIXED and str(a.release.uid) in at_issue)
    ]  # fmt: skip


def _releases(releases: Iterable[Release]) -> dict[str, Given]:
    rows = list(releases)
    source = ", ".join(f"Release {r.version}" for r in rows)
    known = [r.units_distributed for r in rows if r.units_distributed is not None]
    first = min((r.first_distributed_on for r in rows if r.first_distributed_on), default=None)
    last = max((r.last_distributed_on for r in rows if r.last_distributed_on), default=None)
    values = {"lot_or_serial": Given("software versions " + ", ".join(r.version for r in rows) if rows else "", source)}
    if rows and len(known) == len(rows):
        values["total_number"] = Given(f"{sum(known):,} devices distributed", source)
        each = "; ".join(f"version {r.version}: {r.units_distributed:,}" for r in rows)
        values["number_in_batch"] = Given(each, source)
    if first:
        until = f" to {_day(last)}" if last else ""
        values["made_or_distributed"] = Given(f"distributed from {_day(first)}{until}", source)
    return values


def _events(case: Case, rows: list[DatedFact]) -> str:
    vulnerability = case.vulnerability
    says = [f"{vulnerability.label.rstrip('.')}.", vulnerability.description]
    for row in rows:
        if row.kind in (K.LEARNED_CANDIDATE, K.LEARNED, K.ADVERSE_EVENT_LINKED):
            says.append(f"{_day(row.happened_on)}: {FactKind(row.kind).label}. {row.evidence}".strip())
    return "\n".join(text for text in says if text)


def _taken(rows: list[DatedFact]) -> str:
    done = (
        K.CORRECTION_INITIATED, K.REMOVAL_INITIATED, K.FIRST_UNIT_CHANGED, K.CUSTOMERS_TOLD, K.CONTROLS_IDENTIFIED,
        K.FIX_VALIDATED, K.FIX_DISTRIBUTED, K.EXTENSION_INITIATED,
    )  # fmt: skip
    lines = []
    for row in rows:
        if row.kind in done:
            what = "; ".join(
                filter(None, (row.detail.get(k, "") for k in ("what", "communication", "controls", "release")))
            )
            lines.append(f"{_day(row.happened_on)}: {FactKind(row.kind).label}" + (f" ({what})" if what else ""))
    return "\n".join(lines)


def _told(rows: list[DatedFact], kind: FactKind, *keys: str) -> str:
    texts = ["; ".join(filter(None, (row.detail.get(key, "") for key in keys))) for row in rows if row.kind == kind]
    return "\n".join(filter(None, texts))


def _injuries(rows: list[DatedFact]) -> str:
    """None known is said only of a search that was made, and with its day; silence is no answer.

    Nor is it said while an earlier hit, or an event somebody is aware of, is not explained.
    """
    lines = [
        f"{_day(row.happened_on)}: {row.detail.get('seriousness') or 'seriousness not recorded'}; "
        f"{row.detail.get('event', '')}".strip("; ")
        for row in rows
        if row.kind == K.ADVERSE_EVENT_LINKED
    ]
    searches = [row for row in rows if row.kind == K.ADVERSE_EVENT_SEARCH]
    facts = Facts(as_fact(row) for row in rows)
    open_ends = serious_event_known(facts) or unlinked_events(facts)
    if searches and not lines and not open_ends and searches[-1].detail.get("result") == "none":
        lines.append(f"None known; search of {_day(searches[-1].happened_on)}: {searches[-1].detail.get('where', '')}")
    return "\n".join(lines)


def _notice(row: DatedFact) -> str:
    return f"{row.detail.get('communication') or 'Notice'} of {_day(row.happened_on)}"


def _copies(notices: list[DatedFact]) -> str:
    """The copies by their hash; '' as soon as one communication lacks its copy, so that it is asked for."""
    if not all(row.blob for row in notices):
        return ""
    return "\n".join(f"{_notice(row)}, SHA-256 {row.blob[:12]}…" for row in notices)


def _day(on: date) -> str:
    return f"{on.day} {on:%B %Y}"
