"""Rendered number plates: grey pictures of single plates in many formats, from a seed. No real plate is copied.

Only for training, tests and benchmarks. Fonts: whatever Liberation and DejaVu files the machine carries, else Pillow's own.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw, ImageFont

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
#: Formats: ``L`` letter, ``D`` digit, ``-`` gap, ``|`` second line. The last column is width over height of the plate.
FORMATS = (
    ("LLDD-LLL", 4.6), ("LL-DDD-LL", 4.6), ("LL-DDDLL", 4.6), ("LLL-DDDD", 4.0), ("L-LL-DDDD", 4.6), ("DDDD-LLL", 4.6),
    ("LL-L-DDD", 4.6), ("D-LLL-DDD", 4.6), ("DLD-DDDD", 4.6), ("L-DDD-LLL", 4.6), ("LL-DD-LLL", 4.6), ("LLLDDDD", 4.0),
    ("LL-DD-LL", 4.6), ("LLLDLDD", 3.1), ("LLL-DDDD", 3.1), ("LL-DD-LL-DDDD", 4.6), ("LLDDLLL", 4.6), ("LLL-DDD", 3.4),
    ("DLLLDDD", 2.0), ("LLL-DDDD", 2.0), ("LLL-DDD", 2.0), ("DDD-LLL", 2.0), ("DDDDDD", 2.0), ("LLDDDDD", 2.0),
    ("LLD-LDL", 2.0), ("LL-DDDD", 2.0), ("DDDDDDD", 2.0), ("LLLLLL", 2.0), ("DLDDDDD", 2.0),
    ("LL|DDDD", 1.3), ("LLD|DDLL", 1.35), ("LLL|DDD", 1.25), ("LL-DD|LL-DDDD", 1.5), ("DDL|DDDD", 1.3), ("LLL|DLDD", 1.2),
)  # fmt: skip
_FONTS = (
    "liberation/LiberationSansNarrow-Bold.ttf", "liberation/LiberationSans-Bold.ttf", "dejavu/DejaVuSansCondensed-Bold.ttf",
    "dejavu/DejaVuSans.ttf", "dejavu/DejaVuSansMono-Bold.ttf", "liberation/LiberationMono-Bold.ttf",
    "dejavu/DejaVuSans-Bold.ttf", "liberation/LiberationSans-Regular.ttf", "dejavu/DejaVuSansMono.ttf",
)  # fmt: skip


@cache
def font(number: int, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """One of the plain fonts, or Pillow's own where the machine has none of them."""
    there = [file for name in _FONTS if (file := Path("/usr/share/fonts/truetype") / name).is_file()]
    if there:
        return ImageFont.truetype(str(there[number % len(there)]), size)
    return ImageFont.load_default(size=size)


def letters(rng: Generator, form: str) -> str:
    """Random letters and digits in a format; gaps stay ``-`` and ``|``."""
    swap = {"L": LETTERS, "D": "0123456789"}
    return "".join(str(rng.choice(list(swap[sign]))) if sign in swap else sign for sign in form)


def text_mask(text: str, number: int, width: int, height: int, gap: float = 0.08) -> np.ndarray:
    """Ink of one row of characters, ``(height, width)`` float 0..1, stretched to the box as plate fonts are."""
    face = font(number, 64)
    glyphs = []
    for sign in text:
        if sign in "- ":
            glyphs.append(np.zeros((64, 20), np.float32))
            continue
        left, top, right, bottom = face.getbbox(sign)
        tile = Image.new("L", (max(1, round(right - left)), max(1, round(bottom - top))))
        ImageDraw.Draw(tile).text((-left, -top), sign, fill=255, font=face)
        glyphs.append(np.asarray(tile.resize((tile.width, 64), Image.Resampling.BILINEAR), np.float32) / 255)
        glyphs.append(np.zeros((64, max(2, round(64 * gap))), np.float32))
    row = Image.fromarray(np.uint8(255 * np.concatenate(glyphs, axis=1)))
    return np.asarray(row.resize((width, height), Image.Resampling.BILINEAR), np.float32) / 255


def render_plate(rng: Generator, height: int, form: tuple[str, float] | None = None) -> tuple[np.ndarray, str]:
    """One plate seen from the front, ``(height, width)`` float 0..255, and its text."""
    pattern, aspect = form or FORMATS[int(rng.integers(len(FORMATS)))]
    width = max(8, round(height * aspect * rng.uniform(0.9, 1.1)))
    text = letters(rng, pattern)
    paper, ink = rng.uniform(170, 250), rng.uniform(5, 90)
    style = rng.random()
    if style < 0.16:  # light on dark, as on older and on commercial plates
        paper, ink = ink, paper
    elif style < 0.3:  # yellow, orange, or worn
        paper = rng.uniform(120, 190)
    plate = np.full((height, width), paper, np.float32)
    if rng.random() < 0.3:
        plate += np.linspace(-25, 25, height, dtype=np.float32)[:, None] * rng.uniform(-1, 1)
    rows = text.split("|")
    american = aspect < 2.6 and len(rows) == 1
    left, right = 0.04, 0.96
    if not american and rng.random() < 0.45:  # the blue strip
        strip = round(rng.uniform(0.06, 0.11) * width)
        plate[:, :strip] = rng.uniform(40, 110)
        left = strip / width + 0.03
    if american:
        band = rng.uniform(0.18, 0.28), rng.uniform(0.72, 0.84)
        for top, bottom, share in ((0.04, band[0] - 0.03, 0.85), (band[1] + 0.04, 0.96, 0.6)):
            if rng.random() < share:
                small = text_mask(
                    letters(rng, "LLLLLLL"), 1, round(0.5 * width), max(2, round((bottom - top) * height))
                )
                _ink(plate, small, round(0.25 * width), round(top * height), ink, rng.uniform(0.4, 1))
    else:
        band = rng.uniform(0.1, 0.2), rng.uniform(0.82, 0.91)
    used = rng.uniform(0.8, 0.98) * (right - left)
    start = left + (right - left - used) / 2
    number = int(rng.integers(len(_FONTS)))
    tall = (band[1] - band[0]) / len(rows)
    for index, row in enumerate(rows):
        share = (
            min(1.0, len(row.replace("-", "")) * 0.36 * (tall / 0.36) / used / aspect * 1.9) if len(rows) > 1 else 1.0
        )
        mask = text_mask(row, number, max(4, round(used * share * width)), max(3, round((tall - 0.04) * height)))
        x = start + used * (1 - share) / 2
        _ink(plate, mask, round(x * width), round((band[0] + index * tall) * height), ink, 1.0)
    _details(rng, plate, ink)
    return np.clip(_framed(rng, plate, ink), 0, 255), text


def _ink(plate: np.ndarray, mask: np.ndarray, x: int, y: int, ink: float, strength: float) -> None:
    part = plate[y : y + mask.shape[0], x : x + mask.shape[1]]
    mask = mask[: part.shape[0], : part.shape[1]] * strength
    part += (ink - part) * mask


def _details(rng: Generator, plate: np.ndarray, ink: float) -> None:
    """Rim, seals, screws and dirt."""
    height, width = plate.shape
    if rng.random() < 0.5:
        rim = max(1, round(0.025 * height))
        for edge in (plate[:rim], plate[-rim:], plate[:, :rim], plate[:, -rim:]):
            edge[...] = ink
    if rng.random() < 0.4:
        for x in (0.2, 0.8):
            row, column = round(rng.choice([0.1, 0.9]) * height), round(x * width)
            plate[max(0, row - height // 25) : row + height // 25 + 1, column : column + height // 12 + 1] = 60
    if rng.random() < 0.3:
        dirt = np.asarray(
            Image.fromarray(rng.integers(0, 256, (4, 8), dtype=np.uint8)).resize(
                (width, height), Image.Resampling.BICUBIC
            )
        )
        plate *= 1 - rng.uniform(0.1, 0.5) * dirt.astype(np.float32) / 255


def _framed(rng: Generator, plate: np.ndarray, ink: float) -> np.ndarray:
    """With a holder around it in half of the cases, at times with the dealer's line of small text."""
    if rng.random() < 0.5:
        return plate
    height, width = plate.shape
    side, low = max(1, round(rng.uniform(0.02, 0.1) * height)), max(1, round(rng.uniform(0.04, 0.22) * height))
    frame = np.full((height + side + low, width + 2 * side), rng.choice([25, 60, 190]), np.float32)
    frame[side : side + height, side : side + width] = plate
    if low > 0.12 * height and rng.random() < 0.7:
        text = text_mask(letters(rng, "LLLLLL-LLLL"), 1, round(0.6 * width), max(2, round(0.7 * low)))
        _ink(frame, text, round(0.2 * width), side + height + 1, 255 - float(frame[0, 0]), 0.8)
    return frame
