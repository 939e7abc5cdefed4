"""The installation's keys of disclosure: files in SUTURE_HOME/keys, made once, never in the database.

Whoever restores a backup of the database alone can read no attachment; keep these files with the backup's key.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pyrage
import pysequoia
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings

from suture.core.errors import NotFound, SutureError

RECEIPTS, ATTACHMENTS, OPENPGP = "receipts-ed25519.pem", "attachments-age", "openpgp.asc"


def _kept(name: str, make: Callable[[], bytes]) -> bytes:
    """A key file's bytes; made by whoever asks first, and by nobody twice."""
    folder = Path(settings.SUTURE.home) / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / name
    if not path.exists():
        new = folder / f".{name}-{os.getpid()}-{os.urandom(4).hex()}"
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(new, path)  # fails where somebody else was first: then theirs is the key
        except FileExistsError:
            pass
        finally:
            new.unlink()
    return path.read_bytes()


# ---------------------------------------------------------------- receipts: Ed25519
def _receipt_key() -> Ed25519PrivateKey:
    def make() -> bytes:
        return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    key = load_pem_private_key(_kept(RECEIPTS, make), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise SutureError(f"keys/{RECEIPTS} holds another kind of key; put the right file back from the backup")
    return key


def sign_receipt(text: str) -> bytes:
    """The 64 bytes of an Ed25519 signature over the text's UTF-8 bytes (RFC 8032)."""
    return _receipt_key().sign(text.encode("utf-8"))


def receipt_public_key() -> bytes:
    """The public key as PEM (SubjectPublicKeyInfo), as openssl reads it."""
    return _receipt_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


# ---------------------------------------------------------------- attachments: age
def _identity() -> pyrage.x25519.Identity:
    def make() -> bytes:
        return str(pyrage.x25519.Identity.generate()).encode("ascii") + b"\n"

    return pyrage.x25519.Identity.from_str(_kept(ATTACHMENTS, make).decode("ascii").strip())


def encrypt(data: bytes) -> bytes:
    """Encrypt for the key of this installation (age, X25519)."""
    return bytes(pyrage.encrypt(data, [_identity().to_public()]))


def decrypt(data: bytes) -> bytes:
    """Decrypt what `encrypt` gave.

    Raises:
        NotFound: it was encrypted for another key; the sentence names the file to bring back.
    """
    try:
        return bytes(pyrage.decrypt(data, [_identity()]))
    except pyrage.DecryptError as error:
        raise NotFound(
            f"this file was encrypted for another key; bring keys/{ATTACHMENTS} back from the backup"
        ) from error


# ---------------------------------------------------------------- mail and security.txt: OpenPGP
def openpgp_key(user_id: str) -> pysequoia.Tsk:
    """The installation's OpenPGP key; `user_id` is written into it when it is made."""
    return pysequoia.Tsk.from_bytes(
        _kept(OPENPGP, lambda: str(pysequoia.Tsk.generate(user_id=user_id)).encode("ascii"))
    )


def openpgp_certificate(user_id: str) -> str:
    """The public part, ASCII-armored."""
    return str(openpgp_key(user_id).extract_certificate())


@lru_cache(maxsize=4)
def _signed(text: str, home: str, user_id: str) -> str:
    signer = openpgp_key(user_id).signer()
    return bytes(pysequoia.sign(signer, text.encode("utf-8"), mode=pysequoia.SignatureMode.CLEAR)).decode("utf-8")


def sign_clear(text: str, user_id: str) -> str:
    """The text with an OpenPGP cleartext signature (RFC 9580 §7); the same text is signed once per process."""
    return _signed(text, str(settings.SUTURE.home), user_id)
