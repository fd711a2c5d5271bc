"""BMP from bare pixels.

Emits the file header (14 bytes), the 40-byte information header, for grey the palette of 256 greys in order, and the rows from
the bottom up: 8 bit grey or 24 bit colour, no compression, density 3780 per metre, reserved fields and padding zero.
"""

from __future__ import annotations

import io

from PIL import Image

from indelible.jpeg import JpegCoding
from indelible.media import Picture
from indelible.redact.formats import FORMATS, ImageFormat


def coding_for(source: Picture) -> JpegCoding | None:
    """BMP is lossless: nothing is coded in blocks."""
    del source
    return None


def write(image: Image.Image, coding: JpegCoding | None) -> bytes:
    """The file's bytes."""
    del coding
    stream = io.BytesIO()
    image.save(stream, "BMP", dpi=(96, 96))
    return stream.getvalue()


FORMATS.add(
    "bmp",
    ImageFormat(name="bmp", extension=".bmp", media_type="image/bmp", coding_for=coding_for, write=write),
)
