"""Where something looks redacted, in any way."""

import pytest
from PIL import Image, ImageDraw, ImageFont

from indelible.attacks.fonts import installed_fonts
from indelible.attacks.found import find_places


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
