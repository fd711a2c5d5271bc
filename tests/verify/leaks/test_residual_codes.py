"""A code that is left is found by a second finder; fences and textures stay silent."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from indelible.model import Box, Kind, Outcome, Policy
from indelible.verify import samples
from indelible.verify.checks import CHECKS, decide
from indelible.verify.leaks.residual_codes import find_codes

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples"


def _ean13() -> Image.Image:
    """Bars of the EAN-13 4006381333931 (GS1 General Specifications), 3 px a module, with quiet zones."""
    left = ["0001101", "0100111", "0101111", "0111101", "0001001", "0110011"]  # 0 0 6 3 8 1 as L G L L G G
    right = ["1000010", "1000010", "1000010", "1110100", "1000010", "1100110"]  # 3 3 3 9 3 1
    bits = "101" + "".join(left) + "01010" + "".join(right) + "101"
    row = np.repeat(np.array([0 if bit == "1" else 255 for bit in bits], np.uint8), 3)
    page = np.full((200, len(row) + 120), 255, np.uint8)
    page[40:160, 60 : 60 + len(row)] = row
    return Image.fromarray(page).convert("RGB").filter(ImageFilter.GaussianBlur(0.8))


def test_controls_come_out_as_they_must() -> None:
    """A QR code breaks, the same one filled holds."""
    check = CHECKS.get("residual.codes")
    leaking = check.run(check.leaking())

    assert decide(leaking) is Outcome.BROKEN
    assert [(f.rule, f.channel) for f in leaking.findings] == [("L423", "residual.code")]
    assert decide(check.run(check.clean())) is Outcome.HELD


def test_a_bar_code_is_found_and_under_a_fill_it_does_not_count() -> None:
    """One-dimensional codes as well."""
    image = _ean13()
    check = CHECKS.get("residual.codes")
    box = Box(50, 30, 310, 140)
    filled = image.copy()
    filled.paste((0, 0, 0), box.corners)

    assert decide(check.run(samples.subject(samples.encoded(image)))) is Outcome.BROKEN
    region = samples.region(box, kind=Kind.CODE)
    assert decide(check.run(samples.subject(samples.encoded(filled), [region]))) is Outcome.HELD


def test_a_fence_is_no_code() -> None:
    """Regular uprights with a little noise."""
    rng = np.random.default_rng(1)
    fence = np.tile(np.repeat([60, 200], 9), 20)[None, :].repeat(240, axis=0) + rng.integers(-20, 21, (240, 360))
    image = Image.fromarray(np.clip(fence, 0, 255).astype(np.uint8))

    assert find_codes(image) == ()


def test_it_runs_only_where_codes_are_in_the_policy() -> None:
    """A policy without codes does not ask."""
    subject = samples.subject(samples.encoded(samples.texture(64, 64, 1)), policy=Policy(kinds=(Kind.FACE,)))

    assert CHECKS.get("residual.codes").applies(subject) == "kind_not_in_policy"


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared samples are not here")
def test_pictures_without_codes_stay_silent() -> None:
    """Each false hit would refuse a certificate."""
    files = sorted((SAMPLES / "negatives").glob("*.[jp]*g"))

    assert [file.name for file in files if find_codes(Image.open(file).convert("RGB"))] == []
