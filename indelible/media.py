"""Open an image read-only: limits, type by content, orientation, colour, digest, every frame.

What comes out are bare upright sRGB pictures. Every part that looks at pixels looks at these, so that what was examined is
what is published.
"""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass, field, replace
from pathlib import Path

from PIL import Image

from indelible.decoding import DECODERS, Limits, decode
from indelible.errors import InputError, InputRefused
from indelible.formats import sniff
from indelible.jpeg import JpegCoding

__all__ = ["OPENED", "Limits", "Picture", "open_picture", "read_file", "stored", "upright"]

#: Formats that are opened.
OPENED = frozenset(DECODERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One opened image.

    ``image`` is upright, 8-bit, mode ``RGB`` (sRGB) or ``L``, its ``info`` empty, and must not be written to; ``more`` are the further
    frames of an animation or pages of a document, which may differ in size. ``stored_size`` is ``(width, height)`` before orientation.
    ``jpeg`` is set for JPEG sources only. ``lossy``: the coding changed pixels. ``spreads``: it carries content further than a margin
    can cover (lossy predictive codecs, palettes). ``durations_ms`` is empty for stills and pages; ``plays`` 0 is without end.
    """

    format: str
    sha256: str
    image: Image.Image = field(repr=False)
    stored_size: tuple[int, int]
    orientation: int
    jpeg: JpegCoding | None = None
    palette: bool = False
    alpha: bool = False
    more: tuple[Image.Image, ...] = field(default=(), repr=False)
    durations_ms: tuple[int, ...] = ()
    plays: int = 1
    lossy: bool = False
    spreads: bool = False

    @property
    def images(self) -> tuple[Image.Image, ...]:
        """Every frame or page, in order."""
        return (self.image, *self.more)

    @property
    def frames(self) -> int:
        """How many frames or pages there are."""
        return 1 + len(self.more)

    @property
    def width(self) -> int:
        """Upright width in pixels, of the widest page."""
        return max(image.width for image in self.images)

    @property
    def height(self) -> int:
        """Upright height in pixels, of the highest page."""
        return max(image.height for image in self.images)

    def frame(self, number: int) -> Picture:
        """One frame as a still picture of its own; the picture itself if it has no other."""
        if not self.more:
            return self
        return replace(self, image=self.images[number], more=(), durations_ms=(), plays=1)


def read_file(path: Path, limits: Limits | None = None) -> bytes:
    """The file's bytes, read once, so that nobody can change them under us. Raises `InputError`."""
    limits = limits or Limits()
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_CLOEXEC", 0))
    except OSError as problem:
        raise _unreadable(problem) from None
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise InputError(
                "not_a_file", "The input is not a regular file.", "Name an image file or a folder of images."
            )
        if status.st_size > limits.max_bytes:
            raise InputRefused(
                "too_large",
                f"The file is larger than {limits.max_bytes >> 20} MiB.",
                "Export it smaller, then try again.",
            )
        with os.fdopen(handle, "rb", closefd=False) as stream:
            data = stream.read(limits.max_bytes + 1)
    except OSError as problem:
        raise _unreadable(problem) from None
    finally:
        os.close(handle)
    if len(data) > limits.max_bytes:
        raise InputRefused("too_large", "The file grew while it was read.", "Try again when nobody writes to it.")
    if not data:
        raise InputError("empty", "The file is empty.", "Copy it again from its source.")
    return data


def open_picture(data: bytes, limits: Limits | None = None) -> Picture:
    """Decode to bare upright pictures.

    Raises `InputError` (damaged), `InputRefused` (not redacted in this version) or `MissingError` (no decoder installed).
    """
    kind = sniff(data)
    if kind is None or kind not in OPENED:
        raise InputRefused(
            "format_unknown",
            "This is not a picture in a format that is redacted here.",
            "Convert it to JPEG, PNG, WebP, TIFF, GIF, BMP, HEIC, AVIF, JPEG 2000 or JPEG XL first.",
        )
    found = decode(data, kind, limits or Limits())
    first, *more = (upright(frame, found.orientation) for frame in found.frames)
    return Picture(
        format=kind,
        sha256=hashlib.sha256(data).hexdigest(),
        image=first,
        more=tuple(more),
        stored_size=found.stored_size,
        orientation=found.orientation,
        jpeg=found.jpeg,
        palette=found.palette,
        alpha=found.alpha,
        durations_ms=found.durations_ms,
        plays=found.plays,
        lossy=found.lossy,
        spreads=found.spreads,
    )


_TRANSPOSE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_INVERSE = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """A stored picture turned by its EXIF orientation (1 to 8; Exif 2.32, tag 0x0112)."""
    return image.transpose(_TRANSPOSE[orientation]) if orientation in _TRANSPOSE else image


def stored(image: Image.Image, orientation: int) -> Image.Image:
    """An upright picture turned back to the orientation in which it was stored."""
    return upright(image, _INVERSE[orientation])


def _unreadable(problem: OSError) -> InputError:
    if isinstance(problem, FileNotFoundError):
        return InputError("not_found", "There is no such file.", "Check the name.")
    if isinstance(problem, PermissionError):
        return InputError("no_permission", "The file may not be read.", "Change its permissions, or run as its owner.")
    return InputError(
        "unreadable", "The file cannot be read.", "Check the disk and the name; links must lead somewhere."
    )
