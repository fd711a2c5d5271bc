"""Versions of everything that shapes an output or a verdict: the domain in which byte identity is claimed."""

from __future__ import annotations

import platform
import re
from functools import lru_cache
from importlib import metadata

from PIL import features

from indelible.errors import IndelibleError
from indelible.exec import exiftool
from indelible.exec.process import run

_PACKAGES = ("ai-edge-litert", "numpy", "pillow", "opencv-python-headless", "onnxruntime", "rapidocr", "zxing-cpp")


@lru_cache(maxsize=1)
def environment() -> dict[str, str]:
    """Name to version, sorted: codecs, packages, programs, architecture. Nothing about the machine's owner."""
    found = {"architecture": platform.machine(), "python": platform.python_version()}
    for name in ("libjpeg_turbo", "zlib", "littlecms2"):
        found[name] = features.version(name) or "absent"
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "absent"
    found["exiftool"] = _version_of_exiftool()
    found["tesseract"] = _version_of_tesseract()
    return dict(sorted(found.items()))


def _version_of_exiftool() -> str:
    try:
        return exiftool.session().version()
    except IndelibleError:
        return "absent"


def _version_of_tesseract() -> str:
    try:
        answer = run(["tesseract", "--version"], timeout_s=10).stdout
    except IndelibleError:
        return "absent"
    found = re.match(rb"tesseract v?(\d[0-9.]{0,20})", answer)
    return found[1].decode("ascii") if found else "unknown"
