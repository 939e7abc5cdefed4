"""The coverage ledger: who answers for what nobody monitors, texts watched by words, and whether feeds are whole."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from suture.accounts.models import Wall
from suture.intelligence.models import Vulnerability
from suture.inventory.models import Release


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
