"""Who is heard first where sources disagree about one product.

The vendor's own CVE record and the ecosystem's advisory go before NVD, which no longer analyses most records and does
not follow later corrections of a vendor (architecture.md §3). Nobody is silenced: what a later voice says alone stays
visible, as *conditional* with both sentences.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache


class Voice(IntEnum):
    """Lower is heard first."""

    VENDOR = 1  # the CVE record of a CNA that is the vendor of the product
    ADVISORY = 2  # the vendor's, or the coordinated, advisory (CSAF)
    ECOSYSTEM = 3  # the ecosystem's or distribution's own advisory
    OVERRIDE = 4  # written because NVD's configuration was missing or wrong
    OTHER = 5  # NVD, and CVE records by others than the vendor


_ECOSYSTEMS = frozenset({
    "ghsa", "pysec", "go", "rustsec", "bitnami", "almalinux", "rocky", "redhat", "alpine", "psf", "drupal", "r",
    "oss-fuzz", "malicious",
})  # fmt: skip


@lru_cache(maxsize=1 << 10)
def voice_of(source: str, *, by_vendor: bool = False) -> Voice:
    """The place of a source, by the name under which its records are kept; an extract for the demo counts the same."""
    name = source.removeprefix("demo ")
    if name == "manufacturer":
        return Voice.VENDOR
    if name == "cve":
        return Voice.VENDOR if by_vendor else Voice.OTHER
    if name.startswith("csaf"):
        return Voice.ADVISORY
    if name == "nvd-override":
        return Voice.OVERRIDE
    return Voice.ECOSYSTEM if name in _ECOSYSTEMS else Voice.OTHER


def never_before(voice: Voice) -> list[str]:
    """Names of sources whose records are never heard before a voice, whoever issued them; there may be others."""
    names = sorted({*_ECOSYSTEMS, "nvd-override", "nvd"})
    return [kept for name in names if voice_of(name) >= voice for kept in (name, f"demo {name}")]


_WORDS = re.compile(r"[a-z0-9]+")

# Short names of CNAs that share no word with the vendor they write in their records.
_WRITTEN = {
    "chrome": {"google"},
    "google_android": {"google"},
    "psf": {"python"},
    "bd": {"becton"},
    "hpe": {"hewlett"},
    "openssl": {"openssl"},
    "haxx": {"curl"},
    "f5": {"nginx"},
    "zephyr": {"zephyrproject"},
}


@lru_cache(maxsize=1 << 14)
def is_vendor(cna: str, vendor: str) -> bool:
    """Whether a CNA is the vendor its record names: the same words, or the same first word.

    Args:
        cna: the assigner's short name ('siemens', 'apache', 'Linux').
        vendor: as the record writes it ('Siemens AG', 'Apache Software Foundation', 'Linux').
    """
    named, stated = _WORDS.findall(cna.lower()), _WORDS.findall(vendor.lower())
    if not named or not stated:
        return False
    whole, whole_stated = "".join(named), "".join(stated)
    if whole == whole_stated or named[0] == stated[0] or (len(whole) > 4 and whole_stated.startswith(whole)):
        return True
    return not _WRITTEN.get(cna.lower(), set()).isdisjoint(stated)
