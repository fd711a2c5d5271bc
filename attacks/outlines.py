"""Glyphs drawn by FreeType at any place within a pixel, as designed or hinted along their height only.

Pillow asks FreeType for its default hinting at whole-pixel pens and for nothing else. Browsers on Linux, and what is drawn with Cairo,
ask for *light* hinting: heights are put on whole pixels by FreeType's own rules, widths stay as designed and the pen moves in quarters of
a pixel. macOS and PDF viewers do not hint at all. These two are drawn here.
"""

from __future__ import annotations

import ctypes
import functools
import threading
from typing import TYPE_CHECKING, Literal

import numpy as np

from indelible.attacks.fonts import Font

if TYPE_CHECKING:
    import freetype

#: ``none``: the outline as designed. ``height``: FreeType's light hinting.
Hinting = Literal["none", "height"]

_ONE = 0x10000  # 1 in 16.16
_LOCK = threading.Lock()  # a FreeType library must not be used from two threads at once


@functools.lru_cache(maxsize=256)
def _face(font: Font) -> freetype.Face:
    import freetype

    return freetype.Face(font.path, index=font.index)


def outline_ink(
    font: Font, size: float, char: str, hinting: Hinting, x: float = 0.0, y: float = 0.0
) -> tuple[np.ndarray, int, int]:
    """Coverage of one glyph, its left from the pen's pixel and its top from the baseline's.

    Args:
        size: px per em, rounded to a 64th.
        x: the pen's place within its pixel, to the right, px; rounded to a 64th.
        y: the baseline's place within its pixel, downwards.

    Returns:
        uint8 ``(rows, columns)``, ``(0, 0)`` for an empty glyph; left and top in px, x to the right and y down.

    Raises:
        OSError: FreeType cannot draw it.
    """
    import freetype

    flags = freetype.FT_LOAD_RENDER | freetype.FT_LOAD_NO_BITMAP
    flags |= freetype.FT_LOAD_NO_HINTING if hinting == "none" else freetype.FT_LOAD_TARGET_LIGHT
    with _LOCK:
        try:
            face = _face(font)
            face.set_char_size(round(size * 64))
            face.set_transform(freetype.Matrix(_ONE, 0, 0, _ONE), freetype.Vector(round(x * 64), -round(y * 64)))
            face.load_char(char, flags)
        except freetype.FT_Exception:
            raise OSError("a glyph cannot be drawn") from None
        slot = face.glyph
        bitmap = slot.bitmap._FT_Bitmap  # its public view copies byte by byte  # noqa: SLF001
        rows, columns, pitch = int(bitmap.rows), int(bitmap.width), int(bitmap.pitch)
        if not rows or not columns:
            return np.zeros((0, 0), np.uint8), 0, 0
        data = ctypes.string_at(bitmap.buffer, rows * pitch)
        left, top = int(slot.bitmap_left), -int(slot.bitmap_top)
    return np.frombuffer(data, np.uint8).reshape(rows, pitch)[:, :columns], left, top
