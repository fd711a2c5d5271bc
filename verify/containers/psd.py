"""PSD and PSB: read to say what is in them, never certified (LEAKS.md section 4.9).

A file of layers keeps what its flattened picture covers. Every one has findings, also one that seems empty; sections are named
so that the carver knows where to look. Reference: Adobe Photoshop File Formats Specification, November 2019.
"""

from __future__ import annotations

import re
import struct
import zlib

from indelible.verify.containers import Walk
from indelible.verify.containers.irb import inspect_irb
from indelible.verify.containers.notes import Inspection, Notes
from indelible.verify.containers.signatures import confirmed, find

_HEADER = 26
_SMART = re.compile(rb"8B(?:IM|64)(?:lnk[2DE]|SoL[dE]|PlLd|plLd)")
_RAW, _PACKED, _ZIP, _ZIP_PREDICTED = range(4)
_MAX_SEARCHED = 64 * 1024 * 1024
_MAX_ROWS = 4_000_000


def walk(data: bytes) -> Walk:
    """Every byte of a PSD file named, with findings."""
    return inspect(data).walk


def inspect(data: bytes) -> Inspection:
    """The walk, and the embedded pictures it came upon."""
    notes = Notes("psd")
    notes.note("L305", "psd.format", 0)  # never a published format: whoever opens it gets whatever it holds
    if len(data) < _HEADER or data[:4] != b"8BPS":
        return _cut(notes, data, 0)
    version, reserved, channels, height, width, depth, mode = struct.unpack_from(">H6sHIIHH", data, 4)
    big = version == 2
    if version not in (1, 2) or not 0 < channels <= 56 or depth not in (1, 8, 16, 32) or not width or not height:
        notes.note("L310", "psd.truncated", 4)
    if any(reserved):
        notes.note("L308", "psd.reserved", 6)
    notes.name("psd.header", 0, _HEADER)
    at = _HEADER
    for name in ("psd.colormode", "psd.irb", "psd.layers"):
        room = 8 if big and name == "psd.layers" else 4
        if at + room > len(data):
            return _cut(notes, data, at)
        length = int.from_bytes(data[at : at + room])
        start, end = at + room, at + room + length
        if end > len(data):
            notes.note("L306", f"{name}.length", at)
            return _cut(notes, data, at)
        notes.name(name, at, end, opaque=length > 0)
        if name == "psd.colormode" and length and (mode, length) != (2, 768):
            notes.note("L305", "psd.colormode", start)
        elif name == "psd.irb" and length:
            _resources(notes, data[start:end], start)
        elif name == "psd.layers" and length:
            _layers(notes, data[start:end], start, big)
        at = end
    end = _picture(notes, data, at, big, channels, height, width, depth)
    if end < len(data):
        notes.note("L301", "psd.trailer", end)
        notes.name("psd.trailer", end, len(data), unknown=True)
    return notes.inspection()


def _cut(notes: Notes, data: bytes, at: int) -> Inspection:
    notes.note("L310", "psd.truncated", at)
    notes.name("unwalked", at, len(data), unknown=True)
    return notes.inspection()


def _resources(notes: Notes, block: bytes, base: int) -> None:
    notes.note("L110", "psd.irb", base)
    before = len(notes.embedded)
    inspect_irb(notes, block, base)
    if any(item.rule == "L204" for item in notes.embedded[before:]):
        notes.note("L204", "psd.thumbnail", base)


def _layers(notes: Notes, block: bytes, base: int, big: bool) -> None:
    """Layers, the global mask and what else is attached: smart objects hold files of their own."""
    room = 8 if big else 4
    length = int.from_bytes(block[:room])
    if length >= 2 and len(block) >= room + 2:
        count = abs(struct.unpack_from(">h", block, room)[0])
        if count:
            notes.note("L211", "psd.layers", base)
            notes.note("L213", "psd.layers", base)
    elif any(block[room:]):
        notes.note("L302", "psd.layers.other", base)
    searched = block[:_MAX_SEARCHED]
    smart = _SMART.search(searched)
    if smart is not None:
        notes.note("L213", "psd.smart_objects", base + smart.start())
        for hit in find(searched, 16, ("jpeg", "png", "tiff")):
            if confirmed(hit, searched):
                notes.picture("L213", "psd.smart_objects", base + hit.offset, searched[hit.offset :])
    if len(block) > _MAX_SEARCHED:
        notes.note("L315", "psd.layers.size", base)


def _picture(notes: Notes, data: bytes, at: int, big: bool, channels: int, height: int, width: int, depth: int) -> int:
    """Name the flattened picture; where it ends."""
    if at + 2 > len(data):
        notes.note("L310", "psd.truncated", at)
        notes.name("unwalked", at, len(data), unknown=True)
        return len(data)
    (coding,) = struct.unpack_from(">H", data, at)
    rows, size = channels * height, channels * height * ((width * depth + 7) // 8)
    start, end = at + 2, len(data)
    if coding == _RAW:
        end = start + size
    elif coding == _PACKED and rows <= _MAX_ROWS:
        each = 4 if big else 2
        table = data[start : start + each * rows]
        counts = struct.unpack(f">{len(table) // each}{'I' if big else 'H'}", table[: len(table) // each * each])
        end = start + each * rows + sum(counts)
    elif coding in (_ZIP, _ZIP_PREDICTED):
        end = _inflated(data, start)
    else:
        notes.note("L310", "psd.coding", at)
    if end > len(data):
        notes.note("L310", "psd.truncated", at)
        end = len(data)
    notes.name("psd.picture", at, end)
    return end


def _inflated(data: bytes, start: int) -> int:
    """Where a zlib stream ends; beyond the file where it does not."""
    engine, rest, made = zlib.decompressobj(), data[start:], 0
    try:
        while rest and not engine.eof and made < 1 << 29:
            made += len(engine.decompress(rest, 1 << 20))
            rest = engine.unconsumed_tail
    except zlib.error:
        return len(data) + 1
    return len(data) - len(engine.unused_data) if engine.eof else len(data) + 1
