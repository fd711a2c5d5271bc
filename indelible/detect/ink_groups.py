"""Groups of strokes that stand together, and what tells a pen from a press: reach, slant, thinness, uneven feet.

All lengths are in text heights, so that the numbers mean the same at every resolution.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indelible.detect.ink_mask import Mask

#: Components and groups that are looked at; a page of dots has no more of interest.
MAX_COMPONENTS, MAX_GROUPS = 6_000, 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Ink that stands together. ``left`` to ``bottom`` are pixels of the mask; the rest are text heights and shares.

    ``reach`` is the height of the tallest connected stroke and ``spread`` its width; ``path`` the length that the pen went in
    it; ``stroke`` its mean width and ``thickest`` the widest; ``oblique`` the share of its edge that runs along neither rows nor
    columns; ``density`` the share of the group's box that is ink; ``parts`` how many strokes of half a text height it holds;
    ``uneven`` how much their heights and feet vary; ``ring`` the share of the tallest stroke that lies on the oval in its box.
    """

    left: int
    top: int
    right: int
    bottom: int
    height: float
    width: float
    reach: float
    spread: float
    path: float
    stroke: float
    thickest: float
    oblique: float
    density: float
    parts: int
    uneven: float
    ring: float


def groups_of(mask: Mask, text_px: float, gap: float = 0.9) -> tuple[Group, ...]:
    """Group the strokes of a mask that stand less than ``gap`` text heights apart; the tallest first."""
    import cv2

    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    kept = np.flatnonzero(stats[:, cv2.CC_STAT_AREA] >= max(3, round(0.02 * text_px * text_px)))
    kept = kept[kept != 0]
    if not len(kept):
        return ()
    if len(kept) > MAX_COMPONENTS:
        kept = np.sort(kept[np.argsort(-stats[kept, cv2.CC_STAT_AREA], kind="stable")[:MAX_COMPONENTS]])
    chosen = np.zeros(count, dtype=np.uint8)
    chosen[kept] = 255
    ink: Mask = chosen[labels]
    side = 2 * max(1, round(gap / 2 * text_px)) + 1
    owners, owner_of = cv2.connectedComponents(cv2.dilate(ink, np.ones((side, side), np.uint8)), connectivity=4)
    distance = cv2.distanceTransform(ink, cv2.DIST_L2, 3)
    edges = _edges(ink)
    members: list[list[int]] = [[] for _ in range(owners)]
    for component in kept.tolist():
        x, y, w, _ = stats[component, :4]
        column = int(np.argmax(labels[y, x : x + w] == component))
        members[int(owner_of[y, x + column])].append(component)
    found = (_group(parts, stats, labels, distance, edges, text_px) for parts in members if parts)
    return tuple(sorted(found, key=lambda item: (-item.reach, item.top, item.left))[:MAX_GROUPS])


def _edges(ink: Mask) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Where the ink has an edge, and where that edge is more than 15 degrees off both the rows and the columns."""
    import cv2

    soft = cv2.GaussianBlur(ink, (0, 0), 1.2)
    dx, dy = np.abs(cv2.Sobel(soft, cv2.CV_32F, 1, 0)), np.abs(cv2.Sobel(soft, cv2.CV_32F, 0, 1))
    edge = (dx + dy) > 60
    return edge, edge & (np.minimum(dx, dy) > 0.268 * np.maximum(dx, dy))


def _group(
    parts: list[int],
    stats: NDArray[np.int32],
    labels: NDArray[np.int32],
    distance: NDArray[np.float32],
    edges: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    text_px: float,
) -> Group:
    boxes = stats[parts].astype(int)
    left, top = int(boxes[:, 0].min()), int(boxes[:, 1].min())
    right, bottom = int((boxes[:, 0] + boxes[:, 2]).max()), int((boxes[:, 1] + boxes[:, 3]).max())
    main = parts[int(np.argmax(boxes[:, 3] + 0.5 * boxes[:, 2]))]
    x, y, w, h, area = (int(value) for value in stats[main])
    where = labels[y : y + h, x : x + w] == main
    depth = distance[y : y + h, x : x + w][where]
    mean_width = max(1.0, 4.0 * float(depth.mean()) - 1.0)
    window = (slice(max(0, y - 2), y + h + 2), slice(max(0, x - 2), x + w + 2))
    sizeable = boxes[boxes[:, 3] >= 0.5 * text_px]
    heights, feet = sizeable[:, 3] / text_px, (sizeable[:, 1] + sizeable[:, 3]) / text_px
    return Group(
        left=left,
        top=top,
        right=right,
        bottom=bottom,
        height=(bottom - top) / text_px,
        width=(right - left) / text_px,
        reach=h / text_px,
        spread=w / text_px,
        path=area / mean_width / text_px,
        stroke=mean_width / text_px,
        thickest=2.0 * float(depth.max()) / text_px,
        oblique=float(edges[1][window].sum()) / max(1, int(edges[0][window].sum())),
        density=float(boxes[:, 4].sum()) / max(1, (right - left) * (bottom - top)),
        parts=len(sizeable),
        uneven=float(heights.std() + feet.std()) if len(sizeable) > 1 else 0.0,
        ring=_ring(where),
    )


def _ring(where: NDArray[np.bool_]) -> float:
    """Share of a stroke's pixels, ``(h, w)``, between the oval that touches the sides of its box and one of two thirds: a stamp's rim."""
    rows, columns = np.nonzero(where)
    x, y = (2 * columns + 1) / where.shape[1] - 1, (2 * rows + 1) / where.shape[0] - 1
    return float((np.abs(np.hypot(x, y) - 0.86) < 0.19).mean())
