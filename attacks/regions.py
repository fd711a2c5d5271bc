"""Where a picture seems to be redacted: flat areas with straight borders, and mosaics. Cheap, and blind.

A pixel is *flat* if its 3x3 neighbourhood shows one value. Two flat neighbours share their value, so each connected piece
of flat pixels is one colour, and one pass of connected components serves both searches: a large rectangular piece is a
fill; many small rectangular pieces side by side are the cells of a mosaic.

What stays silent: areas along three edges of the frame (sky, margins), areas in the colour of the page, areas that differ
from their surround on fewer than three sides, areas that are not made of rectangles.

Reference: ATTACKS.md section 3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from indelible.attacks.grid import Grid, estimate_grid
from indelible.attacks.soft_mosaics import find_soft
from indelible.model import Box

#: Shortest side of a fill, in pixels; the flat part of it is 2 px less.
SHORTEST_FILL_PX = 12
_RECTANGULAR = 0.98
#: Grey levels by which a fill differs from what lies outside its border, and on what share of a side.
_BORDER_LEVELS = 24
_BORDER_SHARE = 0.75
#: Share of the frame's border that one colour must have to be the page.
_PAGE_SHARE = 0.5
#: Near-black or near-white fills are also found with a residue of so many levels.
_RESIDUE_LEVELS = 3
#: Inner variation that a codec leaves in the cells of a mosaic, in grey levels over 3x3 pixels.
_CODEC_LEVELS = 8
_LONGEST_CELL_PX = 160
_FEWEST_CELLS = 6
_CELLS_SHARE = 0.25
#: Behind a codec, smooth pictures have flat patches; fewer cell edges than this across or down prove nothing.
_FEWEST_CODED_EDGES = 3
_MOST_PIECES = 64
_MOST_PARTS = 6
_STRAIGHT_SHARE = 0.5
_FRAY_PX = 2
_RINGING_PX = 16
_CODEC_GRID = 8
_BESIDE_PX = 3
#: Behind a codec, flat areas smaller than this arise by themselves, unless they are black or white.
_SHORTEST_CODED_PX = 24
#: Steps between neighbouring cells on the codec's own grid that coarse quantisation alone can explain.
_CODEC_STEP = 25.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRegion:
    """One area that looks redacted. ``blocks``: cells across the shorter side if it is a mosaic, else None.

    ``method`` is what a certificate may call it: ``unknown``, because nobody said how it was made.
    """

    box: Box
    method: str = "unknown"
    blocks: int | None = None


def find_regions(image: Image.Image, *, lossy: bool = False) -> tuple[FoundRegion, ...]:
    """Search a picture for redacted areas.

    Args:
        image: upright, mode ``RGB`` or ``L``.
        lossy: the file is a JPEG: the coded units at the border of a fill are then counted in.

    Returns:
        Mosaics first, then fills, each from top to bottom.
    """
    pixels = np.asarray(image if image.mode in ("RGB", "L") else image.convert("RGB"))
    if min(pixels.shape[:2]) < SHORTEST_FILL_PX:
        return ()
    spread = _spread(pixels)
    exact = _pieces(spread == 0)
    mosaics = _mosaics(pixels, exact, lossy=lossy)
    fills = _fills(pixels, exact, levels=0, lossy=lossy)
    if lossy:
        mosaics = _without(_mosaics(pixels, _pieces(spread <= _CODEC_LEVELS), lossy=True), mosaics) + mosaics
        soft = [FoundRegion(box=item.box, blocks=item.blocks) for item in find_soft(pixels)]
        mosaics = _without(mosaics, soft) + soft
    else:
        extreme = (pixels <= 16) | (pixels >= 239)
        near = (spread <= _RESIDUE_LEVELS) & (extreme.all(axis=2) if pixels.ndim == 3 else extreme)
        fills += [
            box
            for box in _fills(pixels, _pieces(near), levels=_RESIDUE_LEVELS, lossy=False)
            if not _covered(box, fills)
        ]
    mosaics, fills = _settled(mosaics, fills, image.size)
    return (
        *sorted(mosaics, key=lambda found: (found.box.y, found.box.x)),
        *(FoundRegion(box=box) for box in sorted(set(fills), key=lambda box: (box.y, box.x))),
    )


def _settled(
    mosaics: list[FoundRegion], fills: list[Box], size: tuple[int, int]
) -> tuple[list[FoundRegion], list[Box]]:
    """Each place once: a fill inside a mosaic is one of its cells, a small one along its border a cut cell."""
    settled = []
    for found in mosaics:
        box, blocks = found.box, found.blocks or 1
        cell = min(box.width, box.height) / blocks
        reach = box.grown(_BESIDE_PX, _BESIDE_PX, *size)
        cut = [f for f in fills if min(f.width, f.height) <= cell and f.intersection(reach) and not _covered(f, [box])]
        cut = [f for f in cut if _alongside(f, box)]
        fills = [f for f in fills if f not in cut and not _covered(f, [box])]
        for part in cut:
            left, top = min(box.x, part.x), min(box.y, part.y)
            box = Box(left, top, max(box.right, part.right) - left, max(box.bottom, part.bottom) - top)
        settled.append(FoundRegion(box=box, blocks=max(1, round(min(box.width, box.height) / cell))))
    return settled, fills


def _alongside(part: Box, box: Box) -> bool:
    """Whether ``part`` lies beside ``box`` without standing out at its ends."""
    slack = _BESIDE_PX
    across = part.x >= box.x - slack and part.right <= box.right + slack
    down = part.y >= box.y - slack and part.bottom <= box.bottom + slack
    return across or down


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pieces:
    """Connected pieces. ``labels``: int32 ``(height, width)``. ``stats``: one row per piece: left, top, width, height, area."""

    labels: np.ndarray
    stats: np.ndarray


def _spread(pixels: np.ndarray) -> np.ndarray:
    """Largest minus smallest value over 3x3 pixels, the worst of the planes. uint8 ``(height, width)``."""
    import cv2

    kernel = np.ones((3, 3), np.uint8)
    spread = cv2.morphologyEx(pixels, cv2.MORPH_GRADIENT, kernel)
    if spread.ndim == 3:
        spread = cv2.max(cv2.max(spread[..., 0], spread[..., 1]), spread[..., 2])
    return np.asarray(spread)


def _pieces(flat: np.ndarray) -> _Pieces:
    import cv2

    _, labels, stats, _ = cv2.connectedComponentsWithStats(flat.view(np.uint8), connectivity=4, ltype=cv2.CV_32S)
    stats[0] = 0  # the background
    return _Pieces(labels=labels, stats=stats)


def _fills(pixels: np.ndarray, pieces: _Pieces, *, levels: int, lossy: bool) -> list[Box]:
    """Rectangles of one colour, and the rectangles of which a piece with straight borders is made."""
    height, width = pixels.shape[:2]
    page = _page_colour(pixels)
    shortest = SHORTEST_FILL_PX - 2
    stats = pieces.stats
    large = np.flatnonzero((stats[:, 2] >= shortest) & (stats[:, 3] >= shortest) & (stats[:, 4] >= shortest**2))
    found: list[Box] = []
    order = large[np.argsort(-stats[large, 4], kind="stable")][:_MOST_PIECES]
    for label in order:
        left, top, wide, tall, area = (int(value) for value in stats[label])
        edges = (left <= 1) + (top <= 1) + (left + wide >= width - 1) + (top + tall >= height - 1)
        mask = pieces.labels[top : top + tall, left : left + wide] == label
        first = np.argwhere(mask)[0]
        colour = pixels[top + first[0], left + first[1]].astype(np.int16)
        if edges >= 3 or (page is not None and np.abs(colour - page).max() <= max(4, levels)):
            continue
        if area >= _RECTANGULAR * wide * tall:
            boxes = [(left, top, left + wide, top + tall)]
        elif area >= 0.1 * wide * tall and (_is_extreme(colour) or not lossy):
            boxes = [
                (left + x0, top + y0, left + x1, top + y1)
                for x0, y0, x1, y1 in _rectangles(mask, shortest, _FRAY_PX * lossy)
            ]
        else:
            continue
        for x0, y0, x1, y1 in boxes:
            box = Box.from_corners(x0 - 1, y0 - 1, x1 + 1, y1 + 1, width, height)
            if box is None:
                continue
            if lossy and min(x1 - x0, y1 - y0) < _SHORTEST_CODED_PX and not _is_extreme(colour):
                continue
            coded = lossy or all(edge % _CODEC_GRID == 0 for edge in box.corners)
            box = _to_border(pixels, box) if lossy else box
            if _stands_out(pixels, box, colour, whole=len(boxes) == 1, coded=coded):
                found.append(box)
    return found


def _page_colour(pixels: np.ndarray) -> np.ndarray | None:
    """The colour that half of the frame's border shows, if there is one."""
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    border = border.reshape(len(border), -1).astype(np.int32)
    values, counts = np.unique(border @ np.array([1 << 16, 1 << 8, 1][: border.shape[1]]), return_counts=True)
    if counts.max() < _PAGE_SHARE * len(border):
        return None
    packed = int(values[counts.argmax()])
    colour = [packed >> 16, packed >> 8 & 255, packed & 255] if border.shape[1] == 3 else [packed >> 16]
    return np.array(colour, dtype=np.int16)


def _rectangles(mask: np.ndarray, shortest: int, slack: int) -> list[tuple[int, int, int, int]]:
    """Rectangles in a piece that is none itself: fills that overlap, or touch something of their colour.

    The longest run of each row votes for a left and a right border; most rows of a rectangle must agree on both.
    ``slack``: pixels by which a codec frays a border.
    """
    rest = mask.copy()
    found = []
    for _ in range(_MOST_PARTS):
        starts, ends = _longest_runs(rest)
        voting = ends - starts >= shortest
        if voting.sum() < shortest:
            break
        left = int(np.bincount(starts[voting]).argmax()) + slack
        right = int(np.bincount(ends[voting & (np.abs(starts - left) <= 2 * slack)], minlength=1).argmax()) - slack
        if right - left < shortest:
            break
        rows = np.concatenate([[0], rest[:, left:right].all(axis=1).view(np.int8), [0]])
        steps = np.flatnonzero(np.diff(rows))
        stretch = int(np.argmax(steps[1::2] - steps[::2])) if len(steps) else 0
        top, bottom = (int(steps[2 * stretch]), int(steps[2 * stretch + 1])) if len(steps) else (0, 0)
        near = (np.abs(side - at) <= 2 * slack for side, at in ((starts[top:bottom], left), (ends[top:bottom], right)))
        straight = min(float(part.mean()) for part in near) if bottom > top else 0.0
        if bottom - top < shortest or straight < _STRAIGHT_SHARE:
            break
        found.append((left, top, right, bottom))
        rest[top:bottom, left:right] = False
    return found


def _longest_runs(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First column and first column after the longest run of each row; 0 and 0 in an empty row."""
    padded = np.pad(mask.view(np.int8), ((0, 0), (1, 1)))
    change = np.diff(padded, axis=1)
    rows, firsts = np.nonzero(change == 1)
    _, afters = np.nonzero(change == -1)
    starts, ends = np.zeros(len(mask), np.int64), np.zeros(len(mask), np.int64)
    order = np.argsort(afters - firsts, kind="stable")  # the longest of a row is written last
    starts[rows[order]], ends[rows[order]] = firsts[order], afters[order]
    return starts, ends


def _is_extreme(colour: np.ndarray) -> bool:
    """Black or white, or nearly so: what fills are made of."""
    return bool((colour <= 12).all() or (colour >= 243).all())


def _stands_out(pixels: np.ndarray, box: Box, colour: np.ndarray, *, whole: bool, coded: bool) -> bool:
    """Whether what lies just outside ``box`` differs from its colour.

    Behind a codec, small flat areas arise by themselves: there at least three sides must differ clearly. ``whole`` is
    False for a part of a piece, which has sides against other parts.
    """
    height, width = pixels.shape[:2]
    lines = []
    if box.x > 0:
        lines.append(pixels[box.y : box.bottom, box.x - 1])
    if box.right < width:
        lines.append(pixels[box.y : box.bottom, box.right])
    if box.y > 0:
        lines.append(pixels[box.y - 1, box.x : box.right])
    if box.bottom < height:
        lines.append(pixels[box.bottom, box.x : box.right])
    distances = [np.abs(line.astype(np.int16) - colour).reshape(len(line), -1).max(axis=1) for line in lines]
    levels = _BORDER_LEVELS if coded else 0
    apart = sum(float((distance > levels).mean()) >= _BORDER_SHARE for distance in distances)
    return apart >= min(3 if whole else 2, len(lines))


def _mosaics(pixels: np.ndarray, pieces: _Pieces, *, lossy: bool) -> list[FoundRegion]:
    """Groups of small rectangular pieces that stand on one grid."""
    import cv2

    stats = pieces.stats
    area = stats[:, 2].astype(np.int64) * stats[:, 3]
    cells = np.flatnonzero(
        (stats[:, 2] >= 2)
        & (stats[:, 3] >= 2)
        & (stats[:, 2] <= _LONGEST_CELL_PX)
        & (stats[:, 3] <= _LONGEST_CELL_PX)
        & (stats[:, 4] >= 0.9 * area)
    )
    if len(cells) < _FEWEST_CELLS:
        return []
    height, width = pixels.shape[:2]
    found = []
    cover = np.zeros((height, width), np.uint8)
    for left, top, wide, tall, _ in stats[cells].tolist():
        margin = (wide + tall) // 3 + 3 if lossy else 2  # a codec makes some cells uneven, and these are missing
        cover[max(0, top - margin) : top + tall + margin, max(0, left - margin) : left + wide + margin] = 1
    _, groups, extents, _ = cv2.connectedComponentsWithStats(cover, connectivity=4)
    owner = groups[stats[cells, 1], stats[cells, 0]]
    counts = np.bincount(owner, minlength=len(extents))
    for group in np.flatnonzero(counts >= _FEWEST_CELLS)[:_MOST_PIECES]:
        mine = stats[cells[owner == group]]
        usual = np.median(mine[:, 2:4], axis=0)
        regular = mine[(np.abs(mine[:, 2:4] - usual) <= np.maximum(2, 0.3 * usual)).all(axis=1)]
        if len(regular) < _FEWEST_CELLS or len(regular) < 0.5 * len(mine):
            continue
        left, top = (int(value) for value in regular[:, :2].min(axis=0))
        right, bottom = (int(value) for value in (regular[:, :2] + regular[:, 2:4]).max(axis=0))
        box = Box.from_corners(left - 1, top - 1, right + 1, bottom + 1, width, height)
        if box is None or _few_colours(pixels, regular):
            continue
        grid = estimate_grid(pixels[box.y : box.bottom, box.x : box.right])
        if grid is None or min(grid.across.edges, grid.down.edges) < (_FEWEST_CODED_EDGES if lossy else 1):
            continue
        expected = box.area / (grid.across.period * grid.down.period)
        if lossy and _is_codec_grid(grid) and _cell_step(pixels, box, grid) < _CODEC_STEP:
            continue
        if len(regular) >= _CELLS_SHARE * expected:
            found.append(FoundRegion(box=box, blocks=max(1, round(grid.blocks(box.width, box.height)))))
    return found


def _is_codec_grid(grid: Grid) -> bool:
    """Whether a period is one or two coded blocks, as a coarse quantiser makes flat blocks by itself."""
    return any(abs(axis.period - size) <= 0.12 * size for axis in (grid.across, grid.down) for size in (8, 16))


def _cell_step(pixels: np.ndarray, box: Box, grid: Grid) -> float:
    """Mean change from cell to cell over the planes, in levels."""
    rows = np.arange(grid.down.phase + grid.down.period / 2, box.height - 1, grid.down.period).astype(int)
    columns = np.arange(grid.across.phase + grid.across.period / 2, box.width - 1, grid.across.period).astype(int)
    cells = pixels[box.y : box.bottom, box.x : box.right][np.ix_(rows, columns)].astype(np.int16)
    if not cells.size:
        return 0.0
    cells = cells.reshape(len(rows), len(columns), -1)
    steps = [np.abs(np.diff(cells, axis=axis)).reshape(-1, cells.shape[2]) for axis in (0, 1)]
    joined = np.concatenate(steps)
    return float(joined.mean()) if len(joined) else 0.0


def _few_colours(pixels: np.ndarray, cells: np.ndarray) -> bool:
    """Whether the cells show too few colours for block means: a chess board, a QR code, a table."""
    values = pixels[cells[:, 1] + cells[:, 3] // 2, cells[:, 0] + cells[:, 2] // 2]
    coarse = np.unique(values.reshape(len(cells), -1) >> 3, axis=0)
    return len(coarse) < min(5, max(4, len(cells) // 3))


def _covered(box: Box, others: list[Box]) -> bool:
    """Whether half of ``box`` lies under one of ``others``."""
    return any((part := box.intersection(other)) is not None and 2 * part.area >= box.area for other in others)


def _without(found: list[FoundRegion], known: list[FoundRegion]) -> list[FoundRegion]:
    return [item for item in found if not _covered(item.box, [other.box for other in known])]


def _to_border(pixels: np.ndarray, box: Box) -> Box:
    """A fill in a JPEG, out to its painted border: lines that ring round the colour still belong to it."""
    height, width = pixels.shape[:2]
    colour = pixels[box.y + box.height // 2, box.x + box.width // 2].astype(np.int16)
    sides = [box.x, box.y, box.right, box.bottom]
    for side, (step, limit) in enumerate(((-1, 0), (-1, 0), (1, width), (1, height))):
        for _ in range(_RINGING_PX):
            if sides[side] == limit:
                break
            at = sides[side] - 1 if step < 0 else sides[side]
            line = pixels[sides[1] : sides[3], at] if side in (0, 2) else pixels[at, sides[0] : sides[2]]
            distance = np.abs(line.astype(np.int16) - colour)
            if np.median(distance) > 40 or np.quantile(distance, 0.9) > 80:
                break
            sides[side] += step
    return Box(sides[0], sides[1], sides[2] - sides[0], sides[3] - sides[1])
