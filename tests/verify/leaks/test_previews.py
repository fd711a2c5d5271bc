"""previews.embedded: a thumbnail that shows what the region hides, wherever it lies in the file."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from PIL import Image

from indelible.media import open_picture
from indelible.model import Box, Evidence, Kind, Outcome, Region, RegionEvidence
from indelible.verify.checks import CHECKS, decide
from indelible.verify.leaks.previews import disagreement
from indelible.verify.plants import exif_block, with_chunk, with_exif, with_segment, with_xmp
from indelible.verify.samples import encoded, texture
from indelible.verify.subject import Subject

CHECK = CHECKS.get("previews.embedded")
BOX = Box(40, 30, 60, 40)
BEFORE = texture(160, 120, 11)
AFTER = BEFORE.copy()
AFTER.paste((0, 0, 0), BOX.corners)
REGION = RegionEvidence(id="r1", kind=Kind.FACE, region=Region(box=BOX), evidence=Evidence.UNKNOWN, method="solid/1")


def subject(data: bytes) -> Subject:
    return Subject(published=data, picture=open_picture(data), regions=(REGION,))


def small(image: Image.Image, kind: str = "jpeg", size: tuple[int, int] = (80, 60)) -> bytes:
    return encoded(image.resize(size), kind)


def bare(image: Image.Image, size: tuple[int, int] = (40, 30)) -> bytes:
    return image.resize(size).tobytes()


JPEG = encoded(AFTER, "jpeg", quality=90)
PNG = encoded(AFTER, "png")

CARRIERS: dict[str, tuple[Callable[[Image.Image], bytes], str]] = {
    "EXIF in JPEG": (lambda im: with_exif(JPEG, exif_block(thumbnail=small(im))), "L201"),
    "EXIF in PNG": (lambda im: with_chunk(PNG, b"eXIf", exif_block(thumbnail=small(im))), "L201"),
    "base64 in XMP": (
        lambda im: with_xmp(JPEG, b'xmpGImg:image="' + base64.b64encode(small(im, "jpeg", (64, 48))) + b'"'), "L205",
    ),
    "behind the end": (lambda im: JPEG + small(im), "L206"),
    "JFXX": (
        lambda im: with_segment(JPEG, 0xE0, b"JFXX\0\x13\x28\x1e" + bare(im)), "L203",
    ),
    "JFIF": (
        lambda im: JPEG[:4] + (16 + 3600).to_bytes(2, "big") + JPEG[6:18] + b"\x28\x1e" + bare(im) + JPEG[20:], "L203",
    ),
    "Photoshop": (
        lambda im: with_segment(
            JPEG, 0xED, b"Photoshop 3.0\x008BIM\x04\x0c\0\0" + (28 + len(small(im))).to_bytes(4, "big") + bytes(28) + small(im)
        ),
        "L204",
    ),
    "private chunk": (lambda im: with_chunk(PNG, b"prVW", small(im, "png")), "L214"),
}  # fmt: skip


def test_both_controls_are_effective() -> None:
    """A stale EXIF thumbnail breaks, a file without one holds."""
    assert Outcome.BROKEN is decide(CHECK.run(CHECK.leaking()))
    assert Outcome.HELD is decide(CHECK.run(CHECK.clean()))
    assert "L215" in {item.rule for item in CHECK.run(CHECK.leaking()).findings}


@pytest.mark.parametrize("name", CARRIERS)
def test_a_stale_preview_is_found_and_disagrees(name: str) -> None:
    """The picture from before the redaction, in every carrier: its own rule, and L215 for the region."""
    carry, rule = CARRIERS[name]
    seen = CHECK.run(subject(carry(BEFORE)))

    assert (Outcome.BROKEN, "R-THUMB-ORIGINAL") == (decide(seen), seen.why)
    assert {rule, "L215"} <= {item.rule for item in seen.findings}
    assert "r1" in {item.region for item in seen.findings}


@pytest.mark.parametrize("name", CARRIERS)
def test_a_fresh_preview_is_a_leak_without_a_disagreement(name: str) -> None:
    """A thumbnail of the redacted picture is still not allowed, but shows nothing that is hidden."""
    carry, rule = CARRIERS[name]
    seen = CHECK.run(subject(carry(AFTER)))

    assert Outcome.BROKEN is decide(seen)
    assert rule in {item.rule for item in seen.findings}
    assert "L215" not in {item.rule for item in seen.findings}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_preview_of_a_turned_picture_is_laid_over_the_right_way(orientation: int) -> None:
    """The thumbnail is stored like the picture; the region is upright."""
    from indelible.media import stored

    def file(thumbnail: Image.Image) -> bytes:
        held = stored(thumbnail, orientation)
        block = bytearray(
            exif_block(text=b"x", thumbnail=encoded(held.resize((held.width // 2, held.height // 2)), "jpeg"))
        )
        block[10:22] = b"\x12\x01\3\0\1\0\0\0" + bytes([orientation, 0, 0, 0])
        return with_exif(encoded(stored(AFTER, orientation), "jpeg", quality=90), bytes(block))

    fresh, stale = (CHECK.run(subject(file(image))) for image in (AFTER, BEFORE))

    assert "L215" not in {item.rule for item in fresh.findings}
    assert "L215" in {item.rule for item in stale.findings}


def test_black_bars_do_not_shift_the_region() -> None:
    """A 4:3 camera thumbnail of a 3:2 picture has bars; they are cut off before the comparison."""
    picture = texture(75, 50, 4).resize((300, 200))
    bars = Image.new("RGB", (160, 120))
    bars.paste(picture.resize((160, 107)), (0, 6))

    hidden = picture.copy()
    hidden.paste((0, 0, 0), (20, 20, 80, 60))

    assert disagreement(bars, picture, Box(20, 20, 60, 40))[0] < 8
    assert disagreement(bars, hidden, Box(20, 20, 60, 40))[0] > 40


def test_a_preview_that_does_not_decode_is_still_a_finding() -> None:
    """Damage does not excuse it."""
    seen = CHECK.run(subject(with_exif(JPEG, exif_block(thumbnail=b"\xff\xd8\xff\xe0" + bytes(40)))))

    assert "L201" in {item.rule for item in seen.findings}
