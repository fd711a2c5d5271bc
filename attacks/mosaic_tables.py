"""What each glyph adds to each cell, for every place of the pen: looked up, never drawn, while texts are tried.

For one hypothesis (glyphs, baseline, kernel, observed cells) the cells are ``down @ picture @ across.T``, and the picture is a sum of
glyphs. So a glyph's share in the cells depends on the pen's place alone, and reaches a few columns only. The table holds these
columns, relative to the first one that the glyph can touch, divided by the noise: squared differences are then log-likelihoods.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indelible.attacks.glyphs import GlyphSet

#: The pen moves in 64ths of a pixel.
UNITS = 64
#: How far before the first column the pen may begin.
_BEFORE_PX = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Observed cells of one line of text, as ink: 0 is the paper, 1 the text's colour.

    ``ink``, ``weight``: float32 ``(columns, rows)``; weight is 1 / sigma, 0 where a cell tells nothing.
    ``across``: float32 ``(columns, width + 2 pad)``, ``down``: ``(rows, height + 2 pad)``: sampling matrices. ``edges``: of columns,
    ``rows``: edges of rows, in pixels. ``reach``: how far the kernel reads beyond a cell's edges, in pixels.
    """

    ink: np.ndarray
    weight: np.ndarray
    across: np.ndarray
    down: np.ndarray
    edges: np.ndarray
    rows: np.ndarray
    pad: int
    reach: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One hypothesis, ready to be searched.

    ``share``: float32 ``(places, phases, glyphs, lead + span + lead, rows)``, empty before and behind the span. Place i is the pen at
    pixel ``first + i``. ``touched``: first column that a glyph at that place can touch, ``(places,)``; ``closed``: the columns before
    it are settled once the pen has come there. ``seen``: observed cells over sigma, ``(columns + span + 2 lead + 1, rows)``. ``room``: ink that a row
    of a column can still gain, over sigma, if nothing is drawn there yet. ``advance``, ``kern``: in `UNITS` of a pixel.
    """

    share: np.ndarray
    touched: np.ndarray
    closed: np.ndarray
    seen: np.ndarray
    room: np.ndarray
    edges: np.ndarray
    advance: np.ndarray
    kern: np.ndarray
    first: int
    columns: int
    lead: int


def make_table(
    cells: Cells,
    glyphs: GlyphSet,
    baseline: int,
    ink: np.ndarray,
    kern: np.ndarray | None,
    *,
    span: int,
    lead: int,
    columns: int,
) -> Table:
    """The table of one hypothesis.

    Args:
        baseline: pixel row of the region on whose upper edge the text stands.
        ink: the glyphs' ink after the transfer curve, shape of ``glyphs.ink``.
        kern: em, ``(glyphs, glyphs)``, or None for none.
        span: columns that a share has room for, at least `span_of`.
        lead: columns by which kerning can draw a glyph back, at least `lead_of`.
        columns: search only so many columns; the rest counts as not seen.
    """
    phases, count, high, wide = ink.shape
    total, rows = cells.ink.shape
    columns = min(columns, total)
    pad = cells.pad
    down = cut_columns(cells.down, pad + baseline + glyphs.top, high)
    by_row = np.einsum("rh,pghw->wpgr", down, ink, optimize=True).reshape(wide, phases * count * rows)
    edges = cells.edges
    end = edges[columns] if columns < total else cells.across.shape[1] - 2 * pad
    first = -_BEFORE_PX
    margin = 0 if kern is None else _drawn_back(kern, glyphs.size)
    behind = (
        2 + max(0, -glyphs.left) + int(np.ceil(cells.reach)) + margin
    )  # the pen has to come so far to settle the last column
    places = int(np.ceil(end)) - first + (0 if columns == total else max(8, behind))
    starts = np.arange(first, first + places)
    touched = _column_of(edges, starts + glyphs.left - cells.reach, total)
    closed = _column_of(edges, starts + glyphs.left - cells.reach - margin, total)
    padded = np.zeros((total + span + 1, cells.across.shape[1] + 2 * wide + 2 * pad), np.float32)
    padded[:total, wide + pad : wide + pad + cells.across.shape[1]] = cells.across
    offsets = starts + glyphs.left + 2 * pad + wide
    windows = np.lib.stride_tricks.sliding_window_view(padded, wide, axis=1)
    picked = windows[touched[:, None] + np.arange(span)[None, :], offsets[:, None]]
    share = np.zeros((places, phases, count, span + 2 * lead, rows), np.float32)
    product = (picked.reshape(-1, wide) @ by_row).reshape(places, span, phases, count, rows)
    weight = np.zeros((total + span + 2 * lead + 1, rows), np.float32)
    weight[:columns] = cells.weight[:columns]
    product *= weight[touched[:, None] + np.arange(span)[None, :]][:, :, None, None, :]
    share[:, :, :, lead : lead + span] = product.transpose(0, 2, 3, 1, 4)
    seen = np.zeros_like(weight)
    seen[:columns] = cells.ink[:columns] * cells.weight[:columns]
    most = by_row.reshape(wide, phases, count, rows).max(axis=(0, 1, 2))
    return Table(
        share=share, touched=touched, closed=closed, seen=seen, room=weight * most, edges=edges, first=first,
        advance=np.round(glyphs.advance * UNITS).astype(np.int64), columns=columns, lead=lead,
        kern=np.zeros((count + 1, count), np.int64) if kern is None else _units(kern * glyphs.size),
    )  # fmt: skip


def span_of(glyphs: GlyphSet, edges: np.ndarray, reach: float = 0.0) -> int:
    """Most columns that one glyph touches; ``reach``: how far a kernel reads beyond a cell's edges, in pixels."""
    return int(np.ceil((glyphs.ink.shape[3] + 2 * reach) / _narrowest(edges))) + 1


def lead_of(kerns: list[tuple[np.ndarray | None, float]], edges: np.ndarray) -> int:
    """Most columns between where the pen settled what lies behind it and where a kerned glyph begins; of (kerning, size) pairs."""
    most = max((_drawn_back(kern, size) for kern, size in kerns if kern is not None), default=0)
    return int(np.ceil(most / _narrowest(edges))) + 1


def _narrowest(edges: np.ndarray) -> float:
    widths = np.diff(edges)
    return float(widths[1:-1].min() if len(widths) > 2 else widths.max())


def _drawn_back(kern: np.ndarray, size: float) -> int:
    return int(np.ceil(max(0.0, -float(kern.min()) * size)))


def _units(kern: np.ndarray) -> np.ndarray:
    return np.vstack([np.round(kern * UNITS), np.zeros((1, kern.shape[1]))]).astype(np.int64)


def _column_of(edges: np.ndarray, x: np.ndarray, total: int) -> np.ndarray:
    return np.clip(np.searchsorted(edges, x, side="right") - 1, 0, total)


def cut_columns(matrix: np.ndarray, start: int, length: int) -> np.ndarray:
    """Columns ``start`` to ``start + length`` of a matrix, zero where there are none."""
    window = np.zeros((matrix.shape[0], length), matrix.dtype)
    low, high = max(0, start), min(matrix.shape[1], start + length)
    if high > low:
        window[:, low - start : high - start] = matrix[:, low:high]
    return window
