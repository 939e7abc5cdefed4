"""Every route, and whom it is for. A route of the URL table or a verb of the registry without a row fails the build.

`about` is the model whose uid the address holds; `verbs` are what a POST does, one of which a person's roles must allow
(() where a page only reads, or is the person's own); `more` is the rest of the address. `OPEN` answers anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Model

from suture.accounts.models import Person
from suture.assessment.models import Assessment, Case, Control
from suture.detection.models import (
    CrosswalkDecision,
    CrosswalkSuggestion,
    MatchCorrection,
    ReviewDecision,
    TextCandidate,
    TextWatch,
)
from suture.disclosure.models import Attachment, WatchedSource
from suture.disclosure.models import Report as IntakeReport
from suture.intelligence.models import Vulnerability
from suture.inventory.models import (
    AbsentPlatform,
    Consignee,
    Contact,
    DeviceName,
    HeldSbom,
    Product,
    Release,
    SafetyStatement,
    SbomDocument,
    Site,
    Unit,
)
from suture.jobs.models import Promise
from suture.policy.models import PolicyVersion
from suture.remediation.models import Campaign, ControlEntry, Delivery, Notice, Plan, Question, ServiceOrder
from suture.reporting.models import Decision, Document, Record806, Report806
from suture.sharing.models import IsaoMembership, VexPublication


@dataclass(frozen=True, slots=True)
class Row:
    """One route."""

    about: type[Model] | None = None
    verbs: tuple[str, ...] = ()
    more: Mapping[str, object] = field(default_factory=dict)
    open: bool = False


def _r(about: type[Model] | None = None, *verbs: str, **more: object) -> Row:
    return Row(about, verbs, more)


OPEN = Row(open=True)
_NO_UID = "01a1ff93-1773-767f-b08a-000000000000"

ROUTES: Mapping[str, Row] = {
    # signing in
    "account_login": OPEN, "account_logout": OPEN, "account_inactive": OPEN, "account_reauthenticate": _r(),
    "account_change_password": _r(), "account_signup": _r(), "account_email": _r(), "account_set_password": _r(),
    # for anybody
    "healthz": OPEN, "readyz": OPEN, "icon": OPEN, "security-txt": OPEN, "public-policy": OPEN, "public-report": OPEN,
    "public-openpgp": OPEN, "public-receipt-key": OPEN, "public-advisories": OPEN,
    "public-follow": Row(more={"token": "x" * 43}, open=True),
    "public-receipt": Row(more={"token": "x" * 43, "form": "json"}, open=True),
    "public-advisory": Row(more={"number": "NM-2026-0001"}, open=True),
    # hospitals: the link is the key, and a code to act
    **{
        name: Row(more={"token": "x~y"} | ({"release": _NO_UID} if name in ("hospital-vex", "hospital-sbom") else {}),
                  open=True)
        for name in ("hospital-notice", "hospital-code", "hospital-enter", "hospital-leave", "hospital-units",
                     "hospital-ask", "hospital-json", "hospital-vex", "hospital-sbom")
    },
    "question": _r(Question, "delivery.record"),
    # frame
    "look": _r(), "search": _r(), "sources": _r(), "today": _r(), "obligations-file": _r(form="csv"),
    "source-owner": _r(None, "coverage.own", source="nvd"),
    # intake
    "intake": _r(), "intake-report": _r(IntakeReport),
    "intake-acknowledge": _r(IntakeReport, "report.acknowledge"), "intake-answer": _r(IntakeReport, "report.answer"),
    "intake-step": _r(IntakeReport, "report.move", verb="validate"),
    "intake-duplicate": _r(IntakeReport, "report.move"), "intake-link": _r(IntakeReport, "report.link"),
    "intake-case": _r(IntakeReport, "report.link"), "intake-attachment": _r(Attachment, "report.open_attachment"),
    "intake-new": _r(None, "report.take_in"), "intake-admit": _r(IntakeReport, "wall.manage"),
    "intake-complaint": _r(IntakeReport, "quality.record"), "intake-mdr": _r(IntakeReport, "mdr.evaluate"),
    "intake-service": _r(IntakeReport, "quality.record"), "intake-references": _r(IntakeReport, "quality.record"),
    "source-watch": _r(None, "source.watch"), "source-look": _r(WatchedSource, "source.watch"),
    "coordination": _r(Case), "party-new": _r(Case, "coordination.manage"),
    "party-step": _r(Case, "coordination.manage", party=_NO_UID, verb="tell"),
    "embargo-step": _r(Case, "coordination.manage", verb="propose"), "advisory-write": _r(Case, "advisory.write"),
    "advisory-approve": _r(Case, "coordination.manage"), "cve-draft": _r(Case),
    # devices and releases
    "devices": _r(), "device-new": _r(None, "product.register"), "establishment-new": _r(None, "product.register"),
    "device": _r(Product), "device-describe": _r(Product, "product.describe"),
    "device-name": _r(Product, "product.describe"), "device-absent": _r(Product, "product.describe"),
    "device-name-entry": _r(DeviceName), "device-name-withdraw": _r(DeviceName, "product.describe"),
    "device-absent-entry": _r(AbsentPlatform), "device-absent-withdraw": _r(AbsentPlatform, "product.describe"),
    "release-new": _r(Product, "release.register"), "statement-new": _r(Product, "statement.propose"),
    "statement-approve": _r(Product, "statement.approve", version=_NO_UID), "statement": _r(SafetyStatement),
    "sbom": _r(SbomDocument), "sbom-held": _r(HeldSbom), "sbom-confirm": _r(HeldSbom, "sbom.confirm"),
    "sbom-reject": _r(HeldSbom, "sbom.confirm"), "release": _r(Release), "release-as-of": _r(Release),
    "release-components": _r(Release), "release-coverage": _r(Release),
    "release-coverage-file": _r(Release, form="csv"), "release-coverage-owner": _r(Release, "coverage.own"),
    "release-coverage-watch": _r(Release, "coverage.watch"), "text-watch-end": _r(TextWatch, "coverage.watch"),
    "text-candidate": _r(TextCandidate, "candidate.judge"), "release-proposals": _r(Release, "impact.answer"),
    "vulnerability-proposals": _r(Vulnerability, "impact.answer"), "release-held": _r(Release, "finding.judge"),
    "release-ruled-out": _r(Release), "release-corrected": _r(Release), "release-findings": _r(Release, form="json"),
    "release-sbom": _r(Release, "sbom.import"), "release-sbom-read": _r(Release),
    "release-vex-publish": _r(Release, "vex.publish"), "release-vex": _r(Release, dialect="openvex"),
    # the field
    "field": _r(), "consignees": _r(), "consignee-new": _r(None, "field.describe"), "consignee": _r(Consignee),
    "consignee-change": _r(Consignee, "field.describe"), "site-new": _r(Consignee, "field.describe"), "site": _r(Site),
    "site-change": _r(Site, "field.describe"), "contact-new": _r(Consignee, "field.describe"),
    "contact-change": _r(Contact, "field.describe"), "units": _r(), "units-file": _r(form="csv"), "unit": _r(Unit),
    "unit-seen": _r(Unit, "unit.record"), "unit-act": _r(Unit, "unit.record", act="lend"),
    "unit-retire": _r(Unit, "unit.retire"), "field-import": _r(None, "field.import"),
    "field-import-preview": _r(None, "field.import", token="x"), "case-field": _r(Case, form="csv"),
    "vulnerability-field": _r(Vulnerability, form="csv"),
    # vulnerabilities
    "vulnerabilities": _r(), "vulnerability-new": _r(None, "vulnerability.register"),
    "vulnerability": _r(Vulnerability),
    "case-open": _r(Vulnerability, "case.open"), "finding-state": _r(Vulnerability, "finding.judge", release=Release),
    "finding-back": _r(Vulnerability, "finding.judge", release=Release),
    "match-correct": _r(Vulnerability, "match.correct", release=Release), "corrections": _r(),
    "correction": _r(MatchCorrection), "correction-withdraw": _r(MatchCorrection, "match.correct"), "review": _r(),
    "review-together": _r(None, "review.decide"),
    "review-range": _r(number=1), "review-decide": _r(None, "review.decide", number=1),
    "review-take-back": _r(None, "review.decide", number=1), "review-decision": _r(ReviewDecision), "crosswalk": _r(),
    "crosswalk-new": _r(None, "crosswalk.decide"), "crosswalk-look": _r(None, "crosswalk.suggest"),
    "crosswalk-suggestion": _r(CrosswalkSuggestion, "crosswalk.decide"),
    "crosswalk-entry": _r(CrosswalkDecision, "crosswalk.decide"),
    "crosswalk-take-back": _r(CrosswalkDecision, "crosswalk.decide"),
    # cases
    "cases": _r(), "case": _r(Case), "fact-new": _r(Case, "case.record_fact"),
    "fact-correct": _r(Case, "case.record_fact", fact=_NO_UID), "case-learned": _r(Case, "case.set_learned"),
    "case-initiated": _r(Case, "case.record_fact"), "case-long-term": _r(Case, "case.record_fact"),
    "case-hand-over": _r(Case, "case.move"), "case-answer": _r(Case, "impact.answer"),
    "case-not-present": _r(Case, "impact.answer"), "case-answer-parts": _r(Case, "impact.answer", release=Release),
    "case-reassess": _r(Case, "assessment.propose"), "case-move": _r(Case, "case.move", verb="reopen"),
    "assessment-start": _r(Case, "assessment.propose"), "control-new": _r(Case, "control.propose"),
    "case-decide": _r(Case, "decision.make"), "report-draft": _r(Case, "report806.draft"),
    "record-806-new": _r(Case, "record806.draft"), "isao-submission": _r(Case, "isao.record"),
    "assessment": _r(Assessment), "assessment-exploitability": _r(Assessment, "exploitability.assess"),
    "assessment-level": _r(Assessment), "assessment-harm": _r(Assessment, "harm.assess"),
    "assessment-dissent": _r(Assessment, "assessment.sign", "assessment.propose"),
    "assessment-propose": _r(Assessment, "assessment.propose"), "assessment-return": _r(Assessment, "assessment.sign"),
    "assessment-sign": _r(Assessment, "assessment.sign"), "control-verify": _r(Control, "control.verify"),
    "control-recommend": _r(Control, "control.verify", "control.propose"),
    "control-in-use": _r(Control, "control.confirm_in_use"),
    "control-end": _r(Control, "control.verify", "control.propose"), "decision": _r(Decision),
    "decision-sign": _r(Decision, "decision.sign"),
    # what we do
    "control-library": _r(), "control-entry-new": _r(None, "control_entry.propose"),
    "control-entry": _r(ControlEntry), "control-entry-verify": _r(ControlEntry, "control_entry.verify"),
    "control-entry-risk": _r(ControlEntry, "control_entry.check_risk"),
    "control-entry-recommend": _r(ControlEntry, "control_entry.move"),
    "control-entry-end": _r(ControlEntry, "control_entry.move"), "control-take": _r(Case, "control.propose"),
    "plan-new": _r(Case, "plan.write"), "plan": _r(Plan),
    "plan-move": _r(Plan, "plan.move", "plan.sign_residual", verb="develop"),
    "campaigns": _r(), "campaign-new": _r(Case, "campaign.open"), "end-of-support-new": _r(Product, "campaign.open"),
    "campaign": _r(Campaign), "campaign-places": _r(Campaign, form="csv"),
    "campaign-place": _r(Campaign, consignee=Consignee),
    "campaign-move": _r(
        Campaign, "campaign.move", "campaign.approve", "campaign.close", "campaign.accept_residual", verb="close"
    ),
    "campaign-units": _r(Campaign, "unit.move", verb="acknowledge"),
    "campaign-check": _r(Campaign, "effectiveness.check"),
    "service-order-new": _r(Campaign, "service_order.open", unit=Unit), "notice-new": _r(Campaign, "notice.write"),
    "notice": _r(Notice), "notice-words": _r(Notice, "notice.write"),
    "notice-variant": _r(Notice, "notice.write", audience="clinician"),
    "notice-letter": _r(Notice, audience="clinician"), "notice-approve": _r(Notice, "notice.approve"),
    "notice-send": _r(Notice, "notice.send"), "notice-remind": _r(Notice, "notice.send", consignee=Consignee),
    "delivery-note": _r(Delivery, "delivery.record"), "service-orders": _r(), "service-order": _r(ServiceOrder),
    "service-record": _r(ServiceOrder, "service_order.record"),
    "service-cancel": _r(ServiceOrder, "service_order.open"), "measures": _r(),
    # reports
    "reports": _r(), "report": _r(Report806), "report-item": _r(Report806, "report806.draft", number=1),
    "report-move": _r(Report806, "report806.draft", "report806.approve", "report806.record_submission", verb="approve"),
    "report-pdf": _r(Report806, "report806.draft"), "record-806": _r(Record806),
    "record-806-sign": _r(Record806, "record806.sign"), "record-806-pdf": _r(Record806, "record806.draft"),
    "document": _r(Document),
    # sharing, proof, policy, people
    "sharing": _r(), "isao-new": _r(None, "isao.record"),
    "isao-criterion": _r(IsaoMembership, "isao.record"), "vex-file": _r(VexPublication),
    "outbox": _r(), "outbox-of": _r(cause=_NO_UID), "message": _r(Promise),
    "message-repeat": _r(Promise, "promise.repeat"), "message-stop": _r(Promise, "promise.give_up"),
    "proof": _r(), "match-quality": _r(), "proof-record": _r(Case, kind="case"),
    "proof-export": _r(form="json"), "policy": _r(), "policy-new": _r(None, "policy.propose", kind="risk-matrix"),
    "policy-examples": _r(None, "policy.propose"), "set-up": _r(None, "installation.set_up"),
    "policy-version": _r(PolicyVersion), "policy-approve": _r(PolicyVersion, "policy.approve"), "people": _r(),
    "person-new": _r(None, "person.add"), "person": _r(Person),
    "person-password": _r(Person, "person.renew_password"), "wall-new": _r(None, "wall.manage"),
}  # fmt: skip

# The API's operations, by their id.
OPERATIONS: Mapping[str, Row] = {
    "list_intake": _r(), "one_intake": _r(IntakeReport), "hand_in_signal": _r(None, "report.take_in"),
    "list_releases": _r(), "one_release": _r(Release), "list_findings": _r(Release),
    "hand_in_sbom": _r(Release, "sbom.import"), "list_review": _r(), "one_review": _r(number=1), "crosswalk": _r(),
    "read_coverage": _r(Release), "own": _r(Release, "coverage.own"),
    "own_source": _r(None, "coverage.own", source="x"),
    "watch": _r(Release, "coverage.watch"), "end": _r(TextWatch, "coverage.watch"), "read_candidates": _r(Release),
    "judge": _r(TextCandidate, "candidate.judge"), "read_profile": _r(Product),
    "add_name": _r(Product, "product.describe"), "add_absence": _r(Product, "product.describe"),
    "end_name": _r(DeviceName, "product.describe"), "end_absence": _r(AbsentPlatform, "product.describe"),
    "read_proposals": _r(Release), "adopt": _r(Release, "impact.answer"), "read_held": _r(Release),
    "decide_on_held": _r(Release, "finding.judge"), "list_corrections": _r(), "correct": _r(None, "match.correct"),
    "withdraw": _r(MatchCorrection, "match.correct"), "decide": _r(None, "review.decide", number=1),
    "undecide": _r(None, "review.decide", number=1), "decide_several": _r(None, "review.decide"),
    "list_units": _r(), "hand_in_units": _r(None, "field.import"),
    "read_ruled_out": _r(Release), "list_campaigns": _r(), "one_campaign": _r(Campaign),
    "campaign_by_place": _r(Campaign), "say_of_units": _r(Campaign, "unit.move"),
    "openapi-json": OPEN, "api-root": OPEN,
}  # fmt: skip

# Verbs that no route does: the command line, the worker, or a part of another verb.
ELSEWHERE: Mapping[str, str] = {
    "person.change_roles": "no door yet", "person.retire": "no door yet", "evidence.read": "pages of proof read",
    "release.move": "no door yet", "sbom.approve": "no door yet", "feeds.import": "suture feeds import",
    "report.read_finder": "decides what intake-report shows", "cve.draft": "cve-draft reads",
    "isao.approve": "no door yet",
    "vex.export": "suture share; release-vex and vex-file read",
}  # fmt: skip
