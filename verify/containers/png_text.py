"""PNG text chunks: inflated with a cap, named by their keyword (a packet, a raw profile, or just text)."""

from __future__ import annotations

import binascii
import re
import zlib

from indelible.verify.containers.exif import inspect_exif
from indelible.verify.containers.irb import inspect_irb
from indelible.verify.containers.notes import Notes
from indelible.verify.containers.xmp import base64_pictures, inspect_xmp

_NOT_HEX = re.compile(rb"[^0-9A-Fa-f]")
MAX_TEXT = 8 * 1024 * 1024
#: What all texts of one file may inflate to, together.
MAX_TEXTS = 32 * 1024 * 1024


def inspect_text(notes: Notes, kind: bytes, payload: bytes, at: int) -> None:
    """Examine one tEXt, zTXt or iTXt chunk whose marker lies at file offset ``at``."""
    keyword, _, rest = payload.partition(b"\0")
    text = _content(notes, kind, rest, at)
    if kind != b"tEXt" and text:
        notes.inflated.append((at, text))
    if keyword == b"XML:com.adobe.xmp" or b"<x:xmpmeta" in text or b"<?xpacket" in text:
        notes.note("L106", "png.xmp", at)
        inspect_xmp(notes, text, at)
    elif keyword.lower().startswith(b"raw profile type"):
        _raw_profile(notes, keyword[16:].strip().lower(), text, at)
    else:
        notes.note("L112", "png.text", at)
        for data in base64_pictures(text):
            notes.picture("L205", "png.text.image", at, data)


def _content(notes: Notes, kind: bytes, rest: bytes, at: int) -> bytes:
    if kind == b"tEXt":
        return rest
    packed = rest[:1] == b"\0"
    if kind == b"zTXt":
        rest = rest[1:]
    else:
        packed = rest[:1] == b"\1"
        parts = rest[2:].split(b"\0", 2)  # after the two flags: language, translated keyword, text
        rest = parts[2] if len(parts) == 3 else b""
    if not packed:
        return rest
    room = min(MAX_TEXT, MAX_TEXTS - sum(len(text) for _, text in notes.inflated))
    engine = zlib.decompressobj()
    try:
        text = engine.decompress(rest, max(1, room))
        if not engine.eof and not engine.unconsumed_tail:
            notes.note("L310", "png.text.damaged", at)
    except zlib.error:
        notes.note("L310", "png.text.damaged", at)
        return b""
    if engine.unconsumed_tail:
        notes.note("L315", "png.text.size", at)
    if engine.unused_data:
        notes.note("L304", "png.text.slack", at)
    return text


def _raw_profile(notes: Notes, kind: bytes, text: bytes, at: int) -> None:
    """ImageMagick's form: a name, a length, then hexadecimal lines."""
    lines = text.strip().split(b"\n", 2)
    try:
        digits = _NOT_HEX.sub(b"", lines[2]) if len(lines) == 3 else b""
        data = binascii.unhexlify(digits[: len(digits) // 2 * 2])
    except (binascii.Error, ValueError):
        data = b""
    if kind in (b"exif", b"app1") and not data.startswith(b"http:"):
        notes.note("L101", "png.rawprofile", at)
        inspect_exif(notes, data.removeprefix(b"Exif\0\0"), at)
    elif kind in (b"xmp", b"app1"):
        notes.note("L106", "png.rawprofile", at)
        inspect_xmp(notes, data, at)
    elif kind in (b"icc", b"icm"):
        notes.note("L111", "png.rawprofile", at)
    else:
        notes.note("L110", "png.rawprofile", at)
        start = data.find(b"8BIM")
        if start >= 0:
            inspect_irb(notes, data[start:], at)
    if data:
        notes.inflated.append((at, data))
