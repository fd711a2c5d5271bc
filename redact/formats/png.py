"""PNG from bare pixels.

Emits IHDR, IDAT (one zlib stream over any number of chunks) and IEND: 8 bit, grey or RGB, filter method 0, no interlace.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, PngImagePlugin

from indelible.jpeg import JpegCoding
from indelible.media import Picture
from indelible.redact.formats import FORMATS, ImageFormat


def coding_for(source: Picture) -> JpegCoding | None:
    """PNG is lossless: nothing is coded in blocks."""
    del source
    return None


def write(image: Image.Image, coding: JpegCoding | None) -> bytes:
    """The file's bytes."""
    del coding
    stream = io.BytesIO()
    image.save(stream, "PNG", compress_level=6, pnginfo=PngImagePlugin.PngInfo(), exif=b"", icc_profile=None)
    return stream.getvalue()


def write_frames(frames: Sequence[Image.Image], durations_ms: Sequence[int], plays: int) -> bytes:
    """An animation, see `indelible.redact.formats.apng`."""
    from indelible.redact.formats import apng  # which codes its frames with `write`

    return apng.write_frames(frames, durations_ms, plays)


FORMATS.add(
    "png",
    ImageFormat(
        name="png",
        extension=".png",
        media_type="image/png",
        coding_for=coding_for,
        write=write,
        write_frames=write_frames,
        timed=True,
    ),
)
