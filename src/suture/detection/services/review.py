"""Decide on a stated range that nobody could read: not ours, or it concerns these versions, or every version.

A decision is remembered by the record's words: taken in again unchanged it holds, changed the range waits again.
Versions that a person states become ranges of the knowledge, and the range join meets them like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from suture.accounts.models import Person
from suture.accounts.services import new_uid, require, system
from suture.core.components import Package as PackageName
from suture.core.components import PackageKind
from suture.core.distros import DISTRO_TYPES
from suture.core.errors import Conflict, InvalidValue
from suture.core.stated_versions import read_versions
from suture.core.versions import KEYS_VERSION
from suture.core.vulnerabilities import Bounds
from suture.detection.crosswalk_names import Named, NameKind
from suture.detection.models import Matched, ReviewDecision, ReviewSettled
from suture.detection.queries.review import SETTLES, Waiting, one_in_review, several_in_review, standing_decisions
from suture.detection.review import key_of, subject_of
from suture.evidence.canonical import digest
from suture.evidence.clock import now
from suture.evidence.services import record
from suture.intelligence.models import ORDINALS, Assertion, Package, ReviewedRange
from suture.intelligence.queries import published_rev, standing
from suture.intelligence.services import rekey_ranges, state_ranges, take_back_ranges

Verdict = ReviewDecision.Verdict
STATES = (Verdict.VERSIONS, Verdict.EVERY_VERSION)  # verdicts that take part in matching
LONGEST_REASON = 1000
MOST_RANGES = 50
MOST_AT_ONCE = 500  # ranges of one verdict


def decide_review(
    *, stmt: int, verdict: str, by: Person, because: str, review_on: date, versions: Sequence[str] = (),
    of: Named | None = None, owner: Person | None = None,
) -> ReviewDecision:  # fmt: skip
    """Say what a range in review means for us. Said anew, it replaces what was said before.

    Args:
        stmt: the range, by its statement's number.
        verdict: 'not ours', 'versions' or 'every version'.
        review_on: the day to look at it again. What does not concern us waits again from then on; what does, goes on
            taking part in matching.
        versions: for 'versions': ranges as `core.stated_versions.read_versions` takes them, in the package's own order.
        of: the package the versions are of, where the record names none, or names it otherwise.

    Raises:
        InvalidValue: no reason, no such verdict, or versions that have no place in the package's order.
        NotFound: there is no such range, or it is about what this person may not see.
        NotAllowed: none of this person's roles may do this.
    """
    _check(because, verdict, review_on)
    bounds = _bounds(verdict, versions)
    with transaction.atomic():
        require(by, "review.decide")
        decision = _decide(one_in_review(stmt, by), verdict, by, because, review_on, bounds, versions, of, owner or by)
        _prove(decision, by)
    return decision


def decide_reviews(
    *, stmts: Sequence[int], verdict: str, by: Person, because: str, review_on: date, owner: Person | None = None
) -> list[ReviewDecision]:
    """Say of several ranges in review at once that they do not concern us, or concern every version.

    Versions are stated range by range (`decide_review`). One line of evidence, with the hash of what was decided on
    and of what came of it; each range keeps a decision of its own.

    Raises:
        InvalidValue: none chosen, too many, no reason, or a record that names no package for 'every version'.
        NotFound: one of them is there no longer, or is about what this person may not see.
        NotAllowed: none of this person's roles may do this.
    """
    wanted = sorted(set(stmts))
    if not wanted or len(wanted) > MOST_AT_ONCE:
        raise InvalidValue(f"choose 1 to {MOST_AT_ONCE} ranges; {len(wanted)} were chosen")
    _check(because, verdict, review_on)
    bounds = _bounds(verdict, ())
    with transaction.atomic():
        require(by, "review.decide")
        rows = several_in_review(wanted, by)
        made = [_decide(row, verdict, by, because, review_on, bounds, (), None, owner or by) for row in rows]
        asked = [[row.source, row.record, row.package, row.reason, row.raw] for row in rows]
        record(
            by=by, did=f"reviews.{verdict.replace(' ', '_')}", to=made[0], because=because,
            facts={
                "count": len(made), "verdict": verdict, "review_on": review_on.isoformat(),
                "owner": str((owner or by).uid), "records": [row.record for row in rows][:200],
                "input": digest({"ranges": asked}), "result": digest({"decisions": [[d.uid, d.key] for d in made]}),
            },
        )  # fmt: skip
    return made


def _decide(
    row: Waiting, verdict: str, by: Person, because: str, review_on: date, bounds: Sequence[Bounds],
    versions: Sequence[str], of: Named | None, owner: Person,
) -> ReviewDecision:  # fmt: skip
    """One decision with its ranges, in the caller's transaction, which proves it."""
    stmt = row.stmt
    record_ = Assertion.objects.get(pk=stmt >> ORDINALS)
    text = ReviewedRange.objects.select_for_update().get(pk=stmt)
    package = _package(row.kind, row.scheme, row.package, of) if bounds else None
    subject = subject_of(row.source, row.record, row.kind, row.package)
    key = key_of(subject, text.reason, text.n, text.raw, record_.sha256)
    _replace(subject, key, record_, text, by)
    decision = ReviewDecision.objects.create(
        uid=new_uid(), key=key, subject=subject, source=row.source, record_id=row.record,
        package_kind=row.kind, package_name=row.package,
        reason=row.reason, raw=row.raw, n=row.n, verdict=verdict,
        stated_kind=package.kind.value if package else "", stated_name=package.name if package else "",
        versions=[text.strip() for text in versions if text.strip()], because=because.strip(), by=by,
        owner=owner, review_on=review_on, at=now(), rev=published_rev(),
    )  # fmt: skip
    if package is not None:
        state_ranges(
            number=decision.pk, label=f"{row.record[:90]}, review {decision.pk}", about=record_, package=package,
            bounds=bounds, because=_said_by(decision),
        )  # fmt: skip
    ReviewSettled.objects.update_or_create(stmt=stmt, defaults={"decision": decision, "until": review_on})
    return decision


def take_back_review(*, stmt: int, by: Person, because: str) -> ReviewDecision:
    """Take back what was said of a range in review: it waits again, and versions stated of it match no longer.

    Raises:
        Conflict: nobody said anything of it that stands.
        NotFound: there is no such range, or it is about what this person may not see.
        NotAllowed: none of this person's roles may do this.
    """
    if not because.strip():
        raise InvalidValue("say why it is taken back")
    with transaction.atomic():
        row = one_in_review(stmt, by)
        require(by, "review.decide")
        if row.decision is None:
            raise Conflict("nobody said anything of this range that stands")
        return _end(row.decision, Verdict.TAKEN_BACK, because, by)


def settle_reviews() -> int:
    """Lay standing decisions beside what is published: found again, waiting again, or no longer needed. How many moved.

    A record taken in again unchanged, by another reader perhaps, has new numbers: the decision is found by its words.
    Where the record says something else that nobody can read, the range waits again, and versions stated before go on
    matching until a person decides anew. Where nothing of the package waits any longer, they lapse.
    """
    rev, moved = published_rev(), 0
    with transaction.atomic():
        if Matched.objects.exclude(keys_ver=KEYS_VERSION).exists():
            moved += _rekey()
        kept: dict[int, int] = dict(ReviewSettled.objects.values_list("decision_id", "stmt"))
        alive = set(standing(ReviewedRange.objects.filter(pk__in=kept.values()), rev).values_list("pk", flat=True))
        for decision in standing_decisions():
            if kept.get(decision.pk) in alive:
                continue
            waiting = _waiting_of(decision, rev)
            found = next((stmt for stmt, key in waiting if key == decision.key), None)
            stale = ReviewSettled.objects.filter(decision=decision)
            moved += (stale if found is None else stale.exclude(stmt=found)).delete()[0]
            if found is not None:
                until = decision.review_on or now().date()
                ReviewSettled.objects.update_or_create(stmt=found, defaults={"decision": decision, "until": until})
                moved += 1
            elif not waiting and decision.verdict in STATES:
                why = "the record no longer states a range of this package that waits for a person"
                _end(decision, Verdict.LAPSED, why, system())
                moved += 1
    return moved


def _rekey() -> int:
    """The order of versions has changed: what persons stated is written in today's keys, before anything is matched."""
    moved = 0
    for decision in standing_decisions():
        if decision.verdict not in STATES:
            continue
        bounds = _bounds(decision.verdict, decision.versions)
        try:
            moved += rekey_ranges(number=decision.pk, package=_stated(decision), bounds=bounds)
        except InvalidValue as refused:
            _end(decision, Verdict.LAPSED, f"in today's order of versions it cannot be read: {refused}", system())
            moved += 1
    return moved


def _stated(decision: ReviewDecision) -> PackageName:
    """The package whose versions a decision states, in today's order."""
    kind = decision.stated_name.partition("/")[0]
    if decision.stated_kind == PackageKind.PURL and kind in DISTRO_TYPES:
        return PackageName(PackageKind.PURL, DISTRO_TYPES[kind], decision.stated_name)
    named = Named(NameKind(decision.stated_kind), decision.stated_name).package
    if named is None:
        raise InvalidValue("versions are stated of a package")
    return named


def _waiting_of(decision: ReviewDecision, rev: int) -> list[tuple[int, str]]:
    """(statement, key) of every range that waits of the record and package a decision is about."""
    records = standing(Assertion.objects.filter(source=decision.source, record_id=decision.record_id), rev)
    found = []
    for row in records:
        span = ReviewedRange.objects.filter(stmt__gte=row.pk << ORDINALS, stmt__lt=(row.pk + 1) << ORDINALS)
        for text in span:
            package = Package.objects.filter(pk=text.pkg_id).first() if text.pkg_id is not None else None
            kind, name = (package.kind, package.name) if package else ("", "")
            if (kind, name) == (decision.package_kind, decision.package_name):
                found.append((text.stmt, key_of(decision.subject, text.reason, text.n, text.raw, row.sha256)))
    return found


def _check(because: str, verdict: str, review_on: date) -> None:
    if verdict not in SETTLES:
        raise InvalidValue(f"'{verdict}' is no verdict; choose from: {', '.join(SETTLES)}")
    if not because.strip():
        raise InvalidValue("say why, in a sentence a colleague will understand in five years")
    if len(because) > LONGEST_REASON:
        raise InvalidValue(f"a reason of {len(because):,} characters; {LONGEST_REASON:,} are kept")
    if review_on <= now().date():
        raise InvalidValue("the day to look at it again must lie in the future")


def _bounds(verdict: str, versions: Sequence[str]) -> list[Bounds]:
    written = [text for text in versions if text.strip()]
    if verdict != Verdict.VERSIONS:
        if written:
            raise InvalidValue(f"versions are stated with the verdict '{Verdict.VERSIONS}' only")
        return [Bounds(None, None)] if verdict == Verdict.EVERY_VERSION else []
    if not written:
        raise InvalidValue("state the versions it concerns, one range per line, e.g. '>= 1.0, < 2.3'")
    if len(written) > MOST_RANGES:
        raise InvalidValue(f"{len(written)} ranges; at most {MOST_RANGES} are stated at once")
    return [read_versions(text) for text in written]


def _package(kind: str, scheme: str, name: str, of: Named | None) -> PackageName:
    if of is not None:
        named = of.package
        if of.kind is NameKind.SUPPLIED or named is None:
            raise InvalidValue("versions are stated of a package URL, a CPE name or CNA words")
        return named
    if not name:
        raise InvalidValue("the record names no package; say which one is meant, as package URL or CPE name")
    return PackageName(PackageKind(kind), scheme, name)


def _replace(subject: str, key: str, record_: Assertion, text: ReviewedRange, by: Person) -> None:
    """Let versions that were stated of these very words, or of words the record no longer has, match no longer."""
    span = ReviewedRange.objects.filter(stmt__gte=record_.pk << ORDINALS, stmt__lt=(record_.pk + 1) << ORDINALS)
    same = [one for one in span if one.pkg_id == text.pkg_id and one.stmt != text.stmt]
    others = {key_of(subject, one.reason, one.n, one.raw, record_.sha256) for one in same}
    for decision in standing_decisions():
        if decision.subject != subject or decision.key in others:
            continue
        if decision.key == key and decision.verdict in STATES:
            take_back_ranges(decision.pk, published_rev())
        elif decision.key != key:
            _end(decision, Verdict.LAPSED, "said of words the record no longer has; decided anew", by)


def _end(decision: ReviewDecision, verdict: str, because: str, by: Person) -> ReviewDecision:
    if decision.verdict in STATES:
        take_back_ranges(decision.pk, published_rev())
    ReviewSettled.objects.filter(decision=decision).delete()
    ended = ReviewDecision.objects.create(
        uid=new_uid(), key=decision.key, subject=decision.subject, source=decision.source,
        record_id=decision.record_id, package_kind=decision.package_kind, package_name=decision.package_name,
        reason=decision.reason, raw=decision.raw, n=decision.n, verdict=verdict, stated_kind=decision.stated_kind,
        stated_name=decision.stated_name, because=because.strip(), by=by, owner=decision.owner, at=now(),
        rev=published_rev(),
    )  # fmt: skip
    _prove(ended, by)
    return ended


def _said_by(decision: ReviewDecision) -> str:
    return f"as {decision.by.printed_name} reads {decision.source} {decision.record_id}: {decision.because}"


def _prove(decision: ReviewDecision, by: Person) -> None:
    record(
        by=by, did=f"review.{decision.verdict.replace(' ', '_')}", to=decision, because=decision.because,
        facts={
            "source": decision.source, "record": decision.record_id, "package": decision.package_name,
            "reason": decision.reason, "raw": decision.raw, "ranges": decision.n, "verdict": decision.verdict,
            "stated_of": decision.stated_name, "versions": decision.versions, "owner": str(decision.owner.uid),
            "review_on": decision.review_on.isoformat() if decision.review_on else "", "knowledge": decision.rev,
        },
    )  # fmt: skip
