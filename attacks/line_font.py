"""How the text beside a covered place is set: face, size, baseline, pen. What is hidden was set alike, and goes on where the pen stood.

The words left and right of the region are read, drawn again in every installed face at the sizes that their width allows, and laid over what
is seen. The face that fits best is the one, or a clone of it with the same widths, which is as good.

Reference: ATTACKS.md sections 4.1 (step 3), 9.1 to 9.3.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageFont

from indelible.attacks.fonts import Font, installed_fonts
from indelible.attacks.recovered_text import in_reading_order
from indelible.model import Box

#: Correlation of drawn and seen ink from which a face counts as found.
GOOD_FIT = 0.90
#: Gap between words, in heights of the region, beyond which another column begins; and how far the line is followed.
_GAP = 1.2
_REACH = 10.0
#: Gap between two words, in heights of their ink; and how far ink may stand out of the region's rows, in its heights.
_WORD_GAP = 0.22
_OUTSIDE = 0.45
_INK = 0.35
_SMALLEST_PX, _LARGEST_PX = 5.0, 200.0
_STEP = 0.25
_SHORTLISTED = 6
#: Parts of a pixel at which a pen may stand, and what a size that is not whole has to fit better by.
_PHASES = (0.0, 0.25, 0.5, 0.75)
_FRACTION_MARGIN = 0.01
_CONTRAST = 40.0


_MOST_ANSWERS = 16
_BEFORE_A_STOP = re.compile(r" +(?=[:;,.!?)])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """One face at any size; ``font`` None is the one that comes with Pillow."""

    font: Font | None = None

    @property
    def name(self) -> str:
        """As it may be printed."""
        return "built-in" if self.font is None else self.font.name

    def at(self, size: float) -> ImageFont.FreeTypeFont:
        """The face at a size in pixels per em."""
        return _loaded(self, size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """Page and ink, RGB in levels."""

    page: tuple[float, float, float]
    ink: tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Words beside the region. ``pen``: where their pen began, px; ``left``, ``right``: columns of their ink."""

    text: str = field(repr=False)
    pen: float
    left: int
    right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFit:
    """How a line is set. ``baseline`` in the picture's rows; ``fit``: correlation of drawn and seen ink, up to 1.0."""

    face: Face
    size: float
    baseline: int
    colours: Colours
    before: Run | None
    after: Run | None
    fit: float

    def pen(self, text: str) -> float:
        """Where the pen stood before ``text``, px, as the words before or behind it say; nan where there are none."""
        if self.before is not None:
            return self.before.pen + self.width(self.before.text + " ")
        return float("nan") if self.after is None else self.after.pen - self.width(text + " ")

    def gap_error(self, text: str) -> float:
        """How far from its place, px, the word behind the region would begin if ``text`` were hidden; nan where a side is not known."""
        if self.before is None or self.after is None:
            return float("nan")
        return self.before.pen + self.width(f"{self.before.text} {text} ") - self.after.pen

    def width(self, text: str) -> float:
        """Advance of a text in pixels."""
        return float(self.face.at(self.size).getlength(text))


_ANSWERS: dict[bytes, LineFit | None] = {}


@functools.cache
def faces() -> tuple[Face, ...]:
    """Every installed face, upright ones of ordinary weight first, and the built-in one."""
    fonts = sorted(installed_fonts(), key=lambda font: not font.plain)
    return (*(Face(font=font) for font in fonts), Face())


def fit_line(image: Image.Image, box: Box, others: Sequence[Box] = ()) -> LineFit | None:
    """How the line through ``box`` is set, from its visible words; None if nothing is read there or no face fits.

    Several attacks ask for the same line, so the last answers are kept. Raises `ModelMissing` if the reader's models are missing.
    """
    key = hashlib.blake2b(repr((image.size, image.mode, box, others)).encode() + image.tobytes()).digest()
    if key not in _ANSWERS:
        while len(_ANSWERS) >= _MOST_ANSWERS:
            _ANSWERS.pop(next(iter(_ANSWERS)))
        _ANSWERS[key] = _fit_line(image, box, others)
    return _ANSWERS[key]


def _fit_line(image: Image.Image, box: Box, others: Sequence[Box]) -> LineFit | None:
    pixels = np.asarray(image.convert("RGB")).astype(np.float32)
    colours = line_colours(pixels, box)
    if colours is None:
        return None
    ink = coverage(pixels, colours)
    for other in (box, *others):
        ink[other.y : other.bottom, other.x : other.right] = 0.0
    best: LineFit | None = None
    runs: dict[bool, tuple[str, int, int, int, int] | None] = {}
    for before in (True, False):
        runs[before] = seen = _seen(image, ink, box, before)
        if seen is None or (best is not None and best.fit >= GOOD_FIT):
            continue
        found = _fitted(ink, seen, colours, before)
        tidy = _BEFORE_A_STOP.sub("", seen[0])
        if tidy != seen[0]:  # readers put spaces there
            again = _fitted(ink, (tidy, *seen[1:]), colours, before)
            if again is not None and (found is None or again.fit > found.fit):
                found, runs[before] = again, (tidy, *seen[1:])
        if found is None or found.fit < GOOD_FIT:
            word = _one_word(ink, seen, before)
            if word is not None:
                found, runs[before] = _fitted(ink, word, colours, before), word
        if found is not None and (best is None or found.fit > best.fit):
            best = found
    if best is None or best.fit < GOOD_FIT:
        return None
    return _with_both(best, ink, runs)


def line_colours(pixels: np.ndarray, box: Box) -> Colours | None:
    """Page and ink round a region, None where the ground is not plain or no text is seen. float32 ``(height, width, 3)``."""
    height, width = pixels.shape[:2]
    across, down = int(_REACH * box.height) + 8, box.height + 8
    around = box.grown(min(across, width), min(down, height), width, height)
    seen = np.ones((around.height, around.width), bool)
    seen[box.y - around.y : box.bottom - around.y, box.x - around.x : box.right - around.x] = False
    values = pixels[around.y : around.bottom, around.x : around.right][seen]
    if len(values) < 64:
        return None
    page = np.median(values, axis=0)
    distance = np.abs(values - page).max(axis=1)
    if (distance <= 24).mean() < 0.6 or (distance > _CONTRAST).sum() < 12:
        return None
    ink = np.median(values[distance >= np.percentile(distance, 99)], axis=0)
    if np.abs(ink - page).max() < _CONTRAST:
        return None
    triple = [(float(colour[0]), float(colour[1]), float(colour[2])) for colour in (page, ink)]
    return Colours(page=triple[0], ink=triple[1])


def coverage(pixels: np.ndarray, colours: Colours) -> np.ndarray:
    """Share of ink per pixel, float32 ``(height, width)`` in [0, 1]."""
    page, ink = np.array(colours.page, np.float32), np.array(colours.ink, np.float32)
    towards = ink - page
    return np.asarray(np.clip((pixels - page) @ towards / float(towards @ towards), 0.0, 1.0), dtype=np.float32)


def drawn(face: Face, size: float, text: str, phase: float = 0.0) -> tuple[np.ndarray, int, int]:
    """A text's coverage, float32 ``(rows, columns)``, and where its first pixel lies from pen and baseline, across and down.

    ``phase``: part of a pixel by which the pen stands to the right of a whole one; it decides which advances are rounded up.
    """
    mask, (left, top) = face.at(size).getmask2(text, mode="L", anchor="ls", start=(phase, 0))
    width, height = mask.size
    if not width or not height:
        return np.zeros((0, 0), np.float32), 0, 0
    ink = np.frombuffer(bytes(mask), np.uint8).reshape(height, width).astype(np.float32) / 255
    return ink, int(left), int(top)


@functools.lru_cache(maxsize=512)
def _loaded(face: Face, size: float) -> ImageFont.FreeTypeFont:
    if face.font is None:
        built_in = ImageFont.load_default(size=size)
        assert isinstance(
            built_in, ImageFont.FreeTypeFont
        )  # Pillow is built with FreeType wherever it has fonts at all
        return built_in
    return ImageFont.truetype(face.font.path, size, index=face.font.index)


def _seen(image: Image.Image, ink: np.ndarray, box: Box, before: bool) -> tuple[str, int, int, int, int] | None:
    """Text and ink box ``(left, top, right, bottom)`` of the words next to the region on its line."""
    reach = int(_REACH * box.height) + 8
    x0, x1 = (max(0, box.x - reach), box.x) if before else (box.right, min(ink.shape[1], box.right + reach))
    part = ink[max(0, box.y - 2) : min(ink.shape[0], box.bottom + 2), x0:x1]
    columns = np.flatnonzero((part > _INK).any(axis=0)) if part.size else np.zeros(0, int)
    if not len(columns):
        return None
    gaps = np.flatnonzero(np.diff(columns) > _GAP * box.height)
    if before:
        left, right = x0 + (int(columns[gaps[-1] + 1]) if len(gaps) else int(columns[0])), x0 + int(columns[-1]) + 1
        cut = left == x0 > 0
    else:
        left, right = x0 + int(columns[0]), x0 + (int(columns[gaps[0]]) if len(gaps) else int(columns[-1])) + 1
        cut = right == x1 < ink.shape[1]
    top, bottom = _rows(ink[:, left:right], box)
    if right - left < 4 or bottom - top < 4:
        return None
    text = _read(ink[max(0, top - 2) : bottom + 2, left:right])
    if cut and len(text.split()) > 1:
        return None  # the end of a word would be fitted to the whole of it
    return (text, left, top, right, bottom) if any(char.isalnum() for char in text) else None


def _rows(strip: np.ndarray, box: Box) -> tuple[int, int]:
    """First row and row behind the ink of the line through the box; descenders may stand out of the box's rows."""
    inked = np.asarray((strip > _INK).any(axis=1))
    reach = int(_OUTSIDE * box.height) + 2
    top, bottom = max(0, box.y - 2), min(len(inked), box.bottom + 2)
    lowest, highest = min(len(inked), box.bottom + reach), max(0, box.y - reach)
    while bottom < lowest and inked[bottom]:
        bottom += 1
    while top > highest and inked[top - 1]:
        top -= 1
    rows = np.flatnonzero(inked[top:bottom])
    return (top + int(rows[0]), top + int(rows[-1]) + 1) if len(rows) else (0, 0)


def _one_word(
    ink: np.ndarray, seen: tuple[str, int, int, int, int], before: bool
) -> tuple[str, int, int, int, int] | None:
    """Of several words the one next to the region."""
    text, left, top, right, bottom = seen
    words = text.split()
    columns = np.flatnonzero((ink[top:bottom, left:right] > _INK).any(axis=0))
    steps = np.diff(columns)
    gaps = np.flatnonzero(steps > max(_WORD_GAP * (bottom - top), 0.6 * float(steps.max(initial=0))))
    if len(words) < 2 or not len(gaps):
        return None
    word = words[-1] if before else words[0]
    first, last = (columns[gaps[-1] + 1], columns[-1]) if before else (columns[0], columns[gaps[0]])
    left, right = left + int(first), left + int(last) + 1
    rows = np.flatnonzero((ink[top:bottom, left:right] > _INK).any(axis=1))
    return (word, left, top + int(rows[0]), right, top + int(rows[-1]) + 1) if len(word) > 1 else None


def _read(ink: np.ndarray) -> str:
    """The text of one line of coverage."""
    from indelible.detect.reader import read_lines

    margin, scale = 16, 2 if ink.shape[0] < 48 else 1
    grey = Image.fromarray((255 - 255 * ink).astype(np.uint8))
    grey = grey.resize((grey.width * scale, grey.height * scale), Image.Resampling.BICUBIC)
    page = Image.new("RGB", (grey.width + 2 * margin, grey.height + 2 * margin), "white")
    page.paste(grey, (margin, margin))
    lines = in_reading_order([line for line in read_lines(page) if line.text.strip() and line.score >= 0.5])
    return " ".join(line.text.strip() for line in lines)


def _fitted(ink: np.ndarray, seen: tuple[str, int, int, int, int], colours: Colours, before: bool) -> LineFit | None:
    """The face and size in which the words fit best."""
    text, left, top, right, bottom = seen
    trials = []
    for face in faces():
        wide, high = _extent(face, 64.0, text)
        if not wide:
            continue
        size = 64.0 * (right - left) / wide
        tall = high * size / 64.0
        if not _SMALLEST_PX <= size <= _LARGEST_PX or abs(tall - (bottom - top)) > max(2.5, 0.2 * tall):
            continue
        # hinting rounds advances at each size apart, so the size that fits need not be the nearest one
        near = [float(round(size) + step) for step in (-2, -1, 0, 1, 2) if round(size) + step >= _SMALLEST_PX]
        near.sort(key=lambda value: abs(_extent(face, value, text)[0] - (right - left)))
        tried = [_compared(ink, face, value, text, left, top, right, bottom) for value in near[:2]]
        fits = [found[0] for found in tried if found is not None]
        if fits:
            trials.append((max(fits), face, size))
    trials.sort(key=lambda trial: -trial[0])
    best: tuple[float, Face, float, float, int] | None = None
    for _, face, size in trials[:_SHORTLISTED]:
        steps = {float(round(size) + step) for step in (-2, -1, 0, 1, 2)}
        steps |= {round(size / _STEP) * _STEP + _STEP * step for step in (-3, -2, -1, 0, 1, 2, 3)}
        for trial in sorted(steps, key=lambda value: (value != round(value), value)):
            if trial < _SMALLEST_PX or abs(_extent(face, trial, text)[0] - (right - left)) > 3:
                continue
            for phase in _PHASES:
                found = _compared(ink, face, trial, text, left, top, right, bottom, phase)
                margin = 0.001 if trial == round(trial) else _FRACTION_MARGIN
                if found is not None and (best is None or found[0] > best[0] + margin):
                    best = (found[0], face, trial, *found[1:])
    if best is None:
        return None
    fit, face, size, pen, baseline = best
    run = Run(text=text, pen=pen, left=left, right=right)
    return LineFit(
        face=face, size=size, baseline=baseline, colours=colours, fit=fit,
        before=run if before else None, after=None if before else run,
    )  # fmt: skip


def _extent(face: Face, size: float, text: str) -> tuple[int, int]:
    """Columns and rows between the first and the last that hold clear ink."""
    solid = np.asarray(drawn(face, size, text)[0] > _INK)
    if not solid.any():
        return 0, 0
    columns, rows = np.flatnonzero(solid.any(axis=0)), np.flatnonzero(solid.any(axis=1))
    return int(columns[-1] - columns[0]) + 1, int(rows[-1] - rows[0]) + 1


def _compared(
    ink: np.ndarray,
    face: Face,
    size: float,
    text: str,
    left: int,
    top: int,
    right: int,
    bottom: int,
    phase: float = 0.0,
) -> tuple[float, float, int] | None:
    """Correlation of drawn and seen ink at the best place within a pixel of the ink's corner; then pen and baseline there."""
    if size < _SMALLEST_PX:
        return None
    shape, across, down = drawn(face, size, text, phase)
    solid = shape > _INK
    if not solid.any():
        return None
    first = int(np.flatnonzero(solid.any(axis=0))[0]), int(np.flatnonzero(solid.any(axis=1))[0])
    best: tuple[float, float, int] | None = None
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            x, y = left - first[0] + dx, top - first[1] + dy
            window = _window(ink, x - 2, y - 2, shape.shape[1] + 4, shape.shape[0] + 4, right + 2)
            padded = np.pad(shape, 2)
            fit = _correlation(window, padded)
            if best is None or fit > best[0]:
                best = (fit, x - across + phase, y - down)
    return best


def _window(ink: np.ndarray, x: int, y: int, width: int, height: int, stop: int) -> np.ndarray:
    """Part of the picture, zero where it has none or beyond column ``stop``."""
    window = np.zeros((height, width), np.float32)
    x0, y0, x1, y1 = max(0, x), max(0, y), min(ink.shape[1], x + width, stop), min(ink.shape[0], y + height)
    if x1 > x0 and y1 > y0:
        window[y0 - y : y1 - y, x0 - x : x1 - x] = ink[y0:y1, x0:x1]
    return window


def _correlation(one: np.ndarray, two: np.ndarray) -> float:
    """Cosine of two pictures of ink, 0.0 to 1.0."""
    scale = float(np.sqrt((one**2).sum() * (two**2).sum()))
    return float((one * two).sum()) / scale if scale > 0 else 0.0


def _with_both(fit: LineFit, ink: np.ndarray, runs: dict[bool, tuple[str, int, int, int, int] | None]) -> LineFit:
    """The fit with the words on the other side placed as well, where they fit in the same face and size."""
    placed: dict[bool, Run | None] = {True: fit.before, False: fit.after}
    for before, seen in runs.items():
        if seen is None or placed[before] is not None:
            continue
        tried = [_compared(ink, fit.face, fit.size, *seen, phase) for phase in _PHASES]
        found = max((item for item in tried if item is not None), key=lambda item: item[0], default=None)
        if found is not None and found[0] >= GOOD_FIT and abs(found[2] - fit.baseline) <= 1:
            placed[before] = Run(text=seen[0], pen=found[1], left=seen[1], right=seen[3])
    return LineFit(
        face=fit.face, size=fit.size, baseline=fit.baseline, colours=fit.colours, fit=fit.fit,
        before=placed[True], after=placed[False],
    )  # fmt: skip
