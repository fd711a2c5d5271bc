"""A signature that is left is seen by a second look that reads nothing; print, stamps and filled pages stay silent."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from indelible.model import Box, Kind, Outcome, Policy
from indelible.verify import samples
from indelible.verify.checks import CHECKS, decide
from indelible.verify.leaks.residual_signatures import find_scrawls

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples"
PLACE = Box(110, 420, 260, 130)


def page(scrawl: bool, width: int = 2, extra: str = "") -> Image.Image:
    image = Image.new("RGB", (700, 640), "white")
    pen = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=20)
    for row in range(9):
        pen.text((60, 40 + 36 * row), "the parties agree that this contract is made", fill="black", font=font)
    if scrawl:
        t = np.linspace(0, 1, 600)
        x, y = 150 + 180 * t + 26 * np.sin(25 * t), 480 + 38 * np.cos(25 * t) * (1 - 0.5 * t)
        pen.line(list(zip(x.tolist(), y.tolist(), strict=True)), fill=(20, 30, 120), width=width)
    if extra == "stamp":
        for radius in (60, 80):
            pen.ellipse((480 - radius, 500 - radius, 480 + radius, 500 + radius), outline=(150, 20, 30), width=4)
        for step in range(18):
            angle = step * math.tau / 18
            pen.text((474 + 69 * math.cos(angle), 490 + 69 * math.sin(angle)), "A", fill=(150, 20, 30), font=font)
    if extra == "table":
        for line in range(5):
            pen.line((60, 400 + 40 * line, 640, 400 + 40 * line), fill="black", width=2)
            pen.line((60 + 145 * line, 400, 60 + 145 * line, 560), fill="black", width=2)
    return image


def test_controls_come_out_as_they_must() -> None:
    """A scrawl breaks, the same one filled holds."""
    check = CHECKS.get("residual.signatures")
    leaking = check.run(check.leaking())

    assert decide(leaking) is Outcome.BROKEN
    assert {(f.rule, f.channel) for f in leaking.findings} == {("L425", "residual.signature")}
    assert decide(check.run(check.clean())) is Outcome.HELD


def test_a_signature_is_seen_and_under_a_fill_it_does_not_count() -> None:
    """Whatever the locator thought of it."""
    image = page(scrawl=True)
    check = CHECKS.get("residual.signatures")
    filled = image.copy()
    filled.paste((0, 0, 0), PLACE.corners)

    assert decide(check.run(samples.subject(samples.encoded(image)))) is Outcome.BROKEN
    region = samples.region(PLACE, kind=Kind.SIGNATURE)
    assert decide(check.run(samples.subject(samples.encoded(filled), [region]))) is Outcome.HELD


@pytest.mark.parametrize("extra", ["", "stamp", "table"])
def test_a_page_without_a_pen_stays_silent(extra: str) -> None:
    """A false hit refuses a certificate."""
    assert find_scrawls(page(scrawl=False, extra=extra)) == ()


def test_a_drawing_that_is_no_page_stays_silent() -> None:
    """A winding line alone is no signature on a document; nor is noise."""
    noise = np.random.default_rng(3).integers(0, 256, (300, 300), dtype=np.uint8)

    assert find_scrawls(Image.fromarray(noise)) == ()
    assert find_scrawls(Image.new("RGB", (1, 1))) == ()
    assert find_scrawls(Image.new("L", (3000, 20), 255)) == ()


def test_it_runs_only_where_signatures_are_in_the_policy() -> None:
    """A policy without signatures does not ask."""
    subject = samples.subject(samples.encoded(samples.texture(64, 64, 1)), policy=Policy(kinds=(Kind.FACE,)))

    assert CHECKS.get("residual.signatures").applies(subject) == "kind_not_in_policy"


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared samples are not here")
def test_pictures_without_signatures_stay_silent() -> None:
    """None of the pictures that show no page."""
    files = sorted((SAMPLES / "negatives").glob("*.[jp]*g"))

    assert [file.name for file in files if find_scrawls(Image.open(file).convert("RGB"))] == []
