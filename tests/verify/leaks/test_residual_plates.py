"""A plate that is left is read by a second detector; pages, signs and textures stay silent."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from indelible.model import Box, Kind, Outcome, Policy
from indelible.verify import samples
from indelible.verify.checks import CHECKS, decide
from indelible.verify.leaks.residual_plates import find_plates, is_registration

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples"


def test_controls_come_out_as_they_must() -> None:
    """A plate on a bonnet breaks, the same one filled holds."""
    check = CHECKS.get("residual.plates")
    leaking = check.run(check.leaking())

    assert decide(leaking) is Outcome.BROKEN
    assert [(f.rule, f.channel) for f in leaking.findings] == [("L424", "residual.plate")]
    assert decide(check.run(check.clean())) is Outcome.HELD


def _panel(text: str, paper: int, ink: int, angle: float) -> Image.Image:
    image = Image.new("L", (420, 240), 90)
    draw = ImageDraw.Draw(image)
    draw.rectangle((100, 90, 320, 140), fill=paper)
    draw.text((210, 115), text, fill=ink, font=ImageFont.load_default(size=38), anchor="mm")
    return image.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=90)


@pytest.mark.parametrize(
    ("paper", "ink", "angle"), [(235, 20, 0), (235, 20, 7), (10, 240, 0)], ids=["dark", "tilted", "light"]
)
def test_dark_and_light_and_tilted_plates_are_read(paper: int, ink: int, angle: float) -> None:
    """Either polarity."""
    (box,) = find_plates(_panel("MT 4562 BJ", paper, ink, angle))

    assert box.intersection(Box(100, 80, 221, 71)) is not None


def test_a_word_on_the_same_panel_is_no_plate() -> None:
    """A sign."""
    assert find_plates(_panel("PARKING", 235, 20, 0)) == ()


def test_the_same_text_on_a_page_is_no_plate() -> None:
    """Paper that does not end above and below the line."""
    page = samples.page(["Order of the day", "MT 4562 BJ", "KF 2847 TR", "Total 12"], size=(420, 240), text_px=34)

    assert find_plates(page) == ()


@pytest.mark.parametrize("text", ["RK755AJ", "BZM2227", "1B75790", "6PGM335", "FW266LM", "RKS59AF"])
def test_registrations(text: str) -> None:
    """As issued, and with a digit misread."""
    assert is_registration(text)


@pytest.mark.parametrize("text", ["PARKING", "20140512", "CA000000", "1234", "AB1", "", "Total12"])
def test_no_registrations(text: str) -> None:
    """Words, dates, numbers of papers."""
    assert not is_registration(text)


def test_it_runs_only_where_plates_are_in_the_policy() -> None:
    """A policy without plates does not ask."""
    subject = samples.subject(samples.encoded(samples.texture(64, 64, 1)), policy=Policy(kinds=(Kind.FACE,)))

    assert CHECKS.get("residual.plates").applies(subject) == "kind_not_in_policy"


@pytest.mark.parametrize("size", [(1, 1), (5000, 2), (2, 5000), (40, 40)])
def test_odd_pictures_pass(size: tuple[int, int]) -> None:
    """Nothing there, nothing found."""
    assert find_plates(Image.new("L", size)) == ()


def test_noise_stays_silent() -> None:
    """Thousands of blobs, and an answer."""
    noise = np.random.default_rng(5).integers(0, 256, (400, 600), dtype=np.uint8)

    assert find_plates(Image.fromarray(noise)) == ()


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared samples are not here")
def test_pictures_without_plates_stay_silent() -> None:
    """Each false hit would refuse a certificate."""
    files = sorted((SAMPLES / "negatives").glob("*.[jp]*g"))[::3]

    assert [file.name for file in files if find_plates(Image.open(file).convert("RGB"))] == []
