"""Every attack, one file each. An attack without a positive and a negative control does not load."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from indelible.jpeg import JpegCoding
from indelible.model import Box, Kind
from indelible.model.attack import AttackResult
from indelible.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What lies before an attack.

    ``image`` is the published picture (upright, mode ``RGB`` or ``L``), ``box`` the region in its pixels, None for the whole file.
    ``kind`` is what the region is said to hide, if anybody says so; ``jpeg`` the published file's coding, None if it is lossless.
    ``frames`` are all frames or near-duplicates, this one included; ``file`` the published bytes. ``candidates`` are texts that the
    hidden one may be; ``gallery`` maps a label to clear faces, uint8 RGB arrays ``(height, width, 3)``. ``others`` are the other
    regions of the picture.
    """

    image: Image.Image = field(repr=False)
    box: Box | None = None
    kind: Kind | None = None
    jpeg: JpegCoding | None = None
    frames: tuple[Image.Image, ...] = field(default=(), repr=False)
    file: bytes = field(default=b"", repr=False)
    candidates: tuple[str, ...] = field(default=(), repr=False)
    gallery: Mapping[str, tuple[np.ndarray, ...]] = field(default_factory=dict, repr=False)
    others: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What an attack may spend. Trials are the budget, so that a slow machine gives the same row; the clock only cuts off.

    ``effort`` scales an attack's planned trials, 1.0 by default. ``deadline`` is `time.monotonic`'s, None for no end.
    """

    effort: float = 1.0
    deadline: float | None = None

    @classmethod
    def of(cls, seconds: float | None, effort: float = 1.0) -> Budget:
        """A budget that ends so many seconds from now."""
        return cls(effort=effort, deadline=None if seconds is None else time.monotonic() + seconds)

    @property
    def spent(self) -> bool:
        """Whether the clock has run out; an attack asks between trials, and ends as ``inconclusive`` with ``R-BUDGET-CUT``."""
        return self.deadline is not None and time.monotonic() >= self.deadline


#: ``(target, budget, seed)`` -> what it came to. Raises nothing for hostile pictures.
Run = Callable[[Target, Budget, int], AttackResult]
#: A target made from a seed in the attack's own file.
TargetMaker = Callable[[], Target]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One registered attack. ``applies`` is cheap, and says in a closed word why not, or None.

    ``broken_one`` is a target that it must break, ``held_one`` one on which it must find nothing.
    """

    name: str
    rule: str
    breaks: str
    run: Run
    applies: Callable[[Target], str | None]
    broken_one: TargetMaker
    held_one: TargetMaker
    order: int


ATTACKS: Registry[Attack] = Registry("indelible.attacks.methods")


def attack(
    name: str,
    *,
    rule: str,
    breaks: str,
    applies: Callable[[Target], str | None],
    broken_one: TargetMaker,
    held_one: TargetMaker,
    order: int = 50,
) -> Callable[[Run], Run]:
    """Register an attack. ``rule`` is its stable id, ``breaks`` says in plain words what it gets back; cheap ones have a low ``order``."""

    def register(run: Run) -> Run:
        ATTACKS.add(
            name,
            Attack(
                name=name,
                rule=rule,
                breaks=breaks,
                run=run,
                applies=applies,
                broken_one=broken_one,
                held_one=held_one,
                order=order,
            ),
        )
        return run

    return register
