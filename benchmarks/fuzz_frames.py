"""Fuzz the walkers of GIF, WebP, BMP and APNG by hand: ``python benchmarks/fuzz_frames.py [executions] [seed]``.

Mutants of planted and of clean files: bits flipped, bytes exchanged, stretches cut, doubled and inserted. None may crash a
walker, take over two seconds, leave a byte without a name, or be without a finding while the planted payload is still there.
Not counted: damage to a VP8 stream before planted slack can make the decoder take the slack for coefficients; it is shown then.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from indelible.corpus.case import RECIPES, cases
from indelible.verify.containers import bmp, gif, png, webp
from indelible.verify.containers.notes import Inspection

_WALKERS = {"gif": gif.inspect, "webp": webp.inspect, "bmp": bmp.inspect, "png": png.inspect}
_MARK = b"INDELIBLE-PLANT-"
_MOST_S = 2.0


def mutant(rng: np.random.Generator, data: bytes, keep: tuple[int, int]) -> bytes:
    """A changed copy; ``[keep[0], keep[1])`` stays as it is."""
    changed = bytearray(data)
    for _ in range(int(rng.integers(1, 6))):
        kind, head = int(rng.integers(6)), rng.random() < 0.5
        at = int(rng.integers(min(80, len(changed)) if head else len(changed)))
        if keep[0] <= at < keep[1] or not changed:
            continue
        if kind == 0:
            changed[at] ^= 1 << int(rng.integers(8))
        elif kind == 1:
            changed[at] = int(rng.integers(256))
        elif kind == 2:
            changed[at] = (0, 1, 0x7F, 0x80, 0xFF)[int(rng.integers(5))]
        elif kind == 3 and at >= keep[1]:
            del changed[at : at + int(rng.integers(1, 40))]
        elif kind == 4 and at >= keep[1]:
            changed[at:at] = rng.bytes(int(rng.integers(1, 20)))
        elif at >= keep[1]:
            changed[at:at] = changed[at : at + int(rng.integers(1, 60))]
    return bytes(changed)


def examine(data: bytes, format: str) -> tuple[Inspection, float]:
    """Both ways of one walker; the stricter result and the time."""
    started = time.perf_counter()
    inspection = _WALKERS[format](data)
    if format != "bmp":
        (gif if format == "gif" else webp if format == "webp" else png).inspect(data)
    return inspection, time.perf_counter() - started


def main(executions: int, seed: int) -> int:
    """Run, print what went wrong, return how often."""
    rng = np.random.default_rng(seed)
    names = frozenset(name for name in RECIPES.names() if name.startswith(("gif.", "webp.", "bmp.", "png.apng")))
    drawn = [case for case in cases(seed, 1, names) if case.name.endswith("leaky") or ".trailer-" in case.name]
    wrong, slowest, held = 0, 0.0, 0
    for number in range(executions):
        case = drawn[number % len(drawn)]
        mark = case.published.find(_MARK)
        data = mutant(rng, case.published, (mark, mark + 84) if mark >= 0 else (-1, -1))
        try:
            inspection, seconds = examine(data, case.format)
        except Exception as problem:  # a crash is what is looked for
            print("crash", case.name, number, type(problem).__name__, problem)
            wrong += 1
            continue
        slowest = max(slowest, seconds)
        walk = inspection.walk
        ends = [item.offset + item.length for item in walk.structures]
        starts = [item.offset for item in walk.structures]
        telling = [item for item in walk.findings if item.severity.value != "info"]
        if seconds > _MOST_S or starts != [0, *ends[:-1]] or ends[-1] != len(data):
            print("slow" if seconds > _MOST_S else "bytes without a name", case.name, number)
            wrong += 1
        elif not telling:
            held += 1
            if mark >= 0 and ".slack" not in case.recipe and case.published[mark : mark + 84] in data:
                print("clean with its payload", case.name, number)
                wrong += 1
    print(f"{executions} mutants, {wrong} wrong, {held} without a finding, slowest {slowest:.2f} s")
    return wrong


if __name__ == "__main__":
    arguments = [int(item) for item in sys.argv[1:3]]
    raise SystemExit(main(*(arguments + [20_000, 1][len(arguments) :])) > 0)
