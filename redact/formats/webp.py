"""WebP from bare pixels.

Emits RIFF with one ``VP8L`` chunk, and nothing else: no VP8X, no alpha, no profile. An animation is VP8X (animation flag alone), ANIM
(background 0) and one ANMF with one ``VP8L`` for each frame, every frame as large as the canvas. Always lossless, so that a fill is
constant to the last bit: behind the lossy coder's prediction and loop filter it would not be.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence

from PIL import Image

from indelible.jpeg import JpegCoding
from indelible.media import Picture
from indelible.redact.formats import FORMATS, ImageFormat

#: A picture is written many times while it is examined: a third of the time for some 5 % more bytes.
_QUALITY, _METHOD = 25, 1
_MAX_DURATION = (1 << 24) - 1


def coding_for(source: Picture) -> JpegCoding | None:
    """One quality for all: nothing is taken from the source."""
    del source
    return None


def write(image: Image.Image, coding: JpegCoding | None) -> bytes:
    """The file's bytes, every pixel as it is."""
    del coding
    return _file(_chunk(image))


def write_frames(frames: Sequence[Image.Image], durations_ms: Sequence[int], plays: int) -> bytes:
    """An animation; ``plays`` is 0 for without end."""
    if not frames or len(frames) != len(durations_ms) or any(frame.size != frames[0].size for frame in frames):
        raise ValueError("frames of one size, and a duration for each, are needed")
    size = b"".join(_three(side - 1) for side in frames[0].size)
    chunks = [_named(b"VP8X", b"\x02\0\0\0" + size), _named(b"ANIM", struct.pack("<IH", 0, min(max(plays, 0), 65_535)))]
    for frame, duration in zip(frames, durations_ms, strict=True):
        # blending off, no disposal: a frame replaces the one before it
        head = bytes(6) + size + _three(min(max(duration, 0), _MAX_DURATION)) + b"\x02"
        chunks.append(_named(b"ANMF", head + _chunk(frame)))
    return _file(b"".join(chunks))


def _chunk(image: Image.Image) -> bytes:
    """The coded picture's chunk, cut out of the encoder's file."""
    stream = io.BytesIO()
    image.convert("RGB").save(
        stream,
        "WEBP",
        lossless=True,
        quality=_QUALITY,
        method=_METHOD,
        exact=False,
        exif=b"",
        xmp=b"",
        icc_profile=b"",
    )
    data = stream.getvalue()
    length = int.from_bytes(data[16:20], "little")
    if data[12:16] != b"VP8L" or len(data) != 20 + length + length % 2:
        raise ValueError("the encoder wrote more than a picture")
    return data[12:]


def _named(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _three(number: int) -> bytes:
    return struct.pack("<I", number)[:3]


def _file(chunks: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WEBP" + chunks


#: Longest side that the format can state.
_LONGEST = 16_383


def holds(size: tuple[int, int]) -> bool:
    """Whether the format can state the size."""
    return max(size) <= _LONGEST


FORMATS.add(
    "webp",
    ImageFormat(
        name="webp",
        extension=".webp",
        media_type="image/webp",
        coding_for=coding_for,
        write=write,
        write_frames=write_frames,
        timed=True,
        holds=holds,
    ),
)
