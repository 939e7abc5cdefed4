"""Opening the house: the database of this SUTURE_HOME, brought to this version's tables when they are missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from suture.cli.progress import say
from suture.core.errors import InvalidValue

SOURCE = Path(__file__).resolve().parent.parent


def ready() -> None:
    """Make sure that our tables are there; milliseconds when they are.

    Raises:
        InvalidValue: the database cannot be reached, or belongs to a newer Suture.
    """
    wanted = {
        (room.rpartition(".")[2], file.stem)
        for room in settings.ROOMS
        for file in (SOURCE / room.rpartition(".")[2] / "migrations").glob("0*.py")
    }
    try:
        if "django_migrations" in connection.introspection.table_names():
            with connection.cursor() as cursor:
                cursor.execute("SELECT app, name FROM django_migrations")
                if wanted <= set(cursor.fetchall()):
                    return
    except DatabaseError as error:
        raise InvalidValue(f"the database cannot be reached: {str(error).strip()}") from error
    if all(apps.is_installed(room) for room in settings.ROOMS):
        bring_up_to_date()
    else:
        _elsewhere()


def _elsewhere() -> None:
    """Bring the database up to date in a process with every room: this one has loaded few, and sees not all tables."""
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "suture.config.settings"}
    done = subprocess.run([sys.executable, "-m", "suture", "migrate"], stdout=subprocess.DEVNULL, env=env, check=False)
    if done.returncode:
        raise InvalidValue("the database could not be brought to this version's tables; why stands above")


def bring_up_to_date() -> None:
    """Apply what migrations are missing; an installation of a newer Suture is refused, not downgraded."""
    executor = MigrationExecutor(connection)
    known = set(executor.loader.graph.nodes)
    ours = {app for app, _ in known}
    newer = sorted(
        f"{app}.{name}" for app, name in executor.loader.applied_migrations if app in ours and (app, name) not in known
    )
    if newer:
        raise InvalidValue(f"this database belongs to a newer Suture ({', '.join(newer)}); install that version")
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("Preparing the database …")
        call_command("migrate", verbosity=0, interactive=False)
