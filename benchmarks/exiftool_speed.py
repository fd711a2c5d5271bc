"""exiftool kept open and fed in batches, against one process per file, over the same 60 files in the same run.

    python benchmarks/exiftool_speed.py [--files 60] [--folder FOLDER]

Files are planted ones from the corpus, or the first of FOLDER in a fixed order that are not larger than a megabyte. The strict options
are those of every examination; one process per file runs plain ``exiftool -j`` and, in the third row, the strict options too.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import machine

from indelible.corpus.case import RECIPES, cases
from indelible.exec.exiftool import STRICT, ExifTool
from indelible.formats import EXTENSIONS, sniff

_LARGEST = 1 << 20


def files(count: int, folder: Path | None) -> list[bytes]:
    """The files' bytes."""
    if folder is not None:
        found = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.stat().st_size <= _LARGEST]
        every = max(1, len(found) // count)
        return [data for data in (path.read_bytes() for path in found[::every]) if sniff(data)][:count]
    names = sorted(RECIPES.names())
    chosen = frozenset(names[:: max(1, len(names) // count)])
    return [case.published for case in cases(1, 1, chosen) if case.leaky][:count]


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def singly(paths: Sequence[Path], options: Sequence[str]) -> None:
    """A process for each file."""
    for path in paths:
        subprocess.run(["exiftool", *options, str(path)], capture_output=True, timeout=60, check=False)  # noqa: S603, S607


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--files", type=int, default=60)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args(arguments)
    found = files(options.files, options.folder)
    print(f"{machine.line()}\n\n| {len(found)} files | s per file | ratio |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, ExifTool() as tool:
        paths = []
        for number, data in enumerate(found):
            paths.append(Path(folder) / f"{number}{EXTENSIONS[sniff(data) or 'jpeg'][0]}")
            paths[-1].write_bytes(data)
        first = timed(lambda: tool.read_bytes(found))  # starts the process too
        again = min(timed(lambda: tool.read_bytes(found)) for _ in range(3))
        plain = timed(lambda: singly(paths, ["-j"]))
        strict = timed(lambda: singly(paths, ["-config", "", *STRICT]))
    rows = (("one process each, `-j`", plain), ("one process each, strict options", strict),
            ("kept open, batched, strict, first time", first), ("the same, best of three more", again))  # fmt: skip
    for name, seconds in rows:
        print(f"| {name} | {seconds / len(found):.3f} | {seconds / plain:.2f} |")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
