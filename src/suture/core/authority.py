"""What a rule is: statute, regulation, FDA guidance (non-binding), standard, or the firm's own policy."""

from __future__ import annotations

from enum import StrEnum


class Authority(StrEnum):
    """The kind of authority a rule or a clock rests on. Every rule Suture states says which."""

    STATUTE = "statute"
    REGULATION = "regulation"
    GUIDANCE = "guidance"
    STANDARD = "standard"
    POLICY = "policy"

    @property
    def label(self) -> str:
        """The kind as printed beside a rule; guidance says that it does not bind."""
        return {
            Authority.STATUTE: "statute",
            Authority.REGULATION: "regulation",
            Authority.GUIDANCE: "FDA guidance (non-binding)",
            Authority.STANDARD: "standard",
            Authority.POLICY: "the firm's policy",
        }[self]
