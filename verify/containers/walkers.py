"""Which walker reads which file: by the first bytes, never by the name."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from types import MappingProxyType

from indelible.formats import sniff
from indelible.verify.containers import Walk, bmp, gif, heif, jp2, jpeg, jxl, png, psd, tiff, webp
from indelible.verify.containers.notes import Inspection

_WALKERS: MappingProxyType[str, Callable[[bytes], Inspection]] = MappingProxyType(
    {
        "avif": heif.inspect,
        "bmp": bmp.inspect,
        "gif": gif.inspect,
        "heif": heif.inspect,
        "jp2": jp2.inspect,
        "jpeg": jpeg.inspect,
        "jxl": jxl.inspect,
        "png": png.inspect,
        "psd": psd.inspect,
        "tiff": tiff.inspect,
        "webp": webp.inspect,
    }
)


@lru_cache(maxsize=8)
def inspect_file(data: bytes) -> Inspection | None:
    """The walk with what it came upon; None for a format without a walker. Remembered for the last few files."""
    walker = _WALKERS.get(sniff(data) or "")
    return None if walker is None else walker(data)


def walk_file(data: bytes) -> Walk | None:
    """Every byte of the file named; None for a format without a walker."""
    inspection = inspect_file(data)
    return None if inspection is None else inspection.walk
