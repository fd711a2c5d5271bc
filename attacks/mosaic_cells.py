"""A mosaic as a small table of colours: where its cells lie and what each one shows.

The grid comes from `indelible.attacks.grid`; here it is tied to the region. A mosaic made by shrinking the region has its edges at
``k * length / cells``; one made on the picture's own grid has cut cells at the border. Both are tried, and kept if every edge that is
seen lies where they say.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from indelible.attacks.grid import Axis, estimate_grid
from indelible.attacks.mosaic_kernel import round_half_up
from indelible.attacks.soft_edges import closed, soft_edges

_MOST_CELLS = 400
_MOST_PIXELS = 8_000_000
#: Share of the pixels of a lossless mosaic that may differ from their cell's colour.
_STRAY_SHARE = 0.02
#: Places at which a lossless mosaic may change, as a share of its length: cells are not narrower than two pixels.
_MOST_CHANGES = 0.5
#: How far a fit may move edges, on average, in pixels.
_MOVED_PX = 0.3
#: Pixels by which a computed edge may be off in the arithmetic of the program that drew it.
_TIE = 1e-4
_STEPS = np.linspace(-0.8, 0.8, 65)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellGrid:
    """Cells of a mosaic.

    ``across``, ``down``: real-valued edges in pixels of the region, ``(columns + 1,)`` and ``(rows + 1,)``. ``colours``: float64
    ``(rows, columns, 3)``, 0 to 255. ``noise``: what a cell's colour is uncertain by, in levels. ``fitted``: edges are those of a region
    shrunk as a whole. ``block``: mean period, x and y; ``phase``: first edge inside the region, x and y, in pixels.
    """

    across: np.ndarray
    down: np.ndarray
    colours: np.ndarray
    noise: float
    fitted: bool
    block: tuple[float, float]
    phase: tuple[float, float]


def read_cells(pixels: np.ndarray, *, lossy: bool) -> CellGrid | None:
    """The cells of a region that is one mosaic, or None if it is not.

    Args:
        pixels: uint8 ``(height, width, 3)``.
        lossy: the picture went through a codec after the mosaic was made.
    """
    height, width = pixels.shape[:2]
    if min(height, width) < 4 or height * width > _MOST_PIXELS:
        return None
    grid = estimate_grid(pixels)
    if grid is None:
        return None
    seen = _seen(pixels, 1), _seen(pixels, 0)
    lossy = lossy or not _is_crisp(seen, (width, height))
    if lossy:
        soft = soft_edges(pixels, grid)
        (across, down), drawn, fitted = soft.edges, soft.drawn, soft.fitted
    else:
        across, down, fitted = _both_edges((grid.across, grid.down), (width, height), seen)
        drawn = _drawn(across, seen[0]), _drawn(down, seen[1])
    if max(len(across), len(down)) > _MOST_CELLS:
        return None
    colours, inner = _colours(pixels, *drawn)
    rough = np.abs(pixels - colours[_owner(drawn[1], height)][:, _owner(drawn[0], width)]).max(axis=2)
    if not lossy and (rough > 1.5).mean() > _STRAY_SHARE:
        lossy = True
    spread = float(inner) if lossy else 0.0
    if spread > 24:
        return None
    block = _period(across), _period(down)
    return CellGrid(
        across=across, down=down, colours=colours, noise=float(np.hypot(0.29, spread)), fitted=fitted, block=block,
        phase=(float(across[1] % block[0]), float(down[1] % block[1])),
    )  # fmt: skip


def _is_crisp(seen: tuple[np.ndarray, np.ndarray], lengths: tuple[int, int]) -> bool:
    """Whether a picture changes between cells only: no codec and no resize has gone over it."""
    return all(len(edges) <= _MOST_CHANGES * length for edges, length in zip(seen, lengths, strict=True))


def _period(edges: np.ndarray) -> float:
    """Mean width of the cells that are not cut by the border; the widest if there are none."""
    inner = edges[1:-1]
    if len(inner) < 2:
        return float(np.diff(edges).max())
    return float((inner[-1] - inner[0]) / (len(inner) - 1))


def _seen(pixels: np.ndarray, axis: int) -> np.ndarray:
    """Where a lossless picture changes along an axis: the first pixel of each new cell."""
    change = np.abs(np.diff(pixels.astype(np.int16), axis=axis)).max(axis=(1 - axis, 2))
    return np.flatnonzero(change > 0) + 1


def _both_edges(
    axes: tuple[Axis, Axis], lengths: tuple[int, int], seen: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray, bool]:
    """Edges across and down, from 0 to the length, and whether they are those of a region shrunk as a whole.

    One whole-pixel block on both axes is likeliest, then a shrunk region; only then each axis goes by itself.
    """
    for period in dict.fromkeys(round(axis.period) for axis in axes if axis.edges > 1):
        both = [_lattice(float(period), length, edges) for length, edges in zip(lengths, seen, strict=True)]
        if both[0] is not None and both[1] is not None:
            return both[0], both[1], False
    shrunk = [_shrunk(*item) for item in zip(axes, lengths, seen, strict=True)]
    if shrunk[0] is not None and shrunk[1] is not None:
        return shrunk[0], shrunk[1], True
    found = [
        fit if fit is not None else _free(*item)
        for fit, item in zip(shrunk, zip(axes, lengths, seen, strict=True), strict=True)
    ]
    return found[0], found[1], False


def _lattice(period: float, length: int, seen: np.ndarray) -> np.ndarray | None:
    """Edges of whole-pixel blocks through the first edge that is seen, if the others lie on them."""
    edges = np.arange(float(seen[0] % period) if len(seen) else 0.0, length, period)
    return closed(edges, length) if period >= 2 and _meets(edges, seen, 0.0) else None


def _shrunk(axis: Axis, length: int, seen: np.ndarray) -> np.ndarray | None:
    """Edges of equal cells over the whole length, if every edge that is seen is one of them."""
    if axis.edges == 0:
        return np.array([0.0, float(length)])
    count = max(1, round(length / axis.period))
    for cells in sorted(range(max(1, count - 2), count + 3), key=lambda cells: abs(length / cells - axis.period)):
        edges: np.ndarray = np.linspace(0, length, cells + 1)
        if _as_enlarged(edges, seen):
            return edges
        if _meets(edges, seen, 0.51):
            return _fitted(edges, seen)
    return None


def _as_enlarged(edges: np.ndarray, seen: np.ndarray) -> bool:
    """Whether every edge that is seen lies where a program that enlarges by repeating pixels draws it.

    Most take the cell under a pixel's centre, and one that lies under the edge itself goes to either side; OpenCV takes the cell
    under the pixel's corner.
    """
    shown = set(seen.tolist())
    by_centre = {math.floor(edge + 0.5 + _TIE) for edge in edges} | {math.ceil(edge - 0.5 - _TIE) for edge in edges}
    return shown <= by_centre or shown <= {math.ceil(edge - _TIE) for edge in edges}


def _drawn(edges: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """The edges as they are drawn: those that are seen, the others rounded."""
    if not len(seen):
        return edges
    nearest = seen[np.abs(seen[:, None] - edges[None]).argmin(axis=0)]
    drawn = np.where(np.abs(nearest - edges) < 1.0, nearest, np.floor(edges + 0.5))
    drawn[0], drawn[-1] = edges[0], edges[-1]
    return np.asarray(np.maximum.accumulate(drawn))


def _fitted(edges: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Edges through those that are seen, where the region lost blank cells at an end and its cells are a little narrower than its parts.

    Only where every edge that is seen is then met as it is rounded, and none moves far: some programs round edges otherwise, and their
    cells are as they were.
    """
    owner = np.abs(seen[:, None] - edges[None, 1:-1]).argmin(axis=1) + 1
    if len(np.unique(owner)) < 3:
        return edges
    slope, start = np.polyfit(owner, seen, 1)
    slopes, starts = (grid.ravel() for grid in np.meshgrid(slope + _STEPS / 8, start + _STEPS, indexing="ij"))
    lines = starts[:, None] + slopes[:, None] * owner[None]
    met = (np.floor(lines + 0.5) == seen[None]).all(axis=1)
    if not met.any():
        return edges
    moved = edges.copy()
    moved[1:-1] = starts[met].mean() + slopes[met].mean() * np.arange(1, len(edges) - 1)
    return moved if abs(float((moved - edges)[1:-1].mean())) < _MOVED_PX else edges


def _free(axis: Axis, length: int, seen: np.ndarray) -> np.ndarray:
    """Edges of an axis by itself: round periods first, then what the grid says."""
    near = [float(round(axis.period)), round(axis.period * 2) / 2, round(axis.period * 10) / 10, axis.period]
    periods = [period for period in dict.fromkeys(near) if abs(period - axis.period) < 0.3]
    for slack in (0.0, 0.51):
        for period in periods:
            for phase in [float(seen[0] % period), *np.arange(0, period, 0.125)]:
                edges = np.arange(phase, length, period)
                if _meets(edges, seen, slack):
                    return closed(edges, length)
    return closed(np.arange(axis.phase % axis.period, length, axis.period), length)


def _meets(edges: np.ndarray, seen: np.ndarray, slack: float) -> bool:
    """Whether every edge that is seen is one of the edges, rounded to whole pixels or so far off."""
    if slack == 0:
        return set(seen.tolist()) <= {round_half_up(edge) for edge in edges}
    return len(edges) > 0 and all(np.abs(edges - edge).min() <= slack for edge in seen)


def _owner(edges: np.ndarray, length: int) -> np.ndarray:
    whole = np.array([round_half_up(edge) for edge in edges])
    return np.clip(np.searchsorted(whole, np.arange(length), side="right") - 1, 0, len(edges) - 2)


def _colours(pixels: np.ndarray, across: np.ndarray, down: np.ndarray) -> tuple[np.ndarray, float]:
    """Colour of each cell, from its inner pixels, and how much those vary (root mean square, over the root of their number)."""
    rows, columns = len(down) - 1, len(across) - 1
    colours = np.zeros((rows, columns, 3))
    spread = []
    for i in range(rows):
        top, bottom = _inner(down[i], down[i + 1], pixels.shape[0])
        for j in range(columns):
            left, right = _inner(across[j], across[j + 1], pixels.shape[1])
            part = pixels[top:bottom, left:right].reshape(-1, 3).astype(np.float64)
            colours[i, j] = np.median(part, axis=0) if len(part) < 9 else _trimmed(part)
            spread.append(part.var(axis=0).mean() / max(1.0, len(part) / 6))
    return colours, float(np.sqrt(np.median(spread)))


def _trimmed(part: np.ndarray) -> np.ndarray:
    """Mean, or the value itself where all agree."""
    return np.asarray(part[0] if (part == part[0]).all() else part.mean(axis=0))


def _inner(low: float, high: float, length: int) -> tuple[int, int]:
    first, last = round_half_up(low), round_half_up(high)
    shrink = 1 if last - first >= 5 else 0
    first, last = first + shrink, last - shrink
    first = min(max(first, 0), length - 1)
    return first, min(max(last, first + 1), length)
