"""What strangers send as files: bounded, looked at from outside, encrypted, never opened and never shown.

A proof may well be an executable or a malicious archive; so no kind is refused. Nothing here unpacks, renders or runs
anything: the kind is read off the first bytes, an archive's directory is read, its contents are not.
"""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass

import puremagic

from suture.accounts.services import new_uid
from suture.core.errors import InvalidValue
from suture.disclosure.keys import decrypt, encrypt
from suture.disclosure.models import Attachment, Report
from suture.evidence.clock import now
from suture.inventory.blobs import keep_blob, read_blob

MOST_FILES = 5  # with one report or message
LARGEST_FILE = 20 * 1024 * 1024
LARGEST_ALL = 24 * 1024 * 1024  # with one report or message; the route refuses a larger request unread
MOST_OF_REPORT = 40
LONGEST_NAME = 80
_HEAD = 8192  # bytes that the kind is read off
UNPACKED_LIMIT = 1 << 30
_RATIO = 200
_PLAIN = re.compile(r"[^A-Za-z0-9._-]+")

_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"MZ", "Windows executable", "a program; open it only on a machine that may be lost"),
    (b"\x7fELF", "ELF executable", "a program; open it only on a machine that may be lost"),
    (b"\xcf\xfa\xed\xfe", "Mach-O executable", "a program; open it only on a machine that may be lost"),
    (b"\xca\xfe\xba\xbe", "Mach-O or Java class", "a program; open it only on a machine that may be lost"),
    (b"#!", "script", "a program; open it only on a machine that may be lost"),
    (b"PK\x03\x04", "zip archive", ""),
    (b"%PDF", "PDF", "may hold scripts"),
    (b"\x1f\x8b", "gzip", ""),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip archive", ""),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A file, seen from outside."""

    name: str
    kind: str
    warnings: tuple[str, ...]


def neutral_name(given: str, ordinal: int = 1) -> str:
    """A name that is no path, no device, no hidden file and no trick of writing direction."""
    last = given.replace("\\", "/").rsplit("/", 1)[-1]
    plain = _PLAIN.sub("_", unicodedata.normalize("NFKC", last)).strip("._-")
    return (plain or f"file-{ordinal}")[-LONGEST_NAME:].lstrip("._-") or f"file-{ordinal}"


def look_at(given_name: str, data: bytes, ordinal: int = 1) -> Seen:
    """Say what a file looks like, and what to beware of."""
    name = neutral_name(given_name, ordinal)
    kind, warnings = _kind(data)
    if name != given_name:
        warnings.append("its name was changed: it held more than letters, digits, dots and dashes")
    if kind == "zip archive":
        warnings += _inside_zip(data)
    return Seen(name, kind, tuple(warnings))


def _kind(data: bytes) -> tuple[str, list[str]]:
    for magic, kind, warning in _MAGIC:
        if data.startswith(magic):
            return kind, [warning] if warning else []
    head = data[:_HEAD]
    lowered = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in lowered or lowered.startswith((b"<!doctype html", b"<html", b"<script")):
        return "SVG or HTML", ["may hold scripts; never open it in a browser that is signed in anywhere"]
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        found = []
    if found:
        return (found[0].name or found[0].extension or "unknown")[:120], []
    try:
        head.decode("utf-8")
    except UnicodeDecodeError:
        return "unknown bytes", []
    return "text", ["it holds NUL characters"] if b"\0" in head else []


def _inside_zip(data: bytes) -> list[str]:
    """What an archive's directory says; nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError):
        return ["an archive whose directory cannot be read"]
    size = sum(entry.file_size for entry in entries)
    warnings = []
    if size > UNPACKED_LIMIT or size > _RATIO * max(len(data), 1):
        warnings.append(f"an archive bomb: {len(data):,} bytes claim to unpack to {size:,}")
    if any(entry.filename.startswith(("/", "\\")) or ".." in entry.filename for entry in entries):
        warnings.append("an archive with paths that lead out of its folder")
    if any(entry.filename.lower().endswith((".zip", ".gz", ".7z", ".rar")) for entry in entries):
        warnings.append("an archive that holds archives")
    return warnings


def check_files(files: list[tuple[str, bytes]], already: int = 0) -> None:
    """Refuse more than the policy takes, before anything is stored.

    Raises:
        InvalidValue: too many, too large, or empty; every problem in one sentence each.
    """
    problems = []
    if len(files) > MOST_FILES:
        problems.append(f"at most {MOST_FILES} files at a time; put the rest into an archive, or send them later")
    if already + len(files) > MOST_OF_REPORT:
        problems.append(f"at most {MOST_OF_REPORT} files belong to one report")
    for given, data in files:
        if len(data) > LARGEST_FILE:
            problems.append(f"{neutral_name(given)} is larger than {LARGEST_FILE >> 20} MB; tell us, and we find a way")
        if not data:
            problems.append(f"{neutral_name(given)} is empty")
    if sum(len(data) for _name, data in files) > LARGEST_ALL:
        problems.append(f"all files together are larger than {LARGEST_ALL >> 20} MB; send the rest in a second message")
    if problems:
        raise InvalidValue("\n".join(problems))


def keep_attachment(report: Report, given_name: str, data: bytes, ordinal: int) -> Attachment:
    """Encrypt a file, store it, and write its row, in the caller's transaction."""
    seen = look_at(given_name, data, ordinal)
    return Attachment.objects.create(
        uid=new_uid(), report=report, name=seen.name, size=len(data), sha256=hashlib.sha256(data).hexdigest(),
        blob=keep_blob(encrypt(data)), kind=seen.kind, warnings=list(seen.warnings), at=now(),
    )  # fmt: skip


def bytes_of(attachment: Attachment) -> bytes:
    """What was sent, decrypted and checked against its hash.

    Raises:
        NotFound: the file, or the key it was encrypted for, is not here; or it was damaged.
    """
    data = decrypt(read_blob(attachment.blob))
    if hashlib.sha256(data).hexdigest() != attachment.sha256:
        raise InvalidValue(f"{attachment.label} is not what was sent; bring it back from the backup")
    return data
