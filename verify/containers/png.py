"""PNG: a contiguous walk over chunks that names every byte, and one look into the deflate stream (LEAKS.md section 4.3)."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field

from indelible.verify.containers import Walk
from indelible.verify.containers.apng import KINDS, Animation, inspect_frames
from indelible.verify.containers.exif import inspect_exif
from indelible.verify.containers.notes import Inspection, Notes
from indelible.verify.containers.png_stream import Channels, inspect_stream
from indelible.verify.containers.png_stream import rows as rows
from indelible.verify.containers.png_text import inspect_text
from indelible.verify.containers.signatures import confirmed, find, readable

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_LISTED = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_ANCILLARY = frozenset(
    {b"tIME", b"pHYs", b"gAMA", b"cHRM", b"sRGB", b"cICP", b"sBIT", b"bKGD", b"hIST", b"sPLT", b"oFFs", b"pCAL",
     b"sCAL", b"sTER", b"gIFg", b"mDCV", b"cLLI", b"mDCv", b"cLLi"}
)  # fmt: skip
_TEXT = frozenset({b"tEXt", b"zTXt", b"iTXt"})
_PREVIEWS = frozenset({b"prVW", b"mkBF", b"mkBS", b"mkBT", b"mkTS", b"gIFx"})
#: Private, and known (ImageMagick, Apple, Android): never certified, whatever they hold.
_PRIVATE = frozenset({b"vpAg", b"caNv", b"orNT", b"iDOT", b"npTc", b"npLb", b"npOl", b"CgBI", b"tpNG", b"meTa"})
_MAX_LENGTH = (1 << 31) - 1
#: Bits per pixel and allowed depths by colour type.
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}


@dataclass(slots=True)
class _State:
    """What the chunks have said so far."""

    width: int = 0
    height: int = 0
    depth: int = 0
    color: int = 0
    interlaced: bool = False
    valid: bool = False
    palette: int = 0
    seen: set[bytes] = field(default_factory=set)
    data: list[tuple[int, int]] = field(default_factory=list)  # the IDAT payloads, [start, end)
    previous: bytes = b""
    ended: bool = False
    animation: Animation = field(default_factory=Animation)


def walk(data: bytes) -> Walk:
    """Every byte of a PNG file named, with findings."""
    return inspect(data).walk


def inspect(data: bytes) -> Inspection:
    """The walk, the embedded pictures it came upon and the texts it inflated."""
    notes, state = Notes("png"), _State()
    if not data.startswith(SIGNATURE):
        notes.note("L310", "png.truncated", 0)
        notes.name("unwalked", 0, len(data), unknown=True)
        return notes.inspection()
    notes.name("png.signature", 0, 8)
    at = 8
    while at < len(data) and not state.ended:
        if notes.full:
            notes.note("L315", "png.structures", at)
            notes.name("unwalked", at, len(data), unknown=True)
            return notes.inspection()
        at = _step(notes, state, data, at)
    if not state.ended:
        notes.note("L310", "png.truncated", len(data))
    elif at < len(data):
        _trailer(notes, data, at)
    if not state.data:
        notes.note("L310", "png.truncated", at)
    elif state.valid:
        _stream(notes, state, data)
    if state.animation.at >= 0 and not (state.valid and state.data):
        notes.note("L211", "apng.frames", state.animation.at)
    return notes.inspection()


def _step(notes: Notes, state: _State, data: bytes, at: int) -> int:
    """Name one chunk that begins at ``at``; where the next one begins."""
    length = int.from_bytes(data[at : at + 4])
    kind = data[at + 4 : at + 8]
    end = at + 12 + length
    if len(data) - at < 12 or length > _MAX_LENGTH or end > len(data) or not kind.isalpha():
        if length > _MAX_LENGTH:
            notes.note("L306", "png.chunk.length", at)
        notes.note("L310", "png.truncated", at)
        notes.name("unwalked", at, len(data), unknown=True)
        return len(data)
    payload = data[at + 8 : end - 4]
    if zlib.crc32(data[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end]):
        notes.note("L312", "png.crc", at)
    if not state.seen and kind != b"IHDR":
        notes.note("L310", "png.order", at)
    name, opaque, unknown = _chunk(notes, state, kind, payload, at)
    notes.name(name, at, end, opaque=opaque, unknown=unknown)
    state.seen.add(kind)
    state.previous = kind
    return end


def _chunk(notes: Notes, state: _State, kind: bytes, payload: bytes, at: int) -> tuple[str, bool, bool]:
    """Examine one chunk; its structure name, and whether it is opaque or unknown."""
    if kind in _LISTED:
        _listed(notes, state, kind, payload, at)
        return f"png.{kind.decode('ascii').lower()}", False, False
    if kind in _TEXT:
        inspect_text(notes, kind, payload, at)
        return "png.text", True, False
    if kind == b"eXIf":
        notes.note("L101", "png.exif", at)
        block = payload[6:] if payload.startswith(b"Exif\0\0") else payload
        inspect_exif(notes, block, at + 8 + len(payload) - len(block))
        return "png.exif", True, False
    if kind == b"iCCP":
        notes.note("L111", "png.iccp", at)
        return "png.iccp", True, False
    if kind in _ANCILLARY:
        notes.note("L113", "png.ancillary", at)
        if kind in state.seen and kind != b"sPLT":
            notes.note("L307", "png.ancillary.second", at)
        return "png.ancillary", True, False
    if kind in KINDS:
        state.animation.take(kind, payload, at, data_seen=bool(state.data))
        return "apng.frames", False, False
    if kind == b"caBX":
        notes.note("L114", "png.c2pa", at)
        _pictures(notes, payload, at + 8, "L212", "png.c2pa.thumbnail")
        return "png.c2pa", True, False
    if kind in _PREVIEWS:
        notes.note("L214", "png.chunk.preview", at)
        _pictures(notes, payload, at + 8, "L214", "png.chunk.preview")
        return "png.chunk.preview", True, True
    notes.note("L302", "png.chunk.unknown", at, cannot_tell=kind not in _PRIVATE and not readable(payload))
    return "png.chunk.unknown", True, True


def _pictures(notes: Notes, payload: bytes, base: int, rule: str, channel: str) -> None:
    for hit in find(payload, 64, ("jpeg", "png")):
        if confirmed(hit, payload):
            notes.picture(rule, channel, base + hit.offset, payload[hit.offset :])


def _listed(notes: Notes, state: _State, kind: bytes, payload: bytes, at: int) -> None:
    if kind == b"IHDR":
        _header(notes, state, payload, at)
    elif kind == b"PLTE":
        if kind in state.seen or state.data or state.color in (0, 4):
            notes.note("L307", "png.plte.order", at)
        if state.color in (2, 6):
            notes.note("L305", "png.plte.suggested", at)  # nothing shows it: 768 bytes of room
        if len(payload) % 3 or not 3 <= len(payload) <= 3 << min(state.depth, 8):
            notes.note("L306", "png.plte.length", at)
        state.palette = len(payload) // 3
    elif kind == b"tRNS":
        allowed = {0: 2, 2: 6, 3: state.palette}.get(state.color, 0)
        if kind in state.seen or state.data:
            notes.note("L307", "png.trns.order", at)
        if state.color != 3:
            notes.note("L305", "png.trns", at)
        if len(payload) > allowed:
            notes.note("L306", "png.trns.length", at)
    elif kind == b"IDAT":
        if not payload or (state.data and state.previous != b"IDAT"):
            notes.note("L307", "png.idat.extra", at)
        state.data.append((at + 8, at + 8 + len(payload)))
    else:
        state.ended = True
        if payload:
            notes.note("L303", "png.iend", at)


def _header(notes: Notes, state: _State, payload: bytes, at: int) -> None:
    if state.seen:
        notes.note("L307", "png.ihdr.second", at)
        return
    if len(payload) != 13:
        notes.note("L306", "png.ihdr.length", at)
        notes.note("L310", "png.coding", at)
        return
    state.width, state.height, state.depth, state.color, method, filters, lace = struct.unpack(">IIBBBBB", payload)
    state.interlaced = lace == 1
    state.valid = (
        state.depth in _DEPTHS.get(state.color, ())
        and (method, filters) == (0, 0)
        and lace <= 1
        and 0 < state.width <= _MAX_LENGTH
        and 0 < state.height <= _MAX_LENGTH
    )
    if not state.valid:
        notes.note("L310", "png.coding", at)
    if state.interlaced:
        notes.note("L117", "png.encoder", at)


def _stream(notes: Notes, state: _State, data: bytes) -> None:
    """Inflate all IDAT as one stream, then the frames of an animation."""
    size, bits = (state.width, state.height), state.depth * _CHANNELS[state.color]
    inspect_stream(notes, data, state.data, rows(*size, bits, state.interlaced), Channels())
    if state.animation.at >= 0:
        inspect_frames(
            notes,
            state.animation,
            data,
            size=size,
            bits=bits,
            interlaced=state.interlaced,
        )


def _trailer(notes: Notes, data: bytes, at: int) -> None:
    notes.note("L301", "png.trailer", at)
    notes.name("png.trailer", at, len(data), unknown=True)
    tail = data[at:]
    for hit in find(tail, 64, ("jpeg", "png")):
        if confirmed(hit, tail):
            notes.picture("L206", "png.trailer.image", at + hit.offset, tail[hit.offset :])
