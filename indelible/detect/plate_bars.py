"""Whether a stretch of a picture is a bar code: bars and gaps of uneven widths that run unbroken from top to bottom.

The digits under a bar code have the look of a plate, and the bars that of its characters. Characters change from their upper to their
lower half, bars do not; the slats of a grille do not either, but they are all alike.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indelible.model import Box

#: Rows of pixels that are compared, at most; columns looked at, at most.
_ROWS, _COLUMNS = 24, 800
_LEAST_WIDE, _LEAST_HIGH = 24, 8
#: Mean correlation of the rows with their mean; bars and gaps there must be; spread of their widths over the mean width.
_ALIKE, _EDGES, _UNEVEN = 0.9, 16, 0.35
_CONTRAST = 8.0  # grey values
#: Where strips begin that are looked at beside a caption, in its heights from its top.
_BESIDE = (-1.6, -1.3, -1.0, -0.7, -0.45, 1.0, 1.25, 1.5, 1.8, 2.1)

Pixels = NDArray[np.uint8]


def is_bars(grey: Pixels, box: Box) -> bool:
    """Whether the middle of a box is bars. ``grey``: ``(height, width)``."""
    if box.width < _LEAST_WIDE or box.height < _LEAST_HIGH:
        return False
    top, bottom = box.y + box.height // 5, box.bottom - box.height // 5
    rows = np.unique(np.linspace(top, bottom - 1, _ROWS).astype(int))
    step = max(1, box.width // _COLUMNS)
    part = grey[rows, box.x : box.right : step].astype(np.float64)
    if part.shape[0] < 4 or part.shape[1] < _LEAST_WIDE:
        return False
    part -= part.mean(axis=1, keepdims=True)
    mean = part.mean(axis=0)
    if mean.std() < _CONTRAST:
        return False
    spread = np.sqrt((part**2).mean(axis=1)) * mean.std()
    alike = float(((part @ mean) / part.shape[1] / np.maximum(spread, 1e-9)).mean())
    if alike < _ALIKE:
        return False
    widths = np.diff(np.flatnonzero(np.diff((mean > 0).astype(np.int8))))
    return len(widths) >= _EDGES and float(widths.std()) >= _UNEVEN * float(widths.mean())


def beside_bars(grey: Pixels, box: Box) -> bool:
    """Whether bars stand right above or below a caption; ``box`` is its text's."""
    height, width = grey.shape
    high = max(10, round(0.45 * box.height))
    for share in _BESIDE:
        top = box.y + round(share * box.height)
        place = Box.from_corners(box.x, top, box.right, top + high, width, height)
        if place is not None and is_bars(grey, place):
            return True
    return False
