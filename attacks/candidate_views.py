"""What a mosaic or a blur shows of a line of text, as the ranking of candidates takes it: linear views of the same picture.

Both are ``down @ picture @ across.T``. A mosaic's cells are its averages; a blur is looked at in points a good half of its width apart, which
is all that it resolves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from indelible.attacks.blur_ink import Ink
from indelible.attacks.blur_kernels import GAUSSIANS, RESAMPLE, Kernel, axis_terms, of_sigma
from indelible.attacks.candidates import ROUGH, View
from indelible.attacks.mosaic_ink import Colours
from indelible.attacks.mosaic_kernel import KERNELS
from indelible.attacks.mosaic_line import Line, line_cells
from indelible.attacks.mosaic_search import Way
from indelible.attacks.mosaic_tables import Cells

_PAD = 96
#: Points of a blur lie so many sigma apart, and its glyphs reach so many sigma.
_APART, _REACH = 0.6, 3.0
_LEAST_SIGMA = 0.002


def mosaic_view(line: Line, way: Way) -> View:
    """A line of a mosaic, averaged in one way."""
    cells = line_cells(line, way.space, way.kernel, ROUGH, way.strength)
    least = max(_LEAST_SIGMA, line.grid.noise / max(1.0, line.colours.contrast))
    return View(cells=cells, colours=line.colours, space=way.space, least=least)


def other_mosaics(way: Way) -> Sequence[Way]:
    """The same space averaged with other kernels."""
    return [replace(way, kernel=kernel) for kernel in KERNELS if kernel != way.kernel]


def blur_view(ink: Ink, kernel: Kernel) -> View | None:
    """A blurred line; None where the kernel does not split into rows and columns."""
    height, width = ink.ink.shape
    terms = axis_terms(kernel, height, width)
    if len(terms) != 1:
        return None
    step = max(1, round(_APART * kernel.sigma))
    rows, columns = (np.arange(step // 2, length, step) for length in (height, width))
    down, across = (np.pad(matrix, ((0, 0), (_PAD, _PAD))) for matrix in terms[0])
    cells = Cells(
        ink=ink.ink[np.ix_(rows, columns)].T.astype(np.float32),
        weight=np.full((len(columns), len(rows)), 1 / np.hypot(ink.noise, ROUGH), np.float32),
        across=across[columns].astype(np.float32),
        down=down[rows].astype(np.float32),
        edges=np.append(columns - step / 2 + 0.5, columns[-1] + step / 2 + 0.5),
        rows=np.append(rows - step / 2 + 0.5, rows[-1] + step / 2 + 0.5),
        pad=_PAD,
        reach=_REACH * kernel.sigma if kernel.family != RESAMPLE else 2 * kernel.width,
    )
    grey = (np.full(3, ink.background), np.full(3, ink.foreground))
    colours = Colours(paper=grey[0], text=grey[1], known=ink.known)
    return View(cells=cells, colours=colours, space="srgb", least=max(_LEAST_SIGMA, ink.noise))


def other_blurs(kernel: Kernel) -> Sequence[Kernel]:
    """Kernels a little wider or narrower, and the other Gaussians of the same width."""
    near = [kernel.scaled(factor) for factor in (0.94, 0.97, 1.03, 1.06)]
    if kernel.family in GAUSSIANS:
        near += [of_sigma(family, kernel.sigma, kernel.edge) for family in GAUSSIANS if family != kernel.family]
    return near
