"""TIFF from bare pixels.

Emits, in order: the little-endian header, the strips, one directory with its values. Tags 256 257 258 259 262 273 277 278 279
282 283 284 296 and no other; resolution 72/1 per inch; 8 bit, grey or RGB; LZW where it makes the picture smaller, else
uncompressed. `write_frames` chains one directory per page.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence

from PIL import Image, TiffImagePlugin

from indelible.errors import IndelibleError
from indelible.jpeg import JpegCoding
from indelible.media import Picture
from indelible.redact.formats import FORMATS, ImageFormat

_SHORT, _LONG, _RATIONAL = 3, 4, 5
_BARE, _LZW = 1, 5
#: Uncompressed bytes of a strip (TIFF 6.0 advises small ones; this is what libtiff makes too).
_STRIP = 65_536
_LARGEST = (1 << 32) - (1 << 20)  # offsets have 32 bits


def coding_for(source: Picture) -> JpegCoding | None:
    """TIFF is lossless here: nothing is coded in blocks."""
    del source
    return None


def write(image: Image.Image, coding: JpegCoding | None) -> bytes:
    """The file's bytes."""
    del coding
    return write_frames((image,), (), 0)


def write_frames(frames: Sequence[Image.Image], durations_ms: Sequence[int], plays: int) -> bytes:
    """The file's bytes with one page per frame, mode ``RGB`` or ``L`` each; pages have no durations and do not run."""
    del durations_ms, plays
    if not frames:
        raise ValueError("a TIFF needs a page")
    data = bytearray(b"II*\0\0\0\0\0")
    link = 4  # where the offset of the next directory goes
    for image in frames:
        link = _add_page(data, image, link)
    return bytes(data)


def _add_page(data: bytearray, image: Image.Image, link: int) -> int:
    """Append strips and directory of one page; where the offset of the next page's directory goes."""
    samples = len(image.getbands())
    rows = max(1, min(image.height, _STRIP // (image.width * samples)))
    strips, compression = _strips(image, rows)
    starts, lengths = [], []
    for strip in strips:
        starts.append(len(data))
        lengths.append(len(strip))
        data += strip
    data += b"\0" * (len(data) % 2)
    fields = (
        (256, _LONG, (image.width,)),
        (257, _LONG, (image.height,)),
        (258, _SHORT, (8,) * samples),
        (259, _SHORT, (compression,)),
        (262, _SHORT, (2 if samples == 3 else 1,)),  # RGB, or black is zero
        (273, _LONG, tuple(starts)),
        (277, _SHORT, (samples,)),
        (278, _LONG, (rows,)),
        (279, _LONG, tuple(lengths)),
        (282, _RATIONAL, (72, 1)),
        (283, _RATIONAL, (72, 1)),
        (284, _SHORT, (1,)),
        (296, _SHORT, (2,)),
    )
    return _add_directory(data, fields, link)


def _add_directory(data: bytearray, fields: Sequence[tuple[int, int, tuple[int, ...]]], link: int) -> int:
    start = len(data)
    table = struct.pack("<H", len(fields))
    place, values = start + 2 + 12 * len(fields) + 4, b""
    for tag, kind, numbers in fields:
        value = struct.pack(f"<{len(numbers)}{'H' if kind == _SHORT else 'I'}", *numbers)
        count = len(numbers) // 2 if kind == _RATIONAL else len(numbers)
        table += struct.pack("<HHI", tag, kind, count)
        if len(value) <= 4:
            table += value.ljust(4, b"\0")
        else:
            table += struct.pack("<I", place + len(values))
            values += value + b"\0" * (len(value) % 2)
    data += table + bytes(4) + values
    if len(data) > _LARGEST:
        raise IndelibleError(
            "writer_defect", "The picture is too large for this format.", "Choose another output format."
        )
    struct.pack_into("<I", data, link, start)
    return start + len(table)


def _strips(image: Image.Image, rows: int) -> tuple[list[bytes], int]:
    """The picture in strips of ``rows`` rows, and their coding: the smaller one."""
    pixels = image.tobytes()
    stride = image.width * len(image.getbands()) * rows
    packed = _packed(image, rows)
    if sum(map(len, packed)) < len(pixels):
        return packed, _LZW
    return [pixels[at : at + stride] for at in range(0, len(pixels), stride)], _BARE


def _packed(image: Image.Image, rows: int) -> list[bytes]:
    """The LZW streams that libtiff makes of strips of ``rows`` rows; nothing else of its file is used."""
    stream = io.BytesIO()
    image.save(
        stream,
        "TIFF",
        compression="tiff_lzw",
        strip_size=rows * image.width * len(image.getbands()),
        exif=b"",
        icc_profile=None,
    )
    coded = stream.getvalue()
    with Image.open(io.BytesIO(coded), formats=["TIFF"]) as made:
        if not isinstance(made, TiffImagePlugin.TiffImageFile):
            raise IndelibleError("writer_defect", "The encoder wrote no TIFF.", "Install the locked packages again.")
        tags = made.tag_v2
        if tags[278] != rows or tags[259] != _LZW or tags.get(317, 1) != 1:
            raise IndelibleError("writer_defect", "The encoder cut other strips.", "Install the locked packages again.")
        return [coded[start : start + length] for start, length in zip(tags[273], tags[279], strict=True)]


FORMATS.add(
    "tiff",
    ImageFormat(
        name="tiff",
        extension=".tif",
        media_type="image/tiff",
        coding_for=coding_for,
        write=write,
        write_frames=write_frames,
    ),
)
