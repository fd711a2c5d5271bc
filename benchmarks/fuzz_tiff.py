"""Ten thousand damaged TIFF and PSD files through the walkers: no crash, no hang, no clean word for a kept payload.

    python benchmarks/fuzz_tiff.py [--mutants 10000] [--seed 1]

Prints how many mutants were walked, the slowest, and every one that failed by its number; the same seed gives the same files.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np

from indelible.corpus.case import RECIPES, Draw
from indelible.corpus.payload import Plant
from indelible.model import Severity
from indelible.verify.containers.walkers import inspect_file

_SLOW_S = 2.0


def mutated(data: bytes, rng: np.random.Generator, avoid: tuple[int, int]) -> bytes:
    """Bytes exchanged, a stretch cut out or doubled, numbers made huge; ``[start, end)`` of ``avoid`` is kept."""
    mutant = bytearray(data)
    for _ in range(int(rng.integers(1, 9))):
        at = int(rng.integers(4, len(mutant)))
        if avoid[0] - 8 <= at < avoid[1]:
            continue
        kind = int(rng.integers(4))
        if kind == 0:
            mutant[at] ^= 1 << int(rng.integers(8))
        elif kind == 1:
            mutant[at] = int(rng.choice((0, 1, 127, 128, 255)))
        elif kind == 2:
            mutant[at : at + 4] = bytes(rng.integers(0, 256, min(4, len(mutant) - at), dtype=np.uint8))
        else:
            mutant[at : at + 4] = b"\xff\xff\xff\x7f"[: len(mutant) - at]
    return bytes(mutant)


def main() -> int:
    """Run and print; 1 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--mutants", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    sources = []
    for name in RECIPES.names():
        if name.startswith(("tiff.", "psd.")):
            draw = Draw(recipe=name, seed=options.seed, index=0)
            sources.append((name, RECIPES.get(name).make(draw).leaky.published, Plant.of(draw).marker))
    rng, slowest, failed, kept = np.random.default_rng(options.seed), 0.0, [], 0
    for number in range(options.mutants):
        name, data, marker = sources[number % len(sources)]
        at = data.find(marker)
        mutant = mutated(data, rng, (at, at + len(marker)) if at >= 0 else (0, 0))
        started = time.perf_counter()
        inspection = inspect_file(mutant)
        slowest = max(slowest, time.perf_counter() - started)
        if inspection is None:
            continue
        ends = [item.offset + item.length for item in inspection.walk.structures]
        whole = [0, *ends[:-1]] == [item.offset for item in inspection.walk.structures] and ends[-1] == len(mutant)
        clean = all(item.severity is Severity.INFO for item in inspection.walk.findings)
        kept += marker in mutant
        if not whole or (clean and marker in mutant):
            failed.append((number, name))
    print(f"{options.mutants} mutants, {kept} of them with their payload; slowest {slowest:.2f} s")
    for number, name in failed:
        print(f"- mutant {number} of {name}")
    return int(bool(failed) or slowest > _SLOW_S)


if __name__ == "__main__":
    sys.exit(main())
