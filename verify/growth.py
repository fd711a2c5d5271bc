"""How far a hidden area reaches in a JPEG source: the verifier's own arithmetic, shared with nobody.

A JPEG block mixes its pixels, and a decoder that interpolates chroma mixes one pixel more. Whatever is hidden in a box is
therefore spread over every MCU that the box touches, and one pixel beyond (ATTACKS.md section 9.2). The grid is anchored at
the top left corner of the picture *as stored*, so a rotated picture is turned back before it is snapped.
"""

from __future__ import annotations

from indelible.media import Picture
from indelible.model import Box

#: Pixels beyond the MCUs that a decoder's chroma interpolation can mix in; unusual sampling factors get one more.
REACH_PX = 1
UNUSUAL_REACH_PX = 2

_TRANSPOSED = frozenset({5, 6, 7, 8})
_MIRRORED_ACROSS = frozenset({2, 3, 7, 8})
_MIRRORED_DOWN = frozenset({3, 4, 6, 7})


def required_area(box: Box, source: Picture) -> Box:
    """The area of the upright picture that depends on what ``box`` hides, given how ``source`` was compressed.

    Args:
        box: in upright pixels of ``source``; what reaches out of the frame is cut off.
        source: the original. Without ``source.jpeg`` it is lossless, and nothing spreads.

    Returns:
        A box in upright pixels that holds ``box`` and is cut to the frame.
    """
    if source.jpeg is None:
        return box
    size = source.stored_size
    reach = UNUSUAL_REACH_PX if source.jpeg.name == "other" else REACH_PX
    across, down = _to_stored(box, source.orientation, size)
    grown = (
        _snapped(across, source.jpeg.mcu[0], reach, size[0]),
        _snapped(down, source.jpeg.mcu[1], reach, size[1]),
    )
    return _to_upright(grown, source.orientation, size)


def inner_area(box: Box, published: Picture) -> Box | None:
    """The part of a *found* area that must be flat if a flat colour was painted there before encoding.

    In a JPEG the coded units at the edge of a foreign fill hold some of the surround, and ring. Left are the units that
    lie wholly inside, less what the decoder's interpolation reaches; two pixels of the box are given up first, because
    its edge is an estimate. Other formats lose those two pixels only.

    Returns:
        A box in upright pixels, or None if nothing is left.
    """
    edge = 2
    if box.width <= 2 * edge or box.height <= 2 * edge:
        return None
    box = Box(box.x + edge, box.y + edge, box.width - 2 * edge, box.height - 2 * edge)
    if published.jpeg is None:
        return box
    size, unit = published.stored_size, published.jpeg.mcu
    spans = []
    for (first, after), side, length in zip(_to_stored(box, published.orientation, size), unit, size, strict=True):
        first = -(-first // side) * side + (UNUSUAL_REACH_PX if first > 0 else 0)
        after = (after // side * side if after < length else length) - UNUSUAL_REACH_PX
        if after <= first:
            return None
        spans.append((first, after))
    return _to_upright((spans[0], spans[1]), published.orientation, size)


Span = tuple[int, int]  # first pixel, first pixel after


def _snapped(span: Span, unit: int, reach: int, length: int) -> Span:
    """Outwards to whole units counted from 0, then ``reach`` pixels, cut to ``[0, length)``."""
    first, after = span
    return (max(0, first // unit * unit - reach), min(length, -(-after // unit) * unit + reach))


def _mirrored(span: Span, length: int) -> Span:
    return (length - span[1], length - span[0])


def _to_stored(box: Box, orientation: int, size: tuple[int, int]) -> tuple[Span, Span]:
    """Columns and rows of the stored picture under an upright box (Exif 2.32, tag 0x0112)."""
    across, down = (box.x, box.right), (box.y, box.bottom)
    if orientation in _TRANSPOSED:
        across, down = down, across
    if orientation in _MIRRORED_ACROSS:
        across = _mirrored(across, size[0])
    if orientation in _MIRRORED_DOWN:
        down = _mirrored(down, size[1])
    return across, down


def _to_upright(spans: tuple[Span, Span], orientation: int, size: tuple[int, int]) -> Box:
    across, down = spans
    if orientation in _MIRRORED_ACROSS:
        across = _mirrored(across, size[0])
    if orientation in _MIRRORED_DOWN:
        down = _mirrored(down, size[1])
    if orientation in _TRANSPOSED:
        across, down = down, across
    return Box(across[0], down[0], across[1] - across[0], down[1] - down[0])
