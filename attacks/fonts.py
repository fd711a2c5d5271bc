"""Which fonts are installed: found by scanning the usual font folders, in a fixed order.

No list of fonts is asked from another program, so the answer depends only on what lies in the folders. A `Font` names a file; what
may be printed is its `name`, never its path.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from PIL import ImageFont

_SUFFIXES = (".ttf", ".otf", ".ttc", ".otc")
_MOST_FILES = 2000
_MOST_BYTES = 64 * 1024 * 1024
#: A font that lacks these is of no use for reading text.
_NEEDED = "aegnstAENS0123456789"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Font:
    """One face. ``path`` and ``index`` say where it lies, ``family`` and ``style`` what it calls itself."""

    family: str
    style: str
    path: str = field(repr=False)
    index: int = 0

    @property
    def name(self) -> str:
        """Family and style, as they may be printed."""
        return f"{self.family} {self.style}".strip()

    @property
    def plain(self) -> bool:
        """Whether it is neither slanted nor bold: what most text is set in."""
        return not any(word in self.style.lower() for word in ("bold", "oblique", "italic", "light", "black", "thin"))


def font_folders() -> tuple[Path, ...]:
    """Where fonts lie on this system, whether or not the folders exist."""
    home = Path.home()
    if sys.platform == "darwin":
        return (Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library" / "Fonts")
    if sys.platform == "win32":
        local = Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local"))
        return (Path(os.environ.get("WINDIR", "C:\\Windows")) / "Fonts", local / "Microsoft" / "Windows" / "Fonts")
    return (
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        home / ".local" / "share" / "fonts",
        home / ".fonts",
    )


@functools.cache
def installed_fonts() -> tuple[Font, ...]:
    """Every outline font with Latin letters and digits, sorted by family and style; each family and style once."""
    found: dict[tuple[str, str], Font] = {}
    for path in _files():
        font = load_font(path)
        if font is not None:
            found.setdefault((font.family, font.style), font)
    return tuple(sorted(found.values()))


def load_font(path: Path | str) -> Font | None:
    """The face in a file, or None if it is no outline font with Latin letters and digits."""
    try:
        face = ImageFont.truetype(str(path), 64, layout_engine=ImageFont.Layout.BASIC)
        family, style = face.getname()
        missing = bytes(face.getmask("\uffff"))
        if any(bytes(face.getmask(char)) in (missing, b"") for char in _NEEDED):
            return None
    except (OSError, ValueError):
        return None
    return Font(family=family or "unnamed", style=style or "", path=str(path))


def _files() -> Iterator[Path]:
    count = 0
    for folder in font_folders():
        if not folder.is_dir():
            continue
        for where, folders, names in os.walk(folder):
            folders.sort()
            for name in sorted(names):
                path = Path(where) / name
                if name.lower().endswith(_SUFFIXES) and path.stat().st_size <= _MOST_BYTES:
                    count += 1
                    if count > _MOST_FILES:
                        return
                    yield path
