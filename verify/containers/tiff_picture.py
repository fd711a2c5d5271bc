"""What one TIFF directory says of its picture: size, samples, coding, and where its strips or tiles lie."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from indelible.verify.containers.tiff_reader import Directory, Layout, numbers

#: Strips or tiles of one picture; more is a flood.
MAX_BLOCKS = 100_000
_REBUILT_BYTES, _REBUILT_BLOCKS = 32 * 1024 * 1024, 4_096
_COPIED = (256, 257, 258, 259, 262, 266, 277, 284, 317, 320, 338, 339, 347, 530)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One strip or tile: its stretch of the file, the part of the picture in it, and the bytes it decodes to."""

    start: int
    length: int
    columns: int  # of the picture that lie in it, from its left edge
    rows: int
    expected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a picture is coded. ``tile`` is ``(width, height)`` of a tile, None for strips."""

    width: int
    height: int
    bits: tuple[int, ...]
    samples: int
    compression: int
    photometric: int
    planar: bool
    predictor: int
    reversed_bits: bool
    tile: tuple[int, int] | None
    blocks: tuple[Block, ...]

    @property
    def depth(self) -> int:
        """Bits of one pixel in one block."""
        return self.bits[0] if self.planar else sum(self.bits)


class Unclear(Exception):
    """The directory does not describe a picture; the argument is rule and channel."""

    def __init__(self, rule: str, channel: str) -> None:
        super().__init__(rule, channel)
        self.rule, self.channel = rule, channel


def read_plan(data: bytes, layout: Layout, directory: Directory) -> Plan:
    """The picture of a directory. Raises `Unclear`."""

    def one(tag: int, otherwise: int) -> int:
        return next(iter(numbers(data, layout, directory.get(tag), 1)), otherwise)

    width, height, samples = one(256, 0), one(257, 0), one(277, 1)
    if width <= 0 or height <= 0 or not 0 < samples <= 64:
        raise Unclear("L310", "tiff.picture")
    bits = numbers(data, layout, directory.get(258), samples) or (1,)
    bits = bits * samples if len(bits) == 1 else bits
    if len(bits) != samples or not all(0 < value <= 64 for value in bits):
        raise Unclear("L310", "tiff.picture")
    tile = (one(322, 0), one(323, 0)) if directory.get(322) or directory.get(324) else None
    starts_tag, lengths_tag = (324, 325) if tile and directory.get(324) else (273, 279)
    starts = numbers(data, layout, directory.get(starts_tag), MAX_BLOCKS + 1)
    lengths = numbers(data, layout, directory.get(lengths_tag), MAX_BLOCKS + 1)
    if len(starts) > MAX_BLOCKS or len(lengths) > MAX_BLOCKS:
        raise Unclear("L315", "tiff.structures")
    compression, planar = one(259, 1), one(284, 1) == 2
    shares = _shares(width, height, samples if planar else 1, tile, one(278, height) or height, len(starts))
    depth = bits[0] if planar else sum(bits)
    subsampled = one(262, 0) == 6 and compression != 7 and not planar
    across, down = (numbers(data, layout, directory.get(530), 2) or (2, 2)) if subsampled else (1, 1)
    if across not in (1, 2, 4) or down not in (1, 2, 4):
        raise Unclear("L310", "tiff.picture")
    sizes = []
    for stored_width, stored_rows, _, _ in shares:
        if subsampled:
            units = -(-stored_width // across) * -(-stored_rows // down)
            sizes.append(units * (across * down + 2) * bits[0] // 8)
        else:
            sizes.append(stored_rows * ((stored_width * depth + 7) // 8))
    if not lengths and compression == 1 and len(shares) == 1:
        lengths = (sizes[0],)  # TIFF 6.0 wants it; some scanners leave it out
    if not starts or len(starts) != len(shares) or len(lengths) != len(starts):
        raise Unclear("L310", "tiff.strip.count")
    blocks = tuple(
        Block(start=start, length=length, columns=share[2], rows=share[3], expected=size)
        for start, length, share, size in zip(starts, lengths, shares, sizes, strict=True)
    )
    if any(block.start + block.length > len(data) for block in blocks):
        raise Unclear("L310", "tiff.truncated")
    return Plan(
        width=width, height=height, bits=tuple(bits), samples=samples, compression=compression,
        photometric=one(262, 0), planar=planar, predictor=one(317, 1), reversed_bits=one(266, 1) == 2, tile=tile,
        blocks=blocks,
    )  # fmt: skip


def _shares(
    width: int, height: int, planes: int, tile: tuple[int, int] | None, strip: int, count: int
) -> list[tuple[int, int, int, int]]:
    """Stored width and rows of each block, and the columns and rows of the picture in it; in the order of the file's lists."""
    across, down = tile or (width, min(strip, height))
    if across <= 0 or down <= 0:
        raise Unclear("L310", "tiff.picture")
    columns, rows = -(-width // across), -(-height // down)
    if columns * rows * planes > MAX_BLOCKS:
        raise Unclear("L315" if count == columns * rows * planes else "L310", "tiff.structures")
    found = []
    for row in range(rows):
        left = min(down, height - row * down)
        for column in range(columns):
            found.append((across, down if tile else left, min(across, width - column * across), left))
    return found * planes


def rebuilt(data: bytes, layout: Layout, directory: Directory, plan: Plan) -> bytes:
    """A TIFF file of its own with this one picture, so that it can be decoded; empty where it is too large."""
    if len(plan.blocks) > _REBUILT_BLOCKS or sum(block.length for block in plan.blocks) > _REBUILT_BYTES:
        return b""
    if plan.compression == 7 and len(plan.blocks) == 1 and directory.get(347) is None:
        return data[plan.blocks[0].start : plan.blocks[0].start + plan.blocks[0].length]
    order = layout.order
    fields: dict[int, tuple[int, int, bytes]] = {}
    for tag in _COPIED:
        entry = directory.get(tag)
        if entry is not None and entry.length <= 1 << 20 and entry.kind in (1, 3, 4, 7):
            fields[tag] = (entry.kind, entry.count, data[entry.start : entry.start + entry.length])
    body = b"".join(data[block.start : block.start + block.length] for block in plan.blocks)
    starts, at = [], 8
    for block in plan.blocks:
        starts.append(at)
        at += block.length
    count = len(starts)
    first, second = (324, 325) if plan.tile else (273, 279)
    fields[first] = (4, count, struct.pack(f"{order}{count}I", *starts))
    fields[second] = (4, count, struct.pack(f"{order}{count}I", *(block.length for block in plan.blocks)))
    if plan.tile:
        fields[322], fields[323] = ((4, 1, struct.pack(order + "I", side)) for side in plan.tile)
    else:
        fields[278] = (4, 1, struct.pack(order + "I", plan.blocks[0].rows))
    body += b"\0" * (len(body) % 2)
    table = 8 + len(body)
    values, place, entries = b"", table + 2 + 12 * len(fields) + 4, b""
    for tag in sorted(fields):
        kind, number, value = fields[tag]
        if len(value) > 4:
            entries += struct.pack(order + "HHII", tag, kind, number, place + len(values))
            values += value + b"\0" * (len(value) % 2)
        else:
            entries += struct.pack(order + "HHI", tag, kind, number) + value.ljust(4, b"\0")
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, table)
    return head + body + struct.pack(order + "H", len(fields)) + entries + bytes(4) + values
