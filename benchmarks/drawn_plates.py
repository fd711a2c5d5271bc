"""Number plates drawn at run time on cars drawn at run time: in colour, near and far, askew, at night, on two lines, too blurred to read.

The plates are drawn by code of their own, not by the one that drew the network's training scenes; backgrounds are scikit-image's
pictures that the network was not trained on. Seeds that settings were chosen on: 1 to 99. Seeds for figures: 5000 and up.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Corners = tuple[tuple[float, float], ...]
_LETTERS, _DIGITS = "ABCDEFGHJKLMNPRSTUVWXYZ", "0123456789"
ONE_LINE = (
    "LL-DDDL",
    "LLDD LLL",
    "LLL-DDD",
    "DDDD LLL",
    "LL DDD LL",
    "LLL DDDD",
    "DD-LL-DD",
    "L DDDD LL",
    "LLLDLDD",
    "DDD-LL-DD",
)
TWO_LINES = ("LL|DDDD", "LLL|DDD", "LL DD|LLL", "LL|DDD LL", "LLL|DLDD", "DD LL|DDDD", "L DD|LLL", "DDD|LLL")
#: Paper and ink: white, yellow, white in shade, green, red, blue, black.
_COLOURS = (
    ((242, 242, 238), (18, 18, 20)), ((242, 242, 238), (18, 18, 20)), ((236, 190, 40), (16, 16, 18)), ((225, 226, 230), (20, 40, 120)),
    ((240, 240, 240), (20, 90, 50)), ((160, 30, 40), (240, 240, 240)), ((24, 24, 26), (225, 225, 225)),
)  # fmt: skip
_FONTS = ("LiberationSansNarrow-Bold", "DejaVuSansCondensed-Bold", "LiberationSans-Bold", "DejaVuSansMono-Bold")
PICTURES = ("astronaut.png", "coffee.png", "motorcycle_right.png", "rocket.jpg")


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """How a plate is seen: widths in pixels, ``roll`` and ``yaw`` in degrees at most, ``blur`` as a share of a row's height."""

    forms: tuple[str, ...] = ONE_LINE
    wide: tuple[float, float] = (90, 220)
    roll: float = 4.0
    least_roll: float = 0.0
    yaw: float = 15.0
    blur: float = 0.0
    light: float = 1.0
    noise: float = 3.0
    smear: float = 0.0


ROWS: dict[str, Treatment] = {
    "one line, near": Treatment(),
    "one line, 40 to 70 px wide": Treatment(wide=(40, 70)),
    "one line, far: 22 to 38 px wide": Treatment(wide=(22, 38)),
    "two lines, near": Treatment(forms=TWO_LINES, wide=(70, 160)),
    "two lines, 28 to 50 px wide": Treatment(forms=TWO_LINES, wide=(28, 50)),
    "one line, rolled by 10 to 20": Treatment(roll=20, least_roll=10),
    "one line, rolled by 20 to 30": Treatment(roll=30, least_roll=20),
    "two lines, rolled by 10 to 30": Treatment(forms=TWO_LINES, wide=(70, 160), roll=30, least_roll=10),
    "seen from the side, 45 to 60": Treatment(yaw=60),
    "night: a seventh of the light, noise 5": Treatment(light=0.14, noise=5),
    "too blurred to read": Treatment(wide=(60, 160), blur=0.13),
    "smeared by motion": Treatment(wide=(60, 160), smear=0.12),
}


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    for file in sorted(Path("/usr/share/fonts").rglob(f"{name}.ttf")):
        return ImageFont.truetype(str(file), size)
    return ImageFont.load_default(size)


def plate(rng: Generator, forms: tuple[str, ...]) -> tuple[Image.Image, tuple[int, int, int, int]]:
    """One plate from the front, about 100 pixels a row, and its corners inside its holder."""
    form = str(rng.choice(np.array(forms)))
    signs = {"L": _LETTERS, "D": _DIGITS}
    rows = ["".join(str(rng.choice(list(signs[c]))) if c in signs else c for c in row) for row in form.split("|")]
    paper, ink = _COLOURS[int(rng.integers(len(_COLOURS)))]
    face = _font(_FONTS[int(rng.integers(len(_FONTS)))], 92)
    space = int(rng.integers(3, 12))
    strip = int(rng.uniform(34, 48)) if rng.random() < 0.5 else 0
    lengths = [sum(face.getlength(sign) * (0.5 if sign == " " else 1) + space for sign in row) for row in rows]
    width = round(max(lengths)) + strip + 50
    height = 98 * len(rows) + 26
    image = Image.new("RGB", (width, height), paper)
    pen = ImageDraw.Draw(image)
    if strip:
        pen.rectangle((0, 0, strip, height), fill=(20, 50, 150))
        pen.text(
            (strip / 2, height - 22),
            str(rng.choice(list("DFIEBP"))),
            font=_font(_FONTS[2], 28),
            fill="white",
            anchor="mm",
        )
    for number, row in enumerate(rows):
        x = strip + (width - strip - lengths[number]) / 2 + space / 2
        for sign in row:
            if sign != " ":
                pen.text((x, 13 + 98 * number + 46), sign, font=face, fill=ink, anchor="lm")
            x += face.getlength(sign) * (0.5 if sign == " " else 1) + space
    if rng.random() < 0.6:
        pen.rounded_rectangle((2, 2, width - 3, height - 3), radius=12, outline=ink, width=4)
    if rng.random() < 0.5:  # holder
        holder = Image.new("RGB", (width + 20, height + 34), (20, 20, 22))
        holder.paste(image, (10, 8))
        if rng.random() < 0.6:
            ImageDraw.Draw(holder).text(
                (width / 2, height + 20), "AUTOHAUS CITY", font=_font(_FONTS[2], 20), fill=(210, 210, 210), anchor="mm"
            )
        return holder, (10, 8, 10 + width, 8 + height)
    return image, (0, 0, width, height)


def made(row: str, seed: int, count: int) -> Iterator[tuple[Image.Image, Corners]]:
    """``count`` pictures of a row and the four corners of each one's plate, without its holder."""
    import cv2
    import skimage

    how = ROWS[row]
    for number in range(count):
        rng = np.random.default_rng([seed, number, sum(map(ord, row))])
        with Image.open(Path(skimage.__file__).parent / "data" / PICTURES[number % len(PICTURES)]) as stored:
            ground = stored.convert("RGB").resize((960, 720))
        canvas = _car(rng, ground)
        drawn, inner = plate(rng, how.forms)
        picture = np.asarray(drawn)
        high, wide = picture.shape[:2]
        size = float(rng.uniform(*how.wide))
        factor = size / wide
        yaw = math.radians(
            float(rng.uniform(45 if how.yaw > 45 else -how.yaw, how.yaw)) * (1 if rng.random() < 0.5 else -1)
        )
        roll = math.radians(float(rng.uniform(how.least_roll, how.roll)) * (1 if rng.random() < 0.5 else -1))
        corners = np.array([[-wide, -high], [wide, -high], [wide, high], [-wide, high]], np.float64) / 2 * factor
        corners[:, 1] *= 1 + 0.25 * math.sin(yaw) * corners[:, 0] / (wide * factor)
        corners[:, 0] *= math.cos(yaw)
        corners[:, 1] += 0.12 * math.sin(yaw) * corners[:, 0]
        turn = np.array([[math.cos(roll), -math.sin(roll)], [math.sin(roll), math.cos(roll)]])
        corners = corners @ turn.T + (rng.uniform(330, 630), rng.uniform(380, 520))
        matrix = cv2.getPerspectiveTransform(
            np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32), corners.astype(np.float32)
        )
        shrunk = Image.fromarray(picture).filter(ImageFilter.GaussianBlur(max(0.01, 0.4 / factor)))
        flat = cv2.warpPerspective(np.asarray(shrunk), matrix, (960, 720), flags=cv2.INTER_LINEAR)
        cover = cv2.warpPerspective(np.full((high, wide), 255, np.uint8), matrix, (960, 720))
        image = canvas.copy()
        image.paste(Image.fromarray(flat), mask=Image.fromarray(cover))
        rows = 2 if how.forms is TWO_LINES else 1
        left, top, right, bottom = inner
        points = np.array([[(left, top), (right, top), (right, bottom), (left, bottom)]], np.float32)
        outline = tuple((float(x), float(y)) for x, y in cv2.perspectiveTransform(points, matrix)[0])
        yield _seen(image, how, high * factor / rows, rng), outline


def _seen(image: Image.Image, how: Treatment, row: float, rng: Generator) -> Image.Image:
    import cv2

    pixels = np.asarray(image.filter(ImageFilter.GaussianBlur(max(0.5, how.blur * row))), np.float32)
    if how.smear:
        length = max(3, round(how.smear * 5 * row))
        kernel = np.full((1, length), 1 / length, np.float32)
        pixels = cv2.filter2D(pixels, -1, kernel)
    pixels = pixels * how.light + rng.normal(0, how.noise, pixels.shape)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def _car(rng: Generator, ground: Image.Image) -> Image.Image:
    """The back of a car before a picture: panels, lamps, a grille, a badge."""
    image = ground.copy()
    pen = ImageDraw.Draw(image)
    body = tuple(int(value) for value in rng.integers(15, 220, 3))
    dark = tuple(value // 3 for value in body)
    pen.rounded_rectangle((130, 130, 830, 640), radius=60, fill=body)
    pen.rounded_rectangle((200, 150, 760, 290), radius=40, fill=(30, 36, 44))
    for x in (150, 720):
        pen.rounded_rectangle((x, 320, x + 90, 390), radius=12, fill=(170, 30, 30))
    pen.rectangle((130, 540, 830, 600), fill=dark)
    for y in range(606, 640, 7):
        pen.line((220, y, 740, y), fill=(10, 10, 10), width=3)
    pen.text(
        (250, 330),
        str(rng.choice(["TURBO", "GL", "320d", "Hybrid", "4x4"])),
        font=_font(_FONTS[2], 22),
        fill=(215, 215, 220),
    )
    return image.filter(ImageFilter.GaussianBlur(0.8))
