"""Writers; one file per container. What a writer may emit is listed in its own docstring and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PIL import Image

from indelible.errors import UsageError
from indelible.jpeg import JpegCoding
from indelible.media import Picture
from indelible.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFormat:
    """One output format. ``coding_for`` depends on the source's header alone, never on its pixels.

    ``write`` takes a bare upright picture, mode ``RGB`` or ``L``, and returns the whole file; ``write_frames`` takes several, how long
    each is shown in milliseconds (empty for pages), and how often they run (0 is without end). It is None where a file holds one
    picture; ``timed`` says whether frames follow each other in time, or are pages. ``chroma_halved``: colour is stored at half the
    width and height, so that a decoder blends one pixel at the edge of a fill. ``holds`` says whether a picture of a given size can be written here;
    where it cannot, and for an animation that it cannot move, ``instead`` names the format that is written.
    """

    name: str
    extension: str
    media_type: str
    coding_for: Callable[[Picture], JpegCoding | None]
    write: Callable[[Image.Image, JpegCoding | None], bytes]
    write_frames: Callable[[Sequence[Image.Image], Sequence[int], int], bytes] | None = None
    timed: bool = False
    chroma_halved: bool = False
    holds: Callable[[tuple[int, int]], bool] = lambda size: True
    instead: str = "png"


FORMATS: Registry[ImageFormat] = Registry("indelible.redact.formats")


def format_for(source: Picture, wanted: str | None) -> ImageFormat:
    """The output's format: the one asked for, else the source's own, else the one that stands in for it.

    Raises `UsageError` if the format that was asked for cannot hold what the source holds.
    """
    animated, pages = bool(source.durations_ms), source.frames > 1 and not source.durations_ms
    chosen = FORMATS.get(wanted or (source.format if source.format in FORMATS.names() else "png"))
    if wanted is None and (
        not all(chosen.holds(image.size) for image in source.images) or (animated and chosen.write_frames is None)
    ):
        chosen = FORMATS.get(chosen.instead)
    if not all(chosen.holds(image.size) for image in source.images):
        raise UsageError(
            "format_cannot_hold",
            f"{chosen.name.upper()} cannot be written here at this size.",
            "Leave --format out, or choose png.",
        )
    if (animated and not (chosen.write_frames and chosen.timed)) or (
        pages and (chosen.write_frames is None or chosen.timed)
    ):
        kept = [name for name, item in FORMATS if item.write_frames and item.timed == animated]
        raise UsageError(
            "format_cannot_hold",
            f"{chosen.name.upper()} holds one picture; this file has {source.frames} {'frames' if animated else 'pages'}.",
            f"Leave --format out, or choose one of: {', '.join(kept)}.",
        )
    return chosen
