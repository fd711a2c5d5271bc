"""Ink on a page: what is darker, or more coloured, than the paper around it.

Paper is what surrounds a stroke on all sides: a grey closing larger than any stroke gives its colour at each place, so a shadow
or a tint of the page does not matter. Long straight rulings are taken out, since they join what stands on them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Mask = NDArray[np.uint8]

#: A pixel is ink where its darkest channel keeps less than this share of the paper's; pale strokes of a pencil keep 0.8.
INK = 0.78
#: Length of a ruling in text heights, and how thick it may be; a pen's tail is seldom straight for as long.
_RULING, _THICK = 6.0, 0.22


@dataclass(frozen=True, slots=True, kw_only=True)
class Ink:
    """A page at working scale: ``share`` is what each pixel keeps of the paper, 0.0 to 1.0; masks are 0 or 255, all ``(h, w)``."""

    share: NDArray[np.float32]
    paper: NDArray[np.float32]
    mask: Mask
    rulings: Mask


def ink_of(pixels: NDArray[np.uint8], text_px: float) -> Ink:
    """Ink, paper and rulings of a page.

    Args:
        pixels: ``(h, w, 3)`` RGB or ``(h, w)`` grey at working scale.
        text_px: height of a line of text in these pixels.
    """
    import cv2

    colour = pixels if pixels.ndim == 3 else pixels[:, :, None]
    height, width = colour.shape[:2]
    quarter = (max(1, width // 4), max(1, height // 4))
    radius = max(2, round(0.4 * text_px))  # in quarter pixels: three text heights wide
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (2 * radius + 1, 2 * radius + 1))
    share = np.ones((height, width), dtype=np.float32)
    brightest = np.zeros((height, width), dtype=np.float32)
    for channel in range(colour.shape[2]):
        plane = np.ascontiguousarray(colour[:, :, channel])
        small = cv2.resize(plane, quarter, interpolation=cv2.INTER_AREA)
        paper = cv2.morphologyEx(cv2.medianBlur(small, 3), cv2.MORPH_CLOSE, kernel)
        paper = cv2.blur(paper, (2 * radius + 1, 2 * radius + 1))
        full = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.float32)
        np.minimum(share, plane / np.maximum(full, 1.0), out=share)
        np.maximum(brightest, full, out=brightest)
    mask = np.asarray((share < INK) * np.uint8(255), dtype=np.uint8)
    rulings = _rulings(mask, text_px)
    return Ink(share=share, paper=brightest, mask=_without(mask, rulings), rulings=rulings)


def _rulings(mask: Mask, text_px: float) -> Mask:
    """Straight lines along the rows or columns, solid or dotted, thinner than a stroke of a marker pen is wide."""
    import cv2

    long, thick = max(12, round(_RULING * text_px)), max(2, round(_THICK * text_px))
    found = np.zeros_like(mask)
    for across in (False, True):
        gap = (3, 1) if not across else (1, 3)
        line = (long, 1) if not across else (1, long)
        bar = (1, thick + 1) if not across else (thick + 1, 1)
        closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones(gap[::-1], np.uint8))
        runs = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones(line[::-1], np.uint8))
        solid = cv2.morphologyEx(runs, cv2.MORPH_OPEN, np.ones(bar[::-1], np.uint8))
        found |= runs & ~cv2.dilate(solid, np.ones(line[::-1], np.uint8))
    return np.asarray(found, dtype=np.uint8)


def _without(mask: Mask, rulings: Mask) -> Mask:
    """The mask less its rulings; a stroke that crosses one is joined again by a closing across the cut."""
    import cv2

    if not rulings.any():
        return mask
    rest = mask & ~cv2.dilate(rulings, np.ones((3, 3), np.uint8))
    joined = cv2.morphologyEx(rest, cv2.MORPH_CLOSE, np.ones((7, 3), np.uint8))
    joined |= cv2.morphologyEx(rest, cv2.MORPH_CLOSE, np.ones((3, 7), np.uint8))
    return np.asarray(rest | (joined & mask), dtype=np.uint8)
