"""A small world: records are published into the knowledge as an import would, but inside the test's own transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from typing import Any

from suture.accounts.services import new_uid
from suture.core.components import Package as PackageName
from suture.core.components import PackageKind
from suture.core.versions import KEYS_VERSION
from suture.core.vulnerabilities import Bounds, Record, ReviewRange, ReviewReason, StatedRange
from suture.detection.models import Finding
from suture.evidence.clock import now
from suture.intelligence.models import (
    OPEN,
    ORDINALS,
    Alias,
    Assertion,
    Configuration,
    Covers,
    FeedRevision,
    Kev,
    KnowledgeState,
    Package,
    PlatformRange,
    Range,
    ReviewedRange,
    Vulnerability,
)
from suture.intelligence.reading import Raw, prepare
from suture.inventory.models import Release

NPM_LODASH = PackageName(PackageKind.PURL, "npm", "npm/lodash")
OPENSSL = PackageName(PackageKind.CPE, "loose", "a:openssl:openssl")


def below(version: str) -> Bounds:
    return Bounds(None, version)


def between(low: str, high: str) -> Bounds:
    return Bounds(low, high)


ANY = Bounds(None, None)


def says(
    source: str, record_id: str, *ranges: tuple[PackageName, Bounds], aliases: Iterable[str] = (),
    review: Iterable[tuple[PackageName, ReviewReason]] = (), withdrawn: str = "", modified: str = "2026-01-02",
    upstream: Iterable[str] = (),
) -> Record:  # fmt: skip
    """A record: this source says that these ranges of these packages are affected."""
    waiting = tuple(ReviewRange(package, reason, "as written") for package, reason in review)
    return Record(
        source=source, id=record_id, aliases=tuple(aliases), withdrawn=withdrawn, modified=modified,
        upstream=tuple(upstream), ranges=tuple(StatedRange(package, bounds) for package, bounds in ranges),
        review=waiting, stated=len(ranges) + len(waiting),
    )  # fmt: skip


class World:
    """Publishes records. A record of a source and id that is known already amends it."""

    def __init__(self) -> None:
        self._last = Assertion.objects.count()

    @property
    def rev(self) -> int:
        return KnowledgeState.objects.get(pk=1).published

    def publish(self, *records: Record) -> int:
        """One revision with these records. Gives its number."""
        state = KnowledgeState.objects.get(pk=1)
        rev, first = state.published + 1, self._last + 1
        for record in records:
            self._store(record, rev)
        sources = sorted({*state.totals.get("sources", ()), *(record.source for record in records)})
        for source in sorted({record.source for record in records}) or ["none"]:
            FeedRevision.objects.update_or_create(
                rev=rev,
                defaults={
                    "uid": new_uid(), "source": source, "file_name": f"{source}.jsonl", "sha256": "0" * 64,
                    "parser_ver": 1, "keys_ver": KEYS_VERSION, "state": FeedRevision.State.PUBLISHED,
                    "started_at": now(), "fetched_at": now(), "published_at": now(), "dated": now().isoformat(),
                    "first_assertion": first, "last_assertion": self._last,
                },
            )  # fmt: skip
        totals = {**state.totals, "sources": sources}
        KnowledgeState.objects.update(published=rev, totals=totals)
        return rev

    def _store(self, record: Record, rev: int) -> None:
        packages: dict[tuple[str, str, str, str], int] = {}
        digest = sha256(repr(record).encode()).digest()
        made = prepare(record, Raw(1, b"", digest), packages)
        numbers = {place: self._package(row) for row, place in packages.items()}
        for old in Assertion.objects.filter(source=record.source, record_id=record.id, t=OPEN):
            self._close(old, rev)
        self._last += 1
        own = self._group([record.id, *record.aliases], rev, record.source, record.id)
        Assertion.objects.create(
            id=self._last, vuln=own.pk, source=record.source, record_id=record.id, f=rev, sha256=digest,
            modified=record.modified, withdrawn=record.withdrawn, stated=made.stated, title=record.title,
            summary=record.details,
            aliases=json.loads(made.aliases_json), says=made.says, by_vendor=made.by_vendor,
        )  # fmt: skip
        if made.conditions:
            Configuration.objects.create(assertion=self._last, conditions=made.conditions)
        for package, lo, hi, number in made.platforms:
            PlatformRange.objects.create(assertion=self._last, number=number, pkg_id=numbers[package], lo=lo, hi=hi)
        for other in made.upstream:
            group = self._group([other], rev, record.source, record.id)
            Covers.objects.create(assertion=self._last, vuln=group.pk)
        base = self._last << ORDINALS
        for package, lo, hi, line in made.ranges:
            Range.objects.create(pkg_id=numbers[package], lo=lo, hi=hi, stmt=base | line, f=rev)
        for place, waiting in enumerate(made.review):
            ReviewedRange.objects.create(
                stmt=base | (made.accepted + place), reason=waiting.reason, raw=waiting.raw, n=waiting.n, f=rev,
                pkg_id=None if waiting.package is None else numbers[waiting.package],
            )  # fmt: skip

    def _close(self, old: Assertion, rev: int) -> None:
        first, last = old.pk << ORDINALS, (old.pk + 1) << ORDINALS
        Range.objects.filter(stmt__gte=first, stmt__lt=last, t=OPEN).update(t=rev)
        ReviewedRange.objects.filter(stmt__gte=first, stmt__lt=last, t=OPEN).update(t=rev)
        Assertion.objects.filter(pk=old.pk).update(t=rev)

    def _package(self, row: tuple[str, str, str, str]) -> int:
        kind, scheme, name, role = row
        found = Package.objects.filter(kind=kind, scheme=scheme, name=name, role=role).first()
        if found is None:
            number = Package.objects.count() + 1
            found = Package.objects.create(pkg_id=number, kind=kind, scheme=scheme, name=name, role=role)
        return int(found.pkg_id)

    def _group(self, ids: list[str], rev: int, source: str, said_by: str) -> Vulnerability:
        groups = sorted(set(Alias.objects.filter(record_id__in=ids).values_list("vuln", flat=True)))
        if groups:
            kept = Vulnerability.objects.get(pk=groups[0])
            for other in groups[1:]:
                self.merge(other, kept.pk)
        else:
            preferred = min(ids, key=lambda one: (not one.startswith("CVE-"), one))
            number = KnowledgeState.objects.get(pk=1).next_vulnerability
            KnowledgeState.objects.update(next_vulnerability=number + 1)
            kept = Vulnerability.objects.create(id=number, uid=new_uid(), preferred_id=preferred, f=rev)
        for record_id in ids:
            Alias.objects.get_or_create(
                record_id=record_id, source=source, said_by=said_by, f=rev, defaults={"vuln": kept.pk}
            )
        return kept

    def merge(self, other: int, kept: int) -> None:
        """What publishing does when two groups turn out to be one."""
        Assertion.objects.filter(vuln=other).update(vuln=kept)
        Alias.objects.filter(vuln=other).update(vuln=kept)
        Covers.objects.filter(vuln=other).update(vuln=kept)
        Vulnerability.objects.filter(pk=other).update(merged_into=kept)

    def exploited(self, cve: str) -> None:
        Kev.objects.create(
            id=cve, f=self.rev, added="2026-02-03", name=cve, action="", due="2026-03-03", ransomware=False
        )

    def withdraw(self, record: Record) -> int:
        return self.publish(replace(record, withdrawn="2026-03-04T00:00:00Z", modified="2026-03-04"))


def cyclonedx(*components: dict[str, Any]) -> bytes:
    """A CycloneDX document of these components; `ref` is the bom-ref."""
    listed = [
        {"type": "library", "bom-ref": one.get("ref", f"c{i}"), **{k: v for k, v in one.items() if k != "ref"}}
        for i, one in enumerate(components)
    ]
    document = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": listed}
    return json.dumps(document).encode()


def lodash(version: str = "4.17.20", ref: str = "lodash") -> dict[str, Any]:
    return {"ref": ref, "name": "lodash", "version": version, "purl": f"pkg:npm/lodash@{version}"}


def openssl(version: str = "3.0.13", ref: str = "openssl") -> dict[str, Any]:
    cpe = f"cpe:2.3:a:openssl:openssl:{version}:*:*:*:*:*:*:*"
    return {"ref": ref, "name": "openssl", "version": version, "cpe": cpe}


def standing(release: Release) -> dict[str, Finding]:
    """The findings that stand, by the vulnerability's preferred id."""
    rows = Finding.objects.filter(release=release, gone_at=None).select_related("vulnerability", "release__product")
    return {finding.vulnerability.preferred_id: finding for finding in rows}
