"""Restore the end of a PNG that was overwritten by a shorter one and not cut off.

What follows the new end is the old file's compressed scanlines. Deflate needs no beginning: any dynamic block can be entered with an
empty window, and what it copies from before that window comes out black, but everything behind is there again.

Reference: CVE-2023-21036 and CVE-2023-28303; ATTACKS.md section 10 (A401).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

import numpy as np

#: Old data is searched for a block to enter over so many bytes; zlib's blocks are at most some 60 kB long.
SEARCHED_BYTES = 1 << 17
#: Restored bytes that count: a few rows of a small picture.
LEAST_BYTES = 1024
_FIRST_LOOK = 4096
_MOST_RESTORED = 64 * 1024 * 1024
_CHUNK = re.compile(rb"IDAT|IEND")


def restored_bytes(tail: bytes) -> int:
    """How many bytes of scanlines come back from what stands behind a PNG's end; 0 if it is nothing of the kind.

    A stream counts only if it runs out exactly at its end, before the checksum: nothing else does that by chance.
    """
    stream = _old_stream(tail)
    if len(stream) < 64:
        return 0
    for data in _entries(stream):
        rest = zlib.decompressobj(-15, zdict=bytes(32_768))
        try:
            restored = rest.decompress(data, _MOST_RESTORED)
        except zlib.error:
            continue
        if rest.eof and 3 <= len(rest.unused_data) <= 5 and len(restored) >= LEAST_BYTES:
            return len(restored)
    return 0


def _old_stream(tail: bytes) -> bytes:
    """The old file's compressed data: up to the first old chunk's end, then every old IDAT; checksums and headers left out."""
    found = list(_CHUNK.finditer(tail))
    if not found:
        return b""
    pieces = [tail[: max(0, found[0].start() - 8)]]
    for chunk in found:
        at = chunk.start()
        if chunk[0] == b"IDAT":
            pieces.append(tail[at + 4 : at + 4 + int.from_bytes(tail[at - 4 : at])])
    return b"".join(pieces)


def _entries(stream: bytes) -> Iterator[bytes]:
    """The stream from each bit at which a dynamic, not final block may begin, if its first bytes inflate at all."""
    values = np.frombuffer(stream + b"\0", np.uint8).astype(np.uint16)
    for bit in range(8):
        shifted = ((values[:-1] >> bit) | (values[1:] << (8 - bit))).astype(np.uint8)
        heads = shifted[: min(SEARCHED_BYTES, len(shifted) - 1)]
        likely = ((heads & 7) == 4) & ((heads >> 3) <= 29) & ((shifted[1 : len(heads) + 1] & 31) <= 29)
        data = shifted.tobytes()
        for start in np.flatnonzero(likely):
            try:
                zlib.decompressobj(-15, zdict=bytes(32_768)).decompress(data[start : start + _FIRST_LOOK])
            except zlib.error:
                continue
            yield data[start:]
