"""The end of an overwritten JPEG that has restart markers: decoding can be resumed at each, with the new file's tables.

Between two markers stands a fixed number of coded units, and no value there hangs on anything before. One stretch is decoded by hand to
count its units, which also shows whether the new file's tables are the old one's; the rest is given to an ordinary decoder behind a header
made for it. A stretch is usually one row of units; where it is not, the width is the one at which the rows fit together.

Reference: ITU-T T.81 sections B.2.5, F.2; ATTACKS.md section 10 (A401).
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

import numpy as np
from PIL import Image

from indelible.attacks.tail_restored import Restored

_MARKER = re.compile(rb"\xff[^\x00\xff]")
_FEWEST_STRETCHES = 3
_MOST_STRETCHES = 8192
_MOST_UNITS = 8192
_MOST_SIDE = 65_000
#: Units from the end on which the width is judged, and what a width that is not one stretch has to be better by.
_JUDGED_BLOCKS = 6_000
_OTHER_WIDTH = 1.1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    """What the new file says: its bytes up to the scan, its components and where its frame header lies.

    ``tables``: code -> value per (class, number), a code being its length and its bits. ``components``: units per coded unit, DC and AC
    table of each, in the order of the scan. ``mcu``: width and height in pixels.
    """

    head: bytes
    frame: int
    scan: bytes
    tables: dict[tuple[int, int], dict[tuple[int, int], int]]
    components: tuple[tuple[int, int, int], ...]
    mcu: tuple[int, int]


def end_of_jpeg(data: bytes) -> int | None:
    """Where the first JPEG in ``data`` ends, behind its EOI; None if it does not."""
    at = 2
    while at + 4 <= len(data):
        found = _MARKER.search(data, at)
        if found is None:
            return None
        at, marker = found.start(), data[found.start() + 1]
        if marker == 0xD9:
            return at + 2
        if marker == 0x01 or 0xD0 <= marker <= 0xD8:
            at += 2
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return None


def restore_jpeg(data: bytes) -> Restored | None:
    """The last rows of the JPEG that ``data``, itself a JPEG, has overwritten; None if it had no restart markers."""
    end = end_of_jpeg(data)
    if end is None or end + 64 > len(data):
        return None
    stretches = _stretches(data[end:])
    if len(stretches) < _FEWEST_STRETCHES:
        return None
    try:
        header = _header(data)
    except (IndexError, KeyError):
        return None
    if header is None:
        return None
    units = _units(stretches[0], header)
    if units is None or _units(stretches[1], header) != units:
        return None
    strip = _strip(stretches, units, header)
    last = _units(stretches[-1], header)
    if strip is None or last is None or last > units:
        return None
    pixels = _laid(strip, units, last, header.mcu)
    known = np.ones(pixels.shape[:2], bool)
    if header.mcu != (
        8,
        8,
    ):  # chroma is interpolated across the units' edges, and beyond these stood other units than here
        known[0] = False
        if pixels.shape[1] != units * header.mcu[0]:
            for side, axis in ((header.mcu[1], 0), (header.mcu[0], 1)):
                edge = np.isin(np.arange(known.shape[axis]) % side, (0, side - 1))
                known &= ~(edge[:, None] if axis == 0 else edge[None])
    return Restored(format="jpeg", pixels=pixels, known=known)


def _stretches(tail: bytes) -> list[bytes]:
    """Entropy-coded data from each restart marker to the next, the last one up to the old file's EOI."""
    found: list[bytes] = []
    start: int | None = None
    previous: int | None = None
    for marker in _MARKER.finditer(tail):
        value = marker[0][1]
        if start is not None:
            found.append(tail[start : marker.start()])
        if value == 0xD9:
            return found
        if not 0xD0 <= value <= 0xD7 or (previous is not None and value != 0xD0 + (previous + 1) % 8):
            return []
        previous, start = value - 0xD0, marker.end()
        if len(found) > _MOST_STRETCHES:
            return []
    return []


def _header(data: bytes) -> _Header | None:
    """The new file's header, if it is a baseline JPEG with one interleaved scan."""
    at, frame = 2, 0
    tables: dict[tuple[int, int], dict[tuple[int, int], int]] = {}
    factors: dict[int, tuple[int, int]] = {}
    head = bytearray(data[:2])
    while True:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        body, segment = data[at + 4 : at + 2 + length], data[at : at + 2 + length]
        if data[at] != 0xFF or length < 2:
            return None
        at += 2 + length
        if marker == 0xC4:
            _add_tables(body, tables)
        elif marker in (0xC0, 0xC1):
            frame = len(head)
            factors = {body[6 + 3 * n]: (body[7 + 3 * n] >> 4, body[7 + 3 * n] & 15) for n in range(body[5])}
        elif 0xC2 <= marker <= 0xCF:
            return None
        elif marker == 0xDA:
            chosen = [(body[1 + 2 * n], body[2 + 2 * n]) for n in range(body[0])]
            if not frame or {name for name, _ in chosen} != set(factors) or not all(map(min, factors.values())):
                return None
            alone = len(chosen) == 1
            components = tuple(
                (1 if alone else factors[name][0] * factors[name][1], pair >> 4, pair & 15) for name, pair in chosen
            )
            across, down = (1 if alone else max(factor[axis] for factor in factors.values()) for axis in (0, 1))
            return _Header(
                head=bytes(head),
                frame=frame,
                scan=segment,
                tables=tables,
                components=components,
                mcu=(8 * across, 8 * down),
            )
        if marker in (0xC0, 0xC1, 0xC4, 0xDB, 0xE0, 0xEE):
            head += segment


def _add_tables(body: bytes, tables: dict[tuple[int, int], dict[tuple[int, int], int]]) -> None:
    """Huffman tables of one DHT segment (T.81 annex C)."""
    at = 0
    while at + 17 <= len(body):
        counts = body[at + 1 : at + 17]
        table: dict[tuple[int, int], int] = {}
        code, value = 0, at + 17
        for size, count in enumerate(counts, 1):
            for _ in range(count):
                table[size, code] = body[value]
                code, value = code + 1, value + 1
            code <<= 1
        tables[body[at] >> 4, body[at] & 15] = table
        at = value


def _units(stretch: bytes, header: _Header) -> int | None:
    """How many coded units a stretch holds; None unless it decodes to its exact end."""
    data = stretch.replace(b"\xff\x00", b"\xff")
    bits = "".join(f"{byte:08b}" for byte in data)
    at = units = 0
    while len(bits) - at >= 8 or "0" in bits[at:]:
        for blocks, dc, ac in header.components:
            for _ in range(blocks):
                behind = _behind_block(bits, at, header.tables[0, dc], header.tables[1, ac])
                if behind is None:
                    return None
                at = behind
        units += 1
        if units > _MOST_UNITS:
            return None
    return units or None


def _behind_block(bits: str, at: int, dc: dict[tuple[int, int], int], ac: dict[tuple[int, int], int]) -> int | None:
    """The position behind one coded block, None if a code is not defined."""
    index = 0
    while index < 64:
        table = ac if index else dc
        for size in range(1, 17):
            value = table.get((size, int(bits[at : at + size] or "0", 2)))
            if value is not None:
                break
        else:
            return None
        at += size + (value & 15)
        if at > len(bits):
            return None
        if not index:
            index = 1
        elif value == 0:
            break
        else:
            index += (value >> 4) + 1
    return at if index <= 64 else None


def _strip(stretches: list[bytes], units: int, header: _Header) -> np.ndarray | None:
    """Every stretch decoded as a row of units. uint8 ``(stretches * mcu height, units * mcu width, channels)``."""
    width, height = units * header.mcu[0], len(stretches) * header.mcu[1]
    if max(width, height) > _MOST_SIDE:
        return None
    head = bytearray(header.head)
    head[header.frame + 5 : header.frame + 9] = height.to_bytes(2) + width.to_bytes(2)
    scan = bytearray()
    for number, stretch in enumerate(stretches):
        scan += stretch + bytes([0xFF, 0xD0 + number % 8])
    restart = b"\xff\xdd\x00\x04" + units.to_bytes(2)
    try:
        with Image.open(io.BytesIO(bytes(head) + restart + header.scan + bytes(scan[:-2]) + b"\xff\xd9")) as image:
            pixels = np.asarray(image if image.mode == "L" else image.convert("RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    return pixels.reshape(height, width, -1)


def _laid(strip: np.ndarray, units: int, last: int, mcu: tuple[int, int]) -> np.ndarray:
    """Stretches laid out as the rows of the picture; each is one row unless another width makes the rows fit better.

    ``last``: units in the last stretch, which may be shorter.
    """
    rows = len(strip) // mcu[1]
    blocks = (
        strip.reshape(rows, mcu[1], units, mcu[0], -1)
        .transpose(0, 2, 1, 3, 4)
        .reshape(rows * units, mcu[1], mcu[0], -1)
    )
    blocks = blocks[: (rows - 1) * units + last]
    judged = blocks[-_JUDGED_BLOCKS:]
    best = (_seam(judged, units) if last == units else float("inf"), units)
    for wide in range(2, min(len(judged) // 2, _MOST_SIDE // mcu[0])):
        if wide != units:
            best = min(best, (_seam(judged, wide) * _OTHER_WIDTH, wide))
    wide = best[1]
    whole = blocks[len(blocks) % wide :]
    table = whole.reshape(-1, wide, mcu[1], mcu[0], blocks.shape[3]).transpose(0, 2, 1, 3, 4)
    return np.ascontiguousarray(table.reshape(-1, wide * mcu[0], blocks.shape[3]))


def _seam(blocks: np.ndarray, wide: int) -> float:
    """Mean step from the last line of each unit to the first line of the one ``wide`` units on."""
    below, above = blocks[wide:, 0].astype(np.int16), blocks[:-wide, -1].astype(np.int16)
    return float(np.abs(below - above).mean()) if len(below) else float("inf")
