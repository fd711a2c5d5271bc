"""What a restored tail is: the last rows of a picture that a file held before it was overwritten."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """The old picture's last rows.

    ``pixels``: uint8 ``(rows, width, channels)``, 1, 3 or 4 channels. ``known``: bool ``(rows, width)``, False where a value hangs on
    data that is lost; it is then a guess. ``format``: ``png``, ``gif`` or ``jpeg``, of the old file.
    """

    format: str
    pixels: np.ndarray = field(repr=False)
    known: np.ndarray = field(repr=False)

    @property
    def width(self) -> int:
        """Pixels across."""
        return int(self.pixels.shape[1])

    @property
    def rows(self) -> int:
        """Rows that came back whole."""
        return int(self.known.all(axis=1).sum())

    @property
    def structured(self) -> bool:
        """Whether some row of at least 16 known pixels shows more than one value."""
        if self.width < 16:
            return False
        first = self.pixels[:, :1]
        return bool(((self.pixels != first).any(axis=2) & self.known & self.known[:, :1]).any())
