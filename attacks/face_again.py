"""The detector once more, on a reconstruction: a face that is found again shows that a face was there, not whose."""

from __future__ import annotations

import numpy as np
from PIL import Image

from indelible.attacks.face_filter import FaceFilter
from indelible.errors import ModelMissing
from indelible.model import Box
from indelible.model.attack import Estimate

#: Score from which a face counts as found, as the redactor's own detector takes it when no face is clear.
FOUND = 0.25
_STEPS = 12
_LONGEST_PX = 256
_AROUND = 0.5


def reconstruct(region: np.ndarray, found: FaceFilter) -> np.ndarray:
    """A smooth picture that the filter would turn into the region: uint8, of the region's shape.

    A mosaic is drawn as a soft surface whose means over the cells are the cells' own; a blur is undone by
    Richardson-Lucy. Of one colour nothing comes back.
    """
    import cv2

    values = region.astype(np.float32)
    if found.kind == "solid":
        return region.copy()
    if found.grid is None:
        return _sharpened(values, min(found.sigma, min(region.shape[:2]) / 4))
    height, width = region.shape[:2]
    columns, rows = (
        _numbers(length, axis.period, axis.phase)
        for length, axis in ((width, found.grid.across), (height, found.grid.down))
    )
    cells = rows[:, None] * (int(columns.max()) + 1) + columns[None, :]
    sigma = 0.5 * found.grid.finest
    counts = np.maximum(np.bincount(cells.ravel()), 1)
    planes = values.reshape(height, width, -1)
    soft = planes.copy()
    for _ in range(4):
        soft = cv2.GaussianBlur(soft, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE).reshape(planes.shape)
        for plane in range(planes.shape[2]):  # back to the means that were published
            lacking = np.bincount(cells.ravel(), weights=(planes - soft)[..., plane].ravel()) / counts
            soft[..., plane] += lacking[cells]
    soft = cv2.GaussianBlur(soft, (0, 0), 0.3 * found.grid.finest, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(soft.reshape(region.shape).clip(0, 255).round(), dtype=np.uint8)


def found_again(image: Image.Image, box: Box, found: FaceFilter) -> dict[str, Estimate]:
    """What the face detector says of the reconstruction in its surround, as an attack's estimates."""
    from indelible.detect.centerface import candidates
    from indelible.detect.fusion import suppressed

    frame = box.grown(round(_AROUND * box.width), round(_AROUND * box.height), image.width, image.height)
    part = image.convert("RGB").crop(frame.corners)
    inside = (box.x - frame.x, box.y - frame.y, box.right - frame.x, box.bottom - frame.y)
    region = np.asarray(part.crop(inside))
    if region.shape[0] * region.shape[1] > 4_000_000:
        return {}
    part.paste(Image.fromarray(reconstruct(region, found)), inside[:2])
    best = 0.0
    try:
        for longest in (_LONGEST_PX, _LONGEST_PX // 2):
            factor = longest / max(part.size)
            size = (max(8, round(part.width * factor)), max(8, round(part.height * factor)))
            boxes = suppressed(candidates(np.asarray(part.resize(size)), 0.05).astype(np.float64), 0.5)
            middle = (boxes[:, :2] + boxes[:, 2:4]) / 2 / factor
            within = (
                (middle[:, 0] >= inside[0])
                & (middle[:, 0] <= inside[2])
                & (middle[:, 1] >= inside[1])
                & (middle[:, 1] <= inside[3])
            )
            best = max(best, float(boxes[within, 4].max(initial=0.0)))
    except ModelMissing:
        return {"face_again": "no_model"}
    return {"face_again": "found" if best >= FOUND else "not_found", "face_again_score": round(best, 3)}


def _numbers(length: int, period: float, phase: float) -> np.ndarray:
    """The number of the cell that each pixel lies in, from 0."""
    numbers = np.floor((np.arange(length) + 0.5 - phase) / period).astype(np.int64)
    return np.asarray(numbers - numbers[0])


def _sharpened(values: np.ndarray, sigma: float) -> np.ndarray:
    """Richardson-Lucy with a Gaussian, few steps: enough for a detector, too few for rings."""
    import cv2

    kept = np.maximum(values, 1.0)
    guess = kept.copy()
    for _ in range(_STEPS):
        seen = np.maximum(cv2.GaussianBlur(guess, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE), 1.0)
        guess = guess * cv2.GaussianBlur(kept / seen, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(guess.clip(0, 255).round(), dtype=np.uint8).reshape(values.shape)
