"""EXIF blocks and XMP packets, built by hand: Pillow does not write a thumbnail, and a builder that we own can also lie."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Rational = tuple[int, int]
Value = str | int | bytes | Sequence[Rational]

_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825
_THUMBNAIL_OFFSET, _THUMBNAIL_LENGTH = 0x0201, 0x0202
_GPS_VERSION = 0x0000
_LONG = (_EXIF_IFD, _GPS_IFD, _THUMBNAIL_OFFSET, _THUMBNAIL_LENGTH)


#: The entries on resolution that every camera writes.
RESOLUTION: Mapping[int, Value] = {0x011A: ((72, 1),), 0x011B: ((72, 1),), 0x0128: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Exif:
    """What goes into one block: tag -> value per directory (Exif 2.32).

    ``str`` becomes ASCII, ``int`` SHORT (LONG for offsets and lengths), ``bytes`` UNDEFINED, a sequence of pairs RATIONAL.
    """

    image: Mapping[int, Value] = field(default_factory=dict)
    camera: Mapping[int, Value] = field(default_factory=dict)
    position: Mapping[int, Value] = field(default_factory=dict)
    thumbnail: bytes | None = None

    def to_bytes(self) -> bytes:
        """The TIFF block, little-endian, without the ``Exif\\0\\0`` prefix."""
        block = _Block()
        first: dict[int, Value] = dict(self.image)
        if self.camera:
            first[_EXIF_IFD] = 0
        if self.position:
            first[_GPS_IFD] = 0
        start = block.directory(first)
        if self.camera:
            block.point(start, _EXIF_IFD, block.directory(self.camera))
        if self.position:
            block.point(start, _GPS_IFD, block.directory(self.position))
        if self.thumbnail is not None:
            second = block.directory(
                {0x0103: 6, **RESOLUTION, _THUMBNAIL_OFFSET: 0, _THUMBNAIL_LENGTH: len(self.thumbnail)}, link_from=start
            )
            block.point(second, _THUMBNAIL_OFFSET, block.append(self.thumbnail))
        return bytes(block.data)


class _Block:
    """Bytes that grow; offsets count from the TIFF header."""

    def __init__(self) -> None:
        self.data = bytearray(b"II*\0\x08\0\0\0")

    def append(self, data: bytes) -> int:
        if len(self.data) % 2:
            self.data += b"\0"
        offset = len(self.data)
        self.data += data
        return offset

    def directory(self, entries: Mapping[int, Value], link_from: int | None = None) -> int:
        """Write one directory at the end; ``link_from`` is the directory whose "next" field shall point here."""
        start = self.append(struct.pack("<H", len(entries)) + b"\0" * (12 * len(entries) + 4))
        for index, tag in enumerate(sorted(entries)):
            kind, count, data = _encoded(tag, entries[tag])
            value = data.ljust(4, b"\0") if len(data) <= 4 else struct.pack("<I", self.append(data))
            struct.pack_into("<HHI4s", self.data, start + 2 + 12 * index, tag, kind, count, value)
        if link_from is not None:
            (length,) = struct.unpack_from("<H", self.data, link_from)
            struct.pack_into("<I", self.data, link_from + 2 + 12 * length, start)
        return start

    def point(self, directory: int, tag: int, offset: int) -> None:
        """Set the value of ``tag`` in a written directory to an offset."""
        (length,) = struct.unpack_from("<H", self.data, directory)
        for index in range(length):
            place = directory + 2 + 12 * index
            if struct.unpack_from("<H", self.data, place)[0] == tag:
                struct.pack_into("<I", self.data, place + 8, offset)


def _encoded(tag: int, value: Value) -> tuple[int, int, bytes]:
    """Type, count and little-endian bytes of a value (TIFF 6.0, section 2)."""
    if isinstance(value, str):
        data = value.encode("utf-8") + b"\0"
        return 2, len(data), data
    if isinstance(value, bytes):
        return (1 if tag == _GPS_VERSION else 7), len(value), value
    if isinstance(value, int):
        return (4, 1, struct.pack("<I", value)) if tag in _LONG else (3, 1, struct.pack("<H", value))
    return 5, len(value), b"".join(struct.pack("<II", *pair) for pair in value)


def gps(latitude: float, longitude: float) -> dict[int, Value]:
    """The entries of a GPS directory for a position in degrees; north and east are positive."""
    return {
        0x0000: b"\x02\x03\0\0",
        0x0001: "N" if latitude >= 0 else "S",
        0x0002: _degrees(latitude),
        0x0003: "E" if longitude >= 0 else "W",
        0x0004: _degrees(longitude),
    }


def _degrees(value: float) -> tuple[Rational, Rational, Rational]:
    hundredths = round(abs(value) * 360_000)
    return (hundredths // 360_000, 1), (hundredths // 6_000 % 60, 1), (hundredths % 6_000, 100)


def xmp(properties: Mapping[str, str]) -> bytes:
    """An XMP packet whose one description holds the given ``prefix:name`` attributes, in sorted order."""
    names = {
        "dc": "http://purl.org/dc/elements/1.1/",
        "exif": "http://ns.adobe.com/exif/1.0/",
        "photoshop": "http://ns.adobe.com/photoshop/1.0/",
        "xmp": "http://ns.adobe.com/xap/1.0/",
        "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    }
    used = sorted({name.split(":")[0] for name in properties})
    spaces = "".join(f' xmlns:{prefix}="{names[prefix]}"' for prefix in used)
    return xmp_packet(spaces + "".join(f' {name}="{_escaped(properties[name])}"' for name in sorted(properties)), "")


def xmp_packet(attributes: str, inner: str) -> bytes:
    """An XMP packet around one description; ``attributes`` and ``inner`` are XML, the former with a leading space."""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about=""{attributes}>{inner}</rdf:Description>'
        '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
