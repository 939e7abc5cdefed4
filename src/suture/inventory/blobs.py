"""Files by their SHA-256 under SUTURE_HOME/blobs: temporary file, fsync, rename, then the row that names it."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings

from suture.core.errors import NotFound


def _place(sha256: str) -> Path:
    return Path(settings.SUTURE.home) / "blobs" / sha256[:2] / sha256


def keep_blob(data: bytes) -> str:
    """Store bytes durably and give their SHA-256. The same bytes twice are stored once."""
    sha256 = hashlib.sha256(data).hexdigest()
    place = _place(sha256)
    if place.exists():
        return sha256
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(place)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return sha256


def read_blob(sha256: str) -> bytes:
    """The bytes of a stored file.

    Raises:
        NotFound: it is not there, or what is there no longer has this hash.
    """
    try:
        data = _place(sha256).read_bytes()
    except FileNotFoundError:
        raise NotFound(f"the file {sha256[:12]}… is not in the blob store; restore it from a backup") from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise NotFound(f"the file {sha256[:12]}… was damaged in the blob store; restore it from a backup")
    return data
