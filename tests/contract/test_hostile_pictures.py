"""Pictures that nobody takes: every detector answers, within the frame, in bounded time, and says what it left out."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from indelible.detect.registry import DETECTORS
from indelible.detect.scene import Scene
from indelible.media import Picture
from indelible.model import Detection, NotExamined, Policy, TextMode

#: Seconds for a picture of under a megapixel: ten times what the slowest needs on a quiet machine.
BOUND_S = 60.0


def _noise() -> Image.Image:
    return Image.fromarray(np.random.default_rng(3).integers(0, 256, (360, 480, 3), dtype=np.uint8))


def _picture_of_pictures() -> Image.Image:
    """A wall of framed noise."""
    wall, frame = Image.new("RGB", (600, 450), (200, 190, 170)), _noise().resize((90, 70))
    for number in range(20):
        wall.paste(frame, (20 + 115 * (number % 5), 20 + 105 * (number // 5)))
    return wall


PICTURES: dict[str, Callable[[], Image.Image]] = {
    "one pixel": lambda: Image.new("RGB", (1, 1), "red"),
    "a tall strip": lambda: Image.new("L", (1, 20_000), 90),
    "a wide strip": lambda: Image.new("RGB", (20_000, 1), "white"),
    "black": lambda: Image.new("RGB", (640, 480)),
    "white, grey": lambda: Image.new("L", (640, 480), 255),
    "noise": _noise,
    "a picture of pictures": _picture_of_pictures,
    "grey and alpha, as opened": lambda: Image.new("LA", (64, 48), (120, 0)).convert("L"),
}


@pytest.mark.parametrize("name", DETECTORS.names())
@pytest.mark.parametrize("picture", sorted(PICTURES))
def test_no_picture_breaks_a_detector(name: str, picture: str) -> None:
    image = PICTURES[picture]()
    scene = Scene(Picture(format="png", sha256="0" * 64, image=image, stored_size=image.size, orientation=1))
    entry = DETECTORS.get(name)
    started = time.monotonic()

    results = tuple(entry.run(scene, Policy(text=TextMode.ALL)))

    assert time.monotonic() - started < BOUND_S
    assert all(isinstance(item, Detection | NotExamined) for item in results)
    assert all(item.box.inside(*image.size) for item in results if isinstance(item, Detection))
    if picture in ("black", "white, grey", "one pixel"):
        assert not [item for item in results if isinstance(item, Detection)]
