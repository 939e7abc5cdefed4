"""The documented rules of each scheme, as chains: `<` and `=` between neighbours of one line."""

# ruff: noqa: E501  (a chain is one line)

from __future__ import annotations

import itertools
import re

import pytest

from suture.core.versions import TooLong, Unorderable, key

# Each line is one rule of docs/reference/versions.md.
CHAINS = [
    # SemVer 2.0.0, §11, its own example
    ("semver", "1.0.0-alpha < 1.0.0-alpha.1 < 1.0.0-alpha.beta < 1.0.0-beta < 1.0.0-beta.2 < 1.0.0-beta.11 < 1.0.0-rc.1 < 1.0.0"),
    ("semver", "1.0.0+a = 1.0.0+b = 1.0.0 = v1.0.0 = 1 < 1.0.1"),
    ("npm", "=1.2.3 = v1.2.3 = 1.2.3 > 1.2.3beta"),
    ("golang", "v1.2.3 = 1.2.3 = v1.2.3+incompatible < v2.0.0"),
    ("golang", "v0.0.0-20190101000000-abcdefabcdef < v0.0.0-20200101000000-abcdefabcdef < v0.0.0 < v0.0.1-0.20210101000000-abcdefabcdef < v0.0.1"),
    ("golang", "go1.21rc2 < go1.21.0 = 1.21 < go1.21.1"),
    # NuGet: a fourth number, no regard to case
    ("nuget", "1.0-BETA = 1.0.0.0-beta < 1.0 = 1.0.0.0 < 1.0.0.1"),
    # PEP 440, "Summary of permitted suffixes and relative ordering"
    ("pypi", "1.dev0 < 1.0.dev456 < 1.0a1 < 1.0a2.dev456 < 1.0a12.dev456 < 1.0a12 < 1.0b1.dev456 < 1.0b2 < 1.0b2.post345.dev456 < 1.0b2.post345 < 1.0rc1.dev456 < 1.0rc1 < 1.0 < 1.0+abc.5 < 1.0+abc.7 < 1.0+5 < 1.0.post456.dev34 < 1.0.post456 < 1.0.15 < 1.1.dev1"),
    ("pypi", "1.0 = 1 = v1.0.0 < 1!0.1"),
    # deb-version(7)
    ("deb", "1.0~~ < 1.0~~a < 1.0~ < 1.0 = 0:1.0-0 < 1.0a < 1.0+b < 1.0.1 < 1:0.1"),
    ("deb", "3.0.11-1~deb12u1 < 3.0.11-1~deb12u2 < 3.0.11-1 < 3.0.11-1+b1"),
    # rpm-version(7)
    ("rpm", "1.0~rc1 < 1.0 < 1.0^git1 < 1.0a < 1.0.1 < 1:0.5"),
    ("rpm", "1.0 < 1.0-1 < 1.0-1.el9 < 1.0-2"),
    ("rpm", "1.0.0 = 1_0+0 = 01.00.0 > 1.0"),
    # Maven, "Version Order Specification"
    ("maven", "1-alpha < 1-beta < 1-milestone < 1-rc = 1-cr < 1-snapshot < 1 = 1.0 = 1-ga = 1.final < 1-sp < 1-abc < 1-1 < 1.1"),
    ("maven", "1-a1 = 1-alpha-1 < 1-b1 = 1-beta-1 < 1-m1 = 1-milestone-1"),
    # Gem::Version
    ("gem", "1.0.a < 1.0.a.2 < 1.0.b1 < 1.0 = 1 = 1.0.0 < 1.0.1 < 1.10"),
    # apk-tools
    ("alpine", "1.0_alpha < 1.0_beta2 < 1.0_pre < 1.0_rc1 < 1.0 < 1.0-r0 < 1.0-r1 < 1.0_git20240101 < 1.0_p1 < 1.0a < 1.0.1"),
    ("alpine", "6.6.2_p2 < 6.6.2p1 < 6.6.2p2"),
    # loose: zeros, separators, leading zeros
    ("loose", "1 = 1.0 = 1.0.0 = v1.0 = version 1 = 1-0 = 1_0 < 1.0.1 = 1.0-1 < 1.5 = 1.05"),
    # loose: pre-release words by name, in this order
    ("loose", "2.0-dev = 2.0-SNAPSHOT < 2.0-alpha < 2.0-alpha1 = 2.0a1 < 2.0-beta < 2.0b2 < 2.0.0.M1 = 2.0-milestone1 = 2-m1 < 2.0-pre1 < 2.0rc1 = 2.0-cr1 < 2.0 = 2.0.Final = 2.0.RELEASE = 2.0-ga"),
    ("loose", "8 beta < 8 release candidate 1 < 8 < 8.0.0.1"),
    # loose: letter releases in full, never cut to their first letter
    ("loose", "1.0.2 < 1.0.2a < 1.0.2k < 1.0.2y < 1.0.2z < 1.0.2za < 1.0.2zb < 1.0.2.0.1 < 1.0.2.1"),
    ("loose", "10.5.0.3 < 10.5.0.3 a < 10.5.0.3 b < 10.5.0.4"),
    # loose: patches, service packs, updates
    ("loose", "5.9 < 5.9p1 < 5.9p2 < 5.9p15 < 5.9.1"),
    ("loose", "7 < 7 sp1 = 7.0 sp1 = 7.0.0-sp1 < 7 sp2 < 7.0.1 < 7.1"),
    ("loose", "1.7.0 < 1.7.0 update 9 < 1.7.0 update 45 = 1.7.0_update45 < 1.7.1"),
    ("loose", "2008 < 2008 r2 < 2008 r2 sp1 < 2012"),
    ("loose", "13.3-RELEASE = 13.3 < 13.3-RELEASE-p6 < 13.3-RELEASE-p10 < 13.4"),
    # loose: vendors' trains
    ("loose", "15.2(3) < 15.2(3)e < 15.2(3)e1 < 15.2(3)e2 < 15.2(4)"),
    ("loose", "15.2(2) < 15.2(2)ea1 < 15.2(2)ea2 < 15.2(3) = 15.2\\(3\\)"),
    ("loose", "12.4(24)m < 12.4(24)m3 < 12.4(25)"),
    ("loose", "17.3 < 17.3r1 < 17.3r1-s2 < 17.3r2 < 17.4"),
    ("loose", "7.4.3 = 7.4.3.0 < 7.4.3.0.1 < 7.4.3.1"),
    # loose: builds and dates
    ("loose", "1.0 < 1.0 (build 7) < 1.0 (build 12) < 1.0.1"),
    ("loose", "20231231 < 20240101 < 20240115a"),
    ("loose", "2023-12-31 < 2024-01-01 = 2024.1.1"),
    ("loose", "smr-aug-2022-r1 < smr-apr-2023-r1 < SMR Apr-2023 Release 2 < smr-may-2023-r1"),
    # loose: an epoch is above every version of a smaller one
    ("loose", "9.9 = 0:9.9 < 1:1.0 < 1:9.9 < 2:0.1"),
    # numbers of any size
    ("loose", "1.18446744073709551615 < 1.18446744073709551616 < 1." + "9" * 100),
    ("semver", "1.191.0 < 1.192.0 < 1.255.0 < 1.256.0 < 1.65535.0 < 1.65536.0"),
]  # fmt: skip


@pytest.mark.parametrize(("scheme", "chain"), CHAINS)
def test_rule(scheme: str, chain: str) -> None:
    words = re.split(r" ([<=>]) ", chain)
    versions, relations = words[::2], words[1::2]
    for (left, right), relation in zip(itertools.pairwise(versions), relations, strict=True):
        a, b = key(scheme, left), key(scheme, right)
        assert ("<" if a < b else ">" if a > b else "=") == relation, f"{left} {relation} {right}"


REFUSED = [
    ("semver", "1.4.10.8"),  # four numbers are not SemVer, though npm's loose mode reads 1.4.1-0.8
    ("npm", "7.3.0.10"),
    ("semver", "1.0 (build 7)"),
    ("maven", "1.0 (build 7)"),
    ("deb", "a1.0"),
    ("deb", "1.0-"),
    ("pypi", "0.1-bulbasaur"),
    ("alpine", "1.0_foo"),
    ("alpine", "1-r-1"),
    ("gem", "1..2"),
    ("nuget", "1.2.3.4.5"),
    ("rpm", "1.0 2"),
    ("loose", "1da177e4c3f41524e886b7f1b8a0c1fc7321cac2"),  # commits have no order
    ("loose", "dfec15222529"),
    ("loose", "6670e1524477"),
    ("loose", "commit_44bd04"),
    ("loose", "bae6e219e1ed8e8164382c4f05db847386c5f2908fb2fa453066aed4531310b4"),
    ("loose", "OpenBSD 6.9"),  # a name in front
    ("loose", "Java SE: 8u192"),
    ("loose", "1.0\N{EN DASH}1.5"),
]


@pytest.mark.parametrize(("scheme", "text"), REFUSED)
def test_refused(scheme: str, text: str) -> None:
    with pytest.raises(Unorderable) as error:
        key(scheme, text)
    assert not isinstance(error.value, TooLong)
