"""The same faces turned, shrunk, blurred, darkened, halved, masked, alone on a texture: made at run time, never stored.

Full profiles and heads from behind cannot be made of frontal faces: there is no row for them. The pictures are those of the samples whose counted faces are few and large, and the astronaut of scikit-image.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from detect_common import cases, covered, grown
from PIL import Image, ImageFilter, ImageOps
from skimage import data

from indelible.media import Picture
from indelible.model import Box, Detection

#: Faces, ``(left, top, right, bottom)``, of one picture.
Faces = list[tuple[float, float, float, float]]
Variant = Callable[[Image.Image, Faces, np.random.Generator], tuple[Image.Image, Faces]]

SEED = 20
PICTURES = 14
FEWEST_PX = 40  # the longer side of the smallest counted face
GROWTH = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One made picture with its faces."""

    picture: Picture
    labels: tuple[Box, ...]


def turned(degrees: float) -> Variant:
    """Turned counter-clockwise; a label becomes the upright box about the same middle that holds the turned ellipse."""

    def make(image: Image.Image, faces: Faces, _: np.random.Generator) -> tuple[Image.Image, Faces]:
        result = image.rotate(degrees, Image.Resampling.BICUBIC, expand=True)
        cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        moved = []
        for left, top, right, bottom in faces:
            x, y = (left + right - image.width) / 2, (top + bottom - image.height) / 2
            middle_x, middle_y = x * cosine + y * sine + result.width / 2, y * cosine - x * sine + result.height / 2
            wide, tall = (right - left) / 2, (bottom - top) / 2
            across, down = math.hypot(wide * cosine, tall * sine), math.hypot(wide * sine, tall * cosine)
            moved.append((middle_x - across, middle_y - down, middle_x + across, middle_y + down))
        return result, moved

    return make


def shrunk(image: Image.Image, faces: Faces, rng: np.random.Generator) -> tuple[Image.Image, Faces]:
    """So small that the largest face is 8 to 12 pixels long, on a grey page."""
    longest = max(max(right - left, bottom - top) for left, top, right, bottom in faces)
    scale = float(rng.uniform(8, 12)) / longest
    small = image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))), 1)
    page = Image.new("RGB", (320 + small.width, 240 + small.height), (128, 132, 136))
    x, y = int(rng.integers(320)), int(rng.integers(240))
    page.paste(small, (x, y))
    kept = [face for face in faces if max(face[2] - face[0], face[3] - face[1]) * scale >= 8]
    return page, [(a * scale + x, b * scale + y, c * scale + x, d * scale + y) for a, b, c, d in kept]


def blurred(image: Image.Image, faces: Faces, _: np.random.Generator) -> tuple[Image.Image, Faces]:
    """Out of focus by a fifteenth of the smallest face."""
    smallest = min(max(right - left, bottom - top) for left, top, right, bottom in faces)
    return image.filter(ImageFilter.GaussianBlur(smallest / 15)), faces


def dark(share: float) -> Variant:
    """A share of the light, with the noise of a sensor."""

    def make(image: Image.Image, faces: Faces, rng: np.random.Generator) -> tuple[Image.Image, Faces]:
        pixels = np.asarray(image, dtype=np.float64) * share
        noisy = pixels + rng.normal(0, 4, pixels.shape)
        return Image.fromarray(noisy.clip(0, 255).astype(np.uint8)), faces

    return make


def grey(image: Image.Image, faces: Faces, _: np.random.Generator) -> tuple[Image.Image, Faces]:
    """Without colour."""
    return image.convert("L").convert("RGB"), faces


def mirrored(image: Image.Image, faces: Faces, _: np.random.Generator) -> tuple[Image.Image, Faces]:
    """Left and right exchanged."""
    return ImageOps.mirror(image), [(image.width - c, b, image.width - a, d) for a, b, c, d in faces]


def halved(image: Image.Image, faces: Faces, rng: np.random.Generator) -> tuple[Image.Image, Faces]:
    """The picture ends in the middle of its largest face, left or right by chance; a label is what is left of a face, if half is."""
    left, _, right, _ = max(faces, key=lambda face: (face[2] - face[0]) * (face[3] - face[1]))
    middle = round((left + right) / 2)
    from_x, to_x = (0, middle) if rng.integers(2) else (middle, image.width)
    cut = [(max(a, from_x) - from_x, b, min(c, to_x) - from_x, d) for a, b, c, d in faces]
    kept = [part for part, (a, _, c, _) in zip(cut, faces, strict=True) if part[2] - part[0] >= 0.45 * (c - a)]
    return image.crop((from_x, 0, to_x, image.height)), kept


def masked(image: Image.Image, faces: Faces, _: np.random.Generator) -> tuple[Image.Image, Faces]:
    """A plain patch over the lower half of each face; the label is the whole face."""
    result = image.copy()
    for left, top, right, bottom in faces:
        result.paste((178, 205, 214), (round(left), round((top + bottom) / 2), round(right), round(bottom)))
    return result, faces


VARIANTS: tuple[tuple[str, Variant], ...] = (
    ("as they are", lambda image, faces, rng: (image, faces)),
    ("mirrored", mirrored),
    ("grey", grey),
    ("blurred", blurred),
    ("a tenth of the light", dark(0.1)),
    ("a twentieth of the light", dark(0.05)),
    ("turned by 30", turned(30)),
    ("turned by 45", turned(45)),
    ("turned by 90", turned(90)),
    ("turned by 135", turned(135)),
    ("turned by 180", turned(180)),
    ("shrunk to 8-12 px", shrunk),
    ("half of the face cut off by the picture's border", halved),
    ("a plain patch over the lower half of the face", masked),
)


def sources(samples: Path) -> list[tuple[Image.Image, Faces]]:
    """Pictures with few large faces, in the order of the list, none larger than 1,000 pixels."""
    found: list[tuple[Image.Image, Faces]] = [(Image.fromarray(data.astronaut()), [(185.0, 65.0, 267.0, 177.0)])]
    for case in cases(samples / "faces"):
        boxes = [label.box for label in case.labels if label.kind == "face"]
        if not 1 <= len(boxes) <= 4 or min(max(box.width, box.height) for box in boxes) < FEWEST_PX:
            continue
        image = case.open().image
        scale = min(1.0, 1000 / max(image.size))
        size = (round(image.width * scale), round(image.height * scale))
        corners = [tuple(edge * scale for edge in box.corners) for box in boxes]
        found.append((image.resize(size, Image.Resampling.BOX) if scale < 1 else image, corners))  # type: ignore[arg-type]
        if len(found) >= PICTURES:
            break
    return found


def made(variant: Variant, samples: Path) -> Iterator[Made]:
    """The pictures of one variant, the same each time."""
    for number, (image, faces) in enumerate(sources(samples)):
        result, moved = variant(image, faces, np.random.default_rng([SEED, number]))
        yield _made(result, moved)


def lone(samples: Path, longest: int) -> Iterator[Made]:
    """One small head with a soft edge, alone on each picture of a texture or scene without people."""
    heads = sources(samples)
    for number, case in enumerate(cases(samples / "negatives")):
        rng = np.random.default_rng([SEED, longest, number])
        image, faces = heads[number % len(heads)]
        left, top, right, bottom = faces[0]
        wide, tall = right - left, bottom - top
        head = image.crop(
            (round(left - wide / 4), round(top - tall / 4), round(right + wide / 4), round(bottom + tall / 4))
        )
        scale = longest / max(wide, tall)
        head = head.resize((max(2, round(head.width * scale)), max(2, round(head.height * scale))), 1)
        edge = Image.new("L", head.size)
        edge.paste(255, (1, 1, head.width - 1, head.height - 1))
        ground = case.open().image.copy()
        if ground.width <= head.width or ground.height <= head.height:
            continue
        x, y = int(rng.integers(ground.width - head.width)), int(rng.integers(ground.height - head.height))
        ground.paste(head, (x, y), edge.filter(ImageFilter.GaussianBlur(1)))
        middle_x, middle_y = x + head.width / 2, y + head.height / 2
        half_x, half_y = wide * scale / 2, tall * scale / 2
        yield _made(ground, [(middle_x - half_x, middle_y - half_y, middle_x + half_x, middle_y + half_y)])


def variants_table(samples: Path, finders: Sequence[tuple[str, Callable[[Picture], Sequence[Detection]]]]) -> str:
    """A Markdown table: share of the faces covered, one row per variant and one column per finder."""
    rows: list[tuple[str, list[Made]]] = [(name, list(made(variant, samples))) for name, variant in VARIANTS]
    rows += [(f"one face of {px} px on a picture without people", list(lone(samples, px))) for px in (10, 16, 24)]
    lines = ["| faces | number | " + " | ".join(name for name, _ in finders) + " |", "|---" * (len(finders) + 2) + "|"]
    for name, pictures in rows:
        count = sum(len(item.labels) for item in pictures)
        cells = []
        for _, find in finders:
            hits = 0
            for item in pictures:
                boxes = grown(find(item.picture), GROWTH, item.picture)
                hits += sum(covered(label, boxes) for label in item.labels)
            cells.append(f"{hits / max(1, count):.2f}")
        lines.append(f"| {name} | {count} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _made(image: Image.Image, faces: Faces) -> Made:
    picture = Picture(format="png", sha256="0" * 64, image=image, stored_size=image.size, orientation=1)
    boxes = [Box.from_corners(*face, *image.size) for face in faces]
    return Made(picture=picture, labels=tuple(box for box in boxes if box is not None))
