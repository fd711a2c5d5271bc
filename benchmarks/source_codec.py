"""How far what was hidden reaches in a lossy source: the measurement behind the limit L-SOURCE-CODEC.

    python benchmarks/source_codec.py [--scenes 4] [--seed 1]

Six contents are put into the same 72x72 box of an otherwise identical 640x448 picture; each of the six is coded as a source would be,
decoded, and compared with the others outside the box. If one pixel differs, that pixel says something about the content. Distance is
the larger of the horizontal and vertical gap to the box, in pixels. Lossless rows are the control: nothing may differ.
"""

from __future__ import annotations

import argparse
import io
import itertools
from collections.abc import Callable, Sequence
from typing import Any

import machine
import numpy as np
from PIL import Image

from indelible import plugins
from indelible.corpus.carriers import scene
from indelible.model import Box, Kind
from indelible.verify.contents import CONTENTS

_SIZE, _BOX, _FAR = (640, 448), Box(101, 77, 72, 72), 64
_CHOSEN = ("zeros", "white", "noise", "chroma", "face", "text")


def _palette(image: Image.Image) -> Image.Image:
    return image.quantize(256, Image.Quantize.MEDIANCUT)


#: Name, Pillow's format, options, and how the picture is prepared.
_CODECS: tuple[tuple[str, str, dict[str, Any], Callable[[Image.Image], Image.Image] | None], ...] = (
    ("JPEG, quality 80, 4:2:0", "JPEG", {"quality": 80, "subsampling": 2}, None),
    ("WebP lossy, quality 80", "WEBP", {"quality": 80}, None),
    ("WebP lossy, quality 50", "WEBP", {"quality": 50}, None),
    ("HEIC, quality 80", "HEIF", {"quality": 80}, None),
    ("HEIC, quality 50", "HEIF", {"quality": 50}, None),
    ("AVIF, quality 75", "AVIF", {"quality": 75}, None),
    ("AVIF, quality 50", "AVIF", {"quality": 50}, None),
    ("JPEG XL, quality 90", "JXL", {"quality": 90}, None),
    ("JPEG XL, quality 60", "JXL", {"quality": 60}, None),
    ("JPEG 2000, rate 20:1", "JPEG2000", {"irreversible": True, "quality_mode": "rates", "quality_layers": [20]}, None),
    ("JPEG 2000, 40 dB", "JPEG2000", {"irreversible": True, "quality_mode": "dB", "quality_layers": [40]}, None),
    ("PNG, 256 colours", "PNG", {}, _palette),
    ("GIF, 256 colours", "GIF", {}, _palette),
    ("PNG", "PNG", {}, None),
    ("WebP lossless", "WEBP", {"lossless": True}, None),
    ("JPEG XL lossless", "JXL", {"lossless": True}, None),
    ("JPEG 2000 reversible", "JPEG2000", {"irreversible": False}, None),
)


def distances() -> np.ndarray:
    """``(height, width)`` int: how far each pixel is from the box, 0 inside."""
    x, y = np.arange(_SIZE[0]), np.arange(_SIZE[1])
    across = np.maximum(0, np.maximum(_BOX.x - x, x - (_BOX.right - 1)))
    down = np.maximum(0, np.maximum(_BOX.y - y, y - (_BOX.bottom - 1)))
    return np.maximum(across[None, :], down[:, None])


def sources(seed: int) -> list[Image.Image]:
    """Six pictures that differ in the box alone."""
    ground = scene(np.random.default_rng(seed), size=_SIZE, kind=Kind.FACE).picture
    found = []
    for name in _CHOSEN:
        image = ground.copy()
        image.paste(Image.fromarray(CONTENTS[name](_BOX.width, _BOX.height, seed)), _BOX.corners)
        found.append(image)
    return found


def coded(image: Image.Image, format: str, options: dict[str, Any]) -> np.ndarray:
    """Through the codec and back: uint8 ``(height, width, 3)``."""
    stream = io.BytesIO()
    image.save(stream, format, **options)
    with Image.open(io.BytesIO(stream.getvalue())) as opened:
        return np.asarray(opened.convert("RGB"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--scenes", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    plugins.formats()
    far, pairs = distances(), list(itertools.combinations(range(len(_CHOSEN)), 2))
    print(f"{machine.line()}\n")
    heads = (
        "source",
        "pairs that differ beyond 64 px",
        "furthest, px (least, most of scenes)",
        "pixels changed beyond 64 px (mean, most)",
    )
    print("| " + " | ".join((*heads, "by levels, at most")) + " |")
    print("|---|---|---|---|---|")
    for name, format, settings, prepare in _CODECS:
        reach, shares, levels, differing = [], [], 0, 0
        try:
            for number in range(options.scenes):
                images = sources(options.seed + number)
                decoded = [coded(prepare(item) if prepare else item, format, settings) for item in images]
                furthest = 0
                for one, two in pairs:
                    gap = np.abs(decoded[one].astype(np.int16) - decoded[two]).max(axis=2)
                    outside = (gap > 0) & (far > 0)
                    furthest = max(furthest, int(far[outside].max(initial=0)))
                    beyond = gap[far > _FAR]
                    shares.append(float((beyond > 0).mean()))
                    levels = max(levels, int(beyond.max()))
                    differing += bool((beyond > 0).any())
                reach.append(furthest)
        except (OSError, KeyError) as problem:
            print(f"| {name} | not measured: {type(problem).__name__} | | | |")
            continue
        total = options.scenes * len(pairs)
        share = f"{100 * np.mean(shares):.1f} %, {100 * max(shares):.1f} %"
        print(
            f"| {name} | {differing} of {total} pairs | {min(reach)}, {max(reach)} | {share} | {levels} |", flush=True
        )
    print(f"\nThe furthest pixel of the picture is {int(far.max())} px from the box.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
