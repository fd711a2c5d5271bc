"""Looks for planted secrets in whatever was written: in every spelling, in whatever it was packed into, and in pictures.

Two ways that cover each other: each secret is spelt in every way that a program may write it, and each haystack is unpacked
(compressed streams at any place, base64, hex, percent signs, entities, PDF) and searched again.
"""

from __future__ import annotations

import base64
import binascii
import html
import io
import json
import re
import shutil
import subprocess
import urllib.parse
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

#: Unpacked at most so deep, and so large.
_DEPTH, _MOST = 4, 64 << 20
_STREAM = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08")
_ZIPPED = re.compile(rb"PK\x03\x04.{4}\x08\x00", re.DOTALL)
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-](?:\\?\s?[A-Za-z0-9+/_-]){15,}")
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}[ :]?){8,}")
_PICTURE = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8[79]a|RIFF....WEBP|II\x2a\x00|MM\x00\x2a", re.DOTALL)
#: A picture shows a hidden area if one resembles the other so much. Unrelated patterns stay below half of it.
_ALIKE = 0.6


def spellings(text: str) -> dict[str, bytes]:
    """The text as programs write it; base64 without the letters at both ends that depend on what stands beside it."""
    raw = text.encode("utf-8")
    found = {
        "raw": raw,
        "latin-1": text.encode("latin-1", "replace"),
        "utf-16-le": text.encode("utf-16-le"),
        "utf-16-be": text.encode("utf-16-be"),
        "utf-32": text.encode("utf-32-le"),
        "json": json.dumps(text)[1:-1].encode(),
        "html": html.escape(text).encode(),
        "url": urllib.parse.quote(text).encode(),
        "form": urllib.parse.quote_plus(text).encode(),
        "hex": raw.hex().encode(),
        "hex, spaced": raw.hex(" ").encode(),
        "reversed": raw[::-1],
    }
    for shift in range(3):
        letters = base64.b64encode(bytes(shift) + raw)
        whole = letters[-(-shift * 8 // 6) : len(letters) - 4 if letters.endswith(b"=") else len(letters)]
        found[f"base64, {shift}"] = whole
        found[f"base64, {shift}, for addresses"] = whole.translate(bytes.maketrans(b"+/", b"-_"))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """An area of an original that nobody may see. ``pixels``: uint8 ``(h, w, 3)``; ``size`` of the original."""

    name: str
    pixels: np.ndarray = field(repr=False)
    box: tuple[int, int, int, int]
    size: tuple[int, int]


@dataclass(slots=True)
class Searcher:
    """What to look for. `found` names what it saw, and never how often."""

    texts: dict[str, str] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    areas: list[Hidden] = field(default_factory=list)

    def text(self, name: str, value: str) -> None:
        """A value, in any case of its letters."""
        self.texts[name] = value

    def blob(self, name: str, value: bytes) -> None:
        """Bytes, such as a digest: as they are, as hex, as base64."""
        self.blobs[name] = value

    def area(self, name: str, picture: Image.Image, box: tuple[int, int, int, int]) -> None:
        """An area of an original (left, top, right, bottom): its rows as bytes, and what it looks like in any picture."""
        crop = picture.convert("RGB").crop(box)
        self.areas.append(Hidden(name=name, pixels=np.asarray(crop), box=box, size=picture.size))
        rows = np.asarray(crop)
        for label, row in (("RGB", rows), ("BGR", rows[..., ::-1]), ("grey", np.asarray(crop.convert("L")))):
            self.blobs[f"{name}, a row in {label}"] = row[len(rows) // 2].tobytes()[:48]

    def found(self, data: bytes) -> set[str]:
        """What of it is in ``data``, with the spelling and where it was unpacked from."""
        needles = self._needles()
        seen: set[str] = set()
        for where, layer in unpacked(data):
            low = layer.lower()
            seen |= {f"{name} [{where}]" for name, needle in needles.items() if needle in low}
            seen |= {f"{name} [{where}, picture]" for name in self._pictured(layer)}
        return seen

    def found_in_folder(self, folder: Path) -> dict[str, set[str]]:
        """The same for every file below a folder, and for the files' names."""
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        answers = {str(path.relative_to(folder)): self.found(path.read_bytes()) for path in files}
        answers["names"] = self.found("\n".join(answers).encode("utf-8", "surrogateescape"))
        return {name: answer for name, answer in answers.items() if answer}

    def _needles(self) -> dict[str, bytes]:
        spelt = {f"{name}: {way}": data.lower() for name, text in self.texts.items() for way, data in _ways(text)}
        for name, blob in self.blobs.items():
            spelt |= {f"{name}: raw": blob.lower(), f"{name}: hex": blob.hex().encode()}
            spelt |= {f"{name}: {way}": data.lower() for way, data in _aligned(blob)}
        assert all(len(needle) >= 8 for needle in spelt.values()), "a short needle is found by chance"
        return spelt

    def _pictured(self, data: bytes) -> set[str]:
        if not self.areas:
            return set()
        return {area.name for picture in _pictures(data) for area in self.areas if _shows(picture, area)}


def _ways(text: str) -> Iterator[tuple[str, bytes]]:
    """Needles are compared without regard to case, which is the case of ASCII letters; the others are spelt both ways."""
    for case, spelt in (("", text), (", small", text.lower()), (", capitals", text.upper())):
        for way, data in spellings(spelt).items():
            yield way + case, data


def _aligned(blob: bytes) -> Iterator[tuple[str, bytes]]:
    for shift in range(3):
        letters = base64.b64encode(bytes(shift) + blob)
        yield f"base64, {shift}", letters[-(-shift * 8 // 6) : len(letters) - 4 if letters.endswith(b"=") else None]


def unpacked(
    data: bytes, where: str = "as it is", depth: int = _DEPTH, known: set[bytes] | None = None
) -> Iterator[tuple[str, bytes]]:
    """The data, and everything that can be unpacked from it, again and again; each once."""
    known = set() if known is None else known
    if data in known:
        return
    known.add(data)
    yield where, data
    if depth == 0:
        return
    for name, inner in _inner(data):
        if len(inner) >= 8:
            yield from unpacked(inner, name if where == "as it is" else f"{where} > {name}", depth - 1, known)


def _inner(data: bytes) -> Iterator[tuple[str, bytes]]:
    for match in _STREAM.finditer(data):
        yield "compressed", _inflated(data[match.start() :], 47)  # zlib or gzip
    for match in _ZIPPED.finditer(data):
        head = data[match.start() : match.start() + 30]
        start = match.start() + 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
        yield "zipped", _inflated(data[start:], -15)
    for match in _BASE64.finditer(data):
        letters = re.sub(rb"[\\\s]", b"", match.group()).translate(bytes.maketrans(b"-_", b"+/"))
        for shift in range(4):  # a run may begin with letters that are not of it
            part = letters[shift:]
            yield "base64", binascii.a2b_base64(part[: len(part) // 4 * 4] + _padded(part[len(part) // 4 * 4 :]))
            if len(letters) > 4096:
                break  # a large one is a whole file, and begins where it begins
    for match in _HEX.finditer(data):
        digits = re.sub(rb"[ :]", b"", match.group())
        if len(digits) < 1 << 20:
            yield "hex", bytes.fromhex(digits[: len(digits) // 2 * 2].decode())
            yield "hex", bytes.fromhex(digits[1 : (len(digits) - 1) // 2 * 2 + 1].decode())
    if len(data) < 8 << 20:
        if b"%" in data:
            yield "percent", urllib.parse.unquote_to_bytes(data)
        if b"&" in data and b";" in data:
            yield "entities", html.unescape(data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogatepass")
        if b"\\" in data:
            yield (
                "escapes",
                re.sub(rb"\\(?:u([0-9a-fA-F]{4})|(.))", lambda hit: _letter(hit.group(1), hit.group(2)), data),
            )
    if data.startswith(b"%PDF") and shutil.which("pdftotext"):
        told = subprocess.run(["pdftotext", "-", "-"], input=data, capture_output=True, check=False, timeout=60)
        yield "page text", told.stdout


def _inflated(data: bytes, window: int) -> bytes:
    """As much as there is of a stream that may be cut off, or none."""
    engine, rest = zlib.decompressobj(window), data
    parts: list[bytes] = []
    try:
        while rest and sum(len(part) for part in parts) < _MOST and not engine.eof:
            parts.append(engine.decompress(rest[: 1 << 16]))
            rest = rest[1 << 16 :]
    except zlib.error:
        pass
    whole = b"".join(parts)
    return whole if len(whole) >= 8 else b""


def _padded(letters: bytes) -> bytes:
    return letters + b"=" * (4 - len(letters)) if len(letters) > 1 else b""


def _letter(digits: bytes | None, other: bytes | None) -> bytes:
    return other or b"" if digits is None else chr(int(digits, 16)).encode("utf-8", "surrogatepass")


# --- pictures ---------------------------------------------------------------------------------------------------------


def _pictures(data: bytes) -> Iterator[Image.Image]:
    """Every picture that begins anywhere in the data, first frames, RGB."""
    for match in list(_PICTURE.finditer(data))[:64]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                with Image.open(io.BytesIO(data[match.start() :])) as opened:
                    yield opened.convert("RGB")
            except Exception:  # what only looks like a picture
                continue


def _shows(picture: Image.Image, area: Hidden) -> bool:
    """Whether the area is in the picture: where it was in the whole scene, or as the whole picture, at any size."""
    left, top, right, bottom = area.box
    across, down = picture.width / area.size[0], picture.height / area.size[1]
    place = (round(left * across), round(top * down), round(right * across), round(bottom * down))
    return any(
        region[2] - region[0] >= 4 and region[3] - region[1] >= 4 and _alike(picture.crop(region), area.pixels)
        for region in (place, (0, 0, *picture.size))
    )


def _alike(crop: Image.Image, pixels: np.ndarray) -> bool:
    """Whether both vary together: correlation of their 12 x 12 means, best of three channels."""
    one, other = (
        np.asarray(item.resize((12, 12), Image.Resampling.BOX), np.float64).reshape(-1, 3)
        for item in (crop, Image.fromarray(pixels))
    )
    one, other = one - one.mean(0), other - other.mean(0)
    size = np.sqrt((one**2).sum(0) * (other**2).sum(0))
    return bool(((one * other).sum(0)[size > 1e-6] / size[size > 1e-6] > _ALIKE).any())
