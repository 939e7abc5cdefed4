"""Any bounds at all: intervals that hold something, or a reason; and nothing a reader is handed breaks it otherwise."""

from __future__ import annotations

import copy
import itertools
import json
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suture.core.components import Package, PackageKind
from suture.core.errors import FormatError
from suture.core.ranges import NeedsReview, intervals_in, read, subtract
from suture.core.versions import HI, LO, SCHEMES, key
from suture.core.vulnerabilities import Bounds, Record, StatedRange
from suture.formats import cve5, nvd, osv
from tests.core.versions.plausible import version

schemes = st.sampled_from(sorted(SCHEMES))
words = st.one_of(
    st.none(),
    st.sampled_from(
        (
            *(
                "",
                "0",
                "*",
                "-",
                "6.1.*",
                "5.x",
                "1.0",
                "1.0.0",
                "n/a",
                "<= 4.1",
                "before 3.2",
                "1.0~rc1",
                "2:1.0",
                "v1",
            ),
            *(
                "1da177e4c3f41524e886b7f1b8a0c1fc7321cac2",
                "2024-01-01T00:00:00Z",
                "1." * 300,
                "9" * 600,
                "\ud800",
                "1\x00",
            ),
        )
    ),
    st.text(alphabet="0123456789.-_~^+*xvV:!abcrsp ()<>=,é\n", max_size=24),
)
some_bounds = st.builds(Bounds, words, words, st.booleans(), st.booleans())


@settings(max_examples=400)
@given(scheme=schemes, bounds=some_bounds, minus=st.lists(some_bounds, max_size=3).map(tuple))
def test_any_stated_range_becomes_intervals_or_a_reason(scheme: str, bounds: Bounds, minus: tuple[Bounds, ...]) -> None:
    stated = StatedRange(Package(PackageKind.PURL, scheme, "p"), bounds, minus)
    for reading in (read, lambda one: intervals_in("loose", one)):
        try:
            made = reading(stated)
        except NeedsReview:
            continue
        found = made if isinstance(made, list) else made.intervals
        assert found
        assert all(LO <= lo < hi <= HI for lo, hi in found)
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(found))


@settings(max_examples=200)
@given(scheme=schemes, r=st.randoms(use_true_random=False))
def test_a_complement_holds_what_its_exceptions_do_not(scheme: str, r: Random) -> None:
    """`defaultStatus: affected`: for every version either the exceptions hold it or what is left does."""
    low, high = sorted((version(scheme, r) for _ in range(2)), key=lambda v: key(scheme, v))
    (cut,) = intervals_in(scheme, StatedRange(Package(PackageKind.PURL, scheme, "p"), Bounds(low, high, False, True)))
    left = subtract([(LO, HI)], [cut])
    whole = StatedRange(Package(PackageKind.PURL, scheme, "p"), Bounds(None, None), (Bounds(low, high, False, True),))
    assert intervals_in(scheme, whole) == left
    for v in (low, high, version(scheme, r), version(scheme, r)):
        k = key(scheme, v)
        assert (cut[0] <= k < cut[1]) != any(lo <= k < hi for lo, hi in left)


# ---- the readers of feeds

OSV: dict[str, Any] = {
    "schema_version": "1.6.0", "id": "GHSA-1", "modified": "2026-03-01T00:00:00Z", "aliases": ["CVE-2026-1"],
    "summary": "s", "details": "d", "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N"}],
    "references": [{"type": "WEB", "url": "https://example.org"}],
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "stitch", "purl": "pkg:pypi/stitch"},
            "ranges": [
                {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.2"}, {"introduced": "2.0"}]},
                {"type": "GIT", "repo": "https://example.org/a", "events": [{"introduced": "0"}, {"limit": "abc"}]},
                {"type": "SEMVER", "events": [{"introduced": "1.0.0"}, {"last_affected": "1.9.9"}]},
            ],
            "versions": ["1.0", "1.1"],
        }
    ],
}  # fmt: skip
CVE5: dict[str, Any] = {
    "dataType": "CVE_RECORD", "dataVersion": "5.1",
    "cveMetadata": {"cveId": "CVE-2026-1", "state": "PUBLISHED", "dateUpdated": "2026-03-01T00:00:00Z"},
    "containers": {
        "cna": {
            "providerMetadata": {"orgId": "x", "shortName": "x"}, "descriptions": [{"lang": "en", "value": "d"}],
            "affected": [
                {
                    "vendor": "Northlake", "product": "Pump", "defaultStatus": "affected",
                    "cpes": ["cpe:2.3:a:northlake:pump:*:*:*:*:*:*:*:*"],
                    "versions": [
                        {"version": "1.0", "status": "affected", "lessThan": "1.2", "versionType": "semver",
                         "changes": [{"at": "1.1.5", "status": "unaffected"}]},
                        {"version": "6.1", "status": "unaffected", "lessThanOrEqual": "6.1.*"},
                        {"version": "n/a", "status": "unknown"},
                    ],
                }
            ],
        }
    },
}  # fmt: skip
NVD: dict[str, Any] = {
    "id": "CVE-2026-1", "lastModified": "2026-03-01T00:00:00.000", "vulnStatus": "Analyzed",
    "descriptions": [{"lang": "en", "value": "d"}],
    "configurations": [
        {
            "operator": "AND",
            "nodes": [
                {
                    "operator": "OR", "negate": False,
                    "cpeMatch": [
                        {"vulnerable": True, "criteria": "cpe:2.3:a:northlake:pump:*:*:*:*:*:*:*:*",
                         "versionStartIncluding": "1.0", "versionEndExcluding": "4.2"},
                        {"vulnerable": False, "criteria": "cpe:2.3:h:northlake:pump:-:*:*:*:*:*:*:*"},
                    ],
                },
            ],
        },
        {"nodes": [{"operator": "OR", "cpeMatch": [
            {"vulnerable": True, "criteria": "cpe:2.3:a:openssl:openssl:1.0.2za:*:*:*:*:*:*:*"}]}]},
    ],
}  # fmt: skip

STRANGE: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 10**30, "", "*", "-", "n/a", "affected", "unknown", "1.0", "6.1.*", "\x00", "x" * 5_000,
    "\ud83d", [], {}, [[]], [None], {"a": None}, ["1.0"], [{}], [{"introduced": "3"}, {"fixed": "1"}], "pkg:npm/%zz",
    "cpe:2.3:a:*:*:*", "cpe:2.3:a:b:c:\\:*:*:*:*:*:*:*", "AND", "GIT", "SEMVER",
)  # fmt: skip


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a document below its root."""
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [place for name, one in inner for place in ((*path, name), *places(one, (*path, name)))]


def spoiled(document: dict[str, Any], r: Random) -> bytes:
    """A document with one to three places replaced, taken out or doubled; sometimes cut off."""
    made = copy.deepcopy(document)
    for _ in range(r.randint(1, 3)):
        all_places = places(made)
        if not all_places:
            break
        *path, last = r.choice(all_places)
        node: Any = made
        for step in path:
            node = node[step]
        way = r.randrange(4)
        if way == 0:
            del node[last]
        elif way == 1 and isinstance(node, list):
            node.append(copy.deepcopy(node[last]))
        else:
            node[last] = copy.deepcopy(r.choice(STRANGE))
    data = json.dumps(made, ensure_ascii=r.random() < 0.5).encode("utf-8", "surrogatepass")
    return data[: r.randrange(len(data))] if r.random() < 0.05 else data


@pytest.mark.parametrize(
    ("reader", "document"), [(osv.read, OSV), (cve5.read, CVE5), (nvd.read, NVD)], ids=["osv", "cve5", "nvd"]
)
@pytest.mark.parametrize("count", [1_500, pytest.param(100_000, marks=pytest.mark.deep)])
def test_a_spoiled_record_is_read_or_refused(reader: Any, document: dict[str, Any], count: int) -> None:
    """Every range it states is accepted or in review, and each accepted one becomes intervals or a reason."""
    assert isinstance(reader(json.dumps(document).encode()), Record)
    r = Random(f"spoiled {reader.__module__} {count}")
    taken = 0
    for _ in range(count):
        data = spoiled(document, r)
        try:
            record = reader(data)
        except FormatError:
            continue
        taken += 1
        assert len(record.ranges) + len(record.review) == record.stated, data
        for stated in record.ranges:
            try:
                assert read(stated).intervals
            except NeedsReview:
                continue
    assert taken > count // 10
