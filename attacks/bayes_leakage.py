"""A903: how much an output tells about a secret, from examples alone: a bound of the best guess, not an attack.

The error of the nearest neighbour converges to at most twice the best possible error, so what it gets right beyond the prior is
leakage that is really there (F-BLEAU; Cherubin, Chatzikokolakis and Palamidessi 2019). One example is left out at a time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indelible.attacks.scoring import lower_bound, upper_bound


@dataclass(frozen=True, slots=True, kw_only=True)
class BayesLeakage:
    """``right``: share of left-out examples whose class the others tell; ``prior``: of the most frequent class.

    ``advantage`` is what was won of what there was to win, ``interval`` its one-sided 95 % bounds; ``bits`` is the min-entropy leakage,
    log2(right / prior).
    """

    right: float
    prior: float
    advantage: float
    interval: tuple[float, float]
    bits: float


def bayes_leakage(features: np.ndarray, classes: np.ndarray, neighbours: int = 1) -> BayesLeakage:
    """The leakage of a channel from samples of it.

    Args:
        features: outputs, ``(samples, features)``.
        classes: the secret's number for each sample.
        neighbours: of which most decide; one by default.
    """
    count = len(features)
    if count < 2:
        raise ValueError("leakage is estimated from two samples at least")
    prior = float(np.bincount(classes).max() / count)
    sizes = (features**2).sum(axis=1)
    squared = sizes[:, None] - 2 * features @ features.T + sizes
    np.fill_diagonal(squared, np.inf)
    nearest = np.argsort(squared, axis=1, kind="stable")[:, : min(neighbours, count - 1)]
    told = np.array([np.bincount(classes[row]).argmax() for row in nearest])
    hits = int((told == classes).sum())
    low, high = lower_bound(hits, count), upper_bound(hits, count)
    right = hits / count

    def won(rate: float) -> float:
        return 0.0 if prior >= 1 else (rate - prior) / (1 - prior)

    bits = float(np.log2(max(right, prior) / prior))
    return BayesLeakage(right=right, prior=prior, advantage=won(right), interval=(won(low), won(high)), bits=bits)
