"""The grid of a region whose tiles were shuffled, and the tiles put back so that their borders fit.

Between tiles that do not belong together the picture breaks; inside a tile it does not. The breaks give the grid, and how badly two
borders fit gives the order: greedy from the best pair, then swaps while they help (Gallagher 2012 without its gradients).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

#: Change across the breaks against the change inside the tiles, and how many tiles there are.
BROKEN_RATIO = 2.0
FEWEST, MOST = 4, 400
_SMALLEST_PX = 6
_SPLIT = 0.5
#: Change inside the tiles, in levels; the cells of a mosaic have none.
_LIVELY = 0.75
#: The finest grid counts whose breaks are at least this clear, against the clearest.
_OF_BEST = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Jigsaw:
    """A shuffled region. ``order[place]`` is the number of the tile that belongs there, both counted row by row."""

    rows: int
    columns: int
    order: tuple[int, ...]
    before: float
    after: float

    @property
    def solved(self) -> bool:
        """Whether the borders fit twice as well as they did, and something moved."""
        return self.after <= _SPLIT * self.before and self.order != tuple(range(len(self.order)))


def find_tiles(pixels: np.ndarray) -> tuple[int, int] | None:
    """Rows and columns of shuffled tiles of one size that fill the region, or None. ``pixels``: uint8."""
    values = pixels.astype(np.float32).reshape(pixels.shape[0], pixels.shape[1], -1)
    counts = []
    for axis in (0, 1):
        length = values.shape[axis]
        profile = np.abs(np.diff(values, axis=axis)).mean(axis=(1 - axis, 2))
        ratios = {1: 0.0}
        for count in range(2, length // _SMALLEST_PX + 1):
            if length % count == 0:
                teeth = np.arange(length // count, length, length // count) - 1
                rest = np.delete(profile, teeth)
                beside = np.concatenate([profile[teeth - 1], profile[teeth + 1]])  # drawn lines have two edges
                if np.median(rest) < _LIVELY or np.quantile(beside, 0.75) > 0.5 * np.quantile(profile[teeth], 0.25):
                    continue
                ratios[count] = float(np.quantile(profile[teeth], 0.25) / (np.quantile(rest, 0.75) + 0.5))
        least = max(BROKEN_RATIO, _OF_BEST * max(ratios.values()))
        counts.append(max([count for count, ratio in ratios.items() if ratio >= least], default=1))
    rows, columns = counts
    return (rows, columns) if FEWEST <= rows * columns <= MOST and min(rows, columns) >= 2 else None


def solve(pixels: np.ndarray, rows: int, columns: int, spent: Callable[[], bool]) -> Jigsaw | None:
    """Put the tiles in order; None if the time runs out."""
    tiles = cut(pixels, rows, columns).astype(np.float64)
    beside = _misfit(tiles[:, :, -1], tiles[:, :, 0], tiles[:, :, -2], tiles[:, :, 1])
    below = _misfit(tiles[:, -1], tiles[:, 0], tiles[:, -2], tiles[:, 1])
    identity = np.arange(rows * columns)
    before = _cost(identity, beside, below, rows, columns)
    best: tuple[float, np.ndarray] | None = None
    for start in identity:
        if spent():
            return None
        order = _grown(int(start), beside, below, rows, columns)
        cost = _cost(order, beside, below, rows, columns)
        if best is None or cost < best[0]:
            best = (cost, order)
    assert best is not None
    order = _swapped(best[1], beside, below, rows, columns, spent)
    return Jigsaw(
        rows=rows,
        columns=columns,
        order=tuple(int(number) for number in order),
        before=before,
        after=_cost(order, beside, below, rows, columns),
    )


def cut(pixels: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """The tiles, ``(rows * columns, height, width, channels)``."""
    height, width = pixels.shape[0] // rows, pixels.shape[1] // columns
    planes = pixels.reshape(pixels.shape[0], pixels.shape[1], -1)
    tiles = planes.reshape(rows, height, columns, width, -1).swapaxes(1, 2)
    return np.ascontiguousarray(tiles.reshape(rows * columns, height, width, -1))


def placed(pixels: np.ndarray, jigsaw: Jigsaw) -> np.ndarray:
    """The region with its tiles in order."""
    tiles = cut(pixels, jigsaw.rows, jigsaw.columns)[list(jigsaw.order)]
    height, width = tiles.shape[1:3]
    whole = tiles.reshape(jigsaw.rows, jigsaw.columns, height, width, -1).swapaxes(1, 2)
    return whole.reshape(pixels.shape)


def _misfit(last: np.ndarray, first: np.ndarray, before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """How badly each tile's last line, and what it leads to, meets each tile's first; ``(tiles, tiles)``."""
    ahead, behind = (2 * last - before).reshape(len(last), -1), (2 * first - after).reshape(len(first), -1)
    last, first = last.reshape(len(last), -1), first.reshape(len(first), -1)
    found = np.empty((len(last), len(last)))
    for number in range(len(last)):
        found[number] = np.abs(ahead[number] - first).mean(axis=1) + np.abs(last[number] - behind).mean(axis=1)
    np.fill_diagonal(found, 1e6)
    return found


def _cost(order: np.ndarray, beside: np.ndarray, below: np.ndarray, rows: int, columns: int) -> float:
    """Mean misfit over all borders inside the region."""
    table = order.reshape(rows, columns)
    across, down = beside[table[:, :-1], table[:, 1:]], below[table[:-1], table[1:]]
    return float((across.sum() + down.sum()) / (across.size + down.size))


def _grown(start: int, beside: np.ndarray, below: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Row by row from the top left corner, each place with the tile that fits best what stands before it."""
    order = np.full(rows * columns, -1)
    left = np.ones(len(beside), bool)
    for place in range(rows * columns):
        if place == 0:
            chosen = start
        else:
            fit = np.zeros(len(beside))
            if place % columns:
                fit += beside[order[place - 1]]
            if place >= columns:
                fit += below[order[place - columns]]
            chosen = int(np.where(left, fit, np.inf).argmin())
        order[place] = chosen
        left[chosen] = False
    return order


def _swapped(
    order: np.ndarray, beside: np.ndarray, below: np.ndarray, rows: int, columns: int, spent: Callable[[], bool]
) -> np.ndarray:
    """Swap pairs, and shift whole rows and columns round, while that lowers the misfit; a few rounds."""
    best = _cost(order, beside, below, rows, columns)
    for _ in range(4):
        improved = False
        moves = [np.roll(order.reshape(rows, columns), step, axis).ravel() for axis in (0, 1) for step in (1, -1)]
        for one in range(len(order)):
            if spent():
                return order
            for other in range(one + 1, len(order)):
                tried = order.copy()
                tried[[one, other]] = tried[[other, one]]
                cost = _cost(tried, beside, below, rows, columns)
                if cost < best - 1e-9:
                    order, best, improved = tried, cost, True
            if len(order) > 100 and one > 60:
                break
        for tried in moves:
            cost = _cost(tried, beside, below, rows, columns)
            if cost < best - 1e-9:
                order, best, improved = tried, cost, True
        if not improved:
            break
    return order
