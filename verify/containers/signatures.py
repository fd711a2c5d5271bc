"""Signatures of images, video, archives and metadata, and whether a hit is one: three bytes turn up by chance."""

from __future__ import annotations

import io
import re
import struct
import warnings
import zlib
from collections.abc import Collection
from dataclasses import dataclass

from PIL import Image

from indelible import plugins
from indelible.jxl import stated_size

MAX_PIXELS = 50_000_000
MAX_INFLATED = 16 * 1024 * 1024
#: A picture counts when it decodes to this many pixels on each side.
LEAST_SIDE = 8

#: Kind -> literals to search for, how far they lie behind the start, and what has to match at the start.
_SIGNATURES: dict[str, tuple[tuple[bytes, ...], int, bytes]] = {
    "jpeg": ((b"\xff\xd8\xff",), 0, rb""),
    "png": ((b"\x89PNG\r\n\x1a\n",), 0, rb""),
    "gif": ((b"GIF87a", b"GIF89a"), 0, rb""),
    "riff": ((b"RIFF",), 0, rb"RIFF....(?:WEBP|AVI )"),
    "ftyp": ((b"ftyp",), 4, rb""),
    "tiff": ((b"II*\0", b"MM\0*"), 0, rb""),
    "bmp": ((b"BM",), 0, rb"BM....\0\0\0\0..\0\0[\x0c-\x7c]\0\0\0"),
    "jxl": ((b"\0\0\0\x0cJXL \r\n\x87\n",), 0, rb""),
    "jp2": ((b"\0\0\0\x0cjP  \r\n\x87\n",), 0, rb""),
    "pdf": ((b"%PDF-",), 0, rb"%PDF-[12]\.[0-9]"),
    "zip": ((b"PK\x03\x04",), 0, rb""),
    "gzip": ((b"\x1f\x8b\x08",), 0, rb""),
    "7z": ((b"7z\xbc\xaf\x27\x1c",), 0, rb""),
    "moov": ((b"moov",), 4, rb"....moov....mvhd"),
    "xmp": ((b"<?xpacket", b"<x:xmpmeta"), 0, rb""),
    "exif": ((b"Exif\0\0",), 0, rb"Exif\0\0(?:II\*\0|MM\0\*)"),
    "irb": ((b"8BIM",), 0, rb"8BIM[\x03-\x27].\0\0"),
    "base64": ((b"/9j/", b"iVBOR"), 0, rb"[A-Za-z0-9+/]{64}"),
}
_SHAPES = {kind: re.compile(shape, re.DOTALL) for kind, (_, _, shape) in _SIGNATURES.items()}
_PILLOW = {"jpeg": "JPEG", "png": "PNG", "gif": "GIF", "riff": "WEBP", "tiff": "TIFF", "bmp": "BMP", "jp2": "JPEG2000"}

_BRANDS = re.compile(
    rb"(?:avif|avis|heic|heix|hevc|mif1|msf1|isom|iso[2-9]|mp4[12]|M4V |M4A |qt  |MSNV|3gp.|crx |jxl |avc1|dash|mmp4)"
)
_TEXT = re.compile(rb"[\x20-\x7e]{8,}|(?:[\x20-\x7e]\0){8,}|(?:\0[\x20-\x7e]){8,}")
_ZLIB = re.compile(rb"[\x08\x18\x28\x38\x48\x58\x68\x78].")


@dataclass(frozen=True, slots=True)
class Hit:
    """A signature at an offset of the searched bytes."""

    kind: str
    offset: int


def find(data: bytes, limit: int = 4096, kinds: Collection[str] = tuple(_SIGNATURES)) -> list[Hit]:
    """Every signature in order, overlaps included, at most ``limit`` of each kind."""
    hits = []
    for kind in kinds:
        literals, before, _ = _SIGNATURES[kind]
        shape, count = _SHAPES[kind], 0
        for literal in literals:
            at = data.find(literal, before)
            while at >= 0 and count < limit:
                if shape.match(data, at - before):
                    hits.append(Hit(kind, at - before))
                    count += 1
                at = data.find(literal, at + 1)
    return sorted(hits, key=lambda hit: (hit.offset, hit.kind))


def confirmed(hit: Hit, data: bytes) -> bool:
    """Whether the bytes at a hit really are what the signature says."""
    part = data[hit.offset :]
    if hit.kind in _PILLOW:
        if hit.kind == "riff" and part[8:12] == b"AVI ":
            return True
        return decodes(part, _PILLOW[hit.kind]) is not None
    if hit.kind == "ftyp":
        size = struct.unpack_from(">I", part)[0]
        return 16 <= size <= 1024 and size % 4 == 0 and bool(_BRANDS.match(part, 8))
    if hit.kind == "zip":
        if len(part) < 31:
            return False
        version, _, method, name = struct.unpack_from("<H2sH16xH", part, 4)
        return (version & 0xFF) <= 63 and method in (0, 8, 9, 12, 14, 93, 95, 98, 99) and 0 < name <= 1024
    if hit.kind == "gzip":
        return len(inflate(part, 31)) > 0
    if hit.kind == "base64":
        from indelible.verify.containers.xmp import base64_pictures

        return any(decodes(item) is not None for item in base64_pictures(part[: 4 * 1024 * 1024]))
    return True  # the others are long enough not to turn up by chance


def decodes(data: bytes, format: str | None = None) -> Image.Image | None:
    """The picture that these bytes begin with, if it decodes to 8x8 or more; bytes behind it do not matter."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if format is None:
                size = stated_size(data)  # the plug-in for JPEG XL decodes as it opens
                if size is not None and size[0] * size[1] > MAX_PIXELS:
                    return None
            image = Image.open(
                io.BytesIO(data), formats=[format] if format else [*_PILLOW.values(), *sorted(plugins.formats())]
            )
            if min(image.size) < LEAST_SIDE or image.width * image.height > MAX_PIXELS:
                return None
            image.load()
        except Exception:  # Pillow raises nearly anything on hostile bytes
            return None
    return image


def inflate(data: bytes, wbits: int = 15, limit: int = MAX_INFLATED) -> bytes:
    """What inflates at the start of ``data``, at most ``limit`` bytes; empty where nothing does."""
    try:
        return zlib.decompressobj(wbits).decompress(data, limit)
    except zlib.error:
        return b""


def readable(data: bytes) -> bool:
    """Whether opaque bytes say something: a text run of 8 or more, a picture, or a stream that inflates."""
    if _TEXT.search(data):
        return True
    if any(confirmed(hit, data) for hit in find(data, 64)):
        return True
    return bool(_ZLIB.match(data)) and len(inflate(data)) >= 8
