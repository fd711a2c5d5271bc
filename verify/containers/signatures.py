"""Signatures of images, video, archives and metadata, and whether a hit is one: three bytes turn up by chance."""

from __future__ import annotations

import io
import re
import struct
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

MAX_PIXELS = 50_000_000
MAX_INFLATED = 16 * 1024 * 1024
#: A picture counts when it decodes to this many pixels on each side.
LEAST_SIDE = 8

_SIGNATURES = {
    "jpeg": rb"\xff\xd8\xff", "png": rb"\x89PNG\r\n\x1a\n", "gif": rb"GIF8[79]a", "riff": rb"RIFF....(?:WEBP|AVI )",
    "ftyp": rb"....ftyp", "tiff": rb"II\*\0|MM\0\*", "bmp": rb"BM....\0\0\0\0",
    "jxl": rb"\0\0\0\x0cJXL \r\n\x87\n", "jp2": rb"\0\0\0\x0cjP  \r\n\x87\n", "pdf": rb"%PDF-[12]\.[0-9]",
    "zip": rb"PK\x03\x04", "gzip": rb"\x1f\x8b\x08", "7z": rb"7z\xbc\xaf\x27\x1c", "moov": rb"....moov....mvhd",
    "xmp": rb"<\?xpacket|<x:xmpmeta", "exif": rb"Exif\0\0(?:II\*\0|MM\0\*)", "irb": rb"8BIM[\x03-\x27].\0\0",
    "base64": rb"/9j/[A-Za-z0-9+/]{64}|iVBOR[A-Za-z0-9+/]{64}",
}  # fmt: skip
_PATTERN = re.compile(b"|".join(b"(?P<s%d>%s)" % (n, p) for n, p in enumerate(_SIGNATURES.values())), re.DOTALL)
_KINDS = tuple(_SIGNATURES)
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


def find(data: bytes | memoryview, limit: int = 4096) -> Iterator[Hit]:
    """Every signature, in order, overlaps included, at most ``limit``."""
    at = 0
    for _ in range(limit):
        match = _PATTERN.search(data, at)
        if match is None:
            return
        assert match.lastgroup is not None
        yield Hit(_KINDS[int(match.lastgroup[1:])], match.start())
        at = match.start() + 1


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
            image = Image.open(io.BytesIO(data), formats=[format] if format else list(_PILLOW.values()))
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
