"""What a PNG stores and does not show is found, and a plain PNG is left in peace."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from indelible.model import Box, Outcome
from indelible.verify import samples
from indelible.verify.checks import CHECKS, decide
from indelible.verify.subject import Subject

BOX = Box(10, 8, 20, 16)


def _channels(subject: Subject) -> list[str]:
    return [finding.channel for finding in CHECKS.get("pixels.alpha").run(subject).findings]


def _deep_png(pixels: np.ndarray) -> bytes:
    """A 16-bit grey PNG of ``pixels``, uint16 ``(height, width)``, written by hand."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    height, width = pixels.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", width, height, 16, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def _indexed(pixels: np.ndarray, palette: list[int], **options: object) -> bytes:
    """A palette PNG."""
    image = Image.fromarray(pixels, "P")
    image.putpalette(palette)
    return samples.encoded(image, "png", **options)


def test_colours_under_transparency_break() -> None:
    """An eraser hides, it does not remove; the same picture with one colour beneath holds."""
    check = CHECKS.get("pixels.alpha")

    assert decide(check.run(check.leaking())) is Outcome.BROKEN
    assert decide(check.run(check.clean())) is Outcome.HELD


def test_grey_with_alpha_is_examined_too() -> None:
    """Two values under zero opacity are content."""
    pixels = np.full((30, 40, 2), 255, np.uint8)
    pixels[8:24, 10:30] = 0
    clean = samples.subject(samples.encoded(Image.fromarray(pixels, "LA")))
    pixels[9, 11, 0] = 1
    leaking = samples.subject(samples.encoded(Image.fromarray(pixels, "LA")))

    assert _channels(clean) == []
    assert _channels(leaking) == ["png.alpha.rgb"]


def test_a_translucent_cover_breaks_the_region_it_covers() -> None:
    """Opacity 250 of 255 shows black and keeps the content; a shadow elsewhere is nobody's business."""
    image = samples.texture(60, 50, 3).convert("RGBA")
    image.paste((0, 0, 0, 250), BOX.corners)
    published = samples.encoded(image)

    assert _channels(samples.subject(published, [samples.region(BOX)])) == ["region.translucent"]
    assert _channels(samples.subject(published, [samples.region(Box(40, 30, 10, 10))])) == []


def test_unused_palette_entries_break() -> None:
    """Colours of the hidden content that stayed in the palette."""
    pixels = (np.arange(1200, dtype=np.uint16).reshape(30, 40) % 4).astype(np.uint8)
    four = [0, 0, 0, 80, 0, 0, 160, 0, 0, 255, 0, 0]

    assert _channels(samples.subject(_indexed(pixels, four))) == []
    assert _channels(samples.subject(_indexed(pixels, [*four, 9, 9, 9]))) == ["png.palette.unused"]


def test_two_entries_of_one_colour_inside_a_fill_break() -> None:
    """The picture shows one black; the file still tells two indices apart."""
    pixels = np.full((50, 60), 2, np.uint8)
    pixels[BOX.y : BOX.bottom, BOX.x : BOX.right] = 0
    palette = [0, 0, 0, 0, 0, 0, 255, 255, 255]
    clean = samples.subject(_indexed(pixels, palette[:3] + palette[6:] + palette[6:]), [samples.region(BOX)])
    pixels[12, 14] = 1
    leaking = samples.subject(_indexed(pixels, palette), [samples.region(BOX)])

    assert "region.palette" not in _channels(clean)
    assert _channels(leaking) == ["region.palette"]


def test_several_transparent_entries_break() -> None:
    """Transparent pixels that differ in their index draw an invisible picture."""
    pixels = (np.arange(1200, dtype=np.uint16).reshape(30, 40) % 3).astype(np.uint8)
    palette = [0, 0, 0, 9, 9, 9, 255, 255, 255]

    assert _channels(samples.subject(_indexed(pixels, palette, transparency=b"\x00\x00\xff"))) == ["png.trns.rgb"]
    assert _channels(samples.subject(_indexed(pixels, palette, transparency=b"\x00\xff\xff"))) == []


@pytest.mark.parametrize(("residue", "expected"), [(0, []), (1, ["png.low_byte"]), (0x300, ["region.not_constant"])])
def test_the_low_byte_of_a_fill_is_constant(residue: int, expected: list[str]) -> None:
    """16-bit samples are compared at full depth; an 8-bit decoder would see nothing."""
    pixels = np.full((50, 60), 40_000, np.uint16)
    pixels[BOX.y : BOX.bottom, BOX.x : BOX.right] = 0
    pixels[12, 14] = residue
    subject = Subject(published=_deep_png(pixels), format="png", regions=(samples.region(BOX),))

    assert _channels(subject) == expected


def test_what_cannot_be_decoded_is_not_clean() -> None:
    """A damaged file is inconclusive."""
    broken = samples.encoded(samples.texture(60, 50, 3))[:-200]
    observation = CHECKS.get("pixels.alpha").run(Subject(published=broken, format="png"))

    assert decide(observation) is Outcome.INCONCLUSIVE


def test_other_formats_have_no_alpha() -> None:
    """The check applies to PNG."""
    jpeg = samples.subject(samples.encoded(samples.texture(60, 50, 3), "jpeg"))

    assert CHECKS.get("pixels.alpha").applies(jpeg) == "other_format"
