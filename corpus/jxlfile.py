"""JPEG XL files: boxes round a codestream, and codestreams whose headers are written anew (ISO/IEC 18181-1 and 18181-2).

The headers that our own writer emits are known bit by bit: lossless, 8 bit, grey or RGB, one frame. So they can be taken off and
put on again with a name, a crop or a second frame in them.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from indelible.jxl import Bits, read_size

SIGNATURE = b"\0\0\0\x0cJXL \r\n\x87\n"


def box(kind: bytes, content: bytes = b"") -> bytes:
    """A box with a 32-bit size."""
    return struct.pack(">I", 8 + len(content)) + kind + content


def container(stream: bytes, *added: bytes, behind: bytes = b"") -> bytes:
    """A file round a codestream, with boxes before and behind it."""
    return SIGNATURE + box(b"ftyp", b"jxl \0\0\0\0jxl ") + b"".join(added) + box(b"jxlc", stream) + behind


class Writer:
    """Bits, least significant first."""

    def __init__(self) -> None:
        self.value = self.length = 0

    def put(self, count: int, value: int) -> Writer:
        """``count`` bits."""
        self.value |= (value & ((1 << count) - 1)) << self.length
        self.length += count
        return self

    def bytes(self) -> bytes:
        """All bits, zeros up to the byte."""
        return self.value.to_bytes((self.length + 7) // 8, "little")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A frame of our own writer: its table of contents and its data, and how it is to be shown."""

    shift: int
    contents: bytes
    name: bytes = b""
    crop: tuple[int, int, int, int] | None = None  # left, top, width, height

    def to_bytes(self, last: bool) -> bytes:
        """The frame with its header."""
        bits = Writer().put(1, 0).put(2, 0).put(1, 1).put(2, 0).put(1, 0).put(2, 0).put(2, self.shift).put(2, 0)
        bits.put(1, self.crop is not None)
        if self.crop is not None:
            left, top, width, height = self.crop
            for value in (-2 * left - 1 if left < 0 else 2 * left, -2 * top - 1 if top < 0 else 2 * top, width, height):
                _side(bits, value)
        bits.put(2, 0)  # blending: replace
        bits.put(1, last)
        if not last:
            bits.put(2, 0).put(1, 0)  # saved as reference 0, after colours
        _name(bits, self.name)
        bits.put(1, 0).put(1, 0).put(2, 0).put(2, 0)  # no filters
        bits.put(2, 0).put(1, 0)  # no extension; sections in order
        return bits.bytes() + self.contents


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A codestream taken apart."""

    size: tuple[int, int]
    grey: bool
    frame: Frame
    modular16: bool

    def to_bytes(
        self,
        frames: Sequence[Frame],
        *,
        size: tuple[int, int] | None = None,
        orientation: int = 1,
        preview: Stream | None = None,
        extension: bytes = b"",
    ) -> bytes:
        """A codestream of these frames, shown at ``size``."""
        bits = Writer()
        width, height = size or self.size
        bits.put(1, 0)
        _length(bits, height)
        bits.put(3, 0)
        _length(bits, width)
        extra = orientation != 1 or preview is not None
        bits.put(1, 0).put(1, extra)
        if extra:
            bits.put(3, orientation - 1).put(1, 0).put(1, preview is not None)
            if preview is not None:
                bits.put(1, 0)
                _small(bits, preview.size[1])
                bits.put(3, 0)
                _small(bits, preview.size[0])
            bits.put(1, 0)
        bits.put(1, 0).put(2, 0).put(1, self.modular16).put(2, 0).put(1, 0)
        _color(bits, self.grey)
        if extra:
            bits.put(1, 1)
        if extension:
            bits.put(2, 1).put(4, 0)  # U64 1: the first extension
            bits.put(2, 3).put(12, 8 * len(extension) & 0xFFF).put(1, 0)
            bits.put(8 * len(extension), int.from_bytes(extension, "little"))
        else:
            bits.put(2, 0)
        bits.put(1, 1)
        head = b"\xff\x0a" + bits.bytes()
        if preview is not None:
            head += preview.frame.to_bytes(True)
        return head + b"".join(item.to_bytes(number == len(frames)) for number, item in enumerate(frames, 1))


def split(data: bytes) -> Stream:
    """A file of our own writer taken apart. Raises `ValueError` if it is not what that writer emits."""
    bits = Bits(data, 2)
    size = read_size(bits)
    if bits.read(2) or bits.read(3):
        raise ValueError("not of our writer")
    modular16 = bits.flag()
    bits.read(3)
    grey = not bits.flag()
    if grey:
        bits.read(11)
    bits.read(3)
    bits.align()
    if bits.read(1) or bits.read(2) or not bits.read(1):
        raise ValueError("not of our writer")
    bits.read(5)
    shift = bits.read(2)
    bits.read(2 + 1 + 2 + 1 + 2)
    bits.read(6)  # no filters
    bits.read(3)
    bits.align()
    return Stream(size=size, grey=grey, frame=Frame(shift=shift, contents=data[bits.at // 8 :]), modular16=modular16)


def _color(bits: Writer, grey: bool) -> None:
    if not grey:
        bits.put(1, 1)
        return
    bits.put(1, 0).put(1, 0).put(2, 1).put(2, 1).put(1, 0)  # own fields: no profile, grey, D65, no gamma
    bits.put(2, 2).put(4, 13 - 2).put(2, 1)  # transfer 13 (sRGB), intent relative


def _length(bits: Writer, value: int) -> None:
    bits.put(2, 1).put(13, value - 1)


def _small(bits: Writer, value: int) -> None:
    bits.put(2, 0).put(6, value - 1) if value <= 64 else bits.put(2, 1).put(8, value - 65)


def _side(bits: Writer, value: int) -> None:
    if value < 256:
        bits.put(2, 0).put(8, value)
    else:
        bits.put(2, 1).put(11, value - 256)


def _name(bits: Writer, name: bytes) -> None:
    if not name:
        bits.put(2, 0)
    elif len(name) < 48:
        bits.put(2, 2).put(5, len(name) - 16)
    else:
        bits.put(2, 3).put(10, len(name) - 48)
    bits.put(8 * len(name), int.from_bytes(name, "little"))
