"""The setting of a line is ranked high without a letter being guessed; grey text is read; a face that is not there is not claimed."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from indelible.attacks.fonts import Font, installed_fonts
from indelible.attacks.methods import Budget
from indelible.attacks.mosaic_draw import block_means, plain_font, text_image
from indelible.attacks.mosaic_ink import SPACES, Colours, Space, ink_of
from indelible.attacks.mosaic_line import Line, line_cells
from indelible.attacks.mosaic_priors import digits_model, open_model
from indelible.attacks.mosaic_read import read
from indelible.attacks.mosaic_region import region_cells, region_colours, region_lines
from indelible.attacks.mosaic_search import Way, race, read_line
from indelible.attacks.mosaic_shortlist import Setup, shortlist
from indelible.model import Box

_FONT = plain_font()
pytestmark = pytest.mark.skipif(_FONT is None, reason="no font is installed")


def _font() -> Font:
    assert _FONT is not None
    return _FONT


def _line(image: Image.Image, box: Box) -> Line:
    grid = region_cells(image, box, lossy=False)
    assert grid is not None
    colours = region_colours(image, box, grid)
    assert colours is not None
    return region_lines(grid, colours)[0]


@pytest.mark.parametrize(("text", "chars"), [("4815162342", digits_model().chars), ("Quofim7Kex", open_model().chars)])
def test_the_right_face_and_size_stand_high_in_the_shortlist(text: str, chars: str) -> None:
    image, box = text_image(text, _font(), 27)
    line = _line(block_means(image, box, 11, (3, 5)), box)
    listed = shortlist(
        line_cells(line, "srgb", "box", 0.01), line.colours, "srgb", installed_fonts()[:12] + (_font(),), np.arange(18.0, 40.0), chars
    )  # fmt: skip

    assert any((setup.font, setup.size) == (_font(), 27.0) for _, setup, _ in listed[:200])


@pytest.mark.parametrize("space", SPACES)
def test_less_contrast_is_found_again_in_either_space(space: Space) -> None:
    colours = Colours(paper=np.array([240.0, 240, 240]), text=np.zeros(3), known=False)
    ink = float(ink_of(colours.at(0.6).text, colours, space))

    assert colours.scaled(ink, space) == pytest.approx(0.6, abs=0.01)


def test_grey_text_of_unknown_colour_is_read() -> None:
    image, box = text_image("7302946158", _font(), 26, margin=7, paper=244, ink=96)
    reading = read(_line(block_means(image, box, 9, (4, 2)), box), (_font(),), Budget.of(120, effort=0.4))

    assert reading is not None
    assert (reading.texts[0][0], reading.exact) == ("7302946158", True)
    assert reading.found.way.strength == pytest.approx(1 - 96 / 244, abs=0.02)


def test_a_face_that_is_not_there_gives_no_confident_reading() -> None:
    image, box = text_image("58203917", _font(), 26)
    others = tuple(font for font in installed_fonts() if font.family.split()[0] != _font().family.split()[0])
    reading = read(_line(block_means(image, box, 14, (4, 2)), box), others[:4], Budget.of(15, effort=0.1))

    assert reading is None or reading.texts[0][1] < 0.5


@pytest.mark.parametrize("columns", [4, 6, 8])
def test_a_race_over_a_part_of_the_line_keeps_the_right_setting(columns: int) -> None:
    """Kerning draws glyphs back: the pen has to go on behind the last column until that column is settled."""
    image, box = text_image("kbBhEFJz5z", _font(), 32)
    line = _line(block_means(image, box, 14), box)
    model = open_model()
    baselines = range(round(line.top_px), round(line.top_px) + 48)
    setups = [Setup(font=_font(), size=32.0, setting="snapped", baseline=baseline) for baseline in baselines]
    left, _ = race(
        line, setups, Way(), model.chars, model.prior(32.0), Budget.of(60), columns=columns, beam=32, misfit=0.0012,
        margin=40.0,
    )  # fmt: skip

    assert left
    found, _ = read_line(
        line, [setup for _, setup in left[:4]], Way(), model.chars, model.prior(32.0), Budget.of(60), beam=80,
        misfit=0.0012, margin=40.0,
    )  # fmt: skip
    assert found[0].text == "kbBhEFJz5z"


def test_a_space_goes_where_words_begin() -> None:
    """The cells of a coarse mosaic hardly tell "al etter" from "a letter"."""
    from indelible.attacks.mosaic_priors import strangeness

    assert strangeness("a letter from the school") < strangeness("al etter from the school")
    assert strangeness("4711 8823") == 0.0
