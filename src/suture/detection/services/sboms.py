"""Take in an SBOM and answer at once: the one call of all doors."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from suture.accounts.models import Person
from suture.detection.models import Matched
from suture.detection.queries import coverage, findings_of
from suture.detection.services.matching import match_release
from suture.inventory.models import HeldSbom, Release, SbomDocument
from suture.inventory.quarantine import confirm_sbom, hand_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The answer to an SBOM. `says` comes first: a number of findings never stands without what it rests on.

    With `held`, everything but `document` and `problems` speaks of the SBOM that is still the current one.
    """

    document: SbomDocument
    new: bool  # False: these very bytes were the current SBOM already, or wait in quarantine already
    matched: Matched
    findings: int  # that stand, and that this person may see
    problems: list[dict[str, str]]  # of the document: where, what, mend
    says: str
    held: HeldSbom | None = None  # it waits in quarantine; nothing was changed


def take_in_sbom(*, release: Release, data: bytes, file_name: str, by: Person, confirmed: bool = False) -> Taken:
    """Import an SBOM into a release and match it at once; all doors use this.

    An SBOM that lost half of the components of the current one, or of its identifiers, is held: stored and shown, not
    matched; no finding goes because of it until a person confirms it.

    Args:
        confirmed: whoever hands it in has looked, and says that it is right although it lost so much.

    Raises:
        FormatError: the document cannot be read at all.
    """
    handed = hand_in(release=release, data=data, file_name=file_name, by=by, confirmed=confirmed)
    return _answer(release, handed.document, handed.new, by, handed.held)


def take_in_held(*, held_uid: UUID | str, by: Person, because: str) -> Taken:
    """Confirm an SBOM in quarantine: it becomes the current one of its release and is matched at once.

    Raises:
        InvalidValue: no reason.
        NotAllowed: the person may not, or somebody decided already.
    """
    held = confirm_sbom(held_uid=held_uid, by=by, because=because)
    return _answer(held.release, held.document, True, by)


def _answer(release: Release, document: SbomDocument, new: bool, by: Person, held: HeldSbom | None = None) -> Taken:
    # A transaction of its own: an import never waits for another release's match. Cut off between the two, the
    # release is stale, and the next round matches it.
    matched = match_release(release.pk, by)
    release.refresh_from_db()
    findings = findings_of(release, by).count()
    seen = coverage(release)
    many = f"{findings} finding{'' if findings == 1 else 's'}; " if seen.verdict.assessed else ""
    says = f"{release.label}: {many}{seen.says}"
    if held is not None:
        says = (
            f"held in quarantine, nothing was changed: {'; '.join(held.why)}. A person confirms or rejects it. "
            f"Still, with the current SBOM: {says}"
        )
    return Taken(
        document=document, new=new, matched=matched, findings=findings, problems=document.problems, says=says,
        held=held,
    )  # fmt: skip
