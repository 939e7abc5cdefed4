"""What was known on a day: every read takes a revision, and a statement belongs to the source that made it."""

from __future__ import annotations

from suture.intelligence.models import OPEN, ORDINALS, Assertion, Range
from suture.intelligence.queries import (
    assertions_of,
    epss_of,
    first_stmt_after,
    kev_by_vulnerability,
    kev_of,
    knowledge,
    published_rev,
    review_by_reason,
    standing,
    statements,
    vulnerability_by_any_id,
)
from tests.rooms.intelligence.feeds import document, epss, kev, lines, match, nvd, osv


def test_two_sources_state_the_same_range_one_withdraws_the_other_stands(tmp_path, take_in, sql):
    take_in(lines(tmp_path / "ghsa.jsonl", [osv("GHSA-aaaa", aliases=["CVE-2026-1"])]))
    take_in(lines(tmp_path / "pysec.jsonl", [osv("PYSEC-1", aliases=["CVE-2026-1"])]))
    native = "FROM rng r JOIN package p ON p.pkg_id = r.pkg_id AND p.role = 'native' WHERE r.f <= %s AND r.t > %s"
    assert sql(f"SELECT count(*), count(DISTINCT r.lo), count(DISTINCT r.hi) {native}", 2, 2) == [(2, 1, 1)]
    gone = osv("GHSA-aaaa", aliases=["CVE-2026-1"], withdrawn="2026-07-01T00:00:00Z", modified="2026-07-01T00:00:00Z")
    take_in(lines(tmp_path / "ghsa.jsonl", [gone]))
    ((stmt,),) = sql(f"SELECT r.stmt {native}", 3, 3)
    said = statements([stmt])[stmt]
    assert (said.source, said.record_id, said.says, said.dated) == ("pysec", "PYSEC-1", "v < 1.2", "2026-03-01")
    assert sql(f"SELECT count(*) {native}", 2, 2) == [(2,)], "on the day before, both stood"


def test_the_words_of_a_statement_are_those_of_its_line(tmp_path, take_in, sql):
    take_in(lines(tmp_path / "n.jsonl", [nvd(
        "CVE-2026-1", match("pump", versionStartIncluding="3.0", versionEndExcluding="3.0.15"), match("pump", "2.1"),
        match("pump", "-"),
    )]))  # fmt: skip
    stmts = [stmt for (stmt,) in sql("SELECT stmt FROM rng ORDER BY stmt")]
    assert [statements([stmt])[stmt].says for stmt in stmts] == ["3.0 ≤ v < 3.0.15", "v = 2.1"]
    (assertion,) = Assertion.objects.all()
    assert {stmt >> ORDINALS for stmt in stmts} == {assertion.pk}
    ((waiting,),) = sql("SELECT stmt FROM rng_review")
    assert waiting not in stmts
    assert assertion.said(waiting) == ""


def test_every_read_can_be_made_as_of_an_earlier_revision(tmp_path, take_in, ada):
    take_in(lines(tmp_path / "g.jsonl", [osv("GHSA-aaaa", until="1.0", aliases=["CVE-2026-1"]), osv("GHSA-bbbb")]))
    amended = osv("GHSA-aaaa", until=["2.0", "x"], aliases=["CVE-2026-1"], modified="2026-08-01T00:00:00Z")
    take_in(lines(tmp_path / "g.jsonl", [amended, osv("GHSA-bbbb")]))
    one = vulnerability_by_any_id("CVE-2026-1", ada)
    assert [a.says for a in assertions_of(one, ada, rev=1)] == ["v < 1.0"]
    assert [a.says for a in assertions_of(one, ada)] == ["v < 2.0"]
    assert standing(Range.objects.all(), 0).count() == 0
    assert standing(Range.objects.all(), 1).count() == 4
    assert standing(Range.objects.all()).count() == 4
    assert review_by_reason(1) == {}
    assert review_by_reason() == {"no digit": 1}


def test_what_a_revision_changed_is_found_by_statement_and_by_closing(tmp_path, take_in):
    take_in(lines(tmp_path / "g.jsonl", [osv("GHSA-aaaa"), osv("GHSA-bbbb")]))
    assert first_stmt_after(0) == 1 << ORDINALS
    take_in(lines(tmp_path / "g.jsonl", [osv("GHSA-aaaa"), osv("GHSA-bbbb", until="7", modified="2026-08-01")]))
    opened = Range.objects.filter(stmt__gte=first_stmt_after(1))
    assert opened.count() == 2  # native and twin
    assert set(opened.values_list("f", flat=True)) == {2}
    assert Range.objects.filter(t__gt=1, t__lte=2).count() == 2
    assert first_stmt_after(published_rev()) == OPEN


def test_the_catalogue_of_exploited_vulnerabilities_keeps_its_editions(tmp_path, take_in, ada, sql):
    take_in(
        lines(tmp_path / "g.jsonl", [osv("GHSA-aaaa", aliases=["CVE-2026-1"]), osv("GHSA-b", aliases=["CVE-2026-2"])])
    )
    take_in(document(tmp_path / "kev-1.json", kev(("CVE-2026-1", "2026-02-01"), released="2026-02-02T00:00:00Z")))
    one, other = vulnerability_by_any_id("CVE-2026-1", ada), vulnerability_by_any_id("GHSA-b", ada)
    entry = kev_of(one)
    assert entry is not None
    assert entry.added == "2026-02-01"
    assert kev_of(other) is None
    newer = kev(("CVE-2026-1", "2026-02-01"), ("CVE-2026-2", "2026-05-01"), released="2026-05-02T00:00:00Z")
    second = take_in(document(tmp_path / "kev-2.json", newer))
    assert (second.counts.new, second.counts.unchanged) == (1, 1)
    assert set(kev_by_vulnerability([one.pk, other.pk])) == {one.pk, other.pk}
    assert set(kev_by_vulnerability([one.pk, other.pk], rev=2)) == {one.pk}
    older = take_in(
        document(tmp_path / "kev-0.json", kev(("CVE-2026-1", "2026-02-01"), released="2026-01-01T00:00:00Z"))
    )
    assert older.failed
    assert knowledge().exploited == 2


def test_an_entry_gone_from_the_catalogue_is_kept_and_counted(tmp_path, take_in):
    three = [(f"CVE-2026-{n}", "2026-02-01") for n in (1, 2, 3)]
    take_in(document(tmp_path / "kev.json", kev(*three, released="2026-02-02T00:00:00Z")))
    second = take_in(document(tmp_path / "kev.json", kev(*three[:2], released="2026-03-02T00:00:00Z")))
    assert second.counts.vanished == 1
    assert knowledge().exploited == 3


def test_a_score_is_a_new_row_only_when_it_moved(tmp_path, take_in, ada, sql):
    take_in(lines(tmp_path / "n.jsonl", [nvd("CVE-2026-1"), nvd("CVE-2026-2")]))
    first, second = tmp_path / "epss-1.csv", tmp_path / "epss-2.csv"
    first.write_text(
        epss({"CVE-2026-1": (0.10, 0.500), "CVE-2026-2": (0.2, 0.6), "CVE-2026-3": (0.3, 0.7)}, "2026-03-01")
    )
    second.write_text(
        epss({"CVE-2026-1": (0.90, 0.990), "CVE-2026-2": (0.2, 0.601), "CVE-2026-3": (0.3, 0.8)}, "2026-03-02")
    )
    take_in(first)
    moved = take_in(second)
    assert (moved.counts.amended, moved.counts.unchanged) == (2, 1)  # the percentile of CVE-2026-3 moved far
    one = vulnerability_by_any_id("CVE-2026-1", ada)
    now, before = epss_of(one), epss_of(one, rev=2)
    assert now is not None
    assert before is not None
    assert (now.score, now.day, before.score, before.day) == (0.9, "2026-03-02", 0.1, "2026-03-01")
    assert sql("SELECT count(*) FROM epss") == [(5,)]


def test_a_days_scores_without_their_comment_line_are_dated_by_the_files_name(tmp_path, take_in, sql):
    file = tmp_path / "epss_scores-2026-08-16.csv"
    file.write_text("cve,epss,percentile\nCVE-2026-1,0.5,0.9\n")
    take_in(file)
    assert sql("SELECT day FROM epss") == [("2026-08-16",)]
    assert sql("SELECT dated FROM feed_rev") == [("2026-08-16",)]
