"""Boxes of several passes over one picture, made into one answer: plain functions on arrays.

A box array is ``(n, 5)`` float: left, top, right, bottom in pixels of the picture, score 0-1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.float64]

#: A pass is expected to see faces whose longer side is this many pixels long at its scale.
SEEN_FROM, SEEN_TO = 6.0, 300.0

_SMALLEST, _USUAL, _LARGEST = 8.0, 16.0, 64.0  # pixels of the picture: see `lowest`
_CROWD = 3  # clear faces


def overlaps(box: NDArray[np.float64], boxes: Boxes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Intersection over union, and intersection over the smaller of the two, of one box with each of ``boxes``."""
    wide = np.minimum(box[2], boxes[:, 2]) - np.maximum(box[0], boxes[:, 0])
    tall = np.minimum(box[3], boxes[:, 3]) - np.maximum(box[1], boxes[:, 1])
    common = np.clip(wide, 0, None) * np.clip(tall, 0, None)
    own = (box[2] - box[0]) * (box[3] - box[1])
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return common / (own + areas - common), common / np.minimum(own, areas)


def suppressed(boxes: Boxes, union: float, smaller: float = 1.1) -> Boxes:
    """Best first, each box only if it overlaps no better one by more than these shares (see `overlaps`)."""
    boxes = by_score(boxes)
    alive = np.ones(len(boxes), dtype=bool)
    kept = []
    for number in range(len(boxes)):
        if alive[number]:
            kept.append(number)
            shared, inside = overlaps(boxes[number], boxes)
            alive &= (shared < union) & (inside < smaller)
    return boxes[kept]


def by_score(boxes: Boxes) -> Boxes:
    """Best score first; equal scores by place, so that the order never depends on the input's."""
    return boxes[np.lexsort((boxes[:, 2], boxes[:, 0], boxes[:, 1], -boxes[:, 4]))]


def consensus(
    passes: Sequence[Boxes], scales: Sequence[float], same: float, looked: Callable[[int, Boxes], bool] | None = None
) -> Boxes:
    """Clusters of boxes from several passes, best first.

    A cluster's box is the mean weighted by score; its score is the sum of the best score of each pass, divided by the number
    of passes that can see a face of that size (DETECTION A2: boxes that one scale alone imagines lose, real ones stay).

    Args:
        passes: one box array per pass.
        scales: the scale of each pass.
        same: lowest intersection over union of boxes of one cluster.
        looked: whether the pass of that number looked where the one given box ``(1, 5)`` is; None if all looked everywhere.
    """
    labelled = [np.column_stack([boxes, np.full(len(boxes), number)]) for number, boxes in enumerate(passes)]
    pool = np.concatenate(labelled) if labelled else np.zeros((0, 6))
    pool = pool[np.lexsort((pool[:, 5], pool[:, 0], pool[:, 1], -pool[:, 4]))]
    free = np.ones(len(pool), dtype=bool)
    scale = np.asarray(scales, dtype=np.float64)
    fused = []
    for number in range(len(pool)):
        if not free[number]:
            continue
        group = free & (overlaps(pool[number], pool)[0] >= same)
        group[number] = True
        free &= ~group
        best = np.zeros(len(scale))
        np.maximum.at(best, pool[group, 5].astype(int), pool[group, 4])
        box = np.average(pool[group, :4], axis=0, weights=pool[group, 4])
        size = max(box[2] - box[0], box[3] - box[1]) * scale
        able = (size >= SEEN_FROM) & (size <= SEEN_TO)
        if looked is not None:
            where = np.append(box, 0.0)[None]
            able &= [bool(seen) and looked(number, where) for number, seen in enumerate(able)]
        able[best.argmax()] = True
        fused.append([*box, best[able].sum() / able.sum()])
    return by_score(np.array(fused, dtype=np.float64).reshape(-1, 5))


def believed(boxes: Boxes, low: float, high: float, anchor: float) -> Boxes:
    """Boxes above `lowest` of their size where the best one reaches ``anchor``, and above ``high`` where none does.

    Faint candidates beside a clear face are mostly faces; in a picture without one they are mostly leaves and clouds.
    """
    clear = int((boxes[:, 4] >= anchor).sum())
    return boxes[boxes[:, 4] >= (lowest(boxes, low, clear >= _CROWD) if clear else high)]


def lowest(boxes: Boxes, usual: float, crowd: bool) -> NDArray[np.float64]:
    """The score from which each box is believed: ``usual`` at 16 pixels, otherwise by the root of the longer side.

    At one score a large candidate is a face more often than a small one: there are fewer places where a large one could be
    imagined. A logistic regression on score and size has equal odds at scores that fall by a power of 0.46 to 0.69 of the size.
    Outside a crowd that buys boxes but no faces, so more is asked of the small, and nothing is let off the large.
    """
    longer = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    root: NDArray[np.float64] = np.sqrt(_USUAL / np.clip(longer, _SMALLEST, _LARGEST if crowd else _USUAL))
    return usual * root
