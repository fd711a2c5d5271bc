"""GIF's LZW: how many pixels a stream gives, where its end code lies, and which colours occur (GIF89a, appendix F).

Only the lengths of the strings are followed, no pixel is made: every colour of a picture appears at least once as a code of
its own, because a string of the table begins as one.
"""

from __future__ import annotations

from dataclasses import dataclass

#: The table holds no more.
_FULL = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class LzwEnd:
    """What one stream comes to.

    ``pixels`` were given before it stopped; ``used`` are bytes up to and with the one that holds the end code; ``spare`` are
    the bits behind the end code in that byte; ``colors`` are the indices that occur; ``codes`` is how many codes were read.
    """

    pixels: int
    used: int
    ended: bool
    damaged: bool
    spare: int
    colors: frozenset[int]
    codes: int


def measure(data: bytes, bits: int, limit: int, *, start: int = 0, width: int | None = None) -> LzwEnd:
    """Follow the codes of one stream.

    Args:
        data: the joined sub-blocks.
        bits: the stream's minimum code size, 2 to 8 (1 is read as well).
        limit: it stops when more pixels than this are given.
        start: the bit at which to begin, for a stream that is met in its middle.
        width: the width of the first code, for the same; ``bits + 1`` otherwise.
    """
    clear = 1 << bits
    end, at, size = clear + 1, start >> 3, len(data)
    lengths = [1] * _FULL
    seen = bytearray(_FULL)
    free, previous, pixels, codes = end + 1, 0, 0, 0
    width = width or bits + 1
    mask, grow = (1 << width) - 1, 1 << width
    window, held = 0, 0
    if start & 7 and at < size:
        window, held = data[at] >> (start & 7), 8 - (start & 7)
        at += 1
    ended = damaged = False
    while pixels <= limit:
        while held < width and at < size:
            window |= data[at] << held
            held += 8
            at += 1
        if held < width:
            break
        code = window & mask
        window >>= width
        held -= width
        codes += 1
        if code < clear:
            seen[code] = 1
            length = 1
        elif code == clear:
            width = bits + 1
            mask, grow = (1 << width) - 1, 1 << width
            free, previous = end + 1, 0
            continue
        elif code == end:
            ended = True
            break
        elif not previous or code > free or free == _FULL <= code:
            damaged = True
            break
        else:
            length = previous + 1 if code == free else lengths[code]
        if previous and free < _FULL:
            lengths[free] = previous + 1
            free += 1
            if free == grow and width < 12:
                width += 1
                mask, grow = (1 << width) - 1, 1 << width
        pixels += length
        previous = length
    return LzwEnd(
        pixels=pixels,
        used=at - (held >> 3),
        ended=ended,
        damaged=damaged,
        spare=window & ((1 << (held & 7)) - 1),
        colors=frozenset(index for index, there in enumerate(seen[:clear]) if there),
        codes=codes,
    )
