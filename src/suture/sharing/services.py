"""Verbs of sharing: record what shows ISAO participation, log what the ISAO was given, publish a release's VEX."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from suture.accounts.models import Person, Tlp
from suture.accounts.services import new_uid, require
from suture.assessment.services import add_fact, take_case, touch
from suture.core.errors import InvalidValue, NotAllowed, NotFound
from suture.core.facts import Answer, FactKind, not_in_future
from suture.core.isao import CriterionEvidence, IsaoCriterion
from suture.core.vex import VexDocument
from suture.evidence.canonical import digest
from suture.evidence.clock import now, today
from suture.evidence.services import record
from suture.formats import cyclonedx_vex, openvex
from suture.inventory.blobs import keep_blob
from suture.inventory.models import Release
from suture.sharing.models import CriterionRecord, IsaoMembership, IsaoSubmission, VexPublication
from suture.sharing.queries import vex_document

_WRITE = {VexPublication.Dialect.OPENVEX: openvex.write, VexPublication.Dialect.CYCLONEDX: cyclonedx_vex.write}


def register_membership(*, isao: str, by: Person, contact: str = "") -> IsaoMembership:
    """Register an ISAO we relate to. Whether we participate actively is shown by its criteria, not by this.

    Raises:
        InvalidValue: no name, or one that is registered already.
    """
    with transaction.atomic():
        require(by, "isao.record")
        if not isao.strip() or IsaoMembership.objects.filter(isao__iexact=isao.strip()).exists():
            raise InvalidValue("name an ISAO that is not registered yet")
        row = IsaoMembership.objects.create(uid=new_uid(), isao=isao.strip(), contact=contact)
        record(by=by, did="isao.registered", to=row, facts={"isao": row.isao, "contact": contact})
    return row


def record_criterion(
    *, membership_uid: UUID | str, criterion: IsaoCriterion, holds: Answer, since: date, by: Person, evidence: str,
    until: date | None = None, attachment: bytes = b"", supersedes_uid: UUID | str | None = None, because: str = "",
) -> CriterionRecord:  # fmt: skip
    """Record that one of the four criteria was, or was not, met from one day until another, with what shows it.

    Args:
        until: the last day it holds; None: still. After it the criterion has lapsed until somebody records it anew.
        supersedes_uid: the record this one corrects; the old one stays.

    Raises:
        InvalidValue: no evidence, or it would end before it begins.

    Source: FDA 2016 §IX: keep objective evidence of all four.
    """
    if not evidence.strip():
        raise InvalidValue(f"say what shows that {criterion.says}")
    CriterionEvidence(criterion=criterion, holds=holds, since=since, until=until, evidence=evidence)
    blob = keep_blob(attachment) if attachment else ""
    with transaction.atomic():
        require(by, "isao.record")
        membership = IsaoMembership.objects.select_for_update().filter(uid=membership_uid).first()
        if membership is None:
            raise NotFound("there is no such membership")
        old = None
        if supersedes_uid is not None:
            old = membership.records.filter(uid=supersedes_uid, criterion=criterion, superseded_by=None).first()
            if old is None or not because.strip():
                raise InvalidValue("a correction names a standing record of the same criterion, and its reason")
        row = CriterionRecord.objects.create(
            uid=new_uid(), membership=membership, criterion=criterion, holds=holds, since=since, until=until,
            evidence=evidence, blob=blob, by=by, recorded_at=now(), supersedes=old,
        )  # fmt: skip
        record(
            by=by, did="isao.criterion_recorded", to=row, because=because,
            facts={
                "isao": membership.isao, "criterion": criterion, "holds": holds, "since": since, "until": until,
                "evidence": evidence, "blob": blob, "supersedes": old.uid if old else "",
            },
        )  # fmt: skip
    return row


def log_submission(
    *, case_uid: UUID | str, membership_uid: UUID | str, what: str, given_on: date, by: Person, communication: str = "",
    tlp: Tlp = Tlp.AMBER, receipt: str = "", attachment: bytes = b"", because: str = "",
) -> IsaoSubmission:  # fmt: skip
    """Log that an ISAO was given a communication about a case on a day; it becomes a dated fact of the case.

    Args:
        communication: the notice's number, as in the fact 'customers told'; '' counts for the only one there is.

    Raises:
        InvalidValue: nothing named, or a day in the future.
        NotAllowed: the case is TLP:RED, which is for named persons only, or the person may not.

    Source: FDA 2016 §VII.B, fourth condition.
    """
    if not what.strip():
        raise InvalidValue("say what the ISAO was given")
    blob = keep_blob(attachment) if attachment else ""
    with transaction.atomic():
        case = take_case(case_uid, by, "isao.record", closed_too=True)
        if case.tlp == Tlp.RED:
            raise NotAllowed(f"{case.number} is {Tlp.RED}: for named persons only, not for an ISAO")
        membership = IsaoMembership.objects.filter(uid=membership_uid).first()
        if membership is None:
            raise NotFound("there is no such membership")
        not_in_future(given_on, today(case.establishment.time_zone), "the day the ISAO was given it")
        row = IsaoSubmission.objects.create(
            uid=new_uid(), membership=membership, case=case, what=what, communication=communication, given_on=given_on,
            tlp=tlp, receipt=receipt, blob=blob, by=by, recorded_at=now(),
        )  # fmt: skip
        add_fact(
            case, FactKind.ISAO_GIVEN_COMMUNICATION, given_on, by, blob=blob, because=because,
            detail={"isao": membership.isao, "communication": communication},
            evidence=f"{what}; {'receipt ' + receipt if receipt else 'no receipt'}",
        )  # fmt: skip
        touch(case)
        record(
            by=by, did="isao.submission_logged", to=row, because=because,
            facts={"what": what, "given_on": given_on, "tlp": tlp, "receipt": receipt, "case": case.number},
        )  # fmt: skip
    return row


def publish_vex(
    *, release_uid: UUID | str, dialect: VexPublication.Dialect, by: Person, because: str = ""
) -> tuple[VexPublication, bool]:
    """Write a release's VEX for outside in one dialect, keep its bytes by their SHA-256, and give it the next version.

    Whatever is embargoed stays out. Where nothing changed since the last version, that one is given.

    Returns:
        the publication, and whether it is new.

    Raises:
        InvalidValue: there is nothing to state yet.
    """
    with transaction.atomic():
        release = (
            Release.objects.select_for_update(of=("self",))
            .select_related("product__establishment")
            .filter(uid=release_uid)
            .first()
        )
        if release is None:
            raise NotFound("there is no such record")
        require(by, "vex.publish", release)
        last = release.vex_documents.filter(dialect=dialect).aggregate(last=Max("version"))["last"] or 0
        document = vex_document(release, None, version=last + 1, issued=now())
        if not document.statements:
            raise InvalidValue(f"there is nothing to state about {release.label} yet: no answer, and no finding")
        basis = digest({"statements": document.statements})
        known = release.vex_documents.filter(dialect=dialect, version=last, basis=basis).first()
        if known is not None:
            return known, False
        data = vex_bytes(document, dialect)
        row = VexPublication.objects.create(
            uid=new_uid(), release=release, dialect=dialect, version=document.version, document_id=document.id,
            sha256=keep_blob(data), statements=len(document.statements), basis=basis, issued_at=now(), by=by,
            counts=dict(Counter(s.status.value for s in document.statements)),
        )  # fmt: skip
        record(by=by, did="vex.published", to=row, because=because, facts=row.facts())
    return row, True


def vex_bytes(document: VexDocument, dialect: VexPublication.Dialect) -> bytes:
    """A VEX document as the bytes of a file: JSON, UTF-8, sorted, so that the same statements give the same bytes."""
    return json.dumps(_WRITE[dialect](document), ensure_ascii=False, indent=2).encode("utf-8") + b"\n"
