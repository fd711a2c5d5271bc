"""JPEG: a contiguous walk over markers that names every byte; what is not on the list of LEAKS.md section 5 is a finding.

Files of other tools are judged by the same list, except that a legal choice of an encoder (progressive scans, restart
markers, optimised tables) is only a fingerprint.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field

from indelible.model import Severity
from indelible.verify.containers import Walk
from indelible.verify.containers.jpeg_scans import Scan, examine_scans
from indelible.verify.containers.jpeg_segments import Segments
from indelible.verify.containers.notes import Inspection, Notes
from indelible.verify.containers.scan import Component, HuffmanTable, huffman_table
from indelible.verify.containers.signatures import confirmed, find

_MARKER = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]", re.DOTALL)
_SEGMENT = re.compile(rb"\xff[\xc0-\xcf\xd8-\xfe]", re.DOTALL)
_RESERVED = frozenset((0x01, 0xC8, 0xCC, 0xDC, 0xDE, 0xDF, *range(0x02, 0xC0), *range(0xD0, 0xD8), *range(0xF0, 0xFE)))
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_OTHER_FRAMES = frozenset({0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
_NAMES = {0xC4: "jpeg.dht", 0xDB: "jpeg.dqt", 0xDD: "jpeg.dri", 0xFE: "jpeg.com"}
_MAX_SCANS = 200

#: Class, id and number of values of the standard Huffman tables (T.81 Annex K.3).
_STANDARD = {(0, 0, 12), (0, 1, 12), (1, 0, 162), (1, 1, 162)}


@dataclass(slots=True)
class _State:
    """What the headers have said so far."""

    width: int = 0
    height: int = 0
    progressive: bool = False
    decodable: bool = True
    components: dict[int, Component] = field(default_factory=dict)
    quantization: dict[int, tuple[int, bool]] = field(default_factory=dict)  # id -> offset, used
    huffman: dict[tuple[int, int], HuffmanTable] = field(default_factory=dict)
    unused: dict[tuple[int, int], int] = field(default_factory=dict)  # Huffman tables that no scan has used yet
    interval: int = 0
    scans: list[Scan] = field(default_factory=list)
    ended: bool = False


def walk(data: bytes) -> Walk:
    """Every byte of a JPEG file named, with findings."""
    return inspect(data).walk


def inspect(data: bytes) -> Inspection:
    """The walk, and the embedded pictures it came upon."""
    notes, state = Notes("jpeg"), _State()
    segments = Segments(notes)
    if not data.startswith(b"\xff\xd8"):
        notes.note("L310", "jpeg.truncated", 0)
        notes.name("unwalked", 0, len(data), unknown=True)
        return notes.inspection()
    notes.name("jpeg.soi", 0, 2)
    at = 2
    while at < len(data) and not state.ended:
        if notes.full or len(state.scans) > _MAX_SCANS:
            notes.note("L315", "jpeg.structures", at)
            notes.name("unwalked", at, len(data), unknown=True)
            _name_scans(notes, state)
            return notes.inspection()
        at = _step(notes, state, segments, data, at)
    _finish(notes, state, segments, data, at)
    return notes.inspection()


def _step(notes: Notes, state: _State, segments: Segments, data: bytes, at: int) -> int:
    """Name one structure that begins at ``at``; where the next one begins."""
    if data[at] != 0xFF or data[at : at + 2] == b"\xff\x00":
        match = _SEGMENT.search(data, at)
        while match is not None and not _plausible(data, match.start()):
            match = _SEGMENT.search(data, match.start() + 1)
        end = match.start() if match is not None else len(data)
        notes.note("L303", "jpeg.gap", at)
        notes.name("jpeg.gap", at, end, unknown=True)
        return end
    if data[at : at + 2] == b"\xff\xff":
        end = at
        while data[end + 1 : end + 2] == b"\xff":
            end += 1
        notes.note("L314", "jpeg.fill", at)
        notes.name("jpeg.fill", at, end, opaque=True)
        return end
    if at + 1 >= len(data):
        return _cut(notes, data, at)
    marker = data[at + 1]
    if marker == 0xD9:
        notes.name("jpeg.eoi", at, at + 2)
        state.ended = True
        return at + 2
    if marker == 0xD8:
        notes.note("L307", "jpeg.multi_soi", at)
        notes.name("jpeg.soi", at, at + 2, unknown=True)
        return at + 2
    if marker == 0x01 or 0xD0 <= marker <= 0xD7:
        notes.note("L305", "jpeg.marker.reserved", at)
        notes.name("jpeg.marker.reserved", at, at + 2, unknown=True)
        return at + 2
    if at + 4 > len(data):
        return _cut(notes, data, at)
    length = int.from_bytes(data[at + 2 : at + 4])
    end = at + 2 + length
    if length < 2 or end > len(data):
        return _cut(notes, data, at)
    payload = data[at + 4 : end]
    if marker == 0xDA:
        return _scan(notes, state, data, at, end, payload)
    if 0xE0 <= marker <= 0xEF:
        name = segments.application(marker - 0xE0, payload, at, first=at == 2)
        notes.name(name, at, end, opaque=name != "jpeg.app0", unknown=name.endswith(".unknown"))
        return end
    if marker == 0xFE:
        notes.note("L112", "jpeg.com", at)
    elif marker == 0xDB:
        _quantization(notes, state, payload, at)
    elif marker == 0xC4:
        _huffman(notes, state, payload, at)
    elif marker in _FRAMES or marker in _OTHER_FRAMES:
        _frame(notes, state, marker, payload, at)
    elif marker == 0xDD:
        notes.note("L117", "jpeg.restart", at)
        if len(payload) != 2:
            notes.note("L306", "jpeg.segment.length", at)
        state.interval = struct.unpack_from(">H", payload)[0] if len(payload) >= 2 else 0
    elif marker in _RESERVED:
        notes.note("L305", "jpeg.marker.reserved", at)
        state.decodable = state.decodable and marker not in (0xCC, 0xDC, 0xDE, 0xDF)
        notes.name("jpeg.marker.reserved", at, end, unknown=True)
        return end
    name = _NAMES.get(marker, "jpeg.sof")
    notes.name(name, at, end, opaque=marker == 0xFE)
    return end


def _plausible(data: bytes, at: int) -> bool:
    """Whether a marker after a gap starts a segment that fits in the file."""
    marker = data[at + 1]
    if marker in (0xD8, 0xD9):
        return True
    if at + 4 > len(data):
        return False
    end = at + 2 + int.from_bytes(data[at + 2 : at + 4])
    return end <= len(data) and (marker == 0xDA or data[end : end + 1] == b"\xff")


def _cut(notes: Notes, data: bytes, at: int) -> int:
    notes.note("L310", "jpeg.truncated", at)
    notes.name("unwalked", at, len(data), unknown=True)
    return len(data)


def _quantization(notes: Notes, state: _State, payload: bytes, offset: int) -> None:
    at = 0
    while at < len(payload):
        precision, number = payload[at] >> 4, payload[at] & 15
        size = 65 if precision == 0 else 129
        if precision > 1 or number > 3 or at + size > len(payload):
            notes.note("L306", "jpeg.segment.length", offset)
            return
        if precision or 0 in payload[at + 1 : at + 65 : 1 if not precision else 64]:
            notes.note("L117", "jpeg.quantization", offset)
        previous = state.quantization.get(number)
        if previous is not None and not previous[1]:
            notes.note("L305", "jpeg.table.unused", previous[0])
        state.quantization[number] = (offset, False)
        at += size


def _huffman(notes: Notes, state: _State, payload: bytes, offset: int) -> None:
    at = 0
    while at < len(payload):
        if at + 17 > len(payload):
            notes.note("L306", "jpeg.segment.length", offset)
            return
        kind, number = payload[at] >> 4, payload[at] & 15
        counts = payload[at + 1 : at + 17]
        size = sum(counts)
        values = payload[at + 17 : at + 17 + size]
        table = huffman_table(counts, values) if len(values) == size <= 256 else None
        if kind > 1 or number > 3 or table is None:
            notes.note("L306", "jpeg.segment.length", offset)
            state.decodable = False
            return
        if (kind, number, size) not in _STANDARD:
            notes.note("L117", "jpeg.huffman", offset)
        if (kind, number) in state.unused:
            notes.note("L305", "jpeg.table.unused", state.unused[kind, number])
        state.huffman[kind, number] = table
        state.unused[kind, number] = offset
        at += 17 + size


def _frame(notes: Notes, state: _State, marker: int, payload: bytes, offset: int) -> None:
    if state.components:
        notes.note("L307", "jpeg.sof.second", offset)
        return
    if marker in _OTHER_FRAMES:
        # lossless, hierarchical and arithmetic coding: legal, seen in no tool's output, and not decoded here
        notes.note("L305", "jpeg.marker.reserved", offset)
        notes.note("L310", "jpeg.coding", offset)
        state.decodable = False
    elif marker != 0xC0:
        notes.note("L117", "jpeg.progressive" if marker == 0xC2 else "jpeg.extended", offset)
    if len(payload) < 6 or len(payload) != 6 + 3 * payload[5]:
        notes.note("L306", "jpeg.segment.length", offset)
        state.decodable = False
        return
    precision, state.height, state.width, count = struct.unpack_from(">BHHB", payload)
    factors = [(payload[7 + 3 * n] >> 4, payload[7 + 3 * n] & 15) for n in range(count)]
    legal = 1 <= count <= 4 and all(1 <= h <= 4 and 1 <= v <= 4 for h, v in factors)
    if precision != 8 or not state.width or not state.height or not legal:
        notes.note("L310", "jpeg.coding", offset)
        state.decodable = False
        return
    state.progressive = marker == 0xC2
    most_h, most_v = max(h for h, _ in factors), max(v for _, v in factors)
    for n, (h, v) in enumerate(factors):
        across = _ceil(_ceil(state.width * h, most_h), 8)
        down = _ceil(_ceil(state.height * v, most_v), 8)
        state.components[payload[6 + 3 * n]] = Component(
            id=payload[6 + 3 * n], h=h, v=v, table=payload[8 + 3 * n], blocks=(across, down)
        )
    if len(state.components) != count:
        notes.note("L310", "jpeg.coding", offset)
        state.decodable = False


def _ceil(value: int, by: int) -> int:
    return -(-value // by)


def _scan(notes: Notes, state: _State, data: bytes, at: int, end: int, payload: bytes) -> int:
    """Name a scan's header and its coded data; where the next structure begins."""
    count = payload[0] if payload else 0
    if len(payload) != 4 + 2 * count or not 1 <= count <= 4:
        notes.note("L306", "jpeg.segment.length", at)
        state.decodable = False
    notes.name("jpeg.sos", at, end)
    match = _MARKER.search(data, end)
    stop = match.start() if match is not None else len(data)
    if match is None:
        notes.note("L310", "jpeg.truncated", stop)
    members: list[tuple[Component, HuffmanTable | None, HuffmanTable | None]] = []
    ss, se, approximation = (payload[-3], payload[-2], payload[-1]) if len(payload) >= 4 else (0, 63, 0)
    if state.decodable:
        for n in range(count):
            component = state.components.get(payload[1 + 2 * n])
            if component is None:
                notes.note("L310", "jpeg.coding", at)
                state.decodable = False
                break
            selector = payload[2 + 2 * n]
            dc, ac = (0, selector >> 4), (1, selector & 15)
            needed = [dc] if ss == 0 and not (state.progressive and approximation >> 4) else []
            needed += [ac] if not state.progressive or ss > 0 else []
            for key in needed:
                state.unused.pop(key, None)
            place, _ = state.quantization.get(component.table, (at, True))
            state.quantization[component.table] = (place, True)
            members.append((component, state.huffman.get(dc), state.huffman.get(ac)))
    state.scans.append(
        Scan(
            members=tuple(members), ss=ss, se=se, ah=approximation >> 4, al=approximation & 15,
            interval=state.interval, start=end, end=stop,
        )
    )  # fmt: skip
    return stop


def _finish(notes: Notes, state: _State, segments: Segments, data: bytes, at: int) -> None:
    segments.finish()
    if not state.ended or not state.scans:
        notes.note("L310", "jpeg.truncated", len(data))
    for offset in state.unused.values():
        notes.note("L305", "jpeg.table.unused", offset)
    for offset, used in state.quantization.values():
        if not used:
            notes.note("L305", "jpeg.table.unused", offset)
    if at < len(data):
        _trailer(notes, data, at)
    if state.scans and state.ended and state.decodable and state.components:
        frame = (state.width, state.height)
        examine_scans(notes, data, state.scans, tuple(state.components.values()), frame, state.progressive)
        _sort(notes)
    else:
        _name_scans(notes, state)


def _name_scans(notes: Notes, state: _State) -> None:
    """Name the coded data of scans that are not decoded."""
    for scan in state.scans:
        notes.name("jpeg.scan", scan.start, scan.end, opaque=True)
    _sort(notes)


def _sort(notes: Notes) -> None:
    notes.structures.sort(key=lambda item: item.offset)
    notes.opaque.sort()


def _trailer(notes: Notes, data: bytes, at: int) -> None:
    notes.note("L301", "jpeg.trailer", at)
    notes.name("jpeg.trailer", at, len(data), unknown=True)
    tail = data[at:]
    for hit in find(tail, 64, ("jpeg", "ftyp", "moov")):
        if hit.kind == "jpeg" and confirmed(hit, tail):
            notes.picture("L206", "jpeg.trailer.image", at + hit.offset, tail[hit.offset :])
        elif hit.kind in ("ftyp", "moov") and confirmed(hit, tail):
            notes.note("L210", "jpeg.trailer.video", at + hit.offset, severity=Severity.CRITICAL)
