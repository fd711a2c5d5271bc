"""The corpus is the same every time, comes in pairs, and its files open where they are meant to."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from indelible.corpus.build import build
from indelible.corpus.case import RECIPES, VARIANTS, Case, Draw, cases
from indelible.corpus.payload import Plant
from indelible.model import RedactionPlan

#: Published files that the imaging library refuses, and browsers show.
_REFUSED = {"png.text.large"}


@pytest.fixture(scope="module")
def drawn() -> Sequence[Case]:
    """Two pairs of every recipe."""
    return tuple(cases(7, 2))


def test_the_same_seed_gives_the_same_bytes(drawn: Sequence[Case]) -> None:
    """A case can be named by its seed."""
    again = {case.name: case for case in cases(7, 1)}

    for case in drawn:
        if case.name in again:
            other = again.pop(case.name)
            assert (other.published, other.original, other.plan) == (case.published, case.original, case.plan), (
                case.name
            )
            assert other.expected == case.expected
    assert not again


def test_another_seed_gives_other_pictures(drawn: Sequence[Case]) -> None:
    """The recipes vary with the seed."""
    other = {case.published for case in cases(70, 1)}

    assert not other & {case.published for case in drawn}


def test_names_are_unique(drawn: Sequence[Case]) -> None:
    """A miss can be told by its name."""
    names = [case.name for case in drawn]

    assert len(set(names)) == len(names)


def test_every_leak_has_a_clean_twin(drawn: Sequence[Case]) -> None:
    """Both twins share the carrier; what differs is the fault."""
    for leaky, clean in zip(drawn[::2], drawn[1::2], strict=True):
        assert (leaky.recipe, leaky.seed, leaky.leaky, clean.leaky) == (clean.recipe, clean.seed, True, False)
        assert leaky.expected and not clean.expected
        assert (leaky.published, leaky.extension) != (clean.published, clean.extension), leaky.name


def test_five_hundred_cases_and_more() -> None:
    """Forty recipes and more, each with a sentence of its own."""
    notes = [entry.note for _, entry in RECIPES]

    assert len(notes) >= 100 and all(notes)


def test_published_files_open(drawn: Sequence[Case]) -> None:
    """A leak that stops the picture from opening in a usual viewer would be noticed without us."""
    refused = set()
    for case in drawn:
        try:
            with Image.open(io.BytesIO(case.published)) as image:
                image.load()
        except (OSError, ValueError):
            refused.add(case.recipe)

    assert refused == _REFUSED


def test_an_empty_account_is_never_given(drawn: Sequence[Case]) -> None:
    """A case that can be run again has the plan and the original, and its redactor publishes the file in hand."""
    rerun = [case for case in drawn if case.redactor is not None]

    assert len(rerun) > 50
    for case in rerun:
        assert case.plan is not None and case.original is not None and case.redactor is not None
        again = case.redactor.publish(case.redactor.decode(case.original))
        assert case.leaky or again == case.published, case.name


@pytest.mark.parametrize("index", range(len(VARIANTS)))
def test_payloads_are_marked(index: int) -> None:
    """The marker stands in each spelling, and tells which seed planted it."""
    plant = Plant.of(Draw(recipe="any", seed=5, index=index))
    other = Plant.of(Draw(recipe="any", seed=6, index=index))

    assert len(plant.marker) == 84
    assert plant.marker.startswith(b"INDELIBLE-PLANT-") and plant.marker.endswith(b"-END")
    assert plant.data != other.data


def test_a_built_folder_lists_what_it_holds(tmp_path: Path) -> None:
    """``expected.json`` names each file, and each plan can be read back."""
    count = build(tmp_path, 3)
    entries = json.loads((tmp_path / "expected.json").read_text("utf-8"))

    assert len(entries) == count == 2 * len(RECIPES.names())
    for entry in entries:
        assert (tmp_path / entry["published"]).stat().st_size > 0
        assert bool(entry["expected"]) == entry["leaky"]
        if "plan" in entry:
            RedactionPlan.from_dict(json.loads((tmp_path / entry["plan"]).read_text("utf-8")))
