"""Directories of a TIFF or BigTIFF file, either byte order: headers, entries and where their values lie (TIFF 6.0, section 2).

Offsets are file offsets. Nothing is believed: what does not lie inside the file is left out and said to be damaged.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_NUMBERS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q", 6: "b", 8: "h", 9: "i", 17: "q"}
#: Headers of camera files that are TIFF in everything else (Panasonic, Olympus).
RAW_MAGICS = (0x55, 0x4F52, 0x5352)
#: More entries than any camera writes in one directory.
MAX_ENTRIES = 4_096


@dataclass(frozen=True, slots=True)
class Layout:
    """Byte order (``<`` or ``>``) and whether offsets have 8 bytes."""

    order: str
    big: bool

    @property
    def header(self) -> int:
        """Length of the header."""
        return 16 if self.big else 8

    @property
    def room(self) -> int:
        """Bytes of a value that stay inside its entry; also the size of an offset."""
        return 8 if self.big else 4

    @property
    def entry(self) -> int:
        """Length of an entry."""
        return 20 if self.big else 12


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its type and count as stated, and its value's stretch of the file. ``known``: its type has a size."""

    tag: int
    kind: int
    count: int
    at: int
    start: int
    length: int
    inside: bool  # the value lies in the entry itself
    known: bool


@dataclass(frozen=True, slots=True)
class Directory:
    """One directory: its stretch ``[start, end)``, entries whose values can be reached, and the next one's offset (0: none)."""

    start: int
    end: int
    entries: tuple[Entry, ...]
    following: int
    damaged: bool

    def get(self, tag: int) -> Entry | None:
        """The first entry with this tag."""
        return next((entry for entry in self.entries if entry.tag == tag), None)


def read_header(data: bytes) -> tuple[Layout, int] | None:
    """The layout, and where the first directory lies; None where this is no TIFF header."""
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None or len(data) < 8:
        return None
    magic = struct.unpack_from(order + "H", data, 2)[0]
    if magic in (42, *RAW_MAGICS):
        return Layout(order, False), struct.unpack_from(order + "I", data, 4)[0]
    if magic == 43 and len(data) >= 16 and struct.unpack_from(order + "HH", data, 4) == (8, 0):
        return Layout(order, True), struct.unpack_from(order + "Q", data, 8)[0]
    return None


def read_directory(data: bytes, layout: Layout, offset: int) -> Directory | None:
    """The directory at an offset; None where not even its number of entries can be read."""
    head = 8 if layout.big else 2
    if offset < layout.header or offset + head > len(data):
        return None
    (count,) = struct.unpack_from(layout.order + ("Q" if layout.big else "H"), data, offset)
    first, damaged = offset + head, False
    if count > MAX_ENTRIES or first + count * layout.entry > len(data):
        count, damaged = min(MAX_ENTRIES, max(0, (len(data) - first) // layout.entry), count), True
    entries = []
    for at in range(first, first + count * layout.entry, layout.entry):
        entry = _entry(data, layout, at)
        damaged |= entry is None
        if entry is not None:
            entries.append(entry)
    end = first + count * layout.entry
    if end + layout.room > len(data):
        return Directory(offset, end, tuple(entries), 0, True)
    (following,) = struct.unpack_from(layout.order + ("Q" if layout.big else "I"), data, end)
    return Directory(offset, end + layout.room, tuple(entries), following, damaged)


def _entry(data: bytes, layout: Layout, at: int) -> Entry | None:
    code = "HHQ" if layout.big else "HHI"
    tag, kind, count = struct.unpack_from(layout.order + code, data, at)
    place = at + layout.entry - layout.room
    size = _SIZES.get(kind)
    length = (size or 0) * count
    if size is None or length <= layout.room:
        return Entry(tag, kind, count, at, place, length, True, size is not None)
    (start,) = struct.unpack_from(layout.order + ("Q" if layout.big else "I"), data, place)
    if start + length > len(data):
        return None
    return Entry(tag, kind, count, at, start, length, False, True)


def numbers(data: bytes, layout: Layout, entry: Entry | None, limit: int = 16) -> tuple[int, ...]:
    """The first ``limit`` values of an entry of whole numbers; none for other types."""
    code = _NUMBERS.get(entry.kind) if entry is not None else None
    if entry is None or code is None:
        return ()
    return struct.unpack_from(f"{layout.order}{min(entry.count, limit)}{code}", data, entry.start)


def fractions(data: bytes, layout: Layout, entry: Entry) -> tuple[tuple[int, int], ...]:
    """Numerators and denominators of an entry of unsigned fractions, at most 16 of them."""
    if entry.kind != 5:
        return ()
    found = struct.unpack_from(f"{layout.order}{2 * min(entry.count, 16)}I", data, entry.start)
    return tuple(zip(found[::2], found[1::2], strict=True))
