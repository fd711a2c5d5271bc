"""Text set by a real browser and hidden by a mosaic is read: its letters are hinted otherwise, lie between pixels, and come from another rasteriser."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from indelible.attacks.fonts import Font
from indelible.attacks.methods import Budget
from indelible.attacks.mosaic_draw import block_means, plain_font
from indelible.attacks.mosaic_read import LineReading, read
from indelible.attacks.mosaic_region import region_cells, region_colours, region_lines
from indelible.attacks.outlines import outline_ink
from indelible.model import Box
from tests.reports.browser import BROWSER, needs_browser

_FONT = plain_font()
pytestmark = pytest.mark.skipif(_FONT is None, reason="no font is installed")


def _font() -> Font:
    assert _FONT is not None
    return _FONT


def _screenshot(text: str, size: int, folder: Path) -> Image.Image:
    assert BROWSER is not None
    source, shot = folder / "page.html", folder / "page.png"
    source.write_text(
        f"<body style='margin:0;background:#fff;color:#000'><div style='position:absolute;left:30px;top:30px;"
        f'white-space:nowrap;font:{size}px "{_font().family}"\'>{text}</div>'
    )
    subprocess.run(
        [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={folder / 'profile'}",
         "--window-size=600,400", f"--screenshot={shot}", source.as_uri()],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    return Image.open(shot).convert("RGB")


def _read(image: Image.Image, fonts: tuple[Font, ...]) -> LineReading | None:
    rows, columns = np.nonzero(np.asarray(image.convert("L")) < 250)
    left, top = int(columns.min()) - 6, int(rows.min()) - 7
    box = Box(left, top, int(columns.max()) + 7 - left, int(rows.max()) + 8 - top)
    hidden = block_means(image, box, 8, (3, 5))
    grid = region_cells(hidden, box, lossy=False)
    assert grid is not None
    colours = region_colours(hidden, box, grid)
    assert colours is not None
    return read(region_lines(grid, colours)[0], fonts, Budget.of(120, effort=0.2))


@needs_browser
def test_digits_set_by_a_browser_are_read(tmp_path: Path) -> None:
    reading = _read(_screenshot("7302946158", 23, tmp_path), (_font(),))

    assert reading is not None and reading.explained
    assert reading.texts[0][0] == "7302946158"
    assert reading.texts[0][1] >= 0.5
    assert reading.found.setup.setting == "fitted"


@needs_browser
def test_digits_of_a_face_that_is_not_there_are_not_claimed(tmp_path: Path) -> None:
    import indelible.attacks.fonts as fonts

    other = next(
        font for font in fonts.installed_fonts() if font.plain and font.family.split()[0] != _font().family.split()[0]
    )
    reading = _read(_screenshot("7302946158", 23, tmp_path), (other,))

    assert reading is None or reading.texts[0][1] < 0.5


def test_light_hinting_moves_heights_and_leaves_widths() -> None:
    plain, _, top = outline_ink(_font(), 23.4, "x", "none")
    hinted, _, _ = outline_ink(_font(), 23.4, "x", "height")

    heights = [ink.astype(float).sum(axis=1) for ink in (plain, hinted)]
    assert min(heights[0][0], heights[0][-1]) < 0.9 * float(
        np.median(heights[0])
    )  # the x-height is no whole number of pixels
    assert min(heights[1][0], heights[1][-1]) > min(heights[0][0], heights[0][-1])
    assert plain.shape[1] == hinted.shape[1]
    assert top <= -11


def test_a_place_within_a_pixel_moves_the_ink() -> None:
    still, left, _ = outline_ink(_font(), 20.0, "l", "none")
    moved, left_moved, _ = outline_ink(_font(), 20.0, "l", "none", x=0.5)

    def begins(ink: np.ndarray, left: int) -> float:
        return left + 1 - float(ink[3, 0]) / 255  # of an upright stroke

    assert begins(moved, left_moved) == pytest.approx(begins(still, left) + 0.5, abs=0.01)


def test_a_font_that_freetype_cannot_open_is_an_error(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"no font")

    with pytest.raises(OSError):
        outline_ink(Font(family="broken", style="", path=str(broken)), 20.0, "x", "none")
