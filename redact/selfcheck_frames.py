"""The writer's last look at GIF, WebP, BMP and APNG files: every block of the list, in order, and nothing else."""

from __future__ import annotations

import struct
from collections.abc import Iterator


def check_gif(data: bytes) -> bool:
    """A still (GIF87a, one picture) or an animation (GIF89a, one loop at most, a graphic control before each picture)."""
    if len(data) < 14 or not data[10] & 0x80:
        return False
    blocks, at = "", 13 + 3 * (2 << (data[10] & 7))
    while at < len(data):
        kind, start = data[at : at + 1], at + 10 if data[at] == 0x2C else at + 2
        if kind == b";":
            blocks += ";"
            break
        if kind == b"," and not data[at + 9 : at + 10].strip(b"\0"):
            blocks += ","
            start += 1
        elif data[at : at + 16] == b"!\xff\x0bNETSCAPE2.0\x03\x01":
            blocks += "L"
        elif data[at : at + 3] == b"!\xf9\x04":
            blocks += "G"
        else:
            return False
        at = start
        while at < len(data) and data[at]:
            at += 1 + data[at]
        at += 1
    still = data[:6] == b"GIF87a" and blocks == ",;"
    pairs = blocks.removeprefix("L").removesuffix(";")
    moving = data[:6] == b"GIF89a" and blocks.endswith(";") and pairs == "G," * (len(pairs) // 2) != ""
    return at + 1 == len(data) and (still or moving)


def check_bmp(data: bytes) -> bool:
    """Both headers, the palette of greys or none, the rows; sizes exact, reserved fields zero."""
    if len(data) < 54 or data[:2] != b"BM":
        return False
    size, reserved, offset, header, width, height, planes, depth, coding, length = struct.unpack_from(
        "<IIIIiiHHII", data, 2
    )
    stride = (width * depth + 31) // 32 * 4
    palette = 1024 if depth == 8 else 0
    return bool(
        (size, reserved, header, planes, coding) == (len(data), 0, 40, 1, 0)
        and depth in (8, 24)
        and offset == 54 + palette
        and width > 0
        and height > 0
        and length == stride * height == len(data) - offset
        and data[38:46] == struct.pack("<ii", 3780, 3780)
    )


def check_webp(data: bytes) -> bool:
    """One ``VP8L``; or an animation of VP8X, ANIM and ANMF chunks with one ``VP8L`` each."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or int.from_bytes(data[4:8], "little") + 8 != len(data):
        return False
    chunks = list(_riff(data, 12, len(data)))
    names = [kind for kind, _, _ in chunks]
    if names == [b"VP8L"]:
        return True
    return (
        names[:2] == [b"VP8X", b"ANIM"]
        and len(names) > 2
        and set(names[2:]) == {b"ANMF"}
        and data[20:24] == b"\x02\0\0\0"
        and all(
            [kind for kind, _, _ in _riff(data, start + 16, end)] == [b"VP8L"]
            for kind, start, end in chunks
            if kind == b"ANMF"
        )
    )


def _riff(data: bytes, at: int, limit: int) -> Iterator[tuple[bytes, int, int]]:
    """``(name, content from, content to)`` of each chunk; a last one without a name where they do not fit."""
    while at < limit:
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        end = at + 8 + length + length % 2
        if at + 8 > limit or end > limit:
            yield b"", at, limit
            return
        yield data[at : at + 4], at + 8, at + 8 + length
        at = end


def check_apng(data: bytes) -> bool:
    """IHDR, acTL, fcTL, IDAT, then fcTL and fdAT in turn, IEND."""
    position, seen = 8, list[bytes]()
    while position + 12 <= len(data):
        length, name = int.from_bytes(data[position : position + 4]), data[position + 4 : position + 8]
        seen.append(name)
        position += 12 + length
    further = seen[4:-1]
    return (
        position == len(data)
        and seen[:4] == [b"IHDR", b"acTL", b"fcTL", b"IDAT"]
        and seen[-1:] == [b"IEND"]
        and further == [b"fcTL", b"fdAT"] * (len(further) // 2)
    )
