"""The verifier over the corpus: every leak is found at its channel, and no clean twin is accused of anything.

`benchmarks/corpus.py` runs the same over 500 cases and more.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from indelible.corpus.case import RECIPES, cases
from indelible.verify.checks import CHECKS

_PAIRS = 2


def _benchmark() -> ModuleType:
    path = Path(__file__).parents[2] / "benchmarks" / "corpus.py"
    specification = importlib.util.spec_from_file_location("benchmark_over_corpus", path)
    if specification is None or specification.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module
    specification.loader.exec_module(module)
    return module


benchmark = _benchmark()


@pytest.mark.parametrize("name", RECIPES.names())
def test_the_leak_is_found_and_its_twin_is_not(name: str) -> None:
    """Each expected rule at its channel in the leaky twin, nothing above info in the clean one, and no check in error."""
    rerun = name.startswith(("bleed.", "cover.", "order."))
    drawn = list(cases(1, 1 if name.startswith("order.") else _PAIRS, frozenset({name})))
    # the second witness has tests of its own; redacting again is slow, and only some recipes show by it
    without = frozenset({"metadata"} if rerun else {"metadata", "construction"})

    results = [benchmark.examined(case, without=without) for case in drawn]

    assert {item.case.name: item.missed for item in results if item.missed} == {}
    assert {item.case.name: item.found for item in results if item.found and not item.case.leaky} == {}
    assert {item.case.name: item.failed for item in results if item.failed} == {}


def test_every_rule_that_a_recipe_plants_belongs_to_a_check() -> None:
    """A recipe for a rule that nobody looks for would only show when it is missed."""
    planted = {rule for case in cases(1, 1, frozenset(RECIPES.names())) for rule, _ in case.expected}
    looked_for = {rule for _, check in CHECKS for rule in check.rules}

    assert planted - looked_for == set()
