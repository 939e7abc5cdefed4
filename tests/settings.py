"""Suture's settings under test: a home of its own, the engine of SUTURE_TEST_DATABASE_URL, fast password hashes."""

from __future__ import annotations

import os
import tempfile

os.environ["SUTURE_HOME"] = tempfile.mkdtemp(prefix="suture-test-")
os.environ["SUTURE_DATABASE_URL"] = os.environ.get("SUTURE_TEST_DATABASE_URL", "sqlite")
os.environ.pop("SUTURE_CLOCK", None)
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the synchronous browser driver runs an event loop in our thread

from suture.config.settings import *  # noqa: F403
from suture.config.settings import DATABASES, SUTURE

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # speed only; the product's own is Argon2
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
WHITENOISE_AUTOREFRESH = True  # no walk over the static files at start

if "sqlite" in str(DATABASES["default"]["ENGINE"]):
    # A file, not memory: threads, a second process and WAL behave as in the product. Not durable: tests need no fsync.
    DATABASES["default"]["TEST"] = {"NAME": SUTURE.home / "test.sqlite3"}
    options = DATABASES["default"]["OPTIONS"]
    assert isinstance(options, dict)
    options["init_command"] = str(options["init_command"]).replace("synchronous=FULL", "synchronous=OFF")
else:
    DATABASES["default"]["TEST"] = {"NAME": f"test_suture_{os.getpid()}"}
    DATABASES["default"]["CONN_MAX_AGE"] = 0
