"""What a release's answer was on a past day: the rows valid then, matched again by the very code that matches today.

Nothing is kept of it: places and hits of the SBOM of that day are written inside a transaction that is always rolled
back. So there is one matcher, and a past answer cannot come out differently because a second one was written for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from suture.accounts.models import Person
from suture.accounts.queries import visible
from suture.core.versions import KEYS_VERSION
from suture.detection.indexing import index_release
from suture.detection.kernel import KERNEL_VERSION
from suture.detection.models import CrosswalkDecision, Finding, MatchRun, ReviewDecision
from suture.detection.moments import end_of, revision_at
from suture.detection.queries.crosswalk import crosswalk_now
from suture.detection.reasons import Drawn, result_hash
from suture.detection.services.matching import draw_release, in_turn
from suture.evidence.models import Entry
from suture.intelligence.models import Vulnerability
from suture.intelligence.queries import knowledge
from suture.inventory.models import Release, SbomDocument
from suture.inventory.profile import Profile, profile_of


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingThen:
    """One vulnerability in a release, as of a past day."""

    vulnerability: Vulnerability
    result: str  # core.matching.MatchClass
    components: list[dict[str, str]]
    reasons: list[dict[str, str]]  # kind, says, source, record, dated, component
    finding: Finding | None  # the record it has today, with what became of it


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerThen:
    """The answer of a past day. `says` is its first line and its truth."""

    release: Release
    day: date
    moment: datetime  # the end of that day at the establishment, or now if that is earlier
    rev: int  # the newest revision published by then; 0: no feed had been taken in
    sbom: SbomDocument | None  # current then
    findings: list[FindingThen]
    components: int
    possible: int  # components of unknown version
    result_sha256: str
    run: MatchRun | None  # the last matching run on record by then
    says: str

    @property
    def assessed(self) -> bool:
        return not self.says.startswith("not assessed")

    @property
    def agrees(self) -> bool | None:
        """Whether the answer is that of the run on record, hash for hash; None where there is none to compare with."""
        return None if self.run is None or not self.assessed else self.run.result_sha256 == self.result_sha256


def sbom_at(release: Release, moment: datetime) -> SbomDocument | None:
    """The SBOM that was current at a moment, by what is on record: an earlier one may have become current again."""
    documents = {str(document.uid): document for document in SbomDocument.objects.filter(release=release)}
    made = Entry.objects.filter(
        did="sbom.imported", record_kind=SbomDocument.record_kind, record_uid__in=list(documents),
        recorded_at__lte=moment.isoformat(timespec="milliseconds"),
    )  # fmt: skip
    uid = made.order_by("-seq").values_list("record_uid", flat=True).first()
    return documents.get(uid) if uid else None


def findings_as_of(release: Release, day: date, person: Person) -> AnswerThen:
    """The findings of a release at the end of a past day: its SBOM, the knowledge and the decisions of then.

    Which ids are one vulnerability is told as of today (a merge since shows under the id that stayed), and the keys and
    the matcher are today's; where the run on record had others, or knew less than was published by then, `says` tells.

    Raises:
        InvalidValue: the day has not begun.
    """
    release = Release.objects.select_related("product__establishment").get(pk=release.pk)
    moment = end_of(day, release.product.establishment.time_zone)
    rev, sbom = revision_at(moment), sbom_at(release, moment)
    runs = MatchRun.objects.filter(release=release, at__lte=moment)
    run = runs.order_by("-id").first()
    profile = profile_of(release, moment)
    if not rev or (sbom is None and not profile.components):
        why = "the release had no SBOM" if sbom is None else "no feed had been taken in"
        return AnswerThen(
            release=release, day=day, moment=moment, rev=rev, sbom=sbom, findings=[], components=0, possible=0,
            result_sha256="", run=run, says=f"not assessed on {day.isoformat()}: {why}",
        )  # fmt: skip
    with transaction.atomic():
        in_turn()
        drawn, possible, components = _match(release, sbom, profile, rev, moment)
        transaction.set_rollback(True)
    sha256 = result_hash(drawn.values(), possible)
    unknown = sum(1 for _, _, many in possible if many)
    seen = visible(person, Vulnerability.objects.filter(pk__in=list(drawn)))
    records = {one.vulnerability_id: one for one in Finding.objects.filter(release=release)}
    findings = [
        FindingThen(
            vulnerability=row, result=drawn[row.pk].result.value, components=drawn[row.pk].found_in(),
            reasons=drawn[row.pk].listed(), finding=records.get(row.pk),
        )
        for row in seen.order_by("preferred_id")
    ]  # fmt: skip
    under = f"knowledge at revision {rev}, {f'SBOM {sbom.sha256[:12]}' if sbom else 'no SBOM'}"
    says = [f"{len(findings)} findings on {day.isoformat()} ({under})"]
    if sbom is None:
        says.insert(0, f"not assessed on {day.isoformat()}: the release had no SBOM; of the device itself")
    says.append(f"{components} components")
    if unknown:
        says.append(f"{unknown} of unknown version")
    if knowledge().only_demo:
        says.append("the only knowledge is what the demo brings along, so nothing here says 'not affected'")
    says.append(_compared(run, rev, sbom, profile.sha256, sha256))
    return AnswerThen(
        release=release, day=day, moment=moment, rev=rev, sbom=sbom, findings=findings, components=components,
        possible=unknown, result_sha256=sha256, run=run, says="; ".join(says),
    )  # fmt: skip


def _match(
    release: Release, sbom: SbomDocument | None, profile: Profile, rev: int, moment: datetime
) -> tuple[dict[int, Drawn], Sequence[tuple[str, str, int]], int]:
    """Index and draw the SBOM of then with the decisions of then. The caller rolls it back."""
    decided = CrosswalkDecision.objects.filter(at__lte=moment).order_by("-pk").values_list("pk", flat=True).first() or 0
    judged = ReviewDecision.objects.filter(at__lte=moment).order_by("-pk").values_list("pk", flat=True).first() or 0
    crosswalk = crosswalk_now(decided)
    release.sbom = sbom  # never saved
    components = index_release(release, crosswalk, profile)
    answer = draw_release(release, rev, crosswalk, profile, moment=moment, review_rev=judged)
    return answer.drawn, answer.possible, components


def _compared(run: MatchRun | None, rev: int, sbom: SbomDocument | None, profile: str, sha256: str) -> str:
    """The answer beside the run on record."""
    if run is None:
        return "no matching run is on record by then"
    if run.result_sha256 == sha256:
        return f"the same result as run {run.pk} of {run.at.date().isoformat()}, hash for hash"
    why = []
    if run.portfolio_sha256 != (sbom.sha256 if sbom else ""):
        why.append("it had another SBOM")
    if run.profile_sha256 != profile:
        why.append("the device's profile was another")
    if run.rev != rev:
        why.append(f"it knew revision {run.rev}")
    if (run.keys_ver, run.kernel_ver) != (KEYS_VERSION, KERNEL_VERSION):
        why.append(f"it ran with keys {run.keys_ver} and matcher {run.kernel_ver}, this answer with today's")
    return f"not the result of run {run.pk} of {run.at.date().isoformat()}" + (f": {', '.join(why)}" if why else "")
