"""Cases, their dated facts, impact answers, controls, assessments and the steps they took."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from suture.accounts.models import Person, Tlp, Wall
from suture.core.cases import AssessmentState, CaseState, ControlState
from suture.core.controls import ControlKind
from suture.core.facts import Answer, FactKind
from suture.core.harm import HarmSeverity
from suture.core.risk import Outcome
from suture.core.vex import Justification, VexStatus
from suture.intelligence.exploitation import SignalKind
from suture.intelligence.models import Vulnerability
from suture.inventory.models import Establishment, Product, Release, SafetyStatement
from suture.policy.models import PolicyVersion

_UNFINISHED = Q(state__in=[AssessmentState.DRAFT, AssessmentState.IN_REVIEW])


def _choices(kinds: Any) -> list[tuple[str, str]]:
    return [(kind.value, getattr(kind, "label", kind.value.replace("_", " "))) for kind in kinds]


class Case(models.Model):
    """One vulnerability and the releases it concerns: the spine from signal to closed file.

    `version` moves with every change a second person must see before acting (optimistic concurrency).
    `establishment` is the responsible site: its zone makes instants into dates.
    """

    record_kind: ClassVar[str] = "case"

    uid = models.UUIDField(unique=True, editable=False)
    number = models.CharField(max_length=20, unique=True)  # C-2026-0142
    vulnerability = models.ForeignKey(Vulnerability, on_delete=models.PROTECT, related_name="cases")
    releases: models.ManyToManyField[Release, CaseRelease] = models.ManyToManyField(
        Release, through="CaseRelease", related_name="cases"
    )
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="cases")
    state = models.CharField(max_length=24, choices=_choices(CaseState), default=CaseState.OPEN)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="owned_cases")
    wall = models.ForeignKey(Wall, on_delete=models.PROTECT, null=True, related_name="cases")
    tlp = models.CharField(max_length=20, choices=Tlp, default=Tlp.AMBER)
    verdict = models.CharField(max_length=14, blank=True)  # the worst device's, once signed; '' is not assessed
    version = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField()
    because = models.TextField(blank=True)
    reassess_on = models.DateField(null=True)

    class Meta:
        ordering = ("-opened_at",)
        indexes = (models.Index(fields=["state"], name="cases_by_state"),)

    def __str__(self) -> str:
        return self.number

    @property
    def label(self) -> str:
        return self.number

    @property
    def at(self) -> CaseState:
        """The state as the core's value."""
        return CaseState(self.state)


class DatedFact(models.Model):
    """One dated fact of a case. Append-only: a correction is a new row that supersedes; nothing vanishes.

    `happened_on` is the day it was true in the zone of the case's establishment, `happened_at` the instant where
    one is known, `recorded_at` when it was written. `withdrawn` says that what it supersedes was never so.
    """

    record_kind: ClassVar[str] = "dated fact"

    uid = models.UUIDField(unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="dated_facts")
    kind = models.CharField(max_length=40, choices=_choices(FactKind))
    happened_on = models.DateField()
    happened_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()
    detail = models.JSONField(default=dict)  # text to text; keys as in suture.core.facts.FactKind
    evidence = models.TextField(blank=True)
    blob = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    supersedes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="superseded_by")
    withdrawn = models.BooleanField(default=False)

    class Meta:
        ordering = ("happened_on", "recorded_at", "pk")
        indexes = (models.Index(fields=["case", "kind"], name="facts_of_case"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(withdrawn=False) | Q(supersedes__isnull=False), name="only_a_correction_withdraws"
            ),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"{FactKind(self.kind).label}, {self.happened_on:%d %b %Y} ({self.case.number})"

    @property
    def wall(self) -> Wall | None:
        return self.case.wall

    def content(self) -> dict[str, Any]:
        """What a signature binds."""
        return {
            "case": self.case.uid, "kind": self.kind, "happened_on": self.happened_on, "detail": self.detail,
            "evidence": self.evidence, "blob": self.blob, "recorded_at": self.recorded_at,
            "supersedes": self.supersedes.uid if self.supersedes else "", "withdrawn": self.withdrawn,
        }  # fmt: skip


class Control(models.Model):
    """A control on the case's vulnerability: built in, or used in its absence (F §IV.A).

    Only one that is verified, adds no greater risk and is confirmed in use counts towards the residual risk.
    """

    record_kind: ClassVar[str] = "control"

    uid = models.UUIDField(unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="controls")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="+")  # None: every device
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=24, choices=_choices(ControlKind))
    state = models.CharField(max_length=16, choices=_choices(ControlState), default=ControlState.PROPOSED)
    external_to_design = models.CharField(max_length=12, choices=_choices(Answer), default=Answer.UNKNOWN)
    field_configurable = models.CharField(max_length=12, choices=_choices(Answer), default=Answer.UNKNOWN)
    employed_by_user = models.CharField(max_length=12, choices=_choices(Answer), default=Answer.UNKNOWN)
    employed_by = models.CharField(max_length=200, blank=True)
    where = models.CharField(max_length=400, blank=True)
    instructions = models.TextField(blank=True)
    skill = models.CharField(max_length=400, blank=True)
    lowers_exploitability_to = models.CharField(max_length=10, blank=True)
    lowers_harm_to = models.CharField(max_length=14, blank=True)
    adds_risk = models.CharField(max_length=12, choices=_choices(Answer), default=Answer.UNKNOWN)
    adds_risk_because = models.TextField(blank=True)
    verified_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    verified_on = models.DateField(null=True)
    verified_evidence = models.TextField(blank=True)
    in_use_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    in_use_on = models.DateField(null=True)
    in_use_where = models.CharField(max_length=400, blank=True)
    in_use_evidence = models.TextField(blank=True)
    ended_because = models.TextField(blank=True)

    class Meta:
        ordering = ("case", "pk")
        constraints = (models.UniqueConstraint(fields=["case", "name"], name="one_control_name_per_case"),)

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return f"{self.name} ({self.case.number})"

    @property
    def wall(self) -> Wall | None:
        return self.case.wall


class CaseRelease(models.Model):
    """The impact answer for one release: affected, not affected and why, fixed, under investigation; '' is none."""

    record_kind: ClassVar[str] = "impact answer"

    uid = models.UUIDField(unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="answers")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="impact_answers")
    status = models.CharField(max_length=24, choices=_choices(VexStatus), blank=True)
    justification = models.CharField(max_length=60, choices=_choices(Justification), blank=True)
    impact = models.TextField(blank=True)
    action = models.TextField(blank=True)
    evidence = models.TextField(blank=True)
    ground = models.ForeignKey(Control, on_delete=models.PROTECT, null=True, related_name="grounds")
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")  # who answers for it
    review_on = models.DateField(null=True)  # the last day it holds; None: no day was set
    configuration = models.TextField(blank=True)  # what of the device's configuration it rests on, in words
    inherited_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="heirs")

    class Meta:
        ordering = ("release__product__brand_name", "release__version")
        constraints = (
            models.UniqueConstraint(fields=["case", "release"], name="one_answer_per_case_and_release"),
            models.CheckConstraint(
                condition=~Q(status=VexStatus.NOT_AFFECTED) | ~Q(justification="") | ~Q(impact=""),
                name="not_affected_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(status=VexStatus.AFFECTED) | ~Q(action=""), name="affected_says_what_to_do"
            ),
        )

    def __str__(self) -> str:
        return f"{self.release}: {self.status or 'unanswered'}"

    @property
    def label(self) -> str:
        return f"{self.release.label} in {self.case.number}"

    @property
    def wall(self) -> Wall | None:
        return self.case.wall

    @property
    def is_answered(self) -> bool:
        """Whether the answer is one to assess on: 'under investigation' is honest, but not yet an answer."""
        return self.status not in ("", VexStatus.UNDER_INVESTIGATION)

    def has_lapsed(self, today: date) -> bool:
        """Whether its review date has passed: it stands as it was given, and asks to be judged again."""
        return self.review_on is not None and self.review_on < today


class ComponentAnswer(models.Model):
    """An impact answer that narrows to one component of a release, by name and version: an upload renumbers refs.

    The answer of the release is the worst of its components; one nobody answered for is under investigation.
    """

    answer = models.ForeignKey(CaseRelease, on_delete=models.CASCADE, related_name="by_component")
    name = models.CharField(max_length=500)
    version = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=24, choices=_choices(VexStatus))
    justification = models.CharField(max_length=60, choices=_choices(Justification), blank=True)
    impact = models.TextField(blank=True)
    action = models.TextField(blank=True)
    evidence = models.TextField(blank=True)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    review_on = models.DateField(null=True)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()

    class Meta:
        ordering = ("answer", "name", "version")
        constraints = (
            models.UniqueConstraint(fields=["answer", "name", "version"], name="one_answer_per_component"),
            models.CheckConstraint(
                condition=~Q(status=VexStatus.NOT_AFFECTED) | ~Q(justification="") | ~Q(impact=""),
                name="component_not_affected_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(status=VexStatus.AFFECTED) | ~Q(action=""), name="component_affected_says_what_to_do"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.version}: {self.status}"


class Assessment(models.Model):
    """What the vulnerability means for one device, and for one release of it where that differs. One version each.

    Draft, in review, approved by signature, superseded. An approved one is never edited: a change is a new version.
    `exploitability`, `harm` and `result` are plain data, so that a signature's digest covers every word.
    """

    record_kind: ClassVar[str] = "assessment"

    uid = models.UUIDField(unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assessments")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="assessments")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, related_name="assessments")
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=_choices(AssessmentState), default=AssessmentState.DRAFT)
    risk_policy = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, null=True, related_name="+")
    exploitability_policy = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, null=True, related_name="+")
    statement = models.ForeignKey(SafetyStatement, on_delete=models.PROTECT, null=True, related_name="+")
    exploitability = models.JSONField(default=dict)
    harm = models.JSONField(default=dict)
    dissent = models.JSONField(default=list)  # [{"by", "name", "severity", "because", "at"}]
    result = models.JSONField(default=dict)  # inherent, residual, controls counted and not, policies
    inherent_exploitability = models.CharField(max_length=10, blank=True)
    residual_exploitability = models.CharField(max_length=10, blank=True)
    inherent_harm = models.PositiveSmallIntegerField(null=True, choices=[(s.value, s.label) for s in HarmSeverity])
    residual_harm = models.PositiveSmallIntegerField(null=True, choices=[(s.value, s.label) for s in HarmSeverity])
    cell = models.CharField(max_length=14, blank=True)  # what the matrix says of the residual risk
    judgement = models.CharField(max_length=14, blank=True)
    judgement_because = models.TextField(blank=True)
    outcome = models.CharField(max_length=14, blank=True)  # controlled or uncontrolled, once approved
    made_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("case", "product", "release", "-version")
        constraints = (
            models.UniqueConstraint(
                fields=["case", "product", "version"], condition=Q(release=None), name="one_device_assessment_version"
            ),
            models.UniqueConstraint(
                fields=["case", "release", "version"],
                condition=Q(release__isnull=False),
                name="one_release_assessment_version",
            ),
            models.UniqueConstraint(
                fields=["case", "product"], condition=_UNFINISHED & Q(release=None), name="one_unfinished_for_device"
            ),
            models.UniqueConstraint(
                fields=["case", "release"],
                condition=_UNFINISHED & Q(release__isnull=False),
                name="one_unfinished_for_release",
            ),
            models.CheckConstraint(
                condition=~Q(state=AssessmentState.APPROVED)
                | Q(outcome__in=[Outcome.CONTROLLED.word, Outcome.UNCONTROLLED.word]),
                name="approved_is_binary",
            ),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"Assessment of {(self.release or self.product).label} in {self.case.number}, version {self.version}"

    @property
    def wall(self) -> Wall | None:
        return self.case.wall

    @property
    def at(self) -> AssessmentState:
        """The state as the core's value."""
        return AssessmentState(self.state)

    def content(self) -> dict[str, Any]:
        """What a signature binds: every input, the result, and the judgement given with it."""
        return {
            "case": self.case.uid, "product": self.product.uid, "release": self.release.uid if self.release else "",
            "version": self.version, "exploitability": self.exploitability, "harm": self.harm,
            "dissent": self.dissent, "result": self.result, "judgement": self.judgement,
            "judgement_because": self.judgement_because,
        }  # fmt: skip


class CaseStep(models.Model):
    """One step a case took, with the facts that opened it. Append-only; what a person signs when a step asks for it."""

    record_kind: ClassVar[str] = "case step"

    uid = models.UUIDField(unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    verb = models.CharField(max_length=40)
    from_state = models.CharField(max_length=24)
    to_state = models.CharField(max_length=24)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    because = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    basis = models.JSONField(default=dict)  # digests of the assessments and the impact answers it rests on
    case_version = models.PositiveIntegerField()

    class Meta:
        ordering = ("case", "at", "pk")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"{self.case.number}: {self.verb.replace('_', ' ')}"

    @property
    def wall(self) -> Wall | None:
        return self.case.wall

    def content(self) -> dict[str, Any]:
        """What a signature binds."""
        return {
            "case": self.case.uid, "verb": self.verb, "from": self.from_state, "to": self.to_state, "at": self.at,
            "because": self.because, "facts": self.facts, "basis": self.basis, "version": self.case_version,
        }  # fmt: skip


class ExploitationChange(models.Model):
    """We came to know that a vulnerability is exploited, after its case had been judged. Append-only, one per change.

    `reopened_from` is the state the case was taken out of; '' where it was being worked on and stayed where it was.
    """

    record_kind: ClassVar[str] = "exploitation change"

    uid = models.UUIDField(unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="exploitation_changes")
    kind = models.CharField(max_length=12, choices=_choices(SignalKind))
    mark = models.CharField(max_length=120)  # intelligence.exploitation.Signal.mark
    says = models.CharField(max_length=500)
    rev = models.BigIntegerField()  # of the knowledge that brought it
    known_at = models.DateTimeField()
    noticed_at = models.DateTimeField()
    reopened_from = models.CharField(max_length=24, blank=True)
    judged_before = models.JSONField(default=list)  # labels of the answers and assessments it puts in question

    class Meta:
        ordering = ("case", "noticed_at", "pk")
        constraints = (models.UniqueConstraint(fields=["case", "kind", "mark"], name="one_exploitation_change"),)

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"{self.case.number}: {self.says}"

    @property
    def wall(self) -> Wall | None:
        return self.case.wall
