"""Which policy holds on a day."""

from __future__ import annotations

from datetime import date

from suture.accounts.queries import signatures_on
from suture.core.errors import NotFound
from suture.evidence.canonical import digest
from suture.policy.models import Installation, PolicyKind, PolicyVersion


def policy_in_force(kind: PolicyKind, on: date) -> PolicyVersion:
    """The approved version in force on a day.

    Raises:
        NotFound: none is approved yet; nothing can be decided under it.
    """
    found = (
        PolicyVersion.objects.filter(kind=kind, state=PolicyVersion.State.APPROVED, effective_from__lte=on)
        .order_by("-effective_from", "-version")
        .first()
    )
    if found is None:
        raise NotFound(
            f"no approved policy '{PolicyKind(kind).label}' is in force on {on:%d %b %Y}; propose and sign one first"
        )
    return found


def newest_policy(kind: PolicyKind) -> PolicyVersion | None:
    """The newest version, approved or not; for pages that show what waits for approval."""
    return PolicyVersion.objects.filter(kind=kind).order_by("-version").first()


def is_signed(policy: PolicyVersion) -> bool:
    """Whether a signature holds for exactly this content."""
    return signatures_on(PolicyVersion.record_kind, policy.uid, digest(policy.content())).exists()


def installation() -> Installation | None:
    """Whose installation this is; None before `suture demo` or the first set-up."""
    return Installation.objects.first()
