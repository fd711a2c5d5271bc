"""One published file under attack: its redacted places are found, and everything that applies is tried on each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from indelible.attacks.found import find_places
from indelible.attacks.methods import Target
from indelible.attacks.suite import concerned, run_attack
from indelible.errors import UsageError
from indelible.media import Picture
from indelible.model import Box, Outcome
from indelible.model.attack import AttackResult

#: Frames of a film that are searched: the first ones that differ.
_MOST_FRAMES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attack on one place of one frame."""

    frame: int
    result: AttackResult


def attack_picture(
    picture: Picture,
    data: bytes,
    *,
    boxes: Sequence[Box] | None = None,
    names: Sequence[str] | None = None,
    seconds: float | None = None,
    candidates: Sequence[str] = (),
    gallery: Mapping[str, tuple[np.ndarray, ...]] | None = None,
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> tuple[Attempt, ...]:
    """Attack a published file; what is not applicable to a place is left out.

    Args:
        picture: the file opened.
        data: its bytes.
        boxes: places in upright pixels of the first frame; searched for if None.
        names: only these attacks.
        seconds: longest time per attack and place.
        candidates: texts that a hidden one may be.
        gallery: clear faces by label.
        seed: of everything random.
        progress: called with the name of each attack.
    """
    attempts, places = [], _places(picture, boxes)
    for frame, box in [(0, None), *places]:
        image = picture.images[frame]
        target = Target(
            image=image,
            box=None if box is None else box.intersection(Box(0, 0, *image.size)),
            jpeg=picture.jpeg,
            frames=picture.images,
            file=data,
            candidates=tuple(candidates),
            gallery=gallery or {},
            others=tuple(other for number, other in places if number == frame and other != box)
            if boxes is not None
            else (),
        )
        if box is not None and target.box is None:
            raise UsageError("region", "A region lies outside the picture.", "Give X,Y,W,H in upright pixels.")
        for entry in concerned(target, names):
            if progress is not None:
                progress(entry.name)
            result = run_attack(entry, target, seconds=seconds, seed=seed)
            if result.outcome is not Outcome.NOT_APPLICABLE:
                attempts.append(Attempt(frame=frame, result=result))
    return tuple(attempts)


def _places(picture: Picture, boxes: Sequence[Box] | None) -> list[tuple[int, Box]]:
    if boxes is not None:
        return [(0, box) for box in boxes]
    found: list[tuple[int, Box]] = []
    for frame, image in enumerate(picture.images[:_MOST_FRAMES]):
        found += [(frame, place.box) for place in find_places(image, lossy=picture.lossy)]
    return found
