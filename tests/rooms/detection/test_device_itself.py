"""The device's own CPE names and absent platforms (product profile): matched as a component is, and re-matched."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from suture.accounts.models import Person
from suture.core.errors import InvalidValue, NotAllowed
from suture.detection.models import Cause, Finding, MatchRun, RuledOut
from suture.detection.queries import coverage, ledger, ruled_out_count, ruled_out_in
from suture.detection.scan import scan
from suture.detection.services import (
    check_whole_portfolio,
    declare_absent,
    findings_as_of,
    match_release,
    name_device,
    rematch_stale,
    stale_releases,
    withdraw_absence,
    withdraw_name,
)
from suture.evidence.clock import now
from suture.evidence.models import Entry
from suture.formats import nvd
from suture.inventory.models import Product, Release
from tests.rooms.detection.conftest import Take
from tests.rooms.detection.test_conditions import APP, CVE, DEVICE, FIRMWARE, RUNNING, WINDOWS, both, cpe, match, node
from tests.rooms.detection.world import World, cyclonedx, standing

FW, HW = cpe("o:acme:pump_firmware"), cpe("h:acme:pump:-")
Name = Callable[..., Any]


@pytest.fixture
def name(operator: Person) -> Name:
    def _name(product: Product, text: str, **more: Any) -> Any:
        return name_device(
            product=product, cpe=text, because="NVD files us so", evidence="CPE dictionary", by=operator, **more
        )

    return _name


def result(release: Release) -> str:
    found = standing(release)
    return found[CVE].result if CVE in found else ""


@pytest.mark.parametrize(
    ("version", "names", "answer"),
    [
        ("1.9", [(FW, {}), (HW, {})], "affected"),
        ("2.0", [(FW, {}), (HW, {})], ""),  # the release's version is the firmware's
        ("4.2", [(FW, {"version": "1.9"}), (HW, {})], "affected"),  # … unless the row says another
        ("1.9", [(FW, {})], "conditional"),  # on which device is not said
        ("1.9", [(HW, {})], "conditional"),  # the device, without its firmware's name
        ("1.9", [(FW, {}), (cpe("h:acme:monitor:-"), {})], ""),  # another device of the same maker
    ],
)
def test_firmware_and_hardware_of_the_device_itself(
    world: World, make_release: Callable[..., Release], name: Name, version: str,
    names: list[tuple[str, dict[str, str]]], answer: str,
) -> None:  # fmt: skip
    """A release without any SBOM is matched on the device's names, and is not assessed for its components."""
    release = make_release(version)
    world.publish(both(FIRMWARE, DEVICE))
    match_release(release.pk)
    assert result(release) == ""
    for text, more in names:
        name(release.product, text, **more)
    assert result(release) == answer
    seen = coverage(release)
    assert not seen.verdict.assessed
    assert seen.verdict.causes[0][0] == Cause.NO_SBOM
    assert [one.given_as for one in seen.itself] == [text for text, _ in names]
    full = check_whole_portfolio()
    assert full.counts["differed"] == 0


def test_reasons_ledger_and_record_say_the_device_itself(
    world: World, release: Release, name: Name, take: Take, operator: Person
) -> None:
    world.publish(both(FIRMWARE, DEVICE))
    take(release, APP)
    before = standing(release)
    assert CVE not in before
    named = name(release.product, FW, version="1.9")
    name(release.product, HW)
    finding = standing(release)[CVE]
    assert finding.why == [
        f"the device itself (product profile): {FW} is o:acme:pump_firmware",
        "1.9 lies in v < 2.0",
        "together with h:acme:pump",
    ]
    assert [(one["name"], one["version"]) for one in finding.components] == [("Aria P2", "1.9")]
    rows = ledger(release)
    assert [row.component for row in rows if row.itself] == ["Aria P2 1.9", "Aria P2"]
    assert all(row.cause == "" for row in rows if row.itself)
    seen = coverage(Release.objects.get(pk=release.pk))
    assert seen.components == 1  # the device itself is none of the SBOM's components
    assert "the device itself watched under 2 of its 2 CPE names" in seen.says
    run = MatchRun.objects.filter(release=release).latest("pk")
    assert len(run.profile_sha256) == 64
    withdraw_name(uid=named.uid, because="It was another maker's", by=operator)
    gone = Finding.objects.get(release=release, vulnerability__preferred_id=CVE)
    assert (gone.result, gone.gone_at is None) == ("conditional", True)  # the hardware alone still asks
    assert Entry.objects.filter(did__startswith="device name.").count() == 3
    with pytest.raises(NotAllowed, match="withdrawn already"):
        withdraw_name(uid=named.uid, because="again", by=operator)


def test_a_name_that_goes_takes_its_finding_with_why_and_comes_back(
    world: World, release: Release, name: Name, operator: Person
) -> None:
    world.publish(both(node(match("o:acme:pump_firmware", versionEndExcluding="5.0"))))
    row = name(release.product, FW)
    assert result(release) == "affected"
    withdraw_name(uid=row.uid, because="Sold under another name", by=operator)
    finding = Finding.objects.get(release=release)
    assert finding.gone_because == "the device itself is no longer named so in the product's profile"
    name(release.product, FW)
    finding.refresh_from_db()
    assert finding.gone_at is None


def test_a_release_may_have_a_name_of_its_own(world: World, make_release: Callable[..., Release], name: Name) -> None:
    old, new = make_release("4.1"), make_release("4.2")
    world.publish(both(node(match("o:acme:pump_firmware", versionEndExcluding="2.0"))))
    name(old.product, FW)  # 4.1 and 4.2 are above
    assert (result(old), result(new)) == ("", "")
    name(old.product, FW, release=old, version="1.0")
    assert (result(old), result(new)) == ("affected", "")


def test_a_new_record_reaches_the_device_in_the_delta(
    world: World, make_release: Callable[..., Release], name: Name
) -> None:
    """Named before anybody spoke of it: the name waits, and the record that uses it finds the release."""
    ours, other = make_release("1.9"), make_release("3.0", "Boreal")
    world.publish(both(RUNNING, WINDOWS))
    name(ours.product, FW)
    rematch_stale()
    itself = coverage(ours).itself
    assert [one.cause for one in itself] == [Cause.NEVER_NAMED]
    other_at = other.matched.at
    world.publish(both(node(match("o:acme:pump_firmware", versionEndExcluding="2.0"))))
    assert rematch_stale() == 1  # ours; the other is only marked as current
    assert result(ours) == "affected"
    assert Release.objects.get(pk=other.pk).matched.at >= other_at
    assert coverage(ours).itself[0].cause == ""
    assert check_whole_portfolio().counts["differed"] == 0
    later = make_release("1.8")  # registered after the name: found stale, and matched on it
    assert later in stale_releases()
    rematch_stale()
    assert result(later) == "affected"


@pytest.mark.parametrize(
    ("record", "absent", "components", "before", "after"),
    [
        (both(RUNNING, WINDOWS), "o:microsoft:windows*", (APP,), "conditional", ""),
        (both(RUNNING, WINDOWS), "o:microsoft:windows_10*", (APP,), "conditional", "conditional"),
        (both(RUNNING, {**WINDOWS, "negate": True}), "o:microsoft:windows*", (APP,), "conditional", "affected"),
        # what the release names counts, whatever the profile says
        (both(RUNNING, WINDOWS), "o:microsoft:windows*",
         (APP, {"ref": "os", "name": "windows", "cpe": cpe("o:microsoft:windows_10_1809:10.0.17763.1")}),
         "affected", "affected"),
        # an edition for a platform that the device has not
        (both(node(match("a:acme:viewer:*:*:*:*:*:windows", versionEndExcluding="2.0"))), "o:microsoft:windows*",
         (APP,), "conditional", ""),
        (both(node(match("a:acme:viewer:*:*:*:*:*:android", versionEndExcluding="2.0"))), "o:microsoft:windows*",
         (APP,), "conditional", "conditional"),
    ],
)  # fmt: skip
def test_a_platform_declared_absent_decides(
    world: World, release: Release, take: Take, operator: Person, record: Any, absent: str,
    components: tuple[dict[str, Any], ...], before: str, after: str,
) -> None:  # fmt: skip
    world.publish(record)
    take(release, *components)
    assert result(release) == before
    row = declare_absent(
        product=release.product, name="Microsoft Windows", cpe=f"cpe:2.3:{absent}", because="Linux only",
        evidence="Architecture, §2", by=operator,
    )  # fmt: skip
    assert result(release) == after
    excluded = list(ruled_out_in(release, operator))
    assert len(excluded) == ruled_out_count(release, operator) == (1 if before and not after else 0)
    if excluded:
        assert "profile says" in excluded[0].because
        assert (excluded[0].component, excluded[0].says) == ("viewer 1.0", "1.0 lies in v < 2.0")
    withdraw_absence(uid=row.uid, because="There is a Windows tablet", by=operator)
    assert result(release) == before
    assert ruled_out_count(release, operator) == 0


def test_what_the_device_is_says_nothing_of_a_module_in_it(
    world: World, release: Release, name: Name, take: Take
) -> None:
    """Our ventilator holds our own radio module: naming the ventilator does not rule the module out."""
    world.publish(both(FIRMWARE, DEVICE))
    take(release, {"ref": "fw", "name": "pump_firmware", "version": "1.9", "cpe": cpe("o:acme:pump_firmware:1.9")})
    assert result(release) == "conditional"
    name(release.product, cpe("h:acme:ventilator:-"))
    assert result(release) == "conditional"


def test_what_is_ruled_out_is_listed_in_a_release_and_in_a_scan_alike(
    world: World, release: Release, take: Take, operator: Person
) -> None:
    """'Which were ruled out and why': the version lies in the range, the system is another."""
    system = {"ref": "os", "name": "linux_kernel", "version": "5.10", "cpe": cpe("o:linux:linux_kernel:5.10")}
    world.publish(both(RUNNING, WINDOWS))
    take(release, APP, system)
    rows = list(ruled_out_in(release, operator))
    assert [(row.vulnerability.preferred_id, row.because) for row in rows] == [
        (CVE, "only together with o:microsoft:windows, which this release has not")
    ]
    match_release(release.pk)
    assert list(RuledOut.objects.values_list("pk", flat=True)) == [rows[0].pk]  # nothing changed, nothing written
    said = scan(cyclonedx(APP, system))
    assert [(one["vulnerability"], one["because"]) for one in said.ruled_out] == [(CVE, rows[0].because)]
    assert "1 ruled out by their records' conditions" in said.says
    take(release, APP, confirmed=True)
    assert result(release) == "conditional"
    assert ruled_out_count(release, operator) == 0  # it is a finding now


def test_a_past_day_is_answered_with_the_profile_of_then(
    world: World, release: Release, name: Name, operator: Person
) -> None:
    world.publish(both(node(match("o:acme:pump_firmware", versionEndExcluding="5.0"))))
    name(release.product, FW)
    here = now().astimezone(ZoneInfo(release.product.establishment.time_zone)).date()
    then = findings_as_of(release, here, operator)
    assert [one.result for one in then.findings] == ["affected"]
    assert not then.assessed
    assert "the release had no SBOM" in then.says
    yesterday = findings_as_of(release, here - timedelta(days=1), operator)
    assert (yesterday.findings, yesterday.assessed) == ([], False)


def test_what_cannot_be_said_of_a_device_is_refused(
    release: Release, name: Name, make_release: Callable[..., Release], operator: Person, clara: Person, finn: Person
) -> None:
    product = release.product
    name(product, FW)
    other = make_release("1.0", "Boreal")
    for text, more, says in (
        (FW, {}, "already"),
        ("pump", {}, "not a CPE name"),
        (cpe("o:acme:monitor_firmware"), {"release": other}, "no release of"),
        (cpe("o:microsoft:windows_10_1809"), {}, "an operating system with versions of its own"),
    ):
        with pytest.raises(InvalidValue, match=says):
            name(product, text, **more)
    with pytest.raises(InvalidValue, match="say why and what shows it"):
        name_device(product=product, cpe=HW, because=" ", evidence="", by=operator)
    with pytest.raises(NotAllowed):
        name_device(product=product, cpe=HW, because="x", evidence="y", by=finn)
    with pytest.raises(InvalidValue, match="in words"):
        declare_absent(product=product, name="", cpe="cpe:2.3:o:a:bcd", because="x", evidence="y", by=clara)
    declare_absent(product=product, name="B", cpe="cpe:2.3:o:a:bcd", because="x", evidence="y", by=clara)
    with pytest.raises(InvalidValue, match="stands already"):
        declare_absent(product=product, name="B", cpe="cpe:/o:a:bcd", because="x", evidence="y", by=clara)


# ---- NVD's own records of medical devices


def records(data: Path, *wanted: str) -> list[Any]:
    found = []
    for year in {one.split("-")[1] for one in wanted}:
        with gzip.open(data / "nvd" / f"cve-{year}.jsonl.gz") as lines:
            for line in lines:
                if json.loads(line[: line.index(b",")] + b"}")["id"] in wanted:
                    found.append(nvd.read(line))
    assert len(found) == len(wanted)
    return found


@pytest.mark.data
@pytest.mark.parametrize(
    ("record", "version", "names", "absent", "answer"),
    [
        # LifeCare PCA: firmware up to 5.0 AND one of two pumps (NVD, CVE-2015-1011)
        ("CVE-2015-1011", "5.0", ["o:hospira:lifecare_pcainfusion_firmware", "h:hospira:lifecare_pca3:-"], "",
         "affected"),
        ("CVE-2015-1011", "7.0", ["o:hospira:lifecare_pcainfusion_firmware", "h:hospira:lifecare_pca3:-"], "", ""),
        ("CVE-2015-1011", "5.0", ["o:hospira:lifecare_pcainfusion_firmware", "h:hospira:plum_a\\+:-"], "", ""),
        ("CVE-2015-1011", "5.0", ["o:hospira:lifecare_pcainfusion_firmware"], "", "conditional"),
        ("CVE-2015-1011", "5.0", ["h:hospira:lifecare_pca5:-"], "", "conditional"),
        # ApexPro: firmware up to 4.2 AND the telemetry server (NVD, CVE-2020-6961)
        ("CVE-2020-6961", "4.2",
         ["o:gehealthcare:apexpro_telemetry_server_firmware", "h:gehealthcare:apexpro_telemetry_server:-"], "",
         "affected"),
        ("CVE-2020-6961", "4.3",
         ["o:gehealthcare:apexpro_telemetry_server_firmware", "h:gehealthcare:apexpro_telemetry_server:-"], "", ""),
        # a viewer that runs on Windows: IntelliSpace Portal itself is named; SMB runs on Windows alone (CVE-2017-0143)
        ("CVE-2017-0143", "8.0", ["a:philips:intellispace_portal"], "", "affected"),
        ("CVE-2017-0143", "1.0", ["a:microsoft:server_message_block"], "", "conditional"),
        ("CVE-2017-0143", "1.0", ["a:microsoft:server_message_block"], "o:microsoft:windows*", ""),
    ],
)  # fmt: skip
def test_real_records_of_medical_devices(
    world: World, make_release: Callable[..., Release], name: Name, operator: Person, test_data: Path,
    record: str, version: str, names: list[str], absent: str, answer: str,
) -> None:  # fmt: skip
    release = make_release(version)
    world.publish(*records(test_data, record))
    for one in names:
        name(release.product, cpe(one))
    if absent:
        declare_absent(
            product=release.product, name="it", cpe=f"cpe:2.3:{absent}", because="b", evidence="e", by=operator
        )
    found = standing(release)
    assert (found[record].result if record in found else "") == answer
    assert check_whole_portfolio().counts["differed"] == 0


def test_two_devices_do_not_share_a_name(world: World, make_release: Callable[..., Release], name: Name) -> None:
    ours, theirs = make_release("1.9"), make_release("1.9", "Boreal")
    world.publish(both(node(match("o:acme:pump_firmware", versionEndExcluding="5.0"))))
    name(ours.product, FW)
    match_release(theirs.pk)
    assert (result(ours), result(theirs)) == ("affected", "")
