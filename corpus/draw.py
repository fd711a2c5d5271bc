"""Drawing for invented pictures: fonts that are always there, and a face that belongs to nobody."""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Color = tuple[int, int, int]


@lru_cache(maxsize=64)
def font(size: int, family: str = "DejaVuSans") -> Font:
    """A DejaVu font of ``size`` pixels, from the files that matplotlib ships; else Pillow's own built-in font."""
    folder = _font_folder()
    path = folder / f"{family}.ttf" if folder else None
    if path is not None and path.is_file():
        # the basic layout engine: the same glyph positions whether or not Raqm is installed
        return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)
    return ImageFont.load_default(size)


@lru_cache(maxsize=1)
def _font_folder() -> Path | None:
    package = importlib.util.find_spec("matplotlib")  # found without the cost of importing it
    if package is None or not package.origin:
        return None
    return Path(package.origin).parent / "mpl-data" / "fonts" / "ttf"


def face(size: tuple[int, int], tone: Color, *, tilt: int = 0) -> Image.Image:
    """A drawn face, RGB: oval, hair, eyes, nose, mouth. ``tilt`` shifts the features sideways, in pixels."""
    width, height = size
    image = Image.new("RGB", size, (96, 128, 160))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, height * 0.86, width, height), fill=(48, 64, 112))
    pen.ellipse((width * 0.14, height * 0.04, width * 0.86, height * 0.8), fill=(52, 36, 24))
    pen.ellipse((width * 0.2, height * 0.12, width * 0.8, height * 0.94), fill=tone)
    for side in (0.36, 0.64):
        x, y = width * side + tilt, height * 0.45
        pen.ellipse((x - width * 0.07, y - height * 0.04, x + width * 0.07, y + height * 0.04), fill=(250, 250, 250))
        pen.ellipse((x - width * 0.03, y - height * 0.03, x + width * 0.03, y + height * 0.03), fill=(24, 32, 40))
        pen.line((x - width * 0.08, y - height * 0.1, x + width * 0.08, y - height * 0.1), fill=(52, 36, 24), width=2)
    x = width * 0.5 + tilt
    pen.line((x, height * 0.48, x - width * 0.04, height * 0.62, x + width * 0.03, height * 0.62), fill=(140, 92, 72))
    pen.arc((x - width * 0.14, height * 0.62, x + width * 0.14, height * 0.78), 20, 160, fill=(150, 40, 48), width=2)
    return image
