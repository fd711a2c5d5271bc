"""WebP: a contiguous walk over RIFF chunks, and where each coded picture really ends (LEAKS.md section 4.4; RFC 9649).

A still file is ``VP8 `` or ``VP8L`` alone, or ``VP8X``, ``ALPH``, ``VP8 ``. The frames of an
animation are the picture: each is examined, and that there are several is told (L211).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from indelible.verify.containers import Walk
from indelible.verify.containers.exif import inspect_exif
from indelible.verify.containers.notes import Inspection, Notes
from indelible.verify.containers.signatures import confirmed, find, readable
from indelible.verify.containers.vp8 import Budget, inspect_stream
from indelible.verify.containers.vp8_header import still_file
from indelible.verify.containers.xmp import inspect_xmp

_ICC, _ALPHA, _EXIF, _XMP, _ANIMATION = 0x20, 0x10, 0x08, 0x04, 0x02
#: Chunk -> the flag of VP8X that announces it.
_FLAGS = {b"ICCP": _ICC, b"EXIF": _EXIF, b"XMP ": _XMP, b"ANIM": _ANIMATION, b"ANMF": _ANIMATION, b"ALPH": _ALPHA}
_NAMES = {b"VP8 ": "webp.vp8", b"VP8L": "webp.vp8l", b"VP8X": "webp.vp8x", b"ALPH": "webp.alph", b"ANIM": "webp.anim"}
#: Private, and known: never certified, whatever they hold.
_PRIVATE = frozenset({b"PSAI", b"C2PA", b"LIST", b"IART", b"ICOP", b"INAM", b"ICMT", b"XMP\0", b"META"})


@dataclass(slots=True)
class _State:
    """What the chunks have said so far. ``alpha`` and ``image`` are the still picture's chunks, ``(start, end)``."""

    flags: int | None = None
    canvas: tuple[int, int] = (0, 0)
    seen: list[bytes] = field(default_factory=list)
    needed: int = 0
    alpha: tuple[int, int] | None = None
    image: tuple[bytes, int, int] | None = None
    frames: int = 0
    budget: Budget = field(default_factory=Budget)


def walk(data: bytes) -> Walk:
    """Every byte of a WebP file named, with findings."""
    return inspect(data).walk


def inspect(data: bytes) -> Inspection:
    """The walk and what it came upon."""
    notes, state = Notes("webp"), _State()
    if len(data) < 20 or data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        notes.note("L310", "webp.truncated", 0)
        notes.name("unwalked", 0, len(data), unknown=True)
        return notes.inspection()
    stated = 8 + int.from_bytes(data[4:8], "little")
    end = min(len(data), max(12, stated))
    if stated > len(data) or stated % 2:
        notes.note("L306", "webp.size", 4)
    if stated > len(data):
        notes.note("L310", "webp.truncated", len(data))
    notes.name("webp.header", 0, 12)
    at = 12
    while at < end:
        if notes.full:
            notes.note("L315", "webp.structures", at)
            notes.name("unwalked", at, len(data), unknown=True)
            return notes.inspection()
        at = _step(notes, state, data, at, end)
    _whole(notes, state, data)
    if end < len(data):
        _trailer(notes, data, end)
    return notes.inspection()


def _step(notes: Notes, state: _State, data: bytes, at: int, limit: int) -> int:
    """Name one chunk of the file that begins at ``at``; where the next one begins."""
    bounds = _bounds(notes, data, at, limit)
    if bounds is None:
        notes.name("unwalked", at, limit, unknown=True)
        return limit
    kind, start, stop, end = bounds
    if kind == b"ANMF":
        _frame(notes, state, data, at, stop, end)
    else:
        name, opaque, unknown = _chunk(notes, state, kind, data, start, stop)
        notes.name(name, at, end, opaque=opaque, unknown=unknown)
    state.seen.append(kind)
    state.needed |= _FLAGS.get(kind, 0)
    return end


def _bounds(notes: Notes, data: bytes, at: int, limit: int) -> tuple[bytes, int, int, int] | None:
    """``(name, content from, content to, end with padding)`` of a chunk; None where it does not fit."""
    kind, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
    stop = at + 8 + length
    if at + 8 > limit or stop > limit:
        notes.note("L310", "webp.truncated", at)
        return None
    end = min(limit, stop + length % 2)
    if end > stop and data[stop]:
        notes.note("L308", "webp.padding", stop)
    elif length % 2 and end == stop:
        notes.note("L310", "webp.truncated", at)
    return kind, at + 8, stop, end


def _chunk(notes: Notes, state: _State, kind: bytes, data: bytes, start: int, stop: int) -> tuple[str, bool, bool]:
    """Examine one chunk; its structure name, and whether it is opaque or unknown."""
    second = kind in state.seen
    if kind in (b"VP8 ", b"VP8L") and state.image is None and not state.frames:
        state.image = (kind, start, stop)
    elif kind in (b"VP8 ", b"VP8L"):
        notes.note("L307", "webp.image.second", start)
        notes.picture("L211", "webp.frames", start, still_file(kind, data[start:stop], None, (1, 1)))
        return "webp.image.second", True, True
    elif kind == b"ALPH" and not second and state.image is None:
        state.alpha = (start, stop)
    elif kind == b"VP8X" and not state.seen:
        _extended(notes, state, data[start:stop], start)
    elif kind == b"ANIM" and not second and not state.frames:
        _animation(notes, state, data[start:stop], start)
    elif kind in _NAMES:
        notes.note("L307", "webp.order", start)
        return _NAMES[kind], True, True
    else:
        return _metadata(notes, kind, data[start:stop], start, second)
    return _NAMES[kind], False, False


def _metadata(notes: Notes, kind: bytes, content: bytes, start: int, second: bool) -> tuple[str, bool, bool]:
    if kind == b"ICCP" and not second:
        notes.note("L111", "webp.iccp", start)
        return "webp.iccp", True, False
    if kind == b"EXIF":
        notes.note("L307" if second else "L101", "webp.exif.second" if second else "webp.exif", start)
        block = content[6:] if content.startswith(b"Exif\0\0") else content
        inspect_exif(notes, block, start + len(content) - len(block))
        return "webp.exif", True, False
    if kind == b"XMP " and not second:
        notes.note("L106", "webp.xmp", start)
        inspect_xmp(notes, content, start)
        return "webp.xmp", True, False
    telling = kind in _PRIVATE or kind in _FLAGS or readable(content)
    notes.note("L302", "webp.chunk.unknown", start, cannot_tell=not telling)
    if b"<x:xmpmeta" in content or b"<?xpacket" in content:
        notes.note("L106", "webp.xmp", start)
        inspect_xmp(notes, content, start)
    rule, channel = "L214", "webp.chunk.preview"
    if kind == b"C2PA":
        notes.note("L114", "webp.c2pa", start)
        rule, channel = "L212", "webp.c2pa.thumbnail"
    for hit in find(content, 64, ("jpeg", "png", "riff")):
        if confirmed(hit, content):
            notes.picture(rule, channel, start + hit.offset, content[hit.offset :])
    return "webp.chunk.unknown", True, True


def _extended(notes: Notes, state: _State, content: bytes, start: int) -> None:
    if len(content) < 10:
        notes.note("L310", "webp.vp8x", start)
        return
    if len(content) > 10:
        notes.note("L306", "webp.vp8x.length", start)
    state.flags = content[0]
    state.canvas = (1 + int.from_bytes(content[4:7], "little"), 1 + int.from_bytes(content[7:10], "little"))
    if content[0] & 0xC1 or any(content[1:4]):
        notes.note("L308", "webp.reserved", start)


def _animation(notes: Notes, state: _State, content: bytes, start: int) -> None:
    if len(content) != 6:
        notes.note("L306", "webp.anim.length", start)
    elif any(content[:4]):
        notes.note("L308", "webp.anim.background", start)


def _frame(notes: Notes, state: _State, data: bytes, at: int, stop: int, end: int) -> None:
    """One ANMF chunk: its own header, then the chunks of one still picture."""
    state.frames += 1
    ordered = b"ANIM" in state.seen and state.image is None
    notes.note("L211", "webp.frames", at, cannot_tell=ordered)  # well made: a plan says what was decided of each
    if stop - at < 8 + 16 + 8:
        notes.note("L310", "webp.frame", at)
        notes.name("webp.frame", at, end, unknown=True)
        return
    x, y, width, height = (int.from_bytes(data[at + 8 + n : at + 11 + n], "little") for n in (0, 3, 6, 9))
    width, height = width + 1, height + 1
    if 2 * x + width > state.canvas[0] or 2 * y + height > state.canvas[1]:
        notes.note("L306", "webp.frame.outside", at)
    if data[at + 23] & 0xFC:
        notes.note("L308", "webp.reserved", at + 23)
    notes.name("webp.anmf", at, at + 24)
    place, alpha = at + 24, None
    image: tuple[bytes, int, int] | None = None
    while place < stop:
        bounds = _bounds(notes, data, place, stop) if not notes.full else None
        if bounds is None:
            notes.name("unwalked", place, stop, unknown=True)
            break
        kind, first, last, after = bounds
        listed = (kind == b"ALPH" and alpha is None and image is None) or (kind in (b"VP8 ", b"VP8L") and image is None)
        if kind == b"ALPH" and listed:
            alpha = (first, last)
            state.needed |= _ALPHA
        elif listed:
            image = (kind, first, last)
        else:
            name, _, _ = _metadata(notes, kind, data[first:last], first, True)
            notes.name(name, place, after, unknown=True)
        if listed:
            notes.name(_NAMES[kind], place, after)
        place = after
    if stop < end:
        notes.name("webp.padding", max(place, stop), end)
    if image is None:
        notes.note("L310", "webp.frame", at)
        return
    _picture(notes, state, data, image, alpha, (width, height))


def _whole(notes: Notes, state: _State, data: bytes) -> None:
    """What the chunks say together: flags, order, and the still picture."""
    moving = state.frames > 0
    if state.flags is None:
        if state.needed or (state.seen and state.seen[0] not in (b"VP8 ", b"VP8L")):
            notes.note("L307", "webp.order", 12)
    else:
        stated, needed = state.flags & ~_ALPHA & 0x3E, state.needed & ~_ALPHA
        if stated != needed or (state.needed & _ALPHA and not state.flags & _ALPHA):
            notes.note("L306", "webp.flags", 20)
        if not state.needed and not moving:
            notes.note("L305", "webp.vp8x.unused", 12)
    if state.image is None and not moving:
        notes.note("L310", "webp.truncated", 12)
    elif state.image is not None:
        if moving:
            notes.note("L307", "webp.image.second", state.image[1])
        if state.alpha is not None and state.image[0] == b"VP8L":
            notes.note("L305", "webp.alph.unused", state.alpha[0])
        _picture(notes, state, data, state.image, state.alpha, state.canvas if state.flags is not None else None)


def _picture(
    notes: Notes,
    state: _State,
    data: bytes,
    image: tuple[bytes, int, int],
    alpha: tuple[int, int] | None,
    size: tuple[int, int] | None,
) -> None:
    """The coded picture: its size as the container says, and nothing behind its end."""
    kind, start, stop = image
    coded = inspect_stream(
        notes, state.budget, kind, data[start:stop], start, alpha and (data[slice(*alpha)], alpha[0])
    )
    if coded is None:
        return
    if size is not None and coded != size:
        notes.note("L306", "webp.canvas", start)


def _trailer(notes: Notes, data: bytes, at: int) -> None:
    notes.note("L301", "webp.trailer", at)
    notes.name("webp.trailer", at, len(data), unknown=True)
    tail = data[at:]
    if (tail[:4] in _FLAGS or tail[:4] in _NAMES) and int.from_bytes(tail[4:8], "little") <= len(tail) - 8:
        notes.note("L306", "webp.size", 4)  # a chunk that the stated size leaves out
        if tail.startswith(b"EXIF"):
            inspect_exif(notes, tail[8 : 8 + int.from_bytes(tail[4:8], "little")], at + 8)
        elif tail.startswith(b"XMP "):
            inspect_xmp(notes, tail[8:], at + 8)
    for hit in find(tail, 64, ("jpeg", "png", "riff")):
        if confirmed(hit, tail):
            notes.picture("L206", "webp.trailer.image", at + hit.offset, tail[hit.offset :])
