"""Which items of a HEIF file are the picture, and what the others are: thumbnails, depth, hidden sources, metadata."""

from __future__ import annotations

import zlib

from indelible.verify.containers.avif_obu import walk_obus
from indelible.verify.containers.exif import inspect_exif
from indelible.verify.containers.heif_items import Item, Items
from indelible.verify.containers.heif_properties import Properties
from indelible.verify.containers.heif_rebuild import rebuild
from indelible.verify.containers.hevc_nal import HevcConfig, walk_units
from indelible.verify.containers.notes import MAX_PICTURE, Notes
from indelible.verify.containers.png_text import MAX_TEXT
from indelible.verify.containers.signatures import readable
from indelible.verify.containers.uuids import store_pictures
from indelible.verify.containers.xmp import inspect_xmp

_CODED = frozenset({b"av01", b"hvc1"})
#: Coded and derived pictures that no writer here emits and no walker here reads.
_FOREIGN = frozenset(
    {
        b"avc1",
        b"vvc1",
        b"jpeg",
        b"j2k1",
        b"unci",
        b"evc1",
        b"lhv1",
        b"mski",
        b"iden",
        b"iovl",
        b"rgan",
        b"hev1",
        b"jxlC",
    }
)
_LINKS = frozenset({b"dimg", b"auxl", b"thmb", b"cdsc", b"prem", b"base"})
#: A coded picture may be wider or higher than the shown one by less than this: padding to the coding grid.
_GRID = 64
_MAX_METADATA = 64 * 1024 * 1024


def judge_items(notes: Notes, data: bytes, found: Items, said: Properties) -> None:
    """Judge every item and reference; the picture's own coded data is walked to its last byte."""
    primary = found.items.get(found.primary)
    if primary is None or not primary.kind:
        notes.note("L310", "heif.primary", 0)
        primary = None
    listed = _picture(notes, data, found, said, primary) if primary is not None else set()
    for link in found.references:
        if link.kind not in _LINKS:
            notes.note("L305", "heif.iref", found.item(link.source).offset)
        if link.source not in found.listed or any(target not in found.listed for target in link.targets):
            notes.note("L306", "heif.iref", 0)
    for item in list(found.items.values()):
        if notes.full:
            notes.note("L315", "heif.items", 0)
            break
        if item.id not in found.listed:
            notes.note("L306", "heif.item.unlisted", 0)  # located or described, and in no list
        elif item.id not in listed:
            _other(notes, data, found, said, item)
        if item.kind in _CODED:
            _coded(notes, data, found, said, item)


def _picture(notes: Notes, data: bytes, found: Items, said: Properties, primary: Item) -> set[int]:
    """The items that make up the shown picture, their alpha plane included."""
    listed = {primary.id}
    if primary.hidden:
        notes.note("L305", "heif.primary.hidden", primary.offset)
    if primary.kind not in _CODED | {b"grid"}:
        notes.note("L310", "heif.coding", primary.offset)
        if primary.kind in (b"iden", b"iovl", b"tmap"):
            notes.note("L209", "heif.derived", primary.offset)
    if primary.kind == b"grid":
        listed |= _grid(notes, data, found, said, primary)
    crop = found.property(primary, b"clap")
    if crop is not None and (whole := rebuild(data, found, primary)):
        notes.picture("L209", "heif.clap", crop.start, whole)
    for number in found.sources(b"auxl", primary.id):
        alpha = found.items.get(number)
        if alpha is not None and set(alpha.properties) & said.alpha and len(listed & set(_planes(found, primary))) == 0:
            listed.add(number)
            if alpha.kind == b"grid":
                listed |= _grid(notes, data, found, said, alpha)
            if found.property(alpha, b"clap") is not None:
                notes.note("L209", "heif.clap", alpha.offset)
    return listed


def _planes(found: Items, primary: Item) -> list[int]:
    return found.sources(b"auxl", primary.id)


def _grid(notes: Notes, data: bytes, found: Items, said: Properties, grid: Item) -> set[int]:
    """The tiles of a grid (ISO/IEC 23008-12, 6.6.2.3); they must not reach beyond what is shown."""
    tiles = [found.items[number] for number in found.targets(b"dimg", grid.id) if number in found.items]
    body = grid.content(data, 64)
    wide = bool(body[1] & 1) if len(body) > 1 else False
    if len(body) != (12 if wide else 8) or body[0] or body[1] > 1:
        notes.note(
            "L310" if len(body) < 8 else "L304", "heif.grid", grid.extents[0][0] if grid.extents else grid.offset
        )
        return {tile.id for tile in tiles}
    rows, columns = body[2] + 1, body[3] + 1
    half = (len(body) - 4) // 2
    width, height = int.from_bytes(body[4 : 4 + half]), int.from_bytes(body[4 + half :])
    if rows * columns != len(tiles) or any(tile.kind not in _CODED for tile in tiles):
        notes.note("L306", "heif.grid", grid.offset)
    sizes = {_size(said, tile) for tile in tiles}
    stated = _size(said, grid)
    if stated is not None and stated != (width, height):
        notes.note("L306", "heif.grid", grid.offset)
    for size in sizes:
        if size is not None and (size[0] * columns > width or size[1] * rows > height):
            notes.note("L209", "heif.derived", grid.offset)  # the tiles hold more than the grid shows
    return {tile.id for tile in tiles}


def _size(said: Properties, item: Item) -> tuple[int, int] | None:
    return next((said.sizes[index] for index in item.properties if index in said.sizes), None)


def _other(notes: Notes, data: bytes, found: Items, said: Properties, item: Item) -> None:
    """An item that is no part of the picture."""
    at = item.extents[0][0] if item.extents else item.offset
    if item.kind == b"Exif":
        notes.note("L101", "heif.item.exif", at)
        _exif(notes, item.content(data, _MAX_METADATA), at)
    elif item.kind == b"mime":
        _mime(notes, item, item.content(data, _MAX_METADATA), at)
    elif item.kind == b"iptc":
        notes.note("L110", "heif.item.iptc", at)
    elif item.kind == b"uri ":
        notes.note("L302", "heif.item.uri", at, cannot_tell=False)
    elif item.kind in _CODED or item.kind in _FOREIGN or item.kind in (b"grid", b"tmap"):
        _further(notes, data, found, said, item, at)
    else:
        notes.note("L302", "heif.item.unknown", at, cannot_tell=not readable(item.content(data, 1 << 20)))


def _further(notes: Notes, data: bytes, found: Items, said: Properties, item: Item, at: int) -> None:
    """A picture that is not the shown one."""
    parents = {link.kind: link.source for link in found.references if item.id in link.targets}
    if found.targets(b"thmb", item.id):
        rule, channel = "L208", "heif.item.thmb"
    elif found.targets(b"auxl", item.id):
        rule, channel = "L207", "heif.item.aux"
    elif item.kind == b"tmap":
        rule, channel = "L207", "heif.item.tmap"
    elif item.hidden or parents:
        rule, channel = "L209", "heif.item.hidden"
    else:
        rule, channel = "L211", "heif.images"
    if b"dimg" in parents:
        parent = found.items.get(parents[b"dimg"])
        if parent is not None and parent.kind == b"grid":
            notes.note(rule, channel, at)  # a tile: its grid is handed over as a whole
            return
    whole = rebuild(data, found, item)
    if whole is None:
        notes.note(rule, channel, at)
    else:
        notes.picture(rule, channel, at, whole)


def _exif(notes: Notes, content: bytes, at: int) -> None:
    """Four bytes that say where the TIFF header begins behind them, then the block (ISO/IEC 23008-12, A.2.1)."""
    skip = int.from_bytes(content[:4])
    if len(content) < 12 or skip > len(content) - 12:
        if content:
            notes.note("L310", "exif.unreadable", at)
        return
    if content[4 : 4 + skip] not in (b"", b"Exif\0\0"):
        notes.note("L118", "exif.slack", at + 4)
    inspect_exif(notes, content[4 + skip :], at + 4 + skip)


def _mime(notes: Notes, item: Item, content: bytes, at: int) -> None:
    if item.encoding:
        engine = zlib.decompressobj(-15 if item.encoding == b"deflate" and content[:1] != b"\x78" else 47)
        try:
            plain = engine.decompress(content, MAX_TEXT)
            if engine.unconsumed_tail:
                notes.note("L315", "heif.item.size", at)
        except zlib.error:
            notes.note("L310", "heif.item.encoding", at)
            plain = b""
        notes.inflated.append((at, plain))
        content = plain
    if item.content_type == b"application/rdf+xml" or b"<x:xmpmeta" in content[:4096]:
        notes.note("L106", "heif.item.xmp", at)
        inspect_xmp(notes, content, at)
    elif item.content_type.startswith(b"image/"):
        notes.picture("L209", "heif.item.hidden", at, content[:MAX_PICTURE])
    else:
        notes.note("L302", "heif.item.mime", at, cannot_tell=False)
        store_pictures(notes, content, at, "heif.item.mime.thumbnail")


def _coded(notes: Notes, data: bytes, found: Items, said: Properties, item: Item) -> None:
    """Walk an item's coded data, and hold its size against the one that is shown."""
    if item.length > _MAX_METADATA:
        notes.note("L315", "heif.item.size", item.offset)
        return
    at = item.extents[0][0] if item.extents else item.offset
    content, shown = item.content(data, _MAX_METADATA), _size(said, item)
    if shown is None or not content:
        notes.note("L310", "heif.coding", item.offset)
    if item.kind == b"av01":
        sequence = walk_obus(notes, content, at)
        if found.property(item, b"av1C") is None or (content and not sequence.frames):
            notes.note("L310", "heif.coding", item.offset)
        for size in (sequence.size, _configured(found, said, item)):
            _sizes(notes, size, shown, size, item)
        return
    config = _hevc(found, said, item)
    if config is None:
        notes.note("L310", "heif.coding", item.offset)
        return
    walk_units(notes, content, at, config.length_size)
    _sizes(notes, config.shown, shown, config.coded, item)


def _sizes(
    notes: Notes,
    stated: tuple[int, int] | None,
    shown: tuple[int, int] | None,
    coded: tuple[int, int] | None,
    item: Item,
) -> None:
    """What the stream says, what the container says, and how much is coded beyond both."""
    if stated is None or shown is None or coded is None:
        return
    if stated != shown:
        notes.note("L306", "heif.ispe", item.offset)
    if coded[0] - shown[0] >= _GRID or coded[1] - shown[1] >= _GRID:
        notes.note("L209", "heif.window", item.offset)


def _configured(found: Items, said: Properties, item: Item) -> tuple[int, int] | None:
    return next((said.av1[index] for index in item.properties if said.av1.get(index) is not None), None)


def _hevc(found: Items, said: Properties, item: Item) -> HevcConfig | None:
    return next((said.hevc[index] for index in item.properties if index in said.hevc), None)
