"""AV1 in AVIF: a walk over the OBUs of one item or of av1C (AV1 specification, sections 5.3 to 5.5; av1-isobmff; AVIF)."""

from __future__ import annotations

from dataclasses import dataclass

from indelible.verify.containers.notes import Notes

_SEQUENCE, _DELIMITER, _FRAME_HEADER, _TILES, _METADATA, _FRAME, _REDUNDANT, _TILE_LIST, _PADDING = (
    1, 2, 3, 4, 5, 6, 7, 8, 15,
)  # fmt: skip
_MAX_OBUS = 10_000


@dataclass(slots=True)
class Sequence:
    """What a walk came upon: the size that the sequence header states, and how many frames were begun."""

    size: tuple[int, int] | None = None
    frames: int = 0


class _Bits:
    def __init__(self, data: bytes) -> None:
        self.value, self.left = int.from_bytes(data), 8 * len(data)

    def read(self, count: int) -> int:
        self.left -= count
        if self.left < 0:
            raise ValueError("beyond the end")
        return self.value >> self.left & ((1 << count) - 1)


def walk_obus(notes: Notes, data: bytes, base: int, *, config: bool = False) -> Sequence:
    """Walk the OBUs in ``data``, which begins at file offset ``base``; ``config``: those of av1C, a sequence header only."""
    found, at, count = Sequence(), 0, 0
    while at < len(data):
        count += 1
        if count > _MAX_OBUS:
            notes.note("L315", "avif.obu.count", base + at)
            return found
        head = data[at]
        kind, extended, sized = head >> 3 & 15, head >> 2 & 1, head >> 1 & 1
        body = at + 1 + extended
        if head & 0x81 or (extended and data[at + 1 : at + 2] and data[at + 1] & 7):
            notes.note("L308", "avif.obu.reserved", base + at)
        size = len(data) - body
        if sized:
            number, used = _leb128(data, body)
            if number is None:
                notes.note("L310", "avif.obu.damaged", base + at)
                return found
            size, body = number, body + used
        if size < 0 or body + size > len(data):
            # the container said that all of this is coded data, and it is not
            rule, channel = ("L304", "avif.obu.slack") if found.frames else ("L310", "avif.obu.damaged")
            notes.note(rule, channel, base + at)
            notes.opaque.append((base + at, len(data) - at))
            return found
        _judge(notes, found, kind, data[body : body + size], base + at, config)
        if kind in (_METADATA, _PADDING) or kind not in (1, 2, 3, 4, 6, 7):
            notes.opaque.append((base + at, body + size - at))
        at = body + size
    return found


def _judge(notes: Notes, found: Sequence, kind: int, payload: bytes, offset: int, config: bool) -> None:
    if kind == _SEQUENCE:
        if found.size is not None:
            notes.note("L307", "avif.obu.sequence.second", offset)
        try:
            found.size = _sequence_size(payload)
        except ValueError:
            notes.note("L310", "avif.obu.damaged", offset)
        if len(payload) > 64:
            notes.note("L304", "avif.obu.slack", offset)
            notes.opaque.append((offset, len(payload)))
    elif kind == _METADATA:
        notes.note("L115", "avif.obu.metadata", offset)
    elif kind == _PADDING:
        notes.note("L308", "avif.obu.padding", offset)
    elif config or kind == _TILE_LIST or kind == 0 or kind > _TILE_LIST:
        notes.note("L302", "avif.obu.unknown", offset, cannot_tell=False)
    elif kind == _DELIMITER:
        if payload:
            notes.note("L304", "avif.obu.slack", offset)
            notes.opaque.append((offset, len(payload) + 2))
    elif kind in (_FRAME, _FRAME_HEADER):
        found.frames += 1
        if found.frames == 2:
            notes.note("L211", "avif.obu.frames", offset)
    elif kind == _REDUNDANT:
        notes.note("L305", "avif.obu.redundant", offset)


def _leb128(data: bytes, at: int) -> tuple[int | None, int]:
    value = 0
    for index in range(8):
        if at + index >= len(data):
            return None, 0
        value |= (data[at + index] & 0x7F) << 7 * index
        if not data[at + index] & 0x80:
            return value, index + 1
    return None, 0


def _sequence_size(payload: bytes) -> tuple[int, int]:
    """``(width, height)`` of the largest frame (AV1 specification, 5.5.1). Raises `ValueError`."""
    bits = _Bits(payload[:128])
    bits.read(4)  # profile, still_picture
    if bits.read(1):  # reduced_still_picture_header
        bits.read(5)
    else:
        if bits.read(1):  # timing_info_present_flag
            bits.read(64)
            if bits.read(1):  # equal_picture_interval: uvlc
                zeros = 0
                while not bits.read(1):
                    zeros += 1
                bits.read(zeros if zeros < 32 else 0)
            model = bits.read(1)
            delay = 0
            if model:
                delay = bits.read(5) + 1
                bits.read(42)
        else:
            model = delay = 0
        initial = bits.read(1)
        for _ in range(bits.read(5) + 1):
            bits.read(12)
            if bits.read(5) > 7:
                bits.read(1)
            if model and bits.read(1):
                bits.read(2 * delay + 1)
            if initial and bits.read(1):
                bits.read(4)
    wide, high = bits.read(4) + 1, bits.read(4) + 1
    return bits.read(wide) + 1, bits.read(high) + 1
