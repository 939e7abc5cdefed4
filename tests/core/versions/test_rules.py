"""The documented rules of each scheme, as chains: `<` and `=` between neighbours of one line."""

# ruff: noqa: E501  (a chain is one line)

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from suture.core.versions import SCHEMES, TooLong, Unorderable, key

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
    # Composer: composer/semver's own test suite and documentation
    ("composer", "1.0.0-dev = 1.0-dev < 1.0.0-alpha1 = 1.0a1 = 1.0.0.0-alpha.1 < 1.0-beta2 = 1.0b2 = 1.0.beta2 < 1.0-RC1 = 1.0rc1 < 1.0 = v1.0.0 = 1.0.0.0 = 1.0-stable = 1.0.0+build = 1.0@beta < 1.0-p1 = 1.0pl1 = 1.0-patch1 < 1.0.1"),
    ("composer", "1.0-beta2-dev < 1.0-beta2 < 1.0-beta10"),
    ("composer", "6.1.99 < 6.1.x-dev < 6.2-dev < 6.2 < 6.x-dev = 6.*-dev < 7-dev"),
    ("composer", "2023-12-31 < 2024-01-15 < 2024.01.15 = v2024.1.15 < 20240115"),
    # pub: what stands behind + counts
    ("pub", "1.0.0-pre < 1.0.0-pre+build < 1.0.0 = v1.0.0 = 1.0 < 1.0.0+1 < 1.0.0+2 < 1.0.0+10 < 1.0.0+build < 1.0.0+build.1 < 1.0.1"),
    # CRAN and Hackage: numbers only, and a longer version is above the one it continues
    ("cran", "0.9 < 0.75 < 1.8 < 1.8-0 = 1.8.0 < 1.8.0.1 < 1.10"),
    ("hackage", "0.11.3.0 < 1 < 1.0 < 1.0.0 < 1.1 < 2"),
    # OpenSSL: letters of patch releases count on behind z
    ("openssl", "0.9.8zh < 1.0.2-dev < 1.0.2-beta3 < 1.0.2 < 1.0.2a-dev < 1.0.2a < 1.0.2k = 1.0.2k-fips < 1.0.2y < 1.0.2z < 1.0.2za < 1.0.2zb < 1.1.1-pre9 < 1.1.1 < 1.1.1w < 3.0.0-alpha7-dev < 3.0.0-alpha7 < 3.0.0-beta1 < 3.0.0 < 3.0.13"),
    # Gentoo: Package Manager Specification, §3.3
    ("gentoo", "1_alpha < 1_alpha1 < 1_beta < 1_pre < 1_rc < 1 = 1-r0 < 1-r1 < 1_p = 1_p0 < 1_p1 < 1b < 1b_p1 < 1.0 < 1.0.0 < 1.01 < 1.010.1 < 1.05 < 1.1 < 1.9 < 1.10"),
    # Arch: vercmp(8), its own table
    ("alpm", "1.0a-1 < 1.0b-1 < 1.0beta-1 < 1.0p-1 < 1.0pre-1 < 1.0rc-1 < 1.0-1 < 1.0.a-1 < 1.0.1-1 < 1:0.5-1"),
    ("alpm", "1.5 < 1.5-1 < 1.5-1.1 < 1.5-2 < 1.5.1-1"),
    # Conan 2
    ("conan", "1.0.0- < 1-alpha.1 < 1.0-pre1 = 1.0.0-pre1.0 < 1 = 1.0 = 1.0.0 < 1+b1 = 1.0+b1.0 < 1+b2 < 1.0.1 < 1.1.1 < 1.1.1a < 1.1.1k < 1.1.2 < 1.1.a < 2 < cci.20200203 < cci.20210118"),
    # datetime: the instant
    ("datetime", "2024-01-01T12:00:00+02:00 < 2024-01-01T12:00:00Z = 2024-01-01t12:00:00.000z = 2024-01-01T07:00:00-05:00 < 2024-01-01T12:00:00.09Z < 2024-01-01T12:00:00.123Z < 2024-01-01T12:00:01Z"),
    ("lexicographic", "10 < 9 < A < Z < a < aa < b < \N{LATIN SMALL LETTER A WITH DIAERESIS} < \N{EURO SIGN}"),
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
    ("loose", "2001-06-16 = 16_jun_2001 = 2001jun16 = 16 June 2001 < 2001aug19_release_035 < 2002apr1"),
    ("loose", "10.0 smr-dec-2021-r1 < 10.0 smr-jan-2022-r1 < 10.0 smr-jan-2022-r2 < 11.0 smr-jan-2020-r1"),
    # loose: words that say nothing, in front, behind, at the end
    ("loose", "5.6.6 = 5.6.6-stable = 5.6.6 LTS = v5.6.6 = Version 5.6.6 = rel 5.6.6 = fw5.6.6 = FW 5.6.6 = software 5.6.6 = r5.6.6 < 5.6.7"),
    ("loose", "1.0.2k = 1.0.2k-fips = 1.0.2 k < 1.0.2l"),
    ("loose", "115.6.0 = 115.6.0esr = 115.6.0 ESR < 115.6.1"),
    ("loose", "9.0.1 = 9.0.1-x64 = 9.0.1_x86_64 = 9.0.1 (64-bit) = 9.0.1-win32 = 9.0.1 amd64 < 9.0.2"),
    ("loose", "xp sp1 = xp SP1 64-bit < xp sp2"),
    ("loose", "r5.1 < R6 = 6.0 < r10.04 < r901"),
    ("loose", "2.4 = 2.4.stable < 2.4.stable1 < 2.4_stable7 < 2.4.1 < 2.5.stable1"),
    # loose: words that mean the same
    ("loose", "7.0 sp2 = 7.0 Service Pack 2 = 7.0_service_pack_2 = 7 servicepack2 < 7.0 sp 2 hf 1 = 7.0 SP2 Hotfix 1 < 7.0 sp3"),
    ("loose", "5.4 sp2 < 5.4 sp2 hf1 < 5.4 sp3"),
    ("loose", "2013 cumulative_update_3 = 2013 CU3 < 2013 cu12"),
    ("loose", "7.5 fp1 = 7.5 Fix Pack 1 = 7.5_fixpack1 < 7.5 fp2"),
    ("loose", "5.9p1 = 5.9 patch 1 = 5.9pl1 = 5.9_patch_level_1 < 5.9.1"),
    ("loose", "6.7 < 6.7 U1 = 6.7 update 1 = 6.7 upd1 < 6.7 update 3a < 7.0"),
    ("loose", "8u191 = 8 Update 191 < 8u202 < 8.1"),
    ("loose", "2008 < 2008 R2 = 2008 Release 2 < 2008 r2 sp1"),
    # loose: test releases are before, and what a tilde begins
    ("loose", "2.6.0-test1 < 2.6.0-test11 < 2.6.0-rc1 < 2.6"),
    ("loose", "1.20 pre-release6 = 1.20 prerelease 6 < 1.20 rc1 < 1.20"),
    ("loose", "2.0~20230101 < 2.0-dev < 2.0~rc1 = 2.0-rc1 < 2.0"),
    ("loose", "21-ea = 21-ea+0 < 21-ea+5 < 21 < 21.0.1+12"),
    ("loose", "12.1 < 12.1ea1 < 12.1.1"),
    # loose: vendors' own
    ("loose", "10.0.14393 < 10.0.14393.693 < 10.0.14393.7159 < 10.0.17763.1 < 10.0.19041.1"),
    ("loose", "1607 < 1809 < 1909 < 2004"), ("loose", "20h2 < 21h1 < 21h2 < 22h2 < 23h2"),
    ("loose", "V16 < V17 < V17 Update 5 = v17 upd5 < V17 Update 6 < V17.0.1"),
    ("loose", "v200r001c00spc100 < v200r001c00spc600 < v200r001c01spc100 < v200r003c00 < v600r005c00"),
    ("loose", "6.8.8.3 < 9.1.0.4 = 9.1.0.4-0 < 9.1.0.4-1"),
    ("loose", "12.2(33)sxi < 12.2(33)sxi1 < 12.2(33)sxi7 < 12.2(33)sxj < 12.2(34)"),
    ("loose", "9.8(4) < 9.8(4)10 < 9.8(4)25 < 9.9(1)"),
    ("loose", "4.2.8 < 4.2.8p9 < 4.2.8p15 < 4.3.77"),
    ("loose", "1.2.2 update1 < 1.2.2 update11 < 1.2.3"),
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
    ("composer", "dev-master2"),  # a branch
    ("composer", "4.3-2RC1"),
    ("composer", "12345.6.7.8.9"),
    ("pub", "1.2.3.4"),
    ("cran", "1.0-2a"),
    ("hackage", "1.0-2"),
    ("openssl", "1.0k"),
    ("openssl", "3.0.13-1.el9"),
    ("gentoo", "1.0_foo"),
    ("gentoo", "1.0A"),
    ("alpm", "1.5.-1"),  # pacman has 1.5.1 < 1.5..a < 1.5. < 1.5.1
    ("alpm", "1.5-a"),
    ("conan", "1..0"),
    ("conan", "1.1*"),
    ("datetime", "2024-01-31"),  # a day is no instant
    ("datetime", "2024-01-31T12:00:00"),
    ("datetime", "2024-02-30T12:00:00Z"),
    ("datetime", "2016-12-31T23:59:60Z"),
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


def test_every_scheme_stands_on_its_page() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "versions.md").read_text("utf-8")
    assert [scheme for scheme in sorted(SCHEMES) if f"`{scheme}`" not in page] == []
