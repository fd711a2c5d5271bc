"""HEIF, HEIC and AVIF: a walk over boxes at every depth that names every byte (LEAKS.md section 4.8).

Listed are ftyp, meta and mdat, and in meta one picture: a single coded item, or a grid with its tiles, with one alpha plane.
Written from ISO/IEC 14496-12, ISO/IEC 23008-12 and the AVIF specification.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from indelible.formats import sniff
from indelible.verify.containers import Walk
from indelible.verify.containers.bmff import Box, Reader, boxes, read_box, seal
from indelible.verify.containers.heif_coverage import cover
from indelible.verify.containers.heif_items import (
    Items,
    read_associations,
    read_entry,
    read_locations,
    read_primary,
    read_references,
    slack,
)
from indelible.verify.containers.heif_judge import judge_items
from indelible.verify.containers.heif_moov import inspect_film
from indelible.verify.containers.heif_properties import judge_properties
from indelible.verify.containers.notes import Inspection, Notes
from indelible.verify.containers.signatures import confirmed, find, readable
from indelible.verify.containers.uuids import inspect_uuid, store_pictures

_FREE = frozenset({b"free", b"skip", b"wide", b"udta"})
_FILM = frozenset({b"moov", b"moof", b"mfra", b"sidx", b"ssix", b"emsg", b"prft", b"styp", b"pdin", b"mvex"})
_TOP = _FREE | _FILM | frozenset({b"ftyp", b"meta", b"mdat", b"uuid", b"mpvd", b"sefd", b"jumb"})
_BRANDS = frozenset(
    b"avif avis avio mif1 mif2 mif3 msf1 miaf MA1A MA1B MiAn MiHA MiHB MiHE MiHM MiPr heic heix heim heis hevc hevx hevm "
    b"hevs isom iso2 iso3 iso4 iso5 iso6 iso7 iso8 iso9 isoa tmap 1pic unif geo1 pred vvic jpeg jpgs j2ki j2is avci avcs "
    b"mp41 mp42 mp4v dby1 hvc1".split()
)
_ENCODERS = frozenset({b"", b"libavif", b"pict"})


@dataclass(slots=True)
class _State:
    """Where the structures lie that the items refer to."""

    format: str
    found: Items = field(default_factory=Items)
    meta: bool = False
    typed: bool = False
    media: list[Box] = field(default_factory=list)
    stores: list[Box] = field(default_factory=list)  # idat
    seen: set[bytes] = field(default_factory=set)


def walk(data: bytes) -> Walk:
    """Every byte of a HEIF or AVIF file named, with findings."""
    return inspect(data).walk


def inspect(data: bytes) -> Inspection:
    """The walk, and the embedded pictures it came upon, each rebuilt as a file of its own."""
    state = _State(sniff(data) or "heif")
    notes = Notes(state.format)
    at = 0
    while at < len(data):
        if notes.full:
            notes.note("L315", "heif.structures", at)
            notes.name("unwalked", at, len(data), unknown=True)
            break
        box = read_box(data, at, len(data))
        if not isinstance(box, Box):
            _end(notes, state, data, box.kind, at)
            break
        _top(notes, state, data, box)
        at = box.end
    _finish(notes, state, data)
    return notes.inspection()


def _end(notes: Notes, state: _State, data: bytes, kind: bytes, at: int) -> None:
    """What follows is no box that fits: a cut file, or bytes behind a whole one."""
    whole = state.meta and (bool(state.media) or bool(state.stores))
    if whole and kind not in _TOP:
        notes.note("L301", "heif.trailer", at)
        notes.name("heif.trailer", at, len(data), unknown=True)
        tail = data[at:]
        for hit in find(tail, 16, ("jpeg", "png")):
            if confirmed(hit, tail):
                notes.picture("L206", "heif.trailer.image", at + hit.offset, tail[hit.offset :])
        return
    if kind:
        notes.note("L306", "heif.box.size", at)
    notes.note("L310", "heif.truncated", at)
    notes.name("unwalked", at, len(data), unknown=True)


def _top(notes: Notes, state: _State, data: bytes, box: Box) -> None:
    kind, at = box.kind, box.start
    if box.open and kind != b"mdat":
        notes.note("L306", "heif.box.size", at)
    if kind == b"ftyp":
        _brands(notes, state, data, box)
    elif kind == b"meta":
        if state.meta:
            notes.note("L307", "heif.meta.second", at)
            notes.name("heif.meta.second", at, box.end, unknown=True)
        else:
            state.meta = True
            _meta(notes, state, data, box)
    elif kind == b"mdat":
        if state.media:
            notes.note("L307", "heif.mdat.second", at)
        state.media.append(box)
        state.found.mdat.append((box.body, box.end))
        notes.name("heif.mdat", at, box.body)
    elif kind in _FILM:
        notes.note("L211", "heif.moov", at)
        notes.name("heif.moov", at, box.end, opaque=True)
        if kind == b"moov":
            inspect_film(notes, data, box, state.found)
    elif kind == b"mpvd":
        notes.note("L210", "heif.mpvd", at)
        notes.name("heif.mpvd", at, box.end, unknown=True)
    elif kind == b"sefd":
        notes.note("L116", "heif.sefd", at)
        notes.name("heif.sefd", at, box.end, unknown=True)
    else:
        _stray(notes, data, box)


def _stray(notes: Notes, data: bytes, box: Box) -> None:
    """A box that may stand nowhere, at any depth."""
    content = data[box.body : box.end]
    name = "heif.box.unknown"
    if box.kind in _FREE:
        name = "heif.free"
        notes.note("L308", name, box.start)
    elif box.kind == b"uuid":
        name = "heif.uuid"
        inspect_uuid(notes, box.user, content, box.start, box.body, what="heif")
    elif box.kind == b"jumb":
        name = "heif.c2pa"
        notes.note("L114", name, box.start)
        store_pictures(notes, content, box.body, "heif.c2pa.thumbnail")
    else:
        notes.note("L302", name, box.start, cannot_tell=not readable(content))
    notes.name(name, box.start, box.end, unknown=True)


def _brands(notes: Notes, state: _State, data: bytes, box: Box) -> None:
    if state.typed or box.start:
        notes.note("L307", "heif.ftyp.second", box.start)
    state.typed = True
    major, version, rest = (
        data[box.body : box.body + 4],
        data[box.body + 4 : box.body + 8],
        data[box.body + 8 : box.end],
    )
    brands = [rest[at : at + 4] for at in range(0, len(rest), 4)]
    if major not in _BRANDS or len(set(brands)) < len(brands) or not set(brands) <= _BRANDS or any(version):
        notes.note("L305", "heif.ftyp", box.start)
        notes.opaque.append((box.start, box.end - box.start))
    notes.name("heif.ftyp", box.start, box.end)


def _meta(notes: Notes, state: _State, data: bytes, meta: Box) -> None:
    """The boxes of meta; idat first, because iloc may refer to it."""
    if meta.size < 4 or any(data[meta.body : meta.body + 4]):
        notes.note("L308", "heif.reserved", meta.start)
    notes.name("heif.meta", meta.start, min(meta.end, meta.body + 4))
    children = list(boxes(notes, data, min(meta.end, meta.body + 4), meta.end, what="heif"))
    for box in children:
        if box.kind == b"idat":
            if state.stores:
                notes.note("L307", "heif.idat.second", box.start)
            state.stores.append(box)
            state.found.idat.append((box.body, box.end))
    if children and children[0].kind != b"hdlr":
        notes.note("L307", "heif.meta.order", children[0].start)
    for box in children:
        if box.kind in state.seen and box.kind not in _FREE and box.kind not in (b"uuid", b"idat"):
            notes.note("L307", "heif.meta.duplicate", box.start)
            notes.name("heif.meta.duplicate", box.start, box.end, unknown=True)
            continue
        state.seen.add(box.kind)
        try:
            _child(notes, state, data, box)
        except ValueError:
            notes.note("L310", "heif.truncated", box.start)


def _child(notes: Notes, state: _State, data: bytes, box: Box) -> None:
    kind, found = box.kind, state.found
    if kind == b"idat":
        notes.name("heif.idat", box.start, box.body)
    elif kind == b"hdlr":
        notes.name("heif.hdlr", box.start, box.end)
        _handler(notes, data, box)
    elif kind == b"pitm":
        notes.name("heif.pitm", box.start, box.end)
        read_primary(notes, data, box, found)
    elif kind == b"iloc":
        notes.name("heif.iloc", box.start, box.end)
        read_locations(notes, data, box, found)
    elif kind == b"iinf":
        reader = Reader(data, box.body, box.end)
        version, _ = reader.full()
        count = reader.uint(2 if version == 0 else 4)
        _inside(notes, state, data, box, reader.at, {b"infe"}, count)
    elif kind == b"iref":
        reader = Reader(data, box.body, box.end)
        version, _ = reader.full()
        notes.name("heif.iref", box.start, reader.at)
        for link in boxes(notes, data, reader.at, box.end, what="heif"):
            notes.name("heif.iref", link.start, link.end)
            read_references(notes, data, link, version, found)
    elif kind == b"iprp":
        _properties(notes, state, data, box)
    elif kind in (b"dinf", b"grpl", b"ipro"):
        notes.note("L305", f"heif.{kind.decode()}", box.start)  # where other files lie, groups of pictures, protection
        notes.name(f"heif.{kind.decode()}", box.start, box.end, opaque=True)
    else:
        _stray(notes, data, box)


def _handler(notes: Notes, data: bytes, box: Box) -> None:
    reader = Reader(data, box.body, box.end)
    if any(reader.take(8)):
        notes.note("L308", "heif.reserved", box.start)
    if reader.take(4) != b"pict":
        notes.note("L310", "heif.coding", box.start)
    if any(reader.take(12)):
        notes.note("L308", "heif.reserved", box.start)
    name = reader.text()
    if name not in _ENCODERS:
        notes.note("L112", "heif.hdlr.name", box.start)
        notes.opaque.append((box.body, box.size))
    elif name:
        notes.note("L117", "heif.encoder", box.start)
    if data[reader.at : reader.at + 1] == b"\0" and reader.left == 1:
        return  # phones write the empty name with a second zero
    slack(notes, reader, box)


def _inside(notes: Notes, state: _State, data: bytes, box: Box, at: int, kinds: set[bytes], count: int) -> None:
    """Item entries, and strangers among them."""
    notes.name("heif.iinf", box.start, at)
    entries = 0
    for entry in boxes(notes, data, at, box.end, what="heif"):
        if entry.kind in kinds:
            entries += 1
            notes.name("heif.infe", entry.start, entry.end)
            try:
                read_entry(notes, data, entry, state.found)
            except ValueError:
                notes.note("L310", "heif.truncated", entry.start)
        else:
            _stray(notes, data, entry)
    if entries != count:
        notes.note("L306", "heif.iinf.count", box.start)


def _properties(notes: Notes, state: _State, data: bytes, iprp: Box) -> None:
    notes.name("heif.iprp", iprp.start, iprp.body)
    stores = tables = 0
    for box in boxes(notes, data, iprp.body, iprp.end, what="heif"):
        if box.kind == b"ipco" and not stores:
            stores += 1
            notes.name("heif.ipco", box.start, box.body)
            state.found.properties += list(boxes(notes, data, box.body, box.end, what="heif"))
        elif box.kind == b"ipma":
            tables += 1
            notes.name("heif.ipma", box.start, box.end)
            try:
                read_associations(notes, data, box, state.found)
            except ValueError:
                notes.note("L310", "heif.truncated", box.start)
        elif box.kind == b"ipco":
            notes.note("L307", "heif.meta.duplicate", box.start)
            notes.name("heif.meta.duplicate", box.start, box.end, unknown=True)
        else:
            _stray(notes, data, box)
    if tables > 1:
        notes.note("L307", "heif.ipma.second", iprp.start)


def _finish(notes: Notes, state: _State, data: bytes) -> None:
    """Judge items and properties, then name what lies in the media boxes."""
    if not state.typed or not state.meta:
        notes.note("L310", "heif.truncated", 0)
    said = judge_properties(notes, data, state.found)
    if state.meta:
        judge_items(notes, data, state.found, said)
    cover(notes, data, state.found)
    seal(notes, len(data), what="heif")
