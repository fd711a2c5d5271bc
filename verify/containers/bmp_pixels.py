"""What the rows of a BMP hold that no viewer shows: padding, spare bits, palette entries without a pixel, hidden runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from indelible.verify.containers.notes import Notes

if TYPE_CHECKING:
    from indelible.verify.containers.bmp import Header

#: Rows are looked at in bands of about this many bytes.
_BAND = 2 * 1024 * 1024
_MAX_RUNS = 8_000_000


def inspect_rows(notes: Notes, header: Header, data: bytes, start: int, end: int) -> None:
    """Padding must be zero, the unused bits of a pixel one constant, and every palette entry used or zero."""
    count = min(header.height, (end - start) // header.stride)
    bits = header.width * header.depth
    used = np.zeros(256, bool)
    spare: set[int] = set()
    step = max(1, _BAND // header.stride)
    for first in range(0, count, step):
        rows = np.frombuffer(
            data, np.uint8, min(step, count - first) * header.stride, start + first * header.stride
        ).reshape(-1, header.stride)
        whole, rest = divmod(bits, 8)
        if rows[:, -(-bits // 8) :].any() or (rest and (rows[:, whole] & (0xFF >> rest)).any()):
            notes.note("L308", "bmp.padding", start + first * header.stride)
        if header.depth <= 8:
            used |= np.bincount(_indices(rows, header.width, header.depth).ravel(), minlength=256) > 0
        elif header.depth in (16, 32) and len(spare) < 2:
            spare |= _spare(header, rows)
    if len(spare) > 1:
        notes.note("L405", "bmp.x_bits", start)
    if header.depth <= 8 and count == header.height:
        _palette(notes, header, data, frozenset(np.flatnonzero(used).tolist()))


def _indices(rows: npt.NDArray[np.uint8], width: int, depth: int) -> npt.NDArray[np.uint8]:
    """Palette indices of rows, ``(rows, width)``."""
    if depth == 8:
        return rows[:, :width]
    bits = np.unpackbits(rows, axis=1)[:, : width * depth].reshape(len(rows), width, depth)
    weights = (1 << np.arange(depth - 1, -1, -1)).astype(np.uint8)
    return np.asarray((bits * weights).sum(axis=2, dtype=np.uint8))


def _spare(header: Header, rows: npt.NDArray[np.uint8]) -> set[int]:
    """The values, two at most, that the bits take that belong to no colour."""
    pixels = np.ascontiguousarray(rows[:, : header.width * header.depth // 8]).view(f"<u{header.depth // 8}")
    colors = sum(header.masks) & 0xFFFFFFFF if header.masks else (0x7FFF if header.depth == 16 else 0xFFFFFF)
    if len(header.masks) == 4:
        colors &= ~header.masks[3]  # a fourth channel: no viewer shows it
    rest = pixels & np.array(~colors & ((1 << header.depth) - 1), pixels.dtype)
    low, high = int(rest.min()), int(rest.max())
    return {low, high}


def _palette(notes: Notes, header: Header, data: bytes, used: frozenset[int]) -> None:
    """Entries that no pixel uses must be zero; a full scale of greys is no function of the picture."""
    start, entries, width = header.table
    table = [data[start + width * index :][: min(width, 3)] for index in range(entries)]
    if used and max(used) >= entries:
        notes.note("L306", "bmp.index", start)
    if entries > 1 and table == [bytes([255 * index // (entries - 1)] * 3) for index in range(entries)]:
        return
    if any(any(color) for index, color in enumerate(table) if index not in used):
        notes.note("L404", "bmp.palette.unused", start)


def inspect_runs(notes: Notes, header: Header, data: bytes, start: int, end: int) -> int:
    """Follow run-length coded data to its end code; where it ends."""
    at, x, y, used = start, 0, 0, set[int]()
    four = header.depth == 4
    for _ in range(_MAX_RUNS):
        if at + 2 > end:
            notes.note("L310", "bmp.truncated", at)
            return end
        count, value = data[at], data[at + 1]
        at += 2
        if count:
            used |= {value >> 4, value & 15} if four else {value}
            x += count
        elif value == 0:
            x, y = 0, y + 1
        elif value == 1:
            _palette(notes, header, data, frozenset(used))
            return at
        elif value == 2:
            if at + 2 > end:
                continue
            x, y = x + data[at], y + data[at + 1]
            at += 2
        else:
            length = (value + 1) // 2 if four else value
            part = data[at : at + length]
            used |= {nibble for byte in part for nibble in (byte >> 4, byte & 15)} if four else set(part)
            if length % 2 and data[at + length : at + length + 1] not in (b"\0", b""):
                notes.note("L308", "bmp.padding", at + length)
            at += length + length % 2
            x += value
        if x > header.width or y > header.height:
            notes.note("L306", "bmp.pixels", at)  # runs beyond the picture: content that nobody sees
            x = 0
    notes.note("L315", "bmp.runs", at)
    return end
