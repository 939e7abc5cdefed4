"""Both sides meet: what an SBOM calls a package and what an advisory calls it give one identical `Package`."""

from __future__ import annotations

import pytest

from suture.core.components import Component, Package, PackageKind
from suture.core.distro_words import why_looked_up
from suture.core.distros import context_of
from suture.core.identity import (
    CPE_SET_ASIDE,
    DISTRO_UNKNOWN,
    ECOSYSTEMS,
    NO_IDENTIFIER,
    UNKNOWN_TYPE,
    identify,
    identities,
    package_of_cpe,
    package_of_ecosystem,
    package_of_purl,
    package_of_words,
)
from suture.core.versions import SCHEMES


def component(*purls: str, cpes: tuple[str, ...] = (), version: str = "") -> Component:
    return Component(ref="c", name="x", version=version, purls=purls, cpes=cpes)


@pytest.mark.parametrize(
    ("purl", "ecosystem", "name", "package", "scheme"),
    [
        ("pkg:npm/lodash@4.17.21", "npm", "lodash", "npm/lodash", "npm"),
        ("pkg:npm/%40Angular/Core@12.3.1", "npm", "@angular/core", "npm/@angular/core", "npm"),
        ("pkg:pypi/Zope.Interface_x@5", "PyPI", "zope-interface-x", "pypi/zope-interface-x", "pypi"),  # PEP 503
        # the type knows no namespace, yet one that is written is no one else's package
        ("pkg:pypi/host-com/owner/it@1.0", "PyPI", "host.com/owner/it", "pypi/host-com/owner/it", "pypi"),
        ("pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1", "Maven", "org.apache.logging.log4j:log4j-core",
         "maven/org.apache.logging.log4j:log4j-core", "maven"),
        ("pkg:golang/github.com/Masterminds/goutils@v1.1.0", "Go", "github.com/Masterminds/goutils",
         "golang/github.com/masterminds/goutils", "golang"),
        ("pkg:golang/std@go1.20.1", "Go", "stdlib", "golang/stdlib", "golang"),
        ("pkg:cargo/openssl-src@111", "crates.io", "openssl-src", "cargo/openssl-src", "cargo"),
        ("pkg:hex/Phoenix@1.7", "Hex", "phoenix", "hex/phoenix", "hex"),
        ("pkg:gem/RedCloth@4.2.9", "RubyGems", "RedCloth", "gem/RedCloth", "gem"),
        ("pkg:nuget/Newtonsoft.Json@12.0.1", "NuGet", "newtonsoft.json", "nuget/newtonsoft.json", "nuget"),
        ("pkg:composer/Symfony/Http-Kernel@5", "Packagist", "symfony/http-kernel",
         "composer/symfony/http-kernel", "composer"),
        ("pkg:bitnami/ActiveMQ@5.15.12", "Bitnami", "activemq", "bitnami/activemq", "semver"),
        ("pkg:cran/commonmark@1.7", "CRAN", "commonmark", "cran/commonmark", "cran"),
        ("pkg:generic/openssl@3.0.13", "OSS-Fuzz", "openssl", "generic/openssl", "loose"),
        ("pkg:rpm/almalinux/zlib@1.2.11?distro=almalinux-8.6", "AlmaLinux:8", "zlib", "rpm/almalinux:8/zlib", "rpm"),
        ("pkg:rpm/rocky-linux/gzip@1.12?distro=rocky-9", "Rocky Linux:9", "gzip", "rpm/rocky:9/gzip", "rpm"),
        ("pkg:rpm/rocky/gzip@1.12?distro=rocky-linux-9-0-legacy", "Rocky Linux:9", "gzip", "rpm/rocky:9/gzip", "rpm"),
        ("pkg:rpm/redhat/CharLS@2.0.0-8.el9ai?distro=rhel-9.4", "Red Hat:enterprise_linux:9::appstream", "CharLS",
         "rpm/redhat:9/CharLS", "rpm"),
        ("pkg:apk/alpine/busybox@1.36.1-r0?distro=alpine-3.18.4", "Alpine:v3.18", "busybox",
         "apk/alpine:3.18/busybox", "alpine"),
        ("pkg:apk/alpine/zlib@1.2.12-r3?distro=3.16.2", "Alpine:v3.16", "zlib", "apk/alpine:3.16/zlib", "alpine"),
        ("pkg:alpine/busybox@1.34.1-r7?distro=alpine-3.15.6", "Alpine:v3.15", "busybox",
         "apk/alpine:3.15/busybox", "alpine"),  # the type's name before it was called apk
        ("pkg:apk/alpine/zlib@1.3.1-r2?distro=alpine-edge", "Alpine:edge", "zlib", "apk/alpine:edge/zlib", "alpine"),
        ("pkg:apk/alpine/zlib@1.3.1-r2?distro=alpine-3.21.0_alpha20240923", "Alpine:edge", "zlib",
         "apk/alpine:edge/zlib", "alpine"),  # os-release of the rolling branch names the release to come
        ("pkg:apk/wolfi/bash@5.2-r1", "Wolfi", "bash", "apk/wolfi/bash", "alpine"),
        ("pkg:deb/debian/curl@7.50.3-1?distro=jessie", "Debian:8", "curl", "deb/debian:8/curl", "deb"),
        ("pkg:deb/debian/libgd3@2.3.0-2?distro=debian-11.6", "Debian:11", "libgd3", "deb/debian:11/libgd3", "deb"),
        ("pkg:deb/ubuntu/mount@2.34?distro=ubuntu-20.04", "Ubuntu:20.04:LTS", "mount", "deb/ubuntu:20.04/mount", "deb"),
    ],
)  # fmt: skip
def test_both_sides_meet(purl: str, ecosystem: str, name: str, package: str, scheme: str) -> None:
    expected = Package(PackageKind.PURL, scheme, package)
    assert package_of_purl(purl) == expected
    assert package_of_ecosystem(ecosystem, name) == expected


def test_every_scheme_is_one_that_can_be_ordered() -> None:
    assert {ecosystem.scheme for ecosystem in ECOSYSTEMS.values()} <= SCHEMES


@pytest.mark.parametrize(
    ("ecosystem", "name"),
    [("", "x"), ("npm", ""), ("Debian", "curl"), ("Ubuntu:Pro:18.04:LTS", "curl"),
     ("Red Hat:rhel_eus:8.4::baseos", "curl"), ("Temple OS:1", "x"), ("Alpine", "x")],
)  # fmt: skip
def test_an_ecosystem_we_cannot_place_is_none_not_a_guess(ecosystem: str, name: str) -> None:
    assert package_of_ecosystem(ecosystem, name) is None


@pytest.mark.parametrize(
    ("purl", "name"),
    [
        ("pkg:deb/ubuntu/dash@0.5.8-2.10?arch=amd64", "deb/ubuntu:?/dash"),  # no release anywhere
        ("pkg:rpm/centos/bash@4.1.2-48?arch=x86_64", "rpm/centos:?/bash"),
        ("pkg:rpm/redhat/bash@5.1?distro=templeos-1", "rpm/redhat:?/bash"),  # a distribution we do not know
        ("pkg:deb/debian/bash@5.1?distro=ubuntu-20.04", "deb/debian:?/bash"),  # two that contradict each other
        ("pkg:rpm/debian/bash@5.1?distro=debian-11", "rpm/debian:?/bash"),  # no such packages there
        ("pkg:rpm/openssl@3.0", "rpm/?:?/openssl"),
    ],
)
def test_a_package_of_an_unknown_distribution_matches_nothing_and_says_so(purl: str, name: str) -> None:
    found = identify(component(purl, cpes=("cpe:2.3:a:gnu:bash:5.1:*:*:*:*:*:*:*",)))
    assert [identity.package.name for identity in found.identities] == [name]
    assert any(reason.startswith(DISTRO_UNKNOWN) for reason in found.reasons)


@pytest.mark.parametrize(
    ("purl", "place"),
    [
        ("pkg:rpm/redhat/jenkins@2.426.3-3.el8?arch=src", "redhat:8"),
        ("pkg:rpm/fedora/tar@1.34-3.fc36", "fedora:36"),
        ("pkg:rpm/amzn/curl@7.79.1-1.amzn2.0.1", "amazon:2"),
        ("pkg:deb/debian/libbsd0@0.9.1-2%2Bdeb10u1?arch=amd64", "debian:10"),
        ("pkg:rpm/redhat/nodejs@16.20.2-2.module%2Bel8.8.0%2B19857%2B6d2a104d?epoch=1", "redhat:8"),
        ("pkg:rpm/almalinux/perl@5.26.3-416.module_el8.5.0%2B2608%2B7ebcd8b6", "almalinux:8"),
    ],
)
def test_the_release_stamped_into_a_version_names_the_distribution(purl: str, place: str) -> None:
    found = package_of_purl(purl)
    assert found is not None
    assert found.name.split("/")[1] == place


def test_a_distribution_package_never_meets_upstream_ranges() -> None:
    """Its fixes are backported: the CPE beside it is set aside, and that is said."""
    both = component(
        "pkg:rpm/almalinux/openssl@1.1.1k-4.el8?distro=almalinux-8&epoch=1",
        cpes=("cpe:2.3:a:openssl:openssl:1.1.1k:*:*:*:*:*:*:*",),
    )
    found = identify(both)
    assert [(identity.package.name, identity.version) for identity in found.identities] == [
        ("rpm/almalinux:8/openssl", "1:1.1.1k-4.el8")
    ]
    assert [reason.partition(": a ")[0] for reason in found.reasons] == ["CPE set aside"]
    assert found.reasons[0].startswith(CPE_SET_ASIDE)


@pytest.mark.parametrize(
    ("purl", "names"),
    [
        ("pkg:deb/debian/libssl1.1@1.1.1n-0?distro=debian-11&upstream=openssl%401.1.1n",
         [("deb/debian:11/libssl1.1", "1.1.1n-0"), ("deb/debian:11/openssl", "1.1.1n")]),
        ("pkg:apk/alpine/libcrypto3@3.1.3-r0?distro=alpine-3.18.4&upstream=openssl",
         [("apk/alpine:3.18/libcrypto3", "3.1.3-r0"), ("apk/alpine:3.18/openssl", "3.1.3-r0")]),
        ("pkg:rpm/redhat/openssl-libs@1.1.1k-4.el8?distro=rhel-8.6&epoch=1&upstream=openssl-1.1.1k-4.el8.src.rpm",
         [("rpm/redhat:8/openssl-libs", "1:1.1.1k-4.el8"), ("rpm/redhat:8/openssl", "1:1.1.1k-4.el8")]),
        ("pkg:rpm/redhat/java-1.8.0-openjdk-headless@1.8.0.1-1.el8?upstream=java-1.8.0-openjdk-1.8.0.1-1.el8.src.rpm",
         [("rpm/redhat:8/java-1.8.0-openjdk-headless", "1.8.0.1-1.el8"),
          ("rpm/redhat:8/java-1.8.0-openjdk", "1.8.0.1-1.el8")]),
        ("pkg:rpm/redhat/bash@4.4-1.el8?upstream=bash-4.4-1.el8.src.rpm", [("rpm/redhat:8/bash", "4.4-1.el8")]),
    ],
)  # fmt: skip
def test_a_source_package_named_as_upstream_is_looked_up_too(purl: str, names: list[tuple[str, str]]) -> None:
    """Debian, Alpine and Red Hat publish by source package."""
    found = identities(component(purl))
    assert [(identity.package.name, identity.version) for identity in found] == names


def test_centos_is_judged_by_the_data_of_red_hat() -> None:
    """It is rebuilt from Red Hat's sources and publishes no data; AlmaLinux and Rocky publish their own."""
    found = identities(component("pkg:rpm/centos/bash@4.4.19-14.el8?distro=centos-8"))
    assert [identity.package.name for identity in found] == ["rpm/redhat:8/bash"]


@pytest.mark.parametrize(
    ("purl", "names"),
    [  # a table, made from errata and published SBOMs, where the SBOM does not tell
        ("pkg:rpm/redhat/openssl-libs@1.1.1k-4.el8?epoch=1",
         [("rpm/redhat:8/openssl-libs", "1:1.1.1k-4.el8"), ("rpm/redhat:8/openssl", "1:1.1.1k-4.el8")]),
        ("pkg:rpm/rocky/vim-minimal@8.0.1763-16.el8_5.4?epoch=2",
         [("rpm/rocky:8/vim-minimal", "2:8.0.1763-16.el8_5.4"), ("rpm/rocky:8/vim", "2:8.0.1763-16.el8_5.4")]),
        ("pkg:rpm/centos/nss-softokn-freebl@3.44.0-8.el7_7",  # of nss-softokn in 7, of nss in 8
         [("rpm/redhat:7/nss-softokn-freebl", "3.44.0-8.el7_7"), ("rpm/redhat:7/nss-softokn", "3.44.0-8.el7_7")]),
        ("pkg:rpm/redhat/nss-softokn-freebl@3.67.0-7.el8_5",
         [("rpm/redhat:8/nss-softokn-freebl", "3.67.0-7.el8_5"), ("rpm/redhat:8/nss", "3.67.0-7.el8_5")]),
        ("pkg:apk/alpine/libssl3@3.1.3-r0?distro=alpine-3.18",
         [("apk/alpine:3.18/libssl3", "3.1.3-r0"), ("apk/alpine:3.18/openssl", "3.1.3-r0")]),
        ("pkg:rpm/fedora/openssl-libs@3.0.5-2.fc36", [("rpm/fedora:36/openssl-libs", "3.0.5-2.fc36")]),
    ],
)  # fmt: skip
def test_the_source_package_is_known_where_the_sbom_does_not_tell(purl: str, names: list[tuple[str, str]]) -> None:
    found = identities(component(purl))
    assert [(identity.package.name, identity.version) for identity in found] == names


@pytest.mark.parametrize(
    ("purl", "told", "names"),
    [  # as Trivy writes it: not in the URL, but beside it
        ("pkg:rpm/centos/openssl-libs@1.0.2k-16.el7?epoch=1&distro=centos-7.6.1810", "openssl 1:1.0.2k-16.el7",
         [("rpm/redhat:7/openssl-libs", "1:1.0.2k-16.el7"), ("rpm/redhat:7/openssl", "1:1.0.2k-16.el7")]),
        ("pkg:deb/debian/libidn2-0@2.0.5-1?distro=debian-10.2", "libidn2 2.0.5-1",
         [("deb/debian:10/libidn2-0", "2.0.5-1"), ("deb/debian:10/libidn2", "2.0.5-1")]),
        ("pkg:deb/debian/libidn2-0@2.0.5-1?distro=debian-10.2&upstream=libidn2", "other 1",
         [("deb/debian:10/libidn2-0", "2.0.5-1"), ("deb/debian:10/libidn2", "2.0.5-1")]),  # the URL goes first
        ("pkg:deb/debian/bash@5.0-4?distro=debian-10.2", "bash 5.0-4", [("deb/debian:10/bash", "5.0-4")]),
        ("pkg:npm/lodash@4", "nonsense 1", [("npm/lodash", "4")]),
    ],
)  # fmt: skip
def test_the_source_package_may_stand_beside_the_url(purl: str, told: str, names: list[tuple[str, str]]) -> None:
    found = identities(Component(ref="c", name="x", purls=(purl,), source=told))
    assert [(identity.package.name, identity.version) for identity in found] == names


def test_of_alpine_whose_release_nobody_tells_counts_what_holds_for_every_release() -> None:
    """And it stays 'distro unknown': what one release alone says is not looked at."""
    found = identify(component("pkg:apk/alpine/libssl1.1@1.1.1i-r0"))
    assert [identity.package.name for identity in found.identities] == [
        "apk/alpine:*/libssl1.1",
        "apk/alpine:*/openssl",
    ]
    assert found.reasons[0].startswith(DISTRO_UNKNOWN)


NODE = "nodejs@16.20.2-2.module%2Bel8.8.0%2B19857%2B6d2a104d"


@pytest.mark.parametrize(
    ("purls", "names"),
    [
        # The label of the SBOM names stream and build, as Trivy and as Syft write it
        ([f"pkg:rpm/redhat/{NODE}?epoch=1&modularitylabel=nodejs:16:8080020230906091400:63b34585"],
         [("rpm/redhat:8/nodejs:16", "8080020230906091400.63b34585"),
          ("rpm/redhat:8/nodejs:16/nodejs", "1:16.20.2-2.module+el8.8.0+19857+6d2a104d")]),
        ([f"pkg:rpm/redhat/{NODE}?epoch=1&rpmmod=nodejs:16:8080020230906091400:63b34585"],
         [("rpm/redhat:8/nodejs:16", "8080020230906091400.63b34585"),
          ("rpm/redhat:8/nodejs:16/nodejs", "1:16.20.2-2.module+el8.8.0+19857+6d2a104d")]),
        # Without a label: the stream is the version's beginning, the build at least its platform's first
        ([f"pkg:rpm/redhat/{NODE}"],
         [("rpm/redhat:8/nodejs:16", "8080000000000000000"),
          ("rpm/redhat:8/nodejs:16/nodejs", "16.20.2-2.module+el8.8.0+19857+6d2a104d")]),
        # Another package of the same build is of the same stream; of the same release, of the same source
        (["pkg:rpm/redhat/nodejs-docs@16.20.2-2.module%2Bel8.8.0%2B19857%2B6d2a104d", f"pkg:rpm/redhat/{NODE}"],
         [("rpm/redhat:8/nodejs:16", "8080000000000000000"),
          ("rpm/redhat:8/nodejs:16/nodejs", "16.20.2-2.module+el8.8.0+19857+6d2a104d")]),
        (["pkg:rpm/redhat/nodejs-nodemon@3.0.1-1.module%2Bel8.8.0%2B19857%2B6d2a104d", f"pkg:rpm/redhat/{NODE}"],
         [("rpm/redhat:8/nodejs:16", "8080000000000000000")]),
        # A stream nobody tells: the package by its own name
        (["pkg:rpm/redhat/nodejs-nodemon@3.0.1-1.module%2Bel8.8.0%2B19857%2B6d2a104d"],
         [("rpm/redhat:8/nodejs-nodemon", "3.0.1-1.module+el8.8.0+19857+6d2a104d")]),
        (["pkg:rpm/redhat/maven@3.5.4-5.module%2Bel8%2B2452%2Bb359bfcd"],  # the first builds of 8 name no minor release
         [("rpm/redhat:8/maven:3.5", "8000000000000000000"),
          ("rpm/redhat:8/maven:3.5/maven", "3.5.4-5.module+el8+2452+b359bfcd")]),
        # AlmaLinux names the package's own builds
        (["pkg:rpm/almalinux/nodejs@16.20.2-2.module_el8.8.0%2B3613%2B1d4bb8ce"],
         [("rpm/almalinux:8/nodejs", "16.20.2-2.module_el8.8.0+3613+1d4bb8ce")]),
    ],
)  # fmt: skip
def test_a_package_of_a_module_is_looked_up_by_its_stream(purls: list[str], names: list[tuple[str, str]]) -> None:
    """Red Hat mends a module as a whole and names the build of its stream."""
    document = [component(purl) for purl in purls]
    found = identities(document[0], context_of(document))
    assert [(identity.package.name, identity.version) for identity in found] == names


@pytest.mark.parametrize(
    ("purl", "package", "because"),
    [
        ("pkg:rpm/redhat/bash@4.4-1.el8", "rpm/redhat:8/bash", ""),
        ("pkg:rpm/redhat/openssl-libs@1-1.el8", "rpm/redhat:8/openssl", "it is built from openssl, by our table"),
        ("pkg:deb/debian/libssl3@3?upstream=openssl", "deb/debian:12/openssl", "it is built from openssl, as the SBOM"),
        ("pkg:rpm/centos/bash@4.4-1.el8", "rpm/redhat:8/bash", "CentOS is rebuilt from Red Hat's sources"),
        (
            f"pkg:rpm/redhat/{NODE}",
            "rpm/redhat:8/nodejs:16",
            "it came with module nodejs:16; its build is not told, so",
        ),
        (f"pkg:rpm/redhat/{NODE}", "rpm/redhat:8/nodejs:16/nodejs", "it came with module nodejs:16"),
        ("pkg:apk/alpine/curl@8.1-r0", "apk/alpine:*/curl", "its release is not told"),
        ("pkg:npm/lodash@4", "npm/lodash", ""),
        ("not a package URL", "rpm/redhat:8/bash", ""),
        ("pkg:rpm/", "rpm/redhat:8/bash", ""),
    ],
)
def test_the_way_from_a_url_to_a_name_is_said(purl: str, package: str, because: str) -> None:
    said = why_looked_up(purl, package)
    assert said.startswith(because)
    assert bool(said) == bool(because)


def system(name: str, version: str, ref: str = "os", parent: str = "") -> Component:
    return Component(ref=ref, name=name, version=version, kind="operating-system", parent=parent)


@pytest.mark.parametrize(
    ("name", "version", "purl", "package"),
    [
        ("debian", "12", "pkg:deb/debian/curl@7.88.1-10", "deb/debian:12/curl"),  # as Syft and Trivy write it
        ("Debian GNU/Linux", "12", "pkg:deb/debian/curl@7.88.1-10", "deb/debian:12/curl"),  # as os-release writes it
        ("Debian GNU/Linux 12 (bookworm)", "", "pkg:deb/debian/curl@7.88.1-10", "deb/debian:12/curl"),
        ("ubuntu", "22.04.2", "pkg:deb/ubuntu/curl@7.81.0-1", "deb/ubuntu:22.04/curl"),
        ("Alpine Linux", "3.18", "pkg:apk/alpine/busybox@1.36.1-r0", "apk/alpine:3.18/busybox"),
        ("alpine", "3.18.4", "pkg:apk/busybox@1.36.1-r0", "apk/alpine:3.18/busybox"),  # without a namespace
        ("centos", "7.6.1810", "pkg:rpm/centos/bash@4.2.46-31", "rpm/redhat:7/bash"),
        ("amazon", "2 (Karoo)", "pkg:rpm/amazon/curl@7.79.1-1", "rpm/amazon:2/curl"),
        ("AlmaLinux", "8.10", "pkg:rpm/almalinux/bash@4.4.20-5.el8", "rpm/almalinux:8/bash"),
        ("Alpine Linux", "3", "pkg:apk/alpine/busybox@1.36.1-r0", "apk/alpine:*/busybox"),  # not finely enough
        ("debian", "12", "pkg:deb/ubuntu/curl@7.88.1-10", "deb/ubuntu:?/curl"),  # contradicts its URL
        ("debian", "12", "pkg:deb/raspbian/curl@7.88.1-10", "deb/raspbian:?/curl"),  # a distribution we do not know
        ("debian", "12", "pkg:rpm/bash@5.1", "rpm/?:?/bash"),  # no such packages there
        ("debian", "12", "pkg:deb/debian/curl@7.74.0-1?distro=debian-11", "deb/debian:11/curl"),  # its own word counts
        ("Temple OS", "5", "pkg:deb/debian/curl@7.88.1-10", "deb/debian:?/curl"),
    ],
)
def test_the_operating_system_of_the_document_names_distribution_and_release(
    name: str, version: str, purl: str, package: str
) -> None:
    context = context_of([system(name, version), component(purl)])
    assert [identity.package.name for identity in identities(component(purl), context)] == [package]


def test_the_nearest_operating_system_counts_and_two_equally_near_ones_count_for_nothing() -> None:
    """A merged SBOM of two images: each image holds its operating system and its packages."""
    curl = Component(ref="curl", name="curl", purls=("pkg:deb/debian/curl@7.88.1-10",), parent="layer")
    document = [
        Component(ref="one", name="one", kind="container"),
        Component(ref="layer", name="layer", kind="container", parent="one"),
        Component(ref="two", name="two", kind="container"),
        system("debian", "12", "os1", "one"),
        system("debian", "11", "os2", "two"),
        curl,
    ]
    inside = identities(curl, context_of(document))
    flat = identities(Component(ref="flat", name="curl", purls=curl.purls), context_of(document))
    beside = identities(
        Component(ref="curl", name="curl", purls=curl.purls),
        context_of([system("debian", "12", "os1"), system("debian", "11", "os2")]),
    )
    assert [found[0].package.name for found in (inside, flat, beside)] == [
        "deb/debian:12/curl", "deb/debian:?/curl", "deb/debian:?/curl",
    ]  # fmt: skip


def test_packages_that_the_operating_system_contains_are_its_own() -> None:
    """As Trivy writes it in SPDX: the operating system CONTAINS its packages."""
    curl = Component(ref="curl", name="curl", purls=("pkg:deb/debian/curl@7.88.1-10",), parent="os")
    document = [system("debian", "12", "os", "image"), system("debian", "11", "other", "elsewhere"), curl]
    assert identities(curl, context_of(document))[0].package.name == "deb/debian:12/curl"


def test_components_that_contain_each_other_do_not_hang_the_reader() -> None:
    one = Component(ref="a", name="a", parent="b", purls=("pkg:deb/debian/curl@7.88.1-10",))
    other = Component(ref="b", name="b", parent="a")
    assert identities(one, context_of([one, other, system("debian", "12", "os", "c")]))[0].package.name.startswith(
        "deb/debian:?"
    )


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (component(), NO_IDENTIFIER),
        (component("pkg:templeos/kernel@5"), UNKNOWN_TYPE),
        (component("openssl@3.0.13"), "not a package URL"),
        (component(cpes=("cpe:2.3:a:*:openssl:1:*:*:*:*:*:*:*",)), "CPE names no single product"),
        (component(cpes=("openssl",)), "not a CPE name"),
    ],
)
def test_what_cannot_be_identified_says_why(given: Component, reason: str) -> None:
    found = identify(given)
    assert found.identities == ()
    assert len(found.reasons) == 1
    assert found.reasons[0].startswith(reason)


def test_every_identifier_gives_an_identity_and_the_component_lends_its_version() -> None:
    found = identities(
        component(
            "pkg:npm/jquery",
            cpes=("cpe:2.3:a:jquery:jquery:*:*:*:*:*:*:*:*", "cpe:/a:jquery:jquery:3.4.0"),
            version="3.5.0",
        )
    )
    assert [(identity.package.name, identity.version) for identity in found] == [
        ("npm/jquery", "3.5.0"),
        ("a:jquery:jquery", "3.5.0"),
        ("a:jquery:jquery", "3.4.0"),
    ]


def test_cpe_names_meet_whatever_their_form() -> None:
    expected = Package(PackageKind.CPE, "loose", "a:gnu:libstdc++")
    assert package_of_cpe("cpe:/a:gnu:libstdc%2b%2b:12") == expected
    assert package_of_cpe(r"cpe:2.3:a:GNU:libstdc\+\+:*:*:*:*:*:*:*:*") == expected


@pytest.mark.parametrize(
    ("vendor", "product", "name"),
    [
        ("Siemens", "SIMATIC S7", "siemens:simatic s7"),
        ("n/a", "Zephyr", ":zephyr"),
        ("Red Hat", "n/a", None),
        ("", "", None),
    ],
)
def test_vendor_and_product_words_are_a_kind_of_their_own(vendor: str, product: str, name: str | None) -> None:
    found = package_of_words(vendor, product)
    assert found == (Package(PackageKind.CNA, "loose", name) if name else None)
