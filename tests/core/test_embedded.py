"""Embedded platforms: what their generators write is looked up under an exact name, or said not to be understood."""

from __future__ import annotations

import pytest

from suture.core.components import Component
from suture.core.embedded import NOT_UNDERSTOOD, PLATFORMS
from suture.core.identity import NO_IDENTIFIER, identify

UNDERSTOOD = [pair for platform in PLATFORMS for pair in platform.understood]
NOT = [(written, why, platform.says) for platform in PLATFORMS for written, why in platform.not_understood]


def part(written: str) -> Component:
    if written.startswith("pkg:"):
        return Component(ref="c", name="x", version="1", purls=(written,))
    if written.startswith("cpe:"):
        return Component(ref="c", name="x", version="1", cpes=(written,))
    return Component(ref="c", name=written, version="1", kind="operating-system")


@pytest.mark.parametrize(("written", "package"), UNDERSTOOD)
def test_what_is_understood_is_looked_up(written: str, package: str) -> None:
    assert package in [identity.package.name for identity in identify(part(written)).identities]


@pytest.mark.parametrize(("written", "why", "says"), NOT)
def test_what_is_not_understood_says_so_and_what_to_write(written: str, why: str, says: str) -> None:
    found = identify(part(written))
    if written.startswith("pkg:generic/"):  # looked up, but no record has the name
        assert [identity.package.name for identity in found.identities] == ["generic/zlib"]
        return
    assert found.identities == ()
    assert says in found.reasons[0]
    assert found.reasons[0].startswith((NOT_UNDERSTOOD, "CPE names no single product", NO_IDENTIFIER))


def test_a_cpe_of_any_part_is_the_application_and_the_operating_system() -> None:
    """OpenEmbedded writes ANY for the part. Hardware of that name is another thing."""
    found = identify(part("cpe:2.3:*:openssl:openssl:3.0.8:*:*:*:*:*:*:*")).identities
    assert [(identity.package.name, identity.version) for identity in found] == [
        ("a:openssl:openssl", "3.0.8"), ("o:openssl:openssl", "3.0.8"),
    ]  # fmt: skip


def test_a_recipe_beside_a_cpe_takes_nothing_from_it() -> None:
    both = Component(
        ref="c", name="zlib", purls=("pkg:yocto/core/zlib@1.3.1",), cpes=("cpe:2.3:a:zlib:zlib:1.3.1:*:*:*:*:*:*:*",)
    )
    assert [identity.package.name for identity in identify(both).identities] == ["a:zlib:zlib"]


def test_the_operating_system_of_a_distribution_says_what_it_is_for() -> None:
    system = Component(ref="os", name="Debian GNU/Linux", version="12", kind="operating-system")
    assert identify(system).reasons == (
        f"{NO_IDENTIFIER}; as the operating system it says that packages beside it are of debian 12; "
        "it is no package itself",
    )


def test_every_name_gets_one_advice() -> None:
    called = [name for platform in PLATFORMS for name in platform.called]
    assert len(called) == len(set(called))
    assert all(name == name.lower() for name in called)
