"""What we found, where, and what we have not looked at. Every read of findings takes the person and respects walls."""

from suture.detection.queries.across import Answer, DeviceAnswer, vulnerability_across_devices
from suture.detection.queries.corrected import (
    Pair,
    corrected_by,
    corrected_counts,
    corrected_in,
    corrected_of,
    correction_by_uid,
    corrections_for,
    due_for_review,
    pairs_of,
    standing_corrections,
)
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
    "Pair",
    "Possible",
    "ReleaseCounts",
    "Verdict",
    "Waiting",
    "corrected_by",
    "corrected_counts",
    "corrected_in",
    "corrected_of",
    "correction_by_uid",
    "corrections_for",
    "counts_by_release",
    "coverage",
    "due_for_review",
    "exploitation_of",
    "finding_by_uid",
    "findings_of",
    "kev_vulnerabilities",
    "pairs_of",
    "standing_corrections",
    "vulnerabilities_found",
    "vulnerability_across_devices",
    "why_not_assessed",
]
