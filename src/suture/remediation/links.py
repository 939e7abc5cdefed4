"""The secret part of a hospital's link: signed with a key that lies outside the database."""

from __future__ import annotations

from uuid import UUID

from django.core.signing import BadSignature, Signer

from suture.core.errors import NotFound

_SALT = "suture.hospital.link"


def token_of(delivery: UUID) -> str:
    """The link's secret part for one copy of a notice."""
    return Signer(salt=_SALT).sign(str(delivery)).replace(":", "~")


def uid_behind(token: str) -> str:
    """The uid of the copy a link stands for.

    Raises:
        NotFound: the link is not one of ours.
    """
    try:
        return Signer(salt=_SALT).unsign(token.replace("~", ":"))
    except BadSignature:
        raise NotFound("this link is not one of ours; look for the whole of it in the notice") from None
