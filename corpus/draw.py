"""Drawing for invented pictures: fonts that are always there, and a face that belongs to nobody."""

from __future__ import annotations

from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Color = tuple[int, int, int]


@lru_cache(maxsize=64)
def font(size: int) -> Font:
    """The font that comes with Pillow, ``size`` pixels high: the same on every machine."""
    return ImageFont.load_default(size)


def fixed_pitch(
    pen: ImageDraw.ImageDraw, place: tuple[int, int], text: str, *, size: int, pitch: int, fill: int
) -> None:
    """Text with one cell of ``pitch`` pixels for each character, as machine-readable lines are printed."""
    for number, character in enumerate(text):
        pen.text((place[0] + number * pitch + pitch // 2, place[1]), character, font=font(size), fill=fill, anchor="ma")


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
