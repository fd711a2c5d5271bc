"""One file's frames, decoded by the imaging libraries, and the facts about its coding that decide how far content reaches.

A frame is what a viewer shows at one time: animation frames are composed, the pages of a TIFF are taken one by one, and what a file
carries beside its picture (thumbnails, depth, gain maps, layers, second pictures) is not a frame and is left behind.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from PIL import Image, ImageSequence

from indelible import plugins, sequences
from indelible.color import bare, to_srgb
from indelible.errors import InputError, InputRefused, MissingError
from indelible.jpeg import JpegCoding, coding_of, scans_complete
from indelible.jxl import stated_size

#: Pillow's name of each format that is opened.
DECODERS = {
    "jpeg": "JPEG",
    "png": "PNG",
    "webp": "WEBP",
    "gif": "GIF",
    "bmp": "BMP",
    "tiff": "TIFF",
    "avif": "AVIF",
    "heif": "HEIF",
    "jp2": "JPEG2000",
    "jxl": "JXL",
    "psd": "PSD",
}
#: Formats whose frames follow each other in time.
_ANIMATED = frozenset({"png", "webp", "gif", "avif"})
#: Formats whose lossy coding predicts or shares bits across the picture: content reaches further than any margin.
_SPREADING = frozenset({"avif", "heif", "jp2", "jxl"})
_MAX_DURATION_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one file may cost. Beyond it: refused, never guessed. ``max_pixels`` counts all frames together."""

    max_bytes: int = 256 * 1024 * 1024
    max_pixels: int = 120_000_000
    max_side: int = 65_000
    max_frames: int = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """Frames as stored, bare, mode ``RGB`` or ``L``. ``orientation`` is what still has to be applied (1 to 8).

    ``durations_ms`` is empty for stills and pages; ``plays`` is how often an animation runs, 0 for without end.
    """

    frames: tuple[Image.Image, ...] = field(repr=False)
    stored_size: tuple[int, int]
    orientation: int
    jpeg: JpegCoding | None = None
    palette: bool = False
    alpha: bool = False
    lossy: bool = False
    spreads: bool = False
    durations_ms: tuple[int, ...] = ()
    plays: int = 1


def decode(data: bytes, kind: str, limits: Limits) -> Decoded:
    """Every frame. Raises `InputError` (damaged), `InputRefused` (not redacted in this version), `MissingError`."""
    name = DECODERS[kind]
    if name in ("AVIF", "HEIF", "JXL") and name not in plugins.formats():
        raise MissingError(
            "decoder_missing", f"No decoder for {name} is installed.", "Run `indelible doctor`; it names the package."
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of large pictures; the limits decide
        _refuse_by_content(data, kind)
        if kind == "jxl":  # its plug-in decodes as it opens
            stated = stated_size(data)
            if stated is None:
                raise _damaged(kind, "header cannot be read")
            _within(stated, 1, limits)
        image = _opened(data, kind, name, limits)
        _within(image.size, 1, limits)
        if kind == "jpeg" and image.mode not in ("RGB", "L", "CMYK"):
            raise InputRefused("color_mode", "The JPEG file's colours are not known.", "Convert it to RGB first.")
        if kind == "jpeg" and not scans_complete(data):
            raise InputRefused(
                "incomplete_scans", "The JPEG file lacks some of its scans.", "Copy it again from its source."
            )
        if kind == "png":
            _loaded(image, kind)  # asking for its orientation loads it too, and would swallow what goes wrong
        jpeg = coding_of(image) if kind == "jpeg" else None
        orientation = 1 if kind == "tiff" else _orientation(image)  # its decoder turns the picture itself
        stored_size = _tiff_size(image) if kind == "tiff" else image.size
        alpha = palette = spreads = False
        frames, durations = [], []
        pixels = 0
        try:
            several = kind == "tiff" or int(getattr(image, "n_frames", 1) or 1) > 1
            for frame in _frames(image, kind, limits):
                pixels += frame.width * frame.height
                _within(frame.size, max(1, pixels // max(1, frame.width * frame.height)), limits)
                frame.load()
                palette |= kind == "gif" or frame.mode in ("P", "PA")
                alpha |= "A" in frame.getbands() and frame.mode != "LAB" or "transparency" in frame.info
                spreads |= kind == "tiff" and frame.info.get("compression") in ("jpeg", "tiff_jpeg", "webp", "jpeg2000")
                durations.append(_duration(frame))
                # a copy where the decoder will paint the next frame over this one
                frames.append(bare(to_srgb(frame.copy() if several else frame)))
        except (InputError, InputRefused):
            raise
        except Exception:
            raise _damaged(kind, "is truncated or damaged") from None
    if not frames:
        raise _damaged(kind, "holds no picture")
    lossy_webp = kind == "webp" and b"VP8 " in data
    return Decoded(
        frames=tuple(_on_one_canvas(frames, limits)) if kind in _ANIMATED else tuple(frames),
        stored_size=stored_size,
        orientation=orientation,
        jpeg=jpeg,
        palette=palette,
        alpha=alpha,
        lossy=kind == "jpeg" or kind in _SPREADING or lossy_webp or spreads,
        spreads=kind in _SPREADING or lossy_webp or spreads or palette,
        durations_ms=tuple(durations) if kind in _ANIMATED and len(frames) > 1 else (),
        plays=sequences.plays(data) if kind == "avif" else _plays(image, kind),
    )


def _opened(data: bytes, kind: str, name: str, limits: Limits) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=[name])
    except Image.DecompressionBombError:
        raise _too_many(limits) from None
    except Exception as problem:
        if "Decompressed data too large" in str(problem):
            raise InputRefused(
                "too_much_text",
                "The PNG file carries more text than a picture needs.",
                "Save it without metadata first.",
            ) from None
        raise _damaged(kind, "header cannot be read") from None


def _loaded(image: Image.Image, kind: str) -> None:
    try:
        image.load()
    except Exception:
        raise _damaged(kind, "is truncated or damaged") from None


def _frames(image: Image.Image, kind: str, limits: Limits) -> Iterator[Image.Image]:
    """The frames in order; for formats that neither animate nor page, the one picture that viewers show."""
    if kind == "tiff":
        yield from _pages(image, limits)
        return
    count = int(getattr(image, "n_frames", 1) or 1)
    if kind not in _ANIMATED:
        if count > 1 and kind == "jxl":
            raise InputRefused(
                "animated",
                "Animations in JXL are not redacted in this version.",
                "Export the frames, or convert the sequence to APNG, WebP or GIF.",
            )
        yield image
        return
    _counted(count, limits)
    first = 1 if kind == "png" and getattr(image, "default_image", False) and count > 1 else 0
    for number, frame in enumerate(ImageSequence.Iterator(image)):
        if number >= first:  # an APNG's stand-in for old viewers is no frame of it
            yield frame


def _on_one_canvas(frames: list[Image.Image], limits: Limits) -> Iterator[Image.Image]:
    """Frames of one size: where a later frame reaches beyond the screen that was stated, the earlier ones are white there."""
    size = (max(frame.width for frame in frames), max(frame.height for frame in frames))
    _within(size, len(frames), limits)  # one large frame behind a thousand small ones makes all of them large
    for frame in frames:
        if frame.size == size:
            yield frame
        else:
            canvas = Image.new(frame.mode, size, "white")
            canvas.paste(frame, (0, 0))
            yield canvas


def _pages(image: Image.Image, limits: Limits) -> Iterator[Image.Image]:
    """The pages of a TIFF; reduced copies and masks (NewSubfileType, TIFF 6.0) are none."""
    untrusted: Any = image
    number = 0
    while True:
        try:
            untrusted.seek(number)
            subfile = untrusted.tag_v2.get(254, 0)
            is_page = 256 in untrusted.tag_v2 and not (isinstance(subfile, int) and subfile & 0b101)
        except EOFError:
            break
        except (KeyError, TypeError):
            if number == 0:
                raise
            is_page = False  # a directory without a size, as thumbnails have: no page
        if number == 0 or is_page:
            yield image
        number += 1
        _counted(number, limits)


def _counted(count: int, limits: Limits) -> None:
    if count > limits.max_frames:
        raise InputRefused(
            "too_many_frames", f"The file has more than {limits.max_frames} frames or pages.", "Split it first."
        )


def _within(size: tuple[int, int], frames: int, limits: Limits) -> None:
    width, height = size
    if width < 1 or height < 1 or width * height * frames > limits.max_pixels or max(size) > limits.max_side:
        raise _too_many(limits)


def _too_many(limits: Limits) -> InputRefused:
    return InputRefused(
        "too_many_pixels",
        f"The picture has more than {limits.max_pixels // 1_000_000} million pixels or a side over {limits.max_side}.",
        "Scale it down first.",
    )


def _damaged(kind: str, what: str) -> InputError:
    subject = f"The {kind.upper()} file's {what}." if what.startswith("header") else f"The {kind.upper()} file {what}."
    return InputError("damaged", subject, "Copy it again from its source.")


def _refuse_by_content(data: bytes, kind: str) -> None:
    """What a decoder would open and show as something else than it is."""
    if kind == "heif" and _is_sequence(data):
        raise InputRefused(
            "animated",
            "HEIF image sequences are not redacted in this version.",
            "Export the frames as pictures first.",
        )
    if _coding_unread(data, kind):
        raise InputRefused(
            "coding_unknown",
            f"This {kind.upper()} file's way of storing samples is not read here.",
            "Save it as PNG or 8-bit TIFF first.",
        )
    if kind == "tiff" and _is_raw(data):
        raise InputRefused(
            "camera_raw",
            "This is a camera's raw file, which is not redacted in this version.",
            "Develop it to TIFF or JPEG with the camera maker's program first, then redact that.",
        )


def _coding_unread(data: bytes, kind: str) -> bool:
    """Whole files that no decoder here reads: PSB and deep PSD, OS/2's Huffman bitmaps, HEIF items without HEVC."""
    if (
        kind == "psd"
    ):  # version, depth and mode (Adobe Photoshop File Formats, 2.2); CMYK, Lab and the like at 8 bit only
        version, depth, mode = data[4:6], data[22:24], data[24:26]
        return version != b"\0\1" or depth not in ((b"\0\1",) if mode == b"\0\0" else (b"\0\x08",))
    if (
        kind == "bmp"
    ):  # OS/2 2.x: 64 bytes of header, compression 3 (Huffman 1D) or 4 (RLE24); elsewhere 3 is bit fields
        return data[14:18] == b"\x40\0\0\0" and data[30:34] in (b"\3\0\0\0", b"\4\0\0\0")
    return kind == "heif" and b"unci" in data[:4096] and b"hvc1" not in data[:4096]


def _is_sequence(data: bytes) -> bool:
    """A file type box that names a sequence brand first (ISO/IEC 23008-12, 7.2), so that viewers play it."""
    return data[8:12] in (b"hevc", b"hevx", b"msf1", b"hevm", b"hevs") and b"moov" in data


def _is_raw(data: bytes) -> bool:
    """A camera's raw file inside TIFF: CR2 by its mark, others by DNGVersion, or by sensor samples (CFA) in a directory of their own."""
    if data[8:10] == b"CR":
        return True
    try:
        with Image.open(io.BytesIO(data), formats=["TIFF"]) as opened:
            untrusted: Any = opened
            tags = untrusted.tag_v2
            first_is_small = bool(int(tags.get(254, 0)) & 1)
            return 50706 in tags or (first_is_small and 330 in tags) or tags.get(262) in (32803, 34892)
    except Exception:
        return False  # not our question: the decoder says what is wrong


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(0x0112, 1)
    except Exception:
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _tiff_size(image: Image.Image) -> tuple[int, int]:
    untrusted: Any = image
    try:
        return int(untrusted.tag_v2[256]), int(untrusted.tag_v2[257])
    except (KeyError, TypeError, ValueError):
        return image.size


def _duration(frame: Image.Image) -> int:
    """How long a frame is shown, in whole milliseconds."""
    stated = frame.info.get("duration", 0)
    return min(_MAX_DURATION_MS, max(0, round(stated))) if isinstance(stated, int | float) else 0


def _plays(image: Image.Image, kind: str) -> int:
    """How often an animation runs; a GIF states how often it starts again."""
    stated = image.info.get("loop")
    if not isinstance(stated, int) or stated < 0:
        return 1
    return stated + 1 if kind == "gif" and stated else stated
