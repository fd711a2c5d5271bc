"""APNG: pictures outside the animation, and bytes behind the end of a frame."""

from __future__ import annotations

import struct
import zlib

from indelible.corpus.payload import Plant
from indelible.corpus.planting import planted
from indelible.corpus.pngfile import Chunk, join, split


def _control(number: int, header: bytes) -> Chunk:
    return Chunk(b"fcTL", struct.pack(">I8sIIHHBB", number, header[:8], 0, 0, 1, 10, 0, 0))


def _plain(header: bytes, level: int) -> bytes:
    """A frame of one level, 8 bit, as one stream."""
    width, height = struct.unpack_from(">II", header)
    row = b"\0" + bytes([level]) * (width * {0: 1, 2: 3}[header[9]])
    return zlib.compress(row * height)


@planted("png.apng.default", ("L211", "apng.frames"))
def outside(data: bytes, plant: Plant) -> bytes:
    """A default picture that is no frame: an animation's viewer never shows it."""
    del plant
    (header, *rest, end), _ = split(data)
    frames = (_control(0, header.data), Chunk(b"fdAT", struct.pack(">I", 1) + _plain(header.data, 90)))
    return join((header, Chunk(b"acTL", struct.pack(">II", 1, 0)), *rest, *frames, end))


@planted("png.apng.slack", ("L211", "apng.frames"), ("L304", "apng.fdat.slack"))
def slack(data: bytes, plant: Plant) -> bytes:
    """Bytes behind the end of a frame's stream."""
    (header, *rest, end), _ = split(data)
    stream = _plain(header.data, 90) + plant.data
    frames = (_control(1, header.data), Chunk(b"fdAT", struct.pack(">I", 2) + stream))
    first = (Chunk(b"acTL", struct.pack(">II", 2, 0)), _control(0, header.data))
    return join((header, *first, *rest, *frames, end))
