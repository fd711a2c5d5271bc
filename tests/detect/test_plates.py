"""Plates are found read or unread; pages, signs and badges are left alone."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from indelible.detect.lines import TextLine
from indelible.detect.plate_bars import is_bars
from indelible.detect.plate_candidates import candidates
from indelible.detect.plate_net import SHA256, WEIGHTS, Sight, sights
from indelible.detect.plate_patterns import likeness
from indelible.detect.plates import CUTS, LEAST, find_plates, weighed
from indelible.detect.scene import Scene
from indelible.media import Picture
from indelible.model import Box, Detection, Kind, Mode, NotExamined, Policy
from indelible.model.geometry import covered_share
from indelible.verify import samples

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"


def _scene(image: Image.Image) -> Scene:
    return Scene(Picture(format="png", sha256="0" * 64, image=image, stored_size=image.size, orientation=1))


def _found(image: Image.Image, mode: Mode = Mode.RECALL) -> list[Detection]:
    return [item for item in find_plates(_scene(image), Policy(mode=mode)) if isinstance(item, Detection)]


def _car(rows: tuple[str, ...], box: Box, size: int) -> Image.Image:
    """A plate with a rim on dark bodywork in front of a texture."""
    image = samples.texture(640, 420, 7)
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 80, 580, 380), fill=(44, 50, 62))
    draw.rectangle(box.corners, fill=(235, 236, 230), outline=(20, 20, 20), width=2)
    font = ImageFont.load_default(size=size)
    step = box.height / len(rows)
    for number, row in enumerate(rows):
        centre = (box.x + box.width / 2, box.y + (number + 0.5) * step)
        draw.text(centre, row, fill=(15, 15, 20), font=font, anchor="mm", stroke_width=1)
    return image.filter(ImageFilter.GaussianBlur(0.6))


@pytest.mark.parametrize(
    ("rows", "box", "size"),
    [
        (("KF 2847 TR",), Box(220, 240, 220, 50), 36),
        (("8 ABC 219",), Box(260, 250, 120, 28), 20),
        (("KL 07", "AB 4831"), Box(260, 200, 130, 100), 32),
    ],
    ids=["one line", "small", "two lines"],
)
def test_a_plate_on_a_car_is_covered(rows: tuple[str, ...], box: Box, size: int) -> None:
    """The policy's margin included, three quarters of the plate lie under the boxes."""
    found = _found(_car(rows, box, size))

    grown = [item.box.grown(item.box.width // 10, item.box.height // 10, 640, 420) for item in found]
    assert covered_share(box, grown) >= 0.75
    assert all(item.kind is Kind.PLATE and item.score >= CUTS[Mode.RECALL] for item in found)
    assert len(found) <= 2


def test_without_the_plate_the_same_car_stays_silent() -> None:
    """Bodywork, and an empty panel."""
    assert _found(_car((" ",), Box(220, 240, 220, 50), 36)) == []


def test_a_plate_that_nobody_can_read_is_seen_by_the_network() -> None:
    """Faint and blurred, and no line of text is handed in."""
    box = Box(250, 240, 130, 32)
    image = _car(("KF 2847 TR",), box, 22).filter(ImageFilter.GaussianBlur(1.2))
    dark = image.point(lambda value: value * 0.2 + 10)

    assert any(covered_share(box, [sight.box]) >= 0.7 for sight in sights(dark, 0.5))


def test_a_page_with_numbers_shows_no_plate() -> None:
    """A list of articles and dates: many lines of one height on paper without an end."""
    lines = [f"AB {1200 + 37 * n} C  {n % 9}.40" if n % 2 else f"KF {2000 + n} TR" for n in range(16)]
    page = samples.page(lines, size=(500, 640), text_px=22)

    assert _found(page) == []


def test_a_sign_with_words_shows_no_plate() -> None:
    """Words on a panel are what the network takes for a plate most often."""
    assert _found(_car(("PARKING",), Box(220, 200, 200, 60), 36), Mode.BALANCED) == []


@pytest.mark.parametrize(
    "text", ["RK-755AJ", "B 911 BLG", "FW:266LM", "OLB·4809", "6PGM335", "PVX-0095", "KA 05 MH 1234"]
)
def test_registrations_look_like_registrations(text: str) -> None:
    """Formats of several countries, seals and hyphens read as any sign."""
    assert likeness(text) >= 0.8


def test_one_misread_character_costs_little() -> None:
    """O for 0, S for 5 and 8 for B are common."""
    assert likeness("4B2-187S") >= 0.7
    assert likeness("4B2-187S") < likeness("4B2-1875")


@pytest.mark.parametrize(
    "text",
    [
        "2014-05-12",
        "06:33:20",
        "RM13.50 SR",
        "€ 12 400",
        "Invoice 2031",
        "www.a1b2.com",
        "50 km",
        "12/04/2018",
        "A4",
        "",
    ],
)
def test_money_dates_and_words_do_not(text: str) -> None:
    """Whatever else has letters and digits."""
    assert likeness(text) == 0.0


@given(st.text(max_size=40))
def test_any_text_has_a_likeness(text: str) -> None:
    """A share, never an error."""
    assert 0.0 <= likeness(text) <= 1.0


def test_lines_that_the_reader_split_are_joined() -> None:
    """Side by side, and one under the other; far apart they stay two."""

    def line(text: str, x: int, y: int, width: int, height: int = 30) -> TextLine:
        return TextLine(text=text, box=Box(x, y, width, height))

    beside = candidates([line("FD", 10, 10, 50), line("796ZG", 70, 10, 120)])
    below = candidates([line("KL07", 10, 10, 80), line("4831", 10, 45, 80)])
    apart = candidates([line("FD", 10, 10, 50), line("796ZG", 300, 10, 120)])

    assert any(item.box == Box(10, 10, 180, 30) and item.likeness > 0.9 for item in beside)
    assert any(item.rows == 2 and item.box == Box(10, 10, 80, 65) for item in below)
    assert all(item.box.width <= 120 for item in apart)


def test_many_lines_of_one_height_count_against_a_text() -> None:
    """The same words alone score, on a page they do not."""
    plate = TextLine(text="RK 755AJ", box=Box(300, 300, 120, 30), score=0.99)
    others = [TextLine(text="a line of words", box=Box(20, 20 + 40 * n, 200, 30), score=0.99) for n in range(14)]

    alone = max(score for _, score in weighed([plate], (), np.full((800, 800), 200, np.uint8)))
    on_page = max(score for _, score in weighed([plate, *others], (), np.full((800, 800), 200, np.uint8)))
    assert alone >= CUTS[Mode.RECALL] > on_page


@pytest.mark.parametrize("size", [(1, 1), (6000, 1), (1, 6000), (300, 300)])
def test_odd_pictures_pass(size: tuple[int, int]) -> None:
    """Nothing there, nothing found, no error."""
    scene = _scene(Image.new("L", size))
    scene.__dict__["lines"] = ()

    assert find_plates(scene, Policy()) == ()


def test_noise_and_huge_pictures_are_bounded_and_told() -> None:
    """Small plates are lost in a picture that is shrunk: that is said."""
    noise = np.random.default_rng(3).integers(0, 256, (500, 700), dtype=np.uint8)
    assert len(sights(Image.fromarray(noise), 0.5)) <= 800

    scene = _scene(Image.new("L", (5000, 4000)))
    scene.__dict__["lines"] = ()
    assert NotExamined(kind=Kind.PLATE, reason="small_subjects") in find_plates(scene, Policy())


def test_the_weights_are_the_pinned_ones_and_small() -> None:
    """What is run is what was trained."""
    data = WEIGHTS.read_bytes()
    assert hashlib.sha256(data).hexdigest() == SHA256
    assert len(data) < 1_000_000


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared samples are not here")
def test_pictures_without_plates_stay_silent() -> None:
    """A few of the labelled pictures; all of them: benchmarks/plates.py."""
    files = sorted((SAMPLES / "negatives").glob("*.[jp]*g"))[::11]

    assert [file.name for file in files if _found(Image.open(file).convert("RGB"))] == []


def _bars(seed: int, even: bool) -> np.ndarray:
    rng = np.random.default_rng(seed)
    widths = np.full(60, 5) if even else rng.integers(2, 10, 60)
    row = np.repeat(np.arange(60) % 2 * 200 + 30, widths)
    return np.tile(row, (80, 1)).astype(np.uint8)


def test_bars_of_uneven_width_are_a_code_and_slats_and_characters_are_not() -> None:
    for seed in range(5):
        code = _bars(seed, even=False)
        assert is_bars(code, Box(0, 0, code.shape[1], code.shape[0]))
    slats = _bars(0, even=True)
    assert not is_bars(slats, Box(0, 0, slats.shape[1], slats.shape[0]))
    plate = Image.new("L", (300, 80), 240)
    ImageDraw.Draw(plate).text((10, 8), "BX 417 KL", fill=10, font=ImageFont.load_default(size=56))
    assert not is_bars(np.asarray(plate), Box(0, 0, 300, 80))


def test_the_digits_under_a_bar_code_are_no_plate() -> None:
    code = _bars(3, even=False)
    sheet = np.full((240, code.shape[1] + 80), 235, np.uint8)
    sheet[40 : 40 + code.shape[0], 40 : 40 + code.shape[1]] = code
    caption = TextLine(text="165627", box=Box(60, 124, 160, 40), score=1.0)
    sight = Sight(box=Box(50, 118, 190, 52), chance=0.9, contrast=50.0)

    assert not [score for _, score in weighed([caption], (sight,), sheet) if score >= LEAST]
    assert [score for _, score in weighed([caption], (sight,), np.full_like(sheet, 235)) if score >= LEAST]


@pytest.mark.parametrize("text", ["13 Mai 2016", "Nai 2016", "00000", "Juin 2019"])
def test_dates_in_letters_and_one_repeated_sign_are_no_registration(text: str) -> None:
    assert likeness(text) == 0.0


def test_a_page_of_lines_of_any_height_is_a_page() -> None:
    plate = TextLine(text="75015 PAR", box=Box(100, 100, 160, 40), score=0.95)
    others = [
        TextLine(text=f"words in line {n}", box=Box(20, 200 + 22 * n, 300, 8 + n % 9), score=0.95) for n in range(34)
    ]
    grey = np.full((1000, 800), 200, np.uint8)

    assert max(score for _, score in weighed([plate], (), grey)) > max(
        score for _, score in weighed([plate, *others], (), grey)
    )


@pytest.mark.parametrize("degrees", [0, 20, -28])
def test_two_rows_are_joined_along_their_own_direction(degrees: int) -> None:
    turn = np.deg2rad(degrees)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])

    def row(text: str, top: int) -> TextLine:
        points = np.array([[0, top], [120, top], [120, top + 40], [0, top + 40]], np.float64) @ matrix.T + (300, 300)
        (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
        box = Box(int(x0), int(y0), int(x1 - x0), int(y1 - y0))
        return TextLine(
            text=text, box=box, score=0.95, angle=float(degrees % 360) if abs(degrees) > 8 else 0.0,
            corners=tuple((float(x), float(y)) for x, y in points),
        )  # fmt: skip

    found = candidates([row("MB 68", 0), row("LND", 46)])

    assert [item.rows for item in found if item.rows == 2] == [2]
