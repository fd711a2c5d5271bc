"""Faces are found large and tiny, the right way up or not, and pictures without any stay silent."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from skimage import data

from indelible.detect import store
from indelible.detect.face_passes import TILE_FROM, TILE_OVERLAP, TILE_SIDE, WHOLE_PX, scales, tiles
from indelible.detect.faces import find_faces
from indelible.detect.scene import Scene
from indelible.media import Picture
from indelible.model import Box, Detection, Policy
from indelible.model.geometry import covered_share

pytestmark = pytest.mark.skipif(
    not all(row.digest_ok for row in store.status() if row.name == "centerface"),
    reason="the face model is not installed: indelible models install",
)

FACE = Box(185, 65, 82, 112)  # forehead to chin in the astronaut picture of scikit-image


def astronaut() -> Image.Image:
    return Image.fromarray(data.astronaut())


def scene(image: Image.Image) -> Scene:
    return Scene(Picture(format="png", sha256="0" * 64, image=image, stored_size=image.size, orientation=1))


def faces(scene: Scene, policy: Policy) -> tuple[Detection, ...]:
    """What is found, without what the detector says of parts it left out."""
    return tuple(item for item in find_faces(scene, policy) if isinstance(item, Detection))


def test_a_portrait_has_one_face_and_it_is_covered() -> None:
    found = faces(scene(astronaut()), Policy())

    assert len(found) == 1
    assert covered_share(FACE, [found[0].box]) >= 0.9
    assert found[0].box.area <= 2 * FACE.area


def test_a_grey_portrait_works_too() -> None:
    assert len(faces(scene(astronaut().convert("L")), Policy())) == 1


@pytest.mark.parametrize("name", ["coffee", "rocket"])
def test_a_picture_without_people_stays_silent(name: str) -> None:
    assert faces(scene(Image.fromarray(getattr(data, name)())), Policy()) == ()


@pytest.mark.parametrize("height", [14, 24])
def test_one_tiny_face_alone_on_a_page_is_found(height: int) -> None:
    scale = height / FACE.height
    head = astronaut().crop((120, 20, 340, 260))
    head = head.resize((round(head.width * scale), round(head.height * scale)), Image.Resampling.LANCZOS)
    page = Image.new("RGB", (640, 480), "white")
    page.paste(head, (300, 200))
    where = Box(
        300 + round((FACE.x - 120) * scale), 200 + round((FACE.y - 20) * scale), round(FACE.width * scale), height
    )

    found = faces(scene(page), Policy())

    assert covered_share(where, [item.box.grown(2, 3, 640, 480) for item in found]) >= 0.75


@pytest.mark.parametrize("turn", [Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270])
def test_a_face_on_its_side_is_found_where_it_is(turn: Image.Transpose) -> None:
    mark = Image.new("L", (512, 512))
    mark.paste(255, FACE.corners)
    left, top, right, bottom = mark.transpose(turn).getbbox() or (0, 0, 1, 1)

    found = faces(scene(astronaut().transpose(turn)), Policy())

    assert covered_share(Box(left, top, right - left, bottom - top), [item.box for item in found]) >= 0.75


def test_a_face_on_its_side_that_fills_a_large_picture_is_found() -> None:
    """Seen at a small size only: the larger copy is looked at where the smaller one left a trace."""
    head = astronaut().crop((150, 20, 310, 210)).resize((1600, 1900)).transpose(Image.Transpose.ROTATE_90)

    found = faces(scene(head), Policy())

    assert covered_share(Box(450, 430, 1120, 820), [item.box for item in found]) >= 0.75


def test_sizes_do_not_leak_into_each_other() -> None:
    """A net that keeps its first input size is silently wrong on the next: sizes A, B, A must agree."""
    first, other = scene(astronaut()), scene(astronaut().crop((60, 0, 451, 300)))

    before = faces(first, Policy())
    between = faces(other, Policy())
    after = faces(first, Policy())

    assert before == after
    assert len(between) == 1


def test_a_face_in_a_large_picture_is_found_through_tiles() -> None:
    sheet = Image.new("RGB", (4300, 1000), (90, 110, 130))
    sheet.paste(astronaut().resize((256, 256)), (TILE_SIDE - 150, 600))  # across the border between two tiles
    face = Box(TILE_SIDE - 150 + FACE.x // 2, 600 + FACE.y // 2, FACE.width // 2, FACE.height // 2)

    found = faces(scene(sheet), Policy())

    assert covered_share(face, [item.box for item in found]) >= 0.9


def test_no_box_is_larger_than_the_picture() -> None:
    noise = Image.fromarray(np.random.default_rng(7).integers(0, 256, (97, 131, 3), dtype=np.uint8))

    for item in faces(scene(noise), Policy()):
        assert item.box.inside(131, 97)


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (31, 33)])
def test_odd_sizes_are_no_problem(size: tuple[int, int]) -> None:
    assert faces(scene(Image.new("RGB", size, "white")), Policy()) == ()


@pytest.mark.parametrize("size", [(500, 400), (1024, 768), (1601, 1700), (4000, 3000), (12000, 9000), (20000, 100)])
def test_tiles_cover_every_pixel_and_keep_the_work_bounded(size: tuple[int, int]) -> None:
    width, height = size
    seen_x, seen_y = np.zeros(width, dtype=bool), np.zeros(height, dtype=bool)
    largest = scales(width, height)[-1]
    for left, top, right, bottom in tiles((0, 0, width, height), largest):
        seen_x[left:right] = True
        seen_y[top:bottom] = True
        assert (right - left) * (bottom - top) * largest * largest <= TILE_FROM

    assert seen_x.all() and seen_y.all()
    assert TILE_OVERLAP < TILE_SIDE
    assert sum((width * scale) * (height * scale) for scale in scales(width, height)) <= 1.4 * WHOLE_PX
