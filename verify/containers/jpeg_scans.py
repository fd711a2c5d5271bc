"""The coded data of every scan of a JPEG: complete, nothing after the last MCU, and a legal list of scans.

Up to a budget the code lengths are followed exactly. Beyond it, a sequential picture in one scan is fed to the decoder with its
last byte held back: a decoder that has every row before it saw that byte did not need it. It never calls a clean file leaking,
and sees 9 bytes and more, because a decoder reads up to 8 bytes ahead.
"""

from __future__ import annotations

import io
import warnings
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from indelible.verify.containers.notes import Notes
from indelible.verify.containers.progressive import Script, ac_first_bits, ac_refine_bits, dc_first_bits
from indelible.verify.containers.scan import (
    Component,
    HuffmanTable,
    ScanDamaged,
    intervals,
    sequential_bits,
    shares,
    slack_of,
    slack_start,
    unstuffed,
)

#: Bytes of coded data, and 8x8 blocks, that are followed exactly; more where several scans or restart markers leave no
#: quick test (about 0.8 s per MB of progressive data, 0.15 s of other).
EXACT_BYTES, EXACT_BLOCKS = 1_000_000, 150_000
EXACT_BYTES_SLOW, EXACT_BLOCKS_SLOW = 16_000_000, 1_500_000
MAX_PIXELS = 120_000_000
#: Bytes that a decoder may read ahead: slack below this is not seen by the quick tests.
LOOK_AHEAD = 9


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan: its components with their (DC, AC) tables, and the stretch ``[start, end)`` of its coded data."""

    members: tuple[tuple[Component, HuffmanTable | None, HuffmanTable | None], ...]
    ss: int
    se: int
    ah: int
    al: int
    interval: int
    start: int
    end: int


def examine_scans(
    notes: Notes,
    data: bytes,
    scans: Sequence[Scan],
    components: tuple[Component, ...],
    frame: tuple[int, int],
    progressive: bool,
) -> None:
    """Name the coded data of all scans and write down what is wrong with it. ``frame`` is ``(width, height)``."""
    if frame[0] * frame[1] > MAX_PIXELS:
        notes.note("L315", "jpeg.pixels", scans[0].start)
        _name_all(notes, scans)
        return
    if not _script(notes, scans, components, progressive):
        _name_all(notes, scans)
        return
    size = sum(scan.end - scan.start for scan in scans)
    blocks = sum(component.blocks[0] * component.blocks[1] for component in components)
    quick = not progressive and len(scans) == 1 and not scans[0].interval
    most = (EXACT_BYTES, EXACT_BLOCKS) if quick else (EXACT_BYTES_SLOW, EXACT_BLOCKS_SLOW)
    if size <= most[0] and blocks <= most[1]:
        _exact(notes, data, scans, components, frame, progressive)
    elif quick:
        _held_back(notes, data, scans[0])
    else:
        notes.note("L315", "jpeg.scan.budget", scans[0].start)
        _name_all(notes, scans)


def _name_all(notes: Notes, scans: Sequence[Scan]) -> None:
    for scan in scans:
        notes.name("jpeg.scan", scan.start, scan.end, opaque=True)


def _script(notes: Notes, scans: Sequence[Scan], components: tuple[Component, ...], progressive: bool) -> bool:
    """Whether the list of scans is legal and complete: otherwise some scan may show what the last one hides."""
    everything = tuple(component.id for component in components)
    script = Script()
    for scan in scans:
        ids = tuple(member[0].id for member in scan.members)
        if progressive:
            legal = script.add(ids, scan.ss, scan.se, scan.ah, scan.al)
        else:
            legal = (scan.ss, scan.se, scan.ah, scan.al) == (0, 63, 0, 0) and script.add(ids, 0, 0, 0, 0)
            for component in ids:
                legal = script.add((component,), 1, 63, 0, 0) and legal
        if not legal or len(set(ids)) != len(ids):
            notes.note("L211", "jpeg.scan.differs", scan.start)
            return False
    if not script.complete(everything):
        notes.note("L310", "jpeg.scan.incomplete", scans[-1].end)
        return False
    return True


def _exact(
    notes: Notes,
    data: bytes,
    scans: Sequence[Scan],
    components: tuple[Component, ...],
    frame: tuple[int, int],
    progressive: bool,
) -> None:
    masks = {item.id: array("Q", bytes(8 * item.blocks[0] * item.blocks[1])) for item in components if progressive}
    most_h, most_v = max(item.h for item in components), max(item.v for item in components)
    across, down = -(-frame[0] // (8 * most_h)), -(-frame[1] // (8 * most_v))
    for scan in scans:
        alone = len(scan.members) == 1
        mcus = scan.members[0][0].blocks[0] * scan.members[0][0].blocks[1] if alone else across * down
        stretches = intervals(data, scan.start, scan.end)
        counts = list(shares(mcus, scan.interval))
        if len(stretches) > len(counts):
            notes.note("L305", "jpeg.marker.reserved", stretches[len(counts)][0] - 2)
        at, first = scan.start, 0
        for (start, end), count in zip(stretches, counts, strict=False):
            raw = unstuffed(data, start, end)
            try:
                slack = slack_of(raw, _bits(raw, scan, alone, count, first, masks, progressive))
            except ScanDamaged:
                notes.note("L310", "jpeg.scan.damaged", start)
                break
            if slack:
                begin = slack_start(data, start, end, slack)
                notes.note("L304", "jpeg.scan.slack", begin)
                notes.name("jpeg.scan", at, begin)
                notes.name("jpeg.scan.slack", begin, end, unknown=True)
                at = end
            first += count
        if len(stretches) < len(counts):
            notes.note("L310", "jpeg.scan.damaged", scan.end)
        notes.name("jpeg.scan", at, scan.end, opaque=len(stretches) != len(counts))


def _bits(
    raw: bytes, scan: Scan, alone: bool, mcus: int, first: int, masks: dict[int, array[int]], progressive: bool
) -> int:
    """Bits that one restart interval takes. Raises `ScanDamaged`."""
    if progressive and scan.ss > 0:
        component, _, table = scan.members[0]
        if table is None:
            raise ScanDamaged
        follow = ac_refine_bits if scan.ah else ac_first_bits
        return follow(raw, table, scan.ss, scan.se, masks[component.id], first, mcus)
    per_mcu = [member for member in scan.members for _ in range(1 if alone else member[0].h * member[0].v)]
    if progressive and scan.ah:
        return mcus * len(per_mcu)
    dc = [table for _, table, _ in per_mcu if table is not None]
    if len(dc) != len(per_mcu):
        raise ScanDamaged
    if progressive:
        return dc_first_bits(raw, dc, mcus)
    ac = [table for _, _, table in per_mcu if table is not None]
    if len(ac) != len(per_mcu):
        raise ScanDamaged
    return sequential_bits(raw, list(zip(dc, ac, strict=True)), mcus)


class _HeldBack(io.BytesIO):
    """Hands out the file in short pieces near the end of the scan, and remembers how far it was read."""

    def __init__(self, data: bytes, end: int) -> None:
        super().__init__(data)
        self._end = end
        self.reached = 0

    def read(self, size: int | None = -1, /) -> bytes:
        at = self.tell()
        size = 1 << 30 if size is None or size < 0 else size
        left = self._end - 1 - at
        if 0 < left:
            size = min(size, left if left <= 64 else left - 64 if left <= 8192 else max(4096, left - 8192))
        chunk = super().read(size)
        self.reached = max(self.reached, self.tell())
        return chunk


def _held_back(notes: Notes, data: bytes, scan: Scan) -> None:
    """Decode once; a decoder that has every row before it read the last coded byte did not need that byte."""
    source = _HeldBack(data, scan.end)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image = Image.open(source, formats=["JPEG"])
            source.reached = 0
            image.load()
        except Exception:
            notes.note("L310", "jpeg.scan.damaged", scan.start)
            notes.name("jpeg.scan", scan.start, scan.end, opaque=True)
            return
    begin = scan.end
    if source.reached < scan.end:
        # where it begins is known to the size of one read: the last 8 KiB lie between
        begin = max(scan.start, min(source.reached, scan.end - LOOK_AHEAD) - 8192)
        notes.note("L304", "jpeg.scan.slack", begin)
    notes.name("jpeg.scan", scan.start, begin)
    notes.name("jpeg.scan.slack", begin, scan.end, unknown=True)
