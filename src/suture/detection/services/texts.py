"""Text watch: words of ours in texts of vulnerabilities that name no product by CPE or package URL.

Whole words, in order, without case; nothing is matched by likeness. What is found lies in a person's inbox and becomes
a finding only by that person's statement.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256

from django.db import transaction
from django.db.models import Q, QuerySet

from suture.accounts.models import Person
from suture.accounts.services import new_uid, require
from suture.core.errors import InvalidValue, NotFound
from suture.detection.kernel import chunks, rows
from suture.detection.models import TextCandidate, TextWatch
from suture.detection.services.statements import add_manual_finding
from suture.evidence.clock import now
from suture.evidence.services import record
from suture.intelligence.models import OPEN, ORDINALS, Assertion, FeedRevision, Package, Range, ReviewedRange
from suture.intelligence.queries import published_rev
from suture.inventory.models import Component, Release
from suture.inventory.queries import components_of

SHORTEST = 3  # characters that can be told from chance
MOST = 500  # candidates of one look; beyond it the words are too common, and the rest is counted
AROUND = 160  # characters of the excerpt before and after the words

State = TextCandidate.State


def watch_text(*, release: Release, of: str, name: str, words: str, because: str, by: Person) -> TextWatch:
    """Watch words for a component or a supplier of a release, or for the device itself by its brand name.

    Texts already known are looked through as well.

    Raises:
        InvalidValue: the release has no such component or supplier, the words are too short, or are watched already.
    """
    words = " ".join(words.split())
    if len(words) < SHORTEST or not re.search(r"[^\W\d_]", words):
        raise InvalidValue(f"watch words of at least {SHORTEST} characters with a letter among them, not '{words}'")
    with transaction.atomic():
        require(by, "coverage.watch", release)
        field = "name" if of == TextWatch.Of.COMPONENT else "supplier"
        itself = of == TextWatch.Of.COMPONENT and name == release.product.brand_name
        if not name or not (itself or components_of(release).filter(**{field: name}).exists()):
            raise InvalidValue(f"{release.label} has no {of} called '{name}'")
        running = TextWatch.objects.filter(release=release, of=of, name=name, ended_at=None)
        if any(one.words.casefold() == words.casefold() for one in running):
            raise InvalidValue(f"“{words}” is watched already for {name}")
        watch = TextWatch.objects.create(
            uid=new_uid(), release=release, of=of, name=name, words=words, because=because,
            watched_by=by.printed_name, since=now(),
        )  # fmt: skip
        record(by=by, did="text_watch.begun", to=watch, because=because, facts={"words": words, "of": of, "name": name})
    return watch


def end_text_watch(*, watch_uid: str, because: str, by: Person) -> TextWatch:
    """Stop watching words. What they found stays.

    Raises:
        NotFound: no such watch.
        InvalidValue: no reason is given, or it has ended already.
    """
    if not because.strip():
        raise InvalidValue("say why these words need no watching any longer")
    with transaction.atomic():
        watch = TextWatch.objects.select_for_update(of=("self",)).filter(uid=watch_uid).first()
        if watch is None:
            raise NotFound("there is no such text watch")
        require(by, "coverage.watch", watch.release)
        if watch.ended_at is not None:
            raise InvalidValue("this text watch has ended already")
        watch.ended_at, watch.ended_because = now(), because
        watch.save(update_fields=["ended_at", "ended_because"])
        record(by=by, did="text_watch.ended", to=watch, because=because)
    return watch


def judge_candidate(*, candidate_uid: str, concerns: bool, because: str, by: Person) -> TextCandidate:
    """Say whether a candidate concerns the release. If it does, a finding is stated; if not, that holds until the
    text changes.

    Raises:
        NotFound: no such candidate, or it stands behind a wall.
        InvalidValue: no reason is given, or somebody has judged it already.
    """
    if not because.strip():
        raise InvalidValue("say why it concerns this release, or why not")
    with transaction.atomic():
        candidate = (
            TextCandidate.objects.select_for_update(of=("self",))
            .select_related("watch__release__product", "vulnerability__wall")
            .filter(uid=candidate_uid)
            .first()
        )
        if candidate is None:
            raise NotFound("there is no such candidate")
        require(by, "candidate.judge", candidate)
        if candidate.state in (State.CONCERNS, State.DISMISSED):
            raise InvalidValue(f"{candidate.judged_by} has judged it already: {candidate.state}")
        candidate.state = State.CONCERNS if concerns else State.DISMISSED
        candidate.because, candidate.judged_by, candidate.judged_at = because, by.printed_name, now()
        candidate.save(update_fields=["state", "because", "judged_by", "judged_at"])
        record(by=by, did="text_candidate.judged", to=candidate, because=because, facts={"concerns": concerns})
        if concerns:
            release = candidate.watch.release
            refs = list(_components(candidate.watch).values_list("ref", flat=True))
            add_manual_finding(
                release=release, vulnerability=candidate.vulnerability, components=refs, because=because, by=by
            )
    return candidate


def _components(watch: TextWatch) -> QuerySet[Component]:
    field = "name" if watch.of == TextWatch.Of.COMPONENT else "supplier"
    return components_of(watch.release).filter(**{field: watch.name})


# ---- the look


def watch_texts() -> int:
    """Look through the texts that arrived since each watch last looked. Gives how many candidates came or reopened."""
    rev = published_rev()
    behind = list(TextWatch.objects.filter(ended_at=None, looked_rev__lt=rev).order_by("pk"))
    found = 0
    for watch in behind:
        with transaction.atomic():
            found += _look(watch, rev)
    if behind:
        _retire_identified(rev)
    return found


def _look(watch: TextWatch, rev: int) -> int:
    holds = pattern(watch.words)
    texts: dict[int, tuple[Assertion, str]] = {}
    for assertion, words in _texts(watch.words, watch.looked_rev, rev):
        text = "\n".join(part for part in (assertion.title, assertion.summary, words) if part)
        if holds(text):
            texts[assertion.vuln] = (assertion, text)
    nameless = set(texts) - _identified(texts, watch.release_id, rev)
    newest = sorted(nameless, reverse=True)
    known = {one.vulnerability_id: one for one in watch.candidates.filter(vulnerability__in=newest)}
    came = 0
    for number in newest[:MOST]:
        came += _take_up(watch, known.get(number), *texts[number], rev)
    watch.looked_rev, watch.left_out = rev, watch.left_out + max(0, len(newest) - MOST)
    watch.save(update_fields=["looked_rev", "left_out"])
    return came


def _take_up(watch: TextWatch, known: TextCandidate | None, assertion: Assertion, text: str, rev: int) -> bool:
    digest = sha256(text.encode()).hexdigest()
    if known is None:
        TextCandidate.objects.create(
            uid=new_uid(), watch=watch, vulnerability_id=assertion.vuln, source=assertion.source,
            record_id=assertion.record_id, excerpt=excerpt(watch.words, text), text_sha256=digest, found_at=now(),
            found_rev=rev,
        )  # fmt: skip
        return True
    if known.state != State.DISMISSED or known.text_sha256 == digest:
        return False
    known.state, known.text_sha256, known.excerpt = State.OPEN, digest, excerpt(watch.words, text)
    known.because = f"its text changed; before that {known.judged_by} judged: {known.because}"
    known.save(update_fields=["state", "text_sha256", "excerpt", "because"])
    return True


def pattern(words: str) -> Callable[[str], re.Match[str] | None]:
    """A search for whole words in this order, any white space between them, without case."""
    return re.compile(r"(?<!\w)" + r"\s+".join(map(re.escape, words.split())) + r"(?!\w)", re.IGNORECASE).search


def excerpt(words: str, text: str) -> str:
    """The words with what stands around them, on one line."""
    match = pattern(words)(text)
    if match is None:
        return " ".join(text.split())[:400]
    begin, end = max(0, match.start() - AROUND), match.end() + AROUND
    cut = " ".join(text[begin:end].split())
    return f"{'… ' if begin else ''}{cut}{' …' if end < len(text) else ''}"[:400]


def _texts(words: str, since: int, rev: int) -> Iterator[tuple[Assertion, str]]:
    """Standing records that came after `since` and may hold the words; beside each, the vendor and product it names
    without a CPE."""
    newer = FeedRevision.objects.filter(rev__gt=since, rev__lte=rev, last_assertion__gte=0)
    first = newer.order_by("first_assertion").values_list("first_assertion", flat=True).first()
    if first is None:
        return
    standing = Assertion.objects.filter(pk__gte=first, f__gt=since, f__lte=rev, t__gt=rev, withdrawn="")
    longest = max(words.split(), key=len)
    named = _named_by_words(longest, first) if longest.isascii() else {}
    # A database compares without case only in ASCII; other words are compared here, text by text.
    holding = Q(title__icontains=longest) | Q(summary__icontains=longest)
    hits = standing.filter(holding) if longest.isascii() else standing
    fields = ("id", "vuln", "source", "record_id", "title", "summary")
    met = set()
    for assertion in hits.only(*fields).order_by("pk").iterator(chunk_size=2_000):
        met.add(assertion.pk)
        yield assertion, named.get(assertion.pk, "")
    for part in chunks(sorted(set(named) - met)):
        for assertion in standing.filter(pk__in=part).only(*fields):
            yield assertion, named[assertion.pk]


def _named_by_words(word: str, first: int) -> dict[int, str]:
    """The vendor and product words of CVE records that hold a word, by assertion."""
    packages = dict(Package.objects.filter(kind="cna", name__icontains=word).values_list("pkg_id", "name"))
    found: dict[int, str] = {}
    for part in chunks(sorted(packages)):
        for table in (Range, ReviewedRange):
            stated = table._default_manager.filter(pkg_id__in=part, stmt__gte=first << ORDINALS, t=OPEN)
            for stmt, pkg_id in stated.values_list("stmt", "pkg_id"):
                found[stmt >> ORDINALS] = packages[int(pkg_id or 0)].replace(":", " ")
    return found


_NAMED = """
SELECT DISTINCT {of} FROM {records} WHERE {of} IN ({numbers}) AND a.f <= %(rev)s AND a.t > %(rev)s AND (
  EXISTS (SELECT 1 FROM rng r JOIN package p ON p.pkg_id = r.pkg_id
          WHERE r.stmt >= a.id << {bits} AND r.stmt < (a.id + 1) << {bits} AND {named})
  OR EXISTS (SELECT 1 FROM rng_review w JOIN package p ON p.pkg_id = w.pkg_id
             WHERE w.stmt >= a.id << {bits} AND w.stmt < (a.id + 1) << {bits} AND {named}))"""
# By words of a CNA a product is named only where a component of the release is looked up by those very words.
_BY_NAME = """(p.kind <> 'cna' OR p.pkg_id IN (
  SELECT cv.pkg_id FROM inst i JOIN cv ON cv.cv_id = i.cv_id WHERE i.release_id = %(release)s))"""
_BY = (("a.vuln", "assertion a"), ("c.vuln", "covers c JOIN assertion a ON a.id = c.assertion"))


def _identified(vulnerabilities: Iterable[int], release: int, rev: int) -> set[int]:
    """Those of the vulnerabilities of which some record names a product so that matching looks at it."""
    found: set[int] = set()
    for part in chunks(sorted(vulnerabilities), 500):
        numbers = ", ".join(str(int(number)) for number in part)
        for of, records in _BY:
            sql = _NAMED.format(of=of, records=records, numbers=numbers, bits=ORDINALS, named=_BY_NAME)
            found.update(row[0] for row in rows(sql, {"rev": rev, "release": release}))
    return found


def _retire_identified(rev: int) -> None:
    """Candidates whose vulnerability has got a product name since: matching looks at them now."""
    waiting = TextCandidate.objects.filter(state=State.OPEN)
    for release in waiting.values_list("watch__release", flat=True).distinct():
        mine = waiting.filter(watch__release=release)
        named = _identified(mine.values_list("vulnerability", flat=True).distinct(), release, rev)
        for part in chunks(sorted(named)):
            mine.filter(vulnerability__in=part).update(state=State.IDENTIFIED)
