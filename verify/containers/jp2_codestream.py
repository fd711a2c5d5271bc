"""A JPEG 2000 codestream: marker segments, tile parts by Psot, and EOC as the last thing (ISO/IEC 15444-1, Annex A)."""

from __future__ import annotations

from dataclasses import dataclass, field

from indelible.verify.containers.jp2_packets import Coding, read_coding, slack_of_tile
from indelible.verify.containers.notes import Notes
from indelible.verify.containers.signatures import readable

_SIZ, _COD, _COC, _QCD, _QCC, _RGN, _POC, _COM, _CAP = 0x51, 0x52, 0x53, 0x5C, 0x5D, 0x5E, 0x5F, 0x64, 0x50
_SOT, _SOD, _EOC = 0x90, 0x93, 0xD9
_FINGERPRINT = frozenset({_COC, _QCC, _RGN, _CAP, 0x59})
_LENGTHS = frozenset({0x55, 0x57, 0x58, 0x60, 0x61, 0x63})  # TLM, PLM, PLT, PPM, PPT, CRG
_MAX_PARTS = 20_000
_MAX_TILES = 65_535


@dataclass(slots=True)
class _Stream:
    """What the main header says, and the tile parts that were found."""

    tiles: int = 0
    coding: Coding | None = None
    seen: set[int] = field(default_factory=set)
    parts: dict[int, list[tuple[int, int, int, int]]] = field(default_factory=dict)  # tile -> (part, of, start, end)
    plain: bool = True  # no marker that moves packets or their headers elsewhere


def inspect_codestream(notes: Notes, data: bytes, start: int, end: int) -> None:
    """Name every byte of the codestream in ``[start, end)``."""
    if end - start < 2 or data[start : start + 2] != b"\xff\x4f":
        _cut(notes, start, end)
        return
    notes.name("jp2.soc", start, start + 2)
    stream, at, count = _Stream(), start + 2, 0
    while at < end:
        if notes.full or count > _MAX_PARTS:
            notes.note("L315", "jp2.structures", at)
            notes.name("unwalked", at, end, unknown=True)
            return
        if end - at < 2 or data[at] != 0xFF:
            _cut(notes, at, end)
            return
        marker = data[at + 1]
        if marker == _EOC:
            notes.name("jp2.eoc", at, at + 2)
            _finish(notes, stream, data, at + 2, end)
            return
        if marker == _SOT:
            count += 1
            following = _tile_part(notes, stream, data, at, end)
            if following is None:
                return
            at = following
            continue
        following = _segment(notes, stream, data, at, end, tile=False)
        if following is None:
            return
        at = following
    notes.note("L310", "jp2.truncated", end)


def _cut(notes: Notes, at: int, end: int) -> None:
    notes.note("L310", "jp2.truncated", at)
    notes.name("unwalked", at, end, unknown=True)


def _segment(notes: Notes, stream: _Stream, data: bytes, at: int, end: int, *, tile: bool) -> int | None:
    """Name one marker segment; where the next one begins."""
    marker = data[at + 1]
    if 0x30 <= marker <= 0x3F:  # reserved, without content
        notes.note("L302", "jp2.marker.unknown", at, cannot_tell=False)
        notes.name("jp2.marker.unknown", at, at + 2, unknown=True)
        return at + 2
    length = int.from_bytes(data[at + 2 : at + 4])
    stop = at + 2 + length
    if length < 2 or end - at < 4 or stop > end:
        _cut(notes, at, end)
        return None
    payload, opaque, unknown = data[at + 4 : stop], False, False
    name = "jp2.marker.unlisted"
    if marker == _COM:
        name, opaque = "jp2.com", True
        notes.note("L115", name, at)
    elif marker == _SIZ and not tile:
        name = "jp2.siz"
        _size(notes, stream, payload, at)
    elif marker in (_COD, _QCD):
        name = "jp2.cod" if marker == _COD else "jp2.qcd"
        if tile:
            stream.plain = False
            notes.note("L117", "jp2.encoder", at)
        elif marker == _COD and stream.coding is not None and not read_coding(stream.coding, payload):
            notes.note("L306", "jp2.segment.length", at)
        elif marker == _QCD and len(payload) > 1 + 2 * 97:
            notes.note("L306", "jp2.segment.length", at)
    elif marker in _FINGERPRINT:
        name = "jp2.segment"
        stream.plain = False
        notes.note("L117", "jp2.encoder", at)
    elif marker == _POC:
        name = "jp2.layers"
        stream.plain = False
        notes.note("L211", "jp2.layers", at)
    elif marker in _LENGTHS:
        opaque = True
        stream.plain &= marker in (0x55, 0x57, 0x58, 0x63)
        notes.note("L305", name, at)
    else:
        name, opaque, unknown = "jp2.marker.unknown", True, True
        stream.plain = False
        notes.note("L302", name, at, cannot_tell=not readable(payload))
    if not tile:
        if marker in stream.seen and marker in (_SIZ, _COD, _QCD):
            notes.note("L307", "jp2.marker.duplicate", at)
        if marker != _SIZ and not stream.seen:
            notes.note("L307", "jp2.marker.order", at)
        stream.seen.add(marker)
    notes.name(name, at, stop, opaque=opaque, unknown=unknown)
    return stop


def _size(notes: Notes, stream: _Stream, payload: bytes, at: int) -> None:
    """SIZ: the reference grid, the tiles and the components."""
    if len(payload) < 36 or len(payload) != 36 + 3 * int.from_bytes(payload[34:36]):
        notes.note("L306", "jp2.segment.length", at)
        return
    values = [int.from_bytes(payload[2 + 4 * index : 6 + 4 * index]) for index in range(8)]
    width, height, left, top, tile_width, tile_height, tile_left, tile_top = values
    if not tile_width or not tile_height or width <= left or height <= top or tile_left > left or tile_top > top:
        notes.note("L310", "jp2.coding", at)
        return
    across, down = -(-(width - tile_left) // tile_width), -(-(height - tile_top) // tile_height)
    stream.tiles = across * down
    if stream.tiles > _MAX_TILES:
        notes.note("L310", "jp2.coding", at)
    steps = [(payload[37 + 3 * index], payload[38 + 3 * index]) for index in range(int.from_bytes(payload[34:36]))]
    if any(not x or not y for x, y in steps):
        notes.note("L310", "jp2.coding", at)
        return
    stream.coding = Coding(
        area=(left, top, width, height), tile=(tile_left, tile_top, tile_width, tile_height), across=across, steps=steps
    )


def _tile_part(notes: Notes, stream: _Stream, data: bytes, at: int, end: int) -> int | None:
    """SOT, the tile part's own markers, SOD and its data; where the next marker is."""
    if end - at < 12 or int.from_bytes(data[at + 2 : at + 4]) != 10:
        _cut(notes, at, end)
        return None
    tile, length = int.from_bytes(data[at + 4 : at + 6]), int.from_bytes(data[at + 6 : at + 10])
    part, parts = data[at + 10], data[at + 11]
    stop = at + length if length else _last(data, at, end)
    if stop > end or stop < at + 14:
        notes.note("L306", "jp2.psot", at)
        _cut(notes, at, end)
        return None
    known = stream.parts.setdefault(tile, [])
    if tile >= stream.tiles or part != len(known) or (parts and part >= parts):
        notes.note("L211", "jp2.tiles", at)  # a tile or a part that the picture has no place for
        notes.opaque.append((at, stop - at))
    notes.name("jp2.sot", at, at + 12)
    inner = at + 12
    while inner < stop and data[inner : inner + 2] != b"\xff\x93":
        if data[inner] != 0xFF or stop - inner < 4:
            _cut(notes, inner, stop)
            return stop
        following = _segment(notes, stream, data, inner, stop, tile=True)
        if following is None:
            return stop
        inner = following
    if inner >= stop:
        notes.note("L310", "jp2.truncated", inner)
        return stop
    notes.name("jp2.sod", inner, inner + 2)
    notes.name("jp2.tile", inner + 2, stop)
    known.append((part, parts, inner + 2, stop))
    return stop


def _last(data: bytes, at: int, end: int) -> int:
    """Where a tile part of unstated length ends: at the last EOC."""
    place = data.rfind(b"\xff\xd9", at + 14, end)
    return place if place >= 0 else end


def _finish(notes: Notes, stream: _Stream, data: bytes, at: int, end: int) -> None:
    if not {_SIZ, _COD, _QCD} <= stream.seen:
        notes.note("L310", "jp2.coding", at)
    if at < end:
        notes.note("L301", "jp2.trailer", at)
        notes.name("jp2.trailer", at, end, unknown=True)
    for parts in stream.parts.values():
        if any(of and of != len(parts) for _, of, _, _ in parts):
            notes.note("L211", "jp2.tiles", parts[0][2])
    if len(stream.parts) < stream.tiles:
        notes.note("L310", "jp2.truncated", at)
    if stream.coding is None or not stream.plain:
        return
    for tile, parts in sorted(stream.parts.items()):
        if tile >= stream.tiles:
            continue
        spans = [(first, last) for _, _, first, last in parts]
        stray = slack_of_tile(stream.coding, data, tile, spans)
        if stray is None:
            notes.note("L310", "jp2.packets", spans[0][0] if spans else at)  # damaged, or coded in a way not followed
        elif stray[1]:
            notes.note("L304", "jp2.tile.slack", stray[0])
            notes.opaque.append((stray[0], stray[1] - stray[0]))
            notes.unknown_bytes += stray[1] - stray[0]
        if notes.full or len(stream.parts) > 2_000:
            notes.note("L315", "jp2.structures", at)
            return
