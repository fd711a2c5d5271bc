"""Regions grow to what the source's codec has touched, and no less."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from indelible.jpeg import JpegCoding
from indelible.media import Picture, open_picture, stored, upright
from indelible.model import Box
from indelible.redact.geometry import destroyed_area, grow, snapped, to_stored, to_upright

CODINGS = {
    "4:4:4": ((1, 1), (1, 1), (1, 1)),
    "4:2:2": ((2, 1), (1, 1), (1, 1)),
    "4:4:0": ((1, 2), (1, 1), (1, 1)),
    "4:2:0": ((2, 2), (1, 1), (1, 1)),
    "4:1:1": ((4, 1), (1, 1), (1, 1)),
    "other": ((3, 1), (1, 1), (1, 1)),
    "grey": ((1, 1),),
}


def source(width: int, height: int, orientation: int, sampling: str) -> Picture:
    """A source whose stored size gives the upright ``width`` x ``height``."""
    size = (height, width) if orientation >= 5 else (width, height)
    return Picture(
        format="jpeg",
        sha256="0" * 64,
        image=Image.new("RGB", (width, height)),
        stored_size=size,
        orientation=orientation,
        jpeg=JpegCoding(factors=CODINGS[sampling], progressive=False, quality=90),
    )


@st.composite
def cases(draw: st.DrawFn) -> tuple[Picture, Box]:
    """A picture of any orientation and sampling, and a box in it."""
    width, height = draw(st.integers(1, 90)), draw(st.integers(1, 90))
    picture = source(width, height, draw(st.integers(1, 8)), draw(st.sampled_from(sorted(CODINGS))))
    x, y = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    return picture, Box(x, y, draw(st.integers(1, width - x)), draw(st.integers(1, height - y)))


def mask(box: Box, width: int, height: int) -> Image.Image:
    """White inside the box."""
    image = Image.new("L", (width, height))
    image.paste(255, box.corners)
    return image


@given(cases())
def test_stored_and_upright_boxes_name_the_same_pixels(case: tuple[Picture, Box]) -> None:
    """A box turned by its orientation covers what the turned picture shows there."""
    picture, box = case
    turned = to_stored(box, picture.orientation, *picture.stored_size)

    assert (
        mask(turned, *picture.stored_size).tobytes()
        == stored(mask(box, picture.width, picture.height), picture.orientation).tobytes()
    )
    assert to_upright(turned, picture.orientation, *picture.stored_size) == box


@given(cases())
def test_the_area_holds_every_mcu_that_the_box_touches_and_a_pixel_more(case: tuple[Picture, Box]) -> None:
    """Counted pixel by pixel in the stored grid."""
    picture, box = case
    assert picture.jpeg is not None
    width, height = picture.stored_size
    across, down = picture.jpeg.mcu
    inside = np.asarray(stored(mask(box, picture.width, picture.height), picture.orientation)) > 0
    touched = np.zeros((height, width), bool)
    for y in range(0, height, down):
        for x in range(0, width, across):
            if inside[y : y + down, x : x + across].any():
                touched[max(0, y - 1) : y + down + 1, max(0, x - 1) : x + across + 1] = True
    expected = upright(Image.fromarray((touched * 255).astype(np.uint8)), picture.orientation)

    area = np.asarray(mask(destroyed_area(box, picture), picture.width, picture.height)) > 0

    assert (area >= (np.asarray(expected) > 0)).all()
    if picture.jpeg.name != "other":
        assert (area == (np.asarray(expected) > 0)).all()


@given(cases(), st.sampled_from(["4:4:4", "4:2:2", "4:2:0", "grey"]))
@settings(deadline=None, max_examples=60)
def test_the_area_is_flat_after_decoding(case: tuple[Picture, Box], sampling: str) -> None:
    """What is claimed as the filled area decodes to one value, whatever lies around it."""
    picture, box = case
    output = JpegCoding(factors=CODINGS[sampling], progressive=False, quality=75)
    growth = grow(box, picture, output)
    noise = np.random.default_rng(1).integers(0, 256, (picture.height, picture.width, 3), dtype=np.uint8)
    image = Image.fromarray(noise)
    image.paste((0, 0, 0), growth.filled.corners)
    stream = io.BytesIO()
    number = {"4:4:4": 0, "4:2:2": 1, "4:2:0": 2}.get(sampling, 0)
    (image.convert("L") if sampling == "grey" else image).save(stream, "JPEG", quality=75, subsampling=number)

    decoded = np.asarray(open_picture(stream.getvalue()).image.crop(growth.area.corners))

    assert growth.area.contains(destroyed_area(box, picture))
    assert decoded.max() == decoded.min()


def test_a_lossless_source_needs_no_margin() -> None:
    """PNG pixels do not mix, so the box stays as it is."""
    stream = io.BytesIO()
    Image.new("RGB", (40, 30)).save(stream, "PNG")
    picture = open_picture(stream.getvalue())

    assert grow(Box(3, 4, 5, 6), picture, None).filled == Box(3, 4, 5, 6)


@pytest.mark.parametrize(("box", "cell", "expected"), [
    (Box(17, 15, 1, 2), (16, 16), Box(16, 0, 16, 30)),
    (Box(0, 0, 40, 30), (16, 16), Box(0, 0, 40, 30)),
])  # fmt: skip
def test_snapping_goes_outwards_and_stays_in_the_frame(box: Box, cell: tuple[int, int], expected: Box) -> None:
    """Whole cells, cut to a frame of 40 x 30."""
    assert snapped(box, cell, 40, 30) == expected
