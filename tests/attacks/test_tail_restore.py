"""An overwritten PNG gives its old scanlines back; whatever else stands behind a picture does not."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from indelible.attacks.tail_restore import restored_bytes


def png(size: tuple[int, int], seed: int, mode: str = "RGB", level: int = 6) -> bytes:
    """A picture that does not compress to nothing."""
    rng = np.random.default_rng(seed)
    small = Image.fromarray(rng.integers(0, 256, (20, 30, 3), dtype=np.uint8)).resize(size)
    noisy = np.clip(np.asarray(small).astype(np.int16) + rng.integers(-5, 6, (size[1], size[0], 3)), 0, 255)
    stream = io.BytesIO()
    Image.fromarray(noisy.astype(np.uint8)).convert(mode).save(stream, "PNG", compress_level=level)
    return stream.getvalue()


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
@pytest.mark.parametrize("level", [6, 9])
@pytest.mark.parametrize("share", [0.01, 0.2, 0.5])
def test_rows_behind_the_new_end_come_back(mode: str, level: int, share: float) -> None:
    """Wherever the new file ends within the old one; what stands before the first block behind that is lost."""
    old = png((640, 480), 1, mode, level)
    whole = 480 * (640 * len(mode) + 1)

    restored = restored_bytes(old[int(share * len(old)) :])

    assert restored > (1 - share) * whole - 0.4 * whole


@given(st.binary(max_size=3000))
@settings(max_examples=50, deadline=None)
def test_other_tails_stay_silent(data: bytes) -> None:
    """Also with the names of chunks in them."""
    assert restored_bytes(data) == 0
    assert restored_bytes(data + b"\0\0\0\x10IDAT" + data + b"\0\0\0\0IEND\xaeB`\x82") == 0


def test_a_second_whole_picture_behind_the_first_is_another_finding() -> None:
    """It is found by its signature; here nothing was overwritten."""
    jpeg = io.BytesIO()
    Image.effect_noise((200, 150), 60).save(jpeg, "JPEG")

    assert restored_bytes(jpeg.getvalue()) == 0
