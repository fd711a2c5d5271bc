"""The only pixels that a report may carry: the published file's, and the synthetic contents of the swap test."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Mapping
from functools import cache
from typing import Any

from PIL import Image

from indelible.errors import IndelibleError
from indelible.media import open_picture
from indelible.model import VerdictWord
from indelible.verify.contents import CONTENTS

MAX_SIDE_PX = 1600
#: The picture's share of a page of at most 1.5 MB, before base64.
MAX_PICTURE_BYTES = 640_000
TILE_PX = 24

_MAY_BE_SHOWN = (VerdictWord.CERTIFIED, VerdictWord.CERTIFIED_WITH_LIMITS)


def published_uri(statement: Mapping[str, Any], data: bytes) -> str | None:
    """The published file, scaled down and encoded again from bare pixels; None where it may not be shown."""
    if statement["predicate"]["verdict"] not in _MAY_BE_SHOWN:
        return None
    if hashlib.sha256(data).hexdigest() != statement["subject"][0]["digest"]["sha256"]:
        return None
    try:
        picture = open_picture(data)
    except IndelibleError:
        return None
    image = picture.image
    if image.size != (picture.width, picture.height):  # a first page that is smaller than another one
        sheet = Image.new("RGB", (picture.width, picture.height), "#888888")
        sheet.paste(image, (0, 0))
        image = sheet
    share = min(1.0, MAX_SIDE_PX / max(image.size))
    if share < 1.0:
        size = (max(1, round(image.width * share)), max(1, round(image.height * share)))
        image = image.resize(size, Image.Resampling.LANCZOS)
    for quality in (82, 70, 55, 40, 25):
        coded = _jpeg(image, quality)
        if len(coded) <= MAX_PICTURE_BYTES:
            return "data:image/jpeg;base64," + base64.b64encode(coded).decode("ascii")
    return None


def tile_names() -> tuple[str, ...]:
    """The synthetic contents, in the order in which they are swapped in."""
    return tuple(CONTENTS)


@cache
def tile_uri(name: str) -> str:
    """One synthetic content, made small."""
    buffer = io.BytesIO()
    Image.fromarray(CONTENTS[name](TILE_PX, TILE_PX, 0)).save(buffer, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def _jpeg(image: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, optimize=True, exif=b"", xmp=b"", icc_profile=None, comment=b"")
    return buffer.getvalue()
