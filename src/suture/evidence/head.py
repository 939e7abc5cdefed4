"""The chain's head, kept outside the database: a cut tail or a restored older copy is found against it.

A few bytes in SUTURE_HOME/evidence.head, replaced atomically after each commit and only ever moved forward.
"""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path

from django.conf import settings

from suture.core.errors import SutureError
from suture.evidence.chain import Head


def _path() -> Path:
    return Path(settings.SUTURE.home) / "evidence.head"


def read_head() -> Head | None:
    """The last entry known outside the database, or None where none was ever kept.

    Raises:
        SutureError: the file is there and cannot be read; verification must say so, not pass over it.
    """
    try:
        kept = json.loads(_path().read_text(encoding="ascii"))
        return Head(int(kept["seq"]), str(kept["hash"]))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise SutureError(f"the head kept outside the database cannot be read: {_path()}") from error


def keep_head(head: Head) -> None:
    """Move the kept head forward to this entry; an older one changes nothing. Durable when it returns."""
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = read_head()
        if kept is not None and kept.seq >= head.seq:
            return
        fresh = path.with_suffix(".new")
        with fresh.open("w", encoding="ascii") as file:
            json.dump({"seq": head.seq, "hash": head.hash}, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
