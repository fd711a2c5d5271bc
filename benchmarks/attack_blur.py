"""How much blurred text the discrete attack reads: a Markdown table. By hand: ``python benchmarks/attack_blur.py --cases 4``.

Random strings of ten, 24 px, 8-bit; font, size, place and kernel are not told. Fonts are drawn from faces that the attack was not
developed on (Liberation Serif, DejaVu Sans, DejaVu Serif Condensed, Liberation Sans Narrow; Liberation Mono for digits); kernels
rotate over Pillow's, OpenCV's and browsers' Gaussians and Pillow's box.
"""

from __future__ import annotations

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import argparse
import io
import string
import time

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from indelible.attacks.blur_answer import EXPLAINED
from indelible.attacks.blur_identify import identify_text
from indelible.attacks.blur_ink import ink_of
from indelible.attacks.blur_kernels import (
    BOX,
    BROWSER,
    DISC,
    GAUSSIANS,
    MOTION,
    OPENCV,
    PILLOW,
    RESAMPLE,
    STACK,
    Kernel,
    apply,
    of_sigma,
)  # fmt: skip
from indelible.attacks.blur_region import find_blurred
from indelible.attacks.blur_text import read_line
from indelible.attacks.fonts import Font, installed_fonts
from indelible.attacks.scoring import lower_bound, upper_bound
from indelible.model import Box

_TEST = ("Liberation Serif Regular", "DejaVu Sans Book", "DejaVu Serif Condensed", "Liberation Sans Narrow Regular")
_MONO = ("Liberation Mono Regular", "DejaVu Sans Mono Book")
_ROWS = {
    "letters-0.6": (string.ascii_lowercase + " ", _TEST, 0.6, None),
    "letters-0.8": (string.ascii_lowercase + " ", _TEST, 0.8, None),
    "letters-1.0": (string.ascii_lowercase + " ", _TEST, 1.0, None),
    "digits-0.8": (string.digits, _MONO, 0.8, None),
    "digits-1.2": (string.digits, _MONO, 1.2, None),
    "digits-1.4": (string.digits, _MONO, 1.4, None),
    "letters-jpeg75-0.4": (string.ascii_lowercase + " ", _TEST, 0.4, 75),
    "letters-jpeg75-0.6": (string.ascii_lowercase + " ", _TEST, 0.6, 75),
}


def main() -> None:
    """Print the table, a row as soon as it is done."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=4)
    parser.add_argument("--first-seed", type=int, default=9100)
    parser.add_argument("--rows", nargs="*", default=list(_ROWS), choices=list(_ROWS))
    parser.add_argument(
        "--kernels", type=int, default=0, metavar="N", help="only: family and width over N lines in every family"
    )
    parser.add_argument("--finding", type=int, default=0, metavar="N", help="only: rectangles on N pages of each kind")
    parser.add_argument("--seconds", type=float, default=240.0, help="of CPU per case")
    parser.add_argument("--verbose", action="store_true", help="a line per case, without what was read")
    given = parser.parse_args()
    if given.kernels or given.finding:
        if given.kernels:
            _kernels(given.kernels, given.first_seed)
        if given.finding:
            _finding(given.finding, given.first_seed)
        return
    print(
        "| Row | cases | characters | exact (95 % bounds) | wrong and sure | sigma error, median / worst | CPU s, median |"
    )
    print("|---|---|---|---|---|---|---|", flush=True)
    for name in given.rows:
        print(_row(name, given.cases, given.first_seed, given.seconds, given.verbose), flush=True)


def _row(name: str, cases: int, seed: int, seconds: float, verbose: bool) -> str:
    alphabet, fonts, ratio, quality = _ROWS[name]
    families = (PILLOW, OPENCV, BROWSER, BOX)
    kept: list[float] = []
    errors: list[float] = []
    spent: list[float] = []
    exact = lies = 0
    for case in range(cases):
        rng = np.random.default_rng(seed + case)
        text = " ".join("".join(rng.choice(list(alphabet), 10)).split())
        font = _font(fonts[case % len(fonts)])
        kernel = of_sigma(families[case // len(fonts) % 4 if cases > 8 else case % 4], ratio * _x_height(font))
        pixels = apply(kernel, _page(text, font, round(3 * kernel.sigma)))
        if quality is not None:
            buffer = io.BytesIO()
            Image.fromarray(pixels).save(buffer, "JPEG", quality=quality)
            pixels = np.asarray(Image.open(buffer))
        started = time.process_time()
        end = started + seconds
        ink = ink_of(pixels, quality=quality)
        assert ink is not None
        found = read_line(ink, seed=case, spent=lambda end=end: time.process_time() > end)
        spent.append(time.process_time() - started)
        got, weight = found.readings[0] if found.readings else ("", 0.0)
        right = max(0.0, 1 - _distance(text, got.strip()) / len(text))
        kept.append(right)
        exact += got.strip() == text
        lies += got.strip() != text and weight >= 0.5 and found.fit < EXPLAINED
        if found.kernel is not None:
            errors.append(abs(found.kernel.sigma / kernel.sigma - 1))
        if verbose:
            print(
                f"    {name} {font.name} {kernel.family} {right:.2f} fit {found.fit:.2f} trials {found.trials}",
                flush=True,
            )
    bounds = f"{lower_bound(exact, cases):.2f}-{upper_bound(exact, cases):.2f}"
    return (
        f"| {name} | {cases} | {np.mean(kept):.3f} | {exact} ({bounds}) | {lies} | "
        f"{100 * np.median(errors):.2f} % / {100 * np.max(errors):.2f} % | {np.median(spent):.0f} |"
    )


def _kernels(cases: int, seed: int) -> None:
    """Family and width of every family, text in the test set's fonts and textures; Gaussians of any make count as one family."""
    print("| Blur | family | width within 5 % | cases |\n|---|---|---|---|")
    for family in (PILLOW, OPENCV, BROWSER, BOX, STACK, DISC, MOTION, RESAMPLE):
        right = near = 0
        for case in range(cases):
            rng = np.random.default_rng(seed + case)
            sigma = float(rng.uniform(2.5, 6.5))
            kernel = of_sigma(family, sigma)
            if family == MOTION:
                kernel = Kernel(family=MOTION, width=3.46 * sigma, angle=float(rng.uniform(0, 180)))
            elif family == RESAMPLE:
                kernel = Kernel(
                    family=RESAMPLE, width=2 * sigma, filters=(("box", "bilinear"), ("area", "linear"))[case % 2]
                )
            text = "".join(rng.choice(list(string.ascii_letters + string.digits + "   "), 14))
            pixels = apply(kernel, _page(text.strip() or "a", _font(_TEST[case % len(_TEST)]), round(2 * sigma) + 8))
            ink = ink_of(pixels)
            found = None if ink is None else identify_text(ink.ink, ink.noise, free_contrast=not ink.known)
            if found is not None:
                same = found.kernel.family == family or {found.kernel.family, family} <= set(GAUSSIANS)
                right += same
                near += same and abs(found.kernel.sigma / kernel.sigma - 1) <= 0.05
        print(f"| {family} | {right} | {near} | {cases} |", flush=True)


def _finding(cases: int, seed: int) -> None:
    """Rectangles on pages of text, dense and sparse: the frame round what was found there overlaps (intersection over union) what changed by 0.7."""
    words = "the quick brown fox jumps over a lazy dog account 40718 street number".split()
    face_path = _font(_TEST[1]).path
    print("| Page | found | false | cases |\n|---|---|---|---|")
    for kind, pitch in (("dense", 1.4), ("sparse", 2.4)):
        hits = false = done = 0
        for case in range(cases):
            rng = np.random.default_rng(seed + case)
            image = Image.new("L", (640, 420), int(rng.integers(225, 256)))
            size = int(rng.integers(14, 30))
            face = ImageFont.truetype(face_path, size)
            for top in range(10, 400, int(pitch * size)):
                line = " ".join(rng.choice(words, 14 if kind == "dense" else int(rng.integers(2, 6))))
                ImageDraw.Draw(image).text((12, top), line, font=face, fill=int(rng.integers(0, 60)))
            pixels = np.asarray(image)
            false += len(find_blurred(image))
            wide, tall = int(rng.integers(60, 220)), int(rng.integers(32, 120))
            x, y = int(rng.integers(8, 632 - wide)), int(rng.integers(8, 412 - tall))
            kernel = of_sigma((PILLOW, OPENCV, BOX, DISC, BROWSER)[case % 5], float(rng.uniform(2.5, 9)))
            out = pixels.copy()
            out[y : y + tall, x : x + wide] = apply(kernel, pixels[y : y + tall, x : x + wide])
            rows, columns = np.nonzero(np.abs(out.astype(int) - pixels) > 3)
            if len(rows) < 200 or min(np.ptp(rows), np.ptp(columns)) < 16:
                continue  # nothing stood there
            box = Box(int(columns.min()), int(rows.min()), int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1)
            done += 1
            hits += _overlap(box, find_blurred(Image.fromarray(out)), out.shape) >= 0.7
        print(f"| {kind} | {hits} | {false} | {done} |", flush=True)


def _overlap(truth: Box, found: tuple[Box, ...], shape: tuple[int, ...]) -> float:
    """Intersection over union of a rectangle and the frame round all boxes that touch it: lines of text are found apart."""
    first, second = np.zeros(shape, bool), np.zeros(shape, bool)
    first[truth.y : truth.bottom, truth.x : truth.right] = True
    for one in found:
        if truth.intersection(one) is not None:
            second[one.y : one.bottom, one.x : one.right] = True
    if second.any():
        rows, columns = np.nonzero(second)
        second[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1] = True
    return float((first & second).sum() / (first | second).sum())


def _font(name: str) -> Font:
    return next(font for font in installed_fonts() if font.name.startswith(name))


def _x_height(font: Font) -> float:
    box = ImageFont.truetype(font.path, 240).getbbox("x", anchor="ls")
    return (box[3] - box[1]) / 10


def _page(text: str, font: Font, margin: int) -> np.ndarray:
    face = ImageFont.truetype(font.path, 24)
    ascent, descent = face.getmetrics()
    image = Image.new("L", (int(face.getlength(text)) + 2 * margin + 2, ascent + descent + 2 * margin), 255)
    ImageDraw.Draw(image).text((margin, margin + ascent), text, font=face, fill=0, anchor="ls")
    return np.asarray(image)


def _distance(first: str, second: str) -> int:
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        before, row[0] = row[:], i
        for j, b in enumerate(second, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
    return row[-1]


if __name__ == "__main__":
    main()
