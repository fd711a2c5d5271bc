"""Text is found and read without a word on the terminal, and its content never leaves the detector."""

from __future__ import annotations

import socket

import pytest
from PIL import Image, ImageDraw, ImageFont
from skimage import data

from indelible.detect.reader import read_lines
from indelible.detect.scene import Scene
from indelible.detect.text import find_text
from indelible.media import Picture
from indelible.model import Box, Detection, EntityType, Kind, Policy, TextMode
from indelible.model.geometry import covered_share

LETTER = (
    "Quarterly report of the garden club",
    "Contact: jane.doe@example.org",
    "Tel: +44 20 7946 0958",
    "The tulips did well this year",
)


def scene(image: Image.Image) -> Scene:
    return Scene(Picture(format="png", sha256="0" * 64, image=image, stored_size=image.size, orientation=1))


def found(scene: Scene, policy: Policy) -> tuple[Detection, ...]:
    """What is found, without what the detector says of parts it left out."""
    return tuple(item for item in find_text(scene, policy) if isinstance(item, Detection))


@pytest.fixture(scope="module")
def letter() -> Image.Image:
    """Four lines in black on white, 60 pixels apart."""
    page = Image.new("RGB", (760, 300), "white")
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(28)
    for number, text in enumerate(LETTER):
        pen.text((40, 30 + 60 * number), text, fill="black", font=font)
    return page


def place(number: int, text: str) -> Box:
    """Where a piece of a line of the letter stands."""
    font, before = ImageFont.load_default(28), LETTER[number].split(text)[0]
    left, width = 40 + font.getlength(before), font.getlength(text)
    return Box(int(left), 34 + 60 * number, int(width), 26)


def test_every_line_is_read_in_its_place(letter: Image.Image) -> None:
    lines = read_lines(letter)

    assert [line.text.replace(" ", "") for line in lines] == [text.replace(" ", "") for text in LETTER]
    assert all(covered_share(place(n, text), [lines[n].box]) >= 0.9 for n, text in enumerate(LETTER))
    assert all(line.words and line.score > 0.8 for line in lines)


def test_the_policy_decides_which_text_is_found(letter: Image.Image) -> None:
    personal = found(scene(letter), Policy(text=TextMode.PII))
    everything = found(scene(letter), Policy(text=TextMode.ALL))

    assert {item.entity for item in personal} == {EntityType.EMAIL, EntityType.PHONE}
    assert {item.kind for item in personal} == {Kind.TEXT}
    for number, value in ((1, "jane.doe@example.org"), (2, "+44 20 7946 0958")):
        assert covered_share(place(number, value), [item.box for item in personal]) >= 0.95
    assert not any(item.box.intersection(place(number, LETTER[number])) for item in personal for number in (0, 3))
    assert len(everything) == 4
    assert found(scene(letter), Policy(text=TextMode.NONE)) == ()


def test_nothing_is_said_and_nobody_is_called(
    letter: Image.Image, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fresh reader, without a network: no word on either stream, and the same lines."""
    from indelible.detect import reader

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the reader tried to reach the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(reader, "_ENGINE", [])
    lines = read_lines(letter)

    assert len(lines) == len(LETTER)
    assert capfd.readouterr() == ("", "")


def test_no_text_reaches_a_representation(letter: Image.Image) -> None:
    assert "jane" not in repr(read_lines(letter)) + repr(found(scene(letter), Policy()))


def test_a_picture_without_text_stays_silent() -> None:
    assert found(scene(Image.fromarray(data.coffee())), Policy()) == ()


@pytest.mark.parametrize("size", [(1, 1), (200, 2), (2, 200)])
def test_odd_sizes_are_no_problem(size: tuple[int, int]) -> None:
    """The reader enlarges short sides; a strip must not become a picture of gigabytes."""
    assert read_lines(Image.new("RGB", size, "white")) == ()


def test_small_text_at_the_end_of_a_long_screenshot_is_read() -> None:
    page = Image.new("RGB", (420, 2400), "white")
    ImageDraw.Draw(page).text((20, 2300), "jane.doe@example.org", fill="black", font=ImageFont.load_default(15))

    (item,) = found(scene(page), Policy())

    assert item.entity is EntityType.EMAIL
    assert covered_share(Box(22, 2304, 140, 12), [item.box]) >= 0.9
