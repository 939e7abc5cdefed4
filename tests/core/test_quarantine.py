"""When an SBOM has lost so much that a person must look."""

from __future__ import annotations

import pytest

from suture.core.quarantine import Extent, halved


@pytest.mark.parametrize(
    ("before", "after", "sentences"),
    [
        ((10, 10), (6, 6), 0),
        ((10, 10), (5, 5), 2),  # exactly half is lost half (what-users-ask #15: components -50 %)
        ((10, 10), (12, 5), 1),  # as many components, half of them nameless
        ((10, 4), (5, 4), 1),
        ((1, 1), (0, 0), 2),
        ((0, 0), (0, 0), 0),  # nothing before is no loss
        ((0, 0), (7, 3), 0),
        ((3, 0), (2, 0), 0),
        ((3, 2), (2, 2), 0),
    ],
)
def test_halved(before: tuple[int, int], after: tuple[int, int], sentences: int) -> None:
    assert len(halved(Extent(*before), Extent(*after))) == sentences
