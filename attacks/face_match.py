"""The parrot: filters the gallery as the region was filtered, and measures how far each face then is from the region.

Distances are whitened by how pictures of one person differ: by pose, by light, by occasion where the gallery has several
pictures of somebody. The best pose and alignment of each person counts.

Reference: Newton, Sweeney and Malin 2005; ATTACKS.md section 7 (A111).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from indelible.attacks.face_cells import ALIGNMENTS, PLAIN, Cells, prepared
from indelible.attacks.face_views import POSES

#: Gallery pictures from which the differences within a person are learnt.
_LEARNT_FROM = 160
#: Variance that light across and down may add, as a share of the brightness's.
_LIGHT = 0.02
#: What every feature may differ by, against the mean over the features.
_RIDGE = 1.0


class Cut(Exception):
    """The time ran out before all of the gallery was compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Faces:
    """A gallery ready for one kind of region. ``crops``: float32 planes; ``owners``: a label's number for each."""

    labels: tuple[str, ...]
    crops: tuple[np.ndarray, ...]
    owners: np.ndarray

    @classmethod
    def of(cls, gallery: Mapping[str, Sequence[np.ndarray]], *, grey: bool) -> Faces:
        """Labels sorted; a label without a usable picture is left out."""
        usable = {label: [crop for crop in crops if min(crop.shape[:2]) >= 8] for label, crops in gallery.items()}
        labels = tuple(sorted(label for label, crops in usable.items() if crops))
        return cls(
            labels=labels,
            crops=tuple(prepared(crop, grey=grey) for label in labels for crop in usable[label]),
            owners=np.array([number for number, label in enumerate(labels) for _ in usable[label]], dtype=np.int64),
        )


def whitening(cells: Cells, faces: Faces, spent: Callable[[], bool]) -> np.ndarray:
    """The matrix that takes the usual differences within a person out of a vector, ``(features, features)``."""
    step = max(1, -(-len(faces.crops) // _LEARNT_FROM))
    chosen = range(0, len(faces.crops), step)
    plain = (ALIGNMENTS[PLAIN],)
    seen = []
    for index in chosen:
        if spent():
            raise Cut
        seen.append(cells.filtered(faces.crops[index], POSES, plain))
    turned = np.stack(seen)
    apart = (turned[:, 1:] - turned[:, :1]).reshape(-1, turned.shape[2])
    spread = apart.T @ apart / len(apart)
    owners = faces.owners[list(chosen)]
    again = [owner for owner in np.unique(owners) if (owners == owner).sum() > 1]
    if len(again) > 1:
        groups = [turned[owners == owner, 0] for owner in again]
        between = np.concatenate([(one - one.mean(axis=0)) * np.sqrt(len(one) / (len(one) - 1)) for one in groups])
        spread = 0.5 * spread + between.T @ between / len(between)
    rows, columns = cells.shape
    down, across = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j]
    for ramp in (down.ravel(), across.ravel()):
        slope = np.zeros(spread.shape[0])
        slope[: rows * columns] = ramp / max(float(np.linalg.norm(ramp)), 1e-9)
        spread += _LIGHT * np.outer(slope, slope)
    spread += (_RIDGE * np.trace(spread) / len(spread) + 1e-9) * np.eye(len(spread))
    return np.asarray(np.linalg.cholesky(np.linalg.inv(spread)))


def distances(
    cells: Cells, faces: Faces, observed: np.ndarray, white: np.ndarray, spent: Callable[[], bool]
) -> np.ndarray:
    """Squared whitened distance of each gallery picture to each observed vector, the best pose and alignment.

    Args:
        cells: the cells of the region.
        faces: the gallery.
        observed: ``(probes, features)``.
        white: from `whitening`.
        spent: asked before each picture; raises `Cut` if it says so.

    Returns:
        ``(pictures, probes)``.
    """
    probes = observed @ white
    sizes = (probes**2).sum(axis=1)
    nearest = np.empty((len(faces.crops), len(probes)))
    for index, crop in enumerate(faces.crops):
        if spent():
            raise Cut
        looks = cells.filtered(crop, POSES) @ white
        squared = (looks**2).sum(axis=1)[:, None] - 2 * looks @ probes.T + sizes
        nearest[index] = squared.min(axis=0)
    return np.maximum(nearest, 0.0)


def per_label(nearest: np.ndarray, faces: Faces, left_out: np.ndarray | None = None) -> np.ndarray:
    """The nearest picture of each label, ``(probes, labels)``; infinite where a label has none.

    ``left_out``: for each probe the gallery picture that it was made from, which must not find itself, -1 for none.
    """
    nearest = nearest.copy()
    if left_out is not None:
        probes = np.flatnonzero(left_out >= 0)
        nearest[left_out[probes], probes] = np.inf
    found = np.full((nearest.shape[1], len(faces.labels)), np.inf)
    for index, owner in enumerate(faces.owners):
        found[:, owner] = np.minimum(found[:, owner], nearest[index])
    return found
