"""JPEG XL from bare pixels, where its plug-in is installed.

Emits a bare codestream: one frame, lossless, so that a fill is constant to the last bit. The encoder's effort is the highest
one that repeats no patch of the picture from a second, hidden frame.
"""

from __future__ import annotations

import io

from PIL import Image

from indelible.errors import IndelibleError
from indelible.jpeg import JpegCoding
from indelible.media import Picture
from indelible.plugins import writable
from indelible.redact.formats import FORMATS, ImageFormat

EFFORT = 5


def coding_for(source: Picture) -> JpegCoding | None:
    """JPEG XL is written lossless: nothing is coded in blocks."""
    del source
    return None


def write(image: Image.Image, coding: JpegCoding | None) -> bytes:
    """The file's bytes. Raises `IndelibleError` (``encoder_missing``) without the plug-in."""
    del coding
    if "JXL" not in writable():
        raise IndelibleError(
            "encoder_missing",
            "No encoder for JPEG XL is installed.",
            "Install pillow-jxl-plugin, or write PNG with --format.",
        )
    stream = io.BytesIO()
    image.save(
        stream,
        "JXL",
        lossless=True,
        effort=EFFORT,
        use_container=False,
        lossless_jpeg=False,
        compress_metadata=False,
        exif=b"",
        xmp=b"",
        jumb=b"",
    )
    return stream.getvalue()


FORMATS.add(
    "jxl",
    ImageFormat(
        name="jxl",
        extension=".jxl",
        media_type="image/jxl",
        coding_for=coding_for,
        write=write,
        holds=lambda size: "JXL" in writable(),
    ),
)
