"""How often an image sequence in a HEIF or AVIF file runs: its edit list (ISO/IEC 14496-12, 8.6.6; AVIF 1.2, section 6).

Only for playing the frames again: what is examined are the frames themselves.
"""

from __future__ import annotations

from collections.abc import Iterator

_MAX_BOXES = 10_000
_MOST_PLAYS = 65_535


def plays(data: bytes) -> int:
    """How often the first track with an edit list runs, 0 for without end; 0 as well where the file does not say."""
    for track in _found(data, ("moov", "trak")):
        header, edits = next(_found(track, ("tkhd",)), b""), next(_found(track, ("edts", "elst")), b"")
        if len(header) < 40 or len(edits) < 12:
            continue
        if not edits[3] & 1:
            return 1  # not repeated
        wide = header[0] == 1
        whole = int.from_bytes(header[28:36] if wide else header[20:24])
        once = int.from_bytes(edits[8:16] if edits[0] == 1 else edits[8:12])
        if whole == (1 << (64 if wide else 32)) - 1 or not once:
            return 0
        return min(_MOST_PLAYS, max(1, -(-whole // once)))
    return 0


def _found(data: bytes, path: tuple[str, ...]) -> Iterator[bytes]:
    """The contents of the boxes along a path, in file order."""
    for name, body in _boxes(data):
        if name == path[0].encode():
            if len(path) == 1:
                yield body
            else:
                yield from _found(body, path[1:])


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    for _ in range(_MAX_BOXES):
        size, head = int.from_bytes(data[at : at + 4]), 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16]), 16
        elif size == 0:
            size = len(data) - at
        if size < head or at + size > len(data):
            return
        yield data[at + 4 : at + 8], data[at + head : at + size]
        at += size
