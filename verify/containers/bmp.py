"""BMP: both headers, palette, rows, and nothing else; every byte named (LEAKS.md section 4.6; Windows GDI, BITMAPINFOHEADER).

Only the 40-byte header without compression is listed. Other headers and codings are walked as far as they can be and are
findings (L305), with what they hold.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from indelible.verify.containers import Walk
from indelible.verify.containers.bmp_pixels import inspect_rows, inspect_runs
from indelible.verify.containers.notes import Inspection, Notes
from indelible.verify.containers.signatures import confirmed, find

_LISTED = 40
_HEADERS = frozenset({12, 16, 40, 52, 56, 64, 108, 124})
_DEPTHS = frozenset({1, 2, 4, 8, 16, 24, 32})
#: Density that writers put in when they know none: none, 72 and 96 to the inch.
_DENSITIES = frozenset({(0, 0), (2835, 2835), (3780, 3780)})
_RGB, _RLE8, _RLE4, _FIELDS, _JPEG, _PNG, _ALPHA_FIELDS = range(7)
_MAX_SIDE = 1 << 20


@dataclass(slots=True, kw_only=True)
class Header:
    """What both headers say. ``table`` is ``(first byte, entries, bytes of an entry)`` of the palette."""

    size: int
    width: int
    height: int
    depth: int
    coding: int = _RGB
    offset: int = 0
    table: tuple[int, int, int] = (0, 0, 4)
    masks: tuple[int, ...] = ()
    profile: tuple[int, int] = (0, 0)

    @property
    def stride(self) -> int:
        """Bytes of a row, padded to four."""
        return (self.width * self.depth + 31) // 32 * 4


def walk(data: bytes) -> Walk:
    """Every byte of a BMP file named, with findings."""
    return inspect(data).walk


def inspect(data: bytes) -> Inspection:
    """The walk and what it came upon."""
    notes = Notes("bmp")
    header = _headers(notes, data)
    if header is None:
        notes.note("L310", "bmp.header", 0)
        notes.name("unwalked", 0, len(data), unknown=True)
        return notes.inspection()
    at = _tables(notes, header, data)
    start = max(at, min(header.offset, len(data)))
    if not at <= header.offset <= len(data):
        notes.note("L306", "bmp.offset", 10)
    if start > at:
        notes.note("L303", "bmp.gap", at)
        notes.name("bmp.gap", at, start, unknown=True)
        _copies(notes, data, at, start, "bmp.gap")
    end = _pixels(notes, header, data, start)
    _tail(notes, header, data, end)
    return notes.inspection()


def _headers(notes: Notes, data: bytes) -> Header | None:
    """Read the 14 bytes of the file header and the information header; None where nothing can be said."""
    if len(data) < 26 or data[:2] != b"BM":
        return None
    stated, reserved, offset, size = struct.unpack_from("<I4sII", data, 2)
    if size not in _HEADERS or 14 + size > len(data):
        return None
    if size == 12:
        width, height, planes, depth = struct.unpack_from("<HHHH", data, 18)
        header = Header(size=size, width=width, height=height, depth=depth, offset=offset)
    else:
        width, height, planes, depth = struct.unpack_from("<iiHH", data, 18)
        header = Header(size=size, width=width, height=abs(height), depth=depth, offset=offset)
    if depth not in _DEPTHS or not (0 < width <= _MAX_SIDE and 0 < header.height <= _MAX_SIDE):
        return None
    if planes != 1 or any(reserved):
        notes.note("L308", "bmp.reserved", 6 if any(reserved) else 26)
    if stated != len(data):
        notes.note("L306", "bmp.size", 2)
    if size != _LISTED:
        notes.note("L305", "bmp.header", 14)
    entries = 1 << depth if depth <= 8 else 0
    if size >= _LISTED:
        header.coding, length, across, down, colors, important = struct.unpack_from("<IIiiII", data, 30)
        if length and header.coding == _RGB and length != header.stride * header.height:
            notes.note("L306", "bmp.size", 34)
        if (across, down) not in _DENSITIES:
            notes.note("L113", "bmp.density", 38)
        if important > max(colors, entries):
            notes.note("L308", "bmp.reserved", 50)
        if depth <= 8 and colors > entries:
            notes.note("L306", "bmp.palette.length", 46)
        elif depth > 8 and colors:
            notes.note("L305", "bmp.palette.suggested", 46)
        entries = min(colors, 1 << 16) or entries
    header.table = (14 + size, entries, 3 if size == 12 else 4)
    notes.name("bmp.file_header", 0, 14)
    notes.name("bmp.info_header", 14, 14 + size, opaque=size > _LISTED)
    _extended(notes, header, data)
    return header


def _extended(notes: Notes, header: Header, data: bytes) -> None:
    """Masks and the colour space of the longer headers."""
    fields = {_FIELDS: 3, _ALPHA_FIELDS: 4}.get(header.coding, 0) if header.size in (40, 52, 56, 108, 124) else 0
    if fields and 54 + 4 * fields <= len(data):
        header.masks = struct.unpack_from(f"<{fields}I", data, 54)
        if header.size >= 56:  # the header has a mask of its own for the fourth channel
            header.masks = struct.unpack_from("<4I", data, 54)
        if header.size == _LISTED:
            notes.name("bmp.masks", 54, 54 + 4 * fields)
            header.table = (54 + 4 * fields, *header.table[1:])
    if header.coding != _RGB:
        notes.note("L305", "bmp.compression", 30)
    if header.size == 124:
        space, place, length = data[70:74], *struct.unpack_from("<II", data, 126)
        if space in (b"DEBM", b"KNIL") or length:
            header.profile = (14 + place, 14 + place + length)
            if space == b"KNIL":
                notes.note("L104", "bmp.v5.profile_linked", 14 + place)
            else:
                notes.note("L111", "bmp.v5.icc", 14 + place)


def _tables(notes: Notes, header: Header, data: bytes) -> int:
    """The palette; where the pixels may begin at the earliest."""
    start, entries, width = header.table
    end = min(len(data), start + entries * width)
    if header.offset < end and header.size == 12 and header.offset >= start:
        end = start + (header.offset - start) // width * width  # old writers leave entries out
        header.table = (start, (end - start) // width, width)
    if width == 4 and any(data[start + 3 : end : 4]):
        notes.note("L308", "bmp.reserved", start + 3)
    notes.name("bmp.palette", start, end, opaque=header.depth > 8)
    return max(end, start)


def _pixels(notes: Notes, header: Header, data: bytes, start: int) -> int:
    """Name and examine the picture's data; where it ends."""
    if header.coding in (_RGB, _FIELDS, _ALPHA_FIELDS) and not (header.size == 64 and header.coding != _RGB):
        need = header.stride * header.height
        if start + need > len(data):
            notes.note("L310", "bmp.truncated", len(data))
        end = min(len(data), start + need)
        inspect_rows(notes, header, data, start, end)
        notes.name("bmp.rows", start, end)
        return end
    stated = struct.unpack_from("<I", data, 34)[0] if header.size >= _LISTED else 0
    end = min(len(data), start + stated) if stated else len(data)
    if header.coding in (_RLE8, _RLE4) and header.depth in (4, 8):
        used = inspect_runs(notes, header, data, start, end)
        notes.name("bmp.runs", start, used)
        if used < end:
            notes.note("L304", "bmp.rle.slack", used)
            notes.name("bmp.rle.slack", used, end, unknown=True)
        return end
    if header.coding in (_JPEG, _PNG) and header.size != 64:
        notes.picture("L206", "bmp.embedded", start, data[start:end])
    else:
        notes.note("L310", "bmp.coding", 30)
    notes.name("bmp.coded", start, end, opaque=True)
    return end


def _tail(notes: Notes, header: Header, data: bytes, end: int) -> None:
    """What follows the pixels: the profile that a header names, or nothing."""
    start, stop = header.profile
    if end <= start < min(stop, len(data)):
        if start > end:
            notes.note("L303", "bmp.gap", end)
            notes.name("bmp.gap", end, start, unknown=True)
        notes.name("bmp.profile", start, min(stop, len(data)), opaque=True)
        end = min(stop, len(data))
    if end < len(data):
        notes.note("L301", "bmp.trailer", end)
        notes.name("bmp.trailer", end, len(data), unknown=True)
        _copies(notes, data, end, len(data), "bmp.trailer.image")


def _copies(notes: Notes, data: bytes, start: int, end: int, channel: str) -> None:
    part = data[start:end]
    for hit in find(part, 64, ("jpeg", "png", "bmp")):
        if confirmed(hit, part):
            notes.picture("L206", channel, start + hit.offset, part[hit.offset :])
