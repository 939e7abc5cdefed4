"""The end of a revision: published by one small transaction with its evidence, or swept away."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from suture.accounts.models import Person
from suture.core.errors import SutureError
from suture.evidence.clock import now
from suture.evidence.services import record
from suture.intelligence.models import OPEN, ORDINALS, FeedRevision, KnowledgeState
from suture.intelligence.queries import preference
from suture.intelligence.services.grouping import first_sentence
from suture.intelligence.services.results import Counts
from suture.intelligence.services.store import Store
from suture.intelligence.services.turn import Turn

AT_ONCE = 500
_CLOSED = f"t < {OPEN}"  # said in words that the partial indexes on `t` are recognised by
_CLOSED_ASSERTIONS = f"SELECT coalesce(sum(stated), 0), count(*) FROM assertion WHERE t = %s AND {_CLOSED}"  # noqa: S608
_CLOSED_WAITING = f"SELECT coalesce(sum(n), 0) FROM rng_review WHERE t = %s AND {_CLOSED}"  # noqa: S608


def publish(
    *, revision: FeedRevision, counts: Counts, merges: list[tuple[int, int]], result: bytes, standing: dict[str, int],
    sources: set[str], turn: Turn, by: Person,
) -> None:  # fmt: skip
    """Let readers see a revision, and write the one line of evidence for it.

    Args:
        merges: (group, the older group that takes it over).
        result: SHA-256 of what was made of the file.
        standing: totals that this revision sets rather than moves ('exploited', 'scored').
        sources: every source that a record of the file is of.

    Raises:
        SutureError: a count does not add up; nothing is published.
        Conflict: another import has taken over.
    """
    if wrong := counts.add_up():
        raise SutureError(f"{revision.file_name} was not taken in: {wrong}")
    with transaction.atomic():
        state = KnowledgeState.objects.select_for_update().get(pk=1)
        turn.must_hold(state.owner)
        _count_closed(revision.rev, counts)
        for group, into in merges:
            _merge(revision.rev, group, into)
        counts.merged = len(merges)
        revision.state = FeedRevision.State.PUBLISHED
        revision.published_at = now()
        revision.counts = {**counts.as_json(), "result": result.hex(), "sources": sorted(sources)}
        revision.save()
        state.published = revision.rev
        state.totals = _moved(state.totals, counts, standing, sources)
        state.save(update_fields=["published", "totals"])
        record(
            by=by, did="feed.imported", to=revision,
            facts={
                "source": revision.source, "file": revision.file_name, "sha256": revision.sha256,
                "dated": revision.dated, "edition": revision.upstream_id, "parser": revision.parser_ver,
                "keys": revision.keys_ver, "counts": revision.counts,
            },
        )  # fmt: skip


def _count_closed(rev: int, counts: Counts) -> None:
    """How many stated ranges ceased to stand at a revision, and how many came to."""
    with connection.cursor() as cursor:
        cursor.execute(_CLOSED_ASSERTIONS, [rev])
        stated, counts.assertions_closed = cursor.fetchone()
        cursor.execute(_CLOSED_WAITING, [rev])
        (waiting,) = cursor.fetchone()
    counts.waiting_closed = int(waiting)
    counts.ranges_closed = int(stated) - int(waiting)
    counts.ranges_opened = counts.accepted
    counts.waiting_opened = sum(counts.review.values())


def _moved(totals: dict[str, Any], counts: Counts, standing: dict[str, int], sources: set[str]) -> dict[str, Any]:
    moves = {
        "vulnerabilities": counts.vulnerabilities - counts.merged,
        "ranges": counts.ranges_opened - counts.ranges_closed,
        "waiting": counts.waiting_opened - counts.waiting_closed,
    }
    if not standing:
        moves["assertions"] = counts.new + counts.amended - counts.assertions_closed
    moved = {name: totals.get(name, 0) + by for name, by in moves.items()}
    return {**totals, **moved, **standing, "sources": sorted({*totals.get("sources", ()), *sources})}


def _merge(rev: int, group: int, into: int) -> None:
    """Move one group's rows into the older one. What it was before can be read from its closed claims."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE assertion SET vuln = %s WHERE vuln = %s", [into, group])
        cursor.execute(
            "DELETE FROM covers WHERE vuln = %s AND assertion IN (SELECT assertion FROM covers WHERE vuln = %s)",
            [group, into],
        )
        cursor.execute("UPDATE covers SET vuln = %s WHERE vuln = %s", [into, group])
        cursor.execute("UPDATE alias SET vuln = %s WHERE vuln = %s AND f = %s", [into, group, rev])
        cursor.execute(
            "INSERT INTO alias (record_id, source, said_by, f, t, vuln) "
            "SELECT record_id, source, said_by, %s, t, %s FROM alias WHERE vuln = %s AND t = %s",
            [rev, into, group, OPEN],
        )
        cursor.execute("UPDATE alias SET t = %s WHERE vuln = %s AND t = %s", [rev, group, OPEN])
        cursor.execute("UPDATE vulnerability SET merged_into = %s WHERE id = %s", [into, group])


# ---- sweeping


def sweep(store: Store, turn: Turn) -> int:
    """Remove every row of revisions that were never published, and open again what they closed; how many rows."""
    revisions = FeedRevision.objects.filter(state=FeedRevision.State.IMPORTING).order_by("rev")
    return sum(withdraw(store, turn, row, FeedRevision.State.SWEPT, "the import was cut off") for row in revisions)


def withdraw(store: Store, turn: Turn, revision: FeedRevision, state: FeedRevision.State, why: str) -> int:
    """Take back all that a revision wrote, in short transactions; the last good revision stays as it was."""
    rev, rows = revision.rev, 0
    last = store.rows("SELECT max(id) FROM assertion")[0][0] or 0
    for first in range(revision.first_assertion, last + 1, AT_ONCE):
        end = min(first + AT_ONCE, last + 1)
        with store.transaction():
            turn.beat()
            span = [first << ORDINALS, end << ORDINALS]
            rows += store.execute("DELETE FROM rng WHERE stmt >= ? AND stmt < ?", span)
            rows += store.execute("DELETE FROM rng_review WHERE stmt >= ? AND stmt < ?", span)
            for table in ("covers", "configuration", "platform_rng"):
                rows += store.execute(
                    f"DELETE FROM {table} WHERE assertion >= ? AND assertion < ?",  # noqa: S608 (constants)
                    [first, end],
                )
            rows += store.execute("DELETE FROM assertion WHERE id >= ? AND id < ?", [first, end])
    for table, key in _KEYS.items():
        begun = f"({key}) IN (SELECT {key} FROM {table} WHERE f = ? LIMIT 5000)"  # noqa: S608 (constants)
        closed = f"({key}) IN (SELECT {key} FROM {table} WHERE t = ? AND {_CLOSED} LIMIT 5000)"  # noqa: S608
        if table in _OWN_REVISION:
            rows += _in_portions(store, turn, f"DELETE FROM {table} WHERE {begun}", [rev])  # noqa: S608
        if table != "vulnerability":
            _in_portions(store, turn, f"UPDATE {table} SET t = {OPEN} WHERE {closed}", [rev])  # noqa: S608
    revision.state, revision.why = state, why[:500]
    revision.save(update_fields=["state", "why", "source", "dated", "upstream_id"])
    return rows


_KEYS = {
    "alias": "record_id, source, said_by, f", "vulnerability": "id", "kev": "id, f", "epss": "id, f",
    "assertion": "id", "rng": "pkg_id, lo, hi, stmt, f", "rng_review": "stmt",
}  # fmt: skip
_OWN_REVISION = frozenset({"alias", "vulnerability", "kev", "epss"})  # swept by `f`; the others by their assertions


def _in_portions(store: Store, turn: Turn, statement: str, arguments: list[Any]) -> int:
    rows = 0
    while True:
        with store.transaction():
            turn.beat()
            touched = store.execute(statement, arguments)
        rows += touched
        if touched <= 0:
            return rows


# ---- titles and preferred ids


def names_are_due() -> bool:
    """Whether something was published whose titles and preferred ids were not yet brought up to date."""
    state = KnowledgeState.objects.get(pk=1)
    return state.named < state.published


def refresh_names(store: Store, turn: Turn) -> None:
    """Bring titles and preferred ids up to what is published. Work is found: cut off, the next start goes on."""
    state = KnowledgeState.objects.get(pk=1)
    if state.named >= state.published:
        return
    for revision in FeedRevision.objects.filter(
        rev__gt=state.named, rev__lte=state.published, state=FeedRevision.State.PUBLISHED
    ).order_by("rev"):
        # Groups this revision began have their names from the record that began them, unless others joined.
        due = store.rows(
            "SELECT a.vuln FROM assertion a JOIN vulnerability v ON v.id = a.vuln WHERE a.id >= ? AND a.id <= ? "
            "GROUP BY a.vuln, v.f HAVING v.f < ? OR count(*) > 1",
            [revision.first_assertion, revision.last_assertion, revision.rev],
        )
        numbers = [row[0] for row in due]
        for start in range(0, len(numbers), AT_ONCE):
            _name(store, turn, numbers[start : start + AT_ONCE])
    with store.transaction():
        turn.beat()
        store.execute("UPDATE knowledge_state SET named = ? WHERE id = 1", [state.published])


_SPEAKS_FIRST = {"cve": 0, "ghsa": 1, "nvd": 9, "nvd-override": 10}  # whose title a group bears; others in between


def _name(store: Store, turn: Turn, numbers: list[int]) -> None:
    among, listed = store.among(numbers)
    ids: dict[int, list[str]] = {}
    for number, record_id in store.rows(
        f"SELECT vuln, record_id FROM alias WHERE vuln {among} AND t = ?", [*listed, OPEN]  # noqa: S608
    ):  # fmt: skip
        ids.setdefault(number, []).append(record_id)
    titles: dict[int, tuple[int, str]] = {}
    for number, source, title, summary in store.rows(
        f"SELECT vuln, source, title, substr(summary, 1, 400) FROM assertion WHERE vuln {among} AND t = ?",  # noqa: S608
        [*listed, OPEN],
    ):
        rank = _SPEAKS_FIRST.get(source, 2) if title else 20
        found = (rank, title or first_sentence(summary))
        if found[1] and found < titles.get(number, (99, "")):
            titles[number] = found
    changed = []
    for number, preferred_id, title in store.rows(
        f"SELECT id, preferred_id, title FROM vulnerability WHERE id {among} AND NOT ours", listed  # noqa: S608
    ):  # fmt: skip
        names = ids.get(number)
        best = min(names, key=preference) if names else preferred_id
        called = titles.get(number, (0, title))[1]
        if (best, called) != (preferred_id, title):
            changed.append((best, called, number))
    if changed:
        with store.transaction():
            turn.beat()
            store.execute_many("UPDATE vulnerability SET preferred_id = ?, title = ? WHERE id = ?", changed)
