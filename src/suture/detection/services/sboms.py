"""Take in an SBOM and answer at once: the one call of all doors."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from suture.accounts.models import Person
from suture.core.errors import InvalidValue
from suture.detection.models import Matched
from suture.detection.queries import coverage, findings_of
from suture.detection.services.matching import match_release
from suture.evidence.services import record
from suture.inventory.models import Release, SbomDocument
from suture.inventory.services import import_sbom

SHRUNK = 0.5  # an SBOM with less than half the components of the current one waits for a person's word


class SuspiciousSbom(InvalidValue):
    """An SBOM that would make half a device disappear. Import it again with `confirmed=True` if it is right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The answer to an SBOM. `says` comes first: a number of findings never stands without what it rests on."""

    document: SbomDocument
    new: bool  # False: these very bytes were the current SBOM already
    matched: Matched
    findings: int  # that stand, and that this person may see
    problems: list[dict[str, str]]  # of the document: where, what, mend
    says: str


def take_in_sbom(*, release: Release, data: bytes, file_name: str, by: Person, confirmed: bool = False) -> Taken:
    """Import an SBOM into a release and match it at once; all doors use this.

    Args:
        confirmed: a person says that an SBOM with less than half the components of the current one is right.

    Raises:
        SuspiciousSbom: it has less than half; nothing changed, the file is kept by its hash.
        FormatError: the document cannot be read at all.
    """
    with transaction.atomic():
        current = Release.objects.select_for_update(of=("self",)).select_related("sbom").get(pk=release.pk)
        before = current.sbom.components_read if current.sbom else 0
        document, new = import_sbom(release=release, data=data, file_name=file_name, by=by)
        suspicious = new and not confirmed and document.components_read < before * SHRUNK
        transaction.set_rollback(suspicious)
    if suspicious:
        raise _refusal(release, document, before, by)
    # A transaction of its own: an import never waits for another release's match. Cut off between the two, the
    # release is stale, and the next round matches it.
    matched = match_release(release.pk, by)
    release.refresh_from_db()
    findings = findings_of(release, by).count()
    seen = coverage(release)
    many = f"{findings} finding{'' if findings == 1 else 's'}; " if seen.verdict.assessed else ""
    return Taken(
        document=document, new=new, matched=matched, findings=findings, problems=document.problems,
        says=f"{release.label}: {many}{seen.says}",
    )  # fmt: skip


def _refusal(release: Release, document: SbomDocument, before: int, by: Person) -> SuspiciousSbom:
    """The file stays in the blob store by its hash; that it was refused goes on record."""
    with transaction.atomic():
        record(
            by=by, did="sbom.refused", to=release, because="less than half the components of the current SBOM",
            facts={
                "sha256": document.sha256, "file": document.file_name, "components": document.components_read,
                "current": before,
            },
        )  # fmt: skip
    return SuspiciousSbom(
        f"{document.file_name} lists {document.components_read} components, the current SBOM of {release.label} lists "
        f"{before}; nothing was changed. If the new one is right, confirm it; if not, look at how it was made "
        f"(the file is kept as {document.sha256[:12]}…)"
    )
