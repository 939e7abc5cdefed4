"""What a person of ours states of a record that could not be read: ranges like any other, by the source 'manufacturer'.

They stand in `rng` and take part in the one range join. Their statements have numbers below zero, which no import
draws, and hold from the published revision on. Nobody but the room that decides on ranges in review calls these verbs.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from django.db.models import Max

from suture.core.components import Package as PackageName
from suture.core.errors import Conflict, InvalidValue
from suture.core.ranges import NeedsReview, read
from suture.core.vulnerabilities import Bounds, Record, StatedRange
from suture.evidence.clock import now
from suture.intelligence.models import OPEN, ORDINALS, Assertion, Covers, KnowledgeState, Package, Range
from suture.intelligence.reading import PackageRow, Raw, prepare

MANUFACTURER = "manufacturer"  # the source of what our own persons state of others' records


def state_ranges(
    *, number: int, label: str, about: Assertion, package: PackageName, bounds: Sequence[Bounds], because: str
) -> None:
    """Write ranges as a statement of ours about the vulnerabilities that a record is about. Inside a transaction.

    Args:
        number: of the decision it rests on; one decision states once.
        label: the id of our statement, as a person reads it.
        because: goes into every range's words, in brackets: 'as Ada Lind reads …'.

    Raises:
        InvalidValue: a bound has no place in the package's order, nor in the loose one, or the range holds nothing.
        Conflict: a package would have to be numbered while an import is under way.
    """
    stated = tuple(StatedRange(package, one) for one in bounds)
    for one in stated:
        try:
            read(one)
        except NeedsReview as refused:
            raise InvalidValue(f"{refused} ({refused.reason.value})") from refused
    state = KnowledgeState.objects.select_for_update().get(pk=1)
    rev, today = state.published, now().date().isoformat()
    packages: dict[PackageRow, int] = {}
    record = Record(source=MANUFACTURER, id=label, ranges=stated, published=today, modified=today, stated=len(stated))
    made = prepare(record, Raw(1, b"", b""), packages)
    if made.review:
        raise InvalidValue(f"the versions stated of {package.name} cannot be ordered: {made.review[0].reason}")
    numbers = _numbers(list(packages), importing=bool(state.owner))
    words = "\n".join(f"{line} ({' '.join(because.split())})" for line in made.says.split("\n"))
    Assertion.objects.create(
        id=-number, vuln=about.vuln, source=MANUFACTURER, record_id=label, f=rev, stated=len(stated), says=words,
        sha256=sha256(f"{label}\n{words}".encode()).digest(), published=today, modified=today,
    )  # fmt: skip
    covered = Covers.objects.filter(assertion=about.pk).values_list("vuln", flat=True)
    Covers.objects.bulk_create([Covers(assertion=-number, vuln=group) for group in covered])
    Range.objects.bulk_create(
        [
            Range(pkg_id=numbers[place], lo=lo, hi=hi, stmt=(-number << ORDINALS) | line, f=rev)
            for place, lo, hi, line in made.ranges
        ]
    )


def _numbers(packages: Sequence[PackageRow], *, importing: bool) -> list[int]:
    """The numbers of some packages, in their order; a new one is numbered only while no import counts on."""
    found: list[int] = []
    for kind, scheme, name, role in packages:
        row = Package.objects.filter(kind=kind, scheme=scheme, name=name, role=role).first()
        if row is None:
            if importing:
                raise Conflict("feeds are being taken in just now; state these versions when that has ended")
            last = Package.objects.aggregate(last=Max("pkg_id"))["last"] or 0
            row = Package.objects.create(pkg_id=last + 1, kind=kind, scheme=scheme, name=name, role=role)
        found.append(row.pkg_id)
    return found


def rekey_ranges(*, number: int, package: PackageName, bounds: Sequence[Bounds]) -> bool:
    """Write what a person stated in today's keys, where the order of versions has changed since. True: it moved.

    Raises:
        InvalidValue: a bound has no place in the order any more.
    """
    packages: dict[PackageRow, int] = {}
    stated = tuple(StatedRange(package, one) for one in bounds)
    made = prepare(
        Record(source=MANUFACTURER, id=f"review {number}", ranges=stated, stated=len(stated)),
        Raw(1, b"", b""),
        packages,
    )
    if made.review:
        raise InvalidValue(f"the versions stated of {package.name} cannot be ordered: {made.review[0].reason}")
    state = KnowledgeState.objects.select_for_update().get(pk=1)
    numbers = _numbers(list(packages), importing=bool(state.owner))
    base = -number << ORDINALS
    wanted = {(numbers[place], lo, hi, base | line) for place, lo, hi, line in made.ranges}
    rows = Range.objects.filter(stmt__gte=base, stmt__lt=(-number + 1) << ORDINALS, t=OPEN)
    standing = {(row.pkg_id, bytes(row.lo), bytes(row.hi), row.stmt) for row in rows}
    if wanted == standing:
        return False
    rows.update(t=state.published)
    for pkg_id, lo, hi, stmt in sorted(wanted):
        same = Range.objects.filter(pkg_id=pkg_id, lo=lo, hi=hi, stmt=stmt, f=state.published)
        if not same.update(t=OPEN):
            Range.objects.create(pkg_id=pkg_id, lo=lo, hi=hi, stmt=stmt, f=state.published)
    return True


def take_back_ranges(number: int, rev: int) -> None:
    """Let a statement of ours hold no longer, from a revision on; what it was stays on record."""
    first, last = -number << ORDINALS, (-number + 1) << ORDINALS
    Range.objects.filter(stmt__gte=first, stmt__lt=last, t=OPEN).update(t=rev)
    Assertion.objects.filter(pk=-number, t=OPEN).update(t=rev)
