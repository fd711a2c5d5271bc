"""Blur: the kernels are the libraries' own, text is read through them, and what is no blurred text stays unread."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from indelible.attacks.blur_answer import EXPLAINED
from indelible.attacks.blur_identify import identify_text
from indelible.attacks.blur_ink import ink_of
from indelible.attacks.blur_kernels import (
    BOX,
    BROWSER,
    DISC,
    GAUSSIAN,
    MOTION,
    OPENCV,
    PILLOW,
    REFLECT_101,
    RESAMPLE,
    Kernel,
    apply,
    axis_terms,
    of_sigma,
)  # fmt: skip
from indelible.attacks.blur_region import find_blurred
from indelible.attacks.blur_target import drawn_text, plain_font, why_not_blurred
from indelible.attacks.blur_text import read_line
from indelible.attacks.methods import ATTACKS, Budget, Target
from indelible.model import Box, Outcome, Reason

KERNELS = [
    Kernel(family=PILLOW, width=5.3),
    Kernel(family=BOX, width=4.5),
    Kernel(family=OPENCV, width=5, edge=REFLECT_101),
    Kernel(family=OPENCV, width=12, size=31, edge=REFLECT_101),
    Kernel(family=BROWSER, width=6),
    Kernel(family=GAUSSIAN, width=3),
    Kernel(family=DISC, width=6),
    Kernel(family=MOTION, width=11, angle=30),
    Kernel(family=RESAMPLE, width=5.0),
]


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.family)
def test_the_matrices_are_the_librarys_own_blur_but_for_rounding(kernel: Kernel) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (60, 90)).astype(np.uint8)
    rendered = sum(down @ picture @ across.T for down, across in axis_terms(kernel, 60, 90))
    assert float(np.std(apply(kernel, picture) - rendered)) < 0.45


@pytest.mark.parametrize("family", [PILLOW, OPENCV, BOX])
def test_the_width_of_a_blur_over_text_is_found_within_five_per_cent(family: str) -> None:
    kernel = of_sigma(family, 8.0)
    image = drawn_text("kernel width", plain_font("Sans"), 24, kernel, margin=24)
    ink = ink_of(np.asarray(image))
    assert ink is not None
    found = identify_text(ink.ink, ink.noise)
    assert found is not None
    assert found.kernel.sigma == pytest.approx(kernel.sigma, rel=0.05)


@pytest.mark.parametrize("name", ["deblur_discrete", "deblur_continuous", "deblur_box_exact"])
@pytest.mark.claim("T-ATK-DEBLUR")
def test_the_controls_of_each_attack(name: str) -> None:
    one = ATTACKS.get(name)
    assert one.run(one.broken_one(), Budget(), 0).outcome is Outcome.BROKEN
    held = one.run(one.held_one(), Budget(), 0)
    assert held.outcome in (Outcome.HELD, Outcome.INCONCLUSIVE, Outcome.NOT_APPLICABLE)
    assert not any(guess.posterior >= 0.5 for guess in held.guesses)


def test_a_wrong_kernel_explains_nothing() -> None:
    font = plain_font("Mono")
    ink = ink_of(np.asarray(drawn_text("40718", font, 24, Kernel(family=PILLOW, width=6.5), margin=16)))
    assert ink is not None
    found = read_line(ink, kernel=Kernel(family=PILLOW, width=9.0), fonts=[font], sizes=[24.0], kinds=["digits"])
    assert found.fit > EXPLAINED
    assert not found.readings or found.readings[0][1] < 0.5


@pytest.mark.parametrize("name", ["deblur_discrete", "deblur_continuous", "deblur_box_exact"])
@pytest.mark.parametrize("kind", ["pixel", "outside", "noise", "black"])
def test_hostile_regions_raise_nothing(name: str, kind: str) -> None:
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 256, (40, 60)).astype(np.uint8))
    target = {
        "pixel": Target(image=noise, box=Box(3, 3, 1, 1)),
        "outside": Target(image=noise, box=Box(30, 20, 500, 500)),
        "noise": Target(image=noise),
        "black": Target(image=Image.new("RGB", (60, 40))),
    }[kind]
    assert ATTACKS.get(name).run(target, Budget.of(10), 0).outcome is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize("name", ["deblur_discrete", "deblur_continuous"])
def test_a_spent_budget_is_said(name: str) -> None:
    one = ATTACKS.get(name)
    found = one.run(one.broken_one(), Budget.of(0.0), 0)
    assert (found.outcome, found.why) == (Outcome.INCONCLUSIVE, Reason.BUDGET_CUT.value)


def _page() -> Image.Image:
    image = Image.new("L", (600, 300), 255)
    face = ImageFont.truetype(plain_font("Sans").path, 22)
    for row in range(10, 290, 30):
        ImageDraw.Draw(image).text((10, row), "the quick brown fox jumps over a lazy dog", font=face, fill=0)
    return image


def test_a_blurred_rectangle_is_found_and_a_sharp_page_is_silent() -> None:
    page = _page()
    assert find_blurred(page) == ()
    box = Box(90, 70, 190, 60)
    pixels = np.asarray(page).copy()
    pixels[70:130, 90:280] = apply(Kernel(family=PILLOW, width=8), pixels)[70:130, 90:280]
    found = find_blurred(Image.fromarray(pixels))
    assert any((part := one.intersection(box)) is not None and part.area > 0.7 * box.area for one in found)


def test_soft_backgrounds_are_no_blurred_rectangles() -> None:
    rng = np.random.default_rng(3)
    soft = Image.fromarray(rng.integers(0, 256, (5, 7), dtype=np.uint8)).resize((420, 300), Image.Resampling.BICUBIC)
    assert find_blurred(soft) == ()


def test_sharp_text_is_not_blurred() -> None:
    assert why_not_blurred(Target(image=drawn_text("sharp", plain_font("Sans"), 24, None, margin=8))) == "not_blurred"
