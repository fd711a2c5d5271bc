"""Swirls and shuffles: found, undone, silent on what is merely round or regular; bad input and budgets."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PIL import Image, ImageDraw
from skimage.metrics import structural_similarity

from indelible.attacks.face_drawn import draw_face
from indelible.attacks.methods import Budget, Run, Target, permutation_inverse, warp_inverse
from indelible.attacks.methods.face_parrot import face_target
from indelible.attacks.tile_grid import Jigsaw, cut, find_tiles, placed
from indelible.attacks.warp_model import PINCHES, SWIRLS, Warp, forward, restore
from indelible.attacks.warp_region import find_warps
from indelible.model import Box
from indelible.model.vocabulary import Outcome

RUNS = pytest.mark.parametrize("run", [warp_inverse.run, permutation_inverse.run], ids=["warp", "shuffle"])


def room(who: int) -> np.ndarray:
    """A drawn face in a plain room, 260 x 300."""
    picture = np.repeat(np.linspace(120, 170, 300).astype(np.uint8)[:, None, None], 260, axis=1).repeat(3, axis=2)
    picture[30:270, 34:226] = draw_face(who, 1, (192, 240))
    return picture


def alike(one: np.ndarray, other: np.ndarray) -> float:
    return float(structural_similarity(one, other, channel_axis=2))


@pytest.mark.parametrize(
    "warp",
    [
        *(Warp(kind="swirl", family=family, amount=2.5, radius=80, x=130, y=150) for family in SWIRLS),
        *(Warp(kind="pinch", family=family, amount=0.4, radius=80, x=130, y=150) for family in PINCHES),
        Warp(kind="wave", family="rows", amount=6, radius=50, phase=1),
        Warp(kind="wave", family="columns", amount=6, radius=50, phase=1),
    ],
    ids=lambda warp: f"{warp.kind}-{warp.family}",
)
def test_every_warp_is_undone_by_its_own_numbers(warp: Warp) -> None:
    picture = room(1)
    warped = forward(picture, warp)
    part = (slice(60, 240), slice(40, 220))

    assert alike(warped[part], picture[part]) < 0.9
    assert alike(restore(warped, warp)[part], picture[part]) > 0.9


def test_a_swirl_is_recovered_and_undone() -> None:
    true = Warp(kind="swirl", family="linear", amount=-4.1, radius=100, x=132, y=148)
    picture = room(302)
    warped = Image.fromarray(forward(picture, true))
    target = Target(image=warped, box=Box(32, 48, 200, 200))

    result = warp_inverse.run(target, Budget(), 0)
    back = warp_inverse.reconstruct(warped, target.box)

    assert result.outcome is Outcome.BROKEN
    assert back is not None
    image, found = back
    assert found.radius == pytest.approx(true.radius, rel=0.05) and found.amount == pytest.approx(true.amount, rel=0.05)
    assert np.hypot(found.x - true.x, found.y - true.y) < 4
    part = (slice(50, 250), slice(35, 230))
    assert alike(np.asarray(image)[part], picture[part]) > max(0.6, alike(np.asarray(warped)[part], picture[part]))


def test_a_swirl_is_found_in_a_picture_and_round_things_are_not() -> None:
    picture = np.full((300, 460, 3), 140, np.uint8)
    picture[:, :260] = room(302)
    true = Warp(kind="swirl", family="linear", amount=4.0, radius=95, x=130, y=150)
    areas = find_warps(Image.fromarray(forward(picture, true)))
    wheel = Image.new("RGB", (300, 300), (220, 220, 210))
    pen = ImageDraw.Draw(wheel)
    for radius in (130, 105, 80, 55, 30):
        pen.ellipse((150 - radius, 150 - radius, 150 + radius, 150 + radius), fill=(radius, 200 - radius, 90))

    assert len(areas) == 1 and np.hypot(areas[0].warp.x - 130, areas[0].warp.y - 150) < 15
    assert find_warps(wheel) == ()
    assert find_warps(Image.new("RGB", (1, 1))) == () and find_warps(Image.new("L", (90, 90))) == ()


@pytest.mark.parametrize("tiles", [(4, 4), (6, 4)])
def test_shuffled_tiles_go_back_to_their_places(tiles: tuple[int, int]) -> None:
    face = draw_face(61, 1, (192, 240))
    order = np.random.default_rng(4).permutation(tiles[0] * tiles[1])
    shuffled = placed(face, Jigsaw(rows=tiles[0], columns=tiles[1], order=tuple(order.tolist()), before=1, after=1))
    picture = np.full((280, 230, 3), 160, np.uint8)
    picture[20:260, 20:212] = shuffled
    box = Box(20, 20, 192, 240)

    result = permutation_inverse.run(Target(image=Image.fromarray(picture), box=box), Budget(), 0)
    back = permutation_inverse.reconstruct(Image.fromarray(picture), box)

    assert result.outcome is Outcome.BROKEN and (result.estimated["rows"], result.estimated["columns"]) == tiles
    assert back is not None and (np.asarray(back) == face).all(axis=2).mean() > 0.9


def test_ordinary_and_regular_pictures_are_no_shuffles() -> None:
    yard = np.full((120, 160, 3), 120, np.uint8)
    yard[::12] = 60
    yard[:, ::20] = 60

    assert find_tiles(draw_face(3, 1)) is None and find_tiles(yard) is None
    assert find_tiles(np.random.default_rng(0).integers(0, 256, (96, 96, 3), dtype=np.uint8)) is None
    assert cut(yard, 2, 2).shape == (4, 60, 80, 3)


@RUNS
def test_controls_come_out_as_they_must(run: Run) -> None:
    from indelible.attacks.methods import ATTACKS

    name = "warp_inverse" if run is warp_inverse.run else "permutation_inverse"
    one = ATTACKS.get(name)

    assert run(one.broken_one(), Budget(), 0).outcome is Outcome.BROKEN
    assert run(one.held_one(), Budget(), 0).outcome in (Outcome.HELD, Outcome.NOT_APPLICABLE)


@RUNS
def test_mosaics_fills_and_noise_are_not_called_broken(run: Run) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (120, 120, 3), dtype=np.uint8)
    noisy = Target(image=Image.fromarray(noise), box=Box(10, 10, 90, 90))

    for target in (face_target(blocks=8), face_target(blocks=None), noisy):
        assert run(target, Budget(), 0).outcome is not Outcome.BROKEN


@RUNS
@pytest.mark.parametrize(
    "box", [Box(0, 0, 1, 1), Box(900, 900, 50, 50), Box(0, 0, 5_000, 5_000), Box(100, 100, 400, 2), None]
)
def test_odd_regions_never_raise(run: Run, box: Box | None) -> None:
    assert run(Target(image=Image.fromarray(room(2)), box=box), Budget.of(3), 0).outcome is not Outcome.BROKEN


@RUNS
def test_a_spent_budget_is_inconclusive(run: Run) -> None:
    name = "warp_inverse" if run is warp_inverse.run else "permutation_inverse"
    from indelible.attacks.methods import ATTACKS

    began = time.monotonic()
    result = run(ATTACKS.get(name).broken_one(), Budget(deadline=began), 0)

    assert result.outcome is Outcome.INCONCLUSIVE and result.why == "R-BUDGET-CUT"
    assert time.monotonic() - began < 5
