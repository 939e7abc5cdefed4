"""Check a document against its official schema, and against rules of its specification that no schema can say.

What has no schema here (CVE records, NVD, EPSS) is checked by its reader alone, and the report says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec

from suture.core.errors import FormatError, Problem
from suture.formats import alpine_secdb, csaf, cve5, epss, kev, nvd, osv, redhat, schemas
from suture.formats.decoding import decode
from suture.formats.detect import HEAD, Detected, Kind, Layout, detect
from suture.formats.json_text import LIMITS, Limits, checked, escaped, repeated_keys
from suture.formats.sbom import not_json, read_sbom

_ANY = msgspec.json.Decoder(object)
_LONGEST = 240  # characters of what a schema objects to; it likes to quote whole documents


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a document is, everything wrong with it, and what was counted ('components', 'records', 'skipped').

    No problem means: valid by the schema and the rules named in `kind`, as far as they can judge.
    """

    kind: str  # 'CycloneDX 1.6', 'NVD (no schema: read only)'
    problems: tuple[Problem, ...]
    counts: tuple[tuple[str, int], ...]


def check(data: bytes, limits: Limits = LIMITS) -> CheckReport:
    """Check an SBOM, a VEX document or a file of a feed (one document, or one per line).

    Raises:
        FormatError: it cannot be checked: not text, not JSON or CSV, too large, or of no kind known here.
    """
    if len(data) <= limits.size and (other := not_json(data)) and other != "CSV":
        raise FormatError(f"not checked: this is {other}")
    text = checked(data, limits)
    found = detect(text[:HEAD], "")
    if found.kind is Kind.EPSS:
        return _read_alone("EPSS", lambda: len(epss.read(text).scores), "scores")
    if found.layout is Layout.LINES:
        return _lines(text, found)
    decoded, problems = _decoded(text)
    kind = found.kind if found.kind is not Kind.OTHER else _by_keys(decoded)
    return _one(text, decoded, problems, Detected(kind, found.layout), limits)


def _decoded(text: bytes) -> tuple[object, list[Problem]]:
    decoded = decode(_ANY, text, "JSON")
    return decoded, repeated_keys(text, decoded)


def _by_keys(decoded: object) -> Kind:
    """The kind by a key that may stand at the end of a long document."""
    keys = decoded.keys() if isinstance(decoded, dict) else set()
    found = {"bomFormat": Kind.CYCLONEDX, "spdxVersion": Kind.SPDX, "cveMetadata": Kind.CVE5}
    return next((kind for key, kind in found.items() if key in keys), Kind.OTHER)


def _one(text: bytes, decoded: object, problems: list[Problem], found: Detected, limits: Limits) -> CheckReport:
    """One document that is neither CSV nor a document per line."""
    counts: list[tuple[str, int]] = []
    if found.kind in (Kind.CYCLONEDX, Kind.SPDX):
        name, more, counts = _sbom(text, decoded, found.kind, limits)
    elif found.kind is Kind.OPENVEX:
        name, more = "OpenVEX 0.2.0", list(_by_schema("OpenVEX 0.2.0", decoded))
        counts = [("statements", len(_list(decoded, "statements")))]
    elif found.kind is Kind.OSV:
        name, more, counts = "OSV", list(_by_schema("OSV", decoded)), [("records", 1)]
    elif found.kind is Kind.KEV:
        name, more = "KEV", list(_by_schema("KEV", decoded))
        counts = [("entries", len(_list(decoded, "vulnerabilities")))]
        if not more:
            more = list(_read_alone("KEV", lambda: len(kev.read(text).entries), "entries").problems)
    elif found.kind is Kind.ALPINE:
        report = _read_alone("Alpine security database", lambda: len(alpine_secdb.split([text])), "vulnerabilities")
        return CheckReport(report.kind, (*problems, *report.problems), report.counts)
    elif found.kind is Kind.CSAF:
        report = _read_alone("CSAF", lambda: len(csaf.read_document(text)), "vulnerabilities")
        return CheckReport(report.kind, (*problems, *report.problems), report.counts)
    elif found.kind in _READERS:
        reader = nvd.read_page if found.layout is Layout.PAGE else _READERS[found.kind]
        report = _read_alone(_NAMES[found.kind], lambda: _length(reader(text)), "records")
        return CheckReport(report.kind, (*problems, *report.problems), report.counts)
    else:
        raise FormatError("not checked: JSON of no kind known here")
    return CheckReport(name, tuple(dict.fromkeys([*problems, *more])), tuple(counts))


_READERS: dict[Kind, Callable[[bytes], object]] = {
    Kind.CVE5: cve5.read,
    Kind.NVD: nvd.read,
    Kind.NVD_OVERRIDE: nvd.read_override,
    Kind.REDHAT: redhat.read,
}
_NAMES = {
    Kind.CVE5: "CVE record", Kind.NVD: "NVD", Kind.NVD_OVERRIDE: "NVD override", Kind.REDHAT: "Red Hat security data",
}  # fmt: skip


def _length(found: object) -> int:
    return len(found) if isinstance(found, list) else 1


def _list(decoded: object, key: str) -> list[object]:
    found = decoded.get(key) if isinstance(decoded, dict) else None
    return found if isinstance(found, list) else []


def _read_alone(name: str, read: Callable[[], int], what: str) -> CheckReport:
    """Check by reading: all that can be said where no schema is shipped."""
    kind = f"{name} (no schema: read only)" if name not in schemas.FILES else name
    try:
        return CheckReport(kind, (), ((what, read()),))
    except FormatError as wrong:
        return CheckReport(kind, wrong.problems, ())


def _lines(text: bytes, found: Detected) -> CheckReport:
    """One document per line; a problem's place begins with its line."""
    problems: list[Problem] = []
    count = 0
    name = "OSV" if found.kind is Kind.OSV else f"{_NAMES.get(found.kind, found.kind.value)} (no schema: read only)"
    if found.kind is not Kind.OSV and found.kind not in _READERS:
        raise FormatError("not checked: a document per line, of no kind known here")
    for number, line in enumerate(text.split(b"\n"), 1):
        if not line.strip():
            continue
        count += 1
        try:
            if found.kind is Kind.OSV:
                osv.read(line)
                here = list(_by_schema("OSV", _decoded(line)[0]))
            else:
                _READERS[found.kind](line)
                here = []
        except FormatError as wrong:
            here = list(wrong.problems)
        problems += [Problem(f"line {number}{problem.where}", problem.what, problem.mend) for problem in here]
    return CheckReport(f"{name}, one record per line", tuple(problems), (("records", count),))


# ---- schemas


def _by_schema(name: str, decoded: object) -> Iterator[Problem]:
    for error in schemas.errors(name, decoded):
        where = "".join("/" + escaped(str(step)) for step in error.instance_path)
        what = error.message if len(error.message) <= _LONGEST else error.message[: _LONGEST - 1] + "…"
        yield Problem(where, what, f"see the {name} schema at /{'/'.join(map(str, error.schema_path))}")


# ---- bills of materials


def _sbom(text: bytes, decoded: object, kind: Kind, limits: Limits) -> tuple[str, list[Problem], list[tuple[str, int]]]:
    """Schema, then the rules beside it, then what the reader finds in purls and CPE names."""
    document = decoded if isinstance(decoded, dict) else {}
    if kind is Kind.CYCLONEDX:
        name = f"CycloneDX {document.get('specVersion', 'without specVersion')}"
    else:
        name = str(document.get("spdxVersion", "SPDX 3")).replace("-", " ", 1)
    if name not in schemas.FILES:
        raise FormatError(f"not checked: {name}; {', '.join(known for known in schemas.FILES if known[0] in 'CS')} are")
    problems = list(_by_schema(name, decoded))
    rules = _cyclonedx_rules(document) if kind is Kind.CYCLONEDX else _spdx_rules(document)
    problems += rules
    counts: list[tuple[str, int]] = []
    try:
        sbom, found = read_sbom(text, limits)
    except FormatError as wrong:
        if not problems:
            problems += wrong.problems
    else:
        said = {problem.where for problem in problems}
        problems += [problem for problem in found if not said & {problem.where, problem.where.rpartition("/")[0]}]
        counts = [("components", len(sbom.components)), ("skipped", sbom.skipped), ("depends on", len(sbom.depends_on))]
    return name, problems, counts


def _cyclonedx_rules(document: dict[str, object]) -> Iterator[Problem]:
    """bom-refs are unique among components, services and vulnerabilities, and dependencies name refs that are there.

    Source: CycloneDX schemas, `refType` ("unique within the BOM") and `refLinkType` ("in the same BOM document").
    Workflows and their parts are left out: the specification's own valid examples repeat their refs.
    """
    seen: set[str] = set()
    for where, place in _objects(document, ("metadata", "component", "components", "services", "vulnerabilities")):
        ref = place.get("bom-ref")
        if isinstance(ref, str):
            if ref in seen:
                yield Problem(f"{where}/bom-ref", f"{ref!r} names two things", "give each a bom-ref of its own")
            seen.add(ref)
    known = {place["bom-ref"] for _, place in _objects(document, None) if isinstance(place.get("bom-ref"), str)}
    for number, dependency in enumerate(_list(document, "dependencies")):
        place = dependency if isinstance(dependency, dict) else {}
        links = [("ref", place.get("ref"))]
        for key in ("dependsOn", "provides"):
            links += [(f"{key}/{index}", ref) for index, ref in enumerate(_list(place, key))]
        for key, ref in links:
            if isinstance(ref, str) and ref not in known:
                yield Problem(f"/dependencies/{number}/{key}", f"{ref!r} is the bom-ref of nothing here")


def _objects(document: object, keys: tuple[str, ...] | None) -> Iterator[tuple[str, dict[str, object]]]:
    """Every object with its place, in order; only through the given keys, or through all."""
    waiting: list[tuple[str, object]] = [("", document)]
    while waiting:
        where, found = waiting.pop()
        if isinstance(found, dict):
            yield where, found
            inner = [(key, found[key]) for key in found if keys is None or key in keys]
            waiting += [(f"{where}/{escaped(key)}", place) for key, place in reversed(inner)]
        elif isinstance(found, list):
            waiting += [(f"{where}/{number}", place) for number, place in reversed(list(enumerate(found)))]


def _spdx_rules(document: dict[str, object]) -> Iterator[Problem]:
    """SPDXIDs are unique (SPDX 2.3, 7.2), and relationships name elements of this document or another one (11.1)."""
    ids: Counter[str] = Counter()
    for key in ("packages", "files", "snippets"):
        for number, element in enumerate(_list(document, key)):
            ref = element.get("SPDXID") if isinstance(element, dict) else None
            if isinstance(ref, str):
                ids[ref] += 1
                if ids[ref] == 2:
                    yield Problem(
                        f"/{key}/{number}/SPDXID", f"{ref!r} names two elements", "give each an SPDXID of its own"
                    )
    ids[str(document.get("SPDXID", ""))] += 1
    for number, link in enumerate(_list(document, "relationships")):
        place = link if isinstance(link, dict) else {}
        for key in ("spdxElementId", "relatedSpdxElement"):
            ref = place.get(key)
            if isinstance(ref, str) and ref not in ids and ref not in ("NONE", "NOASSERTION") and ":" not in ref:
                yield Problem(f"/relationships/{number}/{key}", f"{ref!r} is the SPDXID of nothing here")
