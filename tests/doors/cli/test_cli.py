"""The command line: help without Django, results on stdout, exit codes with meaning, errors as sentences."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from tools.cli_page import PAGE, page
from typer.testing import CliRunner

from suture.cli.main import COMMANDS, _typer
from suture.core.errors import SutureError
from suture.inventory.services import register_establishment, register_product, register_release
from suture.policy.models import PolicyKind
from suture.policy.queries import policy_in_force
from tests.conftest import ROOT
from tests.doors.process.installation import sbom_of
from tests.doors.process.test_kill import feed_of
from tests.house import PASSWORD


def run(*arguments: str, **more):
    """Run a command in this process; a SutureError is what `app()` would print."""
    result = CliRunner().invoke(_typer, list(arguments), **more)
    if result.exception and not isinstance(result.exception, SystemExit | SutureError):
        raise result.exception
    return result


def test_help_lists_every_command_without_opening_the_house():
    code = (
        "import sys; sys.argv = ['suture', '--help']\n"
        "from suture.cli.main import app\n"
        "try: app()\n"
        "except SystemExit: pass\n"
        "print('django' in sys.modules, file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT / "src", check=False)
    assert ran.stderr.strip() == "False", ran.stderr
    for name in COMMANDS:
        assert f"  {name}" in ran.stdout
    assert "10 done" in " ".join(ran.stdout.split())


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_each_command_explains_itself(name):
    result = run(name, "--help")
    assert result.exit_code == 0
    assert "Usage" in result.stdout


def test_an_unknown_command_is_wrong_usage():
    assert run("nosuch").exit_code == 2


def test_check_reports_every_problem_with_its_place(tmp_path):
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_bytes(sbom_of(["left-pad"], "3e671687-395b-41f5-a30f-a58921a69b79"))
    document = json.loads(good.read_bytes())
    document["components"] += [{"type": "library"}, {"type": "nonsense", "name": "x"}]
    bad.write_text(json.dumps(document))
    assert run("check", str(good)).exit_code == 0
    result = run("check", str(good), str(bad))
    assert result.exit_code == 1
    assert "/components/1" in result.stdout
    assert "/components/2" in result.stdout
    listed = json.loads(run("check", str(bad), "--format", "json").stdout)
    assert len(listed[0]["problems"]) >= 2


def test_check_of_what_is_no_document_is_no_traceback(tmp_path):
    for name, data in {"zip": b"PK\x03\x04", "cut": b'{"bomFormat": "Cyc', "bytes": bytes(range(256))}.items():
        (tmp_path / name).write_bytes(data)
        result = run("check", str(tmp_path / name))
        assert result.exit_code == 1
        assert "Traceback" not in result.output


@pytest.fixture
def pump(quinn):
    site = register_establishment(by=quinn, name="Works", address="1 Mill Road", phone="555-0100")
    device = register_product(
        establishment=site, by=quinn, brand_name="Pump", common_name="infusion pump", pathway="510(k)"
    )
    return register_release(product=device, by=quinn, version="1.0")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "pump.cdx.json").write_bytes(sbom_of(["part-1", "part-2", "stranger"], "1"))
    (tmp_path / "feed.jsonl.gz").write_bytes(feed_of(20, "2.0.0"))
    return tmp_path


@pytest.mark.django_db
def test_without_knowledge_everything_is_not_assessed(files):
    result = run("scan", str(files / "pump.cdx.json"))
    assert result.stdout.startswith("not assessed")
    answer = json.loads(run("scan", str(files / "pump.cdx.json"), "--format", "json").stdout)
    assert answer["assessed"] is False
    assert len(answer["not_assessed"]) == 3


@pytest.mark.usefixtures("committed_db")  # an import commits its own short transactions
def test_from_feed_to_finding(files, pump):
    imported = json.loads(run("feeds", "import", str(files / "feed.jsonl.gz"), "--format", "json").stdout)
    assert imported[0]["counts"]["records"] == 20
    again = run("feeds", "import", str(files / "feed.jsonl.gz"))
    assert again.exit_code == 0
    assert "Nothing changed" in again.stdout
    scanned = run("scan", str(files / "pump.cdx.json"), "--format", "json")
    assert scanned.exit_code == 10
    found = json.loads(scanned.stdout)
    assert {f["components"][0]["name"] for f in found["findings"]} == {"part-1", "part-2"}
    assert "1.0.0 lies in" in json.dumps(found["findings"], ensure_ascii=False)
    taken = run("sbom", "import", str(files / "pump.cdx.json"), "--release", "Pump 1.0")
    assert taken.exit_code == 10
    shown = json.loads(run("release", "show", "Pump 1.0", "--format", "json").stdout)
    assert len(shown["findings"]) == 2
    assert "intact" in run("verify").stdout


@pytest.mark.usefixtures("committed_db")  # an import commits its own short transactions
def test_a_truncated_feed_is_refused_and_the_exit_code_says_so(files):
    whole = (files / "feed.jsonl.gz").read_bytes()
    (files / "cut.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    result = run("feeds", "import", str(files / "cut.jsonl.gz"))
    assert result.exit_code == 1
    assert "refused" in result.output


@pytest.mark.django_db
def test_names_that_do_not_exist_are_named_with_those_that_do(pump):
    result = run("release", "show", "Pump 9.9")
    assert isinstance(result.exception, SutureError)
    assert "Pump 1.0" in str(result.exception)


@pytest.mark.usefixtures("committed_db")  # an import commits its own short transactions
def test_the_operator_does_not_open_cases_but_a_person_may(files, pump, ada, monkeypatch):
    run("feeds", "import", str(files / "feed.jsonl.gz"))
    run("sbom", "import", str(files / "pump.cdx.json"), "--release", "Pump 1.0")
    found = json.loads(run("release", "show", "Pump 1.0", "--format", "json").stdout)["findings"][0]["vulnerability"]
    refused = run("case", "open", found, "--because", "a match")
    assert "belongs to" in str(refused.exception)
    monkeypatch.setenv("SUTURE_PASSWORD", PASSWORD)
    opened = run("case", "open", found, "--because", "a match", "--as", "ada")
    assert opened.exit_code == 0, opened.output
    number = opened.stdout.strip()
    shown = json.loads(run("case", "show", number, "--format", "json").stdout)
    assert shown["vulnerability"] == found
    clock = {c["name"]: c for c in shown["clocks"]}["806 report"]
    assert clock["state"] == "not started"
    learned = json.loads(run("case", "list", "--format", "json").stdout)[0]
    assert learned["number"] == number
    monkeypatch.setenv("SUTURE_PASSWORD", "wrong")
    assert "password" in str(run("case", "open", found, "--because", "x", "--as", "ada").exception)


@pytest.mark.usefixtures("committed_db")  # an import commits its own short transactions
def test_a_vex_of_a_release_in_both_dialects(files, pump):
    run("feeds", "import", str(files / "feed.jsonl.gz"))
    run("sbom", "import", str(files / "pump.cdx.json"), "--release", "Pump 1.0")
    openvex = json.loads(run("share", "vex", "Pump 1.0").stdout)
    assert {s["status"] for s in openvex["statements"]} == {"under_investigation"}
    cyclonedx = json.loads(run("share", "vex", "Pump 1.0", "--dialect", "cyclonedx").stdout)
    assert {v["analysis"]["state"] for v in cyclonedx["vulnerabilities"]} == {"in_triage"}


@pytest.mark.django_db
def test_the_first_person_is_the_administrator_and_the_next_needs_one(home, monkeypatch):
    monkeypatch.setenv("SUTURE_NEW_PASSWORD", PASSWORD)
    assert run("person", "add", "root", "--name", "Root", "--role", "administrator").exit_code == 0
    refused = run("person", "add", "eve", "--name", "Eve", "--role", "psirt")
    assert "belongs to: administrator" in str(refused.exception)
    monkeypatch.setenv("SUTURE_PASSWORD", PASSWORD)
    assert run("person", "add", "eve", "--name", "Eve", "--role", "psirt", "--as", "root").exit_code == 0
    assert "no such role" in str(run("person", "add", "x", "--name", "X", "--role", "king", "--as", "root").exception)
    assert "eve" in run("person", "list").stdout


@pytest.mark.django_db
def test_the_reference_page_is_what_the_commands_print():
    assert PAGE.read_text(encoding="utf-8") == page(), "run `python -m tools.cli_page` and review the difference"


@pytest.mark.django_db
def test_setting_up_names_the_manufacturer_and_proposes_examples_nobody_has_approved(quinn, ada, monkeypatch):
    assert "belongs to" in str(run("setup", "Northlake Medical").exception)
    monkeypatch.setenv("SUTURE_PASSWORD", PASSWORD)
    assert "belongs to" in str(run("setup", "Northlake Medical", "--as", "ada").exception)
    result = run("setup", "Northlake Medical", "--as", "quinn")
    assert result.exit_code == 0, result.output
    assert result.stdout.count("not FDA's") == 3  # two policies of risk, and the disclosure policy
    for kind in (PolicyKind.RISK_MATRIX, PolicyKind.EXPLOITABILITY):
        with pytest.raises(SutureError, match="no approved policy"):
            policy_in_force(kind, date(2030, 1, 1))
    assert "already" in str(run("setup", "Another", "--as", "quinn").exception)


@pytest.mark.django_db
def test_an_sbom_in_quarantine_is_said_so_and_decided_on(files, pump, tmp_path):
    """Exit code 11: stored, not the current one; a person confirms or rejects it with a reason."""
    run("sbom", "import", str(files / "pump.cdx.json"), "--release", "Pump 1.0")
    small = tmp_path / "small.cdx.json"
    small.write_bytes(sbom_of(["part-1"], "2"))
    held = run("sbom", "import", str(small), "--release", "Pump 1.0")
    assert held.exit_code == 11
    assert held.stdout.startswith("held in quarantine, nothing was changed: it lists 1 component")
    waiting = json.loads(run("sbom", "held", "--format", "json").stdout)
    assert [row["release"] for row in waiting] == ["Pump 1.0"]
    uid = waiting[0]["uid"]
    assert run("sbom", "reject", "nothing", "--because", "x").exit_code == 1
    assert "rejected; nothing was changed" in run("sbom", "reject", uid, "--because", "wrong folder").stdout
    assert "1 component" in run("sbom", "import", str(small), "--release", "Pump 1.0").stdout
    uid = json.loads(run("sbom", "held", "--format", "json").stdout)[0]["uid"]
    confirmed = run("sbom", "confirm", uid, "--because", "the others are built apart now")
    assert confirmed.exit_code in (0, 10)
    assert json.loads(run("sbom", "held", "--format", "json").stdout) == []
