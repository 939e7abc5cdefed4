"""Where sources disagree: what only a later voice says of a component is *conditional*, with both sentences.

core.sources ranks the voices. A source decides for a component when it states a readable range of one of the
component's packages; one that states nothing readable passes the question down. So the vendor's own record and the
ecosystem's advisory go before NVD, and nothing that anybody says is dropped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from suture.core.sources import Voice, never_before, voice_of
from suture.detection.conditions import LINE, Conditions, conditions_of
from suture.detection.kernel import chunks, rows
from suture.detection.reasons import Hit
from suture.intelligence.models import ORDINALS
from suture.intelligence.queries import Statement


class Heard(NamedTuple):
    """One record that speaks of a vulnerability, and of which packages it states readable ranges."""

    assertion: int
    source: str
    record_id: str
    voice: Voice
    dated: str


_COVERED = "SELECT assertion FROM covers WHERE vuln IN ({numbers})"
# CASE, for its order: the words of a record are long, and most are not looked at once its source is known
_RECORDS = """
SELECT COALESCE(c.vuln, a.vuln), a.id, a.source, a.record_id, a.by_vendor, a.modified, a.published
FROM assertion a LEFT JOIN covers c ON c.assertion = a.id WHERE ({which}) AND CASE WHEN a.source IN ({late}) THEN 1 = 0
ELSE a.f <= %(rev)s AND a.t > %(rev)s AND a.withdrawn = '' AND a.says <> '' END"""

_SPEAKS = """
SELECT r.pkg_id, r.stmt >> {bits}, MIN(r.stmt) FROM rng r
WHERE r.pkg_id IN ({packages}) AND r.stmt >> {bits} IN ({assertions}) GROUP BY 1, 2"""


def weigh(
    hits: Sequence[Hit], said: Mapping[int, Statement], packages: Mapping[str, frozenset[int]], rev: int
) -> list[Hit]:
    """Add a doubt to every hit that a source heard earlier does not confirm.

    Args:
        packages: by component ref, the packages by which the component is looked up.
    """
    spoken: dict[tuple[int, str], set[int]] = defaultdict(set)  # (vulnerability, component): statements
    for hit in hits:
        for number in said[hit.stmt].vulnerabilities:
            spoken[number, hit.where.ref].add(hit.stmt)
    voices = {stmt: _voice(statement) for stmt, statement in said.items()}
    unsure = {
        (number, ref): best
        for (number, ref), stmts in spoken.items()
        if (best := min(voices[stmt] for stmt in stmts)) > Voice.VENDOR
    }
    if not unsure:
        return list(hits)
    records = _records(unsure, rev)
    earlier = {
        key: some
        for key, best in unsure.items()
        if (some := [one for one in records.get(key[0], ()) if one.voice < best])
    }
    deciding = {one.assertion for some in earlier.values() for one in some}
    speaks = _speaks(deciding, {package for _, ref in earlier for package in packages.get(ref, ())})
    doubts: dict[tuple[int, str], str] = {}
    for (number, ref), some in earlier.items():
        own = packages.get(ref, frozenset())
        contrary = [one for one in some if not own.isdisjoint(speaks.get(one.assertion, ()))]
        if contrary:
            first = min(contrary, key=lambda one: (one.voice, one.record_id))
            dated = f" of {first.dated}" if first.dated else ""
            doubts[number, ref] = (
                f"{first.source} {first.record_id}{dated} is heard first and does not name this version"
            )
    if not doubts:
        return list(hits)
    return [_doubted(hit, said[hit.stmt], doubts) for hit in hits]


def by_whom(said: Mapping[int, Statement], conditions: Mapping[int, Conditions]) -> dict[int, Statement]:
    """Statements with those told apart that an authorised publisher (ADP) added to a vendor's own CVE record.

    They are read as theirs, not as the vendor's; the sentence names them.
    Source: CVE record format 5.x, containers `cna` and `adp`.
    """
    told = dict(said)
    for stmt, statement in said.items():
        known = conditions.get(stmt >> ORDINALS)
        if known is not None and known.added is not None and stmt & LINE >= known.added[0]:
            told[stmt] = statement._replace(by_vendor=False, says=f"{statement.says} (added by {known.added[1]})")
    return told


def _doubted(hit: Hit, statement: Statement, doubts: Mapping[tuple[int, str], str]) -> Hit:
    mine = [doubts.get((number, hit.where.ref)) for number in statement.vulnerabilities]
    if None in mine:
        return hit
    return hit._replace(doubts=(*hit.doubts, *dict.fromkeys(why for why in mine if why)))


def _voice(statement: Statement) -> Voice:
    return voice_of(statement.source, by_vendor=statement.by_vendor)


def _records(unsure: Mapping[tuple[int, str], Voice], rev: int) -> dict[int, list[Heard]]:
    """The standing records of some vulnerabilities that may be heard before the best voice of one of their components.

    Args:
        unsure: by vulnerability and component, the best voice there.
    """
    later: dict[int, Voice] = {}
    for (number, _), best in unsure.items():
        later[number] = max(best, later.get(number, best))
    together: dict[Voice, list[int]] = defaultdict(list)
    for number, best in later.items():
        together[best].append(number)
    found: dict[int, list[Heard]] = defaultdict(list)
    for best, vulnerabilities in together.items():
        late = ", ".join(f"'{name}'" for name in never_before(best))
        for part in chunks(sorted(vulnerabilities)):
            numbers = ", ".join(map(str, part))
            which = f"a.vuln IN ({numbers})"
            if covered := {row[0] for row in rows(_COVERED.format(numbers=numbers), {})}:
                which += f" OR a.id IN ({', '.join(map(str, sorted(covered)))})"
            for number, assertion, source, record_id, by_vendor, modified, published in rows(
                _RECORDS.format(which=which, late=late), {"rev": rev}
            ):
                voice = voice_of(source, by_vendor=bool(by_vendor))
                if voice < Voice.OTHER:
                    found[number].append(Heard(assertion, source, record_id, voice, (modified or published)[:10]))
    return found


def _speaks(assertions: Iterable[int], packages: Iterable[int]) -> dict[int, set[int]]:
    """The packages, among some, of which each assertion states a readable range in its issuer's own name."""
    found: dict[int, set[int]] = defaultdict(set)
    wanted = sorted({package for package in packages if package > 0})
    if not wanted:
        return found
    listed = ", ".join(map(str, wanted))
    # The packages are probed: a release has few, and one record may state thousands of ranges of others.
    for part in chunks(sorted(set(assertions))):
        numbers = ", ".join(map(str, part))
        conditions = conditions_of(part)
        sql = _SPEAKS.format(bits=ORDINALS, assertions=numbers, packages=listed)
        for package, assertion, first in rows(sql, {}):
            known = conditions.get(assertion)
            if known is None or known.added is None or first & LINE < known.added[0]:
                found[assertion].add(package)
    return found
