"""Verbs of the inventory: register what we ship, hand in its SBOMs, approve what it must do safely."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Max

from suture.accounts.models import Person
from suture.accounts.services import new_uid, reauthenticate, require, sign
from suture.core.components import Sbom
from suture.core.errors import InvalidValue, NotAllowed, Problem
from suture.core.roles import Role
from suture.evidence.canonical import digest
from suture.evidence.clock import now
from suture.evidence.services import record
from suture.formats.sbom import read_sbom
from suture.inventory.blobs import keep_blob
from suture.inventory.models import Component, Establishment, Product, Release, SafetyStatement, SbomDocument


def _clean(row: Establishment | Product | Release) -> None:
    """Every problem of a row in one error.

    Raises:
        InvalidValue: field by field, what is wrong.
    """
    unknown = {f.name for f in row._meta.fields if f.null and getattr(row, f.attname) is None}  # None is 'not known'
    try:
        row.full_clean(exclude={"uid", *unknown}, validate_unique=True)
    except ValidationError as error:
        raise InvalidValue(
            "; ".join(f"{field}: {' '.join(says)}" for field, says in error.message_dict.items())
        ) from error


def register_establishment(*, by: Person, **fields: Any) -> Establishment:
    """Register a site of the manufacturer. Fields as in `Establishment`."""
    with transaction.atomic():
        require(by, "product.register")
        row = Establishment(uid=new_uid(), **fields)
        _clean(row)
        row.save()
        record(by=by, did="establishment.registered", to=row, facts=fields)
    return row


def register_product(*, establishment: Establishment, by: Person, **fields: Any) -> Product:
    """Register a device with its regulatory profile. Fields as in `Product`; what is not known stays None.

    Raises:
        InvalidValue: field by field, what is wrong.
    """
    with transaction.atomic():
        require(by, "product.register")
        row = Product(uid=new_uid(), establishment=establishment, **fields)
        _clean(row)
        row.save()
        record(by=by, did="product.registered", to=row, facts={**fields, "establishment": establishment.uid})
    return row


def describe_product(*, product_uid: str, by: Person, because: str, **fields: Any) -> Product:
    """Change a device's profile; the values before and after go into evidence."""
    with transaction.atomic():
        row = Product.objects.select_for_update().get(uid=product_uid)
        require(by, "product.describe", row)
        before = {name: getattr(row, name) for name in fields}
        for name, value in fields.items():
            setattr(row, name, value)
        _clean(row)
        row.save(update_fields=list(fields))
        record(by=by, did="product.described", to=row, because=because, facts={"before": before, "after": fields})
    return row


def state_safety(
    *, product: Product, functions: Sequence[Mapping[str, Any]], acceptance_criteria: str, by: Person
) -> SafetyStatement:
    """Draft a device's safety and essential performance: each function with limits and the harm if compromised."""
    with transaction.atomic():
        require(by, "statement.propose", product)
        for i, function in enumerate(functions):
            missing = {"name", "limits", "if_compromised", "worst_harm"} - set(function)
            if missing or function["worst_harm"] not in range(1, 6):
                raise InvalidValue(
                    f"function {i + 1}: give name, limits, if_compromised and worst_harm (1 to 5); "
                    f"missing: {', '.join(sorted(missing)) or 'a worst_harm from 1 to 5'}"
                )
        if not functions or not acceptance_criteria.strip():
            raise InvalidValue("a statement names at least one function, and the acceptance criteria")
        last = product.statements.aggregate(last=Max("version"))["last"] or 0
        row = SafetyStatement.objects.create(
            uid=new_uid(),
            product=product,
            version=last + 1,
            functions=list(functions),
            acceptance_criteria=acceptance_criteria,
        )
        record(by=by, did="statement.drafted", to=row, facts=row.content())
    return row


def approve_statement(*, statement_uid: str, by: Person, password: str, because: str = "") -> SafetyStatement:
    """Approve a statement by signature of clinical safety (F §V.C).

    Raises:
        NotAllowed: it is approved already, or this person may not.
    """
    reauthenticate(by, password)
    with transaction.atomic():
        row = SafetyStatement.objects.select_for_update().get(uid=statement_uid)
        require(by, "statement.approve", row)
        if row.approved:
            raise NotAllowed(f"{row.label} is approved already")
        row.approved = True
        row.save(update_fields=["approved"])
        sign(
            by=by,
            to=row,
            digest=digest(row.content()),
            meaning="approval",
            as_role=Role.CLINICAL_SAFETY,
            because=because,
        )
        record(by=by, did="statement.approved", to=row, because=because)
    return row


def register_release(*, product: Product, by: Person, **fields: Any) -> Release:
    """Register a release of a device, in development or fielded. Fields as in `Release`."""
    with transaction.atomic():
        require(by, "release.register", product)
        row = Release(uid=new_uid(), product=product, **fields)
        _clean(row)
        row.save()
        record(by=by, did="release.registered", to=row, facts={**fields, "product": product.uid})
    return row


def import_sbom(*, release: Release, data: bytes, file_name: str, by: Person) -> tuple[SbomDocument, bool]:
    """Read an SBOM into a release and make it the current one, whatever it lists; `quarantine.hand_in` looks first.

    The same bytes twice change nothing. Another document replaces the current one; the old one stays.

    Returns:
        the document, and whether it is new.

    Raises:
        FormatError: the document cannot be read at all; nothing is kept but the answer.
    """
    sbom, problems = read_sbom(data)
    sha256 = keep_blob(data)
    with transaction.atomic():
        release = Release.objects.select_for_update().select_related("product").get(pk=release.pk)
        require(by, "sbom.import", release)
        known = stored_sbom(release, sbom, problems, sha256, file_name)
        if release.sbom_id == known.pk:
            return known, False
        make_current(release, known, by)
    return known, True


def make_current(release: Release, document: SbomDocument, by: Person) -> None:
    """Make a stored SBOM the current one of its release, which is locked, in the caller's transaction."""
    release.sbom = document
    release.portfolio_rev = F("portfolio_rev") + 1
    release.save(update_fields=["sbom", "portfolio_rev"])
    record(
        by=by, did="sbom.imported", to=document,
        facts={
            "sha256": document.sha256, "file": document.file_name,
            "format": f"{document.format} {document.spec_version}", "components": document.components_read,
            "skipped": document.components_skipped, "problems": len(document.problems),
        },
    )  # fmt: skip


def stored_sbom(release: Release, sbom: Sbom, problems: Sequence[Problem], sha256: str, file_name: str) -> SbomDocument:
    """The document of these bytes with its components: the one that is stored already, or a new one."""
    known = SbomDocument.objects.filter(release=release, sha256=sha256).first()
    return known or _store(release, sbom, problems, sha256, file_name)


def _store(release: Release, sbom: Sbom, problems: Sequence[Problem], sha256: str, file_name: str) -> SbomDocument:
    document = SbomDocument.objects.create(
        uid=new_uid(), release=release, sha256=sha256, format=sbom.format, spec_version=_fit(sbom.spec_version, 20),
        serial=_fit(sbom.serial, 300), created=_fit(sbom.created, 60), author=_fit(sbom.author, 300),
        file_name=_fit(file_name, 300), imported_at=now(), components_read=len(sbom.components),
        components_skipped=sbom.skipped,
        problems=[{name: _fit(text, 1000) for name, text in asdict(p).items()} for p in problems[:500]],
    )  # fmt: skip
    Component.objects.bulk_create(
        (
            Component(
                sbom=document, ref=_fit_ref(c.ref), name=_fit(c.name, 500), version=_fit(c.version, 500),
                supplier=_fit(c.supplier, 500), kind=_fit(c.kind, 60), purls=_fit_all(c.purls), cpes=_fit_all(c.cpes),
                licences=_fit_all(c.licences), parent=_fit_ref(c.parent), support_level=_fit(c.support_level, 60),
                end_of_support=_fit(c.end_of_support, 40), source=_fit(c.source, 600),
                patched=_fit_all(c.patched),
            )
            for c in sbom.components
        ),
        batch_size=1000,
    )  # fmt: skip
    return document


def _fit(text: str, width: int) -> str:
    """A text as a column of this width takes it: without NUL, which PostgreSQL refuses, and cut where it is absurd.

    A cut text ends in an ellipsis, so that a cut version is never taken for another one: it has no place in an order.
    """
    text = text.replace("\0", "\N{REPLACEMENT CHARACTER}") if "\0" in text else text
    return text if len(text) <= width else text[: width - 1] + "…"


def _fit_ref(ref: str) -> str:
    """A reference that is too long keeps its beginning and gets its hash: two of them stay two."""
    return _fit(ref, 500) if len(ref) <= 500 else f"{_fit(ref[:430], 430)}…{hashlib.sha256(ref.encode()).hexdigest()}"


def _fit_all(texts: Sequence[str]) -> list[str]:
    return [_fit(text, 4000) for text in texts]
