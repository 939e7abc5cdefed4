"""The arithmetic of the chain, alone: what is hashed, and how a break is found. Shared by writer and verifier."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

GENESIS = "0" * 64
FIELDS = (
    "seq", "recorded_at", "happened_at", "actor_uid", "actor_name", "did",
    "record_kind", "record_uid", "record_label", "because", "facts", "previous",
)  # fmt: skip


def entry_hash(entry: dict[str, Any]) -> str:
    """SHA-256 over the entry's fields, the hash of the entry before among them."""
    body = json.dumps([entry[f] for f in FIELDS], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(body.encode("utf-8")).hexdigest()


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry known outside the database."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verification found. `broken_at` is the sequence number of the first entry that does not hold, or None."""

    entries: int
    head: Head
    broken_at: int | None
    says: str

    @property
    def intact(self) -> bool:
        return self.broken_at is None


def verify_entries(entries: Iterable[dict[str, Any]], outside: Head | None) -> Verdict:
    """Walk the chain from its first entry and name the first that does not hold.

    Finds a changed entry (its hash differs), a removed or inserted one (numbers or links break), and, against the
    head kept outside the database, a cut tail or an older copy put back.
    """
    last = Head(0, GENESIS)
    seen_outside = outside is None or outside.seq == 0
    count = 0
    for entry in entries:
        count += 1
        if entry["seq"] != last.seq + 1:
            return Verdict(
                count, last, last.seq + 1, f"entry {last.seq + 1} is missing; {entry['seq']} follows {last.seq}"
            )
        if entry["previous"] != last.hash:
            return Verdict(
                count, last, entry["seq"], f"entry {entry['seq']} does not follow entry {last.seq}: its link differs"
            )
        if entry_hash(entry) != entry["hash"]:
            return Verdict(
                count, last, entry["seq"], f"entry {entry['seq']} was changed after it was written: its hash differs"
            )
        last = Head(entry["seq"], entry["hash"])
        if outside is not None and entry["seq"] == outside.seq:
            if entry["hash"] != outside.hash:
                return Verdict(
                    count, last, entry["seq"], f"entry {entry['seq']} differs from the head kept outside the database"
                )
            seen_outside = True
    if not seen_outside and outside is not None:
        return Verdict(
            count, last, last.seq + 1,
            f"the chain ends at entry {last.seq}, but entry {outside.seq} was written: the tail was cut, "
            "or an older copy of the database was put back",
        )  # fmt: skip
    return Verdict(count, last, None, f"{count:,} entries, intact")
