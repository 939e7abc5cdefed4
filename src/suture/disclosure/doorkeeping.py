"""Keeping machines from flooding a form that needs no account: a puzzle or a wait, and a limit per address and in all.

No third party is asked and nothing is stored of a visitor but a keyed hash of the address, for a day.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction

from suture.core.errors import InvalidValue, NotAllowed
from suture.disclosure.models import Knock
from suture.evidence.clock import now

BITS = 16  # leading zero bits of SHA-256: about 65,000 tries, half a second in a browser
WAIT = 30  # seconds, for whoever has no script
LASTS = 12 * 3600  # seconds a form may stay open
PER_ADDRESS = 12  # an hour
IN_ALL = 240  # an hour
_SALT = "suture.disclosure.door"


def new_challenge() -> str:
    """A puzzle of this moment, signed by us."""
    return signing.dumps({"n": secrets.token_hex(16), "t": int(time.time())}, salt=_SALT)


def solves(challenge: str, answer: str, bits: int) -> bool:
    """Whether SHA-256 of 'challenge:answer' begins with that many zero bits."""
    digest = hashlib.sha256(f"{challenge}:{answer}".encode()).digest()
    return int.from_bytes(digest, "big") >> (256 - bits) == 0


def hashed_address(address: str) -> str:
    """An address as a keyed hash: it can be counted, and not read back."""
    return hmac.new(settings.SECRET_KEY.encode(), f"knock {address}".encode(), hashlib.sha256).hexdigest()


def knock(challenge: str, answer: str, address: str) -> None:
    """Let a request in, once for each challenge, in the caller's transaction.

    Raises:
        InvalidValue: the challenge is not ours or too old, neither solved nor waited for, or used already.
        NotAllowed: too many of late, from this address or in all.
    """
    try:
        read = signing.loads(challenge, salt=_SALT)
        nonce, age = str(read["n"]), time.time() - int(read["t"])
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        raise InvalidValue("this form was not ours; reload the page and send it again") from None
    if age > LASTS:
        raise InvalidValue("this form was open for too long; reload the page and send it again")
    if not solves(challenge, answer, BITS) and age < WAIT:
        raise InvalidValue(
            f"your browser solved no puzzle, so please wait: send it again in {max(1, int(WAIT - age))} seconds. "
            "Choose your files again"
        )
    since = now() - timedelta(hours=1)
    Knock.objects.filter(at__lt=now() - timedelta(days=1)).delete()
    mine = hashed_address(address)
    if Knock.objects.filter(at__gte=since, address=mine).count() >= PER_ADDRESS:
        raise NotAllowed("many reports came from your address within an hour; wait a while, or send us a mail")
    if Knock.objects.filter(at__gte=since).count() >= IN_ALL:
        raise NotAllowed("many reports came in within an hour; wait a while, or send us a mail")
    try:
        with transaction.atomic():
            Knock.objects.create(nonce=nonce, address=mine, at=now())
    except IntegrityError:
        raise InvalidValue("this form was sent already; follow the link you were given, or reload the page") from None
