"""Where sources disagree: what only a later voice says of a component is *conditional*, with both sentences.

core.sources ranks the voices. A source decides for a component when it states a readable range of one of the
component's packages; one that states nothing readable passes the question down. So the vendor's own record and the
ecosystem's advisory go before NVD, and nothing that anybody says is dropped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from suture.core.sources import Voice, voice_of
from suture.detection.conditions import LINE, Conditions, conditions_of
from suture.detection.kernel import chunks, joined, rows
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


_RECORDS = """
SELECT COALESCE(c.vuln, a.vuln), a.id, a.source, a.record_id, a.by_vendor, a.modified, a.published
FROM assertion a LEFT JOIN covers c ON c.assertion = a.id
WHERE {which} AND a.f <= %(rev)s AND a.t > %(rev)s AND a.withdrawn = '' AND a.says <> ''"""

_SPEAKS = """
SELECT r.pkg_id, r.stmt >> {bits}, MIN(r.stmt) FROM (SELECT id FROM assertion WHERE id IN ({assertions})) a
{join} rng r ON r.stmt >= (a.id << {bits}) AND r.stmt < ((a.id + 1) << {bits}) WHERE r.pkg_id IN ({packages})
GROUP BY 1, 2"""


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
    unsure = {
        (number, ref): best
        for (number, ref), stmts in spoken.items()
        if (best := min(_voice(said[stmt]) for stmt in stmts)) > Voice.VENDOR
    }
    if not unsure:
        return list(hits)
    records = _records({number for number, _ in unsure}, rev)
    earlier = {key: [one for one in records.get(key[0], ()) if one.voice < best] for key, best in unsure.items()}
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


def _records(vulnerabilities: Iterable[int], rev: int) -> dict[int, list[Heard]]:
    """The standing records of some vulnerabilities."""
    found: dict[int, list[Heard]] = defaultdict(list)
    for part in chunks(sorted(set(vulnerabilities))):
        numbers = ", ".join(map(str, part))
        which = f"(a.vuln IN ({numbers}) OR a.id IN (SELECT assertion FROM covers WHERE vuln IN ({numbers})))"  # noqa: S608
        for number, assertion, source, record_id, by_vendor, modified, published in rows(
            _RECORDS.format(which=which), {"rev": rev}
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
    for part in chunks(sorted(set(assertions))):
        numbers = ", ".join(map(str, part))
        conditions = conditions_of(part)
        sql = joined(_SPEAKS, bits=str(ORDINALS), assertions=numbers, packages=listed)
        for package, assertion, first in rows(sql, {}):
            known = conditions.get(assertion)
            if known is None or known.added is None or first & LINE < known.added[0]:
                found[assertion].add(package)
    return found
