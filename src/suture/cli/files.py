"""Files a command is given: read within limits, or a sentence that says why not."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from pathlib import Path

from suture.core.errors import InvalidValue

GZIP = b"\x1f\x8b"
LARGEST = 512 * 1024 * 1024  # bytes; a reader has its own, smaller limit


def read_input(file: Path) -> bytes:
    """The bytes of a file, or of stdin for '-'; a gzip file is unpacked, within the same limit.

    Raises:
        InvalidValue: it is not there, not a file, not readable, cut off, or too large.
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
    return _unpacked(data, file) if data.startswith(GZIP) else data


def _unpacked(data: bytes, file: Path) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            unpacked = packed.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidValue(f"{file} is a gzip file that cannot be unpacked: {error}") from error
    if len(unpacked) > LARGEST:
        raise InvalidValue(f"{file} unpacks to more than {LARGEST // 2**20} MB")
    return unpacked
