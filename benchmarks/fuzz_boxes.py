"""Mutants of AVIF, HEIC, JPEG 2000 and JPEG XL files through their walkers: no crash, no hang, no kept payload unseen.

    python benchmarks/fuzz_boxes.py --mutants 100000 [--seed 1] [--only jxl.]

Prints per format the mutants, those that kept their payload, those of them without a finding, crashes, and the slowest walk.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence

from indelible.corpus.case import RECIPES, cases
from indelible.verify.containers.walkers import inspect_file

_MARK = b"INDELIBLE-PLANT-"
_FORMATS = ("avif", "heif", "jp2", "jxl")
_NUMBERS = (0, 1, 7, 8, 15, 16, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def mutant(rng: random.Random, data: bytes) -> bytes:
    """One file changed in one of five ways: bytes, a 32-bit field, a cut, a stretch twice, a stretch moved."""
    changed = bytearray(data)
    way = rng.randrange(5)
    if way == 0:
        for _ in range(rng.randint(1, 16)):
            changed[rng.randrange(len(changed))] = rng.randrange(256)
    elif way == 1:
        at = rng.randrange(max(1, min(len(changed) - 4, 700)))
        changed[at : at + 4] = rng.choice(_NUMBERS).to_bytes(4, "big")
    elif way == 2:
        del changed[rng.randrange(len(changed)) :]
    else:
        start = rng.randrange(len(changed))
        piece = bytes(changed[start : start + rng.randint(1, 200)])
        if way == 4:
            del changed[start : start + len(piece)]
        place = rng.randrange(len(changed) + 1)
        changed[place:place] = piece
    return bytes(changed)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print; 1 if a walker crashed, hung or overlooked a payload."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--mutants", type=int, default=100_000, help="of each format")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="recipes whose name begins so")
    options = parser.parse_args(arguments)
    failed = False
    print("| format | mutants | payload kept | of them clean | crashes | untiled | slowest, s |", flush=True)
    print("|---|---|---|---|---|---|---|")
    for format in _FORMATS:
        names = frozenset(
            name for name in RECIPES.names() if name.startswith(format + ".") and name.startswith(options.only)
        )
        files = [
            case.published for case in cases(options.seed, 1, names) if case.leaky or case.name.endswith("0-clean")
        ]
        if not files:
            continue
        rng, counts, slowest = random.Random(options.seed), Counter[str](), 0.0
        for _ in range(options.mutants):
            data = mutant(rng, rng.choice(files))
            started = time.perf_counter()
            try:
                result = inspect_file(data)
            except Exception as problem:
                counts["crash"] += 1
                print(f"{format}: {type(problem).__name__}: {problem}", file=sys.stderr)
                continue
            slowest = max(slowest, time.perf_counter() - started)
            kept = _MARK in data
            counts["kept"] += kept
            if result is None:
                continue
            counts["clean"] += kept and not any(item.severity.value != "info" for item in result.walk.findings)
            at = 0
            for item in result.walk.structures:
                counts["untiled"] += item.offset != at
                at = item.offset + item.length
            counts["untiled"] += at != len(data)
        cells = [format, options.mutants, counts["kept"], counts["clean"], counts["crash"], counts["untiled"]]
        print("| " + " | ".join(str(cell) for cell in cells) + f" | {slowest:.2f} |", flush=True)
        failed |= bool(counts["clean"] or counts["crash"] or counts["untiled"]) or slowest > 2
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
