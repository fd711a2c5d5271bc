"""Redacted areas are found without being told where, and ordinary pictures stay silent."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from indelible.attacks.grid import estimate_grid
from indelible.attacks.regions import find_regions
from indelible.model import Box


def _photo(width: int = 400, height: int = 300, seed: int = 1) -> Image.Image:
    """Coloured texture, never flat."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(30, 226, (height // 20, width // 20, 3), dtype=np.uint8))
    smooth = np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC), dtype=np.int16)
    return Image.fromarray(np.clip(smooth + rng.integers(-8, 9, smooth.shape), 0, 255).astype(np.uint8))


def _jpeg(image: Image.Image, quality: int = 85) -> Image.Image:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def _mosaic(image: Image.Image, box: Box, across: float, down: float) -> Image.Image:
    pixels = np.array(image)
    part = pixels[box.y : box.bottom, box.x : box.right].astype(float)
    rows = [*np.round(np.arange(0, box.height - 1, down)).astype(int), box.height]
    columns = [*np.round(np.arange(0, box.width - 1, across)).astype(int), box.width]
    for top, bottom in zip(rows, rows[1:], strict=False):
        for left, right in zip(columns, columns[1:], strict=False):
            part[top:bottom, left:right] = part[top:bottom, left:right].mean(axis=(0, 1))
    pixels[box.y : box.bottom, box.x : box.right] = np.round(part)
    return Image.fromarray(pixels)


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (120, 30, 200)])
def test_fills_are_found_to_the_pixel(colour: tuple[int, int, int]) -> None:
    """Several in one picture, one at the frame's edge."""
    image = _photo()
    boxes = [Box(0, 40, 60, 30), Box(150, 100, 90, 61), Box(300, 220, 14, 12)]
    for box in boxes:
        image.paste(colour, box.corners)

    assert [found.box for found in find_regions(image)] == sorted(boxes, key=lambda box: box.y)
    assert all(found.blocks is None and found.method == "unknown" for found in find_regions(image))


def test_overlapping_fills_are_taken_apart() -> None:
    """The union of two rectangles is covered by what is found."""
    image = _photo()
    boxes = [Box(100, 80, 80, 60), Box(150, 110, 90, 70)]
    for box in boxes:
        image.paste((0, 0, 0), box.corners)

    painted = np.zeros((300, 400), bool)
    for found in find_regions(image):
        painted[found.box.y : found.box.bottom, found.box.x : found.box.right] = True

    assert np.array_equal(painted, (np.asarray(image) == 0).all(axis=2))


def test_a_fill_with_residue_is_found() -> None:
    """Near-black that is one level off here and there."""
    image = _photo()
    rng = np.random.default_rng(2)
    residue = np.repeat(rng.integers(0, 2, (60, 90, 1), dtype=np.uint8), 3, axis=2)
    image.paste(Image.fromarray(residue), (120, 90))

    assert [found.box for found in find_regions(image)] == [Box(120, 90, 90, 60)]


@pytest.mark.parametrize("quality", [95, 85, 70])
def test_fills_in_a_jpeg_are_found_to_their_painted_border(quality: int) -> None:
    """Unaligned to the coded units."""
    image = _photo()
    image.paste((0, 0, 0), (101, 83, 213, 177))

    found = find_regions(_jpeg(image, quality), lossy=True)

    assert len(found) == 1
    assert max(abs(a - b) for a, b in zip(found[0].box.corners, (101, 83, 213, 177), strict=True)) <= 3


@pytest.mark.parametrize("period", [5.3, 8.0, 12.7, 20.0, 31.5])
def test_mosaics_are_found_and_their_blocks_counted(period: float) -> None:
    """Real-valued periods."""
    box = Box(90, 70, 200, 170)

    found = find_regions(_mosaic(_photo(), box, period, period))

    assert len(found) == 1 and found[0].blocks is not None
    assert abs(found[0].blocks - 170 / period) <= 1.01
    part = found[0].box.intersection(box)
    assert part is not None and part.area >= 0.75 * box.area


@pytest.mark.parametrize("quality", [None, 90, 75])
@pytest.mark.parametrize(("across", "down"), [(9.4, 9.4), (17.0, 14.2), (33.3, 33.3)])
def test_the_grid_is_estimated_with_real_valued_periods(across: float, down: float, quality: int | None) -> None:
    """In a lossless file to a tenth of a pixel, behind a codec to four per cent."""
    box = Box(40, 30, 260, 240)
    image = _mosaic(_photo(), box, across, down)
    image = image if quality is None else _jpeg(image, quality)

    grid = estimate_grid(np.asarray(image.crop(box.corners)))

    assert grid is not None
    assert grid.across.period == pytest.approx(across, abs=0.1 if quality is None else 0.04 * across)
    assert grid.down.period == pytest.approx(down, abs=0.1 if quality is None else 0.04 * down)


def _night() -> Image.Image:
    image = _photo()
    sky = np.array(image)
    sky[:140] = (4, 4, 10)
    for column in range(400):
        sky[140 : 140 + int(25 + 20 * np.sin(column / 17)), column] = (4, 4, 10)
    return Image.fromarray(sky)


def _page() -> Image.Image:
    image = Image.new("RGB", (400, 300), "white")
    draw = ImageDraw.Draw(image)
    for row in range(20, 280, 18):
        draw.text((20, row), "Opening hours and other ordinary words " * 2, fill="black")
    return image


def _table() -> Image.Image:
    image = Image.new("RGB", (400, 300), "white")
    draw = ImageDraw.Draw(image)
    for step in range(20, 300, 40):
        draw.line((20, step, 380, step), fill="black", width=2)
        draw.line((20 + step, 20, 20 + step, 260), fill="black", width=2)
    return image


@pytest.mark.parametrize("picture", [_photo, _night, _page, _table])
@pytest.mark.parametrize("lossy", [False, True])
def test_ordinary_pictures_stay_silent(picture: object, lossy: bool) -> None:
    """A photograph, a night sky, a page of text, a table."""
    assert callable(picture)
    image = picture()

    assert find_regions(_jpeg(image) if lossy else image, lossy=lossy) == ()


def test_texture_has_no_grid() -> None:
    """A photograph is not a mosaic."""
    pixels = np.asarray(_photo())

    assert all(estimate_grid(pixels[y : y + 120, x : x + 140]) is None for y in (0, 90, 180) for x in (0, 120, 240))


def test_the_input_is_left_as_it_is_and_tiny_pictures_are_no_error() -> None:
    """Down to one pixel, grey or colour."""
    image = _photo()
    before = image.tobytes()
    find_regions(image)

    assert image.tobytes() == before
    assert find_regions(Image.new("L", (1, 1))) == ()
    assert find_regions(Image.new("RGB", (12, 12))) == ()


@pytest.mark.parametrize("sigma", [6, 12, 24])
def test_a_strong_blur_is_no_mosaic_of_one_cell(sigma: int) -> None:
    """Without an edge, what is soft looked like one large cell, and one cell holds against every reading."""
    image = Image.new("L", (220, 60), 255)
    ImageDraw.Draw(image).rectangle((30, 15, 150, 45), fill=0)

    assert estimate_grid(np.asarray(image.filter(ImageFilter.GaussianBlur(sigma)))) is None
    assert estimate_grid(np.full((60, 220), 90, np.uint8)) is not None
