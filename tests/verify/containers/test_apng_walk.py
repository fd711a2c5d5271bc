"""An animated PNG is a leak in a still's place, and nothing else than well-formed where its frames were examined."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from indelible.corpus.case import RECIPES, cases
from indelible.corpus.pngfile import Chunk, join, split
from indelible.redact.formats import apng as writer
from indelible.redact.selfcheck import check_structure
from indelible.verify.containers import Walk, png
from indelible.verify.samples import texture

FRAMES = [texture(40, 31, seed) for seed in range(3)]
DATA = writer.write_frames(FRAMES, [100, 40, 2000], 2)
CHUNKS, _ = split(DATA)


def telling(walk: Walk) -> set[tuple[str, str]]:
    return {(item.rule, item.channel) for item in walk.findings if item.severity.value != "info"}


def swapped(index: int, *put: Chunk) -> bytes:
    """The file with one chunk exchanged for others."""
    return join((*CHUNKS[:index], *put, *CHUNKS[index + 1 :]))


def control(index: int, **fields: int) -> Chunk:
    """The control at an index, with fields changed."""
    names = ("sequence", "width", "height", "x", "y", "delay", "unit", "dispose", "blend")
    values = dict(zip(names, struct.unpack(">IIIIIHHBB", CHUNKS[index].data), strict=True))
    return Chunk(b"fcTL", struct.pack(">IIIIIHHBB", *(values | fields).values()))


def plain(width: int, height: int) -> bytes:
    return zlib.compress((b"\0" + bytes(3 * width)) * height)


def test_the_writer_keeps_pixels_times_and_rounds() -> None:
    """Every frame comes back as it was; the file passes the writer's own check."""
    check_structure(DATA, "apng")
    with Image.open(io.BytesIO(DATA)) as image:
        assert (getattr(image, "n_frames", 1), image.info["loop"]) == (3, 2)
        for number, frame in enumerate(FRAMES):
            image.seek(number)
            assert image.convert("RGB").tobytes() == frame.tobytes()
            assert image.info["duration"] == [100, 40, 2000][number]
    assert DATA == writer.write_frames(FRAMES, [100, 40, 2000], 2)


def test_a_well_made_animation_is_told_and_left_to_the_plan() -> None:
    """The walk cannot tell what was decided of each frame; nothing else is said of the file."""
    (found,) = png.walk(DATA).findings

    assert (found.rule, found.channel, found.cannot_tell) == ("L211", "apng.frames", True)
    # IHDR, acTL, fcTL, IDAT, fcTL, fdAT, fcTL, fdAT, IEND


@pytest.mark.parametrize("name", [name for name in RECIPES.names() if name.startswith("png.apng")])
def test_recipes(name: str) -> None:
    """Frames planted into a still."""
    for case in cases(5, 2, frozenset({name})):
        found = telling(png.walk(case.published))
        assert case.expected <= found
        assert case.leaky or not found


BROKEN: dict[str, Callable[[], bytes]] = {
    "no acTL": lambda: swapped(1),
    "two acTL": lambda: swapped(1, CHUNKS[1], CHUNKS[1]),
    "acTL after the data": lambda: join((CHUNKS[0], *CHUNKS[2:4], CHUNKS[1], *CHUNKS[4:])),
    "count wrong": lambda: swapped(1, Chunk(b"acTL", struct.pack(">II", 2, 0))),
    "count zero": lambda: swapped(1, Chunk(b"acTL", bytes(8))),
    "default outside": lambda: swapped(2),
    "default smaller": lambda: swapped(2, control(2, width=20)),
    "sequence jumps": lambda: swapped(4, control(4, sequence=7)),
    "frame outside": lambda: swapped(4, control(4, x=1)),
    "frame outside, far": lambda: swapped(4, control(4, x=0xFFFFFFFF)),
    "unknown disposal": lambda: swapped(4, control(4, dispose=3)),
    "unknown blending": lambda: swapped(4, control(4, blend=2)),
    "frame without data": lambda: swapped(5),
    "empty fdAT": lambda: swapped(5, Chunk(b"fdAT", struct.pack(">I", 2))),
    "slack": lambda: swapped(5, Chunk(b"fdAT", CHUNKS[5].data + b"more")),
    "rows": lambda: swapped(5, Chunk(b"fdAT", struct.pack(">I", 2) + plain(40, 32))),
    "cut": lambda: swapped(5, Chunk(b"fdAT", CHUNKS[5].data[:-9])),
    "short fcTL": lambda: swapped(4, Chunk(b"fcTL", CHUNKS[4].data[:20])),
    "fdAT without a frame": lambda: join((*CHUNKS[:4], Chunk(b"fdAT", bytes(9)), *CHUNKS[4:])),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_not_well_formed_stays_a_leak(name: str) -> None:
    """Whatever the plan says: nobody can say what was looked at."""
    assert not any(item.cannot_tell for item in png.walk(BROKEN[name]()).findings if item.rule == "L211")
    assert ("L211", "apng.frames") in telling(png.walk(BROKEN[name]()))


def test_parts_of_the_canvas_are_frames_too() -> None:
    """A smaller frame inside the canvas, in two pieces, is well-formed."""
    stream = plain(8, 6)
    frame = (
        control(4, width=8, height=6, x=3, y=2),
        Chunk(b"fdAT", struct.pack(">I", 2) + stream[:9]),
        Chunk(b"fdAT", struct.pack(">I", 3) + stream[9:]),
    )
    last = (control(6, sequence=4), Chunk(b"fdAT", struct.pack(">I", 5) + CHUNKS[7].data[4:]))
    data = join((*CHUNKS[:4], *frame, *last, CHUNKS[8]))

    assert [(item.rule, item.cannot_tell) for item in png.walk(data).findings] == [("L211", True)]


def test_a_still_png_is_clean() -> None:
    """Without frames there is nothing to tell."""
    stream = io.BytesIO()
    FRAMES[0].save(stream, "PNG")

    assert not telling(png.inspect(stream.getvalue()).walk)
