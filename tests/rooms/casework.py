"""A small manufacturer at work on one vulnerability: devices, policies, people, and the steps of a case one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.conf import settings as django_settings

from suture.accounts.models import Person
from suture.accounts.services import new_uid
from suture.assessment.models import Assessment, Case
from suture.assessment.queries import unanswered
from suture.assessment.services import (
    answer_impact,
    assess_exploitability,
    assess_harm,
    open_case,
    propose_assessment,
    record_fact,
    sign_assessment,
    start_assessment,
)
from suture.core import exploitability, risk
from suture.core.exploitability import EXAMPLE_EXPLOITABILITY, ExploitabilityMetrics
from suture.core.facts import Answer, FactKind
from suture.core.harm import HarmSeverity
from suture.core.risk import EXAMPLE_POLICY
from suture.core.roles import Role
from suture.core.vex import VexStatus
from suture.detection.models import Finding
from suture.intelligence.models import Alias, Vulnerability
from suture.inventory.models import Establishment, Product, Release, SafetyStatement
from suture.inventory.services import (
    approve_statement,
    register_establishment,
    register_product,
    register_release,
    state_safety,
)
from suture.policy.models import PolicyKind
from suture.policy.services import approve_policy, propose_policy, set_up
from tests.house import PASSWORD

K = FactKind
DAY_0 = date(2026, 11, 20)  # a Friday: day 30 is 20 Dec 2026, day 60 is 19 Jan 2027 (reporting.md §8)
REMOTE = ExploitabilityMetrics(AV="N", AC="L", PR="N", UI="N", E="F", RC="C")
LOCAL = ExploitabilityMetrics(AV="P", AC="H", PR="H", UI="R", E="U", RC="C")
NEAR = ExploitabilityMetrics(AV="A", AC="L", PR="N", UI="N", E="U", RC="R")

Clock = Callable[..., None]


def set_clock(monkeypatch: pytest.MonkeyPatch, on: date, hour: int = 18) -> None:
    """Pretend it is that day, 18:00 UTC: the same day at the establishment."""
    moment = datetime(on.year, on.month, on.day, hour, tzinfo=UTC)
    monkeypatch.setattr(django_settings, "SUTURE", django_settings.SUTURE.model_copy(update={"clock": moment}))


def why(metrics: ExploitabilityMetrics) -> dict[str, str]:
    """A rationale for each factor that is given."""
    return {n: f"seen in the laboratory: {n}" for n in ("AV", "AC", "PR", "UI", "E", "RC") if getattr(metrics, n)}


@dataclass
class Work:
    """The firm, its people and one vulnerability with a finding in two releases of the pump."""

    ada: Person
    clara: Person
    rosa: Person
    quinn: Person
    site: Establishment
    pump: Product
    programmer: Product
    releases: dict[str, Release]
    vulnerability: Vulnerability
    tick: Callable[[date], None]

    def open(self, **more: Any) -> Case:
        """Open the case from its findings."""
        return open_case(vulnerability=self.vulnerability, by=self.ada, because="first match", **more)

    def answer(self, case: Case, *names: str, status: VexStatus = VexStatus.AFFECTED, **more: Any) -> None:
        """Answer for some releases; by default affected."""
        said = {"action": "Switch the Wi-Fi off until the fix is installed."} if status is VexStatus.AFFECTED else {}
        answer_impact(
            case_uid=case.uid, release_uids=[self.releases[n].uid for n in names], status=status, by=self.ada,
            evidence="TR-1188", **{**said, **more},
        )  # fmt: skip

    def answer_rest(self, case: Case) -> None:
        """Not affected, for every release that has no answer yet."""
        answer_impact(
            case_uid=case.uid, release_uids=[r.uid for r in unanswered(case)], status=VexStatus.NOT_AFFECTED,
            by=self.ada, evidence="module list EV-7", impact="the module is not in these releases",
        )  # fmt: skip

    def assess(
        self, case: Case, product: Product | None = None, metrics: ExploitabilityMetrics = REMOTE,
        severity: HarmSeverity | None = HarmSeverity.CRITICAL, **harm: Any,
    ) -> Assessment:  # fmt: skip
        """Both axes, proposed."""
        row = start_assessment(case_uid=case.uid, product=product or self.pump, by=self.ada)
        assess_exploitability(assessment_uid=row.uid, by=self.ada, metrics=metrics, rationale=why(metrics))
        self.harm(row, severity, **harm)
        return propose_assessment(assessment_uid=row.uid, by=self.ada)

    def harm(self, row: Assessment, severity: HarmSeverity | None = HarmSeverity.CRITICAL, **more: Any) -> Assessment:
        """Clara's side."""
        said = {
            "hazard": "no infusion", "situation": "the controller task stops", "harm": "under-infusion",
            "rationale": "the patient depends on it", "function": "Deliver at the set rate",
            "serious_probable": Answer.NO, "safety_affected": Answer.YES, "secrets_exposed": Answer.NO,
        }  # fmt: skip
        return assess_harm(assessment_uid=row.uid, by=self.clara, severity=severity, **{**said, **more})

    def sign(self, row: Assessment, by: Person | None = None, **more: Any) -> Assessment:
        """Sign; by default Ada."""
        return sign_assessment(
            assessment_uid=row.uid, by=by or self.ada, password=PASSWORD, **{"because": "as assessed", **more}
        )

    def fact(
        self, case: Case, kind: FactKind, on: date, by: Person | None = None, evidence: str = "", **detail: str
    ) -> Any:
        """Record one dated fact."""
        return record_fact(
            case_uid=case.uid, kind=kind, by=by or self.ada, happened_on=on, detail=detail, evidence=evidence
        )

    def assessed(self, metrics: ExploitabilityMetrics = REMOTE, severity: HarmSeverity = HarmSeverity.CRITICAL) -> Case:
        """A case with every answer and a signed assessment of the pump; by default uncontrolled."""
        case = self.open()
        self.answer(case, "4.1", "4.2")
        self.answer_rest(case)
        self.sign(self.assess(case, metrics=metrics, severity=severity))
        case.refresh_from_db()
        return case


def signed_policies(quinn: Person) -> None:
    """Matrix and mapping, approved by quality."""
    for kind, body in (
        (PolicyKind.RISK_MATRIX, risk.to_json(EXAMPLE_POLICY)),
        (PolicyKind.EXPLOITABILITY, exploitability.to_json(EXAMPLE_EXPLOITABILITY)),
    ):
        policy = propose_policy(kind=kind, name="Ours", body=body, by=quinn, because="first version")
        approve_policy(
            policy_uid=str(policy.uid), by=quinn, password=PASSWORD, effective_from=date(2026, 1, 1), because="review"
        )


def stated(product: Product, clara: Person) -> SafetyStatement:
    """A draft of what the device must do safely."""
    return state_safety(
        product=product, by=clara, acceptance_criteria="ISO 14971 file, §4",
        functions=[{"name": "Deliver at the set rate", "limits": "±5 %", "if_compromised": "under-infusion",
                    "worst_harm": 4}],
    )  # fmt: skip


def build(
    *, ada: Person, clara: Person, rosa: Person, quinn: Person, engineer: Person, tick: Callable[[date], None],
    demo: bool = False, approved: bool = True,
) -> Work:  # fmt: skip
    """Set the firm up as of day 0 of its vulnerability."""
    tick(DAY_0)
    set_up(manufacturer="Northlake Medical", demo=demo, by=quinn)
    site = register_establishment(
        by=rosa, name="Duluth", registration_number="1234567", ever_registered=True, phone="218-555-0100",
        address="400 Harbor Road, Duluth, MN", time_zone="America/Chicago",
    )  # fmt: skip
    common: dict[str, Any] = {
        "establishment": site, "by": rosa, "tracking_order": False, "cyber_has_software": True,
        "cyber_can_connect": True, "cyber_could_be_vulnerable": True, "last_submission_date": date(2024, 5, 2),
        "responsible_name": "Ingrid Solheim", "responsible_title": "Director", "responsible_phone": "218-555-0142",
    }  # fmt: skip
    pump = register_product(
        brand_name="Aria P2", common_name="infusion pump", device_class=2, pathway=Product.Pathway.K510,
        marketing_number="K999001", listing_number="D000417", product_code="FRN", udi_di="(01)09506000130019",
        intended_use="Delivery of fluids to patients in hospitals.", expected_life_months=120, **common,
    )  # fmt: skip
    programmer = register_product(
        brand_name="Meridian", common_name="implant programmer", device_class=3, pathway=Product.Pathway.PMA,
        marketing_number="P999002", listing_number="D000418", periodic_report_date=date(2027, 3, 1), **common,
    )  # fmt: skip
    fielded = {"state": Release.State.RELEASED, "first_distributed_on": date(2023, 3, 3), "units_distributed": 310}
    releases = {
        "4.1": register_release(product=pump, by=engineer, version="4.1", **fielded),
        "4.2": register_release(product=pump, by=engineer, version="4.2", **{**fielded, "units_distributed": 1204}),
        "5.0": register_release(product=pump, by=engineer, version="5.0"),  # in development
        "7.1": register_release(product=programmer, by=engineer, version="7.1", **fielded),
    }
    if approved:
        signed_policies(quinn)
        for product in (pump, programmer):
            approve_statement(statement_uid=str(stated(product, clara).uid), by=clara, password=PASSWORD)
    vulnerability = Vulnerability.objects.create(
        id=1000, uid=new_uid(), preferred_id="CVE-2019-12255", title="IPnet TCP urgent pointer underflow"
    )
    Alias.objects.create(record_id="CVE-2019-12255", source="cve", said_by="CVE-2019-12255", f=0, vuln=1000)
    for name in ("4.1", "4.2"):
        found(vulnerability, releases[name], DAY_0)
    return Work(ada, clara, rosa, quinn, site, pump, programmer, releases, vulnerability, tick)


def found(vulnerability: Vulnerability, release: Release, on: date) -> Finding:
    """A finding as matching would leave it, first seen at 15:00 UTC of a day."""
    return Finding.objects.create(
        uid=new_uid(), release=release, vulnerability=vulnerability, result="affected", first_seen_rev=1,
        first_seen=datetime(on.year, on.month, on.day, 15, tzinfo=UTC),
        components=[{"ref": "ipnet", "name": "ipnet", "version": "6.7"}],
    )  # fmt: skip


__all__ = ["DAY_0", "LOCAL", "NEAR", "REMOTE", "Role", "Work", "build", "found", "set_clock", "why"]
