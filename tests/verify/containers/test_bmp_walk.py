"""Every byte of a BMP has a name: headers, palette and rows, and nothing between, behind or inside them."""

from __future__ import annotations

import io
import struct
import time
from dataclasses import replace

import pytest
from PIL import Image

from indelible.corpus.bmpfile import deep, indexed, run_lengths, split, uneven
from indelible.corpus.case import RECIPES, cases
from indelible.corpus.payload import small_jpeg
from indelible.redact.formats import bmp as writer
from indelible.redact.selfcheck import check_structure
from indelible.verify.containers import Walk, bmp
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


@pytest.mark.parametrize("name", [name for name in RECIPES.names() if name.startswith("bmp.")])
def test_a_planted_payload_is_found_and_its_twin_is_clean(name: str) -> None:
    """Each recipe with its rule and channel; every byte keeps a name."""
    for case in cases(3, 2, frozenset({name})):
        walk = bmp.walk(case.published)
        assert case.expected <= telling(walk)
        assert case.leaky or not telling(walk)
        assert tiles(walk, len(case.published))


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "RGBA"])
@pytest.mark.parametrize("size", [(1, 1), (3, 2), (65, 41)])
def test_clean_files_of_the_library_have_no_finding(mode: str, size: tuple[int, int]) -> None:
    """What Pillow writes from a bare picture: no palette entry too many, no padding that says anything."""
    stream = io.BytesIO()
    texture(80, 60, 5).crop((0, 0, *size)).convert(mode).save(stream, "BMP")
    walk = bmp.walk(stream.getvalue())

    assert not telling(walk)
    assert tiles(walk, len(stream.getvalue())) and not walk.opaque


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("size", [(1, 1), (3, 2), (64, 48), (65, 41)])
def test_the_writer_keeps_every_pixel(mode: str, size: tuple[int, int]) -> None:
    """Lossless, on the list, without a finding, the same every time."""
    image = texture(80, 60, 5).crop((0, 0, *size)).convert(mode)
    data = writer.write(image, None)
    check_structure(data, "bmp")

    assert data == writer.write(image.copy(), None)
    assert Image.open(io.BytesIO(data)).convert(mode).tobytes() == image.tobytes()
    assert not telling(bmp.walk(data))


def test_spare_bits_that_are_one_constant_say_nothing() -> None:
    """A fourth byte of 0 or 255 throughout is what writers do; 16 bits have one spare bit."""
    image = texture(40, 30, 1)

    assert not telling(bmp.walk(deep(image, b"\0").to_bytes()))
    assert not telling(bmp.walk(deep(image, b"\xff").to_bytes()))
    assert ("L405", "bmp.x_bits") in telling(bmp.walk(deep(image, b"\xff\xfe").to_bytes()))
    still = deep(image, b"\0")
    half = replace(still, depth=16, rows=b"\xff\x7f" * 1199 + b"\xff\xff")
    assert ("L405", "bmp.x_bits") in telling(bmp.walk(half.to_bytes()))


def test_runs_are_followed_to_their_end_code() -> None:
    """Coded rows are legal and not listed; what they show is accounted for."""
    source = run_lengths(indexed(texture(63, 40, 1), 16))

    assert telling(bmp.walk(source.to_bytes())) == {("L305", "bmp.compression")}
    longer = replace(source, rows=b"\xff\0" * 4 + source.rows)
    assert ("L306", "bmp.pixels") in telling(bmp.walk(longer.to_bytes()))
    assert ("L310", "bmp.truncated") in telling(bmp.walk(replace(source, rows=source.rows[:-2]).to_bytes()))


def test_a_picture_of_another_format_inside_is_handed_on() -> None:
    """BI_JPEG: the rows are a JPEG file, with everything that one can carry."""
    source = replace(split(writer.write(texture(32, 24, 1), None)), coding=4, depth=24, rows=small_jpeg((32, 24)))
    inspection = bmp.inspect(source.to_bytes())

    assert ("L206", "bmp.embedded") in telling(inspection.walk) and len(inspection.embedded) == 1


def test_a_file_cut_anywhere_is_never_clean() -> None:
    """Truncation at every place."""
    data = uneven(writer.write(texture(24, 16, 1), None)).to_bytes()
    assert not telling(bmp.walk(data))
    for edge in range(1, len(data), 7):
        walk = bmp.walk(data[:edge])
        assert telling(walk) and tiles(walk, edge)


@pytest.mark.parametrize("value", [0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])
@pytest.mark.parametrize("at", [2, 10, 14, 18, 22, 30, 34, 46, 50])
def test_lying_fields_are_not_believed(value: int, at: int) -> None:
    """Sizes, offsets, sides and counts; where the lie is harmless it is at least walked to the last byte."""
    data = writer.write(texture(24, 16, 1), None)
    changed = data[:at] + struct.pack("<I", value) + data[at + 4 :]
    started = time.monotonic()
    walk = bmp.walk(changed)

    assert tiles(walk, len(data))
    assert telling(walk) or (at, value) in {(30, 0), (34, 0), (46, 0), (50, 0)}
    assert time.monotonic() - started < 2
