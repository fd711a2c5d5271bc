"""Probes whose person is known, made from the gallery: how well an attack does at just these parameters.

Where persons have several pictures each, a probe is a picture that its gallery then lacks. Where they have one, the probe is
that picture turned, moved, lit and blurred a little; what comes of it is an upper estimate, and is marked so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indelible.attacks.face_cells import Alignment, Cells
from indelible.attacks.face_match import Faces
from indelible.attacks.face_views import Pose, relit

#: Probes of a full trial, and where all pictures come out alike, so that chance can be told from twice chance.
PROBES = 200
PROBES_BLANK = 600
#: Held-out pictures that are enough to do without made ones.
_ENOUGH = 16
_SCALE, _SHIFT, _LEVELS, _NOISE = 0.06, 0.03, 20.0, 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """Observed vectors ``(probes, features)``, whose they are, and the gallery picture each was held out from, or -1."""

    observed: np.ndarray
    truth: np.ndarray
    left_out: np.ndarray
    held_out: bool


def trials_from(cells: Cells, faces: Faces, seed: int, effort: float) -> Trials:
    """Seeded probes from a gallery, filtered as the region is."""
    rng = np.random.default_rng([seed, 7])
    counts = np.bincount(faces.owners, minlength=len(faces.labels))
    several = np.flatnonzero(counts[faces.owners] > 1)
    held_out = len(several) >= _ENOUGH and (counts > 1).mean() >= 0.5
    pool = several if held_out else np.arange(len(faces.crops))
    wanted = PROBES_BLANK if cells.filter.kind == "solid" else max(20, round(PROBES * effort))
    order = np.concatenate([rng.permutation(pool) for _ in range(-(-wanted // len(pool)))])[:wanted]
    if cells.filter.kind == "solid":
        observed = np.zeros((wanted, cells.filtered(faces.crops[0], (Pose(),), (Alignment(),)).shape[1]))
    else:
        observed = np.stack([_probe(cells, faces.crops[index], rng, turned=not held_out) for index in order])
    return Trials(
        observed=observed,
        truth=faces.owners[order],
        left_out=order if held_out else np.full(wanted, -1),
        held_out=held_out,
    )


def varied(cells: Cells, crop: np.ndarray, rng: np.random.Generator, poses: tuple[Pose, ...], count: int) -> np.ndarray:
    """A clear crop as it might be observed: another light, another place, some noise; ``(poses * count, features)``."""
    across, down = rng.uniform(-_LEVELS, _LEVELS, 2)
    lit = relit(crop, across, down, rng.uniform(0.9, 1.1))
    lies = tuple(
        Alignment(
            scale=float(np.exp(rng.uniform(-_SCALE, _SCALE))),
            across=float(rng.uniform(-_SHIFT, _SHIFT)),
            down=float(rng.uniform(-_SHIFT, _SHIFT)),
        )
        for _ in range(count)
    )
    return cells.filtered(lit + rng.normal(0, _NOISE, lit.shape).astype(np.float32), poses, lies)


def any_pose(rng: np.random.Generator) -> Pose:
    """Some pose within what the parrot reckons with."""
    yaw, pitch, roll = np.round(rng.uniform(-1, 1, 3) * (16, 11, 6))
    return Pose(yaw=float(yaw), pitch=float(pitch), roll=float(roll))


def _probe(cells: Cells, crop: np.ndarray, rng: np.random.Generator, *, turned: bool) -> np.ndarray:
    pose = any_pose(rng) if turned else Pose()
    return np.asarray(varied(cells, crop, rng, (pose,), 1)[0])
