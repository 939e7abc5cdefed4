"""Northlake's ISAO membership: evidence for three of the four criteria; nobody put the fourth on record."""

from __future__ import annotations

from django.db import transaction

from suture.core.facts import Answer
from suture.core.isao import IsaoCriterion
from suture.demo.stage import Stage
from suture.sharing.models import IsaoMembership, VexPublication
from suture.sharing.services import publish_vex, record_criterion, register_membership

ISAO = "Lakehead Health ISAO"  # invented
PUBLISHED = ("Aria P2 4.2", "Aria P2 4.1", "Halide 11.4", "Boreal V20 2.1")


@transaction.atomic
def join_isao(stage: Stage) -> None:
    """A member for a year; that the ISAO's policies were reviewed is not on record, so that criterion is unknown."""
    if IsaoMembership.objects.filter(isao=ISAO).exists():
        return
    uid = register_membership(isao=ISAO, by=stage["owen"], contact="desk@lakehead-isao.example").uid
    criterion = IsaoCriterion
    for which, holds, since, until, evidence in (
        (criterion.MEMBER, Answer.YES, stage.ago(400), stage.ahead(130), "Membership agreement, invoice paid."),
        (criterion.SHARES, Answer.YES, stage.ago(300), None, "Submission log; SOP-PS-09 §3: every customer letter."),
        (criterion.TRACEABLE, Answer.YES, stage.ago(300), None, "SOP-PS-09 §5: from each item to the assessment."),
    ):  # fmt: skip
        record_criterion(
            membership_uid=uid, criterion=which, holds=holds, since=since, until=until, by=stage["owen"],
            evidence=evidence,
        )  # fmt: skip


def publish(stage: Stage) -> None:
    """VEX of four releases in both dialects, as the coordinator publishes them; unchanged ones stay as they are."""
    for name in PUBLISHED:
        for dialect in VexPublication.Dialect:
            publish_vex(
                release_uid=stage.release(name).uid, dialect=dialect, by=stage["owen"], because="Monthly publication."
            )
