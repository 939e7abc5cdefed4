"""Files a command is given: read within limits, or a sentence that says why not."""

from __future__ import annotations

import sys
from pathlib import Path

from suture.core.errors import InvalidValue

LARGEST = 512 * 1024 * 1024  # bytes; a reader has its own, smaller limit


def read_input(file: Path) -> bytes:
    """The bytes of a file, or of stdin for '-'.

    Raises:
        InvalidValue: it is not there, not a file, not readable, or too large.
    """
    if str(file) == "-":
        data = sys.stdin.buffer.read(LARGEST + 1)
    else:
        try:
            if file.is_dir():
                raise InvalidValue(f"{file} is a folder; name a file in it")
            if file.stat().st_size > LARGEST:
                raise InvalidValue(f"{file} is larger than {LARGEST // 2**20} MB")
            data = file.read_bytes()
        except OSError as error:
            raise InvalidValue(f"{file} cannot be read: {error.strerror or error}") from error
    if len(data) > LARGEST:
        raise InvalidValue(f"the input is larger than {LARGEST // 2**20} MB")
    return data
