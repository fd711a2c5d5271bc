"""What both attacks on faces share: the region, the gallery, the trials, the rule, the answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from indelible.attacks.face_again import found_again
from indelible.attacks.face_cells import ALIGNMENTS, Cells, cells_of, is_grey
from indelible.attacks.face_filter import FaceFilter, estimate_filter, rounded
from indelible.attacks.face_match import Cut, Faces
from indelible.attacks.face_rank import RankCurve, learnt_belief, rank_curve
from indelible.attacks.face_trials import Trials, trials_from
from indelible.attacks.face_views import Pose
from indelible.attacks.methods import Budget, Target
from indelible.model import Kind
from indelible.model.attack import AttackResult, Estimate, Guess
from indelible.model.vocabulary import Outcome, Reason

#: Regions narrower than this hold no face that anybody could tell.
SMALLEST_PX = 8
#: Larger regions are shrunk to this before anything is estimated.
_LARGEST_PX = 2048
#: Distance to the nearest face of the gallery, against that of strangers, from which the region is no face of this kind:
#: if somebody says that it is a face, and if nobody does.
_UNEXPLAINED = 1.5
_UNEXPLAINED_UNTOLD = 0.8
_MOST_GUESSES = 5
_LEAST_POSTERIOR = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Larger is more alike. ``region``: ``(labels,)``; ``probes``: ``(probes, labels)``."""

    region: np.ndarray
    probes: np.ndarray


#: ``(cells, faces, the region's vector, trials, seed, whether the time is up)`` -> scores; raises `Cut`.
Scorer = Callable[[Cells, Faces, np.ndarray, Trials, int, Callable[[], bool]], Scores]


def applies_to_faces(target: Target) -> str | None:
    """Why the attack has nothing to do, or None."""
    if target.box is None:
        return "no_region"
    if target.kind not in (None, Kind.FACE, Kind.PERSON):
        return "other_kind"
    if not target.gallery:
        return "no_gallery"
    if sum(1 for crops in target.gallery.values() if any(min(crop.shape[:2]) >= 8 for crop in crops)) < 2:
        return "gallery_too_small"
    region = region_of(target)
    return "too_small" if region is None or min(region.shape[:2]) < SMALLEST_PX else None


def region_of(target: Target) -> np.ndarray | None:
    """The region's pixels, cut to the picture, shrunk by a whole factor if it is huge; None if it lies outside."""
    if target.box is None:
        return None
    image, box = target.image, target.box
    right, bottom = min(box.right, image.width), min(box.bottom, image.height)
    if box.x >= right or box.y >= bottom:
        return None
    part = image.crop((box.x, box.y, right, bottom))
    factor = -(-max(part.size) // _LARGEST_PX)
    return np.asarray(part.reduce(factor) if factor > 1 and min(part.size) >= factor else part)


def examine_face(
    name: str, rule: str, target: Target, budget: Budget, seed: int, score: Scorer, *, again: bool = False
) -> AttackResult:
    """Run one attack on one region. ``again``: look for the face in a reconstruction, too."""
    began = time.monotonic()

    def result(outcome: Outcome, why: str | None = None, **more: Any) -> AttackResult:
        seconds = time.monotonic() - began
        return AttackResult(
            attack=name, rule=rule, outcome=outcome, box=target.box, why=why, seed=seed, seconds=seconds, **more
        )

    missing = applies_to_faces(target)
    region = region_of(target)
    if missing is not None or region is None:
        return result(Outcome.NOT_APPLICABLE, missing or "no_region")
    found = rounded(estimate_filter(region))
    grey = is_grey(region) or all(is_grey(crop) for crops in target.gallery.values() for crop in crops)
    cells = cells_of(region, found, grey=grey)
    faces = Faces.of(target.gallery, grey=grey)
    estimated = _parameters(found, faces)
    try:
        observed = np.zeros(0) if found.kind == "solid" else cells.observed(region)
        trials = trials_from(cells, faces, seed, budget.effort)
        if found.kind == "solid":
            observed = np.zeros(trials.observed.shape[1])
        scores = score(cells, faces, observed, trials, seed, lambda: budget.spent)
        fit = None if found.kind == "solid" else _strangeness(cells, faces, observed, trials, budget)
    except Cut:
        return result(Outcome.INCONCLUSIVE, Reason.BUDGET_CUT.value, estimated=estimated)
    curve = rank_curve(scores.probes, trials.truth, seed, held_out=trials.held_out)
    control = rank_curve(scores.probes, _others(trials.truth, len(faces.labels), seed), seed)
    if again and found.kind != "solid" and target.box is not None:
        estimated |= found_again(target.image, target.box, found)
    measured: dict[str, Any] = {
        "estimated": estimated | _measured(curve),
        "fit": fit,
        "trials": curve.probes,
        "success": curve.rank1,
        "baseline": curve.chance,
        "control": control.rank1,
        "interval": curve.rank1_interval,
        "leaked_bits": float(np.log2(max(1.0, curve.labels * curve.rank1_interval[1]))),
    }
    if fit is not None and fit > (_UNEXPLAINED if target.kind else _UNEXPLAINED_UNTOLD):
        return result(Outcome.INCONCLUSIVE, Reason.COVERAGE_GAP.value, **measured)
    guesses: tuple[Guess, ...] = ()
    if curve.outcome is not Outcome.HELD:
        chances = learnt_belief(scores.probes, trials.truth).posteriors(scores.region)
        best = np.argsort(-chances, kind="stable")[:_MOST_GUESSES]
        guesses = tuple(
            Guess(text=faces.labels[index], posterior=float(chances[index]))
            for index in best
            if chances[index] >= _LEAST_POSTERIOR
        )
    why = None if curve.outcome is not Outcome.INCONCLUSIVE else Reason.COVERAGE_GAP.value
    return result(curve.outcome, why, guesses=guesses, **measured)


def _strangeness(cells: Cells, faces: Faces, observed: np.ndarray, trials: Trials, budget: Budget) -> float:
    """How much worse the gallery explains the region than it explains people who are not in it, all but two in a hundred of them."""
    nearest = np.full((len(trials.truth) + 1, len(faces.labels)), np.inf)
    vectors = np.concatenate([trials.observed, observed[None]])
    sizes = (vectors**2).sum(axis=1)
    for crop, owner in zip(faces.crops, faces.owners, strict=True):
        if budget.spent:
            raise Cut
        looks = cells.filtered(crop, (Pose(),), ALIGNMENTS)
        squared = (looks**2).sum(axis=1)[:, None] - 2 * looks @ vectors.T + sizes
        nearest[:, owner] = np.minimum(nearest[:, owner], squared.min(axis=0))
    probes = nearest[:-1].copy()
    probes[np.arange(len(probes)), trials.truth] = np.inf
    strangers = probes.min(axis=1)
    return float(nearest[-1].min() / max(float(np.quantile(strangers, 0.98)), 1e-9))


def _others(truth: np.ndarray, labels: int, seed: int) -> np.ndarray:
    """For each probe the number of somebody else."""
    return (truth + np.random.default_rng([seed, 11]).integers(1, labels, len(truth))) % labels


def _parameters(found: FaceFilter, faces: Faces) -> dict[str, Estimate]:
    estimated: dict[str, Estimate] = {"filter": found.kind, "labels": len(faces.labels), "pictures": len(faces.crops)}
    if found.grid is not None:
        estimated["block"] = (round(found.grid.across.period, 3), round(found.grid.down.period, 3))
    if found.kind == "blur":
        estimated["sigma"] = round(found.sigma, 3)
    return estimated


def _measured(curve: RankCurve) -> dict[str, Estimate]:
    return {
        "rank5": round(curve.rank5, 4),
        "auc": round(curve.auc, 4),
        "auc_interval": tuple(round(value, 4) for value in curve.auc_interval),
        "probes": "held_out" if curve.held_out else "resampled",
    }
