"""What the firm knows on the day of the walk: its SBOMs, the feed, and the days the clocks must show."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

# Log4Shell as its public records tell it, written anew: Apache Log4j2 2.0-beta9 to 2.15.0, fixed in 2.15.0;
# added to CISA's catalogue of known exploited vulnerabilities on 10 December 2021.
CVE, GHSA = "CVE-2021-44228", "GHSA-jfh8-c2jp-5v3q"
LOG4J = "org.apache.logging.log4j"


class Days(NamedTuple):
    """One walk's days. `now` is the clock of the installation, None for the real one."""

    now: datetime | None
    today: date
    learned: date
    day_30: date
    day_60: date
    initiated: date
    report_806: date


def by_the_table(learned: date, initiated: date, today: date) -> Days:
    """Days of a walk under the real clock, counted here by the rules of reporting.md §8."""
    return Days(
        None, today, learned, learned + timedelta(days=30), learned + timedelta(days=60), initiated,
        ten_working_days_after(initiated),
    )  # fmt: skip


def utc_now() -> datetime:
    """This instant, UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The date at the firm's site."""
    return datetime.now(ZoneInfo("America/Chicago")).date()


def ten_working_days_after(day: date) -> date:
    """Ten days that are Monday to Friday and no Federal holiday, after day 0 (21 CFR 806.10(b), 803.3(y))."""
    left = 10
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and day not in holidays_around(day.year)
    return day


def holidays_around(year: int) -> set[date]:
    """The Federal holidays of 5 U.S.C. 6103(a) as observed: Saturday's on Friday, Sunday's on Monday."""
    days = {_observed(date(y, *md)) for y in (year, year + 1) for md in ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))}
    mondays = {_nth(year, month, 0, n) for month, n in ((1, 3), (2, 3), (9, 1), (10, 2))}
    last_of_may = next(date(year, 5, d) for d in range(31, 24, -1) if date(year, 5, d).weekday() == 0)
    return days | mondays | {last_of_may, _nth(year, 11, 3, 4)}


def _observed(day: date) -> date:
    return day + timedelta(days={5: -1, 6: 1}.get(day.weekday(), 0))


def _nth(year: int, month: int, weekday: int, n: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))


def sbom(folder: Path, name: str, *libraries: tuple[str, str, str]) -> Path:
    """A CycloneDX file of (group, name, version), each a Maven package."""
    components = [
        {
            "type": "library", "bom-ref": f"{library}-{version}", "group": group, "name": library, "version": version,
            "purl": f"pkg:maven/{group}/{library}@{version}",
        }
        for group, library, version in libraries
    ]  # fmt: skip
    document = {
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "serialNumber": "urn:uuid:5f0b3f5e-9d0e-4c3a-8a53-0c7d6a7d1f01", "metadata": {"component": {
            "type": "device", "bom-ref": "device", "name": name}}, "components": components,
    }  # fmt: skip
    file = folder / f"{name.lower().replace(' ', '-')}.cdx.json"
    file.write_text(json.dumps(document))
    return file


def feed(folder: Path, as_of: datetime) -> Path:
    """A mirror folder with one advisory and CISA's catalogue, both as of a day."""
    folder.mkdir(exist_ok=True)
    stamp = as_of.strftime("%Y-%m-%dT%H:%M:%SZ")
    advisory = {
        "schema_version": "1.6.0", "id": GHSA, "aliases": [CVE], "modified": stamp,
        "published": "2021-12-10T00:40:56Z", "summary": "Remote code injection in Log4j",
        "details": "A string that is logged can make Log4j load and run code from a server of the attacker's choice.",
        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H/E:H"}],
        "affected": [{
            "package": {"ecosystem": "Maven", "name": f"{LOG4J}:log4j-core"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "2.13.0"}, {"fixed": "2.15.0"}]}],
        }],
    }  # fmt: skip
    catalogue = {
        "catalogVersion": as_of.strftime("%Y.%m.%d"), "dateReleased": stamp, "count": 1, "vulnerabilities": [{
            "cveID": CVE, "vendorProject": "Apache", "product": "Log4j2", "dateAdded": "2021-12-10",
            "vulnerabilityName": "Apache Log4j2 Remote Code Execution Vulnerability",
            "shortDescription": "JNDI features do not protect against endpoints of an attacker.",
            "requiredAction": "Apply updates, or remove affected assets.", "dueDate": "2021-12-24",
            "knownRansomwareCampaignUse": "Known", "notes": "", "cwes": ["CWE-20"],
        }],
    }  # fmt: skip
    (folder / f"{GHSA}.json").write_text(json.dumps(advisory))
    (folder / "known_exploited_vulnerabilities.json").write_text(json.dumps(catalogue))
    return folder
