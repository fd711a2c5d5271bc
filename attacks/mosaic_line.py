"""One line of text in a mosaic: its cells as ink, cut to where there is ink, ready for tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indelible.attacks.mosaic_cells import CellGrid
from indelible.attacks.mosaic_ink import Colours, Space, ink_noise, ink_of
from indelible.attacks.mosaic_kernel import Kernel, sampling_matrix
from indelible.attacks.mosaic_tables import Cells

#: Pixels round the region that a kernel's or a glyph's reach may need.
_PAD = 96
#: Ink above which a cell is not paper, at least.
_LEAST_INK = 0.012


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of text. ``rows``, ``columns``: first and last + 1 of the grid's cells. ``offset``: pixel column where its frame begins."""

    grid: CellGrid
    colours: Colours
    rows: tuple[int, int]
    columns: tuple[int, int]

    @property
    def offset(self) -> int:
        """First pixel column of the frame in which pens count."""
        return int(np.floor(self.grid.across[self.columns[0]]))

    @property
    def top_px(self) -> float:
        """Upper edge of the first row, in pixels of the region."""
        return float(self.grid.down[self.rows[0]])


def find_lines(grid: CellGrid, colours: Colours) -> tuple[Line, ...]:
    """Lines of text from top to bottom: runs of cell rows with ink, each with one row and column of paper around, where there is one."""
    ink = ink_of(grid.colours, colours, "srgb")
    least = max(_LEAST_INK, 4 * grid.noise / max(colours.contrast, 1.0))
    inked = np.abs(ink) > least
    rows = np.flatnonzero(inked.any(axis=1))
    lines = []
    for run in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1) if len(rows) else []:
        columns = np.flatnonzero(inked[run[0] : run[-1] + 1].any(axis=0))
        lines.append(
            Line(
                grid=grid,
                colours=colours,
                rows=(max(0, int(run[0]) - 1), min(len(ink), int(run[-1]) + 2)),
                columns=(max(0, int(columns[0]) - 1), min(ink.shape[1], int(columns[-1]) + 2)),
            )
        )
    return tuple(lines)


def line_ink(line: Line, space: Space, strength: float = 1.0) -> np.ndarray:
    """Ink of the line's cells, ``(rows, columns)``. ``strength``: share of the assumed contrast that the text really has."""
    part = line.grid.colours[line.rows[0] : line.rows[1], line.columns[0] : line.columns[1]]
    return ink_of(part, line.colours.at(strength), space)


def line_cells(line: Line, space: Space, kernel: Kernel, misfit: float, strength: float = 1.0) -> Cells:
    """The line as the tables take it. ``misfit``: standard deviation of the model's own error, as ink."""
    grid = line.grid
    part = grid.colours[line.rows[0] : line.rows[1], line.columns[0] : line.columns[1]]
    noise = ink_noise(part, line.colours.at(strength), space, grid.noise)
    across = sampling_matrix(grid.across, int(grid.across[-1]), kernel, _PAD)[line.columns[0] : line.columns[1]]
    down = sampling_matrix(grid.down, int(grid.down[-1]), kernel, _PAD)[line.rows[0] : line.rows[1]]
    edges = grid.across[line.columns[0] : line.columns[1] + 1] - line.offset
    width = int(np.ceil(edges[-1]))
    return Cells(
        ink=line_ink(line, space, strength).T.astype(np.float32),
        weight=(1 / np.hypot(noise, misfit)).T.astype(np.float32),
        across=across[:, line.offset : line.offset + width + 2 * _PAD],
        down=down,
        edges=edges,
        rows=grid.down[line.rows[0] : line.rows[1] + 1],
        pad=_PAD,
        reach=grid.block[0] / 2 if kernel == "triangle" else 0.0,
    )


def ink_height(line: Line) -> tuple[float, float]:
    """The least and the most height in pixels that the ink can have, from the fullness of the first and last inked row."""
    ink = np.abs(line_ink(line, "srgb"))
    least = max(_LEAST_INK, 4 * line.grid.noise / max(line.colours.contrast, 1.0))
    inked = np.flatnonzero((ink > least).any(axis=1))
    if not len(inked):
        return 0.0, 0.0
    heights = np.diff(line.grid.down)[line.rows[0] : line.rows[1]]
    first, last = int(inked[0]), int(inked[-1])
    most = float(heights[first : last + 1].sum())
    inner = float(heights[first + 1 : last].sum())
    ends = {first, last}
    return inner + sum(float(heights[i] * np.clip(ink[i].max(), 0, 1)) for i in ends), most
