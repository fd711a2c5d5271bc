"""Pictures to leak from: noise, gradients and bricks from a seed, with something secret drawn into one box.

The ground stays between 60 and 190, the secret uses the full range: whatever mixes the two is seen.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from indelible.corpus.draw import Color, face, font
from indelible.model import Box, Kind

_SIZES = ((128, 96), (192, 160))
_SUBSAMPLING = {"4:4:4": 0, "4:2:2": 1, "4:2:0": 2}
_WORDS = ("gate", "north", "level", "open", "timetable", "exit", "water", "stairs")
_SURNAMES = ("Eriksson", "Novak", "Rossi", "Carter", "Brooks", "Klein", "Okafor", "Tanaka", "Silva", "Kowalska")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A picture, mode RGB, and the box in which the secret lies."""

    picture: Image.Image = field(repr=False)
    box: Box
    kind: Kind


def scene(
    rng: np.random.Generator, *, size: tuple[int, int] | None = None, kind: Kind | None = None, large: bool = False
) -> Scene:
    """A new scene.

    Args:
        rng: where everything comes from.
        size: of the picture; one of two by default.
        kind: `Kind.FACE` or `Kind.TEXT`; either by default.
        large: a box of about 72x72 in a picture of 192x160, for mosaics.
    """
    width, height = (192, 160) if large else size or _SIZES[int(rng.integers(len(_SIZES)))]
    picture = Image.fromarray(_ground(rng, width, height))
    kind = kind or (Kind.FACE, Kind.TEXT)[int(rng.integers(2))]
    across, down = (int(rng.integers(66, 78)), int(rng.integers(66, 78))) if large else _extent(rng, kind)
    # the edges stay off every coding grid, so that a tight box shares blocks with its surroundings
    x, right = _off_grid(rng, across, width)
    y, bottom = _off_grid(rng, down, height)
    box = Box(x, y, right - x, bottom - y)
    _label(rng, picture, box)
    picture.paste(_secret(rng, kind, box), box.corners)
    return Scene(picture=picture, box=box, kind=kind)


def to_jpeg(picture: Image.Image, *, quality: int, sampling: str, progressive: bool = False) -> bytes:
    """A JPEG source: ``sampling`` is ``4:4:4``, ``4:2:2`` or ``4:2:0``."""
    options: dict[str, Any] = {} if picture.mode == "L" else {"subsampling": _SUBSAMPLING[sampling]}
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=quality, progressive=progressive, **options)
    return stream.getvalue()


def to_png(picture: Image.Image) -> bytes:
    """A PNG source."""
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def _ground(rng: np.random.Generator, width: int, height: int) -> np.ndarray:
    """uint8 ``(height, width, 3)`` between 60 and 190."""
    style = int(rng.integers(3))
    if style == 0:
        coarse = rng.integers(70, 180, (height // 12, width // 12, 3), dtype=np.uint8)
        pixels = np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC), np.float64)
    elif style == 1:
        ends = rng.integers(70, 180, (2, 3)).astype(np.float64)
        slope = np.add.outer(np.arange(height) / height, np.arange(width) / width)[..., None] / 2
        pixels = ends[0] * (1 - slope) + ends[1] * slope
    else:
        pixels = _bricks(rng, width, height)
    pixels = pixels + rng.normal(0.0, 3.0, (height, width, 1))
    return np.clip(pixels, 60, 190).astype(np.uint8)


def _bricks(rng: np.random.Generator, width: int, height: int) -> np.ndarray:
    """Bricks with joints, every second row shifted by half a brick: regular, and nobody's mosaic."""
    across, down = int(rng.integers(17, 24)), int(rng.integers(9, 13))
    tones = rng.integers(80, 170, (height // down + 1, width // across + 2, 3)).astype(np.float64)
    rows, columns = np.arange(height)[:, None], np.arange(width)[None, :]
    shifted = columns + across // 2 * (rows // down % 2)
    pixels = np.asarray(tones[rows // down, shifted // across])
    pixels[(rows % down < 1) | (shifted % across < 1)] = 176
    return pixels


def _extent(rng: np.random.Generator, kind: Kind) -> tuple[int, int]:
    if kind is Kind.FACE:
        side = int(rng.integers(26, 36))
        return side, side + 6
    return int(rng.integers(42, 58)), int(rng.integers(16, 24))


def _off_grid(rng: np.random.Generator, length: int, limit: int) -> tuple[int, int]:
    """First and last edge of a span of about ``length``, neither near a multiple of 8, at least 16 px from the frame."""
    starts = [value for value in range(17, limit - 17 - length) if 2 <= value % 8 <= 6]
    first = starts[int(rng.integers(len(starts)))]
    last = first + length
    while not 2 <= last % 8 <= 6:
        last -= 1
    return first, last


def _label(rng: np.random.Generator, picture: Image.Image, box: Box) -> None:
    """A harmless word above or below the box: pictures with writing that is nobody's."""
    word = _WORDS[int(rng.integers(len(_WORDS)))]
    y = 1 if box.y > picture.height - box.bottom else picture.height - 13
    ImageDraw.Draw(picture).text((3, y), word, font=font(10), fill=(70, 70, 76))


def _secret(rng: np.random.Generator, kind: Kind, box: Box) -> Image.Image:
    if kind is Kind.FACE:
        low, high = np.array([150, 100, 70]), np.array([240, 190, 160])
        red, green, blue = (int(value) for value in rng.integers(low, high))
        tone: Color = (red, green, blue)
        return face((box.width, box.height), tone, tilt=int(rng.integers(-2, 3)))
    image = Image.new("RGB", (box.width, box.height), (255, 255, 255))
    name = _SURNAMES[int(rng.integers(len(_SURNAMES)))]
    size = max(9, min(box.height * 3 // 4, box.width // 5))
    ImageDraw.Draw(image).text((box.width / 2, box.height / 2), name, font=font(size), fill=(0, 0, 0), anchor="mm")
    return image
