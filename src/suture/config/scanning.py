"""Settings of a command that only reads the knowledge: the rooms up to detection, and nothing of the pages.

What it does not load, it does not wait for: a third of the start. The database is the same.
"""

from __future__ import annotations

from suture.config.settings import *  # noqa: F403
from suture.config.settings import ROOMS

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    *ROOMS[: ROOMS.index("suture.detection") + 1],
]
