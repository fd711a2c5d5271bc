"""APNG: the frames of an animated PNG (PNG, third edition, 11.3.6.1 to 11.3.6.3; LEAKS.md section 4.3).

A PNG with frames is never accepted as a still: whoever looks at it in a still viewer sees one of them (L211). It is accepted
only where the caller says that every frame was examined, and only as a well-formed animation: one acTL, the default picture as
its first frame, running sequence numbers, every frame inside the canvas, every frame's stream exact.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from indelible.verify.containers.notes import Notes
from indelible.verify.containers.png_stream import Channels, inspect_stream, rows

KINDS = frozenset({b"acTL", b"fcTL", b"fdAT"})
_NAMES = Channels(
    rows="apng.rows",
    damaged="apng.fdat.damaged",
    truncated="apng.truncated",
    slack="apng.fdat.slack",
    filter="apng.filter",
)
#: What all frames may inflate to, and further frames that are handed on for the comparison with the picture.
_MAX_RAW = 1 << 30


@dataclass(slots=True)
class _Frame:
    """One fcTL and the data behind it: ``parts`` are the contents of its fdAT chunks, ``[start, end)`` in the file."""

    at: int
    width: int
    height: int
    x: int
    y: int
    parts: list[tuple[int, int]] = field(default_factory=list)
    default: bool = False


@dataclass(slots=True)
class Animation:
    """What the chunks of an animation have said so far; ``well`` is whether every rule was kept."""

    at: int = -1  # of the first chunk
    controls: int = 0
    stated: int = 0
    sequence: int = 0
    well: bool = True
    frames: list[_Frame] = field(default_factory=list)

    def take(self, kind: bytes, payload: bytes, at: int, *, data_seen: bool) -> None:
        """Read one acTL, fcTL or fdAT chunk that begins at ``at``; ``data_seen`` is whether IDAT came before it."""
        self.at = at if self.at < 0 else self.at
        if kind == b"acTL":
            self.controls += 1
            self._require(len(payload) == 8 and not data_seen and not self.frames)
            self.stated = int.from_bytes(payload[:4])
            return
        self._require(int.from_bytes(payload[:4]) == self.sequence and self.controls == 1)
        self.sequence += 1
        if kind == b"fcTL":
            if len(payload) != 26:
                self.well = False
                return
            width, height, x, y, _, _, dispose, blend = struct.unpack_from(">IIIIHHBB", payload, 4)
            self._require(dispose <= 2 and blend <= 1)
            self._require(data_seen if self.frames else not data_seen)
            self._require(not self.frames or self.frames[-1].default or bool(self.frames[-1].parts))
            self.frames.append(_Frame(at, width, height, x, y, default=not data_seen))
        elif not self.frames or self.frames[-1].default or len(payload) <= 4 or not data_seen:
            self.well = False
        if kind == b"fdAT" and self.frames:
            self.frames[-1].parts.append((at + 12, at + 8 + len(payload)))

    def _require(self, kept: bool) -> None:
        self.well &= kept


def inspect_frames(
    notes: Notes,
    animation: Animation,
    data: bytes,
    *,
    size: tuple[int, int],
    bits: int,
    interlaced: bool,
) -> None:
    """Judge the whole animation.

    Args:
        notes: where findings go.
        animation: what `Animation.take` has gathered.
        data: the file.
        size: of the canvas.
        bits: of one pixel.
        interlaced: whether the rows come in seven passes.
    """
    well, room, found = animation.well, _MAX_RAW, len(notes.findings)
    frames = animation.frames
    well &= animation.controls == 1 and animation.stated == len(frames) > 0 and frames[0].default
    for frame in frames:
        inside = 0 < frame.width <= size[0] - frame.x and 0 < frame.height <= size[1] - frame.y
        if not inside:
            notes.note("L306", "apng.frame.outside", frame.at)
            well = False
        elif frame.default:
            well &= (frame.width, frame.height, frame.x, frame.y) == (*size, 0, 0)
        elif not frame.parts:
            well = False
        else:
            room -= inspect_stream(
                notes, data, frame.parts, rows(frame.width, frame.height, bits, interlaced), _NAMES, room=room
            )
    # one that is well made is an animation: a plan says what was decided of each frame
    notes.note("L211", "apng.frames", animation.at, cannot_tell=well and len(notes.findings) == found)
