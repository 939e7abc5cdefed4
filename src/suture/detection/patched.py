"""What an SBOM says its maker has patched (CycloneDX `pedigree.patches`): shown beside the finding, never applied.

That a patch file exists does not say that it is in the build, nor that it mends all of it. So the finding stands, the
sentence stands with it, and a person judges.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from suture.detection.kernel import chunks
from suture.detection.reasons import Drawn
from suture.intelligence.queries import aliases_by_vulnerability


def tell_patches(drawn: Mapping[int, Drawn], patched: Mapping[str, Sequence[str]], rev: int) -> None:
    """Say at each finding which of its components the SBOM calls patched against it.

    Args:
        patched: ref of a component -> the ids its patches resolve, as written. Empty for most SBOMs: no query then.
    """
    concerned = [number for number, one in drawn.items() if not patched.keys().isdisjoint(one.components)]
    for part in chunks(concerned):
        for number, ids in aliases_by_vulnerability(part, rev).items():
            one = drawn[number]
            for ref in sorted(patched.keys() & one.components):
                known = {written.upper() for written in patched[ref]}
                for resolved in [each for each in ids if each.upper() in known][:1]:
                    one.tell(
                        f"the SBOM lists a patch that resolves {resolved}; it is shown and not applied: judge it", ref
                    )
