"""LZW as TIFF codes it (TIFF 6.0, section 13): where a stream ends, how much it makes, and if wanted what.

The width of each code follows from how many came since the last clear code, so a whole run of codes is cut at once.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

CLEAR, END = 256, 257
#: Codes between two clear codes at most: the table is full.
_RUN = 4_096


@lru_cache(maxsize=1)
def _places() -> tuple[np.ndarray, np.ndarray]:
    """Bit position of each code of a run counted from its clear code, and the codes' widths; both int64."""
    number = np.arange(_RUN)
    following = 258 + np.maximum(0, number - 1)  # the table's next free entry when the code is read
    width = np.select([following < 511, following < 1023, following < 2047], [9, 10, 11], 12)
    return np.concatenate(([0], np.cumsum(width)[:-1])), width


def unpack(stream: bytes, expected: int, want: bool) -> tuple[int, int, bytes | None]:
    """Decode one strip until ``expected`` bytes are made and its end code, if any, is read.

    Args:
        stream: the strip.
        expected: bytes that the strip should make.
        want: whether the bytes are wanted, or only their number.

    Returns:
        Bytes of ``stream`` that were needed, bytes made (more than ``expected`` where the stream goes on), and the bytes.

    Raises:
        ValueError: a code that is not in the table, or a stream without an end.
    """
    data = np.frombuffer(stream + bytes(8), np.uint8)
    places, widths = _places()
    total, bit, made = 8 * len(stream), 0, 0
    parts: list[bytes] = []
    while True:
        room = int(np.searchsorted(places + widths, total - bit, "right"))
        if room == 0:
            if made >= expected:
                return (bit + 7) // 8, made, b"".join(parts) if want else None
            raise ValueError("the stream ends early")
        at = bit + places[:room]
        byte = at >> 3
        word = (data[byte].astype(np.int64) << 16) | (data[byte + 1].astype(np.int64) << 8) | data[byte + 2]
        codes = (word >> (24 - (at & 7) - widths[:room])) & ((1 << widths[:room]) - 1)
        stops = np.flatnonzero((codes == CLEAR) | (codes == END))
        count = int(stops[0]) if len(stops) else room
        run = codes[:count].tolist()
        lengths = _lengths(run)
        before = made
        made += sum(lengths)
        if want:
            parts.append(_content(run))
        if len(stops) == 0:
            if made < expected:
                raise ValueError("the stream ends early")
            needed = _needed(lengths, expected - before)
            made = before + sum(lengths[: needed + 1])
            return (bit + int(places[needed] + widths[needed]) + 7) // 8, made, b"".join(parts) if want else None
        bit += int(places[count] + widths[count])
        if codes[count] == END:
            if made < expected:
                raise ValueError("the stream ends early")
            return (bit + 7) // 8, made, b"".join(parts) if want else None
        if made > expected:
            return (bit + 7) // 8, made, b"".join(parts) if want else None


def _needed(lengths: list[int], wanted: int) -> int:
    """Index of the code with which ``wanted`` bytes are reached."""
    made = 0
    for index, length in enumerate(lengths):
        made += length
        if made >= wanted:
            return index
    return max(0, len(lengths) - 1)


def _lengths(codes: list[int]) -> list[int]:
    """How many bytes each code of a run stands for."""
    found: list[int] = []
    for number, code in enumerate(codes):
        if code < 256:
            found.append(1)
        elif code - 258 < number and code >= 258:
            found.append(found[code - 258] + 1)
        else:
            raise ValueError("a code without an entry")
    return found


def _content(codes: list[int]) -> bytes:
    """The bytes of a run."""
    table = [bytes((value,)) for value in range(256)] + [b"", b""]
    found: list[bytes] = []
    last = b""
    for code in codes:
        text = table[code] if code < len(table) else last + last[:1]
        if last:
            table.append(last + text[:1])
        found.append(text)
        last = text
    return b"".join(found)
