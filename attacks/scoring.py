"""Rates with honest bounds: Clopper-Pearson, one-sided 95 %, one rule for every attack (ATTACKS.md section 2.3)."""

from __future__ import annotations

LEVEL = 0.95


def upper_bound(successes: int, trials: int, level: float = LEVEL) -> float:
    """The largest rate at which so few successes still come up with probability ``1 - level``; 1.0 without trials."""
    from scipy.stats import beta

    _check(successes, trials)
    return 1.0 if successes == trials else float(beta.ppf(level, successes + 1, trials - successes))


def lower_bound(successes: int, trials: int, level: float = LEVEL) -> float:
    """The smallest rate at which so many successes still come up with probability ``1 - level``; 0.0 without trials."""
    from scipy.stats import beta

    _check(successes, trials)
    return 0.0 if successes == 0 else float(beta.ppf(1 - level, successes, trials - successes + 1))


def advantage(attacked: float, control: float) -> float:
    """What the redacted picture gave beyond what the control gave, as a share of what was left to gain."""
    return 0.0 if control >= 1.0 else (attacked - control) / (1.0 - control)


def _check(successes: int, trials: int) -> None:
    if not 0 <= successes <= trials:
        raise ValueError("between none and all of the trials succeed")
