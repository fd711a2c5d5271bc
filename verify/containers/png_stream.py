"""The deflate stream of one PNG picture: exactly its rows, nothing behind its end, legal filter bytes (PNG, 8 and 10)."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from indelible.verify.containers.notes import Notes

_MAX_RAW = 1 << 30
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """What the findings of one kind of stream are called."""

    rows: str = "png.rows"
    damaged: str = "png.idat.damaged"
    truncated: str = "png.truncated"
    slack: str = "png.idat.slack"
    filter: str = "png.filter"


def rows(width: int, height: int, bits: int, interlaced: bool) -> list[tuple[int, int]]:
    """``(rows, bytes of a row with its filter byte)`` of each pass (PNG specification, 8.2)."""
    passes = []
    for x, y, dx, dy in _ADAM7 if interlaced else ((0, 0, 1, 1),):
        across, down = -(-(width - x) // dx), -(-(height - y) // dy)
        if across > 0 and down > 0:
            passes.append((down, 1 + (across * bits + 7) // 8))
    return passes


def inspect_stream(
    notes: Notes,
    data: bytes,
    parts: list[tuple[int, int]],
    passes: list[tuple[int, int]],
    names: Channels,
    *,
    room: int = _MAX_RAW,
) -> int:
    """Inflate the joined ``parts`` (``[start, end)`` in the file) and count; how many bytes were inflated.

    ``passes`` are the `rows` of the picture, ``room`` is how much may be inflated.
    """
    first = parts[0][0]
    expected = sum(down * stride for down, stride in passes)
    if expected > room:
        notes.note("L315", names.rows, first)
        return 0
    stream = b"".join(data[start:end] for start, end in parts)
    engine = zlib.decompressobj()
    try:
        raw = engine.decompress(stream, expected + 1)
        if len(raw) == expected and not engine.eof:
            raw += engine.decompress(engine.unconsumed_tail, 1)  # the checksum, where the window was full
    except zlib.error:
        notes.note("L310", names.damaged, first)
        return expected
    if len(raw) > expected:
        notes.note("L306", names.rows, first)  # more rows than the picture has: content that nobody sees
        return expected
    if not engine.eof or len(raw) < expected:
        notes.note("L310", names.truncated, first)
        return expected
    if engine.unused_data:
        at = _place(parts, len(stream) - len(engine.unused_data))
        notes.note("L304", names.slack, at)
        notes.opaque += [(max(start, at), end - max(start, at)) for start, end in parts if end > at]
        notes.unknown_bytes += len(engine.unused_data)
    at = 0
    for down, stride in passes:
        if max(raw[at : at + down * stride : stride]) > 4:
            notes.note("L306", names.filter, first)
        at += down * stride
    return expected


def _place(parts: list[tuple[int, int]], offset: int) -> int:
    """The file offset of an offset in the joined stream."""
    for start, end in parts:
        if offset < end - start:
            return start + offset
        offset -= end - start
    return parts[-1][1]
