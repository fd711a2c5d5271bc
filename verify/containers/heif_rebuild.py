"""A hidden item as a file of its own, so that a decoder can show what is in it: the smallest HEIF around one item.

Crops, turns and metadata are left out: the point is to see what is stored.
"""

from __future__ import annotations

import struct

from indelible.verify.containers.bmff import Box, read_box
from indelible.verify.containers.heif_items import Item, Items
from indelible.verify.containers.notes import MAX_PICTURE

_CODED = {b"av01": (b"av1C", b"avif"), b"hvc1": (b"hvcC", b"heic")}
_DERIVED = frozenset({b"grid"})
_KEPT = frozenset({b"ispe", b"pixi", b"av1C", b"hvcC", b"colr"})
_MAX_TILES = 1_000
BRANDS = {b"avif": b"avifmif1miaf", b"heic": b"mif1heicmiaf"}


def rebuild(data: bytes, found: Items, item: Item) -> bytes | None:
    """A file whose primary item is ``item``; None for a coding that no decoder here knows, or beyond the caps.

    A bare JPEG item is its own file.
    """
    if item.kind == b"jpeg":
        return item.content(data, MAX_PICTURE)
    parts = [item]
    if item.kind in _DERIVED:
        tiles = found.targets(b"dimg", item.id)
        if not tiles or len(tiles) > _MAX_TILES:
            return None
        parts += [found.items[number] for number in dict.fromkeys(tiles) if number in found.items]
    coded = {part.kind for part in parts if part.kind not in _DERIVED}
    if len(coded) != 1 or not coded <= set(_CODED) or sum(part.length for part in parts) > MAX_PICTURE:
        return None
    return build(data, found, parts, _CODED[coded.pop()][1])


def build(data: bytes, found: Items, parts: list[Item], brand: bytes) -> bytes:
    """The file itself; ``parts[0]`` is the primary item, the others are its tiles."""
    properties: list[bytes] = []
    numbers: dict[int, int] = {}
    for part in parts:
        for index in part.properties:
            if index in numbers or not 1 <= index <= len(found.properties):
                continue
            box = found.properties[index - 1]
            content = data[box.body : box.end]
            if box.kind in _KEPT and not (box.kind == b"colr" and content[:4] != b"nclx"):
                properties.append(_box(box.kind, content))
                numbers[index] = len(properties)
    identity = {part.id: number for number, part in enumerate(parts, 1)}
    contents = [part.content(data, MAX_PICTURE) for part in parts]
    ipma = struct.pack(">II", 1, len(parts))  # flag: wide indices
    for number, part in enumerate(parts, 1):
        wanted = [numbers[index] for index in part.properties if index in numbers]
        ipma += struct.pack(">HB", number, len(wanted))
        ipma += b"".join(
            struct.pack(">H", value | (0x8000 if properties[value - 1][4:8] in (b"hvcC", b"av1C") else 0))
            for value in wanted
        )
    entries = b"".join(
        _full(b"infe", struct.pack(">HH", number, 0) + part.kind + b"\0", version=2)
        for number, part in enumerate(parts, 1)
    )
    links = b""
    tiles = [identity[number] for number in found.targets(b"dimg", parts[0].id) if number in identity]
    if parts[0].kind in _DERIVED:
        link = struct.pack(">HH", 1, len(tiles)) + b"".join(struct.pack(">H", tile) for tile in tiles)
        links = _full(b"iref", _box(b"dimg", link))

    def meta(start: int) -> bytes:
        table, at = struct.pack(">BBH", 0x44, 0, len(parts)), start
        for number, content in enumerate(contents, 1):
            table += struct.pack(">HHHII", number, 0, 1, at, len(content))
            at += len(content)
        return _full(
            b"meta",
            _full(b"hdlr", bytes(4) + b"pict" + bytes(13))
            + _full(b"pitm", struct.pack(">H", 1))
            + _full(b"iloc", table)
            + _full(b"iinf", struct.pack(">H", len(parts)) + entries)
            + links
            + _box(b"iprp", _box(b"ipco", b"".join(properties)) + _box(b"ipma", ipma)),
        )

    head = _box(b"ftyp", brand + bytes(4) + BRANDS[brand])
    start = len(head) + len(meta(0)) + 8
    return head + meta(start) + _box(b"mdat", b"".join(contents))


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + kind + content


def _full(kind: bytes, content: bytes, *, version: int = 0) -> bytes:
    return _box(kind, bytes((version, 0, 0, 0)) + content)


def film_frame(data: bytes, entry: Box, sample: tuple[int, int]) -> bytes | None:
    """The first frame of a track as a file of its own; None for a coding that no decoder here knows."""
    start = entry.body + 8  # version, flags, number of entries
    visual = read_box(data, start, entry.end)
    if not isinstance(visual, Box) or visual.kind not in _CODED or visual.size < 78:
        return None
    config, brand = _CODED[visual.kind]
    width, height = struct.unpack_from(">HH", data, visual.body + 24)
    at = visual.body + 78
    while at < visual.end:
        box = read_box(data, at, visual.end)
        if not isinstance(box, Box):
            return None
        if box.kind == config:
            content = data[box.body : box.end]
            blob = bytes(4) + struct.pack(">II", width, height) + content + data[sample[0] : sample[1]]
            end = 12 + len(content)
            found = Items(properties=[Box(b"ispe", 0, 0, 12), Box(config, 12, 12, end)])
            return build(blob, found, [Item(1, visual.kind, extents=[(end, len(blob))], properties=[1, 2])], brand)
        at = box.end
    return None
