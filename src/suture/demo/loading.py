"""`suture demo`: Northlake Medical, loaded through the verbs people use. A second run changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from suture.core.errors import InvalidValue
from suture.demo.field import take_in_field
from suture.demo.inventory import approve_policies, describe_devices, register_devices, register_releases
from suture.demo.people import PASSWORD, register_everybody
from suture.demo.scenes import campaign, imaging, libraries, own, pump, telling, ventilator
from suture.demo.sharing import join_isao, publish
from suture.demo.stage import Stage
from suture.evidence.clock import today
from suture.intelligence.services import import_feeds
from suture.policy.queries import installation
from suture.policy.services import set_up

MANUFACTURER = "Northlake Medical"
FEEDS = Path(__file__).parent / "feeds"
NAMES = {"known_exploited_vulnerabilities": "kev", "epss_scores-2026-08-16": "epss", "nvd-overrides": "nvd override"}
ZONE = "America/Chicago"  # of the Duluth establishment

WELCOME = (
    "Northlake Medical is fictitious; so are its devices, people and numbers. The vulnerabilities are real.",
    f"Everybody's password is {PASSWORD}",
    "  tomas   product security: new findings, cases, the uncontrolled risk of the infusion pump",
    "  maren   clinical safety: what would happen to the patient?      lucia   the same, in Berlin",
    "  ingrid  regulatory affairs: what is owed, and by when           ruth    quality: the proof",
    "  yuki    engineering: releases and their SBOMs                   noor    the administrator",
    "A walk through it: docs/tutorial/first-hour.md",
)

SCENES: tuple[tuple[str, Callable[[Stage], None]], ...] = (
    ("the infusion pump: uncontrolled, half way", pump.play),
    ("the ventilator: day 30 missed", ventilator.play),
    ("the workstation: judged controlled by two", imaging.play_judged),
    ("the workstation: known exploited, unanswered", imaging.play_unanswered),
    ("OpenSSL: some releases answered", libraries.play_openssl),
    ("zlib: not affected, closed", libraries.play_zlib),
    ("an open port", own.play_port),
    ("a database without password", own.play_database),
    ("a hard-coded password, behind a wall", own.play_password),
    ("malware at a hospital", own.play_malware),
    ("a stranger's report, unanswered", telling.play_open_report),
    ("a complaint, its MDR evaluation open", telling.play_complaint),
    ("who looks through what has no feed", telling.play_watching),
    ("a control library", campaign.play_library),
    ("a campaign over every pump in the field", campaign.play_campaign),
)


def load(progress: Callable[[str], None]) -> None:
    """Load the demo manufacturer into this installation, or what of it is still missing.

    Each step looks first whether its rows are there, and writes them in one transaction; so a load that was cut off
    is taken up again, and a complete one is left alone. Cases lie in the past relative to the day of the first load.

    Raises:
        InvalidValue: the installation is a real manufacturer's.
    """
    here = installation()
    if here is not None and not here.demo:
        raise InvalidValue(
            f"this installation belongs to {here.manufacturer}; give the demo a home of its own (SUTURE_HOME)"
        )
    progress("People of Northlake Medical")
    people = register_everybody()
    if here is None:
        set_up(manufacturer=MANUFACTURER, demo=True, by=people["noor"])
    stage = Stage(people, today(ZONE))
    progress("Policies, devices, statements of safety")
    approve_policies(stage)
    register_devices(stage)
    progress("What the world knows: a hundred real vulnerabilities")
    for folder in sorted(path for path in FEEDS.iterdir() if path.is_dir()):
        for file in sorted(folder.iterdir()):  # filed apart, so that sources which disagree are both shown
            import_feeds([file], by=people["tomas"], as_source=f"demo {NAMES.get(file.stem, file.stem)}")
    progress("Releases and their SBOMs, matched")
    describe_devices(stage)
    register_releases(stage)
    progress("Hospitals and their units")
    take_in_field(stage)
    join_isao(stage)
    for what, play in SCENES:
        progress(f"Case: {what}")
        play(stage)
    progress("VEX documents")
    publish(stage)
