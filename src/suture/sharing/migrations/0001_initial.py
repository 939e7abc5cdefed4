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
            name="IsaoMembership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(editable=False, unique=True)),
                ("isao", models.CharField(max_length=200, unique=True)),
                ("contact", models.CharField(blank=True, max_length=400)),
            ],
            options={
                "ordering": ("isao",),
            },
        ),
        migrations.CreateModel(
            name="IsaoSubmission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(editable=False, unique=True)),
                ("what", models.CharField(max_length=300)),
                ("communication", models.CharField(blank=True, max_length=200)),
                ("given_on", models.DateField()),
                ("tlp", models.CharField(max_length=20)),
                ("receipt", models.CharField(blank=True, max_length=200)),
                ("blob", models.CharField(blank=True, max_length=64)),
                ("recorded_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="isao_submissions",
                        to="assessment.case",
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submissions",
                        to="sharing.isaomembership",
                    ),
                ),
            ],
            options={
                "ordering": ("-given_on", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="CriterionRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(editable=False, unique=True)),
                (
                    "criterion",
                    models.CharField(
                        choices=[
                            ("member", "member"),
                            ("policies", "policies"),
                            ("shares", "shares"),
                            ("traceable", "traceable"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "holds",
                    models.CharField(
                        choices=[("yes", "yes"), ("no", "no"), ("unknown", "unknown"), ("not yet due", "not yet due")],
                        max_length=12,
                    ),
                ),
                ("since", models.DateField()),
                ("until", models.DateField(null=True)),
                ("evidence", models.TextField()),
                ("blob", models.CharField(blank=True, max_length=64)),
                ("recorded_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="sharing.criterionrecord",
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="records", to="sharing.isaomembership"
                    ),
                ),
            ],
            options={
                "ordering": ("membership", "criterion", "since", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until", None), ("until__gte", models.F("since")), _connector="OR"),
                        name="criterion_ends_after_it_begins",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="VexPublication",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(editable=False, unique=True)),
                (
                    "dialect",
                    models.CharField(choices=[("openvex", "OpenVEX"), ("cyclonedx", "CycloneDX VEX")], max_length=12),
                ),
                ("version", models.PositiveIntegerField()),
                ("document_id", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("statements", models.PositiveIntegerField()),
                ("counts", models.JSONField(default=dict)),
                ("basis", models.CharField(max_length=64)),
                ("issued_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="vex_documents",
                        to="inventory.release",
                    ),
                ),
            ],
            options={
                "ordering": ("release", "dialect", "-version"),
                "constraints": [
                    models.UniqueConstraint(fields=("release", "dialect", "version"), name="one_vex_version")
                ],
            },
        ),
        guard("sharing_criterionrecord", "id"),
        guard("sharing_isaosubmission", "id"),
        guard("sharing_vexpublication", "id"),
    ]
