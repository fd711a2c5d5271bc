"""What VP8 and VP8L streams say of themselves: size, and where their partitions lie (RFC 6386, RFC 9649)."""

from __future__ import annotations

import struct

from indelible.verify.containers.notes import Notes

_START_CODE = b"\x9d\x01\x2a"


def still_file(kind: bytes, stream: bytes, alpha: bytes | None, size: tuple[int, int]) -> bytes:
    """One picture as a file of its own."""
    chunks = _chunk(kind, stream)
    if alpha is not None:
        canvas = b"".join(struct.pack("<I", side - 1)[:3] for side in size)
        chunks = _chunk(b"VP8X", b"\x10\0\0\0" + canvas) + _chunk(b"ALPH", alpha) + chunks
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WEBP" + chunks


def _chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def lossless(notes: Notes, stream: bytes, start: int) -> tuple[tuple[int, int], list[tuple[int, int]]] | None:
    """Size, and the one stretch whose end is to be tried."""
    if len(stream) < 6 or stream[0] != 0x2F:
        return None
    fields = int.from_bytes(stream[1:5], "little")
    if fields >> 29:
        notes.note("L308", "webp.reserved", start + 4)
    return ((fields & 0x3FFF) + 1, (fields >> 14 & 0x3FFF) + 1), [(5, len(stream))]


def lossy(notes: Notes, stream: bytes, start: int) -> tuple[tuple[int, int], list[tuple[int, int]]] | None:
    """Size, and the stretches ``[first, end)`` of all partitions (RFC 6386, sections 9.1, 9.5 and 19.2)."""
    if len(stream) < 12 or stream[3:6] != _START_CODE:
        return None
    tag = int.from_bytes(stream[:3], "little")
    across, down = struct.unpack_from("<HH", stream, 6)
    size = (across & 0x3FFF, down & 0x3FFF)
    first = 10 + (tag >> 5)
    if tag & 1 or not tag & 0x10 or not all(size):
        return None
    if tag >> 1 & 7 > 3 or across >> 14 or down >> 14:
        notes.note("L308", "webp.reserved", start)
    if first > len(stream):
        notes.note("L306", "webp.vp8.partitions", start)
        return None
    count = 1 << _partitions(stream[10:first])
    table = first + 3 * (count - 1)
    if table > len(stream):
        notes.note("L306", "webp.vp8.partitions", start)
        return None
    ends, at = [(10, first)], table
    for number in range(count - 1):
        length = int.from_bytes(stream[first + 3 * number : first + 3 * number + 3], "little")
        if at + length > len(stream):
            notes.note("L306", "webp.vp8.partitions", start + first)
            return None
        ends.append((at, at + length))
        at += length
    return size, [*ends, (at, len(stream))]


def uncropped(stream: bytes, size: tuple[int, int]) -> tuple[bytes, tuple[int, int]]:
    """The stream with its size rounded up to whole macroblocks: what lies beyond the picture's edge is decoded as well.

    Without this the last coefficients of a picture often change nothing that is shown.
    """
    width, height = (min(0x3FFF, -(-side // 16) * 16) for side in size)
    return stream[:6] + struct.pack("<HH", width, height) + stream[10:], (width, height)


class _Bits:
    """The boolean decoder at even odds, as the frame header uses it (RFC 6386, section 7.3)."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at, self.value, self.range, self.count = (
            data,
            2,
            int.from_bytes(data[:2].ljust(2, b"\0")),
            255,
            0,
        )

    def bit(self) -> int:
        """One bit."""
        split = 1 + ((self.range - 1) * 128 >> 8)
        there = int(self.value >= split << 8)
        if there:
            self.range -= split
            self.value -= split << 8
        else:
            self.range = split
        while self.range < 128:
            self.value <<= 1
            self.range <<= 1
            self.count += 1
            if self.count == 8:
                self.count = 0
                self.value |= self.data[self.at] if self.at < len(self.data) else 0
                self.at += 1
        return there

    def number(self, bits: int) -> int:
        """An unsigned number."""
        value = 0
        for _ in range(bits):
            value = value << 1 | self.bit()
        return value

    def optional(self, bits: int) -> None:
        """A flag, and a signed number behind it if it is set."""
        if self.bit():
            self.number(bits + 1)


def _partitions(header: bytes) -> int:
    """The binary logarithm of the number of token partitions."""
    bits = _Bits(header)
    bits.number(2)  # colour space, clamping
    if bits.bit():  # segmentation
        update_map, update_data = bits.bit(), bits.bit()
        if update_data:
            bits.bit()
            for width in (7,) * 4 + (6,) * 4:
                bits.optional(width)
        if update_map:
            for _ in range(3):
                if bits.bit():
                    bits.number(8)
    bits.number(10)  # filter type, level, sharpness
    if bits.bit() and bits.bit():
        for _ in range(8):
            bits.optional(6)
    return bits.number(2)
