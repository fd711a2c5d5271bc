"""The lossless codings of TIFF strips and tiles: how many bytes of a block are needed, and how many it makes."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from indelible.verify.containers.tiff_lzw import unpack

NONE, LZW, JPEG, DEFLATE, OLD_DEFLATE, PACKBITS = 1, 5, 7, 8, 32946, 32773
#: Codings that are measured here; JPEG streams are walked as files of their own.
MEASURED = frozenset({NONE, LZW, DEFLATE, OLD_DEFLATE, PACKBITS})
_PIECE = 1 << 20
_REVERSED = bytes(int(f"{value:08b}"[::-1], 2) for value in range(256))


@dataclass(frozen=True, slots=True)
class Measured:
    """What a block came to. ``made`` is one more than expected at the least where the stream goes on behind the picture."""

    consumed: int
    made: int
    content: bytes | None


def measure(compression: int, stream: bytes, expected: int, *, want: bool, reversed_bits: bool = False) -> Measured:
    """Decode one block. Raises `ValueError` where it is damaged or short.

    Args:
        compression: one of `MEASURED`.
        stream: the block's bytes.
        expected: bytes that the block should make.
        want: whether the bytes themselves are wanted.
        reversed_bits: fill order 2, the lowest bit first.
    """
    if compression == NONE:
        if len(stream) < expected:
            raise ValueError("the block is short")
        return Measured(expected, expected, stream[:expected] if want else None)
    if reversed_bits:
        stream = stream.translate(_REVERSED)
    if compression == LZW:
        return Measured(*unpack(stream, expected, want))
    if compression == PACKBITS:
        return _packbits(stream, expected, want)
    return _inflate(stream, expected, want)


def _inflate(stream: bytes, expected: int, want: bool) -> Measured:
    engine, made, parts, rest = zlib.decompressobj(), 0, [], stream
    try:
        while not engine.eof and made <= expected:
            part = engine.decompress(rest, _PIECE)
            rest = engine.unconsumed_tail
            made += len(part)
            if want:
                parts.append(part)
            if not part and not rest and not engine.eof:
                raise ValueError("the stream ends early")
    except zlib.error:
        raise ValueError("the stream is damaged") from None
    if made < expected:
        raise ValueError("the stream ends early")
    left = len(engine.unused_data) if engine.eof else len(rest)
    return Measured(len(stream) - left, made, b"".join(parts) if want else None)


def _packbits(stream: bytes, expected: int, want: bool) -> Measured:
    at, made, length = 0, 0, len(stream)
    parts: list[bytes] = []
    while made < expected:
        if at >= length:
            raise ValueError("the stream ends early")
        head = stream[at]
        if head < 128:
            made += head + 1
            if want:
                parts.append(stream[at + 1 : at + 2 + head])
            at += head + 2
        elif head > 128:
            made += 257 - head
            if want:
                parts.append(stream[at + 1 : at + 2] * (257 - head))
            at += 2
        else:
            at += 1
    if at > length:
        raise ValueError("the stream ends early")
    return Measured(at, made, b"".join(parts) if want else None)
