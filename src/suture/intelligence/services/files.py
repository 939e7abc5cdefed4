"""Feed files as they lie on a disk: found in natural order, unpacked as a stream, told by content, cut into records."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator
from hashlib import file_digest
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

import msgspec

from suture.core.errors import FormatError, NotFound, Problem
from suture.formats import alpine_secdb, csaf
from suture.formats.detect import HEAD, Detected, Kind, detect

__all__ = ["HEAD", "FeedFile", "Lines", "Opened", "detect", "feed_files", "page", "sha256_of", "whole", "why_not"]

BLOCK = 1 << 20
LONGEST_LINE = 64 << 20  # bytes of one record; a real one has at most a few
LARGEST_DOCUMENT = 512 << 20  # bytes, unpacked, of a file that is one JSON document

_DIGITS = re.compile(r"([0-9]+)")
_BESIDE = frozenset({".asc", ".sha256", ".sha512"})  # of the file of that name: CSAF 2.0 §7.1.18 and §7.1.19


class FeedFile(NamedTuple):
    """One file to import: where it lies, and its name as people see it."""

    path: Path
    name: str
    size: int
    asked_for: bool  # named by the person, not found in a folder


def feed_files(paths: Iterable[Path | str]) -> list[FeedFile]:
    """Every file named, and every file in the folders named, in natural order ('cve-9' before 'cve-10').

    Hidden files, and the signature or hash that lies beside its file in a folder, are no files of a feed.

    Raises:
        NotFound: a path is not there.
    """
    found: list[FeedFile] = []
    for path in map(Path, paths):
        if path.is_dir():
            inside = sorted((p for p in path.rglob("*") if p.is_file()), key=lambda p: _natural(str(p)))
            here = set(inside)
            inside = [p for p in inside if p.suffix not in _BESIDE or p.with_suffix("") not in here]
            inside = [p for p in inside if not p.name.startswith(".")]
            found += [FeedFile(p, p.name, p.stat().st_size, False) for p in inside]
        elif path.is_file():
            found.append(FeedFile(path, path.name, path.stat().st_size, True))
        else:
            raise NotFound(f"there is no file or folder {path}")
    return found


def _natural(text: str) -> list[tuple[int, int | str]]:
    return [(0, int(part)) if part.isdigit() else (1, part.casefold()) for part in _DIGITS.split(text) if part]


class Opened:
    """A file open for reading, unpacked where it is gzip; `position` is how far, in bytes as it lies there."""

    def __init__(self, file: FeedFile) -> None:
        self._raw = file.path.open("rb")
        packed = self._raw.read(2) == b"\x1f\x8b"
        self._raw.seek(0)
        self._stream = cast(BinaryIO, gzip.GzipFile(fileobj=self._raw) if packed else self._raw)

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_: object) -> None:
        self._raw.close()

    @property
    def position(self) -> int:
        return self._raw.tell()

    def read(self, size: int) -> bytes:
        """Up to `size` bytes, unpacked; b'' at the end.

        Raises:
            FormatError: the packed file is cut off or damaged.
        """
        try:
            return self._stream.read(size)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise FormatError("the file is cut off or damaged: it cannot be unpacked to its end") from error


def sha256_of(file: FeedFile) -> str:
    """SHA-256 of the file as it lies there, in hex."""
    with file.path.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()


def why_not(head: bytes, found: Detected) -> tuple[str, str]:
    """The source a file seems to be of, '' for none, and why it is not read as a feed."""
    if head[:6].lower() == b"cveid,":
        return "kev", "the catalogue as CSV is not yet read; use its JSON form"
    if head[:4] == b"PK\x03\x04":
        return "", "zip archives are not yet read; unpack it"
    if found.kind in (Kind.CYCLONEDX, Kind.SPDX):
        return "", "an SBOM, not a feed; import it into a release"
    if found.kind is Kind.OPENVEX:
        return "", "a VEX document, not a feed"
    return (
        "",
        "no feed that Suture knows: OSV, CVE JSON 5, NVD (API 2.0, feed 1.1), Red Hat, Alpine, CSAF, KEV (JSON), "
        "EPSS (CSV)",
    )


class Lines:
    """The lines of a file of one JSON document each, with their numbers. Blank lines are no records."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self.cut_off = False  # after the last line: it had no end and is no whole JSON document

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        rest = b""
        number = 0
        while block := self._opened.read(BLOCK):
            lines = (rest + block).split(b"\n") if rest else block.split(b"\n")
            rest = lines.pop()
            if len(rest) > LONGEST_LINE:
                raise FormatError(f"line {number + len(lines) + 1} is longer than {LONGEST_LINE >> 20} MB")
            for line in lines:
                number += 1
                if number == 1:
                    line = line.removeprefix(b"\xef\xbb\xbf")
                if line and not line.isspace():
                    yield number, line
        if rest and not rest.isspace():
            self.cut_off = not _is_whole(rest)
            yield number + 1, rest.removeprefix(b"\xef\xbb\xbf") if number == 0 else rest


def _is_whole(line: bytes) -> bool:
    try:
        msgspec.json.decode(line, type=msgspec.Raw)
    except msgspec.DecodeError:
        return False
    return True


def whole(opened: Opened) -> bytes:
    """The whole of a file that is one document.

    Raises:
        FormatError: it is larger than a feed may be.
    """
    parts = []
    size = 0
    while block := opened.read(BLOCK):
        size += len(block)
        if size > LARGEST_DOCUMENT:
            raise FormatError(f"one document of more than {LARGEST_DOCUMENT >> 20} MB; use the feed as JSON lines")
        parts.append(block)
    return b"".join(parts).removeprefix(b"\xef\xbb\xbf")


class _Entry(msgspec.Struct):
    cve: msgspec.Raw


class _Page(msgspec.Struct, rename="camel"):
    vulnerabilities: list[_Entry]
    results_per_page: int | None = None
    timestamp: str = ""


class _Feed(msgspec.Struct):
    items: list[msgspec.Raw] = msgspec.field(name="CVE_Items")
    count: str = msgspec.field(name="CVE_data_numberOfCVEs", default="")
    timestamp: str = msgspec.field(name="CVE_data_timestamp", default="")


_PAGE = msgspec.json.Decoder(_Page)
_FEED = msgspec.json.Decoder(_Feed)


def page(kind: Kind, data: bytes) -> tuple[str, list[tuple[int, bytes]]]:
    """The date and the raw records of one text that holds many, each with its place in it.

    Raises:
        FormatError: no such text, or one that says it holds another number of records than it does.
    """
    if kind is Kind.ALPINE:
        return "", list(enumerate(alpine_secdb.split(_documents(data)), 1))
    if kind is Kind.CSAF:
        return "", list(enumerate(csaf.split(data), 1))
    return _feed(data) if kind is Kind.NVD_FEED else _answer(data)


def _documents(data: bytes) -> list[bytes]:
    """One document, or one per line."""
    return [data] if _is_whole(data) else [line for line in data.splitlines() if line.strip()]


def _feed(data: bytes) -> tuple[str, list[tuple[int, bytes]]]:
    """NVD's feed 1.1."""
    try:
        read = _FEED.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise FormatError(f"not a data feed of NVD: {wrong}") from wrong
    if read.count and read.count != str(len(read.items)):
        what = f"the feed says it has {read.count} records and holds {len(read.items)}"
        raise FormatError(what, [Problem("/CVE_data_numberOfCVEs", what, "fetch the feed again")])
    return read.timestamp.removesuffix("Z"), [(number, bytes(item)) for number, item in enumerate(read.items, 1)]


def _answer(data: bytes) -> tuple[str, list[tuple[int, bytes]]]:
    """An answer of the NVD API."""
    try:
        read = _PAGE.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise FormatError(f"not an answer of the NVD API: {wrong}") from wrong
    if read.results_per_page is not None and read.results_per_page != len(read.vulnerabilities):
        what = f"the page says it has {read.results_per_page} records and holds {len(read.vulnerabilities)}"
        raise FormatError(what, [Problem("/resultsPerPage", what, "fetch the page again")])
    return read.timestamp, [(number, bytes(entry.cve)) for number, entry in enumerate(read.vulnerabilities, 1)]
