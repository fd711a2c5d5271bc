"""What the three detection benchmarks share: labels, the rule for "covered", and the line of versions.

Labels: ``FOLDER/labels.json`` with ``{"images": [{"file", "width", "height", "objects": [{"kind", "box": [x, y, w, h], "note"?}]}]}``.
The labelled pictures are not part of this repository.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from PIL import Image

from indelible.media import Picture
from indelible.model import Box, Detection
from indelible.model.geometry import covered_share


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One labelled object; ``ignored`` ones are neither misses nor false alarms."""

    kind: str
    box: Box
    note: str

    @property
    def ignored(self) -> bool:
        """Whether the label says that it does not count."""
        return "ignore" in self.note


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One labelled picture."""

    file: Path
    labels: tuple[Label, ...]

    def open(self) -> Picture:
        """The picture as stored, whatever its format: the benchmark measures detectors, not the opener."""
        with Image.open(self.file) as image:
            bare = image.convert("RGB")
        return Picture(format="png", sha256="0" * 64, image=bare, stored_size=bare.size, orientation=1)


def samples_argument(description: str) -> Path:
    """The folder of samples from the command line."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "samples", nargs="?", type=Path, default=Path(__file__).resolve().parents[1] / "../shared/samples"
    )
    folder: Path = parser.parse_args().samples
    if not folder.is_dir():
        parser.error("no folder of samples there")
    return folder


def cases(folder: Path) -> Iterator[Case]:
    """Every labelled picture of a folder, in the order of its list."""
    document: dict[str, Any] = json.loads((folder / "labels.json").read_text("utf-8"))
    for item in document["images"]:
        labels = []
        for entry in item["objects"]:
            x, y, width, height = entry["box"]
            box = Box.from_corners(x, y, x + width, y + height, item["width"], item["height"])
            if box is not None:
                labels.append(Label(kind=entry["kind"], box=box, note=entry.get("note", "")))
        yield Case(file=folder / item["file"], labels=tuple(labels))


def grown(detections: Sequence[Detection], share: float, picture: Picture) -> list[Box]:
    """The boxes as they would be planned: grown by a share of their size on each side."""
    return [
        item.box.grown(round(share * item.box.width), round(share * item.box.height), picture.width, picture.height)
        for item in detections
    ]


def covered(label: Box, boxes: Sequence[Box], share: float = 0.75) -> bool:
    """Whether at least 75 % of the label's area lies under the union of the boxes."""
    return covered_share(label, boxes) >= share


def intersection_over_union(one: Box, other: Box) -> float:
    """Common area over joint area, 0.0 to 1.0."""
    common = one.intersection(other)
    return common.area / (one.area + other.area - common.area) if common else 0.0


def is_false(box: Box, labels: Sequence[Label], share: float, picture: Picture) -> bool:
    """Whether a raw box overlaps no label by 0.3 and lies less than half inside every grown label."""
    for label in labels:
        if intersection_over_union(box, label.box) >= 0.3:
            return False
        around = label.box.grown(
            round(share * label.box.width), round(share * label.box.height), picture.width, picture.height
        )
        common = box.intersection(around)
        if common is not None and common.area >= 0.5 * box.area:
            return False
    return True


def versions(*packages: str) -> str:
    """One line that says what was measured with."""
    parts = [f"{name} {version(name)}" for name in ("indelible", *packages)]
    parts += [f"Python {platform.python_version()}", platform.machine(), f"{os.cpu_count()} CPUs"]
    return "Versions: " + ", ".join(parts)


def samples_line(*folders: Path) -> str:
    """The digests of the label files, so that a table can be told from one of other samples."""
    digests = [
        f"{item.name} {hashlib.sha256((item / 'labels.json').read_bytes()).hexdigest()[:12]}" for item in folders
    ]
    return "Labels: " + ", ".join(digests)
