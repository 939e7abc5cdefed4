"""A report or record becomes a PDF: the same record gives the same bytes, kept by their SHA-256."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any
from uuid import UUID

import typst
from django.db import transaction

from suture.accounts.models import Person, Signature
from suture.accounts.queries import signatures_on
from suture.accounts.services import new_uid, require
from suture.assessment.models import Case
from suture.core.errors import SutureError
from suture.core.reports806 import Item
from suture.core.roles import Role
from suture.evidence.canonical import digest
from suture.evidence.clock import is_moved, now
from suture.evidence.services import record
from suture.inventory.blobs import keep_blob
from suture.policy.queries import installation
from suture.reporting.models import Document, Record806, Report806
from suture.reporting.queries import keep_until, record_for, report_for, signatures_holding
from suture.reporting.services.reports import content_of
from suture.reporting.sources import items_of, record_items_reviewed

TEMPLATE = files("suture.reporting").joinpath("templates/document.typ")
DRAFT_BANNER = "DRAFT, not submitted"
MOVED_CLOCK = "The clock of this installation is set by hand"
NOT_AN_ADMISSION = "Submitting this report is not an admission (21 CFR 806.10(e))."
DISCRETION = (
    "Where this record rests on FDA's enforcement policy: FDA does not intend to enforce reporting under 21 CFR 806 "
    "while all four conditions hold (FDA guidance, non-binding, 28 Dec 2016, §VII.B); the duty itself stays."
)


def print_report806(*, report_uid: UUID | str, by: Person) -> Document:
    """Make the PDF of an 806 report as it stands; a draft carries a banner and the pattern of its number.

    Where nothing changed since the last one, that document is given.

    Source: 21 CFR 806.10(c): 13 items, each with its text or what is missing, why, and when it will be submitted.
    """
    row = report_for(by, report_uid)
    require(by, "report806.draft", row.case)
    draft = not row.is_sent
    items = items_of(row)
    signatures = list(signatures_on(row.record_kind, row.uid, digest(content_of(row))))
    action = "removal" if row.type == "R" else "correction"
    subject = {
        "title": f"Report of a {action}, 21 CFR 806.10",
        "subtitle": f"{row.product.brand_name} ({row.product.common_name})",
        "basis": " · ".join(
            (row.number or "Number given on submission", f"case {row.case.number}", row.case.vulnerability.preferred_id)
        ),
        "notice": NOT_AN_ADMISSION,
        "number": row.number or "draft",
    }
    return _print(row, row.case, Document.Kind.REPORT_806, row.version, items, signatures, subject, draft, by)


def print_record806(*, record_uid: UUID | str, by: Person) -> Document:
    """Make the PDF of an 806.20 record; a draft until the designated person has signed its review.

    Source: 21 CFR 806.20(b).
    """
    row = record_for(by, record_uid)
    require(by, "record806.draft", row.case)
    signatures = list(signatures_holding(row))
    reviewed = "; ".join(f"{s.printed_name}, {_utc(s.signed_at)}" for s in signatures)
    subject = {
        "title": "Record of a correction or removal not reported, 21 CFR 806.20",
        "subtitle": f"{row.product.brand_name} ({row.product.common_name})",
        "basis": f"Version {row.version} · case {row.case.number} · {_kept(row)}",
        "notice": DISCRETION,
        "number": f"version-{row.version}",
    }
    items = record_items_reviewed(row, reviewed)
    return _print(row, row.case, Document.Kind.RECORD_806, row.version, items, signatures, subject, not signatures, by)


def _kept(row: Record806) -> str:
    until = keep_until(row)
    how_long = "for two years beyond the expected life of the device" if until is None else f"until {until.isoformat()}"
    return f"Keep {how_long} (21 CFR 806.20(c))"


def render(data: dict[str, Any], at: datetime) -> bytes:
    """Typeset one document. The data go in as JSON and are never part of the source; `at` is the document's date.

    Raises:
        SutureError: the template cannot be typeset.
    """
    try:
        return bytes(
            typst.compile(
                TEMPLATE.read_bytes(), format="pdf", sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
                timestamp=int(at.timestamp()), ignore_system_fonts=True,
            )
        )  # fmt: skip
    except RuntimeError as error:
        raise SutureError(f"the document could not be typeset: {error}") from error


def _print(
    row: Report806 | Record806, case: Case, kind: Document.Kind, version: int, items: Sequence[Item],
    signatures: Iterable[Signature], subject: dict[str, str], draft: bool, by: Person,
) -> Document:  # fmt: skip
    here = installation()
    content = {
        **subject,
        "manufacturer": here.manufacturer if here else row.product.establishment.name,
        "case": case.number,
        "running": f"{here.manufacturer if here else ''} · quality record, confidential · {case.tlp}",
        "draft": draft,
        "banner": " · ".join([DRAFT_BANNER] * draft + [MOVED_CLOCK] * is_moved()),
        "items": [_item(item) for item in items],
        "signatures": [_signature(s) for s in signatures],
    }
    fingerprint = digest(content)
    known = Document.objects.filter(of_uid=row.uid, record_digest=fingerprint).first()
    if known is not None:
        return known
    at = _dated(row, signatures)
    stamp = {"year": at.year, "month": at.month, "day": at.day, "hour": at.hour, "minute": at.minute,
             "second": at.second}  # fmt: skip
    footer = f"Record SHA-256 {fingerprint[:16]}… · {_utc(at)}"
    sha256 = keep_blob(render({**content, "made": stamp, "footer": footer}, at))  # nobody waits for a lock meanwhile
    name = f"{case.number}-{kind.value}-{row.product.brand_name}-{subject['number']}.pdf"
    with transaction.atomic():
        document = Document.objects.create(
            uid=new_uid(), case=case, kind=kind, of_uid=row.uid, of_version=version,
            name=name.replace("/", "-").replace(" ", "-"), sha256=sha256, record_digest=fingerprint, draft=draft,
            made_at=now(), by=by,
        )  # fmt: skip
        record(
            by=by, did="document.made", to=document,
            facts={"sha256": sha256, "of": row.uid, "record_digest": fingerprint, "draft": draft},
        )  # fmt: skip
    return document


def _dated(row: Report806 | Record806, signatures: Iterable[Signature]) -> datetime:
    """The document's date comes from the record, never from the moment of printing: the same record, the same bytes."""
    return max([row.drafted_at, *(s.signed_at for s in signatures)]).astimezone(UTC)


def _item(item: Item) -> dict[str, Any]:
    missing = item.missing[:1].upper() + item.missing[1:]
    text = item.text or ("" if missing else "Nothing further.")
    return {
        "number": item.number, "title": item.title, "text": text, "missing": missing, "citation": item.citation,
        "sources": list(item.sources),
    }  # fmt: skip


def _signature(signature: Signature) -> dict[str, str]:
    return {
        "name": signature.printed_name, "role": Role(signature.as_role).label, "meaning": signature.meaning,
        "at": _utc(signature.signed_at),
    }  # fmt: skip


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
