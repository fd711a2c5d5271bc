"""WebP files as a list of RIFF chunks (RFC 9649)."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from PIL import Image

ICC, ALPHA, EXIF, XMP, ANIMATION = 0x20, 0x10, 0x08, 0x04, 0x02


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk: four letters and content."""

    name: bytes
    data: bytes

    def to_bytes(self, pad: bytes = b"\0") -> bytes:
        """Name, length, content, a byte of padding where the length is odd."""
        return self.name + struct.pack("<I", len(self.data)) + self.data + pad * (len(self.data) % 2)


def split(data: bytes) -> tuple[Chunk, ...]:
    """The chunks of a well-formed file."""
    chunks, at = [], 12
    while at < len(data):
        (length,) = struct.unpack_from("<I", data, at + 4)
        chunks.append(Chunk(data[at : at + 4], data[at + 8 : at + 8 + length]))
        at += 8 + length + length % 2
    return tuple(chunks)


def join(chunks: Iterable[Chunk | bytes]) -> bytes:
    """A file; bare bytes are taken as chunks that are already written."""
    body = b"WEBP" + b"".join(item if isinstance(item, bytes) else item.to_bytes() for item in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def size_of(data: bytes) -> tuple[int, int]:
    """Width and height of a file with one bare ``VP8 `` or ``VP8L`` chunk."""
    if data[12:16] == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack_from("<HH", data, 26)
    return width & 0x3FFF, height & 0x3FFF


def three(number: int) -> bytes:
    """A number in three bytes."""
    return struct.pack("<I", number)[:3]


def extended(flags: int, size: tuple[int, int]) -> Chunk:
    """A VP8X chunk."""
    return Chunk(b"VP8X", struct.pack("<I", flags) + three(size[0] - 1) + three(size[1] - 1))


def with_chunk(data: bytes, name: bytes, content: bytes, flags: int = 0) -> bytes:
    """A bare file made an extended one, with one more chunk: a profile before the picture, all others behind it."""
    chunks = split(data)
    added = Chunk(name, content)
    body = (added, *chunks) if name == b"ICCP" else (*chunks, added)
    return join((extended(flags, size_of(data)), *body))


def frame(image: Chunk, size: tuple[int, int], duration_ms: int) -> Chunk:
    """An ANMF chunk that fills the canvas."""
    head = bytes(6) + three(size[0] - 1) + three(size[1] - 1) + three(duration_ms) + b"\x02"
    return Chunk(b"ANMF", head + image.to_bytes())


def coded(image: Image.Image, **options: Any) -> tuple[Chunk, ...]:
    """The chunks that the library writes for a picture."""
    stream = io.BytesIO()
    image.save(stream, "WEBP", **options)
    return split(stream.getvalue())
