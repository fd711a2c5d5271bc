"""A solid region is constant to the last level of the last pixel, or the check breaks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image, ImageDraw, ImageFont

from indelible.model import Box, Evidence, Kind, Outcome, Region, RegionEvidence
from indelible.verify import samples
from indelible.verify.checks import CHECKS, decide
from indelible.verify.subject import Subject

BOX = Box(20, 16, 32, 24)


def _outcome(subject: Subject) -> Outcome:
    return decide(CHECKS.get("pixels.fill").run(subject))


def _filled(*boxes: Box, colours: tuple[tuple[int, int, int], ...] = ((0, 0, 0),)) -> Image.Image:
    image = samples.texture(96, 80, 1)
    for number, box in enumerate(boxes):
        image.paste(colours[number % len(colours)], box.corners)
    return image


def test_controls_come_out_as_they_must() -> None:
    """One level of residue breaks; the same area filled holds."""
    check = CHECKS.get("pixels.fill")

    assert _outcome(check.leaking()) is Outcome.BROKEN
    assert _outcome(check.clean()) is Outcome.HELD


@pytest.mark.parametrize("pixel", [(20, 16), (51, 39), (30, 39), (35, 25)])
@pytest.mark.parametrize("plane", [0, 1, 2])
def test_one_level_of_one_pixel_breaks(pixel: tuple[int, int], plane: int) -> None:
    """Corners, edges and the middle, in each plane."""
    image = _filled(BOX)
    colour = [0, 0, 0]
    colour[plane] = 1
    image.putpixel(pixel, tuple(colour))

    observation = CHECKS.get("pixels.fill").run(samples.subject(samples.encoded(image), [samples.region(BOX)]))

    assert [(f.rule, f.channel, f.where) for f in observation.findings] == [
        ("L403", "region.not_constant", "region r1")
    ]
    assert observation.why == "R-PIXEL-RESIDUE"


def test_overlapping_fills_of_two_colours_hold() -> None:
    """Each is flat but for the other one, which is flat as well."""
    other = Box(40, 30, 30, 30)
    image = _filled(BOX, other, colours=((0, 0, 0), (200, 10, 10)))
    regions = [samples.region(BOX), samples.region(other, name="r2")]

    assert _outcome(samples.subject(samples.encoded(image), regions)) is Outcome.HELD
    image.putpixel((45, 35), (199, 10, 10))
    assert _outcome(samples.subject(samples.encoded(image), regions)) is Outcome.BROKEN


def test_a_planned_box_that_was_not_wholly_filled_breaks() -> None:
    """The redactor says that its area is flat, and it is; but it is one pixel short of what was asked for."""
    original = samples.encoded(samples.texture(96, 80, 1))
    subject = samples.subject(
        samples.encoded(_filled(BOX)),
        [samples.region(BOX)],
        plan=samples.plan_for(original, [Box(BOX.x, BOX.y, BOX.width + 1, BOX.height)]),
    )

    assert [f.channel for f in CHECKS.get("pixels.fill").run(subject).findings] == ["region.short"]
    assert _outcome(replace(subject, plan=samples.plan_for(original, [BOX]))) is Outcome.HELD


def test_a_found_area_in_a_foreign_jpeg_is_examined_inside_only() -> None:
    """The codec rings at an unaligned edge of a perfect fill; a translucent cover shows inside."""
    box = Box(21, 13, 61, 55)
    found = samples.region(box, method="unknown")
    honest = samples.encoded(_filled(box), "jpeg", quality=85)
    cover = samples.texture(96, 80, 1)
    cover.paste(Image.blend(cover.crop(box.corners), Image.new("RGB", (box.width, box.height)), 0.9), box.corners)

    assert _outcome(samples.subject(honest, [found])) is Outcome.HELD
    assert _outcome(samples.subject(honest, [samples.region(box)])) is Outcome.BROKEN
    assert _outcome(samples.subject(samples.encoded(cover, "jpeg", quality=85), [found])) is Outcome.BROKEN


def test_without_solid_regions_there_is_nothing_to_say() -> None:
    """No region, or a mosaic only."""
    check = CHECKS.get("pixels.fill")
    data = samples.encoded(samples.texture(64, 64, 2))
    mosaic = samples.region(Box(8, 8, 30, 30), method="mosaic/1", kind=Kind.FACE, blocks=6)

    assert check.applies(samples.subject(data)) == "no_regions"
    assert check.applies(samples.subject(data, [mosaic])) == "no_solid"


def test_a_region_outside_the_picture_is_inconclusive() -> None:
    """What cannot be looked at has not been shown."""
    subject = samples.subject(samples.encoded(_filled(BOX)), [samples.region(Box(80, 60, 40, 40))])

    assert _outcome(subject) is Outcome.INCONCLUSIVE


def test_a_found_bar_with_a_caption_is_no_residue() -> None:
    """White letters on a dark bar were put there; one level of difference was not."""
    page = Image.new("RGB", (400, 200), (250, 250, 252))
    page.paste((20, 22, 28), (40, 60, 360, 110))
    plain = page.copy()
    ImageDraw.Draw(page).text((60, 75), "Inbox", fill="white", font=ImageFont.load_default(size=14))
    plain.paste((21, 22, 28), (60, 75, 100, 90))
    found = RegionEvidence(
        id="f1",
        kind=Kind.CUSTOM,
        region=Region(box=Box(40, 60, 320, 50)),
        evidence=Evidence.UNKNOWN,
        method="unknown",
        source="found",
    )

    assert _outcome(samples.subject(samples.encoded(page), [found])) is Outcome.HELD
    assert _outcome(samples.subject(samples.encoded(plain), [found])) is Outcome.BROKEN
