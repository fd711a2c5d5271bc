"""Plan and picture to a new file."""

import hashlib
import io
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from indelible.errors import IndelibleError, UsageError
from indelible.media import Picture, open_picture
from indelible.model import Box, FillStyle, Kind, Redaction, RedactionPlan, Region, Source, State
from indelible.redact.apply import PlannedRedactor
from indelible.redact.fills.mosaic import block_means
from indelible.redact.selfcheck import check_structure


def scene(seed: int = 3, size: tuple[int, int] = (160, 120)) -> Image.Image:
    """Smooth colours with noise on top."""
    rng = np.random.default_rng(seed)
    small = Image.fromarray(rng.integers(0, 256, (6, 8, 3), dtype=np.uint8))
    return small.resize(size, Image.Resampling.BICUBIC)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    """The bytes of a file that another program might have written."""
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def planned(picture: Picture, *redactions: Redaction) -> PlannedRedactor:
    """A redactor for these decisions."""
    source = Source(sha256=picture.sha256, width=picture.width, height=picture.height)
    return PlannedRedactor.bind(RedactionPlan(source=source, policy="public", redactions=redactions), picture)


def redaction(box: Box, **changes: object) -> Redaction:
    """One face under a black box."""
    return replace(Redaction(id="r1", kind=Kind.FACE, region=Region(box=box)), **changes)  # type: ignore[arg-type]


def test_pixels_outside_the_filled_area_of_a_png_are_exact() -> None:
    """A lossless format loses nothing but the regions."""
    image = scene()
    picture = open_picture(saved(image, "PNG"))
    redactor = planned(picture, redaction(Box(30, 20, 40, 50)))

    output = np.asarray(open_picture(redactor.publish(picture.images)).image)

    expected = np.asarray(image).copy()
    expected[20:70, 30:70] = 0
    assert (output == expected).all()


@pytest.mark.parametrize("sampling", [0, 1, 2])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_region_is_one_value_after_decoding(sampling: int, progressive: bool) -> None:
    """Also in the file of a camera that writes progressive JPEG."""
    picture = open_picture(saved(scene(), "JPEG", quality=85, subsampling=sampling, progressive=progressive))
    redactor = planned(picture, redaction(Box(33, 21, 41, 50)))

    output = open_picture(redactor.publish(picture.images))

    area = redactor.regions[0].region.box
    assert area.contains(Box(33, 21, 41, 50))
    assert np.ptp(np.asarray(output.image.crop(area.corners))) == 0
    assert output.jpeg is not None and picture.jpeg is not None
    assert (output.jpeg.name, output.jpeg.quality) == (picture.jpeg.name, 85)


def test_the_picture_that_is_passed_in_stays_as_it_is() -> None:
    """`publish` may be called again with the same picture, from several threads."""
    picture = open_picture(saved(scene(), "PNG"))
    before = picture.image.tobytes()
    redactor = planned(picture, redaction(Box(0, 0, 50, 50)))

    first, second = redactor.publish(picture.images), redactor.publish(picture.images)

    assert first == second
    assert picture.image.tobytes() == before


def test_a_rejected_region_stays_and_an_undecided_one_goes() -> None:
    """Nobody's decision is read as: remove."""
    picture = open_picture(saved(Image.new("RGB", (60, 40), "white"), "PNG"))
    kept = redaction(Box(0, 0, 10, 10), id="r1", state=State.REJECTED)
    gone = redaction(Box(20, 20, 10, 10), id="r2", state=State.UNDECIDED)

    output = open_picture(planned(picture, kept, gone).publish(picture.images)).image

    assert output.getpixel((5, 5)) == (255, 255, 255)
    assert output.getpixel((25, 25)) == (0, 0, 0)


def test_a_mosaic_does_not_average_what_a_solid_box_beside_it_hides() -> None:
    """Two pictures that differ only under the solid box give the same file."""
    results = []
    for color in ("red", "blue"):
        image = scene()
        image.paste(color, (40, 40, 60, 60))
        picture = open_picture(saved(image, "PNG"))
        solid = redaction(Box(40, 40, 20, 20), id="r1", kind=Kind.TEXT)
        mosaic = redaction(Box(20, 20, 60, 60), id="r2", fill=FillStyle.MOSAIC, blocks=4)
        results.append(planned(picture, solid, mosaic).publish(picture.images))

    assert results[0] == results[1]


def test_a_plan_for_another_file_is_refused() -> None:
    """A plan names its file by digest."""
    one, other = open_picture(saved(scene(1), "PNG")), open_picture(saved(scene(2), "PNG"))
    plan = planned(one, redaction(Box(0, 0, 9, 9))).plan

    with pytest.raises(UsageError, match="another file"):
        PlannedRedactor.bind(plan, other)


@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_a_mosaic_has_few_blocks_and_keeps_their_means(width: int, height: int, blocks: int, seed: int) -> None:
    """Never more cells across the shorter side than asked for, and each cell is one value: its rounded mean."""
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)

    result = block_means(pixels, blocks)

    rows = 1 + int((np.diff(result.astype(int), axis=0) != 0).any(axis=(1, 2)).sum())
    columns = 1 + int((np.diff(result.astype(int), axis=1) != 0).any(axis=(0, 2)).sum())
    assert (rows if height <= width else columns) <= blocks
    assert abs(result.mean() - pixels.mean()) <= 0.51


@pytest.mark.parametrize("make", [
    lambda: saved(scene(), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"),
    lambda: saved(scene(), "JPEG", comment=b"hello"),
    lambda: saved(scene(), "JPEG", progressive=True),
    lambda: saved(scene(), "JPEG") + b"tail",
    lambda: saved(scene(), "PNG", dpi=(72, 72)),
    lambda: saved(scene(), "PNG") + b"tail",
])  # fmt: skip
def test_the_writers_last_look_stops_what_is_not_on_its_list(make: Callable[[], bytes]) -> None:
    """An encoder that starts to write something new does not get it published."""
    data = make()

    with pytest.raises(IndelibleError, match="not on the output's list"):
        check_structure(data, "png" if data.startswith(b"\x89") else "jpeg")


def test_same_plan_same_file_same_bytes() -> None:
    """Bound twice, decoded twice."""
    data = saved(scene(), "JPEG", quality=90)
    digests = set()
    for _ in range(2):
        picture = open_picture(data)
        digests.add(hashlib.sha256(planned(picture, redaction(Box(5, 5, 50, 50))).publish(picture.images)).hexdigest())

    assert len(digests) == 1
