"""Ways to remove a region; one file adds one.

A fill that keeps nothing is never shown the pixels: it is asked for a patch of a given size. A fill that keeps something
is shown them, and can earn ``resisted`` at most.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from indelible.model import Redaction
from indelible.registry import Registry

#: ``(redaction, mode, (width, height))`` -> a patch of that mode and size, made without looking.
BlindPatch = Callable[[Redaction, str, tuple[int, int]], Image.Image]
#: ``(redaction, pixels)`` -> a patch of the same mode and size.
SeeingPatch = Callable[[Redaction, Image.Image], Image.Image]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """One way to remove a region: exactly one of ``blind`` and ``seeing`` is set."""

    name: str
    version: int
    blind: BlindPatch | None = None
    seeing: SeeingPatch | None = None

    @property
    def keeps_nothing(self) -> bool:
        """Whether the patch cannot depend on the hidden pixels, because it is not given them."""
        return self.blind is not None

    @property
    def method(self) -> str:
        """The name and version that stand in a certificate, e.g. ``solid/1``."""
        return f"{self.name}/{self.version}"


FILLS: Registry[Fill] = Registry("indelible.redact.fills")
