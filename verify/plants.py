"""Puts a known leak into a clean file, for the controls of the byte-level checks: segments, chunks and EXIF blocks."""

from __future__ import annotations

import hashlib
import struct
import zlib

from indelible.verify.samples import encoded, texture

EXIF_GPS, EXIF_TEXT = 0x8825, 0x010E


def payload(seed: int) -> bytes:
    """84 bytes that turn up nowhere else (LEAKS.md section 8)."""
    return b"INDELIBLE-PLANT-" + hashlib.sha256(str(seed).encode()).hexdigest().encode() + b"-END"


def clean_jpeg(seed: int = 0, size: tuple[int, int] = (128, 96)) -> bytes:
    """A JPEG that holds nothing but its picture."""
    return encoded(texture(*size, seed), "jpeg", quality=90)


def clean_png(seed: int = 0, size: tuple[int, int] = (64, 48)) -> bytes:
    """A PNG that holds nothing but its picture."""
    return encoded(texture(*size, seed), "png")


def with_segment(jpeg: bytes, marker: int, content: bytes) -> bytes:
    """A JPEG with one more segment behind its JFIF header."""
    at = 4 + int.from_bytes(jpeg[4:6])
    return jpeg[:at] + struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content + jpeg[at:]


def with_chunk(png: bytes, kind: bytes, content: bytes) -> bytes:
    """A PNG with one more chunk behind its header, its checksum right."""
    return png[:33] + chunk(kind, content) + png[33:]


def chunk(kind: bytes, content: bytes) -> bytes:
    """One PNG chunk."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def exif_block(*, thumbnail: bytes = b"", text: bytes = b"", gps: bool = False) -> bytes:
    """A little-endian TIFF block: IFD0 with a description and a position where asked for, IFD1 with a thumbnail."""
    entries: list[tuple[int, int, int, bytes]] = []
    if text:
        entries.append((EXIF_TEXT, 2, len(text) + 1, text + b"\0"))
    position = b""
    if gps:
        entries.append((EXIF_GPS, 4, 1, b"GPS!"))
        position = struct.pack("<HHHI4s", 1, 0x0001, 2, 2, b"N\0\0\0") + bytes(4)
    start = 8 + 2 + 12 * len(entries) + 4
    values, table = b"", b""
    for tag, kind, count, value in entries:
        if value == b"GPS!":
            value = struct.pack(
                "<I", start + sum(len(item[3]) + len(item[3]) % 2 for item in entries if item[0] != tag)
            )
        if len(value) > 4:
            table += struct.pack("<HHII", tag, kind, count, start + len(values))
            values += value + bytes(len(value) % 2)
        else:
            table += struct.pack("<HHI4s", tag, kind, count, value.ljust(4, b"\0"))
    after = start + len(values) + len(position)
    second = b""
    if thumbnail:
        place = after + 2 + 24 + 4
        second = struct.pack("<HHHIIHHIII", 2, 0x0201, 4, 1, place, 0x0202, 4, 1, len(thumbnail), 0) + thumbnail
    head = struct.pack("<2sHIH", b"II", 42, 8, len(entries)) + table + struct.pack("<I", after if thumbnail else 0)
    return head + values + position + second


def with_exif(jpeg: bytes, block: bytes) -> bytes:
    """A JPEG with an EXIF block."""
    return with_segment(jpeg, 0xE1, b"Exif\0\0" + block)


def with_xmp(jpeg: bytes, properties: bytes) -> bytes:
    """A JPEG with an XMP packet whose description has these attributes."""
    packet = (
        b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        b'xmlns:exif="http://ns.adobe.com/exif/1.0/" ' + properties + b"/></rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
    )
    return with_segment(jpeg, 0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet)
