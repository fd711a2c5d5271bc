"""The item tables of a HEIF file: who is there, where its bytes lie, what refers to what (ISO/IEC 14496-12, 8.11; 23008-12)."""

from __future__ import annotations

from dataclasses import dataclass, field

from indelible.verify.containers.bmff import Box, Reader
from indelible.verify.containers.notes import Notes

MAX_ITEMS = 4_000
MAX_EXTENTS = 20_000
MAX_REFERENCES = 20_000

#: What known encoders call their items; any other name is text that somebody chose.
_ITEM_NAMES = frozenset({b"", b"Color", b"Alpha", b"Exif", b"XMP", b"GMap", b"TMap", b"HEVC Image"})


@dataclass(slots=True)
class Item:
    """One item. ``extents`` are stretches ``[start, end)`` of the file."""

    id: int
    kind: bytes = b""
    hidden: bool = False
    content_type: bytes = b""
    encoding: bytes = b""
    offset: int = 0
    method: int = 0
    located: bool = False
    extents: list[tuple[int, int]] = field(default_factory=list)
    properties: list[int] = field(default_factory=list)  # 1-based indices into `Items.properties`

    def content(self, data: bytes, limit: int) -> bytes:
        """The item's bytes, joined, at most ``limit``."""
        parts, left = [], limit
        for start, end in self.extents:
            parts.append(data[start : min(end, start + left)])
            left -= len(parts[-1])
            if left <= 0:
                break
        return b"".join(parts)

    @property
    def length(self) -> int:
        """Bytes of all extents together."""
        return sum(end - start for start, end in self.extents)


@dataclass(frozen=True, slots=True)
class Reference:
    """``kind`` from one item to others."""

    kind: bytes
    source: int
    targets: tuple[int, ...]


@dataclass(slots=True)
class Items:
    """Everything that the meta box says."""

    primary: int = 0
    items: dict[int, Item] = field(default_factory=dict)
    references: list[Reference] = field(default_factory=list)
    properties: list[Box] = field(default_factory=list)
    idat: list[tuple[int, int]] = field(default_factory=list)
    mdat: list[tuple[int, int]] = field(default_factory=list)  # contents of the media boxes
    samples: list[tuple[int, int]] = field(default_factory=list)  # what tracks point to
    listed: set[int] = field(default_factory=set)

    def item(self, number: int) -> Item:
        """The item of that number, made if nobody has named it yet."""
        return self.items.setdefault(number, Item(number))

    def targets(self, kind: bytes, source: int) -> list[int]:
        """Items that ``source`` refers to."""
        return [to for item in self.references if (item.kind, item.source) == (kind, source) for to in item.targets]

    def sources(self, kind: bytes, target: int) -> list[int]:
        """Items that refer to ``target``."""
        return [item.source for item in self.references if item.kind == kind and target in item.targets]

    def property(self, item: Item, kind: bytes) -> Box | None:
        """The item's first property of a kind."""
        for index in item.properties:
            if 1 <= index <= len(self.properties) and self.properties[index - 1].kind == kind:
                return self.properties[index - 1]
        return None


def slack(notes: Notes, reader: Reader, box: Box) -> None:
    """Bytes behind a box's last field."""
    if reader.left:
        notes.note("L304", "heif.box.slack", box.start)
        notes.opaque.append((reader.at, reader.left))


def read_primary(notes: Notes, data: bytes, box: Box, found: Items) -> None:
    """pitm."""
    reader = Reader(data, box.body, box.end)
    version, _ = reader.full()
    found.primary = reader.uint(2 if version == 0 else 4)
    slack(notes, reader, box)


def read_entry(notes: Notes, data: bytes, box: Box, found: Items) -> None:
    """infe."""
    reader = Reader(data, box.body, box.end)
    version, flags = reader.full()
    if version not in (2, 3):
        notes.note("L310", "heif.item.entry", box.start)
        return
    number = reader.uint(2 if version == 2 else 4)
    protected = reader.uint(2)
    item = found.item(number)
    if number in found.listed:
        notes.note("L307", "heif.item.second", box.start)
    found.listed.add(number)
    item.kind, item.hidden, item.offset = reader.take(4), bool(flags & 1), box.start
    if flags & ~1:
        notes.note("L308", "heif.reserved", box.start)
    if protected:
        notes.note("L310", "heif.item.protected", box.start)
    if reader.text() not in _ITEM_NAMES:
        notes.note("L112", "heif.item.name", box.start)
        notes.opaque.append((box.body, box.size))
    if item.kind == b"mime":
        item.content_type = reader.text()
        item.encoding = reader.text() if reader.left else b""
    elif item.kind == b"uri ":
        reader.text()
    slack(notes, reader, box)


def read_locations(notes: Notes, data: bytes, box: Box, found: Items) -> None:
    """iloc: extents become stretches of the file; the caller judges whether they lie where they may."""
    reader = Reader(data, box.body, box.end)
    version, _ = reader.full()
    if version > 2:
        notes.note("L310", "heif.iloc", box.start)
        return
    sizes, more = reader.uint(1), reader.uint(1)
    offset_size, length_size, base_size = sizes >> 4, sizes & 15, more >> 4
    index_size = more & 15 if version else 0
    if version == 0 and more & 15:
        notes.note("L308", "heif.reserved", box.start)
    extents = 0
    for _ in range(reader.uint(2 if version < 2 else 4)):
        number = reader.uint(2 if version < 2 else 4)
        method = reader.uint(2) if version else 0
        reference, base = reader.uint(2), reader.uint(base_size)
        count = reader.uint(2)
        extents += count
        if len(found.items) > MAX_ITEMS or extents > MAX_EXTENTS:
            notes.note("L315", "heif.items", box.start)
            return
        item = found.item(number)
        if item.located:
            notes.note("L307", "heif.item.second", box.start)
        item.located, item.method = True, method & 15
        if method >> 4:
            notes.note("L308", "heif.reserved", box.start)
        if reference:
            notes.note("L305", "heif.iloc.external", box.start)  # another file, or a part of this one by its own rules
        origin = 0
        if item.method == 1:
            origin = found.idat[0][0] if found.idat else len(data)
        elif item.method > 1:
            notes.note("L305", "heif.iloc.method", box.start)
            notes.note("L310", "heif.iloc.method", box.start)
        for _ in range(count):
            reader.uint(index_size)
            start, length = reader.uint(offset_size), reader.uint(length_size)
            if item.method <= 1:
                item.extents.append((origin + base + start, origin + base + start + length))
    slack(notes, reader, box)


def read_references(notes: Notes, data: bytes, box: Box, version: int, found: Items) -> None:
    """One box inside iref."""
    size = 2 if version == 0 else 4
    reader = Reader(data, box.body, box.end)
    source, count = reader.uint(size), reader.uint(2)
    if len(found.references) > MAX_REFERENCES or count > MAX_REFERENCES:
        notes.note("L315", "heif.items", box.start)
        return
    found.references.append(Reference(box.kind, source, tuple(reader.uint(size) for _ in range(count))))
    slack(notes, reader, box)


def read_associations(notes: Notes, data: bytes, box: Box, found: Items) -> None:
    """ipma."""
    reader = Reader(data, box.body, box.end)
    version, flags = reader.full()
    for _ in range(reader.uint(4)):
        item = found.item(reader.uint(2 if version < 1 else 4))
        if len(found.items) > MAX_ITEMS:
            notes.note("L315", "heif.items", box.start)
            return
        if item.properties:
            notes.note("L307", "heif.ipma.second", box.start)
        wide = flags & 1
        item.properties += [reader.uint(2) & 0x7FFF if wide else reader.uint(1) & 0x7F for _ in range(reader.uint(1))]
    slack(notes, reader, box)
