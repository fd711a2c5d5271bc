"""BMP files as headers, palette and rows (BITMAPFILEHEADER, BITMAPINFOHEADER)."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image


@dataclass(frozen=True, slots=True, kw_only=True)
class Bmp:
    """The parts of a file; ``more`` follows the 40 bytes of the information header and counts as header."""

    width: int
    height: int
    depth: int
    rows: bytes
    palette: bytes = b""
    colors: int = 0
    coding: int = 0
    density: tuple[int, int] = (3780, 3780)
    more: bytes = b""
    gap: bytes = b""
    tail: bytes = b""
    reserved: bytes = bytes(4)

    def to_bytes(self) -> bytes:
        """The file; offsets and sizes are right."""
        header = 40 + len(self.more)
        offset = 14 + header + len(self.palette) + len(self.gap)
        size = offset + len(self.rows) + len(self.tail)
        info = struct.pack(
            "<IiiHHIIiiII",
            header, self.width, self.height, 1, self.depth, self.coding, len(self.rows), *self.density, self.colors, 0,
        )  # fmt: skip
        head = b"BM" + struct.pack("<I", size) + self.reserved + struct.pack("<I", offset)
        return head + info + self.more + self.palette + self.gap + self.rows + self.tail


def split(data: bytes) -> Bmp:
    """The parts of a well-formed file with the 40-byte header."""
    (offset,) = struct.unpack_from("<I", data, 10)
    width, height, _, depth, coding, _, across, down, colors, _ = struct.unpack_from("<iiHHIIiiII", data, 18)
    return Bmp(
        width=width, height=height, depth=depth, rows=data[offset:], palette=data[54:offset],
        colors=colors, coding=coding, density=(across, down),
    )  # fmt: skip


def picture(data: bytes) -> Image.Image:
    """The picture in the file, RGB."""
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGB")


def indexed(image: Image.Image, colors: int) -> Bmp:
    """A picture in a palette of so many colours, 8 bit, no row padding unless the width asks for it."""
    small = image.quantize(colors, dither=Image.Dither.NONE)
    indices = np.asarray(small)[::-1]
    padded = np.pad(indices, ((0, 0), (0, -image.width % 4)))
    used = np.unique(indices)
    table = np.zeros(256, np.uint8)
    table[used] = np.arange(len(used))
    found = bytes(small.getpalette() or ())
    palette = b"".join(found[3 * index : 3 * index + 3][::-1] + b"\0" for index in used.tolist())
    return Bmp(
        width=image.width, height=image.height, depth=8, rows=table[padded].tobytes(), palette=palette,
        colors=len(used),
    )  # fmt: skip


def deep(image: Image.Image, spare: bytes) -> Bmp:
    """32 bits per pixel; ``spare`` gives the fourth byte of each, repeated."""
    pixels = np.asarray(image.convert("RGB"))[::-1, :, ::-1]
    fourth = np.resize(np.frombuffer(spare, np.uint8), pixels.shape[:2])
    rows = np.dstack([pixels, fourth]).astype(np.uint8).tobytes()
    return Bmp(width=image.width, height=image.height, depth=32, rows=rows)


def uneven(data: bytes) -> Bmp:
    """The same picture in 24 bits, two columns narrower, so that its rows have padding."""
    image = picture(data)
    image = image.crop((0, 0, image.width - 2, image.height))
    stream = io.BytesIO()
    image.save(stream, "BMP")
    return replace(split(stream.getvalue()), density=(3780, 3780))


def run_lengths(source: Bmp) -> Bmp:
    """8-bit rows in absolute runs with an end code (BI_RLE8)."""
    stride = -(-source.width // 4) * 4
    out = bytearray()
    for row in range(source.height):
        line = source.rows[row * stride : row * stride + source.width]
        for at in range(0, len(line), 254):
            part = line[at : at + 254]
            out += (
                bytes((0, len(part))) + part + b"\0" * (len(part) % 2)
                if len(part) > 2
                else bytes(value for byte in part for value in (1, byte))
            )
        out += b"\0\0"
    return replace(source, rows=bytes(out[:-2]) + b"\0\1", coding=1)
