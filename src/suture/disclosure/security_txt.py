"""`/.well-known/security.txt`: where to report, for people and for machines.

Source: RFC 9116 (standards.md §5): Contact at least once, Expires exactly once and less than a year ahead, web
addresses in https, an OpenPGP cleartext signature. It is written anew each day, so it never expires while Suture runs.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings

from suture.disclosure.keys import sign_clear
from suture.disclosure.queries import firm, policy_row, promises_on

VALID = timedelta(days=180)


def key_owner(on: date) -> str:
    """Whom the installation's OpenPGP key names."""
    name = "".join(c for c in firm().name if c not in "<>\n")
    return f"{name} product security <{promises_on(on).email}>"


def security_txt(on: date) -> str:
    """The file's text, unsigned; the same all day."""
    base, promised = settings.SUTURE.public_url.rstrip("/"), promises_on(on)
    expires = datetime.combine(on, time(), UTC) + VALID
    lines = [
        f"# {firm().name}: report weaknesses of our devices",
        f"Contact: {base}/security/report",
        *([f"Contact: mailto:{promised.email}"] if policy_row(on) else []),
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        f"Encryption: {base}/security/openpgp-key.asc",
        f"Preferred-Languages: {', '.join(promised.languages)}",
        f"Canonical: {base}/.well-known/security.txt",
        f"Policy: {base}/security/",
    ]
    if not base.startswith("https://"):
        lines.insert(1, "# Not for the internet yet: RFC 9116 asks for https addresses (SUTURE_PUBLIC_URL)")
    return "\n".join(lines) + "\n"


def signed_security_txt(on: date) -> str:
    """The file with its OpenPGP cleartext signature."""
    return sign_clear(security_txt(on), key_owner(on))
