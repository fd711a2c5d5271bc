"""One line that says when, where and with what a benchmark ran."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys

import indelible

_PACKAGES = ("Pillow", "pillow-heif", "pillow-jxl-plugin", "numpy", "opencv-python-headless")


def line() -> str:
    """Date, machine, command and versions, as one Markdown paragraph."""
    versions = [f"indelible {indelible.__version__}", f"Python {platform.python_version()}"]
    for name in _PACKAGES:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    if shutil.which("exiftool"):
        answer = subprocess.run(["exiftool", "-ver"], capture_output=True, text=True, timeout=60, check=False)  # noqa: S607
        versions.append(f"exiftool {answer.stdout.strip()}")
    command = " ".join(["python", os.path.basename(sys.argv[0]), *sys.argv[1:]])
    day = datetime.datetime.now(datetime.UTC).date().isoformat()
    place = f"{os.cpu_count()} {platform.machine()} cores, load {os.getloadavg()[0]:.1f}"
    return f"{day}; {place}; `{command}`; {', '.join(versions)}."
