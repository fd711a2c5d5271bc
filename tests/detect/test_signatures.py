"""What a pen left on a page is found, with and without a label or a ruling; print, stamps, tables and photographs stay silent."""

from __future__ import annotations

import math
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from skimage import data

from indelible.detect.lines import TextLine
from indelible.detect.scene import Scene
from indelible.detect.signature_words import labels
from indelible.detect.signatures import find_signatures
from indelible.media import Picture
from indelible.model import Box, Mode, Policy
from indelible.model.geometry import covered_share

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
WORDS = "the parties agree that this contract is made today"
INK = Box(120, 398, 250, 96)


def scene(image: Image.Image, lines: tuple[TextLine, ...] | None = None) -> Scene:
    """A scene; with ``lines`` the text is given, so that the picture is not read."""
    made = Scene(Picture(format="png", sha256="0" * 64, image=image, stored_size=image.size, orientation=1))
    if lines is not None:
        made.__dict__["lines"] = lines
    return made


def page(
    pen_colour: tuple[int, int, int] | None = None, width: int = 2, extra: str = ""
) -> tuple[Image.Image, tuple[TextLine, ...]]:
    """A page of print, a scrawl in ``INK`` if a pen is given, and the lines as a reader would return them."""
    image = Image.new("RGB", (700, 640), "white")
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(size=20)
    lines = []
    for row in range(8):
        at = (60, 40 + 36 * row)
        pen.text(at, WORDS, fill="black", font=font)
        left, top, right, bottom = (int(side) for side in pen.textbbox(at, WORDS, font=font))
        lines.append(TextLine(text=WORDS, box=Box(left - 3, top - 4, right - left + 6, bottom - top + 8), score=0.99))
    if pen_colour is not None:
        t = np.linspace(0, 1, 600)
        x, y = 145 + 200 * t + 24 * np.sin(25 * t), 446 + 42 * np.cos(25 * t) * (1 - 0.5 * t)
        pen.line(list(zip(x.tolist(), y.tolist(), strict=True)), fill=pen_colour, width=width)
    if extra == "stamp":
        for radius in (60, 80):
            pen.ellipse((480 - radius, 500 - radius, 480 + radius, 500 + radius), outline=(150, 20, 30), width=4)
        for step in range(18):
            angle = step * math.tau / 18
            pen.text((474 + 69 * math.cos(angle), 490 + 69 * math.sin(angle)), "A", fill=(150, 20, 30), font=font)
    elif extra == "table":
        for line in range(5):
            pen.line((60, 400 + 40 * line, 640, 400 + 40 * line), fill="black", width=2)
            pen.line((60 + 145 * line, 400, 60 + 145 * line, 560), fill="black", width=2)
    elif extra == "logo":
        pen.polygon([(480, 400), (600, 400), (540, 520)], fill=(10, 80, 160))
    elif extra == "photo":
        image.paste(Image.fromarray(data.coffee()).resize((240, 160)), (380, 400))
    return image, tuple(lines)


@pytest.mark.parametrize(
    ("colour", "width"), [((15, 15, 15), 2), ((30, 50, 150), 3), ((120, 120, 122), 2), ((10, 10, 10), 6)]
)
def test_a_signature_is_covered_without_label_and_ruling(colour: tuple[int, int, int], width: int) -> None:
    """Ball pen, blue ink, pencil, marker."""
    found = find_signatures(scene(*page(colour, width)), Policy())

    assert covered_share(INK, [item.box for item in found]) >= 0.85
    assert sum(item.box.area for item in found) <= 3.5 * INK.area


@pytest.mark.parametrize("angle", [4, 90, 180])
def test_a_turned_page_as_a_reader_sees_it(angle: int) -> None:
    """With the reader itself: the sheet lies turned in the scanner."""
    image, _ = page((20, 20, 60))
    mask = Image.new("L", image.size, 0)
    mask.paste(255, INK.corners)
    turned = image.rotate(angle, expand=True, fillcolor="white", resample=Image.Resampling.BICUBIC)
    left, top, right, bottom = mask.rotate(angle, expand=True).getbbox() or (0, 0, 1, 1)

    found = find_signatures(scene(turned), Policy())

    assert covered_share(Box(left, top, right - left, bottom - top), [item.box for item in found]) >= 0.75


def test_a_photographed_page_on_a_table() -> None:
    """Uneven light, a sensor's noise, a dark border."""
    image, _ = page((20, 30, 110))
    table = Image.new("RGB", (900, 840), (96, 72, 50))
    table.paste(image, (100, 100))
    light = np.linspace(0.55, 0.95, 900)[None, :, None]
    pixels = np.asarray(table) * light + np.random.default_rng(1).normal(0, 5, (840, 900, 3))
    ink = Box(INK.x + 100, INK.y + 100, INK.width, INK.height)

    found = find_signatures(scene(Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))), Policy())

    assert covered_share(ink, [item.box for item in found]) >= 0.85
    assert len(found) == 1


@pytest.mark.parametrize("extra", ["", "stamp", "table", "logo", "photo"])
def test_a_page_without_a_pen_stays_silent(extra: str) -> None:
    """Print, a round stamp, a table, a logo, a picture in the text."""
    assert find_signatures(scene(*page(extra=extra)), Policy()) == ()


@pytest.mark.parametrize("name", ["astronaut", "brick", "coffee", "coins"])
def test_a_photograph_has_no_signature(name: str) -> None:
    """There is no page."""
    assert find_signatures(scene(Image.fromarray(getattr(data, name)()), ()), Policy()) == ()


def test_script_that_the_reader_read_counts_under_its_label() -> None:
    """A passport's signature is often read like any line; the label above it says what it is."""
    image, lines = page()
    named = (
        TextLine(text="Holder's signature / Podpis", box=Box(380, 400, 240, 18), score=0.98),
        TextLine(text="Anna Maria", box=Box(390, 424, 160, 30), score=0.97),
        TextLine(text="P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<", box=Box(20, 600, 600, 22), score=0.99),
    )

    found = find_signatures(scene(image, lines + named), Policy())

    assert covered_share(Box(390, 424, 160, 30), [item.box for item in found]) == 1.0


@pytest.mark.parametrize(
    "text",
    [
        "Signature:",
        "Unterschrift des Inhabers",
        "Firma del titular",
        "Assinatura",
        "Podpis",
        "Handtekening",
        "Allekirjoitus",
        "X ____",
    ],
)
def test_labels_in_many_languages(text: str) -> None:
    """A short line that names the place."""
    assert labels([TextLine(text=text, box=Box(0, 0, 90, 20), score=0.9)])


def test_a_sentence_about_signatures_is_no_label() -> None:
    """The word alone does not make a place to sign."""
    sentence = "The signature of these statutes entails that all obligations are taken over by the company."

    assert not labels([TextLine(text=sentence, box=Box(0, 0, 900, 20), score=0.99)])


def test_balanced_keeps_what_is_certain() -> None:
    """Fewer boxes, not none."""
    assert len(find_signatures(scene(*page((15, 15, 15))), Policy(mode=Mode.BALANCED))) == 1


@pytest.mark.parametrize("size", [(1, 1), (1, 20_000), (20_000, 3), (3000, 2000)])
def test_odd_sizes_are_no_problem(size: tuple[int, int]) -> None:
    """Strips, one pixel, an empty sheet."""
    assert find_signatures(scene(Image.new("RGB", size, "white"), ()), Policy()) == ()


def test_noise_and_thousands_of_lines_end_soon() -> None:
    """Hostile input is bounded."""
    noise = np.random.default_rng(2).integers(0, 256, (1200, 1200, 3), dtype=np.uint8)
    many = tuple(TextLine(text="word", box=Box(5 * (i % 200), 3 * (i // 200), 20, 9), score=0.9) for i in range(8_000))
    started = time.monotonic()

    find_signatures(scene(Image.fromarray(noise), many), Policy())

    assert time.monotonic() - started < 20
