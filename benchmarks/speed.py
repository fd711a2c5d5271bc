"""Where the time goes: the portrait certified, 12 megapixels redacted beside a plain Pillow save, and the swap test on them.

Run by hand on a quiet machine, from the repository's root:

    .venv/bin/python benchmarks/speed.py

Speeds are ratios against a peer in the same run; each figure is the median of several runs, in turn.
"""

from __future__ import annotations

import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, features

import indelible
from indelible.corpus.demo import write_inputs
from indelible.media import open_picture
from indelible.model import Box, Kind, Redaction, RedactionPlan, Region, Source
from indelible.redact.apply import PlannedRedactor
from indelible.verify.interference import after_decode, before_source_compression

RUNS = 7
BOXES = (Box(401, 299, 300, 400), Box(2101, 999, 160, 200), Box(3300, 2500, 90, 120))


def main() -> None:
    """Print three small tables."""
    print(f"{os.cpu_count()} cores, Pillow {Image.__version__}, libjpeg-turbo {features.version('libjpeg_turbo')}\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _portrait(folder)
        _twelve_megapixels(folder)


def _portrait(folder: Path) -> None:
    portrait = write_inputs(folder / "inputs")[0]
    started = time.perf_counter()
    indelible.certify(portrait, folder / "cold")
    cold = time.perf_counter() - started
    results = [indelible.certify(portrait, folder / "warm") for _ in range(5)]
    stages = {key: statistics.median(item.timings[key] for item in results) for key in results[0].timings}
    print("| portrait, 512x512 | seconds |\n|---|---|")
    print(f"| certify, first in the process (models, controls) | {cold:.2f} |")
    print(f"| certify, models loaded | {statistics.median(item.seconds for item in results):.2f} |")
    for key, value in stages.items():
        print(f"| - {key} | {value:.3f} |")
    print()


def photo() -> bytes:
    """A 4000x3000 scene from a seed, as a camera writes it: 4:2:0, quality 90."""
    rng = np.random.default_rng(0)
    smooth = Image.fromarray(rng.integers(0, 256, (300, 400, 3), dtype=np.uint8)).resize((4000, 3000))
    noisy = np.clip(np.asarray(smooth).astype(np.int16) + rng.normal(0, 4, (3000, 4000, 3)), 0, 255).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(noisy).save(stream, "JPEG", quality=90, subsampling=2)
    return stream.getvalue()


def _twelve_megapixels(folder: Path) -> None:
    source = folder / "photo.jpg"
    source.write_bytes(photo())
    original = source.read_bytes()
    picture = open_picture(original)
    plan = RedactionPlan(
        source=Source(sha256=picture.sha256, width=picture.width, height=picture.height),
        policy="public",
        redactions=tuple(
            Redaction(id=f"r{number}", kind=Kind.FACE, region=Region(box=box)) for number, box in enumerate(BOXES, 1)
        ),
    )
    (folder / "photo.plan.json").write_text(json.dumps(plan.to_dict()))

    def plain() -> None:
        with Image.open(source) as image:
            image.save(folder / "plain.jpg")

    def ours() -> None:
        indelible.redact(source, folder / "out", plan=plan)

    times = _in_turn({"plain Pillow open + save": plain, "indelible.redact with a plan": ours})
    print(f"| 12 MP JPEG, {len(original) / 1e6:.1f} MB | seconds | ratio |\n|---|---|---|")
    base = times["plain Pillow open + save"]
    for name, seconds in times.items():
        print(f"| {name} | {seconds:.3f} | {seconds / base:.2f} |")
    print(f"| peak memory of a process that redacts it | {_peak_mb(folder):.0f} MB | |\n")

    redactor = PlannedRedactor.bind(plan, picture)
    published = redactor.publish(picture.image)

    def once() -> None:
        redactor.publish(redactor.decode(original))

    def swap(threads: int | None) -> None:
        first = after_decode(redactor, original, published, BOXES, seed=0, threads=threads)
        second = before_source_compression(redactor, original, BOXES, seed=0, threads=threads)
        if first[1] or second[1]:
            raise SystemExit("the swap test found a difference")

    times = _in_turn(
        {"one redaction": once, "both levels, one thread": lambda: swap(1), "both levels": lambda: swap(None)}
    )
    print("| swap test, 12 MP, nine contents | seconds | ratio |\n|---|---|---|")
    for name, seconds in times.items():
        print(f"| {name} | {seconds:.3f} | {seconds / times['one redaction']:.1f} |")


def _in_turn(works: dict[str, Callable[[], None]]) -> dict[str, float]:
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(RUNS + 1):
        for name, work in works.items():
            started = time.perf_counter()
            work()
            seconds[name].append(time.perf_counter() - started)
    return {name: statistics.median(values[1:]) for name, values in seconds.items()}


def _peak_mb(folder: Path) -> float:
    code = (
        "import json, sys, indelible; from pathlib import Path; folder = Path(sys.argv[1]);"
        "plan = indelible.RedactionPlan.from_dict(json.loads((folder / 'photo.plan.json').read_text()));"
        "indelible.redact(folder / 'photo.jpg', folder / 'peak', plan=plan);"
        # not ru_maxrss: that remembers what this process had before the fork
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder)], check=True, capture_output=True, text=True)
    return int(done.stdout) / 1024


if __name__ == "__main__":
    main()
