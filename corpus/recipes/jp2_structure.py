"""JPEG 2000: boxes and markers that no reader shows. Number 25 of the planted payloads, and its relatives."""

from __future__ import annotations

import struct
from dataclasses import replace

import numpy as np

from indelible.corpus.carriers import scene
from indelible.corpus.exif import RESOLUTION, Exif, gps, xmp
from indelible.corpus.jp2file import box, in_header, insert, join, part, split, stream_of, with_stream
from indelible.corpus.payload import Plant, small_jpeg
from indelible.corpus.planting import planted
from indelible.redact.formats import FORMATS

_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_IPTC = bytes.fromhex("33c7a4d2b81d4723a0baf1a3e097ad38")
_GEO = bytes.fromhex("b14bf8bd083d4b43a5ae8cd7d5a6ce03")
_C2PA = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")


@planted("jp2.box.unknown", ("L302", "jp2.box.unknown"))
def before(data: bytes, plant: Plant) -> bytes:
    """A box of unknown type before the codestream."""
    return insert(data, (b"plnt", plant.data))


@planted("jp2.box.behind", ("L302", "jp2.box.unknown"))
def behind(data: bytes, plant: Plant) -> bytes:
    """A box of unknown type behind the codestream."""
    return data + box(b"plnt", plant.data)


@planted("jp2.box.inside", ("L302", "jp2.box.unknown"))
def inside(data: bytes, plant: Plant) -> bytes:
    """A box of unknown type within the header box."""
    return in_header(data, (b"plnt", plant.data))


@planted("jp2.box.long", ("L302", "jp2.box.unknown"))
def long(data: bytes, plant: Plant) -> bytes:
    """A box of unknown type with a 64-bit size."""
    return data + struct.pack(">I4sQ", 1, b"plnt", 16 + len(plant.data)) + plant.data


@planted("jp2.free", ("L308", "jp2.free"))
def free(data: bytes, plant: Plant) -> bytes:
    """Free space that is not free."""
    return data + box(b"free", plant.data)


@planted("jp2.trailer", ("L301", "jp2.trailer"))
def trailer(data: bytes, plant: Plant) -> bytes:
    """Bytes behind the last box."""
    return data + plant.data


@planted("jp2.trailer.inside", ("L301", "jp2.trailer"))
def trailer_inside(data: bytes, plant: Plant) -> bytes:
    """Bytes behind the end of the codestream, inside its box."""
    return with_stream(data, replace(stream_of(data), tail=plant.data))


@planted("jp2.trailer.open", ("L301", "jp2.trailer"))
def trailer_open(data: bytes, plant: Plant) -> bytes:
    """A codestream box without a size, and bytes behind it."""
    boxes = split(data)
    return join(boxes[:-1]) + bytes(4) + b"jp2c" + boxes[-1][1] + plant.data


@planted("jp2.com", ("L115", "jp2.com"))
def comment(data: bytes, plant: Plant) -> bytes:
    """A comment in the codestream."""
    return with_stream(data, stream_of(data).add(0xFF64, b"\0\1" + plant.data))


@planted("jp2.com.tile", ("L115", "jp2.com"))
def tile_comment(data: bytes, plant: Plant) -> bytes:
    """A comment in a tile's header."""
    return with_stream(data, replace(stream_of(data), own=((0xFF64, b"\0\0" + plant.data),)))


@planted("jp2.bare.com", ("L115", "jp2.com"))
def bare_comment(data: bytes, plant: Plant) -> bytes:
    """A comment in a codestream without a file around it."""
    return stream_of(data).add(0xFF64, b"\0\1" + plant.data).to_bytes()


@planted("jp2.bare.trailer", ("L301", "jp2.trailer"))
def bare_trailer(data: bytes, plant: Plant) -> bytes:
    """Bytes behind a codestream without a file around it."""
    return replace(stream_of(data), tail=plant.data).to_bytes()


@planted("jp2.tile.slack", ("L304", "jp2.tile.slack"))
def tile_slack(data: bytes, plant: Plant) -> bytes:
    """Bytes behind the last packet of a tile."""
    stream = stream_of(data)
    return with_stream(data, replace(stream, tile=stream.tile + plant.data))


@planted("jp2.tile.part", ("L304", "jp2.tile.slack"))
def further_part(data: bytes, plant: Plant) -> bytes:
    """A second part of a tile that needs but one."""
    stream = stream_of(data)
    return with_stream(data, replace(stream, parts=(part(0, 1, 2, (), plant.data),)))


@planted("jp2.tiles", ("L211", "jp2.tiles"))
def tiles(data: bytes, plant: Plant) -> bytes:
    """A tile that says it has a part more than there is."""
    del plant
    whole = bytearray(data)
    whole[data.find(b"\xff\x90\0\x0a") + 11] = 2
    return bytes(whole)


@planted("jp2.layers", ("L211", "jp2.layers"))
def layers(data: bytes, plant: Plant) -> bytes:
    """An order of packets of its own, which may leave some out."""
    stream = stream_of(data)
    coding = dict(stream.head)[0xFF52]
    count = len(dict(stream.head)[0xFF51][36:]) // 3
    entry = struct.pack(">BBHBBB", 0, 0, 1, coding[5] + 1, count, coding[1])
    del plant
    return with_stream(data, stream.add(0xFF5F, entry))


@planted("jp2.marker.unlisted", ("L305", "jp2.marker.unlisted"))
def registration(data: bytes, plant: Plant) -> bytes:
    """Offsets of the components that are a message."""
    stream = stream_of(data)
    count = (len(dict(stream.head)[0xFF51]) - 36) // 3
    return with_stream(data, stream.add(0xFF63, plant.digest[: 4 * count]))


@planted("jp2.marker.unknown", ("L302", "jp2.marker.unknown"))
def marker(data: bytes, plant: Plant) -> bytes:
    """A segment of a reserved marker."""
    return with_stream(data, stream_of(data).add(0xFF70, plant.data))


@planted("jp2.codestream.second", ("L211", "jp2.codestream.second"))
def second(data: bytes, plant: Plant) -> bytes:
    """A second picture behind the first."""
    other = scene(np.random.default_rng(list(plant.digest[:8]))).picture
    return data + box(b"jp2c", dict(split(FORMATS.get("jp2").write(other, None)))[b"jp2c"])


@planted("jp2.uuid", ("L302", "jp2.uuid"))
def unique(data: bytes, plant: Plant) -> bytes:
    """A box with a type of its own."""
    return data + box(b"uuid", plant.digest[:16] + plant.data)


@planted("jp2.uuid.exif", ("L101", "jp2.uuid"), ("L102", "exif.gps"))
def exif(data: bytes, plant: Plant) -> bytes:
    """Camera data with a position."""
    block = Exif(image={0x010E: plant.text, **RESOLUTION}, position=gps(-33.9, 18.4)).to_bytes()
    return insert(data, (b"uuid", b"JpgTiffExif->JP2" + block))


@planted("jp2.uuid.thumbnail", ("L101", "jp2.uuid"), ("L201", "exif.ifd1.thumbnail"))
def thumbnail(data: bytes, plant: Plant) -> bytes:
    """The thumbnail of another picture."""
    del plant
    block = Exif(image=RESOLUTION, thumbnail=small_jpeg((64, 48))).to_bytes()
    return insert(data, (b"uuid", b"JpgTiffExif->JP2" + block))


@planted("jp2.uuid.xmp", ("L106", "jp2.uuid"), ("L104", "xmp.text"))
def packet(data: bytes, plant: Plant) -> bytes:
    """An XMP packet."""
    return data + box(b"uuid", _XMP + xmp({"dc:description": plant.text}))


@planted("jp2.uuid.iptc", ("L110", "jp2.uuid"))
def iptc(data: bytes, plant: Plant) -> bytes:
    """A press agency's record."""
    return data + box(b"uuid", _IPTC + b"\x1c\x02\x78" + struct.pack(">H", len(plant.marker)) + plant.marker)


@planted("jp2.uuid.geo", ("L102", "jp2.uuid"))
def position(data: bytes, plant: Plant) -> bytes:
    """A map's position."""
    block = Exif(image={0x8831: plant.text}).to_bytes()
    return data + box(b"uuid", _GEO + block)


@planted("jp2.c2pa", ("L114", "jp2.c2pa"), ("L212", "jp2.c2pa.thumbnail"))
def store(data: bytes, plant: Plant) -> bytes:
    """A provenance store with a thumbnail of the original."""
    del plant
    return data + box(b"uuid", _C2PA + b"manifest\0" + bytes(12) + small_jpeg((64, 48)))


@planted("jp2.xml", ("L106", "jp2.xml"))
def document(data: bytes, plant: Plant) -> bytes:
    """An XML document."""
    return insert(data, (b"xml ", b"<note>" + plant.marker + b"</note>"))


@planted("jp2.asoc", ("L104", "jp2.asoc"), ("L106", "jp2.xml"))
def association(data: bytes, plant: Plant) -> bytes:
    """A label with a document under it."""
    label = box(b"lbl ", plant.marker)
    return data + box(b"asoc", label + box(b"xml ", b"<note/>"))


@planted("jp2.jp2i", ("L302", "jp2.jp2i"))
def rights(data: bytes, plant: Plant) -> bytes:
    """A statement of rights."""
    return insert(data, (b"jp2i", plant.data))


@planted("jp2.uinf", ("L302", "jp2.uinf"))
def address(data: bytes, plant: Plant) -> bytes:
    """Where to read about a private box."""
    link = box(b"url ", bytes(4) + b"about:" + plant.marker + b"\0")
    return data + box(b"uinf", box(b"ulst", b"\0\1" + plant.digest[:16]) + link)


@planted("jp2.res", ("L113", "jp2.res"))
def resolution(data: bytes, plant: Plant) -> bytes:
    """The scanner's resolution."""
    value = 5000 + plant.marker[20]
    return in_header(data, (b"res ", box(b"resc", struct.pack(">HHHHBB", value, 1, value, 1, 0, 0))))


@planted("jp2.colr.icc", ("L111", "jp2.colr.icc"))
def profile(data: bytes, plant: Plant) -> bytes:
    """A second colour specification, by a profile."""
    content = struct.pack(">I", 128 + len(plant.data)) + bytes(124) + plant.data
    return in_header(data, (b"colr", b"\2\0\0" + content))


@planted("jp2.ftyp", ("L305", "jp2.ftyp"))
def brands(data: bytes, plant: Plant) -> bytes:
    """Brands that nobody has heard of."""
    boxes = [(kind, content + plant.digest if kind == b"ftyp" else content) for kind, content in split(data)]
    return join(boxes)


@planted("jp2.box.unlisted", ("L305", "jp2.box.unlisted"))
def extension(data: bytes, plant: Plant) -> bytes:
    """A box of the extended format with a message."""
    return data + box(b"nlst", plant.digest)
