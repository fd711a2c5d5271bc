"""A lattice of modules: whatever the kind of matrix code, and however damaged, its cells stand on a grid and look random.

The changes from dark to light of a straightened patch fall on evenly spaced lines, both ways; along each line some cells change
and some do not. A grid of windows has such lines too, but there a line changes everywhere or nowhere.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indelible.detect.code_areas import Grey, Quad, straightened

_SIDE = 240
_CELLS = np.arange(8.0, 68.0, 0.25)  # cells per side that are tried
_SHARP = 0.6  # how sharply the changes fall on the lines: 1 is exactly, 0 anywhere
_CONTRAST = 30


def is_lattice(grey: Grey, quad: Quad) -> bool:
    """Whether a patch is a lattice of dark and light cells that look random."""
    flat = straightened(grey, quad, _SIDE, _SIDE)
    low, high = np.percentile(flat[::2, ::2], (10, 90))
    if high - low < _CONTRAST:
        return False
    dark = flat < (low + high) / 2
    across, down = _pitch(dark[:, 1:] != dark[:, :-1]), _pitch((dark[1:] != dark[:-1]).T)
    if across is None or down is None:
        return False
    columns, rows = (_centres(*pitch) for pitch in (across, down))
    if len(columns) < 8 or len(rows) < 8:
        return False
    cells = dark[np.ix_(rows, columns)]
    alive = 0.3 <= float(cells.mean()) <= 0.7 and all(_random(changes) for changes in _changes(cells))
    return alive and not _repeats(cells) and not _repeats(cells.T)


def _pitch(changes: NDArray[np.bool_]) -> tuple[float, float] | None:
    """Cells per side and phase of the lines across which a picture ``(n, m)`` changes, or None where they are not evenly spaced."""
    weight = changes.sum(axis=0).astype(np.float64)
    if weight.sum() < 4 * _SIDE:
        return None
    places = np.arange(1, len(weight) + 1) / _SIDE
    waves = np.exp(2j * np.pi * np.outer(_CELLS, places)) @ weight / weight.sum()
    sharp = np.abs(waves)
    if float(sharp.max()) < _SHARP:
        return None
    first = int(np.argmax(sharp >= 0.75 * sharp.max()))  # a multiple of the pitch is as sharp
    while first + 1 < len(sharp) and sharp[first + 1] > sharp[first]:
        first += 1
    return float(_CELLS[first]), float(np.angle(waves[first])) / (2 * np.pi)


def _centres(cells: float, phase: float) -> NDArray[np.int64]:
    """Pixel positions in the middle between the lines."""
    places = (np.arange(-1, int(cells) + 2) + phase + 0.5) / cells * _SIDE
    centres: NDArray[np.int64] = np.rint(places[(places >= 2) & (places < _SIDE - 2)]).astype(np.int64)
    return centres


def _changes(cells: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Changes along rows and along columns, ``(lines, places)`` each: one row per line between two cells."""
    return (cells[:, 1:] != cells[:, :-1]).T, cells[1:] != cells[:-1]


def _random(changes: NDArray[np.bool_]) -> bool:
    """Whether most lines change at some places and not at others, and about half of all places do."""
    share = changes.mean(axis=1)
    mixed = float(((share > 0.2) & (share < 0.8)).mean())
    return mixed >= 0.7 and 0.3 <= float(share.mean()) <= 0.66


def _repeats(cells: NDArray[np.bool_]) -> bool:
    """Whether the lines come again one to four lines on: storeys, tiles, a chessboard."""
    agree = [float((cells[lag:] == cells[:-lag]).mean()) for lag in (1, 2, 3, 4)]
    return max(agree) > 0.78
