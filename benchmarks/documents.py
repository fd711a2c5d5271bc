"""Personal data in documents: labelled lines covered, and other lines hit. ``python benchmarks/documents.py [SAMPLES]``, by hand.

Rows: the labelled samples in both modes, synthetic documents by kind and by rotation (development and held-out), and Tesseract's
words under the same rules, in the same run. ``--lines`` prints what was missed and what was taken wrongly: text of the samples, for
the desk, never for a report. ``--each N`` makes N synthetic documents of a kind; ``--synthetic-only`` leaves the samples out.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from detect_common import Case, cases, covered, grown, samples_line, versions
from PIL import Image, ImageDraw
from synthetic_documents import KINDS, Document, documents

from indelible.detect.reader import read_lines
from indelible.detect.scene import Scene
from indelible.detect.text import find_text
from indelible.media import Picture
from indelible.model import Box, Detection, Mode, Policy, TextMode

GROWTH = 0.10
DEVELOPMENT_SEED, HELD_OUT_SEED = 11, 9_203  # 7,001 was looked at while the rules were written
ANGLES = (3.0, 30.0, 45.0, 90.0, 180.0, 270.0)
Finder = Callable[[Picture, Policy], list[Detection]]


@dataclass(slots=True)
class Tally:
    """Counts of one row."""

    hits: int = 0
    personal: int = 0
    hit_others: int = 0
    others: int = 0
    pictures: int = 0
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)

    def row(self, name: str) -> str:
        """One line of a Markdown table."""
        return (
            f"| {name} | {self.hits}/{self.personal} = {self.hits / max(1, self.personal):.3f} "
            f"| {self.hit_others}/{self.others} = {self.hit_others / max(1, self.others):.3f} | {self.seconds / max(1, self.pictures):.2f} |"
        )


HEADER = "| set | personal lines covered | other lines hit (half covered) | s/img |\n" + "|---" * 4 + "|"


_SCENES: dict[int, tuple[Picture, Scene]] = {}


def by_locator(picture: Picture, policy: Policy) -> list[Detection]:
    """What the locator finds. A picture is read once for all policies, so only the first row's time is that of reading."""
    _, scene = _SCENES.setdefault(id(picture), (picture, Scene(picture)))
    return [item for item in find_text(scene, policy) if isinstance(item, Detection)]


def by_tesseract(picture: Picture, policy: Policy) -> list[Detection]:
    """The peer: Tesseract's words, as pages are read (psm 3), under the same rules or all of them."""
    from indelible.detect.entities import classify
    from indelible.exec.tesseract import (
        _parsed,
        process,
    )  # the verifier's reader asks for sparse text; pages are read otherwise
    from indelible.model import Kind
    from indelible.verify.leaks.residual_text import _text_line

    grey = picture.image.convert("L")
    done = process.run(
        ["tesseract", "stdin", "stdout", "--psm", "3", "-l", "eng", "--dpi", "150", "tsv"],
        timeout_s=120.0,
        input=b"P5\n%d %d\n255\n" % grey.size + grey.tobytes(),
        max_output=16 * 1024 * 1024,
        variables={"OMP_THREAD_LIMIT": "2"},
    )
    lines = [_text_line(words) for words in _parsed(done.stdout, grey.size, grey.size)]
    boxes = [line.box for line in lines] if policy.text is TextMode.ALL else [span.box for span in classify(lines)]
    return [Detection(kind=Kind.TEXT, box=box, score=1.0, detector="peer") for box in boxes]


def picture_of(image: Image.Image) -> Picture:
    """A picture as the detectors take it."""
    return Picture(format="png", sha256="0" * 64, image=image, stored_size=image.size, orientation=1)


def measure_samples(opened: Sequence[tuple[Case, Picture]], policy: Policy, find: Finder) -> Tally:
    """The labelled samples."""
    tally = Tally()
    for case, picture in opened:
        started = time.perf_counter()
        found = find(picture, policy)
        tally.seconds += time.perf_counter() - started
        tally.pictures += 1
        boxes = grown(found, GROWTH, picture)
        for label in case.labels:
            if label.kind == "pii":
                tally.personal += 1
                tally.hits += (hit := covered(label.box, boxes))
                if not hit:
                    tally.notes.append(f"missed: {case.file.name} {label.note} {label.box.to_list()}")
            elif label.kind == "text":
                tally.others += 1
                tally.hit_others += covered(label.box, boxes, 0.5)
    return tally


def measure_documents(made: Iterable[tuple[Document, Picture]], policy: Policy, find: Finder) -> dict[str, Tally]:
    """Synthetic documents, by kind, and as a whole under ``all``."""
    tallies: dict[str, Tally] = {"all": Tally()}
    for document, picture in made:
        started = time.perf_counter()
        found = find(picture, policy)
        seconds = time.perf_counter() - started
        hidden = mask(grown(found, GROWTH, picture), picture.image.size)
        for tally in (tallies["all"], tallies.setdefault(document.kind, Tally())):
            tally.seconds += seconds
            tally.pictures += 1
            for piece in document.pieces:
                share = share_of(piece.corners, hidden)
                if piece.personal:
                    tally.personal += 1
                    tally.hits += share >= 0.75
                elif not piece.beside and sum(character.isalnum() for character in piece.text) >= 3:
                    tally.others += 1
                    tally.hit_others += share >= 0.5
                if piece.personal and share < 0.75:
                    tally.notes.append(f"missed: {document.kind} {document.country} {document.angle} {piece.text!r}")
                elif not piece.personal and not piece.beside and share >= 0.5 and len(piece.text) > 3:
                    tally.notes.append(f"false: {document.kind} {document.country} {document.angle} {piece.text!r}")
    return tallies


def printed(**choices: Any) -> list[tuple[Document, Picture]]:
    """Synthetic documents as the detectors take them; `documents` tells the choices."""
    return [(document, picture_of(document.image)) for document in documents(**choices)]


def mask(boxes: Sequence[Box], size: tuple[int, int]) -> np.ndarray:
    """True where a box lies."""
    hidden = np.zeros((size[1], size[0]), dtype=bool)
    for box in boxes:
        hidden[box.y : box.bottom, box.x : box.right] = True
    return hidden


def share_of(corners: Sequence[tuple[float, float]], hidden: np.ndarray) -> float:
    """Share of a four-cornered area that is hidden."""
    area = Image.new("1", (hidden.shape[1], hidden.shape[0]))
    ImageDraw.Draw(area).polygon(list(corners), fill=1)
    inside = np.asarray(area)
    return float(hidden[inside].mean()) if inside.any() else 1.0


def main() -> None:
    """Measure and print Markdown tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "samples", nargs="?", type=Path, default=Path(__file__).resolve().parents[1] / "../shared/samples"
    )
    parser.add_argument("--lines", action="store_true")
    parser.add_argument("--synthetic-only", action="store_true")
    parser.add_argument("--each", type=int, default=4)
    asked = parser.parse_args()
    read_lines(Image.new("RGB", (64, 64), "white"))  # the first call builds the reader
    modes = {
        "pii, recall": Policy(),
        "pii, balanced": Policy(mode=Mode.BALANCED),
        "all text": Policy(text=TextMode.ALL),
    }
    notes: list[str] = []
    print(HEADER)
    if not asked.synthetic_only and asked.samples.is_dir():
        opened = [(case, case.open()) for case in cases(asked.samples / "documents")]
        for name, policy in modes.items():
            tally = measure_samples(opened, policy, by_locator)
            print(tally.row(f"samples/documents, {name}"), flush=True)
            notes += tally.notes if name == "pii, recall" else []
        print(
            measure_samples(opened, Policy(), by_tesseract).row("samples/documents, peer: Tesseract psm 3, same rules"),
            flush=True,
        )
    for held_out, seed in ((False, DEVELOPMENT_SEED), (True, HELD_OUT_SEED)):
        set_name = "held out" if held_out else "development"
        made = printed(seed=seed, held_out=held_out, each=asked.each)
        for name, policy in modes.items():
            if name == "all text" and not held_out:
                continue
            result = measure_documents(made, policy, by_locator)
            print(result["all"].row(f"synthetic, {set_name}, {name}"), flush=True)
            if name == "pii, recall":
                notes += result["all"].notes
                for kind in KINDS:
                    print(result[kind].row(f"- {kind}, {set_name}"), flush=True)
    peer = measure_documents(made, Policy(), by_tesseract)
    print(peer["all"].row("synthetic, held out, peer: Tesseract psm 3, same rules"), flush=True)
    for angle in ANGLES:
        made = printed(seed=HELD_OUT_SEED, held_out=True, each=1, angles=(angle,))
        for name, find in (("", by_locator), (", peer", by_tesseract)):
            print(
                measure_documents(made, Policy(), find)["all"].row(f"held out, turned {angle:g} degrees{name}"),
                flush=True,
            )
    print()
    print(versions("rapidocr", "onnxruntime", "phonenumbers", "python-stdnum", "Faker", "regex"))
    if asked.samples.is_dir():
        print(samples_line(asked.samples / "documents"))
    if asked.lines:
        print("\n".join(notes), file=sys.stderr)


if __name__ == "__main__":
    main()
