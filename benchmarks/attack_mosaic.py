"""Mosaic over text, measured: strings, digits, phrases, plates, regions without text, fonts that are not installed.

Synthetic and seeded. Run by hand: ``python benchmarks/attack_mosaic.py strings 100 1.0 2 15`` (what, cases, block in x-heights or plate width in
blocks, seed, minutes after which no further case begins); what: digits, strings, grey (strings of a grey
that nobody tells), phrases, plates, nothing, absent. ``--jpeg 75`` or ``--jpeg 75:444`` sends the picture through a JPEG file after the mosaic was
made (4:2:0 unless said otherwise), ``--resize 0.8`` through one bicubic resize; ``--find`` lets the attack find the region by itself.
Prints one row of
a Markdown table per call, with a two-sided 90 % Clopper-Pearson interval (each bound one-sided 95 %). Times are of the process, one core.
"""

from __future__ import annotations

import argparse
import io
import sys
import time

import numpy as np
from PIL import Image, ImageDraw, ImageFont

import indelible.attacks.methods.candidate_match as match_module
import indelible.attacks.methods.mosaic_text as text_module
from indelible.attacks.candidate_lists import plates
from indelible.attacks.fonts import Font, installed_fonts
from indelible.attacks.found import find_places
from indelible.attacks.methods import Budget, Target
from indelible.attacks.mosaic_draw import block_means, texture
from indelible.attacks.mosaic_ink import to_light
from indelible.attacks.scoring import lower_bound, upper_bound
from indelible.jpeg import JpegCoding, coding_of
from indelible.model import Box, Kind, Outcome

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
PHRASES = (
    "please call me tomorrow", "the meeting is on monday", "send money to my bank", "our garden needs water",
    "he lives near the river", "patient shows no change", "keep this paper secret", "she was born in april",
    "the contract ends soon", "two children and a dog", "a letter from the school", "we agree to the terms",
)  # fmt: skip


def drawn(text: str, font: Font, size: int, rng: np.random.Generator) -> tuple[Image.Image, Box]:
    layout = ImageFont.Layout.RAQM if rng.random() < 0.7 else ImageFont.Layout.BASIC
    face = ImageFont.truetype(font.path, size, index=font.index, layout_engine=layout)
    left, top, right, bottom = (int(value) for value in face.getbbox(text))
    dx, dy = (int(value) for value in rng.integers(4, 12, 2))
    width, height = right - left + 2 * dx, bottom - top + 2 * dy
    image = Image.new("RGB", (width + 60, height + 60), (255, 255, 255))
    ImageDraw.Draw(image).text((30 + dx - left, 30 + dy - top), text, fill=(0, 0, 0), font=face)
    return image, Box(30, 30, width, height)


def faded(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Black on white as some grey on some light paper."""
    paper, text = int(rng.integers(225, 256)), int(rng.integers(30, 140))
    ink = 1 - np.asarray(image, dtype=float) / 255
    return Image.fromarray(np.floor(paper + ink * (text - paper) + 0.5).astype(np.uint8))


def hidden(image: Image.Image, box: Box, block: float, rng: np.random.Generator) -> Image.Image:
    """Block means (stored values or light), or Pillow's or OpenCV's shrinking of the region."""
    how = str(rng.choice(["mean", "light", "box", "area"]))
    whole = max(4, round(block))
    phase = (int(rng.integers(whole)), int(rng.integers(whole)))
    if how == "mean":
        return block_means(image, box, whole, phase)
    part = image.crop(box.corners)
    result = image.copy()
    if how == "light":
        light = to_light(np.asarray(part, dtype=float))
        for top, bottom in _cuts(box.height, whole, phase[1]):
            for left, right in _cuts(box.width, whole, phase[0]):
                light[top:bottom, left:right] = light[top:bottom, left:right].mean(axis=(0, 1))
        stored = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
        result.paste(Image.fromarray(np.floor(255 * stored + 0.5).astype(np.uint8)), box.corners)
        return result
    cells = max(1, round(box.width / block)), max(1, round(box.height / block))
    if how == "box":
        small = part.resize(cells, Image.Resampling.BOX)
    else:
        import cv2

        small = Image.fromarray(cv2.resize(np.asarray(part), cells, interpolation=cv2.INTER_AREA))
    result.paste(small.resize(part.size, Image.Resampling.NEAREST), box.corners)
    return result


def through(
    image: Image.Image, box: Box, jpeg: str | None, resize: float | None
) -> tuple[Image.Image, Box, JpegCoding | None]:
    """The picture and its region after a resize and a JPEG file, and the file's coding."""
    if resize is not None:
        width, height = round(image.width * resize), round(image.height * resize)
        x, y = width / image.width, height / image.height
        image = image.resize((width, height), Image.Resampling.BICUBIC)
        left, top = round(box.x * x), round(box.y * y)
        box = Box(left, top, round(box.right * x) - left, round(box.bottom * y) - top)
    if jpeg is None:
        return image, box, None
    quality, _, sampling = jpeg.partition(":")
    file = io.BytesIO()
    image.save(file, "JPEG", quality=int(quality), subsampling={"": 2, "420": 2, "422": 1, "444": 0}[sampling])
    opened = Image.open(file)
    coding = coding_of(opened)
    return opened.convert("RGB"), box, coding


def found(image: Image.Image, box: Box, *, lossy: bool) -> Box | None:
    """The mosaic that the search finds over most of the region."""
    places = [place for place in find_places(image, lossy=lossy) if place.kind == "mosaic"]
    parts = [(part.area, place.box) for place in places if (part := place.box.intersection(box)) is not None]
    return max(parts, key=lambda item: item[0])[1] if parts else None


def _cuts(length: int, block: int, phase: int) -> list[tuple[int, int]]:
    edges = sorted({0, *(cut for cut in range(phase, length, block)), length})
    return list(zip(edges, edges[1:], strict=False))


def x_height(font: Font, size: int) -> float:
    box = ImageFont.truetype(font.path, 200, index=font.index).getbbox("x")
    return float(box[3] - box[1]) / 200 * size


def same(a: str, b: str) -> float:
    """1 - edit distance over the longer length."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return 1 - row[-1] / max(len(a), len(b), 1)


def main(
    what: str, count: int, ratio: float, seed: int, minutes: float,
    *, jpeg: str | None = None, resize: float | None = None, find: bool = False,
) -> None:  # fmt: skip
    """Run one row and print it."""
    rng = np.random.default_rng(seed)
    fonts = [font for font in installed_fonts() if font.plain or rng.random() < 0.2]
    exact, shares, sure, sure_right, broken, times = 0, [], 0, 0, 0, []
    end = time.monotonic() + 60 * minutes
    for case in range(count):
        if time.monotonic() > end:
            count = case
            break
        font, size = fonts[rng.integers(len(fonts))], int(rng.integers(20, 49))
        candidates: tuple[str, ...] = ()
        truth, kind = "", Kind.TEXT
        if what == "nothing":
            image = texture(int(rng.integers(1 << 30)), 260, 120)
            box = Box(30, 30, 200, 50)
            image = block_means(image, box, int(rng.integers(6, 24)))
        else:
            if what == "plates":
                candidates, kind = plates(int(rng.integers(1 << 30)), 1000), Kind.PLATE
                truth = candidates[rng.integers(1000)]
            elif what == "phrases":
                truth = PHRASES[rng.integers(len(PHRASES))]
            else:
                truth = "".join(rng.choice(list("0123456789" if what == "digits" else LETTERS), 10))
            image, box = drawn(truth, font, size, rng)
            if what == "grey":
                image = faded(image, rng)
            block = box.width / ratio if what == "plates" else ratio * x_height(font, size)
            image = hidden(image, box, block, rng)
        image, box, coding = through(image, box, jpeg, resize)
        place: Box | None = found(image, box, lossy=coding is not None) if find else box
        if what == "absent":
            kept = tuple(other for other in installed_fonts() if other.family.split()[0] != font.family.split()[0])
            text_module.installed_fonts = lambda kept=kept: kept
        began = time.process_time()
        run = match_module.candidate_match if candidates else text_module.mosaic_text
        target = Target(image=image, box=place, kind=kind, candidates=candidates, jpeg=coding)
        result = run(target, Budget.of(600), seed)
        times.append(time.process_time() - began)
        best = result.guesses[0] if result.guesses else None
        right = best is not None and best.text == truth
        exact += right
        shares.append(same(truth, best.text) if best else 0.0)
        broken += result.outcome is Outcome.BROKEN
        if best is not None and best.posterior >= 0.9:
            sure, sure_right = sure + 1, sure_right + right
        print(f"  {right:d} {result.outcome} {result.why or ''} {times[-1]:.0f} s", file=sys.stderr, flush=True)
    low, high = lower_bound(exact, count), upper_bound(exact, count)
    print(
        f"| {what} {ratio:g}{'' if jpeg is None else f', JPEG {jpeg}'}{'' if resize is None else f', resized {resize:g}'}"
        f"{', found' if find else ''} | {count} | {seed} | exact {exact / count:.2f} ({low:.2f}-{high:.2f}) | char {np.mean(shares):.3f} "
        f"| broken {broken}, wrong at 0.9: {sure - sure_right} of {sure} | median {np.median(times):.0f} s, most {max(times):.0f} s |"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("what")
    parser.add_argument("count", type=int)
    parser.add_argument("ratio", type=float)
    parser.add_argument("seed", type=int)
    parser.add_argument("minutes", type=float)
    parser.add_argument("--jpeg")
    parser.add_argument("--resize", type=float)
    parser.add_argument("--find", action="store_true")
    given = parser.parse_args()
    main(
        given.what, given.count, given.ratio, given.seed, given.minutes,
        jpeg=given.jpeg, resize=given.resize, find=given.find,
    )  # fmt: skip
