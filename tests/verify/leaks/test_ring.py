"""Letters that stick out of a covered line are found; whatever else touches a box is not."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from indelible.model import Box, Kind, Outcome
from indelible.verify import samples
from indelible.verify.checks import CHECKS, decide
from indelible.verify.subject import Subject

LINES = ("Account holder and branch", "Philadelphia hbdkl", "Payable within thirty days")
SIZE = (360, 120)


def _page() -> Image.Image:
    return samples.page(LINES, size=SIZE, text_px=22)


def _second_line() -> tuple[int, int]:
    """First and last row of the second line's ink."""
    alone = np.asarray(samples.page(("", LINES[1]), size=SIZE, text_px=22).convert("L")) < 128
    rows = np.flatnonzero(alone.any(axis=1))
    return int(rows[0]), int(rows[-1])


def _outcome(image: Image.Image, box: Box, kind: Kind = Kind.TEXT) -> Outcome:
    subject = samples.subject(samples.encoded(image), [samples.region(box, kind=kind)])
    return decide(CHECKS.get("pixels.ring").run(subject))


def _covered(top: int, bottom: int) -> tuple[Image.Image, Box]:
    image, box = _page(), Box(12, top, 330, bottom - top)
    image.paste((0, 0, 0), box.corners)
    return image, box


def test_controls_come_out_as_they_must() -> None:
    """Ascender tips break; a box with room round the line holds."""
    check = CHECKS.get("pixels.ring")

    assert decide(check.run(check.leaking())) is Outcome.BROKEN
    assert decide(check.run(check.clean())) is Outcome.HELD


@pytest.mark.parametrize("short", [2, 3, 4])
def test_tips_of_ascenders_break(short: int) -> None:
    """A box that begins a few rows too low."""
    first, last = _second_line()

    assert _outcome(*_covered(first + short, last + 3)) is Outcome.BROKEN


def test_a_box_over_the_whole_line_holds() -> None:
    """Neighbouring lines stand apart."""
    first, last = _second_line()

    assert _outcome(*_covered(first - 2, last + 3)) is Outcome.HELD


def test_rulings_that_run_into_the_box_hold() -> None:
    """A table's lines go on."""
    first, last = _second_line()
    image = _page()
    draw = ImageDraw.Draw(image)
    draw.line((0, (first + last) // 2, 359, (first + last) // 2), fill="black", width=2)
    draw.line((200, 0, 200, 119), fill="black", width=2)
    box = Box(12, first - 2, 330, last - first + 5)
    image.paste((0, 0, 0), box.corners)

    assert _outcome(image, box) is Outcome.HELD


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.FACE, Kind.CUSTOM])
def test_photographs_hold(kind: Kind) -> None:
    """There is always something at the edge of a box in a photograph."""
    image = samples.texture(200, 160, 5)
    box = Box(50, 40, 80, 40)
    image.paste((0, 0, 0), box.corners)
    subject = samples.subject(samples.encoded(image), [samples.region(box, kind=kind)])
    check = CHECKS.get("pixels.ring")

    assert check.applies(subject) == ("no_text_region" if kind is Kind.FACE else None)
    assert decide(check.run(subject)) is Outcome.HELD


def _with_original(box: Box, planned: Box) -> Subject:
    image = _page()
    original = samples.encoded(image)
    image.paste((0, 0, 0), box.corners)
    return samples.subject(
        samples.encoded(image),
        [samples.region(box, kind=Kind.TEXT)],
        original=original,
        plan=samples.plan_for(original, [planned], kind=Kind.TEXT),
    )


def test_with_the_original_a_clipped_neighbour_is_told_from_a_tip() -> None:
    """Growth to a coding grid may clip the line above; only ink of the planned line counts."""
    first, last = _second_line()
    grown = Box(12, first - 15, 330, last - first + 20)  # cuts into the first line
    planned = Box(12, first - 1, 330, last - first + 3)
    short = Box(12, first + 3, 330, last - first)
    check = CHECKS.get("pixels.ring")

    assert decide(check.run(_with_original(grown, planned))) is Outcome.HELD
    assert decide(check.run(_with_original(short, planned))) is Outcome.BROKEN


@pytest.mark.parametrize(("box", "outcome"), [
    (Box(24, 40, 144, 22), Outcome.HELD),  # six units of 24, on their grid
    (Box(25, 40, 143, 22), Outcome.BROKEN),  # drawn by hand: its end is where somebody thought the text ends
])  # fmt: skip
def test_what_padding_cuts_at_its_end_is_a_neighbours_letter(box: Box, outcome: Outcome) -> None:
    """With the original at hand; most of the letter lies in the box, and a stroke of it outside."""
    image = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(image)
    draw.text((30, 44), "Ann", fill="black")
    draw.rectangle((160, 48, 169, 57), fill="black")
    original = samples.encoded(image)
    image.paste((90, 90, 90), box.corners)
    subject = samples.subject(
        samples.encoded(image),
        [samples.region(box, kind=Kind.TEXT)],
        original=original,
        plan=samples.plan_for(original, [box], kind=Kind.TEXT),
    )

    assert decide(CHECKS.get("pixels.ring").run(subject)) is outcome


def test_a_line_that_meets_the_label_under_the_writing_holds() -> None:
    """A joint between two bricks that ends at a covered label is part of the wall, whatever the label's colour."""
    image, box = Image.new("RGB", SIZE, (110, 110, 110)), Box(100, 40, 120, 40)
    draw = ImageDraw.Draw(image)
    draw.line((140, 80, 140, 84), fill=(190, 190, 190))
    draw.rectangle((100, 40, 219, 79), fill="white")
    draw.text((110, 50), "Philadel", fill="black")
    original = samples.encoded(image)
    image.paste((0, 0, 0), box.corners)
    subject = samples.subject(
        samples.encoded(image),
        [samples.region(box, kind=Kind.TEXT)],
        original=original,
        plan=samples.plan_for(original, [box], kind=Kind.TEXT),
    )

    assert decide(CHECKS.get("pixels.ring").run(subject)) is Outcome.HELD


def test_a_shadow_at_the_edge_of_a_cover_is_no_letter() -> None:
    """On ground of many shades something dark always touches the box; nothing is said without the original."""
    image = Image.new("L", SIZE, 130)
    draw = ImageDraw.Draw(image)
    for step, tone in enumerate(range(126, 62, -4)):
        draw.ellipse((150 + step, 80 - 30 + step * 2, 260 - step, 122 - step * 2), fill=tone)
    draw.ellipse((150, 78, 166, 84), fill=60)
    image, box = image.convert("RGB"), Box(100, 40, 120, 40)
    image.paste((0, 0, 0), box.corners)

    assert _outcome(image, box) is Outcome.HELD
