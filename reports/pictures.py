"""The only pixels that a report may carry: the published file's, what follows from them alone, and synthetic contents."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
from PIL import Image

from indelible.errors import IndelibleError
from indelible.media import Picture, open_picture
from indelible.model import Evidence, Outcome, VerdictWord
from indelible.verify.contents import CONTENTS

MAX_SIDE_PX = 1600
#: The picture's share of a page of at most 1.5 MB, before base64.
MAX_PICTURE_BYTES = 640_000
TILE_PX = 24
#: Longest side of a reconstruction, and how many a page shows.
RECONSTRUCTION_PX = 160
MAX_RECONSTRUCTIONS = 12
_MAX_RECONSTRUCTED_PIXELS = 4_000_000

_MAY_BE_SHOWN = (VerdictWord.CERTIFIED, VerdictWord.CERTIFIED_WITH_LIMITS)


def published_uri(statement: Mapping[str, Any], data: bytes) -> str | None:
    """The published file, scaled down and encoded again from bare pixels; None where it may not be shown."""
    picture = _showable(statement, data)
    if picture is None:
        return None
    image = picture.image
    if image.size != (picture.width, picture.height):  # a first page that is smaller than another one
        sheet = Image.new("RGB", (picture.width, picture.height), "#888888")
        sheet.paste(image, (0, 0))
        image = sheet
    image = _shrunk(image, MAX_SIDE_PX)
    for quality in (82, 70, 55, 40, 25):
        coded = _jpeg(image, quality)
        if len(coded) <= MAX_PICTURE_BYTES:
            return _data_uri("jpeg", coded)
    return None


def reconstruction_uris(statement: Mapping[str, Any], data: bytes) -> tuple[list[tuple[str, str, str]], int]:
    """Resisted regions as published, and what the published pixels alone give back of them, scaled down.

    Returns:
        ``(region, published, reconstruction)`` for some of them, and how many more there are. None of a file that may not be
        shown, and none of a region on which any attack came to anything but ``held``: what could be read is never drawn.
    """
    resisted = [item for item in statement["predicate"]["plan"]["regions"] if _may_be_drawn(statement, item)]
    picture = _showable(statement, data) if resisted else None
    if picture is None:
        return [], 0
    shown = []
    for item in resisted[:MAX_RECONSTRUCTIONS]:
        image = picture.images[item["frame"]] if item["frame"] < len(picture.images) else None
        pair = None if image is None else _reconstructed(image, item["box"])
        if pair is not None:
            shown.append((item["id"], *pair))
    return shown, max(0, len(resisted) - MAX_RECONSTRUCTIONS)


def _may_be_drawn(statement: Mapping[str, Any], region: Mapping[str, Any]) -> bool:
    rows = [
        row
        for row in statement["predicate"]["rows"]
        if row["family"] == "attack" and row["region"] in (region["id"], None)  # an attack on the whole file counts too
    ]
    held = [row for row in rows if row["outcome"] == Outcome.HELD and row["region"] is not None]
    others = [row for row in rows if row["outcome"] not in (Outcome.HELD, Outcome.NOT_APPLICABLE)]
    return region["evidence"] == Evidence.RESISTED and bool(held) and not others


def _reconstructed(image: Image.Image, box: list[int]) -> tuple[str, str] | None:
    from indelible.attacks.face_again import reconstruct
    from indelible.attacks.face_filter import estimate_filter

    left, top, width, height = box
    part = image.convert("RGB").crop((left, top, min(left + width, image.width), min(top + height, image.height)))
    if min(part.size) < 8 or part.width * part.height > _MAX_RECONSTRUCTED_PIXELS:
        return None
    pixels = np.asarray(part)
    try:
        made = Image.fromarray(reconstruct(pixels, estimate_filter(pixels)))
    except Exception:  # hostile pixels reach every line of an estimate; a page without this figure is no worse
        return None
    one, other = (_data_uri("jpeg", _jpeg(_shrunk(item, RECONSTRUCTION_PX), 82)) for item in (part, made))
    return one, other


def _showable(statement: Mapping[str, Any], data: bytes) -> Picture | None:
    """The published file opened, if the verdict passes and the bytes are those that the certificate names."""
    if statement["predicate"]["verdict"] not in _MAY_BE_SHOWN:
        return None
    if hashlib.sha256(data).hexdigest() != statement["subject"][0]["digest"]["sha256"]:
        return None
    try:
        return open_picture(data)
    except IndelibleError:
        return None


def _shrunk(image: Image.Image, most: int) -> Image.Image:
    share = min(1.0, most / max(image.size))
    if share == 1.0:
        return image
    size = (max(1, round(image.width * share)), max(1, round(image.height * share)))
    return image.resize(size, Image.Resampling.LANCZOS)


def tile_names() -> tuple[str, ...]:
    """The synthetic contents, in the order in which they are swapped in."""
    return tuple(CONTENTS)


@cache
def tile_uri(name: str) -> str:
    """One synthetic content, made small."""
    buffer = io.BytesIO()
    Image.fromarray(CONTENTS[name](TILE_PX, TILE_PX, 0)).save(buffer, "PNG", optimize=True)
    return _data_uri("png", buffer.getvalue())


def _data_uri(kind: str, coded: bytes) -> str:
    return f"data:image/{kind};base64," + base64.b64encode(coded).decode("ascii")


def _jpeg(image: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, optimize=True, exif=b"", xmp=b"", icc_profile=None, comment=b"")
    return buffer.getvalue()
