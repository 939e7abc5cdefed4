"""`suture demo` loads a coherent manufacturer through the rooms' own verbs, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps

from suture import demo
from suture.accounts.models import Person
from suture.accounts.queries import signatures_on
from suture.assessment.models import Case
from suture.assessment.queries import cases_for, facts_of_case, open_cases, unanswered
from suture.core.cases import CaseState
from suture.core.errors import InvalidValue, NotFound
from suture.core.facts import Answer
from suture.core.milestones import initiated_on, learned_on
from suture.core.roles import Role
from suture.core.vex import VexStatus
from suture.demo.loading import ZONE
from suture.demo.people import CAST, PASSWORD
from suture.demo.scenes import own
from suture.demo.stage import Stage
from suture.detection.models import Finding
from suture.evidence.clock import today
from suture.evidence.models import Entry
from suture.evidence.queries import verify_chain
from suture.intelligence.models import Vulnerability
from suture.intelligence.queries import aliases_of, epss_of, kev_of, vulnerability_by_any_id
from suture.inventory.models import Component, Product, Release
from suture.inventory.queries import release_named
from suture.policy.models import Installation
from suture.reporting.models import Document, Record806, Report806
from suture.reporting.queries import is_signed, position
from suture.sharing.models import VexPublication
from suture.web.proof import seen_by

pytestmark = pytest.mark.usefixtures("said")

S = CaseState


def person(username: str) -> Person:
    return Person.objects.get(username=username)


def known(any_id: str) -> Vulnerability:
    return vulnerability_by_any_id(any_id, person("tomas"))


def case_of(any_id: str) -> Case:
    return Case.objects.get(vulnerability=known(any_id))


def _rows() -> dict[str, int]:
    ours = [model for model in apps.get_models() if model.__module__.startswith("suture.")]
    return {model.__name__: model.objects.count() for model in ours}


# ---------------------------------------------------------------- the load itself


def test_a_second_run_changes_nothing(said: list[str]) -> None:
    """Not a row more, not a line of evidence more."""
    before, head = _rows(), verify_chain()
    demo.load(said.append)
    assert _rows() == before
    assert verify_chain() == head


def test_the_chain_is_intact() -> None:
    """Every line of evidence the load wrote holds, and so does the head kept outside."""
    verdict = verify_chain()
    assert verdict.intact
    assert verdict.entries > 150


def test_a_real_installation_is_refused() -> None:
    """The demo never mixes with a manufacturer's own records."""
    Installation.objects.update(demo=False)
    try:
        with pytest.raises(InvalidValue, match="home of its own"):
            demo.load(lambda _: None)
    finally:
        Installation.objects.update(demo=True)


def test_people_in_every_role() -> None:
    """Each role but the command line's has somebody; all share the one password shown."""
    held = {role for character in CAST for role in character.roles}
    assert held == set(Role) - {Role.OPERATOR}
    assert all(person(c.username).check_password(PASSWORD) for c in CAST)
    assert len(PASSWORD) >= 12
    assert any(PASSWORD in line for line in demo.WELCOME)


def test_nothing_claims_to_be_real() -> None:
    """Numbers FDA has not given, mail that reaches nobody (RFC 2606), GS1's prefix for examples, 555 telephones."""
    assert Installation.objects.get().manufacturer == "Northlake Medical"
    for product in Product.objects.all():
        assert product.marketing_number.startswith(("K999", "P999"))
        assert product.listing_number.startswith("D99")
        assert product.udi_di.startswith("09506000")
    for one in Person.objects.filter(kind=Person.Kind.HUMAN):
        assert one.email.endswith("@northlake.example")
        assert not one.phone or "-555-0" in one.phone


# ---------------------------------------------------------------- what is shipped


@pytest.mark.parametrize(
    ("brand", "pathway", "inside"),
    [
        ("Aria P2", "510(k)", {"linux-yocto", "FreeRTOS Kernel", "VxWorks"}),
        ("Boreal V20", "510(k)", {"QNX OS for Medical", "ThreadX", "NetX Duo"}),
        ("Meridian", "PMA", {"KW41Z connectivity SDK", "wolfSSL"}),
        ("Halide", "510(k)", {"DCMTK", "Windows 10 IoT Enterprise 2021 LTSC", "log4j-core"}),
        ("Sorrel", "510(k)", {"react-native", "okhttp"}),
        ("Tern M7", "510(k)", {"Treck TCP/IP"}),
    ],
)
def test_each_device(brand: str, pathway: str, inside: set[str]) -> None:
    """A full profile, two or three releases at least, one in development where it is still being made."""
    product = Product.objects.get(brand_name=brand)
    assert product.pathway == pathway
    assert product.is_cyber_device
    assert product.intended_use
    assert product.last_submission_date
    assert product.releases.count() >= 3
    names = set(Component.objects.filter(sbom__current_for__product=product).values_list("name", flat=True))
    assert inside <= names
    statement = product.statements.get()
    assert len(statement.functions) >= 2
    assert statement.approved == (brand != "Tern M7")  # one is still a draft


def test_periodic_report_lies_ahead() -> None:
    """The PMA device owes one (21 CFR 814.84); the others do not."""
    owing = [p for p in Product.objects.all() if p.owes_periodic_report]
    assert [p.brand_name for p in owing] == ["Meridian"]
    assert owing[0].periodic_report_date == today(ZONE) + timedelta(days=53)


def test_releases_in_development_and_one_nobody_looked_at() -> None:
    """A release without SBOM is not a release without vulnerabilities."""
    assert Release.objects.filter(state=Release.State.IN_DEVELOPMENT).count() == 5
    assert [r.label for r in Release.objects.filter(sbom=None)] == ["Tern M7 2.6"]


def test_a_corrected_sbom_replaces_the_first_and_both_stay() -> None:
    """The supplier's module was declared later: VxWorks, and OpenSSL 3.0.13 instead of 3.0.15."""
    release = release_named("Aria P2 4.2")
    assert release.sboms.count() == 2
    assert Component.objects.filter(sbom=release.sbom, name="openssl").get().version == "3.0.13"


# ---------------------------------------------------------------- what the world knows, and where the two meet


@pytest.mark.parametrize(
    ("vulnerability", "release"),
    [
        ("CVE-2019-12255", "Aria P2 4.2"),  # URGENT/11
        ("CVE-2020-11896", "Tern M7 3.0"),  # Ripple20
        ("CVE-2014-0160", "Meridian 7.1"),  # Heartbleed
        ("CVE-2021-44228", "Halide 11.3"),  # Log4Shell
        ("CVE-2019-0708", "Halide 10.8"),  # BlueKeep
        ("CVE-2022-37434", "Aria P2 4.1"),  # zlib
        ("CVE-2022-3602", "Sorrel 3.1"),
        ("CVE-2022-0778", "Halide 11.3"),
        ("CVE-2023-0286", "Halide 10.8"),
        ("CVE-2024-5535", "Aria P2 4.2"),
        ("CVE-2021-22156", "Boreal V20 2.0"),  # BadAlloc
        ("CVE-2024-28130", "Halide 11.4"),  # DCMTK
        ("CVE-2021-23337", "Sorrel 3.1"),
        ("CVE-2022-25647", "Sorrel 3.1"),
    ],
)
def test_findings(vulnerability: str, release: str) -> None:
    """The real range of a real vulnerability meets the component in the device, with its reason."""
    finding = Finding.objects.standing().get(vulnerability=known(vulnerability), release=release_named(release))
    assert finding.reasons


def test_eternalblue_holds_together_with_its_windows() -> None:
    """A configuration of several products is judged for the release as a whole: SMB 1.0 running on Windows 7 SP1."""
    finding = Finding.objects.standing().get(vulnerability=known("CVE-2017-0144"), release=release_named("Halide 10.8"))
    assert finding.result == "affected"
    assert "together with o:microsoft:windows_7 (v = sp1)" in finding.why


def test_sweyntooth_depends_on_a_chip_no_sbom_names() -> None:
    """What the release does not state is unknown, not absent: conditional, never dropped and never guessed."""
    finding = Finding.objects.standing().get(
        vulnerability=known("CVE-2019-17519"), release=release_named("Meridian 7.1")
    )
    assert finding.result == "conditional"
    assert "only together with h:nxp:kw41z, which the release does not state" in finding.why


def test_aliases_exploitation_and_scores() -> None:
    """Log4Shell under its other name, in CISA's catalogue, with the score of 16 August 2026."""
    log4shell = known("GHSA-jfh8-c2jp-5v3q")
    assert log4shell == known("CVE-2021-44228")
    assert {"CVE-2021-44228", "GHSA-jfh8-c2jp-5v3q"} <= set(aliases_of(log4shell, person("tomas")))
    listed, score = kev_of(log4shell), epss_of(log4shell)
    assert (listed and listed.added) == "2021-12-10"
    assert (score and score.day) == "2026-08-16"


# ---------------------------------------------------------------- cases


@pytest.mark.parametrize(
    ("vulnerability", "state"),
    [
        ("CVE-2019-12255", S.MITIGATING),
        ("CVE-2021-22156", S.UNCONTROLLED),
        ("CVE-2024-28130", S.ACCEPTED),
        ("CVE-2021-44228", S.OPEN),
        ("CVE-2024-5535", S.ANALYSING),
        ("CVE-2022-37434", S.CLOSED),
    ],
)
def test_states(vulnerability: str, state: CaseState) -> None:
    """Cases in every stage of their life."""
    assert case_of(vulnerability).at is state


@pytest.mark.parametrize(
    ("title", "state"),
    [(own.PORT, S.CONTROLLED), (own.DATABASE, S.CONTROLLED), (own.PASSWORD_TITLE, S.ANALYSING), (own.MALWARE, None)],
)
def test_vulnerabilities_of_our_own(title: str, state: CaseState | None) -> None:
    """No CVE, no component; a finding by a person's word, and a case where somebody opened one."""
    vulnerability = Vulnerability.objects.get(title=title)
    assert vulnerability.ours
    assert not vulnerability.preferred_id.startswith("CVE-")
    assert vulnerability.findings.exists()
    assert [case.at for case in vulnerability.cases.all()] == ([state] if state else [])


def test_the_pump_is_half_way() -> None:
    """Learned 24 days ago, told and corrected about 6 days ago; the plan is open, one criterion of the ISAO unknown."""
    case, day = case_of("CVE-2019-12255"), today(ZONE)
    facts = facts_of_case(case)
    assert case.verdict == "uncontrolled"
    assert learned_on(facts) == day - timedelta(days=24)
    assert initiated_on(facts) == Stage({}, day).weekday(6)
    four = position(case, day).enforcement
    answers = [condition.answer for condition in four.conditions]
    assert answers == [Answer.YES, Answer.NOT_YET_DUE, Answer.NOT_YET_DUE, Answer.UNKNOWN]
    assert four.conditions[1].due_on == day + timedelta(days=6)
    assert not unanswered(case).exists()
    affected = case.answers.filter(status=VexStatus.AFFECTED)
    assert {a.release.label for a in affected} == {"Aria P2 4.1", "Aria P2 4.2"}


def test_the_pumps_806_report_is_drafted() -> None:
    """A PDF of the draft exists; the expected life is missing and says when it will follow."""
    report = Report806.objects.get(case=case_of("CVE-2019-12255"))
    assert not report.number
    assert set(report.answers["pending"]) == {"10", "11"}
    assert Document.objects.get(of_uid=report.uid).draft


def test_the_ventilators_day_30_is_missed() -> None:
    """Learned 36 days ago and nobody told: the second condition is false for good."""
    case, day = case_of("CVE-2021-22156"), today(ZONE)
    assert learned_on(facts_of_case(case)) == day - timedelta(days=36)
    conditions = position(case, day).enforcement.conditions
    assert conditions[1].answer is Answer.NO
    assert conditions[1].due_on == day - timedelta(days=6)


def test_the_workstation_was_judged_by_two() -> None:
    """A judgement cell: product security and clinical safety signed the same reason; quality keeps the record."""
    case = case_of("CVE-2024-28130")
    assessment = case.assessments.get()
    assert (assessment.cell, assessment.outcome) == ("judgement", "controlled")
    roles = {s.as_role for s in signatures_on(assessment.record_kind, assessment.uid)}
    assert roles == {Role.PSIRT, Role.CLINICAL_SAFETY}
    assert is_signed(Record806.objects.get(case=case))


def test_privacy_alone_uses_no_scale_of_harm() -> None:
    """F §IV.F: loss of personal data is not patient harm."""
    assessment = Vulnerability.objects.get(title=own.DATABASE).cases.get().assessments.get()
    assert assessment.inherent_harm is None
    assert assessment.outcome == "controlled"


def test_the_finders_report_is_behind_a_wall() -> None:
    """Whoever is not admitted does not even see that there is one."""
    vulnerability = Vulnerability.objects.get(title=own.PASSWORD_TITLE)
    case = vulnerability.cases.get()
    assert case in cases_for(person("tomas"))
    assert case in open_cases(person("lucia"))
    assert case not in cases_for(person("sam"))
    with pytest.raises(NotFound):
        vulnerability_by_any_id(vulnerability.preferred_id, person("mateo"))


def test_the_proof_shows_nothing_of_it_either() -> None:
    """Whatever kind of record an entry is about: findings, facts, steps, the wall itself."""
    vulnerability = Vulnerability.objects.get(title=own.PASSWORD_TITLE)
    case = vulnerability.cases.get()
    words = (vulnerability.preferred_id, case.number, own.PASSWORD_TITLE, case.reports.get().report.number)

    def tells(entry: Entry) -> bool:
        text = " ".join((entry.record_label, entry.because, entry.facts))
        return any(word in text for word in words)

    assert any(tells(entry) for entry in seen_by(person("tomas"), Entry.objects.all()))
    assert not any(tells(entry) for entry in seen_by(person("sam"), Entry.objects.all()))


def test_vex_is_published_in_both_dialects() -> None:
    """Affected, not affected and under investigation, and nothing from behind the wall."""
    published = VexPublication.objects.filter(release=release_named("Aria P2 4.2"))
    assert {one.dialect for one in published} == {"openvex", "cyclonedx"}
    counts = published.first().counts
    assert {"affected", "not_affected", "under_investigation"} <= set(counts)


@pytest.mark.parametrize("offset", range(7))
def test_letters_go_out_on_working_days(offset: int) -> None:
    """Whatever the weekday of the load: a working day, and the pump's search of 5 days ago is within its 7 days."""
    stage = Stage({}, today(ZONE) + timedelta(days=offset))
    assert stage.weekday(6).weekday() < 5
    assert stage.ago(8) <= stage.weekday(6) <= stage.ago(6)
    assert stage.weekday(5) >= stage.ago(7)
