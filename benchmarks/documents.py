"""Personal data in documents: labelled lines covered, and other lines hit. ``python benchmarks/documents.py [SAMPLES]``, by hand.

``--lines`` prints the labels that were missed, and what other lines were taken; it shows text of the samples, so it is for the
desk, never for a report.
"""

from __future__ import annotations

import sys
import time

from detect_common import cases, covered, grown, samples_argument, samples_line, versions

from indelible.detect.reader import read_lines
from indelible.detect.scene import Scene
from indelible.detect.text import find_text
from indelible.model import Policy, TextMode

GROWTH = 0.10


def main() -> None:
    """Measure and print one Markdown table."""
    show = "--lines" in sys.argv
    sys.argv = [argument for argument in sys.argv if argument != "--lines"]
    samples = samples_argument(__doc__)
    read_lines(next(iter(cases(samples / "documents"))).open().image)  # the first call builds the reader
    print("| rule set | personal lines covered | other lines hit (half covered) | boxes on negatives | s/img |")
    print("|---" * 5 + "|")
    for mode in (TextMode.PII, TextMode.ALL):
        policy = Policy(text=mode)
        hits, personal, hit_others, others, pictures, seconds = 0, 0, 0, 0, 0, 0.0
        for case in cases(samples / "documents"):
            picture = case.open()
            started = time.perf_counter()
            found = find_text(Scene(picture), policy)
            seconds += time.perf_counter() - started
            pictures += 1
            boxes = grown(found, GROWTH, picture)
            for label in case.labels:
                if label.kind == "pii":
                    personal += 1
                    hit = covered(label.box, boxes)
                    hits += hit
                    if show and mode is TextMode.PII and not hit:
                        print(f"<!-- missed: {case.file.name} {label.note} {label.box.to_list()} -->")
                elif label.kind == "text":
                    others += 1
                    hit_others += covered(label.box, boxes, 0.5)
        alarms = [len(find_text(Scene(case.open()), policy)) for case in cases(samples / "negatives")]
        print(
            f"| {mode.value} | {hits}/{personal} = {hits / personal:.3f} | {hit_others}/{others} = {hit_others / others:.3f} "
            f"| {sum(alarms)} in {sum(map(bool, alarms))} of {len(alarms)} | {seconds / pictures:.2f} |"
        )
    print()
    print(versions("rapidocr", "onnxruntime", "phonenumbers", "python-stdnum"))
    print(samples_line(samples / "documents", samples / "negatives"))


if __name__ == "__main__":
    main()
