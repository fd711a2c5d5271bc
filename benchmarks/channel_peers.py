"""Other cleaners, run as their users run them: exiftool ``-all=``, mat2, and a plain Pillow save."""

from __future__ import annotations

import io
import shutil
import subprocess
import warnings
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from indelible import plugins

#: The cleaned bytes, or None when the tool refuses.
Cleaner = Callable[[bytes, str, Path], bytes | None]
_TIMEOUT_S = 120


def exiftool(data: bytes, extension: str, folder: Path) -> bytes | None:
    """``exiftool -all= -o OUT IN``."""
    source, output = folder / f"in{extension}", folder / f"out{extension}"
    source.write_bytes(data)
    return _ran(["exiftool", "-config", "", "-q", "-q", "-all=", "-o", str(output), str(source)], output)


def mat2(program: str) -> Cleaner:
    """``mat2 IN``, which writes ``IN.cleaned``."""

    def clean(data: bytes, extension: str, folder: Path) -> bytes | None:
        source = folder / f"in{extension}"
        source.write_bytes(data)
        return _ran([program, "--no-sandbox", str(source)], folder / f"in.cleaned{extension}")

    return clean


def pillow(data: bytes, extension: str, folder: Path) -> bytes | None:
    """``Image.open(IN).save(OUT)``: same format, nothing else said."""
    del extension, folder
    plugins.formats()
    stream = io.BytesIO()
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(data)) as image:
            warnings.simplefilter("ignore")
            image.save(stream, image.format)
    except Exception:
        return None
    return stream.getvalue()


def peers(mat2_program: str | None) -> dict[str, Cleaner]:
    """Those that are installed."""
    found: dict[str, Cleaner] = {}
    if shutil.which("exiftool"):
        found["exiftool -all="] = exiftool
    if mat2_program and shutil.which(mat2_program):
        found["mat2"] = mat2(mat2_program)
    found["Pillow save"] = pillow
    return found


def _ran(command: list[str], output: Path) -> bytes | None:
    try:
        subprocess.run(command, capture_output=True, timeout=_TIMEOUT_S, check=False)  # noqa: S603  fixed programs
    except (OSError, subprocess.TimeoutExpired):
        return None
    return output.read_bytes() if output.is_file() and output.stat().st_size else None
