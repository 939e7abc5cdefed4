"""Correct a match whose identity is wrong, portfolio-wide; withdraw the correction; end it when its time has come."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction

from suture.accounts.models import Person
from suture.accounts.services import new_uid, require, system
from suture.core.components import Package as PackageName
from suture.core.components import PackageKind
from suture.core.corrections import Named
from suture.core.errors import InvalidValue, NotAllowed, NotFound
from suture.detection.correcting import ZONE, of_portfolio, stated_by
from suture.detection.models import MatchCorrection, Matched
from suture.detection.queries.crosswalk import crosswalk_now
from suture.detection.services.matching import match_release
from suture.evidence.clock import now, today
from suture.evidence.services import record
from suture.intelligence.models import Assertion, Package, Vulnerability
from suture.intelligence.queries import published_rev, standing, standing_group

AT_ONCE = 40  # releases that are matched again while the person waits; the background loop does the others


def correct_match(
    *, component: Named, package: str = "", source: str = "", record_id: str = "", because: str, evidence: str,
    review_on: date, by: Person, owner: Person | None = None,
) -> MatchCorrection:  # fmt: skip
    """Say that a component, as named, is not the product of a package; or not what one record means.

    Matching no longer draws findings from that pair, in any release; those there are go with this reason and keep
    their history. What is not drawn stays listed and counted.

    Args:
        package: the package's name in the knowledge; or `source` and `record_id` for one record alone.
        evidence: what shows it: a link, a document, the component's own page.
        review_on: the last day it stands; then its findings come back.
        owner: who answers for it; by default whoever makes it.

    Raises:
        InvalidValue: a field is missing, the day has come already, no source speaks of such a package or record, or
            the same correction stands already.

    Source: what users of other systems suffer from, #2, #3, #14.
    """
    _check(component, package, record_id, because, evidence, review_on)
    with transaction.atomic():
        vulnerability = _of_record(source, record_id) if record_id else None
        require(by, "match.correct", vulnerability)
        stated: list[str] = []
        also: list[str] = []
        if record_id:
            stated = stated_by([(source, record_id)]).get((source, record_id), [])
        elif not Package.objects.filter(name=package).exists():
            raise InvalidValue(f"no source speaks of a package '{package}'")
        else:
            also = _also_called(package)
        same = MatchCorrection.objects.filter(
            name=component.name, identifier=component.identifier, package=package, source=source, record=record_id,
            ended_at=None,
        ).first()  # fmt: skip
        if same is not None and same.review_on >= today(ZONE) and same.stated == stated:
            raise InvalidValue(f"it stands already, until {same.review_on.isoformat()}: {same.because}")
        if same is not None:
            _end(same, by, "made anew")
        row = MatchCorrection.objects.create(
            uid=new_uid(), name=component.name, identifier=component.identifier, package=package, also=also,
            source=source, record=record_id, vulnerability=vulnerability, stated=stated, because=because.strip(),
            evidence=evidence, owner=owner or by, review_on=review_on, made_by=by, made_at=now(),
        )  # fmt: skip
        concerned = _stale(row)
        record(
            by=by, did="match.corrected", to=row, because=because,
            facts={
                "component": component.name, "identifier": component.identifier, "package": package, "also": also,
                "source": source,
                "record": record_id, "stated": stated, "evidence": evidence, "owner": row.owner.uid,
                "review_on": review_on, "releases": len(concerned),
            },
        )  # fmt: skip
    _match_again(concerned, by)
    return row


def withdraw_correction(*, correction_uid: UUID | str, by: Person, because: str) -> MatchCorrection:
    """Take a correction back; matching draws findings from its pair again, and those that went come back.

    Raises:
        InvalidValue: no reason.
        NotAllowed: it has ended already, or the person may not.
    """
    if not because.strip():
        raise InvalidValue("say why the correction is withdrawn")
    with transaction.atomic():
        row = (
            MatchCorrection.objects.select_for_update(of=("self",))
            .select_related("vulnerability__wall")
            .filter(uid=correction_uid)
            .first()
        )
        if row is None:
            raise NotFound("there is no such correction")
        require(by, "match.correct", row)
        if row.ended_at is not None:
            raise NotAllowed(f"it ended already: {row.ended_because}")
        _end(row, by, because.strip())
        concerned = _stale(row)
        record(by=by, did="match.correction_withdrawn", to=row, because=because, facts={"releases": len(concerned)})
    _match_again(concerned, by)
    return row


def lapse_corrections() -> int:
    """End corrections whose review date has passed, or whose record states something else now; a step of the loop.

    Their releases become stale and match again; the findings come back in the state they were in. Matching asks
    dates and records itself, so a correction never outlives its day because this had not run.
    """
    ended = 0
    for pk in list(MatchCorrection.objects.filter(ended_at=None).values_list("pk", flat=True)):
        with transaction.atomic():
            row = MatchCorrection.objects.select_for_update(of=("self",)).select_related("vulnerability").get(pk=pk)
            why = _why_lapsed(row) if row.ended_at is None else ""
            if not why:
                continue
            _end(row, system(), why)
            concerned = _stale(row)
            record(by=system(), did="match.correction_lapsed", to=row, because=why, facts={"releases": len(concerned)})
            ended += 1
    return ended


def _why_lapsed(row: MatchCorrection) -> str:
    if row.review_on < today(ZONE):
        return f"its review date, {row.review_on.isoformat()}, has passed"
    if row.record:
        stated = stated_by([(row.source, row.record)]).get((row.source, row.record), [])
        if stated != row.stated:
            return f"{row.record} of {row.source} states something else now: {'; '.join(stated) or 'no range'}"[:1000]
    return ""


def _check(component: Named, package: str, record_id: str, because: str, evidence: str, review_on: date) -> None:
    if bool(package) == bool(record_id):
        raise InvalidValue("name the package the component is not, or the one record that does not mean it")
    if not component.name.strip() or not component.identifier.strip():
        raise InvalidValue("name the component and the identifier it was matched by")
    if not because.strip():
        raise InvalidValue("say why the component is another product")
    if not evidence.strip():
        raise InvalidValue("say what shows it: a link, a document, the component's own page")
    if review_on <= today(ZONE):
        raise InvalidValue("a review date lies in the future")


def _also_called(package: str) -> list[str]:
    """The other names under which records speak of the same product: whoever is not the one is not the others."""
    crosswalk = crosswalk_now()
    rows = Package.objects.filter(name=package).values_list("kind", "scheme").distinct()
    names = {
        other.name
        for kind, scheme in rows
        for other in crosswalk.also_called(PackageName(PackageKind(kind), scheme, package))
    }
    return sorted(names - {package})


def _of_record(source: str, record_id: str) -> Vulnerability:
    rows = standing(Assertion.objects.filter(source=source, record_id=record_id), published_rev())
    number = rows.values_list("vuln", flat=True).first()
    found = Vulnerability.objects.select_related("wall").filter(pk=number or 0).first()
    if found is None:
        raise InvalidValue(f"{source} has no record '{record_id}'")
    return standing_group(found)


def _end(row: MatchCorrection, by: Person, because: str) -> None:
    row.ended_at, row.ended_by, row.ended_because = now(), by, because
    row.save(update_fields=["ended_at", "ended_by", "ended_because"])


def _stale(row: MatchCorrection) -> list[int]:
    """Mark the releases it concerns for another match, in the transaction of the change that makes them stale."""
    concerned = sorted(of_portfolio(row))
    Matched.objects.filter(release_id__in=concerned).update(kernel_ver=0)
    return concerned


def _match_again(releases: list[int], by: Person) -> None:
    for release_id in releases[:AT_ONCE]:
        match_release(release_id, by)
