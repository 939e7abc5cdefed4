"""What we ship."""

from __future__ import annotations

from django.db.models import QuerySet

from suture.core.components import Component as ComponentValue
from suture.core.errors import InvalidValue, NotFound
from suture.inventory.models import Component, Product, Release, SafetyStatement


def all_releases() -> QuerySet[Release]:
    """Every release that is not retired, those in development included (F §X.B.v)."""
    return Release.objects.exclude(state=Release.State.RETIRED).select_related("product", "sbom")


def release_named(name: str) -> Release:
    """One release by 'brand name version', e.g. 'Aria P2 4.2', or by its uid.

    Raises:
        NotFound: no release is called so; names those that are near at hand.
    """
    for release in Release.objects.select_related("product", "product__establishment", "sbom"):
        if name.casefold() in (release.label.casefold(), str(release.uid)):
            return release
    known = ", ".join(sorted(r.label for r in all_releases())[:12]) or "none yet"
    raise NotFound(f"no release is called '{name}'; known: {known}")


def product_named(name: str) -> Product:
    """One product by brand name or uid.

    Raises:
        NotFound: no product is called so.
    """
    for product in Product.objects.select_related("establishment"):
        if name.casefold() in (product.brand_name.casefold(), str(product.uid)):
            return product
    known = ", ".join(Product.objects.values_list("brand_name", flat=True)[:12]) or "none yet"
    raise NotFound(f"no product is called '{name}'; known: {known}")


def components_of(release: Release) -> QuerySet[Component]:
    """The components of a release's current SBOM; empty when it has none, which is 'not assessed', not 'nothing'."""
    return Component.objects.filter(sbom=release.sbom_id) if release.sbom_id else Component.objects.none()


def as_value(row: Component) -> ComponentValue:
    """A stored component as the core's value."""
    return ComponentValue(
        ref=row.ref, name=row.name, version=row.version, supplier=row.supplier, kind=row.kind,
        purls=tuple(row.purls), cpes=tuple(row.cpes), licences=tuple(row.licences), parent=row.parent,
        support_level=row.support_level, end_of_support=row.end_of_support,
        source=row.source, patched=tuple(row.patched),
    )  # fmt: skip


def patched_of(release: Release) -> dict[str, tuple[str, ...]]:
    """The components of a release's current SBOM that its maker patched: ref -> the ids the patches resolve."""
    rows = components_of(release).exclude(patched=[]).values_list("ref", "patched")
    return {ref: tuple(ids) for ref, ids in rows}


def approved_statement(product: Product) -> SafetyStatement:
    """The newest approved statement of safety and essential performance.

    Raises:
        InvalidValue: none is approved; nothing about this device can be assessed yet (F §V.C).
    """
    found = product.statements.filter(approved=True).order_by("-version").first()
    if found is None:
        raise InvalidValue(
            f"{product.brand_name} has no approved statement of safety and essential performance; "
            "approve one first (F §V.C)"
        )
    return found
