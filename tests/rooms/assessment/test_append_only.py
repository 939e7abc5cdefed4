"""Facts, steps, ISAO evidence, VEX, decisions, records, documents: added to and never changed, by the database."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from suture.assessment.models import CaseStep, DatedFact
from suture.assessment.services import move_case
from suture.core.facts import Answer
from suture.core.isao import IsaoCriterion
from suture.core.vex import VexStatus
from suture.reporting.models import Decision, Document, Record806
from suture.reporting.services import decide, draft_record806, print_record806
from suture.sharing.models import CriterionRecord, IsaoSubmission, VexPublication
from suture.sharing.services import log_submission, publish_vex, record_criterion, register_membership
from tests.rooms.casework import DAY_0, Work

pytestmark = pytest.mark.django_db
GUARDED = (
    DatedFact, CaseStep, CriterionRecord, IsaoSubmission, VexPublication, Decision, Record806, Document,
)  # fmt: skip


@pytest.fixture
def rows(work: Work) -> None:
    """One row in each guarded table."""
    case = work.open()
    work.answer(case, "4.1", "4.2", status=VexStatus.AFFECTED)
    move_case(case_uid=case.uid, verb="start_analysis", by=work.ada)
    membership = register_membership(isao="Lakehead Health ISAO", by=work.rosa)
    record_criterion(
        membership_uid=membership.uid, criterion=IsaoCriterion.MEMBER, holds=Answer.YES, since=DAY_0, by=work.rosa,
        evidence="EV",
    )  # fmt: skip
    log_submission(case_uid=case.uid, membership_uid=membership.uid, what="letter", given_on=DAY_0, by=work.rosa)
    publish_vex(release_uid=work.releases["4.1"].uid, dialect=VexPublication.Dialect.OPENVEX, by=work.ada)
    decide(case_uid=case.uid, by=work.rosa)
    kept = draft_record806(case_uid=case.uid, product=work.pump, by=work.rosa, justification="j", follow_ups="f")
    print_record806(record_uid=kept.uid, by=work.rosa)


@pytest.mark.parametrize("change", ["UPDATE {table} SET id = id", "DELETE FROM {table}"])
def test_the_database_refuses_to_change_or_remove_a_row(rows: None, change: str):
    for model in GUARDED:
        assert model.objects.exists(), model
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change.format(table=model._meta.db_table))
