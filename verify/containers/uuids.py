"""Boxes with a 16-byte type: metadata that has an address of its own in HEIF and JPEG 2000 (XMP, EXIF, IPTC, GeoJP2, C2PA)."""

from __future__ import annotations

from indelible.verify.containers.exif import inspect_exif
from indelible.verify.containers.irb import inspect_irb
from indelible.verify.containers.notes import Notes
from indelible.verify.containers.signatures import confirmed, find
from indelible.verify.containers.xmp import inspect_xmp

XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
EXIF = b"JpgTiffExif->JP2"
IPTC = bytes.fromhex("33c7a4d2b81d4723a0baf1a3e097ad38")
GEO = bytes.fromhex("b14bf8bd083d4b43a5ae8cd7d5a6ce03")
GEO_MSIG = bytes.fromhex("96a9f1f1dc98402da7aed68e34451809")
IRB = bytes.fromhex("2c4c0100850440b9a03e562148d6dfeb")
C2PA = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")


def inspect_uuid(notes: Notes, user: bytes, content: bytes, offset: int, body: int, *, what: str) -> None:
    """Write down what a uuid box at file ``offset``, with its content at ``body``, is and holds.

    Args:
        user: the 16-byte type.
        what: the format's prefix of channels, ``heif`` or ``jp2``.
    """
    channel = f"{what}.uuid"
    if user == XMP:
        notes.note("L106", channel, offset)
        inspect_xmp(notes, content, body)
    elif user == EXIF:
        notes.note("L101", channel, offset)
        block = content.removeprefix(b"Exif\0\0")
        inspect_exif(notes, block, body + len(content) - len(block))
    elif user == IPTC:
        notes.note("L110", channel, offset)
    elif user in (GEO, GEO_MSIG):
        notes.note("L102", channel, offset)
    elif user == IRB:
        notes.note("L110", channel, offset)
        inspect_irb(notes, content, body)
    elif user == C2PA:
        notes.note("L114", f"{what}.c2pa", offset)
        store_pictures(notes, content, body, f"{what}.c2pa.thumbnail")
    else:
        notes.note("L302", channel, offset, cannot_tell=False)


def store_pictures(notes: Notes, content: bytes, base: int, channel: str) -> None:
    """Thumbnails inside a C2PA store."""
    for hit in find(content, 64, ("jpeg", "png")):
        if confirmed(hit, content):
            notes.picture("L212", channel, base + hit.offset, content[hit.offset :])
