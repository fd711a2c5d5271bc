"""Everything that is located, on labelled pictures: ``python benchmarks/detection.py [SAMPLES] [--record]``, by hand.

Recall: at least 75 % of a label's area lies under the union of the boxes of its kind that would be redacted, margins included. A
false box overlaps no label of its kind (see `detect_common.is_false`). Both modes look at the same scene, so that text is read
once; the seconds are those of the first mode, all kinds together. Peers run over the same pictures in the same run.

With ``--record`` the rates are written to indelible/detect/calibration.json, which certificates refer to.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from detect_common import Case, Label, cases, covered, is_false, samples_argument, samples_line, versions
from detect_peers import PEERS

from indelible.detect.registry import DETECTORS
from indelible.detect.scene import Scene
from indelible.media import Picture
from indelible.model import Box, Detection, Kind, Mode, Policy
from indelible.redact.planning import planned_box, usual_heights

RECORD = Path(__file__).resolve().parents[1] / "indelible/detect/calibration.json"
FOLDERS = ("codes", "documents", "plates", "negatives", "faces")
#: What the label files call each kind, and the folder whose labels of that kind are complete.
LABELS = {Kind.FACE: "face", Kind.PLATE: "plate", Kind.TEXT: "pii", Kind.CODE: "code", Kind.SIGNATURE: "signature"}
HOME = {
    Kind.FACE: "faces",
    Kind.PLATE: "plates",
    Kind.TEXT: "documents",
    Kind.CODE: "codes",
    Kind.SIGNATURE: "documents",
}


@dataclass(slots=True)
class Score:
    """What one detector, or one peer, did in one folder."""

    pictures: int = 0
    labels: int = 0
    hits: int = 0
    false: int = 0
    alarmed: int = 0
    others: int = 0
    others_hit: int = 0
    classes: dict[str, list[int]] = field(default_factory=dict)

    def add(self, case: Case, kind: Kind, raw: Sequence[Box], boxes: Sequence[Box], picture: Picture) -> None:
        """Count one picture; ``boxes`` are ``raw`` as they would be redacted."""
        labels = [label for label in case.labels if label.kind == LABELS[kind]]
        self.pictures += 1
        for label in labels:
            if not label.ignored:
                hit = covered(label.box, boxes)
                self.labels += 1
                self.hits += hit
                cell = self.classes.setdefault(_size_class(label), [0, 0])
                cell[0] += hit
                cell[1] += 1
        if kind is Kind.TEXT:  # other lines are labelled too: what is hit of them is the false alarm
            lines = [label for label in case.labels if label.kind == "text"]
            self.others += len(lines)
            self.others_hit += sum(covered(line.box, boxes, 0.5) for line in lines)
        wrong = sum(is_false(box, labels, 0.15, picture) for box in raw)
        self.false += wrong
        self.alarmed += wrong > 0


def measure(samples: Path, modes: Sequence[Mode]) -> tuple[dict[tuple[str, str, Kind], Score], dict[str, float]]:
    """Scores by (who, folder, kind), and seconds per megapixel by folder, all kinds together."""
    scores: dict[tuple[str, str, Kind], Score] = {}
    cost: dict[str, float] = {}
    for folder in FOLDERS:
        spent, pixels = 0.0, 0
        for case in cases(samples / folder):
            picture = case.open()
            scene = Scene(picture)
            size = (picture.width, picture.height)
            started = time.perf_counter()
            for number, mode in enumerate(modes):
                policy = Policy(mode=mode)
                for _, entry in DETECTORS:
                    if number and folder != "negatives" and folder not in {HOME.get(kind) for kind in entry.finds}:
                        continue  # the second mode is measured where the labels are
                    found = [item for item in entry.run(scene, policy) if isinstance(item, Detection)]
                    for kind in entry.finds & set(LABELS):
                        mine = [item for item in found if item.kind is kind]
                        usual = usual_heights(mine, policy).get(0, 0)
                        boxes = [planned_box(item, policy, *size, usual) for item in mine]
                        score = scores.setdefault((mode.value, folder, kind), Score())
                        score.add(case, kind, [item.box for item in mine], boxes, picture)
                if number == 0:
                    spent += time.perf_counter() - started
            pixels += picture.width * picture.height
            for kind, (name, peer) in PEERS.items():
                if folder not in (HOME[kind], "negatives"):
                    continue  # a peer's false alarms elsewhere are not worth its time
                boxes = peer(picture.image)
                score = scores.setdefault((name, folder, kind), Score())
                score.add(case, kind, boxes, [_grown(box, kind, size) for box in boxes], picture)
            print(".", end="", file=sys.stderr, flush=True)
        cost[folder] = spent / (pixels / 1e6)
    print(file=sys.stderr)
    return scores, cost


def tables(scores: dict[tuple[str, str, Kind], Score], cost: dict[str, float]) -> str:
    """Markdown."""
    lines = [
        "| kind | who | found | by size of the label's longer side | false boxes per picture | elsewhere |",
        "|---" * 6 + "|",
    ]
    for kind, home in HOME.items():
        for who in dict.fromkeys(name for name, folder, what in scores if folder == home and what is kind):
            score = scores[who, home, kind]
            if not score.labels:
                continue
            sizes = ", ".join(f"{name} {hit}/{count}" for name, (hit, count) in sorted(score.classes.items()))
            away = ", ".join(
                f"{folder} {other.false} in {other.alarmed} of {other.pictures}"
                for folder in FOLDERS
                if folder != home and (other := scores.get((who, folder, kind))) is not None
            )
            wrong = (
                f"{score.others_hit}/{score.others} other lines"
                if kind is Kind.TEXT
                else f"{score.false / score.pictures:.2f}"
            )
            share = score.hits / score.labels
            lines.append(f"| {kind} | {who} | {score.hits}/{score.labels} = {share:.3f} | {sizes} | {wrong} | {away} |")
    lines += ["", "Seconds per megapixel, all kinds together: " + ", ".join(f"{k} {v:.2f}" for k, v in cost.items())]
    return "\n".join(lines)


def record(scores: dict[tuple[str, str, Kind], Score], modes: Sequence[Mode], samples: Path) -> dict[str, object]:
    """The calibration record: counts and bounds per detector and mode, numbers as text."""
    from scipy.stats import binomtest

    rows = []
    for name, entry in DETECTORS:
        for kind in sorted(entry.finds & set(LABELS)):
            for mode in modes:
                score = scores[mode.value, HOME[kind], kind]
                bounds = binomtest(score.hits, score.labels).proportion_ci(0.95, method="wilson")
                empty = scores[mode.value, "negatives", kind]
                rows.append(
                    {
                        "detector": f"{name}/{entry.version}",
                        "kind": kind.value,
                        "mode": mode.value,
                        "labels": score.labels,
                        "found": score.hits,
                        "low": f"{bounds.low:.3f}",
                        "high": f"{bounds.high:.3f}",
                        "pictures": score.pictures,
                        "falsePerPicture": f"{score.false / score.pictures:.2f}",
                        "emptyPictures": empty.pictures,
                        "falseOnEmpty": empty.false,
                        "heldOut": False,
                    }
                )
    return {
        "schema": "indelible/calibration/1",
        "date": datetime.now(UTC).date().isoformat(),
        "labels": samples_line(*(samples / name for name in FOLDERS)),
        "versions": versions("onnxruntime", "rapidocr", "zxing-cpp", "numpy", "pillow"),
        "rows": rows,
    }


def _size_class(label: Label) -> str:
    side = max(label.box.width, label.box.height)
    return "<16" if side < 16 else "16-32" if side < 32 else "32-64" if side < 64 else ">=64"


def _grown(box: Box, kind: Kind, size: tuple[int, int]) -> Box:
    """A peer's box as ours would be planned, so that margins favour nobody."""
    return planned_box(Detection(kind=kind, box=box, score=1.0, detector="peer"), Policy(), *size)


def main() -> None:
    """Measure and print."""
    keep = "--record" in sys.argv
    sys.argv = [argument for argument in sys.argv if argument != "--record"]
    samples = samples_argument(__doc__ or "")
    modes: Sequence[Mode] = (Mode.RECALL, Mode.BALANCED)
    scores, cost = measure(samples, modes)
    print(tables(scores, cost))
    print()
    print(versions("onnxruntime", "rapidocr", "zxing-cpp", "opencv-python-headless", "numpy", "pillow"))
    print(samples_line(*(samples / name for name in FOLDERS)))
    if keep:
        RECORD.write_text(json.dumps(record(scores, modes, samples), indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
