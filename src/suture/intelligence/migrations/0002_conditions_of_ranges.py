import importlib

from django.db import migrations, models

CreateLean = importlib.import_module("suture.intelligence.migrations.0001_initial").CreateLean


class Migration(migrations.Migration):
    dependencies = [
        ("intelligence", "0001_initial"),
    ]

    operations = [
        # Said in SQL: Django would rebuild the table on SQLite, and lose how its rows lie.
        migrations.RunSQL(
            "ALTER TABLE assertion ADD COLUMN by_vendor bool NOT NULL DEFAULT false",
            "ALTER TABLE assertion DROP COLUMN by_vendor",
            state_operations=[
                migrations.AddField(model_name="assertion", name="by_vendor", field=models.BooleanField(default=False)),
            ],
        ),
        CreateLean(
            name="Configuration",
            fields=[
                ("assertion", models.BigIntegerField(primary_key=True, serialize=False)),
                ("conditions", models.TextField()),
            ],
            options={"db_table": "configuration"},
        ),
        CreateLean(
            name="PlatformRange",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "assertion",
                        "number",
                        "pkg_id",
                        "lo",
                        "hi",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("assertion", models.BigIntegerField()),
                ("number", models.IntegerField()),
                ("pkg_id", models.BigIntegerField()),
                ("lo", models.BinaryField()),
                ("hi", models.BinaryField()),
            ],
            options={
                "db_table": "platform_rng",
                "indexes": [models.Index(fields=["pkg_id"], name="platform_rng_pkg")],
            },
        ),
    ]
