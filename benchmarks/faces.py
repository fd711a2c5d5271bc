"""Faces: recall by size and false boxes on labelled pictures. ``python benchmarks/faces.py [SAMPLES]``, by hand.

Sizes are those of the label's longer side. A false box on a crowd is an upper bound: about half of them are heads that nobody
labelled; the pictures without people are the hard limit.
"""

from __future__ import annotations

import time

from detect_common import cases, covered, grown, is_false, samples_argument, samples_line, versions

from indelible.detect.faces import find_faces
from indelible.detect.scene import Scene
from indelible.model import Policy
from indelible.model.geometry import covered_share

CLASSES = ("<16", "16-32", "32-64", ">=64")
GROWTH = 0.15


def size_class(side: int) -> int:
    """Number of the size class of a label's longer side in pixels."""
    return 0 if side < 16 else 1 if side < 32 else 2 if side < 64 else 3


def main() -> None:
    """Measure and print two Markdown tables."""
    samples = samples_argument(__doc__)
    policy = Policy()
    hits, counts, false, area, seconds, pictures = [0] * 4, [0] * 4, 0, 0.0, 0.0, 0
    for case in cases(samples / "faces"):
        picture = case.open()
        started = time.perf_counter()
        found = find_faces(Scene(picture), policy)
        seconds += time.perf_counter() - started
        pictures += 1
        boxes = grown(found, GROWTH, picture)
        labels = [label for label in case.labels if label.kind == "face"]
        for label in labels:
            if not label.ignored:
                number = size_class(max(label.box.width, label.box.height))
                counts[number] += 1
                hits[number] += covered(label.box, boxes)
        false += sum(is_false(item.box, labels, GROWTH, picture) for item in found)
        whole = type(found[0].box)(0, 0, picture.width, picture.height) if found else None
        area += covered_share(whole, boxes) if whole else 0.0
    alarms, alarmed, empty = 0, 0, 0
    for case in cases(samples / "negatives"):
        number_found = len(find_faces(Scene(case.open()), policy))
        alarms += number_found
        alarmed += number_found > 0
        empty += 1
    print("| all | " + " | ".join(CLASSES) + " | false/img | area covered | boxes on negatives | s/img |")
    print("|---" * 9 + "|")
    rates = " | ".join(f"{hit / count:.3f} ({count})" for hit, count in zip(hits, counts, strict=True))
    print(
        f"| {sum(hits) / sum(counts):.3f} ({sum(counts)}) | {rates} | {false / pictures:.1f} | {area / pictures:.3f} "
        f"| {alarms} in {alarmed} of {empty} | {seconds / pictures:.2f} |"
    )
    print()
    print(versions("onnxruntime", "numpy", "pillow"))
    print(samples_line(samples / "faces", samples / "negatives"))


if __name__ == "__main__":
    main()
