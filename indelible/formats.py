"""Which format a file has: by its first bytes, never by its name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: File name extensions by format, the usual one first. ``heif`` is every HEVC-coded HEIF file.
EXTENSIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "jpeg": (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"),
        "png": (".png", ".apng"),
        "webp": (".webp",),
        "gif": (".gif",),
        "bmp": (".bmp", ".dib"),
        "tiff": (".tif", ".tiff"),
        "heif": (".heic", ".heif", ".heics", ".heifs", ".hif"),
        "avif": (".avif", ".avifs"),
        "jp2": (".jp2", ".j2k", ".jpx", ".jpf", ".jpc", ".j2c"),
        "jxl": (".jxl",),
        "psd": (".psd", ".psb"),
    }
)

_MAGIC: tuple[tuple[str, bytes], ...] = (
    ("jpeg", b"\xff\xd8\xff"),
    ("png", b"\x89PNG\r\n\x1a\n"),
    ("gif", b"GIF87a"),
    ("gif", b"GIF89a"),
    ("tiff", b"II*\0"),
    ("tiff", b"MM\0*"),
    ("tiff", b"II+\0"),  # BigTIFF
    ("tiff", b"MM\0+"),
    ("jp2", b"\0\0\0\x0cjP  \r\n\x87\n"),
    ("jp2", b"\xff\x4f\xff\x51"),  # a bare codestream
    ("jxl", b"\0\0\0\x0cJXL \r\n\x87\n"),
    ("jxl", b"\xff\x0a"),
    ("psd", b"8BPS"),
    ("bmp", b"BM"),
)
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_HEIF_BRANDS = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1", b"mif2"}
)


def sniff(data: bytes) -> str | None:
    """The name of the format, or None for one that we do not know."""
    if data[4:8] == b"ftyp":
        return _brand(data)
    if data[:4] == b"RIFF":
        return "webp" if data[8:12] == b"WEBP" else None
    return next((name for name, magic in _MAGIC if data.startswith(magic)), None)


def _brand(data: bytes) -> str | None:
    """AVIF or HEIF by the brands of the file type box (ISO/IEC 14496-12, section 4.3); other films are no pictures."""
    end = min(len(data), int.from_bytes(data[:4]), 512)
    brands = [data[8:12], *(data[at : at + 4] for at in range(16, end - 3, 4))]
    if any(brand in _AVIF_BRANDS for brand in brands):
        return "avif"
    return "heif" if any(brand in _HEIF_BRANDS for brand in brands) else None
