"""Whether an SBOM has lost so much against the one before it that a person must look before it counts."""

from __future__ import annotations

from typing import NamedTuple


class Extent(NamedTuple):
    """How much of a device an SBOM speaks of."""

    components: int
    identified: int  # those with at least one purl or CPE: what nobody can name, nobody can watch


def halved(before: Extent, after: Extent) -> tuple[str, ...]:
    """Say what an SBOM lost against the current one; empty where it lost less than half.

    An SBOM made wrongly (another folder, a tool that failed halfway, identifiers left out) would make findings
    disappear without anybody having removed a component. Exactly half counts as lost half; nothing before is no loss.

    Source: what users of other systems suffer from, #15: a suspicious SBOM (components -50 %) is quarantined.
    """
    said = []
    if before.components and after.components * 2 <= before.components:
        said.append(f"it lists {_many(after.components)}, the current SBOM {before.components}")
    if before.identified and after.identified * 2 <= before.identified:
        said.append(
            f"{after.identified} of its components carry a purl or CPE, in the current SBOM {before.identified} do"
        )
    return tuple(said)


def _many(n: int) -> str:
    return f"{n} component{'' if n == 1 else 's'}"
