"""A browser's walk: a stranger reports, checks the receipt, a coordinator makes it a case, credit after the minute."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from suture.assessment.models import Case
from suture.demo.people import PASSWORD
from suture.disclosure.models import Report
from suture.disclosure.services import move_embargo, write_advisory
from tests.doors.walk.somebody import Somebody

pytestmark = pytest.mark.browser


def test_from_a_strangers_message_to_an_advisory_with_credit(
    browser: Any, northlake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No account, one field needed; a case without a CVE; nothing of it public a second before the agreed minute."""
    finder, owen = (
        Somebody(browser, northlake, "", "a stranger"),
        Somebody(browser, northlake, "owen", "Owen Castellane"),
    )
    finder.opens("/security/")
    finder.follows("Report a problem")
    finder.fills({"What did you find?": "F12 opens a console on the pump's screen.", "Which device?": "Aria P2"})
    finder.fills({"How shall we name you in the advisory?": "Nell Ashby"})
    finder.page.get_by_role("button", name="Send the report").click()
    finder.page.wait_for_url("**/security/follow/**")
    finder.arrives_at("We have your report")
    report, private = Report.objects.order_by("-pk")[0], finder.page.url
    names = {f"{report.number}.txt": "receipt.txt", f"{report.number}.sig": "receipt.sig"}
    for name, address in names.items():
        (tmp_path / name).write_bytes(finder.page.request.get(private + address).body())
    (tmp_path / "receipt-key.pem").write_bytes(finder.page.request.get(f"{northlake}/security/receipt-key.pem").body())
    command = str(finder.page.locator("pre.code-box").inner_text()).split()
    assert command[:3] == ["openssl", "pkeyutl", "-verify"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Signature Verified Successfully" in ran.stdout, ran.stderr

    owen.signs_in(PASSWORD)
    owen.follows("Intake")
    owen.follows(report.number)
    owen.follows("Acknowledge")
    owen.presses("Acknowledge")
    for step in ("Start validation", "Find valid", "Accept"):
        owen.follows(step)
        owen.presses(step)
    assert "Nell Ashby" in owen.reads()
    owen.follows("A vulnerability of ours")
    owen.fills({"What is wrong, in a few words": "Console behind F12", "Why": "Reproduced on our own pump."})
    owen.page.get_by_label("Aria P2 4.2", exact=True).check()
    owen.presses("Register it and open the case")
    case = Case.objects.order_by("-pk")[0]
    assert case.vulnerability.ours
    assert not case.vulnerability.preferred_id.startswith("CVE-")
    assert case.wall == report.wall

    finder.opens(private.removeprefix(northlake))
    assert "We work on it." in finder.reads()
    assert "· new" in finder.reads()

    minute = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=3)
    base = f"/cases/{case.uid}/coordination"

    by = case.owner
    move_embargo(case_uid=case.uid, verb="propose", by=by, until=minute)
    move_embargo(case_uid=case.uid, verb="agree", by=by)
    write_advisory(
        case_uid=case.uid, title="Console behind F12", affected="Aria P2 4.2", text="A console.", remedy="Update.",
        by=by, credit="Nell Ashby",
    )  # fmt: skip
    owen.opens(base)
    owen.follows("Approve")
    owen.fills({"Why": "Read by all parties."})
    owen.presses("Approve")
    for at, there in ((minute - timedelta(seconds=1), False), (minute, True)):
        monkeypatch.setattr(django_settings, "SUTURE", django_settings.SUTURE.model_copy(update={"clock": at}))
        finder.opens("/security/advisories/")
        assert ("Console behind F12" in finder.reads()) is there
    finder.page.get_by_role("link", name="ADV-").first.click()
    assert "Nell Ashby" in finder.reads()
    assert not finder.wrong
    assert not owen.wrong
