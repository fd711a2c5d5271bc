"""Pages drawn from a seed: forms with and without a pen's strokes, for the benchmark of signatures and its tests.

Nothing here is anybody's signature: strokes are random splines, pressed harder at random, and words are loops along a line.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from indelible.model import Box

SIZE = (900, 1200)
PENS = {
    "black": (20, 20, 24),
    "blue": (30, 50, 150),
    "pencil": (110, 110, 114),
    "marker": (15, 15, 15),
    "red": (170, 30, 40),
}
WIDTHS = {"black": 2.4, "blue": 2.6, "pencil": 2.0, "marker": 5.5, "red": 2.4}
_WORDS = (
    "the parties agree that this contract is made under the terms set out below and that every change to it needs to be "
    "written down by both of them before it can be in force for the period of one year from today on"
).split()

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A page and the boxes of the ink that a pen left on it."""

    image: Image.Image
    ink: tuple[Box, ...]


def form(seed: int, *, label: str = "", ruling: bool = False) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """A white page with paragraphs of print, with or without a place to sign at about (120, 900)."""
    rng = np.random.default_rng(seed)
    page = Image.new("RGB", SIZE, "white")
    pen = ImageDraw.Draw(page)
    font, title = ImageFont.load_default(size=22), ImageFont.load_default(size=34)
    pen.text((90, 70), "Agreement of Services", fill="black", font=title)
    for row in range(14):
        words = rng.choice(_WORDS, 8)
        pen.text((90, 160 + 42 * row), " ".join(words.tolist())[:58], fill=(15, 15, 15), font=font)
    if ruling:
        pen.line((110, 960, 480, 960), fill="black", width=2)
    if label:
        pen.text((115, 972), label, fill="black", font=font)
    return page, pen


def scrawl(rng: np.random.Generator, width: float, height: float) -> Points:
    """A signature's path, ``(n, 2)``: a spline through points that run to the right and swing up and down."""
    count = int(rng.integers(7, 12))
    across = np.linspace(0.05, 0.8, count) + rng.normal(0, 0.1, count)
    swing = np.where(np.arange(count) % 2 == 0, 0.12, 0.88) + rng.normal(0, 0.16, count)
    nodes = np.stack([across.clip(0, 1) * width, swing.clip(0, 1) * height], axis=1)
    nodes = np.vstack([nodes, [[0.1 * width, 0.65 * height], [width, 0.5 * height]]])
    return spline(nodes)


def handwriting(rng: np.random.Generator, width: float, height: float) -> Points:
    """A joined word: loops along a line that is not quite straight, some of them tall."""
    loops = max(3, int(width / (0.7 * height)))
    t = np.linspace(0, 2 * math.pi * loops, 40 * loops)
    tall = np.interp(t, np.linspace(0, t[-1], loops + 1), rng.choice([0.35, 0.45, 0.95], loops + 1))
    x = t / t[-1] * width + 0.22 * height * np.sin(t)
    y = 0.8 * height - 0.5 * tall * height * (1 - np.cos(t)) + 0.04 * height * np.sin(t / 5 + rng.uniform(0, 6))
    return np.stack([x + 0.3 * (height - y), y], axis=1)


def initials(rng: np.random.Generator, width: float, height: float) -> Points:
    """One or two open letters in one go."""
    nodes = np.array(
        [[0.1, 0.95], [0.2, 0.05], [0.45, 0.3], [0.2, 0.5], [0.5, 0.9], [0.65, 0.1], [0.8, 0.6], [0.95, 0.1]]
    )
    return spline((nodes + rng.normal(0, 0.06, nodes.shape)).clip(0, 1) * (width, height))


def spline(nodes: Points) -> Points:
    """A Catmull-Rom spline through the nodes, ``(n, 2)``."""
    padded = np.vstack([2 * nodes[0] - nodes[1], nodes, 2 * nodes[-1] - nodes[-2]])
    t = np.linspace(0, 1, 40, endpoint=False)[:, None]
    parts = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        parts.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    return np.vstack(parts)


def write(page: Image.Image, path: Points, at: tuple[int, int], pen: str, rng: np.random.Generator) -> Box:
    """Draw a path with a pen whose width varies; the box of its ink."""
    factor = 3
    layer = Image.new("L", (page.width * factor, page.height * factor), 0)
    draw = ImageDraw.Draw(layer)
    points = (path + at) * factor
    pressure = 1 + 0.35 * np.sin(np.linspace(0, rng.uniform(6, 20), len(points)) + rng.uniform(0, 6))
    for (x, y), force in zip(points, pressure, strict=True):
        radius = WIDTHS[pen] * factor * force / 2
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    for (x0, y0), (x1, y1), force in zip(points, points[1:], pressure, strict=False):
        draw.line((x0, y0, x1, y1), fill=255, width=max(1, round(WIDTHS[pen] * factor * force)))
    small = layer.resize(page.size, Image.Resampling.BOX)
    page.paste(PENS[pen], mask=small)
    left, top, right, bottom = small.point(lambda value: 255 * (value > 40)).getbbox() or (0, 0, 1, 1)
    return Box(left, top, right - left, bottom - top)


def signed(seed: int, kind: str = "signature", pen: str = "black", *, label: str = "", ruling: bool = False) -> Drawn:
    """A form that somebody signed, initialled or filled in by hand."""
    rng = np.random.default_rng([seed, 77])
    page, _ = form(seed, label=label, ruling=ruling)
    if kind == "initials":
        path, at = initials(rng, 62, 46), (780, 1110)
    elif kind == "handwriting":
        path, at = handwriting(rng, 360, 62), (130, 850)
    else:
        path, at = scrawl(rng, rng.uniform(200, 330), rng.uniform(70, 130)), (130, 850)
    return Drawn(image=page, ink=(write(page, path, at, pen, rng),))


def written_name(rng: np.random.Generator, width: float, height: float) -> Points:
    """A signature that is a written name: a joined word with a tall first letter, and a stroke back under it."""
    word = handwriting(rng, 0.85 * width, 0.7 * height)
    first = spline(np.array([[0.0, 0.75], [0.05, 0.0], [0.16, 0.1], [0.1, 0.7], [0.2, 0.6]]) * (width, height))
    under = spline(np.array([[0.9, 0.6], [0.98, 0.75], [0.5, 0.95], [0.1, 0.92]]) * (width, height))
    return np.vstack([first, word + (0.15 * width, 0.05 * height), under])


#: Ways to sign that the settings of the search were not chosen on.
SIGNINGS = (
    "written name",
    "written name, label and line",
    "over the print",
    "small, no label",
    "in a grey field",
    "two side by side",
    "bank slip",
    "card",
)


def signed_otherwise(seed: int, how: str) -> Drawn:
    """A page signed in one of `SIGNINGS`."""
    rng = np.random.default_rng([seed, 91])
    labels = (
        "Date et signature",
        "Unterschrift des Mieters",
        "Firma del cliente",
        "Handtekening",
        "Signature of tenant",
        "Allekirjoitus",
    )
    font = ImageFont.load_default(size=18)
    if how in ("bank slip", "card"):
        size, paper = ((760, 330), (244, 246, 236)) if how == "bank slip" else ((760, 480), (226, 232, 240))
        page = Image.new("RGB", size, paper)
        pen = ImageDraw.Draw(page)
        rows = (
            "BEARER" if how == "card" else "Pay against this cheque",
            "No. 00417-22",
            "Valid until 31.12.2029",
            "Issued at the main office",
        )
        for row, text in enumerate(rows):
            pen.text((40 if how == "bank slip" else 300, 30 + 48 * row), text, fill=(30, 30, 50), font=font)
        at = (430, 200) if how == "bank slip" else (320, 330)
        if how == "bank slip":
            pen.line((410, 286, 730, 286), fill=(60, 60, 60), width=1)
        path = scrawl(rng, 250, 70) if rng.random() < 0.5 else written_name(rng, 260, 70)
        return Drawn(image=page, ink=(write(page, path, at, str(rng.choice(["black", "blue"])), rng),))
    with_line = how in ("written name, label and line", "two side by side", "in a grey field")
    page, pen = form(seed, label=str(rng.choice(labels)) if with_line else "", ruling=with_line)
    colour = str(rng.choice(["black", "blue"]))
    if how == "in a grey field":
        pen.rectangle((100, 830, 520, 958), fill=(222, 224, 226))
    if how == "over the print":
        return Drawn(image=page, ink=(write(page, scrawl(rng, 300, 120), (260, 600), colour, rng),))
    if how == "small, no label":
        return Drawn(
            image=page, ink=(write(page, scrawl(rng, 110, 42), (int(rng.integers(110, 600)), 880), colour, rng),)
        )
    first = write(page, written_name(rng, rng.uniform(220, 330), rng.uniform(70, 105)), (130, 860), colour, rng)
    if how != "two side by side":
        return Drawn(image=page, ink=(first,))
    pen.line((520, 960, 830, 960), fill="black", width=2)
    return Drawn(image=page, ink=(first, write(page, scrawl(rng, 230, 90), (540, 860), colour, rng)))


def unsigned(seed: int, what: str) -> Drawn:
    """A form with something that is no writing: ``table``, ``stamp``, ``logo``, ``chart``, ``bars``, ``boxes``, ``photo`` or ``""``."""
    rng = np.random.default_rng([seed, 78])
    page, pen = form(seed, label="Date", ruling=True)
    font = ImageFont.load_default(size=20)
    if what == "table":
        for row in range(6):
            pen.line((90, 780 + 36 * row, 800, 780 + 36 * row), fill="black", width=2)
        for column in range(4):
            pen.line((90 + 236 * column, 780, 90 + 236 * column, 960), fill="black", width=2)
    elif what == "stamp":
        pen.ellipse((520, 790, 720, 990), outline=(160, 30, 40), width=5)
        pen.ellipse((545, 815, 695, 965), outline=(160, 30, 40), width=3)
        for step in range(24):
            angle = step * math.tau / 24
            pen.text(
                (612 + 84 * math.cos(angle), 880 + 84 * math.sin(angle)),
                "ABCDEFGHIJKLMNOPQRSTUVWX"[step],
                fill=(160, 30, 40),
                font=font,
            )
        pen.text((575, 880), "PAID", fill=(160, 30, 40), font=ImageFont.load_default(size=30))
    elif what == "logo":
        pen.polygon([(600, 60), (700, 60), (650, 140)], fill=(10, 80, 160))
        pen.ellipse((690, 50, 790, 150), fill=(220, 90, 20))
    elif what == "chart":
        for bar, size in enumerate(rng.integers(30, 180, 9).tolist()):
            pen.rectangle((120 + 70 * bar, 980 - size, 160 + 70 * bar, 980), fill=(60, 90, 140))
    elif what == "bars":
        x = 120
        for width in rng.integers(2, 9, 90).tolist():
            pen.rectangle((x, 800, x + width - 1, 900), fill="black" if width % 2 else "white")
            x += width + 1
    elif what == "boxes":
        for box in range(8):
            pen.rectangle((100, 780 + 45 * box, 124, 804 + 45 * box), outline="black", width=2)
            pen.text((140, 780 + 45 * box), "Yes, I agree", fill="black", font=font)
    elif what == "photo":
        from skimage import data

        page.paste(Image.fromarray(data.coffee()).resize((300, 200)), (450, 780))
    return Drawn(image=page, ink=())


def photographed(drawn: Drawn, seed: int, angle: float = 0.0, noise: float = 5.0, table: bool = True) -> Drawn:
    """The page on a dark table, turned, in uneven light, a little out of focus, with a sensor's noise."""
    rng = np.random.default_rng([seed, 79])
    width, height = drawn.image.size
    border = 120 if table else 0
    scene = Image.new("RGB", (width + 2 * border, height + 2 * border), (96, 72, 50))
    scene.paste(drawn.image, (border, border))
    masks = []
    for box in drawn.ink:
        mask = Image.new("L", scene.size, 0)
        mask.paste(255, (box.x + border, box.y + border, box.right + border, box.bottom + border))
        masks.append(mask)
    if angle:
        fill = (96, 72, 50) if table else (255, 255, 255)
        scene = scene.rotate(angle, expand=True, fillcolor=fill, resample=Image.Resampling.BICUBIC)
        masks = [mask.rotate(angle, expand=True) for mask in masks]
    pixels = np.asarray(scene.filter(ImageFilter.GaussianBlur(0.6)), dtype=np.float64)
    across, down = np.linspace(0, 1, pixels.shape[1]), np.linspace(0, 1, pixels.shape[0])[:, None]
    light = (0.6 + 0.35 * np.clip(across * rng.uniform(0.5, 1) + down * rng.uniform(0, 0.6), 0, 1))[..., None]
    pixels = pixels * light + rng.normal(0, noise, pixels.shape)
    ink = []
    for mask in masks:
        left, top, right, bottom = mask.getbbox() or (0, 0, 1, 1)
        ink.append(Box(left, top, right - left, bottom - top))
    return Drawn(image=Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)), ink=tuple(ink))
