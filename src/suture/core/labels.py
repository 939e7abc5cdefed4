"""What a person's answer says of the match itself: right or wrong, whatever it means for the device."""

from __future__ import annotations

from enum import StrEnum

from suture.core.vex import Justification, VexStatus

J = Justification


class MatchLabel(StrEnum):
    """The verdict on a match: the component is the product and its version is concerned, or it is not so."""

    RIGHT = "true positive"
    WRONG = "false positive"


_RIGHT = frozenset({
    J.VULNERABLE_CODE_NOT_IN_EXECUTE_PATH, J.VULNERABLE_CODE_CANNOT_BE_CONTROLLED_BY_ADVERSARY,
    J.INLINE_MITIGATIONS_ALREADY_EXIST,
})  # fmt: skip


def label_of(status: str, justification: str) -> MatchLabel | None:
    """Read a label off an answer; None where the answer says nothing of the match.

    Affected: the match is right. Not affected because the code is never reached, cannot be controlled or is mitigated
    in the device: it is right too, for the vulnerable component is there. Component not present: it is wrong.
    *Vulnerable code not present* (compiled out, or a backport), *fixed* and an impact statement in words may mean
    either, so they are no label. Ours; CISA's justifications (June 2022) say what each word means.
    """
    if status == VexStatus.AFFECTED:
        return MatchLabel.RIGHT
    if status != VexStatus.NOT_AFFECTED or not justification:
        return None
    if justification == J.COMPONENT_NOT_PRESENT:
        return MatchLabel.WRONG
    return MatchLabel.RIGHT if justification in _RIGHT else None
