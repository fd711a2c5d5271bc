"""Which blur it was, whatever it covers; and a region that is a crop of soft nature is called none."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from indelible.attacks.blur_answer import EXPLAINED
from indelible.attacks.blur_family import families
from indelible.attacks.blur_ink import ROUNDING, ink_of
from indelible.attacks.blur_kernels import (
    BOX,
    BROWSER,
    DISC,
    GAUSSIANS,
    MOTION,
    PILLOW,
    RESAMPLE,
    STACK,
    Kernel,
    apply,
    of_sigma,
)  # fmt: skip
from indelible.attacks.blur_proof import SAME, difference
from indelible.attacks.blur_region import find_blurred
from indelible.attacks.blur_target import plain_font, why_not_blurred
from indelible.attacks.blur_text import read_line
from indelible.attacks.fonts import Font
from indelible.attacks.methods import Target
from indelible.model import Box


def _line(
    text: str, font: Font, margin: int, ink: object = 0, paper: object = 255, mode: str = "L", size: int = 24
) -> np.ndarray:
    face = ImageFont.truetype(font.path, size, index=font.index)
    ascent, descent = face.getmetrics()
    image = Image.new(mode, (int(face.getlength(text)) + 2 * margin, ascent + descent + 2 * margin), paper)  # type: ignore[arg-type]
    ImageDraw.Draw(image).text((margin, margin + ascent), text, font=face, fill=ink, anchor="ls")  # type: ignore[arg-type]
    return np.asarray(image)


@pytest.mark.parametrize(
    "kernel",
    [
        Kernel(family=PILLOW, width=4),
        of_sigma(BROWSER, 5.0),
        Kernel(family=BOX, width=8),
        Kernel(family=STACK, width=9),
        Kernel(family=DISC, width=6),
        Kernel(family=MOTION, width=14, angle=30),
        Kernel(family=RESAMPLE, width=6.0),
    ],
    ids=lambda kernel: str(kernel.family),
)
def test_each_family_is_told_from_the_others_with_its_width(kernel: Kernel) -> None:
    pixels = apply(kernel, _line("which blur was this", plain_font("Sans"), 30))
    found = families(pixels.astype(float), ROUNDING)[0].kernel
    assert found.family == kernel.family or {found.family, kernel.family} <= set(GAUSSIANS)
    assert found.sigma == pytest.approx(kernel.sigma, rel=0.05)


def test_the_right_text_blurred_again_is_the_region_itself_and_a_neighbour_is_not() -> None:
    font, kernel = plain_font("Mono"), Kernel(family=PILLOW, width=9.3)
    clear, other = (_line(text, font, 30) for text in ("40718", "40713"))
    ink = ink_of(apply(kernel, clear))
    assert ink is not None
    assert difference(ink, 1 - clear / 255, kernel)[0] < SAME / 5
    assert difference(ink, 1 - other / 255, kernel)[0] > 3 * SAME


def test_a_width_that_is_off_a_little_is_found_by_the_proof() -> None:
    clear = _line("40718", plain_font("Mono"), 30)
    ink = ink_of(apply(Kernel(family=PILLOW, width=7.37), clear))
    assert ink is not None
    apart, width = difference(ink, 1 - clear / 255, Kernel(family=PILLOW, width=7.375))
    assert apart < SAME
    assert width == pytest.approx(7.37, rel=1e-3)


@pytest.mark.parametrize(
    ("ink", "paper"),
    [((20, 40, 160), (255, 244, 200)), ((230, 230, 90), (40, 60, 50)), ((60, 60, 60), (250, 250, 250))],
)
def test_text_of_any_colour_on_plain_ground_is_read(ink: tuple[int, int, int], paper: tuple[int, int, int]) -> None:
    font, kernel = plain_font("Mono"), Kernel(family=PILLOW, width=4.0)
    pixels = apply(kernel, _line("40718", font, 14, ink, paper, "RGB"))
    region = ink_of(pixels)
    assert region is not None
    found = read_line(region, kernel=kernel, fonts=[font], sizes=[24.0], kinds=["digits"])
    assert found.readings[0][0] == "40718"
    assert found.fit < EXPLAINED


def test_a_box_blur_is_no_mosaic() -> None:
    pixels = apply(Kernel(family=BOX, width=10), _line("40718 street", plain_font("Sans"), 22))
    assert why_not_blurred(Target(image=Image.fromarray(pixels))) is None


def test_a_blurred_word_alone_on_paper_is_found_and_a_soft_moon_is_not() -> None:
    page = Image.new("L", (480, 260), 255)
    face = ImageFont.truetype(plain_font("Sans").path, 22)
    for row, text in ((20, "a line of text that can be read"), (200, "and another line below it")):
        ImageDraw.Draw(page).text((20, row), text, font=face, fill=0)
    assert find_blurred(page) == ()
    word = page.copy()
    ImageDraw.Draw(word).text((120, 105), "blurred word", font=face, fill=0)
    soft = np.asarray(word).copy()
    soft[85:150, 100:300] = apply(Kernel(family=PILLOW, width=4), soft)[85:150, 100:300]
    box = Box(112, 98, 150, 40)
    assert any(
        (part := one.intersection(box)) is not None and part.area > 0.7 * box.area
        for one in find_blurred(Image.fromarray(soft))
    )
    yy, xx = np.mgrid[:260, :480]
    moon = 40 + 150 * np.exp(-(((yy - 130) / 60.0) ** 2) - ((xx - 240) / 60.0) ** 2)
    moon += np.random.default_rng(0).normal(0, 1.5, moon.shape)
    assert find_blurred(Image.fromarray(moon.clip(0, 255).astype(np.uint8))) == ()
