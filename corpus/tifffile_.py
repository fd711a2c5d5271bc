"""TIFF files as a list of directories, taken apart and put together again (TIFF 6.0; classic, little-endian, strips)."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 13: 4}
_STARTS, _LENGTHS = 273, 279


@dataclass(frozen=True, slots=True)
class Field:
    """One entry: type, number of values, and their bytes."""

    kind: int
    count: int
    value: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Page:
    """One directory: its entries but for the strips, the strips, and directories that an entry of it points to."""

    fields: Mapping[int, Field]
    strips: tuple[bytes, ...] = field(default=(), repr=False)
    inner: Mapping[int, tuple[Page, ...]] = field(default_factory=dict)

    def with_field(self, tag: int, item: Field) -> Page:
        """The page with one more entry, or another one in its place."""
        return replace(self, fields={**self.fields, tag: item})


def ascii_field(text: str) -> Field:
    """Text and its zero byte."""
    data = text.encode("ascii") + b"\0"
    return Field(2, len(data), data)


def bytes_field(data: bytes, kind: int = 7) -> Field:
    """Bytes as they are: type 1 (BYTE) or 7 (UNDEFINED)."""
    return Field(kind, len(data), data)


def short_field(*values: int) -> Field:
    """16-bit numbers."""
    return Field(3, len(values), struct.pack(f"<{len(values)}H", *values))


def long_field(*values: int) -> Field:
    """32-bit numbers."""
    return Field(4, len(values), struct.pack(f"<{len(values)}I", *values))


def split(data: bytes) -> tuple[Page, ...]:
    """The pages of a well-formed file."""
    (at,) = struct.unpack_from("<I", data, 4)
    pages = []
    while at:
        (count,) = struct.unpack_from("<H", data, at)
        fields = {}
        for place in range(at + 2, at + 2 + 12 * count, 12):
            tag, kind, number = struct.unpack_from("<HHI", data, place)
            length = _SIZES[kind] * number
            start = place + 8 if length <= 4 else struct.unpack_from("<I", data, place + 8)[0]
            fields[tag] = Field(kind, number, data[start : start + length])
        starts, lengths = (_numbers(fields.pop(tag)) for tag in (_STARTS, _LENGTHS))
        strips = tuple(data[start : start + length] for start, length in zip(starts, lengths, strict=True))
        pages.append(Page(fields, strips))
        (at,) = struct.unpack_from("<I", data, at + 2 + 12 * count)
    return tuple(pages)


def _numbers(item: Field) -> tuple[int, ...]:
    return struct.unpack(f"<{item.count}{'H' if item.kind == 3 else 'I'}", item.value)


def join(pages: Sequence[Page]) -> bytes:
    """The file again: header, then each page's strips, inner directories and directory."""
    data = bytearray(b"II*\0\0\0\0\0")
    link = 4
    for page in pages:
        start, link_after = _append(data, page)
        struct.pack_into("<I", data, link, start)
        link = link_after
    return bytes(data)


def _append(data: bytearray, page: Page) -> tuple[int, int]:
    """Where the directory of a page begins, and where the offset of the next one goes."""
    fields = dict(page.fields)
    for tag, inner in page.inner.items():
        fields[tag] = long_field(*(_append(data, item)[0] for item in inner))
    if page.strips:
        starts = []
        for strip in page.strips:
            starts.append(len(data))
            data += strip
        fields[_STARTS] = long_field(*starts)
        fields[_LENGTHS] = long_field(*map(len, page.strips))
    data += b"\0" * (len(data) % 2)
    start = len(data)
    table, values = struct.pack("<H", len(fields)), b""
    place = start + 2 + 12 * len(fields) + 4
    for tag in sorted(fields):
        item = fields[tag]
        table += struct.pack("<HHI", tag, item.kind, item.count)
        if len(item.value) <= 4:
            table += item.value.ljust(4, b"\0")
        else:
            table += struct.pack("<I", place + len(values))
            values += item.value + b"\0" * (len(item.value) % 2)
    data += table + bytes(4) + values
    return start, start + len(table)


def change(data: bytes, tag: int, item: Field) -> bytes:
    """``data`` with an entry put into its first page."""
    first, *others = split(data)
    return join((first.with_field(tag, item), *others))
