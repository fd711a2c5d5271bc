"""The writer's last look at its own TIFF: one chain of directories with the listed tags, and no byte that they do not cover."""

from __future__ import annotations

import struct

_TAGS = (256, 257, 258, 259, 262, 273, 277, 278, 279, 282, 283, 284, 296)
_SIZES = {3: 2, 4: 4, 5: 8}


def check_tiff(data: bytes) -> bool:
    """Whether the file is made of header, strips and directories alone; also for files of several pages."""
    if data[:4] != b"II*\0" or len(data) < 8:
        return False
    spans: list[tuple[int, int]] = [(0, 8)]
    seen: set[int] = set()
    try:
        (at,) = struct.unpack_from("<I", data, 4)
        while at:
            if at in seen:
                return False
            seen.add(at)
            at = _directory(data, at, spans)
    except (struct.error, KeyError, ValueError):
        return False
    reached = 0
    for start, end in sorted(spans):
        gap = data[reached:start]
        if start < reached or gap not in (b"", b"\0"):
            return False
        reached = end
    return reached == len(data)


def _directory(data: bytes, at: int, spans: list[tuple[int, int]]) -> int:
    """Add what one directory covers; the offset of the next one."""
    (count,) = struct.unpack_from("<H", data, at)
    end = at + 2 + 12 * count
    spans.append((at, end + 4))
    values: dict[int, tuple[int, ...]] = {}
    for place in range(at + 2, end, 12):
        tag, kind, number = struct.unpack_from("<HHI", data, place)
        length = _SIZES[kind] * number
        start = place + 8 if length <= 4 else struct.unpack_from("<I", data, place + 8)[0]
        if length > 4:
            spans.append((start, start + length + length % 2))
        elif any(data[start + length : place + 12]):
            raise ValueError("an entry holds more than its value")
        code = f"<{number}H" if kind == 3 else f"<{length // 4}I"
        values[tag] = struct.unpack_from(code, data, start)
    wanted = {282: (72, 1), 283: (72, 1), 284: (1,), 296: (2,)}
    if tuple(values) != _TAGS or any(values[tag] != value for tag, value in wanted.items()):
        raise ValueError("other tags than the list's")
    spans += [(start, start + length) for start, length in zip(values[273], values[279], strict=True)]
    (following,) = struct.unpack_from("<I", data, end)
    return int(following)
