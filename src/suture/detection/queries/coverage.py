"""Whether a release was looked at, and the ledger of what in it was not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from suture.core.versions import KEYS_VERSION
from suture.detection.kernel import chunks, rows
from suture.detection.models import Cause, Finding, Gap, LedgerOwner, Matched, UnplacedVersion
from suture.detection.queries.ledger import Texts, breaches, owners_of, watched_words
from suture.detection.queries.review import UNSETTLED, packages_of_ours
from suture.detection.watching import leading
from suture.evidence.clock import now
from suture.intelligence.models import ORDINALS
from suture.intelligence.queries import Knowledge, SourceStatus, keyed_otherwise, knowledge, sources_status
from suture.inventory.models import Release
from suture.inventory.profile import device_of


class Verdict(NamedTuple):
    """Whether a release was looked at. `causes` are empty only where it was, with knowledge that is not late."""

    assessed: bool
    causes: tuple[tuple[Cause, str], ...]

    @property
    def says(self) -> str:
        return "; ".join(says for _, says in self.causes)


def _why_not_matched() -> str:
    again = keyed_otherwise()
    if not again:
        return "its current SBOM is not matched yet"
    more = f" and {len(again) - 3} more" if len(again) > 3 else ""
    return (
        "this edition of Suture orders versions anew, and matching waits until these feeds are taken in again: "
        f"{', '.join(again[:3])}{more}"
    )


def why_not_assessed(
    release: Release, state: Matched | None, known: Knowledge, sources: Sequence[SourceStatus],
    lacking: Mapping[str, str] | None = None, *, nothing_found: bool = False,
) -> Verdict:  # fmt: skip
    """Say whether the answer for a release rests on anything.

    A source that is late or incomplete is told, and undoes nothing that was found; but 'nothing found' is no answer
    while a leading source of the release's components is late or incomplete: then the release is not assessed.

    Args:
        lacking: what sources lack of what they ought to hold, see `ledger.breaches`.
        nothing_found: no finding of the release stands.
    """
    causes: list[tuple[Cause, str]] = []
    if release.sbom_id is None:
        causes.append((Cause.NO_SBOM, "this release has no SBOM"))
    if known.empty:
        causes.append((Cause.NO_KNOWLEDGE, "no feed was ever taken in"))
    elif known.only_demo:
        causes.append((Cause.DEMO_KNOWLEDGE, "the only knowledge is what the demo brings along"))
    if release.sbom_id is not None and (
        state is None or (state.portfolio_rev, state.keys_ver) != (release.portfolio_rev, KEYS_VERSION)
    ):
        causes.append((Cause.NOT_MATCHED, _why_not_matched()))
    if state is not None and state.rev == 0 and not known.empty:
        causes.append((Cause.NOT_MATCHED, "it was last matched before any feed was taken in"))
    elif state is not None and not causes and state.components <= state.gaps and not state.possible:
        none = f"none of its {state.components} components could be looked up"
        causes.append((Cause.NOTHING_MONITORED, none if state.components else "its SBOM lists no component"))
    late = [one.source for one in sources if one.late]
    thin = {source: says for source, says in (lacking or {}).items() if any(one.source == source for one in sources)}
    assessed = not causes
    if assessed and nothing_found:
        rests_on = leading(state.spaces if state else None, {one.source for one in sources})
        assessed = rests_on.isdisjoint(late) and rests_on.isdisjoint(thin)
    if late:
        causes.append((Cause.STALE_SOURCE, f"late: {', '.join(late)}; what is newer than they are was not looked at"))
    if thin:
        says = "; ".join(f"{source} is incomplete: {what}" for source, what in sorted(thin.items()))
        causes.append((Cause.INCOMPLETE_SOURCE, says))
    if state is not None and 0 < state.rev < known.rev:
        causes.append((Cause.NOT_MATCHED, "knowledge has moved since its last match"))
    return Verdict(assessed, tuple(causes))


def states_of(releases: Iterable[int]) -> dict[int, Matched]:
    return {state.release_id: state for state in Matched.objects.filter(release_id__in=list(releases))}


class Hole(NamedTuple):
    """A component that is not monitored, or not in full, and why."""

    ref: str
    component: str  # 'openssl 3.0.13'
    supplier: str
    cause: str  # models.Cause
    says: str
    words: tuple[str, ...] = ()  # watched in texts: then it is text-watched
    owner: str = ""  # printed name; '' where nobody answers for it


class Possible(NamedTuple):
    """A component whose identity is exact and whose version is not known: so many vulnerabilities are possible."""

    ref: str
    component: str
    given_as: str
    reason: str  # core.vulnerabilities.ReviewReason
    vulnerabilities: int


class Waiting(NamedTuple):
    """Stated ranges that wait for a person and could concern a component of the release."""

    reason: str
    ranges: int
    vulnerabilities: int


class Itself(NamedTuple):
    """The device itself under one name of the product's profile; `cause` is '' where somebody watches that name."""

    given_as: str
    version: str
    cause: str  # models.Cause
    says: str
    owner: str
    words: tuple[str, ...] = ()  # watched in texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What of a release is looked at, by whom, and what is not, and why. Never a bare zero."""

    verdict: Verdict
    components: int  # of the SBOM; the device itself is not among them
    monitored: int  # 0 where the release as a whole is not assessed
    text_watched: int  # by words alone
    causes: tuple[tuple[str, int], ...]  # (cause, components), most first
    holes: tuple[Hole, ...]
    possible: tuple[Possible, ...]  # one row per component, never one per vulnerability
    waiting: tuple[Waiting, ...]
    sources: tuple[SourceStatus, ...]
    itself: tuple[Itself, ...]  # the device under each of its own CPE names; () where the profile gives none
    rev: int | None  # the revision of the knowledge it was last matched with
    matched_at: str  # ISO instant; '' before the first match

    @property
    def not_monitorable(self) -> int:
        """Components that nobody watches, not even by words."""
        return len(self.holes) - self.text_watched

    @property
    def unowned(self) -> int:
        """Components, and names of the device itself, that nobody watches and nobody answers for."""
        nobody = sum(1 for one in self.itself if one.cause and not one.owner and not one.words)
        return nobody + sum(1 for hole in self.holes if not hole.owner and not hole.words)

    @property
    def says(self) -> str:
        """The first sentence beside every number of findings."""
        if not self.verdict.assessed:
            nothing = any(cause is Cause.NOTHING_MONITORED for cause, _ in self.verdict.causes)
            says = f"not assessed: {self.verdict.says}{self._causes() if nothing else ''}"
            return "; ".join([says, *self._of_itself()])
        said = [f"{self.monitored} of {self.components} components monitored"]
        said += self._of_itself()
        if self.text_watched:
            said.append(f"{self.text_watched} text-watched")
        if self.causes:
            said.append(f"not{self._causes()}")
        if self.possible:
            most = max(one.vulnerabilities for one in self.possible)
            said.append(f"{len(self.possible)} of unknown version, with up to {most:,} possible vulnerabilities each")
        if self.waiting:
            said.append(f"{sum(one.ranges for one in self.waiting):,} stated ranges wait for a person")
        if self.verdict.causes:
            said.append(self.verdict.says)
        return "; ".join(said)

    def _of_itself(self) -> list[str]:
        watched = sum(1 for one in self.itself if not one.cause)
        return [f"the device itself watched under {watched} of its {len(self.itself)} CPE names"] if self.itself else []

    def _causes(self) -> str:
        return ": " + ", ".join(f"{count} {cause}" for cause, count in self.causes) if self.causes else ""


def coverage(release: Release) -> Coverage:
    """The coverage ledger of a release. A constant number of queries."""
    known, sources = knowledge(), sources_status(now())
    state = Matched.objects.filter(release=release).first()
    gaps = Gap.objects.filter(release=release).select_related("component")
    lost = UnplacedVersion.objects.filter(release=release, possible__gt=0).select_related("component")
    owners, texts = owners_of(release), watched_words(release)
    holes = tuple(
        Hole(
            gap.component.ref, str(gap.component), gap.component.supplier, gap.cause, gap.says,
            texts.of(gap.component.name, gap.component.supplier),
            named.owner.printed_name
            if (named := owners.get((gap.component.name, gap.component.supplier))) else "",
        )
        for gap in gaps.filter(component__device_of=None).order_by("cause", "component__name", "component__ref")
    )  # fmt: skip
    count: dict[str, int] = defaultdict(int)
    for hole in holes:
        count[hole.cause] += 1
    components = release.sbom.components_read if release.sbom else 0
    nothing = not Finding.objects.filter(release=release, gone_at=None).exists()
    verdict = why_not_assessed(release, state, known, sources, breaches(), nothing_found=nothing)
    return Coverage(
        verdict=verdict,
        components=components,
        monitored=components - len(holes) if verdict.assessed else 0,
        text_watched=sum(1 for hole in holes if hole.words),
        causes=tuple(sorted(count.items(), key=lambda one: (-one[1], one[0]))),
        holes=holes,
        possible=tuple(
            Possible(one.component.ref, str(one.component), one.given_as, one.reason, one.possible)
            for one in lost.order_by("-possible", "component__name", "component__ref")
        ),
        waiting=tuple(_waiting(release, known.rev)),
        sources=tuple(sources),
        itself=tuple(_itself(release, gaps.exclude(component__device_of=None), owners, texts)),
        rev=state.rev if state else None,
        matched_at=state.at.isoformat(timespec="seconds") if state else "",
    )


def _itself(
    release: Release, gaps: Iterable[Gap], owners: Mapping[tuple[str, str], LedgerOwner], texts: Texts
) -> Iterator[Itself]:
    names = device_of(release)
    holes = {gap.component.ref: gap for gap in gaps} if names else {}
    for one in names:
        gap, named = holes.get(one.ref), owners.get((one.name, one.supplier))
        yield Itself(
            one.cpes[0], one.version, gap.cause if gap else "", gap.says if gap else "",
            named.owner.printed_name if gap and named else "", texts.of(one.name, one.supplier) if gap else (),
        )  # fmt: skip


_WAITING = """
SELECT w.reason, w.n, COALESCE(c.vuln, a.vuln), w.stmt FROM rng_review w
JOIN assertion a ON a.id = w.stmt >> {bits} LEFT JOIN covers c ON c.assertion = a.id
WHERE w.pkg_id IN ({packages}) AND w.f <= %(rev)s AND w.t > %(rev)s AND {unsettled}"""


def _waiting(release: Release, rev: int) -> list[Waiting]:
    ranges: dict[str, dict[int, int]] = defaultdict(dict)
    about: dict[str, set[int]] = defaultdict(set)
    for part in chunks(packages_of_ours(release)):
        numbers = ", ".join(str(int(package)) for package in part)
        sql = _WAITING.format(packages=numbers, bits=ORDINALS, unsettled=UNSETTLED)
        for reason, n, vulnerability, stmt in rows(sql, {"rev": rev, "today": now().date()}):
            ranges[reason][stmt] = n
            about[reason].add(vulnerability)
    found = [Waiting(reason, sum(several.values()), len(about[reason])) for reason, several in ranges.items()]
    return sorted(found, key=lambda one: (-one.ranges, one.reason))
