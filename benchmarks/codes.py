"""Codes: labels covered and false boxes, and drawn codes. ``python benchmarks/codes.py [SAMPLES]``, by hand.

The labels of the samples mostly come from zxing's own positions, which favours it. Peers in the same run: zxing as it comes, and
OpenCV's detectors, which the verifier uses as its second opinion and which the locator therefore leaves alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from detect_common import cases, covered, grown, is_false, samples_argument, samples_line, versions
from drawn_codes import KINDS, TREATMENTS, drawn
from PIL import Image

from indelible.detect.codes import find_codes
from indelible.detect.scene import Scene
from indelible.media import Picture
from indelible.model import Box, Detection, Kind, Mode, Policy

GROWTH = 0.12
FOLDERS = ("codes", "negatives", "documents", "plates", "faces")


def _boxes(quads: Iterable[Any], image: Image.Image) -> Iterator[Detection]:
    for quad in quads:
        corners = np.asarray(quad, dtype=np.float64).reshape(-1, 2)
        if np.isfinite(corners).all():
            (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
            sides = (float(left), float(top), float(right), float(bottom))
            box = Box.from_corners(*sides, image.width, image.height)
            if box is not None:
                yield Detection(kind=Kind.CODE, box=box, score=1.0, detector="peer")


def zxing_default(scene: Scene) -> Iterator[Detection]:
    """The peer: one call, and its positions."""
    import zxingcpp

    places = [code.position for code in zxingcpp.read_barcodes(np.asarray(scene.image.convert("L")))]
    corners = [[place.top_left, place.top_right, place.bottom_right, place.bottom_left] for place in places]
    yield from _boxes(([(corner.x, corner.y) for corner in four] for four in corners), scene.image)


def opencv(scene: Scene) -> Iterator[Detection]:
    """The peer: OpenCV's two detectors, undecoded finds included."""
    import cv2

    grey = np.asarray(scene.image.convert("L"))
    for finder in (cv2.QRCodeDetectorAruco(), cv2.barcode.BarcodeDetector()):
        seen, quads = finder.detectMulti(grey)
        if seen and quads is not None:
            yield from _boxes(quads, scene.image)


FINDERS: dict[str, Callable[[Scene], Iterable[Detection]]] = {
    "recall": lambda scene: find_codes(scene, Policy()),
    "balanced": lambda scene: find_codes(scene, Policy(mode=Mode.BALANCED)),
    "zxing default (peer)": zxing_default,
    "OpenCV (peer)": opencv,
}


def measure(folder: Path) -> Iterator[str]:
    """One row per finder over the pictures of a folder, and a comment per miss and false box of the default mode."""
    totals = {name: [0, 0, 0, 0.0] for name in FINDERS}
    pixels, pictures = 0, 0
    for case in cases(folder):
        picture = case.open()
        scene = Scene(picture)
        labels = [label for label in case.labels if label.kind == "code"]
        pixels, pictures = pixels + picture.width * picture.height, pictures + 1
        for name, find in FINDERS.items():
            total = totals[name]
            started = time.process_time()
            found = list(find(scene))
            total[3] += time.process_time() - started
            boxes = grown(found, GROWTH, picture)
            for label in labels:
                hit = covered(label.box, boxes)
                total[0], total[1] = total[0] + hit, total[1] + 1
                if not hit and name == "recall":
                    yield f"<!-- missed: {case.file.name} {label.note.split(';')[0]}, {len(found)} found -->"
            for item in found:
                if is_false(item.box, labels, GROWTH, picture):
                    total[2] += 1
                    if name == "recall":
                        yield f"<!-- false: {case.file.name} {item.box.to_list()} {item.score} -->"
    for name, (hits, count, false, seconds) in totals.items():
        yield f"| {folder.name} ({pictures}) | {name} | {hits}/{count} | {false} | {seconds / pixels * 1e6:.3f} |"


def drawn_rows(seeds: range = range(2), by: str = "treatment") -> Iterator[str]:
    """One row per treatment over all kinds, or per kind over all treatments; false is a box that lies outside the symbol."""
    names = KINDS if by == "kind" else tuple(TREATMENTS)
    for name in names:
        totals = {finder: [0, 0, 0] for finder in FINDERS}
        pairs = [(name, item) for item in TREATMENTS] if by == "kind" else [(item, name) for item in KINDS]
        for kind, treatment in pairs:
            for seed in seeds:
                image, ink = drawn(kind, seed, TREATMENTS[treatment])
                picture = Picture(format="png", sha256="0" * 64, image=image, stored_size=image.size, orientation=1)
                for finder, find in FINDERS.items():
                    found = list(find(Scene(picture)))
                    total = totals[finder]
                    total[0] += covered(ink, grown(found, GROWTH, picture))
                    total[1] += 1
                    total[2] += sum(item.box.intersection(ink) is None for item in found)
        parts = " | ".join(f"{hits}/{count}, {false}" for hits, count, false in totals.values())
        yield f"| drawn: {name} | {parts} |"


def main() -> None:
    """Measure and print two Markdown tables."""
    samples = samples_argument(__doc__)
    print("| pictures | finder | codes covered | false boxes | s/MP (processor) |")
    print("|---" * 5 + "|")
    folders = [samples / name for name in FOLDERS if (samples / name).is_dir()]
    for folder in folders:
        for row in measure(folder):
            print(row, flush=True)
    print()
    print("| covered, false | " + " | ".join(FINDERS) + " |")
    print("|---" * (1 + len(FINDERS)) + "|")
    for by in ("treatment", "kind"):
        for row in drawn_rows(by=by):
            print(row, flush=True)
    print()
    print(versions("zxing-cpp", "opencv-python-headless", "pillow"))
    print(samples_line(*folders))


if __name__ == "__main__":
    main()
