"""An SBOM that lost half of its release's components waits in quarantine until a person confirms or rejects it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from suture.accounts.models import Person
from suture.accounts.services import new_uid, require
from suture.core.errors import InvalidValue, NotAllowed, NotFound
from suture.core.quarantine import Extent, halved
from suture.evidence.clock import now
from suture.evidence.services import record
from suture.formats.sbom import read_sbom
from suture.inventory.blobs import keep_blob
from suture.inventory.models import Component, HeldSbom, Release, SbomDocument
from suture.inventory.services import make_current, stored_sbom

W = HeldSbom.Outcome


@dataclass(frozen=True, slots=True)
class Handed:
    """What came of handing in an SBOM. `held` is None where the document is the current one of its release."""

    document: SbomDocument
    new: bool  # False: these very bytes were the current SBOM already, or wait already
    held: HeldSbom | None


def hand_in(*, release: Release, data: bytes, file_name: str, by: Person, confirmed: bool = False) -> Handed:
    """Read an SBOM into a release; what lost half against the current one is stored and held, and changes nothing else.

    Args:
        confirmed: whoever hands it in has looked, and says that it is right although it lost so much.

    Raises:
        FormatError: the document cannot be read at all; nothing is kept but the answer.
    """
    sbom, problems = read_sbom(data)
    sha256 = keep_blob(data)
    with transaction.atomic():
        release = Release.objects.select_for_update(of=("self",)).select_related("product", "sbom").get(pk=release.pk)
        require(by, "sbom.import", release)
        document = stored_sbom(release, sbom, problems, sha256, file_name)
        if release.sbom_id == document.pk:
            return Handed(document, False, None)
        waiting = release.held_sboms.filter(outcome=W.WAITING).select_related("document", "against").first()
        current = release.sbom
        why = halved(_extent(current), _extent(document)) if current else ()
        if current is None or not why:
            _supersede(waiting, by)
            make_current(release, document, by)
            return Handed(document, True, None)
        if waiting is not None and waiting.document_id == document.pk and not confirmed:
            return Handed(document, False, waiting)
        if waiting is None or waiting.document_id != document.pk:
            _supersede(waiting, by)
            waiting = _hold(release, document, current, why, by)
        if confirmed:
            _confirm(waiting, release, by, "confirmed by whoever handed it in")
            return Handed(document, True, None)
    return Handed(document, True, waiting)


def confirm_sbom(*, held_uid: UUID | str, by: Person, because: str) -> HeldSbom:
    """Say that an SBOM in quarantine is right: it becomes the current one. Match the release afterwards.

    Raises:
        InvalidValue: no reason.
        NotAllowed: the person may not, or somebody decided already.
    """
    with transaction.atomic():
        held, release = _take(held_uid, by, because)
        _confirm(held, release, by, because)
    return held


def reject_sbom(*, held_uid: UUID | str, by: Person, because: str) -> HeldSbom:
    """Say that an SBOM in quarantine is wrong: the current one stays. The file is kept, and shown as rejected.

    Raises:
        InvalidValue: no reason.
        NotAllowed: the person may not, or somebody decided already.
    """
    with transaction.atomic():
        held, _ = _take(held_uid, by, because)
        _decide(held, W.REJECTED, by, because)
        record(by=by, did="sbom.rejected", to=held, because=because, facts=_facts(held))
    return held


def held_sboms() -> QuerySet[HeldSbom]:
    """Every SBOM that waits in quarantine, the longest waiting first."""
    rows = HeldSbom.objects.filter(outcome=W.WAITING)
    return rows.select_related("release__product", "document", "against", "held_by").order_by("held_at", "pk")


def waiting_for(release: Release) -> HeldSbom | None:
    """The SBOM of a release that waits in quarantine, if one does."""
    return held_sboms().filter(release=release).first()


@dataclass(frozen=True, slots=True)
class Loss:
    """What an SBOM in quarantine would take away and bring, by name and version; for whoever decides."""

    before: Extent
    after: Extent
    lost: tuple[str, ...]  # components of the current SBOM that it does not list
    new: tuple[str, ...]


def loss_of(held: HeldSbom) -> Loss:
    """Compare an SBOM in quarantine with the one it was held against."""
    before, after = (
        {f"{name} {version}".strip() for name, version in _components(document).values_list("name", "version")}
        for document in (held.against, held.document)
    )
    return Loss(
        _extent(held.against), _extent(held.document), tuple(sorted(before - after)), tuple(sorted(after - before))
    )


def _components(document: SbomDocument) -> QuerySet[Component]:
    return Component.objects.filter(sbom=document)


def _extent(document: SbomDocument) -> Extent:
    rows = _components(document)
    return Extent(document.components_read, rows.exclude(Q(purls=[]) & Q(cpes=[])).count())


def _hold(
    release: Release, document: SbomDocument, against: SbomDocument, why: tuple[str, ...], by: Person
) -> HeldSbom:
    held = HeldSbom.objects.create(
        uid=new_uid(), release=release, document=document, against=against, why=list(why), held_at=now(),
        held_by=by,
    )  # fmt: skip
    record(by=by, did="sbom.held", to=held, because="; ".join(why), facts=_facts(held))
    return held


def _take(held_uid: UUID | str, by: Person, because: str) -> tuple[HeldSbom, Release]:
    found = HeldSbom.objects.filter(uid=held_uid).values_list("release_id", flat=True).first()
    if found is None:
        raise NotFound("there is no such SBOM in quarantine")
    # the release first, as `hand_in` does, so that nobody waits for the other in a circle
    release = Release.objects.select_for_update(of=("self",)).select_related("product", "sbom").get(pk=found)
    held = HeldSbom.objects.select_related("document", "against", "release__product").get(uid=held_uid)
    require(by, "sbom.confirm", release)
    if held.outcome != W.WAITING:
        raise NotAllowed(f"{held.label}: somebody decided already ({held.get_outcome_display()}: {held.because})")
    if not because.strip():
        raise InvalidValue("say why; it goes on record with the decision")
    return held, release


def _confirm(held: HeldSbom, release: Release, by: Person, because: str) -> None:
    _decide(held, W.CONFIRMED, by, because)
    record(by=by, did="sbom.confirmed", to=held, because=because, facts=_facts(held))
    make_current(release, held.document, by)


def _supersede(waiting: HeldSbom | None, by: Person) -> None:
    if waiting is not None:
        _decide(waiting, W.SUPERSEDED, by, "another SBOM was handed in before anybody decided")
        record(by=by, did="sbom.superseded", to=waiting, because=waiting.because, facts=_facts(waiting))


def _decide(held: HeldSbom, outcome: HeldSbom.Outcome, by: Person, because: str) -> None:
    held.outcome, held.decided_at, held.decided_by, held.because = outcome, now(), by, because
    held.save(update_fields=["outcome", "decided_at", "decided_by", "because"])


def _facts(held: HeldSbom) -> dict[str, object]:
    return {
        "sha256": held.document.sha256, "file": held.document.file_name, "components": held.document.components_read,
        "current": held.against.sha256, "current_components": held.against.components_read, "why": held.why,
    }  # fmt: skip
