"""Where something looks redacted, in any way."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from indelible.attacks.fonts import installed_fonts
from indelible.attacks.found import find_places
from indelible.attacks.mosaic_cells import read_cells


def line(text: str, block: int) -> tuple[Image.Image, tuple[int, int, int, int]]:
    """A page with a line under a mosaic, and the mosaic's corners."""
    font = ImageFont.truetype(str(installed_fonts()[0].path), 26)
    image = Image.new("RGB", (640, 160), "white")
    draw = ImageDraw.Draw(image)
    draw.text((20, 20), "Meeting at noon, bring", font=font, fill="black")
    draw.text((20, 90), text, font=font, fill="black")
    left, top, right, bottom = (int(value) for value in draw.textbbox((20, 90), text, font=font))
    across, down = -(-(right + 12 - left) // block), -(-(bottom + 12 - top) // block)
    corners = (left - 6, top - 6, left - 6 + across * block, top - 6 + down * block)
    small = image.crop(corners).resize((across, down), Image.Resampling.BOX)
    image.paste(small.resize((across * block, down * block), Image.Resampling.NEAREST), corners)
    return image, (left, top, right, bottom)


@pytest.mark.parametrize("block", [6, 8, 12])
def test_words_of_one_line_are_one_place(block: int) -> None:
    """The white cells between words do not cut a name into two."""
    image, (left, top, right, bottom) = line("Anna Kowalska 4711", block)

    (place,) = [item for item in find_places(image) if item.kind == "mosaic"]

    assert place.box.x <= left + block and place.box.right >= right - block
    assert place.box.y <= top + block and place.box.bottom >= bottom - block


@pytest.mark.parametrize("cells", [15, 17])
def test_words_whose_cells_are_no_whole_pixels_wide_are_one_place(cells: int) -> None:
    """A region that was shrunk as a whole: each word alone tells the width of a cell to a tenth of a pixel."""
    image = Image.new("RGB", (420, 160), (250, 248, 240))
    ImageDraw.Draw(image).text(
        (60, 50), "Jonas Reiter", font=ImageFont.truetype(str(installed_fonts()[0].path), 30), fill=(30, 30, 60)
    )
    box = (54, 44, 260, 90)
    part = image.crop(box)
    image.paste(part.resize((cells, 4), Image.Resampling.BOX).resize(part.size, Image.Resampling.NEAREST), box[:2])

    assert len([place for place in find_places(image) if place.kind == "mosaic"]) == 1


def test_two_mosaics_of_different_grids_stay_two() -> None:
    """Side by side, with other blocks: two places."""
    one, _ = line("left part", 8)
    other, (left, top, right, bottom) = line("left part", 6)
    sheet = Image.new("RGB", (1280, 160), "white")
    sheet.paste(one.crop((0, 0, 260, 160)), (0, 0))
    sheet.paste(other.crop((0, 0, 260, 160)), (260, 0))

    assert len([item for item in find_places(sheet) if item.kind == "mosaic"]) == 2


def test_a_page_without_redactions_has_no_place() -> None:
    """Text, and nothing else."""
    image = Image.new("RGB", (640, 160), "white")
    font = ImageFont.truetype(str(installed_fonts()[0].path), 26)
    ImageDraw.Draw(image).text((20, 20), "Meeting at noon, bring the plans", font=font, fill="black")

    assert find_places(image) == ()


def through_jpeg(image: Image.Image, quality: int, subsampling: int) -> Image.Image:
    """The picture as a JPEG file gives it back."""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality, subsampling=subsampling)
    return Image.open(file).convert("RGB")


@pytest.mark.parametrize(("quality", "subsampling"), [(75, 2), (85, 0)])
@pytest.mark.parametrize("block", [8, 13, 17])
def test_a_mosaic_of_few_rows_behind_a_codec_is_a_mosaic(block: int, quality: int, subsampling: int) -> None:
    """Two to four rows of cells, and blocks that lie on the codec's own grid; the cells' size is told to a twentieth of a pixel."""
    image = Image.new("RGB", (420, 120), "white")
    font = ImageFont.truetype(str(installed_fonts()[0].path), 28)
    ImageDraw.Draw(image).text((44, 40), "4471 9052 83", font=font, fill="black")
    corners = (40, 36, 40 + 260 // block * block, 36 + -(-34 // block) * block)
    cells = (corners[2] - corners[0]) // block, (corners[3] - corners[1]) // block
    small = image.crop(corners).resize(cells, Image.Resampling.BOX)
    image.paste(small.resize((cells[0] * block, cells[1] * block), Image.Resampling.NEAREST), corners)
    picture = through_jpeg(image, quality, subsampling)

    (place,) = find_places(picture, lossy=True)
    grid = read_cells(np.asarray(picture.crop(place.box.corners)), lossy=True)

    assert place.kind == "mosaic"
    assert grid is not None
    assert grid.block == pytest.approx((block, block), abs=0.05)
    assert (place.box.x + grid.phase[0] - 40) % block == pytest.approx(0, abs=0.25)


def bricks() -> Image.Image:
    """Courses of bricks in mortar, each a little other."""
    rng = np.random.default_rng(3)
    pixels = np.full((240, 400, 3), 180.0)
    for row, top in enumerate(range(0, 240, 19)):
        for left in range(-20 * (row % 2), 400, 43):
            pixels[top : top + 16, max(0, left) : left + 40] = np.array([150, 70, 50]) + rng.normal(0, 15)
    return Image.fromarray(np.clip(pixels + rng.normal(0, 4, pixels.shape), 0, 255).astype(np.uint8))


def keys() -> Image.Image:
    """A keyboard: dark keys with letters."""
    image = Image.new("RGB", (400, 160), (62, 62, 66))
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(str(installed_fonts()[0].path), 11)
    for row in range(4):
        for column in range(11):
            x, y = 8 + 34 * column + 8 * row, 8 + 36 * row
            draw.rectangle((x, y, x + 29, y + 29), fill=(28, 28, 30))
            draw.text((x + 5, y + 4), chr(65 + (11 * row + column) % 26), font=font, fill="white")
    return image


def page() -> Image.Image:
    """Lines of text."""
    image = Image.new("RGB", (420, 240), "white")
    font = ImageFont.truetype(str(installed_fonts()[0].path), 19)
    for top in range(8, 220, 26):
        ImageDraw.Draw(image).text((8, top), "HILT Illinois 4711 minimum HELLO", font=font, fill="black")
    return image


@pytest.mark.parametrize("quality", [75, 95])
@pytest.mark.parametrize("drawn", [bricks, keys, page])
def test_straight_steps_without_a_mosaic_stay_silent(drawn: Callable[[], Image.Image], quality: int) -> None:
    """What has borders along and across, and no averages between them."""
    assert [
        place for place in find_places(through_jpeg(drawn(), quality, 2), lossy=True) if place.kind == "mosaic"
    ] == []


@pytest.mark.parametrize("factor", [0.8, 1.25])
def test_the_grid_of_a_resized_mosaic_is_found(factor: float) -> None:
    """Soft edges at parts of a pixel."""
    image, _ = line("4471 9052 83", 12)
    box = next(place.box for place in find_places(image) if place.kind == "mosaic")
    small = image.resize((round(image.width * factor), round(image.height * factor)), Image.Resampling.BICUBIC)
    corners = [round(side * factor) for side in box.corners]

    grid = read_cells(np.asarray(small.crop((corners[0], corners[1], corners[2], corners[3]))), lossy=False)

    assert grid is not None
    assert grid.block[0] == pytest.approx(12 * factor, abs=0.05)
