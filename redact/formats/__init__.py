"""Writers; one file per container. What a writer may emit is listed in its own docstring and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from indelible.jpeg import JpegCoding
from indelible.media import Picture
from indelible.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFormat:
    """One output format. ``coding_for`` depends on the source's header alone, never on its pixels.

    ``write`` takes a bare upright picture, mode ``RGB`` or ``L``, and returns the whole file.
    """

    name: str
    extension: str
    media_type: str
    coding_for: Callable[[Picture], JpegCoding | None]
    write: Callable[[Image.Image, JpegCoding | None], bytes]


FORMATS: Registry[ImageFormat] = Registry("indelible.redact.formats")
