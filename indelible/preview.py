"""A picture with its detections drawn on it, because people look rather than read.

A preview shows everything that redaction would hide: it goes to a private folder, never beside certified files, and says on
its face that nothing is removed from it.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from indelible.errors import UsageError
from indelible.model import Detection, Kind
from indelible.output import make_folder, write_file

#: Longest side of a preview in pixels.
MAX_SIDE = 2_400
SUFFIX = ".preview.jpg"

_BANNER = "PREVIEW - NOT REDACTED"
#: Colours that people with colour-blindness can tell apart (Okabe and Ito 2008), one per kind.
COLORS = {
    Kind.FACE: "#e69f00",
    Kind.PERSON: "#f0e442",
    Kind.PLATE: "#56b4e9",
    Kind.TEXT: "#009e73",
    Kind.CODE: "#cc79a7",
    Kind.SIGNATURE: "#d55e00",
    Kind.CUSTOM: "#ffffff",
}


def draw(image: Image.Image, detections: Sequence[Detection]) -> Image.Image:
    """A smaller copy of an upright picture with a numbered outline per detection and a line above that says what it is."""
    scale = min(1.0, MAX_SIDE / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    copy = image.convert("RGB").resize(size, Image.Resampling.BOX if scale < 1 else Image.Resampling.NEAREST)
    text_px = max(11, round(max(size) / 90))
    font = ImageFont.load_default(text_px)
    strip = round(text_px * 1.8)
    sheet = Image.new("RGB", (size[0], size[1] + strip), "black")
    sheet.paste(copy, (0, strip))
    pen = ImageDraw.Draw(sheet)
    pen.text((strip // 4, strip // 6), _legend(detections), fill="white", font=font)
    for number, item in enumerate(detections, start=1):
        left, top, right, bottom = (round(side * scale) for side in item.box.corners)
        place = (left, top + strip, max(left + 1, right) - 1, max(top + 1, bottom) + strip - 1)
        width = max(2, text_px // 6)
        pen.rectangle([value + grow for value, grow in zip(place, (-1, -1, 1, 1), strict=True)], outline="black")
        pen.rectangle(place, outline=COLORS[item.kind], width=width)
        label = f"{number} {item.kind} {item.score:.2f}"
        x, y = place[0], place[1] - round(text_px * 1.25)
        y = y if y >= strip else place[3] + 2
        pen.rectangle(pen.textbbox((x, y), label, font=font), fill="black")
        pen.text((x, y), label, fill=COLORS[item.kind], font=font)
    return sheet


def check_folder(folder: Path) -> None:
    """Raise `UsageError` if a folder holds certified files: what is hidden there would lie beside them."""
    if any(folder.glob("*.certificate.json")) or folder.name == "quarantine":
        raise UsageError(
            "preview_beside_certified",
            "The folder for the previews holds certified files.",
            "Previews show what is hidden: choose another folder for --preview.",
        )


def check_absent(folder: Path) -> None:
    """Raise `UsageError` if a folder for certified files holds previews."""
    if next(folder.glob(f"*{SUFFIX}"), None) is not None:
        raise UsageError(
            "certified_beside_preview",
            "The folder for the results holds previews, which show what is hidden.",
            "Choose another folder with -o, or remove the previews.",
        )


def write(images: Sequence[Image.Image], detections: Sequence[Detection], folder: Path, number: int) -> Path:
    """Draw and write one preview per frame into a private folder: ``NNNN.preview.jpg``, then ``NNNN-frame-0001.preview.jpg`` and so on.

    Returns the first one's path. Raises `UsageError` and `OutputError`.
    """
    check_folder(folder)
    make_folder(folder, private=True)
    places = []
    for frame, image in enumerate(images):
        stream = io.BytesIO()
        draw(image, [item for item in detections if item.frame == frame]).save(stream, "JPEG", quality=88)
        places.append(folder / f"{number:04d}{f'-frame-{frame:04d}' if frame else ''}{SUFFIX}")
        write_file(places[-1], stream.getvalue())
    return places[0]


def _legend(detections: Sequence[Detection]) -> str:
    counts = [(kind, sum(item.kind is kind for item in detections)) for kind in Kind]
    found = ", ".join(f"{kind} {count}" for kind, count in counts if count)
    return f"{_BANNER}   {found or 'nothing found'}"
