"""Which bytes of the media boxes belong to an item: every byte to exactly one, and every item inside them."""

from __future__ import annotations

from indelible.verify.containers.heif_items import Item, Items
from indelible.verify.containers.notes import Notes

#: Bytes between items that an alignment explains; they must be zero.
_ALIGNMENT = 7
_PICTURES = frozenset({b"av01", b"hvc1", b"grid"})


def cover(notes: Notes, data: bytes, found: Items) -> None:
    """Name the contents of mdat and idat, and write down gaps, overlaps and extents that lie elsewhere."""
    stores = sorted([*found.mdat, *found.idat])
    parts: list[tuple[int, int, Item | None]] = [(start, end, None) for start, end in found.samples]
    for item in found.items.values():
        parts += [(start, end, item) for start, end in item.extents if end > start]
        if item.kind and any(end <= start for start, end in item.extents):
            notes.note("L306", "heif.iloc.empty", item.offset)
    parts.sort(key=lambda part: part[:2])
    _overlaps(notes, parts)
    at = 0  # parts before this index end before the store
    for start, end in stores:
        reached = start
        while at < len(parts) and parts[at][1] <= start:
            _outside(notes, data, parts[at], stores)
            at += 1
        index = at
        while index < len(parts) and parts[index][0] < end:
            first, last, owner = parts[index]
            _outside(notes, data, parts[index], stores)
            _gap(notes, data, reached, min(first, end))
            first, last = max(first, reached), min(last, end)
            notes.name(*_named(owner), first, last, opaque=owner is None or owner.kind not in _PICTURES)
            reached = max(reached, last)
            index += 1
        at = index
        _gap(notes, data, reached, end)
    for part in parts[at:]:
        _outside(notes, data, part, stores)


def _named(item: Item | None) -> tuple[str]:
    if item is None:
        return ("heif.sample",)
    kind = item.kind.decode("ascii").strip().lower() if item.kind.isalnum() or item.kind == b"uri " else "unknown"
    return (f"heif.item.{kind}",)


def _gap(notes: Notes, data: bytes, start: int, end: int) -> None:
    if end <= start:
        return
    aligned = end - start <= _ALIGNMENT and not any(data[start:end])
    if not aligned:
        notes.note("L309", "heif.mdat.gap", start)
    notes.name("heif.mdat.gap", start, end, opaque=True, unknown=not aligned)


def _outside(notes: Notes, data: bytes, part: tuple[int, int, Item | None], stores: list[tuple[int, int]]) -> None:
    first, last, _ = part
    if last > len(data):
        notes.note("L310", "heif.truncated", min(first, len(data)))
    elif not any(start <= first and last <= end for start, end in stores):
        notes.note("L306", "heif.iloc.outside", first)


def _overlaps(notes: Notes, parts: list[tuple[int, int, Item | None]]) -> None:
    """Two items may be the same bytes (equal tiles), not share some of them."""
    reached, whole = 0, (0, 0)
    for first, last, _ in parts:
        if first < reached and (first, last) != whole:
            notes.note("L306", "heif.iloc.overlap", first)
        if last >= reached:
            reached, whole = last, (first, last)
