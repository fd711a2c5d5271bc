"""The strips and tiles of one TIFF picture: each decodes to exactly its part of the picture, and nothing lies behind (L304, L308)."""

from __future__ import annotations

import io
import warnings

import numpy as np
from PIL import Image

from indelible.model import Severity
from indelible.verify.containers import jpeg
from indelible.verify.containers.notes import Notes
from indelible.verify.containers.tiff_codings import JPEG, MEASURED, measure
from indelible.verify.containers.tiff_margin import margin_is_plain, rows_are_plain, tile_is_plain
from indelible.verify.containers.tiff_picture import Block, Plan

#: Decoded bytes of all pictures of one file.
MAX_DECODED = 512 * 1024 * 1024
MAX_WANTED = 64 * 1024 * 1024
#: Zero bytes that a word boundary explains.
ALIGNMENT = 7


class Blocks:
    """Examines the pictures of one file, one after the other, on one budget."""

    def __init__(self, notes: Notes, data: bytes, order: str) -> None:
        self._notes, self._data, self._order = notes, data, order
        self._coded = 2 * len(data) + (1 << 20)
        self._decoded = MAX_DECODED

    def examine(self, plan: Plan, tables: bytes) -> None:
        """Decode every block of a picture. ``tables``: the JPEG tables that its blocks share."""
        notes, first = self._notes, plan.blocks[0].start
        self._coded -= sum(block.length for block in plan.blocks)
        self._decoded -= sum(block.expected for block in plan.blocks)
        if self._coded < 0:
            notes.note("L306", "tiff.strip.overlap", first)  # the same bytes counted again and again
            return
        if self._decoded < 0:
            notes.note("L315", "tiff.strip.budget", first)
            return
        if plan.compression != JPEG and plan.compression not in MEASURED:
            notes.note("L310", "tiff.strip.coding", first)  # cannot be followed to its end here
            return
        for block in plan.blocks:
            if notes.full:
                notes.note("L315", "tiff.structures", block.start)
                return
            if plan.compression == JPEG:
                self._jpeg(plan, block, tables)
            else:
                self._block(plan, block)

    def _block(self, plan: Plan, block: Block) -> None:
        notes, stream = self._notes, self._data[block.start : block.start + block.length]
        margin = plan.tile is not None and (block.columns, block.rows) != plan.tile
        want = margin or (plan.tile is None and block.columns * plan.depth % 8 != 0)
        if want and block.expected > MAX_WANTED:
            notes.note("L315", "tiff.strip.budget", block.start)
            want = False
        try:
            seen = measure(plan.compression, stream, block.expected, want=want, reversed_bits=plan.reversed_bits)
        except ValueError:
            notes.note("L310", "tiff.strip.damaged", block.start)
            return
        rest = stream[seen.consumed :]
        if seen.made > block.expected or len(rest) > ALIGNMENT or any(rest):
            notes.note("L304", "tiff.strip.slack", block.start + seen.consumed)
            notes.opaque.append((block.start, block.length))
        if seen.content is None:
            return
        content = seen.content[: block.expected]
        if margin:
            plain = tile_is_plain(plan, block, content, self._order)
            if plain is not True:
                notes.note("L308", "tiff.tile.padding", block.start, cannot_tell=plain is None)
        elif not rows_are_plain(plan, block, content):
            notes.note("L308", "tiff.row.padding", block.start)

    def _jpeg(self, plan: Plan, block: Block, tables: bytes) -> None:
        """A JPEG stream, completed by its tables, is walked like a file; what the walk says is said of the TIFF file."""
        notes, stream = self._notes, self._data[block.start : block.start + block.length]
        bare = stream.rstrip(b"\0")
        if len(stream) - len(bare) <= ALIGNMENT and bare.endswith(b"\xff\xd9"):
            stream = bare
        head = tables[:-2] if tables.startswith(b"\xff\xd8") and tables.endswith(b"\xff\xd9") else b""
        whole = head + stream[2:] if head else stream
        shift = block.start - (len(head) - 2 if head else 0)
        inspection = jpeg.inspect(whole)
        for item in inspection.walk.findings:
            if item.severity is Severity.INFO:
                continue
            inside = int(item.where.removeprefix("offset ")) if item.where.startswith("offset ") else 0
            rule, channel = ("L304", "tiff.strip.slack") if item.rule == "L301" else (item.rule, item.channel)
            notes.note(
                rule, channel, max(block.start, inside + shift), severity=item.severity, cannot_tell=item.cannot_tell
            )
        for picture in inspection.embedded:
            notes.picture(picture.rule, picture.channel, block.start, picture.data, size=picture.size)
        notes.opaque += [
            (max(block.start, start + shift), min(length, block.length)) for start, length in inspection.walk.opaque
        ]
        size = _frame(whole)
        stored = plan.tile or (plan.width, block.rows)
        if size is not None and size != stored:
            notes.note("L306", "tiff.strip.size", block.start)
        elif plan.tile is not None and (block.columns, block.rows) != plan.tile:
            pixels = _pixels(whole)
            # the coding's own blocks reach up to 15 pixels over the picture's edge
            columns, rows = min(-(-block.columns // 16) * 16, stored[0]), min(-(-block.rows // 16) * 16, stored[1])
            if pixels is None:
                notes.note("L308", "tiff.tile.padding", block.start, cannot_tell=True)
            elif (columns, rows) != stored and not margin_is_plain(pixels, columns, rows, lossy=True):
                notes.note("L308", "tiff.tile.padding", block.start)


def _frame(stream: bytes) -> tuple[int, int] | None:
    """Width and height in the frame header; None without one."""
    at = 2
    while at + 9 <= len(stream) and stream[at] == 0xFF:
        marker = stream[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(stream[at + 7 : at + 9]), int.from_bytes(stream[at + 5 : at + 7])
        at += 2 + int.from_bytes(stream[at + 2 : at + 4])
    return None


def _pixels(stream: bytes) -> np.ndarray | None:
    """The decoded stream, uint8 ``(height, width, samples)``; None where it cannot be decoded."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(stream), formats=["JPEG"]) as image:
                if image.width * image.height * 3 > MAX_WANTED:
                    return None
                pixels = np.asarray(image)
        except Exception:  # Pillow raises nearly anything on hostile bytes
            return None
    return pixels if pixels.ndim == 3 else pixels[:, :, None]
