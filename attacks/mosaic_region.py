"""A region of a picture as mosaic text: cells, colours, lines; and what all of its lines were read as."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from indelible.attacks.fonts import Font
from indelible.attacks.methods import Budget, Target
from indelible.attacks.mosaic_cells import CellGrid, read_cells
from indelible.attacks.mosaic_ink import Colours, find_colours
from indelible.attacks.mosaic_line import Line, find_lines
from indelible.attacks.mosaic_read import LineReading, read
from indelible.model import Box, Kind
from indelible.model.attack import Guess

#: Kinds whose regions hold no line of text.
_OTHER_KINDS = (Kind.FACE, Kind.PERSON)
#: Pixels round the region that show the colour of the paper and of other text.
_SURROUND_PX = 24
_MOST_LINES = 6
_MOST_PIXELS = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionReading:
    """All lines of a region. ``guesses``: the whole text, likeliest first."""

    lines: tuple[LineReading, ...]
    guesses: tuple[Guess, ...] = field(repr=False)
    missing: int

    @property
    def trials(self) -> int:
        """Extensions tried over all lines."""
        return sum(line.trials for line in self.lines)


def inside(target: Target) -> Box | None:
    """The part of the region that lies within the picture, if it is large enough to look at and not too large."""
    if target.box is None:
        return None
    box = target.box.intersection(Box(0, 0, *target.image.size))
    return box if box is not None and min(box.width, box.height) >= 4 and box.area <= _MOST_PIXELS else None


def why_not(target: Target) -> str | None:
    """Why a region is not mosaic text, in a closed word, or None if it may be."""
    if target.kind in _OTHER_KINDS:
        return "other_kind"
    box = inside(target)
    if box is None:
        return "no_region"
    return None if region_cells(target.image, box, lossy=target.jpeg is not None) is not None else "no_mosaic"


def region_cells(image: Image.Image, box: Box, *, lossy: bool) -> CellGrid | None:
    """The region's cells, or None if it is no mosaic."""
    return read_cells(_pixels(image, box), lossy=lossy)


def region_colours(image: Image.Image, box: Box, grid: CellGrid) -> Colours | None:
    """Paper and text, with the help of what lies round the region."""
    around = box.grown(_SURROUND_PX, _SURROUND_PX, *image.size)
    pixels = _pixels(image, around).astype(np.float64)
    mask = np.ones(pixels.shape[:2], bool)
    mask[box.y - around.y : box.bottom - around.y, box.x - around.x : box.right - around.x] = False
    return find_colours(grid.colours, pixels[mask])


def region_lines(grid: CellGrid, colours: Colours) -> tuple[Line, ...]:
    """The lines that are read: at most a few, from the top."""
    return find_lines(grid, colours)[:_MOST_LINES]


def read_region(lines: tuple[Line, ...], fonts: tuple[Font, ...], budget: Budget) -> RegionReading:
    """Read every line, until the time is up."""
    found: list[LineReading] = []
    for line in lines:
        if budget.spent:
            break
        known = next(((seen.found.setup, seen.found.way) for seen in found if seen.explained), None)
        reading = read(line, fonts, budget, known)
        if reading is not None:
            found.append(reading)
    return RegionReading(lines=tuple(found), guesses=_guesses(found), missing=len(lines) - len(found))


def _guesses(lines: list[LineReading]) -> tuple[Guess, ...]:
    """Whole texts: the best of each line, and each line's next ones with the best of the others."""
    if not lines:
        return ()
    best = [line.texts[0] for line in lines]
    whole = float(np.prod([share for _, share in best]))
    made = {"\n".join(text for text, _ in best): whole}
    for i, line in enumerate(lines):
        for text, share in line.texts[1:]:
            other = [text if k == i else kept for k, (kept, _) in enumerate(best)]
            made.setdefault("\n".join(other), whole / max(best[i][1], 1e-12) * share)
    ordered = sorted(made.items(), key=lambda item: (-item[1], item[0]))[:10]
    return tuple(Guess(text=text, posterior=float(np.clip(share, 0, 1))) for text, share in ordered)


def _pixels(image: Image.Image, box: Box) -> np.ndarray:
    part = image.crop(box.corners)
    return np.asarray(part if part.mode == "RGB" else part.convert("RGB"))
