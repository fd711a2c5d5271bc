"""Codes: labels covered and false boxes. ``python benchmarks/codes.py [SAMPLES]``, by hand.

The labels of the samples mostly come from zxing's own positions, which favours it.
"""

from __future__ import annotations

import time

from detect_common import cases, covered, grown, is_false, samples_argument, samples_line, versions

from indelible.detect.codes import find_codes
from indelible.detect.scene import Scene
from indelible.model import Policy

GROWTH = 0.12


def main() -> None:
    """Measure and print one Markdown table."""
    samples = samples_argument(__doc__)
    policy = Policy()
    print("| pictures | codes covered | false boxes | s/img |")
    print("|---" * 4 + "|")
    folders = [samples / name for name in ("codes", "negatives", "documents", "plates") if (samples / name).is_dir()]
    for folder in folders:
        hits, count, false, pictures, seconds = 0, 0, 0, 0, 0.0
        for case in cases(folder):
            picture = case.open()
            started = time.perf_counter()
            found = find_codes(Scene(picture), policy)
            seconds += time.perf_counter() - started
            pictures += 1
            boxes = grown(found, GROWTH, picture)
            labels = [label for label in case.labels if label.kind == "code"]
            for label in labels:
                count += 1
                hit = covered(label.box, boxes)
                hits += hit
                if not hit:
                    print(f"<!-- missed: {case.file.name} {label.note.split(';')[0]}, {len(found)} found -->")
            false += sum(is_false(item.box, labels, GROWTH, picture) for item in found)
        print(f"| {folder.name} ({pictures}) | {hits}/{count} | {false} | {seconds / pictures:.3f} |")
    print()
    print(versions("zxing-cpp", "opencv-python-headless", "pillow"))
    print(samples_line(*folders))


if __name__ == "__main__":
    main()
