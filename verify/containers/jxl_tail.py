"""Bytes at the end of a JPEG XL codestream that change no pixel (LEAKS.md section 7, tail-flip): two decodes, small pictures only."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import lru_cache
from typing import Any

MAX_PIXELS = 4_000_000
MAX_BYTES = 8 * 1024 * 1024
#: Clean streams end with at most one byte that changes nothing; the flipped ones lie further in.
_SPARED, _FLIPPED = 8, 8


@lru_cache(maxsize=1)
def _decoder() -> Callable[[bytes], bytes] | None:
    try:
        decoder: Any = importlib.import_module("pillow_jxl").Decoder
    except Exception:  # not installed, or for another machine
        return None

    def decode(stream: bytes) -> bytes:
        pixels: bytes = decoder(num_threads=1)(stream)[2]
        return pixels

    return decode


def insensitive_tail(stream: bytes, size: tuple[int, int]) -> bool | None:
    """Whether bytes 9 to 16 from the end can all be flipped without a pixel changing; None where that was not tried.

    Raises `ValueError` where the stream does not decode at all.
    """
    decode = _decoder()
    length = len(stream)
    if decode is None or size[0] * size[1] > MAX_PIXELS or not 24 <= length <= MAX_BYTES:
        return None
    last = length - _SPARED
    flipped = (
        stream[: last - _FLIPPED] + bytes(value ^ 0xFF for value in stream[last - _FLIPPED : last]) + stream[last:]
    )
    try:
        before = decode(stream)
    except Exception:  # hostile bytes: the decoder's many ways to fail
        raise ValueError("the stream does not decode") from None
    try:
        return bool(decode(flipped) == before)
    except Exception:
        return False
