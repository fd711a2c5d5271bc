"""GIF files as a head and a list of blocks (GIF89a)."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass

from PIL import Image


@dataclass(frozen=True, slots=True)
class Gif:
    """Header, screen descriptor and global table, then blocks: each from its introducer to its empty sub-block."""

    head: bytes
    blocks: tuple[bytes, ...]

    def to_bytes(self) -> bytes:
        """The file again."""
        return self.head + b"".join(self.blocks) + b";"

    def with_blocks(self, *blocks: bytes, first: bool = True) -> bytes:
        """The file with blocks put in before (or behind) all others, as version 89a."""
        joined = (*blocks, *self.blocks) if first else (*self.blocks, *blocks)
        return Gif(b"GIF89a" + self.head[6:], joined).to_bytes()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the screen."""
        width, height = struct.unpack_from("<HH", self.head, 6)
        return width, height


def split(data: bytes) -> Gif:
    """The parts of a well-formed file."""
    at = 13 + (3 * (2 << (data[10] & 7)) if data[10] & 0x80 else 0)
    head, blocks = data[:at], []
    while data[at] != 0x3B:
        start = at
        if data[at] == 0x2C:
            at += 11 + (3 * (2 << (data[at + 9] & 7)) if data[at + 9] & 0x80 else 0)
        else:
            at += 2
        while data[at]:
            at += 1 + data[at]
        at += 1
        blocks.append(data[start:at])
    return Gif(head, tuple(blocks))


def sub_blocks(content: bytes) -> bytes:
    """Content cut into sub-blocks, with the empty one at the end."""
    parts = [content[at : at + 255] for at in range(0, len(content), 255)]
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"


def application(name: bytes, content: bytes) -> bytes:
    """An application extension; ``name`` is 11 bytes."""
    return b"!\xff\x0b" + name + sub_blocks(content)


def control(delay: int = 0, disposal: int = 1) -> bytes:
    """A graphic control."""
    return b"!\xf9\x04" + struct.pack("<BHB", disposal << 2, delay, 0) + b"\0"


def picture(image: Image.Image, *, local: bool = False) -> bytes:
    """An image block with the indices of a palette picture, its own table where ``local``."""
    stream = io.BytesIO()
    image.save(stream, "GIF", interlace=0, optimize=False)
    coded = split(stream.getvalue())
    block = coded.blocks[-1]
    return block[:9] + bytes([0x80 | coded.head[10] & 7]) + coded.head[13:] + block[10:] if local else block
