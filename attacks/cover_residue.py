"""What a cover has left over: variation inside a region that a solid fill, coded as the file is, would not show.

In a lossless file a fill has one value. In a JPEG it has what the same box of one colour has after the file's own coding: ringing from its
edge, no more. Whether the rest is structure or noise is asked of its autocorrelation.

Reference: ATTACKS.md section 9.1 (A301); LEAKS.md L401-L409.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from indelible.attacks.methods import Target
from indelible.attacks.recompress import Coding, coding_of_file, recoded
from indelible.model import Box

#: Levels between the 0.5 and the 99.5 percentile that the darkest pen may leave, in the widest plane.
COVERED_SPAN = 56.0
#: Standard scores of the autocorrelation above which variation is structure.
STRUCTURE_Z = 5.0
#: Standard deviation, in levels, below which what a codec leaves proves nothing.
CODEC_STD = 0.5
_TRIMMED_PX = 3
_APART = 24


def trimmed(pixels: np.ndarray, box: Box) -> Box:
    """The box without the lines at its border that still belong to the surround, up to 3 px on each side."""
    part = pixels[box.y : box.bottom, box.x : box.right].astype(np.int16)
    usual = np.median(part.reshape(-1, part.shape[2]), axis=0)
    far = np.abs(part - usual).max(axis=2) > _APART
    sides = [0, 0, 0, 0]
    for side, lines in enumerate((far.T, far, far.T[::-1], far[::-1])):
        while sides[side] < min(_TRIMMED_PX, len(lines) // 4) and lines[sides[side]].mean() > 0.5:
            sides[side] += 1
    left, top, right, bottom = sides
    return Box(box.x + left, box.y + top, box.width - left - right, box.height - top - bottom)


def planes(target: Target) -> list[tuple[str, np.ndarray]]:
    """The picture as it is shown, and what its file holds besides: full depth, colour under transparency, palette numbers.

    Each float32 ``(height, width, channels)``.
    """
    shown = np.asarray(target.image.convert("RGB")).astype(np.float32)
    found = [("shown", shown)]
    if target.file.startswith((b"\x89PNG", b"II", b"MM", b"RIFF")):
        import cv2

        try:
            stored = cv2.imdecode(np.frombuffer(target.file, np.uint8), cv2.IMREAD_UNCHANGED)
        except cv2.error:
            stored = None
        if stored is not None and stored.shape[:2] == shown.shape[:2]:
            stored = stored.reshape(*stored.shape[:2], -1)
            if stored.dtype == np.uint16:
                found.append(("full_depth", stored[..., :3].astype(np.float32)))
            if stored.shape[2] == 4 and (stored[..., 3] != np.iinfo(stored.dtype).max).any():
                found.append(("under_alpha", stored[..., :3].astype(np.float32)))
                found.append(("alpha", stored[..., 3:].astype(np.float32)))
    if target.file.startswith((b"GIF8", b"\x89PNG")):
        try:
            with Image.open(io.BytesIO(target.file)) as image:
                if image.mode == "P" and image.size == target.image.size:
                    found.append(("palette", np.asarray(image).astype(np.float32)[..., None]))
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            pass
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Residue:
    """What a solid fill does not explain. ``rest``: float32 ``(height, width, 3)``, levels; ``levels``: its standard deviation.

    ``z``: standard score of its autocorrelation. ``allowed``: the standard deviation that the file's coding alone may cause.
    """

    rest: np.ndarray = field(repr=False)
    levels: float
    z: float
    allowed: float

    @property
    def significant(self) -> bool:
        """Whether there is structure beyond what the coding may cause."""
        return self.levels > self.allowed and self.z > STRUCTURE_Z


def residue_of(region: np.ndarray) -> Residue:
    """What is not constant in a region that was never compressed with loss. float32 ``(height, width, channels)``."""
    rest = region - np.median(region, axis=(0, 1))
    return Residue(rest=rest, levels=float(rest.std(axis=(0, 1)).max()), z=structure(rest), allowed=0.0)


def residue_of_shown(target: Target, *boxes: Box) -> Residue:
    """What a box of the region's median colour, coded as the file is, would not show; the least of several readings of the border.

    Blocks that lie in the region wholly must be flat. In those that its border crosses, coding a decoded picture again moves some
    coefficients by one step, so there only more than that counts.
    """
    coding = coding_of_file(target.file, target.jpeg)
    found = [_residue(target, box, coding) for box in boxes]
    return min(found, key=lambda residue: (residue.significant, residue.levels))


def _residue(target: Target, box: Box, coding: Coding | None) -> Residue:
    around = _around(target.image, box)
    pixels = np.asarray(target.image.convert("RGB").crop(around.corners))
    inside = (slice(box.y - around.y, box.bottom - around.y), slice(box.x - around.x, box.right - around.x))
    if coding is None:
        return residue_of(pixels[inside].astype(np.float32))
    filled = pixels.copy()
    filled[inside] = np.median(pixels[inside].reshape(-1, 3), axis=0).astype(np.uint8)
    grey = coding.sampling == "grey"
    filled = _grey(filled, recoded(np.ascontiguousarray(filled[..., 0]), coding)) if grey else recoded(filled, coding)
    rest = (pixels.astype(np.float32) - filled)[inside]
    whole = _whole_blocks(box, coding)
    if whole is not None:
        middle = rest[whole[0], whole[1]]
        levels, score = float(middle.std(axis=(0, 1)).max()), structure(middle)
        if levels > CODEC_STD and score > STRUCTURE_Z:
            return Residue(rest=rest, levels=levels, z=score, allowed=CODEC_STD)
    step = float(np.median(coding.luma[1:]))
    return Residue(
        rest=rest, levels=float(rest.std(axis=(0, 1)).max()), z=structure(rest), allowed=max(CODEC_STD, step / 4)
    )


def _whole_blocks(box: Box, coding: Coding) -> tuple[slice, slice] | None:
    """Rows and columns of a box, in its own pixels, that lie in coded units which it covers, less the interpolation's reach."""
    found = []
    for first, last, side, reach in (
        (box.y, box.bottom, coding.mcu[1], coding.reach[1]),
        (box.x, box.right, coding.mcu[0], coding.reach[0]),
    ):
        start, stop = -(-first // side) * side + reach, last // side * side - reach
        if stop - start < 6:
            return None
        found.append(slice(start - first, stop - first))
    return found[0], found[1]


def span(region: np.ndarray) -> float:
    """Levels between the 0.5 and the 99.5 percentile, the widest plane."""
    low, high = np.percentile(region.reshape(-1, region.shape[2]), (0.5, 99.5), axis=0)
    return float((high - low).max())


def structure(region: np.ndarray) -> float:
    """Standard score of the autocorrelation over one pixel, across and down, the most structured plane; 0.0 for no variation."""
    scores = [0.0]
    for plane in np.moveaxis(region, 2, 0):
        values = plane - plane.mean()
        power = float((values**2).sum())
        if power <= 1e-9 or min(values.shape) < 2:
            continue
        moved = float((values[:, 1:] * values[:, :-1]).sum() + (values[1:] * values[:-1]).sum()) / 2
        scores.append(moved / power * float(np.sqrt(values.size)))
    return max(scores)


def _around(image: Image.Image, box: Box) -> Box:
    """The box with 32 px round it, out to a grid of 16."""
    left, top = max(0, (box.x - 32) // 16 * 16), max(0, (box.y - 32) // 16 * 16)
    right, bottom = (
        min(image.width, -(-(box.right + 32) // 16) * 16),
        min(image.height, -(-(box.bottom + 32) // 16) * 16),
    )
    return Box(left, top, right - left, bottom - top)


def _grey(like: np.ndarray, plane: np.ndarray) -> np.ndarray:
    return np.broadcast_to(plane[..., None], like.shape)
