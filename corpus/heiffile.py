"""HEIF and AVIF files as a picture, further items and stray boxes, put together anew (ISO/IEC 14496-12 and 23008-12)."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from PIL import Image

from indelible.redact.formats import FORMATS


def box(kind: bytes, content: bytes = b"") -> bytes:
    """A box with a 32-bit size."""
    return struct.pack(">I", 8 + len(content)) + kind + content


def full(kind: bytes, content: bytes = b"", *, version: int = 0, flags: int = 0) -> bytes:
    """A full box."""
    return box(kind, struct.pack(">I", version << 24 | flags) + content)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One item: its type, its bytes, its property boxes, and what its entry says."""

    kind: bytes
    data: bytes = field(repr=False)
    properties: tuple[bytes, ...] = ()
    name: bytes = b""
    hidden: bool = False
    text: bytes = b""  # behind the name: content type and encoding, or the URI type

    def with_property(self, *added: bytes) -> Part:
        """The item with further property boxes."""
        return replace(self, properties=(*self.properties, *added))


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file: ``parts[0]`` is the primary item, number 1; ``links`` are (type, from, to)."""

    brands: bytes
    parts: tuple[Part, ...]
    links: tuple[tuple[bytes, int, tuple[int, ...]], ...] = ()
    handler: bytes = b"\0"
    version: bytes = bytes(4)
    loose: tuple[bytes, ...] = ()  # boxes in ipco that belong to no item
    inside: bytes = b""  # boxes at the end of meta
    before: bytes = b""  # boxes between meta and mdat
    gap: bytes = b""  # bytes in mdat that no item claims
    behind: bytes = b""  # whatever follows mdat
    primary: bytes = b""  # bytes behind the last field of pitm
    overlap: int = 0  # the last item begins so many bytes early

    def add(self, *parts: Part, links: Sequence[tuple[bytes, int, tuple[int, ...]]] = ()) -> File:
        """The file with further items, numbered on from the last one."""
        return replace(self, parts=(*self.parts, *parts), links=(*self.links, *links))

    def with_primary(self, part: Part) -> File:
        """The file with another primary item."""
        return replace(self, parts=(part, *self.parts[1:]))

    def to_bytes(self) -> bytes:
        """The file itself."""
        boxes: list[bytes] = []
        ipma = b""
        for number, part in enumerate(self.parts, 1):
            indices = []
            for item in part.properties:
                if item not in boxes:
                    boxes.append(item)
                indices.append(boxes.index(item) + 1)
            needed = [
                index | (0x80 if boxes[index - 1][4:8] in (b"hvcC", b"av1C", b"clap", b"irot") else 0)
                for index in indices
            ]
            ipma += struct.pack(">HB", number, len(needed)) + bytes(needed)
        boxes += self.loose
        entries = b"".join(
            full(
                b"infe",
                struct.pack(">HH", number, 0) + part.kind + part.name + b"\0" + part.text,
                version=2,
                flags=int(part.hidden),
            )
            for number, part in enumerate(self.parts, 1)
        )
        links = b"".join(
            box(kind, struct.pack(f">HH{len(to)}H", start, len(to), *to)) for kind, start, to in self.links
        )
        head = box(b"ftyp", self.brands[:4] + self.version + self.brands[4:])

        def meta(start: int) -> bytes:
            table = struct.pack(">BBH", 0x44, 0, len(self.parts))
            for number, part in enumerate(self.parts, 1):
                early = self.overlap if number == len(self.parts) else 0
                table += struct.pack(">HHHII", number, 0, 1, start - early, len(part.data) + early)
                start += len(part.data)
            return full(
                b"meta",
                full(b"hdlr", bytes(4) + b"pict" + bytes(12) + self.handler)
                + full(b"pitm", struct.pack(">H", 1) + self.primary)
                + full(b"iloc", table)
                + full(b"iinf", struct.pack(">H", len(self.parts)) + entries)
                + (full(b"iref", links) if links else b"")
                + box(
                    b"iprp",
                    box(b"ipco", b"".join(boxes)) + full(b"ipma", struct.pack(">I", len(self.parts)) + ipma),
                )
                + self.inside,
            )

        start = len(head) + len(meta(0)) + len(self.before) + 8
        media = b"".join(part.data for part in self.parts) + self.gap
        return head + meta(start) + self.before + box(b"mdat", media) + self.behind


def split(data: bytes) -> File:
    """A file of our own writer: one item."""
    top = dict(_boxes(data))
    meta = dict(_boxes(top[b"meta"][4:]))
    kind = meta[b"iinf"][4 + 2 + 8 + 4 + 4 :][:4]
    properties = [box(name, content) for name, content in _boxes(dict(_boxes(meta[b"iprp"]))[b"ipco"])]
    part = Part(kind=kind, data=top[b"mdat"], properties=tuple(properties))
    return File(brands=top[b"ftyp"][:4] + top[b"ftyp"][8:], parts=(part,))


def encoded(image: Image.Image, format: str) -> Part:
    """A picture as an item, by our own writer."""
    return split(FORMATS.get(format).write(image, None)).parts[0]


def decoded(data: bytes) -> Image.Image:
    """The picture of a file, for those that take it apart."""
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGB")


def _boxes(data: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4])
        found.append((data[at + 4 : at + 8], data[at + 8 : at + size]))
        at += size
    return found
