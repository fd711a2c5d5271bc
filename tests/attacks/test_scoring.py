"""Rates and their bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indelible.attacks.scoring import advantage, lower_bound, upper_bound


@pytest.mark.parametrize(("trials", "bound"), [(20, 0.139), (50, 0.058), (100, 0.030), (200, 0.015), (299, 0.010)])
def test_no_success_in_n_trials_bounds_the_rate(trials: int, bound: float) -> None:
    """1 - 0.05 ** (1 / n), as every textbook has it."""
    assert upper_bound(0, trials) == pytest.approx(bound, abs=0.0006)
    assert lower_bound(0, trials) == 0.0


def test_nothing_tried_bounds_nothing() -> None:
    """No trials: anything is possible."""
    assert (lower_bound(0, 0), upper_bound(0, 0)) == (0.0, 1.0)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_rate_seen_lies_between_its_bounds(case: tuple[int, int]) -> None:
    """And counting successes or failures is the same thing mirrored."""
    successes, trials = case
    low, high = lower_bound(successes, trials), upper_bound(successes, trials)
    assert 0.0 <= low <= successes / trials <= high <= 1.0
    assert low == pytest.approx(1.0 - upper_bound(trials - successes, trials), abs=1e-9)


def test_impossible_counts_are_refused() -> None:
    """More successes than trials."""
    with pytest.raises(ValueError, match="none and all"):
        upper_bound(3, 2)


@pytest.mark.claim("T-INF-01")
def test_an_attack_that_does_no_better_than_its_control_has_no_advantage() -> None:
    """And one that always succeeds has all of it."""
    assert advantage(0.2, 0.2) == 0.0
    assert advantage(1.0, 0.2) == 1.0
    assert advantage(1.0, 1.0) == 0.0
