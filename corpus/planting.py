"""Recipes that damage bytes: a proper file, and the same file with something planted in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from indelible.corpus.case import Draw, Expected, Pair, recipe
from indelible.corpus.payload import Plant
from indelible.corpus.published import carrier

#: ``(file, payload)`` -> the file with the payload in it.
Planter = Callable[[bytes, Plant], bytes]


def planted(name: str, *expected: Expected) -> Callable[[Planter], Planter]:
    """Register a planter under ``name``; the part before the first dot is the format."""

    def register(plant: Planter) -> Planter:
        format = name.split(".")[0]

        def make(draw: Draw) -> Pair:
            sample = carrier(draw, format)
            leaky = replace(sample, published=plant(sample.published, Plant.of(draw)))
            return Pair(leaky=leaky, clean=sample, expected=frozenset(expected))

        make.__doc__ = plant.__doc__
        recipe(name, format=format)(make)
        return plant

    return register
