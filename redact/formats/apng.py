"""APNG from bare frames.

Emits IHDR, acTL, then fcTL and IDAT of the first frame, which is the default picture, fcTL and fdAT of each further one with
running sequence numbers, IEND. Every frame is as large as the canvas and replaces the one before it; 8 bit, grey or RGB.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

from PIL import Image

from indelible.redact.formats import png

_MAX_DELAY = 65_535


def write_frames(frames: Sequence[Image.Image], durations_ms: Sequence[int], plays: int) -> bytes:
    """An animation; ``plays`` is 0 for without end. Frames of mixed modes are all written as RGB."""
    if not frames or len(frames) != len(durations_ms) or any(frame.size != frames[0].size for frame in frames):
        raise ValueError("frames of one size, and a duration for each, are needed")
    mode = "L" if all(frame.mode == "L" for frame in frames) else "RGB"
    parts, sequence = [], 0
    for number, (frame, duration) in enumerate(zip(frames, durations_ms, strict=True)):
        header, stream = _coded(frame if frame.mode == mode else frame.convert(mode))
        if not number:
            parts += [_chunk(b"IHDR", header), _chunk(b"acTL", struct.pack(">II", len(frames), max(plays, 0)))]
        parts.append(_control(sequence, frame.size, duration))
        sequence += 1
        if number:
            parts.append(_chunk(b"fdAT", struct.pack(">I", sequence) + stream))
            sequence += 1
        else:
            parts.append(_chunk(b"IDAT", stream))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + _chunk(b"IEND", b"")


def _control(sequence: int, size: tuple[int, int], duration_ms: int) -> bytes:
    """An fcTL chunk: delay in thousandths of a second, in hundredths or tenths where it is long; no blending."""
    unit = next(unit for unit in (1, 10, 100, 1000) if duration_ms <= _MAX_DELAY * unit or unit == 1000)
    delay = min(max(round(duration_ms / unit), 0), _MAX_DELAY)
    return _chunk(b"fcTL", struct.pack(">IIIIIHHBB", sequence, *size, 0, 0, delay, 1000 // unit, 0, 0))


def _coded(image: Image.Image) -> tuple[bytes, bytes]:
    """Header and joined stream of one frame, as the PNG writer codes it."""
    data = png.write(image, None)
    at, header, stream = 8, b"", b""
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        content = data[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            header = content
        elif kind == b"IDAT":
            stream += content
        at += 12 + length
    return header, stream


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
