"""Reports as they came in, their finders, messages and files; the parties, embargo and advisory of a case.

What a finder says is kept apart from who the finder is: `Finder` is read by coordinators alone.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suture.accounts.models import Person, Tlp, Wall
from suture.assessment.models import Case
from suture.core.disclosure import EmbargoState, ParticipantState, ReportSource, ReportState
from suture.core.facts import Answer

SOURCES = [
    (ReportSource.FINDER.value, _("Finder")),
    (ReportSource.COMPLAINT.value, _("Complaint")),
    (ReportSource.SERVICE.value, _("Service record")),
    (ReportSource.TEST.value, _("Internal test")),
    (ReportSource.HOSPITAL.value, _("Call from a hospital")),
    (ReportSource.SUPPLIER.value, _("Supplier's bulletin")),
]


class Report(models.Model):
    """One thing somebody told us, from whatever source, as it came in. A signal is not yet a vulnerability."""

    record_kind: ClassVar[str] = "intake report"

    uid = models.UUIDField(unique=True, editable=False)
    number = models.CharField(max_length=20, unique=True)
    source = models.CharField(max_length=20, choices=SOURCES)
    state = models.CharField(max_length=20, choices=[(s.value, s.label) for s in ReportState])
    received_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    zone = models.CharField(max_length=60)  # of the responsible site
    answer_by = models.DateField(null=True)  # None: nobody outside waits for an acknowledgement
    acknowledged_at = models.DateTimeField(null=True)
    what = models.TextField()
    device = models.CharField(max_length=300, blank=True)
    device_version = models.CharField(max_length=120, blank=True)
    cvss = models.CharField(max_length=400, blank=True)
    proof = models.TextField(blank=True)
    harm = models.CharField(max_length=12, choices=[(a.value, a.value) for a in Answer], default=Answer.UNKNOWN)
    public = models.BooleanField(default=False)  # the reporter says: public already, or soon
    exploited = models.BooleanField(default=False)  # the reporter says: used somewhere now
    origin = models.CharField(max_length=300, blank=True)  # of an inside source: CP-4471, test report, bulletin
    aware = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")  # who took it in
    wall = models.ForeignKey(Wall, on_delete=models.PROTECT, null=True, related_name="+")
    tlp = models.CharField(max_length=20, choices=Tlp, default=Tlp.AMBER)
    receipt = models.TextField(blank=True)
    signature = models.BinaryField(blank=True, default=bytes)
    token_hash = models.CharField(max_length=64, blank=True)
    because = models.TextField(blank=True)  # of the last step that asked for a reason
    duplicate_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="duplicates")
    capa = models.CharField(max_length=200, blank=True)
    no_capa_because = models.TextField(blank=True)
    design_change = models.CharField(max_length=200, blank=True)
    no_design_change_because = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-received_at", "-pk")
        indexes = (models.Index(fields=["token_hash"], name="report_by_token"),)
        constraints = (
            models.UniqueConstraint(fields=["token_hash"], condition=~Q(token_hash=""), name="one_report_per_token"),
            models.CheckConstraint(
                condition=Q(capa="") | Q(no_capa_because=""), name="a_capa_or_none_because"
            ),
            models.CheckConstraint(
                condition=Q(design_change="") | Q(no_design_change_because=""), name="a_design_change_or_none_because"
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return self.number

    @property
    def label(self) -> str:
        return self.number

    @property
    def at(self) -> ReportState:
        return ReportState(self.state)

    @property
    def origin_kind(self) -> ReportSource:
        return ReportSource(self.source)


class Finder(models.Model):
    """Who sent a report, and how to reach them. Read by coordinators alone; absent where they stay anonymous."""

    record_kind: ClassVar[str] = "finder"

    uid = models.UUIDField(unique=True, editable=False)
    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="finder")
    name = models.CharField(max_length=200, blank=True)
    contact = models.CharField(max_length=300, blank=True)
    credit = models.CharField(max_length=200, blank=True)  # as they wish to be named; '': not at all

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"finder of {self.report.number}"


class Attachment(models.Model):
    """A file somebody sent: encrypted with age in the blob store, never opened or shown, only handed out as bytes."""

    record_kind: ClassVar[str] = "attachment"

    uid = models.UUIDField(unique=True, editable=False)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=120)  # neutralised
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)  # of what was sent
    blob = models.CharField(max_length=64)  # of what is stored: the ciphertext
    kind = models.CharField(max_length=120)  # what its bytes look like
    warnings = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return f"{self.name} of {self.report.number}"


class Message(models.Model):
    """One message between the finder and us. Unread until the other side opened it."""

    class Mail(models.TextChoices):
        NONE = "none", _("no address")
        UNSENT = "unsent", _("not sent yet")
        PROMISED = "promised", _("on its way")

    record_kind: ClassVar[str] = "message"

    uid = models.UUIDField(unique=True, editable=False)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="messages")
    from_finder = models.BooleanField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    asks = models.BooleanField(default=False)  # it is the other side's turn
    mail = models.CharField(max_length=10, choices=Mail, default=Mail.NONE)

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"message of {self.at:%Y-%m-%d %H:%M} UTC in {self.report.number}"


class ReportCase(models.Model):
    """That a report is part of a case; several reports may be, and one report may be part of several."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="in_cases")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reports")
    linked_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["report", "case"], name="a_report_is_in_a_case_once"),)

    def __str__(self) -> str:
        return f"{self.report} in {self.case}"


class Participant(models.Model):
    """A party of a coordinated case, and how far it is."""

    class Kind(models.TextChoices):
        SUPPLIER = "supplier", _("Supplier")
        AGENCY = "agency", _("Government agency (CISA, …)")
        COORDINATOR = "coordinator", _("Coordinator (CERT/CC, …)")
        MAKER = "maker", _("Other maker")
        HOSPITAL = "hospital", _("Hospital")
        FINDER = "finder", _("Finder")

    record_kind: ClassVar[str] = "party"

    uid = models.UUIDField(unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="participants")
    kind = models.CharField(max_length=12, choices=Kind)
    name = models.CharField(max_length=200)
    contact = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=20, choices=[(s.value, s.label) for s in ParticipantState])
    since = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    tlp = models.CharField(max_length=20, choices=Tlp, default=Tlp.AMBER)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("kind", "name", "pk")
        constraints = (models.UniqueConstraint(fields=["case", "name"], name="a_party_is_in_a_case_once"),)

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return f"{self.name} in {self.case.number}"

    @property
    def at(self) -> ParticipantState:
        return ParticipantState(self.state)

    @property
    def wall(self) -> Wall | None:
        return self.case.wall


class Embargo(models.Model):
    """Until which minute the parties of a case keep silent. Its history is evidence."""

    record_kind: ClassVar[str] = "embargo"

    uid = models.UUIDField(unique=True, editable=False)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="embargo")
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in EmbargoState])
    until = models.DateTimeField(null=True)
    proposed = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    because = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"embargo of {self.case.number}"

    @property
    def at(self) -> EmbargoState:
        return EmbargoState(self.state)

    @property
    def wall(self) -> Wall | None:
        return self.case.wall


class Advisory(models.Model):
    """What the public is told about a case, with credit; nobody outside reads it before its minute."""

    record_kind: ClassVar[str] = "advisory"

    uid = models.UUIDField(unique=True, editable=False)
    number = models.CharField(max_length=20, unique=True)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="advisory")
    title = models.CharField(max_length=300)
    affected = models.TextField()
    text = models.TextField()
    remedy = models.TextField()
    credit = models.CharField(max_length=400, blank=True)
    cve = models.CharField(max_length=30, blank=True)
    approved_at = models.DateTimeField(null=True)  # None: a draft; public from then, or from the embargo's minute
    revised_at = models.DateTimeField()

    class Meta:
        ordering = ("-approved_at", "-pk")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"{self.number}: {self.title}"

    @property
    def wall(self) -> Wall | None:
        return self.case.wall


class Complaint(models.Model):
    """The complaint record of 21 CFR 820.35(a): seven items, and the MDR evaluation beside it (R25)."""

    class Mdr(models.TextChoices):
        OPEN = "open", _("not evaluated yet")
        REPORTABLE = "reportable", _("reportable")
        NOT_REPORTABLE = "not_reportable", _("not reportable")

    record_kind: ClassVar[str] = "complaint"

    uid = models.UUIDField(unique=True, editable=False)
    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="complaint")
    device_name = models.CharField(max_length=300)  # 1
    received_on = models.DateField()  # 2
    udi = models.CharField(max_length=200, blank=True)  # 3: UDI or UPC, and any other identification
    complainant = models.TextField(blank=True)  # 4: name, address, telephone
    details = models.TextField()  # 5: nature and details
    correction = models.TextField(blank=True)  # 6: any correction or corrective action
    reply = models.TextField(blank=True)  # 7: any reply to the complainant
    mdr = models.CharField(max_length=16, choices=Mdr, default=Mdr.OPEN)
    mdr_because = models.TextField(blank=True)
    mdr_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    mdr_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"complaint of {self.report.number}"

    @property
    def wall(self) -> Wall | None:
        return self.report.wall


class ServiceRecord(models.Model):
    """The service record of 21 CFR 820.35(b): device, UDI or UPC, day, who, what was done, test data."""

    record_kind: ClassVar[str] = "service record"

    uid = models.UUIDField(unique=True, editable=False)
    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="service_record")
    device_name = models.CharField(max_length=300)
    udi = models.CharField(max_length=200, blank=True)
    served_on = models.DateField()
    served_by = models.CharField(max_length=200)
    service = models.TextField()
    test_data = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"service record of {self.report.number}"

    @property
    def wall(self) -> Wall | None:
        return self.report.wall


class WatchedSource(models.Model):
    """A source without a feed: complaints, returned product, supplier mail, own tests. Somebody looks, regularly."""

    record_kind: ClassVar[str] = "watched source"

    uid = models.UUIDField(unique=True, editable=False)
    name = models.CharField(max_length=120, unique=True)
    what = models.TextField(blank=True)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    every_days = models.PositiveIntegerField()
    since = models.DateTimeField()

    class Meta:
        ordering = ("name",)
        constraints = (models.CheckConstraint(condition=Q(every_days__gte=1), name="a_source_is_looked_at"),)

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return self.name


class Look(models.Model):
    """That somebody looked through a source on a day, with what shows it. Append-only."""

    record_kind: ClassVar[str] = "look"

    uid = models.UUIDField(unique=True, editable=False)
    source = models.ForeignKey(WatchedSource, on_delete=models.PROTECT, related_name="looks")
    looked_at = models.DateTimeField()
    evidence = models.TextField()
    found = models.PositiveIntegerField()  # how many signals it gave
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("-looked_at", "-pk")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"{self.source.name}, looked through on {self.looked_at:%d %b %Y}"


class Knock(models.Model):
    """That a challenge of the report form was used, and from where (a keyed hash). Kept for a day, then swept."""

    nonce = models.CharField(max_length=64, unique=True)
    address = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.nonce[:8]
