"""One file is one revision: what is new, amended, unchanged; what is refused, and that every count adds up."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from hashlib import sha256

import pytest

from suture.core.errors import NotAllowed, NotFound
from suture.core.versions import key
from suture.evidence.clock import now
from suture.evidence.models import Entry
from suture.formats.detect import Kind
from suture.intelligence.models import FeedRevision
from suture.intelligence.queries import knowledge, published_rev, sources_status
from suture.intelligence.reading import Raw, read_batch
from suture.intelligence.services import Outcome, import_feeds
from tests.rooms.intelligence.feeds import cve5, document, epss, kev, lines, many, match, nvd, osv


def counted_in_tables(sql) -> tuple[int, int, int]:
    """(stated, accepted, waiting) as the tables hold them now, counted row by row."""
    rev = published_rev()
    says = sql("SELECT stated, says FROM assertion WHERE f <= %s AND t > %s", rev, rev)
    accepted = sum(len(text.split("\n")) if text else 0 for _, text in says)
    ((waiting,),) = sql("SELECT coalesce(sum(n), 0) FROM rng_review WHERE f <= %s AND t > %s", rev, rev)
    return sum(stated for stated, _ in says), accepted, int(waiting)


def test_every_source_is_read_and_every_range_accounted_for(tmp_path, world, ada, sql):
    folder = tmp_path / "feeds"
    folder.mkdir()
    lines(folder / "ghsa.jsonl.gz", [osv("GHSA-aaaa", aliases=["CVE-2026-1"]), osv("GHSA-bbbb", until=["1.0", "soon"])])
    lines(folder / "nvd.jsonl", [nvd("CVE-2026-1", match("pump", versionEndExcluding="4.2"), match("pump", "-"))])
    lines(folder / "cve5.jsonl", [cve5("CVE-2026-1", {"version": "1.0", "status": "affected", "lessThan": "1.2"})])
    document(folder / "known.json", kev(("CVE-2026-1", "2026-02-01"), released="2026-03-01T00:00:00Z"))
    (folder / "epss-2026-03-01.csv").write_text(epss({"CVE-2026-1": (0.9, 0.99)}, "2026-03-01"))
    results = {result.source: result for result in import_feeds([folder], by=ada)}
    assert set(results) == {"cve", "epss", "ghsa", "kev", "nvd"}
    assert {result.outcome for result in results.values()} == {Outcome.IMPORTED}
    for result in results.values():
        assert result.counts.add_up() == ""
        assert result.peak_mb > 0
    assert (results["ghsa"].counts.stated, results["ghsa"].counts.accepted) == (3, 2)
    assert dict(results["ghsa"].counts.review) == {"no digit": 1}
    assert dict(results["nvd"].counts.review) == {"no version": 1}
    stated, accepted, waiting = counted_in_tables(sql)
    known = knowledge()
    assert (stated, accepted, waiting) == (6, 4, 2)
    assert (known.ranges, known.waiting, known.assertions) == (4, 2, 4)
    assert (known.exploited, known.scored, known.vulnerabilities) == (1, 1, 2)
    assert known.rev == 5
    assert not known.empty
    assert not known.only_demo


def test_a_second_run_changes_nothing_and_says_so(tmp_path, take_in, sql):
    file = lines(tmp_path / "ghsa.jsonl", [osv("GHSA-aaaa"), osv("GHSA-bbbb")])
    take_in(file)
    before = sql("SELECT count(*), max(f) FROM rng"), knowledge(), Entry.objects.count()
    again = take_in(file)
    assert again.outcome is Outcome.UNCHANGED
    assert not again.changed
    assert (again.counts.records, again.counts.unchanged) == (2, 2)
    assert (sql("SELECT count(*), max(f) FROM rng"), knowledge(), Entry.objects.count()) == before
    assert FeedRevision.objects.get().checked_at is not None


def test_unchanged_records_of_a_changed_file_cost_no_row(tmp_path, take_in, sql):
    take_in(lines(tmp_path / "f.jsonl", [osv("GHSA-aaaa"), osv("GHSA-bbbb")]))
    newer = osv("GHSA-bbbb", until="1.3", modified="2026-04-01T00:00:00Z")
    second = take_in(lines(tmp_path / "f.jsonl", [osv("GHSA-aaaa"), newer, osv("GHSA-cccc")]))
    assert (second.counts.unchanged, second.counts.amended, second.counts.new) == (1, 1, 1)
    assert sql("SELECT record_id, f, t > 2 FROM assertion ORDER BY id") == [
        ("GHSA-aaaa", 1, True), ("GHSA-bbbb", 1, False), ("GHSA-bbbb", 2, True), ("GHSA-cccc", 2, True),
    ]  # fmt: skip
    assert knowledge().ranges == 3
    # both the native row and its loose twin were closed with the record they belong to
    assert sql("SELECT count(*) FROM rng WHERE t = 2") == [(2,)]


def test_a_record_gone_from_a_file_is_kept_and_counted(tmp_path, take_in):
    take_in(lines(tmp_path / "f.jsonl", [osv(f"GHSA-{n}") for n in range(5)]))
    second = take_in(lines(tmp_path / "f.jsonl", [osv(f"GHSA-{n}") for n in range(4)]))
    assert second.counts.vanished == 1
    assert knowledge().assertions == 5


def test_an_older_record_from_another_file_does_not_displace_a_newer_one(tmp_path, take_in, sql):
    take_in(lines(tmp_path / "a.jsonl", [osv("GHSA-aaaa", until="2.0", modified="2026-05-01T00:00:00Z")]))
    second = take_in(lines(tmp_path / "b.jsonl", [osv("GHSA-aaaa", until="1.0", modified="2026-04-01T00:00:00Z")]))
    assert second.counts.older == 1
    assert sql("SELECT modified FROM assertion WHERE t > 2") == [("2026-05-01T00:00:00Z",)]


def test_of_a_record_that_stands_twice_in_a_file_the_newer_one_is_taken(tmp_path, take_in, sql):
    file = lines(tmp_path / "f.jsonl", [
        osv("GHSA-aaaa", until=["1.0", "x"], modified="2026-04-01T00:00:00Z"),
        osv("GHSA-bbbb", modified="2026-06-01T00:00:00Z"),
        osv("GHSA-aaaa", until="3.0", modified="2026-05-01T00:00:00Z"),
        osv("GHSA-bbbb", until="9.0", modified="2026-05-01T00:00:00Z"),
        osv("GHSA-bbbb", modified="2026-06-01T00:00:00Z"),
    ])  # fmt: skip
    result = take_in(file)
    assert (result.counts.new, result.counts.repeated) == (2, 3)
    assert sorted(sql("SELECT record_id, says FROM assertion")) == [("GHSA-aaaa", "v < 3.0"), ("GHSA-bbbb", "v < 1.2")]
    assert counted_in_tables(sql) == (2, 2, 0)
    assert (result.counts.stated, result.counts.accepted, knowledge().ranges, knowledge().waiting) == (2, 2, 2, 0)
    assert [problem.where for problem in result.files[0].problems] == ["line 3", "line 4", "line 5"]


def test_an_unreadable_record_is_named_with_its_line_and_the_others_are_taken(tmp_path, take_in):
    file = tmp_path / "f.jsonl"
    good = [json.dumps(osv(f"GHSA-{n}")) for n in range(4)]
    file.write_text("\n".join([good[0], '{"id": 7}', good[1], "", good[2], good[3]]) + "\n")
    result = take_in(file)
    assert (result.counts.records, result.counts.new, result.counts.unreadable) == (5, 4, 1)
    (problem,) = result.files[0].problems
    assert problem.where == "line 2"
    assert "id" in problem.what


# ---- what becomes of a range


def test_a_range_has_a_native_row_and_a_loose_twin(tmp_path, take_in, sql):
    take_in(lines(tmp_path / "f.jsonl", [osv("GHSA-aaaa", until="1.2")]))
    rows = sql("SELECT p.scheme, p.role, r.hi, r.stmt FROM rng r JOIN package p ON p.pkg_id = r.pkg_id ORDER BY p.role")
    assert [(scheme, role, hi) for scheme, role, hi, _ in rows] == [
        ("pypi", "native", key("pypi", "1.2")), ("loose", "twin", key("loose", "1.2")),
    ]  # fmt: skip
    assert len({stmt for *_, stmt in rows}) == 1, "a twin is the same statement once more"
    assert knowledge().ranges == 1


def test_a_range_beyond_its_own_scheme_goes_to_the_fallback_row(tmp_path, take_in, sql):
    take_in(lines(tmp_path / "f.jsonl", [osv("GHSA-aaaa", ecosystem="npm", until="7.3.0.10")]))
    assert sql("SELECT p.scheme, p.role FROM rng r JOIN package p ON p.pkg_id = r.pkg_id") == [("loose", "fallback")]
    assert knowledge().ranges == 1


def test_a_cpe_range_needs_no_twin(tmp_path, take_in, sql):
    take_in(lines(tmp_path / "n.jsonl", [nvd("CVE-2026-1", match("pump", versionEndIncluding="4.2"))]))
    assert sql("SELECT p.kind, p.scheme, p.role, p.name FROM rng r JOIN package p ON p.pkg_id = r.pkg_id") == [
        ("cpe", "loose", "native", "a:northlake:pump")
    ]


def test_the_exceptions_of_a_default_become_several_intervals_of_one_statement(tmp_path, take_in, sql):
    exception = {"version": "2.0", "lessThan": "3.0", "status": "unaffected", "versionType": "custom"}
    take_in(lines(tmp_path / "c.jsonl", [cve5("CVE-2026-1", exception, default="affected")]))
    rows = sql("SELECT lo, hi, stmt FROM rng ORDER BY lo")
    assert [(lo, hi) for lo, hi, _ in rows] == [(b"", key("loose", "2.0")), (key("loose", "3.0"), b"\xff\xff")]
    assert len({stmt for *_, stmt in rows}) == 1
    assert knowledge().ranges == 1


def test_ranges_that_wait_for_one_reason_share_a_row(tmp_path, take_in, sql):
    commits = [{"type": "GIT", "repo": f"https://example.org/{n}", "events": [{"introduced": "0"}]} for n in range(3)]
    result = take_in(lines(tmp_path / "f.jsonl", [osv("GHSA-aaaa", ranges=commits)]))
    ((reason, n, raw),) = sql("SELECT reason, n, raw FROM rng_review")
    assert (reason, n) == ("git commits", 3)
    assert len(raw.split("\n")) == 3
    assert result.counts.stated == 3


def test_a_withdrawn_record_keeps_its_text_and_states_no_range(tmp_path, take_in, sql):
    take_in(lines(tmp_path / "f.jsonl", [osv("GHSA-aaaa", summary="a hole")]))
    gone = osv("GHSA-aaaa", summary="a hole", withdrawn="2026-06-01T00:00:00Z", modified="2026-06-01T00:00:00Z")
    second = take_in(lines(tmp_path / "f.jsonl", [gone]))
    assert (second.counts.withdrawn, second.counts.stated, second.counts.set_aside) == (1, 0, 1)
    assert sql("SELECT withdrawn, title FROM assertion WHERE t > 2") == [("2026-06-01T00:00:00Z", "a hole")]
    assert sql("SELECT count(*) FROM rng WHERE t > 2") == [(0,)]
    assert knowledge().ranges == 0


def test_text_a_database_cannot_hold_is_made_to_fit(tmp_path, take_in, sql):
    record = osv("GHSA-aaaa", summary="nul\0 " + "t" * 900, details="d\0" * 4000, package="p" * 700, until="1\0.2")
    record["references"] = [{"type": "WEB", "url": f"https://example.org/\0{n}"} for n in range(20)]
    result = take_in(lines(tmp_path / "f.jsonl", [record, osv("GHSA-" + "x" * 200)]))
    assert result.counts.unreadable == 1
    ((title, summary, raw),) = sql("SELECT a.title, a.summary, r.raw FROM assertion a, rng_review r")
    assert (len(title), len(summary)) == (500, 2000)
    assert "\0" not in title + summary + raw


# ---- what is refused whole


def refused(result, word: str) -> None:
    assert result.outcome is Outcome.REFUSED
    assert result.failed
    assert word in result.why


def test_a_feed_that_shrank_by_half_is_refused_and_the_last_good_revision_stays(tmp_path, take_in, sql):
    take_in(lines(tmp_path / "f.jsonl", [osv(f"GHSA-{n}") for n in range(10)]))
    half = lines(tmp_path / "f.jsonl", [osv(f"GHSA-{n}", modified="2026-09-01T00:00:00Z") for n in range(5)])
    refused(take_in(half), "has shrunk from 10 records to 5")
    assert published_rev() == 1
    assert sql("SELECT count(*) FROM assertion") == [(10,)]
    assert sql("SELECT count(*) FROM rng WHERE f > 1 OR t < 1000") == [(0,)]
    (status,) = sources_status()
    assert "shrunk" in status.refused
    assert take_in(half, even_if_smaller=True).outcome is Outcome.IMPORTED
    assert sources_status()[0].refused == ""


def test_a_feed_older_than_what_we_have_is_refused(tmp_path, take_in):
    take_in(lines(tmp_path / "f.jsonl", [osv("GHSA-aaaa", modified="2026-05-01T00:00:00Z"), osv("GHSA-bbbb")]))
    older = lines(tmp_path / "f.jsonl", [osv("GHSA-aaaa", modified="2026-04-01T00:00:00Z"), osv("GHSA-bbbb")])
    refused(take_in(older), "of 2026-04-01, older")


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("f.jsonl", b"\n\n", "no feed"),
        ("f.jsonl.gz", gzip.compress(b"", mtime=0)[:-4], "cannot be unpacked"),
        ("f.jsonl", (json.dumps(osv("GHSA-a")) + "\n" + json.dumps(osv("GHSA-b"))[:-9]).encode(), "cut off"),
        ("f.jsonl", b'{"id": "GHSA-a", "modified": "x", "affected": 1}\n{"id": 1}\n', "cannot be read"),
        ("f.jsonl", json.dumps(osv("GHSA-a")).encode("utf-16"), "no feed"),
        ("all.zip", b"PK\x03\x04" + b"\0" * 40, "zip archives are not yet read"),
        ("bom.json", b'{"bomFormat": "CycloneDX", "specVersion": "1.6"}', "an SBOM"),
        ("page.json", b'{"resultsPerPage": 2, "format": "NVD_CVE", "vulnerabilities": []}', "says it has 2"),
        ("kev.json", b'{"catalogVersion": "1", "count": 3, "vulnerabilities": []}', "says it has 3"),
        ("kev.csv", b"cveID,vendorProject,product\n", "as CSV is not yet read"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_a_feeds_next_edition_is_refused(tmp_path, take_in, sql, name, content, word):
    file = tmp_path / name
    file.write_bytes(content)
    refused(take_in(file), word)
    assert published_rev() == 0
    for table in ("assertion", "rng", "rng_review", "alias", "vulnerability", "kev", "epss"):
        assert sql(f"SELECT count(*) FROM {table}") == [(0,)]


def test_a_packed_file_cut_in_the_middle_is_refused(tmp_path, take_in, sql):
    file = lines(tmp_path / "f.jsonl.gz", many(900))
    file.write_bytes(file.read_bytes()[:-2000])
    refused(take_in(file), "cannot be unpacked to its end")
    assert sql("SELECT count(*) FROM assertion") == [(0,)]
    assert FeedRevision.objects.get().state == FeedRevision.State.REFUSED


def test_what_is_no_feed_in_a_folder_is_listed_and_no_failure(tmp_path, take_in):
    folder = tmp_path / "mirror"
    folder.mkdir()
    (folder / "README.md").write_text("about this mirror")
    result = take_in(folder)
    assert result.outcome is Outcome.NOT_READ
    assert not result.failed
    assert "README.md" in result.why


# ---- layouts


def test_a_page_of_the_nvd_api_is_read(tmp_path, take_in):
    page = {
        "resultsPerPage": 2, "startIndex": 0, "totalResults": 2, "format": "NVD_CVE", "version": "2.0",
        "timestamp": "2026-06-22T10:34:47.407",
        "vulnerabilities": [{"cve": nvd("CVE-2026-1", match("pump", "4.2"))}, {"cve": nvd("CVE-2026-2")}],
    }  # fmt: skip
    result = take_in(document(tmp_path / "page.json", page))
    assert (result.source, result.counts.new, result.counts.accepted) == ("nvd", 2, 1)
    assert FeedRevision.objects.get().dated == "2026-06-22T10:34:47.407"


def test_one_record_alone_is_read(tmp_path, take_in):
    assert take_in(document(tmp_path / "one.json", osv("GHSA-aaaa"))).counts.new == 1


def test_files_of_a_folder_come_in_natural_order(tmp_path, take_in):
    folder = tmp_path / "nvd"
    folder.mkdir()
    for year in (10, 9, 1):
        lines(folder / f"part-{year}.jsonl", [nvd(f"CVE-2026-{year}")])
    assert [file.file for file in take_in(folder).files] == ["part-1.jsonl", "part-9.jsonl", "part-10.jsonl"]


def test_records_filed_under_another_name_do_not_pass_for_the_feeds_own(tmp_path, take_in):
    file = lines(tmp_path / "ghsa.jsonl", [osv("GHSA-aaaa")])
    assert take_in(file, as_source="demo ghsa").source == "demo ghsa"
    assert knowledge().only_demo
    real = take_in(lines(tmp_path / "real.jsonl", [osv("GHSA-aaaa")]))
    assert (real.source, real.counts.new) == ("ghsa", 1)
    assert not knowledge().only_demo
    assert knowledge().vulnerabilities == 1


def test_a_file_of_several_sources_counts_for_each_of_them(tmp_path, take_in):
    take_in(lines(tmp_path / "all.jsonl", [osv("GHSA-aaaa"), osv("PYSEC-1"), osv("RUSTSEC-1")]))
    assert knowledge().sources == ("ghsa", "pysec", "rustsec")
    assert [status.source for status in sources_status()] == ["ghsa", "pysec", "rustsec"]


def test_a_source_is_late_by_what_its_feed_says_not_by_our_last_look(tmp_path, take_in):
    fresh = kev(("CVE-2026-1", "2026-02-01"), released=f"{now():%Y-%m-%dT%H:%M:%SZ}")
    take_in(lines(tmp_path / "g.jsonl", [osv("GHSA-aaaa", modified="2026-01-01T00:00:00Z")]))
    take_in(document(tmp_path / "kev.json", fresh))
    by_name = {status.source: status for status in sources_status(at=now() + timedelta(hours=1))}
    assert by_name["ghsa"].late
    assert not by_name["kev"].late
    assert by_name["ghsa"].looked == pytest.approx(1, abs=0.1)
    assert by_name["kev"].age == pytest.approx(1, abs=0.1)


# ---- who, and proof


def test_somebody_without_a_fitting_role_may_not_import(tmp_path, world, finn):
    file = lines(tmp_path / "f.jsonl", [osv("GHSA-aaaa")])
    with pytest.raises(NotAllowed, match="may not do this"):
        import_feeds([file], by=finn)


def test_a_path_that_is_not_there_is_named(world, ada, tmp_path):
    with pytest.raises(NotFound, match="nowhere"):
        import_feeds([tmp_path / "nowhere"], by=ada)


def test_each_published_revision_has_one_line_of_evidence_and_no_other(tmp_path, take_in, ada):
    take_in(lines(tmp_path / "f.jsonl", [osv("GHSA-aaaa")]))
    take_in(lines(tmp_path / "f.jsonl", [osv("GHSA-aaaa")]))
    (tmp_path / "empty.json").write_text("{}")
    take_in(tmp_path / "empty.json")
    (entry,) = Entry.objects.filter(did="feed.imported")
    facts = json.loads(entry.facts)
    assert entry.actor_name == "Ada Lind"
    assert facts["counts"]["accepted"] == 1
    assert len(facts["counts"]["result"]) == len(facts["sha256"]) == 64


def test_the_hash_of_the_result_follows_from_the_file_alone(tmp_path, take_in):
    """Whatever numbers the database gave: whoever has the file and these readers can repeat it."""
    take_in(lines(tmp_path / "first.jsonl", [osv("PYSEC-1", package="other")]))
    file = lines(tmp_path / "f.jsonl", [osv("GHSA-aaaa", until=["1.0", "2.0"]), osv("GHSA-bbbb", until="x")])
    take_in(file)
    raws = [Raw(n, line, sha256(line).digest()) for n, line in enumerate(file.read_bytes().splitlines(), 1)]
    made = [record.result for record in read_batch(Kind.OSV, raws).records]
    assert FeedRevision.objects.get(rev=2).counts["result"] == sha256(b"".join(made)).hexdigest()
