"""Open an image read-only: limits, type by content, orientation, colour, digest.

What comes out is a bare upright sRGB picture. Every part that looks at pixels looks at this one, so that what was examined is
what is published.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
import warnings
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageCms

from indelible.errors import InputError, InputRefused
from indelible.formats import sniff
from indelible.jpeg import JpegCoding, coding_of, scans_complete

#: Formats that are opened in this version.
OPENED = frozenset({"jpeg", "png"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one file may cost. Beyond it: refused, never guessed."""

    max_bytes: int = 256 * 1024 * 1024
    max_pixels: int = 120_000_000
    max_side: int = 65_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One opened image.

    ``image`` is upright, 8-bit, mode ``RGB`` (sRGB) or ``L``, its ``info`` empty, and must not be written to.
    ``stored_size`` is ``(width, height)`` before orientation. ``jpeg`` is set for JPEG sources only.
    """

    format: str
    sha256: str
    image: Image.Image = field(repr=False)
    stored_size: tuple[int, int]
    orientation: int
    jpeg: JpegCoding | None = None
    palette: bool = False
    alpha: bool = False

    @property
    def width(self) -> int:
        """Upright width in pixels."""
        return self.image.width

    @property
    def height(self) -> int:
        """Upright height in pixels."""
        return self.image.height


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
    """Decode to a bare upright picture. Raises `InputError` (damaged) or `InputRefused` (not redacted in this version)."""
    limits = limits or Limits()
    kind = sniff(data)
    if kind is None or kind not in OPENED:
        raise InputRefused("format_unknown", "This is not a JPEG or PNG file.", "Convert it to JPEG or PNG first.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of large pictures; the limit below decides
        too_many_pixels = InputRefused(
            "too_many_pixels",
            f"The picture has more than {limits.max_pixels // 1_000_000} million pixels or a side over {limits.max_side}.",
            "Scale it down first.",
        )
        try:
            image = Image.open(io.BytesIO(data), formats=[kind.upper()])
        except Image.DecompressionBombError:
            raise too_many_pixels from None
        except Exception as problem:
            if "Decompressed data too large" in str(problem):
                raise InputRefused(
                    "too_much_text",
                    "The PNG file carries more text than a picture needs.",
                    "Save it without metadata first.",
                ) from None
            raise InputError(
                "damaged", f"The {kind.upper()} file's header cannot be read.", "Copy it again from its source."
            ) from None
        width, height = image.size
        if width * height > limits.max_pixels or max(width, height) > limits.max_side:
            raise too_many_pixels
        _refuse_what_is_not_redacted(kind, image, data)
        jpeg = coding_of(image) if kind == "jpeg" else None
        orientation = _orientation(image)
        try:
            image.load()
        except Exception:
            raise InputError(
                "damaged", f"The {kind.upper()} file is truncated or damaged.", "Copy it again from its source."
            ) from None
        bare = _bare(_to_srgb(image))
    return Picture(
        format=kind,
        sha256=hashlib.sha256(data).hexdigest(),
        image=upright(bare, orientation),
        stored_size=(width, height),
        orientation=orientation,
        jpeg=jpeg,
        palette=image.mode == "P",
        alpha="A" in image.getbands() or "transparency" in image.info,
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


def _refuse_what_is_not_redacted(kind: str, image: Image.Image, data: bytes) -> None:
    if kind == "jpeg":
        if image.mode not in ("RGB", "L"):
            raise InputRefused(
                "cmyk", "CMYK and four-channel JPEG files are not redacted in this version.", "Convert it to RGB first."
            )
        if not scans_complete(data):
            raise InputRefused(
                "incomplete_scans", "The JPEG file lacks some of its scans.", "Copy it again from its source."
            )
        return
    if getattr(image, "is_animated", False) or b"acTL" in data[: data.find(b"IDAT")]:
        raise InputRefused(
            "animated", "Animated PNG files are not redacted in this version.", "Export the frame that you need."
        )
    if data[24:25] == b"\x10":  # IHDR: bit depth
        raise InputRefused(
            "deep_samples", "16-bit PNG files are not redacted in this version.", "Convert it to 8 bit first."
        )


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(0x0112, 1)
    except Exception:
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _to_srgb(image: Image.Image) -> Image.Image:
    """Colour converted to sRGB, transparency laid over white, 8 bit."""
    profile = image.info.get("icc_profile")
    grey = image.mode in ("L", "1", "LA")
    if image.mode == "1":
        image = image.convert("L")
    if image.mode == "P" or "transparency" in image.info:
        image = image.convert("RGBA")
        grey = False
    if "A" in image.getbands():
        color, alpha = image.convert("L" if grey else "RGB"), image.getchannel("A")
        image = Image.composite(color, Image.new(color.mode, color.size, "white"), alpha)
    if image.mode not in ("L", "RGB"):
        raise InputRefused(
            "color_mode", "This colour mode is not redacted in this version.", "Convert it to RGB first."
        )
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(
                image, source, target, outputMode=image.mode if image.mode == "RGB" else "RGB"
            )
        except Exception:
            return image  # a damaged or foreign profile: the numbers are taken as sRGB, as viewers do
        if converted is not None:
            return converted.convert("L") if image.mode == "L" else converted
    return image


def _bare(image: Image.Image) -> Image.Image:
    """The pixels alone, under a new image without ``info``, so that no writer can copy anything along; not a copy of them."""
    return Image.Image()._new(image.im)


def _unreadable(problem: OSError) -> InputError:
    if isinstance(problem, FileNotFoundError):
        return InputError("not_found", "There is no such file.", "Check the name.")
    if isinstance(problem, PermissionError):
        return InputError("no_permission", "The file may not be read.", "Change its permissions, or run as its owner.")
    return InputError(
        "unreadable", "The file cannot be read.", "Check the disk and the name; links must lead somewhere."
    )
