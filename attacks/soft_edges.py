"""The edges of a mosaic's cells where a codec or a resize has softened them.

The grid that varies least inside its cells is found axis by axis. A program does not draw any grid: blocks of whole pixels on both axes are
likeliest, then a region shrunk as a whole to a whole number of cells, then square cells of any size. The first of these that leaves no
more variation than the freest grid is taken, because its edges are then known exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indelible.attacks.grid import Axis, Grid
from indelible.attacks.grid_fit import Parts, fitted_grid, least_phase, parts_of

#: By how much a likelier grid may vary more than any other, and an edge must be worth, as logarithms of the variation.
_AS_GOOD, _PER_EDGE = 0.35, 0.1
#: Share by which square cells may be off square.
_SQUARE = 0.004
#: Pixels by which a whole-pixel block may differ from the period that was found, with many edges and few.
_WHOLE_PX = 0.6
#: Pixels by which a computed edge may be off in the arithmetic of the program that drew it.
_TIE = 1e-4

Edges = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftEdges:
    """Edges across and down, from 0 to the length; ``drawn``: the whole pixels at which they are seen.

    ``fitted``: they are those of a region shrunk as a whole.
    """

    edges: Edges
    drawn: Edges
    fitted: bool


def soft_edges(pixels: np.ndarray, grid: Grid) -> SoftEdges:
    """The likeliest edges of a region.

    Args:
        pixels: uint8 ``(height, width, 3)``.
        grid: what `indelible.attacks.grid.estimate_grid` says of it.
    """
    grey = pixels.astype(np.float64) @ np.array([77, 150, 29]) / 256
    parts = parts_of(grey, 1), parts_of(grey, 0)
    axes = grid.across, grid.down
    shrunk = _shrunk(axes[0], parts[0]), _shrunk(axes[1], parts[1])
    free = _axis_edges(axes[0], parts[0].length), _axis_edges(axes[1], parts[1].length)
    tried = []
    for edges, whole in ((_blocks(axes, parts), False), (shrunk, True), (_squares(axes, parts), False), (free, False)):
        if edges is not None:
            drawn = _drawn(parts[0], edges[0]), _drawn(parts[1], edges[1])
            costs = [np.log(own.between(e)) + _PER_EDGE * len(e) for own, e in zip(parts, drawn, strict=True)]
            tried.append((float(sum(costs)), SoftEdges(edges=edges, drawn=drawn, fitted=whole)))
    least = min(cost for cost, _ in tried)
    return next(soft for cost, soft in tried if cost <= least + _AS_GOOD)


def _drawn(parts: Parts, edges: np.ndarray) -> np.ndarray:
    """Edges as whole pixels: programs take the cell under a pixel's centre, halves fall either way; or that under its corner."""
    drawn = np.floor(edges + 0.5)
    for tied in np.flatnonzero(np.abs(edges + 0.5 - np.round(edges + 0.5)) < _TIE):
        other = drawn.copy()
        other[tied] = 2 * edges[tied] - drawn[tied]
        drawn = min(drawn, other, key=parts.between)
    return np.asarray(min(drawn, np.ceil(edges - _TIE), key=parts.between))


def _axis_edges(axis: Axis, length: int) -> np.ndarray:
    if axis.edges == 0:
        return np.array([0.0, float(length)])
    return _closed(axis.period, axis.phase, length)


def _closed(period: float, phase: float, length: int) -> np.ndarray:
    return closed(np.arange(phase % period, length, period), length)


def closed(edges: np.ndarray, length: int) -> np.ndarray:
    """The edges inside a region, with its ends at 0 and ``length``."""
    return np.asarray(np.r_[0.0, edges[(edges > 0.5) & (edges < length - 0.5)], float(length)], dtype=np.float64)


def _blocks(axes: tuple[Axis, Axis], parts: tuple[Parts, Parts]) -> Edges | None:
    """Blocks of one number of whole pixels on both axes, each with its own phase."""
    lead = max(axes, key=lambda axis: axis.edges)
    best: tuple[float, Edges] | None = None
    for period in range(max(3, int(np.ceil(lead.period - _WHOLE_PX))), int(lead.period + _WHOLE_PX) + 1):
        both = []
        for axis, own in zip(axes, parts, strict=True):
            if axis.edges == 0:
                both.append(_axis_edges(axis, own.length))
                continue
            phase, _ = least_phase(own, float(period), np.arange(float(period)))
            both.append(_closed(float(period), phase, own.length))
        cost = sum(float(np.log(own.between(edges))) for own, edges in zip(parts, both, strict=True))
        if best is None or cost < best[0]:
            best = cost, (both[0], both[1])
    return None if best is None else best[1]


def _shrunk(axis: Axis, parts: Parts) -> np.ndarray:
    """Edges of equal cells over the whole length that vary least, of a number near the one that is seen."""
    if axis.edges == 0:
        return np.array([0.0, float(parts.length)])
    count = max(1, round(parts.length / axis.period))
    tried = [np.linspace(0.0, parts.length, cells + 1) for cells in range(max(1, count - 1), count + 2)]
    return min(tried, key=lambda edges: parts.between(_drawn(parts, edges)) * (1 + _PER_EDGE * len(edges)))


def _squares(axes: tuple[Axis, Axis], parts: tuple[Parts, Parts]) -> Edges | None:
    """Cells as high as wide, of the period of the axis that has more of them."""
    lead = 0 if axes[0].edges >= axes[1].edges else 1
    if axes[1 - lead].edges == 0:
        return None
    period = axes[lead].period
    other = fitted_grid(parts[1 - lead], period * (1 - _SQUARE), period * (1 + _SQUARE))
    if other is None:
        return None
    first = _axis_edges(axes[lead], parts[lead].length)
    second = _closed(other.period, other.phase, parts[1 - lead].length)
    return (first, second) if lead == 0 else (second, first)
