"""The marks by which a code is known although nobody can decode it.

Bars: many, uneven, all widths multiples of one module, alike from row to row, plain at both ends. Data Matrix: two solid sides and
two of alternating modules. PDF417: a start and a stop pattern alike in all rows, and rows that differ between them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from indelible.detect.code_areas import Grey, Quad, sides_of, straightened

_EDGES = 26  # changes from dark to light and back: the shortest common codes have 43, torn ones fewer
# share of the dark bars' widths near the usual one, and of the light ones': codes of two widths have 0.6 and 0.8
_USUAL = 0.68
_REPEATS = 0.61  # share of widths that come again one, two or three bars on
_ALIKE = 0.8  # correlation of a row of bars with the mean row
_OFF_GRID = 0.13  # mean distance of the bars' widths from whole modules, the worst left out; 0.21 by chance
_CONTRAST = 30.0


def bars_of(grey: Grey, quad: Quad) -> Quad | None:
    """The bars of a one-dimensional code in a strip, as corners ``(4, 2)``, or None where there is no such code."""
    wide, high = sides_of(quad)
    columns = int(min(1200, max(200, 3 * wide)))
    rows = int(min(48, max(8, high)))
    pad = 0.12
    flat = straightened(grey, quad, columns, rows, pad).astype(np.float32)
    inner = slice(int(rows * 0.14), max(int(rows * 0.14) + 4, rows - int(rows * 0.14)))
    if float(np.median(_correlations(flat[inner], flat[inner].mean(axis=0)))) < 0.4 * _ALIKE:
        return None
    flat = _sheared(flat, inner)
    mean = flat[inner].mean(axis=0)
    alike = _correlations(flat, mean)
    if float(np.median(alike[inner])) < _ALIKE:
        return None
    pixel = columns / (wide * (1 + 2 * pad))  # columns that one pixel of the picture became
    for line in _sharpened(mean, 2 * pixel):
        every = _edges(line)
        edges = _one_run(every)
        if _is_code(line, edges):
            edges = _beyond_scratches(every, edges)
            break
    else:
        return None
    left, right = float(edges[0]) / columns, float(edges[-1]) / columns
    span = right - left
    scale = 1 + 2 * pad
    origin, across, along = quad[0], quad[1] - quad[0], quad[3] - quad[0]
    middle = quad.mean(axis=0)
    origin = middle + (origin - middle) * scale
    across, along = across * scale, along * scale
    left, right = left - 0.04 * span, right + 0.04 * span
    good = np.flatnonzero(alike > 0.5)
    top, bottom = float(good.min()) / rows, float(good.max() + 1) / rows
    top, bottom = min(top, pad / scale), max(bottom, 1 - pad / scale)
    return np.stack(
        [origin + u * across + v * along for u, v in ((left, top), (right, top), (right, bottom), (left, bottom))]
    )


def _sharpened(line: NDArray[np.float32], sigma: float) -> Iterator[NDArray[np.float32]]:
    """The line as it is, then sharpened more and more: a mean of many rows has little noise, so blurred bars come back."""
    import cv2

    soft = cv2.GaussianBlur(line[None], (0, 0), sigma)[0]
    for amount in (0.0, 2.0, 6.0):
        sharp: NDArray[np.float32] = cv2.GaussianBlur(
            (line + amount * (line - soft))[None], (0, 0), max(0.5, sigma / 4)
        )[0]
        yield sharp


def _is_code(line: NDArray[np.float32], edges: NDArray[np.float64]) -> bool:
    """Whether the edges of a line are those of a one-dimensional code: many, uneven, on a grid, of even contrast, ending plainly."""
    if len(edges) < _EDGES:
        return False
    widths = np.diff(edges)
    inner = widths[len(widths) // 10 : len(widths) - len(widths) // 10]  # a fence's odd widths are at its ends
    usual = [float((np.abs(part / np.median(part) - 1) < 0.2).mean()) for part in (inner[0::2], inner[1::2])]
    if min(usual) > _USUAL:
        return False  # a fence: its bars are alike, and so are the gaps
    if any(float((np.abs(inner[lag:] / inner[:-lag] - 1) < 0.25).mean()) > _REPEATS for lag in (2, 4, 6)):
        return False  # a facade: one storey after another
    quiet = 4 * float(np.median(widths))
    plain = _plain(line, edges[0], -1, quiet) or _plain(line, edges[-1], 1, quiet)
    return plain and _on_grid(widths) and _even_contrast(line, edges)


def _sheared(flat: NDArray[np.float32], inner: slice) -> NDArray[np.float32]:
    """The strip with its rows shifted so that slightly leaning bars stand upright: the lean that makes the mean row liveliest."""
    rows, columns = flat.shape
    best, best_flat = -1.0, flat
    for lean in np.linspace(-0.03, 0.03, 7) * columns:
        shifts = np.rint(np.linspace(-lean, lean, rows)).astype(int)
        index = (np.arange(columns)[None, :] + shifts[:, None]).clip(0, columns - 1)
        moved = np.take_along_axis(flat, index, axis=1)
        lively = float(moved[inner].mean(axis=0).std())
        if lively > best:
            best, best_flat = lively, moved
    return best_flat


def _correlations(flat: NDArray[np.float32], mean: NDArray[np.float32]) -> NDArray[np.float32]:
    rows = flat - flat.mean(axis=1, keepdims=True)
    line = mean - mean.mean()
    strength = np.sqrt((rows**2).sum(axis=1) * float((line**2).sum())) + 1e-6
    result: NDArray[np.float32] = (rows @ line) / strength
    return result


def _edges(line: NDArray[np.float32]) -> NDArray[np.float64]:
    """Where a line of grey values crosses the middle between its local dark and light, with more than noise's contrast."""
    import cv2

    span = max(5, len(line) // 12) | 1
    high = cv2.dilate(line[None], np.ones((1, span), np.uint8))[0]
    low = cv2.erode(line[None], np.ones((1, span), np.uint8))[0]
    middle = cv2.blur(((high + low) / 2)[None], (span, 1))[0]
    level = line - middle
    lively = (high - low) > max(_CONTRAST, 0.35 * float(line.max() - line.min()))
    where = np.flatnonzero((level[1:] > 0) != (level[:-1] > 0))
    where = where[lively[where]]
    before, after = level[where], level[where + 1]
    exact: NDArray[np.float64] = where + before / np.where(before == after, 1.0, before - after)
    return exact


def _one_run(edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """The longest run of edges without a gap of more than six modules."""
    if len(edges) < 2:
        return edges
    gaps = np.diff(edges)
    module = float(np.percentile(gaps, 20))
    cuts = np.flatnonzero(gaps > 6.5 * max(module, 1.0))
    runs = np.split(edges, cuts + 1)
    return max(runs, key=len)


def _beyond_scratches(every: NDArray[np.float64], run: NDArray[np.float64]) -> NDArray[np.float64]:
    """The two ends of a run of edges, moved out over gaps of a quarter of it if several edges stand beyond them."""
    first, last = float(run[0]), float(run[-1])
    most = 0.25 * (last - first)
    left, right = every[every < first][::-1], every[every > last]
    for away in range(2):
        side = right if away else left
        chain = np.concatenate([[last if away else first], side])
        breaks = np.flatnonzero(np.abs(np.diff(chain)) > most)
        reached = chain[: breaks[0] + 1] if len(breaks) else chain
        if len(reached) >= 6:
            first, last = min(first, float(reached[-1])), max(last, float(reached[-1]))
    return np.array([first, last])


def _on_grid(widths: NDArray[np.float64]) -> bool:
    """Whether the bars are one to four of some module wide; dark bars may have grown at the cost of the light ones."""
    least = float(np.percentile(widths, 15))
    best = 1.0
    for module in np.linspace(0.6, 1.3, 29) * least:
        for growth in (-0.25, -0.12, 0.0, 0.12, 0.25):
            sized = widths / module
            sized[0::2] -= growth
            sized[1::2] += growth
            whole = np.rint(sized).clip(1, 6)
            off = float(np.sort(np.abs(sized - whole))[: int(0.85 * len(sized))].mean())
            if float((whole <= 4).mean()) > 0.9 and float((whole == 1).mean()) > 0.25:
                best = min(best, off)
    return best <= _OFF_GRID


def _even_contrast(line: NDArray[np.float32], edges: NDArray[np.float64]) -> bool:
    """Whether dark bars are about as dark and light ones about as light all along: ink on paper, not a view through a fence."""
    levels = [
        float(np.median(line[int(a) : max(int(a) + 1, int(np.ceil(b)))]))
        for a, b in zip(edges, edges[1:], strict=False)
    ]
    one, other = np.array(levels[0::2]), np.array(levels[1::2])
    gap = abs(float(np.median(one) - np.median(other)))
    return gap >= _CONTRAST and float(one.std() + other.std()) <= (0.62 if len(levels) < 40 else 0.9) * gap


def _plain(line: NDArray[np.float32], edge: float, step: int, length: float) -> bool:
    """Whether the line goes on without bars beyond an end, by a quiet zone of ``length``."""
    start = int(round(edge)) + step * 2
    end = start + step * max(4, int(length))
    part = line[max(0, min(start, end)) : max(0, max(start, end))]
    return len(part) >= 3 and float(part.max() - part.min()) < 0.4 * float(line.max() - line.min())


def is_data_matrix(grey: Grey, quad: Quad) -> bool:
    """Whether two neighbouring sides of a patch are solid and the other two alternate evenly."""
    wide, high = sides_of(quad)
    if max(wide, high) > 4.2 * min(wide, high):
        return False
    flat = straightened(grey, quad, 160, 160)
    low, high_level = np.percentile(flat[::2, ::2], (10, 90))
    if high_level - low < _CONTRAST:
        return False
    dark = flat < (low + high_level) / 2
    edge = 10  # the patch's outline is a little loose or tight
    for ink in (dark, ~dark):
        solid = [float(side.mean(axis=1).max()) >= 0.93 for side in _borders(ink, edge)]
        for turn in range(4):
            if solid[turn] and solid[(turn + 1) % 4] and sum(solid) == 2:
                others = [_borders(ink, edge)[(turn + step) % 4] for step in (2, 3)]
                if all(max(_regular(line) for line in side) >= 9 for side in others):
                    return True
    return False


def _borders(ink: NDArray[np.bool_], edge: int) -> tuple[NDArray[np.bool_], ...]:
    """The outermost lines, ``(edge, n)``, at the top, right, bottom and left."""
    return ink[:edge], ink[:, -edge:].T, ink[-edge:], ink[:, :edge].T


def _regular(line: NDArray[np.bool_]) -> int:
    """Number of changes of a line of modules if they are evenly wide, else 0."""
    where = np.flatnonzero(line[1:] != line[:-1])
    if len(where) < 6:
        return 0
    widths = np.diff(where)
    even = widths.std() <= 0.3 * widths.mean() and 0.4 <= float(line.mean()) <= 0.6
    return len(where) if even else 0


def is_pdf417(grey: Grey, quad: Quad) -> bool:
    """Whether both ends of a patch show bars alike in all rows, and the rows between them differ in many narrow bars."""
    wide, high = sides_of(quad)
    if high > wide:
        quad, wide, high = np.roll(quad, -1, axis=0), high, wide
    if wide < 1.2 * high:
        return False
    columns = int(min(900, max(200, 2.5 * wide)))
    flat = straightened(grey, quad, columns, 24).astype(np.float32)[2:-2]
    level = (flat.max() + flat.min()) / 2
    if flat.max() - flat.min() < _CONTRAST or float(np.median((np.diff(flat > level, axis=1)).sum(axis=1))) < 30:
        return False
    for modules in range(69, 480, 34):  # a row holds a start, one to thirty words of seventeen modules, and a stop
        end = int(columns * 17 / modules)
        left, inner, right = flat[:, :end], flat[:, end:-end], flat[:, -end:]
        if end < 16 or not all(_alike_rows(part) >= 0.85 for part in (left, right)):
            continue
        edges = [len(_edges(part.mean(axis=0))) for part in (left, right)]
        if min(edges) >= 6 and _alike_rows(inner) < 0.75:
            return True
    return False


def _alike_rows(part: NDArray[np.float32]) -> float:
    """Median correlation of the rows with their mean."""
    return float(np.median(_correlations(part, part.mean(axis=0))))
