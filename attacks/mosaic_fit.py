"""How well a reading explains a line of a mosaic: its residual, whether rounding explains it, and what it is worth in nats and bits."""

from __future__ import annotations

import numpy as np

from indelible.attacks.mosaic_ink import Space, ink_noise
from indelible.attacks.mosaic_line import Line, line_ink
from indelible.attacks.mosaic_priors import TextModel, digits_model, open_model, words_model
from indelible.attacks.mosaic_search import Found

#: A residual of so many times the noise of the cells is rounding; the more, the fewer cells there are.
_EXACT, _EXACT_FEW = 1.25, 1.5
#: Beyond so many times the noise the error is the model's own, and cells next to each other err alike: so many count as one.
_OWN_ERROR, _ALIKE = 2.5, 1.2


def _inked(line: Line, space: Space) -> np.ndarray:
    ink = line_ink(line, space)
    return np.asarray(ink[np.abs(ink) > 0.01])


def noise_of(line: Line, space: Space) -> float:
    """What rounding and codec leave in an inked cell, as ink of the greatest contrast."""
    part = line.grid.colours[line.rows[0] : line.rows[1], line.columns[0] : line.columns[1]]
    noise = ink_noise(part, line.colours, space, line.grid.noise)[np.abs(line_ink(line, space)) > 0.01]
    return float(np.sqrt((noise**2).mean())) if noise.size else 1.0


def rms_of(line: Line, found: Found) -> float:
    """Root mean squared residual over the inked cells, as ink of the greatest contrast."""
    count = max(1, len(_inked(line, found.way.space)))
    sigma = np.hypot(found.sigma * found.way.strength, noise_of(line, found.way.space))
    return float(np.sqrt(max(0.0, 2 * found.misfit) / count) * sigma)


def is_exact(line: Line, found: Found) -> bool:
    """Whether rounding alone explains what is left."""
    count = max(1, len(_inked(line, found.way.space)))
    return rms_of(line, found) < _EXACT * (1 + _EXACT_FEW / float(np.sqrt(2 * count))) * noise_of(line, found.way.space)


def model_of(found: Found) -> TextModel:
    """The text model that a reading was made with."""
    return next(model for model in (digits_model(), words_model(), open_model()) if model.chars == found.chars)


def total(line: Line, found: Found) -> float:
    """Nats of a reading, with the size of its error unknown beforehand: so rounds of any sharpness compare."""
    count = len(_inked(line, found.way.space))
    noise = noise_of(line, found.way.space)
    times = rms_of(line, found) / noise
    near = min(max(times, 1.0), _OWN_ERROR)
    far = max(times / _OWN_ERROR, 1.0)
    misfit = count * (0.5 * min(times, 1.0) ** 2 + np.log(near) + np.log(far) / _ALIKE)
    return float(misfit) + found.prior + model_of(found).entry


def bits_of(line: Line, found: Found) -> float:
    """Bits that the cells tell about the text beyond those of all choices."""
    ink = _inked(line, found.way.space)
    spread = float(np.std(line_ink(line, found.way.space)))
    told = len(ink) * np.log2(max(1.0, spread / max(rms_of(line, found), noise_of(line, found.way.space))))
    return float(told - (model_of(found).cost(found.text)) / np.log(2) - 14)
