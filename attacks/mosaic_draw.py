"""Text under a mosaic, drawn for controls and planted trials: seeded, small, from installed fonts."""

from __future__ import annotations

import functools

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from indelible.attacks.fonts import Font, installed_fonts
from indelible.model import Box


def block_means(image: Image.Image, box: Box, block: int, phase: tuple[int, int] = (0, 0)) -> Image.Image:
    """A copy with the box turned into block means of stored values, on a grid that begins at ``phase`` of the box."""
    pixels = np.array(image.convert("RGB"))
    part = pixels[box.y : box.bottom, box.x : box.right].astype(np.float64)
    rows = _cuts(box.height, block, phase[1])
    columns = _cuts(box.width, block, phase[0])
    for top, bottom in zip(rows, rows[1:], strict=False):
        for left, right in zip(columns, columns[1:], strict=False):
            part[top:bottom, left:right] = part[top:bottom, left:right].mean(axis=(0, 1))
    pixels[box.y : box.bottom, box.x : box.right] = np.floor(part + 0.5)
    return Image.fromarray(pixels)


def text_image(
    text: str, font: Font, size: int, *, margin: int = 8, page: int = 24, paper: int = 255, ink: int = 0
) -> tuple[Image.Image, Box]:
    """One line of text on a page, and the box over it with a margin."""
    face = ImageFont.truetype(font.path, size, index=font.index)
    left, top, right, bottom = (int(value) for value in face.getbbox(text))
    width, height = right - left + 2 * margin, bottom - top + 2 * margin
    image = Image.new("RGB", (width + 2 * page, height + 2 * page), (paper,) * 3)
    ImageDraw.Draw(image).text((page + margin - left, page + margin - top), text, fill=(ink,) * 3, font=face)
    return image, Box(page, page, width, height)


@functools.cache
def plain_font() -> Font | None:
    """An installed upright sans face, or any; None where no font is installed."""
    fonts = installed_fonts()
    upright = [font for font in fonts if font.plain and "sans" in font.family.lower()]
    return next(iter([*upright, *fonts]), None)


def texture(seed: int, width: int, height: int) -> Image.Image:
    """Smooth coloured noise that shows no text."""
    rng = np.random.default_rng(seed)
    small = rng.integers(20, 236, (max(2, height // 12), max(2, width // 12), 3), dtype=np.uint8)
    return Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)


def _cuts(length: int, block: int, phase: int) -> list[int]:
    return sorted({0, *(cut for cut in range(phase % block, length, block) if cut > 0), length})
