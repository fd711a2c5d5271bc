"""Glyphs as arrays of coverage, drawn once by FreeType: hinted as Pillow places them, or at quarters of a pixel.

Four ways in which programs set text are told apart by what they do with the pen and the outline:

- ``whole``: hinted outlines, every advance rounded to whole pixels (Pillow without Raqm, old toolkits);
- ``snapped``: hinted outlines, advances as designed, each glyph put on the nearest whole pixel (Pillow with Raqm);
- ``fitted``: outlines hinted along the height only (light hinting), at quarters of a pixel across (browsers on Linux);
- ``fine``: outlines as designed, at quarters of a pixel across (macOS, PDF viewers, anything rescaled).

Coordinates: x to the right from the pen, y down from the baseline, in pixels.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PIL import ImageFont

from indelible.attacks.fonts import Font
from indelible.attacks.outlines import Hinting, outline_ink

Setting = Literal["whole", "snapped", "fitted", "fine"]

#: Size at which advances and kerning are measured, in pixels per em: hinting and rounding do not matter there.
_METRIC_SIZE = 2048
#: Characters between which fonts are asked for kerning; all others stand as far apart as designed.
_KERNED = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.,-'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyph:
    """Coverage of one glyph, float32 in [0, 1], shape ``(rows, columns)``, one sample per pixel.

    ``left`` and ``top``: where sample (0, 0) begins from the pen and the baseline, px. An empty glyph has shape (0, 0).
    """

    ink: np.ndarray
    left: int
    top: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GlyphSet:
    """An alphabet at one size, padded to one frame.

    ``ink``: float32 ``(phases, glyphs, rows, columns)``, whole pixels; phase i is the pen at i / phases of a pixel.
    ``left``, ``top``: where pixel (0, 0) begins from the whole-pixel pen and the baseline. ``advance``: px, ``(glyphs,)``.
    """

    font: Font
    size: float
    chars: str
    setting: Setting
    ink: np.ndarray
    left: int
    top: int
    advance: np.ndarray

    @property
    def phases(self) -> int:
        """Pen positions within a pixel."""
        return int(self.ink.shape[0])


@functools.lru_cache(maxsize=4096)
def _face(font: Font, size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(font.path, size, index=font.index, layout_engine=ImageFont.Layout.BASIC)


def _drawn(font: Font, size: float, char: str) -> tuple[np.ndarray, int, int]:
    """uint8 coverage, left and top of the glyph as FreeType draws it at that size."""
    mask, (left, top) = _face(font, size).getmask2(char, mode="L", anchor="ls")
    width, height = mask.size
    if not width or not height:
        return np.zeros((0, 0), np.uint8), 0, 0
    return np.frombuffer(bytes(mask), np.uint8).reshape(height, width), left, top


@functools.lru_cache(maxsize=20_000)
def hinted_glyph(font: Font, size: float, char: str) -> Glyph:
    """The glyph as Pillow draws it at whole-pixel pens: FreeType's default hinting, one sample per pixel."""
    ink, left, top = _drawn(font, size, char)
    return Glyph(ink=ink.astype(np.float32) / 255, left=left, top=top)


def outline_glyph(font: Font, size: float, char: str, hinting: Hinting, x: float = 0.0, y: float = 0.0) -> Glyph:
    """The glyph with its pen at ``(x, y)`` px from a pixel's corner, as designed or hinted along its height."""
    ink, left, top = outline_ink(font, size, char, hinting, x, y)
    return Glyph(ink=ink.astype(np.float32) / 255, left=left, top=top)


@functools.lru_cache(maxsize=20_000)
def designed_advance(font: Font, char: str) -> float:
    """Advance as designed, in em."""
    return float(_face(font, _METRIC_SIZE).getlength(char)) / _METRIC_SIZE


@functools.lru_cache(maxsize=512)
def kerning(font: Font, chars: str) -> np.ndarray:
    """How much closer the second glyph stands after the first, in em: float32 ``(glyphs, glyphs)``, first glyph by row.

    All zeros where Pillow was built without Raqm, as then it does not kern either.
    """
    known = _measured_kerning(font)
    index = [_KERNED.find(char) for char in chars]
    kern = np.zeros((len(chars), len(chars)), np.float32)
    there = [i for i, at in enumerate(index) if at >= 0]
    kern[np.ix_(there, there)] = known[np.ix_([index[i] for i in there], [index[i] for i in there])]
    return kern


@functools.lru_cache(maxsize=512)
def _measured_kerning(font: Font) -> np.ndarray:
    """Kerning of all pairs of `_KERNED`, in em."""
    from PIL import features

    count = len(_KERNED)
    kern = np.zeros((count, count), np.float32)
    if not features.check("raqm"):
        return kern
    size = 1024
    face = ImageFont.truetype(font.path, size, index=font.index, layout_engine=ImageFont.Layout.RAQM)
    alone = np.array([face.getlength(char) for char in _KERNED])
    for i, first in enumerate(_KERNED):
        for j, second in enumerate(_KERNED):
            kern[i, j] = face.getlength(first + second, features=["-liga", "-clig"]) - alone[i] - alone[j]
    return kern / size


@functools.lru_cache(maxsize=256)
def glyph_set(font: Font, size: float, chars: str, setting: Setting, y: float = 0.0, phases: int = 4) -> GlyphSet:
    """Every glyph of an alphabet at one size. ``y``: the baseline's place within its pixel, for ``fine`` and ``fitted``."""
    if setting in ("fine", "fitted"):
        drawn = [
            [
                outline_glyph(font, size, char, "none" if setting == "fine" else "height", i / phases, y)
                for char in chars
            ]
            for i in range(phases)
        ]
        advance = np.array([designed_advance(font, char) * size for char in chars])
    else:
        drawn = [[hinted_glyph(font, size, char) for char in chars]]
        if setting == "whole":
            advance = np.array([round(_face(font, size).getlength(char)) for char in chars], float)
        else:
            advance = np.array([round(designed_advance(font, char) * size * 64) / 64 for char in chars])
    inked = [glyph for row in drawn for glyph in row if glyph.ink.size]
    if not inked:
        return GlyphSet(
            font=font, size=size, chars=chars, setting=setting, left=0, top=0, advance=advance,
            ink=np.zeros((len(drawn), len(chars), 1, 1), np.float32),
        )  # fmt: skip
    left, top = min(glyph.left for glyph in inked), min(glyph.top for glyph in inked)
    right = max(glyph.left + glyph.ink.shape[1] for glyph in inked)
    bottom = max(glyph.top + glyph.ink.shape[0] for glyph in inked)
    ink = np.zeros((len(drawn), len(chars), bottom - top, right - left), np.float32)
    for phase, row in enumerate(drawn):
        for i, glyph in enumerate(row):
            at = glyph.top - top, glyph.left - left
            ink[phase, i, at[0] : at[0] + glyph.ink.shape[0], at[1] : at[1] + glyph.ink.shape[1]] = glyph.ink
    return GlyphSet(font=font, size=size, chars=chars, setting=setting, ink=ink, left=left, top=top, advance=advance)
