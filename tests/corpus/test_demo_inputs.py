"""The demo inputs hold what the demo promises to find and to remove."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from indelible.corpus import demo, demo_form, jpegfile, pngfile
from indelible.media import open_picture


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Path]:
    """The three files, in the order in which they were written."""
    return demo.write_inputs(tmp_path_factory.mktemp("demo"))


def test_the_same_bytes_every_time(inputs: Sequence[Path], tmp_path: Path) -> None:
    """A demo that changes from run to run could not be compared."""
    again = demo.write_inputs(tmp_path / "new")

    assert [path.name for path in inputs] == ["portrait.jpg", "form.jpg", "screenshot.png"]
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in inputs]


def test_every_input_can_be_redacted(inputs: Sequence[Path]) -> None:
    """The product opens all three; none of them is refused."""
    sizes = {path.name: open_picture(path.read_bytes()).image.size for path in inputs}

    assert sizes == {"portrait.jpg": (512, 512), "form.jpg": (1240, 1754), "screenshot.png": (1280, 800)}


def test_the_portrait_tells_where_when_and_whose(inputs: Sequence[Path]) -> None:
    """EXIF with position, owner and serial number, as another reader sees it."""
    with Image.open(inputs[0]) as image:
        exif = image.getexif()
        camera, position = exif.get_ifd(0x8769), exif.get_ifd(0x8825)
        packet = image.info["xmp"]

    assert exif[0x010F] == "Exemplar"
    assert camera[0xA430] == "Anna Eriksson"
    assert camera[0xA431] == "EX100-0042-7781"
    assert position[1] == "S" and [float(part) for part in position[2]] == [48.0, 52.0, 36.12]
    assert b"xmpMM:OriginalDocumentID" in packet


def test_the_thumbnail_shows_the_portrait(inputs: Sequence[Path]) -> None:
    """The small picture in the EXIF block is the big one, so that redacting only the big one leaks."""
    data = inputs[0].read_bytes()
    segments, _, _ = jpegfile.split(data)
    block = next(item.payload for item in segments if item.payload.startswith(b"Exif"))

    thumbnail = Image.open(io.BytesIO(block[block.index(b"\xff\xd8\xff") :])).convert("L")
    small = Image.open(inputs[0]).convert("L").resize(thumbnail.size, Image.Resampling.LANCZOS)

    assert thumbnail.size == (160, 160)
    assert np.corrcoef(np.asarray(thumbnail).ravel(), np.asarray(small).ravel())[0, 1] > 0.99


def test_the_form_carries_a_code_that_reads(inputs: Sequence[Path]) -> None:
    """The code in the scan names the holder."""
    zxingcpp = pytest.importorskip("zxingcpp")

    texts = [code.text for code in zxingcpp.read_barcodes(Image.open(inputs[1]))]

    assert texts == [demo_form.CODE]


def test_the_numbers_on_the_form_are_well_formed() -> None:
    """Detectors check sums, so the numbers must satisfy them."""
    luhn, iban = pytest.importorskip("stdnum.luhn"), pytest.importorskip("stdnum.iban")
    phonenumbers = pytest.importorskip("phonenumbers")
    first, second = demo_form.machine_readable_zone()

    assert luhn.is_valid(demo_form.CARD.replace(" ", ""))
    assert iban.is_valid(demo_form.IBAN)
    assert phonenumbers.is_valid_number(phonenumbers.parse(demo_form.PHONE))
    assert (len(first), len(second)) == (44, 44)
    assert demo_form.check_digit(second[:10] + second[13:20] + second[21:43]) == second[43]


def test_check_digits_follow_the_standards_specimen() -> None:
    """ICAO 9303-4 prints this zone as its example."""
    assert demo_form.check_digit("L898902C3") == "6"
    assert demo_form.check_digit("740812") == "2"
    assert demo_form.check_digit("120415") == "9"


def test_the_screenshot_has_texts_and_a_tail(inputs: Sequence[Path]) -> None:
    """Author, path and description in chunks, and an earlier picture behind IEND."""
    chunks, tail = pngfile.split(inputs[2].read_bytes())

    assert {b"tEXt", b"iTXt", b"zTXt", b"tIME", b"pHYs"} <= {chunk.name for chunk in chunks}
    assert any(chunk.data.startswith(b"Source\0/home/") for chunk in chunks)
    assert Image.open(io.BytesIO(tail)).size == (320, 200)
