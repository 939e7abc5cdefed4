"""The device's own names, and what it has not. Source: NIST IR 7695, CPE Naming 2.3, §5.3.3 and §6.2."""

from __future__ import annotations

import pytest

from suture.core.errors import InvalidValue
from suture.core.profile import OwnName, absent_pattern, covers, is_device, own_name


@pytest.mark.parametrize(
    ("text", "version", "package", "kind", "of_release"),
    [
        ("cpe:2.3:o:northlake:boreal_v20_firmware:*:*:*:*:*:*:*:*", "", "o:northlake:boreal_v20_firmware", "firmware",
         "4.2"),
        ("cpe:2.3:h:northlake:boreal_v20:-:*:*:*:*:*:*:*", "", "h:northlake:boreal_v20", "device", ""),
        ("cpe:2.3:h:northlake:boreal_v20:-:*:*:*:*:*:*:*", "b", "h:northlake:boreal_v20", "device", "b"),
        ("cpe:/a:northlake:halide", "", "a:northlake:halide", "application", "4.2"),
        ("cpe:2.3:o:northlake:pump_firmware:1.9:*:*:*:*:*:*:*", "", "o:northlake:pump_firmware", "firmware", "1.9"),
        ("cpe:2.3:o:northlake:pump_firmware:1.9:*:*:*:*:*:*:*", "1.9", "o:northlake:pump_firmware", "firmware", "1.9"),
        (" cpe:2.3:o:northlake:pump_firmware:-:*:*:*:*:*:*:* ", "7", "o:northlake:pump_firmware", "firmware", "7"),
    ],
)  # fmt: skip
def test_a_name_of_the_device_says_which_version_a_release_has(
    text: str, version: str, package: str, kind: str, of_release: str
) -> None:
    read = own_name(text, version)
    assert (read.package, read.kind, read.version_of("4.2")) == (package, kind, of_release)


@pytest.mark.parametrize(
    ("text", "version", "says"),
    [
        ("boreal v20", "", "not a CPE name"),
        ("cpe:2.3:o:northlake:*:*:*:*:*:*:*:*:*", "", "no single product"),
        ("cpe:2.3:*:northlake:boreal:*:*:*:*:*:*:*:*", "", "no single product"),
        ("cpe:2.3:o:northlake:boreal*:*:*:*:*:*:*:*:*", "", "no single product"),
        ("cpe:2.3:o:northlake:boreal:1.0:*:*:*:*:*:*:*", "2.0", "write one of them"),
    ],
)
def test_a_name_that_means_nothing_certain_is_refused(text: str, version: str, says: str) -> None:
    with pytest.raises(InvalidValue, match=says):
        own_name(text, version)


@pytest.mark.parametrize(
    ("text", "covered", "not_covered"),
    [
        ("cpe:2.3:o:microsoft:windows*:*:*:*:*:*:*:*:*",
         ["o:microsoft:windows", "o:microsoft:windows_10_1809", "o:microsoft:windows_server_2019"],
         ["a:microsoft:windows_media_player", "o:linux:linux_kernel", "o:microsoft:xbox"]),
        ("cpe:2.3:o:linux:linux_kernel", ["o:linux:linux_kernel"], ["o:linux:linux_kernel_rt"]),
        ("cpe:/a:bluetooth:bluetooth_core_specification", ["a:bluetooth:bluetooth_core_specification"],
         ["a:bluez:bluez"]),
    ],
)  # fmt: skip
def test_what_a_declared_absence_speaks_of(text: str, covered: list[str], not_covered: list[str]) -> None:
    pattern = absent_pattern(text)
    assert all(covers(pattern, name) for name in covered)
    assert not any(covers(pattern, name) for name in not_covered)


@pytest.mark.parametrize(
    "text",
    [
        "no bluetooth", "cpe:2.3:o:*:windows", "cpe:2.3:o:microsoft:*", "cpe:2.3:o:microsoft:w*", "cpe:2.3:*:a:abc",
        "cpe:2.3:o:microsoft:win*dows", "cpe:2.3:o:microsoft:windows:10", "cpe:2.3:o:micro*:windows",
        "cpe:2.3:o:microsoft:windows:*:*:*:*:pro:*:*:*", "cpe:2.3:o:microsoft:windows?",
    ],
)  # fmt: skip
def test_an_absence_that_could_rule_out_too_much_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        absent_pattern(text)


def test_only_our_own_references_mean_the_device() -> None:
    assert is_device("device itself:0190")
    assert not is_device("pkg:generic/device")
    assert OwnName("", "", "firmware", "").version_of("1") == "1"
