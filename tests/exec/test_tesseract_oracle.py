"""Our way through Tesseract and pytesseract's, on the same page, read the same words."""

import pytest
from PIL import Image, ImageDraw, ImageFont

from indelible.exec.tesseract import read_lines


def test_the_same_words_as_pytesseract() -> None:
    """Text, box and confidence in whole percent."""
    oracle = pytest.importorskip("pytesseract", reason="pytesseract comes with the development packages")
    page = Image.new("L", (480, 160), "white")
    font = ImageFont.load_default(size=28)
    ImageDraw.Draw(page).multiline_text((20, 30), "Every word of this page\nis read twice", fill="black", font=font)

    ours = [
        (word.text, word.box.to_list(), int(word.confidence * 100 + 1e-6)) for line in read_lines(page) for word in line
    ]
    table = oracle.image_to_data(page, lang="eng", config="--psm 11 --dpi 150", output_type=oracle.Output.DICT)

    theirs = [
        (text, [table[key][index] for key in ("left", "top", "width", "height")], int(table["conf"][index]))
        for index, text in enumerate(table["text"])
        if table["level"][index] == 5 and text.strip()
    ]
    assert ours == theirs
    assert len(ours) >= 6
