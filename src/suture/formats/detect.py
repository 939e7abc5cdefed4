"""What a file holds, told by its content, not by its name alone."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What kind of record or document a file holds."""

    OSV = "osv"
    CVE5 = "cve5"
    NVD = "nvd"
    NVD_OVERRIDE = "nvd-override"
    NVD_FEED = "nvd-feed"
    REDHAT = "redhat"
    ALPINE = "alpine"
    CSAF = "csaf"
    KEV = "kev"
    EPSS = "epss"
    CYCLONEDX = "cyclonedx"
    SPDX = "spdx"
    OPENVEX = "openvex"
    OTHER = "other"


class Layout(StrEnum):
    """How records lie in a file."""

    LINES = "json lines"  # one JSON document per line
    DOCUMENT = "json"  # one JSON document
    PAGE = (
        "page"  # one text of many records: an answer of the NVD API, a feed of NVD, the database of Alpine, an advisory
    )
    CSV = "csv"
    UNKNOWN = "unknown"


class Detected(NamedTuple):
    kind: Kind
    layout: Layout


HEAD = 65_536  # bytes of the beginning that suffice

_TOKEN = re.compile(rb'"((?:[^"\\]|\\.)*)"(\s*:)?|([{}\[\]])')


def detect(head: bytes, name: str) -> Detected:
    """Say what a file holds by its first bytes, unpacked; `HEAD` bytes suffice. The name breaks no tie but '.jsonl'.

    Kind OTHER means: nothing that is read as a feed or an SBOM in JSON or CSV.
    """
    head = head[:HEAD].removeprefix(b"\xef\xbb\xbf")
    text = head.lstrip()
    if not text.startswith(b"{"):
        return Detected(Kind.EPSS, Layout.CSV) if _is_epss(text) else Detected(Kind.OTHER, Layout.UNKNOWN)
    seen = _look(text)
    lines = seen.another or name.lower().removesuffix(".gz").endswith((".jsonl", ".ndjson"))
    return _judge(seen, Layout.LINES if lines else Layout.DOCUMENT)


class Seen(NamedTuple):
    """What the beginning of a JSON text shows: keys of the first document, and whether a second one follows."""

    keys: dict[bytes, bytes]  # key at the top -> the text after it, if that is a string
    inner: frozenset[bytes]  # keys of the objects at the top
    listed: frozenset[bytes]  # keys of the objects in arrays at the top, or two objects deep
    another: bool


def _look(text: bytes) -> Seen:
    """Read strings and brackets only; the text may end anywhere."""
    keys: dict[bytes, bytes] = {}
    inner: set[bytes] = set()
    listed: set[bytes] = set()
    depth = 0
    last = b""
    for token in _TOKEN.finditer(text):
        string, colon, bracket = token.groups()
        if bracket is not None:
            depth += 1 if bracket in b"{[" else -1
            if depth <= 0:
                return Seen(keys, frozenset(inner), frozenset(listed), text[token.end() :].lstrip().startswith(b"{"))
        elif colon and depth == 1:
            last = string
            keys[last] = b""
        elif colon and depth == 2:
            inner.add(string)
        elif colon and depth == 3:
            listed.add(string)
        elif depth == 1 and last in keys:
            keys[last] = string
    return Seen(keys, frozenset(inner), frozenset(listed), False)


def _judge(seen: Seen, layout: Layout) -> Detected:
    """The kind that a set of keys at the top belongs to; first rule that fits."""
    keys = seen.keys
    context = keys.get(b"@context", b"")
    if b"bomFormat" in keys or b"cyclonedx.org" in keys.get(b"$schema", b""):
        return Detected(Kind.CYCLONEDX, layout)
    if b"spdxVersion" in keys or b"spdx.org" in context:
        return Detected(Kind.SPDX, layout)
    if b"openvex" in context:
        return Detected(Kind.OPENVEX, layout)
    if b"cveMetadata" in keys or b"containers" in keys or keys.get(b"dataType") == b"CVE_RECORD":
        return Detected(Kind.CVE5, layout)
    if b"document" in keys:  # CSAF: its `vulnerabilities[].cve` is an id, not a record
        return Detected(Kind.CSAF, Layout.PAGE) if _is_csaf(seen) else Detected(Kind.OTHER, layout)
    if b"vulnerabilities" in keys and (b"cve" in seen.listed or keys.get(b"format") == b"NVD_CVE"):
        return Detected(Kind.NVD, Layout.PAGE)
    if b"CVE_data_type" in keys or b"CVE_Items" in keys:
        return Detected(Kind.NVD_FEED, Layout.PAGE)
    if b"public_date" in keys and keys.keys() & {b"bugzilla", b"affected_release", b"package_state"}:
        return Detected(Kind.REDHAT, layout)
    if keys.keys() >= {b"distroversion", b"reponame"} or keys.keys() >= {b"release", b"repository", b"data"}:
        return Detected(Kind.ALPINE, Layout.PAGE)
    if b"catalogVersion" in keys or (b"vulnerabilities" in keys and b"cveID" in seen.listed):
        return Detected(Kind.KEV, layout)
    if b"id" in keys and b"configurations" in keys and b"descriptions" not in keys:
        return Detected(Kind.NVD_OVERRIDE, layout)
    if b"id" in keys and keys.keys() & {b"vulnStatus", b"sourceIdentifier", b"descriptions"}:
        return Detected(Kind.NVD, layout)
    if b"id" in keys and b"modified" in keys and keys.keys() & {b"affected", b"schema_version", b"withdrawn"}:
        return Detected(Kind.OSV, layout)
    return Detected(Kind.OTHER, layout)


def _is_csaf(seen: Seen) -> bool:
    """An advisory, or one under `document` beside the name of its file."""
    return b"csaf_version" in seen.inner or (b"file" in seen.keys and b"csaf_version" in seen.listed)


def _is_epss(text: bytes) -> bool:
    first, _, rest = text.partition(b"\n")
    header = rest.partition(b"\n")[0] if first.startswith(b"#") else first
    return header.strip().replace(b" ", b"").lower() == b"cve,epss,percentile"
