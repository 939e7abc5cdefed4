"""Which records speak of the same vulnerability: claims join groups, CVEs keep them apart, errata cover many."""

from __future__ import annotations

import pytest

from suture.core.errors import NotFound
from suture.intelligence.models import Vulnerability
from suture.intelligence.queries import aliases_of, assertions_of, knowledge, statements, vulnerability_by_any_id
from tests.rooms.intelligence.feeds import cve5, lines, match, nvd, osv


def ids(rows) -> set[str]:
    return {row.record_id for row in rows}


def test_records_that_claim_each_other_are_one_vulnerability(tmp_path, take_in, ada):
    take_in(lines(tmp_path / "ghsa.jsonl", [osv("GHSA-aaaa", aliases=["CVE-2026-1"], summary="A hole in stitch")]))
    take_in(lines(tmp_path / "pysec.jsonl", [osv("PYSEC-2026-1", aliases=["GHSA-aaaa"])]))
    take_in(lines(tmp_path / "nvd.jsonl", [nvd("CVE-2026-1", match("stitch", "1.0"))]))
    one = vulnerability_by_any_id("PYSEC-2026-1", ada)
    assert one == vulnerability_by_any_id("CVE-2026-1", ada) == vulnerability_by_any_id(str(one.uid), ada)
    assert one.label == "CVE-2026-1 A hole in stitch"
    assert aliases_of(one, ada) == ["CVE-2026-1", "GHSA-aaaa", "PYSEC-2026-1"]
    assert ids(assertions_of(one, ada)) == {"GHSA-aaaa", "PYSEC-2026-1", "CVE-2026-1"}
    assert knowledge().vulnerabilities == 1


def test_a_claim_that_connects_two_groups_merges_them_into_the_older(tmp_path, take_in, ada, sql):
    take_in(lines(tmp_path / "ghsa.jsonl", [osv("GHSA-aaaa"), osv("GHSA-zzzz")]))
    take_in(lines(tmp_path / "nvd.jsonl", [nvd("CVE-2026-1", match("stitch", "1.0"))]))
    older, newer = vulnerability_by_any_id("GHSA-aaaa", ada), vulnerability_by_any_id("CVE-2026-1", ada)
    assert older != newer
    linked = osv("GHSA-aaaa", aliases=["CVE-2026-1"], modified="2026-05-01T00:00:00Z")
    result = take_in(lines(tmp_path / "ghsa.jsonl", [linked, osv("GHSA-zzzz")]))
    assert result.counts.merged == 1
    one = vulnerability_by_any_id("CVE-2026-1", ada)
    assert one.pk == older.pk
    assert one.preferred_id == "CVE-2026-1"
    assert vulnerability_by_any_id(str(newer.uid), ada) == one, "the address of the merged one still leads there"
    assert ids(assertions_of(one, ada)) == {"GHSA-aaaa", "CVE-2026-1"}
    assert knowledge().vulnerabilities == 2
    assert sql("SELECT f, t = 3, vuln FROM alias WHERE record_id = 'CVE-2026-1' AND source = 'nvd' ORDER BY f") == [
        (2, True, newer.pk), (3, False, older.pk),
    ], "what the groups were before can still be read"  # fmt: skip


def test_groups_of_one_file_that_turn_out_to_be_one_are_merged(tmp_path, take_in, ada):
    result = take_in(lines(tmp_path / "f.jsonl", [
        osv("GHSA-aaaa"), osv("PYSEC-2026-1"), osv("GHSA-bbbb", aliases=["GHSA-aaaa", "PYSEC-2026-1", "CVE-2026-9"]),
    ]))  # fmt: skip
    assert result.counts.merged == 1
    one = vulnerability_by_any_id("PYSEC-2026-1", ada)
    assert aliases_of(one, ada) == ["CVE-2026-9", "GHSA-aaaa", "GHSA-bbbb", "PYSEC-2026-1"]
    assert one.preferred_id == "CVE-2026-9"
    assert Vulnerability.objects.filter(merged_into=one.pk).count() == 1


def test_two_cves_are_never_one_vulnerability(tmp_path, take_in, ada):
    take_in(lines(tmp_path / "nvd.jsonl", [nvd("CVE-2026-1"), nvd("CVE-2026-2")]))
    take_in(lines(tmp_path / "ghsa.jsonl", [osv("GHSA-aaaa", aliases=["CVE-2026-1"])]))
    # it names one CVE, and a GHSA that belongs to another
    result = take_in(lines(tmp_path / "pysec.jsonl", [osv("PYSEC-1", aliases=["CVE-2026-2", "GHSA-aaaa"])]))
    assert result.counts.kept_apart == 1
    assert vulnerability_by_any_id("PYSEC-1", ada) == vulnerability_by_any_id("CVE-2026-2", ada)
    assert vulnerability_by_any_id("GHSA-aaaa", ada) == vulnerability_by_any_id("CVE-2026-1", ada)


@pytest.mark.parametrize(
    "record",
    [
        osv("GO-2026-1", ecosystem="Go", package="stitch.example/x", aliases=["CVE-2026-1", "CVE-2026-2", "GHSA-x"]),
        osv("ALSA-2026:1", ecosystem="AlmaLinux:9", until="0:1.2-3.el9", related=["CVE-2026-1", "CVE-2026-2"]),
    ],
)
def test_a_record_about_several_cves_counts_for_each_of_them(tmp_path, take_in, ada, sql, record):
    take_in(lines(tmp_path / "nvd.jsonl", [nvd("CVE-2026-1")]))
    take_in(lines(tmp_path / "several.jsonl", [record]))
    first, second = vulnerability_by_any_id("CVE-2026-1", ada), vulnerability_by_any_id("CVE-2026-2", ada)
    assert first != second
    for one in (first, second):
        assert record["id"] in ids(assertions_of(one, ada))
    ((stmt,),) = sql("SELECT DISTINCT stmt FROM rng")
    assert statements([stmt])[stmt].vulnerabilities == tuple(sorted((first.pk, second.pk)))


def test_a_record_that_no_longer_claims_its_cve_leaves_the_group(tmp_path, take_in, ada):
    take_in(lines(tmp_path / "nvd.jsonl", [nvd("CVE-2026-1"), nvd("CVE-2026-2")]))
    take_in(lines(tmp_path / "g.jsonl", [osv("GHSA-aaaa", aliases=["CVE-2026-1"])]))
    corrected = osv("GHSA-aaaa", aliases=["CVE-2026-2"], modified="2026-06-01T00:00:00Z")
    take_in(lines(tmp_path / "g.jsonl", [corrected]))
    assert aliases_of(vulnerability_by_any_id("CVE-2026-1", ada), ada) == ["CVE-2026-1"]
    moved = vulnerability_by_any_id("GHSA-aaaa", ada)
    assert aliases_of(moved, ada) == ["CVE-2026-2", "GHSA-aaaa"]
    # and what was believed before is still there to be read
    assert aliases_of(vulnerability_by_any_id("CVE-2026-1", ada), ada, rev=2) == ["CVE-2026-1", "GHSA-aaaa"]


def test_an_amended_record_stays_the_same_vulnerability(tmp_path, take_in, ada):
    take_in(lines(tmp_path / "g.jsonl", [osv("GHSA-aaaa", aliases=["CVE-2026-1"])]))
    before = vulnerability_by_any_id("GHSA-aaaa", ada)
    take_in(lines(tmp_path / "g.jsonl", [osv("GHSA-aaaa", aliases=["CVE-2026-1", "MAL-7"], until="9")]))
    assert vulnerability_by_any_id("MAL-7", ada) == before
    assert Vulnerability.objects.count() == 1


def test_a_cna_titles_a_group_that_nvd_only_describes(tmp_path, take_in, ada):
    take_in(lines(tmp_path / "nvd.jsonl", [nvd("CVE-2026-1", details="The parser of stitch reads on. It crashes.")]))
    assert vulnerability_by_any_id("CVE-2026-1", ada).title == "The parser of stitch reads on."
    take_in(lines(tmp_path / "cve.jsonl", [cve5("CVE-2026-1")]))
    assert vulnerability_by_any_id("CVE-2026-1", ada).title == "A hole in stitch"


def test_an_id_nobody_names_is_not_found(world, ada):
    for unknown in ("CVE-1999-9999", "", "not an id", "0" * 32):
        with pytest.raises(NotFound, match="nothing is known"):
            vulnerability_by_any_id(unknown, ada)
