"""What a mosaic still tells apart is counted, not assumed."""

from __future__ import annotations

import pytest

from indelible.attacks.distinguishable import TRIED, distinguishable
from indelible.model import Box, Kind


@pytest.mark.parametrize("kind", [Kind.FACE, Kind.TEXT])
def test_a_usual_mosaic_tells_everything_apart(kind: Kind) -> None:
    """Few blocks hide nothing from whoever has candidates."""
    found = distinguishable(kind, Box(40, 10, 120, 90), 5, seed=3)

    assert (found.outputs, found.of) == (TRIED, TRIED)


def test_one_block_over_digits_loses_most() -> None:
    found = distinguishable(Kind.TEXT, Box(0, 0, 30, 30), 1, seed=3)

    assert 1 < found.outputs < TRIED
    assert found == distinguishable(Kind.TEXT, Box(500, 70, 30, 30), 1, seed=3)
