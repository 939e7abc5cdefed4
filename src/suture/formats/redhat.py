"""Red Hat's security data: one document per CVE, which build of which source package fixes it, product by product.

Source: Red Hat Security Data API (docs.redhat.com, "Red Hat Security Data API", CVE format); what the states mean:
access.redhat.com/articles/red_hat_vulnerability_tutorial ("package state").
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import NamedTuple

import msgspec

from suture.core.components import Package
from suture.core.distros import REDHAT
from suture.core.identity import package_of_release
from suture.core.vulnerabilities import Bounds, Record, ReviewRange, ReviewReason, Severity, StatedRange
from suture.formats.decoding import decode


class Fixed(msgspec.Struct, gc=False):
    """A row of `affected_release`: an advisory that fixes the CVE in one product."""

    product_name: str = ""
    cpe: str = ""
    advisory: str = ""
    package: str = ""
    release_date: str = ""


class State(msgspec.Struct, gc=False):
    """A row of `package_state`: where no advisory fixes it."""

    product_name: str = ""
    cpe: str = ""
    fix_state: str = ""
    package_name: str = ""


class Bug(msgspec.Struct, gc=False):
    description: str = ""


class Cvss(msgspec.Struct, gc=False):
    cvss_scoring_vector: str = ""
    cvss3_scoring_vector: str = ""


class Cve(msgspec.Struct):
    """The fields that decide anything here."""

    name: str
    public_date: str = ""
    bugzilla: Bug | None = None
    details: list[str] = []
    statement: str = ""
    cvss: Cvss | None = None
    cvss3: Cvss | None = None
    cwe: str = ""
    references: list[str] = []
    affected_release: list[Fixed] = []
    package_state: list[State] = []


_DECODER = msgspec.json.Decoder(Cve)

# What a state says of the package's builds. One that will not be mended is affected all the same, and one that is out
# of support scope too: Red Hat's own VEX lists both as known affected, without a fix planned.
AFFECTED = frozenset({"affected", "fix deferred", "will not fix", "out of support scope"})
NOT_AFFECTED = "not affected"  # states no range: those builds are known to be fine
UNDER_INVESTIGATION = "under investigation"

# Enterprise Linux and what Red Hat ships for it under names of their own: Supplementary, Software Collections, .NET.
# A product that runs on it (OpenShift, OpenStack) brings builds of its own under the same names, so it is not it.
_ENTERPRISE = re.compile(
    r"cpe:/[ao]:redhat:(?:"
    r"enterprise_linux:(?P<main>\d+)(?:\.\d+)?(?::.*)?"
    r"|rhel_(?:extras|extras_rt|extras_oracle_java|extras_sap|extras_other|productivity|cluster):(?P<extra>\d+)(?::.*)?"
    r"|rhel_(?:software_collections|dotnet|dotnet_\w+|developer_toolset|devtools)[^:]*:[^:]*::el(?P<collection>\d+)"
    r")"
).fullmatch
# Minor releases that are mended longer than the release itself, in builds of their own: '8.4 EUS', '7 ELS'.
_EXTENDED = re.compile(
    r"cpe:/[ao]:redhat:rhel_(?P<kind>eus|aus|tus|e4s|els|mission_critical):(?P<release>\d+(?:\.\d+)?)(?::.*)?"
).fullmatch

_MODULE = re.compile(r"(?P<name>[\w.+-]+):(?P<stream>[\w.]+)-(?P<build>\d{10,}\.[0-9a-z]+)").fullmatch
_NEVR = re.compile(r"(?P<name>[\w.+-]+)-(?P<version>(?:\d+:)?[^-:/\s]+-[^-:/\s]+)").fullmatch
_IN_MODULE = re.compile(r"(?P<module>[\w.+-]+):(?P<stream>[\w.]+)/(?P<name>[\w.+-]+)").fullmatch
_PLATFORM = re.compile(r"(?P<minor>\d{3,4})00\d{14}\.[0-9a-z]+").fullmatch
_MINOR = re.compile(r"(?P<before>.*\.el\d+_)(?P<minor>\d+)(?:\..*)?").fullmatch


class Place(NamedTuple):
    """The Enterprise Linux a row speaks of: its major release, and the minor one that is mended apart, if any."""

    major: str
    extended: str  # '8.4-eus'; '' for the release everybody has


def place_of(cpe: str) -> Place | None:
    """The Enterprise Linux that a product's CPE names; None for another product."""
    if found := _ENTERPRISE(cpe):
        return Place(found["main"] or found["extra"] or found["collection"], "")
    if found := _EXTENDED(cpe):
        return Place(found["release"].partition(".")[0], f"{found['release']}-{found['kind']}")
    return None


def read(data: bytes) -> Record:
    """Read one document. Every row of a fix, and every state but *Not affected*, is a range or waits for review.

    A fix says that the builds before it are affected; the fixes of one package and release that were made apart for a
    minor release are exceptions to it. A state of *Affected* without a fix is every build.

    Raises:
        FormatError: the bytes are no such document.
    """
    raw = decode(_DECODER, data, "a CVE of Red Hat's security data")
    reading = _Reading()
    for fixed in raw.affected_release:
        reading.fix(fixed)
    for state in raw.package_state:
        reading.state(state)
    ranges, review = reading.ranges(), reading.review
    return Record(
        source="redhat",
        id=raw.name,
        title=_title(raw),
        details="\n".join(filter(None, (*raw.details, raw.statement))),
        published=raw.public_date,
        # The documents carry no date of their own; the newest advisory is what changed last.
        modified=max((row.release_date for row in raw.affected_release), default=raw.public_date),
        severities=tuple(_severities(raw)),
        weaknesses=tuple(dict.fromkeys(re.findall(r"CWE-\d+", raw.cwe))),
        references=tuple(dict.fromkeys(link for text in raw.references for link in text.split() if "://" in link)),
        ranges=tuple(ranges),
        review=tuple(review),
        stated=len(ranges) + len(review),
    )


def _title(raw: Cve) -> str:
    text = raw.bugzilla.description.strip() if raw.bugzilla else ""
    return text.removeprefix(raw.name).strip()


def _severities(raw: Cve) -> list[Severity]:
    found = []
    if raw.cvss3 and (vector := raw.cvss3.cvss3_scoring_vector):
        found.append(Severity(vector.partition("/")[0], vector, "redhat"))
    if raw.cvss and (vector := raw.cvss.cvss_scoring_vector):
        found.append(Severity("CVSS:2.0", vector, "redhat"))
    return found


class _Reading:
    """The rows of one document as they come."""

    def __init__(self) -> None:
        self.review: list[ReviewRange] = []
        self._below: list[tuple[Package, str]] = []  # (package, version that fixes it)
        self._all: list[Package] = []
        self._apart: dict[Package, list[Bounds]] = defaultdict(list)  # builds fixed for a minor release

    def fix(self, row: Fixed) -> None:
        """One row of `affected_release`."""
        place = place_of(row.cpe)
        says = f"{row.product_name}: {row.package or 'no package'} ({row.advisory})"
        if place is None or "/" in row.package:  # another product; an image of a container
            self.review.append(ReviewRange(None, ReviewReason.UNKNOWN_ECOSYSTEM, says))
        elif found := _MODULE(row.package):
            self._fixed(place, f"{found['name']}:{found['stream']}", found["build"], says)
        elif found := _NEVR(row.package):
            self._fixed(place, found["name"], found["version"], says)
        else:
            named = _package(place, row.package) if re.fullmatch(r"[\w.+-]+", row.package) else None
            self.review.append(ReviewRange(named, ReviewReason.NO_VERSION, says))

    def _fixed(self, place: Place, name: str, version: str, says: str) -> None:
        package = _package(place, name)
        if package is None:
            self.review.append(ReviewRange(None, ReviewReason.NO_IDENTITY, says))
            return
        self._below.append((package, version))
        everybody = _package(Place(place.major, ""), name)
        if place.extended and everybody is not None:
            self._apart[everybody].append(_respins(version))

    def state(self, row: State) -> None:
        """One row of `package_state`."""
        state = row.fix_state.strip().lower()
        if state == NOT_AFFECTED:
            return
        says = f"{row.product_name}: {row.package_name} ({row.fix_state})"
        place, name = place_of(row.cpe), _name(row.package_name)
        package = _package(place, name) if place is not None and name else None
        if package is None:
            self.review.append(ReviewRange(None, ReviewReason.UNKNOWN_ECOSYSTEM, says))
        elif state in AFFECTED:
            self._all.append(package)
        else:  # under investigation, or a state we do not know: that is never 'no'
            self.review.append(ReviewRange(package, ReviewReason.UNKNOWN_STATUS, says))

    def ranges(self) -> list[StatedRange]:
        """Every range, with the builds that were mended apart as exceptions."""
        found = [StatedRange(package, Bounds(None, version), self._except(package)) for package, version in self._below]
        return found + [StatedRange(package, Bounds(None, None), self._except(package)) for package in self._all]

    def _except(self, package: Package) -> tuple[Bounds, ...]:
        return tuple(dict.fromkeys(self._apart.get(package, ())))


def _package(place: Place, name: str) -> Package | None:
    """The source package, 'rpm/redhat:8/openssl'; a module, 'rpm/redhat:8/nodejs:16'; one inside a module."""
    package = package_of_release(REDHAT, place.major, name)
    if package is None or not place.extended:
        return package
    return package._replace(name=f"rpm/redhat:{place.extended}/{name}")


def _name(written: str) -> str:
    """The name of a package in a state; '' for an image of a container or a Flatpak."""
    if (found := _IN_MODULE(written)) and found["stream"] != "flatpak":
        return written
    return written if re.fullmatch(r"[\w.+-]+", written) else ""


def _respins(version: str) -> Bounds:
    """A build and its respins for the same minor release: '…-18.el8_4' and '…-18.el8_4.2', but not '…-18.el8_5'.

    Of a module: that build and all later ones of its platform, which stands in the first digits, 80100 for 8.1.0.
    """
    if module := _PLATFORM(version):
        return Bounds(version, f"{int(module['minor']) + 1}{0:016}")
    found = _MINOR(version)
    return Bounds(version, f"{found['before']}{int(found['minor']) + 1}") if found else Bounds.exactly(version)
