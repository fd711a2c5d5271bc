"""JPEG: bytes where no reader looks. Numbers 1 to 7 of the planted payloads, and their relatives."""

from __future__ import annotations

import io
import struct
import zipfile

from indelible.corpus.jpegfile import APP0, COM, DQT, SOS, Segment, insert, join, split
from indelible.corpus.payload import Plant, small_jpeg
from indelible.corpus.planting import planted


@planted("jpeg.trailer", ("L301", "jpeg.trailer"))
def trailer(data: bytes, plant: Plant) -> bytes:
    """Bytes behind the end of the image."""
    return data + plant.data


@planted("jpeg.trailer.zeros", ("L301", "jpeg.trailer"))
def zeros(data: bytes, plant: Plant) -> bytes:
    """Padding behind the end of the image, and something behind the padding."""
    return data + b"\0" * 512 + plant.data


@planted("jpeg.trailer.picture", ("L301", "jpeg.trailer"), ("L206", "jpeg.trailer.image"))
def second_picture(data: bytes, plant: Plant) -> bytes:
    """A second JPEG appended to the first."""
    del plant
    return data + small_jpeg((48, 48))


@planted("jpeg.trailer.video", ("L301", "jpeg.trailer"), ("L210", "jpeg.trailer.video"))
def motion(data: bytes, plant: Plant) -> bytes:
    """A motion photo: an MP4 file behind the picture."""
    brand = _box(b"ftyp", b"isom\0\0\x02\0isommp42")
    header = _box(b"moov", _box(b"mvhd", struct.pack(">5I", 0, 0, 0, 1000, 40) + b"\0\x01\0\0" + bytes(76)))
    return data + brand + header + _box(b"mdat", plant.data)


@planted("jpeg.trailer.archive", ("L301", "jpeg.trailer"))
def archive(data: bytes, plant: Plant) -> bytes:
    """A ZIP file behind the picture: both open."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as bundle:
        bundle.writestr(zipfile.ZipInfo("original.txt"), plant.data)
    return data + stream.getvalue()


@planted("jpeg.app9", ("L302", "jpeg.app9.unknown"))
def app9(data: bytes, plant: Plant) -> bytes:
    """An APP9 segment of nobody's."""
    return insert(data, Segment(0xE9, plant.data))


@planted("jpeg.app7", ("L302", "jpeg.app7.unknown"))
def app7(data: bytes, plant: Plant) -> bytes:
    """An APP7 segment of nobody's."""
    return insert(data, Segment(0xE7, plant.data))


@planted("jpeg.com", ("L112", "jpeg.com"))
def comment(data: bytes, plant: Plant) -> bytes:
    """A comment segment."""
    return insert(data, Segment(COM, plant.data))


@planted("jpeg.gap", ("L303", "jpeg.gap"))
def gap(data: bytes, plant: Plant) -> bytes:
    """Raw bytes between the tables and the scan header."""
    segments, scan, tail = split(data)
    before = join(segments[:-1], b"", b"")
    return before + plant.marker + segments[-1].to_bytes() + scan + tail


@planted("jpeg.table.unused", ("L305", "jpeg.table.unused"))
def table(data: bytes, plant: Plant) -> bytes:
    """A quantisation table, number 3, that no component uses: 64 bytes of room."""
    return insert(data, Segment(DQT, b"\x03" + plant.digest), after=DQT)


@planted("jpeg.table.overwritten", ("L305", "jpeg.table.unused"))
def overwritten(data: bytes, plant: Plant) -> bytes:
    """A quantisation table that the next one replaces before anybody used it."""
    return insert(data, Segment(DQT, b"\0" + plant.digest), after=APP0)


@planted("jpeg.table.huffman", ("L305", "jpeg.table.unused"))
def huffman(data: bytes, plant: Plant) -> bytes:
    """A Huffman table, number 3, that no scan uses: its values are free."""
    values = bytes(dict.fromkeys(plant.digest))
    counts = bytes((0,) * 7 + (len(values),) + (0,) * 8)
    return insert(data, Segment(0xC4, b"\x13" + counts + values), after=DQT)


@planted("jpeg.app0.long", ("L306", "jpeg.app0.length"))
def long_header(data: bytes, plant: Plant) -> bytes:
    """A JFIF header that goes on behind its fourteen bytes."""
    segments, scan, tail = split(data)
    return join((Segment(APP0, segments[0].payload + plant.data), *segments[1:]), scan, tail)


@planted("jpeg.scan.slack", ("L304", "jpeg.scan.slack"))
def slack(data: bytes, plant: Plant) -> bytes:
    """Bytes between the last coded block and the end of the image."""
    segments, scan, tail = split(data)
    return join(segments, scan + plant.data.replace(b"\xff", b"\xff\0"), tail)


@planted("jpeg.fill", ("L314", "jpeg.fill"))
def fill_bytes(data: bytes, plant: Plant) -> bytes:
    """Fill bytes before a marker: legal, and as many as somebody wants to count."""
    segments, scan, tail = split(data)
    room = b"\xff" * (1 + plant.marker[20] % 64)
    return join(segments[:-1], b"", b"") + room + segments[-1].to_bytes() + scan + tail


@planted("jpeg.reserved", ("L305", "jpeg.marker.reserved"))
def reserved(data: bytes, plant: Plant) -> bytes:
    """Restart markers among the headers, where decoders step over them: three bits in each."""
    segments, scan, tail = split(data)
    marks = b"".join(bytes((0xFF, 0xD0 + (value & 7), 0xFF, 0xD0 + (value >> 3 & 7))) for value in plant.marker)
    return join(segments[:-1], b"", b"") + marks + segments[-1].to_bytes() + scan + tail


@planted("jpeg.density", ("L113", "jpeg.app0.density"))
def density(data: bytes, plant: Plant) -> bytes:
    """The resolution of the scanner in the JFIF header."""
    segments, scan, tail = split(data)
    size = struct.pack(">BHH", 1, 300, 200 + plant.marker[20])
    header = segments[0].payload[:7] + size + segments[0].payload[12:]
    return join((Segment(APP0, header), *segments[1:]), scan, tail)


@planted("jpeg.scan.restarts", ("L305", "jpeg.marker.reserved"))
def restarts(data: bytes, plant: Plant) -> bytes:
    """Restart markers behind the last block: three bits in each."""
    segments, scan, tail = split(data)
    marks = b"".join(bytes((0xFF, 0xD0 + (value & 7), 0xFF, 0xD0 + (value >> 3 & 7))) for value in plant.marker)
    return join(segments, scan + marks, tail)


@planted("jpeg.app0.thumbnail", ("L203", "jpeg.app0.thumbnail"))
def jfif_thumbnail(data: bytes, plant: Plant) -> bytes:
    """An uncompressed thumbnail in the JFIF header."""
    segments, scan, tail = split(data)
    side = 12
    header = segments[0].payload[:12] + bytes((side, side)) + (plant.marker * 6)[: side * side * 3]
    return join((Segment(APP0, header), *segments[1:]), scan, tail)


@planted("jpeg.app0.jfxx", ("L203", "jpeg.app0.jfxx"))
def jfxx_thumbnail(data: bytes, plant: Plant) -> bytes:
    """A JPEG thumbnail in a JFIF extension."""
    del plant
    return insert(data, Segment(APP0, b"JFXX\0\x10" + small_jpeg()))


@planted("jpeg.app0.second", ("L116", "jpeg.app0.other"))
def other_app0(data: bytes, plant: Plant) -> bytes:
    """An APP0 segment that is no JFIF header."""
    return insert(data, Segment(APP0, b"Ocad$Rev: 14797 $\0" + plant.data))


@planted("jpeg.sos.second", ("L301", "jpeg.trailer"))
def restored_tail(data: bytes, plant: Plant) -> bytes:
    """The end of an older, longer file left behind: a scan header and coded data."""
    del plant
    segments, scan, _ = split(small_jpeg((64, 64)))
    header = next(item for item in segments if item.marker == SOS)
    return data + header.to_bytes() + scan + b"\xff\xd9"


def _box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + name + content
