"""What a hidden box spreads to is computed without looking at the redactor, and agrees with counting pixels."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from indelible.jpeg import JpegCoding
from indelible.media import Picture, open_picture, stored, upright
from indelible.model import Box
from indelible.verify.growth import required_area

FACTORS = {
    "4:4:4": ((1, 1), (1, 1), (1, 1)),
    "4:2:2": ((2, 1), (1, 1), (1, 1)),
    "4:4:0": ((1, 2), (1, 1), (1, 1)),
    "4:2:0": ((2, 2), (1, 1), (1, 1)),
    "4:1:1": ((4, 1), (1, 1), (1, 1)),
    "grey": ((2, 2),),
    "other": ((3, 1), (1, 1), (1, 1)),
}


def _source(width: int, height: int, orientation: int, sampling: str | None) -> Picture:
    """A picture of that stored size that was never compressed: only its header matters here."""
    coding = None if sampling is None else JpegCoding(factors=FACTORS[sampling], progressive=False, quality=90)
    return Picture(
        format="png" if sampling is None else "jpeg",
        sha256="0" * 64,
        image=upright(Image.new("L", (width, height)), orientation),
        stored_size=(width, height),
        orientation=orientation,
        jpeg=coding,
    )


def _counted(box: Box, source: Picture) -> np.ndarray:
    """The same area by painting: every MCU with a hidden pixel, then everything within reach, pixel by pixel."""
    assert source.jpeg is not None
    hidden = Image.new("L", source.image.size)
    hidden.paste(255, box.corners)
    mask = np.asarray(stored(hidden, source.orientation)) > 0
    across, down = source.jpeg.mcu
    spread = np.zeros_like(mask)
    for top in range(0, mask.shape[0], down):
        for left in range(0, mask.shape[1], across):
            if mask[top : top + down, left : left + across].any():
                spread[top : top + down, left : left + across] = True
    for _ in range(2 if source.jpeg.name == "other" else 1):
        padded = np.pad(spread, 1)
        spread = np.max([padded[y : y + mask.shape[0], x : x + mask.shape[1]] for y in range(3) for x in range(3)], 0)
    return np.asarray(upright(Image.fromarray(spread.astype(np.uint8) * 255), source.orientation)) > 0


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_the_area_is_every_unit_touched_and_the_reach_of_interpolation(data: st.DataObject) -> None:
    """In each of the eight orientations and each sampling, partial units at the right and bottom included."""
    source = _source(
        data.draw(st.integers(1, 90)),
        data.draw(st.integers(1, 90)),
        data.draw(st.integers(1, 8)),
        data.draw(st.sampled_from(sorted(FACTORS))),
    )
    x, y = data.draw(st.integers(0, source.width - 1)), data.draw(st.integers(0, source.height - 1))
    box = Box(x, y, data.draw(st.integers(1, source.width - x)), data.draw(st.integers(1, source.height - y)))

    area = required_area(box, source)

    painted = np.zeros((source.height, source.width), bool)
    painted[area.y : area.bottom, area.x : area.right] = True
    assert np.array_equal(_counted(box, source), painted)
    assert area.contains(box)


def test_a_lossless_source_spreads_nothing() -> None:
    """A box on a PNG is as large as what it hides."""
    assert required_area(Box(3, 5, 7, 9), _source(40, 40, 6, None)) == Box(3, 5, 7, 9)


@pytest.mark.parametrize(("subsampling", "orientation"), [(0, 1), (1, 6), (2, 1), (2, 3), (2, 5), (2, 8)])
def test_nothing_outside_the_area_depends_on_the_hidden_pixels(subsampling: int, orientation: int) -> None:
    """Two secrets in the same place, compressed and decoded: the pictures agree everywhere else."""
    rng = np.random.default_rng(subsampling * 10 + orientation)
    base = rng.integers(0, 256, (75, 91, 3), dtype=np.uint8)
    exif = Image.Exif()
    exif[0x0112] = orientation
    box = Box(27, 22, 19, 13)  # upright

    pictures = []
    for value in (0, 255):
        scene = upright(Image.fromarray(base), orientation)
        scene.paste((value, 255 - value, value), box.corners)
        file = io.BytesIO()
        stored(scene, orientation).save(file, "JPEG", quality=80, subsampling=subsampling, exif=exif)
        pictures.append(open_picture(file.getvalue()))
    area = required_area(box, pictures[0])
    decoded = [np.array(picture.image) for picture in pictures]
    for pixels in decoded:
        pixels[area.y : area.bottom, area.x : area.right] = 0

    assert pictures[0].orientation == orientation
    assert np.array_equal(decoded[0], decoded[1])
