"""Signatures: labels covered and false boxes, and drawn pages. ``python benchmarks/signatures.py [SAMPLES]``, by hand.

No open tool that packages a signature detector runs without a download, so there is no peer; the row without any detector of
ours is what a plain reader's badly read lines would cover.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from detect_common import cases, covered, grown, is_false, samples_line, versions
from drawn_pages import SIGNINGS, Drawn, photographed, signed, signed_otherwise, unsigned

from indelible.detect.scene import Scene
from indelible.detect.signatures import find_signatures
from indelible.media import Picture
from indelible.model import Box, Detection, Kind, Mode, Policy

GROWTH = 0.10
FOLDERS = ("documents", "negatives", "codes", "plates", "faces")
Finder = Callable[[Scene], Iterable[Detection]]


def badly_read(scene: Scene) -> Iterator[Detection]:
    """The peer: what the reader could not read well, padded like ours."""
    for line in scene.lines:
        if line.score < 0.8:
            pad = line.box.height
            yield Detection(
                kind=Kind.SIGNATURE,
                box=line.box.grown(pad, pad, scene.width, scene.height),
                score=1.0 - line.score,
                detector="peer",
            )


FINDERS: dict[str, Finder] = {
    "recall": lambda scene: find_signatures(scene, Policy()),
    "balanced": lambda scene: find_signatures(scene, Policy(mode=Mode.BALANCED)),
    "badly read lines (peer)": badly_read,
}


def measure(folder: Path) -> Iterator[str]:
    """One row per finder over the pictures of a folder, and a comment per miss of the default mode."""
    totals = {name: [0, 0, 0, 0.0] for name in FINDERS}
    pixels, pictures = 0, 0
    for case in cases(folder):
        picture = case.open()
        scene = Scene(picture)
        _ = scene.lines  # read once, outside the clock: text and plates need it anyway
        labels = [label for label in case.labels if label.kind == "signature"]
        pixels, pictures = pixels + picture.width * picture.height, pictures + 1
        for name, find in FINDERS.items():
            total = totals[name]
            started = time.perf_counter()
            found = list(find(scene))
            total[3] += time.perf_counter() - started
            boxes = grown(found, GROWTH, picture)
            for label in labels:
                hit = covered(label.box, boxes)
                total[0], total[1] = total[0] + hit, total[1] + 1
                if not hit and name == "recall":
                    yield f"<!-- missed: {case.file.name} {label.note} {label.box.to_list()} -->"
            for item in found:
                if is_false(item.box, labels, GROWTH, picture):
                    total[2] += 1
                    if name == "recall":
                        yield f"<!-- false: {case.file.name} {item.box.to_list()} {item.score} -->"
    for name, (hits, count, false, seconds) in totals.items():
        yield f"| {folder.name} ({pictures}) | {name} | {hits}/{count} | {false} | {seconds / pixels * 1e6:.3f} |"


def drawn_rows(seeds: range, only: str = "") -> Iterator[str]:
    """Rows of drawn pages: each kind of stroke, each pen, each way to look at it; and pages without any."""
    kinds: dict[str, Callable[[int], Drawn]] = {
        "signature, no label": lambda seed: signed(seed),
        "signature on a ruling": lambda seed: signed(seed, ruling=True),
        "signature, label in Polish": lambda seed: signed(seed, ruling=True, label="Podpis:"),
        "signature, blue": lambda seed: signed(seed, pen="blue"),
        "signature, pencil": lambda seed: signed(seed, pen="pencil"),
        "signature, marker": lambda seed: signed(seed, pen="marker"),
        "initials in the corner": lambda seed: signed(seed, "initials"),
        "handwritten words": lambda seed: signed(seed, "handwriting", "blue"),
        "signature, turned 3": lambda seed: photographed(signed(seed), seed, 3.0, table=False),
        "signature, turned 90": lambda seed: photographed(signed(seed), seed, 90.0, table=False),
        "signature, photo on a table, 6": lambda seed: photographed(signed(seed), seed, 6.0),
        "signature, photo, noise 12": lambda seed: photographed(signed(seed), seed, 2.0, noise=12.0),
    } | {
        f"none: {what or 'text alone'}": lambda seed, what=what: unsigned(seed, what)  # type: ignore[misc]
        for what in ("", "table", "stamp", "logo", "chart", "bars", "boxes", "photo")
    }
    kinds |= {f"signed: {how}": lambda seed, how=how: signed_otherwise(seed, how) for how in SIGNINGS}  # type: ignore[misc]
    kinds["none: stamp, photo on a table, 6"] = lambda seed: photographed(unsigned(seed, "stamp"), seed, 6.0)
    for name, draw in kinds.items():
        if only not in name:
            continue
        rows = {mode: [0, 0, 0] for mode in ("recall", "balanced")}
        for seed in seeds:
            drawn = draw(seed)
            size = drawn.image.size
            picture = Picture(format="png", sha256="0" * 64, image=drawn.image, stored_size=size, orientation=1)
            scene = Scene(picture)
            for mode, row in rows.items():
                found = list(FINDERS[mode](scene))
                boxes = grown(found, GROWTH, picture)
                row[0] += sum(covered(ink, boxes, 0.9) for ink in drawn.ink)
                row[1] += len(drawn.ink)
                row[2] += sum(not any(_touches(item.box, ink) for ink in drawn.ink) for item in found)
        for mode, (hits, count, false) in rows.items():
            yield f"| drawn: {name} | {mode} | {hits}/{count} | {false} | |"


def _touches(box: Box, ink: Box) -> bool:
    common = box.intersection(ink)
    return common is not None and common.area >= 0.2 * min(box.area, ink.area)


def main() -> None:
    """Measure and print one Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "samples", nargs="?", type=Path, default=Path(__file__).resolve().parents[1] / "../shared/samples"
    )
    parser.add_argument("--seeds", nargs=2, type=int, default=(5000, 5004), help="settings were chosen on 0 to 99")
    parser.add_argument("--only", default="", help="part of the drawn rows' names; leaves the samples out")
    asked = parser.parse_args()
    samples = asked.samples
    print("| pictures | finder | covered | false boxes | s/MP, reading not counted |")
    print("|---" * 5 + "|")
    folders = [samples / name for name in FOLDERS if (samples / name).is_dir()]
    for row in drawn_rows(range(*asked.seeds), asked.only):
        print(row, flush=True)
    for folder in folders if not asked.only else ():
        for row in measure(folder):
            print(row, flush=True)
    print()
    print(versions("rapidocr", "opencv-python-headless", "pillow"))
    print(samples_line(*folders))


if __name__ == "__main__":
    main()
