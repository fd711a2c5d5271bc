"""`residual.plates`: a second detector, of another make than the locator's, sees no number plate.

Rows of characters on a panel are found by connected components, put one under the other on one sheet, and read by Tesseract.
Only a row that reads as letters and digits in groups, as registrations are made, counts: this is a check for plates that were
plainly left, and it stays silent about those that nobody can read.
"""

from __future__ import annotations

import re
from itertools import combinations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from indelible.exec.tesseract import ReadLine, read_lines
from indelible.model import Box, Kind, Outcome, Reason
from indelible.verify import samples
from indelible.verify.checks import Observation, leak_check
from indelible.verify.residual import hits_left, residual_observation, small_grey, where_named
from indelible.verify.residual_rows import Row, characters, rows_on_panels
from indelible.verify.subject import Subject

_MAX_PIXELS = 2_500_000
#: Rows that are read, the tallest first, and how they stand on the sheet, in pixels.
_MOST_ROWS, _TEXT, _STRIP, _WIDTH = 32, 40, 96, 480
_TIMEOUT_S = 60.0
#: Least confidence of the words of a row, on average.
_SURE = 0.55
#: One to four letters, then digits, or the other way round, with at most one more group; at least two digits.
_FORMAT = re.compile(
    r"[A-Z]{1,3}\d{2,5}[A-Z]{0,3}|[A-Z]{4}\d{2,4}|\d{1,4}[A-Z]{1,3}\d{1,5}|\d{2,4}[A-Z]{2,3}|[A-Z]{2}\d[A-Z]\d[A-Z]"
    r"|[A-Z]{3}\d[A-Z]\d{2}|[A-Z]{2}\d{2}[A-Z]{1,2}\d{4}"
)
#: Letters that the reader takes digits for, and how many of them one plate may have.
_MISREAD = {"O": "0", "Q": "0", "D": "0", "I": "1", "l": "1", "S": "5", "Z": "2", "B": "8", "G": "6"}
_MOST_MISREAD = 2

_PLATE = Box(90, 120, 200, 44)


def _car_with_plate() -> Image.Image:
    """A dark bonnet on a texture with a white plate on it."""
    image = samples.texture(380, 240, 424)
    draw = ImageDraw.Draw(image)
    draw.rectangle((40, 60, 340, 210), fill=(52, 58, 70))
    draw.rectangle((_PLATE.x, _PLATE.y, _PLATE.right - 1, _PLATE.bottom - 1), fill=(238, 238, 234))
    draw.text((_PLATE.x + 16, _PLATE.y + 3), "KF 2847 TR", fill=(15, 15, 15), font=ImageFont.load_default(size=34))
    return image


def _leaking() -> Subject:
    return samples.subject(samples.encoded(_car_with_plate()))


def _clean() -> Subject:
    image = _car_with_plate()
    image.paste((0, 0, 0), _PLATE.corners)
    return samples.subject(samples.encoded(image), [samples.region(_PLATE, kind=Kind.PLATE)])


@leak_check(
    "residual.plates",
    family="residual",
    rules={"L424"},
    leaking=_leaking,
    clean=_clean,
    applies=where_named(Kind.PLATE),
    order=70,
    by_frame=True,
)
def residual_plates(subject: Subject) -> Observation:
    """No number plate that can be read is left outside the filled regions."""
    if subject.picture is None:
        return Observation(outcome=Outcome.INCONCLUSIVE, why=Reason.UNKNOWN_STRUCTURE.value)
    left = hits_left(subject, find_plates(subject.picture.image))
    return residual_observation("L424", "residual.plate", left)


def find_plates(image: Image.Image) -> tuple[Box, ...]:
    """Boxes of the rows that read as a registration, in upright pixels of ``image``, sorted."""
    grey, shrink = small_grey(image, _MAX_PIXELS)
    pixels = np.asarray(grey)
    if min(pixels.shape) < 12:
        return ()
    rows = sorted(rows_on_panels(pixels), key=lambda row: (-row.height, row.left, row.top, row.dark))[:_MOST_ROWS]
    found = set()
    for row, text in zip(rows, _read(pixels, rows), strict=True):
        if is_registration(text):
            box = Box.from_corners(
                row.left / shrink, row.top / shrink, row.right / shrink, row.bottom / shrink, image.width, image.height
            )
            if box is not None:
                found.add(box)
    return tuple(sorted(found))


def is_registration(text: str) -> bool:
    """Whether letters and digits stand in groups as on a plate; up to two letters may be digits that were misread."""
    signs = "".join(sign for sign in text if sign.isascii() and sign.isalnum())
    if not 5 <= len(signs) <= 10 or not any(sign.isdigit() for sign in signs):
        return False
    doubtful = [place for place, sign in enumerate(signs) if sign in _MISREAD]
    for count in range(_MOST_MISREAD + 1):
        for places in combinations(doubtful, count):
            tried = "".join(_MISREAD[sign] if place in places else sign for place, sign in enumerate(signs))
            if sum(sign.isdigit() for sign in tried) >= 2 and _FORMAT.fullmatch(tried):
                return True
    return False


def _read(pixels: np.ndarray, rows: list[Row]) -> list[str]:
    """What each row says; empty if it was not read with confidence. One run of Tesseract for all."""
    if not rows:
        return []
    sheet = Image.new("L", (_WIDTH, _STRIP * len(rows)), 255)
    for number, row in enumerate(rows):
        strip = _ink_on_white(*characters(pixels, row, _TEXT, 0.12), row.dark)
        sheet.paste(strip, (16, number * _STRIP + 20))
    texts = [""] * len(rows)
    for number, words in _by_strip(read_lines(sheet, timeout_s=_TIMEOUT_S)).items():
        if sum(confidence for _, _, confidence in words) / len(words) >= _SURE:
            texts[number] = "".join(text for _, text, _ in sorted(words))
    return texts


def _by_strip(lines: tuple[ReadLine, ...]) -> dict[int, list[tuple[int, str, float]]]:
    found: dict[int, list[tuple[int, str, float]]] = {}
    for line in lines:
        for word in line:
            box = word.box
            entry = (box.x, word.text, word.confidence)
            found.setdefault((box.y + box.height // 2) // _STRIP, []).append(entry)
    return found


def _ink_on_white(strip: np.ndarray, mask: np.ndarray, dark: bool) -> Image.Image:
    """Only the characters, contrast stretched: the sheet is black on white whatever the plate is."""
    tones = strip.astype(np.float64) if dark else 255.0 - strip
    if not mask.any():
        return Image.new("L", (1, 1), 255)
    low, high = np.percentile(tones[mask], (5, 75))
    flat = np.where(mask, np.clip((tones - low) / max(1.0, high - low), 0, 1) * 255, 255)
    return Image.fromarray(flat.astype(np.uint8)[:, : _WIDTH - 32])
