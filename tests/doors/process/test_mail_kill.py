"""kill -9 of the worker between promise and delivery: each message goes out, none twice within a minute of the restart.

Time is passed by moving leases and rests towards their end, as a minute would; `make deep` waits the minutes.
"""

from __future__ import annotations

import json
import random
import time
from collections import defaultdict
from collections.abc import Callable

import pytest

from tests.doors.process.installation import Installation
from tests.rooms.jobs.mailserver import serving

PROMISE = """
from django.db import transaction
from suture.accounts.services import local_operator
from suture.jobs.letters import Letter, promise_mail
by = local_operator()
for n in range({first}, {last}):
    with transaction.atomic():
        letter = Letter(to=(f"biomed{{n}}@lakeside.example",), subject=f"Notice {{n}}", text="Act now.")
        promise_mail(letter=letter, key=f"notice {{n}}", cause=by, by=by, label=f"Notice {{n}}")
"""
PASS_TIME = """
from datetime import timedelta
from django.db.models import F
from suture.jobs.models import Promise
Promise.objects.update(rest_until=F("rest_until") - timedelta(seconds={seconds}))
Promise.objects.exclude(lease_until=None).update(lease_until=F("lease_until") - timedelta(seconds={seconds}))
"""
STATES = """
import json
from suture.evidence.queries import verify_chain
from suture.jobs.models import Promise
rows = Promise.objects.order_by("pk")
print(json.dumps({"states": {str(p.uid): p.state for p in rows}, "said": [p.last_answer for p in rows],
    "intact": verify_chain().intact}))
"""


def configure(installation: Installation, port: int) -> None:
    (installation.home / "suture.toml").write_text(
        f'mail_host = "127.0.0.1"\nmail_port = {port}\nmail_security = "none"\n'
        'mail_from = "Northlake Medical <psirt@northlake.example>"\n'
    )


def wait_for(what: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.05)


def states(installation: Installation) -> list[str]:
    """The states in the order of the promises, as every page shows them."""
    found = json.loads(installation.python(STATES))
    assert found["intact"]
    return list(found["states"].values())


def test_killing_the_worker_loses_no_message_and_doubles_none(installation: Installation) -> None:
    """Once in the window after the text, once before it."""
    with serving() as (server, port):
        configure(installation, port)
        installation.python(PROMISE.format(first=0, last=3))
        server.delay = 600  # it took the text, and thinks
        worker = installation.start("worker", "--every", "0.2")
        assert server.came.wait(60)
        installation.kill(worker)
        first = server.ids()[0]
        assert states(installation) == ["attempting", "promised", "promised"]

        server.delay = 0
        worker = installation.start("worker", "--every", "0.2")
        wait_for(lambda: len(server.ids()) == 3)
        installation.python(PASS_TIME.format(seconds=121))  # the dead worker's lease is over: now it is found out
        wait_for(lambda: states(installation) == ["no answer", "delivered", "delivered"])
        installation.python(PASS_TIME.format(seconds=61))
        time.sleep(1)
        assert sorted(server.ids()) == sorted(set(server.ids())), "sent twice within the minute"
        installation.python(PASS_TIME.format(seconds=30))
        wait_for(lambda: server.ids().count(first) == 2)
        wait_for(lambda: states(installation) == ["delivered"] * 3)
        assert len(server.ids()) == 4

        server.hold = 600  # connected, asked about the addressee, nothing handed over
        server.asked.clear()
        installation.python(PROMISE.format(first=3, last=4))
        assert server.asked.wait(60)
        installation.kill(worker)
        assert states(installation)[3] == "attempting"
        server.hold = 0
        installation.python(PASS_TIME.format(seconds=121))
        installation.suture("worker", "--once")
        assert states(installation) == ["delivered"] * 4
        assert len(server.ids()) == 5


@pytest.mark.deep
def test_killing_the_worker_again_and_again_by_the_real_clock(installation: Installation) -> None:
    """Twenty messages, six kills at random moments, then as long as it takes; no double within a minute."""
    chance = random.Random(4)
    with serving() as (server, port):
        configure(installation, port)
        installation.python(PROMISE.format(first=0, last=20))
        server.delay = 0.4
        restarts = []
        for _ in range(6):
            server.came.clear()
            restarts.append(time.monotonic())
            worker = installation.start("worker", "--every", "0.2")
            server.came.wait(60)
            time.sleep(chance.uniform(0.0, 1.0))
            installation.kill(worker)
        restarts.append(time.monotonic())
        worker = installation.start("worker", "--every", "1")
        wait_for(lambda: set(states(installation)) == {"delivered"}, seconds=600)
        installation.kill(worker)
        times = defaultdict(list)
        for name, at in zip(server.ids(), server.at, strict=True):
            times[name].append(at)
        assert len(times) == 20
        assert max(map(len, times.values())) <= 2
        for found in times.values():
            for again in found[1:]:
                assert again - max(start for start in restarts if start <= again) > 60
                assert again - found[0] > 60
