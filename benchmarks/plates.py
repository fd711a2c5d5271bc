"""Number plates: labels covered and false boxes, and made variants. ``python benchmarks/plates.py [SAMPLES] [--only PART] [--seed N]``.

Peers in the same run: every box of text, and the rules of the feasibility study on the same lines. (OpenCV 5 ships no cascade for
plates.) The variants are made at run time from every seventh picture, with a fixed seed; the drawn ones by `drawn_plates`.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from detect_common import Case, Label, cases, covered, grown, is_false, samples_line, versions
from documents import mask, share_of
from drawn_plates import ROWS, Corners, made
from numpy.random import Generator
from PIL import Image, ImageFilter

from indelible.detect.plates import find_plates
from indelible.detect.scene import Scene
from indelible.media import Picture
from indelible.model import Box, Detection, Kind, Mode, Policy
from indelible.verify.leaks.residual_plates import find_plates as second_opinion

GROWTH = 0.10
FOLDERS = ("plates", "documents", "negatives", "codes", "faces")
CLASSES = ((24, "under 24 px high"), (40, "24-40 px"), (10**9, "40 px and more"))
EVERY = 7
SEED = 20261123

Finder = Callable[[Scene], list[Detection]]
Variant = tuple[str, Callable[[Image.Image, Box, Generator], tuple[Image.Image, Box]]]


def ours(mode: Mode) -> Finder:
    """The locator in one mode."""
    return lambda scene: [item for item in find_plates(scene, Policy(mode=mode)) if isinstance(item, Detection)]


def text_boxes(scene: Scene) -> list[Detection]:
    """The peer that cannot tell: every box of text."""
    return [Detection(kind=Kind.PLATE, box=line.box, score=1.0, detector="peer") for line in scene.lines]


def study_rules(scene: Scene) -> list[Detection]:
    """The peer: the study's rules on the lines, its growth of 25 % upwards and downwards, no page with over 25 lines."""
    found = []
    for line in scene.lines if len(scene.lines) <= 25 else ():
        signs = re.sub(r"[^A-Za-z0-9]", "", line.text)
        digits = sum(sign.isdigit() for sign in signs)
        dated = re.search(r"\d[-/.:]\d\d[-/.:]|\d[.,]\d|[$€£]", line.text)
        shaped = 1.2 <= line.box.width / line.box.height <= 7 and 4 <= len(signs) <= 9
        if shaped and digits and (digits < len(signs) or digits >= 6) and line.score >= 0.3 and not dated:
            if sum(sign.islower() for sign in signs) < 3:
                box = line.box.grown(0, round(0.13 * line.box.height), scene.width, scene.height)
                found.append(Detection(kind=Kind.PLATE, box=box, score=1.0, detector="peer"))
    return found


FINDERS: dict[str, Finder] = {
    "recall": ours(Mode.RECALL),
    "balanced": ours(Mode.BALANCED),
    "peer: the study's rules": study_rules,
    "peer: every box of text": text_boxes,
}


def _turned(degrees: float) -> Callable[[Image.Image, Box, Generator], tuple[Image.Image, Box]]:
    def turn(image: Image.Image, box: Box, rng: Generator) -> tuple[Image.Image, Box]:
        angle = np.deg2rad(-degrees)
        matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        turned = image.rotate(degrees, resample=Image.Resampling.BICUBIC, expand=True)
        corners = np.array([(x, y) for x in (box.x, box.right) for y in (box.y, box.bottom)], dtype=np.float64)
        corners = (corners - (image.width / 2, image.height / 2)) @ matrix.T + (turned.width / 2, turned.height / 2)
        (left, top), (right, bottom) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
        found = Box.from_corners(left, top, right, bottom, turned.width, turned.height)
        return turned, found or box

    return turn


def _scaled(share: float) -> Callable[[Image.Image, Box, Generator], tuple[Image.Image, Box]]:
    def scale(image: Image.Image, box: Box, rng: Generator) -> tuple[Image.Image, Box]:
        small = image.resize((round(image.width * share), round(image.height * share)), Image.Resampling.BOX)
        left, top, right, bottom = (value * share for value in box.corners)
        return small, Box.from_corners(left, top, right, bottom, small.width, small.height) or Box(0, 0, 1, 1)

    return scale


def _blurred(image: Image.Image, box: Box, rng: Generator) -> tuple[Image.Image, Box]:
    return image.filter(ImageFilter.GaussianBlur(max(1.0, box.height / 18))), box


def _night(image: Image.Image, box: Box, rng: Generator) -> tuple[Image.Image, Box]:
    pixels = np.asarray(image, np.float64) * 0.15 + rng.normal(0, 4, (image.height, image.width, 3)) + 8
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)), box


VARIANTS: tuple[Variant, ...] = (
    ("as they are", lambda image, box, rng: (image, box)),
    ("turned 10 degrees", _turned(10)),
    ("turned 20 degrees", _turned(20)),
    ("turned 30 degrees", _turned(30)),
    ("half the size", _scaled(0.5)),
    ("a quarter of the size", _scaled(0.25)),
    ("blurred, 1/18 of the height", _blurred),
    ("darkened to 15 %, noise 4", _night),
)


def _picture(image: Image.Image) -> Picture:
    return Picture(format="png", sha256="0" * 64, image=image, stored_size=image.size, orientation=1)


def _wrong(found: Iterable[Detection], labels: list[Label], picture: Picture) -> int:
    return sum(is_false(item.box, labels, GROWTH, picture) for item in found)


def folders(samples: Path) -> None:
    """The table over the labelled folders, one row per finder and folder, and the misses."""
    print("| finder | pictures | plates covered | false boxes | per picture | s/img on top of the text |")
    print("|---" * 6 + "|")
    by_class: dict[tuple[str, str], list[int]] = {}
    misses: list[str] = []
    for folder in (samples / name for name in FOLDERS):
        sums = {name: [0, 0, 0, 0.0] for name in FINDERS}
        second = [0, 0, 0, 0.0]
        pictures = 0
        for case in cases(folder) if folder.is_dir() else ():
            picture = case.open()
            scene = Scene(picture)
            _ = scene.lines
            pictures += 1
            labels = [label for label in case.labels if label.kind == "plate"]
            for name, finder in FINDERS.items():
                started = time.perf_counter()
                found = finder(scene)
                sums[name][3] += time.perf_counter() - started
                boxes = grown(found, GROWTH, picture)
                sums[name][2] += _wrong(found, labels, picture)
                for label in labels:
                    hit = covered(label.box, boxes)
                    sums[name][0] += hit
                    sums[name][1] += 1
                    for group in (_class(label), f"source: {case.file.name.split('_')[0]}"):
                        by_class.setdefault((name, group), [0, 0])[0] += hit
                        by_class[name, group][1] += 1
                    if not hit and name in ("recall", "balanced"):
                        misses.append(f"{name}: {case.file.name}, {label.box.height} px high, {len(found)} found")
            started = time.perf_counter()
            seen = second_opinion(picture.image)
            second[3] += time.perf_counter() - started
            on_plate = [box for box in seen if any(_mostly(box, label.box) for label in labels)]
            second[0] += bool(on_plate)
            second[1] += len(labels)
            second[2] += len(seen) - len(on_plate)
        for name, (hits, count, false, seconds) in (*sums.items(), ("verifier's second opinion", second)):
            rate = f"{false / max(1, pictures):.3f} | {seconds / max(1, pictures):.2f}"
            print(f"| {name} | {folder.name} ({pictures}) | {hits}/{count} | {false} | {rate} |", flush=True)
    print("\n| class | " + " | ".join(FINDERS) + " |\n|---" + "|---" * len(FINDERS) + "|")
    for group in sorted({group for _, group in by_class}):
        print(f"| {group} | " + " | ".join("{}/{}".format(*by_class[name, group]) for name in FINDERS) + " |")
    print("\n" + "\n".join(f"<!-- missed, {line} -->" for line in misses))


def _class(label: Label) -> str:
    return "height: " + next(name for limit, name in CLASSES if label.box.height < limit)


def _mostly(box: Box, label: Box) -> bool:
    common = box.intersection(label)
    return common is not None and common.area >= 0.5 * box.area


def variants(samples: Path) -> None:
    """The table of made pictures: turned, small, blurred, dark, and rendered ones."""
    print("\n| made | plates covered: recall | balanced | the study's rules | second opinion | false boxes, recall |")
    print("|---" * 6 + "|")
    chosen: list[Case] = list(cases(samples / "plates"))[::EVERY]
    for name, change in VARIANTS:
        rng = np.random.default_rng(SEED)
        changed = (change(case.open().image, case.labels[0].box, rng) for case in chosen)
        _variant_row(name, ((image, box, ()) for image, box in changed))


def drawn(seed: int, count: int, rows: str) -> None:
    """The table of drawn plates, ``count`` a row, of the rows whose names hold a text; covered is then 75 % of the plate's own four-cornered area."""
    print(
        f"\n| drawn, seed {seed} | plates covered: recall | balanced | the study's rules | second opinion | false boxes, recall |"
    )
    print("|---" * 6 + "|")
    for name in (name for name in ROWS if rows in name):
        _variant_row(name, ((image, _around(corners), corners) for image, corners in made(name, seed, count)))


def _around(corners: Corners) -> Box:
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    left, top = max(0, round(min(xs))), max(0, round(min(ys)))
    return Box(left, top, max(1, round(max(xs)) - left), max(1, round(max(ys)) - top))


def _variant_row(name: str, pictures: Iterable[tuple[Image.Image, Box, Corners]]) -> None:
    hits, count, false = [0, 0, 0, 0], 0, 0
    for image, box, corners in pictures:
        picture = _picture(image)
        scene = Scene(picture)
        label = Label(kind="plate", box=box, note="")
        count += 1
        for number, finder in enumerate(list(FINDERS.values())[:3]):
            found = finder(scene)
            boxes = grown(found, GROWTH, picture)
            if corners:
                hits[number] += share_of(corners, mask(boxes, image.size)) >= 0.75
            else:
                hits[number] += covered(box, boxes)
            false += _wrong(found, [label], picture) if number == 0 else 0
        hits[3] += any(_mostly(seen, box) for seen in second_opinion(image))
    print(f"| {name} ({count}) | " + " | ".join(f"{hit}/{count}" for hit in hits) + f" | {false} |", flush=True)


def main() -> None:
    """Measure and print the tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "samples", nargs="?", type=Path, default=Path(__file__).resolve().parents[1] / "../shared/samples"
    )
    parser.add_argument("--only", choices=("folders", "variants", "drawn"))
    parser.add_argument("--seed", type=int, default=5000)
    parser.add_argument("--each", type=int, default=24)
    parser.add_argument("--rows", default="", help="part of the names of drawn rows")
    asked = parser.parse_args()
    samples = asked.samples
    if asked.only in (None, "folders"):
        folders(samples)
    if asked.only in (None, "variants"):
        variants(samples)
    if asked.only in (None, "drawn"):
        drawn(asked.seed, asked.each, asked.rows)
    print()
    print(versions("rapidocr", "onnxruntime", "opencv-python-headless", "scikit-image", "pillow"))
    print(samples_line(*(samples / name for name in FOLDERS if (samples / name).is_dir())))


if __name__ == "__main__":
    main()
