import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import suture.core.cases
import suture.core.facts
import suture.core.vex
from suture.evidence.triggers import guard


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("intelligence", "0001_initial"),
        ("inventory", "0001_initial"),
        ("policy", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(editable=False, unique=True)),
                ("number", models.CharField(max_length=20, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("analysing", "analysing"),
                            ("assessed", "assessed"),
                            ("not_affected", "not affected"),
                            ("controlled", "controlled"),
                            ("uncontrolled", "uncontrolled"),
                            ("improving", "improving"),
                            ("accepted", "accepted"),
                            ("mitigating", "mitigating"),
                            ("interim_controlled", "interim controlled"),
                            ("fixing", "fixing"),
                            ("remediated", "remediated"),
                            ("follow_up", "follow up"),
                            ("closed", "closed"),
                            ("reopened", "reopened"),
                        ],
                        default=suture.core.cases.CaseState["OPEN"],
                        max_length=24,
                    ),
                ),
                (
                    "tlp",
                    models.CharField(
                        choices=[
                            ("TLP:CLEAR", "Clear"),
                            ("TLP:GREEN", "Green"),
                            ("TLP:AMBER", "Amber"),
                            ("TLP:AMBER+STRICT", "Amber Strict"),
                            ("TLP:RED", "Red"),
                        ],
                        default="TLP:AMBER",
                        max_length=20,
                    ),
                ),
                ("verdict", models.CharField(blank=True, max_length=14)),
                ("version", models.PositiveIntegerField(default=1)),
                ("opened_at", models.DateTimeField()),
                ("because", models.TextField(blank=True)),
                ("reassess_on", models.DateField(null=True)),
                (
                    "establishment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="inventory.establishment"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="owned_cases",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "vulnerability",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="intelligence.vulnerability",
                    ),
                ),
                (
                    "wall",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="accounts.wall"
                    ),
                ),
            ],
            options={
                "ordering": ("-opened_at",),
            },
        ),
        migrations.CreateModel(
            name="CaseRelease",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(editable=False, unique=True)),
                (
                    "status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("not_affected", "not affected"),
                            ("affected", "affected"),
                            ("fixed", "fixed"),
                            ("under_investigation", "under investigation"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "justification",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("component_not_present", "component not present"),
                            ("vulnerable_code_not_present", "vulnerable code not present"),
                            ("vulnerable_code_not_in_execute_path", "vulnerable code not in execute path"),
                            (
                                "vulnerable_code_cannot_be_controlled_by_adversary",
                                "vulnerable code cannot be controlled by adversary",
                            ),
                            ("inline_mitigations_already_exist", "inline mitigations already exist"),
                        ],
                        max_length=60,
                    ),
                ),
                ("impact", models.TextField(blank=True)),
                ("action", models.TextField(blank=True)),
                ("evidence", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="assessment.case"
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="impact_answers",
                        to="inventory.release",
                    ),
                ),
            ],
            options={
                "ordering": ("release__product__brand_name", "release__version"),
            },
        ),
        migrations.AddField(
            model_name="case",
            name="releases",
            field=models.ManyToManyField(
                related_name="cases", through="assessment.CaseRelease", to="inventory.release"
            ),
        ),
        migrations.CreateModel(
            name="CaseStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(editable=False, unique=True)),
                ("verb", models.CharField(max_length=40)),
                ("from_state", models.CharField(max_length=24)),
                ("to_state", models.CharField(max_length=24)),
                ("at", models.DateTimeField()),
                ("because", models.TextField(blank=True)),
                ("facts", models.JSONField(default=dict)),
                ("basis", models.JSONField(default=dict)),
                ("case_version", models.PositiveIntegerField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="assessment.case"
                    ),
                ),
            ],
            options={
                "ordering": ("case", "at", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Control",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(editable=False, unique=True)),
                ("name", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("design_control", "design control"),
                            ("compensating_control", "compensating control"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "proposed"),
                            ("verified", "verified"),
                            ("recommended", "recommended"),
                            ("in_use", "in use"),
                            ("retired", "retired"),
                            ("failed", "failed"),
                        ],
                        default=suture.core.cases.ControlState["PROPOSED"],
                        max_length=16,
                    ),
                ),
                (
                    "external_to_design",
                    models.CharField(
                        choices=[("yes", "yes"), ("no", "no"), ("unknown", "unknown"), ("not yet due", "not yet due")],
                        default=suture.core.facts.Answer["UNKNOWN"],
                        max_length=12,
                    ),
                ),
                (
                    "field_configurable",
                    models.CharField(
                        choices=[("yes", "yes"), ("no", "no"), ("unknown", "unknown"), ("not yet due", "not yet due")],
                        default=suture.core.facts.Answer["UNKNOWN"],
                        max_length=12,
                    ),
                ),
                (
                    "employed_by_user",
                    models.CharField(
                        choices=[("yes", "yes"), ("no", "no"), ("unknown", "unknown"), ("not yet due", "not yet due")],
                        default=suture.core.facts.Answer["UNKNOWN"],
                        max_length=12,
                    ),
                ),
                ("employed_by", models.CharField(blank=True, max_length=200)),
                ("where", models.CharField(blank=True, max_length=400)),
                ("instructions", models.TextField(blank=True)),
                ("skill", models.CharField(blank=True, max_length=400)),
                ("lowers_exploitability_to", models.CharField(blank=True, max_length=10)),
                ("lowers_harm_to", models.CharField(blank=True, max_length=14)),
                (
                    "adds_risk",
                    models.CharField(
                        choices=[("yes", "yes"), ("no", "no"), ("unknown", "unknown"), ("not yet due", "not yet due")],
                        default=suture.core.facts.Answer["UNKNOWN"],
                        max_length=12,
                    ),
                ),
                ("adds_risk_because", models.TextField(blank=True)),
                ("verified_on", models.DateField(null=True)),
                ("verified_evidence", models.TextField(blank=True)),
                ("in_use_on", models.DateField(null=True)),
                ("in_use_where", models.CharField(blank=True, max_length=400)),
                ("in_use_evidence", models.TextField(blank=True)),
                ("ended_because", models.TextField(blank=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="controls", to="assessment.case"
                    ),
                ),
                (
                    "in_use_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="inventory.product"
                    ),
                ),
                (
                    "verified_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("case", "pk"),
            },
        ),
        migrations.AddField(
            model_name="caserelease",
            name="ground",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="grounds", to="assessment.control"
            ),
        ),
        migrations.CreateModel(
            name="DatedFact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("learned_candidate", "possible day of learning"),
                            ("learned", "day of learning (signed)"),
                            ("adverse_event_search", "adverse event search"),
                            ("adverse_event_linked", "adverse event linked"),
                            ("employee_aware", "an employee became aware of an MDR reportable event"),
                            ("remedial_action_needed", "responsible person aware that remedial action is needed"),
                            ("fda_written_request", "FDA's written request received"),
                            ("mdr_information_received", "new MDR information received"),
                            ("mdr_submitted", "MDR submitted"),
                            ("mdr_5day_submitted", "MDR 5-day report submitted"),
                            ("mdr_supplement_submitted", "MDR supplement submitted"),
                            ("correction_initiated", "correction initiated"),
                            ("removal_initiated", "removal initiated"),
                            ("first_unit_changed", "first unit changed"),
                            ("initiation_chosen", "day of initiation (signed)"),
                            ("extension_initiated", "extension of the correction or removal initiated"),
                            ("report_806_submitted", "806 report submitted"),
                            ("amendment_806_submitted", "806 amendment submitted"),
                            ("customers_told", "customers told"),
                            ("controls_identified", "interim compensating controls identified"),
                            ("plan_made", "remediation plan made"),
                            ("fix_validated", "fix validated"),
                            ("fix_distributed", "fix distributed"),
                            ("residual_acceptable_after_fix", "residual risk re-assessed after the fix"),
                            ("long_term_control_signed", "compensating control signed as long-term solution"),
                            ("followed_up_end_users", "followed up end users"),
                            ("isao_given_communication", "customer communication given to the ISAO"),
                            ("fda_tracking_request", "FDA's tracking request received"),
                            ("tracking_answered", "tracking answered"),
                            ("periodic_report_submitted", "periodic report submitted"),
                            ("recall_classified", "recall classified"),
                        ],
                        max_length=40,
                    ),
                ),
                ("happened_on", models.DateField()),
                ("happened_at", models.DateTimeField(null=True)),
                ("recorded_at", models.DateTimeField()),
                ("detail", models.JSONField(default=dict)),
                ("evidence", models.TextField(blank=True)),
                ("blob", models.CharField(blank=True, max_length=64)),
                ("withdrawn", models.BooleanField(default=False)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="dated_facts", to="assessment.case"
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="assessment.datedfact",
                    ),
                ),
            ],
            options={
                "ordering": ("happened_on", "recorded_at", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Assessment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(editable=False, unique=True)),
                ("version", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("in_review", "in review"),
                            ("approved", "approved"),
                            ("superseded", "superseded"),
                        ],
                        default=suture.core.cases.AssessmentState["DRAFT"],
                        max_length=12,
                    ),
                ),
                ("exploitability", models.JSONField(default=dict)),
                ("harm", models.JSONField(default=dict)),
                ("dissent", models.JSONField(default=list)),
                ("result", models.JSONField(default=dict)),
                ("inherent_exploitability", models.CharField(blank=True, max_length=10)),
                ("residual_exploitability", models.CharField(blank=True, max_length=10)),
                (
                    "inherent_harm",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Negligible"), (2, "Minor"), (3, "Serious"), (4, "Critical"), (5, "Catastrophic")],
                        null=True,
                    ),
                ),
                (
                    "residual_harm",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Negligible"), (2, "Minor"), (3, "Serious"), (4, "Critical"), (5, "Catastrophic")],
                        null=True,
                    ),
                ),
                ("cell", models.CharField(blank=True, max_length=14)),
                ("judgement", models.CharField(blank=True, max_length=14)),
                ("judgement_because", models.TextField(blank=True)),
                ("outcome", models.CharField(blank=True, max_length=14)),
                ("made_at", models.DateTimeField()),
                ("approved_at", models.DateTimeField(null=True)),
                (
                    "exploitability_policy",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="policy.policyversion",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="assessments", to="inventory.product"
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessments",
                        to="inventory.release",
                    ),
                ),
                (
                    "risk_policy",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="policy.policyversion",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inventory.safetystatement",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="assessments", to="assessment.case"
                    ),
                ),
            ],
            options={
                "ordering": ("case", "product", "release", "-version"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("release", None)),
                        fields=("case", "product", "version"),
                        name="one_device_assessment_version",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("release__isnull", False)),
                        fields=("case", "release", "version"),
                        name="one_release_assessment_version",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    suture.core.cases.AssessmentState["DRAFT"],
                                    suture.core.cases.AssessmentState["IN_REVIEW"],
                                ],
                            ),
                            ("release", None),
                        ),
                        fields=("case", "product"),
                        name="one_unfinished_for_device",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    suture.core.cases.AssessmentState["DRAFT"],
                                    suture.core.cases.AssessmentState["IN_REVIEW"],
                                ],
                            ),
                            ("release__isnull", False),
                        ),
                        fields=("case", "release"),
                        name="one_unfinished_for_release",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", suture.core.cases.AssessmentState["APPROVED"]), _negated=True),
                            ("outcome__in", ["controlled", "uncontrolled"]),
                            _connector="OR",
                        ),
                        name="approved_is_binary",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["state"], name="cases_by_state"),
        ),
        migrations.AddConstraint(
            model_name="control",
            constraint=models.UniqueConstraint(fields=("case", "name"), name="one_control_name_per_case"),
        ),
        migrations.AddConstraint(
            model_name="caserelease",
            constraint=models.UniqueConstraint(fields=("case", "release"), name="one_answer_per_case_and_release"),
        ),
        migrations.AddConstraint(
            model_name="caserelease",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", suture.core.vex.VexStatus["NOT_AFFECTED"]), _negated=True),
                    models.Q(("justification", ""), _negated=True),
                    models.Q(("impact", ""), _negated=True),
                    _connector="OR",
                ),
                name="not_affected_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="caserelease",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", suture.core.vex.VexStatus["AFFECTED"]), _negated=True),
                    models.Q(("action", ""), _negated=True),
                    _connector="OR",
                ),
                name="affected_says_what_to_do",
            ),
        ),
        migrations.AddIndex(
            model_name="datedfact",
            index=models.Index(fields=["case", "kind"], name="facts_of_case"),
        ),
        migrations.AddConstraint(
            model_name="datedfact",
            constraint=models.CheckConstraint(
                condition=models.Q(("withdrawn", False), ("supersedes__isnull", False), _connector="OR"),
                name="only_a_correction_withdraws",
            ),
        ),
        guard("assessment_datedfact", "id"),
        guard("assessment_casestep", "id"),
    ]
