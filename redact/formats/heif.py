"""HEIC from bare pixels, where an encoder for it is installed.

Emits ftyp, meta (hdlr, iloc, iinf with one hvc1 item, pitm, iprp with hvcC, colr nclx, ispe and pixi) and mdat: 8 bit, grey or
4:2:0, whose samples are coded without loss, so that a fill is constant to the last bit; no SEI. Nothing is taken from the source but
its pixels.
"""

from __future__ import annotations

import io

from PIL import Image

from indelible.errors import IndelibleError
from indelible.jpeg import JpegCoding
from indelible.media import Picture
from indelible.plugins import writable
from indelible.redact.formats import FORMATS, ImageFormat

#: The encoder's word for lossless.
QUALITY = -1
#: A picture is written many times while it is examined: five times the speed for half as many bytes again.
PRESET = "ultrafast"
#: The encoder pads smaller and odd pictures, and hides the padding by a crop (clap) that leaves it in the file.
LEAST_SIDE = 64


def coding_for(source: Picture) -> JpegCoding | None:
    """The coding is always the same."""
    del source
    return None


def write(image: Image.Image, coding: JpegCoding | None) -> bytes:
    """The file's bytes. Raises `IndelibleError`: ``encoder_missing`` without the plug-in, ``size_not_written``."""
    del coding
    if "HEIF" not in writable():
        raise IndelibleError(
            "encoder_missing", "No encoder for HEIC is installed.", "Install pillow-heif, or write JPEG with --format."
        )
    if not _even_and_large(image.size):
        raise IndelibleError(
            "size_not_written",
            f"HEIC holds sides that are even and at least {LEAST_SIDE} pixels; others are cropped by the viewer only.",
            "Write PNG or JPEG with --format.",
        )
    stream = io.BytesIO()
    image.save(
        stream,
        "HEIF",
        quality=QUALITY,
        chroma=420,
        enc_params={"preset": PRESET},
        exif=None,
        xmp=None,
        icc_profile=None,
        save_all=False,
    )
    return stream.getvalue()


def _even_and_large(size: tuple[int, int]) -> bool:
    return min(size) >= LEAST_SIDE and size[0] % 2 == 0 and size[1] % 2 == 0


def holds(size: tuple[int, int]) -> bool:
    """Whether a picture of that size can be written here."""
    return "HEIF" in writable() and _even_and_large(size)


FORMATS.add(
    "heif",
    ImageFormat(
        name="heif",
        extension=".heic",
        media_type="image/heic",
        coding_for=coding_for,
        write=write,
        chroma_halved=True,
        holds=holds,
        instead="jpeg",
    ),
)
