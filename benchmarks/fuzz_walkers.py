"""Damaged files of every format through their walker: no crash, no hang, no byte without a name, no payload unseen.

    python benchmarks/fuzz_walkers.py [--executions 100000] [--minutes 5] [--seed 1] [--only jpeg] [--samples FOLDER]

Starts from the corpus (both twins of every recipe) and, with ``--samples``, from the real files in a folder that are not larger
than 64 KiB. Each is first cut at every 64th byte; then bits are flipped, numbers made huge, stretches cut out, doubled, moved and
joined to a piece of another file. Each format runs in a process of its own until its executions or minutes are spent. Prints a
Markdown table; what went wrong is told by recipe and number, and the same seed gives the same files.

A planted payload that is still there whole must draw a finding, with one exception that is counted beside: damage before the end
of a compressed stream (VP8, LZW, Huffman, HEVC, AV1) can make the decoder read the payload as picture, and then it is shown.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

import machine

from indelible.corpus.case import RECIPES, cases
from indelible.formats import sniff
from indelible.model import Severity
from indelible.verify.containers.notes import Inspection
from indelible.verify.containers.walkers import inspect_file

FORMATS = ("jpeg", "png", "gif", "webp", "bmp", "tiff", "avif", "heif", "jp2", "jxl", "psd")
_MARK, _PAYLOAD = b"INDELIBLE-PLANT-", 84
_LARGEST = 64 * 1024
_SLOW_S = 2.0
_NUMBERS = (0, 1, 2, 7, 8, 15, 16, 255, 256, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


@dataclass(slots=True)
class Tally:
    """What became of one format's mutants. ``peak_mb`` and ``base_mb``: memory of the process, at the end and before."""

    format: str
    counts: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    base_mb: int = 0
    peak_mb: int = 0
    told: list[str] = field(default_factory=list)

    def line(self) -> str:
        """Its row of the table."""
        keys = ("executions", "kept", "as picture", "overlooked", "crash", "unnamed", "slow")
        cells = " | ".join(str(self.counts[key]) for key in keys)
        return f"| {self.format} | {cells} | {self.slowest:.2f} | {self.base_mb} | {self.peak_mb} |"

    @property
    def failed(self) -> bool:
        """Whether anything went wrong."""
        return any(self.counts[key] for key in ("overlooked", "crash", "unnamed", "slow"))


def mutants(rng: random.Random, files: Sequence[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """Without end: every file cut at each 64th byte, then changed at random. Each with the name it comes from."""
    for name, data in files:
        for end in range(0, min(len(data), _LARGEST), 64):
            yield f"{name} cut at {end}", data[:end]
    while True:
        name, data = rng.choice(files)
        yield name, mutant(rng, data, rng.choice(files)[1])


def mutant(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """One to six changes, half of them among the first thousand bytes, where the numbers are."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 6)):
        if len(changed) < 16:
            break
        at = rng.randrange(4, min(1_000, len(changed)) if rng.random() < 0.5 else len(changed))
        way, length = rng.randrange(9), rng.randint(1, 200)
        if way == 0:
            changed[at] ^= 1 << rng.randrange(8)
        elif way == 1:
            changed[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFE, 0xFF, rng.randrange(256)))
        elif way == 2:
            width, order = rng.choice((2, 4, 8)), rng.choice(("big", "little"))
            number = rng.choice(_NUMBERS) % (1 << 8 * width)
            changed[at : at + width] = number.to_bytes(width, order)  # type: ignore[arg-type]
        elif way == 3:
            del changed[at : len(changed) if rng.random() < 0.3 else at + length]
        elif way == 4:
            changed[at:at] = changed[at : at + length]
        elif way == 5:
            place = rng.randrange(4, len(changed))
            piece = changed[at : at + length]
            del changed[at : at + length]
            changed[place:place] = piece
        elif way == 6:
            changed[at:at] = rng.randbytes(length)
        elif way == 7:
            start = rng.randrange(len(other))
            changed[at:at] = other[start : start + length]
        else:
            piece, times = bytes(changed[at : at + min(length, 24)]), rng.choice((2, 50, 2_000))
            changed[at:at] = piece * times
    return bytes(changed)


def walk(format: str, seed: int, executions: int, minutes: float, samples: Path | None) -> Tally:
    """One format until its executions or its minutes are spent."""
    files = _files(format, seed, samples)
    _forget_peak()  # making the files cost memory that is not the walker's
    tally = Tally(format, base_mb=_peak_mb())
    rng = random.Random(f"{format}/{seed}")  # noqa: S311  reproducible, not secret
    ends = time.perf_counter() + 60 * minutes
    for number, (name, data) in enumerate(mutants(rng, files)):
        if tally.counts["executions"] >= executions or time.perf_counter() > ends:
            break
        if sniff(data) is None:
            tally.counts["not walked"] += 1
            continue
        tally.counts["executions"] += 1
        _one(tally, f"{name} #{number}", data)
    tally.peak_mb = _peak_mb()
    return tally


def _one(tally: Tally, name: str, data: bytes) -> None:
    started = time.process_time()  # the machine is shared: another's load is no hang
    try:
        inspection = inspect_file(data)
    except Exception as problem:
        tally.counts["crash"] += 1
        tally.told.append(f"{name}: {type(problem).__name__}: {problem}")
        return
    seconds = time.process_time() - started
    tally.slowest = max(tally.slowest, seconds)
    if seconds > _SLOW_S:
        tally.counts["slow"] += 1
        tally.told.append(f"{name}: {seconds:.1f} s, {len(data)} bytes")
    if inspection is None:
        return
    if not _tiled(inspection, len(data)):
        tally.counts["unnamed"] += 1
        tally.told.append(f"{name}: bytes without a name")
    at = data.find(_MARK)
    if at < 0 or not _whole(data[at : at + _PAYLOAD]):
        return
    tally.counts["kept"] += 1
    if all(item.severity is Severity.INFO for item in inspection.walk.findings):
        shown = any(part in name for part in ("slack", "lzw", "vp8")) or _in_picture(inspection, at)
        tally.counts["as picture" if shown else "overlooked"] += 1
        tally.told.append(f"{name}: {'read as picture' if shown else 'payload without a finding'}")


def _in_picture(inspection: Inspection, at: int) -> bool:
    """Whether the byte lies in the arithmetic-coded data of an HEVC or AV1 item, which only a whole decoder can read."""
    names = [item.name for item in inspection.walk.structures if item.offset <= at < item.offset + item.length]
    return bool(names) and names[0].endswith((".hvc1", ".av01"))


def _whole(payload: bytes) -> bool:
    return payload.endswith(b"-END") and payload[16:80].isalnum()


def _tiled(inspection: Inspection, length: int) -> bool:
    at = 0
    for item in inspection.walk.structures:
        if item.offset != at:
            return False
        at += item.length
    return at == length


def _files(format: str, seed: int, samples: Path | None) -> list[tuple[str, bytes]]:
    names = frozenset(name for name, entry in RECIPES if entry.format == format)
    files = [(case.name, case.published) for index in range(2) for case in cases(seed + index, 1, names)]
    if samples is not None:
        for path in sorted(item for item in samples.rglob("*") if item.is_file()):
            data = path.read_bytes()
            if len(data) <= _LARGEST and sniff(data) == format:
                files.append((f"sample-{hashlib.sha256(data).hexdigest()[:8]}", data))
    return files


def _peak_mb() -> int:
    """The most memory since `_forget_peak`, in MiB; where the system does not tell, since the process began."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) // 1024
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _forget_peak() -> None:
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # proc(5): resets the peak
    except OSError:
        return


def _child(pipe: Connection, format: str, options: argparse.Namespace) -> None:
    pipe.send(walk(format, options.seed, options.executions, options.minutes, options.samples))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print; 1 if a walker crashed, hung, left a byte unnamed or overlooked a payload."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--executions", type=int, default=100_000, help="of each format")
    parser.add_argument("--minutes", type=float, default=5.0, help="for each format")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="one format")
    parser.add_argument("--samples", type=Path, help="real files to start from too")
    options = parser.parse_args(arguments)
    print(f"{machine.line()}\n")
    heads = ("format", "executions", "payload kept", "read as picture", "overlooked", "crashes", "bytes unnamed")
    print("| " + " | ".join((*heads, "over 2 s", "slowest, s CPU", "MB before", "MB peak")) + " |")
    print("|" + "---|" * 11, flush=True)
    failed = False
    context = multiprocessing.get_context("spawn")
    for format in FORMATS:
        if options.only not in ("", format):
            continue
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_child, args=(theirs, format, options))
        process.start()
        theirs.close()
        try:
            tally = ours.recv()
        except EOFError:
            print(f"| {format} | died |", flush=True)
            failed = True
            continue
        process.join()
        print(tally.line(), flush=True)
        for line in tally.told:
            print(f"{format}: {line}", file=sys.stderr, flush=True)
        failed |= tally.failed
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
