"""CISA's catalogue of Known Exploited Vulnerabilities: one JSON document, replaced whole.

Source: known_exploited_vulnerabilities_schema.json (cisagov/kev-data).
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from suture.core.errors import FormatError, Problem
from suture.core.vulnerabilities import Exploited
from suture.formats.decoding import decode


class Entry(msgspec.Struct, gc=False, rename="camel"):
    """One entry. Only its id and date are demanded: which of the others must be there is not verified."""

    cve_id: str = msgspec.field(name="cveID")
    date_added: str
    vulnerability_name: str = ""
    required_action: str = ""
    due_date: str = ""
    known_ransomware_campaign_use: str = "Unknown"


class Document(msgspec.Struct, rename="camel"):
    vulnerabilities: list[Entry]
    catalog_version: str = ""
    date_released: str = ""
    count: int | None = None


class Catalogue(NamedTuple):
    """The whole catalogue, with the edition it is."""

    version: str  # '2026.08.21'
    released: str  # ISO instant as written
    entries: tuple[Exploited, ...]


_DECODER = msgspec.json.Decoder(Document)


def read(data: bytes) -> Catalogue:
    """Read the whole catalogue.

    Raises:
        FormatError: not the catalogue, or one that says it holds another number of entries than it does: a cut
            download must not look like entries withdrawn.
    """
    raw = decode(_DECODER, data, "the KEV catalogue")
    if raw.count is not None and raw.count != len(raw.vulnerabilities):
        what = f"the KEV catalogue says it has {raw.count} entries and holds {len(raw.vulnerabilities)}"
        raise FormatError(what, [Problem("/count", what, "fetch the file again")])
    return Catalogue(
        raw.catalog_version,
        raw.date_released,
        tuple(
            Exploited(
                entry.cve_id,
                entry.date_added,
                entry.vulnerability_name,
                entry.required_action,
                entry.due_date,
                entry.known_ransomware_campaign_use == "Known",
            )
            for entry in raw.vulnerabilities
        ),
    )
