"""A113: whose face it is, by a classifier trained on the gallery after the same obfuscation.

Every gallery face is filtered many times over, in poses, places and lights drawn from a seed; a linear classifier over the
cells learns to tell the labels apart. How well that does is measured on pictures that the classifier has not seen.

Reference: McPherson, Shokri and Shmatikov 2016; ATTACKS.md section 7.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from indelible.attacks.face_attack import Scores, applies_to_faces, examine_face
from indelible.attacks.face_cells import Cells
from indelible.attacks.face_match import Cut, Faces, whitening
from indelible.attacks.face_rank import RankCurve, rank_curve
from indelible.attacks.face_trials import Trials, any_pose, varied
from indelible.attacks.face_views import POSES
from indelible.attacks.methods import Budget, Target, attack
from indelible.attacks.methods.face_parrot import _prepared, face_target
from indelible.model.attack import AttackResult

_FOLDS = 5
#: Pictures of each person that the classifier sees, made from as many as there are.
_SEEN = 120
_PER_POSE = 3
_PENALTY = 0.003
_STEPS = 120


def evaluate(
    probes: Sequence[tuple[str, np.ndarray]], gallery: Mapping[str, Sequence[np.ndarray]], *, seed: int = 0
) -> RankCurve:
    """How often the classifier is right on obfuscated faces whose person is known; all probes are of one size and filter.

    Args:
        probes: label and region, uint8; no picture of them is in the gallery.
        gallery: label to clear faces, cut as a redactor cuts them.
        seed: of what the classifier is shown, and of ties.
    """
    cells, faces = _prepared([region for _, region in probes], gallery, None)
    truth = np.array([faces.labels.index(label) for label, _ in probes], dtype=np.int64)
    if cells[0].filter.kind == "solid":
        return rank_curve(np.zeros((len(probes), len(faces.labels))), truth, seed)
    model = _trained(cells[0], faces, range(len(faces.crops)), seed, lambda: False)
    return rank_curve(model(np.stack([cells[0].observed(region) for _, region in probes])), truth, seed)


def _trained(
    cells: Cells, faces: Faces, pictures: Sequence[int], seed: int, spent: Callable[[], bool]
) -> Callable[[np.ndarray], np.ndarray]:
    """A classifier over some of the gallery's pictures: vectors ``(n, features)`` to logits ``(n, labels)``."""
    rng = np.random.default_rng([seed, 13])
    owners = faces.owners[list(pictures)]
    counts = np.bincount(owners, minlength=len(faces.labels))
    vectors, truth = [], []
    for index, owner in zip(pictures, owners, strict=True):
        rounds = max(1, round(_SEEN / (2 * _PER_POSE * max(1, counts[owner]))))
        for _ in range(rounds):
            if spent():
                raise Cut
            poses = (POSES[0], any_pose(rng))
            vectors.append(varied(cells, faces.crops[index], rng, poses, _PER_POSE))
            truth.extend([owner] * len(vectors[-1]))
    white = whitening(cells, faces, spent)
    known = np.concatenate(vectors) @ white
    scale = float(np.sqrt((known - known.mean(axis=0)).var(axis=0).mean())) or 1.0
    mean = known.mean(axis=0)
    weights = _logistic((known - mean) / scale, np.array(truth), len(faces.labels), spent)
    present = counts > 0

    def logits(observed: np.ndarray) -> np.ndarray:
        values = (observed @ white - mean) / scale
        found = np.concatenate([values, np.ones((len(values), 1))], axis=1) @ weights
        return np.where(present, found, -np.inf)

    return logits


def _logistic(known: np.ndarray, truth: np.ndarray, labels: int, spent: Callable[[], bool]) -> np.ndarray:
    """Multinomial logistic regression with a ridge; weights ``(features + 1, labels)``."""
    from scipy.optimize import minimize

    values = np.concatenate([known, np.ones((len(known), 1))], axis=1)
    rows = np.arange(len(values))
    wanted = np.zeros((len(values), labels))
    wanted[rows, truth] = 1.0

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        if spent():
            raise Cut
        weights = flat.reshape(values.shape[1], labels)
        logits = values @ weights
        logits -= logits.max(axis=1, keepdims=True)
        shares = np.exp(logits)
        shares /= shares.sum(axis=1, keepdims=True)
        cost = -np.log(np.maximum(shares[rows, truth], 1e-300)).mean() + 0.5 * _PENALTY * float((flat**2).sum())
        slope = values.T @ (shares - wanted) / len(values) + _PENALTY * weights
        return float(cost), slope.ravel()

    start = np.zeros(values.shape[1] * labels)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS})
    return np.asarray(found.x).reshape(values.shape[1], labels)


def _score(
    cells: Cells, faces: Faces, region: np.ndarray, trials: Trials, seed: int, spent: Callable[[], bool]
) -> Scores:
    """Logits for the region from all pictures, for each probe from a classifier that has not seen its picture."""
    if cells.filter.kind == "solid":
        if spent():
            raise Cut
        return Scores(region=np.zeros(len(faces.labels)), probes=np.zeros((len(trials.truth), len(faces.labels))))
    everything = range(len(faces.crops))
    model = _trained(cells, faces, everything, seed, spent)
    if not trials.held_out:
        return Scores(region=model(region[None])[0], probes=model(trials.observed))
    folds = np.zeros(len(faces.crops), dtype=np.int64)
    for owner in range(len(faces.labels)):
        mine = np.flatnonzero(faces.owners == owner)
        folds[mine] = np.arange(len(mine)) % min(_FOLDS, max(2, len(mine)))
    probes = np.full((len(trials.truth), len(faces.labels)), -np.inf)
    for fold in np.unique(folds):
        mine = folds[trials.left_out] == fold
        if mine.any():
            kept = [index for index in everything if folds[index] != fold]
            probes[mine] = _trained(cells, faces, kept, seed, spent)(trials.observed[mine])
    return Scores(region=model(region[None])[0], probes=probes)


@attack(
    "face_matched",
    rule="A113",
    breaks="the identity of a face under any filter that leaves some of it, by a classifier trained on that filter",
    applies=applies_to_faces,
    broken_one=lambda: face_target(blocks=16),
    held_one=lambda: face_target(blocks=None),
    order=70,
)
def run(target: Target, budget: Budget, seed: int) -> AttackResult:
    """Train, rank the gallery, measure the rank curve at the estimated parameters, and apply the rule of section 7."""
    return examine_face("face_matched", "A113", target, budget, seed, _score)
