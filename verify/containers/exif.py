"""EXIF blocks: a small TIFF reader that says which kinds of data are there, finds pictures and counts stray bytes.

Reads only what is needed to name a leak (Exif 2.32, TIFF 6.0); a value is never kept or shown.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from indelible.verify.containers.irb import inspect_irb
from indelible.verify.containers.notes import Notes, gaps
from indelible.verify.containers.xmp import inspect_xmp

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_MAX_IFDS = 40
_MAX_ENTRIES = 2_000
#: Bytes between values that an even alignment explains; they must be zero.
_ALIGNMENT = 7

_POINTERS = {0x8769: "ExifIFD", 0x8825: "GPS", 0xA005: "InteropIFD"}
_CHANNELS = {
    0xA431: ("L103", "exif.serial"), 0xA435: ("L103", "exif.serial"), 0xC62F: ("L103", "exif.serial"),
    0xA430: ("L103", "exif.owner"), 0xA420: ("L103", "exif.unique_id"), 0xC65D: ("L103", "exif.unique_id"),
    0x010E: ("L104", "exif.text"), 0x013B: ("L104", "exif.text"), 0x8298: ("L104", "exif.text"),
    0x9286: ("L104", "exif.text"), 0x010D: ("L104", "exif.text"), 0x013C: ("L104", "exif.text"),
    0x9C9B: ("L104", "exif.text"), 0x9C9C: ("L104", "exif.text"), 0x9C9D: ("L104", "exif.text"),
    0x9C9E: ("L104", "exif.text"), 0x9C9F: ("L104", "exif.text"),
    0x927C: ("L105", "exif.makernote"), 0xC634: ("L105", "exif.makernote"),
    0x02BC: ("L106", "exif.xmp"), 0x83BB: ("L110", "iptc"), 0x8649: ("L110", "exif.irb"), 0x8773: ("L111", "exif.icc"),
    0x935C: ("L213", "exif.imagesourcedata"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Entry:
    tag: int
    kind: int
    count: int
    start: int  # where the value lies in the block
    length: int


def inspect_exif(notes: Notes, block: bytes, base: int, *, main: bool = False) -> None:
    """Read one TIFF block that lies at file offset ``base`` and write down what is in it.

    ``main``: the block is a whole file's own header, not metadata (unused for JPEG and PNG).
    """
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    if order is None or len(block) < 8:
        notes.note("L310", "exif.unreadable", base)
        return
    spans = [(0, 8)]
    queue = [(struct.unpack_from(order + "I", block, 4)[0], "IFD0", 0)]
    seen: set[int] = set()
    damaged = False
    while queue:
        offset, name, number = queue.pop(0)
        if offset in seen or offset == 0:
            continue
        seen.add(offset)
        if len(seen) > _MAX_IFDS or offset + 2 > len(block):
            damaged = True
            continue
        count = struct.unpack_from(order + "H", block, offset)[0]
        if count > _MAX_ENTRIES or offset + 2 + 12 * count > len(block):
            damaged = True
            spans.append((offset, min(len(block), offset + 2 + 12 * count)))
            continue
        end = offset + 2 + 12 * count
        follows = struct.unpack_from(order + "I", block, end)[0] if end + 4 <= len(block) else 0
        spans.append((offset, min(len(block), end + 4)))
        entries = list(_entries(block, order, offset + 2, count))
        damaged |= len(entries) < count
        spans += [(entry.start, entry.start + entry.length) for entry in entries if entry.length > 4]
        spans += _pictures(notes, block, base, order, name, entries)
        for entry in entries:
            _note(notes, block, base, name, entry)
            values = _numbers(block, order, entry, 16)
            if entry.tag in _POINTERS and values:
                queue.append((values[0], _POINTERS[entry.tag], 0))
            elif entry.tag == 0x014A:
                queue += [(value, "SubIFD", 0) for value in values]
        if name.startswith("IFD") and follows:
            queue.append((follows, f"IFD{number + 1}", number + 1))
    if damaged:
        notes.note("L310", "exif.unreadable", base)
    stray = [
        (start, end) for start, end in gaps(spans, len(block)) if end - start > _ALIGNMENT or any(block[start:end])
    ]
    if stray and not main:
        notes.note("L118", "exif.slack", base + stray[0][0])


def _entries(block: bytes, order: str, offset: int, count: int) -> Iterator[_Entry]:
    """The entries whose values lie inside the block."""
    for index in range(count):
        at = offset + 12 * index
        tag, kind, number = struct.unpack_from(order + "HHI", block, at)
        length = _SIZES.get(kind, 1) * number
        start = at + 8 if length <= 4 else struct.unpack_from(order + "I", block, at + 8)[0]
        if start + length <= len(block):
            yield _Entry(tag, kind, number, start, length)


def _numbers(block: bytes, order: str, entry: _Entry, limit: int) -> list[int]:
    """The first ``limit`` values of an entry of whole numbers; none for other types."""
    code = {1: "B", 3: "H", 4: "I", 13: "I"}.get(entry.kind)
    if code is None:
        return []
    return list(struct.unpack_from(f"{order}{min(entry.count, limit)}{code}", block, entry.start))


def _note(notes: Notes, block: bytes, base: int, name: str, entry: _Entry) -> None:
    if name == "GPS":
        notes.note("L102", "exif.gps", base + entry.start)
        return
    if entry.tag not in _CHANNELS:
        return
    rule, channel = _CHANNELS[entry.tag]
    notes.note(rule, channel, base + entry.start)
    value = block[entry.start : entry.start + entry.length]
    if channel == "exif.xmp":
        inspect_xmp(notes, value, base + entry.start)
    elif channel == "exif.irb":
        inspect_irb(notes, value, base + entry.start)
    elif channel == "exif.makernote":
        at = value.find(b"\xff\xd8\xff")
        if at >= 0:
            notes.picture("L202", "exif.makernote.preview", base + entry.start + at, value[at:])


def _pictures(
    notes: Notes, block: bytes, base: int, order: str, name: str, entries: list[_Entry]
) -> list[tuple[int, int]]:
    """Write down the pictures that one directory points to; the stretches of the block that they cover."""
    found: dict[int, list[int]] = {entry.tag: _numbers(block, order, entry, 4096) for entry in entries}
    rule, channel = ("L201", "exif.ifd1.thumbnail") if name == "IFD1" else ("L202", "exif.preview")
    spans: list[tuple[int, int]] = []
    starts, lengths = found.get(0x0201, []), found.get(0x0202, [])
    if starts and lengths and lengths[0]:
        start, end = starts[0], min(len(block), starts[0] + lengths[0])
        if start < end:
            spans.append((start, end))
            notes.picture(rule, channel, base + start, block[start:end])
        else:
            notes.note(rule, channel, base)
    strips = list(zip(found.get(0x0111, []), found.get(0x0117, []), strict=False))
    if strips:
        spans += [(start, min(len(block), start + length)) for start, length in strips]
        data = b"".join(block[start : start + length] for start, length in strips)
        width, height = (found.get(tag, [0])[:1] or [0] for tag in (0x0100, 0x0101))
        bare = found.get(0x0103, [0])[:1] == [1] and len(data) >= 3 * width[0] * height[0] > 0
        if data:
            notes.picture(rule, channel, base + strips[0][0], data, size=(width[0], height[0]) if bare else None)
    return spans
