"""A folder of pictures as a gallery: clear faces, cut as the redactor cuts them, under the names that the folder gives.

A sub-folder's name is the label of every picture in it; a picture that lies in the folder itself is labelled by its own stem.
Names are personal data: nothing here prints, logs or raises one.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from indelible.errors import IndelibleError
from indelible.media import open_picture
from indelible.model import Kind
from indelible.model.policy import MARGINS

#: Pictures that are read at most, in the order of their names, and of one label.
MOST_PICTURES = 5_000
MOST_PER_LABEL = 40
MOST_BYTES = 64 * 1024 * 1024
#: Pictures are searched at this length of their longer side.
_SEARCHED_PX = 1_024
_SURE = 0.30
#: A picture without a face that is found counts as a crop of one up to this length of its longer side.
_CROP_PX = 512
_SMALLEST_PX = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallery:
    """Clear faces by label, uint8 ``(height, width, 3)``, and how many pictures gave none."""

    faces: Mapping[str, tuple[np.ndarray, ...]] = field(repr=False)
    pictures: int
    unused: int


def load_gallery(folder: Path) -> Gallery:
    """Read a folder. What is no picture, or shows no face, is counted and left out. Raises `ModelMissing` without the model."""
    found: dict[str, list[np.ndarray]] = {}
    pictures = unused = 0
    for path, label in _labelled(folder):
        if pictures >= MOST_PICTURES:
            break
        image = _opened(path)
        if image is None:
            continue
        pictures += 1
        mine = found.setdefault(label, [])
        crop = face_crop(image) if len(mine) < MOST_PER_LABEL else None
        if crop is None:
            unused += 1
        else:
            mine.append(crop)
    return Gallery(
        faces={label: tuple(crops) for label, crops in sorted(found.items()) if crops}, pictures=pictures, unused=unused
    )


def face_crop(image: Image.Image) -> np.ndarray | None:
    """The largest face of a picture with the redactor's margin; the whole of a small picture in which none is found."""
    from indelible.detect.face_passes import look, scales
    from indelible.detect.fusion import suppressed

    image = image.convert("RGB")
    if min(image.size) < _SMALLEST_PX:
        return None
    factor = min(4.0, max(_SEARCHED_PX / 4, min(_SEARCHED_PX, max(image.size))) / max(image.size))
    size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    searched = image if size == image.size else image.resize(size, Image.Resampling.BILINEAR)
    boxes = suppressed(np.concatenate([look(searched, scale) for scale in scales(*size)]), 0.4)
    boxes = boxes[boxes[:, 4] >= _SURE]
    if not len(boxes):
        return np.asarray(image) if max(image.size) <= _CROP_PX else None
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return crop_with_margin(image, *(float(value) / factor for value in boxes[int(areas.argmax()), :4]))


def crop_with_margin(image: Image.Image, left: float, top: float, right: float, bottom: float) -> np.ndarray | None:
    """A face's box with the redactor's margin, the picture going on as it ends; None if hardly anything is left."""
    share = MARGINS[Kind.FACE]
    wide, tall = share * (right - left), share * (bottom - top)
    rows = np.arange(round(top - tall), round(bottom + tall)).clip(0, image.height - 1)
    columns = np.arange(round(left - wide), round(right + wide)).clip(0, image.width - 1)
    if min(len(rows), len(columns)) < _SMALLEST_PX:
        return None
    return np.asarray(np.asarray(image.convert("RGB"))[np.ix_(rows, columns)])


def _labelled(folder: Path) -> list[tuple[Path, str]]:
    """Files of the folder and of its sub-folders, sorted, with their labels; links are not followed."""
    found = []
    for entry in sorted(folder.iterdir(), key=lambda path: path.name):
        if entry.is_symlink():
            continue
        if entry.is_file():
            found.append((entry, entry.stem))
        elif entry.is_dir():
            files = sorted(path for path in entry.iterdir() if path.is_file() and not path.is_symlink())
            found.extend((path, entry.name) for path in files)
    return found


def _opened(path: Path) -> Image.Image | None:
    """A picture, or None for anything else. Portable bitmaps are read as well: many collections of faces are kept in them."""
    try:
        if path.stat().st_size > MOST_BYTES:
            return None
        data = path.read_bytes()
        if data[:2] in (b"P2", b"P3", b"P5", b"P6"):
            with Image.open(io.BytesIO(data), formats=("PPM",)) as image:
                return image.convert("RGB")
        return open_picture(data).image
    except (IndelibleError, OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError):
        return None
