"""What we found, where, and what we have not looked at. Every read of findings takes the person and respects walls."""

from suture.detection.queries.across import Answer, DeviceAnswer, vulnerability_across_devices
from suture.detection.queries.coverage import Coverage, Hole, Possible, Verdict, Waiting, coverage, why_not_assessed
from suture.detection.queries.findings import (
    Exploitation,
    ReleaseCounts,
    counts_by_release,
    exploitation_of,
    finding_by_uid,
    findings_of,
    kev_vulnerabilities,
    vulnerabilities_found,
)

__all__ = [
    "Answer",
    "Coverage",
    "DeviceAnswer",
    "Exploitation",
    "Hole",
    "Possible",
    "ReleaseCounts",
    "Verdict",
    "Waiting",
    "counts_by_release",
    "coverage",
    "exploitation_of",
    "finding_by_uid",
    "findings_of",
    "kev_vulnerabilities",
    "vulnerabilities_found",
    "vulnerability_across_devices",
    "why_not_assessed",
]
