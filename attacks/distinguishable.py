"""How many different contents a mosaic still tells apart, by trying: seeded faces or digit strings through a mosaic of the same cells.

The capacity of `indelible.attacks.capacity` says what so many cells could carry. This says what they do carry of things that somebody hides:
if 64 strangers give 64 different pictures, each of them can be told from the others by whoever has candidates, and the bits he
gains are at least the logarithm of that number. A count that is lower shows what is lost; it never shows that nothing is left.

Reference: ATTACKS.md section 12.2 (A902, deterministic channel: the logarithm of the number of outputs).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from indelible.attacks.capacity import distinct_outputs
from indelible.attacks.face_drawn import draw_face
from indelible.attacks.mosaic_draw import plain_font, text_image
from indelible.model import Box, Kind

#: Contents tried: no mosaic is told to separate more than these.
TRIED = 64
#: Contents are drawn so large at most; cells are averages, so more pixels change little.
_LONGEST_PX = 192
_DIGITS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Distinguishable:
    """``outputs`` different pictures from ``of`` contents."""

    outputs: int
    of: int


def distinguishable(kind: Kind, box: Box, blocks: int, seed: int) -> Distinguishable:
    """Different outputs of a mosaic with ``blocks`` cells across the shorter side of a box, over contents of the region's kind.

    Args:
        kind: faces and persons are tried with drawn faces, everything else with strings of eight digits.
        box: the region; only its proportions count.
        blocks: cells across the shorter side, at least 1.
        seed: of the contents.
    """
    shrink = min(1.0, _LONGEST_PX / max(box.width, box.height))
    size = max(8, round(box.width * shrink)), max(8, round(box.height * shrink))
    cell = min(size) / max(1, blocks)
    cells = max(1, round(size[0] / cell)), max(1, round(size[1] / cell))
    draw = _face if kind in (Kind.FACE, Kind.PERSON) else _digits
    outputs = [
        np.asarray(draw(seed + number, size).resize(cells, Image.Resampling.BOX), dtype=np.uint8)
        for number in range(TRIED)
    ]
    return Distinguishable(outputs=distinct_outputs(outputs), of=TRIED)


def _face(seed: int, size: tuple[int, int]) -> Image.Image:
    return Image.fromarray(draw_face(seed, 1, size))


def _digits(seed: int, size: tuple[int, int]) -> Image.Image:
    """A string that fills the region, or grey of its own where no font is installed."""
    rng = np.random.default_rng(seed)
    text = "".join(str(digit) for digit in rng.integers(0, 10, _DIGITS))
    font = plain_font()
    if font is None:
        return Image.new("RGB", size, (int(text) % 251,) * 3)
    image, box = text_image(text, font, 32, margin=4)
    return image.crop(box.corners).resize(size, Image.Resampling.BOX)
