"""Faces under mosaic, blur and black: who is it? ``python benchmarks/attack_faces.py [IDENTITIES] [--drawn N]``, by hand.

Prints a Markdown table. IDENTITIES is a folder of labelled portraits (`labels.json` with an `identity` each); without it only drawn
faces are measured. Every figure is measured blind: the filter is estimated from the region. A probe is cut from a picture that is
not in the gallery, by the detector's box with the redactor's margin, moved and resized at random by up to 4 %.
"""

from __future__ import annotations

import argparse
import io
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from indelible.attacks.face_drawn import draw_face
from indelible.attacks.face_rank import RankCurve
from indelible.attacks.gallery import face_crop
from indelible.attacks.methods import face_matched, face_parrot

Pictures = dict[str, list[np.ndarray]]
JITTER = 0.04


def mosaic(blocks: int, quality: int | None = None) -> Callable[[np.ndarray], np.ndarray]:
    """So many blocks across the region, behind a JPEG encoder if a quality is given."""

    def apply(region: np.ndarray) -> np.ndarray:
        height, width = region.shape[:2]
        side = width / blocks
        rows, columns = ((np.arange(length) / side).astype(int) for length in (height, width))
        values = region.astype(np.float64)
        out = np.empty_like(values)
        for row in np.unique(rows):
            for column in np.unique(columns):
                cell = np.ix_(rows == row, columns == column)
                out[cell] = values[cell].mean(axis=(0, 1))
        pixels = out.round().astype(np.uint8)
        if quality is None:
            return pixels
        stream = io.BytesIO()
        Image.fromarray(pixels).save(stream, "JPEG", quality=quality)
        return np.asarray(Image.open(stream))

    return apply


def gaussian(share: float) -> Callable[[np.ndarray], np.ndarray]:
    """A Gaussian of so many widths of the bare face."""
    import cv2

    def apply(region: np.ndarray) -> np.ndarray:
        sigma = share * region.shape[1] / 1.3
        return np.asarray(cv2.GaussianBlur(region, (0, 0), sigma, borderType=cv2.BORDER_REFLECT_101))

    return apply


def black(region: np.ndarray) -> np.ndarray:
    """A solid fill."""
    return np.zeros_like(region)


FILTERS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "mosaic 16 across": mosaic(16),
    "mosaic 12 across": mosaic(12),
    "mosaic 8 across": mosaic(8),
    "mosaic 8 across, JPEG 75": mosaic(8, 75),
    "mosaic 6 across": mosaic(6),
    "mosaic 4 across": mosaic(4),
    "Gaussian 0.1 face width": gaussian(0.1),
    "Gaussian 0.2 face width": gaussian(0.2),
    "solid": black,
}


def labelled(folder: Path, prefix: str) -> Pictures:
    """Crops of the pictures of each identity that begins so, in the order of their names."""
    found: Pictures = {}
    for item in sorted(json.loads((folder / "labels.json").read_text())["images"], key=lambda item: item["file"]):
        if item["identity"].startswith(prefix):
            crop = face_crop(Image.open(folder / item["file"]))
            if crop is not None:
                found.setdefault(item["identity"], []).append(crop)
    return found


def drawn(persons: int, pictures: int, seed: int) -> Pictures:
    """Drawn persons."""
    return {
        f"{number:03}": [draw_face(seed + number, occasion) for occasion in range(pictures)]
        for number in range(persons)
    }


def moved(crop: np.ndarray, rng: np.random.Generator, side: int) -> np.ndarray:
    """A crop as another box would have cut it, at a common width."""
    height, width = crop.shape[:2]
    scale = 1 + rng.uniform(-JITTER, JITTER)
    x, y = width * (0.5 + rng.uniform(-JITTER, JITTER)), height * 0.5 + width * rng.uniform(-JITTER, JITTER)
    half = width * scale / 2, height * scale / 2
    pad = width // 4
    image = Image.fromarray(np.pad(crop, ((pad, pad), (pad, pad), (0, 0)), mode="edge"))
    box = (x - half[0] + pad, y - half[1] + pad, x + half[0] + pad, y + half[1] + pad)
    return np.asarray(image.resize((side, round(side * 1.25)), Image.Resampling.BICUBIC, box=box))


def measure(attack: str, pictures: Pictures, enrolled: int, name: str, seed: int, most: int) -> RankCurve:
    """One row: the first ``enrolled`` pictures of everybody are the gallery, the others are probes."""
    rng = np.random.default_rng(seed)
    gallery = {label: tuple(crops[:enrolled]) for label, crops in pictures.items()}
    probes = [(label, crop) for label, crops in pictures.items() for crop in crops[enrolled:]]
    chosen = rng.permutation(len(probes))[:most]
    apply = FILTERS[name]
    regions = [(probes[index][0], apply(moved(probes[index][1], rng, 96))) for index in sorted(chosen)]
    module = face_parrot if attack == "parrot" else face_matched
    return module.evaluate(regions, gallery, seed=seed)


def line(what: str, name: str, attack: str, enrolled: int, curve: RankCurve, seconds: float) -> str:
    """One row of the table."""
    low, high = curve.rank1_interval
    return (
        f"| {what}, {curve.labels} persons | {enrolled} | {name} | {attack} | {curve.probes} | {curve.chance:.3f} "
        f"| {curve.rank1:.3f} ({low:.3f}-{high:.3f}) | {curve.rank5:.3f} "
        f"| {curve.auc:.3f} ({curve.auc_interval[0]:.3f}-{curve.auc_interval[1]:.3f}) | {curve.outcome.value} | {seconds:.1f} |"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("identities", nargs="?", type=Path)
    parser.add_argument("--prefix", default="orl", help="which identities of the folder")
    parser.add_argument("--drawn", type=int, default=0, help="measure so many drawn persons as well")
    parser.add_argument("--enrolled", type=int, nargs="+", default=[1, 3, 5])
    parser.add_argument("--filters", nargs="+", default=list(FILTERS))
    parser.add_argument("--attacks", nargs="+", default=["parrot", "matched"])
    parser.add_argument("--most", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    sets: dict[str, Pictures] = {}
    if options.identities is not None:
        sets[options.prefix] = labelled(options.identities, options.prefix)
    if options.drawn:
        sets["drawn"] = drawn(options.drawn, 4, 70_000 + 1_000 * options.seed)
    print(
        "| faces | enrolled | filter | attack | probes | chance | rank-1 (95 % bounds) | rank-5 | AUC | outcome | s |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for what, pictures in sets.items():
        for enrolled in options.enrolled:
            if enrolled >= max(len(crops) for crops in pictures.values()):
                continue
            for name in options.filters:
                for attack in options.attacks:
                    began = time.monotonic()
                    curve = measure(attack, pictures, enrolled, name, options.seed, options.most)
                    print(line(what, name, attack, enrolled, curve, time.monotonic() - began), flush=True)


if __name__ == "__main__":
    main()
