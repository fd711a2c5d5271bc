"""The centre, radius and angle of a swirl, from the gradients of the swirled picture alone.

A swirl shears: round the centre everything keeps its length, but what ran outwards is drawn along. Undone, the gradient across
the rings is g_r - r a'(r) g_t, so the total variation of the restored picture follows from the gradients of the swirled one, ring
by ring, without restoring anything. Variation is counted along the picture's own axes, across plus down: pictures have the
least of it upright and unsheared, and the four numbers that reach it are the swirl's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from indelible.attacks.warp_model import SWIRLS, Warp, restore, swirl_angle, swirl_slope

_LONGEST_PX = 320
_REFINED_PX = 300
_SWEEP = np.geomspace(0.6, 2.5, 22)
_REFINED_CALM_PX = 1.5
_POINTS = 6_000
_CALM_PX = 1.0
_TRIED = 2
_SECTORS = 12
_FEWEST_PLACES = 40
_MOST_TURN = 13.0
_ANGLES = np.array([-12.0, -8, -6, -4.5, -3.4, -2.5, -1.8, -1.2, -0.7, 0.7, 1.2, 1.8, 2.5, 3.4, 4.5, 6, 8, 12.0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Slopes:
    """The steep places of a picture: where, and the gradient there. ``factor``: the picture was shrunk by that."""

    x: np.ndarray
    y: np.ndarray
    across: np.ndarray
    down: np.ndarray
    factor: float
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSwirl:
    """A swirl, the share of the variation inside its radius that goes when it is undone, and the places that it rests on."""

    warp: Warp
    gain: float
    places: int


def slopes_of(pixels: np.ndarray, seed: int = 0) -> Slopes:
    """Gradients of a picture, shrunk if it is large; a seeded choice of its steep places. ``pixels``: uint8."""
    import cv2

    values = pixels.astype(np.float32)
    factor = max(1.0, max(values.shape[:2]) / _LONGEST_PX)
    if factor > 1:
        size = (max(4, round(values.shape[1] / factor)), max(4, round(values.shape[0] / factor)))
        values = cv2.resize(values, size, interpolation=cv2.INTER_AREA)
    planes = values.reshape(values.shape[0], values.shape[1], -1)
    calm = cv2.GaussianBlur(planes, (0, 0), _CALM_PX).reshape(planes.shape)
    down, across = np.gradient(calm, axis=(0, 1)) if min(calm.shape[:2]) > 1 else (np.zeros_like(calm),) * 2
    steep = np.hypot(down, across)
    plane = steep.argmax(axis=2)[..., None]
    down, across = (np.take_along_axis(part, plane, 2)[..., 0] for part in (down, across))
    chosen = np.flatnonzero(np.hypot(down, across).ravel() > 1.0)
    if len(chosen) > _POINTS:
        chosen = np.sort(np.random.default_rng(seed).choice(chosen, _POINTS, replace=False))
    y, x = np.divmod(chosen, planes.shape[1])
    return Slopes(
        x=x.astype(np.float64),
        y=y.astype(np.float64),
        across=across.ravel()[chosen].astype(np.float64),
        down=down.ravel()[chosen].astype(np.float64),
        factor=factor,
        width=planes.shape[1],
        height=planes.shape[0],
    )


def saved(slopes: Slopes, warp: Warp) -> tuple[float, float, int]:
    """The variation that undoing a swirl saves, the variation inside its radius before, and the places inside.

    ``warp`` in the pixels of ``slopes``.
    """
    dx, dy = slopes.x - warp.x, slopes.y - warp.y
    inside = dx * dx + dy * dy < warp.radius**2
    dx, dy, across, down = dx[inside], dy[inside], slopes.across[inside], slopes.down[inside]
    distance = np.maximum(np.hypot(dx, dy), 1e-6)
    outwards = (across * dx + down * dy) / distance  # positive y is down, so "around" is clockwise as seen
    around = (down * dx - across * dy) / distance
    shear = distance * swirl_slope(warp.family, warp.amount, warp.radius, distance)
    turned = np.arctan2(dy, dx) + swirl_angle(warp.family, warp.amount, warp.radius, distance)
    outwards = outwards - shear * around
    cosine, sine = np.cos(turned), np.sin(turned)
    before = np.abs(across) + np.abs(down)
    after = np.abs(outwards * cosine - around * sine) + np.abs(outwards * sine + around * cosine)
    return float((before - after).sum()), float(before.sum()), int(inside.sum())


def agreement(slopes: Slopes, warp: Warp) -> float:
    """How well the sectors of a swirl agree that undoing it saves variation: mean over deviation of the mean, twelve sectors.

    ``warp`` in pixels of the full picture. A swirl shears everywhere round its centre; chance does so here and there.
    """
    shrunk = _scaled(warp, 1 / slopes.factor)
    sector = ((np.arctan2(slopes.y - shrunk.y, slopes.x - shrunk.x) / (2 * np.pi) * _SECTORS) % _SECTORS).astype(int)
    shares = []
    for number in range(_SECTORS):
        mine = sector == number
        part = replace(slopes, x=slopes.x[mine], y=slopes.y[mine], across=slopes.across[mine], down=slopes.down[mine])
        won, before, places = saved(part, shrunk)
        shares.append(won / before if places >= 8 and before > 0 else 0.0)
    return float(np.mean(shares) / max(np.std(shares) / np.sqrt(_SECTORS - 1), 1e-3))


def find_swirl(
    slopes: Slopes, x: float, y: float, radius: float, *, free: float = 0.35, families: tuple[str, ...] = SWIRLS
) -> tuple[FoundSwirl, ...]:
    """The swirls near a place that save most, one per family, the best first; none if there are too few steep places.

    Args:
        slopes: from `slopes_of`.
        x: where the centre may be, in pixels of the full picture.
        y: likewise.
        radius: how far a swirl reaches at most, in the same pixels.
        free: how far the centre may be off, in radii.
        families: which falls of the angle are tried.
    """
    from scipy.optimize import minimize

    x, y, radius = x / slopes.factor, y / slopes.factor, radius / slopes.factor
    starts = []
    for family in families:
        for shift_y in (-free, 0.0, free) if free else (0.0,):
            for shift_x in (-free, 0.0, free) if free else (0.0,):
                for size in (1.0, 0.7):
                    for amount in _ANGLES:
                        place = Warp(
                            kind="swirl",
                            family=family,
                            amount=float(amount),
                            radius=size * radius,
                            x=x + 0.6 * shift_x * radius,
                            y=y + 0.6 * shift_y * radius,
                        )
                        starts.append((saved(slopes, place)[0], place))
    starts.sort(key=lambda item: -item[0])
    best: dict[str, tuple[float, Warp]] = {}
    tried: dict[str, int] = {}
    for _, start in starts:
        if tried.get(start.family, 0) >= _TRIED:
            continue
        tried[start.family] = tried.get(start.family, 0) + 1

        def cost(values: np.ndarray, family: str = start.family) -> float:
            off = np.hypot(values[2] - x, values[3] - y)
            if (
                not 0.3 * radius < values[1] < 1.6 * radius
                or off > 2 * free * radius + 1
                or abs(values[0]) > _MOST_TURN
            ):
                return 0.0
            return -saved(slopes, _placed(family, values))[0]

        first = np.array([start.amount, start.radius, start.x, start.y])
        simplex = first + np.vstack([np.zeros(4), np.diag([0.3, 0.12 * radius, 0.1 * radius, 0.1 * radius])])
        options = {"initial_simplex": simplex, "maxiter": 160, "xatol": 0.02, "fatol": 1e-3}
        found = minimize(cost, first, method="Nelder-Mead", options=options)
        if start.family not in best or -found.fun > best[start.family][0]:
            best[start.family] = (-float(found.fun), _placed(start.family, found.x))
    kept = sorted((item for item in best.values() if item[0] > 0), key=lambda item: -item[0])
    results = []
    for _, warp in kept:
        gain, before, places = saved(slopes, warp)
        if places >= _FEWEST_PLACES and before > 0:
            results.append(FoundSwirl(warp=_scaled(warp, slopes.factor), gain=gain / before, places=places))
    return tuple(results)


def refined(pixels: np.ndarray, warps: Sequence[Warp], spent: Callable[[], bool] = lambda: False) -> Undone | None:
    """The best of some swirls, its numbers improved by restoring the picture again and again and counting what variation is left.

    Strong shear wears thin lines away, so that the gradients alone tell too small an angle; a picture that is half restored has
    more of its lines, and tells the rest. None if the time runs out.
    """
    from scipy.optimize import minimize

    if not warps:
        return None
    part = _part(pixels, max(warps, key=lambda warp: warp.radius))
    if part is None:
        return Undone(warp=warps[0], left=1.0)
    starts = []
    for warp in warps:
        if spent():
            return None
        at = part.inside(warp)
        amounts = warp.amount * _SWEEP
        costs = [part.cost(warp.family, np.array([amount, *at[1:]]), at) for amount in amounts]
        starts.append((min(costs), warp.family, np.array([amounts[int(np.argmin(costs))], *at[1:]])))
    starts.sort(key=lambda item: item[0])
    results = []
    for _, family, first in starts[:2]:
        values = first
        for step, rounds in ((1.0, 90), (0.3, 60)):
            if spent():
                return None
            steps = step * np.array([0.3, 0.05 * first[1], 0.03 * first[1], 0.03 * first[1]])
            found = minimize(
                lambda tried, family=family, first=first: part.cost(family, tried, first),
                values,
                method="Nelder-Mead",
                options={
                    "initial_simplex": values + np.vstack([np.zeros(4), np.diag(steps)]),
                    "maxiter": rounds,
                    "xatol": 0.004,
                    "fatol": 1e-5,
                },
            )
            values = found.x
        results.append((float(found.fun), part.outside(family, values)))
    cost, warp = min(results, key=lambda item: item[0])
    plain = part.cost(warp.family, np.array([0.0, *part.inside(warp)[1:]]), part.inside(warp))
    return Undone(warp=warp, left=cost / max(plain, 1e-9))


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """A swirl, and the share of the variation for its contrast that is left when it is undone."""

    warp: Warp
    left: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What lies round a swirl, shrunk by ``factor``, its corner at ``left``, ``top``."""

    pixels: np.ndarray
    left: int
    top: int
    factor: float

    def inside(self, warp: Warp) -> np.ndarray:
        """Amount, radius, x and y of a swirl in this part."""
        x, y = (
            (place - corner + 0.5) / self.factor - 0.5 for place, corner in ((warp.x, self.left), (warp.y, self.top))
        )
        return np.array([warp.amount, warp.radius / self.factor, x, y])

    def outside(self, family: str, values: np.ndarray) -> Warp:
        """The swirl in the full picture."""
        amount, radius, x, y = (float(value) for value in values)
        return Warp(
            kind="swirl",
            family=family,
            amount=amount,
            radius=radius * self.factor,
            x=(x + 0.5) * self.factor - 0.5 + self.left,
            y=(y + 0.5) * self.factor - 0.5 + self.top,
        )

    def cost(self, family: str, values: np.ndarray, first: np.ndarray) -> float:
        """The variation left after undoing a swirl, for the contrast left: to smear all lowers both. A barrier where it is far from the first guess."""
        import cv2

        off = np.hypot(*(values[2:] - first[2:]))
        if not 0.75 < values[1] / first[1] < 1.3 or off > 0.15 * first[1] or abs(values[0]) > _MOST_TURN:
            return 1e18
        restored = restore(self.pixels, _placed(family, values)).astype(np.float32)
        calm = cv2.GaussianBlur(restored, (0, 0), _REFINED_CALM_PX)
        across, down = cv2.Sobel(calm, cv2.CV_32F, 1, 0), cv2.Sobel(calm, cv2.CV_32F, 0, 1)
        return float(np.abs(across).mean() + np.abs(down).mean()) / max(float(calm.std()), 1.0)


def _part(pixels: np.ndarray, warp: Warp) -> _Part | None:
    import cv2

    reach = 1.25 * warp.radius
    left, top = max(0, int(warp.x - reach)), max(0, int(warp.y - reach))
    right, bottom = min(pixels.shape[1], int(warp.x + reach) + 2), min(pixels.shape[0], int(warp.y + reach) + 2)
    part = pixels[top:bottom, left:right]
    if min(part.shape[:2], default=0) < 8:
        return None
    factor = max(1.0, max(part.shape[:2]) / _REFINED_PX)
    size = (max(4, round(part.shape[1] / factor)), max(4, round(part.shape[0] / factor)))
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA) if factor > 1 else part
    return _Part(
        pixels=small if small.ndim == 2 else small.mean(axis=2).astype(np.uint8), left=left, top=top, factor=factor
    )


def _placed(family: str, values: np.ndarray) -> Warp:
    amount, radius, x, y = (float(value) for value in values)
    return Warp(kind="swirl", family=family, amount=amount, radius=radius, x=x, y=y)


def _scaled(warp: Warp, factor: float) -> Warp:
    return Warp(
        kind=warp.kind,
        family=warp.family,
        amount=warp.amount,
        radius=warp.radius * factor,
        x=(warp.x + 0.5) * factor - 0.5,
        y=(warp.y + 0.5) * factor - 0.5,
    )
