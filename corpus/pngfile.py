"""PNG files as a list of chunks (PNG, third edition, sections 5 and 11)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk: four-letter type and data."""

    name: bytes
    data: bytes

    def to_bytes(self) -> bytes:
        """Length, type, data, CRC."""
        return struct.pack(">I", len(self.data)) + self.name + self.data + self.checksum()

    def checksum(self) -> bytes:
        """CRC-32 over type and data."""
        return struct.pack(">I", zlib.crc32(self.name + self.data))


def split(data: bytes) -> tuple[tuple[Chunk, ...], bytes]:
    """The chunks of a well-formed file, and what follows IEND."""
    chunks, position = [], len(SIGNATURE)
    while True:
        (length,) = struct.unpack_from(">I", data, position)
        name = data[position + 4 : position + 8]
        chunks.append(Chunk(name, data[position + 8 : position + 8 + length]))
        position += 12 + length
        if name == b"IEND":
            return tuple(chunks), data[position:]


def join(chunks: Iterable[Chunk], tail: bytes = b"") -> bytes:
    """The file again."""
    return SIGNATURE + b"".join(item.to_bytes() for item in chunks) + tail


def insert(data: bytes, *added: Chunk, after: bytes = b"IHDR") -> bytes:
    """``data`` with chunks put in behind the first chunk of type ``after``."""
    chunks, tail = split(data)
    place = next(index + 1 for index, item in enumerate(chunks) if item.name == after)
    return join((*chunks[:place], *added, *chunks[place:]), tail)


def text(keyword: str, value: str) -> Chunk:
    """A tEXt chunk (Latin-1)."""
    return Chunk(b"tEXt", keyword.encode("latin-1") + b"\0" + value.encode("latin-1"))


def compressed_text(keyword: str, value: bytes) -> Chunk:
    """A zTXt chunk."""
    return Chunk(b"zTXt", keyword.encode("latin-1") + b"\0\0" + zlib.compress(value))


def international_text(keyword: str, value: str) -> Chunk:
    """An uncompressed iTXt chunk (UTF-8), no language."""
    return Chunk(b"iTXt", keyword.encode("latin-1") + b"\0\0\0\0\0" + value.encode("utf-8"))
