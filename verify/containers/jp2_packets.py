"""Packets of a JPEG 2000 tile: how many bytes the picture needs, so that bytes behind the last packet are seen.

Reads packet headers only (ISO/IEC 15444-1, Annex B); no coefficient is decoded. Not followed: code-blocks in several segments
(bypass, termination on each pass), high-throughput blocks, and position-first orders with more than one precinct.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

_MAX_BLOCKS = 120_000  # visits of code-blocks in all layers of one tile
_MAX_DATA = 256 * 1024 * 1024


@dataclass(slots=True)
class Coding:
    """What SIZ and COD say. ``area`` is (left, top, right, bottom) and ``tile`` (left, top, width, height) on the grid."""

    area: tuple[int, int, int, int]
    tile: tuple[int, int, int, int]
    across: int
    steps: list[tuple[int, int]]
    order: int = -1
    layers: int = 0
    levels: int = 0
    block: tuple[int, int] = (6, 6)
    style: int = 0
    markers: int = 0
    precincts: list[tuple[int, int]] = field(default_factory=list)


def read_coding(coding: Coding, payload: bytes) -> bool:
    """Take over COD (A.6.1); False where its length lies."""
    if len(payload) < 10:
        return False
    coding.markers, coding.order = payload[0], payload[1]
    coding.layers, coding.levels = int.from_bytes(payload[2:4]), payload[5]
    coding.block, coding.style = ((payload[6] & 15) + 2, (payload[7] & 15) + 2), payload[8]
    coding.precincts = []
    if coding.levels > 32 or len(payload) != 10 + (coding.levels + 1 if payload[0] & 1 else 0):
        return False
    default = [(15, 15)] * (coding.levels + 1)
    coding.precincts = [(value & 15, value >> 4) for value in payload[10:]] or default
    return True


@dataclass(slots=True)
class _Blocks:
    """Code-blocks of one band in one precinct, and what the packets so far have said about them."""

    wide: int
    high: int
    inclusion: _Tree
    planes: _Tree
    length: list[int]  # Lblock; 0 for a block that is not yet included


class _Tree:
    """A tag tree (B.10.2)."""

    def __init__(self, wide: int, high: int) -> None:
        self.shapes = [(wide, high)]
        while self.shapes[-1][0] * self.shapes[-1][1] > 1:
            self.shapes.append(((self.shapes[-1][0] + 1) // 2, (self.shapes[-1][1] + 1) // 2))
        self.low = [[0] * (w * h) for w, h in self.shapes]
        self.known = [[False] * (w * h) for w, h in self.shapes]

    def decode(self, bits: _Bits, x: int, y: int, threshold: int) -> bool:
        """Whether the value at ``(x, y)`` is below ``threshold``."""
        low = 0
        for level in range(len(self.shapes) - 1, -1, -1):
            index = (y >> level) * self.shapes[level][0] + (x >> level)
            values, known = self.low[level], self.known[level]
            values[index] = max(values[index], low)
            while not known[index] and values[index] < threshold:
                if bits.read(1):
                    known[index] = True
                else:
                    values[index] += 1
            low = values[index]
            if not known[index]:
                return False
        return low < threshold


class _Bits:
    """Bits of a packet header with their stuffing (B.10.1)."""

    def __init__(self, data: bytes, at: int) -> None:
        self.data, self.at, self.byte, self.left = data, at, 0, 0

    def read(self, count: int) -> int:
        value = 0
        for _ in range(count):
            if not self.left:
                self.left = 7 if self.byte == 0xFF else 8
                if self.at >= len(self.data):
                    raise ValueError("beyond the end of the tile")
                self.byte = self.data[self.at]
                self.at += 1
            self.left -= 1
            value = value << 1 | (self.byte >> self.left & 1)
        return value

    def end(self) -> int:
        """Where the bytes behind the header begin."""
        return self.at + 1 if self.byte == 0xFF else self.at


def slack_of_tile(coding: Coding, data: bytes, tile: int, spans: list[tuple[int, int]]) -> tuple[int, int] | None:
    """The stretch of the file behind a tile's last packet, ``(0, 0)`` where there is none.

    None where the packets cannot be followed or run out of bytes.
    """
    if (
        coding.order < 0
        or not coding.precincts
        or coding.style & 0x45
        or not spans
        or sum(b - a for a, b in spans) > _MAX_DATA
    ):
        return None
    stream = data[spans[0][0] : spans[0][1]] if len(spans) == 1 else b"".join(data[a:b] for a, b in spans)
    try:
        at = _follow(coding, stream, tile)
    except ValueError:
        return None
    if at is None or at > len(stream):
        return None
    if at == len(stream):
        return 0, 0
    for first, last in spans:
        if at < last - first:
            return first + at, last
        at -= last - first
    return None


def _follow(coding: Coding, stream: bytes, tile: int) -> int | None:
    """The offset behind the last packet. Raises `ValueError` where the stream ends before it."""
    precincts = [
        [_precincts(coding, tile, component, level) for level in range(coding.levels + 1)]
        for component in range(len(coding.steps))
    ]
    at, visits = 0, 0
    for layer, level, component, number in _packets(coding, precincts) or ():
        bands = precincts[component][level][number]
        visits += 1 + sum(band.wide * band.high for band in bands)
        if visits > _MAX_BLOCKS:
            return None
        if coding.markers & 2 and stream[at : at + 2] == b"\xff\x91":
            at += 6
        bits = _Bits(stream, at)
        total = _header(bits, bands, layer) if bits.read(1) else 0
        at = bits.end()
        if coding.markers & 4 and stream[at : at + 2] == b"\xff\x92":
            at += 2
        at += total
    return at if _packets(coding, precincts) is not None else None


_Bands = list[_Blocks]


def _packets(coding: Coding, precincts: list[list[list[_Bands]]]) -> list[tuple[int, int, int, int]] | None:
    """(layer, resolution, component, precinct) in the order of the codestream (B.12)."""
    layers, levels, components = range(coding.layers), range(coding.levels + 1), range(len(precincts))
    if coding.order == 0:
        return [(q, r, c, p) for q in layers for r in levels for c in components for p in range(len(precincts[c][r]))]
    if coding.order == 1:
        return [(q, r, c, p) for r in levels for q in layers for c in components for p in range(len(precincts[c][r]))]
    if any(len(level) > 1 for component in precincts for level in component):
        return None
    if coding.order == 2:
        return [(q, r, c, p) for r in levels for c in components for p in range(len(precincts[c][r])) for q in layers]
    if coding.order in (3, 4):
        return [(q, r, c, p) for c in components for r in levels for p in range(len(precincts[c][r])) for q in layers]
    return None


def _header(bits: _Bits, bands: _Bands, layer: int) -> int:
    """Read one packet's header behind its first bit; bytes that follow it."""
    total = 0
    for band in bands:
        for y in range(band.high):
            for x in range(band.wide):
                index = y * band.wide + x
                first = not band.length[index]
                if not (band.inclusion.decode(bits, x, y, layer + 1) if first else bits.read(1)):
                    continue
                if first:
                    planes = 1
                    while not band.planes.decode(bits, x, y, planes):
                        planes += 1
                        if planes > 80:
                            raise ValueError("no such number of bit planes")
                    band.length[index] = 3
                passes = _passes(bits)
                while bits.read(1):
                    band.length[index] += 1
                total += bits.read(band.length[index] + passes.bit_length() - 1)
    return total


def _passes(bits: _Bits) -> int:
    """The number of coding passes (table B.4)."""
    if not bits.read(1):
        return 1
    if not bits.read(1):
        return 2
    value = bits.read(2)
    if value < 3:
        return 3 + value
    value = bits.read(5)
    return 6 + value if value < 31 else 37 + bits.read(7)


def _up(value: int, by: int) -> int:
    return -(-value // by)


def _precincts(coding: Coding, tile: int, component: int, level: int) -> list[_Bands]:
    """The precincts of one resolution of a tile component, each with its bands (B.5 to B.7)."""
    left, top, width, height = coding.tile
    p, q = tile % coding.across, tile // coding.across
    x, y = coding.steps[component]
    corners = (
        _up(max(left + p * width, coding.area[0]), x), _up(max(top + q * height, coding.area[1]), y),
        _up(min(left + (p + 1) * width, coding.area[2]), x), _up(min(top + (q + 1) * height, coding.area[3]), y),
    )  # fmt: skip
    scale = 1 << (coding.levels - level)
    x0, y0, x1, y1 = (_up(value, scale) for value in corners)
    if x1 <= x0 or y1 <= y0:
        return []
    across, down = coding.precincts[level]
    if level and not (across and down):
        raise ValueError("a precinct without size")
    columns = range(x0 >> across, _up(x1, 1 << across))
    rows = range(y0 >> down, _up(y1, 1 << down))
    if len(columns) * len(rows) > _MAX_BLOCKS:
        raise ValueError("too many precincts")
    half = 1 if level else 0
    bands = [_band(corners, coding.levels - level + half, *where) for where in _places(level)]
    wide = min(coding.block[0], across - half)
    high = min(coding.block[1], down - half)
    return [
        [_blocks(band, (column, row), (across - half, down - half), (wide, high)) for band in bands]
        for row in rows
        for column in columns
    ]


def _places(level: int) -> Iterator[tuple[int, int]]:
    """Horizontal and vertical high-pass of the bands of a resolution."""
    yield from ((1, 0), (0, 1), (1, 1)) if level else ((0, 0),)


def _band(corners: tuple[int, int, int, int], depth: int, across: int, down: int) -> tuple[int, int, int, int]:
    scale, half = 1 << depth, (1 << depth) >> 1
    x0, y0, x1, y1 = corners
    return (
        _up(x0 - half * across, scale), _up(y0 - half * down, scale),
        _up(x1 - half * across, scale), _up(y1 - half * down, scale),
    )  # fmt: skip


def _blocks(
    band: tuple[int, int, int, int], place: tuple[int, int], precinct: tuple[int, int], block: tuple[int, int]
) -> _Blocks:
    x0, x1 = max(band[0], place[0] << precinct[0]), min(band[2], (place[0] + 1) << precinct[0])
    y0, y1 = max(band[1], place[1] << precinct[1]), min(band[3], (place[1] + 1) << precinct[1])
    wide = high = 0
    if x1 > x0 and y1 > y0:
        wide = _up(x1, 1 << block[0]) - (x0 >> block[0])
        high = _up(y1, 1 << block[1]) - (y0 >> block[1])
        if wide * high > _MAX_BLOCKS:
            raise ValueError("too many blocks")
    return _Blocks(wide, high, _Tree(wide, high), _Tree(wide, high), [0] * (wide * high))
