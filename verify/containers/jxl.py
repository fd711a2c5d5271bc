"""JPEG XL: a bare codestream, or boxes around one (ISO/IEC 18181-1 and 18181-2; LEAKS.md section 4.9).

Listed is one frame of full size with no extra channel but alpha, and not one byte behind it. A container that holds nothing but
the codestream is a fingerprint; every other box is a finding.
"""

from __future__ import annotations

from indelible.verify.containers import Walk
from indelible.verify.containers.bmff import Box, boxes, seal
from indelible.verify.containers.exif import inspect_exif
from indelible.verify.containers.jxl_header import Header, read_header
from indelible.verify.containers.jxl_tail import insensitive_tail
from indelible.verify.containers.notes import Inspection, Notes
from indelible.verify.containers.signatures import confirmed, find, readable
from indelible.verify.containers.uuids import inspect_uuid, store_pictures
from indelible.verify.containers.xmp import inspect_xmp

SIGNATURE = b"\0\0\0\x0cJXL \r\n\x87\n"
_TYPE = b"jxl \0\0\0\0jxl "
_START = b"\xff\x0a"
_TOP = frozenset(
    {b"ftyp", b"jxlc", b"jxlp", b"jxll", b"jxli", b"Exif", b"xml ", b"brob", b"jumb", b"jbrd", b"jhgm", b"uuid"}
)
#: What a box that Brotli packs would be if it were not packed.
_PACKED = {b"Exif": ("L101", "jxl.exif"), b"xml ": ("L106", "jxl.xml"), b"jumb": ("L114", "jxl.jumb")}


class _State:
    """The pieces of the codestream, ``[start, end)``, and what was seen."""

    def __init__(self) -> None:
        self.pieces: list[tuple[int, int]] = []
        self.whole = False
        self.last = False
        self.seen: set[bytes] = set()


def walk(data: bytes) -> Walk:
    """Every byte of a JPEG XL file named, with findings."""
    return inspect(data).walk


def inspect(data: bytes) -> Inspection:
    """The walk of a container or of a bare codestream, and the embedded pictures it came upon."""
    notes, state = Notes("jxl"), _State()
    if data.startswith(_START):
        state.pieces.append((0, len(data)))
        state.last = True
    elif data.startswith(SIGNATURE):
        notes.note("L117", "jxl.container", 0)
        _container(notes, state, data)
        if not state.pieces or not state.last:
            notes.note("L310", "jxl.truncated", len(data))
    else:
        notes.note("L310", "jxl.truncated", 0)
        notes.name("unwalked", 0, len(data), unknown=True)
    if state.pieces:
        _codestream(notes, state, data)
    seal(notes, len(data), what="jxl")
    return notes.inspection()


def _container(notes: Notes, state: _State, data: bytes) -> None:
    for box in boxes(notes, data, 0, len(data), what="jxl", ended=lambda bad: state.last and bad.kind not in _TOP):
        _box(notes, state, data, box)


def _box(notes: Notes, state: _State, data: bytes, box: Box) -> None:
    kind, at, content = box.kind, box.start, data[box.body : box.end]
    if kind == b"JXL ":
        if at:
            notes.note("L307", "jxl.signature.second", at)
        notes.name("jxl.signature", at, box.end)
    elif kind == b"ftyp":
        if at != len(SIGNATURE):
            notes.note("L307", "jxl.ftyp.second", at)
        if content != _TYPE:
            notes.note("L305", "jxl.ftyp", at)
            notes.opaque.append((at, box.end - at))
        notes.name("jxl.ftyp", at, box.end)
    elif kind == b"jxll":
        if len(content) != 1 or kind in state.seen:
            notes.note("L307" if kind in state.seen else "L304", "jxl.level", at)
            notes.opaque.append((at, box.end - at))
        notes.name("jxl.level", at, box.end)
    elif kind in (b"jxlc", b"jxlp"):
        _piece(notes, state, data, box)
    elif kind == b"jxli":
        notes.note("L305", "jxl.index", at)
        notes.name("jxl.index", at, box.end, opaque=True)
    else:
        _stray(notes, data, box, content)
    state.seen.add(kind)


def _piece(notes: Notes, state: _State, data: bytes, box: Box) -> None:
    """jxlc, or jxlp: a counter whose first bit marks the last piece, then codestream."""
    start = box.body
    if state.last:
        notes.note("L307", "jxl.codestream.second", box.start)
        if box.kind == b"jxlc":
            notes.picture("L211", "jxl.codestream.second", start, data[start : box.end])
        notes.name("jxl.codestream.second", box.start, box.end, unknown=True)
        return
    if box.kind == b"jxlc":
        state.last = True
        if state.pieces:
            notes.note("L307", "jxl.codestream.second", box.start)
    else:
        counter = int.from_bytes(data[start : start + 4])
        state.last = bool(counter >> 31)
        if counter & 0x7FFFFFFF != len(state.pieces) or box.size < 4:
            notes.note("L307", "jxl.codestream.order", box.start)
        start = min(box.end, start + 4)
    notes.name("jxl.codestream.box", box.start, start)
    state.pieces.append((start, box.end))


def _stray(notes: Notes, data: bytes, box: Box, content: bytes) -> None:
    kind, at = box.kind, box.start
    name, unknown = "jxl.box.unknown", False
    if kind == b"Exif":
        name = "jxl.exif"
        notes.note("L101", name, at)
        skip = int.from_bytes(content[:4])
        if len(content) < 12 or skip > len(content) - 12:
            notes.note("L310", "exif.unreadable", at)
        else:
            inspect_exif(notes, content[4 + skip :], box.body + 4 + skip)
    elif kind == b"xml ":
        name = "jxl.xml"
        notes.note("L106", name, at)
        inspect_xmp(notes, content, box.body)
    elif kind == b"brob":
        name = "jxl.brob"
        notes.note("L302", name, at, cannot_tell=False)
        if content[:4] in _PACKED:
            notes.note(*_PACKED[content[:4]], at)
    elif kind == b"jumb":
        name = "jxl.jumb"
        notes.note("L114", name, at)
        store_pictures(notes, content, box.body, "jxl.jumb.thumbnail")
    elif kind == b"jbrd":
        name = "jxl.jbrd"
        notes.note("L213", name, at)
    elif kind == b"jhgm":
        name = "jxl.jhgm"
        _gain_map(notes, content, at, box.body)
    elif kind == b"uuid":
        name = "jxl.uuid"
        inspect_uuid(notes, box.user, content, at, box.body, what="jxl")
    elif kind in (b"free", b"skip"):
        name = "jxl.free"
        notes.note("L308", name, at)
    else:
        unknown = True
        notes.note("L302", name, at, cannot_tell=not readable(content))
        for hit in find(content, 16, ("jpeg", "png")):
            if confirmed(hit, content):
                notes.picture("L214", "jxl.box.preview", box.body + hit.offset, content[hit.offset :])
    notes.name(name, at, box.end, opaque=True, unknown=unknown)


def _gain_map(notes: Notes, content: bytes, at: int, body: int) -> None:
    """jhgm: version, metadata, colour, profile, then a bare codestream (ISO 21496-1 in JPEG XL)."""
    place = 3 + int.from_bytes(content[1:3])
    place += 1 + (content[place] if place < len(content) else 0)
    place += 4 + int.from_bytes(content[place : place + 4])
    start = place if content[place : place + 2] == _START else content.find(_START)
    if start >= 0:
        notes.picture("L207", "jxl.jhgm", body + start, content[start:])
    else:
        notes.note("L207", "jxl.jhgm", at)


def _codestream(notes: Notes, state: _State, data: bytes) -> None:
    """Judge the headers, and name what the frames cover and what they do not."""
    first = state.pieces[0][0]
    stream = data if state.pieces == [(0, len(data))] else b"".join(data[a:b] for a, b in state.pieces)
    header, end = None, None
    if stream.startswith(_START):
        try:
            header = read_header(stream)
        except ValueError:
            notes.note("L310", "jxl.truncated", first)
    else:
        notes.note("L310", "jxl.truncated", first)
    if header is not None:
        _judge(notes, header, first)
        end = _end(notes, header, stream, first)
    left = len(stream) if end is None else end
    for start, stop in state.pieces:
        inside = min(stop - start, max(0, left))
        notes.name("jxl.codestream", start, start + inside, opaque=header is None, unknown=header is None)
        if start + inside < stop:
            notes.note("L301", "jxl.trailer", start + inside)
            notes.name("jxl.trailer", start + inside, stop, unknown=True)
            _trailing(notes, data, start + inside, stop)
        left -= inside


def _trailing(notes: Notes, data: bytes, start: int, stop: int) -> None:
    tail = data[start:stop]
    for hit in find(tail, 16, ("jpeg", "png")):
        if confirmed(hit, tail):
            notes.picture("L206", "jxl.trailer.image", start + hit.offset, tail[hit.offset :])
    if tail.startswith(_START):
        notes.picture("L206", "jxl.trailer.image", start, tail)


def _judge(notes: Notes, header: Header, at: int) -> None:
    if header.frames > 1 or header.animation:
        notes.note("L211", "jxl.frames", at)
    if header.helpers:
        notes.note("L305", "jxl.frames.reference", at)  # pixels that are only referred to, shown or not
    if header.cropped:
        notes.note("L211", "jxl.frame_crop", at)
    if any(header.channels) or len(header.channels) > 1:
        notes.note("L211", "jxl.extra_channels", at)
    if header.preview is not None:
        notes.note("L211", "jxl.preview", at)
    if header.profile:
        notes.note("L111", "jxl.icc", at)
    if header.named:
        notes.note("L112", "jxl.name", at)
    if header.extensions:
        notes.note("L302", "jxl.extensions", at, cannot_tell=False)
    if header.intrinsic or header.orientation != 1:
        notes.note("L305", "jxl.orientation", at)
    if not header.padding:
        notes.note("L308", "jxl.padding", at)


def _end(notes: Notes, header: Header, stream: bytes, first: int) -> int | None:
    """Where the last frame ends. Bytes inside it that change no pixel are looked for in small pictures."""
    try:
        tail = insensitive_tail(stream if header.end is None else stream[: header.end], header.size)
    except ValueError:
        notes.note("L310", "jxl.damaged", first)
        return header.end
    if tail is None:
        notes.note("L117", "jxl.stream_end.untested", first)
    if header.end is None:
        if tail is None:
            notes.note("L310", "jxl.stream_end", first)
        elif tail:
            notes.note("L301", "jxl.trailer", first)
            notes.opaque.append((first, len(stream)))
    elif tail:
        notes.note("L304", "jxl.stream.slack", first)
        notes.opaque.append((first, len(stream)))
    return header.end
