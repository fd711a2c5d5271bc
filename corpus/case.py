"""A case: one published file, what lies beside it, and the findings that it must draw, or that it must not draw any.

Recipes come in pairs. The leaky twin carries one fault; the clean twin is the same carrier done properly. A verifier that
flags the second is as useless as one that misses the first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np
from PIL import Image

from indelible.formats import EXTENSIONS, sniff
from indelible.model import RedactionPlan, RegionEvidence
from indelible.registry import Registry

#: A rule and a channel, as a finding names them.
Expected = tuple[str, str]

#: How a planted payload is written: as it is, with a small picture behind it, in UTF-16, compressed.
VARIANTS = ("plain", "picture", "utf16", "gzip")


class CaseRedactor(Protocol):
    """A redactor that belongs to a case: run again by the examination, and asked what it filled."""

    @property
    def regions(self) -> tuple[RegionEvidence, ...]:
        """Its own account."""
        ...

    def decode(self, source: bytes) -> tuple[Image.Image, ...]:
        """The source's bytes to the upright bare pictures, one per frame."""
        ...

    def publish(self, frames: Sequence[Image.Image]) -> bytes:
        """The published file's bytes."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One file to examine. ``expected`` is empty for a clean twin; for a leaky one it must be among what is found."""

    name: str
    recipe: str
    seed: int
    format: str
    extension: str
    published: bytes = field(repr=False)
    original: bytes | None = field(default=None, repr=False)
    plan: RedactionPlan | None = None
    redactor: CaseRedactor | None = None
    expected: frozenset[Expected] = frozenset()
    leaky: bool
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What a recipe makes for one twin."""

    published: bytes = field(repr=False)
    original: bytes | None = field(default=None, repr=False)
    plan: RedactionPlan | None = None
    redactor: CaseRedactor | None = None
    extension: str = ""


class Pair(NamedTuple):
    """Both twins, and what the leaky one must draw."""

    leaky: Sample
    clean: Sample
    expected: frozenset[Expected]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """Everything that may vary in one pair, from a seed."""

    recipe: str
    seed: int
    index: int

    @property
    def variant(self) -> str:
        """How payloads are written in this pair."""
        return VARIANTS[self.index % len(VARIANTS)]

    def generator(self, purpose: str = "") -> np.random.Generator:
        """A fresh generator; the same recipe, seed and purpose give the same numbers."""
        digest = hashlib.sha256(f"{self.recipe}/{purpose}/{self.seed}".encode()).digest()
        return np.random.default_rng(int.from_bytes(digest[:8], "big"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One way to leak: its name, the format of its files, a sentence, and how a pair is made."""

    name: str
    format: str
    note: str
    make: Callable[[Draw], Pair]


RECIPES: Registry[Recipe] = Registry("indelible.corpus.recipes")


def recipe(name: str, *, format: str) -> Callable[[Callable[[Draw], Pair]], Callable[[Draw], Pair]]:
    """Register a recipe; its note is the first line of the function's docstring."""

    def register(make: Callable[[Draw], Pair]) -> Callable[[Draw], Pair]:
        note = (make.__doc__ or "").strip().splitlines()[0]
        RECIPES.add(name, Recipe(name=name, format=format, note=note, make=make))
        return make

    return register


def cases(seed: int, per_recipe: int, names: frozenset[str] | None = None) -> Iterator[Case]:
    """Clean and leaky pairs of every recipe, in sorted order of their names.

    Args:
        seed: the first seed; pair number i of a recipe uses ``seed + i`` and payload variant i.
        per_recipe: how many pairs of each recipe.
        names: only these recipes; all by default.
    """
    for name, entry in RECIPES:
        if names is not None and name not in names:
            continue
        for index in range(per_recipe):
            draw = Draw(recipe=name, seed=seed + index, index=index)
            pair = entry.make(draw)
            yield _case(entry, draw, pair.leaky, pair.expected)
            yield _case(entry, draw, pair.clean, None)


def _case(entry: Recipe, draw: Draw, sample: Sample, expected: frozenset[Expected] | None) -> Case:
    twin = "clean" if expected is None else "leaky"
    return Case(
        name=f"{entry.name}-{draw.seed:05d}-{twin}",
        recipe=entry.name,
        seed=draw.seed,
        format=entry.format,
        extension=sample.extension or EXTENSIONS[sniff(sample.published) or "jpeg"][0],
        published=sample.published,
        original=sample.original,
        plan=sample.plan,
        redactor=sample.redactor,
        expected=expected or frozenset(),
        leaky=expected is not None,
        note=entry.note,
    )
