"""Two people at once, with real commits on two connections: one wins, the other is told, nothing is half saved."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection

from suture.accounts.models import Signature
from suture.assessment.services import sign_assessment
from suture.evidence.models import Entry
from suture.evidence.queries import verify_chain
from tests.house import PASSWORD
from tests.rooms.casework import build


def test_of_two_people_signing_at_once_the_second_gets_a_conflict(
    committed_db: str, ada, clara, rosa, quinn, otto, tick: Callable
):
    """Both looked at the same version of the case; commits are real, in two threads of two connections."""
    work = build(ada=ada, clara=clara, rosa=rosa, quinn=quinn, engineer=otto, tick=tick)
    case = work.open()
    work.answer(case, "4.1")
    row = work.assess(case)
    case.refresh_from_db()
    start, answers = threading.Barrier(2), []

    def sign_as(person) -> None:
        try:
            start.wait(timeout=20)
            answers.append(
                sign_assessment(
                    assessment_uid=row.uid, by=person, password=PASSWORD, because="at once", version=case.version
                )
            )
        except Exception as refused:
            answers.append(refused)
        finally:
            connection.close()

    threads = [threading.Thread(target=sign_as, args=(person,)) for person in (work.ada, work.clara)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(type(answer).__name__ for answer in answers) == ["Assessment", "Conflict"]
    assert Signature.objects.filter(signed_uid=row.uid).count() == 1
    assert Entry.objects.filter(did="assessment.signed").count() == 1
    assert verify_chain().intact
