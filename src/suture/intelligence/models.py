"""What the world knows, by whom, as of when. How the tables hang together: docs/explanation/knowledge.md.

Rows of feeds are valid for feed revisions `[f, t)`: what was known at revision `rev` is `f <= rev AND t > rev`. An
import writes its rows under a revision that nobody reads yet; one last small transaction publishes it. The hot tables
carry plain integers instead of foreign keys, and are the same on SQLite and PostgreSQL.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from suture.accounts.models import Tlp, Wall

OPEN = 1 << 62  # `t` of a row that still stands
ORDINALS = 20  # bits of a statement number that count the ranges of one assertion: stmt = assertion id << 20 | ordinal


class FeedRevision(models.Model):
    """One import of one file of a feed: what was read, when, by which reader, and what came of it."""

    class State(models.TextChoices):
        IMPORTING = "importing"
        PUBLISHED = "published"
        REFUSED = "refused"
        SWEPT = "swept", "swept: the import was cut off"

    record_kind: ClassVar[str] = "feed revision"

    rev = models.BigIntegerField(primary_key=True)
    uid = models.UUIDField(unique=True, editable=False)
    source = models.CharField(max_length=60)  # of the first record; a mixed file names all in `counts`
    file_name = models.CharField(max_length=300)  # without its folder
    sha256 = models.CharField(max_length=64)  # of the file as it lies there
    parser_ver = models.PositiveIntegerField()
    keys_ver = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State, default=State.IMPORTING)
    why = models.CharField(max_length=500, blank=True)  # why it was refused or swept
    started_at = models.DateTimeField()
    fetched_at = models.DateTimeField()  # when the file was laid down here
    checked_at = models.DateTimeField(null=True)  # when the same file was last seen again, unchanged
    published_at = models.DateTimeField(null=True)
    upstream_id = models.CharField(max_length=120, blank=True)  # the feed's own edition, where it names one
    dated = models.CharField(max_length=40, blank=True)  # ISO 8601: the feed's own date, else its newest record's
    first_assertion = models.BigIntegerField(default=0)  # the revision's assertions are [first, last], without a gap
    last_assertion = models.BigIntegerField(default=-1)
    counts = models.JSONField(default=dict)

    class Meta:
        db_table = "feed_rev"
        indexes = (models.Index(fields=["source", "file_name", "rev"], name="feed_rev_of_file"),)
        ordering = ("rev",)

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"revision {self.rev}: {self.source}, {self.file_name}"


class KnowledgeState(models.Model):
    """The one row that says which revision is published, and who imports just now."""

    published = models.BigIntegerField(default=0)  # readers see revisions up to this one
    named = models.BigIntegerField(default=0)  # titles and preferred ids are brought up to date to this revision
    owner = models.CharField(max_length=200, blank=True)  # host, process and token of the running import; '' = nobody
    beat = models.BigIntegerField(default=0)  # its last sign of life, seconds since 1970
    next_vulnerability = models.BigIntegerField(default=1)  # numbers are drawn in blocks: a person registers meanwhile
    totals = models.JSONField(default=dict)  # what stands at `published`: counted as revisions come, never by scanning

    class Meta:
        db_table = "knowledge_state"
        constraints = (models.CheckConstraint(condition=Q(pk=1), name="one_knowledge_state"),)

    def __str__(self) -> str:
        return f"knowledge at revision {self.published}"


class Package(models.Model):
    """A package as ranges name it, in one version order.

    A range goes to the *native* row of its package. Its *twin*, the same range in `loose` keys, serves component
    versions that fail their own scheme. A range whose bounds fail the scheme but have loose keys goes to the
    *fallback* row, which every component version with a loose key joins too (engine.md §3).
    """

    class Role(models.TextChoices):
        NATIVE = "native"
        TWIN = "twin"
        FALLBACK = "fallback"
        COMMIT = "commit"  # builds named by their commit: equal or not

    pkg_id = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=8)  # core.components.PackageKind
    scheme = models.CharField(max_length=12)
    name = models.CharField(max_length=1000)
    role = models.CharField(max_length=8, choices=Role, default=Role.NATIVE)

    class Meta:
        db_table = "package"
        constraints = (models.UniqueConstraint(fields=["name", "kind", "scheme", "role"], name="one_package"),)

    def __str__(self) -> str:
        return self.name


class Range(models.Model):
    """One interval `[lo, hi)` of version keys that a statement calls affected. The table the range join scans.

    `stmt` names the statement: `stmt >> 20` is the assertion, the low 20 bits the line of its `says`. Two sources that
    state the same range are two statements: one may withdraw, and the finding stays.
    """

    pk = models.CompositePrimaryKey("pkg_id", "lo", "hi", "stmt", "f")
    pkg_id = models.BigIntegerField()
    lo = models.BinaryField()
    hi = models.BinaryField()
    stmt = models.BigIntegerField()
    f = models.BigIntegerField()
    t = models.BigIntegerField(default=OPEN)

    class Meta:
        db_table = "rng"
        indexes = (
            models.Index(fields=["stmt"], name="rng_stmt"),
            models.Index(fields=["t"], condition=Q(t__lt=OPEN), name="rng_closed"),
        )

    def __str__(self) -> str:
        return f"{self.pkg_id} [{bytes(self.lo).hex()}, {bytes(self.hi).hex()})"


class ReviewedRange(models.Model):
    """Stated ranges that cannot take part in matching, with the reason. One row stands for `n` of one assertion."""

    stmt = models.BigIntegerField(primary_key=True)
    pkg_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=20)  # core.vulnerabilities.ReviewReason
    raw = models.CharField(max_length=1000)
    n = models.IntegerField()
    f = models.BigIntegerField()
    t = models.BigIntegerField(default=OPEN)

    class Meta:
        db_table = "rng_review"
        indexes = (
            models.Index(fields=["pkg_id"], name="rng_review_pkg"),
            models.Index(fields=["t"], condition=Q(t__lt=OPEN), name="rng_review_closed"),
        )

    def __str__(self) -> str:
        return f"{self.n} × {self.reason}: {self.raw[:80]}"


class Assertion(models.Model):
    """One record of one source: who says what of a vulnerability. Amended, it is a new row, and the old one closes."""

    id = models.BigIntegerField(primary_key=True)
    vuln = models.BigIntegerField()  # the record's own alias group, as of now; see also `Covers`
    source = models.CharField(max_length=60)
    record_id = models.CharField(max_length=120)
    f = models.BigIntegerField()
    t = models.BigIntegerField(default=OPEN)
    sha256 = models.BinaryField(max_length=32)  # of the raw record
    published = models.CharField(max_length=40, blank=True)  # ISO 8601, as the source writes it
    modified = models.CharField(max_length=40, blank=True)
    withdrawn = models.CharField(max_length=40, blank=True)  # '' while it stands; a withdrawn one states no range
    disputed = models.BooleanField(default=False)
    stated = models.IntegerField(default=0)  # ranges it states
    aliases = models.JSONField(default=list)  # as stated
    title = models.CharField(max_length=500, blank=True)
    severities = models.JSONField(default=list)  # [[system, vector, by]]
    weaknesses = models.JSONField(default=list)
    summary = models.CharField(max_length=2000, blank=True)
    references = models.JSONField(default=list)  # at most eight
    says = models.TextField(blank=True)  # its accepted ranges in words, a line each, in the order of the statements
    by_vendor = models.BooleanField(default=False)  # issued by the CNA that is the vendor of what it names

    class Meta:
        db_table = "assertion"
        constraints = (models.UniqueConstraint(fields=["record_id", "source", "f"], name="one_assertion"),)
        indexes = (
            models.Index(fields=["vuln"], name="assertion_vuln"),
            models.Index(fields=["sha256"], name="assertion_sha256"),
            models.Index(fields=["t"], condition=Q(t__lt=OPEN), name="assertion_closed"),
        )

    def __str__(self) -> str:
        return f"{self.source} {self.record_id}"

    def said(self, stmt: int) -> str:
        """The words of one of its ranges: '3.0.0 ≤ v < 3.0.15'. A range of review keeps its own text; here ''."""
        lines = self.says.split("\n")
        ordinal = stmt & ((1 << ORDINALS) - 1)
        return lines[ordinal] if ordinal < len(lines) else ""


class Vulnerability(models.Model):
    """One vulnerability: the group of ids that sources call the same, or one that is ours alone."""

    class Kind(models.TextChoices):
        SOFTWARE_FLAW = "software flaw"
        OPEN_PORT = "open port"
        HARD_CODED_PASSWORD = "hard-coded password"  # noqa: S105 (a kind of vulnerability)
        CONFIGURATION = "configuration"
        MALWARE_INFECTION = "malware infection"
        PROCEDURE = "procedure"

    record_kind: ClassVar[str] = "vulnerability"

    id = models.BigIntegerField(primary_key=True)
    uid = models.UUIDField(unique=True, editable=False)
    preferred_id = models.CharField(max_length=120)  # CVE before GHSA before others; ours 'NL-2026-004'
    title = models.CharField(max_length=500, blank=True)
    ours = models.BooleanField(default=False)  # known to us, whether or not the world knows it
    kind = models.CharField(max_length=24, choices=Kind, default=Kind.SOFTWARE_FLAW)
    description = models.TextField(blank=True)  # ours only; what the world says stands in assertions
    wall = models.ForeignKey(Wall, on_delete=models.PROTECT, null=True, related_name="vulnerabilities")
    tlp = models.CharField(max_length=20, choices=Tlp, default=Tlp.CLEAR)
    merged_into = models.BigIntegerField(null=True)  # the group that took it over; its rows have moved there
    f = models.BigIntegerField(default=0)  # known since this revision; ours: 0

    class Meta:
        db_table = "vulnerability"
        indexes = (models.Index(fields=["preferred_id"], name="vulnerability_id"),)

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"{self.preferred_id} {self.title}".strip()

    def content(self) -> dict[str, Any]:
        """What a signature or evidence binds."""
        return {
            "id": self.preferred_id, "title": self.title, "ours": self.ours, "kind": self.kind,
            "description": self.description, "tlp": self.tlp,
        }  # fmt: skip


class Alias(models.Model):
    """A claim: this source says, in its record `said_by`, that `record_id` is this vulnerability. Never deleted."""

    pk = models.CompositePrimaryKey("record_id", "source", "said_by", "f")
    record_id = models.CharField(max_length=120)
    source = models.CharField(max_length=60)
    said_by = models.CharField(max_length=120)
    f = models.BigIntegerField()
    t = models.BigIntegerField(default=OPEN)
    vuln = models.BigIntegerField()

    class Meta:
        db_table = "alias"
        indexes = (models.Index(fields=["vuln"], name="alias_vuln"),)

    def __str__(self) -> str:
        return f"{self.record_id} ({self.source})"


class Covers(models.Model):
    """An assertion that speaks of others than its own group: an erratum, a record that names several CVEs.

    Its ranges count for each vulnerability it covers, instead of for its own group.
    """

    pk = models.CompositePrimaryKey("assertion", "vuln")
    assertion = models.BigIntegerField()
    vuln = models.BigIntegerField()

    class Meta:
        db_table = "covers"
        indexes = (models.Index(fields=["vuln"], name="covers_vuln"),)

    def __str__(self) -> str:
        return f"assertion {self.assertion} covers {self.vuln}"


class Configuration(models.Model):
    """Under which conditions ranges of an assertion hold: products joined by AND, attributes of a CPE name.

    `conditions` is JSON: `nodes` as core.configurations writes them, their numbers being lines of the assertion's
    `says` (vulnerable) or `PlatformRange.number`; `attributes` by line, and `platforms` by number, is what else a
    criterion demands.
    """

    assertion = models.BigIntegerField(primary_key=True)
    conditions = models.TextField()

    class Meta:
        db_table = "configuration"

    def __str__(self) -> str:
        return f"conditions of assertion {self.assertion}"


class PlatformRange(models.Model):
    """Versions of a product that only joins a configuration: the device a firmware runs on, an operating system.

    The same intervals as `Range`, joined by the same kernel, but only for assertions that a release already meets.
    Valid as long as its assertion is.
    """

    pk = models.CompositePrimaryKey("assertion", "number", "pkg_id", "lo", "hi")
    assertion = models.BigIntegerField()
    number = models.IntegerField()  # its place among the platforms of the record
    pkg_id = models.BigIntegerField()
    lo = models.BinaryField()
    hi = models.BinaryField()

    class Meta:
        db_table = "platform_rng"
        indexes = (models.Index(fields=["pkg_id"], name="platform_rng_pkg"),)

    def __str__(self) -> str:
        return f"platform {self.number} of assertion {self.assertion}"


class Kev(models.Model):
    """An entry of CISA's catalogue of vulnerabilities known to be exploited. Joined at read, by alias."""

    pk = models.CompositePrimaryKey("id", "f")
    id = models.CharField(max_length=120)  # a CVE id
    f = models.BigIntegerField()
    t = models.BigIntegerField(default=OPEN)
    added = models.CharField(max_length=10)  # ISO date
    name = models.CharField(max_length=500)
    action = models.TextField()
    due = models.CharField(max_length=10)
    ransomware = models.BooleanField()

    class Meta:
        db_table = "kev"

    def __str__(self) -> str:
        return f"{self.id}, added {self.added}"


class EpssScore(models.Model):
    """FIRST's probability of exploitation within 30 days. A row holds until the score moves; `day` says since when."""

    pk = models.CompositePrimaryKey("id", "f")
    id = models.CharField(max_length=120)
    f = models.BigIntegerField()
    t = models.BigIntegerField(default=OPEN)
    score = models.FloatField()
    percentile = models.FloatField()
    day = models.CharField(max_length=10)  # ISO date

    class Meta:
        db_table = "epss"

    def __str__(self) -> str:
        return f"{self.id} {self.score:.5f}"
