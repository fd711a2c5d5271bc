"""Imaging plug-ins that are installed or not: HEIF by pillow-heif or pi-heif, JPEG XL by pillow-jxl-plugin; AVIF is Pillow's own."""

from __future__ import annotations

import importlib
from functools import lru_cache

from PIL import Image, features


@lru_cache(maxsize=1)
def formats() -> frozenset[str]:
    """Pillow's names of the formats, of those that need a plug-in, that can be opened here: AVIF, HEIF, JXL."""
    found = set()
    if features.check("avif"):
        found.add("AVIF")
    for name in ("pillow_heif", "pi_heif"):
        try:
            importlib.import_module(name).register_heif_opener()
        except Exception:  # not installed, or for another machine
            continue
        found.add("HEIF")
        break
    try:
        importlib.import_module("pillow_jxl")
    except Exception:
        pass
    else:
        found.add("JXL")
    return frozenset(found)


@lru_cache(maxsize=1)
def writable() -> frozenset[str]:
    """Of those, the formats that can be written here: HEIF only where its encoder is there too."""
    names = set(formats())
    Image.init()
    return frozenset(name for name in names if name in Image.SAVE)
