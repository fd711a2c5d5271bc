"""Small pictures made from a seed, for the controls of the pixel checks: one call, one subject, never a user's pixel."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from indelible.media import open_picture
from indelible.model import (
    Box,
    Evidence,
    FillStyle,
    Kind,
    Policy,
    Redaction,
    RedactionPlan,
    Region,
    RegionEvidence,
    Source,
)
from indelible.verify.subject import Subject


def texture(width: int, height: int, seed: int) -> Image.Image:
    """Coloured noise, smoothed so that it looks like a photograph to a codec. RGB."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 256, (max(2, height // 6), max(2, width // 6), 3), dtype=np.uint8))
    smooth = np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC), dtype=np.int16)
    return Image.fromarray(np.clip(smooth + rng.integers(-6, 7, smooth.shape), 0, 255).astype(np.uint8))


def page(lines: Sequence[str], *, size: tuple[int, int], text_px: int, left: int = 20, top: int = 20) -> Image.Image:
    """Black text on white, lines 1.6 text heights apart, in the font that comes with Pillow. RGB."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=text_px)
    for number, line in enumerate(lines):
        draw.text((left, top + round(number * 1.6 * text_px)), line, fill="black", font=font)
    return image


def encoded(image: Image.Image, kind: str = "png", **options: object) -> bytes:
    """The bytes of a PNG or JPEG file; ``options`` as Pillow's writer takes them."""
    file = io.BytesIO()
    image.save(file, kind.upper(), **options)
    return file.getvalue()


def region(
    box: Box, *, method: str = "solid/1", kind: Kind = Kind.CUSTOM, blocks: int | None = None, name: str = "r1"
) -> RegionEvidence:
    """What a redactor would say of one area."""
    return RegionEvidence(
        id=name, kind=kind, region=Region(box=box), evidence=Evidence.UNKNOWN, method=method, blocks=blocks
    )


def plan_for(
    original: bytes, boxes: Sequence[Box], *, kind: Kind = Kind.CUSTOM, blocks: int | None = None
) -> RedactionPlan:
    """A plan that a person accepted, for the file ``original``: solid, or a mosaic where ``blocks`` is given."""
    source = open_picture(original)
    return RedactionPlan(
        source=Source(sha256=source.sha256, width=source.width, height=source.height),
        policy="public",
        redactions=tuple(
            Redaction(
                id=f"r{number}",
                kind=kind,
                region=Region(box=box),
                fill=FillStyle.SOLID if blocks is None else FillStyle.MOSAIC,
                blocks=blocks,
            )
            for number, box in enumerate(boxes, 1)
        ),
    )


def subject(
    published: bytes,
    regions: Sequence[RegionEvidence] = (),
    *,
    original: bytes | None = None,
    plan: RedactionPlan | None = None,
    policy: Policy | None = None,
) -> Subject:
    """One examination of ``published``, opened as the verifier opens a file."""
    picture = open_picture(published)
    return Subject(
        published=published,
        format=picture.format,
        extension=".jpg" if picture.format == "jpeg" else ".png",
        picture=picture,
        original=original,
        original_picture=None if original is None else open_picture(original),
        plan=plan,
        regions=tuple(regions),
        policy=policy or Policy(),
    )
