"""One upright picture, and what several detectors need of it, worked out once.

Reading the text is the dearest thing that detectors share: plates, text and signatures all start from its lines.
"""

from __future__ import annotations

from functools import cached_property

from PIL import Image

from indelible.detect.lines import TextLine
from indelible.detect.reader import read_lines
from indelible.media import Picture


class Scene:
    """A picture as the detectors see it. Not thread-safe: one scene belongs to one call of `locate`."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture

    @property
    def image(self) -> Image.Image:
        """Upright, 8-bit, mode ``RGB`` or ``L``; never written to."""
        return self.picture.image

    @property
    def width(self) -> int:
        """Upright width in pixels."""
        return self.picture.width

    @property
    def height(self) -> int:
        """Upright height in pixels."""
        return self.picture.height

    @cached_property
    def lines(self) -> tuple[TextLine, ...]:
        """Every line of text, read on first use. Raises `ModelMissing` if the reader carries no models."""
        return read_lines(self.image)
