"""GIF from bare pixels.

Emits a still as GIF87a: screen descriptor, one global palette of the colours that occur with zeros behind them, one picture
that fills the screen, the end byte; no extension. An animation is GIF89a and has besides one NETSCAPE2.0 loop, unless it runs
once, and one graphic control before each frame; every frame fills the screen and all share one palette. The palette is built from the pixels as they
are published, so it is no function of what was hidden.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence

import numpy as np
from PIL import Image

from indelible.jpeg import JpegCoding
from indelible.media import Picture
from indelible.redact.formats import FORMATS, ImageFormat

_COLORS = 256
#: Longest delay that a frame can have, in hundredths of a second.
_MAX_DELAY = 65_535


def coding_for(source: Picture) -> JpegCoding | None:
    """GIF codes nothing in blocks."""
    del source
    return None


def write(image: Image.Image, coding: JpegCoding | None) -> bytes:
    """The file's bytes: grey as it is, colour in the 256 colours nearest to it."""
    del coding
    indices, palette = _indexed([image])
    return _file(b"GIF87a", image.size, palette, [_picture(indices[0], palette, image.size)])


def write_frames(frames: Sequence[Image.Image], durations_ms: Sequence[int], plays: int) -> bytes:
    """An animation. ``durations_ms`` are rounded to hundredths of a second; ``plays`` is 0 for without end."""
    if not frames or len(frames) != len(durations_ms) or any(frame.size != frames[0].size for frame in frames):
        raise ValueError("frames of one size, and a duration for each, are needed")
    size = frames[0].size
    indices, palette = _indexed(frames)
    again = min(max(plays - 1, 0), 65_535)  # the extension says how often it starts again
    blocks = [b"!\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<H", again) + b"\0"] if plays != 1 else []
    for part, duration in zip(indices, durations_ms, strict=True):
        delay = min(max(round(duration / 10), 0), _MAX_DELAY)
        blocks.append(b"!\xf9\x04\x04" + struct.pack("<H", delay) + b"\0\0")  # disposal 1: leave in place
        blocks.append(_picture(part, palette, size))
    return _file(b"GIF89a", size, palette, blocks)


def _indexed(frames: Sequence[Image.Image]) -> tuple[list[np.ndarray], bytes]:
    """``uint8`` indices of each frame, and one palette of the colours that occur, sorted by value."""
    pixels = [np.asarray(frame.convert("RGB")).astype(np.uint32) for frame in frames]
    packed = [part[..., 0] << 16 | part[..., 1] << 8 | part[..., 2] for part in pixels]
    colors = np.unique(np.concatenate([np.unique(part) for part in packed]))
    if len(colors) > _COLORS:
        packed = _reduced(frames)
        colors = np.unique(np.concatenate([np.unique(part) for part in packed]))
    indices = [np.searchsorted(colors, part).astype(np.uint8) for part in packed]
    palette = b"".join(struct.pack(">I", int(color))[1:] for color in colors)
    return indices, palette


def _reduced(frames: Sequence[Image.Image]) -> list[np.ndarray]:
    """The frames in at most 256 colours of all together, as packed ``uint32``."""
    width, height = frames[0].size
    strip = Image.new("RGB", (width, height * len(frames)))
    for number, frame in enumerate(frames):
        strip.paste(frame.convert("RGB"), (0, number * height))
    flat = np.asarray(strip.quantize(_COLORS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).convert("RGB"))
    whole = flat.astype(np.uint32)
    joined = whole[..., 0] << 16 | whole[..., 1] << 8 | whole[..., 2]
    return [joined[number * height : (number + 1) * height] for number in range(len(frames))]


def _picture(indices: np.ndarray, palette: bytes, size: tuple[int, int]) -> bytes:
    """Image descriptor and LZW stream, as the library encodes it, cut out of its file."""
    image = Image.fromarray(indices)
    image = Image.frombytes("P", size, image.tobytes())
    image.putpalette(_padded(palette))
    stream = io.BytesIO()
    image.save(stream, "GIF", interlace=0, optimize=False, comment=b"")
    data = stream.getvalue()
    at = 13 + 3 * (2 << (data[10] & 7))
    if data[at] != 0x2C or data[at + 9]:
        raise ValueError("the encoder wrote more than a picture")
    return data[at:-1]


def _padded(palette: bytes) -> bytes:
    entries = 2
    while 3 * entries < len(palette):
        entries *= 2
    return palette.ljust(3 * entries, b"\0")


def _file(signature: bytes, size: tuple[int, int], palette: bytes, blocks: Sequence[bytes]) -> bytes:
    table = _padded(palette)
    bits = (len(table) // 3).bit_length() - 2
    screen = struct.pack("<HHBBB", *size, 0x80 | bits << 4 | bits, 0, 0)
    return signature + screen + table + b"".join(blocks) + b";"


FORMATS.add(
    "gif",
    ImageFormat(
        name="gif",
        extension=".gif",
        media_type="image/gif",
        coding_for=coding_for,
        write=write,
        write_frames=write_frames,
        timed=True,
        holds=lambda size: max(size) <= 65_535,
    ),
)
