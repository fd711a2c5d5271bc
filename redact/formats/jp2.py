"""JPEG 2000 from bare pixels.

Emits the signature, ftyp, jp2h (ihdr, colr enumerated) and jp2c: 8 bit, reversible, so that a fill is constant to the last bit.
The comment that the encoder writes is cut out of the codestream.
"""

from __future__ import annotations

import io
import struct

from PIL import Image

from indelible.errors import IndelibleError
from indelible.jpeg import JpegCoding
from indelible.media import Picture
from indelible.redact.formats import FORMATS, ImageFormat

_COMMENT, _TILE = 0x64, 0x90


def coding_for(source: Picture) -> JpegCoding | None:
    """JPEG 2000 is written reversible: nothing is coded in blocks."""
    del source
    return None


def write(image: Image.Image, coding: JpegCoding | None) -> bytes:
    """The file's bytes."""
    del coding
    levels = max(1, min(6, min(image.size).bit_length()))
    stream = io.BytesIO()
    image.save(stream, "JPEG2000", irreversible=False, num_resolutions=levels, no_jp2=False)
    return without_comments(stream.getvalue())


def without_comments(data: bytes) -> bytes:
    """A .jp2 file without the comments of its codestream's main header; the length of jp2c is set anew."""
    at = 0
    while data[at + 4 : at + 8] != b"jp2c":
        size = int.from_bytes(data[at : at + 4])
        if size < 8 or at + size >= len(data):
            raise IndelibleError(
                "writer_defect", "The encoder wrote no codestream.", "Install the locked packages again."
            )
        at += size
    kept, place = [b"\xff\x4f"], at + 10
    while data[place + 1] != _TILE:
        end = place + 2 + int.from_bytes(data[place + 2 : place + 4])
        if data[place] != 0xFF or end <= place + 2 or end + 2 > len(data):
            raise IndelibleError("writer_defect", "The encoder wrote no tiles.", "Install the locked packages again.")
        if data[place + 1] != _COMMENT:
            kept.append(data[place:end])
        place = end
    stream = b"".join(kept) + data[place:]
    return data[:at] + struct.pack(">I4s", 8 + len(stream), b"jp2c") + stream


FORMATS.add(
    "jp2",
    ImageFormat(name="jp2", extension=".jp2", media_type="image/jp2", coding_for=coding_for, write=write),
)
