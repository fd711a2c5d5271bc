"""A cover that lets something through is found and read; one that does not is held, in each coding."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from indelible.attacks.cover_region import find_covers
from indelible.attacks.methods import ATTACKS, Budget, Target
from indelible.attacks.recovered_text import in_reading_order
from indelible.detect.lines import TextLine
from indelible.jpeg import coding_of
from indelible.model import Box, Outcome

BOX = Box(30, 70, 232, 48)


def page() -> Image.Image:
    """Three lines, the second one of which is to be covered."""
    image = Image.new("RGB", (420, 190), "white")
    draw = ImageDraw.Draw(image)
    for row, text in enumerate(("Invoice to be paid soon", "Miller 40 17", "Account of the garden")):
        draw.text((40, 20 + 56 * row), text, fill="black", font=ImageFont.load_default(size=30))
    return image


def covered(image: Image.Image, box: Box, opacity: float, colour: tuple[int, int, int] = (0, 0, 0)) -> Image.Image:
    over = Image.blend(image, Image.new("RGB", image.size, colour), opacity)
    result = image.copy()
    result.paste(over.crop(box.corners), box.corners)
    return result


def target(image: Image.Image, quality: int | None = None) -> Target:
    if quality is None:
        return Target(image=image, box=BOX)
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality)
    opened = Image.open(io.BytesIO(stream.getvalue()))
    coding = coding_of(opened)
    return Target(image=opened.convert("RGB"), box=BOX, jpeg=coding, file=stream.getvalue())


def outcome(given: Target) -> tuple[Outcome, str]:
    result = ATTACKS.get("cover_stretch").run(given, Budget(), 1)
    return result.outcome, "".join(guess.text for guess in result.guesses).replace(" ", "")


@pytest.mark.parametrize(("opacity", "quality"), [(0.98, None), (0.90, 85)])
@pytest.mark.claim("T-ATK-OCR")
def test_a_marker_that_looks_black_is_read(opacity: float, quality: int | None) -> None:
    """0.98 in a PNG, 0.90 in a JPEG of quality 85."""
    assert outcome(target(covered(page(), BOX, opacity), quality)) == (Outcome.BROKEN, "Miller4017")


def test_strokes_that_overlap_are_stretched_one_by_one() -> None:
    """Two strokes of 0.8 are one of 0.96 where they meet."""
    once = covered(page(), BOX, 0.8)
    twice = covered(once, Box(110, 70, 90, 48), 0.8)

    assert outcome(target(twice)) == (Outcome.BROKEN, "Miller4017")


def test_a_residue_of_one_level_is_read() -> None:
    """Black on nearly black."""
    pixels = np.asarray(page()).copy()
    part = pixels[BOX.y : BOX.bottom, BOX.x : BOX.right]
    part[:] = part > 128

    assert outcome(target(Image.fromarray(pixels))) == (Outcome.BROKEN, "Miller4017")


def test_colour_under_full_transparency_is_read() -> None:
    """The picture shows white; its file still holds the text."""
    alpha = Image.new("L", (420, 190), 255)
    alpha.paste(0, BOX.corners)
    hidden = page()
    hidden.putalpha(alpha)
    stream = io.BytesIO()
    hidden.save(stream, "PNG")
    shown = page()
    shown.paste((255, 255, 255), BOX.corners)

    assert outcome(Target(image=shown, box=BOX, file=stream.getvalue())) == (Outcome.BROKEN, "Miller4017")


@pytest.mark.parametrize("quality", [None, 90, 60, 10])
@pytest.mark.parametrize("colour", [(0, 0, 0), (210, 20, 30)])
@pytest.mark.claim("T-ATK-OCR")
def test_a_solid_fill_is_held(quality: int | None, colour: tuple[int, int, int]) -> None:
    """Also with the ringing that a codec puts at its border."""
    assert outcome(target(covered(page(), BOX, 1.0, colour), quality)) == (Outcome.HELD, "")


def test_what_is_not_covered_is_another_matter() -> None:
    """Open text, a mosaic, no region, one pixel, a box beyond the picture."""
    attack = ATTACKS.get("cover_stretch")
    small = page().resize((42, 19), Image.Resampling.BOX).resize((420, 190), Image.Resampling.NEAREST)

    whys = [
        attack.applies(Target(image=image, box=box))
        for image, box in (
            (page(), BOX),
            (small, Box(0, 0, 420, 190)),
            (page(), None),
            (page(), Box(3, 3, 1, 1)),
            (page(), Box(400, 0, 99, 20)),
        )
    ]

    assert whys == ["not_a_cover", "mosaic", "no_region", "too_small", "too_small"]


def test_covers_of_unknown_strength_are_found_on_a_page() -> None:
    """Translucent and multiplied; open text, flat fills and panels are not among them."""
    multiplied = np.asarray(page()).copy()
    part = multiplied[BOX.y : BOX.bottom, BOX.x : BOX.right]
    part[:] = part * np.array([0.25, 0.25, 0.05])

    for image in (covered(page(), BOX, 0.5), covered(page(), BOX, 0.95), Image.fromarray(multiplied)):
        assert find_covers(image) == (BOX,)
    assert find_covers(page()) == ()
    assert find_covers(covered(page(), BOX, 1.0)) == ()


def test_covers_of_unknown_strength_are_found_on_a_photograph() -> None:
    """Where inside is everywhere the same function of outside."""
    rng = np.random.default_rng(3)
    coarse = Image.fromarray(rng.integers(0, 256, (14, 20, 3), dtype=np.uint8))
    photo = coarse.resize((640, 420), Image.Resampling.BICUBIC)
    box = Box(200, 100, 160, 90)

    assert find_covers(photo) == ()
    assert find_covers(covered(photo, box, 0.8)) == (box,)
    assert find_covers(covered(photo, box, 1.0)) == ()


def test_a_spent_budget_is_said() -> None:
    """Nothing is claimed of a cover that there was no time to read."""
    pixels = np.asarray(covered(page(), BOX, 0.9)).copy()
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=85)
    given = target(Image.fromarray(pixels), 85)

    result = ATTACKS.get("cover_stretch").run(given, Budget.of(0), 1)

    assert (result.outcome, result.why) == (Outcome.INCONCLUSIVE, "R-BUDGET-CUT")


def test_a_letter_that_two_boxes_of_a_row_share_is_read_once() -> None:
    """The reader's boxes overlap; words that stand apart keep their single letters, and so do figures that repeat."""

    def line(text: str, x: int, width: int) -> TextLine:
        return TextLine(text=text, box=Box(x, 10, width, 30))

    shared = in_reading_order([line("letter 4711 t", 0, 200), line("transfer", 180, 120)])
    other_way = in_reading_order([line("castle river", 0, 200), line("r blue", 180, 90)])
    apart = in_reading_order([line("Plan B", 0, 100), line("B 12", 120, 60)])

    assert [item.text for item in shared] == ["letter 4711", "transfer"]
    assert [item.text for item in other_way] == ["castle river", "blue"]
    assert [item.text for item in apart] == ["Plan B", "B 12"]
