"""Coordinated disclosure: no sequence leaves the tables, an answer is owed in working days, a receipt reads back."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suture.core import receipts
from suture.core.disclosure import (
    DISCLOSURE_WORKFLOWS,
    EMBARGO,
    PARTICIPANT,
    REPORT,
    EmbargoState,
    ParticipantState,
    ReportGuard,
    ReportState,
    acknowledge_by,
    minute_of,
)
from suture.core.errors import FormatError, InvalidValue, NotAllowed
from suture.core.facts import Answer
from suture.core.roles import Role
from suture.core.tlp import Circle, Label, may_reach

everyone = pytest.mark.parametrize("workflow", DISCLOSURE_WORKFLOWS, ids=lambda workflow: workflow.name)
VERBS = sorted({step.verb for workflow in DISCLOSURE_WORKFLOWS for step in workflow.steps} | {"delete", ""})


@everyone
@settings(max_examples=60)
@given(data=st.data())
def test_no_sequence_leaves_the_table(workflow, data):
    """Whatever verbs come in whatever order: the state is one of the table's, and moved by one of its rows."""
    rows = {(state, step.verb, step.to) for step in workflow.steps for state in step.from_states}
    state = workflow.start
    for verb in data.draw(st.lists(st.sampled_from(VERBS), max_size=25)):
        try:
            after = workflow.after(state, verb)
        except NotAllowed:
            continue
        assert (state, verb, after) in rows
        state = after
    assert state in workflow.states


@everyone
def test_every_state_is_reached_and_the_ends_are_meant(workflow):
    """No state is there for nothing; a report can always be taken up again, a party that left is gone."""
    assert workflow.reachable() == frozenset(workflow.states)
    meant = {REPORT.name: set(), EMBARGO.name: {EmbargoState.EXITED}, PARTICIPANT.name: {ParticipantState.LEFT}}
    assert set(workflow.ends) == meant[workflow.name]


@settings(max_examples=60)
@given(facts=st.dictionaries(st.sampled_from(list(ReportGuard)), st.sampled_from(list(Answer))))
def test_a_guard_that_is_not_a_yes_opens_no_step(facts):
    """Unknown is never a yes, for every step of a report."""
    for step in REPORT.steps:
        state = next(iter(step.from_states))
        if all(facts.get(guard) is Answer.YES for guard in step.guard):
            assert REPORT.require(state, step.verb, roles=step.who, facts=facts) is step.to
        else:
            with pytest.raises(NotAllowed):
                REPORT.require(state, step.verb, roles=step.who, facts=facts)


def test_nobody_publishes_before_the_minute_or_without_being_a_coordinator():
    """The two things that would break a promise to a finder."""
    ready = {ReportGuard.ADVISORY_WRITTEN: Answer.YES, ReportGuard.EMBARGO_OVER: Answer.NO}
    with pytest.raises(NotAllowed, match="minute of publication"):
        REPORT.require(ReportState.DATE_AGREED, "publish", roles={Role.COORDINATOR}, facts=ready)
    ready[ReportGuard.EMBARGO_OVER] = Answer.YES
    with pytest.raises(NotAllowed, match="disclosure coordinator only"):
        REPORT.require(ReportState.DATE_AGREED, "publish", roles={Role.PSIRT, Role.QUALITY}, facts=ready)


@pytest.mark.parametrize(
    ("received", "by"),
    [
        ("2026-11-20T18:00:00+00:00", date(2026, 11, 24)),  # Friday: Monday, Tuesday
        ("2026-11-24T18:00:00+00:00", date(2026, 11, 27)),  # Tuesday before Thanksgiving: Wednesday, Friday
        ("2026-11-24T03:00:00+00:00", date(2026, 11, 25)),  # still Monday evening in Chicago
    ],
)
def test_two_working_days_to_acknowledge(received, by):
    """The default promise; day 0 is the day at the site, Federal holidays do not count (reporting.md §8)."""
    assert acknowledge_by(datetime.fromisoformat(received), "America/Chicago") == by


@pytest.mark.parametrize("at", [datetime(2026, 11, 24, 9), datetime(2026, 11, 24, 9, 0, 1, tzinfo=UTC)])
def test_an_embargo_ends_on_a_full_minute_with_an_offset(at):
    with pytest.raises(InvalidValue):
        minute_of(at)


LABELS = [
    (Label.RED, Circle.NAMED), (Label.AMBER_STRICT, Circle.OURSELVES), (Label.AMBER, Circle.CLIENTS),
    (Label.GREEN, Circle.COMMUNITY), (Label.CLEAR, Circle.WORLD),
]  # fmt: skip


@pytest.mark.parametrize(("label", "widest"), LABELS)
def test_a_label_reaches_its_circle_and_no_further(label, widest):
    """TLP 2.0 as standards.md §8 gives it."""
    assert [circle for circle in Circle if may_reach(label, circle)] == [c for c in Circle if c <= widest]


def test_a_misspelt_label_reaches_nobody():
    with pytest.raises(InvalidValue, match="no label"):
        may_reach("TLP:WHITE", Circle.NAMED)


texts = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\u2028\u2029"), min_size=1)


@settings(max_examples=80)
@given(
    number=texts, by=texts, names=st.lists(texts, min_size=1, max_size=5), days=st.none() | st.dates(),
    at=st.datetimes(), offset=st.integers(-720, 720),
)  # fmt: skip
def test_a_receipt_reads_back(number, by, names, days, at, offset):
    """read ∘ write = identity, whatever the names are."""
    zone = timezone(timedelta(minutes=offset))
    receipt = receipts.Receipt(
        number=number, received_at=at.replace(microsecond=0, tzinfo=zone), zone="America/Chicago", by=by,
        answer_by=days, parts=tuple(receipts.part_of(name, name.encode()) for name in names),
    )  # fmt: skip
    assert receipts.read(receipts.write(receipt)) == receipt


@settings(max_examples=80)
@given(text=st.text() | st.text().map(lambda t: receipts.FIRST_LINE + "\n" + t))
def test_no_text_makes_the_reader_fail_otherwise(text):
    with suppress(FormatError):
        receipts.read(text)
