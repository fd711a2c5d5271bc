"""AVIF from bare pixels.

Emits ftyp, meta (hdlr, pitm, iloc, iinf with one av01 item, iprp with ispe, pixi, av1C and colr nclx) and mdat: 8 bit, grey or
4:2:0, whose samples are coded without loss, so that a fill is constant to the last bit. Nothing is taken from the source but its
pixels.
"""

from __future__ import annotations

import io

from PIL import Image

from indelible.jpeg import JpegCoding
from indelible.media import Picture
from indelible.plugins import writable
from indelible.redact.formats import FORMATS, ImageFormat

#: At this quality the coder quantises nothing.
QUALITY = 100


def coding_for(source: Picture) -> JpegCoding | None:
    """The coding is always the same."""
    del source
    return None


def write(image: Image.Image, coding: JpegCoding | None) -> bytes:
    """The file's bytes."""
    del coding
    stream = io.BytesIO()
    image.save(
        stream, "AVIF", quality=QUALITY, subsampling="4:2:0", speed=8, range="full", exif=b"", xmp=b"", icc_profile=None
    )
    return stream.getvalue()


FORMATS.add(
    "avif",
    ImageFormat(
        name="avif",
        extension=".avif",
        media_type="image/avif",
        coding_for=coding_for,
        write=write,
        chroma_halved=True,
        holds=lambda size: "AVIF" in writable(),
    ),
)
