"""What is left of a larger GIF that a smaller one was written over (as CVE-2023-21036, for GIF).

The tail begins in the middle of an LZW stream. Its table is lost, but every encoder empties it when it is full: behind the
next clear code the stream decodes exactly. A few hundred codes that follow the rules do not come about by chance.
"""

from __future__ import annotations

import numpy as np

from indelible.verify.containers.lzw import measure

#: Codes that must follow the rules behind a clear code; random bits keep them for two or three.
_LEAST_CODES = 200
_MAX_TAIL = 16 * 1024 * 1024
_MAX_TRIES = 20_000
#: Bytes of the stream that are looked at behind one clear code.
_PROBE = 4096


def restorable(tail: bytes) -> bool:
    """Whether pixels of an older picture can be read from what follows the end of a GIF."""
    content = _content(tail[:_MAX_TAIL])
    if len(content) < 64:
        return False
    octets = np.frombuffer(content + b"\0\0", np.uint8).astype(np.int64)
    window = octets[:-2] | octets[1:-1] << 8 | octets[2:] << 16
    tries = 0
    for bits in (8, 7, 6, 5, 4, 3, 2):
        for shift in range(8):
            for place in np.flatnonzero((window >> shift & 0xFFF) == 1 << bits).tolist():
                tries += 1
                if tries > _MAX_TRIES:
                    return False
                start = shift + 12  # behind the clear code, which is 12 bits wide in a full table
                end = measure(content[place : place + _PROBE], bits, 1 << 30, start=start)
                if end.codes >= _LEAST_CODES and len(end.colors) > 1 and (not end.damaged or end.codes > 1500):
                    return True
    return False


def _content(tail: bytes) -> bytes:
    """The joined sub-blocks of the tail: the first chain that runs from its first 256 bytes to an empty one and the end."""
    for start in range(min(256, len(tail))):
        at, parts = start, []
        while at < len(tail) and tail[at]:
            parts.append(tail[at + 1 : at + 1 + tail[at]])
            at += 1 + tail[at]
        if at < len(tail) and tail[at + 1 : at + 2] in (b";", b"!", b",") and len(parts) > 1:
            return b"".join(parts)
    return b""
