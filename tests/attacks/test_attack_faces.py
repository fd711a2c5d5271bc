"""Attacks on faces: who is it under a mosaic, a blur, black; what they may never claim; bad input and budgets. All faces are drawn."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest
from PIL import Image

from indelible.attacks.bayes_leakage import bayes_leakage
from indelible.attacks.face_again import reconstruct
from indelible.attacks.face_drawn import draw_face
from indelible.attacks.face_filter import estimate_filter
from indelible.attacks.face_limits import blur_carries_identity, mosaic_within_limits
from indelible.attacks.face_rank import rank_curve
from indelible.attacks.grid import estimate_grid
from indelible.attacks.methods import Budget, Run, Target, face_matched, face_parrot
from indelible.attacks.methods.face_parrot import face_target, identify
from indelible.model import Box, Kind
from indelible.model.vocabulary import Outcome

PERSONS = 20
METHODS = pytest.mark.parametrize("run", [face_parrot.run, face_matched.run], ids=["parrot", "matched"])


def mosaic(face: np.ndarray, blocks: int) -> np.ndarray:
    height, width = face.shape[:2]
    rows, columns = ((np.arange(length) * blocks // width) for length in (height, width))
    out = np.empty_like(face)
    for row in np.unique(rows):
        for column in np.unique(columns):
            cell = np.ix_(rows == row, columns == column)
            out[cell] = face[cell].mean(axis=(0, 1)).round()
    return out


def blur(face: np.ndarray, sigma: float) -> np.ndarray:
    return np.asarray(cv2.GaussianBlur(face, (0, 0), sigma))


@pytest.fixture(scope="module")
def gallery() -> dict[str, tuple[np.ndarray, ...]]:
    return {f"p{number:02}": tuple(draw_face(number, occasion) for occasion in (1, 2, 3)) for number in range(PERSONS)}


def probes_of(apply: object) -> list[tuple[str, np.ndarray]]:
    assert callable(apply)
    return [(f"p{number:02}", apply(draw_face(number, 8))) for number in range(PERSONS)]


@pytest.mark.parametrize("attack", [face_parrot, face_matched], ids=["parrot", "matched"])
@pytest.mark.claim("T-ATK-REID")
@pytest.mark.claim("T-SING-01")
@pytest.mark.claim("T-LINK-02")
def test_a_face_in_a_gallery_of_twenty_is_known_under_eight_blocks_and_under_a_blur(
    attack: object, gallery: dict[str, tuple[np.ndarray, ...]]
) -> None:
    for apply in (lambda face: mosaic(face, 8), lambda face: blur(face, 7.0)):
        curve = attack.evaluate(probes_of(apply), gallery)  # type: ignore[attr-defined]

        assert curve.rank1 >= 0.6
        assert curve.auc >= 0.9
        assert curve.outcome is Outcome.BROKEN


@pytest.mark.claim("T-ATK-REID")
@pytest.mark.claim("T-SING-01")
@pytest.mark.claim("T-LINK-02")
@pytest.mark.claim("T-INF-01")
def test_under_black_and_with_shuffled_labels_it_is_chance(gallery: dict[str, tuple[np.ndarray, ...]]) -> None:
    black = face_parrot.evaluate(probes_of(np.zeros_like) * 10, gallery)
    labels = sorted(gallery)
    shuffled = [(labels[(number * 7 + 3) % PERSONS], region) for number, (_, region) in enumerate(probes_of(mosaic_8))]
    wrong = face_parrot.evaluate(shuffled, gallery)

    assert black.outcome is not Outcome.BROKEN and black.auc == 0.5 and black.rank1 <= 0.12
    assert wrong.outcome is not Outcome.BROKEN and wrong.rank1 <= 0.15


def mosaic_8(face: np.ndarray) -> np.ndarray:
    return mosaic(face, 8)


@METHODS
@pytest.mark.claim("T-ATK-REID")
def test_both_controls_come_out_as_they_must(run: Run) -> None:
    broken = run(face_target(blocks=16), Budget(), 3)
    held = run(face_target(blocks=None), Budget(), 3)

    assert broken.outcome is Outcome.BROKEN and broken.success is not None and broken.baseline is not None
    assert broken.control is not None and broken.success - broken.control > 0.5
    assert broken.interval is not None and broken.interval[0] > 5 * broken.baseline
    assert held.outcome is Outcome.HELD and held.guesses == () and held.interval is not None


def test_the_same_seed_gives_the_same_row() -> None:
    target = face_target(blocks=16)
    first, second = (face_parrot.run(target, Budget(effort=0.2), 5) for _ in range(2))

    assert first.success == second.success and first.guesses == second.guesses and first.estimated == second.estimated


def test_identify_ranks_the_right_label_first_with_a_posterior(gallery: dict[str, tuple[np.ndarray, ...]]) -> None:
    ranked = identify(mosaic(draw_face(5, 8), 12), gallery, calibrate=True)

    assert ranked[0].label == "p05" and len(ranked) == PERSONS
    assert [item.score for item in ranked] == sorted((item.score for item in ranked), reverse=True)
    assert ranked[0].posterior is not None and sum(item.posterior or 0.0 for item in ranked) <= 1.0 + 1e-9
    assert "p05" not in repr(ranked)


def test_a_region_that_is_no_face_is_not_broken(gallery: dict[str, tuple[np.ndarray, ...]]) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (120, 96, 3), dtype=np.uint8)
    target = Target(image=Image.fromarray(mosaic(noise, 12)), box=Box(0, 0, 96, 120), gallery=gallery)

    result = face_parrot.run(target, Budget(effort=0.3), 0)

    assert result.outcome is Outcome.INCONCLUSIVE and result.why == "R-COVERAGE-GAP" and result.guesses == ()


@METHODS
def test_what_is_not_its_business_is_told_in_a_closed_word(run: Run) -> None:
    image = Image.fromarray(mosaic(draw_face(1, 1), 8))
    box = Box(0, 0, 96, 120)
    two = {"a": (draw_face(1, 2),), "b": (draw_face(2, 2),)}

    def why(**changes: object) -> str | None:
        values: dict[str, object] = {"image": image, "box": box, "gallery": two} | changes
        result = run(Target(**values), Budget(), 0)  # type: ignore[arg-type]
        assert result.outcome is Outcome.NOT_APPLICABLE
        return result.why

    assert why(gallery={}) == "no_gallery"
    assert why(gallery={"a": (draw_face(1, 2),)}) == "gallery_too_small"
    assert why(kind=Kind.TEXT) == "other_kind"
    assert why(box=None) == "no_region"
    assert why(box=Box(0, 0, 1, 1)) == "too_small"
    assert why(box=Box(500, 500, 40, 40)) == "too_small"


@METHODS
@pytest.mark.parametrize("box", [Box(80, 100, 400, 400), Box(0, 0, 96, 9), Box(0, 0, 4_000, 4_000)])
def test_odd_regions_never_raise(run: Run, box: Box) -> None:
    image = Image.fromarray(mosaic(draw_face(1, 1), 8))
    two = {"a": (draw_face(1, 2),), "b": (np.zeros((120, 96, 3), np.uint8), np.zeros((1, 1, 3), np.uint8))}

    assert run(Target(image=image, box=box, gallery=two), Budget(effort=0.1), 0).outcome in Outcome


@METHODS
def test_a_spent_budget_ends_at_once_and_says_so(run: Run) -> None:
    began = time.monotonic()
    result = run(face_target(blocks=16), Budget(deadline=began), 0)

    assert result.outcome is Outcome.INCONCLUSIVE and result.why == "R-BUDGET-CUT"
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(("sigma", "quality"), [(2.0, None), (5.0, None), (10.0, None), (6.0, 85)])
def test_the_width_of_a_blur_is_estimated(sigma: float, quality: int | None) -> None:
    import io

    found = []
    for number in range(5):
        face = blur(draw_face(300 + number, 1, (128, 160)), sigma)
        if quality is not None:
            stream = io.BytesIO()
            Image.fromarray(face).save(stream, "JPEG", quality=quality)
            face = np.asarray(Image.open(stream))
        found.append(estimate_filter(face))

    assert {item.kind for item in found} == {"blur"}
    assert float(np.median([item.sigma for item in found])) == pytest.approx(sigma, rel=0.2)


def test_kinds_of_filters_are_told_apart() -> None:
    face = draw_face(7, 1)

    assert estimate_filter(mosaic(face, 8)).kind == "mosaic"
    assert estimate_filter(np.full_like(face, 20)).kind == "solid"
    assert estimate_filter(face).sigma < 1


def test_a_mosaic_within_the_limits_has_six_blocks_at_most_whatever_its_size() -> None:
    for width in (60, 96, 240):
        face = draw_face(9, 1, (width, width))
        verdicts = []
        for blocks in (4, 6, 8, 12):
            grid = estimate_grid(mosaic(face, blocks))
            assert grid is not None
            verdicts.append(mosaic_within_limits(Box(0, 0, width, width), grid))
        assert verdicts == [True, True, False, False]
    grid = estimate_grid(mosaic(draw_face(9, 1, (96, 96)), 6))
    assert grid is not None and not mosaic_within_limits(Box(0, 0, 96, 96), grid, eyes_px=60)


def test_a_narrow_blur_lets_identity_through_and_a_wide_one_is_not_called_harmless() -> None:
    box = Box(0, 0, 100, 125)

    assert blur_carries_identity(box, 3.0) and not blur_carries_identity(box, 12.0)


def test_a_reconstruction_keeps_the_means_and_shows_more_than_the_blocks() -> None:
    face = draw_face(11, 1, (192, 240))
    published = mosaic(face, 12)
    soft = reconstruct(published, estimate_filter(published))

    def error(one: np.ndarray) -> float:
        return float(np.abs(one.astype(float) - face).mean())

    assert soft.shape == face.shape and error(soft) < error(published)
    assert np.array_equal(
        reconstruct(np.zeros((9, 9, 3), np.uint8), estimate_filter(np.zeros((9, 9, 3), np.uint8))), 0 * soft[:9, :9]
    )


@pytest.mark.claim("T-SING-01")
def test_ties_are_chance_and_bounds_hold_the_rate() -> None:
    truth = np.arange(400) % 10
    curve = rank_curve(np.zeros((400, 10)), truth, 1)

    assert curve.rank1_interval[0] <= 0.1 <= curve.rank1_interval[1]
    assert curve.auc == 0.5 and curve.outcome is Outcome.HELD


def test_leakage_is_none_of_noise_and_all_of_a_copy() -> None:
    rng = np.random.default_rng(2)
    classes = np.arange(200) % 4
    told, blind = (
        bayes_leakage(part, classes)
        for part in (np.eye(4)[classes] + rng.normal(0, 0.01, (200, 4)), rng.normal(size=(200, 4)))
    )

    assert told.right == 1.0 and told.bits == pytest.approx(2.0) and told.interval[0] > 0.9
    assert blind.interval[0] < 0.05 and blind.advantage < 0.15
