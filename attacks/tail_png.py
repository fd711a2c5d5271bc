"""Scanlines of an overwritten PNG, and how to make rows of them without its header: width and channels are found in the data.

Each row begins with its filter's number, 0 to 4. Counted from the end, which is exact, these stand at equal distances, and only the
right distance meets nothing but 0 to 4. The right number of channels is the one that makes the unfiltered rows smooth.

What stands before the first block is lost, and with it what the rows below copy from it or are filtered against. Every stream is
therefore inflated and unfiltered behind three different windows; what comes out alike each time does not hang on what is lost.

Reference: PNG specification section 9; ATTACKS.md section 10 (A401).
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image

from indelible.attacks.tail_deflate import WINDOW_BYTES, entries, inflated
from indelible.attacks.tail_restored import Restored

_NAMES = re.compile(rb"IDAT|IEND")
#: Restored bytes that count: a few rows of a small picture.
LEAST_BYTES = 1024
#: The checksum that ends a stream, give or take a byte that the shift by bits adds or takes.
_TRAILER = range(3, 6)
_MOST_WIDE = 32_768
_FEWEST_ROWS = 4
_MOST_STRIDES = 24
#: Places at which a block's first bytes inflate; a real one is among the first few.
_MOST_TRIED = 400
#: Colour types that are told apart, by bytes per pixel.
_COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}
_COLOUR_BYTES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
#: Rows from the end on which width and channels are judged.
_JUDGED_ROWS = 240
#: How much less smooth the new file's own channel count may make the rows and still be believed.
_OWN_CHANNELS = 1.25
#: How much smoother the rows must be with a longer row than the shortest one that fits.
_LONGER_STRIDE = 0.4
_MULTIPLE = 1.8


def end_of_png(data: bytes) -> int | None:
    """Where the first PNG in ``data`` ends, behind its IEND chunk; None if it does not."""
    at = 8
    while at + 12 <= len(data):
        length, name = struct.unpack(">I4s", data[at : at + 8])
        at += 12 + length
        if name == b"IEND":
            return at if at <= len(data) else None
    return None


def streams(tail: bytes, searched: int) -> Iterator[bytes]:
    """Raw Deflate data from every place at which it inflates to its exact end, with the checksum behind."""
    stream = old_stream(tail)
    if len(stream) < 64:
        return
    tried = 0
    for final in (False, True):
        for _, data in entries(stream, searched, final=final):
            tried += 1
            if tried > _MOST_TRIED:
                return
            found = inflated(data, bytes(WINDOW_BYTES))
            if found is not None and found[1] in _TRAILER and len(found[0]) >= LEAST_BYTES:
                yield data


def old_stream(tail: bytes) -> bytes:
    """The old file's compressed data: up to the first old chunk's end, then every old IDAT; checksums and headers left out."""
    tail = tail[: _at(tail, b"\x89PNG\r\n\x1a\n")]  # from here on another whole file
    found = list(_NAMES.finditer(tail))
    if not found:
        return b""
    pieces = [tail[: max(0, found[0].start() - 8)]]
    for chunk in found:
        at = chunk.start()
        if chunk[0] == b"IDAT":
            pieces.append(tail[at + 4 : at + 4 + int.from_bytes(tail[at - 4 : at])])
    return b"".join(pieces)


def _at(data: bytes, wanted: bytes) -> int:
    """Where ``wanted`` begins, the end if nowhere."""
    found = data.find(wanted)
    return len(data) if found < 0 else found


def restore_png(data: bytes) -> Restored | None:
    """The last rows of the PNG that ``data``, itself a PNG, has overwritten; None if there are none."""
    end = end_of_png(data)
    if end is None or end + 64 > len(data):
        return None
    own = _COLOUR_BYTES.get(data[25], 0) if data[24] == 8 else 0
    for raw in streams(data[end:], len(data)):
        found = _picture(raw, own)
        if found is not None:
            return found
    return None


def _picture(raw: bytes, own: int) -> Restored | None:
    """Rows from a stream of scanlines that lacks its beginning."""
    fills = _fills()
    variants = [inflated(raw, fill) for fill in fills]
    lines = [np.frombuffer(found[0], np.uint8) for found in variants if found is not None]
    if len(lines) != len(fills):
        return None
    sure = (lines[0] == lines[1]) & (lines[0] == lines[2])
    best: tuple[float, int, int] | None = None
    costs: dict[tuple[int, int], float] = {}
    for stride in _strides(lines[0], sure):
        for channels in _COLOUR_TYPES:
            if (stride - 1) % channels or (stride - 1) // channels > _MOST_WIDE:
                continue
            pictures = [
                _unfiltered(line, sure, stride, channels, _JUDGED_ROWS, fill)
                for line, fill in zip(lines, fills, strict=True)
            ]
            cost = _roughness(pictures)
            costs[stride, channels] = cost
            # every multiple of the row's length fits as well, so one of these has to be much better
            share = 1.0 if best is None or stride < _MULTIPLE * best[1] else _LONGER_STRIDE
            if best is None or cost < best[0] * share:
                best = (cost, stride, channels)
    if best is None:
        return None
    cost, stride, channels = best
    if costs.get((stride, own), np.inf) <= _OWN_CHANNELS * cost + 0.5:
        channels = own
    rows = len(lines[0]) // stride + 1
    pictures = [_unfiltered(line, sure, stride, channels, rows, fill) for line, fill in zip(lines, fills, strict=True)]
    known = (pictures[0] == pictures[1]) & (pictures[0] == pictures[2])
    return Restored(format="png", pixels=pictures[0], known=known.all(axis=2))


def _fills() -> tuple[bytes, bytes, bytes]:
    """Three windows, as different as can be."""
    noise = np.random.default_rng(20230317).integers(1, 255, WINDOW_BYTES, dtype=np.uint8)
    return bytes(WINDOW_BYTES), b"\xff" * WINDOW_BYTES, noise.tobytes()


def _strides(lines: np.ndarray, sure: np.ndarray) -> list[int]:
    """Row lengths in bytes, the filter's number included, at which every row begins with 0 to 4; shortest first."""
    length = len(lines)
    fits = (lines <= 4) | ~sure
    strides = np.arange(17, min(length // _FEWEST_ROWS, 4 * _MOST_WIDE) + 1)
    for row in range(1, _FEWEST_ROWS + 1):
        strides = strides[fits[length - row * strides]]
    found: list[int] = []
    for stride in strides.tolist():
        heads = slice(length % stride, None, stride)
        if fits[heads].all() and sure[heads].sum() >= _FEWEST_ROWS:
            found.append(stride)
            if len(found) >= _MOST_STRIDES:
                break
    return found


def _unfiltered(lines: np.ndarray, sure: np.ndarray, stride: int, channels: int, rows: int, fill: bytes) -> np.ndarray:
    """The last ``rows`` rows, unfiltered behind a row of ``fill``. uint8 ``(rows, width, channels)``."""
    width = (stride - 1) // channels
    wanted = min(rows * stride, -(-len(lines) // stride) * stride)
    missing = max(0, wanted - len(lines))
    padding = np.frombuffer((fill * (missing // len(fill) + 1))[:missing], np.uint8)
    table = np.concatenate([padding, lines[max(0, len(lines) - wanted) :]]).reshape(-1, stride).copy()
    whole = np.concatenate([np.zeros(missing, bool), sure[max(0, len(lines) - wanted) :]]).reshape(-1, stride)
    lost = ~whole[:, 0] | (table[:, 0] > 4)
    table[lost, 1:] = np.frombuffer((fill * (stride // len(fill) + 1))[: stride - 1], np.uint8)
    table[lost, 0] = 0
    above = b"\0" + (fill * (stride // len(fill) + 1))[: stride - 1]
    packed = zlib.compress(above + table.tobytes(), 0)
    header = struct.pack(">IIBBBBB", width, len(table) + 1, 8, _COLOUR_TYPES[channels], 0, 0, 0)
    file = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")
    with Image.open(io.BytesIO(file)) as image:
        pixels = np.asarray(image)
    return pixels.reshape(len(table) + 1, width, channels)[1:]


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _roughness(pictures: list[np.ndarray]) -> float:
    """Mean change from pixel to pixel, across and down, where it is known; everywhere if nothing is."""
    pixels = pictures[0].astype(np.int16)
    known = (pictures[0] == pictures[1]) & (pictures[0] == pictures[2])
    if known.mean() < 0.02:
        known = np.ones_like(known)
    total, count = 0.0, 0
    for axis, pairs in ((0, known[1:] & known[:-1]), (1, known[:, 1:] & known[:, :-1])):
        steps = np.abs(np.diff(pixels, axis=axis))[pairs]
        total, count = total + float(steps.sum()), count + steps.size
    return total / count if count else float("inf")
