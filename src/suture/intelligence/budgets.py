"""How old what a source says may be before we call it late. Hours, by source; ours, not a regulator's.

A feed that is renewed daily is late after two days. Small collections change seldom: their newest record may be
months old though we look every day, so they have months.
"""

from __future__ import annotations

_DAY = 24.0

_BUDGETS: dict[str, float] = {
    "kev": 4 * _DAY,  # changes on working days
    "epss": 2 * _DAY,
    "nvd": 2 * _DAY,
    "cve": 2 * _DAY,
    "ghsa": 2 * _DAY,
    "go": 7 * _DAY,
    "pysec": 7 * _DAY,
    "rustsec": 14 * _DAY,
    "bitnami": 2 * _DAY,
    "almalinux": 4 * _DAY,
    "rocky": 4 * _DAY,
    "redhat": 2 * _DAY,
    "alpine": 4 * _DAY,
    "nvd-override": 14 * _DAY,
    "oss-fuzz": 7 * _DAY,
    "malicious": 4 * _DAY,
    "drupal": 30 * _DAY,
    "psf": 120 * _DAY,
    "r": 365 * _DAY,
    "demo": float("inf"),  # 'demo nvd' and the like: extracts, which do not age
}
_ANY_OTHER = 7 * _DAY


def budget_of(source: str) -> float:
    """The hours after which a source is late."""
    return _BUDGETS.get("demo" if source.startswith("demo ") else source, _ANY_OTHER)  # 'demo nvd'
