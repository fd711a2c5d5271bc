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

from indelible.attacks.blur_ink import ink_of
from indelible.attacks.blur_kernels import BOX, BROWSER, OPENCV, PILLOW, apply, of_sigma
from indelible.attacks.blur_text import EXPLAINED, read_line
from indelible.attacks.fonts import Font, installed_fonts
from indelible.attacks.scoring import lower_bound, upper_bound

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
    parser.add_argument("--first-seed", type=int, default=9000)
    parser.add_argument("--rows", nargs="*", default=list(_ROWS), choices=list(_ROWS))
    parser.add_argument("--seconds", type=float, default=240.0, help="per case")
    parser.add_argument("--verbose", action="store_true", help="a line per case, without what was read")
    given = parser.parse_args()
    print(
        "| Row | cases | characters | exact (95 % bounds) | wrong and sure | sigma error, median / worst | CPU s, median |"
    )
    print("|---|---|---|---|---|---|---|", flush=True)
    for name in given.rows:
        print(_row(name, given.cases, given.first_seed, given.seconds, given.verbose), flush=True)


def _row(name: str, cases: int, seed: int, seconds: float, verbose: bool) -> str:
    alphabet, fonts, ratio, quality = _ROWS[name]
    families = (PILLOW, OPENCV, BROWSER, BOX)
    kept, exact, lies, errors, spent = [], 0, 0, [], []
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
        started, end = time.process_time(), time.monotonic() + seconds
        ink = ink_of(pixels, quality=quality)
        assert ink is not None
        found = read_line(ink, seed=case, spent=lambda end=end: time.monotonic() > end)
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
