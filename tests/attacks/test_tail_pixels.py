"""The pixels of a picture whose file was overwritten and not cut off come back: exactly, without being told the width."""

import io
import struct
import zipfile
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from indelible.attacks.methods import ATTACKS, Budget, Target
from indelible.attacks.tail_restore import Restored, restore
from indelible.model import Outcome


def scene(size: tuple[int, int], seed: int) -> Image.Image:
    """Stripes, boxes and a little noise: like a screen with a photograph on it."""
    rng = np.random.default_rng(seed)
    width, height = size
    pixels = np.full((height, width, 3), 244, np.int16)
    for _ in range(60):
        x, y = int(rng.integers(0, width - 20)), int(rng.integers(0, height - 20))
        pixels[y : y + int(rng.integers(4, 60)), x : x + int(rng.integers(4, 200))] = rng.integers(0, 256, 3)
    noisy = slice(height // 3, height)
    pixels[noisy, : width // 2] += rng.integers(-4, 5, pixels[noisy, : width // 2].shape, dtype=np.int16)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def encoded(image: Image.Image, file_format: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, file_format, **options)
    return stream.getvalue()


def overwritten(small: bytes, old: bytes, share: float) -> bytes:
    """``small``, made longer by comments, over the beginning of ``old``."""
    missing = int(share * len(old)) - len(small)
    if small.startswith(b"\x89PNG"):
        body = bytes(max(0, missing - 12))
        chunk = struct.pack(">I", len(body)) + b"prVt" + body + struct.pack(">I", zlib.crc32(b"prVt" + body))
        small = small[:-12] + chunk + small[-12:]
    elif small.startswith(b"GIF"):
        small = small[:-1] + b"\x21\xfe" + (b"\xff" + bytes(255)) * max(0, missing // 256) + b"\0;"
    else:
        comment = b"\xff\xfe" + (60_002).to_bytes(2) + bytes(60_000)
        small = small[:2] + comment * max(0, missing // len(comment)) + small[2:]
    return small + old[len(small) :]


def exact(found: Restored | None, truth: np.ndarray) -> tuple[float, float]:
    """Share of the pixels said to be certain that are right, and share of the pixels below the first that are said so."""
    assert found is not None
    assert found.width == truth.shape[1]
    count = min(len(truth), len(found.pixels))
    known = found.known[-count:]
    same = (found.pixels[-count:] == truth[-count:]).all(axis=2)
    return (float(same[known].mean()) if known.any() else 0.0), float(known.mean())


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("level", [6, 9])
@pytest.mark.parametrize("share", [0.1, 0.4])
def test_pixels_of_an_overwritten_png_are_exact(mode: str, level: int, share: float) -> None:
    """Screenshots and photographs, in both kinds of pixels that the two known editors write."""
    picture = scene((540, 700), 3).convert(mode)
    small = encoded(scene((40, 30), 4).convert(mode), "PNG")

    found = restore(overwritten(small, encoded(picture, "PNG", compress_level=level), share))

    right, certain = exact(found, np.asarray(picture))
    assert right >= 0.999 and certain >= 0.2
    assert found is not None and found.structured


def test_rows_of_an_overwritten_gif_are_exact() -> None:
    """From the first clear code behind the new file's end, in the new file's palette."""
    picture = scene((500, 600), 5).quantize(64)
    old = encoded(picture, "GIF", interlace=0)
    small = encoded(Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8)), "GIF")

    found = restore(overwritten(small, old, 0.3))

    with Image.open(io.BytesIO(old)) as image:
        truth = np.asarray(image)[..., None]
    assert found is not None and found.rows >= 200
    assert exact(found, truth)[0] >= 0.99


@pytest.mark.parametrize("restart", [{"restart_marker_rows": 1}, {"restart_marker_blocks": 7}])
def test_rows_of_an_overwritten_jpeg_with_restart_markers_come_back(restart: dict[str, int]) -> None:
    """Whether a stretch between two markers is a row or not."""
    picture = scene((480, 640), 6)
    old = encoded(picture, "JPEG", quality=92, subsampling=0, **restart)
    small = encoded(picture.crop((0, 0, 64, 64)), "JPEG", quality=92, subsampling=0)

    found = restore(overwritten(small, old, 0.3))

    with Image.open(io.BytesIO(old)) as image:
        assert exact(found, np.asarray(image)) >= (0.99, 0.99)


@given(st.binary(max_size=2000), st.sampled_from(["PNG", "GIF", "JPEG"]))
@settings(max_examples=60, deadline=None)
def test_any_other_tail_restores_nothing(tail: bytes, file_format: str) -> None:
    """Noise, with or without the names and markers of the format in it; and no file at all."""
    whole = encoded(Image.effect_noise((40, 30), 50), file_format)

    assert restore(whole) is None
    assert restore(whole + tail) is None
    assert restore(whole + tail + b"\0\0\0\x10IDAT" + tail + b"\0\0\0\0IEND\xaeB`\x82") is None
    assert restore(whole + b"\xff\xd0" + tail + b"\xff\xd1" + tail + b"\xff\xd2" + tail + b"\xff\xd9") is None
    assert restore(tail) is None


def test_a_second_whole_picture_or_an_archive_is_not_an_overwritten_one() -> None:
    """They are found by their signatures, elsewhere."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", 8) as file:
        file.writestr("a.txt", np.random.default_rng(1).bytes(4000).hex())
    others = [archive.getvalue(), encoded(scene((200, 150), 7), "JPEG"), encoded(scene((200, 150), 7), "PNG")]

    for file_format in ("PNG", "GIF", "JPEG"):
        whole = encoded(scene((60, 40), 8), file_format)
        assert [restore(whole + other) for other in others] == [None] * 3


def test_the_attack_breaks_its_own_example_and_no_other() -> None:
    """The controls of A401."""
    attack = ATTACKS.get("tail_restore")

    assert attack.run(attack.broken_one(), Budget(), 1).outcome is Outcome.BROKEN
    assert attack.run(attack.held_one(), Budget(), 1).outcome is Outcome.HELD
    assert attack.applies(Target(image=Image.new("L", (1, 1)), file=b"x")) == "other_format"
