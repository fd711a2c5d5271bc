"""A111: whose face it is, by filtering a gallery as the region was filtered and asking which one comes nearest.

No weights, no training: the filter is estimated, every gallery face is seen in seven poses, five scales and nine phases, and
compared by whitened distance. How well that does at just these parameters is measured on the gallery itself.

Reference: Newton, Sweeney and Malin 2005; ATTACKS.md section 7.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from indelible.attacks.face_attack import Scores, applies_to_faces, examine_face
from indelible.attacks.face_cells import Cells, cells_of, is_grey
from indelible.attacks.face_drawn import draw_face
from indelible.attacks.face_filter import FaceFilter, estimate_filter, rounded
from indelible.attacks.face_match import Cut, Faces, distances, per_label, whitening
from indelible.attacks.face_rank import RankCurve, learnt_belief, rank_curve
from indelible.attacks.face_trials import Trials, trials_from
from indelible.attacks.methods import Budget, Target, attack
from indelible.model import Box, Kind
from indelible.model.attack import AttackResult

_CONTROL_PERSONS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """One label of the gallery. ``score``: the larger the more alike; ``posterior``: 0 to 1, None unless asked for."""

    label: str = field(repr=False)
    score: float
    posterior: float | None = None


def identify(
    region: np.ndarray,
    gallery: Mapping[str, Sequence[np.ndarray]],
    *,
    found: FaceFilter | None = None,
    calibrate: bool = False,
    seed: int = 0,
) -> tuple[Ranked, ...]:
    """The gallery's labels, the most alike first.

    Args:
        region: uint8, ``(height, width)`` or ``(height, width, 3)``: the obfuscated face.
        gallery: label to clear faces, cut as a redactor cuts them.
        found: the filter, where it is known; else it is estimated.
        calibrate: also give posteriors, from trials with the gallery's own pictures.
        seed: of these trials.
    """
    cells, faces = _prepared([region], gallery, found)
    if not faces.labels or cells[0].filter.kind == "solid":
        return tuple(Ranked(label=label, score=0.0) for label in faces.labels)
    if not calibrate:
        white = whitening(cells[0], faces, _never)
        scores = -per_label(distances(cells[0], faces, cells[0].observed(region)[None], white, _never), faces)[0]
        chances = None
    else:
        trials = trials_from(cells[0], faces, seed, 1.0)
        both = _score(cells[0], faces, cells[0].observed(region), trials, seed, _never)
        scores, chances = both.region, learnt_belief(both.probes, trials.truth).posteriors(both.region)
    return tuple(
        Ranked(
            label=faces.labels[index],
            score=float(scores[index]),
            posterior=None if chances is None else float(chances[index]),
        )
        for index in np.argsort(-scores, kind="stable")
    )


def evaluate(
    probes: Sequence[tuple[str, np.ndarray]],
    gallery: Mapping[str, Sequence[np.ndarray]],
    *,
    found: FaceFilter | None = None,
    seed: int = 0,
) -> RankCurve:
    """How often the parrot is right on obfuscated faces whose person is known.

    Args:
        probes: label and region, as for `identify`; every label is in the gallery, no picture is.
        gallery: label to clear faces.
        found: the filter of all probes, where it is known; else each one's is estimated.
        seed: breaks ties.
    """
    cells, faces = _prepared([region for _, region in probes], gallery, found)
    scores = np.zeros((len(probes), len(faces.labels)))
    groups: dict[tuple[object, ...], list[int]] = {}
    for number, cell in enumerate(cells):
        groups.setdefault((cell.width, cell.height, cell.filter), []).append(number)
    for numbers in groups.values():
        cell = cells[numbers[0]]
        if cell.filter.kind != "solid":
            observed = np.stack([cells[number].observed(probes[number][1]) for number in numbers])
            white = whitening(cell, faces, _never)
            scores[numbers] = -per_label(distances(cell, faces, observed, white, _never), faces)
    truth = np.array([faces.labels.index(label) for label, _ in probes], dtype=np.int64)
    return rank_curve(scores, truth, seed)


def _prepared(
    regions: Sequence[np.ndarray], gallery: Mapping[str, Sequence[np.ndarray]], found: FaceFilter | None
) -> tuple[list[Cells], Faces]:
    grey = all(is_grey(region) for region in regions) or all(is_grey(c) for crops in gallery.values() for c in crops)
    cells = [cells_of(region, rounded(found or estimate_filter(region)), grey=grey) for region in regions]
    return cells, Faces.of(gallery, grey=grey)


def _never() -> bool:
    return False


def _score(
    cells: Cells, faces: Faces, region: np.ndarray, trials: Trials, seed: int, spent: Callable[[], bool]
) -> Scores:
    """Negative distances. With one colour all over, everybody is as far away."""
    if cells.filter.kind == "solid":
        if spent():
            raise Cut
        return Scores(region=np.zeros(len(faces.labels)), probes=np.zeros((len(trials.truth), len(faces.labels))))
    white = whitening(cells, faces, spent)
    nearest = distances(cells, faces, np.concatenate([trials.observed, region[None]]), white, spent)
    left_out = np.append(trials.left_out, -1)
    scores = -per_label(nearest, faces, left_out)
    return Scores(region=scores[-1], probes=scores[:-1])


def face_target(*, blocks: int | None, persons: int = _CONTROL_PERSONS, seed: int = 5) -> Target:
    """A drawn face under a mosaic of so many blocks across, or under black, with a gallery of two pictures each."""
    face = draw_face(seed * 1000, 9).astype(np.float64)
    height, width = face.shape[:2]
    picture = np.full((height + 40, width + 40, 3), 170, np.uint8)
    if blocks is None:
        covered = np.zeros_like(face)
    else:
        side = width / blocks
        rows, columns = ((np.arange(length) // side).astype(int) for length in (height, width))
        covered = np.empty_like(face)
        for row in np.unique(rows):
            for column in np.unique(columns):
                cell = np.ix_(rows == row, columns == column)
                covered[cell] = face[cell].mean(axis=(0, 1)).round()
    picture[20 : 20 + height, 20 : 20 + width] = covered
    gallery = {
        f"person {number}": (draw_face(seed * 1000 + number, 1), draw_face(seed * 1000 + number, 2))
        for number in range(persons)
    }
    box = Box(20, 20, width, height)
    return Target(image=Image.fromarray(picture), box=box, kind=Kind.FACE, gallery=gallery)


@attack(
    "face_parrot",
    rule="A111",
    breaks="the identity of a face under a mosaic or a blur, given a gallery of clear faces",
    applies=applies_to_faces,
    broken_one=lambda: face_target(blocks=16),
    held_one=lambda: face_target(blocks=None),
    order=60,
)
def run(target: Target, budget: Budget, seed: int) -> AttackResult:
    """Rank the gallery, measure the rank curve at the estimated parameters, and apply the rule of section 7."""
    return examine_face("face_parrot", "A111", target, budget, seed, _score, again=True)
