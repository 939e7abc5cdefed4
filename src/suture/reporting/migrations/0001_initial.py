import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from suture.evidence.triggers import guard


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("assessment", "0001_initial"),
        ("inventory", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(editable=False, unique=True)),
                ("version", models.PositiveIntegerField()),
                ("as_of", models.DateField()),
                ("made_at", models.DateTimeField()),
                ("because", models.TextField(blank=True)),
                (
                    "duty_806",
                    models.CharField(
                        choices=[
                            ("undecided", "undecided"),
                            ("not started", "not started"),
                            ("due", "due"),
                            ("contingent", "contingent"),
                            ("not enforced", "not enforced"),
                            ("reported elsewhere", "reported elsewhere"),
                            ("record", "record"),
                        ],
                        max_length=20,
                    ),
                ),
                ("devices", models.JSONField(default=list)),
                ("conditions", models.JSONField(default=list)),
                ("given", models.JSONField(default=dict)),
                ("basis", models.CharField(max_length=64)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="assessment.case"
                    ),
                ),
            ],
            options={
                "ordering": ("case", "-version"),
                "constraints": [models.UniqueConstraint(fields=("case", "version"), name="one_decision_version")],
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("806-report", "806 report"), ("806.20-record", "806.20 record")], max_length=16
                    ),
                ),
                ("of_uid", models.UUIDField()),
                ("of_version", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("record_digest", models.CharField(max_length=64)),
                ("draft", models.BooleanField()),
                ("made_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="documents", to="assessment.case"
                    ),
                ),
            ],
            options={
                "ordering": ("-made_at", "-pk"),
                "indexes": [models.Index(fields=["of_uid"], name="documents_of_record")],
            },
        ),
        migrations.CreateModel(
            name="Record806",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(editable=False, unique=True)),
                ("version", models.PositiveIntegerField()),
                ("justification", models.TextField()),
                ("follow_ups", models.TextField(blank=True)),
                ("items", models.JSONField(default=list)),
                ("drafted_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="records_806", to="assessment.case"
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="records_806", to="inventory.product"
                    ),
                ),
            ],
            options={
                "ordering": ("case", "product", "-version"),
                "constraints": [
                    models.UniqueConstraint(fields=("case", "product", "version"), name="one_806_record_version")
                ],
            },
        ),
        migrations.CreateModel(
            name="Report806",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(editable=False, unique=True)),
                ("type", models.CharField(choices=[("C", "correction"), ("R", "removal")], max_length=1)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("candidate", "candidate"),
                            ("not_required", "not required"),
                            ("contingent", "contingent"),
                            ("due", "due"),
                            ("drafted", "drafted"),
                            ("approved", "approved"),
                            ("submitted", "submitted"),
                            ("acknowledged", "acknowledged"),
                            ("amended", "amended"),
                            ("closed", "closed"),
                        ],
                        max_length=16,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("answers", models.JSONField(default=dict)),
                ("number", models.CharField(blank=True, max_length=40)),
                ("submitted_on", models.DateField(null=True)),
                ("receipt", models.CharField(blank=True, max_length=200)),
                ("drafted_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reports_806", to="assessment.case"
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reports_806", to="inventory.product"
                    ),
                ),
            ],
            options={
                "ordering": ("case", "product"),
                "constraints": [
                    models.UniqueConstraint(fields=("case", "product", "type"), name="one_806_report_per_device"),
                    models.UniqueConstraint(
                        condition=models.Q(("number", ""), _negated=True), fields=("number",), name="one_806_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number", ""), ("submitted_on__isnull", False), _connector="OR"),
                        name="numbered_when_submitted",
                    ),
                ],
            },
        ),
        guard("reporting_decision", "id"),
        guard("reporting_document", "id"),
        guard("reporting_record806", "id"),
    ]
