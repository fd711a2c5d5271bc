"""GIF extensions and the sub-blocks that everything in a GIF is wrapped in (GIF89a, sections 15 and 23 to 26)."""

from __future__ import annotations

from dataclasses import dataclass, field

from indelible.verify.containers.irb import inspect_irb
from indelible.verify.containers.notes import Notes
from indelible.verify.containers.signatures import confirmed, find, readable
from indelible.verify.containers.xmp import base64_pictures, inspect_xmp

EXTENSION = 0x21
_COMMENT, _PLAIN_TEXT, _APPLICATION = 0xFE, 0x01, 0xFF
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
#: Sub-blocks of one block: ten million would be a file of empty words.
MAX_BLOCKS = 1_000_000
_MAX_CONTENT = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class SubBlocks:
    """The joined content of a run of sub-blocks, and where each lies in the file."""

    start: int
    end: int
    content: bytes = field(repr=False)
    lengths: bytes = field(repr=False)

    @property
    def count(self) -> int:
        """How many there are, without the empty one at the end."""
        return len(self.lengths)

    def place(self, offset: int) -> int:
        """The file offset of an offset in the content; of its end, the end of the whole run."""
        if offset >= len(self.content):
            return self.end
        at = self.start
        for length in self.lengths:
            if offset < length:
                return at + 1 + offset
            offset -= length
            at += 1 + length
        return self.end


def sub_blocks(notes: Notes, data: bytes, start: int) -> SubBlocks:
    """Read from the first length byte to behind the empty sub-block."""
    parts: list[bytes] = []
    lengths = bytearray()
    at = start
    while at < len(data) and data[at]:
        if len(lengths) >= MAX_BLOCKS:
            notes.note("L315", "gif.subblocks", at)
            return SubBlocks(start=start, end=len(data), content=b"".join(parts), lengths=bytes(lengths))
        length = data[at]
        if at + 1 + length > len(data):
            break
        parts.append(data[at + 1 : at + 1 + length])
        lengths.append(length)
        at += 1 + length
    if at >= len(data) or data[at]:
        notes.note("L310", "gif.truncated", at)
        at = len(data) - 1
    return SubBlocks(start=start, end=at + 1, content=b"".join(parts), lengths=bytes(lengths))


def inspect_extension(notes: Notes, data: bytes, at: int, blocks: SubBlocks) -> str:
    """Examine one extension (any but the graphic control) that begins at ``at``; the name of its structure."""
    label, content = data[at + 1], blocks.content[:_MAX_CONTENT]
    if len(blocks.content) > _MAX_CONTENT:
        notes.note("L315", "gif.extension.size", at)
    if label == _APPLICATION and content[:11] in _LOOPS and blocks.lengths == b"\x0b\x03" and content[11] == 1:
        if content[:8] != b"NETSCAPE":
            notes.note("L305", "gif.app.loop", at)
        return "gif.app.loop"
    notes.inflated.append((at, content))
    if label == _COMMENT:
        notes.note("L112", "gif.comment", at)
        if b"<x:xmpmeta" in content or b"<?xpacket" in content:
            notes.note("L106", "gif.xmp", at)
            inspect_xmp(notes, content, at)
        for picture in base64_pictures(content):
            notes.picture("L205", "gif.text.image", at, picture)
        return "gif.comment"
    if label == _PLAIN_TEXT:
        notes.note("L112", "gif.plaintext", at)
        return "gif.plaintext"
    if label == _APPLICATION:
        return _application(notes, data[blocks.start : blocks.end], content, at)
    notes.note("L302", "gif.extension.unknown", at, cannot_tell=not readable(content))
    return "gif.extension.unknown"


def _application(notes: Notes, raw: bytes, content: bytes, at: int) -> str:
    name, rest = content[:11], content[11:]
    if name == b"XMP DataXMP":  # the packet lies there bare, its own bytes taken for lengths
        notes.note("L106", "gif.xmp", at)
        inspect_xmp(notes, raw[12:], at + 14)
        notes.inflated.append((at + 14, raw[12:]))
        return "gif.xmp"
    if name == b"ICCRGBG1012":
        notes.note("L111", "gif.icc", at)
        return "gif.icc"
    if name[:8] == b"C2PA_GIF":
        notes.note("L114", "gif.c2pa", at)
        _pictures(notes, rest, at, "L212", "gif.c2pa.thumbnail")
        return "gif.c2pa"
    if name in (b"MGK8BIM0000", b"MGKIPTC0000"):
        notes.note("L110", "gif.irb", at)
        inspect_irb(notes, rest, at)
        return "gif.irb"
    notes.note("L302", "gif.app.unknown", at, cannot_tell=not readable(content))
    _pictures(notes, rest, at, "L214", "gif.app.preview")
    return "gif.app.unknown"


def _pictures(notes: Notes, content: bytes, base: int, rule: str, channel: str) -> None:
    for hit in find(content, 64, ("jpeg", "png")):
        if confirmed(hit, content):
            notes.picture(rule, channel, base, content[hit.offset :])
