"""Promises: once per key, kept at least once, and never said to be kept before the answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from suture.accounts.models import Person, Tlp
from suture.accounts.services import raise_wall
from suture.core.errors import Conflict, InvalidValue, NotAllowed, NotFound
from suture.core.promises import QUARANTINE, Outcome, PartAnswer, PromiseState, Verdict
from suture.core.roles import Role
from suture.evidence.clock import now
from suture.evidence.models import Entry
from suture.jobs.delivery import LEASE, ChannelShut, Work, deliver_due
from suture.jobs.models import Attempt, Channel, Promise
from suture.jobs.queries import counts, failed, promise_by_uid, promises, promises_of, settled_of, shut_channels
from suture.jobs.services import give_up, try_again
from tests.rooms.jobs.outside import Killed, Outside, pass_time, promised

pytestmark = pytest.mark.django_db


def deliver(outside: Outside, worker: str = "w1") -> int:
    return deliver_due({"call": outside}, worker=worker)


def test_a_promise_is_made_once_per_key(ada: Person) -> None:
    """A verb may be repeated; another content under the same key is a mistake."""
    first = promised(ada)
    assert promised(ada) == first
    with pytest.raises(Conflict, match="another content"):
        promised(ada, payload={"n": 2})
    assert promised(ada, "k2").uid != first.uid


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"key": ""}, "key of a promise"), ({"key": "x" * 201}, "not 201"), ({"label": ""}, "label"),
        ({"payload": {"n": object()}}, "canonical"), ({"payload": {"n": "x" * 2_000_000}}, "SHA-256"),
        ({"until": now() - timedelta(days=1)}, "end after"),
    ],
)  # fmt: skip
def test_what_cannot_be_promised(ada: Person, wrong: dict, says: str) -> None:
    """Said at once, while its cause can still be mended."""
    with pytest.raises(InvalidValue, match=says):
        promised(ada, **wrong)


def test_delivered_only_by_an_answer(ada: Person) -> None:
    """The answer stays, in the other side's words, beside the attempt; the chain holds its hash."""
    row = promised(ada)
    outside = Outside()
    outside.says = outside.take
    assert deliver(outside) == 1
    row.refresh_from_db()
    assert (row.state, row.last_answer, row.attempts) == (PromiseState.DELIVERED, "250 taken", 1)
    assert row.answers[0]["said"] == "250 taken"
    assert row.tries.get().handed_over_at is not None
    assert Entry.objects.filter(did="promise.delivered", record_uid=str(row.uid)).count() == 1
    assert deliver(outside) == 0
    assert list(settled_of("person")) == list(promises_of("person", [ada.uid])) == [row]


def test_later_rests_longer_each_time_and_is_given_up(ada: Person) -> None:
    """A temporary answer is tried again, not at once; after five days nobody waits any more (RFC 5321 §4.5.4.1)."""
    row = promised(ada)
    outside = Outside(says=lambda work: Outcome(Verdict.LATER, "451 try again"))
    assert [deliver(outside), deliver(outside)] == [1, 0]
    pass_time(timedelta(minutes=2))
    assert [deliver(outside), deliver(outside)] == [1, 0]
    pass_time(timedelta(minutes=2))
    assert deliver(outside) == 0
    row.refresh_from_db()
    assert (row.state, row.attempts, row.last_answer) == (PromiseState.PROMISED, 2, "451 try again")
    Promise.objects.update(promised_at=now() - timedelta(days=6))
    deliver(outside)
    row.refresh_from_db()
    assert row.state == PromiseState.GIVEN_UP
    assert list(failed(ada)) == [row]
    try_again(promise=row, by=ada, because="the server is back")
    outside.says = outside.take
    assert deliver(outside) == 1
    assert not failed(ada).exists()


def test_worthless_after_its_time(ada: Person) -> None:
    """A sign-in code nobody could be sent in ten minutes is not sent in eleven; and it is forgotten."""
    row = promised(ada, until=now() + timedelta(minutes=10), forget=True)
    outside = Outside(missing="no mail server is configured")
    assert deliver(outside) == 0
    Promise.objects.update(until=now())
    outside.missing = ""
    assert deliver(outside) == 0
    row.refresh_from_db()
    assert (row.state, row.payload, row.given_up_because) == (PromiseState.GIVEN_UP, "", "its time is over")
    with pytest.raises(NotAllowed, match="forgotten"):
        try_again(promise=row, by=ada, because="x")


def test_refused_waits_for_a_person(ada: Person, finn: Person) -> None:
    """A permanent answer is not repeated by itself; a person has it tried again, or says how it is settled."""
    row = promised(ada)
    refusing = Outside(says=lambda work: Outcome(Verdict.REFUSED, "550 no such user"))
    deliver(refusing)
    pass_time(timedelta(days=1))
    assert deliver(refusing) == 0
    assert counts(ada)["refused"] == 1
    with pytest.raises(NotAllowed):
        try_again(promise=row, by=finn, because="x")
    with pytest.raises(InvalidValue, match="say why"):
        give_up(promise=row, by=ada, because=" ")
    row = give_up(promise=row, by=ada, because="told by telephone")
    assert (row.state, row.given_up_because) == (PromiseState.GIVEN_UP, "told by telephone")
    assert not failed(ada).exists()


def test_killed_before_the_hand_over_it_goes_out_at_once(ada: Person) -> None:
    """Nothing had left the house."""

    def dies(work: Work) -> Outcome:
        raise Killed

    row = promised(ada)
    with pytest.raises(Killed):
        deliver(Outside(says=dies))
    row.refresh_from_db()
    assert row.state == PromiseState.ATTEMPTING
    outside = Outside()
    outside.says = outside.take
    assert deliver(outside, "w2") == 0, "the lease still runs"
    pass_time(LEASE)
    assert deliver(outside, "w2") == 1
    row.refresh_from_db()
    assert row.state == PromiseState.DELIVERED
    assert [t.said for t in row.tries.all()] == ["the worker stopped before anything was sent", "250 taken"]


def test_killed_after_the_hand_over_it_is_unknown_and_rests(ada: Person) -> None:
    """It may have arrived: nothing is sent for more than a minute after that is found out, and the state says so."""
    outside = Outside()

    def dies(work: Work) -> Outcome:
        outside.take(work)
        raise Killed

    row = promised(ada)
    outside.says = dies
    with pytest.raises(Killed):
        deliver(outside)
    outside.says = outside.take
    pass_time(LEASE)
    assert deliver(outside, "w2") == 0
    row.refresh_from_db()
    assert row.state == PromiseState.NO_ANSWER
    assert "may have arrived" in row.answers[0]["said"]
    assert timedelta(minutes=1) < QUARANTINE
    try_again(promise=row, by=ada, because="hurry")
    pass_time(QUARANTINE - timedelta(seconds=5))
    assert deliver(outside, "w2") == 0
    pass_time(timedelta(seconds=10))
    assert deliver(outside, "w2") == 1
    row.refresh_from_db()
    assert row.state == PromiseState.DELIVERED
    assert len(outside.arrived) == 2, "at least once: the second has the same name"


def test_who_lost_the_lease_sends_nothing_and_an_answer_heard_late_counts(ada: Person) -> None:
    """A worker thought dead that lives: fenced off before the hand-over, listened to after it."""
    outside = Outside()

    def silent(work: Work) -> Outcome:
        pass_time(LEASE)
        deliver_due({}, worker="w2")
        outside.says = lambda work: Outcome(Verdict.LATER, "come again")
        return outside.take(work)

    row = promised(ada)
    outside.says = silent
    assert deliver(outside) == 2  # fenced off, and its next attempt
    assert outside.arrived == []
    pass_time(timedelta(hours=1))

    def slow(work: Work) -> Outcome:
        answer = outside.take(work)
        pass_time(LEASE)
        deliver_due({}, worker="w2")
        assert Promise.objects.get().state == PromiseState.NO_ANSWER
        return answer

    outside.says = slow
    Promise.objects.update(state="promised", settled_at=None)
    assert deliver(outside) == 1
    row.refresh_from_db()
    assert row.state == PromiseState.DELIVERED


def test_each_addressee_has_their_own_answer(ada: Person) -> None:
    """Who has it is not sent it again; one refusal makes the whole refused, once nothing is open."""
    asked = []

    def mixed(work: Work) -> Outcome:
        open_ = [a for a in ("a", "b", "c") if a not in work.settled]
        asked.append(open_)
        first = {"a": Verdict.DELIVERED, "b": Verdict.LATER, "c": Verdict.REFUSED}
        parts = tuple(PartAnswer(a, first[a] if len(open_) == 3 else Verdict.DELIVERED, "so") for a in open_)
        return Outcome(Verdict.LATER, "so", parts)

    row = promised(ada)
    deliver(Outside(says=mixed))
    row.refresh_from_db()
    assert row.state == PromiseState.PROMISED
    pass_time(timedelta(hours=1))
    deliver(Outside(says=mixed))
    row.refresh_from_db()
    assert asked == [["a", "b", "c"], ["b"]]
    assert row.state == PromiseState.REFUSED
    assert [a["verdict"] for a in row.answers] == ["delivered", "delivered", "refused"]


def test_a_shut_channel_is_nobodys_fault(ada: Person) -> None:
    """A dead server is met once a round, the promises are not counted as tried, and the words are kept."""

    def shut(work: Work) -> Outcome:
        raise ChannelShut("connection refused")

    for n in range(3):
        promised(ada, f"k{n}")
    assert deliver(Outside(says=shut)) == 1
    assert set(Promise.objects.values_list("state", "attempts")) == {("promised", 0)}
    assert not Attempt.objects.exists()
    assert shut_channels().get().said == "connection refused"
    outside = Outside()
    outside.says = outside.take
    assert deliver(outside) == 0, "it rests"
    pass_time(timedelta(minutes=2))
    assert deliver(outside) == 3
    assert not shut_channels().exists()
    assert Channel.objects.get().since is None


def test_a_deliverers_own_failure_does_not_end_the_worker(ada: Person) -> None:
    """Before the hand-over it is tried later; after it nobody knows."""

    def fails(work: Work) -> Outcome:
        if work.payload["n"] == 2:
            work.hand_over(["a"])
        raise KeyError("body")

    before, after = promised(ada), promised(ada, "k2", payload={"n": 2})
    assert deliver(Outside(says=fails)) == 2
    before.refresh_from_db()
    after.refresh_from_db()
    assert (before.state, after.state) == (PromiseState.PROMISED, PromiseState.NO_ANSWER)
    assert "KeyError" in before.last_answer


def test_walls_and_roles_hide_promises(ada: Person, register: Callable[..., Person]) -> None:
    """Who is not admitted to the cause learns nothing of its mails; a finder's address is for coordinators."""
    owen = register("Owen Case", Role.COORDINATOR)
    wall = raise_wall(name="finder", admitted=[owen], by=owen, because="embargo")
    walled = promised(owen, wall=wall, tlp=Tlp.RED)
    private = promised(owen, "k2", only_for=Role.COORDINATOR)
    open_ = promised(owen, "k3")
    assert set(promises(owen)) == {walled, private, open_}
    assert set(promises(ada)) == {open_}
    assert sum(counts(ada).values()) == 1
    for row in (walled, private):
        with pytest.raises(NotFound):
            promise_by_uid(ada, row.uid)
    with pytest.raises(NotFound):
        try_again(promise=walled, by=ada, because="x")
