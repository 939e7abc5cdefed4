"""What matching ruled out: a version lies in a stated range, and the record's own conditions exclude the release.

'Which were ruled out, and why' is asked in an inspection. So it is kept beside the findings, with its sentence.
A vulnerability that stands for another reason is a finding, and not among them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from suture.detection.models import RuledOut
from suture.detection.reasons import Hit, Where, inside, spoken
from suture.inventory.models import Release

_SHOWN = ("vulnerability_id", "component", "ref", "source", "record", "says", "because")


class Ruled(NamedTuple):
    """One component in one stated range of a vulnerability that does not concern the release, and why."""

    vulnerability: int
    where: Where
    source: str
    record: str
    says: str  # '1.9 lies in v < 2.0'
    because: str  # 'only together with h:acme:monitor, which this release has not'

    @property
    def component(self) -> str:
        return f"{self.where.name} {self.where.version}".strip()


def ruled(hits: Iterable[Hit], found: Collection[int]) -> list[Ruled]:
    """The vulnerabilities behind hits that were ruled out, those found for another reason left out. Two queries."""
    left = list(hits)
    said = spoken(hit.stmt for hit in left)
    listed = {
        Ruled(
            number, hit.where, said[hit.stmt].source, said[hit.stmt].record_id, inside(hit, said[hit.stmt].says),
            "; ".join(hit.doubts),
        ): None
        for hit in left
        for number in said[hit.stmt].vulnerabilities
        if number not in found
    }  # fmt: skip
    return sorted(listed)


def keep(release: Release, found: Iterable[Ruled]) -> None:
    """Bring what is kept of a release in line; where nothing changed, nothing is written."""
    wanted = {_row(one): None for one in found}
    kept = {tuple(row[1:]): row[0] for row in RuledOut.objects.filter(release=release).values_list("pk", *_SHOWN)}
    gone = [kept[row] for row in kept if row not in wanted]
    for start in range(0, len(gone), 1000):
        RuledOut.objects.filter(pk__in=gone[start : start + 1000]).delete()
    RuledOut.objects.bulk_create(
        (RuledOut(release=release, **dict(zip(_SHOWN, row, strict=True))) for row in wanted if row not in kept),
        batch_size=1000,
    )


def _row(one: Ruled) -> tuple[Any, ...]:
    return (
        one.vulnerability, one.component, one.where.ref, one.source, one.record, one.says[:1000], one.because[:1000],
    )  # fmt: skip
