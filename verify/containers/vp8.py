"""VP8 and VP8L streams in WebP: partition sizes that add up, and nothing behind the end of a partition (RFC 6386, RFC 9649).

Neither coding says where it ends, and both are arithmetic or prefix codes that only a whole decoder can follow. So the end is
told by the decoder (LEAKS.md section 7). VP8L: a stream that lacks bits is refused, so one that can be cut by three bytes and
still gives its picture has slack. VP8: bytes that matter change the picture when they are flipped; a clean partition has two to
four bytes at its end that do not, nine are slack. Up to two bytes of VP8L and about six of VP8 may be hidden there unseen.
"""

from __future__ import annotations

import hashlib
import io
import struct
import warnings
import zlib
from dataclasses import dataclass

import numpy as np
from PIL import Image

from indelible.verify.containers.notes import Notes

#: Bytes at the end of a VP8 partition that may be without influence, and by how much a VP8L stream is cut to try it.
TOLERATED = 8
CUT = 3
#: Pixels that are decoded for all pictures of one file, and of one picture.
MAX_DECODED = 300_000_000
_MAX_PIXELS = 50_000_000
#: A key frame spends at least two bits on a macroblock of 256 pixels: a stream that states more was cut, or lies.
_MOST_PER_BYTE = 2048
#: Pixels that are decoded at most to confirm that the end of one partition has no influence.
_MAX_CONFIRMED = 60_000_000
_START_CODE = b"\x9d\x01\x2a"


@dataclass(slots=True)
class Budget:
    """What decoding has cost so far, in pixels."""

    decoded: int = 0

    def take(self, pixels: int) -> bool:
        """Whether another picture of this size may be decoded."""
        self.decoded += pixels
        return pixels <= _MAX_PIXELS and self.decoded <= MAX_DECODED


def inspect_stream(
    notes: Notes, budget: Budget, kind: bytes, stream: bytes, start: int, alpha: tuple[bytes, int] | None
) -> tuple[int, int] | None:
    """Examine one coded picture.

    Args:
        notes: where findings go.
        budget: shared by all pictures of the file.
        kind: ``VP8 `` or ``VP8L``.
        stream: the chunk's content, at file offset ``start``.
        alpha: content and file offset of the ALPH chunk beside it.

    Returns:
        ``(width, height)`` as coded; None where the stream cannot be read.
    """
    parsed = _lossy(notes, stream, start) if kind == b"VP8 " else _lossless(notes, stream, start)
    if parsed is None:
        notes.note("L310", "webp.stream", start)
        return None
    size, ends = parsed
    if kind == b"VP8 " and size[0] * size[1] > _MOST_PER_BYTE * len(stream):
        notes.note("L310", "webp.truncated", start)
        return size
    whole, full = _uncropped(stream, size) if kind == b"VP8 " else (stream, size)
    reference = _digest(notes, budget, kind, whole, None, full, start)
    if reference is None:
        return size
    for first, end in ends:
        if kind == b"VP8L":
            slack = _complete(notes, budget, still_file(kind, stream[:-CUT], None, size), size, reference)
        else:
            slack = not _matters(notes, budget, whole, (first, end), full, reference)
        if slack:
            notes.note("L304", "webp.vp8.slack", start + end - CUT)
            notes.inflated.append((start + max(first, end - 65_536), stream[max(first, end - 65_536) : end]))
    if alpha is not None:
        _alpha(notes, budget, kind, stream, alpha, size)
    elif kind == b"VP8L" and stream[4] & 0x10:
        _beneath(notes, budget, kind, stream, None, size, start)
    return size


def still_file(kind: bytes, stream: bytes, alpha: bytes | None, size: tuple[int, int]) -> bytes:
    """One picture as a file of its own."""
    chunks = _chunk(kind, stream)
    if alpha is not None:
        canvas = b"".join(struct.pack("<I", side - 1)[:3] for side in size)
        chunks = _chunk(b"VP8X", b"\x10\0\0\0" + canvas) + _chunk(b"ALPH", alpha) + chunks
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WEBP" + chunks


def _chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _lossless(notes: Notes, stream: bytes, start: int) -> tuple[tuple[int, int], list[tuple[int, int]]] | None:
    """Size, and the one stretch whose end is to be tried."""
    if len(stream) < 6 or stream[0] != 0x2F:
        return None
    fields = int.from_bytes(stream[1:5], "little")
    if fields >> 29:
        notes.note("L308", "webp.reserved", start + 4)
    return ((fields & 0x3FFF) + 1, (fields >> 14 & 0x3FFF) + 1), [(5, len(stream))]


def _lossy(notes: Notes, stream: bytes, start: int) -> tuple[tuple[int, int], list[tuple[int, int]]] | None:
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


def _uncropped(stream: bytes, size: tuple[int, int]) -> tuple[bytes, tuple[int, int]]:
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


def _digest(
    notes: Notes, budget: Budget, kind: bytes, stream: bytes, alpha: bytes | None, size: tuple[int, int], start: int
) -> int | None:
    if not budget.take(size[0] * size[1]):
        notes.note("L315", "webp.budget", start)
        return None
    shown = _decoded(still_file(kind, stream, alpha, size))
    if shown is None or shown.size != size:
        notes.note("L310", "webp.undecodable", start)
        return None
    return _hash(shown)


def _matters(
    notes: Notes, budget: Budget, stream: bytes, span: tuple[int, int], size: tuple[int, int], reference: int
) -> bool:
    """Whether the last nine bytes of a VP8 partition have an influence on the picture."""
    first, end = span
    if end - first <= TOLERATED:
        return True
    spent = 0
    for number, mask in enumerate(_masks()):
        if not budget.take(size[0] * size[1]):
            notes.note("L315", "webp.budget")
            return number == 0
        changed = bytearray(stream)
        for place, value in zip(range(end - len(mask), end), mask, strict=True):
            changed[place] ^= value
        shown = _decoded(still_file(b"VP8 ", bytes(changed), None, size))
        if shown is None or _hash(shown) != reference:
            return True
        spent += size[0] * size[1]
        if spent > _MAX_CONFIRMED:
            break
    return False


def _masks() -> list[bytes]:
    """What nine bytes are changed by, one after the other: in a flat picture one change alone may show nothing by chance."""
    whole = TOLERATED + 1
    mixed = [hashlib.blake2b(bytes([number]), digest_size=whole).digest() for number in range(10)]
    singles = [bytes(place) + b"\xff" + bytes(whole - 1 - place) for place in range(whole)]
    return [b"\xff" * whole, *mixed, *singles]


def _complete(notes: Notes, budget: Budget, file: bytes, size: tuple[int, int], reference: int) -> bool:
    """Whether a VP8L stream that is cut by three bytes still gives the picture: its decoder says when bits are missing."""
    if not budget.take(size[0] * size[1]):
        notes.note("L315", "webp.budget")
        return False
    shown = _decoded(file)
    return shown is not None and _hash(shown) == reference


def _alpha(
    notes: Notes, budget: Budget, kind: bytes, stream: bytes, alpha: tuple[bytes, int], size: tuple[int, int]
) -> None:
    """The ALPH chunk: one byte that says how it is coded, then plain samples or a VP8L stream without its header."""
    content, start = alpha
    if len(content) < 2 or content[0] & 3 > 1:
        notes.note("L310", "webp.stream", start)
        return
    if content[0] >> 6 or content[0] >> 4 & 3 > 1:
        notes.note("L308", "webp.reserved", start)
    if content[0] & 3 == 0:
        excess = len(content) - 1 - size[0] * size[1]
        if excess > 0:
            notes.note("L304", "webp.vp8.slack", start + len(content) - excess)
        elif excess < 0:
            notes.note("L310", "webp.truncated", start)
    else:
        reference = _digest(notes, budget, kind, stream, content, size, start)
        if reference is None:
            return
        if _complete(notes, budget, still_file(kind, stream, content[:-CUT], size), size, reference):
            notes.note("L304", "webp.vp8.slack", start + len(content) - CUT)
            notes.inflated.append((start, content[-65_536:]))
    _beneath(notes, budget, kind, stream, content, size, start)


def _beneath(
    notes: Notes, budget: Budget, kind: bytes, stream: bytes, alpha: bytes | None, size: tuple[int, int], start: int
) -> None:
    """Colour where the picture is fully transparent must be one constant; for the lossy coding, away from edges and nearly."""
    if not budget.take(size[0] * size[1]):
        notes.note("L315", "webp.budget", start)
        return
    shown = _decoded(still_file(kind, stream, alpha, size))
    if shown is None or shown.mode != "RGBA":
        return
    hidden = np.asarray(shown.getchannel("A")) == 0
    levels = 0
    if kind == b"VP8 ":
        levels = 8
        blocks = hidden[: size[1] // 16 * 16, : size[0] // 16 * 16].reshape(size[1] // 16, 16, size[0] // 16, 16)
        full = blocks.all(axis=(1, 3))
        inner = full.copy()
        inner[1:] &= full[:-1]
        inner[:-1] &= full[1:]
        inner[:, 1:] &= full[:, :-1]
        inner[:, :-1] &= full[:, 1:]
        hidden = np.repeat(np.repeat(inner, 16, 0), 16, 1)
    colors = np.asarray(shown)[: hidden.shape[0], : hidden.shape[1], :3][hidden]
    if len(colors) and int((colors.max(axis=0).astype(int) - colors.min(axis=0)).max()) > levels:
        notes.note("L401", "webp.alpha.rgb", start)


def _decoded(file: bytes) -> Image.Image | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image = Image.open(io.BytesIO(file), formats=["WEBP"])
            image.load()
        except Exception:  # Pillow raises nearly anything on hostile bytes
            return None
    return image


def _hash(image: Image.Image) -> int:
    """Fast, and good enough: two pictures that collide would be taken for the same, which can only add a finding."""
    return zlib.crc32(image.tobytes())
