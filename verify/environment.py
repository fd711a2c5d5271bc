"""Versions of everything that shapes an output or a verdict: the domain in which byte identity is claimed."""

from __future__ import annotations

import platform
from functools import lru_cache
from importlib import metadata

from PIL import features

_PACKAGES = ("numpy", "pillow", "opencv-contrib-python", "onnxruntime", "rapidocr", "mediapipe", "zxing-cpp")


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
    return dict(sorted(found.items()))
