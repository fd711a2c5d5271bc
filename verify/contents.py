"""What is put in the place of hidden content: nine synthetic pictures, from nothing to a stranger's face and text.

None is taken from the file under examination, and none shows a person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from PIL import Image, ImageDraw, ImageFont

#: ``(width, height, seed)`` -> uint8 RGB array of shape ``(height, width, 3)``.
Content = Callable[[int, int, int], np.ndarray]


def _zeros(width: int, height: int, seed: int) -> np.ndarray:
    del seed
    return np.zeros((height, width, 3), np.uint8)


def _white(width: int, height: int, seed: int) -> np.ndarray:
    return _zeros(width, height, seed) + np.uint8(255)


def _noise(width: int, height: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def _other_noise(width: int, height: int, seed: int) -> np.ndarray:
    return _noise(width, height, seed + 1)


def _checker(width: int, height: int, seed: int) -> np.ndarray:
    del seed
    board = (np.add.outer(np.arange(height), np.arange(width)) % 2 * 255).astype(np.uint8)
    return np.repeat(board[:, :, None], 3, axis=2)


def _chroma(width: int, height: int, seed: int) -> np.ndarray:
    """Luma near 128 everywhere, colour changing from pixel to pixel: only the chroma planes carry anything."""
    flips = np.random.default_rng(seed + 2).integers(0, 2, (height, width)).astype(bool)
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[flips], pixels[~flips] = (255, 74, 128), (2, 182, 128)
    return pixels


def _one_pixel(width: int, height: int, seed: int) -> np.ndarray:
    """Black with one white pixel on the edge, where it would leak first."""
    pixels = _zeros(width, height, seed)
    pixels[0, int(np.random.default_rng(seed + 3).integers(0, width))] = 255
    return pixels


def _face(width: int, height: int, seed: int) -> np.ndarray:
    """A drawn face: oval, eyes, mouth, hair."""
    rng = np.random.default_rng(seed + 4)
    image = Image.new("RGB", (width, height), (120, 150, 180))
    draw = ImageDraw.Draw(image)

    def part(x0: float, y0: float, x1: float, y1: float, color: tuple[int, int, int]) -> None:
        draw.ellipse((x0 * width, y0 * height, x1 * width, y1 * height), fill=color)

    skin = tuple(int(value) for value in rng.integers((180, 130, 100), (240, 200, 170)))
    part(0.05, 0.0, 0.95, 0.8, (50, 35, 25))
    part(0.12, 0.12, 0.88, 0.98, (skin[0], skin[1], skin[2]))
    for x in (0.3, 0.6):
        part(x, 0.42, x + 0.12, 0.5, (250, 250, 250))
        part(x + 0.03, 0.43, x + 0.09, 0.49, (30, 60, 30))
    part(0.36, 0.72, 0.64, 0.82, (150, 40, 50))
    return np.asarray(image)


def _text(width: int, height: int, seed: int) -> np.ndarray:
    """Black letters and digits on white, as large as the region is high."""
    letters = np.array(list("ABCDEFGHJKLMNPRSTUVWXYZ0123456789"))
    text = "".join(np.random.default_rng(seed + 5).choice(letters, 40))
    image = Image.new("RGB", (width, height), "white")
    font = ImageFont.load_default(size=max(6, min(height, 4096) * 0.8))
    ImageDraw.Draw(image).text((0, 0), text, fill="black", font=font)
    return np.asarray(image)


CONTENTS: Mapping[str, Content] = MappingProxyType(
    {
        "zeros": _zeros,
        "white": _white,
        "noise": _noise,
        "other_noise": _other_noise,
        "checker": _checker,
        "chroma": _chroma,
        "one_pixel": _one_pixel,
        "face": _face,
        "text": _text,
    }
)
