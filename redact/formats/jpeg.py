"""Baseline JPEG from bare pixels.

Emits, in order: SOI, APP0 (JFIF 1.1, no thumbnail, density 1x1 without unit), DQT, SOF0, DHT, SOS, data, EOI. Tables are
the IJG ones at the quality nearest to the source's, Huffman tables the standard ones: nothing is taken from the source but
that number and the sampling.
"""

from __future__ import annotations

import os
import tempfile
from typing import BinaryIO

from PIL import Image

from indelible.jpeg import JpegCoding
from indelible.media import Picture
from indelible.redact.formats import FORMATS, ImageFormat

#: Sampling that the encoder offers; every other one is written as 4:2:0.
_SUBSAMPLING = {"4:4:4": 0, "4:2:2": 1, "4:2:0": 2}
_FACTORS = {0: ((1, 1), (1, 1), (1, 1)), 1: ((2, 1), (1, 1), (1, 1)), 2: ((2, 2), (1, 1), (1, 1))}
_DEFAULT_QUALITY = 95


def coding_for(source: Picture) -> JpegCoding:
    """The output's coding: the source's quality and sampling if it is a JPEG, else quality 95 at 4:4:4."""
    if source.image.mode == "L":
        factors: tuple[tuple[int, int], ...] = ((1, 1),)
    elif source.jpeg is None:
        factors = _FACTORS[0]
    else:
        factors = _FACTORS[_SUBSAMPLING.get(source.jpeg.name, 2)]
    quality = source.jpeg.quality if source.jpeg else _DEFAULT_QUALITY
    return JpegCoding(factors=factors, progressive=False, quality=quality)


def write(image: Image.Image, coding: JpegCoding | None) -> bytes:
    """The file's bytes. The encoder writes to an unnamed file, because only then does it run beside other threads."""
    if coding is None:
        raise ValueError("a JPEG needs a coding")
    with _unnamed_file() as stream:
        image.save(
            stream,
            "JPEG",
            quality=coding.quality,
            subsampling=_SUBSAMPLING.get(coding.name, 0),
            optimize=False,
            progressive=False,
            exif=b"",
            xmp=b"",
            icc_profile=None,
            comment=b"",
            dpi=(0, 0),
        )
        stream.seek(0)
        return stream.read()


def _unnamed_file() -> BinaryIO:
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("indelible", os.MFD_CLOEXEC), "w+b")
    return tempfile.TemporaryFile()  # noqa: SIM115 (the caller closes it)


FORMATS.add(
    "jpeg",
    ImageFormat(name="jpeg", extension=".jpg", media_type="image/jpeg", coding_for=coding_for, write=write),
)
