"""Text under a mosaic is read with nothing given; what is no text, or cut short, is never claimed."""

from __future__ import annotations

import io
import time

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from indelible.attacks.fonts import Font, installed_fonts
from indelible.attacks.glyphs import designed_advance, glyph_set, hinted_glyph, outline_glyph
from indelible.attacks.methods import ATTACKS, Budget, Target
from indelible.attacks.mosaic_cells import read_cells
from indelible.attacks.mosaic_draw import block_means, plain_font, text_image, texture
from indelible.attacks.mosaic_kernel import KERNELS, sampling_matrix
from indelible.model import Box, Kind, Outcome, Reason

_FONT = plain_font()
pytestmark = pytest.mark.skipif(_FONT is None, reason="no font is installed")


def _font() -> Font:
    assert _FONT is not None
    return _FONT


def _run(image: Image.Image, box: Box, seconds: float = 600.0, kind: Kind | None = None):  # type: ignore[no-untyped-def]
    return ATTACKS.get("mosaic_text").run(Target(image=image, box=box, kind=kind), Budget.of(seconds), 0)


@pytest.mark.claim("T-ATK-MOSAIC")
@pytest.mark.claim("T-ATK-OCR")
def test_digits_are_read_and_their_making_is_estimated() -> None:
    image, box = text_image("7302946158", _font(), 26, margin=7)
    result = _run(block_means(image, box, 9, (4, 2)), box)

    assert result.outcome is Outcome.BROKEN
    assert result.guesses[0].text == "7302946158"
    assert result.guesses[0].posterior > 0.9
    assert result.estimated["block"] == pytest.approx((9, 9))
    assert result.estimated["phase"] == pytest.approx((4, 2))
    assert (result.estimated["averaging"], result.estimated["font"]) == ("srgb", _font().name)
    assert result.estimated["size"] == pytest.approx(26, abs=0.5)
    assert "7302946158" not in repr(result)


def test_letters_light_on_dark_are_read() -> None:
    image, box = text_image("Ruhgom4x", _font(), 24, paper=0, ink=255)
    result = _run(block_means(image, box, 6, (1, 1)), box)

    assert (result.outcome, result.guesses[0].text) == (Outcome.BROKEN, "Ruhgom4x")


def test_two_lines_are_read_one_after_the_other() -> None:
    first, box = text_image("3141", _font(), 22)
    second, _ = text_image("2718", _font(), 22)
    image = Image.new("RGB", (first.width, 2 * first.height - 48), (255, 255, 255))
    image.paste(first, (0, 0))
    image.paste(second.crop((0, 24, second.width, second.height)), (0, first.height - 24 + 4))
    both = Box(box.x, box.y, box.width, image.height - 2 * box.y)
    result = _run(block_means(image, both, 7, (3, 1)), both)

    assert (result.outcome, result.guesses[0].text) == (Outcome.BROKEN, "3141\n2718")


def test_a_mosaic_of_texture_is_not_read() -> None:
    image = texture(3, 200, 90)
    box = Box(30, 20, 130, 40)
    result = _run(block_means(image, box, 10), box, seconds=20)

    assert result.outcome is Outcome.INCONCLUSIVE
    assert all(guess.posterior < 0.5 for guess in result.guesses)


@pytest.mark.claim("T-ATK-MOSAIC")
def test_one_cell_over_the_text_holds() -> None:
    target = ATTACKS.get("mosaic_text").held_one()
    result = ATTACKS.get("mosaic_text").run(target, Budget.of(60), 3)

    assert result.outcome is Outcome.HELD
    assert result.interval is not None and result.interval[1] < 0.05
    assert result.leaked_bits is not None and result.leaked_bits <= 8


def test_the_bound_in_time_holds_and_is_said() -> None:
    image, box = text_image("unreadable words here", _font(), 30)
    hidden = block_means(image, box, 40, (11, 7))
    began = time.monotonic()
    result = _run(hidden, box, seconds=0.0)

    assert (result.outcome, result.why) == (Outcome.INCONCLUSIVE, Reason.BUDGET_CUT)
    assert time.monotonic() - began < 3.0


@pytest.mark.parametrize("kind", ["point", "border", "outside", "noise", "jpeg", "all over", "flat"])
def test_hostile_regions_are_taken_calmly(kind: str) -> None:
    rng = np.random.default_rng(1)
    noise = Image.fromarray(rng.integers(0, 256, (60, 90, 3), dtype=np.uint8))
    box = {"point": Box(5, 5, 1, 1), "border": Box(70, 40, 60, 60), "outside": Box(500, 500, 9, 9)}.get(
        kind, Box(0, 0, 90, 60)
    )
    image = noise
    if kind == "jpeg":
        file = io.BytesIO()
        noise.save(file, "JPEG", quality=10)
        image = Image.open(file).convert("RGB")
    elif kind == "all over":
        image = block_means(noise, Box(0, 0, 90, 60), 6)
    elif kind == "flat":
        image = Image.new("RGB", (90, 60), (120, 120, 120))
    result = _run(image, box, seconds=3)

    assert result.outcome in (Outcome.INCONCLUSIVE, Outcome.NOT_APPLICABLE, Outcome.HELD)
    assert not any(guess.posterior >= 0.5 for guess in result.guesses)


def test_a_face_is_none_of_its_business() -> None:
    image, box = text_image("123456", _font(), 24)

    assert _run(block_means(image, box, 8), box, kind=Kind.FACE).outcome is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(("width", "block"), [(120, 8.0), (117, 9.75), (143, 11.0)])
def test_cells_of_a_shrunk_region_are_found(width: int, block: float) -> None:
    image, _ = text_image("Grid 0815 text", _font(), 30, margin=12)
    part = image.crop((24, 24, 24 + width, 24 + 44))
    small = part.resize((round(width / block), 4), Image.Resampling.BOX)
    grid = read_cells(np.asarray(small.resize(part.size, Image.Resampling.NEAREST)), lossy=False)

    assert grid is not None
    assert grid.block == pytest.approx((block, 11.0), abs=0.05)


@pytest.mark.parametrize(("width", "cells"), [(206, 17), (203, 15), (311, 23)])
def test_a_region_that_lost_its_last_cell_keeps_the_cells_that_are_seen(width: int, cells: int) -> None:
    """A blank last cell does not stand out from the paper, so the region is found without it."""
    rng = np.random.default_rng(width)
    small = Image.fromarray(rng.integers(0, 256, (3, cells, 3), dtype=np.uint8))
    part = np.asarray(small.resize((width, 46), Image.Resampling.NEAREST))[:, : round(width / cells * (cells - 1))]
    grid = read_cells(part, lossy=False)

    assert grid is not None
    changes = np.flatnonzero(np.abs(np.diff(part.astype(int), axis=1)).max(axis=(0, 2))) + 1
    assert np.abs(grid.across[1:-1] - changes).max() < 0.51
    assert grid.block[0] == pytest.approx(width / cells, abs=0.05)


@pytest.mark.parametrize(("height", "rows"), [(39, 8), (29, 4), (38, 4), (34, 5)])
@pytest.mark.parametrize("enlarge", ["pillow", "opencv"])
def test_cells_that_end_within_a_pixel_are_where_they_were_computed(height: int, rows: int, enlarge: str) -> None:
    """Programs disagree about the pixel on an edge; what was averaged does not depend on which cell shows it."""
    import cv2

    cells = np.random.default_rng(height).integers(0, 256, (rows, 9, 3), dtype=np.uint8)
    if enlarge == "pillow":
        part = np.asarray(Image.fromarray(cells).resize((65, height), Image.Resampling.NEAREST))
    else:
        part = np.asarray(cv2.resize(cells, (65, height), interpolation=cv2.INTER_NEAREST))
    grid = read_cells(part, lossy=False)

    assert grid is not None
    assert grid.down == pytest.approx(np.linspace(0, height, rows + 1))
    assert grid.colours == pytest.approx(cells.astype(float))


@pytest.mark.parametrize("size", [26, 33, 40])
@pytest.mark.parametrize("sigma", [2.0, 3.5, 5.0, 8.0])
def test_a_blurred_line_is_no_mosaic(size: int, sigma: float) -> None:
    """Equal parts explain soft letters too, where they are as wide; what they lack are edges."""
    from PIL import ImageFilter

    image, box = text_image("R-ZH 1620", _font(), size, margin=14)
    part = image.crop(box.corners).filter(ImageFilter.GaussianBlur(sigma))

    assert read_cells(np.asarray(part), lossy=False) is None


@pytest.mark.parametrize("kernel", KERNELS)
def test_every_kernel_is_a_mean(kernel: str) -> None:
    weights = sampling_matrix(np.linspace(0, 50, 8), 50, kernel, 10)  # type: ignore[arg-type]

    assert weights.sum(axis=1) == pytest.approx(1)
    assert (weights >= 0).all()


def test_fonts_are_listed_once_and_in_order() -> None:
    fonts = installed_fonts()

    assert list(fonts) == sorted(fonts)
    assert len({font.name for font in fonts}) == len(fonts)
    assert all(font.path not in repr(font) for font in fonts)


def test_a_glyph_set_draws_what_pillow_draws() -> None:
    font = _font()
    face = ImageFont.truetype(font.path, 22, index=font.index)
    drawn = Image.new("L", (60, 40))
    ImageDraw.Draw(drawn).text((10, 30), "g", fill=255, font=face, anchor="ls")
    glyph = hinted_glyph(font, 22, "g")
    rows, columns = glyph.ink.shape
    part = np.asarray(drawn)[30 + glyph.top : 30 + glyph.top + rows, 10 + glyph.left : 10 + glyph.left + columns]

    assert np.abs(part / 255 - glyph.ink).max() < 0.01
    moved = outline_glyph(font, 22, "g", "none", x=0.5, y=0.25)
    assert moved.ink.sum() == pytest.approx(outline_glyph(font, 22, "g", "none").ink.sum(), rel=1e-2)
    across = np.arange(moved.ink.shape[1]) + moved.left
    still = outline_glyph(font, 22, "g", "none")
    middle = (still.ink.sum(axis=0) * (np.arange(still.ink.shape[1]) + still.left)).sum() / still.ink.sum()
    assert (moved.ink.sum(axis=0) * across).sum() / moved.ink.sum() == pytest.approx(middle + 0.5, abs=0.02)
    assert outline_glyph(font, 22, " ", "height").ink.size == 0
    glyphs = glyph_set(font, 22, "gx", "fine")
    assert glyphs.ink.shape[0] == glyphs.phases == 4
    assert glyphs.advance[0] == pytest.approx(22 * designed_advance(font, "g"))
