"""BMP: bytes between, behind and inside the rows. Numbers 16 and 17 of the planted payloads, and their relatives."""

from __future__ import annotations

import struct
from dataclasses import replace

from indelible.corpus import icc
from indelible.corpus.bmpfile import deep, indexed, picture, run_lengths, split, uneven
from indelible.corpus.payload import Plant, small_jpeg
from indelible.corpus.planting import planted


@planted("bmp.trailer", ("L301", "bmp.trailer"))
def trailer(data: bytes, plant: Plant) -> bytes:
    """Bytes behind the rows."""
    return data + plant.data


@planted("bmp.trailer.counted", ("L301", "bmp.trailer"))
def counted(data: bytes, plant: Plant) -> bytes:
    """Bytes behind the rows that the file's size counts in."""
    return replace(split(data), tail=plant.data).to_bytes()


@planted("bmp.trailer.picture", ("L301", "bmp.trailer"), ("L206", "bmp.trailer.image"))
def picture_behind(data: bytes, plant: Plant) -> bytes:
    """A second picture behind the rows."""
    del plant
    return replace(split(data), tail=small_jpeg((48, 48))).to_bytes()


@planted("bmp.gap", ("L303", "bmp.gap"))
def gap(data: bytes, plant: Plant) -> bytes:
    """Bytes between palette and rows, offset and size corrected."""
    return replace(split(data), gap=plant.data).to_bytes()


@planted("bmp.padding", ("L308", "bmp.padding"))
def padding(data: bytes, plant: Plant) -> bytes:
    """Bytes in the padding of the rows."""
    source = uneven(data)
    stride = -(-3 * source.width // 4) * 4
    rows = bytearray(source.rows)
    room = stride - 3 * source.width
    for number in range(source.height):
        for place in range(room):
            rows[number * stride + 3 * source.width + place] = plant.marker[(number * room + place) % len(plant.marker)]
    return replace(source, rows=bytes(rows)).to_bytes()


@planted("bmp.reserved", ("L308", "bmp.reserved"))
def reserved(data: bytes, plant: Plant) -> bytes:
    """The four reserved bytes of the file header."""
    return replace(split(data), reserved=plant.digest[:4]).to_bytes()


@planted("bmp.palette.reserved", ("L308", "bmp.reserved"))
def fourth_byte(data: bytes, plant: Plant) -> bytes:
    """The fourth byte of palette entries."""
    source = indexed(picture(data), 32)
    palette = bytearray(source.palette)
    for index in range(len(palette) // 4):
        palette[4 * index + 3] = plant.marker[index]
    return replace(source, palette=bytes(palette)).to_bytes()


@planted("bmp.palette.unused", ("L404", "bmp.palette.unused"))
def old_palette(data: bytes, plant: Plant) -> bytes:
    """Palette entries that no pixel uses any more."""
    source = indexed(picture(data), 32)
    old = b"".join(plant.marker[at : at + 3] + b"\0" for at in range(0, 84, 3))
    return replace(source, palette=source.palette + old, colors=source.colors + 28).to_bytes()


@planted("bmp.palette.suggested", ("L305", "bmp.palette.suggested"))
def suggested(data: bytes, plant: Plant) -> bytes:
    """A palette in a picture that has none to use."""
    return replace(uneven(data), palette=plant.marker, colors=21).to_bytes()


@planted("bmp.x_bits", ("L405", "bmp.x_bits"))
def fourth_channel(data: bytes, plant: Plant) -> bytes:
    """The fourth byte of each pixel, which no viewer shows."""
    return deep(picture(data), plant.marker).to_bytes()


@planted("bmp.size", ("L306", "bmp.size"))
def stated_size(data: bytes, plant: Plant) -> bytes:
    """A size in the header that is not the file's."""
    return data[:2] + plant.digest[:4] + data[6:]


@planted("bmp.density", ("L113", "bmp.density"))
def density(data: bytes, plant: Plant) -> bytes:
    """The resolution of the scanner."""
    return replace(split(data), density=(11800 + plant.digest[0], 11811)).to_bytes()


def _version_5(space: bytes, place: int, length: int) -> bytes:
    """The 84 bytes by which the fifth header is longer than the 40-byte one."""
    return bytes(16) + space + bytes(48) + struct.pack("<IIII", 4, place, length, 0)


@planted("bmp.v5.icc", ("L111", "bmp.v5.icc"), ("L305", "bmp.header"))
def profile(data: bytes, plant: Plant) -> bytes:
    """A colour profile behind the rows."""
    del plant
    source = uneven(data)
    content = icc.profile()
    more = _version_5(b"DEBM", 124 + len(source.rows), len(content))
    return replace(source, more=more, tail=content).to_bytes()


@planted("bmp.v5.profile_linked", ("L104", "bmp.v5.profile_linked"), ("L305", "bmp.header"))
def linked(data: bytes, plant: Plant) -> bytes:
    """The path of a profile on the author's disk."""
    source = uneven(data)
    path = b"C:\\Users\\Anna Eriksson\\" + plant.marker[16:40] + b".icc\0"
    more = _version_5(b"KNIL", 124 + len(source.rows), len(path))
    return replace(source, more=more, tail=path).to_bytes()


@planted("bmp.header", ("L305", "bmp.header"))
def longer_header(data: bytes, plant: Plant) -> bytes:
    """A fourth header whose end points hold what they like."""
    return replace(uneven(data), more=bytes(16) + b"BGRs" + plant.marker[:36] + bytes(12)).to_bytes()


@planted("bmp.rle.slack", ("L304", "bmp.rle.slack"), ("L305", "bmp.compression"))
def slack(data: bytes, plant: Plant) -> bytes:
    """Bytes behind the end code of run-length coded rows."""
    source = run_lengths(indexed(picture(data), 32))
    return replace(source, rows=source.rows + plant.data).to_bytes()
