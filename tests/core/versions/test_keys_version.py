"""No encoder changes unnoticed: another key for any version means another KEYS_VERSION, and feeds are read again."""

from __future__ import annotations

from hashlib import sha256

from suture.core.versions import KEYS_VERSION, SCHEMES, Unorderable, key

# Fixed for good: do not add to it (a new list goes beside it), or the hash says nothing about the past.
VERSIONS = """
0 1 1.0 1.0.0 1.2.3 01.02 1.2.3.4 1.10 10.0.14393.7159 20240115 2024-01-15 2024-01-15T12:00:00Z 1!2.0 1:2.0 2:1.0-1
1.0-1 1.0-r1 1.0_rc1 1.0_p2-r3 1.0a 1.0b2 1.0rc1 1.0-rc.1 1.0.0-alpha.1+b 1.0.dev1 1.0.post2 1.0+local.1 1.0~rc1
1.0^git2 1.0-SNAPSHOT 1.0.Final 1.0-sp1 1.0.pre.2 1.0-beta2-dev 6.1.x-dev 1.0p1 1.0.2k 1.0.2za 1.0.2k-fips 5.9p15
7.0_sp2 6.7u3 13.3-RELEASE-p6 15.2(3)e2 smr-apr-2023-r1 r9.2 v1.2 9.0.1-x64 5.6.6-stable 1.1.1 1.1.1k cci.20200203
1..2 1. .1 a1 - * 5.x 6670e1524477 1.18446744073709551616 191 192 255 256 65536
""".split()  # noqa: SIM905

SHA256 = "49a4374628ea4a75995b5cc26c094fd259c54480518e71db3e14d1ba766c10d8"


def test_a_changed_encoder_has_raised_the_keys_version() -> None:
    made = sha256()
    for scheme in sorted(SCHEMES):
        for version in VERSIONS:
            try:
                made.update(key(scheme, version) + b"|")
            except Unorderable:
                made.update(b"!|")
    assert (KEYS_VERSION, made.hexdigest()) == (2, SHA256), "raise KEYS_VERSION, and note both here"
