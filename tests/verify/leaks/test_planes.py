"""What a screen does not show is looked at as well: coded planes, and blocks behind the edge of the frame."""

import io

import numpy as np
import pytest
from PIL import Image

from indelible.model import Box, Outcome
from indelible.verify import samples
from indelible.verify.checks import CHECKS
from indelible.verify.controls import observe
from indelible.verify.subject import Subject


def outcome(subject: Subject) -> Outcome:
    """What the check says."""
    return observe(CHECKS.get("pixels.planes"), subject)[0]


def cropped_header(
    width: int, height: int, *, quality: int = 85, sampling: int = 2, flat_from: int | None = None
) -> bytes:
    """A 128x96 JPEG with text at its edges, whose header names a smaller frame; black from a column on, if asked for."""
    image = samples.texture(128, 96, 5)
    lines = samples.page(["secret 4711 ABCDEFGH"] * 6, size=(128, 96), text_px=12, left=2, top=0)
    image.paste(lines.crop((96, 0, 128, 96)), (96, 0))
    image.paste(lines.crop((0, 80, 128, 96)), (0, 80))
    if flat_from is not None:
        image.paste((0, 0, 0), (flat_from, 0, 128, 96))
    data = samples.encoded(image, "jpeg", quality=quality, subsampling=sampling)
    frame = data.index(b"\xff\xc0")
    return data[: frame + 5] + height.to_bytes(2) + width.to_bytes(2) + data[frame + 9 :]


@pytest.mark.parametrize("size", [(113, 96), (128, 83)])
def test_a_picture_behind_the_edge_is_found(size: tuple[int, int]) -> None:
    """A lossless crop cuts the frame and keeps the blocks."""
    assert outcome(samples.subject(cropped_header(*size))) is Outcome.BROKEN


@pytest.mark.parametrize("sampling", [0, 1, 2])
@pytest.mark.parametrize("quality", [30, 75, 95])
@pytest.mark.parametrize("size", [(113, 83), (97, 90), (121, 81)])
def test_an_encoders_own_padding_is_let_be(size: tuple[int, int], quality: int, sampling: int) -> None:
    """Also over texture at a low quality, where padding ripples."""
    image = samples.texture(*size, 6)

    assert (
        outcome(samples.subject(samples.encoded(image, "jpeg", quality=quality, subsampling=sampling))) is Outcome.HELD
    )


def test_a_region_at_the_edge_is_flat_behind_it() -> None:
    """The fill must reach the end of the coded block, not only of the frame."""
    at_the_edge = samples.region(Box(96, 0, 17, 96))
    whole = cropped_header(113, 96, flat_from=80)
    image = samples.texture(128, 96, 5)
    image.paste((0, 0, 0), (95, 0, 113, 96))
    short = samples.encoded(image, "jpeg", quality=85, subsampling=0)
    frame = short.index(b"\xff\xc0")
    short = short[: frame + 7] + (113).to_bytes(2) + short[frame + 9 :]

    assert outcome(samples.subject(whole, [at_the_edge])) is Outcome.HELD
    assert outcome(samples.subject(short, [at_the_edge])) is Outcome.BROKEN


def test_chroma_under_a_black_fill_is_found() -> None:
    """Luma 0 shows black whatever the chroma planes spell, as long as they stay near grey."""
    planes = [np.asarray(plane).copy() for plane in samples.texture(96, 64, 3).convert("YCbCr").split()]
    area = (slice(16, 48), slice(16, 64))
    planes[0][area], planes[1][area], planes[2][area] = 0, 128, 128
    flat = Image.merge("YCbCr", [Image.fromarray(plane) for plane in planes])
    planes[2][area] = np.where(np.arange(48) // 8 % 2, 110, 128)
    spelling = Image.merge("YCbCr", [Image.fromarray(plane) for plane in planes])

    def subject(image: Image.Image) -> Subject:
        stream = io.BytesIO()
        image.save(stream, "JPEG", quality=95, subsampling=0)
        return samples.subject(stream.getvalue(), [samples.region(Box(16, 16, 48, 32))])

    assert outcome(subject(flat)) is Outcome.HELD
    assert outcome(subject(spelling)) is Outcome.BROKEN
