"""GIF: a contiguous walk over blocks, each picture's LZW stream followed to its end code (LEAKS.md section 4.5; GIF89a).

A still file has one picture and no extension. The frames of an animation are the picture: each is examined, and that there are
several is told (L211); one loop extension and one graphic control before each frame belong to it.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field

from indelible.verify.containers import Walk
from indelible.verify.containers.gif_extensions import EXTENSION, SubBlocks, inspect_extension, sub_blocks
from indelible.verify.containers.gif_tail import restorable
from indelible.verify.containers.lzw import measure
from indelible.verify.containers.notes import Inspection, Notes
from indelible.verify.containers.signatures import confirmed, find

_IMAGE, _TRAILER, _CONTROL, _LOOP = 0x2C, 0x3B, 0xF9, "gif.app.loop"
#: Codes of all pictures together, and pixels of one: beyond them the file is not certified.
MAX_CODES = 40_000_000
_MAX_PIXELS = 300_000_000
#: Further frames that are handed on for the comparison with the picture.
_ZEROS = re.compile(rb"\0+")
GREYS = bytes(value for grey in range(256) for value in (grey,) * 3)


@dataclass(slots=True)
class _Table:
    """A colour table and which of its entries occur."""

    offset: int
    colors: bytes
    used: set[int] = field(default_factory=set)


@dataclass(slots=True)
class _State:
    """What the blocks have said so far."""

    width: int = 0
    height: int = 0
    table: _Table | None = None
    images: int = 0
    controls: int = 0  # graphic controls since the last picture
    first_control: int | None = None  # where the first one of all stands
    bare: int = 0  # pictures without a graphic control
    loops: int = 0
    codes: int = 0
    ended: bool = False


def walk(data: bytes) -> Walk:
    """Every byte of a GIF file named, with findings."""
    return inspect(data).walk


def inspect(data: bytes) -> Inspection:
    """The walk and what it came upon."""
    notes, state = Notes("gif"), _State()
    at = _head(notes, state, data)
    while at < len(data) and not state.ended:
        if notes.full:
            notes.note("L315", "gif.structures", at)
            notes.name("unwalked", at, len(data), unknown=True)
            return notes.inspection()
        at = _step(notes, state, data, at)
    if not state.ended:
        notes.note("L310", "gif.truncated", len(data))
    elif at < len(data):
        _trailer(notes, data, at)
    if not state.images:
        notes.note("L310", "gif.truncated", at)
    elif state.controls:
        notes.note("L307", "gif.gce.order", at)
    if state.images > 1:
        # with a control of its own for each frame it is an animation: a plan says what was decided of each
        moving = not state.bare and data[:6] == b"GIF89a"
        notes.note("L211", "gif.frames", 0, cannot_tell=moving)
    else:
        if state.first_control is not None:
            notes.note("L305", "gif.gce", state.first_control)
        if state.loops:
            notes.note("L305", "gif.app.loop", 13)
    if state.table is not None:
        _unused(notes, state.table)
    return notes.inspection()


def _head(notes: Notes, state: _State, data: bytes) -> int:
    """Signature, screen descriptor and global table; where the blocks begin."""
    if data[:6] not in (b"GIF87a", b"GIF89a") or len(data) < 13:
        notes.note("L310", "gif.truncated", 0)
        notes.name("unwalked", 0, len(data), unknown=True)
        return len(data)
    state.width, state.height, flags, background, aspect = struct.unpack_from("<HHBBB", data, 6)
    notes.name("gif.header", 0, 6)
    notes.name("gif.screen", 6, 13)
    entries = 2 << (flags & 7) if flags & 0x80 else 0
    if aspect or background >= max(1, entries):
        notes.note("L308", "gif.reserved", 11)
    if not state.width or not state.height:
        notes.note("L310", "gif.size", 6)
    end = min(len(data), 13 + 3 * entries)
    if entries:
        state.table = _Table(13, data[13:end])
        notes.name("gif.palette", 13, end)
    return end


def _step(notes: Notes, state: _State, data: bytes, at: int) -> int:
    """Name what begins at ``at``; where the next block begins."""
    kind = data[at]
    if kind == _TRAILER:
        notes.name("gif.end", at, at + 1)
        state.ended = True
        return at + 1
    if kind == _IMAGE and at + 11 <= len(data):
        return _image(notes, state, data, at)
    if kind == EXTENSION and at + 2 <= len(data):
        return _extension(notes, state, data, at)
    if kind in (_IMAGE, EXTENSION):
        end = len(data)
        notes.note("L310", "gif.truncated", at)
    else:  # decoders step over zeros; whatever else lies here cannot be told from a damaged file
        zeros = _ZEROS.match(data, at)
        end = zeros.end() if zeros else len(data)
        if kind:
            notes.note("L310", "gif.truncated", at)
        notes.note("L303", "gif.gap", at)
    notes.name("gif.gap", at, end, unknown=True)
    return end


def _extension(notes: Notes, state: _State, data: bytes, at: int) -> int:
    blocks = sub_blocks(notes, data, at + 2)
    if data[at + 1] == _CONTROL:
        _control(notes, state, blocks, at)
        notes.name("gif.gce", at, blocks.end)
    else:
        name = inspect_extension(notes, data, at, blocks)
        notes.name(name, at, blocks.end, opaque=name != _LOOP)
        if name == _LOOP:
            state.loops += 1
            if state.loops > 1 or state.images:
                notes.note("L307", "gif.app.order", at)
    return blocks.end


def _control(notes: Notes, state: _State, blocks: SubBlocks, at: int) -> None:
    state.controls += 1
    state.first_control = at if state.first_control is None else state.first_control
    if state.controls > 1:
        notes.note("L307", "gif.gce.order", at)
    if blocks.count != 1 or len(blocks.content) != 4:
        notes.note("L306", "gif.gce.length", at)
    elif blocks.content[0] >> 5 or blocks.content[0] >> 2 & 7 > 3 or (not blocks.content[0] & 1 and blocks.content[3]):
        notes.note("L308", "gif.reserved", at)  # reserved bits, and an index of transparency that is not in force


def _image(notes: Notes, state: _State, data: bytes, at: int) -> int:
    left, top, width, height, flags, *_ = struct.unpack_from("<HHHHBB", data, at + 1)
    start = at + 10
    table = state.table
    if flags & 0x80:
        notes.note("L305", "gif.palette.local", start)
        table = _Table(start, data[start : start + 3 * (2 << (flags & 7))])
        start += 3 * (2 << (flags & 7))
    elif table is None:
        notes.note("L310", "gif.palette.missing", at)
    if start >= len(data):
        notes.note("L310", "gif.truncated", at)
        notes.name("gif.gap", at, len(data), unknown=True)
        return len(data)
    blocks = sub_blocks(notes, data, start + 1)
    state.images += 1
    if flags >> 3 & 3 or (not flags & 0x80 and flags & 7):
        notes.note("L308", "gif.reserved", at)
    if left + width > state.width or top + height > state.height:
        notes.note("L306", "gif.frame.outside", at)
    if not width or not height or width * height > _MAX_PIXELS:
        notes.note("L310" if not (width and height) else "L315", "gif.size", at)
    state.bare += not state.controls
    state.controls = 0
    cut = _stream(notes, state, blocks, data[start], width * height, table)
    if table is not None and table is not state.table:
        _unused(notes, table)
    notes.name("gif.image", at, blocks.place(cut))
    if cut < len(blocks.content):
        notes.name("gif.lzw.slack", blocks.place(cut), blocks.end, unknown=True)
        notes.inflated.append((blocks.place(cut), blocks.content[cut:]))
    return blocks.end


def _stream(notes: Notes, state: _State, blocks: SubBlocks, bits: int, pixels: int, table: _Table | None) -> int:
    """Follow the stream of one picture; how many of its bytes belong to it."""
    first, whole = blocks.start, len(blocks.content)
    if not 2 <= bits <= 8:
        notes.note("L310", "gif.lzw.damaged", first)
        return whole
    if state.codes > MAX_CODES or pixels > _MAX_PIXELS:
        notes.note("L315", "gif.codes", first)
        return whole
    end = measure(blocks.content, bits, pixels)
    state.codes += end.codes
    if end.damaged:
        notes.note("L310", "gif.lzw.damaged", first)
        return whole
    if end.pixels > pixels:
        notes.note("L306", "gif.pixels", first)  # more than the picture shows: content that nobody sees
        return whole
    if end.pixels < pixels or not end.ended:
        notes.note("L310", "gif.lzw.end", first)
        if end.pixels < pixels:
            return whole
    if end.spare:
        notes.note("L308", "gif.lzw.padding", blocks.place(end.used - 1))
    if table is not None:
        table.used |= end.colors
        if end.colors and max(end.colors) >= len(table.colors) // 3:
            notes.note("L306", "gif.index", first)
    if end.used < whole:
        notes.note("L304", "gif.lzw.slack", blocks.place(end.used))
    return end.used


def _unused(notes: Notes, table: _Table) -> None:
    """Entries that no pixel uses may be zero padding and nothing else; 256 greys in order are no function of a picture."""
    if table.colors == GREYS:
        return
    for index in range(len(table.colors) // 3):
        if index not in table.used and any(table.colors[3 * index : 3 * index + 3]):
            notes.note("L404", "gif.palette.unused", table.offset)
            return


def _trailer(notes: Notes, data: bytes, at: int) -> None:
    notes.note("L301", "gif.trailer", at)
    notes.name("gif.trailer", at, len(data), unknown=True)
    tail = data[at:]
    for hit in find(tail, 64, ("jpeg", "png", "gif")):
        if confirmed(hit, tail):
            notes.picture("L206", "gif.trailer.image", at + hit.offset, tail[hit.offset :])
    if restorable(tail):
        notes.note("L313", "gif.trailer.restorable", at)
