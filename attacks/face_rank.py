"""How often the right person comes first, with bounds, and what follows for an attack on faces (ATTACKS.md section 7)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indelible.attacks.scoring import lower_bound, upper_bound
from indelible.model.vocabulary import Outcome

#: An area under the curve that nobody reaches by chance.
AUC_LIMIT = 0.60


@dataclass(frozen=True, slots=True, kw_only=True)
class RankCurve:
    """What came of so many probes against a gallery of ``labels``.

    ``cmc`` is the share of probes whose person is among the first 1, 2, ... ; the intervals are one-sided 95 % bounds, below
    and above. ``auc`` is the chance that the right person is nearer than a wrong one; it is bounded as a rate is, which is on
    the cautious side. ``held_out`` is False where probes are the gallery's own pictures seen anew: an upper estimate.
    """

    labels: int
    probes: int
    cmc: tuple[float, ...]
    rank1_interval: tuple[float, float]
    auc: float
    auc_interval: tuple[float, float]
    held_out: bool = True

    @property
    def chance(self) -> float:
        """The rate of a guess."""
        return 1 / self.labels

    @property
    def rank1(self) -> float:
        """Share of probes whose person comes first."""
        return self.cmc[0]

    @property
    def rank5(self) -> float:
        """Share of probes whose person is among the first five."""
        return self.cmc[min(4, len(self.cmc) - 1)]

    @property
    def outcome(self) -> Outcome:
        """Broken: clearly above five times chance, or clearly better than a coin between two; held: clearly neither."""
        chance = self.chance
        if self.rank1_interval[0] > 5 * chance or self.auc_interval[0] > AUC_LIMIT:
            return Outcome.BROKEN
        if self.rank1_interval[1] <= 2 * chance and self.auc_interval[1] <= AUC_LIMIT:
            return Outcome.HELD
        return Outcome.INCONCLUSIVE


def rank_curve(scores: np.ndarray, truth: np.ndarray, seed: int, *, held_out: bool = True) -> RankCurve:
    """The curve of a table of scores.

    Args:
        scores: ``(probes, labels)``, larger is more alike; minus infinity where a label has nothing to compare.
        truth: the right label's number for each probe.
        seed: breaks ties, which else would favour a label.
        held_out: what `RankCurve.held_out` says.
    """
    count, labels = scores.shape
    own = scores[np.arange(count), truth][:, None]
    above, ties = (scores > own).sum(axis=1), (scores == own).sum(axis=1) - 1
    ranks = above + np.floor(np.random.default_rng(seed).random(count) * (ties + 1)).astype(np.int64)
    hits = np.bincount(ranks, minlength=labels).cumsum()
    first = int(hits[0])
    wins = labels - 1 - above - 0.5 * ties
    auc_sum = float(wins.sum() / max(1, labels - 1))
    return RankCurve(
        labels=labels,
        probes=count,
        cmc=tuple(float(value) for value in hits / max(1, count)),
        rank1_interval=(lower_bound(first, count), upper_bound(first, count)),
        auc=auc_sum / max(1, count),
        auc_interval=(
            lower_bound(int(np.floor(auc_sum)), count),
            upper_bound(min(count, int(np.ceil(auc_sum))), count),
        ),
        held_out=held_out,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """How scores become chances, learnt on probes: a temperature, and a line from the lead of the first to its odds."""

    temperature: float
    offset: float
    slope: float

    def posteriors(self, scores: np.ndarray) -> np.ndarray:
        """Chances of the labels, ``(labels,)``; what is missing to 1 is somebody else."""
        shares = _softmax(scores[None] / self.temperature)[0]
        if len(shares) < 2:
            return np.zeros(len(shares))
        second, first = np.sort(shares)[-2:]
        lead = float(np.log(max(first, 1e-12)) - np.log(max(second, 1e-12)))
        odds = float(np.clip(self.offset + self.slope * min(lead, _MOST_LEAD), -30, 30))
        return np.asarray(shares * min(1.0, (1 / (1 + np.exp(-odds))) / max(first, 1e-12)))


_MOST_LEAD = 12.0


def learnt_belief(scores: np.ndarray, truth: np.ndarray) -> Belief:
    """A belief from probes whose person is known; the same probes without their person are the strangers.

    One probe in two is taken to be a stranger: a gallery need not hold the person at all.
    """
    from scipy.optimize import minimize

    finite = np.where(np.isfinite(scores), scores, scores[np.isfinite(scores)].min(initial=0.0) - 1.0)
    rows = np.arange(len(truth))
    spread = max(float(finite.std()), 1e-9)
    trials = spread * np.geomspace(0.005, 5, 40)
    losses = [-np.log(np.maximum(_softmax(finite / t)[rows, truth], 1e-12)).mean() for t in trials]
    temperature = float(trials[int(np.argmin(losses))])
    strangers = finite.copy()
    strangers[rows, truth] = -np.inf
    leads, right = [], []
    for table, known in ((finite, True), (strangers, False)):
        shares = np.sort(np.log(np.maximum(_softmax(table / temperature), 1e-12)), axis=1)
        leads.append(np.minimum(shares[:, -1] - shares[:, -2], _MOST_LEAD))
        right.append((table.argmax(axis=1) == truth) & known)
    lead, correct = np.concatenate(leads), np.concatenate(right).astype(np.float64)

    def loss(line: np.ndarray) -> float:
        odds = np.clip(line[0] + line[1] * lead, -30, 30)
        return float((np.logaddexp(0, odds) - correct * odds).mean() + 1e-3 * line[1] ** 2)

    best = minimize(loss, np.array([-1.0, 0.5]), method="Nelder-Mead", options={"maxiter": 400})
    return Belief(temperature=temperature, offset=float(best.x[0]), slope=max(0.0, float(best.x[1])))


def _softmax(values: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        raised = np.exp(values - values.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
