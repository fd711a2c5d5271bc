"""Compress a picture as another one was, and say as which: the JPEG settings under which a decoded picture hardly changes any more.

A decoded JPEG that is compressed again with its own tables, sampling and grid comes back nearly unchanged; with any other setting it does
not. So the settings of a source can be found in its decoded pixels, though the file itself is gone.

Reference: Fan and de Queiroz 2003 (identification of JPEG history), in the form of a search; ATTACKS.md section 9.2.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from indelible.jpeg import JpegCoding, scaled_luma

#: Pillow's numbers for the samplings that are told apart.
_SAMPLINGS = {"4:4:4": 0, "4:2:2": 1, "4:2:0": 2, "grey": 0}
_QUALITIES = tuple(range(25, 100))
#: Change per pixel, in levels, under which a picture counts as having been compressed so: rounding of colours and of samples.
_UNCHANGED = 1.0
#: What the right quality changes, as a share of what is changed by others so near to it, lower and higher ones.
_DIP = 0.8
_BESIDE = 10
_MOST_CODINGS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """JPEG settings. ``quality``: IJG 1 to 100, or -1 where ``tables`` are given. ``sampling``: ``4:4:4``, ``4:2:2``, ``4:2:0``, ``grey``.

    ``offset``: where the grid's origin lies, in pixels of the picture, 0 to 15 across and down. ``tables``: as Pillow takes them.
    """

    quality: int
    sampling: str
    offset: tuple[int, int] = (0, 0)
    tables: tuple[tuple[int, ...], ...] = ()

    @property
    def mcu(self) -> tuple[int, int]:
        """Width and height of a coded unit in pixels."""
        return (16 if self.sampling in ("4:2:0", "4:2:2") else 8, 16 if self.sampling == "4:2:0" else 8)

    @property
    def luma(self) -> tuple[int, ...]:
        """The luma table, natural order."""
        return self.tables[0] if self.tables else scaled_luma(self.quality)

    @property
    def reach(self) -> tuple[int, int]:
        """Pixels beyond a unit that the decoder's interpolation reaches, across and down."""
        return (int(self.sampling in ("4:2:0", "4:2:2")), int(self.sampling == "4:2:0"))


def coding_of_file(file: bytes, jpeg: JpegCoding | None) -> Coding | None:
    """The settings of a published JPEG, its own tables included where its bytes are at hand."""
    if jpeg is None:
        return None
    sampling = jpeg.name if jpeg.name in _SAMPLINGS else "4:2:0"
    if file.startswith(b"\xff\xd8"):
        try:
            with Image.open(io.BytesIO(file)) as image:
                tables: dict[int, list[int]] = getattr(image, "quantization", {})
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            tables = {}
        if tables:
            return Coding(quality=-1, sampling=sampling, tables=tuple(tuple(tables[key]) for key in sorted(tables)))
    return Coding(quality=jpeg.quality, sampling=sampling)


def recoded(pixels: np.ndarray, coding: Coding) -> np.ndarray:
    """Compressed and decoded again. uint8 ``(height, width, 3)`` or ``(height, width)``, the grid's origin at the top left."""
    stream = io.BytesIO()
    image = Image.fromarray(pixels)
    options: dict[str, Any] = (
        {"quality": coding.quality} if not coding.tables else {"qtables": [list(t) for t in coding.tables]}
    )
    if pixels.ndim == 3:
        options["subsampling"] = _SAMPLINGS[coding.sampling]
    image.save(stream, "JPEG", **options)
    with Image.open(io.BytesIO(stream.getvalue())) as decoded:
        return np.asarray(decoded)


def estimated_codings(
    pixels: np.ndarray, used: np.ndarray, offsets: Sequence[tuple[int, int]] = ((0, 0),)
) -> tuple[Coding, ...]:
    """Settings under which the pixels hardly change when they are compressed again, likeliest first; none if they never were.

    Args:
        pixels: uint8 ``(height, width, 3)``.
        used: bool ``(height, width)``, False where something was drawn after the compression and 16 px round it.
        offsets: origins of the grid to try.
    """
    found: list[tuple[float, Coding]] = []
    grey = bool((pixels == pixels[..., :1]).all())
    for offset in offsets:
        part, mask = pixels[offset[1] :, offset[0] :], used[offset[1] :, offset[0] :]
        if min(part.shape[:2]) < 16 or mask.sum() < 512:
            continue
        for sampling in ("4:2:0",) if grey else ("4:2:0", "4:4:4", "4:2:2"):
            costs = np.array(
                [_change(part, mask, Coding(quality=quality, sampling=sampling)) for quality in _QUALITIES]
            )
            for at in range(1, len(costs) - 1):
                walls = costs[max(0, at - _BESIDE) : at].max(), costs[at + 1 : at + 1 + _BESIDE].max()
                dip = (float(costs[at]) + 0.01) / (float(min(walls)) + 0.01)
                if dip <= _DIP and costs[at] <= _UNCHANGED and costs[at] <= min(costs[at - 1], costs[at + 1]):
                    found.append((dip, Coding(quality=_QUALITIES[at], sampling=sampling, offset=offset)))
    found.sort(key=lambda item: item[0])
    return tuple(coding for _, coding in found[:_MOST_CODINGS])


def _change(pixels: np.ndarray, used: np.ndarray, coding: Coding) -> float:
    """Mean change, in levels, of the steps from pixel to pixel. A coarse table may shift a page's white as a whole, which says nothing."""
    change = np.diff(recoded(pixels, coding).astype(np.int16) - pixels, axis=1)
    return float(np.abs(change)[used[:, 1:] & used[:, :-1]].mean())
