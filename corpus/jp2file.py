"""JPEG 2000 files as boxes and marker segments (ISO/IEC 15444-1, Annexes A and I)."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace

Box = tuple[bytes, bytes]


def box(kind: bytes, content: bytes = b"") -> bytes:
    """A box with a 32-bit size."""
    return struct.pack(">I", 8 + len(content)) + kind + content


def split(data: bytes) -> tuple[Box, ...]:
    """Type and content of each box of a well-formed file."""
    found, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4])
        found.append((data[at + 4 : at + 8], data[at + 8 : at + size]))
        at += size
    return tuple(found)


def join(boxes: Sequence[Box]) -> bytes:
    """The file again."""
    return b"".join(box(kind, content) for kind, content in boxes)


def insert(data: bytes, *added: Box, before: bytes = b"jp2c") -> bytes:
    """``data`` with boxes put in before the first one of type ``before``."""
    boxes = split(data)
    place = next(index for index, item in enumerate(boxes) if item[0] == before)
    return join((*boxes[:place], *added, *boxes[place:]))


def in_header(data: bytes, *added: Box) -> bytes:
    """``data`` with boxes put at the end of jp2h."""
    return join([(kind, content + join(added) if kind == b"jp2h" else content) for kind, content in split(data)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A codestream of one tile part: segments ``(marker, payload)`` before it, its own, its data, and what follows it."""

    head: tuple[tuple[int, bytes], ...]
    own: tuple[tuple[int, bytes], ...]
    tile: bytes
    parts: tuple[bytes, ...] = ()  # further tile parts, whole
    tail: bytes = b""  # behind EOC

    def add(self, marker: int, payload: bytes) -> Stream:
        """The stream with one more segment in its main header."""
        return replace(self, head=(*self.head, (marker, payload)))

    def to_bytes(self) -> bytes:
        """The codestream."""
        count = 1 + len(self.parts)
        first = part(0, 0, count, self.own, self.tile)
        return b"\xff\x4f" + _segments(self.head) + first + b"".join(self.parts) + b"\xff\xd9" + self.tail


def part(tile: int, number: int, count: int, own: Sequence[tuple[int, bytes]], content: bytes) -> bytes:
    """A tile part."""
    inner = _segments(own) + b"\xff\x93" + content
    return struct.pack(">HHHIBB", 0xFF90, 10, tile, 12 + len(inner), number, count) + inner


def stream_of(data: bytes) -> Stream:
    """The codestream of a file that our own writer made."""
    content = dict(split(data))[b"jp2c"]
    head, at = _read(content, 2, 0xFF90)
    length = int.from_bytes(content[at + 6 : at + 10])
    own, start = _read(content, at + 12, 0xFF93)
    return Stream(head=head, own=own, tile=content[start + 2 : at + length])


def with_stream(data: bytes, stream: Stream) -> bytes:
    """The file with another codestream."""
    content = stream.to_bytes()
    return join([(kind, content if kind == b"jp2c" else old) for kind, old in split(data)])


def _read(content: bytes, at: int, until: int) -> tuple[tuple[tuple[int, bytes], ...], int]:
    found = []
    while int.from_bytes(content[at : at + 2]) != until:
        size = int.from_bytes(content[at + 2 : at + 4])
        found.append((int.from_bytes(content[at : at + 2]), content[at + 4 : at + 2 + size]))
        at += 2 + size
    return tuple(found), at


def _segments(segments: Sequence[tuple[int, bytes]]) -> bytes:
    return b"".join(struct.pack(">HH", marker, 2 + len(payload)) + payload for marker, payload in segments)
