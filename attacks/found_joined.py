"""Mosaics that are one: parts of a line that white cells, the gaps between words, hold apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from indelible.attacks.grid import Grid, estimate_grid
from indelible.model import Box

#: Cells that may lie between two parts of one line.
_GAP_CELLS = 4.0
#: How exactly the grids must agree, in pixels.
_PERIOD_PX, _PHASE_PX = 0.15, 0.6
#: By how much more edges may be off for every cell between the parts, if one grid fits both together.
_DRIFT_PX = 0.1
#: How much of the lower part's height must lie beside the other.
_BESIDE = 0.6


def joined(image: Image.Image, mosaics: Sequence[tuple[Box, int]]) -> list[tuple[Box, int]]:
    """Boxes with their cells across the shorter side; those of one grid, side by side on one line, become one.

    Args:
        image: upright, mode ``RGB`` or ``L``.
        mosaics: boxes found one by one, cells across the shorter side of each.
    """
    parts = [(box, blocks, estimate_grid(np.asarray(image.crop(box.corners)))) for box, blocks in sorted(mosaics)]
    merged = True
    while merged:
        merged = False
        for first, one in enumerate(parts):
            for second in range(first + 1, len(parts)):
                if _one_line(image, one, parts[second]):
                    parts[first] = _both(image, one, parts[second])
                    del parts[second]
                    merged = True
                    break
            if merged:
                break
    return [(box, blocks) for box, blocks, _ in parts]


_Part = tuple[Box, int, Grid | None]


def _one_line(image: Image.Image, one: _Part, other: _Part) -> bool:
    (box, _, grid), (beside, _, its) = one, other
    if grid is None or its is None:
        return False
    cell = grid.across.period
    overlap = min(box.bottom, beside.bottom) - max(box.y, beside.y)
    gap = max(box.x, beside.x) - min(box.right, beside.right)
    if overlap < _BESIDE * min(box.height, beside.height) or gap > _GAP_CELLS * cell or cell <= 0:
        return False
    if abs(cell - its.across.period) > _PERIOD_PX or abs(grid.down.period - its.down.period) > _PERIOD_PX:
        return False
    if _apart(box.y + grid.down.phase, beside.y + its.down.phase, grid.down.period) > _PHASE_PX:
        return False
    first, second = box.x + grid.across.phase, beside.x + its.across.phase
    off = _apart(first, second, cell)
    if off <= _PHASE_PX:
        return True
    drift = abs(first - second) / cell * _DRIFT_PX  # cells of broken pixels: a short part tells their width roughly
    whole = estimate_grid(np.asarray(image.crop(_around(box, beside).corners)))
    return off <= _PHASE_PX + drift and whole is not None and abs(whole.across.period - cell) <= _PERIOD_PX


def _around(box: Box, other: Box) -> Box:
    left, top = min(box.x, other.x), min(box.y, other.y)
    return Box(left, top, max(box.right, other.right) - left, max(box.bottom, other.bottom) - top)


def _apart(one: float, other: float, period: float) -> float:
    """Distance of two grid lines' positions modulo the period."""
    rest = abs(one - other) % period
    return min(rest, period - rest)


def _both(image: Image.Image, one: _Part, other: _Part) -> _Part:
    box, _, grid = one
    whole = _around(box, other[0])
    again = estimate_grid(np.asarray(image.crop(whole.corners)))
    if again is None and grid is not None:  # the parts' own grid, seen from the new corner
        again = grid
    cells = 1 if again is None else max(1, round(min(whole.width, whole.height) / again.finest))
    return whole, cells, again
