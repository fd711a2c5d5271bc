"""Blocks are counted in the published pixels: more than six across break, whatever the plan says."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from indelible.model import Box, Kind, Outcome
from indelible.verify import samples
from indelible.verify.checks import CHECKS, decide

BOX = Box(17, 23, 130, 160)


def _mosaic(blocks: int, box: Box = BOX) -> Image.Image:
    """Block means, square cells, real-valued cell edges rounded to pixels."""
    image = samples.texture(176, 208, 9)
    pixels = np.array(image)
    part = pixels[box.y : box.bottom, box.x : box.right].astype(float)
    cell = min(box.width, box.height) / blocks
    rows = np.round(np.arange(0, box.height, cell)).astype(int)
    columns = np.round(np.arange(0, box.width, cell)).astype(int)
    for top, bottom in zip(rows, [*rows[1:], box.height], strict=True):
        for left, right in zip(columns, [*columns[1:], box.width], strict=True):
            part[top:bottom, left:right] = part[top:bottom, left:right].mean(axis=(0, 1))
    pixels[box.y : box.bottom, box.x : box.right] = np.round(part)
    return Image.fromarray(pixels)


def _channels(published: bytes, blocks: int = 6, method: str = "mosaic/1") -> list[str]:
    region = samples.region(BOX, method=method, kind=Kind.FACE, blocks=blocks)
    return [f.channel for f in CHECKS.get("pixels.mosaic").run(samples.subject(published, [region])).findings]


def test_controls_come_out_as_they_must() -> None:
    """Twenty-four blocks that are declared as six break; six hold."""
    check = CHECKS.get("pixels.mosaic")

    assert decide(check.run(check.leaking())) is Outcome.BROKEN
    assert decide(check.run(check.clean())) is Outcome.HELD


@pytest.mark.parametrize("blocks", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize("quality", [None, 90])
@pytest.mark.claim("T-ATK-MOSAIC")
def test_coarse_mosaics_hold(blocks: int, quality: int | None) -> None:
    """In PNG and behind a JPEG encoder."""
    image = _mosaic(blocks)
    data = samples.encoded(image) if quality is None else samples.encoded(image, "jpeg", quality=quality)

    assert _channels(data) == []


@pytest.mark.parametrize("blocks", [8, 10, 13, 20])
@pytest.mark.parametrize("quality", [None, 90, 75])
@pytest.mark.parametrize("method", ["mosaic/1", "unknown"])
@pytest.mark.claim("T-ATK-MOSAIC")
def test_fine_mosaics_break(blocks: int, quality: int | None, method: str) -> None:
    """Declared as six, or found by searching."""
    image = _mosaic(blocks)
    data = samples.encoded(image) if quality is None else samples.encoded(image, "jpeg", quality=quality)

    assert _channels(data, method=method) != []


def test_more_blocks_than_declared_break() -> None:
    """A plan of three that became six."""
    assert _channels(samples.encoded(_mosaic(6)), blocks=3) == ["region.mosaic_too_fine"]


def test_a_mosaic_that_is_none_breaks() -> None:
    """The untouched picture, declared as a mosaic."""
    assert _channels(samples.encoded(samples.texture(176, 208, 9))) == ["region.mosaic_not_found"]


def test_solid_regions_are_not_its_business() -> None:
    """Not applicable without a mosaic."""
    subject = samples.subject(samples.encoded(_mosaic(6)), [samples.region(BOX)])

    assert CHECKS.get("pixels.mosaic").applies(subject) == "no_mosaic"
