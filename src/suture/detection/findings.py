"""A release's findings follow what matching draws: new ones come, others go with why, come back, or merge.

Nothing is deleted. Everything here happens inside `services.match_release`'s transaction.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec
from django.db import connection

from suture.accounts.services import new_uid
from suture.core.labels import MatchLabel
from suture.core.matching import MatchClass
from suture.core.profile import is_device
from suture.detection.correcting import CORRECTED
from suture.detection.kernel import chunks, rows
from suture.detection.models import Finding
from suture.detection.reasons import Because, Drawn
from suture.intelligence.models import Assertion
from suture.inventory.models import Release

FIELDS = (
    "vulnerability", "result", "reasons", "components", "stated", "first_seen", "first_seen_rev", "gone_at",
    "gone_because", "reopened_at", "merged_into", "history", "match_label", "held_because", "held_at",
)  # fmt: skip


def note(finding: Finding, at: datetime, rev: int, what: str, why: str) -> None:
    """Add a line to a finding's own history."""
    finding.history = [*finding.history, {"at": at.isoformat(timespec="seconds"), "rev": rev, "what": what, "why": why}]


def reconcile(
    release: Release, drawn: Mapping[int, Drawn], present: Iterable[tuple[str, str]], rev: int, at: datetime,
    corrected: Mapping[int, str] = MappingProxyType({}),
) -> Counter[str]:  # fmt: skip
    """Bring a release's findings in line with a match. Counts: new, gone, held, reopened, changed, merged.

    Args:
        drawn: by vulnerability.
        present: (name, version) of every component of the current SBOM, for the reason why one went.
        corrected: why a match is not drawn because of corrections, by vulnerability.
    """
    happened: Counter[str] = Counter()
    kept = {row.vulnerability: row for row in map(_Kept._make, rows(_KEPT, {"release": release.pk}))}
    heirs = _heirs(
        {number: row.taken_over for number, row in kept.items() if row.taken_over and row.merged_into is None}
    )
    merging = {*heirs, *heirs.values()}
    moving = [row.id for number, row in kept.items() if number in merging or not row.stays(drawn.get(number))]
    findings = _loaded(moving)
    touched: dict[int, Finding] = {}
    happened["merged"] = _merge(findings, heirs, touched, rev, at)
    going: list[Finding] = []
    for vulnerability, finding in findings.items():
        one = drawn.get(vulnerability)
        if one is not None:
            outcome = _renew(finding, one, rev, at)
        elif finding.stated:
            outcome = _only_stated(finding)
        elif finding.gone_at is None:
            outcome = ""
            going.append(finding)
        else:
            outcome = ""
        if outcome:
            happened[outcome] += 1
            touched[finding.pk] = finding
    if going:
        happened += _go(going, touched, set(present), rev, at, corrected)
    known = (kept.keys() - heirs.keys()) | findings.keys()
    new = sorted(drawn.keys() - known)
    happened["new"] = len(new)
    _insert(release, [(number, drawn[number]) for number in new], rev, at)
    _update(touched.values())
    return +happened


_KEPT = """
SELECT f.id, f.vulnerability_id, f.result, f.reasons, f.components, f.stated, f.gone_at, f.held_because,
  f.merged_into_id, v.merged_into
FROM detection_finding f JOIN vulnerability v ON v.id = f.vulnerability_id WHERE f.release_id = %(release)s"""

_reasons = msgspec.json.Decoder(list[Because]).decode
_components = msgspec.json.Decoder().decode


class _Kept(NamedTuple):
    """A finding as it lies there, its JSON as text: most of a release's stay as they are, and are only looked at."""

    id: int
    vulnerability: int
    result: str
    reasons: str
    components: str
    stated: str
    gone_at: Any
    held_because: str
    merged_into: int | None
    taken_over: int | None  # its vulnerability, by this one

    def stays(self, one: Drawn | None) -> bool:
        """Whether what matching draws of it changes nothing; in doubt it does."""
        if one is None:
            return self.gone_at is not None and self.stated == "[]"
        if self.gone_at is not None or self.held_because or self.result != one.result.value:
            return False
        try:
            return _reasons(self.reasons) == one.because() and _components(self.components) == one.found_in()
        except msgspec.ValidationError:  # kept by an earlier edition, with other fields
            return False


def _loaded(numbers: Sequence[int]) -> dict[int, Finding]:
    """The findings that may move, by vulnerability; nobody else writes them meanwhile."""
    found: dict[int, Finding] = {}
    for part in chunks(numbers):
        found |= {row.vulnerability_id: row for row in Finding.objects.filter(pk__in=part).select_for_update()}
    return found


_COLUMNS = (
    "uid", "release_id", "vulnerability_id", "result", "reasons", "components", "first_seen", "first_seen_rev",
    "stated", "history", "gone_because", "match_label", "held_because",
)  # fmt: skip


def _insert(release: Release, new: Sequence[tuple[int, Drawn]], rev: int, at: datetime) -> None:
    uid, seen = Finding._meta.get_field("uid"), connection.ops.adapt_datetimefield_value(at)
    values = [
        (
            uid.get_db_prep_value(new_uid(), connection), release.pk, number, one.result.value,
            json.dumps(one.listed()), json.dumps(one.found_in()), seen, rev, "[]", "[]", "", "", "",
        )
        for number, one in new
    ]  # fmt: skip
    columns = ", ".join(_COLUMNS)
    if not values:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY detection_finding ({columns}) FROM STDIN") as sink:
                for row in values:
                    sink.write_row(row)
        else:
            places = ", ".join(["%s"] * len(_COLUMNS))
            cursor.executemany(f"INSERT INTO detection_finding ({columns}) VALUES ({places})", values)  # noqa: S608


def _update(findings: Collection[Finding]) -> None:
    """Write what may have moved in some findings: a plain statement each, whatever their number."""
    fields: list[Any] = [Finding._meta.get_field(name) for name in FIELDS]
    columns = ", ".join(f"{field.column} = %s" for field in fields)
    values = [
        (*(field.get_db_prep_save(getattr(one, field.attname), connection) for field in fields), one.pk)
        for one in findings
    ]
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(f"UPDATE detection_finding SET {columns} WHERE id = %s", values)  # noqa: S608


def _renew(finding: Finding, one: Drawn, rev: int, at: datetime) -> str:
    """Matching finds it: it comes back if it was gone, and its reasons are today's."""
    reasons, components = one.listed(), one.found_in()
    came_back = finding.gone_at is not None
    if came_back:
        again = "the correction of its match no longer stands" if finding.gone_because.startswith(CORRECTED) else ""
        finding.gone_at, finding.gone_because, finding.reopened_at, finding.merged_into = None, "", at, None
        note(finding, at, rev, "reopened", again or "it matches again")
    elif finding.held_because:
        finding.held_because, finding.held_at = "", None
        note(finding, at, rev, "no longer held", "it matches again")
    elif (finding.result, finding.reasons, finding.components) == (one.result.value, reasons, components):
        return ""
    finding.result, finding.reasons, finding.components = one.result.value, reasons, components
    return "reopened" if came_back else "changed"


def _only_stated(finding: Finding) -> str:
    """Matching does not find it, but a person said that it concerns the release: that stands."""
    if not finding.reasons:
        return ""
    finding.reasons, finding.result = [], MatchClass.AFFECTED.value
    return "changed"


def _go(
    going: Sequence[Finding], touched: dict[int, Finding], here: set[tuple[str, str]], rev: int, at: datetime,
    corrected: Mapping[int, str],
) -> Counter[str]:  # fmt: skip
    happened: Counter[str] = Counter()
    records = {(r["source"], r["record"]) for f in going for r in f.reasons if r["record"]}
    now = _as_of_now({record for _, record in records}, rev)
    for finding in going:
        why = corrected.get(finding.vulnerability_id) or _why_gone(finding, here, now)
        if _must_hold(finding, here) and finding.vulnerability_id not in corrected:
            happened["held"] += _hold(finding, touched, f"{HELD}{why}"[:500], rev, at)
            continue
        finding.gone_at, finding.gone_because = at, why[:500]
        finding.held_because, finding.held_at = "", None
        note(finding, at, rev, "gone", finding.gone_because)
        touched[finding.pk] = finding
        happened["gone"] += 1
    return happened


HELD = "would be dropped because "


def _must_hold(finding: Finding, here: set[tuple[str, str]]) -> bool:
    """Whether a person confirmed the match, and the knowledge or the matcher alone takes it away: a component is there.

    A component that left the SBOM takes its finding with it: that is a fact of the device, not of the matcher.
    """
    there = any((one["name"], one["version"]) in here for one in finding.components)
    return finding.match_label == MatchLabel.RIGHT and there


def _hold(finding: Finding, touched: dict[int, Finding], why: str, rev: int, at: datetime) -> bool:
    if finding.held_because == why:
        return False
    finding.held_because, finding.held_at = why, finding.held_at or at
    note(finding, at, rev, "held", why)
    touched[finding.pk] = finding
    return True


def _as_of_now(records: Iterable[str], rev: int) -> dict[tuple[str, str], str]:
    """What became of some records: {(source, record): sentence}."""
    rows = Assertion.objects.filter(record_id__in=sorted(set(records)), f__lte=rev, t__gt=rev)
    said = {}
    for source, record, withdrawn, modified in rows.values_list("source", "record_id", "withdrawn", "modified"):
        if withdrawn:
            on = f" on {withdrawn[:10]}" if withdrawn[:1].isdigit() else ""
            said[source, record] = f"{record} was withdrawn by {source}{on}"
        else:
            on = f" of {modified[:10]}" if modified else ""
            said[source, record] = f"{record} as {source} states it now{on} does not concern this version"
    return said


def _why_gone(finding: Finding, here: set[tuple[str, str]], now: Mapping[tuple[str, str], str]) -> str:
    left = [c for c in finding.components if (c["name"], c["version"]) not in here]
    if left and len(left) == len(finding.components):
        if all(is_device(c["ref"]) for c in left):
            return "the device itself is no longer named so in the product's profile"
        return "no longer in the SBOM: " + ", ".join(f"{c['name']} {c['version']}".strip() for c in left)
    sources = dict.fromkeys((r["source"], r["record"]) for r in finding.reasons if r["record"])
    said = [now.get(one, f"{one[1]} is no longer stated by {one[0]}") for one in sources]
    return "; ".join(said) or "nothing states it any longer"


# ---- two ids that turn out to be one vulnerability ----


def _merge(
    findings: dict[int, Finding], heirs: Mapping[int, int], touched: dict[int, Finding], rev: int, at: datetime
) -> int:
    """Move findings of vulnerabilities that were taken over by another to that one, with their history."""
    for old, new in heirs.items():
        finding = findings.pop(old)
        heir = findings.get(new)
        if heir is None:
            note(finding, at, rev, "merged", "its vulnerability is the same as another and is shown under that one")
            finding.vulnerability_id = new
            findings[new] = touched[finding.pk] = finding
            continue
        _inherit(heir, finding)
        note(heir, at, rev, "merged", "took over a finding of the same vulnerability under another id")
        note(finding, at, rev, "merged", "its vulnerability is the same as another; see the finding it merged into")
        if finding.gone_at is None:
            finding.gone_at, finding.gone_because = at, "merged: two ids of one vulnerability"
        finding.merged_into = heir
        finding.stated = []
        touched[finding.pk], touched[heir.pk] = finding, heir
    return len(heirs)


_TAKEN = "SELECT id, merged_into FROM vulnerability WHERE id IN ({numbers}) AND merged_into IS NOT NULL"


def _heirs(taken_over: Mapping[int, int]) -> dict[int, int]:
    """The vulnerability under which each of some that were taken over is shown now: the end of the chain."""
    taken = dict(taken_over)
    wanted = set(taken.values()) - set(taken)
    while wanted:  # a group may itself have been taken over; the chain is short
        step: dict[int, int] = {}
        for part in chunks(sorted(wanted)):
            step |= rows(_TAKEN.format(numbers=", ".join(map(str, part))), {})
        taken |= step
        wanted = set(step.values()) - set(taken)
    heirs = {}
    for number in taken_over:
        last = number
        while last in taken:
            last = taken[last]
        heirs[number] = last
    return heirs


def _inherit(heir: Finding, finding: Finding) -> None:
    heir.stated = [*heir.stated, *finding.stated]
    heir.match_label = heir.match_label or finding.match_label
    if finding.first_seen < heir.first_seen:
        heir.first_seen, heir.first_seen_rev = finding.first_seen, finding.first_seen_rev
    if finding.gone_at is None and heir.gone_at is not None:
        heir.gone_at, heir.gone_because, heir.reopened_at = None, "", finding.first_seen
