"""Text is read whichever way it runs, however large the picture is, and what is left out is said."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from indelible.detect import reader, reader_places
from indelible.detect.lines import TextLine
from indelible.detect.reader import read_lines
from indelible.detect.reader_places import parts
from indelible.detect.scene import Scene
from indelible.detect.script import in_other_script
from indelible.detect.text import find_text
from indelible.media import Picture
from indelible.model import Box, Detection, Mode, NotExamined, Policy, TextMode

MAIL = "jane.doe@example.org"


def scene(image: Image.Image) -> Scene:
    return Scene(Picture(format="png", sha256="0" * 64, image=image, stored_size=image.size, orientation=1))


def page(size: tuple[int, int], *texts: str, px: int = 24, ink: str = "black", paper: str = "white") -> Image.Image:
    image = Image.new("RGB", size, paper)
    for number, text in enumerate(texts):
        ImageDraw.Draw(image).text((40, 40 + 2 * px * number), text, fill=ink, font=ImageFont.load_default(px))
    return image


def hidden_share(items: list[Detection], secret: Image.Image) -> float:
    """Share of the ink of a picture that the boxes hide."""
    ink = np.asarray(secret.convert("L")) < 128
    rest = ink.copy()
    for item in items:
        rest[item.box.y : item.box.bottom, item.box.x : item.box.right] = False
    return 1 - float(rest.sum()) / float(ink.sum())


@pytest.mark.parametrize("angle", [20, 45, 90, 180, 270])
def test_text_turned_by_any_angle_is_found_to_its_last_letter(angle: int) -> None:
    image = page((560, 320), "Quarterly report", MAIL, "about the tulips")
    secret = page((560, 320), "", MAIL)
    turned = [item.rotate(-angle, expand=True, fillcolor="white") for item in (image, secret)]

    items = [item for item in find_text(scene(turned[0]), Policy()) if isinstance(item, Detection)]

    assert hidden_share(items, turned[1]) >= 0.97


def test_the_words_around_a_personal_one_stay_and_none_of_it_is_cut() -> None:
    before, after = "Please write to our editor iliilil at ", " with wide WMWMWM remarks before the end"
    image = page((1400, 120), before + MAIL + after)
    font = ImageFont.load_default(24)
    left, right = 40 + font.getlength(before), 40 + font.getlength(before + MAIL)

    (item,) = [item for item in find_text(scene(image), Policy()) if isinstance(item, Detection)]

    assert item.box.x <= left and item.box.right >= right
    assert item.box.width < 0.75 * font.getlength(before + MAIL + after)


def test_light_on_dark_and_pale_letters_are_read() -> None:
    assert read_lines(page((500, 120), MAIL, ink="#f0f0f0", paper="#202030"))[0].text == MAIL
    assert read_lines(page((500, 120), MAIL, ink="#b4b4b4", paper="#cfcfcf"))[0].text == MAIL


def test_small_print_on_a_large_scan_is_read() -> None:
    image = Image.new("RGB", (3400, 1500), "white")
    ImageDraw.Draw(image).text((2500, 1400), MAIL, fill="black", font=ImageFont.load_default(15))

    items = [item for item in find_text(scene(image), Policy()) if isinstance(item, Detection)]

    assert any(item.box.x <= 2500 and item.box.right >= 2640 for item in items)


@pytest.mark.parametrize(
    ("width", "height"), [(10_000, 10_000), (20_000, 1), (1, 20_000), (4_000, 3_000), (900, 30_000)]
)
@pytest.mark.parametrize("standing", [False, True])
def test_parts_cover_a_picture_and_are_of_bounded_size(width: int, height: int, standing: bool) -> None:
    boxes = parts(width, height, standing)

    assert all(box.inside(width, height) and box.area <= 4_200_000 for box in boxes)
    columns, rows = np.zeros(width, dtype=bool), np.zeros(height, dtype=bool)
    for box in boxes:
        columns[box.x : box.right] = True
        rows[box.y : box.bottom] = True
    assert columns.all() and rows.all()
    assert sum(box.area for box in boxes) <= 1.6 * width * height + 4_200_000


@pytest.mark.parametrize("size", [(1, 1), (1, 20_000), (20_000, 1), (40, 6_000)])
def test_strips_and_specks_are_read_without_a_crash(size: tuple[int, int]) -> None:
    assert read_lines(Image.new("L", size, 255)) == ()


def test_lines_beyond_the_limit_are_covered_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_READ", 2)
    image = page((500, 320), "one line", "another line", "a third", MAIL)

    found = find_text(scene(image), Policy())

    assert NotExamined(kind=Policy().kinds[2], reason="too_many") in found
    boxes = [item.box for item in found if isinstance(item, Detection)]
    assert any(box.y <= 190 and box.bottom >= 205 for box in boxes) and len(boxes) >= 2


def test_letters_that_no_rule_reads_are_told_and_numbers_in_them_are_matched() -> None:
    class Read(Scene):
        lines = (TextLine(text="Почта иван +44 20 7946 0958", box=Box(10, 10, 300, 20)),)

    blank = Picture(
        format="png", sha256="0" * 64, image=Image.new("L", (400, 50)), stored_size=(400, 50), orientation=1
    )

    found = find_text(Read(blank), Policy())
    everything = find_text(Read(blank), Policy(text=TextMode.ALL))

    assert [item.reason for item in found if isinstance(item, NotExamined)] == ["script"]
    assert sum(isinstance(item, Detection) for item in found) == 1
    assert [item.box for item in everything if isinstance(item, Detection)] == [Box(10, 10, 300, 20)]
    assert not in_other_script("Łódź, Größe, Ñandú, Ōsaka", 0.99)
    assert not in_other_script("a 口 b", 0.99) and not in_other_script("口口口", 0.3)


def test_balanced_mode_drops_what_a_rule_is_less_sure_of() -> None:
    class Read(Scene):
        lines = (
            TextLine(text="CASHIER: ADMINISTRATOR", box=Box(10, 10, 300, 20)),
            TextLine(text=MAIL, box=Box(10, 40, 300, 20)),
        )

    blank = Picture(
        format="png", sha256="0" * 64, image=Image.new("L", (400, 80)), stored_size=(400, 80), orientation=1
    )

    assert len(find_text(Read(blank), Policy())) == 2
    assert len(find_text(Read(blank), Policy(mode=Mode.BALANCED))) == 1


def test_a_blank_picture_costs_one_small_look(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[float] = []
    real = reader_places._map

    def counted(pixels: reader_places.Pixels, detector: object, factor: float) -> object:
        looked.append(factor)
        return real(pixels, detector, factor)

    monkeypatch.setattr(reader_places, "_map", counted)

    assert read_lines(Image.new("RGB", (480, 320), "#808080")) == ()
    assert looked == [1.0]
