"""Clear faces that do not stand upright: scans and photographs without an orientation tag, heads laid on a side.

The net knows upright faces up to about 30 degrees; turned copies of the picture show it the others. They are small: what is
looked for is a picture that stands on its side, or a portrait.
"""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

from indelible.detect.face_passes import TILE_FROM, look
from indelible.detect.face_tiles import chosen_rectangles
from indelible.detect.fusion import Boxes, suppressed

#: Degrees counter-clockwise by which the picture is turned.
TURNS = (45, 90, 135, 180, 225, 270, 315)

_FIRST = 320  # pixels of the longer side of the copy that is looked at as a whole
_SECOND = 640  # and of the one that is looked at where the first leaves a trace
_TRACE = 0.15
_CELL, _BORDER = 96, 24  # see `chosen_rectangles`, in pixels of the second copy
_CLEAR = 0.6  # a face of a turned copy is believed only from here: 0.5 gave 2 false ones on 44 pictures


def turned_faces(image: Image.Image) -> Boxes:
    """Clear faces in any direction, ``(n, 5)`` in pixels of ``image`` as it stands; mode ``RGB``.

    Large faces are seen better in the smaller copy, and the larger one costs four times as much: it is looked at in part.
    """
    scale = min(1.0, _SECOND / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    copy = image if size == image.size else image.resize(size, Image.Resampling.BOX)
    first = min(1.0, _FIRST / max(size))
    found = []
    for degrees in TURNS:
        turned = copy.rotate(degrees, Image.Resampling.BILINEAR, expand=True)
        boxes = look(turned, first)
        if first < 1:
            boxes = np.concatenate([boxes, _closer(turned, boxes)])
        found.append(turned_back(boxes[boxes[:, 4] >= _CLEAR], degrees, turned.size, size))
    boxes = np.concatenate(found)
    boxes[:, [0, 2]] *= image.width / size[0]
    boxes[:, [1, 3]] *= image.height / size[1]
    return suppressed(boxes, 0.4, 0.7)


def _closer(turned: Image.Image, boxes: Boxes) -> Boxes:
    """The second look, around the traces of the first."""
    traces = boxes[boxes[:, 4] >= _TRACE]
    rectangles = chosen_rectangles(traces, *turned.size, scale=1.0, cell=_CELL, border=_BORDER, most=TILE_FROM)
    return look(turned, 1.0, rectangles, _BORDER / 2)


def turned_back(boxes: Boxes, degrees: float, turned: tuple[int, int], size: tuple[int, int]) -> Boxes:
    """Boxes of a copy turned counter-clockwise about its middle, in the picture before that.

    A box turned by other than quarters becomes the upright box around the middle with the same area as the turned one: the box
    around its corners would be twice as large.
    """
    angle = math.radians(degrees)
    x, y = (boxes[:, 0] + boxes[:, 2] - turned[0]) / 2, (boxes[:, 1] + boxes[:, 3] - turned[1]) / 2
    middle_x = x * math.cos(angle) - y * math.sin(angle) + size[0] / 2
    middle_y = x * math.sin(angle) + y * math.cos(angle) + size[1] / 2
    wide, tall = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    around_x = wide * abs(math.cos(angle)) + tall * abs(math.sin(angle))
    around_y = wide * abs(math.sin(angle)) + tall * abs(math.cos(angle))
    fitting = np.sqrt(wide * tall / (around_x * around_y))
    shrunk = (
        1 + fitting
    ) / 2  # between the box around the corners and the one of equal area: ears and chin stay under it
    around_x, around_y = around_x * shrunk, around_y * shrunk
    corners = (
        middle_x - around_x / 2,
        middle_y - around_y / 2,
        middle_x + around_x / 2,
        middle_y + around_y / 2,
    )
    return np.stack([*corners, boxes[:, 4]], axis=1)
