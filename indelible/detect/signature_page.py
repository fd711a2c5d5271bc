"""The page as the search for signatures sees it: at a scale where a line of print is about twenty pixels high, without its print.

What the reader read with confidence is print, unless the ink stands far out of the line: then a pen crossed it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from indelible.detect.ink_mask import Ink, Mask, ink_of
from indelible.detect.lines import TextLine
from indelible.model import Box

#: Height of a line of print at working scale, and the most pixels that a page may have there.
TEXT_PX, MAX_PIXELS = 18.0, 4_000_000
#: Lowest score of a line that is print for certain.
CONFIDENT = 0.8
#: Lines of print that make a picture a page; a page with fewer has to be plain paper nearly everywhere.
LEAST_LINES = 3
#: With fewer lines than this a photo of a street has as many: most of the picture must then be plain.
FEW_LINES, _FEW_FLAT = 6, 0.8
_PLAIN = 0.93

_CROSSES = 2.2  # text heights: a stroke taller than this is no letter of its line
_JOINED = 2.5, 1.3  # text heights, across and down
_FLAT = 0.88  # share of the paper that a pixel without ink keeps on plain paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page at working scale. ``scale`` turns pixels of the picture into pixels of the masks; ``text_px`` is in the latter.

    ``pen`` is the ink that is no print; ``words`` says whether enough print was read to take sizes from it.
    """

    ink: Ink
    pen: Mask
    scale: float
    text_px: float
    words: bool
    bright: float

    def on_paper(self, left: int, top: int, right: int, bottom: int) -> bool:
        """Whether the surroundings of a box of the mask are plain bright paper, without texture, print behind or shadow edge."""
        pad = round(0.7 * self.text_px)
        where = (slice(max(0, top - pad), bottom + pad), slice(max(0, left - pad), right + pad))
        bare = self.ink.mask[where] == 0
        if not bare.any():
            return False
        flat = float((self.ink.share[where][bare] > _FLAT).mean())
        return flat >= 0.8 and float(self.ink.paper[where].mean()) >= self.bright


def page_of(image: Image.Image, lines: Sequence[TextLine]) -> Page | None:
    """The page in a picture, or None where the picture shows no page."""
    print_lines = [line for line in lines if line.score >= CONFIDENT and sum(map(str.isalnum, line.text)) >= 3]
    words = len(print_lines) >= LEAST_LINES
    text_px = _line_height(print_lines) if words else max(12.0, min(image.size) / 45)
    scale = min(1.0, TEXT_PX / text_px, (MAX_PIXELS / (image.width * image.height)) ** 0.5)
    small = image
    if scale < 1.0:
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        small = image.resize(size, Image.Resampling.BOX)
    text_px *= scale
    ink = ink_of(np.asarray(small), text_px)
    bright = max(100.0, 0.6 * float(np.percentile(ink.paper[::4, ::4], 95)))
    if not (words or _plain(ink)) or (len(print_lines) < FEW_LINES and float((ink.share > 0.9).mean()) < _FEW_FLAT):
        return None
    pen = _without_print(ink.mask, lines, scale, text_px)
    return Page(ink=ink, pen=pen, scale=scale, text_px=text_px, words=words, bright=bright)


def is_print(line: TextLine, unit: float) -> bool:
    """Whether a line was read with confidence and is no scrawl: a few letters far higher than the print are one.

    ``unit`` is the height of the page's print, in the line's pixels. Digits are page numbers and totals.
    """
    letters = sum(map(str.isalpha, line.text))
    scrawl = letters == len(line.text.strip()) and (
        (letters <= 3 and line.box.height >= 1.2 * unit) or (letters <= 6 and line.box.height >= 2.2 * unit)
    )
    return line.score >= CONFIDENT and not scrawl


def _line_height(lines: Sequence[TextLine]) -> float:
    """Median height of a line; of its words where a line is tilted, since its upright box is then too high."""
    heights = []
    for line in lines:
        box = line.box
        words = [min(word.box.width, word.box.height) for word in line.words if len(word.text) > 1]
        heights.append(min(box.width, box.height, *(words or [box.height])))
    return max(6.0, float(np.median(heights)))


def _plain(ink: Ink) -> bool:
    """Whether a picture without print is a sheet: bright, of one tint, and empty but for little ink."""
    sheet = float(np.percentile(ink.paper[::4, ::4], 50))
    even = float((np.abs(ink.paper - sheet) < 0.12 * sheet).mean())
    return sheet >= 150 and even >= _PLAIN and float((ink.share > 0.92).mean()) >= _PLAIN


def _without_print(mask: Mask, lines: Sequence[TextLine], scale: float, text_px: float) -> Mask:
    """The mask less the letters of lines that were read with confidence."""
    import cv2

    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    cover: NDArray[np.uint8] = np.zeros_like(mask)
    for line in lines:
        if not is_print(line, text_px / scale):
            continue
        for box in _parts(line):
            cover[int(box.y * scale) : int(box.bottom * scale) + 1, int(box.x * scale) : int(box.right * scale) + 1] = 1
    inside = np.bincount(labels[cover > 0], minlength=count)
    tall = (stats[:, cv2.CC_STAT_HEIGHT] >= _CROSSES * text_px) & (inside < 0.7 * stats[:, cv2.CC_STAT_AREA])
    # letters of print stand apart; a joined stroke, wider and higher than any of them, is a hand's even if it was read
    tall |= (
        (stats[:, cv2.CC_STAT_WIDTH] >= _JOINED[0] * text_px)
        & (stats[:, cv2.CC_STAT_HEIGHT] >= _JOINED[1] * text_px)
        & (stats[:, cv2.CC_STAT_AREA] <= 0.35 * stats[:, cv2.CC_STAT_WIDTH] * stats[:, cv2.CC_STAT_HEIGHT])
    )
    letters = (inside >= 0.5 * stats[:, cv2.CC_STAT_AREA]) & ~tall
    letters[0] = True
    rest = mask.copy()
    rest[letters[labels]] = 0
    rest[(cover > 0) & ~tall[labels]] = 0
    return rest


def _parts(line: TextLine) -> list[Box]:
    """The line's box; of a tilted line, whose upright box holds more than itself, its words'."""
    steep = line.words and min(line.box.width, line.box.height) > 1.8 * min(
        min(word.box.width, word.box.height) for word in line.words
    )
    return [word.box for word in line.words] if steep and len(line.words) > 2 else [line.box]
