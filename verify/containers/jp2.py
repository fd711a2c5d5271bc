"""JPEG 2000: boxes at every depth, then the codestream (ISO/IEC 15444-1, Annexes A and I; LEAKS.md section 4.9).

Listed are the signature, ftyp, jp2h with ihdr and one enumerated colr, and one codestream without comments. Channel
definitions are picture data (alpha); palettes and everything else are findings.
"""

from __future__ import annotations

import struct

from indelible.verify.containers import Walk
from indelible.verify.containers.bmff import MAX_DEPTH, Box, boxes, seal
from indelible.verify.containers.jp2_codestream import inspect_codestream
from indelible.verify.containers.notes import Inspection, Notes
from indelible.verify.containers.signatures import confirmed, find, readable
from indelible.verify.containers.uuids import inspect_uuid, store_pictures
from indelible.verify.containers.xmp import inspect_xmp

_SIGNATURE = b"\0\0\0\x0cjP  \r\n\x87\n"
_TYPE = b"jp2 \0\0\0\0jp2 "
_COLORS = frozenset({16, 17, 18})  # sRGB, grey, sYCC
#: Legal in JPX (ISO/IEC 15444-2) or about the picture, and on no list.
_LEGAL = frozenset(
    {b"rreq", b"jpch", b"jplh", b"cgrp", b"opct", b"creg", b"dtbl", b"ftbl", b"flst", b"cref", b"comp", b"copt", b"inst",
     b"roid", b"nlst", b"drep", b"gtso", b"bfil", b"chck", b"mp7b", b"pxfm", b"grp "}
)  # fmt: skip
_TOP = frozenset({b"ftyp", b"jp2h", b"jp2c", b"jp2i", b"xml ", b"uuid", b"uinf", b"asoc", b"jumb", b"mdat", b"free"})
_PARENTS = frozenset({b"asoc", b"jpch", b"jplh", b"uinf", b"res ", b"comp", b"ftbl", b"cgrp", b"grp ", b"drep"})


class _State:
    """What the boxes have said so far."""

    def __init__(self) -> None:
        self.header = False
        self.streams = 0
        self.kinds: list[bytes] = []


def walk(data: bytes) -> Walk:
    """Every byte of a JPEG 2000 file named, with findings."""
    return inspect(data).walk


def inspect(data: bytes) -> Inspection:
    """The walk of a .jp2 file or of a bare codestream, and the embedded pictures it came upon."""
    notes, state = Notes("jp2"), _State()
    if data.startswith(b"\xff\x4f"):
        notes.note("L117", "jp2.bare", 0)
        inspect_codestream(notes, data, 0, len(data))
    elif data.startswith(_SIGNATURE):
        whole = _TOP | _LEGAL
        for box in boxes(
            notes, data, 0, len(data), what="jp2", ended=lambda bad: state.streams > 0 and bad.kind not in whole
        ):
            _top(notes, state, data, box)
        if not state.header or not state.streams:
            notes.note("L310", "jp2.truncated", len(data))
    else:
        notes.note("L310", "jp2.truncated", 0)
        notes.name("unwalked", 0, len(data), unknown=True)
    seal(notes, len(data), what="jp2")
    return notes.inspection()


def _top(notes: Notes, state: _State, data: bytes, box: Box) -> None:
    kind, at = box.kind, box.start
    if kind == b"jP  ":
        if at:
            notes.note("L307", "jp2.signature.second", at)
        notes.name("jp2.signature", at, box.end)
    elif kind == b"ftyp":
        if at != len(_SIGNATURE):
            notes.note("L307", "jp2.ftyp.second", at)
        if data[box.body : box.end] != _TYPE:
            notes.note("L305", "jp2.ftyp", at)
            notes.opaque.append((at, box.end - at))
        notes.name("jp2.ftyp", at, box.end)
    elif kind == b"jp2h":
        if state.header or state.streams:
            notes.note("L307", "jp2.jp2h.second", at)
        state.header = True
        notes.name("jp2.jp2h", at, box.body)
        seen: set[bytes] = set()
        for child in boxes(notes, data, box.body, box.end, what="jp2"):
            _header(notes, data, child, seen)
        if not {b"ihdr", b"colr"} <= seen:
            notes.note("L310", "jp2.coding", at)
    elif kind == b"jp2c":
        state.streams += 1
        notes.name("jp2.jp2c", at, box.body)
        if state.streams > 1:
            notes.picture("L211", "jp2.codestream.second", box.body, data[box.body : box.end])
            notes.name("jp2.codestream.second", box.body, box.end, opaque=True)
        else:
            inspect_codestream(notes, data, box.body, box.end)
    else:
        _stray(notes, data, box, 0)


def _header(notes: Notes, data: bytes, box: Box, seen: set[bytes]) -> None:
    """A box inside jp2h."""
    kind, at, content = box.kind, box.start, data[box.body : box.end]
    if kind in seen and kind in (b"ihdr", b"bpcc", b"cdef", b"pclr", b"cmap", b"colr"):
        notes.note("L307", "jp2.jp2h.duplicate", at)
        notes.opaque.append((at, box.end - at))
    seen.add(kind)
    if kind == b"ihdr":
        if len(content) != 14 or content[11] != 7 or content[12] > 1 or content[13]:
            notes.note("L306", "jp2.ihdr", at)
    elif kind == b"colr":
        _color(notes, at, content)
    elif kind == b"bpcc":
        if len(content) > 64:
            notes.note("L306", "jp2.bpcc", at)
    elif kind == b"cdef":
        _channels(notes, at, content)
    elif kind in (b"pclr", b"cmap"):
        notes.note("L305", "jp2.palette", at)
        notes.opaque.append((at, box.end - at))
    else:
        _stray(notes, data, box, 1)
        return
    notes.name(f"jp2.{kind.decode()}", at, box.end)


def _color(notes: Notes, at: int, content: bytes) -> None:
    method = content[0] if content else 0
    if method in (2, 3):
        notes.note("L111", "jp2.colr.icc", at)
    elif method != 1 or len(content) < 7:
        notes.note("L302", "jp2.colr.unknown", at, cannot_tell=False)
    elif len(content) != 7:
        notes.note("L304", "jp2.box.slack", at)
    elif int.from_bytes(content[3:]) not in _COLORS or content[2] > 1 or content[1]:
        notes.note("L305", "jp2.colr", at)
    else:
        return
    notes.opaque.append((at + 8, len(content)))


def _channels(notes: Notes, at: int, content: bytes) -> None:
    """cdef: each channel once, colour or opacity."""
    count = int.from_bytes(content[:2])
    if len(content) != 2 + 6 * count or not 1 <= count <= 5:
        notes.note("L306", "jp2.cdef", at)
        return
    entries = [struct.unpack_from(">HHH", content, 2 + 6 * index) for index in range(count)]
    if sorted(entry[0] for entry in entries) != list(range(count)) or any(
        kind > 2 or of not in (*range(count + 1), 65535) for _, kind, of in entries
    ):
        notes.note("L305", "jp2.cdef", at)
    if sum(kind != 0 for _, kind, _ in entries) > 1:
        notes.note("L211", "jp2.channels", at)  # more planes than colour and one opacity


def _stray(notes: Notes, data: bytes, box: Box, depth: int) -> None:
    """A box that is on no list, at any depth: named by what it is."""
    kind, at = box.kind, box.start
    content = data[box.body : box.end]
    name, unknown = "jp2.box.unknown", False
    if kind == b"xml ":
        name = "jp2.xml"
        notes.note("L106", name, at)
        inspect_xmp(notes, content, box.body)
    elif kind == b"uuid":
        name = "jp2.uuid"
        inspect_uuid(notes, box.user, content, at, box.body, what="jp2")
    elif kind in (b"asoc", b"lbl "):
        name = "jp2.asoc"
        notes.note("L104", name, at)
    elif kind == b"jp2i":
        name = "jp2.jp2i"
        notes.note("L302", name, at, cannot_tell=False)
    elif kind in (b"uinf", b"ulst", b"url "):
        name = "jp2.uinf"
        notes.note("L302", name, at, cannot_tell=False)
    elif kind in (b"res ", b"resc", b"resd"):
        name = "jp2.res"
        notes.note("L113", name, at)
    elif kind == b"jumb":
        name = "jp2.c2pa"
        notes.note("L114", name, at)
        store_pictures(notes, content, box.body, "jp2.c2pa.thumbnail")
    elif kind in (b"free", b"skip"):
        name = "jp2.free"
        notes.note("L308", name, at)
    elif kind == b"jp2c":
        name = "jp2.codestream.second"
        notes.picture("L211", name, box.body, content)
    elif kind in (b"mdat", b"moov"):
        name = "jp2.media"
        notes.note("L211", name, at)
    elif kind in _LEGAL:
        name = "jp2.box.unlisted"
        notes.note("L305", name, at)
    elif kind in (b"ihdr", b"colr", b"jp2h", b"ftyp", b"jP  ", b"bpcc", b"cdef", b"pclr", b"cmap") and depth:
        name = "jp2.box.unlisted"
        notes.note("L305", name, at)
    else:
        unknown = True
        notes.note("L302", name, at, cannot_tell=not readable(content))
        for hit in find(content, 16, ("jpeg", "png")):
            if confirmed(hit, content):
                notes.picture("L214", "jp2.box.preview", box.body + hit.offset, content[hit.offset :])
    if kind in _PARENTS and depth < MAX_DEPTH:
        notes.name(name, at, box.body, opaque=True)
        for child in boxes(notes, data, box.body, box.end, what="jp2"):
            _stray(notes, data, child, depth + 1)
        return
    if kind in _PARENTS:
        notes.note("L315", "jp2.depth", at)
    notes.name(name, at, box.end, opaque=True, unknown=unknown)
