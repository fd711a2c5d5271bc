"""Films beside the picture: which bytes of the media boxes their tracks use, and whether one of them is sound."""

from __future__ import annotations

from indelible.verify.containers.bmff import MAX_DEPTH, Box, Reader, read_box
from indelible.verify.containers.heif_items import Items
from indelible.verify.containers.heif_rebuild import film_frame
from indelible.verify.containers.notes import Notes

_PARENTS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl"})
_MAX_BOXES = 5_000
_MAX_SAMPLES = 100_000
_MAX_TRACKS = 16


def inspect_film(notes: Notes, data: bytes, moov: Box, found: Items) -> None:
    """Write down sound, comments and the first frame of each track; the samples are left in ``found.samples``."""
    left = [_MAX_BOXES]
    tracks = [box for box in _children(data, moov, left) if box.kind == b"trak"]
    if len(tracks) > _MAX_TRACKS:
        notes.note("L315", "heif.moov", moov.start)
    for track in tracks[:_MAX_TRACKS]:
        tables: dict[bytes, Box] = {}
        _collect(data, track, tables, left, 0)
        if left[0] <= 0:
            notes.note("L315", "heif.moov", moov.start)
            return
        try:
            _track(notes, data, track, tables, found)
        except ValueError:
            notes.note("L310", "heif.moov.damaged", track.start)


def _children(data: bytes, parent: Box, left: list[int]) -> list[Box]:
    children, at = [], parent.body
    while at < parent.end and left[0] > 0:
        left[0] -= 1
        box = read_box(data, at, parent.end)
        if not isinstance(box, Box):
            break
        children.append(box)
        at = box.end
    return children


def _collect(data: bytes, parent: Box, tables: dict[bytes, Box], left: list[int], depth: int) -> None:
    for box in _children(data, parent, left):
        tables.setdefault(box.kind, box)
        if box.kind in _PARENTS and depth < MAX_DEPTH:
            _collect(data, box, tables, left, depth + 1)


def _track(notes: Notes, data: bytes, track: Box, tables: dict[bytes, Box], found: Items) -> None:
    handler = tables.get(b"hdlr")
    if handler is not None and data[handler.body + 8 : handler.body + 12] == b"soun":
        notes.note("L210", "heif.moov.audio", track.start)
    samples = _samples(data, tables)
    if samples is None or len(found.samples) + len(samples) > _MAX_SAMPLES:
        notes.note("L315", "heif.moov", track.start)
        return
    found.samples += samples
    entry = tables.get(b"stsd")
    if samples and entry is not None:
        frame = film_frame(data, entry, samples[0])
        if frame is not None:
            notes.picture("L211", "heif.moov", samples[0][0], frame)


def _samples(data: bytes, tables: dict[bytes, Box]) -> list[tuple[int, int]] | None:
    """Stretches of the file that the samples lie in (ISO/IEC 14496-12, 8.7); None beyond the cap."""
    place = tables.get(b"stco") or tables.get(b"co64")
    sizes, runs = tables.get(b"stsz"), tables.get(b"stsc")
    if place is None or sizes is None or runs is None:
        return []
    reader = Reader(data, sizes.body, sizes.end)
    reader.full()
    same, count = reader.uint(4), reader.uint(4)
    if count > _MAX_SAMPLES:
        return None
    lengths = [same] * count if same else [reader.uint(4) for _ in range(count)]
    reader = Reader(data, runs.body, runs.end)
    reader.full()
    groups = [(reader.uint(4), reader.uint(4), reader.uint(4)) for _ in range(min(reader.uint(4), _MAX_SAMPLES))]
    reader = Reader(data, place.body, place.end)
    reader.full()
    width = 4 if place.kind == b"stco" else 8
    chunks = [reader.uint(width) for _ in range(min(reader.uint(4), _MAX_SAMPLES))]
    found: list[tuple[int, int]] = []
    group = 0
    for number, at in enumerate(chunks, 1):
        while group + 1 < len(groups) and groups[group + 1][0] <= number:
            group += 1
        for _ in range(groups[group][1] if groups else 0):
            if len(found) >= len(lengths):
                return found
            found.append((at, at + lengths[len(found)]))
            at += lengths[len(found) - 1]
    return found
