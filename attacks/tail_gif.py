"""The end of an overwritten GIF: LZW can be entered at every clear code, where it forgets all that it knew.

After a clear code the widths of the codes follow from their number alone, so the codes up to the next one are read at once. A clear code
is taken for real if from there on every code is defined, down to the end code in the last byte of the data. The palette is lost: the new
file's is taken, as the tools that crop a picture keep it. The width is the distance at which the pixels resemble themselves most.

Reference: GIF89a specification, appendix F; ATTACKS.md section 10 (A401).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from indelible.attacks.tail_restored import Restored

_FEWEST_PIXELS = 1024
_MOST_PIXELS = 64 * 1024 * 1024
_WIDEST_CODE = 12
_NARROWEST, _MOST_WIDE = 16, 16_384
#: Pixels from the end on which the width is judged.
_JUDGED_PIXELS = 1 << 19
#: False starts die after a few codes; so many are looked at.
_MOST_STARTS = 20_000


def end_of_gif(data: bytes) -> int | None:
    """Where the first GIF in ``data`` ends, behind its trailer; None if it does not."""
    if len(data) < 13:
        return None
    at = 13 + _table_bytes(data[10])
    while at < len(data):
        if data[at] == 0x3B:
            return at + 1
        if data[at] == 0x21:
            start = at + 2
        elif data[at] == 0x2C and at + 10 < len(data):
            start = at + 11 + _table_bytes(data[at + 9])
        else:
            return None
        behind = _behind_blocks(data, start)
        if behind is None:
            return None
        at = behind
    return None


def restore_gif(data: bytes) -> Restored | None:
    """The last rows of the GIF that ``data``, itself a GIF, has overwritten; None if there are none."""
    end = end_of_gif(data)
    if end is None or end + 64 > len(data):
        return None
    another = data.find(b"GIF8", end)  # from there on another whole file
    tail = data[end:] if another < 0 else data[end:another]
    stream = _old_stream(tail)
    if stream is None:
        return None
    for depth in _depths(data):
        indices = _entered(stream, depth)
        if indices is None:
            continue
        width = _width(indices)
        if width is None:
            continue
        rows = len(indices) // width
        table = indices[len(indices) - rows * width :].reshape(rows, width)
        palette = _palette(data)
        pixels = palette[table] if palette is not None and int(table.max()) < len(palette) else table[..., None]
        return Restored(format="gif", pixels=pixels, known=np.ones(table.shape, bool))
    return None


def _table_bytes(flags: int) -> int:
    return 3 * (2 << (flags & 7)) if flags & 0x80 else 0


def _behind_blocks(data: bytes, at: int) -> int | None:
    """Where a chain of data blocks that begins at ``at`` has ended."""
    while at < len(data):
        if data[at] == 0:
            return at + 1
        at += 1 + data[at]
    return None


def _old_stream(tail: bytes) -> bytes | None:
    """The LZW data of the picture in whose middle ``tail`` begins: the chain of blocks that reaches furthest in full blocks."""
    best: tuple[int, list[bytes]] | None = None
    for start in range(min(256, len(tail))):
        at, blocks, full = start, [tail[:start]], 0
        while at < len(tail) and tail[at]:
            blocks.append(tail[at + 1 : at + 1 + tail[at]])
            full += tail[at] >= 254
            at += 1 + tail[at]
        ended = at + 1 < len(tail) and tail[at] == 0 and tail[at + 1] in (0x3B, 0x21, 0x2C)
        if ended and full >= 1 and (best is None or full > best[0]):
            best = (full, blocks)
    return None if best is None else b"".join(best[1])


def _depths(data: bytes) -> list[int]:
    """Code sizes to try: what the new file's palette suggests first."""
    own = max(2, (data[10] & 7) + 1)
    return [own, *(depth for depth in range(8, 1, -1) if depth != own)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bits:
    """Codes at bit positions. ``words``: uint32, the four bytes that begin at each byte."""

    words: np.ndarray
    count: int

    @classmethod
    def of(cls, stream: bytes) -> _Bits:
        values = np.frombuffer(stream + bytes(4), np.uint8).astype(np.uint32)
        words = values[:-3] | values[1:-2] << 8 | values[2:-1] << 16 | values[3:] << 24
        return cls(words=words, count=8 * len(stream))

    def read(self, position: np.ndarray, width: np.ndarray) -> np.ndarray:
        """Codes of ``width`` bits from each ``position``."""
        value = self.words[position >> 3] >> (position & 7).astype(np.uint32)
        return np.asarray(value & ((1 << width) - 1).astype(np.uint32), dtype=np.int64)


def _entered(stream: bytes, depth: int) -> np.ndarray | None:
    """Pixels from the first clear code from which the stream decodes to its exact end. uint8."""
    bits = _Bits.of(stream)
    at = np.arange(max(0, bits.count - _WIDEST_CODE))
    full = bits.read(at, np.full(len(at), _WIDEST_CODE)) == 1 << depth
    first = bits.read(np.minimum(at + _WIDEST_CODE, bits.count - 1), np.full(len(at), depth + 1)) < 1 << depth
    for start in np.flatnonzero(full & first)[:_MOST_STARTS]:
        found = _decoded(bits, int(start) + _WIDEST_CODE, depth)
        if found is not None and len(found) >= _FEWEST_PIXELS:
            return np.frombuffer(found, np.uint8)
    return None


def _decoded(bits: _Bits, at: int, depth: int) -> bytes | None:
    """Pixels from a position just behind a clear code; None unless every code is defined up to an end code in the last byte."""
    clear, end = 1 << depth, (1 << depth) + 1
    roots = [bytes([value]) for value in range(clear)] + [b"", b""]
    pieces: list[bytes] = []
    size = 0
    while True:
        table = roots.copy()
        last = b""
        cleared = False
        for code, behind in _codes(bits, at, depth):
            if code == clear:
                at, cleared = behind, True
                break
            if code == end:
                return b"".join(pieces) if 0 <= bits.count - behind < 16 else None
            if code < len(table):
                piece = table[code]
            elif last and code == len(table):
                piece = last + last[:1]
            else:
                return None
            pieces.append(piece)
            size += len(piece)
            if last and len(table) < 1 << _WIDEST_CODE:
                table.append(last + piece[:1])
            last = piece
        if not cleared or size > _MOST_PIXELS:
            return None


def _codes(bits: _Bits, at: int, depth: int) -> Iterator[tuple[int, int]]:
    """Codes behind a clear code, and the bit position behind each; read in batches, since their widths follow from their number."""
    number, batch = 0, 64
    while at < bits.count:
        defined = (1 << depth) + 2 + np.maximum(0, np.arange(number, number + batch) - 1)
        widths = np.minimum(_WIDEST_CODE, np.floor(np.log2(defined)).astype(np.int64) + 1)
        behind = at + np.cumsum(widths)
        inside = int(np.searchsorted(behind, bits.count, side="right"))
        widths, behind = widths[:inside], behind[:inside]
        if not inside:
            return
        yield from zip(bits.read(behind - widths, widths).tolist(), behind.tolist(), strict=True)
        at, number, batch = int(behind[-1]), number + inside, 4096


def _width(indices: np.ndarray) -> int | None:
    """The distance at which pixels equal each other most often, against the distances next to it; None if no distance stands out."""
    part = indices[-_JUDGED_PIXELS:]
    farthest = min(_MOST_WIDE, len(part) // 4)
    if farthest <= _NARROWEST + 2:
        return None
    angles = np.random.default_rng(89).uniform(0, 2 * np.pi, (4, 256))
    size = 1 << (2 * len(part) - 1).bit_length()
    alike = np.zeros(farthest + 3)
    for turn in angles:
        values = np.exp(1j * turn)[part]
        spectrum = np.fft.fft(values - values.mean(), size)
        alike += np.fft.ifft(np.abs(spectrum) ** 2)[: farthest + 3].real
    alike /= len(part) - np.arange(farthest + 3)
    if alike[0] <= 0:
        return None
    alike /= alike[0]
    peak = alike[2:-2] - 0.5 * (alike[:-4] + alike[4:])
    peak[: _NARROWEST - 2] = 0.0
    highest = float(peak.max())
    if highest <= 0.01:
        return None
    # a multiple of the width stands out as well, only less
    return int(np.flatnonzero(peak >= 0.8 * highest)[0]) + 2


def _palette(data: bytes) -> np.ndarray | None:
    """The new file's global palette, uint8 ``(colours, 3)``."""
    size = _table_bytes(data[10])
    return np.frombuffer(data[13 : 13 + size], np.uint8).reshape(-1, 3) if size else None
