"""From the colours of cells to shares of ink: 0 is the paper, 1 the colour of the text.

Averaging is linear either in the stored values (``srgb``) or in light (``linear``). In the first the mean of a cell is the mean of
coverage; in the second each pixel's coverage goes through a curve before it is averaged, and the glyphs have to take the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

Space = Literal["srgb", "linear"]
SPACES: tuple[Space, ...] = ("srgb", "linear")
#: Levels by which text must differ from its paper, and how far cells may lie off the line between both colours, as a share.
_LEAST_CONTRAST = 24.0
_OFF_LINE = 0.12


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """Paper and text, float64 ``(3,)``, 0 to 255. ``known``: the text's colour was seen and is not only the farthest possible."""

    paper: np.ndarray
    text: np.ndarray
    known: bool

    @property
    def contrast(self) -> float:
        """Distance of both colours, in levels of a grey picture."""
        return float(np.linalg.norm(self.text - self.paper) / np.sqrt(3))

    def at(self, strength: float) -> Colours:
        """With a text that stands out by so much of the difference only."""
        if strength == 1.0:
            return self
        return Colours(paper=self.paper, text=self.paper + strength * (self.text - self.paper), known=self.known)

    def scaled(self, ink: float, space: Space) -> float:
        """The share of the difference, in stored values, that is such a share of it in the space of averaging."""
        if space == "srgb":
            return ink
        steps = np.linspace(0, 1.1, 111)
        shown = np.clip(self.paper + steps[:, None] * (self.text - self.paper), 0, 255)
        return float(np.interp(ink, ink_of(shown, self, "linear"), steps))


def to_light(values: np.ndarray) -> np.ndarray:
    """Stored values, 0 to 255, as light, 0 to 1, by the sRGB curve."""
    share = np.clip(values, 0, 255) / 255
    return np.asarray(np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4))


def ink_of(cells: np.ndarray, colours: Colours, space: Space) -> np.ndarray:
    """Ink of each cell: its place on the line from paper to text, float64, shape ``cells.shape[:-1]``."""
    paper, text = (to_light(c) if space == "linear" else c for c in (colours.paper, colours.text))
    values = to_light(cells) if space == "linear" else cells
    way = text - paper
    return np.asarray((values - paper) @ way / (way @ way))


def ink_noise(cells: np.ndarray, colours: Colours, space: Space, levels: float) -> np.ndarray:
    """Standard deviation of each cell's ink if every stored value is off by so many levels; grey cells round alike."""
    grey = np.ptp(colours.paper) < 1 and np.ptp(colours.text) < 1
    if space == "srgb":
        way = colours.text - colours.paper
        size = float(np.linalg.norm(way))
        return np.full(cells.shape[:-1], levels / (size / np.sqrt(3) if grey else size))
    slope = (to_light(cells + 0.5) - to_light(cells - 0.5)) * levels
    way = to_light(colours.text) - to_light(colours.paper)
    share = np.sqrt(((slope * way) ** 2).sum(axis=-1)) / (way @ way)
    return np.asarray(np.maximum(share * (np.sqrt(3) if grey else 1.0), 1e-4))


def curve(coverage: np.ndarray, colours: Colours, space: Space) -> np.ndarray:
    """Ink of pixels with that coverage, blended in stored values and seen in the space of averaging; float32."""
    if space == "srgb":
        return coverage.astype(np.float32)
    steps = np.linspace(0, 1, 257)
    blended = colours.paper + steps[:, None] * (colours.text - colours.paper)
    return np.asarray(np.interp(coverage, steps, ink_of(blended, colours, "linear")), dtype=np.float32)


def find_colours(cells: np.ndarray, surround: np.ndarray) -> Colours | None:
    """Paper and text of a region, or None if its cells do not lie on one line between two colours.

    Args:
        cells: ``(rows, columns, 3)``.
        surround: pixels round the region, ``(n, 3)``, may be empty.
    """
    flat = cells.reshape(-1, 3)
    paper = _paper(cells, surround)
    away = flat - paper
    distance = np.linalg.norm(away, axis=1)
    if distance.max() < _LEAST_CONTRAST / 4:
        return None
    strong = away[distance >= 0.5 * distance.max()]
    way = strong.mean(axis=0)
    if np.linalg.norm(way) < 0.5 * distance.max():
        return None
    way /= np.linalg.norm(way)
    along = away @ way
    off = away - along[:, None] * way
    if np.sqrt((off**2).sum(axis=1).mean()) > _OFF_LINE * along.max() or along.min() < -0.35 * along.max():
        return None
    text = _visible_text(paper, way, float(along.max()), surround)
    if text is not None:
        return Colours(paper=paper, text=text, known=True)
    return Colours(paper=paper, text=paper + way * _to_border(paper, way), known=False)


def _paper(cells: np.ndarray, surround: np.ndarray) -> np.ndarray:
    """The surround's usual colour, unless many cells along the border agree on another one."""
    ring = np.concatenate([cells[0], cells[-1], cells[:, 0], cells[:, -1]])
    shown, often = np.unique(np.round(ring), axis=0, return_counts=True)
    usual = shown[np.argmax(often)]
    if len(surround):
        values, counts = np.unique(surround // 4, axis=0, return_counts=True)
        near = surround[(np.abs(surround // 4 - values[np.argmax(counts)]) <= 1).all(axis=1)]
        if len(near) >= 0.4 * len(surround):
            colour = np.median(near, axis=0)
            if often.max() < 0.4 * len(ring) or np.abs(usual - colour).max() <= 12:
                return np.asarray(colour, dtype=np.float64)
    near = ring[(np.abs(ring - usual) <= 2).all(axis=1)]
    return np.asarray(np.median(near, axis=0), dtype=np.float64)


def _to_border(paper: np.ndarray, way: np.ndarray) -> float:
    """How far the line goes before a channel leaves 0 to 255; tiny components are taken for noise."""
    lengths = [
        ((255.0 if part > 0 else 0.0) - value) / part
        for value, part in zip(paper, way, strict=True)
        if abs(part) > 0.05
    ]
    return float(max(min(lengths), 1.0))


def _visible_text(paper: np.ndarray, way: np.ndarray, reached: float, surround: np.ndarray) -> np.ndarray | None:
    """Colour of text round the region that lies on the same line, if there is any."""
    if not len(surround):
        return None
    away = surround - paper
    along = away @ way
    off = np.linalg.norm(away - along[:, None] * way, axis=1)
    fitting = along[(along > max(_LEAST_CONTRAST, 0.9 * reached)) & (off < 0.06 * along + 3)]
    if len(fitting) < 12 or len(fitting) > 0.5 * len(surround):
        return None
    top = float(np.quantile(fitting, 0.98))
    if (fitting > top - 4).sum() < 0.1 * len(fitting):
        return None
    return np.asarray(paper + way * top)
