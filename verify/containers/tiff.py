"""TIFF and BigTIFF, either byte order: directories followed wherever they lead, pictures decoded, every byte named.

Files of other tools are judged by the list of LEAKS.md section 5, except that a legal choice of an encoder (tiles, Deflate, a
predictor, byte order) is only a fingerprint. A second directory is always a finding: only the plan knows whether its page was
redacted too. Reference: TIFF 6.0; the BigTIFF design of 2004; LEAKS.md section 4.7.
"""

from __future__ import annotations

from collections import deque

from indelible.verify.containers import Walk
from indelible.verify.containers.notes import Inspection, Notes
from indelible.verify.containers.tiff_blocks import Blocks
from indelible.verify.containers.tiff_coverage import Coverage
from indelible.verify.containers.tiff_entries import Entries
from indelible.verify.containers.tiff_picture import Plan, Unclear, read_plan, rebuilt
from indelible.verify.containers.tiff_reader import RAW_MAGICS, Directory, Layout, numbers, read_directory, read_header

#: Directories of one file, and how deep they may lie in each other.
MAX_DIRECTORIES, MAX_DEPTH = 1_000, 12
_EXIF, _GPS, _INTEROP, _SUB = 34665, 34853, 40965, 330
_POINTERS = {_EXIF: "exif", _GPS: "gps", _INTEROP: "exif"}
_PICTURES = frozenset({"main", "page", "sub"})
_LISTED_COMPRESSIONS = frozenset({1, 5})
_REDUCED, _MASK = 1, 4


def walk(data: bytes) -> Walk:
    """Every byte of a TIFF file named, with findings."""
    return inspect(data).walk


def inspect(data: bytes) -> Inspection:
    """The walk, and the further pictures that it came upon."""
    notes, coverage = Notes("tiff"), Coverage()
    header = read_header(data)
    if header is None:
        notes.note("L310", "tiff.truncated", 0)
        notes.name("unwalked", 0, len(data), unknown=True)
        return notes.inspection()
    layout, first = header
    if layout.big or layout.order == ">":
        notes.note("L117", "tiff.encoder", 0)
    if int.from_bytes(data[2:4], "little" if layout.order == "<" else "big") in RAW_MAGICS:
        notes.note("L213", "tiff.raw", 0)  # a camera's raw file: the picture before every step that followed
    coverage.add(0, layout.header, "tiff.header")
    _File(notes, coverage, data, layout).follow(first)
    coverage.write(notes, data)
    return notes.inspection()


class _File:
    """Follows the directories of one file, breadth first, each once."""

    def __init__(self, notes: Notes, coverage: Coverage, data: bytes, layout: Layout) -> None:
        self._notes, self._coverage, self._data, self._layout = notes, coverage, data, layout
        self._entries = Entries(notes, coverage, data, layout)
        self._blocks = Blocks(notes, data, layout.order)
        self._seen: set[int] = set()

    def follow(self, first: int) -> None:
        """Examine the directory at ``first`` and all that it leads to."""
        notes = self._notes
        queue = deque([(first, "main", 0)])
        while queue:
            offset, role, depth = queue.popleft()
            if offset in self._seen:
                notes.note("L307", "tiff.ifd.loop", offset)
                continue
            self._seen.add(offset)
            if len(self._seen) > MAX_DIRECTORIES or depth > MAX_DEPTH or self._coverage.full:
                notes.note("L315", "tiff.structures", offset)
                return
            directory = read_directory(self._data, self._layout, offset)
            if directory is None:
                notes.note("L310", "tiff.truncated", min(offset, len(self._data)))
                continue
            if directory.damaged:
                notes.note("L310", "tiff.truncated", directory.start)
            self._coverage.add(directory.start, directory.end, "tiff.ifd")
            queue += self._examine(directory, role, depth)

    def _examine(self, directory: Directory, role: str, depth: int) -> list[tuple[int, str, int]]:
        """Examine one directory; where it leads to."""
        notes, leads = self._notes, []
        if role == "gps":
            notes.note("L102", "tiff.gpsifd", directory.start)
            notes.note("L102", "exif.gps", directory.start)
        elif role == "exif":
            notes.note("L101", "tiff.exififd", directory.start)
        elif role == "page":
            notes.note(
                "L211", "tiff.ifd.next", directory.start, cannot_tell=True
            )  # a page: a plan says what was decided
        elif role == "sub":
            notes.note("L211", "tiff.subifd", directory.start)
        self._entries.examine(directory, picture=role in _PICTURES, gps=role == "gps")
        if role in _PICTURES:
            self._picture(directory, role)
            self._thumbnail(directory)
        for tag, kind in _POINTERS.items():
            leads += [(place, kind, depth + 1) for place in self._numbers(directory, tag, 1)]
        leads += [(place, "sub", depth + 1) for place in self._numbers(directory, _SUB, MAX_DIRECTORIES)]
        if directory.following:
            leads.append(
                (directory.following, "page" if role == "main" else role, depth if role == "page" else depth + 1)
            )
        return leads

    def _numbers(self, directory: Directory, tag: int, limit: int) -> tuple[int, ...]:
        return numbers(self._data, self._layout, directory.get(tag), limit)

    def _picture(self, directory: Directory, role: str) -> None:
        notes = self._notes
        kind = next(iter(self._numbers(directory, 254, 1)), 0)
        channel = "tiff.ifd.next" if role == "page" else "tiff.subifd"
        if kind & (_REDUCED | _MASK):
            channel = "tiff.mask" if kind & _MASK else "tiff.reduced"
            notes.note("L211", channel, directory.start)
        if directory.get(273) is None and directory.get(324) is None:
            if role == "main" or directory.get(513) is None:
                notes.note("L310", "tiff.picture", directory.start)
            return
        try:
            plan = read_plan(self._data, self._layout, directory)
        except Unclear as problem:
            notes.note(problem.rule, problem.channel, directory.start)
            return
        self._cover(plan)
        if plan.compression not in _LISTED_COMPRESSIONS:
            notes.note("L117", "tiff.compression", directory.start)
        tables = directory.get(347)
        shared = self._data[tables.start : tables.start + tables.length] if tables is not None else b""
        self._blocks.examine(plan, shared)
        if role not in ("main", "page") or kind & (_REDUCED | _MASK):
            copy = rebuilt(self._data, self._layout, directory, plan)
            if copy:
                notes.picture("L211", channel, plan.blocks[0].start, copy)

    def _cover(self, plan: Plan) -> None:
        name = "tiff.tile" if plan.tile else "tiff.strip"
        for block in plan.blocks:
            self._coverage.add(block.start, block.start + block.length, name)

    def _thumbnail(self, directory: Directory) -> None:
        """The picture of the old JPEG entries: a thumbnail, or the picture itself in files of the nineties."""
        starts, lengths = self._numbers(directory, 513, 1), self._numbers(directory, 514, 1)
        if not starts:
            return
        start = starts[0]
        end = min(len(self._data), start + lengths[0]) if lengths else start
        if start < end:
            self._coverage.add(start, end, "tiff.jpeg_thumb", opaque=True)
            self._notes.picture("L202", "tiff.jpeg_thumb", start, self._data[start:end])
