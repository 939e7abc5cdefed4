"""Northlake's establishments, devices, statements, policies and releases are registered, by the people who would."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from suture.demo.devices import ESTABLISHMENTS, RELEASES, Version, devices
from suture.demo.people import PASSWORD
from suture.demo.stage import Stage
from suture.detection.services import declare_absent, name_device, take_in_sbom
from suture.inventory.models import AbsentPlatform, DeviceName, Establishment, Product, Release
from suture.inventory.services import (
    approve_statement,
    register_establishment,
    register_product,
    register_release,
    state_safety,
)
from suture.policy.models import PolicyKind, PolicyVersion
from suture.policy.services import EXAMPLES, approve_policy, propose_policy

SBOMS = Path(__file__).parent / "sboms"


def approve_policies(stage: Stage) -> None:
    """The shipped examples are proposed by product security and signed by quality: labelled as what they are."""
    weekly = {"search_valid_days": 7, "isao_grace_days": 0, "closures": []}
    for kind, name, body in (*EXAMPLES, (PolicyKind.CLOCKS, "Weekly searches, no days of grace", weekly)):
        if PolicyVersion.objects.filter(kind=kind).exists():
            continue
        with transaction.atomic():
            policy = propose_policy(
                kind=kind, name=name, body=body, by=stage["tomas"], example=True,
                because="An example to start from; FDA gives no cut-offs. To be replaced by our own.",
            )  # fmt: skip
            approve_policy(
                policy_uid=str(policy.uid), by=stage["ruth"], password=PASSWORD, effective_from=stage.today,
                because="Approved for the demonstration only.",
            )  # fmt: skip


def register_devices(stage: Stage) -> None:
    """Establishments, devices with their profiles, and what they must do safely."""
    for name, fields in ESTABLISHMENTS.items():
        if not Establishment.objects.filter(name=name).exists():
            register_establishment(by=stage["ingrid"], name=name, **fields)
    for brand, device in devices(stage.today).items():
        if Product.objects.filter(brand_name=brand).exists():
            continue
        with transaction.atomic():
            product = register_product(
                establishment=Establishment.objects.get(name=device.site), by=stage["ingrid"], brand_name=brand,
                **device.profile,
            )  # fmt: skip
            statement = state_safety(
                product=product, functions=[f.plain for f in device.functions], acceptance_criteria=device.criteria,
                by=stage[device.approved_by or "ruth"],
            )  # fmt: skip
            if device.approved_by:
                approve_statement(
                    statement_uid=str(statement.uid), by=stage[device.approved_by], password=PASSWORD,
                    because="Reviewed against the risk management file.",
                )  # fmt: skip


def describe_devices(stage: Stage) -> None:
    """What records call the ventilator, and what the pump has not: two profiles, with reason and evidence."""
    ventilator, pump = stage.product("Boreal V20"), stage.product("Aria P2")
    for name in ("o:northlake:boreal_v20_firmware:*", "h:northlake:boreal_v20:-"):
        cpe = f"cpe:2.3:{name}:*:*:*:*:*:*:*"
        if not DeviceName.objects.filter(product=ventilator, cpe=cpe).exists():
            name_device(
                product=ventilator, cpe=cpe, by=stage["tomas"],
                because="The name our own CVE records will use; nobody has published one yet.",
                evidence="Product security plan PS-014, §3.2",
            )  # fmt: skip
    if not AbsentPlatform.objects.filter(product=pump).exists():
        declare_absent(
            product=pump, name="Microsoft Windows", cpe="cpe:2.3:o:microsoft:windows*", by=stage["tomas"],
            because="Linux on the main board, VxWorks in the Wi-Fi module; there is no PC in it.",
            evidence="Software architecture SA-P2-002, §2",
        )  # fmt: skip


def register_releases(stage: Stage) -> None:
    """Releases with their SBOMs; a corrected SBOM follows the first one, and both stay."""
    for version in RELEASES:
        release = Release.objects.filter(product__brand_name=version.device, version=version.version).first()
        if release is None:
            release = _register(stage, version)
        for file_name in version.sboms[release.sboms.count() :]:
            take_in_sbom(release=release, data=(SBOMS / file_name).read_bytes(), file_name=file_name, by=stage["yuki"])


def _register(stage: Stage, version: Version) -> Release:
    return register_release(
        product=stage.product(version.device), by=stage["yuki"], version=version.version, state=version.state,
        released_on=version.released, first_distributed_on=version.first, last_distributed_on=version.last,
        units_distributed=version.units, authorisation=version.authorisation, end_of_support=version.end_of_support,
    )  # fmt: skip
