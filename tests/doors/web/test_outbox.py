"""The outbox tells the truth: nothing stands as delivered before the answer, and what is not known is said so."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.db import transaction
from django.test import Client

from suture.accounts.models import Person
from suture.accounts.services import raise_wall
from suture.core.promises import Outcome, PartAnswer, Verdict
from suture.core.roles import Role
from suture.desk.obligations import Sort
from suture.desk.queries import obligations
from suture.evidence.clock import today
from suture.jobs.delivery import ChannelShut, Work, deliver_due
from suture.jobs.letters import Letter, promise_mail
from suture.jobs.models import Promise
from tests.rooms.jobs.outside import Outside

pytestmark = pytest.mark.django_db
SAYS = {
    "ok": (Verdict.DELIVERED, "250 2.0.0 queued as 7F"), "no": (Verdict.REFUSED, "550 5.1.1 no such user"),
    "later": (Verdict.LATER, "450 4.2.1 greylisted"), "lost": (Verdict.NO_ANSWER, "the line broke"),
}  # fmt: skip


def answer(work: Work) -> Outcome:
    """As the first letters of the address say."""
    (to,) = work.payload["to"]
    verdict, said = SAYS[to.split("@")[0]]
    work.hand_over([to])
    return Outcome(verdict, said, (PartAnswer(to, verdict, said),))


def mails(by: Person, *names: str, **more: object) -> list[Promise]:
    """One promised notice each, to name@lakeside.example."""
    with transaction.atomic():
        return [
            promise_mail(
                letter=Letter(to=(f"{n}@lakeside.example",), subject="Act now", text="Stop <using> it."),
                cause=by, by=by, key=f"{n} {len(more)}", label=f"Customer notice 3 ({n})",
                **more,  # type: ignore[arg-type]
            )
            for n in names
        ]  # fmt: skip


def test_every_state_is_said_as_it_is(ada: Person, as_person: Callable[[Person], Client]) -> None:
    """List, record, files, desk."""
    client = as_person(ada)
    rows = {row.payload.split('"to":["')[1].split("@")[0]: row for row in mails(ada, *SAYS)}
    before = client.get("/outbox/").content.decode()
    assert "no mail server is configured" in before.lower()
    assert before.count("250") == 1, "only the explanation speaks of 250"
    deliver_due({"mail": Outside(says=answer)}, worker="w")
    page = client.get("/outbox/").content.decode()
    for _verdict, said in SAYS.values():
        assert said in page
    assert page.count("took responsibility for it") == 1
    assert page.count("it may have arrived") == 1
    failed = json.loads(client.get("/outbox/?show=failed&as=json").content)
    assert [(row["to"], row["state"]) for row in failed] == [("no@lakeside.example", "refused")]
    assert b"no@lakeside.example" in b"".join(client.get("/outbox/?as=csv"))
    (owed,) = [o for o in obligations(ada, today("UTC")) if o.sort is Sort.UNDELIVERED]
    assert "550 5.1.1 no such user" in owed.because
    refused = rows["no"]
    text = client.get(f"/outbox/{refused.uid}/").content.decode()
    assert "Stop &lt;using&gt; it." in text
    assert client.get(f"/outbox/of/{ada.uid}/").content.decode().count("Customer notice 3") >= 4
    assert client.post(f"/outbox/{refused.uid}/repeat", {"because": "address mended"}).status_code == 302
    assert client.post(f"/outbox/{refused.uid}/stop", {"because": "told by telephone"}).status_code == 302
    assert "told by telephone" in client.get(f"/outbox/{refused.uid}/").content.decode()
    assert client.post(f"/outbox/{rows['ok'].uid}/repeat", {"because": "x"}).status_code == 422
    assert not [o for o in obligations(ada, today("UTC")) if o.sort is Sort.UNDELIVERED]


def test_a_shut_way_out_is_said_in_its_words(ada: Person, as_person: Callable[[Person], Client]) -> None:
    """Messages are not to blame."""

    def shut(work: Work) -> Outcome:
        raise ChannelShut("535 5.7.8 sign-in refused")

    mails(ada, "ok")
    deliver_due({"mail": Outside(says=shut)}, worker="w")
    assert "535 5.7.8 sign-in refused" in as_person(ada).get("/outbox/").content.decode()


def test_nobody_outside_sees_a_message(
    ada: Person, register: Callable[..., Person], as_person: Callable[[Person], Client]
) -> None:
    """Behind a wall, or for one role alone: no row, no count, no proof, no duty."""
    owen = register("Owen Case", Role.COORDINATOR)
    wall = raise_wall(name="finder R-1", admitted=[], by=owen, because="embargo")
    rows = mails(owen, "no", wall=wall) + mails(owen, "later", only_for=Role.COORDINATOR, forget=False)
    deliver_due({"mail": Outside(says=answer)}, worker="w")
    inside, outside = as_person(owen), as_person(ada)
    assert inside.get("/outbox/").content.decode().count("lakeside.example") == 2
    assert outside.get(f"/outbox/of/{owen.uid}/").status_code == 404
    for path in ("/outbox/", "/outbox/?as=json", "/proof/", "/"):
        answered = outside.get(path)
        assert answered.status_code == 200
        assert "Customer notice 3" not in answered.content.decode(), path
    for row in rows:
        assert outside.get(f"/outbox/{row.uid}/").status_code == 404
        assert outside.post(f"/outbox/{row.uid}/stop", {"because": "x"}).status_code == 404
    assert not [o for o in obligations(ada, today("UTC")) if o.sort is Sort.UNDELIVERED]
