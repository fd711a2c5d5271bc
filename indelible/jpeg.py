"""What the header of a JPEG says about how it is coded: block grid, sampling, tables, scans.

Terms of ITU-T T.81: an MCU is the smallest coded unit of an interleaved scan, ``8 * Hmax`` x ``8 * Vmax`` pixels.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from PIL import Image

#: IJG base tables (T.81 Annex K, tables K.1 and K.2), natural order.
LUMA = (
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112,
    100, 103, 99,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class JpegCoding:
    """How a JPEG is coded, in stored orientation.

    ``factors`` are the ``(H, V)`` sampling factors per component; ``quality`` is the IJG quality whose luma table is nearest.
    """

    factors: tuple[tuple[int, int], ...]
    progressive: bool
    quality: int

    @property
    def mcu(self) -> tuple[int, int]:
        """Width and height of an MCU in pixels. A single component is coded in 8x8 blocks whatever its factors."""
        if len(self.factors) == 1:
            return (8, 8)
        return (8 * max(h for h, _ in self.factors), 8 * max(v for _, v in self.factors))

    @property
    def subsampled(self) -> tuple[bool, bool]:
        """Whether any component is sampled more coarsely than another, across and down."""
        across, down = {h for h, _ in self.factors}, {v for _, v in self.factors}
        return (len(across) > 1, len(down) > 1)

    @property
    def name(self) -> str:
        """The usual name: ``4:2:0``, ``4:4:4``, ``grey`` ..., or ``other``."""
        if len(self.factors) == 1:
            return "grey"
        names: dict[tuple[tuple[int, int], ...], str] = {
            ((1, 1), (1, 1), (1, 1)): "4:4:4",
            ((2, 1), (1, 1), (1, 1)): "4:2:2",
            ((1, 2), (1, 1), (1, 1)): "4:4:0",
            ((2, 2), (1, 1), (1, 1)): "4:2:0",
            ((4, 1), (1, 1), (1, 1)): "4:1:1",
        }
        return names.get(self.factors, "other")


def scaled_luma(quality: int) -> tuple[int, ...]:
    """The IJG luma table for a quality from 1 to 100, natural order, entries 1 to 255 (libjpeg, jpeg_set_quality)."""
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    return tuple(min(255, max(1, (value * scale + 50) // 100)) for value in LUMA)


def nearest_quality(luma: tuple[int, ...]) -> int:
    """The IJG quality whose luma table has the least sum of absolute differences; the higher one of a tie."""
    return min(
        range(100, 0, -1), key=lambda quality: sum(abs(a - b) for a, b in zip(luma, scaled_luma(quality), strict=True))
    )


def coding_of(image: Image.Image) -> JpegCoding:
    """The coding of an opened, not yet loaded JPEG, as libjpeg and Pillow's header parser read it."""
    untrusted: Any = image
    layers: list[tuple[int, int, int, int]] = list(untrusted.layer)
    tables: dict[int, list[int]] = untrusted.quantization
    luma = tuple(tables[layers[0][3]])
    return JpegCoding(
        factors=tuple((h, v) for _, h, v, _ in layers),
        progressive=bool(image.info.get("progressive")),
        quality=nearest_quality(luma),
    )


_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def scans_complete(data: bytes) -> bool:
    """Whether the scans of a JPEG deliver every coefficient of every component in full (T.81 section G.1.1.1).

    A decoder smooths the blocks of an incomplete progressive picture over two blocks' distance, further than any margin.
    """
    components: set[int] = set()
    progressive = False
    left: dict[tuple[int, int], int] = {}  # (component, coefficient) -> bits still to come; absent: nothing has come
    position = 2
    # whatever stands between segments, fill bytes included, is passed over here as decoders do; the verifier names it
    while (found := _MARKER.search(data, position)) and found.start() + 4 <= len(data):
        position = found.start()
        marker, length = data[position + 1], int.from_bytes(data[position + 2 : position + 4])
        body = data[position + 4 : position + 2 + length]
        position += 2 + length
        if marker in (0xC0, 0xC1, 0xC2, 0xC9, 0xCA) and len(body) >= 6:
            progressive = marker in (0xC2, 0xCA)
            components = {body[6 + 3 * index] for index in range(body[5]) if 6 + 3 * index < len(body)}
        elif marker == 0xDA and body and len(body) >= 4 + 2 * body[0]:
            named = [body[1 + 2 * index] for index in range(body[0])]
            start, stop, bits = body[1 + 2 * body[0]], body[2 + 2 * body[0]], body[3 + 2 * body[0]] & 15
            spectrum = range(start, min(stop, 63) + 1) if progressive else range(64)
            left |= {(name, index): bits if progressive else 0 for name in named for index in spectrum}
        elif marker == 0xD9:
            break
    return bool(components) and all(left.get((name, index)) == 0 for name in components for index in range(64))
