"""Where the world's knowledge meets our releases. How matching works: docs/explanation/matching.md.

`cv`, `inst`, `cv_review`, `gap` and `hit` are derived: they can be rebuilt from SBOM documents and knowledge at any
time. A `Finding` is a record: it is never deleted, it goes and comes back with its history.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from suture.accounts.models import Person, Wall
from suture.core.matching import MatchClass
from suture.intelligence.models import OPEN, Package, Vulnerability
from suture.inventory.models import Component, Release


class AwaitedName(models.Model):
    """A package of the portfolio that no source has named yet. Its component versions stand under `pkg_id = -id`.

    When a source names it, its component versions move to the package of the knowledge and this row goes.
    """

    kind = models.CharField(max_length=8)
    scheme = models.CharField(max_length=12)
    name = models.CharField(max_length=1000)
    role = models.CharField(max_length=8, choices=Package.Role)

    class Meta:
        db_table = "awaited_name"
        constraints = (models.UniqueConstraint(fields=["name", "kind", "scheme", "role"], name="one_awaited_name"),)

    def __str__(self) -> str:
        return self.name


class ComponentVersion(models.Model):
    """One distinct version of one package somewhere in the portfolio: what the range join probes.

    Two spellings may share a key (1.0 and 1.0.0), so the spelling stands beside it.
    """

    cv_id = models.BigAutoField(primary_key=True)
    pkg_id = models.BigIntegerField()  # of `package`; negative: of `awaited_name`
    key = models.BinaryField()
    raw = models.CharField(max_length=600)

    class Meta:
        db_table = "cv"
        constraints = (models.UniqueConstraint(fields=["pkg_id", "key", "raw"], name="one_component_version"),)

    def __str__(self) -> str:
        return self.raw


class Instance(models.Model):
    """A component of a release's current SBOM that is this component version."""

    pk = models.CompositePrimaryKey("cv_id", "release_id", "component_id")
    cv_id = models.BigIntegerField()
    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="+")
    component = models.ForeignKey(Component, on_delete=models.CASCADE, related_name="+", db_index=False)
    given_as = models.CharField(max_length=1000)  # the purl or CPE it was identified by

    class Meta:
        db_table = "inst"

    def __str__(self) -> str:
        return f"{self.cv_id} in {self.release_id}"


class UnplacedVersion(models.Model):
    """A component whose identity is exact but whose version is missing or has no place in an order: *possible*.

    One row per component and package it could be looked up in. The first row of a component and identifier carries
    the number of vulnerabilities it could have; there is never one row for each of them.
    """

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="+")
    component = models.ForeignKey(Component, on_delete=models.CASCADE, related_name="+", db_index=False)
    pkg_id = models.BigIntegerField(db_index=True)  # as in ComponentVersion
    raw = models.CharField(max_length=600, blank=True)
    reason = models.CharField(max_length=20)  # core.vulnerabilities.ReviewReason
    given_as = models.CharField(max_length=1000)
    possible = models.IntegerField(
        default=0
    )  # vulnerabilities stated of some version of the package, at the last match

    class Meta:
        db_table = "cv_review"

    def __str__(self) -> str:
        return f"{self.given_as}: {self.reason}"


class Cause(models.TextChoices):
    """Why a component, or a whole release, is *not assessed*, or only in part."""

    NO_SBOM = "no SBOM"
    NOT_MATCHED = "not matched yet"
    NO_KNOWLEDGE = "no knowledge"
    DEMO_KNOWLEDGE = "only the demo's knowledge"
    NOTHING_MONITORED = "no component monitored"
    STALE_SOURCE = "stale source"
    INCOMPLETE_SOURCE = "incomplete source"
    NO_IDENTIFIER = "no identifier"
    UNREADABLE = "unreadable identifier"
    DISTRO_UNKNOWN = "distribution unknown"
    NO_SOURCE = "no source watches it"
    NEVER_NAMED = "no source has ever named it"
    NO_VERSION = "version missing"
    UNORDERABLE = "version has no order"


# A source that names such a component later ends the gap: its releases match again.
UNHEARD = (Cause.NO_SOURCE, Cause.NEVER_NAMED, Cause.NO_IDENTIFIER)


class Gap(models.Model):
    """A component of a release that is not fully monitored, and why: the holes of the coverage ledger."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="gaps")
    component = models.ForeignKey(Component, on_delete=models.CASCADE, related_name="+", db_index=False)
    cause = models.CharField(max_length=40, choices=Cause)
    says = models.CharField(max_length=1000)
    space = models.CharField(max_length=200, blank=True)  # the ecosystem nobody watches: 'deb/debian:12/'

    class Meta:
        db_table = "gap"
        constraints = (models.UniqueConstraint(fields=["release", "component"], name="one_gap_per_component"),)

    def __str__(self) -> str:
        return f"{self.cause}: {self.says}"


class Hit(models.Model):
    """A component version lies in a stated range; so since revision `f`, until `t`."""

    pk = models.CompositePrimaryKey("cv_id", "stmt", "f")
    cv_id = models.BigIntegerField()
    stmt = models.BigIntegerField()  # the statement, see intelligence.Range
    f = models.BigIntegerField()
    t = models.BigIntegerField(default=OPEN)

    class Meta:
        db_table = "hit"

    def __str__(self) -> str:
        return f"{self.cv_id} × {self.stmt}"


class MatchRun(models.Model):
    """One run of the engine that changed something, or a full pass: with what it ran, and what came of it."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, related_name="+")  # None: the portfolio
    rev = models.BigIntegerField()  # of the knowledge
    keys_ver = models.PositiveIntegerField()
    kernel_ver = models.PositiveIntegerField()
    crosswalk = models.CharField(max_length=40, blank=True)  # Crosswalk.version: shipped rows and our own
    review_rev = models.BigIntegerField(default=0)  # the last decision on a range in review it knew
    portfolio_sha256 = models.CharField(max_length=64)
    profile_sha256 = models.CharField(max_length=64, blank=True)  # of the device's own names and absences; '' = none
    result_sha256 = models.CharField(max_length=64)
    seconds = models.FloatField()
    at = models.DateTimeField()
    counts = models.JSONField(default=dict)

    class Meta:
        db_table = "match_run"
        ordering = ("id",)

    def __str__(self) -> str:
        return f"match at revision {self.rev}"


class Matched(models.Model):
    """Where a release stands: matched to which knowledge, with which components and which engine."""

    release = models.OneToOneField(Release, on_delete=models.CASCADE, primary_key=True, related_name="matched")
    rev = models.BigIntegerField()
    portfolio_rev = models.BigIntegerField()
    keys_ver = models.PositiveIntegerField()
    kernel_ver = models.PositiveIntegerField()
    crosswalk_ver = models.PositiveIntegerField(default=0)  # of the shipped crosswalk
    crosswalk_rev = models.BigIntegerField(default=0)  # of our own: its last decision
    review_rev = models.BigIntegerField(default=0)  # the last decision on a range in review
    at = models.DateTimeField()
    result_sha256 = models.CharField(max_length=64)
    components = models.IntegerField(default=0)
    gaps = models.IntegerField(default=0)
    possible = models.IntegerField(default=0)
    spaces = models.JSONField(null=True)  # where its components are looked up, see `watching`; None: not known yet

    class Meta:
        db_table = "matched"
        indexes = (models.Index(fields=["rev"], name="matched_rev"),)

    def __str__(self) -> str:
        return f"{self.release_id} at revision {self.rev}"


class FindingQuerySet(models.QuerySet["Finding"]):
    """Reads that every page shares."""

    def standing(self) -> FindingQuerySet:
        """Those that hold now: neither gone nor merged into another."""
        return self.filter(gone_at=None)


class Finding(models.Model):
    """One vulnerability in one release. Never deleted: it goes, with why, and may come back.

    `reasons` come from matching and change with it. `stated` are persons' words that it concerns the release;
    a finding with such words stays, whatever matching says.
    """

    record_kind: ClassVar[str] = "finding"

    uid = models.UUIDField(unique=True, editable=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="findings")
    vulnerability = models.ForeignKey(Vulnerability, on_delete=models.PROTECT, related_name="findings")
    result = models.CharField(max_length=12, choices=[(c.value, c.value) for c in MatchClass])
    reasons = models.JSONField(default=list)  # [{"kind", "says", "source", "record", "dated"}]
    components = models.JSONField(default=list)  # [{"ref", "name", "version"}]
    stated = models.JSONField(default=list)  # [{"says", "by", "uid", "at"}]
    first_seen_rev = models.BigIntegerField()
    first_seen = models.DateTimeField()  # when we first knew of it; earlier than `rev` suggests after a merge
    gone_at = models.DateTimeField(null=True)
    gone_because = models.CharField(max_length=500, blank=True)
    reopened_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged_from")
    history = models.JSONField(default=list)  # [{"at", "rev", "what", "why"}], oldest first
    match_label = models.CharField(max_length=16, blank=True)  # core.labels.MatchLabel: what a person said of the match
    held_because = models.CharField(max_length=500, blank=True)  # a confirmed match that would be dropped, and why
    held_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = FindingQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["release", "vulnerability"], name="one_finding"),)
        indexes = (
            models.Index(fields=["release", "gone_at"], name="findings_standing"),
            models.Index(fields=["vulnerability"], condition=models.Q(gone_at=None), name="findings_of_vulnerability"),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"{self.vulnerability.preferred_id} in {self.release.label}"

    @property
    def wall(self) -> Wall | None:
        """A finding stands behind its vulnerability's wall."""
        return self.vulnerability.wall

    @property
    def standing(self) -> bool:
        return self.gone_at is None

    @property
    def why(self) -> list[str]:
        """The sentences a person reads first."""
        return [said["says"] for said in self.stated] + [reason["says"] for reason in self.reasons]


# ---- the manufacturer's own crosswalk


class CrosswalkDecision(models.Model):
    """What a person said of two names: that they are one product, or that they are not. Never changed; the last holds.

    `confidence` says what it rests on; `provenance` lists the records or SBOMs that carry both names.
    """

    class Verdict(models.TextChoices):
        CONFIRMED = "confirmed"
        REJECTED = "rejected"
        TAKEN_BACK = "taken back", "taken back: as if nothing had been said"

    class Confidence(models.TextChoices):
        MAKER = "maker", "the maker of the product says so, or the CNA responsible for it"
        THIRD_PARTY = "third party", "a third party says so (a vulnerability database, an SBOM)"
        EXAMINED = "examined", "we examined it ourselves"

    record_kind: ClassVar[str] = "crosswalk entry"

    uid = models.UUIDField(unique=True, editable=False)
    pair = models.CharField(max_length=64, db_index=True)  # crosswalk_names.pair_key: what decisions on one pair share
    one_kind = models.CharField(max_length=8)  # crosswalk_names.NameKind
    one_name = models.CharField(max_length=600)
    other_kind = models.CharField(max_length=8)
    other_name = models.CharField(max_length=600)
    verdict = models.CharField(max_length=12, choices=Verdict)
    confidence = models.CharField(max_length=12, choices=Confidence, blank=True)
    provenance = models.JSONField(default=list)  # [{"source", "record", "says"}]
    because = models.CharField(max_length=1000)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    review_on = models.DateField(null=True)  # None only where something was taken back
    at = models.DateTimeField()

    class Meta:
        db_table = "crosswalk_decision"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"{self.one_name} ↔ {self.other_name}"[:300]


class CrosswalkSuggestion(models.Model):
    """Two names that a record, or an SBOM of ours, literally carries together. Derived; nothing is matched by it."""

    uid = models.UUIDField(unique=True, editable=False)
    pair = models.CharField(max_length=64, unique=True)
    one_kind = models.CharField(max_length=8)
    one_name = models.CharField(max_length=600)
    other_kind = models.CharField(max_length=8)
    other_name = models.CharField(max_length=600)
    provenance = models.JSONField(default=list)  # the first few: [{"source", "record", "says"}]
    carriers = models.IntegerField(default=0)  # how many records and SBOMs carry both
    at = models.DateTimeField()  # first seen

    class Meta:
        db_table = "crosswalk_suggestion"

    def __str__(self) -> str:
        return f"{self.one_name} ↔ {self.other_name}"


# ---- stated ranges that wait for a person, and what persons said of them


class ReviewDecision(models.Model):
    """What a person said of a stated range that nobody could read. Never changed; the last on a `key` holds.

    `key` is that of the record's words: taken in again unchanged, the decision holds; changed, the range waits again,
    and `subject`, the same without the words, leads to what was said before.
    """

    class Verdict(models.TextChoices):
        NOT_OURS = "not ours", "does not concern us"
        VERSIONS = "versions", "concerns these versions"
        EVERY_VERSION = "every version", "concerns every version"
        TAKEN_BACK = "taken back", "taken back: it waits again"
        LAPSED = "lapsed", "lapsed: the record no longer waits"

    record_kind: ClassVar[str] = "range in review"

    uid = models.UUIDField(unique=True, editable=False)
    key = models.CharField(max_length=64, db_index=True)
    subject = models.CharField(max_length=64, db_index=True)
    source = models.CharField(max_length=60)
    record_id = models.CharField(max_length=120)
    package_kind = models.CharField(max_length=8, blank=True)  # '' where the record names no package
    package_name = models.CharField(max_length=1000, blank=True)
    reason = models.CharField(max_length=20)  # core.vulnerabilities.ReviewReason
    raw = models.CharField(max_length=1000)
    n = models.IntegerField()
    verdict = models.CharField(max_length=14, choices=Verdict)
    stated_kind = models.CharField(max_length=8, blank=True)  # of what the versions are, where any are stated
    stated_name = models.CharField(max_length=1000, blank=True)
    versions = models.JSONField(default=list)  # as the person wrote them, one range each: '>= 1.0, < 2.3'
    because = models.CharField(max_length=1000)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    review_on = models.DateField(null=True)
    at = models.DateTimeField()
    rev = models.BigIntegerField()  # of the knowledge it was said about

    class Meta:
        db_table = "review_decision"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"{self.record_id} ({self.source}), {self.package_name or 'no package'}"[:300]


class ReviewSettled(models.Model):
    """A range in review that a standing decision settles, until the day it is to be looked at again. Derived."""

    stmt = models.BigIntegerField(primary_key=True)  # of intelligence.ReviewedRange
    decision = models.ForeignKey(ReviewDecision, on_delete=models.CASCADE, related_name="+")
    until = models.DateField()

    class Meta:
        db_table = "review_settled"

    def __str__(self) -> str:
        return f"{self.stmt} by {self.decision_id}"


# ---- matches whose identity is wrong


class MatchCorrection(models.Model):
    """A person's word that a match mistakes a component for another product: portfolio-wide, without a device in it.

    It says that the component, as named and identified, is not the product of `package`; or, with `source` and
    `record`, that this one record does not mean it. It stands until it is withdrawn, its review date passes, or, for
    one record, the record names other versions or products than `stated`. A device judgement (VEX) is another thing.
    """

    record_kind: ClassVar[str] = "match correction"

    uid = models.UUIDField(unique=True, editable=False)
    name = models.CharField(max_length=500)  # of the component, as the SBOM gives it
    identifier = models.CharField(max_length=1000)  # its purl or CPE without version, see core.corrections
    package = models.CharField(max_length=1000, blank=True)  # intelligence.Package.name; '' = one record
    also = models.JSONField(default=list)  # the other names of that package, as the crosswalk had them then
    source = models.CharField(max_length=60, blank=True)
    record = models.CharField(max_length=120, blank=True)
    vulnerability = models.ForeignKey(Vulnerability, on_delete=models.PROTECT, null=True, related_name="corrections")
    stated = models.JSONField(default=list)  # what the record stated then: ["a:mysql:mysql: v < 8.0.32"]
    because = models.TextField()
    evidence = models.TextField()
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="owned_corrections")
    review_on = models.DateField()  # the last day it stands
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    ended_because = models.TextField(blank=True)

    class Meta:
        db_table = "match_correction"
        ordering = ("-made_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=(models.Q(package="") & ~models.Q(record="")) | (~models.Q(package="") & models.Q(record="")),
                name="a_package_or_one_record",
            ),
            models.UniqueConstraint(
                fields=["name", "identifier", "package", "source", "record"],
                condition=models.Q(ended_at=None),
                name="one_standing_correction",
            ),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"{self.name} ({self.identifier}) is not {self.meant}"

    @property
    def meant(self) -> str:
        """What the component was mistaken for."""
        return self.package or f"what {self.record} of {self.source} means"

    @property
    def wall(self) -> Wall | None:
        """One of a single record stands behind the wall of its vulnerability."""
        return self.vulnerability.wall if self.vulnerability else None


class CorrectedMatch(models.Model):
    """A match that was not drawn in a release because of a correction. Derived: written anew with every match."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="corrected")
    correction = models.ForeignKey(MatchCorrection, on_delete=models.PROTECT, related_name="matches")
    vulnerability = models.ForeignKey(Vulnerability, on_delete=models.PROTECT, related_name="+")
    component = models.CharField(max_length=1001)  # 'go-sql-driver 1.7.0'
    ref = models.CharField(max_length=500)
    source = models.CharField(max_length=60)
    record = models.CharField(max_length=120)
    says = models.CharField(max_length=1000)  # the range it lies in

    class Meta:
        db_table = "corrected_match"
        indexes = (models.Index(fields=["release", "vulnerability"], name="corrected_of_release"),)

    def __str__(self) -> str:
        return f"{self.component}: {self.record}"


class RuledOut(models.Model):
    """A component lies in a stated range, but the record's conditions exclude the release: no finding, and why.

    Derived: brought in line with every match. See `detection.ruled_out`.
    """

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="+", db_index=False)
    vulnerability = models.ForeignKey(Vulnerability, on_delete=models.PROTECT, related_name="+")
    component = models.CharField(max_length=1001)  # 'viewer 1.0'
    ref = models.CharField(max_length=500)
    source = models.CharField(max_length=60)
    record = models.CharField(max_length=120)
    says = models.CharField(max_length=1000)  # the range it lies in
    because = models.CharField(max_length=1000)  # 'only together with o:microsoft:windows, which this release has not'

    class Meta:
        db_table = "ruled_out"
        indexes = (models.Index(fields=["release", "vulnerability"], name="ruled_out_of_release"),)

    def __str__(self) -> str:
        return f"{self.component}: {self.because}"


# ---- the coverage ledger: who answers for what nobody monitors, and texts watched by words


class LedgerOwner(models.Model):
    """A person answers for a hole of the ledger: a component of a release nobody monitors, or a source that lags.

    One row for each; naming somebody else changes it, with a line of evidence. A component is named by its name and
    supplier, not by its version, so that the owner stays when the next SBOM arrives.
    """

    record_kind: ClassVar[str] = "coverage owner"

    uid = models.UUIDField(unique=True, editable=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, related_name="+")  # None: of a source
    source = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=500, blank=True)
    supplier = models.CharField(max_length=500, blank=True)
    owner = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    because = models.TextField()
    since = models.DateField()
    review_on = models.DateField(null=True)
    named_by = models.CharField(max_length=200)  # printed name, as then written

    class Meta:
        db_table = "ledger_owner"
        constraints = (
            models.UniqueConstraint(fields=["release", "name", "supplier"], name="one_owner_per_hole"),
            models.UniqueConstraint(fields=["source"], condition=~models.Q(source=""), name="one_owner_per_source"),
            models.CheckConstraint(
                condition=models.Q(release__isnull=True, name="") | models.Q(release__isnull=False, source=""),
                name="owner_of_a_component_or_a_source",
            ),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        if self.release is None:
            return f"source {self.source}"
        return f"{self.name}{f' ({self.supplier})' if self.supplier else ''} in {self.release.label}"


class TextWatch(models.Model):
    """Words watched for one component or supplier of a release, in texts of vulnerabilities that name no product.

    Its hits are candidates in a person's inbox, never findings.
    """

    class Of(models.TextChoices):
        COMPONENT = "component"
        SUPPLIER = "supplier"

    record_kind: ClassVar[str] = "text watch"

    uid = models.UUIDField(unique=True, editable=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="text_watches")
    of = models.CharField(max_length=12, choices=Of)
    name = models.CharField(max_length=500)  # of the component or supplier, as the SBOM writes it
    words = models.CharField(max_length=200)  # looked for as whole words, in this order, without case
    because = models.TextField(blank=True)
    watched_by = models.CharField(max_length=200)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_because = models.TextField(blank=True)
    looked_rev = models.BigIntegerField(default=0)  # texts up to this revision of the knowledge were looked through
    left_out = models.IntegerField(default=0)  # texts beyond the most that are listed: the words are too common

    class Meta:
        db_table = "text_watch"
        constraints = (
            models.UniqueConstraint(
                fields=["release", "of", "name", "words"], condition=models.Q(ended_at=None), name="one_text_watch"
            ),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"“{self.words}” for {self.name} in {self.release.label}"


class TextCandidate(models.Model):
    """A vulnerability whose text holds watched words and that names no product: for a person to judge."""

    class State(models.TextChoices):
        OPEN = "open"
        CONCERNS = "concerns us"  # a person stated a finding
        DISMISSED = "not ours"  # until the text changes
        IDENTIFIED = "names a product now"  # matching looks at it by identity

    record_kind: ClassVar[str] = "text candidate"

    uid = models.UUIDField(unique=True, editable=False)
    watch = models.ForeignKey(TextWatch, on_delete=models.PROTECT, related_name="candidates")
    vulnerability = models.ForeignKey(Vulnerability, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=60)
    record_id = models.CharField(max_length=120)
    excerpt = models.CharField(max_length=400)
    text_sha256 = models.CharField(max_length=64)
    found_at = models.DateTimeField()
    found_rev = models.BigIntegerField()
    state = models.CharField(max_length=20, choices=State, default=State.OPEN)
    because = models.TextField(blank=True)
    judged_by = models.CharField(max_length=200, blank=True)
    judged_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "text_candidate"
        constraints = (models.UniqueConstraint(fields=["watch", "vulnerability"], name="one_text_candidate"),)
        indexes = (models.Index(fields=["state"], name="text_candidate_state"),)

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"{self.vulnerability.preferred_id} by “{self.watch.words}” in {self.watch.release.label}"

    @property
    def wall(self) -> Wall | None:
        """A candidate stands behind its vulnerability's wall."""
        return self.vulnerability.wall


class FeedCheck(models.Model):
    """Whether a source holds what it ought to, as of one revision. Derived: renewed whenever the knowledge moves."""

    source = models.CharField(max_length=60, primary_key=True)
    rev = models.BigIntegerField()
    at = models.DateTimeField()
    records = models.IntegerField()  # that stand
    most = models.IntegerField()  # that ever stood
    years = models.JSONField(default=dict)  # CVE year -> [records, expected]; {} where there is no yardstick
    breach = models.CharField(max_length=500, blank=True)  # '' when it holds what it ought to, or cannot be checked

    class Meta:
        db_table = "feed_check"

    def __str__(self) -> str:
        return f"{self.source}: {self.breach or 'complete as far as can be checked'}"
