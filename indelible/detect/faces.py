"""Faces: CenterFace over several sizes of the picture, fused by consensus. Recall comes first.

The settings were chosen on 94 labelled pictures and 44 without people (benchmarks/faces.py measures them again): small faces are
found at 2x and 3x, large ones at 0.5x and below, and a picture with no clear face at all must offer a better candidate.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PIL import Image

from indelible.detect.centerface import candidates
from indelible.detect.fusion import Boxes, believed, consensus, suppressed
from indelible.detect.registry import detector
from indelible.detect.scene import Scene
from indelible.model import Box, Detection, Kind, Policy

#: Largest enlarged copies, in pixels: 3x up to about 1 megapixel of picture, 2x up to about 4.
MAX_PIXELS_3X = 9_500_000
MAX_PIXELS_2X = 17_000_000
#: Copies with more pixels than this are looked at in tiles, so that memory stays bounded.
TILE_FROM = 2_600_000
TILE_SIDE = 1_600
TILE_OVERLAP = 320  # a face longer than this in one pass is found in a smaller one

_CANDIDATE = 0.10
_PER_PASS = 5_000  # candidates kept of one tile, best first
_SAME = 0.35
_LOW, _HIGH, _ANCHOR = 0.11, 0.25, 0.45
_TURNED = 0.6  # a face on its side is believed only when it is clear: 0.5 gave 2 false ones on 44 pictures


@detector("face.centerface", finds={Kind.FACE}, version=1, models=("centerface",))
def find_faces(scene: Scene, policy: Policy) -> tuple[Detection, ...]:
    """Every face, large or small; where none stands upright, the picture is looked at turned as well."""
    image = scene.image.convert("RGB")
    faces = _upright_faces(image)
    if not len(faces):
        faces = _turned_faces(image)
    detections = []
    for left, top, right, bottom, score in faces.tolist():
        box = Box.from_corners(left, top, right, bottom, image.width, image.height)
        if box is not None:
            detections.append(
                Detection(kind=Kind.FACE, box=box, score=min(1.0, max(0.0, score)), detector="face.centerface")
            )
    return tuple(detections)


def scales(width: int, height: int) -> tuple[float, ...]:
    """The passes over a picture: 1x, halves down to about 500 pixels, and enlarged copies within the budget."""
    chosen = [1.0]
    scale = 0.5
    while scale >= 0.25 or max(width, height) * scale >= 500:
        if min(width, height) * scale < 32:
            break
        chosen.append(scale)
        scale /= 2
    if width * height * 4 <= MAX_PIXELS_2X:
        chosen.append(2.0)
    if width * height * 9 <= MAX_PIXELS_3X:
        chosen.append(3.0)
    return tuple(sorted(chosen))


def _upright_faces(image: Image.Image) -> Boxes:
    chosen = scales(image.width, image.height)
    passes = [_one_pass(image, scale) for scale in chosen]
    fused = consensus(passes, chosen, _SAME)
    return suppressed(believed(fused, _LOW, _HIGH, _ANCHOR), 0.4, 0.7)


def _turned_faces(image: Image.Image) -> Boxes:
    """Clear faces on their side or upside down: scans and photographs without an orientation tag."""
    scale = min(1.0, 800 / max(image.size))
    found = []
    for turn in (Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270):
        turned = image.transpose(turn)
        boxes = _one_pass(turned, scale)
        found.append(_turned_back(boxes[boxes[:, 4] >= _TURNED], turn, image.width, image.height))
    return suppressed(np.concatenate(found), 0.4, 0.7)


def _turned_back(boxes: Boxes, turn: Image.Transpose, width: int, height: int) -> Boxes:
    """Boxes of a turned picture, in the picture of ``width`` x ``height`` before it was turned counter-clockwise."""
    left, top, right, bottom, score = boxes.T
    if turn is Image.Transpose.ROTATE_90:
        corners = (width - bottom, left, width - top, right)
    elif turn is Image.Transpose.ROTATE_180:
        corners = (width - right, height - bottom, width - left, height - top)
    else:
        corners = (top, height - right, bottom, height - left)
    return np.stack([*corners, score], axis=1)


def _one_pass(image: Image.Image, scale: float) -> Boxes:
    """Candidates at one scale, ``(n, 5)`` in pixels of ``image``, doubles removed."""
    width, height = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    copy = image
    if (width, height) != image.size:
        copy = image.resize((width, height), Image.Resampling.BILINEAR if scale > 1 else Image.Resampling.BOX)
    pixels = np.asarray(copy)
    found = []
    for x, y in _tiles(width, height):
        side = TILE_SIDE if width * height > TILE_FROM else max(width, height)
        tile = pixels[y : y + side, x : x + side]
        boxes = candidates(tile, _CANDIDATE).astype(np.float64)
        boxes = boxes[np.argsort(-boxes[:, 4], kind="stable")[:_PER_PASS]]
        boxes[:, [0, 2]] += x
        boxes[:, [1, 3]] += y
        found.append(suppressed(boxes, 0.5))
    boxes = suppressed(np.concatenate(found), 0.5) if len(found) > 1 else found[0]
    boxes[:, [0, 2]] *= image.width / width
    boxes[:, [1, 3]] *= image.height / height
    return boxes


def _tiles(width: int, height: int) -> Iterator[tuple[int, int]]:
    """Left and top of each tile; all tiles of a large picture have one size, the last ones overlap more."""
    if width * height <= TILE_FROM:
        yield 0, 0
        return
    step = TILE_SIDE - TILE_OVERLAP
    for y in (*range(0, max(1, height - TILE_SIDE), step), max(0, height - TILE_SIDE)):
        for x in (*range(0, max(1, width - TILE_SIDE), step), max(0, width - TILE_SIDE)):
            yield x, y
