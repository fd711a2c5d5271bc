"""Every byte of a WebP has a name, flags and sizes agree, and nothing lies behind the end of a coded stream."""

from __future__ import annotations

import io
import struct
import time

import numpy as np
import pytest
from PIL import Image

from indelible.corpus.case import RECIPES, cases
from indelible.corpus.webpfile import ALPHA, ANIMATION, EXIF, Chunk, coded, extended, frame, join, split
from indelible.redact.formats import webp as writer
from indelible.redact.selfcheck import check_structure
from indelible.verify.containers import Walk, webp
from indelible.verify.containers.vp8 import TOLERATED
from indelible.verify.containers.vp8_header import still_file
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


@pytest.mark.parametrize("name", [name for name in RECIPES.names() if name.startswith("webp.")])
def test_a_planted_payload_is_found_and_its_twin_is_clean(name: str) -> None:
    """Each recipe with its rule and channel; every byte keeps a name."""
    for case in cases(3, 2, frozenset({name})):
        walk = webp.walk(case.published)
        assert case.expected <= telling(walk)
        assert case.leaky or not telling(walk)
        assert tiles(walk, len(case.published))


def drawn(number: int) -> Image.Image:
    """Textures, flat parts, few colours, one colour, black and white; odd sizes."""
    rng = np.random.default_rng(number)
    width, height = int(rng.integers(1, 130)), int(rng.integers(1, 130))
    image = texture(max(width, 8), max(height, 8), number).crop((0, 0, width, height))
    if number % 6 == 1:
        image.paste((0, 0, 0), (0, height // 2, width, height))
    elif number % 6 == 2:
        image.paste((255, 255, 255), (width // 3, height // 3, width, height))
    elif number % 6 == 3:
        image = image.quantize(5).convert("RGB")
    elif number % 6 == 4:
        image = Image.new("RGB", (width, height), (number % 256, 3, 4))
    elif number % 6 == 5:
        image = image.convert("L").point(lambda value: 255 * (value > 200)).convert("RGB")
    return image


def test_clean_files_of_the_library_have_no_finding() -> None:
    """Flat areas and partial macroblocks do not look like slack."""
    for number in range(150):
        stream = io.BytesIO()
        drawn(number).save(stream, "WEBP", quality=1 + number * 7 % 100, lossless=number % 4 == 0, method=number % 7)
        assert not telling(webp.walk(stream.getvalue())), number


def test_alpha_as_the_library_writes_it() -> None:
    """ALPH beside VP8 and alpha inside VP8L are walked; what is cleared beneath is no finding."""
    image = texture(120, 90, 3)
    image.putalpha(Image.linear_gradient("L").resize(image.size).point(lambda value: max(value, 1)))
    for options in ({"quality": 80}, {"lossless": True}, {"quality": 60, "alpha_quality": 40}):
        data = join(coded(image, **options))
        walk = webp.walk(data)
        assert not telling(walk) and tiles(walk, len(data))


@pytest.mark.parametrize("kind", [b"VP8 ", b"VP8L"])
def test_slack_is_found_down_to_a_few_bytes(kind: bytes) -> None:
    """Nine bytes behind a lossy stream, three behind a lossless one; what they are does not matter."""
    image = texture(85, 71, 4)
    (chunk,) = coded(image, lossless=kind == b"VP8L", quality=80)
    least = TOLERATED + 1 if kind == b"VP8 " else 3
    for extra in (bytes(least), b"\xff" * least, np.random.default_rng(1).bytes(400)):
        walk = webp.walk(still_file(kind, chunk.data + extra, None, image.size))
        assert telling(walk) == {("L304", "webp.vp8.slack")}


def test_partitions_that_do_not_fit_are_not_believed() -> None:
    """A first partition that is longer than the stream."""
    (chunk,) = coded(texture(128, 160, 5), quality=80)
    first = 10 + (int.from_bytes(chunk.data[:3], "little") >> 5)
    walk = webp.walk(join((Chunk(b"VP8 ", chunk.data[: first - 2]),)))

    assert {("L306", "webp.vp8.partitions"), ("L310", "webp.stream")} <= telling(walk)


def test_the_frames_of_an_animation_are_the_picture_and_are_told() -> None:
    """The walk cannot tell what was decided of each; nothing else is said of the file."""
    frames = [texture(61, 41, seed) for seed in range(3)]
    data = writer.write_frames(frames, [100, 40, 70_000], 2)
    check_structure(data, "webp")
    with Image.open(io.BytesIO(data)) as image:
        assert (getattr(image, "n_frames", 1), image.info["loop"]) == (3, 2)
    inspection = webp.inspect(data)

    assert [(item.rule, item.channel, item.cannot_tell) for item in inspection.walk.findings] == [
        ("L211", "webp.frames", True)
    ]
    assert tiles(inspection.walk, len(data))


def test_a_frame_outside_the_canvas_is_found_in_an_animation_too() -> None:
    """A strict decoder refuses it; a lenient one shows a part."""
    (still,) = coded(texture(64, 48, 1), quality=80)
    inside = frame(still, (64, 48), 100)
    moved = Chunk(b"ANMF", struct.pack("<I", 40)[:3] + inside.data[3:])
    data = join((extended(ANIMATION, (64, 48)), Chunk(b"ANIM", bytes(6)), inside, moved))

    assert ("L306", "webp.frame.outside") in telling(webp.inspect(data).walk)


def test_the_writer_is_the_same_every_time_and_writes_one_chunk() -> None:
    """Colour and grey; every pixel is kept."""
    image = texture(97, 61, 2)
    for written in (writer.write(image, None), writer.write(image.convert("L"), None)):
        check_structure(written, "webp")
        assert len(split(written)) == 1 and not telling(webp.walk(written))
    assert writer.write(image, None) == writer.write(image.copy(), None)
    assert Image.open(io.BytesIO(writer.write(image, None))).tobytes() == image.tobytes()


def test_a_file_cut_anywhere_is_never_clean() -> None:
    """Truncation at every place of small files."""
    (still,) = coded(texture(24, 16, 1), quality=60)
    for data in (
        join((still,)),
        join((extended(EXIF, (24, 16)), still, Chunk(b"EXIF", b"II*\0\x08\0\0\0\0\0\0\0\0\0"))),
    ):
        for edge in range(1, len(data), 3):
            walk = webp.walk(data[:edge])
            assert telling(walk) and tiles(walk, edge)


@pytest.mark.parametrize("size", [0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])
def test_lying_sizes_are_not_believed(size: int) -> None:
    """In the header and in a chunk."""
    data = writer.write(texture(24, 16, 1), None)
    for at in (4, 16):
        walk = webp.walk(data[:at] + struct.pack("<I", size) + data[at + 4 :])
        assert telling(walk) and tiles(walk, len(data))


def test_a_million_tiny_chunks_end_in_time() -> None:
    """The number of structures has a cap, in the file and in a frame."""
    still = split(writer.write(texture(24, 16, 1), None))[0]
    tiny = Chunk(b"abcd", b"").to_bytes() * 1_000_000
    inner = Chunk(b"ANMF", frame(still, (24, 16), 1).data + tiny)
    for data in (join((still, tiny)), join((extended(ANIMATION, (24, 16)), Chunk(b"ANIM", bytes(6)), inner))):
        started = time.monotonic()
        assert ("L302", "webp.chunk.unknown") in telling(webp.walk(data))
        assert time.monotonic() - started < 4


def test_a_picture_too_large_to_decode_is_undecided() -> None:
    """A lossless stream of one colour says 16,384 by 16,384 in thirty bytes."""
    (chunk,) = coded(Image.new("RGB", (16, 16)), lossless=True)
    head = (16383 | 16383 << 14).to_bytes(4, "little")
    started = time.monotonic()

    assert ("L315", "webp.budget") in telling(webp.walk(join((Chunk(b"VP8L", b"\x2f" + head + chunk.data[5:]),))))
    assert time.monotonic() - started < 2


def test_alpha_that_no_flag_announces() -> None:
    """The alpha chunk needs its flag, and belongs beside a lossy picture."""
    (lossy,) = coded(texture(32, 16, 1), quality=80)
    (lossless,) = coded(texture(32, 16, 1), lossless=True)
    alpha = Chunk(b"ALPH", b"\0" + b"\xff" * 512)

    assert not telling(webp.walk(join((extended(ALPHA, (32, 16)), alpha, lossy))))
    assert ("L306", "webp.flags") in telling(webp.walk(join((extended(0, (32, 16)), alpha, lossy))))
    assert ("L305", "webp.alph.unused") in telling(webp.walk(join((extended(ALPHA, (32, 16)), alpha, lossless))))
    assert ("L306", "webp.canvas") in telling(webp.walk(join((extended(ALPHA, (32, 17)), alpha, lossy))))
