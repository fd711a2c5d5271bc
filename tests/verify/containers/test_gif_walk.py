"""Every byte of a GIF has a name; its LZW stream is followed to the end code; frames count only where they were examined."""

from __future__ import annotations

import io
import struct
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from indelible.corpus.case import RECIPES, cases
from indelible.redact.formats import gif as writer
from indelible.redact.selfcheck import check_structure
from indelible.verify.containers import Walk, gif
from indelible.verify.containers.lzw import measure
from indelible.verify.samples import texture


def telling(walk: Walk) -> set[tuple[str, str]]:
    return {(item.rule, item.channel) for item in walk.findings if item.severity.value != "info"}


def tiles(walk: Walk, length: int) -> bool:
    at = 0
    for item in walk.structures:
        if item.offset != at or item.length <= 0:
            return False
        at += item.length
    return at == length


def stream_of(data: bytes) -> tuple[bytes, int]:
    """The joined sub-blocks of the only picture, and its minimum code size."""
    at = 13 + 3 * (2 << (data[10] & 7)) + 10
    bits, content = data[at], b""
    at += 1
    while data[at]:
        content += data[at + 1 : at + 1 + data[at]]
        at += 1 + data[at]
    return content, bits


@pytest.mark.parametrize("name", [name for name in RECIPES.names() if name.startswith("gif.")])
def test_a_planted_payload_is_found_and_its_twin_is_clean(name: str) -> None:
    """Each recipe with its rule and channel; every byte keeps a name."""
    for case in cases(3, 2, frozenset({name})):
        walk = gif.walk(case.published)
        assert case.expected <= telling(walk)
        assert case.leaky or not telling(walk)
        assert tiles(walk, len(case.published))


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
@pytest.mark.parametrize("size", [(1, 1), (3, 2), (65, 41)])
def test_clean_files_of_the_library_have_no_finding(mode: str, size: tuple[int, int]) -> None:
    """What Pillow writes from a bare picture has no finding, interlaced or not."""
    for interlace in (0, 1):
        stream = io.BytesIO()
        texture(80, 60, 5).crop((0, 0, *size)).convert(mode).save(stream, "GIF", interlace=interlace)
        walk = gif.walk(stream.getvalue())
        assert not telling(walk)
        assert tiles(walk, len(stream.getvalue())) and not walk.opaque


@settings(max_examples=60, deadline=None, derandomize=True)
@given(width=st.integers(1, 70), height=st.integers(1, 50), colors=st.integers(1, 256), seed=st.integers(0, 2**32 - 1))
def test_the_stream_is_counted_to_its_end_code(width: int, height: int, colors: int, seed: int) -> None:
    """Pixels, end and colours agree with a picture that is known, for every code size."""
    pixels = np.random.default_rng(seed).integers(0, colors, (height, width), dtype=np.uint8)
    data = writer.write(Image.fromarray(pixels), None)
    content, bits = stream_of(data)
    end = measure(content, bits, width * height)

    assert (end.pixels, end.ended, end.damaged, end.spare) == (width * height, True, False, 0)
    assert end.used == len(content)
    assert len(end.colors) == len(np.unique(pixels))


def test_the_writer_keeps_grey_and_is_the_same_every_time() -> None:
    """Grey is lossless; the palette holds the published colours alone; the bytes depend on nothing else."""
    image = texture(90, 70, 2).convert("L")
    data = writer.write(image, None)

    assert data == writer.write(image.copy(), None)
    assert Image.open(io.BytesIO(data)).convert("L").tobytes() == image.tobytes()
    flat = writer.write(Image.new("RGB", (40, 30), (9, 8, 7)), None)
    assert flat[13:19] == bytes((9, 8, 7, 0, 0, 0))


def test_a_well_made_animation_is_told_and_left_to_the_plan() -> None:
    """Frames with a control each are told and left to the plan; without, they are a leak."""
    frames = [texture(60, 40, seed) for seed in range(3)]
    data = writer.write_frames(frames, [100, 40, 2000], 4)
    check_structure(data, "gif")
    with Image.open(io.BytesIO(data)) as image:
        assert (getattr(image, "n_frames", 1), image.info["loop"]) == (3, 3)
        shown = []
        for number in range(3):
            image.seek(number)
            shown.append(image.info["duration"])

    assert shown == [100, 40, 2000]
    assert [(item.rule, item.channel, item.cannot_tell) for item in gif.walk(data).findings] == [
        ("L211", "gif.frames", True)
    ]
    bare = data.replace(b"!\xf9\x04\x04\x0a\0\0\0", b"", 1).replace(b"!\xf9\x04\x04\x04\0\0\0", b"", 1)
    assert [item.cannot_tell for item in gif.walk(bare).findings if item.rule == "L211"] == [False]


def test_a_file_cut_anywhere_is_never_clean() -> None:
    """Truncation at every place of a small file is undecided or broken."""
    data = writer.write(texture(24, 16, 1), None)
    for edge in range(1, len(data)):
        walk = gif.walk(data[:edge])
        assert telling(walk) and tiles(walk, edge)


def test_a_million_tiny_blocks_end_in_time() -> None:
    """Sub-blocks of one byte, extensions of nothing, and zeros between extensions."""
    head = writer.write(texture(24, 16, 1), None)[:-1]
    for flood in (
        b"!\xfe" + b"\1a" * 1_200_000 + b"\0",
        b"!\xfe\0" * 400_000,
        b"!\xfe\0\0" * 400_000,
        b"!\x01\0" * 300_000,
    ):
        started = time.monotonic()
        walk = gif.walk(head + flood + b";")
        assert telling(walk)
        assert time.monotonic() - started < 4


def test_a_lying_screen_costs_nothing() -> None:
    """A picture of 65,535 by 65,535 pixels in sixty bytes."""
    data = writer.write(Image.new("L", (4, 4)), None)
    huge = struct.pack("<HH", 65_535, 65_535)
    at = data.index(b",")
    lying = data[:6] + huge + data[10:at] + b"," + bytes(4) + huge + data[at + 9 :]
    started = time.monotonic()

    assert telling(gif.walk(lying))
    assert time.monotonic() - started < 1


def test_the_tail_of_something_else_is_not_restorable() -> None:
    """Noise behind the end is a trailer, and no older picture."""
    data = writer.write(texture(24, 16, 1), None) + np.random.default_rng(5).bytes(60_000) + b"\0;"

    assert ("L301", "gif.trailer") in telling(gif.walk(data))
    assert ("L313", "gif.trailer.restorable") not in telling(gif.walk(data))
