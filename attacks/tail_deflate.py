"""Enter a Deflate stream in its middle: at any dynamic block, with an empty window.

A dynamic block brings its own Huffman tables, so nothing before it is needed but the last 32 KiB of output, from which it may copy.
Where a block may begin is tested by its header alone: in a real one the code lengths of the code lengths fill the code space exactly
(Kraft's sum is 1), which chance meets once in some hundred tries.

Reference: RFC 1951 section 3.2.7; ATTACKS.md section 10 (A401).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import numpy as np

WINDOW_BYTES = 32_768
#: Output above this is not wanted: a picture of some 16 megapixels.
MOST_RESTORED = 64 * 1024 * 1024
_FIRST_LOOK = 4096
_CHUNK = 1 << 17
#: Bytes a header may reach over, from its first bit to the last code length.
_HEADER_BYTES = 20


def entries(stream: bytes, searched: int, *, final: bool = False) -> Iterator[tuple[int, bytes]]:
    """Bit position and rest of the stream wherever a dynamic block may begin, in rising order.

    Args:
        stream: compressed bytes, without chunk headers.
        searched: bytes from the start over which a block is looked for.
        final: look for a last block instead of one that others follow.
    """
    shifted = _shifted(stream)
    for at in range(0, min(searched, len(stream)), _CHUNK):
        for bit in _likely(stream, at, min(at + _CHUNK, searched, len(stream)), final):
            data = shifted[bit & 7]
            start = bit >> 3
            try:
                zlib.decompressobj(-15, zdict=bytes(WINDOW_BYTES)).decompress(data[start : start + _FIRST_LOOK])
            except zlib.error:
                continue
            yield bit, data[start:]


def inflated(data: bytes, window: bytes) -> tuple[bytes, int] | None:
    """What a raw stream inflates to behind a window, and the bytes left over; None unless it ends by itself."""
    rest = zlib.decompressobj(-15, zdict=window)
    try:
        restored = rest.decompress(data, MOST_RESTORED)
    except zlib.error:
        return None
    return (restored, len(rest.unused_data)) if rest.eof else None


class _Shifted(dict[int, bytes]):
    """The stream moved down by 0 to 7 bits, each made when it is first asked for."""

    def __init__(self, stream: bytes) -> None:
        super().__init__()
        self._values = np.frombuffer(stream + b"\0", np.uint8).astype(np.uint16)

    def __missing__(self, bit: int) -> bytes:
        moved = (self._values[:-1] >> bit) | (self._values[1:] << (8 - bit))
        self[bit] = moved.astype(np.uint8).tobytes()
        return self[bit]


def _shifted(stream: bytes) -> _Shifted:
    return _Shifted(stream)


def _likely(stream: bytes, first: int, last: int, final: bool) -> list[int]:
    """Bit positions in the bytes ``[first, last)`` at which a dynamic header stands whose code lengths fill their space."""
    part = np.frombuffer(stream[first : last + _HEADER_BYTES] + bytes(_HEADER_BYTES), np.uint8).astype(np.uint64)
    words = np.zeros(len(part) - 8, np.uint64)
    for index in range(8):
        words |= part[index : index + len(words)] << np.uint64(8 * index)

    def bits(position: np.ndarray, count: int) -> np.ndarray:
        value = words[position >> 3] >> (position & 7).astype(np.uint64)
        return np.asarray(value & np.uint64((1 << count) - 1), dtype=np.int64)

    at = np.arange((last - first) * 8, dtype=np.int64)
    head = bits(at, 17)
    at = at[((head & 7) == (5 if final else 4)) & ((head >> 3 & 31) <= 29) & ((head >> 8 & 31) <= 29)]
    lengths = bits(at + 13, 4) + 4
    kraft = np.zeros(len(at), np.int64)
    for index in range(19):
        length = np.where(index < lengths, bits(at + 17 + 3 * index, 3), 0)
        kraft += np.where(length > 0, 128 >> length, 0)
    return [int(position) + 8 * first for position in at[kraft == 128]]
