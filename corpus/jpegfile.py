"""JPEG files as a list of segments: put one in, take one out, reach the scan (ITU-T T.81, Annex B)."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass

SOI, EOI, SOS = 0xD8, 0xD9, 0xDA
APP0, COM, DQT = 0xE0, 0xFE, 0xDB


@dataclass(frozen=True, slots=True)
class Segment:
    """One marker segment before the scan: marker byte (without FF) and payload (without the length field)."""

    marker: int
    payload: bytes

    def to_bytes(self) -> bytes:
        """Marker, length, payload."""
        return struct.pack(">BBH", 0xFF, self.marker, len(self.payload) + 2) + self.payload


def split(data: bytes) -> tuple[tuple[Segment, ...], bytes, bytes]:
    """A single-scan JPEG of our own: segments up to and with SOS, entropy-coded data, and EOI with what follows it."""
    segments, position = [], 2
    while True:
        marker, length = data[position + 1], struct.unpack_from(">H", data, position + 2)[0]
        segments.append(Segment(marker, data[position + 4 : position + 2 + length]))
        position += 2 + length
        if marker == SOS:
            break
    end = position
    while not (data[end] == 0xFF and data[end + 1] not in (0x00, *range(0xD0, 0xD8))):
        end = data.index(b"\xff", end + 1)
    return tuple(segments), data[position:end], data[end:]


def join(segments: Iterable[Segment], scan: bytes, tail: bytes = b"\xff\xd9") -> bytes:
    """The file again."""
    return b"\xff\xd8" + b"".join(item.to_bytes() for item in segments) + scan + tail


def insert(data: bytes, *added: Segment, after: int = APP0) -> bytes:
    """``data`` with segments put in behind the first one of marker ``after`` (at the start where there is none)."""
    segments, scan, tail = split(data)
    place = next((index + 1 for index, item in enumerate(segments) if item.marker == after), 0)
    return join((*segments[:place], *added, *segments[place:]), scan, tail)


def app1_exif(block: bytes) -> Segment:
    """The APP1 segment of an EXIF block."""
    return Segment(0xE1, b"Exif\0\0" + block)


def app1_xmp(packet: bytes) -> Segment:
    """The APP1 segment of an XMP packet."""
    return Segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet)
