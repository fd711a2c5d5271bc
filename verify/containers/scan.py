"""Where the coded data of a JPEG scan ends: every MCU is counted, bytes after the last one are slack (LEAKS.md section 7).

Only code lengths are followed, nothing is dequantised. Terms and procedures of ITU-T T.81 (F.2, G.1, G.2).
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

#: A single table entry packs ``bits | advance << 5``: bits to skip (code and value) and how far k moves.
_END_OF_BLOCK = 64
_INVALID = 512 << 5
_EOB_FLAG = 1 << 12

_RESTART = re.compile(rb"\xff[\xd0-\xd7]")


class ScanDamaged(Exception):
    """The coded data does not follow its tables, or ends before the last MCU."""


@dataclass(frozen=True, slots=True)
class Component:
    """One component of the frame. ``blocks`` is ``(across, down)`` in a scan of its own."""

    id: int
    h: int
    v: int
    table: int
    blocks: tuple[int, int]


@dataclass(frozen=True, slots=True)
class HuffmanTable:
    """A decoding table over 16 bits of look-ahead: the symbol and its code length, 0 for no code."""

    symbols: npt.NDArray[np.uint8]
    lengths: npt.NDArray[np.uint8]
    single: array[int]
    joined: array[int]
    dc: array[int]


@lru_cache(maxsize=32)
def huffman_table(counts: bytes, values: bytes) -> HuffmanTable | None:
    """From the 16 counts and the values of a DHT segment; None where they are no prefix code."""
    symbols, lengths = np.zeros(65536, np.uint8), np.zeros(65536, np.uint8)
    code, index = 0, 0
    for length in range(1, 17):
        for _ in range(counts[length - 1]):
            start = code << (16 - length)
            stop = (code + 1) << (16 - length)
            if stop > 65536 or index >= len(values):
                return None
            symbols[start:stop], lengths[start:stop] = values[index], length
            code += 1
            index += 1
        code <<= 1
    size, run = (symbols & 15).astype(np.int32), (symbols >> 4).astype(np.int32)
    bits = lengths + size
    advance = np.where(size == 0, np.where(run == 15, 16, _END_OF_BLOCK), run + 1)
    single = np.where(lengths == 0, _INVALID, bits | advance << 5)
    dc = np.where((lengths == 0) | (symbols > 16), 1 << 40, lengths.astype(np.int64) + symbols)
    return HuffmanTable(symbols, lengths, _array(single), _array(_joined(lengths, size, run)), _array(dc))


def _joined(
    lengths: npt.NDArray[np.uint8], size: npt.NDArray[np.int32], run: npt.NDArray[np.int32]
) -> npt.NDArray[np.int32]:
    """As many symbols as 16 bits of look-ahead settle, in one entry: ``bits | advance << 5 | end-of-block flag``."""
    used = np.zeros(65536, np.int32)
    advance = np.zeros(65536, np.int32)
    ended = np.zeros(65536, bool)
    window = np.arange(65536)
    alive = np.ones(65536, bool)
    for step in range(6):
        here = window[alive]
        length = lengths[here].astype(np.int32)
        known = 16 - used[alive]
        takes = (length > 0) & (length <= known) & (used[alive] + length + size[here] <= 31)
        index = np.flatnonzero(alive)[takes]
        here = here[takes]
        stop = (size[here] == 0) & (run[here] < 15)
        used[index] += lengths[here] + size[here]
        advance[index] += np.where(size[here] == 0, np.where(stop, 0, 16), run[here] + 1)
        ended[index] = stop
        window[index] = (index << np.minimum(used[index], 16)) & 0xFFFF
        alive[:] = False
        alive[index[~stop & (used[index] < 16) & (advance[index] < 64)]] = True
        if step == 0:
            none = np.ones(65536, bool)
            none[index] = False
            advance[none] = 127
    return used | np.minimum(advance, 127) << 5 | ended.astype(np.int32) * _EOB_FLAG


def _array(values: npt.NDArray[np.integer]) -> array[int]:
    return array("q", values.astype(np.int64).tobytes())


def intervals(data: bytes, start: int, end: int) -> list[tuple[int, int]]:
    """The stretches between restart markers of the scan ``data[start:end]``."""
    edges = [start]
    for match in _RESTART.finditer(data, start, end):
        edges += [match.start(), match.end()]
    edges.append(end)
    return list(zip(edges[::2], edges[1::2], strict=True))


def unstuffed(data: bytes, start: int, end: int) -> bytes:
    """Coded data without the zero after each FF (T.81, F.1.2.3)."""
    return data[start:end].replace(b"\xff\x00", b"\xff")


def windows(raw: bytes) -> array[int]:
    """For each byte, the 32 bits that begin there; a few beyond the end."""
    padded = np.frombuffer(raw + b"\xff" * 12, np.uint8).astype(np.uint32)
    words = padded[:-3] << 24 | padded[1:-2] << 16 | padded[2:-1] << 8 | padded[3:]
    return array("I", words.astype(np.uint32).tobytes())


def sequential_bits(raw: bytes, units: Sequence[tuple[HuffmanTable, HuffmanTable]], mcus: int) -> int:
    """Bits that ``mcus`` MCUs take. ``units`` holds the (DC, AC) tables of each block of one MCU. Raises `ScanDamaged`."""
    words = windows(raw)
    tables = [(dc.dc, ac.joined, ac.single) for dc, ac in units]
    p = 0
    try:
        for _ in range(mcus):
            for dc, joined, single in tables:
                p += dc[words[p >> 3] >> (16 - (p & 7)) & 65535]
                k = 1
                while True:
                    v = joined[words[p >> 3] >> (16 - (p & 7)) & 65535]
                    reached = k + (v >> 5 & 127)
                    if reached < 64:
                        p += v & 31
                        if v & 4096:
                            break
                        k = reached
                    else:
                        v = single[words[p >> 3] >> (16 - (p & 7)) & 65535]
                        p += v & 31
                        k += v >> 5
                        if k >= 64:
                            if k > 200:
                                raise ScanDamaged
                            break
    except IndexError:
        raise ScanDamaged from None
    return p


def slack_of(raw: bytes, bits: int) -> int:
    """Whole bytes after the last coded bit. Raises `ScanDamaged` where the data ended before it."""
    if bits > 8 * len(raw):
        raise ScanDamaged
    return len(raw) - (bits + 7) // 8


def slack_start(data: bytes, start: int, end: int, slack: int) -> int:
    """File offset at which the last ``slack`` unstuffed bytes of ``data[start:end]`` begin."""
    at = max(start, end - slack)
    while at > start and len(unstuffed(data, at, end)) < slack:
        at -= 1
    return at


def shares(mcus: int, interval: int) -> Iterator[int]:
    """How many MCUs each restart interval holds."""
    if not interval:
        yield mcus
        return
    while mcus > 0:
        yield min(mcus, interval)
        mcus -= interval
