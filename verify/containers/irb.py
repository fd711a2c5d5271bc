"""Photoshop image resources (``8BIM`` blocks): thumbnails, IPTC, nested EXIF and XMP, digests of the original."""

from __future__ import annotations

import struct

from indelible.verify.containers.notes import Notes
from indelible.verify.containers.xmp import inspect_xmp

_MAX_RESOURCES = 500
_THUMBNAIL_HEADER = 28
_SIGNATURES = (b"8BIM", b"8B64", b"MeSa", b"AgHg", b"PHUT", b"DCSR")


def inspect_irb(notes: Notes, block: bytes, base: int) -> None:
    """Write down the resources of one block that lies at file offset ``base``."""
    from indelible.verify.containers.exif import inspect_exif  # the two nest in each other

    at = 0
    for _ in range(_MAX_RESOURCES):
        if at + 12 > len(block) or block[at : at + 4] not in _SIGNATURES:
            break
        number = struct.unpack_from(">H", block, at + 4)[0]
        start = at + 6 + (block[at + 6] + 2) // 2 * 2  # Pascal string, padded to even
        if start + 4 > len(block):
            break
        length = struct.unpack_from(">I", block, start)[0]
        start += 4
        data = block[start : start + length]
        if number in (1033, 1036):
            notes.picture("L204", f"irb.{number}", base + start, data[_THUMBNAIL_HEADER:])
        elif number == 1028:
            notes.note("L110", "iptc", base + start)
        elif number == 1039:
            notes.note("L111", "irb.icc", base + start)
        elif number in (1058, 1059):
            notes.note("L101", "irb.exif", base + start)
            inspect_exif(notes, data, base + start)
        elif number == 1060:
            notes.note("L106", "irb.xmp", base + start)
            inspect_xmp(notes, data, base + start)
        elif number == 1061:
            notes.note("L119", "irb.digest", base + start)
        at = start + length + length % 2
    if any(block[at:]):
        notes.note("L303", "irb.gap", base + at)
